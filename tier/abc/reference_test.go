package abc_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/tier/abc"
	"github.com/relmark/relmark/tier/rfm"
)

const room = "tier/abc"

func TestReferenceGolden(t *testing.T) {
	t.Parallel()
	f := reference.Open(t, room, "rfm_golden.json")
	var golden struct{ Cases []goldenCase }
	f.JSON(&golden)
	for _, c := range golden.Cases {
		if !f.Owns(c.Kind) {
			continue
		}
		switch c.Kind {
		case "pareto":
			c.checkPareto(t, f)
		case "matrix":
			c.checkMatrix(t, f)
		case "streak":
			c.checkStreak(t, f)
		default:
			t.Errorf("%s: kind %q has no test", c.ID, c.Kind)
		}
	}
}

type goldenCase struct {
	ID, Kind      string
	Values        [][2]string
	LoyaltyCuts   [2]float64 `json:"loyalty_cuts"`
	PotentialCuts [2]float64 `json:"potential_cuts"`
	Customers     [][4]any
	Series        [][2]json.RawMessage
	Expect        json.RawMessage
}

func (c goldenCase) checkPareto(t *testing.T, f *reference.File) {
	t.Helper()
	var expect struct {
		Ranking []string
		Classes map[string]string
		Counts  map[string]int
		Gini    *string
		Whale   struct {
			Peak, Total, Drain string
			PeakCustomers      int     `json:"peak_customers"`
			PeakRatio          *string `json:"peak_ratio"`
		}
		Top []struct {
			Percent   json.Number
			Customers int
			Share     string
		}
	}
	require.NoError(t, reference.Strict(c.Expect, &expect))
	ranking, err := abc.NewRanking(func(yield func(string, decimal.Decimal) bool) {
		for _, v := range c.Values {
			if !yield(v[0], money(t, v[1])) {
				return
			}
		}
	})
	require.NoError(t, err)
	curve := ranking.Curve()
	classes, err := ranking.ABC(abc.Cuts{})
	require.NoError(t, err)

	f.Exact(len(expect.Ranking), ranking.Len(), "%s customers", c.ID)
	i := 0
	for id, class := range classes.All() {
		f.Exact(expect.Ranking[i], id, "%s ranking %d", c.ID, i)
		f.Exact(expect.Classes[id], letter(class), "%s class of %s", c.ID, id)
		i++
	}
	for name, n := range expect.Counts {
		f.Exact(n, classes.Groups.Of(class(t, name)).Customers, "%s count of %s", c.ID, name)
	}

	gini, ok := curve.Gini()
	checkOptional(t, f, expect.Gini, gini, ok, c.ID+" gini")
	whale := curve.Whale()
	ratio, ok := whale.Ratio()
	checkOptional(t, f, expect.Whale.PeakRatio, ratio, ok, c.ID+" peak_ratio")
	f.Exact(expect.Whale.PeakCustomers, whale.Customers, "%s peak_customers", c.ID)
	f.Exact(true, money(t, expect.Whale.Peak).Equal(whale.Peak), "%s peak", c.ID)
	f.Exact(true, money(t, expect.Whale.Total).Equal(whale.Total), "%s total", c.ID)
	f.Exact(true, money(t, expect.Whale.Drain).Equal(whale.Drain), "%s drain", c.ID)

	for _, want := range expect.Top {
		got, ok := curve.Top(money(t, want.Percent.String()))
		f.Exact(true, ok, "%s top %s", c.ID, want.Percent)
		f.Exact(want.Customers, got.Customers, "%s top %s customers", c.ID, want.Percent)
		f.Near(number(t, want.Share), got.Share, 1e-14, 0, "%s top %s share", c.ID, want.Percent)
	}
	if len(expect.Top) == 0 {
		_, ok := curve.Top(decimal.NewFromInt(50))
		f.Exact(false, ok, "%s no top shares", c.ID)
	}
}

func checkOptional(t *testing.T, f *reference.File, want *string, got float64, ok bool, what string) {
	t.Helper()
	f.Exact(want != nil, ok, "%s exists", what)
	if want != nil {
		f.Near(number(t, *want), got, 1e-14, 0, "%s", what)
	}
}

