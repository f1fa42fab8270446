package promotion_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/loyalty/promotion"
)

// What always holds, over random orders with all features.

// Every unit ends between its floor and its price, and all parts add up: units to lines,
// lines and offers to the order.
func TestPartsAddUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s, o := (&drawer{T: t}).order(6)
		r := priced(t, s, o)
		var subtotal, discount, total, offers decimal.Decimal
		perLine := make([]decimal.Decimal, len(o.Lines))
		for _, a := range r.Applied() {
			sum := decimal.Decimal{}
			for i, d := range a.Lines {
				require.False(t, d.IsNegative())
				sum, perLine[i] = sum.Add(d), perLine[i].Add(d)
			}
			require.True(t, sum.Equal(a.Discount) && a.Discount.IsPositive())
			offers = offers.Add(a.Discount)
		}
		for i, l := range r.Lines() {
			units, sum := int64(0), decimal.Decimal{}
			for _, u := range l.Units {
				require.False(t, u.Left.LessThan(o.Lines[i].Floor) || u.Left.GreaterThan(o.Lines[i].Price))
				units, sum = units+u.Units, sum.Add(u.Left.Mul(decimal.New(u.Units, 0)))
			}
			full := o.Lines[i].Price.Mul(decimal.New(o.Lines[i].Quantity, 0))
			require.Equal(t, o.Lines[i].Quantity, units)
			require.True(t, sum.Equal(l.Total) && perLine[i].Equal(l.Discount) && l.Total.Add(l.Discount).Equal(full))
			subtotal, discount, total = subtotal.Add(full), discount.Add(l.Discount), total.Add(l.Total)
		}
		require.True(t, subtotal.Equal(r.Subtotal()) && discount.Equal(r.Discount()) && total.Equal(r.Total()) && offers.Equal(discount))
		require.Len(t, s.Offers, len(r.Applied())+len(r.Rejected())+len(o.Without))
	})
}

// outcome says what does not depend on how units lie on lines: the totals, what each offer
// does, and what is left of the units of each article, in order.
func outcome(s promotion.Stack, o promotion.Order, r promotion.Receipt) string {
	var out strings.Builder
	fmt.Fprintln(&out, r.Subtotal(), r.Discount(), r.Total(), r.UnknownCodes())
	for _, a := range r.Applied() {
		fmt.Fprintln(&out, a.ID, a.Discount, a.Units)
	}
	for _, x := range r.Rejected() {
		fmt.Fprintln(&out, x.ID, x.Reason, x.Limit, x.MissingAmount, x.MissingUnits)
	}
	var units []string
	for i, l := range r.Lines() {
		for _, u := range l.Units {
			for range u.Units {
				units = append(units, fmt.Sprint(o.Lines[i].Item, " ", o.Lines[i].Price.StringFixed(int32(s.Digits)), " ", u.Left))
			}
		}
	}
	slices.Sort(units)
	return out.String() + strings.Join(units, "\n")
}

// Splitting, merging and permuting lines changes no total, nor which units of an article
// cost what, and neither does the order of the offers.
func TestOnlyTheUnitsMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := &drawer{T: t}
		s, o := d.order(6)
		want := outcome(s, o, priced(t, s, o))
		other := o
		other.Lines = nil
		for _, l := range o.Lines {
			part := l
			if part.Quantity = d.n("part", l.Quantity); part.Quantity > 0 {
				other.Lines = append(other.Lines, part)
			}
			if part.Quantity = l.Quantity - part.Quantity; part.Quantity > 0 {
				other.Lines = append(other.Lines, part)
			}
		}
		other.Lines = rapid.Permutation(other.Lines).Draw(t, "lines")
		s.Offers = rapid.Permutation(s.Offers).Draw(t, "offers")
		require.Equal(t, want, outcome(s, other, priced(t, s, other)))
	})
}

// An order without offers is priced as by a stack that does not have them.
func TestWithoutIsAStackWithoutThem(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s, o := (&drawer{T: t}).order(6)
		without := s
		without.Offers = slices.Clone(s.Offers)
		without.Offers = slices.DeleteFunc(without.Offers, func(x promotion.Offer) bool { return slices.Contains(o.Without, x.ID) })
		same := o
		same.Without = nil
		same.Remaining = map[string]promotion.Remaining{}
		for _, x := range without.Offers {
			if left, known := o.Remaining[x.ID]; known {
				same.Remaining[x.ID] = left
			}
		}
		require.Equal(t, outcome(s, o, priced(t, s, o)), outcome(s, same, priced(t, without, same)))
	})
}

