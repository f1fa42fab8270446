package promotion_test

import (
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/loyalty/promotion"
)

// line returns units of an item, whose category is its name without the number after it.
func line(item, price string, quantity int64, tags ...string) promotion.Line {
	return promotion.Line{Item: item, Price: dec(price), Quantity: quantity, Categories: []string{strings.TrimRight(item, "0123456789")}, Tags: tags}
}

// of selects what has one of the categories.
func of(categories ...string) *promotion.Selector { return &promotion.Selector{Categories: categories} }

func need(category string, n int64) promotion.Requirement {
	return promotion.Requirement{*of(category), units(n)}
}

func percent(n int64) promotion.Reward { return promotion.Percent(decimal.New(n, 0)) }

// What practitioners ask for, as it is said here: every total is worked by hand.
func TestHowItIsSaid(t *testing.T) {
	t.Parallel()
	type offers = []promotion.Offer
	six, one := new(int64(6)), new(int64(1))
	member := promotion.Remaining{Limits: map[string]int64{"member": 1}, Budget: decp("4")}
	for _, c := range []struct {
		question string
		offers   offers
		order    promotion.Order
		total    string
	}{
		{
			"three for two: the cheapest of each three is free", // 10 + 8 of 10 + 8 + 5
			offers{{ID: "a", Reward: promotion.Free(), Sets: &promotion.Sets{Buy: 2, Get: 1}}},
			promotion.Order{Lines: []promotion.Line{line("tea1", "10", 1), line("tea2", "8", 1), line("tea3", "5", 1)}},
			"18",
		},
		{
			"every second unit at half price", // 20 + 6
			offers{{ID: "a", Reward: percent(50), Sets: &promotion.Sets{Buy: 1, Get: 1}}},
			promotion.Order{Lines: []promotion.Line{line("shirt1", "20", 1), line("shirt2", "12", 1)}},
			"26",
		},
		{
			"buy a phone, get a case", // two phones, two of three cases free
			offers{{ID: "a", Buy: of("phone"), Get: of("case"), Reward: promotion.Free(), Sets: &promotion.Sets{Buy: 1, Get: 1}}},
			promotion.Order{Lines: []promotion.Line{line("phone", "300", 2), line("case", "20", 3)}},
			"620",
		},
		{
			"20 % off at most six units, the dearest", // 5 x 30, of 2 x 20 one: 0.8·170 + 20
			offers{{ID: "a", Reward: percent(20), MaxApplications: six, Selection: promotion.Dearest}},
			promotion.Order{Lines: []promotion.Line{line("wine1", "20", 2), line("wine2", "30", 5)}},
			"156",
		},
		{
			"at most six a week, of which this customer has had five", // 0.5·30 + 3·30
			offers{{ID: "a", Reward: percent(50), Limited: true, MaxApplications: six, Selection: promotion.Dearest}},
			promotion.Order{Lines: []promotion.Line{line("wine", "30", 4)}, Remaining: map[string]promotion.Remaining{"a": {Applications: one}}},
			"105",
		},
		{
			"a jacket and trousers, then boots for 10",
			offers{{ID: "a", Requires: []promotion.Requirement{need("jacket", 1), need("trousers", 1)}, Get: of("boots"), Reward: promotion.UnitPrice(dec("10")), MaxApplications: one}},
			promotion.Order{Lines: []promotion.Line{line("jacket", "200", 1), line("trousers", "90", 1), line("boots", "80", 2)}},
			"380",
		},
		{
			"free shipping from 50 of goods after discounts: 60 at half price are 30",
			offers{
				{ID: "half", Get: of("goods"), Reward: percent(50), Code: "HALF"},
				{ID: "shipping", Get: of("shipping"), Buy: of("goods"), Min: amount("50"), MinOf: promotion.Left, Priority: -1, Reward: promotion.Free()},
			},
			promotion.Order{Lines: []promotion.Line{line("goods", "60", 1), line("shipping", "4.90", 1)}, Codes: []string{"HALF"}},
			"34.90",
		},
		{
			"and without the coupon",
			offers{
				{ID: "half", Get: of("goods"), Reward: percent(50), Code: "HALF"},
				{ID: "shipping", Get: of("shipping"), Buy: of("goods"), Min: amount("50"), MinOf: promotion.Left, Priority: -1, Reward: promotion.Free()},
			},
			promotion.Order{Lines: []promotion.Line{line("goods", "60", 1), line("shipping", "4.90", 1)}},
			"60",
		},
		{
			"spend 50 save 5, spend 100 save 15",
			offers{{ID: "a", Steps: []promotion.Step{{amount("50"), promotion.Amount(dec("5"))}, {amount("100"), promotion.Amount(dec("15"))}}}},
			promotion.Order{Lines: []promotion.Line{line("goods", "60", 2)}},
			"105",
		},
		{
			"X and Y together for 50", // two sets, and an X alone
			offers{{ID: "a", Reward: promotion.Bundle(dec("50"), promotion.Slot{*of("x"), 1}, promotion.Slot{*of("y"), 1})}},
			promotion.Order{Lines: []promotion.Line{line("x", "40", 3), line("y", "30", 2)}},
			"140",
		},
		{
			"any three for 10", // the three dearest of 5 4 3 2
			offers{{ID: "a", Selection: promotion.Dearest, Reward: promotion.Bundle(dec("10"), promotion.Slot{Units: 3})}},
			promotion.Order{Lines: []promotion.Line{line("book1", "5", 1), line("book2", "4", 1), line("book3", "3", 1), line("book4", "2", 1)}},
			"12",
		},
		{
			"10 % off all that is not on sale",
			offers{{ID: "a", Get: &promotion.Selector{Exclude: &promotion.Exclusion{Tags: []string{"sale"}}}, Reward: percent(10)}},
			promotion.Order{Lines: []promotion.Line{line("shirt", "50", 1), line("socks", "10", 1, "sale")}},
			"55",
		},
		{
			"a gift card is never discounted",
			offers{{ID: "a", Reward: percent(10)}},
			promotion.Order{Lines: []promotion.Line{line("shirt", "50", 1), {Item: "gift card", Price: dec("25"), Quantity: 1, Floor: dec("25")}}},
			"70",
		},
		{
			"one offer per unit: shoes 20 % off, and 10 % on all that is left",
			offers{
				{ID: "all", Reward: percent(10), Exclusive: promotion.ExclusiveUnits},
				{ID: "shoes", Get: of("shoes"), Reward: percent(20), Priority: 1, Exclusive: promotion.ExclusiveUnits},
			},
			promotion.Order{Lines: []promotion.Line{line("shoes", "100", 1), line("socks", "10", 1)}},
			"89",
		},
		{
			"one offer per order: the first that holds",
			offers{
				{ID: "a", Min: amount("500"), Reward: percent(50), Priority: 2, Group: "one"},
				{ID: "b", Reward: percent(10), Priority: 1, Group: "one"},
				{ID: "c", Reward: percent(20), Group: "one"},
			},
			promotion.Order{Lines: []promotion.Line{line("goods", "100", 1)}},
			"90",
		},
		{
			"the better of coupon and sale",
			offers{{ID: "sale", Reward: percent(15), Group: "best"}, {ID: "coupon", Code: "TEN", Reward: promotion.Amount(dec("10")), Group: "best"}},
			promotion.Order{Lines: []promotion.Line{line("goods", "100", 1)}, Codes: []string{"TEN"}},
			"85",
		},
		{
			"the best two of three", // 10 off and 20 %: 40 - 10 = 30, less 6
			offers{
				{ID: "a", Reward: promotion.Amount(dec("10")), Priority: 1, Group: "best two"},
				{ID: "b", Reward: percent(15), Group: "best two"},
				{ID: "c", Reward: percent(20), Group: "best two"},
			},
			promotion.Order{Lines: []promotion.Line{line("goods", "40", 1)}},
			"24",
		},
		{
			"two coupons of which the second is of the list price: 100 less 10 less 20",
			offers{{ID: "a", Reward: percent(10), Priority: 1}, {ID: "b", Reward: percent(20), Of: promotion.List}},
			promotion.Order{Lines: []promotion.Line{line("goods", "100", 1)}},
			"70",
		},
		{
			"gold members get 5 % more",
			offers{{ID: "all", Reward: percent(10), Priority: 1}, {ID: "gold", Tiers: []string{"gold"}, Reward: percent(5), Of: promotion.List}},
			promotion.Order{Lines: []promotion.Line{line("goods", "100", 1)}, Tier: "gold"},
			"85",
		},
		{
			"a campaign with a budget of which 4 are left",
			offers{{ID: "a", Reward: percent(10), Limited: true}},
			promotion.Order{Lines: []promotion.Line{line("goods", "100", 1)}, Remaining: map[string]promotion.Remaining{"a": member}},
			"96",
		},
		{
			"a gift is given whole or not at all",
			offers{{ID: "a", Get: of("gift"), Reward: promotion.Free(), MaxApplications: one, Limited: true, Whole: true}},
			promotion.Order{Lines: []promotion.Line{line("goods", "100", 1), line("gift", "5", 1)}, Remaining: map[string]promotion.Remaining{"a": member}},
			"105",
		},
		{
			"one gift of several: the cheapest",
			offers{{ID: "a", Buy: of("goods"), Min: amount("50"), Get: of("gift"), Reward: promotion.Free(), MaxApplications: one}},
			promotion.Order{Lines: []promotion.Line{line("goods", "100", 1), line("gift1", "5", 1), line("gift2", "7", 1)}},
			"107",
		},
		{
			"5 off each piece, but not below what it has to cost", // 12 - 5, and the floor of 8
			offers{{ID: "a", Reward: promotion.UnitAmount(dec("5"))}},
			promotion.Order{Lines: []promotion.Line{line("mug", "12", 1), {Item: "pot", Price: dec("10"), Quantity: 1, Floor: dec("8")}}},
			"15",
		},
		{
			"half price, at most 8 off a piece", // 5 + 92
			offers{{ID: "a", Reward: percent(50), MaxUnitDiscount: decp("8")}},
			promotion.Order{Lines: []promotion.Line{line("mug", "10", 1), line("machine", "100", 1)}},
			"97",
		},
		{
			"all discounts together take off 15 at most",
			offers{{ID: "a", Reward: promotion.Amount(dec("10")), Priority: 1}, {ID: "b", Reward: percent(10)}},
			promotion.Order{Lines: []promotion.Line{line("goods", "110", 1)}, MaxDiscount: decp("15")},
			"95",
		},
		{
			"a first order: the host knows that it is none",
			offers{{ID: "first order", Reward: percent(50)}},
			promotion.Order{Lines: []promotion.Line{line("goods", "110", 1)}, Without: []string{"first order"}},
			"110",
		},
	} {
		s := promotion.Stack{Digits: 2, Groups: []promotion.Group{{"best", promotion.Best, 1}, {"best two", promotion.Best, 2}}, Offers: c.offers}
		assert.Equal(t, dec(c.total).StringFixed(2), priced(t, s, c.order).Total().StringFixed(2), c.question)
	}
}

