package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestReadLogByPosition(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"header":    "who,when,how many,how much\na,2026-01-31,1,10.50\nb,2026-02-01T23:30:00-05:00,2,-0.5\n",
		"no header": "a,2026-01-31,1,10.50\nb,2026-02-01,2,-0.5\n",
		"items":     "a,2026-01-31,1,10.50,tea\nb,2026-02-01,2,-0.5,\n",
		"spaces":    " a , 2026-01-31 ,1, 10.50\nb,2026-02-01,2,-0.5\n",
		"a mark":    "\ufeffa,2026-01-31,1,10.50\nb,2026-02-01,2,-0.5\n",
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
		good + "b,2026-02-30,1,1\n":               "line 3: field 2, date: Date = 2026-02-30: must exist, in years 1 to 9999",
		good + "b,31.12.2026 x,1,1\n":             "line 3: field 2, date: must be YYYY-MM-DD or RFC 3339",
		good + "\n\nb,2026-02-01,1,\n":            "line 5: field 4, amount: must be a number such as 12.50",
		good + "b,2026-02-01,1,1e9\n":             "line 3: field 4, amount: must be a number such as 12.50",
		good + "b,2026-02-01,1,1000000000000\n":   "line 3: field 4, amount: must be below 1e12 with at most 6 fraction digits",
		good + "b,2026-02-01,1,0.1234567890\n":    "line 3: field 4, amount: must be below 1e12 with at most 6 fraction digits",
		good + "b\tc,2026-02-01,1,1\n":            "line 3: field 1, customer: must be printable and not empty",
		"a,2026-01-31,1,oops\nb,2026-02-01,1,1\n": "line 1: field 4, amount: must be a number such as 12.50",
		good + "b,2026-02-01,x,1\n":               "line 3: field 3, quantity: must be a number such as 12.50",
		good + ",2026-02-01,1,1\n":                "line 3: field 1, customer: must be printable and not empty",
		good + "b,2026-02-01,1\n":                 "line 3: 3 fields: want customer, date, quantity, amount[, item]",
		good + "b,2026-02-01,1,1,tea,china\n":     "line 3: 6 fields: want customer, date, quantity, amount[, item]",
		good + "\"b,2026-02-01,1,1\n":             `parse error on line 3, column 19: extraneous or missing " in quoted-field`,
		"who,when,n,amount\n":                     "the log has no purchases",
		"":                                        "the log has no purchases",
	} {
		_, err := readLog([]byte(text))
		require.EqualError(t, err, want, text)
	}
}

// The report on the simulated house is pinned: a change of it is a change of what
// the library says.
func TestTourOnTheSimulatedHouse(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	require.NoError(t, run(&out, ""))
	if *update {
		require.NoError(t, os.WriteFile("testdata/report.txt", out.Bytes(), 0o600))
	}
	want, err := os.ReadFile("testdata/report.txt")
	require.NoError(t, err)
	assert.Equal(t, string(want), out.String())
}

func TestTourOnOtherLogs(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "log.csv")
	for name, text := range map[string]string{
		"one purchase":      "a,2026-01-31,1,10.50\n",
		"a return":          "a,2026-01-31,1,10.50\nb,2026-01-31,1,-3\n",
		"returns only":      "a,2026-01-31,1,-3\nb,2026-02-28,1,-3\n",
		"long ago":          "a,0001-01-01,1,10.50\nb,9999-12-31,1,3\nb,1997-12-31,1,3,tea\n",
		"huge":              strings.Repeat("a,2026-01-31,1,999999999999.999999\n", 10),
		"nothing but items": "a,2026-01-31,1,10.50,tea\na,2026-02-28,1,10.50,tea\n",
		"a free order":      "a,2026-01-31,1,0,tea\n",
	} {
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
		var out bytes.Buffer
		require.NoError(t, run(&out, file), name)
		assert.Contains(t, out.String(), "Who matters", name)
	}
	require.Error(t, run(&bytes.Buffer{}, filepath.Join(t.TempDir(), "absent.csv")))
	require.NoError(t, os.WriteFile(file, []byte("a,b\n"), 0o600))
	require.EqualError(t, run(&bytes.Buffer{}, file), "line 1: 2 fields: want customer, date, quantity, amount[, item]")
}

func TestNumbersReadWell(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", -1234567: "-1,234,567"} {
		assert.Equal(t, want, count(n))
	}
}
