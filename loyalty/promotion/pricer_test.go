package promotion_test

import (
	"cmp"
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
	"github.com/relmark/relmark/loyalty/promotion"
)

func TestStackValidates(t *testing.T) {
	t.Parallel()
	for name, v := range map[string]promotion.Offer{
		"no kind":             {ID: "a"},
		"no id":               {Kind: promotion.Fixed},
		"percent of 0":        {ID: "a", Kind: promotion.Percent},
		"percent above 100":   {ID: "a", Kind: promotion.Percent, Percent: dec("100.01")},
		"negative amount":     {ID: "a", Kind: promotion.Fixed, Amount: dec("-1")},
		"third fraction":      {ID: "a", Kind: promotion.Fixed, Amount: dec("0.001")},
		"field of another":    {ID: "a", Kind: promotion.Fixed, Every: 3},
		"no steps":            {ID: "a", Kind: promotion.Tiered},
		"steps descend":       {ID: "a", Kind: promotion.Tiered, Steps: []promotion.Step{{Min: dec("2")}, {Min: dec("1")}}},
		"step with both":      {ID: "a", Kind: promotion.Tiered, Steps: []promotion.Step{{Percent: dec("1"), Amount: dec("1")}}},
		"every 0":             {ID: "a", Kind: promotion.Cheapest},
		"negative minimum":    {ID: "a", Kind: promotion.Fixed, MinSubtotal: dec("-0.01")},
		"negative maximum":    {ID: "a", Kind: promotion.Fixed, MaxDiscount: decp("-0.01")},
		"amount out of range": {ID: "a", Kind: promotion.Fixed, Amount: dec("1e30")},
		"no categories":       {ID: "a", Kind: promotion.Fixed, Categories: []string{}},
		"empty category":      {ID: "a", Kind: promotion.Fixed, Categories: []string{""}},
		"category twice":      {ID: "a", Kind: promotion.Fixed, Categories: []string{"x", "x"}},
		"category not UTF-8":  {ID: "a", Kind: promotion.Fixed, Categories: []string{"\xff"}},
		"group not UTF-8":     {ID: "a", Kind: promotion.Fixed, Group: "\xff"},
		"id not UTF-8":        {ID: "\xff", Kind: promotion.Fixed},
		"long group":          {ID: "a", Kind: promotion.Fixed, Group: strings.Repeat("g", 201)},
		"eighth fraction":     {ID: "a", Kind: promotion.Percent, Percent: dec("1.00000001")},
	} {
		assert.ErrorIs(t, promotion.Stack{Digits: 2, Offers: []promotion.Offer{v}}.Validate(), relmark.ErrInvalid, name)
	}
	twice := promotion.Offer{ID: "a", Kind: promotion.Fixed}
	assert.ErrorIs(t, promotion.Stack{Offers: []promotion.Offer{twice, twice}}.Validate(), relmark.ErrInvalid)
	assert.ErrorIs(t, promotion.Stack{Digits: 10}.Validate(), relmark.ErrInvalid)
	assert.NoError(t, promotion.Stack{}.Validate())
	full := promotion.Stack{Digits: 9}
	for i := range 1000 {
		o := promotion.Offer{ID: fmt.Sprint(i), Kind: promotion.Percent, Percent: dec("100"), Categories: []string{"x"}}
		if i == 0 {
			o.Kind, o.Percent = promotion.Tiered, decimal.Decimal{}
			for k := range 1000 {
				o.Steps = append(o.Steps, promotion.Step{Min: decimal.NewFromInt(int64(k)), Percent: dec("0.0000001")})
				o.Categories = append(o.Categories, fmt.Sprint(k))
			}
			o.Categories = o.Categories[1:]
		}
		full.Offers = append(full.Offers, o)
	}
	assert.NoError(t, full.Validate())
}

func TestOrdersAreChecked(t *testing.T) {
	t.Parallel()
	p := pricer(t)
	for _, bad := range []promotion.Line{{1, dec("-1"), ""}, {0, dec("1"), ""}, {1, dec("0.001"), ""}, {1, dec("1"), "\xff"}, {1, dec("1"), strings.Repeat("x", 201)}} {
		_, err := p.Apply([]promotion.Line{bad})
		assert.ErrorIs(t, err, relmark.ErrInvalid)
	}
	_, err := p.Apply([]promotion.Line{{1 << 50, dec("1"), ""}})
	assert.ErrorIs(t, err, relmark.ErrLimit)
	r, err := pricer(t, promotion.Offer{ID: "a", Kind: promotion.Fixed, Amount: dec("1")}).Apply(nil)
	require.NoError(t, err)
	assert.Equal(t, []promotion.Rejection{{ID: "a", Reason: promotion.NoEligibleLines}}, r.Rejected)
	assert.True(t, r.Total.IsZero())
}

