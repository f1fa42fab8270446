package rfm_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/tier/rfm"
)

// A booking is one row of one customer.
type booking struct {
	on     relmark.Date
	amount decimal.Decimal
}

func bookings(origin relmark.Date) *rapid.Generator[[]booking] {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) booking {
		digits := rapid.Int32Range(0, 4).Draw(t, "digits")
		return booking{
			on:     origin.AddDays(rapid.IntRange(0, 80).Draw(t, "day")),
			amount: decimal.New(rapid.Int64Range(-300, 900).Draw(t, "units"), -digits),
		}
	}), 0, 40)
}

func history(tb near.TB, list []booking) rfm.History {
	tb.Helper()
	var h rfm.History
	for _, b := range list {
		if err := h.Add(b.on, b.amount); err != nil {
			tb.Errorf("Add: %v", err)
		}
	}
	return h
}

// naive is the definition, word by word: group the rows of each occasion, decide
// which are purchases, and sum decimals.
type naive struct {
	occasions       []relmark.Date // first purchase row of each purchase occasion
	values          []decimal.Decimal
	total, returned decimal.Decimal
	hasRow          bool
}

func naively(list []booking, asOf relmark.Date, o rfm.Options) naive {
	var n naive
	groups := map[relmark.Date][]booking{}
	for _, b := range list {
		if b.on.After(asOf) {
			continue
		}
		n.hasRow = true
		groups[period(b.on, o.Collapse)] = append(groups[period(b.on, o.Collapse)], b)
	}
	var starts []relmark.Date
	for start := range groups {
		starts = append(starts, start)
	}
	slices.SortFunc(starts, relmark.Date.Compare)
	for _, start := range starts {
		var sold, returned decimal.Decimal
		var first relmark.Date
		negative := false
		for _, b := range groups[start] {
			if b.amount.IsNegative() {
				negative = true
				returned = returned.Sub(b.amount)
				continue
			}
			sold = sold.Add(b.amount)
			if first.IsZero() || b.on.Before(first) {
				first = b.on
			}
		}
		net := sold.Sub(returned)
		n.returned = n.returned.Add(returned)
		if o.Returns == rfm.Gross {
			n.total = n.total.Add(sold)
			if !first.IsZero() {
				n.occasions, n.values = append(n.occasions, first), append(n.values, sold)
			}
			continue
		}
		n.total = n.total.Add(net)
		if net.IsPositive() || net.IsZero() && !negative {
			n.occasions, n.values = append(n.occasions, first), append(n.values, net)
		}
	}
	return n
}

func period(d relmark.Date, c rfm.Collapse) relmark.Date {
	switch c {
	case rfm.Weekly:
		for d.Weekday() != 1 {
			d = d.AddDays(-1)
		}
	case rfm.Monthly:
		for {
			if _, _, day := d.Civil(); day == 1 {
				break
			}
			d = d.AddDays(-1)
		}
	}
	return d
}

func anyOptions(t *rapid.T) rfm.Options {
	return rfm.Options{
		Unit:     rapid.SampledFrom([]rfm.Unit{0, rfm.Day, rfm.Week, rfm.Month, rfm.Year, 0.5}).Draw(t, "unit"),
		Collapse: rapid.SampledFrom([]rfm.Collapse{rfm.Daily, rfm.Weekly, rfm.Monthly}).Draw(t, "collapse"),
		Returns:  rapid.SampledFrom([]rfm.Returns{rfm.NetDay, rfm.Gross}).Draw(t, "returns"),
	}
}