// What a shop page shows: what is near, and what is missing.
func TestPreview(t *testing.T) {
	t.Parallel()
	free := promotion.Free()
	for _, c := range []struct {
		question string
		offer    promotion.Offer
		lines    []promotion.Line
		want     []promotion.Hint
	}{
		{
			"18 more",
			promotion.Offer{Min: amount("50"), Reward: percent(10)},
			[]promotion.Line{line("tea", "32", 1)},
			[]promotion.Hint{{Near: promotion.NearMinimum, MissingAmount: dec("18.00")}},
		},
		{"enough", promotion.Offer{Min: amount("50"), Reward: percent(10)}, []promotion.Line{line("tea", "50", 1)}, nil},
		{
			"one piece more",
			promotion.Offer{Min: units(3), Reward: percent(10)},
			[]promotion.Line{line("tea", "32", 2)},
			[]promotion.Hint{{Near: promotion.NearMinimum, MissingUnits: 1}},
		},
		{
			"the first step",
			promotion.Offer{Steps: []promotion.Step{{amount("50"), percent(5)}, {amount("100"), percent(10)}}},
			[]promotion.Line{line("tea", "32", 1)},
			[]promotion.Hint{{Near: promotion.NearMinimum, MissingAmount: dec("18.00")}},
		},
		{
			"the next step",
			promotion.Offer{Steps: []promotion.Step{{amount("50"), percent(5)}, {amount("100"), percent(10)}}},
			[]promotion.Line{line("tea", "60", 1)},
			[]promotion.Hint{{Near: promotion.NearStep, Step: 1, MissingAmount: dec("40.00")}},
		},
		{"the last step", promotion.Offer{Steps: []promotion.Step{{amount("50"), percent(5)}}}, []promotion.Line{line("tea", "60", 1)}, nil},
		{
			"a third piece is free",
			promotion.Offer{Reward: free, Sets: &promotion.Sets{Buy: 2, Get: 1}},
			[]promotion.Line{line("tea", "10", 2)},
			[]promotion.Hint{{Near: promotion.NearSet, MissingGets: 0, MissingUnits: 1}},
		},
		{
			"and two more for the next set",
			promotion.Offer{Reward: free, Sets: &promotion.Sets{Buy: 2, Get: 1}},
			[]promotion.Line{line("tea", "10", 4)},
			[]promotion.Hint{{Near: promotion.NearSet, MissingUnits: 2}},
		},
		{
			"but not beyond the maximum",
			promotion.Offer{Reward: free, MaxApplications: new(int64(1)), Sets: &promotion.Sets{Buy: 2, Get: 1}},
			[]promotion.Line{line("tea", "10", 4)},
			nil,
		},
		{
			"a case is free with the phone",
			promotion.Offer{Buy: of("phone"), Get: of("case"), Reward: free, Sets: &promotion.Sets{Buy: 1, Get: 1}},
			[]promotion.Line{line("phone", "300", 1)},
			[]promotion.Hint{{Near: promotion.NearUnits, MissingGets: 1}},
		},
		{
			"of two phones one has its case",
			promotion.Offer{Buy: of("phone"), Get: of("case"), Reward: free, Sets: &promotion.Sets{Buy: 1, Get: 1}},
			[]promotion.Line{line("phone", "300", 2), line("case", "20", 1)},
			[]promotion.Hint{{Near: promotion.NearSet, MissingGets: 1}},
		},
		{
			"of two cases one has its phone",
			promotion.Offer{Buy: of("phone"), Get: of("case"), Reward: free, Sets: &promotion.Sets{Buy: 1, Get: 1}},
			[]promotion.Line{line("phone", "300", 1), line("case", "20", 2)},
			[]promotion.Hint{{Near: promotion.NearSet, MissingUnits: 1}},
		},
		{
			"two phones are asked for",
			promotion.Offer{Buy: of("phone"), Get: of("case"), Reward: free, Sets: &promotion.Sets{Buy: 2, Get: 1}},
			[]promotion.Line{line("phone", "300", 1)},
			nil,
		},
		{
			"jacket and trousers are there",
			promotion.Offer{Requires: []promotion.Requirement{need("jacket", 1), need("trousers", 1)}, Get: of("boots"), Reward: free},
			[]promotion.Line{line("jacket", "200", 1), line("trousers", "90", 1)},
			[]promotion.Hint{{Near: promotion.NearUnits, MissingGets: 1}},
		},
		{
			"the trousers are not",
			promotion.Offer{Requires: []promotion.Requirement{need("jacket", 1), need("trousers", 1)}, Get: of("boots"), Reward: free},
			[]promotion.Line{line("jacket", "200", 1)},
			nil,
		},
		{"goods that nobody has", promotion.Offer{Get: of("boots"), Reward: free, Min: amount("500")}, []promotion.Line{line("jacket", "200", 1)}, nil},
		{"a code that was not presented is secret", promotion.Offer{Code: "C", Min: amount("500"), Reward: free}, []promotion.Line{line("jacket", "200", 1)}, nil},
		{"what is for another tier", promotion.Offer{Tiers: []string{"gold"}, Min: amount("500"), Reward: free}, []promotion.Line{line("jacket", "200", 1)}, nil},
	} {
		c.offer.ID = "a"
		for i := range c.want {
			c.want[i].ID = "a"
		}
		got, err := pricer(t, c.offer).Preview(promotion.Order{Lines: c.lines})
		require.NoError(t, err)
		assert.Equal(t, c.want, got, c.question)
	}
}

