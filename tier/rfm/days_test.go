package rfm_test

import (
	"slices"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/tier/rfm"
)

// What was booked can be read back, and booking it again gives the same history.
func TestDaysAreWhatWasBooked(t *testing.T) {
	t.Parallel()
	origin := relmark.MustParseDate("2024-02-01")
	rapid.Check(t, func(t *rapid.T) {
		list := bookings(origin).Draw(t, "rows")
		h := history(t, list)
		byDate := map[relmark.Date]rfm.DayTotals{}
		for _, b := range list {
			d := byDate[b.on]
			d.On = b.on
			if b.amount.IsNegative() {
				d.Returned = d.Returned.Sub(b.amount)
			} else {
				d.Bought, d.Sold = true, d.Sold.Add(b.amount)
			}
			byDate[b.on] = d
		}
		var again rfm.History
		previous := relmark.Date{}
		for d := range h.Days() {
			require.True(t, d.On.After(previous))
			previous = d.On
			want := byDate[d.On]
			require.Equal(t, want.Bought, d.Bought)
			require.True(t, want.Sold.Equal(d.Sold))
			require.True(t, want.Returned.Equal(d.Returned))
			if d.Bought {
				require.NoError(t, again.Add(d.On, d.Sold))
			}
			if d.Returned.IsPositive() {
				require.NoError(t, again.Add(d.On, d.Returned.Neg()))
			}
		}
		require.Len(t, byDate, h.Len())
		require.Equal(t, encoded(t, h), encoded(t, again))
	})
}

// The purchase days are those of the summary, whatever the options.
func TestPurchaseDaysAreThoseOfTheSummary(t *testing.T) {
	t.Parallel()
	origin := relmark.MustParseDate("2024-02-01")
	rapid.Check(t, func(t *rapid.T) {
		list := bookings(origin).Draw(t, "rows")
		asOf := origin.AddDays(rapid.IntRange(0, 90).Draw(t, "asOf"))
		o := anyOptions(t)
		want := naively(list, asOf, o)
		days, err := history(t, list).PurchaseDays(asOf, o)
		require.NoError(t, err)
		n := 0
		for on, value := range days {
			require.Equal(t, want.occasions[n], on)
			require.True(t, want.values[n].Equal(value), "%s: %s", on, value)
			n++
		}
		require.Len(t, want.occasions, n)
	})
}

// A window is a history of the rows that lie in it.
func TestWindowIsOfTheRowsInIt(t *testing.T) {
	t.Parallel()
	origin := relmark.MustParseDate("2024-02-01")
	rapid.Check(t, func(t *rapid.T) {
		list := bookings(origin).Draw(t, "rows")
		customers := rapid.SliceOfN(rapid.IntRange(-3, 3), len(list), len(list)).Draw(t, "customers")
		from := origin.AddDays(rapid.IntRange(0, 80).Draw(t, "from"))
		to := from.AddDays(rapid.IntRange(0, 80).Draw(t, "days"))
		var inside []booking
		var whole, want rfm.Base[int]
		for i, b := range list {
			p := rfm.Purchase[int]{Customer: customers[i], On: b.on, Amount: b.amount}
			require.NoError(t, whole.Add(p))
			if !b.on.Before(from) && !b.on.After(to) {
				inside = append(inside, b)
				require.NoError(t, want.Add(p))
			}
		}
		h := history(t, list)
		before := encoded(t, h)
		part, err := h.Window(from, to)
		require.NoError(t, err)
		require.Equal(t, encoded(t, history(t, inside)), encoded(t, part))
		require.NoError(t, part.Add(from, decimal.New(1, 0)))
		require.Equal(t, before, encoded(t, h), "a window shares nothing")

		got, err := whole.Window(from, to)
		require.NoError(t, err)
		require.Equal(t, stored(t, &want), stored(t, got))
	})
}