func (c goldenCase) checkMatrix(t *testing.T, f *reference.File) {
	t.Helper()
	var expect struct {
		Result []struct{ ID, Value, Loyalty, Potential, Class string }
		Counts map[string]int
	}
	require.NoError(t, reference.Strict(c.Expect, &expect), c.ID)
	matrix, err := abc.NewMatrix(abc.MatrixParams{
		Loyalty:   abc.Axis{High: c.LoyaltyCuts[0], Medium: c.LoyaltyCuts[1]},
		Potential: abc.Axis{High: c.PotentialCuts[0], Medium: c.PotentialCuts[1]},
	})
	require.NoError(t, err)
	placed, err := abc.Classify(matrix, func(yield func(string, abc.Profile) bool) {
		for _, r := range c.Customers {
			p := abc.Profile{Value: money(t, r[1].(string)), Loyalty: number(t, fmt.Sprint(r[2])), Potential: number(t, fmt.Sprint(r[3]))}
			if !yield(r[0].(string), p) {
				return
			}
		}
	})
	require.NoError(t, err)

	f.Exact(len(expect.Result), placed.Len(), "%s customers", c.ID)
	slices.SortFunc(expect.Result, func(a, b struct{ ID, Value, Loyalty, Potential, Class string }) int {
		return bytes.Compare([]byte(a.ID), []byte(b.ID))
	})
	counts := map[string]int{}
	placements := slices.Collect(placed.All())
	for i, want := range expect.Result {
		got := placements[i]
		f.Exact(want.ID, got.ID, "%s id", c.ID)
		f.Exact(want.Value, letter(got.Value), "%s %s value", c.ID, want.ID)
		f.Exact(want.Loyalty, letter(got.Loyalty), "%s %s loyalty", c.ID, want.ID)
		f.Exact(want.Potential, letter(got.Potential), "%s %s potential", c.ID, want.ID)
		f.Exact(want.Class, letter(got.Class), "%s %s class", c.ID, want.ID)
		counts[letter(got.Class)]++
	}
	for name, n := range expect.Counts {
		f.Exact(n, counts[name], "%s count of %s", c.ID, name)
	}
}

func (c goldenCase) checkStreak(t *testing.T, f *reference.File) {
	t.Helper()
	var expect struct{ Paths [][]string }
	require.NoError(t, reference.Strict(c.Expect, &expect))
	f.Exact(len(expect.Paths), len(c.Series), "%s series", c.ID)
	for i, series := range c.Series {
		var start string
		var texts []*string
		require.NoError(t, json.Unmarshal(series[0], &start))
		require.NoError(t, json.Unmarshal(series[1], &texts))
		contributions := make([]decimal.Decimal, len(texts))
		for k, s := range texts {
			if s != nil { // else a missing period, which is 0
				contributions[k] = money(t, *s)
			}
		}
		path, err := abc.StreakRule{}.Path(class(t, start), contributions)
		require.NoError(t, err)
		f.Exact(len(expect.Paths[i]), len(path), "%s series %d length", c.ID, i)
		for k, want := range expect.Paths[i] {
			f.Exact(want, letter(path[k]), "%s series %d period %d", c.ID, i, k)
		}
	}
}

// The published CDNOW sample, spend in the calibration period up to 30 September
// 1997. Classes and Gini: rfm_golden.md; shares: one decimal place of a per cent.
func TestReferenceCDNOW(t *testing.T) {
	t.Parallel()
	ranking, err := abc.NewRanking(cdnow(t))
	require.NoError(t, err)
	if ranking.Len() != 2357 {
		t.Skip("another sample than the published one")
	}
	classes, err := ranking.ABC(abc.Cuts{})
	require.NoError(t, err)
	curve := ranking.Curve()

	s := classes.Groups
	assert.Equal(t, [3]int{900, 800, 657}, [3]int{s.A.Customers, s.B.Customers, s.C.Customers})
	assert.True(t, money(t, "173115.55").Equal(curve.Total()))
	gini, ok := curve.Gini()
	assert.True(t, ok)
	near.Equal(t, 0.585277, gini, 0, 0.5e-6)
	for percent, want := range map[int64]float64{1: 0.147, 5: 0.336, 10: 0.469, 20: 0.633} {
		top, ok := curve.Top(decimal.NewFromInt(percent))
		assert.True(t, ok)
		near.Equal(t, want, top.Share, 0, 0.5e-3, "top %d %%", percent)
	}
}

// cdnow yields what each customer spent in the calibration period.
func cdnow(t testing.TB) iter.Seq2[string, decimal.Decimal] {
	t.Helper()
	records, err := csv.NewReader(bytes.NewReader(reference.Input(t, "cdnow_transactions.csv"))).ReadAll()
	require.NoError(t, err)
	var base rfm.Base[string]
	for _, r := range records[1:] {
		on, err := relmark.ParseDate(r[1])
		require.NoError(t, err)
		require.NoError(t, base.Add(rfm.Purchase[string]{Customer: r[0], On: on, Amount: money(t, r[3])}))
	}
	end := relmark.MustParseDate("1997-09-30")
	customers, idle, err := base.Summaries(end, rfm.Options{})
	require.NoError(t, err)
	return func(yield func(string, decimal.Decimal) bool) {
		for _, c := range customers {
			if !yield(c.ID, c.Total()) {
				return
			}
		}
		for _, id := range idle { // nothing bought: worth 0, and a customer all the same
			if !yield(id, decimal.Decimal{}) {
				return
			}
		}
	}
}

func money(t testing.TB, s string) decimal.Decimal {
	t.Helper()
	d, err := decimal.NewFromString(s)
	require.NoError(t, err)
	return d
}

func number(t testing.TB, s string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(s, 64)
	require.NoError(t, err)
	return v
}

// letter is what the files call a class or a level.
func letter[W ~string](w W) string { return strings.ToUpper(string(w[:1])) }

// class is the word for a class that the files call A, B or C.
func class(t testing.TB, name string) abc.Class {
	t.Helper()
	c := abc.Class(strings.ToLower(name))
	require.NotEmpty(t, c.Kind(), name)
	return c
}