// Lines that cost nothing may come in any number: units do not overflow.
func TestFreeSamplesInAnyNumber(t *testing.T) {
	t.Parallel()
	p := pricer(t, promotion.Offer{ID: "c", Kind: promotion.Cheapest, Every: 2})
	most := int64(1<<63 - 1)
	r, err := p.Apply([]promotion.Line{{most, dec("0"), ""}, {most, dec("0"), ""}, {most, dec("0"), ""}, {4, dec("1"), ""}})
	require.NoError(t, err)
	assert.Equal(t, promotion.NoDiscount, r.Rejected[0].Reason)
}

// An exclusive offer that gives nothing excludes nobody, fills no group and takes no
// turn of another exclusive one.
func TestExclusiveWithoutDiscountExcludesNobody(t *testing.T) {
	t.Parallel()
	p := pricer(t,
		promotion.Offer{ID: "w", Kind: promotion.Cheapest, Every: 3, Exclusive: true, Priority: -9, Group: "g"},
		promotion.Offer{ID: "x", Kind: promotion.Fixed, Exclusive: true, Group: "g"},
		promotion.Offer{ID: "y", Kind: promotion.Fixed, Amount: dec("1"), Priority: 9, Group: "g"},
		promotion.Offer{ID: "z", Kind: promotion.Fixed, Amount: dec("2"), Exclusive: true, MinSubtotal: dec("15"), Group: "g"})
	r, err := p.Apply([]promotion.Line{{2, dec("5"), ""}})
	require.NoError(t, err)
	assert.Equal(t, "y", r.Applied[0].ID)
	assert.Equal(t, []promotion.Rejection{
		{ID: "w", Reason: promotion.NoDiscount}, {ID: "x", Reason: promotion.NoDiscount}, {ID: "z", Reason: promotion.BelowMinimum, Missing: cents(500)},
	}, r.Rejected)
	r, err = p.Apply([]promotion.Line{{3, dec("5"), ""}})
	require.NoError(t, err)
	assert.Equal(t, []promotion.Rejection{
		{ID: "w", Reason: promotion.Excluded}, {ID: "x", Reason: promotion.NoDiscount}, {ID: "y", Reason: promotion.Excluded},
	}, r.Rejected, "z is used alone; x had its turn before")
}

// 50 % and then every second free: on one line of two as on two lines of one.
func TestFreeUnitsAreWorthWhatIsLeftOfThem(t *testing.T) {
	t.Parallel()
	half := promotion.Offer{ID: "a", Kind: promotion.Percent, Percent: dec("50"), Priority: 1}
	second := promotion.Offer{ID: "b", Kind: promotion.Cheapest, Every: 2}
	one := promotion.Line{1, dec("10"), ""}
	for _, lines := range [][]promotion.Line{{{2, dec("10"), ""}}, {one, one}} {
		r, err := pricer(t, half, second).Apply(lines)
		require.NoError(t, err)
		assert.True(t, dec("5").Equal(r.Applied[1].Amount), r.Applied[1].Amount)
	}
	// Three units of 10.00 less 0.01: 9.99, 10.00, 10.00; the free one is the first.
	cent := promotion.Offer{ID: "a", Kind: promotion.Fixed, Amount: dec("0.01"), Priority: 1}
	r, err := pricer(t, cent, promotion.Offer{ID: "b", Kind: promotion.Cheapest, Every: 3}).Apply([]promotion.Line{{3, dec("10"), ""}})
	require.NoError(t, err)
	assert.True(t, dec("9.99").Equal(r.Applied[1].Amount), r.Applied[1].Amount)
}

