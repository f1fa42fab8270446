package voucher_test

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/voucher"
)

func TestStackValidates(t *testing.T) {
	t.Parallel()
	for name, v := range map[string]voucher.Voucher{
		"no kind":             {ID: "a"},
		"no id":               {Kind: voucher.Fixed},
		"percent of 0":        {ID: "a", Kind: voucher.Percent},
		"percent above 100":   {ID: "a", Kind: voucher.Percent, Percent: dec("100.01")},
		"negative amount":     {ID: "a", Kind: voucher.Fixed, Amount: dec("-1")},
		"third fraction":      {ID: "a", Kind: voucher.Fixed, Amount: dec("0.001")},
		"field of another":    {ID: "a", Kind: voucher.Fixed, Every: 3},
		"no steps":            {ID: "a", Kind: voucher.Tiered},
		"steps descend":       {ID: "a", Kind: voucher.Tiered, Steps: []voucher.Step{{Min: dec("2")}, {Min: dec("1")}}},
		"step with both":      {ID: "a", Kind: voucher.Tiered, Steps: []voucher.Step{{Percent: dec("1"), Amount: dec("1")}}},
		"every 0":             {ID: "a", Kind: voucher.Cheapest},
		"negative minimum":    {ID: "a", Kind: voucher.Fixed, MinSubtotal: dec("-0.01")},
		"negative maximum":    {ID: "a", Kind: voucher.Fixed, MaxDiscount: decp("-0.01")},
		"amount out of range": {ID: "a", Kind: voucher.Fixed, Amount: dec("1e30")},
	} {
		assert.ErrorIs(t, voucher.Stack{Digits: 2, Vouchers: []voucher.Voucher{v}}.Validate(), relmark.ErrInvalid, name)
	}
	twice := voucher.Voucher{ID: "a", Kind: voucher.Fixed}
	assert.ErrorIs(t, voucher.Stack{Vouchers: []voucher.Voucher{twice, twice}}.Validate(), relmark.ErrInvalid)
	assert.ErrorIs(t, voucher.Stack{Digits: 10}.Validate(), relmark.ErrInvalid)
	assert.NoError(t, voucher.Stack{}.Validate())
}

func TestOrdersAreChecked(t *testing.T) {
	t.Parallel()
	p := pricer(t)
	for _, bad := range []voucher.Line{{1, dec("-1"), ""}, {0, dec("1"), ""}, {1, dec("0.001"), ""}} {
		_, err := p.Apply([]voucher.Line{bad})
		assert.ErrorIs(t, err, relmark.ErrInvalid)
	}
	_, err := p.Apply([]voucher.Line{{1 << 50, dec("1"), ""}})
	assert.ErrorIs(t, err, relmark.ErrLimit)
	r, err := pricer(t, voucher.Voucher{ID: "a", Kind: voucher.Fixed, Amount: dec("1")}).Apply(nil)
	require.NoError(t, err)
	assert.Equal(t, []voucher.Rejection{{ID: "a", Reason: voucher.NoEligibleLines}}, r.Rejected)
	assert.True(t, r.Total.IsZero())
}

// Lines that cost nothing may come in any number: units do not overflow.
func TestFreeSamplesInAnyNumber(t *testing.T) {
	t.Parallel()
	p := pricer(t, voucher.Voucher{ID: "c", Kind: voucher.Cheapest, Every: 2})
	most := int64(1<<63 - 1)
	r, err := p.Apply([]voucher.Line{{most, dec("0"), ""}, {most, dec("0"), ""}, {most, dec("0"), ""}, {4, dec("1"), ""}})
	require.NoError(t, err)
	assert.Equal(t, voucher.NoDiscount, r.Rejected[0].Reason)
}

// An exclusive voucher in play is used alone even if nothing comes of it.
func TestExclusiveWithoutDiscountStillExcludes(t *testing.T) {
	t.Parallel()
	p := pricer(t, voucher.Voucher{ID: "x", Kind: voucher.Cheapest, Every: 3, Exclusive: true}, voucher.Voucher{ID: "y", Kind: voucher.Fixed, Amount: dec("1")})
	r, err := p.Apply([]voucher.Line{{2, dec("5"), ""}})
	require.NoError(t, err)
	assert.Empty(t, r.Applied)
	assert.Equal(t, []voucher.Rejection{{ID: "x", Reason: voucher.NoDiscount}, {ID: "y", Reason: voucher.Excluded}}, r.Rejected)
}

// What a member has to add to the basket.
func TestRejectionSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	p := pricer(t,
		voucher.Voucher{ID: "a", Kind: voucher.Fixed, Amount: dec("5"), MinSubtotal: dec("20"), Categories: []string{"toys"}},
		voucher.Voucher{ID: "b", Kind: voucher.Tiered, MinSubtotal: dec("1"), Steps: []voucher.Step{{Min: dec("30"), Amount: dec("5")}}})
	r, err := p.Apply([]voucher.Line{{1, dec("9.99"), "toys"}, {1, dec("10"), "food"}})
	require.NoError(t, err)
	assert.Equal(t, "10.01", r.Rejected[0].Missing.String())
	assert.Equal(t, "10.01", r.Rejected[1].Missing.String())
}

