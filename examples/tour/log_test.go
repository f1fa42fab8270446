package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestReadLogByPosition(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"header":                         "who,when,how many,how much\na,2026-01-31,1,10.50\nb,2026-02-01T23:30:00-05:00,2,-0.5\n",
		"no header":                      "a,2026-01-31,1,10.50\nb,2026-02-01,2,-0.5\n",
		"items":                          "a,2026-01-31,1,10.50,tea\nb,2026-02-01,2,-0.5,\n",
		"spaces":                         " a , 2026-01-31 ,1, 10.50\nb,2026-02-01,2,-0.5\n",
		"a mark":                         "\ufeffa,2026-01-31,1,10.50\nb,2026-02-01,2,-0.5\n",
		"semicolons and decimal commas":  "who;when;n;amount\na;2026-01-31;1;10,50\nb;2026-02-01;2;-0,5\n",
		"semicolons and commas in items": "a;2026-01-31;1;10.50;tea, green\nb;2026-02-01;2;-0.5;\n",
		"tabs":                           "a\t2026-01-31\t1\t10.50\nb\t2026-02-01\t2\t-0.5\n",
		"decimal commas in quotes":       "a,2026-01-31,1,\"10,50\"\nb,2026-02-01,2,\"-0,5\"\n",
		"clocks":                         "a,2026-01-31 23:59:59,1,10.50\nb,2026-02-01T08:26,2,-0.5\n",
	} {
		log, err := readLog([]byte(text))
		require.NoError(t, err, name)
		assert.Len(t, log.rows, 2, name)
		assert.Equal(t, 2, log.customers, name)
		assert.Equal(t, "2026-01-31", log.first.String(), name)
		assert.Equal(t, "2026-02-01", log.last.String(), name)
		assert.Equal(t, "10", log.total.String(), name)
		assert.Equal(t, "a", log.rows[0].customer, name)
	}
}

func TestReadLogNamesTheBrokenLine(t *testing.T) {
	t.Parallel()
	const good = "who,when,n,amount\na,2026-01-31,1,10.50\n"
	for text, want := range map[string]string{
		good + "b,2026-02-30,1,1\n":                                 "line 3: field 2, date: Date = 2026-02-30: must exist, in years 1 to 9999",
		good + "b,31.12.2026 x,1,1\n":                               "line 3: field 2, date: must be YYYY-MM-DD or RFC 3339",
		good + "\n\nb,2026-02-01,1,\n":                              "line 5: field 4, amount: must be a number such as 12.50",
		good + "b,2026-02-01,1,1e9\n":                               "line 3: field 4, amount: must be a number such as 12.50",
		good + "b,2026-02-01,1,1000000000000\n":                     "line 3: field 4, amount: must be below 1e12",
		good + "b,2026-02-01,1,\"1,234\"\n":                         "line 3: field 4, amount: must be a number such as 12.50",
		good + "b,2026-02-01,1,\"1.234,50\"\n":                      "line 3: field 4, amount: must be a number such as 12.50",
		good + "b,2026-02-01,1,0x10\n":                              "line 3: field 4, amount: must be a number such as 12.50",
		good + "b,2026-02-01,1,1." + strings.Repeat("0", 40) + "\n": "line 3: field 4, amount: must be a number such as 12.50",
		"a;2026-01-31;1;1,234\n":                                    "line 1: field 4, amount: must be a number such as 12.50",
		good + "b\tc,2026-02-01,1,1\n":                              "line 3: field 1, customer: must be printable and not empty",
		"a,2026-01-31,1,oops\nb,2026-02-01,1,1\n":                   "line 1: field 4, amount: must be a number such as 12.50",
		good + "b,2026-02-01,x,1\n":                                 "line 3: field 3, quantity: must be a number such as 12.50",
		good + ",2026-02-01,1,1\n":                                  "line 3: field 1, customer: must be printable and not empty",
		good + "b,2026-02-01,1\n":                                   "line 3: 3 fields: want customer, date, quantity, amount[, item]",
		good + "b,2026-02-01,1,1,tea,china\n":                       "line 3: 6 fields: want customer, date, quantity, amount[, item]",
		good + "\"b,2026-02-01,1,1\n":                               `parse error on line 3, column 19: extraneous or missing " in quoted-field`,
		"who,when,n,amount\n":                                       "the log has no purchases",
		"":                                                          "the log has no purchases",
	} {
		_, err := readLog([]byte(text))
		require.EqualError(t, err, want, text)
	}
}

// What a program computed in floats has digits that nobody bills.
func TestAmountsAreRoundedToTheCent(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"118.22999999999999": "118.23", "0.005": "0.01", "-0.005": "-0.01", "0.0049999999999999": "0", "2.675": "2.68", "9.99": "9.99", "10": "10",
		"999999999999.999": "1000000000000",
	} {
		log, err := readLog([]byte("a,2026-01-31,1," + text + "\n"))
		require.NoError(t, err, text)
		assert.Equal(t, want, log.rows[0].amount.String(), text)
		assert.Equal(t, want, log.total.String(), text)
		assert.Equal(t, len(text) > 6 || text == "0.005" || text == "-0.005" || text == "2.675", log.rounded == 1, text)
	}
}