func TestSummaryAgreesWithTheDefinition(t *testing.T) {
	t.Parallel()
	origin := relmark.MustParseDate("2024-02-01")
	rapid.Check(t, func(t *rapid.T) {
		list := bookings(origin).Draw(t, "rows")
		asOf := origin.AddDays(rapid.IntRange(0, 90).Draw(t, "asOf"))
		o := anyOptions(t)
		h := history(t, list)
		want := naively(list, asOf, o)
		got, err := h.Summary(asOf, o)
		if len(want.occasions) == 0 {
			if want.hasRow || len(list) == 0 {
				require.ErrorIs(t, err, relmark.ErrTooFew)
			} else {
				require.ErrorIs(t, err, relmark.ErrInvalid)
			}
			return
		}
		require.NoError(t, err)
		n := len(want.occasions)
		assert.Equal(t, n, got.Purchases)
		assert.Equal(t, n-1, got.X)
		assert.Equal(t, want.occasions[0], got.First)
		assert.Equal(t, want.occasions[n-1], got.Last)
		unit := float64(max(o.Unit, 0))
		if unit == 0 {
			unit = 1
		}
		near.Equal(t, float64(got.Last.Sub(got.First))/unit, got.TX, 0, 0, "TX")
		near.Equal(t, float64(asOf.Sub(got.First))/unit, got.T, 0, 0, "T")
		near.Equal(t, float64(asOf.Sub(got.Last))/unit, got.SinceLast, 0, 0, "SinceLast")
		assert.True(t, want.total.Equal(got.Total()), "total %s", got.Total())
		assert.True(t, want.returned.Equal(got.Returned()), "returned %s", got.Returned())
		var all decimal.Decimal
		for _, v := range want.values {
			all = all.Add(v)
		}
		repeat := all.Sub(want.values[0])
		assert.True(t, all.Equal(got.PurchaseTotal()), "purchases %s", got.PurchaseTotal())
		assert.True(t, repeat.Equal(got.RepeatTotal()), "repeat %s", got.RepeatTotal())
		near.Equal(t, all.InexactFloat64()/float64(n), got.MeanDay(), 1e-15, 0, "MeanDay")
		near.Equal(t, repeat.InexactFloat64()/float64(max(1, n-1)), got.MeanRepeat(), 1e-15, 0, "MeanRepeat")
		require.NoError(t, got.Pattern().Validate())
	})
}

func TestSplitCountsWhatCameAfter(t *testing.T) {
	t.Parallel()
	origin := relmark.MustParseDate("2024-02-01")
	rapid.Check(t, func(t *rapid.T) {
		list := bookings(origin).Draw(t, "rows")
		o := anyOptions(t)
		end := origin.AddDays(rapid.IntRange(0, 60).Draw(t, "calibration"))
		until := end.AddDays(rapid.IntRange(1, 60).Draw(t, "holdout"))
		h := history(t, list)
		s, err := h.Split(end, until, o)
		summary, errSummary := h.Summary(end, o)
		require.Equal(t, errSummary == nil, err == nil)
		if err != nil {
			return
		}
		var later []booking
		for _, b := range list {
			if b.on.After(end) {
				later = append(later, b)
			}
		}
		want := naively(later, until, o)
		assert.Equal(t, summary, s.Calibration)
		assert.Equal(t, len(want.occasions), s.Purchases)
		var value decimal.Decimal
		for _, v := range want.values {
			value = value.Add(v)
		}
		assert.True(t, value.Equal(s.Total()))
		near.Equal(t, value.InexactFloat64()/float64(max(1, s.Purchases)), s.Mean(), 1e-15, 0)
		assert.Positive(t, s.Length)
	})
}

// Any order and any sharding of the rows give the same history.
func TestHistoryMergeLaws(t *testing.T) {
	t.Parallel()
	origin := relmark.MustParseDate("2024-02-01")
	rapid.Check(t, func(t *rapid.T) {
		list := bookings(origin).Draw(t, "rows")
		want := encoded(t, history(t, list))
		shuffled := rapid.Permutation(list).Draw(t, "shuffled")
		assert.Equal(t, want, encoded(t, history(t, shuffled)))

		i := rapid.IntRange(0, len(list)).Draw(t, "i")
		j := rapid.IntRange(i, len(list)).Draw(t, "j")
		a, b, c := history(t, shuffled[:i]), history(t, shuffled[i:j]), history(t, shuffled[j:])
		ab, bc, empty := a, b, rfm.History{}
		require.NoError(t, ab.Merge(b))
		require.NoError(t, ab.Merge(c))
		require.NoError(t, bc.Merge(c))
		require.NoError(t, bc.Merge(a))
		require.NoError(t, bc.Merge(empty))
		require.NoError(t, empty.Merge(ab))
		assert.Equal(t, want, encoded(t, ab))
		assert.Equal(t, want, encoded(t, bc))
		assert.Equal(t, want, encoded(t, empty))
		assert.Equal(t, encoded(t, history(t, shuffled[:i])), encoded(t, a), "merging leaves its parts alone")
	})
}