// What an exclusive offer or a full group would keep from being used is said to be shut
// out: a hint of it would advertise what the customer does not get.
func TestPreviewSaysWhatIsShutOut(t *testing.T) {
	t.Parallel()
	near := promotion.Offer{ID: "near", Min: amount("500"), Reward: percent(10)}
	for _, c := range []struct {
		used  promotion.Offer
		group string
		shut  bool
	}{
		{used: promotion.Offer{Exclusive: promotion.ExclusiveOrder}, shut: true},
		{used: promotion.Offer{Exclusive: promotion.ExclusiveUnits}, shut: true},
		{used: promotion.Offer{Exclusive: promotion.ExclusiveUnits, MaxApplications: new(int64(1))}},
		{used: promotion.Offer{Priority: 1, Group: "g"}, group: "g", shut: true},
		{used: promotion.Offer{Priority: 1, Group: "h"}, group: "g"},
		{used: promotion.Offer{}},
	} {
		c.used.ID, c.used.Reward = "used", percent(5)
		near.Group = c.group
		got, err := pricer(t, c.used, near).Preview(promotion.Order{Lines: []promotion.Line{line("tea", "30", 2)}})
		require.NoError(t, err)
		require.Len(t, got, 1)
		assert.Equal(t, c.shut, got[0].ShutOut, "%+v", c.used)
	}
	got, err := pricer(t, near).Preview(promotion.Order{Lines: []promotion.Line{line("tea", "30", 2)}, Without: []string{"near"}})
	require.NoError(t, err)
	assert.Empty(t, got)
}