// A rejected offer has no effect: without it no amount changes. With best groups a choice
// that was not taken might.
func TestRejectedOffersHaveNoEffect(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s, o := (&drawer{T: t}).order(6)
		s.Groups = nil
		r := priced(t, s, o)
		for _, x := range r.Rejected() {
			less := o
			less.Without = append(slices.Clone(o.Without), x.ID)
			again := priced(t, s, less)
			require.Equal(t, fmt.Sprint(r.Applied(), r.Lines()), fmt.Sprint(again.Applied(), again.Lines()), x.ID)
		}
	})
}

// The best set is the cheapest of all: of those that leaving out members makes, none that
// keeps the limits costs less; and one more member never makes the order dearer.
func TestBestIsTheCheapestOfAllChoices(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := &drawer{T: t}
		s, o := d.order(5)
		limit := 1 + d.n("limit", 3)
		s.Groups = []promotion.Group{{"b", promotion.Best, limit}}
		for i := range s.Offers {
			if s.Offers[i].Group != "" {
				s.Offers[i].Group = "b"
			}
		}
		best := priced(t, s, o).Total()
		free := s
		free.Offers = slices.Clone(s.Offers)
		var members []string
		for i := range free.Offers {
			if free.Offers[i].Group == "b" && !slices.Contains(o.Without, free.Offers[i].ID) {
				members = append(members, free.Offers[i].ID)
			}
			free.Offers[i].Group = ""
		}
		least := decimal.Decimal{}
		for choice := range 1 << len(members) {
			less, left := o, int64(0)
			less.Without = slices.Clone(o.Without)
			for k, id := range members {
				if left += int64(choice >> k & 1); choice>>k&1 == 0 {
					less.Without = append(less.Without, id)
				}
			}
			if total := priced(t, free, less).Total(); left <= limit && (choice == 0 || total.LessThan(least)) {
				least = total
			}
		}
		require.True(t, best.Equal(least), "%v, least %v", best, least)

		more, left := d.offer(99)
		more.Group = "b"
		s.Groups[0].Limit = 99
		high := priced(t, s, o).Total()
		s.Offers = append(slices.Clone(s.Offers), more)
		if more.Limited {
			o.Remaining[more.ID] = left
		}
		require.False(t, priced(t, s, o).Total().GreaterThan(high))
	})
}

// One offer without a minimum, steps, sets or bundle, and not whole: buying one more unit
// never makes the order cheaper.
func TestOneSimpleOfferNeverRewardsBuyingMore(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := &drawer{T: t}
		s, o := d.order(1)
		for i := range s.Offers {
			x := &s.Offers[i]
			x.Min, x.Requires, x.Steps, x.Sets, x.Whole = promotion.Minimum{}, nil, nil, nil, false
			for x.Reward.Kind == promotion.KindBundle || x.Reward.Kind == "" {
				x.Reward = d.reward(false)
			}
		}
		if len(o.Lines) == 0 {
			return
		}
		before := priced(t, s, o).Total()
		o.Lines = slices.Clone(o.Lines)
		o.Lines[d.n("line", int64(len(o.Lines)-1))].Quantity++
		require.False(t, priced(t, s, o).Total().LessThan(before))
	})
}

// At the level of units, without maxima and budgets, offers with selectors and a
// percentage, free, an amount or a price of each unit leave other units alone.
func TestUnitsArePricedForThemselves(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := &drawer{T: t}
		s, o := d.order(5)
		s.Groups, s.Rounding.Level, o.MaxDiscount, o.Remaining = nil, promotion.PerUnit, nil, nil
		for i := range s.Offers {
			x := &s.Offers[i]
			*x = promotion.Offer{ID: x.ID, Priority: x.Priority, Get: x.Get, Of: x.Of, Reward: x.Reward, MaxUnitDiscount: nil}
			for slices.Contains([]promotion.Kind{promotion.KindBundle, promotion.KindAmount, ""}, x.Reward.Kind) {
				x.Reward = d.reward(false)
			}
		}
		all := priced(t, s, o).Lines()
		for i := range o.Lines {
			alone := o
			alone.Lines = o.Lines[i : i+1]
			require.Equal(t, fmt.Sprint(all[i]), fmt.Sprint(priced(t, s, alone).Lines()[0]))
		}
	})
}