// By hand, on one line: what the offers before took off is taken off single units.
func TestUnitsOfALineDiffer(t *testing.T) {
	t.Parallel()
	fixed := func(amount string) promotion.Offer {
		return promotion.Offer{Kind: promotion.Fixed, Amount: dec(amount)}
	}
	free := func(every int64, most string) promotion.Offer {
		o := promotion.Offer{Kind: promotion.Cheapest, Every: every}
		if most != "" {
			o.MaxDiscount = decp(most)
		}
		return o
	}
	for name, c := range map[string]struct {
		line   promotion.Line
		offers []promotion.Offer
		want   []string // discounts, none for a rejection
	}{
		"what a maximum leaves is on the free unit": {promotion.Line{3, dec("10"), ""}, []promotion.Offer{free(3, "4"), free(3, "")}, []string{"4", "6"}},
		"a unit of one cent":                        {promotion.Line{3, dec("0.01"), ""}, []promotion.Offer{fixed("0.02"), free(3, "")}, []string{"0.02", ""}},
		// 4, 3, 3 cents off 10 leave 6, 7, 7; of those 6 and then all but 14.
		"the odd cent is on the first": {promotion.Line{3, dec("0.10"), ""}, []promotion.Offer{fixed("0.10"), free(3, ""), free(1, "")}, []string{"0.1", "0.06", "0.14"}},
		// 3 cents off 10, 10, 10, 10 leave 9, 9, 9, 10: two are 18; then 0, 0, 9, 10: two are 0.
		"the least are free": {promotion.Line{4, dec("0.10"), ""}, []promotion.Offer{fixed("0.03"), free(2, ""), free(2, ""), free(1, "")}, []string{"0.03", "0.18", "", "0.19"}},
	} {
		for i := range c.offers {
			c.offers[i].ID = string(rune('a' + i))
		}
		r, err := pricer(t, c.offers...).Apply([]promotion.Line{c.line})
		require.NoError(t, err)
		got := map[string]string{}
		for _, a := range r.Applied {
			got[a.ID] = a.Amount.String()
		}
		for i, want := range c.want {
			assert.Equal(t, want, got[c.offers[i].ID], "%s: offer %d", name, i+1)
		}
	}
}

// Lines may have as many units as fit into 2^53-1 minor units.
func TestMillionsOfUnitsArePricedAtOnce(t *testing.T) {
	t.Parallel()
	n := int64(1e12)
	var offers []promotion.Offer
	for i := range 40 { // each splits one run of units in two
		offers = append(offers,
			promotion.Offer{ID: fmt.Sprintf("f%02d", i), Kind: promotion.Fixed, Amount: cents(142_857_142_857 + int64(i)), Priority: 99 - i},
			promotion.Offer{ID: fmt.Sprintf("c%02d", i), Kind: promotion.Cheapest, Every: 3, MaxDiscount: decp("99999999.99"), Priority: 99 - i})
	}
	r, err := pricer(t, offers...).Apply([]promotion.Line{{n, dec("50"), ""}})
	require.NoError(t, err)
	assert.Len(t, r.Applied, 80)
	assert.True(t, r.Total.Add(r.Discount).Equal(dec("50").Mul(decimal.NewFromInt(n))))
}

// What a member has to add to the basket.
func TestRejectionSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	p := pricer(t,
		promotion.Offer{ID: "a", Kind: promotion.Fixed, Amount: dec("5"), MinSubtotal: dec("20"), Categories: []string{"toys"}},
		promotion.Offer{ID: "b", Kind: promotion.Tiered, MinSubtotal: dec("1"), Steps: []promotion.Step{{Min: dec("30"), Amount: dec("5")}}})
	r, err := p.Apply([]promotion.Line{{1, dec("9.99"), "toys"}, {1, dec("10"), "food"}})
	require.NoError(t, err)
	assert.Equal(t, "10.01", r.Rejected[0].Missing.String())
	assert.Equal(t, "10.01", r.Rejected[1].Missing.String())
}

var categories = []string{"food", "toys", "books"}