// The sums of a window bound what may be added to it, as those of a history do.
func TestWindowHasTheRoomOfItsRows(t *testing.T) {
	t.Parallel()
	on := relmark.MustParseDate("2024-02-01")
	var h rfm.History
	require.NoError(t, h.Add(on, decimal.New(9, 18)))
	require.NoError(t, h.Add(on.AddDays(1), decimal.New(1, 17)))
	require.NoError(t, h.Add(on, decimal.New(-9, 18)))
	part, err := h.Window(on.AddDays(1), on.AddDays(1))
	require.NoError(t, err)
	require.NoError(t, part.Add(on, decimal.New(9, 18)))
	require.NoError(t, part.Add(on, decimal.New(-9, 18)))
	require.ErrorIs(t, part.Add(on, decimal.New(9, 18)), relmark.ErrLimit)
	whole, err := h.Window(on, on)
	require.NoError(t, err)
	require.ErrorIs(t, whole.Add(on, decimal.New(9, 18)), relmark.ErrLimit)
	require.ErrorIs(t, whole.Add(on, decimal.New(-9, 18)), relmark.ErrLimit)
}

func TestDaysRefuse(t *testing.T) {
	t.Parallel()
	on := relmark.MustParseDate("2024-02-01")
	var h rfm.History
	var b rfm.Base[string]
	for _, c := range []struct {
		from, to relmark.Date
		want     string
	}{
		{relmark.Date{}, on, "rfm: From: must be a date"},
		{on, relmark.Date{}, "rfm: To: must be a date"},
		{on, on.AddDays(-1), "rfm: To = 2024-01-31: must not precede From"},
	} {
		_, err := h.Window(c.from, c.to)
		require.ErrorIs(t, err, relmark.ErrInvalid)
		require.EqualError(t, err, c.want)
		_, err = b.Window(c.from, c.to)
		require.EqualError(t, err, c.want)
	}
	_, err := h.PurchaseDays(relmark.Date{}, rfm.Options{})
	require.EqualError(t, err, "rfm: AsOf: must be a date")
	_, err = h.PurchaseDays(on, rfm.Options{Unit: -1})
	require.ErrorIs(t, err, relmark.ErrInvalid)
	days, err := h.PurchaseDays(on, rfm.Options{})
	require.NoError(t, err)
	for range days {
		t.Error("no day was bought on")
	}
	for range h.Days() {
		t.Error("no day was booked")
	}
}

// Both iterators can be left early.
func TestDaysCanBeLeft(t *testing.T) {
	t.Parallel()
	on := relmark.MustParseDate("2024-02-01")
	h := history(t, []booking{{on, amount(t, "1")}, {on.AddDays(1), amount(t, "2")}})
	for d := range h.Days() {
		assert.Equal(t, on, d.On)
		break
	}
	days, err := h.PurchaseDays(on.AddDays(1), rfm.Options{})
	require.NoError(t, err)
	for d := range days {
		assert.Equal(t, on, d)
		break
	}
}

// Four purchases of 100, all returned days later: the money is gone from the total,
// but every purchase day stays one, with its value.
func TestLateReturnsStayWhereTheyAreBooked(t *testing.T) {
	t.Parallel()
	on := relmark.MustParseDate("2024-02-01")
	var h rfm.History
	for i := range 4 {
		require.NoError(t, h.Add(on.AddDays(30*i), decimal.New(100, 0)))
		require.NoError(t, h.Add(on.AddDays(30*i+5), decimal.New(-100, 0)))
	}
	s, err := h.Summary(on.AddDays(200), rfm.Options{})
	require.NoError(t, err)
	assert.True(t, s.Total().IsZero())
	assert.Equal(t, "400", s.PurchaseTotal().StringFixed(0))
	assert.Equal(t, "400", s.Returned().StringFixed(0))
	assert.Equal(t, 4, s.Purchases)
	near.Equal(t, 100, s.MeanRepeat(), 0, 0)

	var sameDay rfm.History // had they been booked on the days of the purchases
	for i := range 4 {
		require.NoError(t, sameDay.Add(on.AddDays(30*i), decimal.New(100, 0)))
		require.NoError(t, sameDay.Add(on.AddDays(30*i), decimal.New(-100, 0)))
	}
	_, err = sameDay.Summary(on.AddDays(200), rfm.Options{})
	require.ErrorIs(t, err, relmark.ErrTooFew)
}

