package promotion_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/promotion"
)

func units(n int64) promotion.Minimum { return promotion.Minimum{Units: &n} }

func amount(s string) promotion.Minimum { return promotion.Minimum{Amount: decp(s)} }

// What is wrong with a stack is said when it is compiled, with the path of the field.
func TestStacksAreRefusedWhenCompiled(t *testing.T) {
	t.Parallel()
	ten := promotion.Percent(dec("10"))
	empty, long := []string{}, make([]string, 1001)
	for want, o := range map[string]promotion.Offer{
		"Offers[1].ID:":                            {Reward: ten},
		"Offers[1].ID: must be 1 to 200 bytes":     {ID: "first", Reward: ten},
		"Offers[1].Code:":                          {ID: "a", Reward: ten, Code: "\xff"},
		"Offers[1].Tiers = 0:":                     {ID: "a", Reward: ten, Tiers: empty},
		"Offers[1].Tiers[0]:":                      {ID: "a", Reward: ten, Tiers: []string{""}},
		"Offers[1].Tiers = 1001:":                  {ID: "a", Reward: ten, Tiers: long},
		"Offers[1].Buy.Items = 0:":                 {ID: "a", Reward: ten, Buy: &promotion.Selector{Items: empty}},
		"Offers[1].Get.Categories = 0:":            {ID: "a", Reward: ten, Get: &promotion.Selector{Categories: empty}},
		"Offers[1].Get.Tags[0]:":                   {ID: "a", Reward: ten, Get: &promotion.Selector{Tags: []string{""}}},
		"Offers[1].Get.Tags = 1001:":               {ID: "a", Reward: ten, Get: &promotion.Selector{Tags: long}},
		"Offers[1].Get.Exclude:":                   {ID: "a", Reward: ten, Get: &promotion.Selector{Exclude: &promotion.Exclusion{}}},
		"Offers[1].Get.Exclude.Items = 0:":         {ID: "a", Reward: ten, Get: &promotion.Selector{Exclude: &promotion.Exclusion{Items: empty}}},
		"Offers[1].Get.Exclude.Categories[1]:":     {ID: "a", Reward: ten, Get: &promotion.Selector{Exclude: &promotion.Exclusion{Categories: []string{"x", ""}}}},
		"Offers[1].Get.Exclude.Tags = 0:":          {ID: "a", Reward: ten, Get: &promotion.Selector{Exclude: &promotion.Exclusion{Tags: empty}}},
		"Offers[1].Min.Amount:":                    {ID: "a", Reward: ten, Min: amount("1.001")},
		"Offers[1].Min.Units = 0:":                 {ID: "a", Reward: ten, Min: units(0)},
		"Offers[1].Requires = 0:":                  {ID: "a", Reward: ten, Requires: []promotion.Requirement{}},
		"Offers[1].Requires = 1001:":               {ID: "a", Reward: ten, Requires: make([]promotion.Requirement, 1001)},
		"Offers[1].Requires[0].Min:":               {ID: "a", Reward: ten, Requires: []promotion.Requirement{{}}},
		"Offers[1].Requires[0].Min.Units = -1:":    {ID: "a", Reward: ten, Requires: []promotion.Requirement{{Min: units(-1)}}},
		"Offers[1].Requires[0].Select.Items = 0:":  {ID: "a", Reward: ten, Requires: []promotion.Requirement{{promotion.Selector{Items: empty}, units(1)}}},
		"Offers[1].MinOf: must be empty or":        {ID: "a", Reward: ten, MinOf: "now"},
		"Offers[1].Of: must be empty or":           {ID: "a", Reward: ten, Of: "now"},
		"Offers[1].Selection: must be empty or":    {ID: "a", Reward: ten, Selection: "first"},
		"Offers[1].Exclusive: must be empty or":    {ID: "a", Reward: ten, Exclusive: "all"},
		"Offers[1].Reward: must be given":          {ID: "a"},
		"Offers[1].Reward: must be zero":           {ID: "a", Reward: ten, Steps: []promotion.Step{{units(1), ten}}},
		"Offers[1].Reward.Kind: must be one of":    {ID: "a", Reward: promotion.Reward{Kind: "cashback", Value: decp("1")}},
		"Offers[1].Reward.Value: must not be":      {ID: "a", Reward: promotion.Reward{Kind: promotion.KindUnitPrice}},
		"Offers[1].Reward.Value: must be nil":      {ID: "a", Reward: promotion.Reward{Kind: promotion.KindFree, Value: decp("1")}},
		"Offers[1].Reward.Value: must be above":    {ID: "a", Reward: promotion.Percent(dec("100.1"))},
		"Offers[1].Reward.Value: must be above 0":  {ID: "a", Reward: promotion.Percent(dec("0"))},
		"Offers[1].Reward.Value: must be above 0 ": {ID: "a", Reward: promotion.Percent(dec("0.00000001"))},
		"Offers[1].Reward.Value: must be 0 or":     {ID: "a", Reward: promotion.Amount(dec("-1"))},
		"Offers[1].Reward.Slots = 1:":              {ID: "a", Reward: promotion.Reward{Kind: promotion.KindFree, Slots: make([]promotion.Slot, 1)}},
		"Offers[1].Reward.Slots = 0:":              {ID: "a", Reward: promotion.Bundle(dec("1"))},
		"Offers[1].Reward.Slots = 21:":             {ID: "a", Reward: promotion.Bundle(dec("1"), make([]promotion.Slot, 21)...)},
		"Offers[1].Reward.Slots[0].Units = 0:":     {ID: "a", Reward: promotion.Bundle(dec("1"), promotion.Slot{})},
		"Offers[1].Reward.Slots[0].Select.Tags":    {ID: "a", Reward: promotion.Bundle(dec("1"), promotion.Slot{promotion.Selector{Tags: empty}, 1})},
		"Offers[1].Get: must be nil":               {ID: "a", Reward: promotion.Bundle(dec("1"), promotion.Slot{Units: 1}), Get: &promotion.Selector{}},
		"Offers[1].Sets: must be nil":              {ID: "a", Reward: promotion.Bundle(dec("1"), promotion.Slot{Units: 1}), Sets: &promotion.Sets{Buy: 1, Get: 1}},
		"Offers[1].Sets.Buy = 0:":                  {ID: "a", Reward: ten, Sets: &promotion.Sets{Get: 1}},
		"Offers[1].Sets.Get = 0:":                  {ID: "a", Reward: ten, Sets: &promotion.Sets{Buy: 1}},
		"Offers[1].Sets.Get = 1000000001:":         {ID: "a", Reward: ten, Sets: &promotion.Sets{Buy: 1, Get: 1_000_000_001}},
		"Offers[1].MaxApplications = 0:":           {ID: "a", Reward: ten, MaxApplications: new(int64(0))},
		"Offers[1].MaxDiscount:":                   {ID: "a", Reward: ten, MaxDiscount: decp("-1")},
		"Offers[1].MaxUnitDiscount:":               {ID: "a", Reward: ten, MaxUnitDiscount: decp("0.001")},
		"Offers[1].Group:":                         {ID: "a", Reward: ten, Group: strings.Repeat("g", 201)},
		"Offers[1].Steps = 0:":                     {ID: "a", Steps: []promotion.Step{}},
		"Offers[1].Steps = 1001:":                  {ID: "a", Steps: make([]promotion.Step, 1001)},
		"Offers[1].Steps[0].Min: must have either": {ID: "a", Steps: []promotion.Step{{promotion.Minimum{}, ten}}},
		"Offers[1].Steps[0].Min: must have eithe":  {ID: "a", Steps: []promotion.Step{{promotion.Minimum{decp("1"), new(int64(1))}, ten}}},
		"Offers[1].Steps[1].Min: must be of what":  {ID: "a", Steps: []promotion.Step{{units(1), ten}, {amount("1"), ten}}},
		"Offers[1].Steps[1].Min: must ascend":      {ID: "a", Steps: []promotion.Step{{amount("1"), ten}, {amount("1"), ten}}},
		"Offers[1].Steps[0].Reward.Kind:":          {ID: "a", Steps: []promotion.Step{{units(1), promotion.Bundle(dec("1"), promotion.Slot{Units: 1})}}},
	} {
		first := promotion.Offer{ID: "first", Reward: ten}
		err := promotion.Stack{Digits: 2, Offers: []promotion.Offer{first, o}}.Validate()
		require.ErrorIs(t, err, relmark.ErrInvalid, want)
		assert.ErrorContains(t, err, "promotion: ", want)
		assert.ErrorContains(t, err, strings.TrimRight(want, " "))
	}
	for want, s := range map[string]promotion.Stack{
		"Digits = 5:":            {Digits: 5},
		"Digits = -1:":           {Digits: -1},
		"Offers = 1001:":         {Offers: make([]promotion.Offer, 1001)},
		"Groups = 1001:":         {Groups: make([]promotion.Group, 1001)},
		"Groups[0].Name:":        {Groups: []promotion.Group{{Limit: 1}}},
		"Groups[1].Name:":        {Groups: []promotion.Group{{Name: "g", Limit: 1}, {Name: "g", Limit: 1}}},
		"Groups[0].Limit = 0:":   {Groups: []promotion.Group{{Name: "g"}}},
		"Groups[0].Mode: must":   {Groups: []promotion.Group{{Name: "g", Mode: "worst", Limit: 1}}},
		"Rounding.Mode: must be": {Rounding: promotion.Rounding{Mode: "half"}},
		"Rounding.Level: must":   {Rounding: promotion.Rounding{Level: "item"}},
	} {
		err := s.Validate()
		require.ErrorIs(t, err, relmark.ErrInvalid, want)
		assert.ErrorContains(t, err, want)
	}
}