func drawOffer(t *rapid.T, id string) promotion.Offer {
	amount := rapid.Int64Range(0, 3000)
	v := promotion.Offer{
		ID: id, Kind: rapid.SampledFrom([]promotion.Kind{promotion.Percent, promotion.Fixed, promotion.Tiered, promotion.Cheapest}).Draw(t, "kind"),
		Priority: rapid.IntRange(0, 3).Draw(t, "priority"), Exclusive: rapid.IntRange(0, 9).Draw(t, "exclusive") == 0,
		Group:       rapid.SampledFrom([]string{"", "", "g", "h"}).Draw(t, "group"),
		Categories:  rapid.SliceOfNDistinct(rapid.SampledFrom(categories), 0, 2, rapid.ID).Draw(t, "categories"),
		MinSubtotal: cents(rapid.Int64Range(0, 1000).Draw(t, "min")),
	}
	if len(v.Categories) == 0 {
		v.Categories = nil
	}
	if rapid.Bool().Draw(t, "capped") {
		v.MaxDiscount = new(cents(amount.Draw(t, "max")))
	}
	percent := func() decimal.Decimal { return cents(rapid.Int64Range(1, 10000).Draw(t, "percent")) }
	switch v.Kind {
	case promotion.Percent:
		v.Percent = percent()
	case promotion.Fixed:
		v.Amount = cents(amount.Draw(t, "amount"))
	case promotion.Tiered:
		for i := range rapid.Int64Range(1, 3).Draw(t, "steps") {
			s := promotion.Step{Min: cents(i * 700)}
			if rapid.Bool().Draw(t, "share") {
				s.Percent = percent()
			} else {
				s.Amount = cents(amount.Draw(t, "amount"))
			}
			v.Steps = append(v.Steps, s)
		}
	case promotion.Cheapest:
		v.Every = rapid.Int64Range(1, 4).Draw(t, "every")
	}
	return v
}

func drawLines(t *rapid.T) []promotion.Line {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) promotion.Line {
		return promotion.Line{
			rapid.Int64Range(1, 4).Draw(t, "quantity"), cents(rapid.Int64Range(0, 2000).Draw(t, "price")),
			rapid.SampledFrom(categories).Draw(t, "category"),
		}
	}), 0, 6).Draw(t, "lines")
}