// A base stays right whatever is removed from it and added again.
func TestRemove(t *testing.T) {
	t.Parallel()
	on := relmark.MustParseDate("2024-02-01")
	rapid.Check(t, func(t *rapid.T) {
		var b rfm.Base[int]
		model := map[int][]booking{}
		for range rapid.IntRange(0, 60).Draw(t, "steps") {
			customer := rapid.IntRange(0, 20).Draw(t, "customer")
			if rapid.IntRange(0, 2).Draw(t, "remove") == 0 {
				_, known := model[customer]
				require.Equal(t, known, b.Remove(customer))
				delete(model, customer)
			} else {
				row := booking{on.AddDays(rapid.IntRange(0, 9).Draw(t, "day")), decimal.New(rapid.Int64Range(-5, 9).Draw(t, "amount"), 0)}
				require.NoError(t, b.Add(rfm.Purchase[int]{Customer: customer, On: row.on, Amount: row.amount}))
				model[customer] = append(model[customer], row)
			}
			require.Equal(t, len(model), b.Len())
		}
		n := 0
		for customer, h := range b.All() {
			require.Equal(t, encoded(t, history(t, model[customer])), encoded(t, h))
			n++
		}
		require.Equal(t, len(model), n)
		for customer := range 21 {
			_, known := b.History(customer)
			_, want := model[customer]
			require.Equal(t, want, known)
		}
	})
}

// Removal over many blocks of members, from a base in ascending order and from one
// that is not.
func TestRemoveFromManyBlocks(t *testing.T) {
	t.Parallel()
	const n = 1300
	on := relmark.MustParseDate("2024-02-01")
	for name, customer := range map[string]func(i int) int{
		"ascending":  func(i int) int { return i },
		"descending": func(i int) int { return n - 1 - i },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var b rfm.Base[int]
			for i := range n {
				p := rfm.Purchase[int]{Customer: customer(i), On: on, Amount: decimal.New(int64(customer(i)), 0)}
				require.NoError(t, b.Add(p))
			}
			for i := 0; i < n; i += 3 {
				require.True(t, b.Remove(i))
				require.False(t, b.Remove(i))
			}
			require.Equal(t, n-(n+2)/3, b.Len())
			want := slices.Collect(func(yield func(int) bool) {
				for i := range n {
					if i%3 != 0 && !yield(i) {
						return
					}
				}
			})
			var got []int
			for c, h := range b.All() {
				got = append(got, c)
				for d := range h.Days() {
					require.True(t, d.Sold.Equal(decimal.New(int64(c), 0)))
				}
			}
			require.Equal(t, want, got)
			for _, i := range want {
				require.True(t, b.Remove(i))
			}
			require.Zero(t, b.Len())
			require.NoError(t, b.Add(rfm.Purchase[int]{Customer: 7, On: on, Amount: decimal.New(1, 0)}))
			require.Equal(t, 1, b.Len())
		})
	}
}

// Who is removed while the log is still with them starts anew, and nobody else's
// days change.
func TestRemoveTheNewest(t *testing.T) {
	t.Parallel()
	on, one := relmark.MustParseDate("2024-02-01"), decimal.New(1, 0)
	var b rfm.Base[string]
	add := func(customer string, days ...int) {
		for _, d := range days {
			require.NoError(t, b.Add(rfm.Purchase[string]{Customer: customer, On: on.AddDays(d), Amount: one}))
		}
	}
	add("a", 0, 1, 2)
	add("b", 0, 1)
	require.True(t, b.Remove("b"))
	add("b", 5)
	add("a", 3, 4)
	add("c", 0)
	for customer, want := range map[string]int{"a": 5, "b": 1, "c": 1} {
		h, known := b.History(customer)
		require.True(t, known)
		assert.Equal(t, want, h.Len(), customer)
	}
}