func encoded(tb require.TestingT, h rfm.History) []byte {
	b, err := h.MarshalBinary()
	require.NoError(tb, err)
	return b
}

func TestHistoryRefuses(t *testing.T) {
	t.Parallel()
	on := relmark.MustParseDate("2024-02-29")
	filled := func() rfm.History {
		var h rfm.History
		require.NoError(t, h.Add(on, decimal.New(math.MaxInt64/10-5, 0)))
		return h
	}
	cases := []struct {
		name   string
		on     relmark.Date
		amount decimal.Decimal
		want   error
		text   string
	}{
		{"no date", relmark.Date{}, decimal.New(1, 0), relmark.ErrInvalid, "rfm: On: must be a date"},
		{"ten fraction digits", on, decimal.New(1, -10), relmark.ErrInvalid, "rfm: Amount: must have at most 9 fraction digits"},
		{"hostile exponent", on, decimal.New(1, 1_000_000_000), relmark.ErrInvalid, "rfm: Amount: must be below 9.2e18 with at most 9 fraction digits"},
		{"sum of sales", on, decimal.New(math.MaxInt64-100, 0), relmark.ErrLimit, "rfm: sum of amounts: limit reached"},
		{"sum of sales in finer units", on, decimal.New(1, -2), relmark.ErrLimit, "rfm: sum of amounts: limit reached"},
		{"amount in the units of the others", on, decimal.New(math.MinInt64, 0), relmark.ErrLimit, "rfm: sum of amounts: limit reached"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h := filled()
			err := h.Add(c.on, c.amount)
			require.ErrorIs(t, err, c.want)
			assert.EqualError(t, err, c.text)
			assert.Equal(t, encoded(t, filled()), encoded(t, h), "unchanged")
			require.NoError(t, h.Add(on, decimal.New(1, -1)), "and as roomy as before")
		})
	}

	var zeros rfm.History
	require.NoError(t, zeros.Add(on, amount(t, "1.250000000000")), "zeros are no digits")
	for d := range zeros.Days() {
		assert.Equal(t, "1.25", d.Sold.StringFixed(2))
	}

	h := filled()
	require.ErrorIs(t, h.Merge(filled2(t, on)), relmark.ErrLimit)
	assert.Equal(t, encoded(t, filled()), encoded(t, h))
	var fine rfm.History
	require.NoError(t, fine.Add(on, decimal.New(1, -9)))
	require.ErrorIs(t, h.Merge(fine), relmark.ErrLimit)
	require.ErrorIs(t, fine.Merge(h), relmark.ErrLimit)
}

func filled2(t *testing.T, on relmark.Date) rfm.History {
	t.Helper()
	var h rfm.History
	require.NoError(t, h.Add(on, decimal.New(math.MaxInt64, 0)))
	return h
}

// What fits depends on the amounts, not on how their zeros were written.
func TestTrailingZerosTakeNoRoom(t *testing.T) {
	t.Parallel()
	on := relmark.MustParseDate("2024-02-29")
	for _, texts := range [][2]string{{"1.000000000", "9000000000000000000"}, {"9000000000000000000", "1.000000000"}} {
		var h rfm.History
		for _, text := range texts {
			require.NoError(t, h.Add(on, amount(t, text)), text)
		}
	}
	var h, back rfm.History
	require.NoError(t, h.Add(on, amount(t, "0.1")))
	require.NoError(t, h.Add(on, amount(t, "0.900000000")))
	require.NoError(t, back.UnmarshalBinary(encoded(t, h)))
	require.NoError(t, back.Add(on, amount(t, "900000000000000000")))
	require.NoError(t, h.Add(on, amount(t, "900000000000000000")))
}

