package promotion_test

import (
	"fmt"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/loyalty/promotion"
)

var (
	someItems      = []string{"a", "b", "c", "d"}
	someCategories = []string{"x", "y", "z"}
	someTags       = []string{"s", "t"}
)

// A drawer draws stacks and orders with all features.
type drawer struct {
	*rapid.T
	digits int
	scale  int64 // of amounts: most orders are small, some as large as can be
}

func (d *drawer) n(label string, most int64) int64 { return rapid.Int64Range(0, most).Draw(d.T, label) }

// length draws a length, each as likely as the others: short lists show little.
func (d *drawer) length(label string, most int) int {
	all := make([]int, most+1)
	for i := range all {
		all[i] = i
	}
	return rapid.SampledFrom(all).Draw(d.T, label)
}

// in draws true in one of so many.
func (d *drawer) in(n int64, label string) bool { return d.n(label, n-1) == n-1 }

func (d *drawer) amount(label string, most int64) decimal.Decimal {
	return decimal.New(d.n(label, most)*d.scale, int32(-d.digits))
}

func (d *drawer) maybe(n int64, label string, most int64) *decimal.Decimal {
	if !d.in(n, label+"?") {
		return nil
	}
	return new(d.amount(label, most))
}

func (d *drawer) names(of []string, label string) []string {
	return rapid.SliceOfNDistinct(rapid.SampledFrom(of), 1, len(of)-1, rapid.ID).Draw(d.T, label)
}

func (d *drawer) selector() promotion.Selector {
	var s promotion.Selector
	if d.in(3, "items?") {
		s.Items = d.names(someItems, "items")
	}
	if d.in(3, "categories?") {
		s.Categories = d.names(someCategories, "categories")
	}
	if d.in(5, "tags?") {
		s.Tags = d.names(someTags, "tags")
	}
	if d.in(5, "exclude?") {
		s.Exclude = &promotion.Exclusion{Tags: []string{"t"}}
		if d.in(2, "exclude items?") {
			s.Exclude = &promotion.Exclusion{Items: d.names(someItems, "excluded")}
		}
	}
	return s
}

func (d *drawer) selectorp(n int64) *promotion.Selector {
	if !d.in(n, "selector?") {
		return nil
	}
	return new(d.selector())
}

func (d *drawer) reward(bundle bool) promotion.Reward {
	last := int64(4)
	if bundle {
		last = 5
	}
	switch d.n("kind", last) {
	case 0:
		return promotion.Free()
	case 1:
		return promotion.Amount(d.amount("amount", 600))
	case 2:
		return promotion.UnitAmount(d.amount("unit amount", 300))
	case 3:
		return promotion.UnitPrice(d.amount("unit price", 800))
	case 5:
		slots := []promotion.Slot{{d.selector(), 1 + d.n("slot", 2)}}
		if d.in(2, "second") {
			slots = append(slots, promotion.Slot{d.selector(), 1 + d.n("slot", 1)})
		}
		return promotion.Bundle(d.amount("bundle", 1500), slots...)
	}
	return promotion.Percent(rapid.SampledFrom([]decimal.Decimal{dec("10"), dec("50"), dec("100"), dec("33.3"), dec("12.5"), dec("0.07"), dec("33.3333333")}).Draw(d.T, "percent"))
}

func (d *drawer) minimum(n int64) (m promotion.Minimum) {
	m.Amount = d.maybe(n, "min amount", 3000)
	if d.in(n, "min units?") {
		m.Units = new(1 + d.n("min units", 5))
	}
	return m
}

func (d *drawer) offer(i int) (promotion.Offer, promotion.Remaining) {
	o := promotion.Offer{ID: fmt.Sprintf("o%d", i), Priority: int(d.n("priority", 2)), Get: d.selectorp(2), Buy: d.selectorp(5), Min: d.minimum(6)}
	o.Selection = rapid.SampledFrom([]promotion.Selection{"", promotion.Cheapest, promotion.Dearest}).Draw(d.T, "selection")
	o.Of = rapid.SampledFrom([]promotion.Basis{"", promotion.Left, promotion.List}).Draw(d.T, "of")
	o.MinOf = rapid.SampledFrom([]promotion.Basis{"", promotion.Left, promotion.List}).Draw(d.T, "min of")
	o.Exclusive = rapid.SampledFrom([]promotion.Exclusive{"", "", "", "", promotion.ExclusiveOrder, promotion.ExclusiveUnits, promotion.ExclusiveUnits}).Draw(d.T, "exclusive")
	o.Group = rapid.SampledFrom([]string{"", "", "f", "f", "b", "c"}).Draw(d.T, "group")
	o.MaxDiscount, o.MaxUnitDiscount = d.maybe(5, "max", 900), d.maybe(5, "max unit", 300)
	if d.in(6, "code?") {
		o.Code = rapid.SampledFrom([]string{"P", "Q"}).Draw(d.T, "code")
	}
	if d.in(8, "tiers?") {
		o.Tiers = d.names([]string{"gold", "silver", "base"}, "tiers")
	}
	if d.in(8, "requires?") {
		q := promotion.Requirement{d.selector(), d.minimum(2)}
		if q.Min == (promotion.Minimum{}) {
			q.Min.Units = new(int64(1))
		}
		o.Requires = append(o.Requires, q)
	}
	if d.in(4, "max applications?") {
		o.MaxApplications = new(1 + d.n("max applications", 4))
	}
	if d.in(3, "sets?") {
		o.Sets = &promotion.Sets{1 + d.n("buy", 2), 1 + d.n("get", 1), d.in(3, "spread")}
	}
	if d.in(6, "steps?") {
		at := d.n("step", 1000) * d.scale
		for range 1 + d.n("steps", 2) {
			o.Steps = append(o.Steps, promotion.Step{promotion.Minimum{Amount: new(decimal.New(at, int32(-d.digits)))}, d.reward(false)})
			at += 1 + d.n("step", 1500)*d.scale
		}
	} else if o.Reward = d.reward(true); o.Reward.Kind == promotion.KindBundle {
		o.Get, o.Sets = nil, nil
	}
	var left promotion.Remaining
	if d.in(4, "limited?") {
		o.Limited = true
		if left.Budget = d.maybe(2, "budget", 800); d.in(2, "limits?") {
			left.Limits = map[string]int64{"day": d.n("day", 3), "member": d.n("member", 3)}
		}
		if d.in(4, "applications?") {
			left.Applications = new(1 + d.n("applications", 3))
		}
		o.Whole = d.in(2, "whole")
	}
	return o, left
}

