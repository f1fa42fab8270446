package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/tier/clv"
	"github.com/relmark/relmark/tier/rfm"
)

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

// tellOf reports on a log that is no file.
func tellOf(t *testing.T, content []byte) (*story, string) {
	t.Helper()
	s := &story{name: "a log", base: &rfm.Base[string]{}}
	var err error
	s.sales, err = readLog(content)
	require.NoError(t, err)
	r := &report{}
	require.NoError(t, s.tell(r))
	return s, r.text.String()
}

// buyers are customers who come back at random and pay what price says.
func buyers(price func(*rand.Rand) string) []byte {
	source := rand.New(rand.NewPCG(1, 2))
	start, days := relmark.MustParseDate("2025-01-01"), 545
	var b bytes.Buffer
	for c := range 60 {
		for on := source.IntN(200); on < days; on += 1 + int(60*source.ExpFloat64()) {
			fmt.Fprintf(&b, "c%d,%s,1,%s\n", c, start.AddDays(on), price(source))
			if source.Float64() < 0.15 {
				break
			}
		}
	}
	return b.Bytes()
}

// A shop with one price sells, too: nothing is left out, whatever the price.
func TestTourOnOnePrice(t *testing.T) {
	t.Parallel()
	for _, price := range []string{"0.01", "0.50", "1", "9.99", "10", "1234.56"} {
		s, text := tellOf(t, buyers(func(*rand.Rand) string { return price }))
		assert.NotContains(t, text, "Cannot be told", price)
		assert.Contains(t, text, "How good is that? Learning from the log", price)
		assert.Contains(t, text, "the forecast ", price)
		assert.Contains(t, text, " off from ", price)
		for _, w := range s.worth {
			near.Equal(t, w.value, w.purchases*s.sales.rows[0].amount.InexactFloat64(), 0.06, 0, price) // but for the discount
		}
	}
}

// Where amounts say nothing the forecast of purchases does: nobody came back twice,
// or what came back was for free.
func TestTourWithoutAModelOfSpend(t *testing.T) {
	t.Parallel()
	first := true
	for name, content := range map[string][]byte{
		"free repeats": buyers(func(*rand.Rand) string {
			if first {
				first = false
				return "10"
			}
			return "0"
		}),
		"two who came back": []byte("a,2025-01-01,1,10\na,2025-03-01,1,10\na,2025-11-01,1,10\nb,2025-01-01,1,20\nb,2025-03-01,1,20\nb,2025-12-01,1,20\nc,2025-02-01,1,5\nd,2025-02-01,1,7\ne,2025-03-01,1,5\n"),
	} {
		s, text := tellOf(t, content)
		assert.Contains(t, text, "How good is that?", name)
		assert.Contains(t, text, "says too little for a model of it", name)
		assert.NotEmpty(t, s.worth, name)
	}
	_, text := tellOf(t, buyers(func(*rand.Rand) string { return "0" }))
	assert.Contains(t, text, "How good is that? Learning")
}

// Those to call may still be there, and there is something to win: on a real log the
// biggest spenders among those gone quiet are lost for good.
func TestThoseToCallMayStillBeThere(t *testing.T) {
	t.Parallel()
	for name, content := range map[string][]byte{"own": simulatedPurchases, "CDNOW": reference.Input(t, "cdnow_transactions.csv")} {
		s, text := tellOf(t, content)
		require.NotEmpty(t, s.quiet, name)
		customers, _, err := s.base.Summaries(s.sales.last, rfm.Options{Unit: rfm.Week})
		require.NoError(t, err)
		patterns := make([]rfm.Pattern, len(customers))
		for i, c := range customers {
			patterns[i] = c.Pattern()
		}
		fit, err := learnPurchases(patterns)
		require.NoError(t, err)
		listed := 0
		for _, c := range customers {
			if alive := fit.Model.PAlive(c.Pattern()); alive >= 0.05 && alive < 0.5 {
				listed++
			}
		}
		assert.Len(t, s.quiet, listed, name)
		for i, w := range s.quiet {
			near.Equal(t, fit.Model.PAlive(w.Pattern()), w.alive, 1e-12, 0)
			assert.True(t, w.alive >= 0.05 && w.alive < 0.5 && w.value > 0, "%s: %v", name, w)
			assert.True(t, i == 0 || w.value <= s.quiet[i-1].value, name)
		}
		assert.NotContains(t, text, "costs less", name)
	}
}

// The tour judges its own forecast by the interval that came with it. On CDNOW the
// second half of the log brought more than any of the models expects.
func TestTheForecastIsJudged(t *testing.T) {
	t.Parallel()
	_, text := tellOf(t, simulatedPurchases)
	assert.Contains(t, text, "within the interval, so the forecast held.")
	_, text = tellOf(t, reference.Input(t, "cdnow_transactions.csv"))
	text = strings.Join(strings.Fields(text), " ")
	assert.Contains(t, text, "more than the interval holds. The forecast missed,")
	assert.Contains(t, text, "% too low")

	assert.Contains(t, text, "Pareto/NBD")
	assert.Contains(t, text, "These customers do not tell the models apart.")
	assert.Contains(t, text, "Those who buy often spend more on a purchase")
	assert.Equal(t, "Behind the first by more than chance: a; b.", surely([]string{"a", "b"}))

	o := outlook{Interval: clv.Interval{Low: 90, Estimate: 100, High: 110}, sure: true}
	assert.Equal(t, "with 95 % between 90 and 110", o.within())
	for bought, want := range map[int]string{
		90: "within", 110: "within", 100: "within",
		89:  "fewer than the interval holds. The forecast missed, 12 % too high: ",
		125: "more than the interval holds. The forecast missed, 20 % too low: ",
		0:   "fewer than the interval holds. The forecast missed, 10000 % too high: ",
	} {
		assert.True(t, strings.HasPrefix(verdict(o, bought), want), verdict(o, bought))
	}
}