// What is wrong with an order is said with the path of the field, never with a name.
func TestOrdersAreRefusedWithThePath(t *testing.T) {
	t.Parallel()
	p := pricer(t,
		promotion.Offer{ID: "secret", Reward: promotion.Percent(dec("10")), Limited: true, Code: "C", Tiers: []string{"gold"}},
		promotion.Offer{ID: "b", Reward: promotion.Percent(dec("10"))})
	line := func(change func(l *promotion.Line)) promotion.Order {
		l := promotion.Line{Item: "x", Price: dec("1"), Quantity: 1}
		change(&l)
		return promotion.Order{Lines: []promotion.Line{{Item: "y", Price: dec("1"), Quantity: 1}, l}}
	}
	again := func(change func(l *promotion.Line)) promotion.Order {
		o := line(func(l *promotion.Line) { l.Item = "y" })
		change(&o.Lines[1])
		return o
	}
	minus := dec("-1")
	left := func(m promotion.Remaining) promotion.Order {
		return promotion.Order{Remaining: map[string]promotion.Remaining{"secret": m}}
	}
	for want, o := range map[string]promotion.Order{
		"Lines[1].Item:":                                line(func(l *promotion.Line) { l.Item = "" }),
		"Lines[1].Price:":                               line(func(l *promotion.Line) { l.Price = dec("1.001") }),
		"Lines[1].Price: must be 0":                     line(func(l *promotion.Line) { l.Price = dec("-1") }),
		"Lines[1].Floor: must be 0":                     line(func(l *promotion.Line) { l.Floor = dec("-1") }),
		"Lines[1].Floor: must not":                      line(func(l *promotion.Line) { l.Floor = dec("2") }),
		"Lines[1].Quantity = 0:":                        line(func(l *promotion.Line) { l.Quantity = 0 }),
		"Lines[1].Quantity = 1000001:":                  line(func(l *promotion.Line) { l.Quantity = 1_000_001 }),
		"Lines[1].Categories[0]:":                       line(func(l *promotion.Line) { l.Categories = []string{""} }),
		"Lines[1].Tags[1]:":                             line(func(l *promotion.Line) { l.Tags = []string{"a", "\xff"} }),
		"Lines[1].Floor: must be that":                  again(func(l *promotion.Line) { l.Floor = dec("1") }),
		"Lines[1].Categories: must be that":             again(func(l *promotion.Line) { l.Categories = []string{"z"} }),
		"Lines[1].Tags: must be that":                   again(func(l *promotion.Line) { l.Tags = []string{"z"} }),
		"Tier:":                                         {Tier: "\xff"},
		"Codes[1]:":                                     {Codes: []string{"A", ""}},
		"Codes = 1001:":                                 {Codes: make([]string, 1001)},
		"MaxDiscount:":                                  {MaxDiscount: &minus},
		"Without[0]:":                                   {Without: []string{"unknown"}},
		"Remaining: must have the IDs":                  {Remaining: map[string]promotion.Remaining{"unknown": {}}},
		"Remaining of Offers[0].Limits":                 left(promotion.Remaining{Limits: map[string]int64{"day": -1}}),
		"Remaining of Offers[0].Limits: m":              left(promotion.Remaining{Limits: map[string]int64{"": 1}}),
		"Remaining of Offers[0].Budget:":                left(promotion.Remaining{Budget: &minus}),
		"Remaining of Offers[0].Application":            left(promotion.Remaining{Applications: new(int64(0))}),
		"Remaining: must say what is left of Offers[0]": {Tier: "gold", Codes: []string{"C"}},
	} {
		_, err := p.Price(o)
		require.ErrorIs(t, err, relmark.ErrInvalid, want)
		assert.ErrorContains(t, err, want)
		assert.NotContains(t, err.Error(), "secret")
		_, err = p.Preview(o)
		require.ErrorIs(t, err, relmark.ErrInvalid, want)
		_, err = p.Returns(o, promotion.Reprice)
		require.ErrorIs(t, err, relmark.ErrInvalid, want)
	}
	for _, o := range []promotion.Order{{Tier: "gold"}, {Codes: []string{"C"}}} {
		_, err := p.Price(o)
		require.NoError(t, err, "what is not asked for need not be known")
	}
}

