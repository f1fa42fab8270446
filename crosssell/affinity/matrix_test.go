package affinity_test

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell"
	"github.com/relmark/relmark/crosssell/affinity"
	"github.com/relmark/relmark/internal/near"
)

func options() *rapid.Generator[affinity.MatrixOptions] {
	return rapid.Custom(func(t *rapid.T) affinity.MatrixOptions {
		o := affinity.MatrixOptions{MinCustomers: rapid.SampledFrom([]int{0, 0, 0, 1, 2, 3}).Draw(t, "min customers")}
		if h := rapid.SampledFrom([]float64{0, 0.01, 3, 30, 1e300}).Draw(t, "half-life"); h > 0 {
			o.HalfLife = &h
		}
		if m := rapid.SampledFrom([]int{0, 0, 0, 1, 3, 5}).Draw(t, "max items"); m > 0 {
			o.MaxItems = &m
		}
		return o
	})
}

// drawMatrix draws events and reads them in both ways; nil if nobody has anything.
func drawMatrix(t *rapid.T) (*affinity.Matrix[int8, string], *oracle) {
	list, o, asOf := events().Draw(t, "events"), options().Draw(t, "options"), rapid.SampledFrom([]int{-4, 0, 10, 29, 30, 31, 31, 31}).Draw(t, "as of")
	want := survey(list, asOf, o)
	m, err := count(t, list).AsOf(day(asOf), o)
	if len(want.x) == 0 {
		require.ErrorIs(t, err, relmark.ErrTooFew)
		return nil, nil
	}
	require.NoError(t, err)
	return m, want
}

func TestMatrixIsByDefinition(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m, want := drawMatrix(t)
		if m == nil {
			return
		}
		require.Equal(t, want.items, m.Items())
		require.Equal(t, want.customers, m.Customers())
		require.Equal(t, want.later, m.Later())
		require.Equal(t, want.leftOut, m.LeftOut())
		for u, customer := range want.customers {
			var owned []string
			var holdings []affinity.Holding[string]
			for k, item := range want.items {
				if want.x[u][k] > 0 {
					owned = append(owned, item)
					holdings = append(holdings, want.counts[customer][item])
				}
			}
			require.Equal(t, owned, m.AppendOwned(nil, customer))
			got := m.Holdings(customer)
			require.Len(t, got, len(holdings))
			for k := range got {
				near.Equal(t, holdings[k].Frequency, got[k].Frequency, 1e-12, 0)
				holdings[k].Frequency = got[k].Frequency
				require.Equal(t, holdings[k], got[k])
			}
		}
		require.Empty(t, m.Holdings(100))
		require.Empty(t, m.AppendOwned(nil, 100))
	})
}

func TestMatrixTogether(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m, s := drawMatrix(t)
		if m == nil {
			return
		}
		all := append([]string{"unknown"}, s.items...)
		for i := range all {
			for j := range all {
				want := crosssell.Counts{N: int64(len(s.x))}
				for _, row := range s.x {
					left, right := i > 0 && row[max(i-1, 0)] > 0, j > 0 && row[max(j-1, 0)] > 0
					want.Left += one(left)
					want.Right += one(right)
					want.Both += one(left && right)
				}
				require.Equal(t, want, m.Together(all[i], all[j]))
			}
		}
	})
}

func one(yes bool) int64 {
	if yes {
		return 1
	}
	return 0
}

// What comes after the day changes nothing, in whatever order and whoever bought it.
func TestMatrixDoesNotSeeTheFuture(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		const asOf = 10
		var past, future []event
		for _, e := range events().Draw(t, "events") {
			if e.On.After(day(asOf)) {
				future = append(future, e)
			} else {
				past = append(past, e)
			}
		}
		shuffled := rapid.Permutation(future).Draw(t, "shuffled")
		for k := range shuffled {
			shuffled[k].Customer = rapid.Int8Range(-2, 9).Draw(t, "somebody else")
		}
		o := options().Draw(t, "options")
		with, err := count(t, append(slices.Clip(past), shuffled...)).AsOf(day(asOf), o)
		without, errWithout := count(t, past).AsOf(day(asOf), o)
		require.Equal(t, errWithout, err)
		if err != nil {
			return
		}
		require.Equal(t, without.Items(), with.Items())
		require.Equal(t, without.Customers(), with.Customers())
		p := affinity.NeighbourParams{Similarity: affinity.BM25}
		a, err := with.Neighbours(t.Context(), p)
		require.NoError(t, err)
		b, err := without.Neighbours(t.Context(), p)
		require.NoError(t, err)
		for _, i := range with.Items() {
			for _, j := range with.Items() {
				got, err := a.Weight(i, j)
				require.NoError(t, err)
				want, err := b.Weight(i, j)
				require.NoError(t, err)
				require.Equal(t, want, got) //nolint:testifylint // the same to the bit
			}
		}
	})
}

func TestAsOfRefuses(t *testing.T) {
	t.Parallel()
	w := count(t, []event{{1, "a", day(0), 1}})
	for name, c := range map[string]struct {
		options affinity.MatrixOptions
		field   string
	}{
		"no half-life":       {affinity.MatrixOptions{HalfLife: new(0.0)}, "HalfLife"},
		"negative half-life": {affinity.MatrixOptions{HalfLife: new(-1.0)}, "HalfLife"},
		"half-life of NaN":   {affinity.MatrixOptions{HalfLife: new(math.NaN())}, "HalfLife"},
		"endless half-life":  {affinity.MatrixOptions{HalfLife: new(math.Inf(1))}, "HalfLife"},
		"negative customers": {affinity.MatrixOptions{MinCustomers: -1}, "MinCustomers"},
		"no items":           {affinity.MatrixOptions{MaxItems: new(0)}, "MaxItems"},
	} {
		_, err := w.AsOf(day(0), c.options)
		require.EqualError(t, err, c.options.Validate().Error(), name)
		requireField(t, err, c.field)
	}
	_, err := w.AsOf(relmark.Date{}, affinity.MatrixOptions{})
	requireField(t, err, "AsOf")
	_, err = w.AsOf(day(-1), affinity.MatrixOptions{})
	require.ErrorIs(t, err, relmark.ErrTooFew)
	_, err = new(affinity.Ownership[int, int]).AsOf(day(0), affinity.MatrixOptions{})
	require.ErrorIs(t, err, relmark.ErrTooFew)
}

// requireField asks for an error about a field.
func requireField(t require.TestingT, err error, field string) {
	require.ErrorIs(t, err, relmark.ErrInvalid, field)
	var f *relmark.FieldError
	require.ErrorAs(t, err, &f, field)
	require.Equal(t, field, f.Field)
}

func TestMatrixSlicesAreCopies(t *testing.T) {
	t.Parallel()
	m := matrix(t, count(t, []event{{1, "a", day(0), 1}}))
	m.Items()[0], m.Customers()[0] = "b", 2
	assert.Equal(t, []string{"a"}, m.Items())
	assert.Equal(t, []int8{1}, m.Customers())
}