// If the model is right its interval of 95 % holds nine times of ten at the least:
// customers are drawn from a known model and followed on.
func TestForecastIntervalsHold(t *testing.T) {
	t.Parallel()
	truth, err := clv.NewMBGNBD(clv.MBGNBDParams{R: 0.8, Alpha: 10, A: 0.8, B: 2.5})
	require.NoError(t, err)
	source := rand.New(rand.NewPCG(3, 4))
	const runs, age, ahead = 40, 52.0, 39.0
	held := 0
	for range runs {
		customers := make([]rfm.Pattern, 300)
		var table rfm.Patterns
		bought := 0
		for i := range customers {
			path, err := truth.Simulate(source, age+ahead)
			require.NoError(t, err)
			p := rfm.Pattern{T: age}
			for _, at := range path.Repeats {
				if at <= age {
					p.X, p.TX = p.X+1, at
				} else {
					bought++
				}
			}
			customers[i] = p
			require.NoError(t, table.Add(p, 1))
		}
		fit, err := clv.FitMBGNBD(t.Context(), &table, clv.FitOptions{})
		require.NoError(t, err)
		if o := forecast(fit, customers, ahead); float64(bought) >= o.Low && float64(bought) <= o.High {
			held++
		}
	}
	assert.GreaterOrEqual(t, held, runs*9/10)
}

// The tour draws: bars of segments and staffing, the Lorenz and the tracking curve.
func TestTheTourDraws(t *testing.T) {
	t.Parallel()
	assert.Equal(t, strings.Repeat("#", 40), bar(1))
	assert.Equal(t, strings.Repeat("#", 20), bar(0.5))
	assert.Equal(t, "#", bar(0.001))
	assert.Empty(t, bar(0))
	assert.Empty(t, bar(-1))

	diagonal, flat := make([]float64, plotWidth), make([]float64, plotWidth)
	for i := range diagonal {
		diagonal[i] = float64(i)
	}
	r := &report{}
	r.plot(plot{curves: []curve{{'*', diagonal}, {'o', flat}}, top: "60", begin: "left", end: "right"})
	lines := strings.Split(r.text.String(), "\n")
	assert.Equal(t, "        60 |                                                          ***", lines[1])
	assert.Equal(t, "         0 |***"+strings.Repeat("o", 58), lines[plotLines])
	assert.Equal(t, "           +"+strings.Repeat("-", plotWidth), lines[plotLines+1])
	assert.Equal(t, "            left"+strings.Repeat(" ", 52)+"right", lines[plotLines+2])
	for _, line := range lines[1 : plotLines+1] {
		assert.LessOrEqual(t, strings.Count(line, "*"), 6)
		assert.Equal(t, strings.TrimRight(line, " "), line)
	}
	r.plot(plot{curves: []curve{{'o', flat}}}) // nothing but zeros

	out, err := os.ReadFile("testdata/report.txt")
	require.NoError(t, err)
	for _, drawn := range []string{"champions                    55    14 %   87,343.50    28 %                 41   ###########\n", "2 clerks   87 %", "* is how many of them", "* are their repeat purchase days"} {
		assert.Contains(t, string(out), drawn)
	}
}

// A wholesaler's invoices as a program exports them: semicolons, times without
// seconds, prices multiplied in floats, returns in negative quantities.
func TestTourOnAnExport(t *testing.T) {
	t.Parallel()
	_, content := reference.Data(t, "crosssell/online_retail.csv*")
	lines, err := csv.NewReader(bytes.NewReader(content)).ReadAll()
	require.NoError(t, err)
	var export bytes.Buffer
	rounded := 0
	for _, r := range lines[1:min(len(lines), 20_000)] { // invoice, stock, quantity, time, unit price, customer
		if r[5] == "" {
			continue
		}
		quantity, err := strconv.ParseFloat(r[2], 64)
		require.NoError(t, err)
		price, err := strconv.ParseFloat(r[4], 64)
		require.NoError(t, err)
		amount := strconv.FormatFloat(quantity*price, 'f', -1, 64)
		if _, fraction, _ := strings.Cut(amount, "."); len(fraction) > 2 {
			rounded++
		}
		fmt.Fprintf(&export, "%s;%s;%s;%s;%s\n", r[5], r[3], r[2], amount, r[1])
	}
	s, text := tellOf(t, export.Bytes())
	assert.Equal(t, rounded, s.sales.rounded)
	assert.Contains(t, text, plural(rounded, "amount")+" had more than two digits")
	assert.NotContains(t, text, "Cannot be told")
	assert.Contains(t, text, "How good is that?")
}