// An order that comes to too much, and too many offers to choose from, are limits.
func TestLimitsAreErrors(t *testing.T) {
	t.Parallel()
	most := decimal.New(1<<53-1, -2)
	_, err := pricer(t).Price(promotion.Order{Lines: []promotion.Line{{Item: "x", Price: most, Quantity: 1}}})
	require.NoError(t, err)
	for _, lines := range [][]promotion.Line{
		{{Item: "x", Price: most, Quantity: 2}},
		{{Item: "x", Price: most, Quantity: promotion.MaxQuantity}},
		{{Item: "x", Price: most, Quantity: 1}, {Item: "y", Price: dec("0.01"), Quantity: 1}},
	} {
		_, err := pricer(t).Price(promotion.Order{Lines: lines})
		assert.ErrorIs(t, err, relmark.ErrLimit)
	}
	s := promotion.Stack{Digits: 2, Groups: []promotion.Group{{"b", promotion.Best, 1}}}
	for i := range 13 {
		s.Offers = append(s.Offers, promotion.Offer{ID: fmt.Sprint(i), Group: "b", Reward: promotion.Free()})
	}
	p, err := promotion.NewPricer(s)
	require.NoError(t, err)
	for _, fail := range []func() error{
		func() error { _, err := p.Price(promotion.Order{}); return err },
		func() error { _, err := p.Preview(promotion.Order{}); return err },
		func() error { _, err := p.Returns(promotion.Order{}, promotion.Proportional); return err },
	} {
		assert.ErrorIs(t, fail(), relmark.ErrLimit)
	}
	_, err = p.Price(promotion.Order{Without: []string{"3"}})
	assert.NoError(t, err)
}

