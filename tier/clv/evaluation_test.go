package clv_test

import (
	"bytes"
	"encoding/csv"
	"math"
	"slices"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/tier/clv"
	"github.com/relmark/relmark/tier/rfm"
)

// cdnowBase reads the CDNOW log: customer, date, quantity, value.
func cdnowBase(t testing.TB) *rfm.Base[string] {
	t.Helper()
	records, err := csv.NewReader(bytes.NewReader(reference.Input(t, "cdnow_transactions.csv"))).ReadAll()
	require.NoError(t, err)
	var base rfm.Base[string]
	for _, r := range records[1:] {
		require.NoError(t, base.Add(rfm.Purchase[string]{Customer: r[0], On: relmark.MustParseDate(r[1]), Amount: decimal.RequireFromString(r[3])}))
	}
	return &base
}

// The published check: over the 39 weeks after September 1997 the customers made
// 1882 repeat purchases, of which BG/NBD expects 1653.
func TestEvaluateCDNOW(t *testing.T) {
	t.Parallel()
	base := cdnowBase(t)
	if base.Len() != 2357 {
		t.Skip("another sample than the published one")
	}
	splits, err := base.Splits(relmark.MustParseDate("1997-09-30"), relmark.MustParseDate("1998-06-30"), rfm.Options{Unit: rfm.Week})
	require.NoError(t, err)
	var table rfm.Patterns
	var customers []clv.Holdout
	for _, s := range splits {
		h := clv.HoldoutOf(s.Split)
		customers = append(customers, h)
		require.NoError(t, table.Add(h.Pattern, 1))
	}
	fit, err := clv.FitBGNBD(t.Context(), &table, clv.FitOptions{})
	require.NoError(t, err)
	e, err := clv.Evaluate(fit.Model, slices.Values(customers))
	require.NoError(t, err)
	total := e.Total()
	require.Equal(t, int64(2357), total.N)
	require.Equal(t, int64(1882), total.Actual)
	near.Equal(t, 1653, total.Expected, 0, 0.5)
	require.Equal(t, int64(1411), e.ByFrequency[0].N)
	var absolute, squared float64
	for _, c := range customers {
		off := fit.Model.CondExpected(c.Pattern, c.Length) - float64(c.Purchases)
		absolute += math.Abs(off)
		squared += off * off
	}
	near.Equal(t, absolute/2357, total.MAE(), 1e-12, 0)
	near.Equal(t, math.Sqrt(squared/2357), total.RMSE(), 1e-12, 0)
	near.Equal(t, 1882./2357, total.MeanActual(), 1e-15, 0)
	near.Equal(t, total.Expected/2357, total.MeanExpected(), 1e-15, 0)
	// Those who bought more go on to buy more, and the model knows.
	for i := 1; i < len(e.ByFrequency); i++ {
		require.Greater(t, e.ByFrequency[i].MeanExpected(), e.ByFrequency[i-1].MeanExpected())
	}
	// Two halves are the whole.
	left, err := clv.Evaluate(fit.Model, slices.Values(customers[:1000]))
	require.NoError(t, err)
	right, err := clv.Evaluate(fit.Model, slices.Values(customers[1000:]))
	require.NoError(t, err)
	require.NoError(t, left.Merge(right))
	require.Equal(t, total.N, left.Total().N)
	near.Equal(t, total.Expected, left.Total().Expected, 1e-12, 0)
	near.Equal(t, total.Squared, left.Total().Squared, 1e-12, 0)
}

func TestEvaluateRejects(t *testing.T) {
	t.Parallel()
	var e clv.Evaluation
	require.ErrorIs(t, e.Add(-1, 0, 0, 1), relmark.ErrInvalid)
	require.ErrorIs(t, e.Add(0, math.NaN(), 0, 1), relmark.ErrInvalid)
	require.ErrorIs(t, e.Add(0, -1, 0, 1), relmark.ErrInvalid)
	require.ErrorIs(t, e.Add(0, 0, -1, 1), relmark.ErrInvalid)
	require.ErrorIs(t, e.Add(0, 0, 0, -1), relmark.ErrInvalid)
	require.Equal(t, clv.Evaluation{}, e)
	require.NoError(t, e.Add(9, 1, 2, math.MaxInt64/2))
	require.Equal(t, int64(math.MaxInt64/2), e.ByFrequency[7].N)
	require.ErrorIs(t, e.Add(0, 0, 0, math.MaxInt64), relmark.ErrLimit)
	require.ErrorIs(t, e.Add(0, 0, 3, 1), relmark.ErrLimit)
	require.ErrorIs(t, e.Merge(e), relmark.ErrLimit)
	require.True(t, math.IsNaN(clv.Bin{}.MAE()) && math.IsNaN(clv.Bin{}.RMSE()) && math.IsNaN(clv.Bin{}.MeanActual()) && math.IsNaN(clv.Bin{}.MeanExpected()))
	for _, length := range []float64{math.NaN(), -1} {
		_, err := clv.Evaluate(cdnowBGNBD(t), slices.Values([]clv.Holdout{{}, {Length: length}}))
		require.ErrorIs(t, err, relmark.ErrInvalid)
		require.ErrorContains(t, err, "customer 1")
	}
}

func TestTracking(t *testing.T) {
	t.Parallel()
	m := cdnowBGNBD(t)
	var whole, left, right clv.Tracking
	from := source(21)
	for i := range 6000 {
		first := float64(i % 12)
		p, err := m.Simulate(from, 60-first)
		require.NoError(t, err)
		repeats := make([]float64, len(p.Repeats))
		for j, at := range p.Repeats {
			repeats[j] = first + at
		}
		require.NoError(t, whole.Add(first, repeats...))
		part := &left
		if i%3 == 0 {
			part = &right
		}
		require.NoError(t, part.Add(first, repeats...))
	}
	at := []float64{0, 10, 30, 60}
	curve := clv.Curve(m, whole, at)
	require.Zero(t, curve[0].Actual)
	require.Zero(t, curve[0].Expected)
	for _, p := range curve[1:] {
		near.Equal(t, p.Expected, float64(p.Actual), 0.08, 0, "at %v", p.At)
	}
	require.NoError(t, left.Merge(right))
	require.NoError(t, left.Merge(clv.Tracking{}))
	require.Equal(t, curve, clv.Curve(m, left, at))
	near.Equal(t, 500*m.Expected(10), clv.Curve(m, whole, []float64{10})[0].Expected-
		500*(m.Expected(9)+m.Expected(8)+m.Expected(7)+m.Expected(6)+m.Expected(5)+m.Expected(4)+m.Expected(3)+m.Expected(2)+m.Expected(1)), 1e-10, 0)
	require.Empty(t, clv.Curve(m, clv.Tracking{}, nil))

	var s clv.Tracking
	require.ErrorIs(t, s.Add(math.NaN()), relmark.ErrInvalid)
	require.ErrorIs(t, s.Add(3, 2), relmark.ErrInvalid)
	require.ErrorIs(t, s.Add(3, 4, math.Inf(1)), relmark.ErrInvalid)
	require.Equal(t, clv.Tracking{}, s)
}