func TestClonesShareNothing(t *testing.T) {
	t.Parallel()
	on := relmark.MustParseDate("2024-02-29")
	h := history(t, []booking{{on, amount(t, "1")}, {on.AddDays(1), amount(t, "1")}})
	before := encoded(t, h)
	c := h.Clone()
	require.NoError(t, c.Add(on, amount(t, "7")))
	require.NoError(t, c.Add(on.AddDays(9), amount(t, "7")))
	assert.Equal(t, before, encoded(t, h))
}

func FuzzHistoryAdd(f *testing.F) {
	f.Add(2024, 2, 29, int64(1250), int32(-2))
	f.Fuzz(func(t *testing.T, year, month, d int, units int64, exponent int32) {
		on, _ := relmark.NewDate(year, time.Month(month), d)
		h := history(t, []booking{{relmark.MustParseDate("2024-02-29"), amount(t, "12.5")}})
		before := encoded(t, h)
		if err := h.Add(on, decimal.New(units, exponent)); err != nil {
			assert.Equal(t, before, encoded(t, h))
			return
		}
		s, err := h.Summary(relmark.MustParseDate("9999-12-31"), rfm.Options{Returns: rfm.Gross})
		require.NoError(t, err)
		assert.True(t, s.Total().Sub(s.Returned()).Equal(decimal.New(units, exponent).Add(amount(t, "12.5"))))
	})
}

func TestSummaryRefuses(t *testing.T) {
	t.Parallel()
	on := relmark.MustParseDate("2024-02-29")
	var h rfm.History
	require.NoError(t, h.Add(on, decimal.New(-5, 0)))
	_, err := h.Summary(on, rfm.Options{})
	require.EqualError(t, err, "rfm: no purchase day up to AsOf: not enough data")
	require.NoError(t, h.Add(on.AddDays(1), decimal.New(5, 0)))
	for name, c := range map[string]struct {
		asOf relmark.Date
		o    rfm.Options
		want string
	}{
		"no date":      {relmark.Date{}, rfm.Options{}, "rfm: AsOf: must be a date"},
		"before all":   {on.AddDays(-1), rfm.Options{}, "rfm: AsOf = 2024-02-28: must not precede the first purchase or return"},
		"unit NaN":     {on, rfm.Options{Unit: rfm.Unit(math.NaN())}, "rfm: Unit = NaN: must be 1e-9 to 1e9 days, or 0 for days"},
		"unit inf":     {on, rfm.Options{Unit: rfm.Unit(math.Inf(1))}, "rfm: Unit = +Inf: must be 1e-9 to 1e9 days, or 0 for days"},
		"unit < 0":     {on, rfm.Options{Unit: -1}, "rfm: Unit = -1: must be 1e-9 to 1e9 days, or 0 for days"},
		"collapse":     {on, rfm.Options{Collapse: "daily"}, "rfm: Collapse: must be empty or one of weekly, monthly"},
		"returns mode": {on, rfm.Options{Returns: "secret"}, "rfm: Returns: must be empty or gross"},
	} {
		_, err := h.Summary(c.asOf, c.o)
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
		require.EqualError(t, err, c.want, name)
		var b rfm.Base[int]
		if name != "before all" {
			_, _, err = b.Summaries(c.asOf, c.o)
			require.EqualError(t, err, c.want, name)
		}
	}
	_, err = h.Split(on.AddDays(1), on.AddDays(1), rfm.Options{})
	require.EqualError(t, err, "rfm: HoldoutEnd = 2024-03-01: must come after CalibrationEnd")
	var b rfm.Base[int]
	_, err = b.Splits(on, on, rfm.Options{})
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = b.Splits(relmark.Date{}, on, rfm.Options{})
	require.ErrorIs(t, err, relmark.ErrInvalid)
}

func TestSummaryDoesNotAllocate(t *testing.T) {
	h := history(t, []booking{{relmark.MustParseDate("2024-01-01"), decimal.New(1, 0)}, {relmark.MustParseDate("2024-02-01"), decimal.New(1, 0)}})
	asOf := relmark.MustParseDate("2024-03-01")
	n := testing.AllocsPerRun(100, func() {
		if _, err := h.Summary(asOf, rfm.Options{Collapse: rfm.Weekly}); err != nil {
			t.Fatal(err)
		}
	})
	assert.Zero(t, n)
}