// Returns of what the order does not have are refused and change nothing.
func TestReturnsAreRefused(t *testing.T) {
	t.Parallel()
	p := pricer(t, promotion.Offer{ID: "a", Reward: promotion.Percent(dec("10"))})
	o := promotion.Order{Lines: []promotion.Line{{Item: "x", Price: dec("10"), Quantity: 3}}}
	_, err := p.Returns(o, "")
	require.ErrorIs(t, err, relmark.ErrInvalid)
	require.ErrorContains(t, err, "Policy: must be one of proportional, reprice")
	returns, err := p.Returns(o, promotion.Reprice)
	require.NoError(t, err)
	_, err = returns.Add([]promotion.Return{{0, 1}})
	require.NoError(t, err)
	for want, step := range map[string][]promotion.Return{
		"Returns[0].Line = 1:":   {{1, 1}},
		"Returns[0].Line = -1:":  {{-1, 1}},
		"Returns[0].Units = 3:":  {{0, 3}},
		"Returns[1].Units = 2:":  {{0, 1}, {0, 2}},
		"Returns[0].Units = 0:":  {{0, 0}},
		"Returns[0].Units = -1:": {{0, -1}},
	} {
		_, err := returns.Add(step)
		require.ErrorIs(t, err, relmark.ErrInvalid, want)
		assert.ErrorContains(t, err, want)
		assert.Equal(t, "18", returns.Paid().String())
	}
	refund, err := returns.Add(nil)
	require.NoError(t, err)
	assert.True(t, refund.Refund.IsZero(), "nothing comes back")
}

// What is missing is an error, never a panic.
func TestNilPointersFail(t *testing.T) {
	t.Parallel()
	var (
		prices  *promotion.Prices
		pricer  *promotion.Pricer
		returns *promotion.Returns
	)
	_, _, errQuote := prices.Quote(promotion.PriceQuery{Item: "i", Quantity: 1}, noon)
	_, errExplain := prices.Explain(promotion.PriceQuery{Item: "i", Quantity: 1}, noon)
	_, errFill := prices.Fill(nil, promotion.PriceQuery{}, noon)
	_, errPrice := pricer.Price(promotion.Order{})
	_, errPreview := pricer.Preview(promotion.Order{})
	_, errReturns := pricer.Returns(promotion.Order{}, promotion.Reprice)
	_, errAdd := returns.Add(nil)
	_, errZero := new(promotion.Returns).Add(nil)
	for _, err := range []error{errQuote, errExplain, errFill, errPrice, errPreview, errReturns, errAdd, errZero} {
		assert.ErrorIs(t, err, relmark.ErrInvalid)
	}
	assert.True(t, returns.Paid().IsZero() && new(promotion.Returns).Paid().IsZero())
	var none promotion.Receipt
	assert.True(t, none.Total().IsZero() && none.Lines() == nil && none.Applied() == nil && none.Rejected() == nil && none.UnknownCodes() == nil)
}