// However returns are cut into steps: no step costs the customer anything, all parts of the
// order come back with the last unit, and budgets and uses come back once. Proportionally
// the steps come to what one step would have.
func TestSlicesOfReturnsAddUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := &drawer{T: t}
		s, o := d.order(5)
		p, err := promotion.NewPricer(s)
		require.NoError(t, err)
		r, err := p.Price(o)
		require.NoError(t, err)
		var units []int
		for i, l := range o.Lines {
			for range l.Quantity {
				units = append(units, i)
			}
		}
		units = rapid.Permutation(units).Draw(t, "units")
		for _, policy := range []promotion.Policy{promotion.Proportional, promotion.Reprice} {
			returns, err := p.Returns(o, policy)
			require.NoError(t, err)
			require.True(t, returns.Paid().Equal(r.Total()))
			var back decimal.Decimal
			released, uses := map[string]decimal.Decimal{}, map[string]int{}
			for rest, done := units, []promotion.Return(nil); len(rest) > 0; {
				n := 1 + d.n("step", int64(len(rest)-1))
				var step []promotion.Return
				for _, line := range rest[:n] {
					step = append(step, promotion.Return{line, 1})
				}
				rest, done = rest[n:], append(done, step...)
				refund, err := returns.Add(step)
				require.NoError(t, err)
				require.False(t, refund.Refund.IsNegative())
				back = back.Add(refund.Refund)
				require.True(t, back.Add(refund.Paid).Equal(r.Total()) && refund.Paid.Equal(returns.Paid()))
				require.True(t, refund.Kept == nil && policy == promotion.Proportional || refund.Kept != nil && !refund.Paid.GreaterThan(*refund.Kept))
				for _, x := range refund.Released {
					require.Zero(t, uses[x.ID], "the use was the last")
					if released[x.ID] = released[x.ID].Add(x.Amount); x.Use {
						uses[x.ID]++
					}
				}
				if policy == promotion.Proportional {
					once, err := p.Returns(o, policy)
					require.NoError(t, err)
					_, err = once.Add(done)
					require.NoError(t, err)
					require.True(t, once.Paid().Equal(returns.Paid()))
				}
			}
			require.True(t, returns.Paid().IsZero() || len(units) == 0)
			for _, a := range r.Applied() {
				require.True(t, released[a.ID].Equal(a.Discount), "%s of %s", released[a.ID], a.Discount)
				require.Equal(t, 1, uses[a.ID])
			}
		}
	})
}

// Under reprice the goods that are kept cost what they would have cost if they had been
// ordered so.
func TestKeptGoodsAreRepriced(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := &drawer{T: t}
		s, o := d.order(5)
		p, err := promotion.NewPricer(s)
		require.NoError(t, err)
		returns, err := p.Returns(o, promotion.Reprice)
		require.NoError(t, err)
		kept, step := o, []promotion.Return(nil)
		kept.Lines = slices.Clone(o.Lines)
		for i := range kept.Lines {
			if n := d.n("back", kept.Lines[i].Quantity); n > 0 {
				step, kept.Lines[i].Quantity = append(step, promotion.Return{i, n}), kept.Lines[i].Quantity-n
			}
		}
		kept.Lines = slices.DeleteFunc(kept.Lines, func(l promotion.Line) bool { return l.Quantity == 0 })
		refund, err := returns.Add(step)
		require.NoError(t, err)
		require.True(t, refund.Kept.Equal(priced(t, s, kept).Total()))
		require.True(t, refund.Paid.Equal(decimal.Min(*refund.Kept, priced(t, s, o).Total())))
		require.True(t, slices.IsSortedFunc(refund.Released, func(a, b promotion.Released) int { return cmp.Compare(a.ID, b.ID) }))
	})
}

// What a preview says is missing is just enough: with it the minimum is reached, with one
// minor unit or one unit less it is not.
func TestWhatIsMissingIsJustEnough(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := &drawer{T: t}
		s, o := d.order(3)
		near := promotion.Offer{ID: "near", Reward: promotion.Free(), Buy: d.selectorp(2), Min: d.minimum(2)}
		if near.Min == (promotion.Minimum{}) {
			near.Min.Units = new(1 + d.n("units", 9))
		}
		s.Offers = append(s.Offers, near)
		p, err := promotion.NewPricer(s)
		require.NoError(t, err)
		hint := func(o promotion.Order) promotion.Hint {
			hints, err := p.Preview(o)
			require.NoError(t, err)
			i := slices.IndexFunc(hints, func(h promotion.Hint) bool { return h.ID == "near" })
			if i < 0 {
				return promotion.Hint{}
			}
			return hints[i]
		}
		h := hint(o)
		if h.Near != promotion.NearMinimum {
			return
		}
		one := decimal.New(1, int32(-s.Digits))
		more := func(amount decimal.Decimal, units int64) promotion.Order {
			with := o
			add := promotion.Line{Item: "more", Categories: someCategories, Tags: []string{"s"}, Quantity: 1, Price: amount}
			with.Lines = append(slices.Clone(o.Lines), add)
			if units > 1 {
				add.Price, add.Quantity = decimal.Decimal{}, units-1
				with.Lines = append(with.Lines, add)
			}
			return with
		}
		if near.Buy != nil && (near.Buy.Items != nil || near.Buy.Exclude != nil || slices.Equal(near.Buy.Tags, []string{"t"})) {
			return // it does not select what is added
		}
		require.NotEqual(t, promotion.NearMinimum, hint(more(h.MissingAmount, h.MissingUnits)).Near)
		if h.MissingAmount.IsPositive() {
			require.Equal(t, promotion.NearMinimum, hint(more(h.MissingAmount.Sub(one), h.MissingUnits)).Near)
		}
		if h.MissingUnits > 1 {
			require.Equal(t, promotion.NearMinimum, hint(more(h.MissingAmount, h.MissingUnits-1)).Near)
		}
	})
}