// The second implementation: exact fractions, units one by one, no shared state.
func oracle(offers []promotion.Offer, lines []promotion.Line) (applied, rejected []string, left []*big.Rat) {
	offers = slices.Clone(offers)
	slices.SortFunc(offers, func(a, b promotion.Offer) int {
		if a.Exclusive != b.Exclusive {
			return map[bool]int{true: -1, false: 1}[a.Exclusive]
		}
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
	pieces := make([][]*big.Rat, len(lines)) // what is left of each unit
	for i, l := range lines {
		full[i] = new(big.Rat).Mul(cent(l.Price), big.NewRat(l.Quantity, 1))
		left = append(left, new(big.Rat).Set(full[i]))
		for range l.Quantity {
			pieces[i] = append(pieces[i], cent(l.Price))
		}
	}
	eligible := func(v promotion.Offer, l promotion.Line) bool {
		return len(v.Categories) == 0 || slices.Contains(v.Categories, l.Category)
	}
	pick := func(v promotion.Offer, from []*big.Rat) []*big.Rat {
		out := make([]*big.Rat, len(lines))
		for i, l := range lines {
			out[i] = new(big.Rat)
			if eligible(v, l) {
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
	alone := false
	groups := map[string]bool{}
	for _, v := range offers {
		reason := ""
		sub := total(pick(v, full))
		switch {
		case !slices.ContainsFunc(lines, func(l promotion.Line) bool { return eligible(v, l) }):
			reason = "no_eligible_lines"
		case sub.Cmp(cent(v.MinSubtotal)) < 0 || v.Kind == promotion.Tiered && sub.Cmp(cent(v.Steps[0].Min)) < 0:
			reason = "below_minimum"
		case alone:
			reason = "excluded"
		case v.Group != "" && groups[v.Group]:
			reason = "group"
		}
		if reason != "" {
			rejected = append(rejected, v.ID+":"+reason)
			continue
		}
		weights := pick(v, left)
		each := slices.Clone(pieces) // the weights of the units
		all := total(weights)
		percent := func(p decimal.Decimal) *big.Rat { // half away from zero
			x := new(big.Rat).Mul(all, new(big.Rat).Quo(p.Rat(), big.NewRat(100, 1)))
			x.Add(x, big.NewRat(1, 2))
			return new(big.Rat).SetInt(new(big.Int).Quo(x.Num(), x.Denom()))
		}
		var off *big.Rat
		switch v.Kind {
		case promotion.Percent:
			off = percent(v.Percent)
		case promotion.Fixed:
			off = least(cent(v.Amount), all)
		case promotion.Tiered:
			for _, s := range v.Steps {
				if total(pick(v, full)).Cmp(cent(s.Min)) >= 0 {
					if off = least(cent(s.Amount), all); s.Percent.Sign() != 0 {
						off = percent(s.Percent)
					}
				}
			}
		case promotion.Cheapest:
			type unit struct {
				price, left *big.Rat
				line, index int
			}
			var units []unit
			for i, l := range lines {
				weights[i], each[i] = new(big.Rat), make([]*big.Rat, l.Quantity)
				for k := range each[i] {
					if each[i][k] = new(big.Rat); eligible(v, l) {
						units = append(units, unit{cent(l.Price), pieces[i][k], i, k})
					}
				}
			}
			slices.SortFunc(units, func(a, b unit) int {
				return cmp.Or(a.price.Cmp(b.price), a.line-b.line, a.left.Cmp(b.left), a.index-b.index)
			})
			for _, u := range units[:int64(len(units))/v.Every] {
				weights[u.line].Add(weights[u.line], u.left)
				each[u.line][u.index].Set(u.left)
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
		alone = v.Exclusive
		shares := largestRemainders(off, weights, all)
		text := v.ID
		for i, s := range shares {
			left[i] = new(big.Rat).Sub(left[i], s)
			text += " " + s.RatString()
			if s.Sign() > 0 {
				parts := largestRemainders(s, each[i], total(each[i]))
				pieces[i] = slices.Clone(pieces[i])
				for k := range parts {
					pieces[i][k] = new(big.Rat).Sub(pieces[i][k], parts[k])
				}
			}
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

// An order and the offers on it.
type order struct {
	stack promotion.Stack
	lines []promotion.Line
}

// orders draws any orders, and manyUnits such as have several units a line, of which
// offers take something off again and again.
var (
	orders = rapid.Custom(func(t *rapid.T) order {
		o := order{promotion.Stack{Digits: 2}, drawLines(t)}
		for i := range rapid.IntRange(0, 5).Draw(t, "offers") {
			o.stack.Offers = append(o.stack.Offers, drawOffer(t, fmt.Sprintf("v%d", i)))
		}
		return o
	})
	manyUnits = rapid.Custom(func(t *rapid.T) order {
		o := order{stack: promotion.Stack{Digits: 2}}
		for i := range rapid.IntRange(2, 7).Draw(t, "offers") {
			v := promotion.Offer{ID: fmt.Sprintf("v%d", i), Kind: promotion.Fixed, Amount: cents(rapid.Int64Range(0, 40).Draw(t, "amount"))}
			if rapid.Bool().Draw(t, "cheapest") {
				v.Kind, v.Amount, v.Every = promotion.Cheapest, decimal.Decimal{}, rapid.Int64Range(1, 4).Draw(t, "every")
			}
			if rapid.Bool().Draw(t, "capped") {
				v.MaxDiscount = new(cents(rapid.Int64Range(0, 15).Draw(t, "max")))
			}
			o.stack.Offers = append(o.stack.Offers, v)
		}
		for range rapid.IntRange(1, 2).Draw(t, "lines") {
			o.lines = append(o.lines, promotion.Line{rapid.Int64Range(2, 7).Draw(t, "quantity"), cents(rapid.Int64Range(0, 20).Draw(t, "price")), ""})
		}
		return o
	})
)

func TestPricerAgreesWithExactFractions(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		requireAsExact(t, orders.Draw(t, "order"))
		requireAsExact(t, manyUnits.Draw(t, "order of many"))
	})
}

// The same orders in every run.
func TestPricerAgreesOnTheSameOrders(t *testing.T) {
	t.Parallel()
	for seed := range 1000 {
		requireAsExact(t, orders.Example(seed))
		requireAsExact(t, manyUnits.Example(seed))
	}
}

func requireAsExact(t require.TestingT, o order) {
	p, err := promotion.NewPricer(o.stack)
	require.NoError(t, err)
	r, err := p.Apply(o.lines)
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
	wantApplied, wantRejected, left := oracle(o.stack.Offers, o.lines)
	require.Equal(t, wantApplied, applied)
	require.Equal(t, wantRejected, rejected)
	require.True(t, sum.Equal(r.Discount))
	gross, total := decimal.Decimal{}, decimal.Decimal{}
	for i, l := range r.LineTotals {
		require.Zero(t, left[i].Cmp(l.Shift(2).Rat()))
		require.False(t, l.IsNegative(), "never below zero")
		gross = gross.Add(o.lines[i].Price.Mul(decimal.NewFromInt(o.lines[i].Quantity)))
		total = total.Add(l)
	}
	require.True(t, total.Equal(r.Total))
	require.True(t, gross.Sub(sum).Equal(r.Total))
}