// Decimals that only decimal.New can make, on which plain arithmetic panics or never
// ends: wherever one comes in, the answer is an error at once, or for 0 that of 0.
func TestDecimalsWithoutBoundsAreErrors(t *testing.T) {
	t.Parallel()
	for _, d := range []decimal.Decimal{
		decimal.New(1, math.MaxInt32), decimal.New(1, math.MinInt32), decimal.New(-1, math.MinInt32), decimal.New(7, -2000),
	} {
		for name, o := range map[string]promotion.Offer{
			"percent":      {ID: "a", Reward: promotion.Percent(d)},
			"amount":       {ID: "a", Reward: promotion.Amount(d)},
			"bundle":       {ID: "a", Reward: promotion.Bundle(d, promotion.Slot{Units: 1})},
			"minimum":      {ID: "a", Reward: promotion.Free(), Min: promotion.Minimum{Amount: &d}},
			"maximum":      {ID: "a", Reward: promotion.Free(), MaxDiscount: &d},
			"unit maximum": {ID: "a", Reward: promotion.Free(), MaxUnitDiscount: &d},
			"step minimum": {ID: "a", Steps: []promotion.Step{{promotion.Minimum{Amount: &d}, promotion.Free()}}},
			"step value":   {ID: "a", Steps: []promotion.Step{{units(1), promotion.UnitAmount(d)}}},
		} {
			assert.ErrorIs(t, promotion.Stack{Digits: 2, Offers: []promotion.Offer{o}}.Validate(), relmark.ErrInvalid, name)
		}
		p := pricer(t, promotion.Offer{ID: "a", Reward: promotion.Free()})
		for _, o := range []promotion.Order{
			{Lines: []promotion.Line{{Item: "x", Price: d, Quantity: 1}}},
			{Lines: []promotion.Line{{Item: "x", Floor: d, Quantity: 1}}},
			{MaxDiscount: &d},
			{Remaining: map[string]promotion.Remaining{"a": {Budget: &d}}},
		} {
			_, err := p.Price(o)
			assert.ErrorIs(t, err, relmark.ErrInvalid)
		}
		list := promotion.PriceList{Zone: berlin, Entries: []promotion.PriceEntry{{Item: "x", MinQuantity: 1, Price: d}}}
		assert.ErrorIs(t, list.Validate(), relmark.ErrInvalid)
	}
	none := decimal.New(0, math.MaxInt32)
	zero := promotion.Offer{ID: "a", MaxDiscount: &none, Min: promotion.Minimum{Amount: &none}, Reward: promotion.Amount(none)}
	r, err := pricer(t, zero).Price(promotion.Order{Lines: []promotion.Line{{Item: "x", Price: none, Quantity: 1}}})
	require.NoError(t, err)
	assert.True(t, r.Total().IsZero())
}

// A list of which every entry is wrong is refused in a text that does not grow with it.
func TestErrorsDoNotGrowWithTheirInput(t *testing.T) {
	t.Parallel()
	steps := promotion.Offer{ID: "a", Steps: make([]promotion.Step, 1000)}
	_, lines := pricer(t).Price(promotion.Order{Lines: make([]promotion.Line, 100_000)})
	_, codes := pricer(t).Price(promotion.Order{Codes: make([]string, 1000)})
	for _, bad := range []error{
		promotion.Stack{Offers: make([]promotion.Offer, 1000)}.Validate(),
		promotion.Stack{Offers: []promotion.Offer{steps}}.Validate(),
		promotion.PriceList{Zone: berlin, Entries: make([]promotion.PriceEntry, 100_000)}.Validate(),
		promotion.PriceList{Zone: berlin, Ladder: make([]string, 100_000)}.Validate(),
		lines, codes,
	} {
		require.ErrorIs(t, bad, relmark.ErrInvalid)
		assert.Less(t, len(bad.Error()), 4000)
	}
}