// Orders so large that wants do not fit in 63 bits are priced like small ones: percentages
// with many digits, and bundles of many prices.
func TestLargeOrdersAreThoseOfTheNaiveTwin(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := &drawer{T: t}
		s, o := d.order(0)
		d.scale, s.Digits, d.digits, o.MaxDiscount = 99_999_999_977, 2, 2, nil
		o.Lines = d.lines()
		for i := range 1 + d.length("offers", 2) {
			x := promotion.Offer{ID: fmt.Sprint(i), Get: d.selectorp(3), Reward: promotion.Percent(dec("33.3333333")), MaxDiscount: d.maybe(3, "max", 2000)}
			if d.in(2, "bundle") {
				x.Get, x.Reward = nil, promotion.Bundle(d.amount("bundle", 900), promotion.Slot{d.selector(), 1}, promotion.Slot{d.selector(), 1})
			} else if d.in(3, "sets") {
				x.Sets = &promotion.Sets{1, 1, false}
			}
			s.Offers = append(s.Offers, x)
		}
		require.Equal(t, newTwin(s, o).choose().text(), receiptText(priced(t, s, o), s.Digits))
	})
}

// What is bought for a set carries nothing of the discount, however it is shared.
func TestSetsAreThoseOfTheNaiveTwin(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := &drawer{T: t}
		s, o := d.order(0)
		for i := range 1 + d.length("offers", 2) {
			x := promotion.Offer{ID: fmt.Sprint(i), Reward: d.reward(false), Sets: &promotion.Sets{1 + d.n("buy", 1), 1 + d.n("get", 2), d.in(4, "spread")}}
			x.Get, x.Buy, x.MaxDiscount = d.selectorp(3), d.selectorp(3), d.maybe(2, "max", 500)
			s.Offers = append(s.Offers, x)
		}
		require.Equal(t, newTwin(s, o).choose().text(), receiptText(priced(t, s, o), s.Digits))
	})
}

// Halves of a minor unit are rounded by the mode however large the order is: 0.05 % of
// these prices is some 25 billion and a half.
func TestHalvesOfLargeOrders(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		price string
		want  map[promotion.Mode]string
	}{
		{"50000000000010", map[promotion.Mode]string{promotion.HalfUp: "25000000000.01", promotion.HalfEven: "25000000000", promotion.HalfDown: "25000000000", promotion.Down: "25000000000", promotion.Up: "25000000000.01"}},
		{"50000000000030", map[promotion.Mode]string{promotion.HalfUp: "25000000000.02", promotion.HalfEven: "25000000000.02", promotion.HalfDown: "25000000000.01", promotion.Down: "25000000000.01", promotion.Up: "25000000000.02"}},
		{"50000000000000", map[promotion.Mode]string{promotion.HalfUp: "25000000000", promotion.Up: "25000000000", promotion.Down: "25000000000"}},
	} {
		for mode, want := range c.want {
			for _, level := range []promotion.Level{promotion.PerOrder, promotion.PerLine, promotion.PerUnit} {
				s := promotion.Stack{Digits: 2, Rounding: promotion.Rounding{mode, level}, Offers: []promotion.Offer{{ID: "a", Reward: promotion.Percent(dec("0.05"))}}}
				o := promotion.Order{Lines: []promotion.Line{{Item: "x", Price: dec(c.price), Quantity: 1}}}
				require.Equal(t, want, priced(t, s, o).Discount().String(), "%s %s %s", c.price, mode, level)
			}
		}
	}
}