// order draws a stack of so many offers and an order.
func (d *drawer) order(offers int) (promotion.Stack, promotion.Order) {
	d.scale = rapid.SampledFrom([]int64{1, 1, 1, 1, 1_000_003, 99_999_999_977}).Draw(d.T, "scale")
	d.digits = int(rapid.SampledFrom([]int64{2, 2, 0, 3}).Draw(d.T, "digits"))
	s := promotion.Stack{Digits: d.digits, Rounding: promotion.Rounding{
		rapid.SampledFrom([]promotion.Mode{"", promotion.HalfUp, promotion.HalfEven, promotion.HalfDown, promotion.Down, promotion.Up}).Draw(d.T, "mode"),
		rapid.SampledFrom([]promotion.Level{"", promotion.PerOrder, promotion.PerLine, promotion.PerUnit}).Draw(d.T, "level"),
	}}
	if d.in(2, "groups?") {
		s.Groups = []promotion.Group{
			{"b", promotion.Best, 1 + d.n("limit", 1)},
			{"c", promotion.Best, 1 + d.n("limit", 2)},
			{"f", rapid.SampledFrom([]promotion.GroupMode{"", promotion.First}).Draw(d.T, "first"), 1 + d.n("limit", 1)},
		}
	}
	o := promotion.Order{
		Tier:  rapid.SampledFrom([]string{"", "gold", "silver"}).Draw(d.T, "tier"),
		Codes: rapid.SliceOfN(rapid.SampledFrom([]string{"P", "Q", "R"}), 0, 2).Draw(d.T, "codes"),
		Lines: d.lines(), MaxDiscount: d.maybe(5, "max of all", 2000), Remaining: map[string]promotion.Remaining{},
	}
	for i := range d.length("offers", offers) {
		offer, left := d.offer(i)
		s.Offers = append(s.Offers, offer)
		if offer.Limited {
			o.Remaining[offer.ID] = left
		}
		if d.in(12, "without") {
			o.Without = append(o.Without, offer.ID)
		}
	}
	return s, o
}

// lines draws lines, of which some are of one article.
func (d *drawer) lines() (lines []promotion.Line) {
	for range d.length("lines", 7) {
		l := promotion.Line{Item: rapid.SampledFrom(someItems).Draw(d.T, "item"), Price: d.amount("price", 1200), Quantity: 1 + d.n("quantity", 4)}
		if d.in(3, "again") && len(lines) > 0 {
			of := lines[d.n("of", int64(len(lines)-1))]
			of.Quantity = l.Quantity
			lines = append(lines, of)
			continue
		}
		if d.in(4, "floor?") {
			l.Floor = decimal.Min(l.Price, d.amount("floor", 900))
		}
		l.Categories = rapid.SliceOfNDistinct(rapid.SampledFrom(someCategories), 0, 2, rapid.ID).Draw(d.T, "categories")
		l.Tags = rapid.SliceOfNDistinct(rapid.SampledFrom(someTags), 0, 2, rapid.ID).Draw(d.T, "tags")
		same := func(of promotion.Line) bool { return of.Item == l.Item && of.Price.Equal(l.Price) }
		clash := false
		for _, of := range lines {
			clash = clash || same(of)
		}
		if !clash {
			lines = append(lines, l)
		}
	}
	return lines
}

func priced(t require.TestingT, s promotion.Stack, o promotion.Order) promotion.Receipt {
	p, err := promotion.NewPricer(s)
	require.NoError(t, err)
	r, err := p.Price(o)
	require.NoError(t, err)
	return r
}

// The receipt is what the definitions say, unit by unit, for orders with all features.
func TestReceiptsAreThoseOfTheNaiveTwin(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := &drawer{T: t}
		s, o := d.order(6)
		want := newTwin(s, o).choose()
		require.Equal(t, want.text(), receiptText(priced(t, s, o), s.Digits))
	})
}