var categories = []string{"food", "toys", "books"}

func drawVoucher(t *rapid.T, id string) voucher.Voucher {
	amount := rapid.Int64Range(0, 3000)
	v := voucher.Voucher{
		ID: id, Kind: rapid.SampledFrom([]voucher.Kind{voucher.Percent, voucher.Fixed, voucher.Tiered, voucher.Cheapest}).Draw(t, "kind"),
		Priority: rapid.IntRange(0, 3).Draw(t, "priority"), Exclusive: rapid.IntRange(0, 9).Draw(t, "exclusive") == 0,
		Group:       rapid.SampledFrom([]string{"", "", "g", "h"}).Draw(t, "group"),
		Categories:  rapid.SliceOfNDistinct(rapid.SampledFrom(categories), 0, 2, rapid.ID).Draw(t, "categories"),
		MinSubtotal: cents(rapid.Int64Range(0, 1000).Draw(t, "min")),
	}
	if rapid.Bool().Draw(t, "capped") {
		v.MaxDiscount = new(cents(amount.Draw(t, "max")))
	}
	percent := func() decimal.Decimal { return cents(rapid.Int64Range(1, 10000).Draw(t, "percent")) }
	switch v.Kind {
	case voucher.Percent:
		v.Percent = percent()
	case voucher.Fixed:
		v.Amount = cents(amount.Draw(t, "amount"))
	case voucher.Tiered:
		for i := range rapid.Int64Range(1, 3).Draw(t, "steps") {
			s := voucher.Step{Min: cents(i * 700)}
			if rapid.Bool().Draw(t, "share") {
				s.Percent = percent()
			} else {
				s.Amount = cents(amount.Draw(t, "amount"))
			}
			v.Steps = append(v.Steps, s)
		}
	case voucher.Cheapest:
		v.Every = rapid.Int64Range(1, 4).Draw(t, "every")
	}
	return v
}

func drawLines(t *rapid.T) []voucher.Line {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) voucher.Line {
		return voucher.Line{
			rapid.Int64Range(1, 4).Draw(t, "quantity"), cents(rapid.Int64Range(0, 2000).Draw(t, "price")),
			rapid.SampledFrom(categories).Draw(t, "category"),
		}
	}), 0, 6).Draw(t, "lines")
}

// The second implementation: exact fractions, units one by one, no shared state.
func oracle(vouchers []voucher.Voucher, lines []voucher.Line) (applied, rejected []string, left []*big.Rat) {
	vouchers = slices.Clone(vouchers)
	slices.SortFunc(vouchers, func(a, b voucher.Voucher) int {
		if a.Priority != b.Priority {
			return b.Priority - a.Priority
		}
		return strings.Compare(a.ID, b.ID)
	})
	cent := func(d decimal.Decimal) *big.Rat { return new(big.Rat).Mul(d.Rat(), big.NewRat(100, 1)) }
	total := func(rs []*big.Rat) *big.Rat {
		s := new(big.Rat)
		for _, r := range rs {
			s.Add(s, r)
		}
		return s
	}
	full := make([]*big.Rat, len(lines))
	for i, l := range lines {
		full[i] = new(big.Rat).Mul(cent(l.Price), big.NewRat(l.Quantity, 1))
		left = append(left, new(big.Rat).Set(full[i]))
	}
	pick := func(v voucher.Voucher, from []*big.Rat) []*big.Rat {
		out := make([]*big.Rat, len(lines))
		for i, l := range lines {
			out[i] = new(big.Rat)
			if len(v.Categories) == 0 || slices.Contains(v.Categories, l.Category) {
				out[i].Set(from[i])
			}
		}
		return out
	}
	least := func(a, b *big.Rat) *big.Rat {
		if a.Cmp(b) < 0 {
			return a
		}
		return b
	}
	why := map[string]string{}
	alone := ""
	for _, v := range vouchers {
		some := slices.ContainsFunc(lines, func(l voucher.Line) bool { return len(v.Categories) == 0 || slices.Contains(v.Categories, l.Category) })
		sub := total(pick(v, full))
		switch {
		case !some:
			why[v.ID] = "no_eligible_lines"
		case sub.Cmp(cent(v.MinSubtotal)) < 0 || v.Kind == voucher.Tiered && sub.Cmp(cent(v.Steps[0].Min)) < 0:
			why[v.ID] = "below_minimum"
		case v.Exclusive && alone == "":
			alone = v.ID
		}
	}
	groups := map[string]bool{}
	for _, v := range vouchers {
		reason := why[v.ID]
		if reason == "" && alone != "" && alone != v.ID {
			reason = "excluded"
		}
		if reason == "" && v.Group != "" && groups[v.Group] {
			reason = "group"
		}
		if reason != "" {
			rejected = append(rejected, v.ID+":"+reason)
			continue
		}
		weights := pick(v, left)
		all := total(weights)
		percent := func(p decimal.Decimal) *big.Rat { // half away from zero
			x := new(big.Rat).Mul(all, new(big.Rat).Quo(p.Rat(), big.NewRat(100, 1)))
			x.Add(x, big.NewRat(1, 2))
			return new(big.Rat).SetInt(new(big.Int).Quo(x.Num(), x.Denom()))
		}
		var off *big.Rat
		switch v.Kind {
		case voucher.Percent:
			off = percent(v.Percent)
		case voucher.Fixed:
			off = least(cent(v.Amount), all)
		case voucher.Tiered:
			for _, s := range v.Steps {
				if total(pick(v, full)).Cmp(cent(s.Min)) >= 0 {
					if off = least(cent(s.Amount), all); s.Percent.Sign() != 0 {
						off = percent(s.Percent)
					}
				}
			}
		case voucher.Cheapest:
			type unit struct {
				price *big.Rat
				line  int
			}
			var units []unit
			for i, l := range lines {
				for range l.Quantity {
					if len(v.Categories) == 0 || slices.Contains(v.Categories, l.Category) {
						units = append(units, unit{cent(l.Price), i})
					}
				}
				weights[i] = new(big.Rat)
			}
			slices.SortStableFunc(units, func(a, b unit) int { return a.price.Cmp(b.price) })
			for _, u := range units[:int64(len(units))/v.Every] {
				weights[u.line].Add(weights[u.line], u.price)
			}
			for i := range weights {
				weights[i] = least(weights[i], left[i])
			}
			all = total(weights)
			off = all
		}
		if v.MaxDiscount != nil {
			off = least(off, cent(*v.MaxDiscount))
		}
		if off.Sign() == 0 {
			rejected = append(rejected, v.ID+":no_discount")
			continue
		}
		groups[v.Group] = true
		shares := largestRemainders(off, weights, all)
		text := v.ID
		for i, s := range shares {
			left[i] = new(big.Rat).Sub(left[i], s)
			text += " " + s.RatString()
		}
		applied = append(applied, text)
	}
	slices.Sort(rejected)
	return applied, rejected, left
}

func largestRemainders(total *big.Rat, weights []*big.Rat, all *big.Rat) []*big.Rat {
	shares, rest := make([]*big.Rat, len(weights)), make([]*big.Rat, len(weights))
	missing := new(big.Rat).Set(total)
	for i, w := range weights {
		exact := new(big.Rat).Mul(total, new(big.Rat).Quo(w, all))
		shares[i] = new(big.Rat).SetInt(new(big.Int).Quo(exact.Num(), exact.Denom()))
		rest[i] = exact.Sub(exact, shares[i])
		missing.Sub(missing, shares[i])
	}
	for ; missing.Sign() > 0; missing.Sub(missing, big.NewRat(1, 1)) {
		best := 0
		for i := range rest {
			if rest[i].Cmp(rest[best]) > 0 {
				best = i
			}
		}
		shares[best].Add(shares[best], big.NewRat(1, 1))
		rest[best] = big.NewRat(-1, 1)
	}
	return shares
}

func TestPricerAgreesWithExactFractions(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		stack := voucher.Stack{Digits: 2}
		for i := range rapid.IntRange(0, 5).Draw(t, "vouchers") {
			stack.Vouchers = append(stack.Vouchers, drawVoucher(t, fmt.Sprintf("v%d", i)))
		}
		lines := drawLines(t)
		p, err := voucher.NewPricer(stack)
		require.NoError(t, err)
		r, err := p.Apply(lines)
		require.NoError(t, err)

		var applied, rejected []string
		sum := decimal.Decimal{}
		for _, a := range r.Applied {
			text, parts := a.ID, decimal.Decimal{}
			for _, l := range a.Lines {
				text += " " + l.Shift(2).Rat().RatString()
				parts = parts.Add(l)
				require.False(t, l.IsNegative())
			}
			require.True(t, parts.Equal(a.Amount))
			sum = sum.Add(a.Amount)
			applied = append(applied, text)
		}
		for _, x := range r.Rejected {
			rejected = append(rejected, x.ID+":"+string(x.Reason))
		}
		wantApplied, wantRejected, left := oracle(stack.Vouchers, lines)
		require.Equal(t, wantApplied, applied)
		require.Equal(t, wantRejected, rejected)
		require.True(t, sum.Equal(r.Discount))
		gross, total := decimal.Decimal{}, decimal.Decimal{}
		for i, l := range r.LineTotals {
			require.Zero(t, left[i].Cmp(l.Shift(2).Rat()))
			require.False(t, l.IsNegative(), "never below zero")
			gross = gross.Add(lines[i].Price.Mul(decimal.NewFromInt(lines[i].Quantity)))
			total = total.Add(l)
		}
		require.True(t, total.Equal(r.Total))
		require.True(t, gross.Sub(sum).Equal(r.Total))
	})
}
