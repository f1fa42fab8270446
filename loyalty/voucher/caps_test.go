package voucher_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/voucher"
)

// apply applies what was accepted, and returns the reasons if it was not.
func apply(t *testing.T, g *voucher.Register) func(d voucher.Decision, err error) []voucher.Reason {
	t.Helper()
	return func(d voucher.Decision, err error) []voucher.Reason {
		t.Helper()
		require.NoError(t, err)
		if d.Accepted && !d.Replayed {
			require.NoError(t, g.Apply(d.Event))
		}
		return d.Reasons
	}
}

// Two uses a day, three a week, four a month: each period begins at midnight in Berlin,
// weeks on Monday, also over the change of the clocks on Sunday, 30 March 2025.
func TestPeriodsAreThoseOfTheCalendar(t *testing.T) {
	t.Parallel()
	c := campaign(t, voucher.Terms{AnyCode: true, Caps: []voucher.Cap{
		{Name: "daily", Of: voucher.OfMember, Per: voucher.PerDay, Uses: new(int64(2))},
		{Name: "weekly", Of: voucher.OfMember, Per: voucher.PerWeek, Uses: new(int64(3))},
		{Name: "monthly", Of: voucher.OfMember, Per: voucher.PerMonth, Uses: new(int64(4))},
	}})
	var g voucher.Register
	for i, x := range []struct {
		at   string
		caps []string // in the way
		next string
	}{
		{"2025-03-28T23:00:00Z", nil, ""}, // Saturday the 29th
		{"2025-03-29T22:59:59Z", nil, ""},
		{"2025-03-29T22:59:59Z", []string{"daily"}, "2025-03-29T23:00:00Z"},
		{"2025-03-29T23:00:00Z", nil, ""}, // Sunday
		{"2025-03-30T21:59:59Z", []string{"weekly"}, "2025-03-30T22:00:00Z"},
		{"2025-03-30T22:00:00Z", nil, ""}, // Monday the 31st
		{"2025-03-31T21:59:59Z", []string{"monthly"}, "2025-03-31T22:00:00Z"},
		{"2025-03-31T22:00:00Z", nil, ""}, // 1 April
		{"2025-03-31T22:00:00Z", nil, ""},
		{"2025-03-31T22:00:00Z", []string{"daily", "weekly"}, "2025-04-06T22:00:00Z"},
	} {
		d, err := c.Redeem(&g, voucher.Redemption{Key: fmt.Sprint(i), Code: fmt.Sprint(i), Member: "m", At: when(x.at)})
		require.NoError(t, err)
		assert.Equal(t, x.caps, d.Caps, i)
		if x.caps == nil {
			require.True(t, d.Accepted, i)
			require.NoError(t, g.Apply(d.Event))
			continue
		}
		assert.Equal(t, []voucher.Reason{voucher.PeriodLimit}, d.Reasons, "each reason once")
		assert.Equal(t, when(x.next), d.Next, i)
	}
	assert.Empty(t, apply(t, &g)(c.Redeem(&g, voucher.Redemption{Key: "n", Code: "X", Member: "n", At: when("2025-03-31T22:00:00Z")})), "another member")
}

// 100.00 a month for the campaign: a discount of 30.00 that returns in part gives as much
// room, in the month of the redemption.
func TestBudgetsAreOfMoney(t *testing.T) {
	t.Parallel()
	c := campaign(t, voucher.Terms{AnyCode: true, Digits: 2, Caps: []voucher.Cap{
		{Name: "monthly", Of: voucher.OfCampaign, Per: voucher.PerMonth, Amount: new(dec("100"))},
		{Name: "total", Of: voucher.OfCampaign, Per: voucher.PerLife, Amount: new(dec("150"))},
	}})
	var g voucher.Register
	march, april := when("2025-03-10T10:00:00Z"), when("2025-04-10T10:00:00Z")
	do := apply(t, &g)
	redeem := func(key, amount string, at time.Time) []voucher.Reason {
		return do(c.Redeem(&g, voucher.Redemption{Key: key, Code: "X", Member: "m", Order: "order " + key, Amount: dec(amount), At: at}))
	}
	assert.Empty(t, redeem("1", "30", march))
	assert.Empty(t, redeem("2", "70", march))
	assert.Equal(t, []voucher.Reason{voucher.PeriodBudget}, redeem("3", "0.01", march))
	assert.Empty(t, redeem("0", "0", march), "what takes nothing off needs no money")
	left, err := c.Remaining(&g, "X", "m", march)
	require.NoError(t, err)
	assert.Equal(t, "0", left.Budget.String())
	assert.Empty(t, do(c.Release(&g, voucher.Release{"r", "1", dec("12.5"), false, april})))
	assert.Equal(t, []voucher.Reason{voucher.PeriodBudget}, redeem("3", "12.51", march))
	assert.Empty(t, redeem("3", "12.50", march))
	assert.Equal(t, []voucher.Reason{voucher.BudgetLimit}, redeem("4", "50.01", april), "the total counts on")
	assert.Empty(t, redeem("4", "50", april))
	assert.Equal(t, []voucher.Reason{voucher.BudgetLimit, voucher.PeriodBudget}, redeem("5", "60", april))
	assert.Empty(t, do(g.Void(voucher.Voiding{Key: "v", Redemption: "1", At: april})), "17.50 are left of it")
	left, err = c.Remaining(&g, "X", "m", march)
	require.NoError(t, err)
	assert.Equal(t, "17.5", left.Budget.String())
	assert.Equal(t, []voucher.Reason{voucher.ExceedsRedemption}, do(c.Release(&g, voucher.Release{"s", "1", dec("0.01"), false, april})))
	assert.Equal(t, []voucher.Reason{voucher.ExceedsRedemption}, do(c.Release(&g, voucher.Release{"s", "1", dec("0"), true, april})))
	assert.Equal(t, []voucher.Reason{voucher.UnknownRedemption}, do(c.Release(&g, voucher.Release{"s", "v", dec("0"), false, april})))
	assert.Equal(t, []voucher.Reason{voucher.UnknownRedemption}, do(c.Release(&g, voucher.Release{"s", "9", dec("0"), false, april})))
	assert.Equal(t, []voucher.Reason{voucher.KeyConflict}, do(c.Release(&g, voucher.Release{"r", "1", dec("12.4"), false, april})), "an amount is part of a release")
	d, err := c.Release(&g, voucher.Release{"r", "1", dec("12.50"), false, march})
	require.NoError(t, err)
	assert.True(t, d.Replayed)
}

// The same order is priced again when less is left of the budget: it is done already, and
// what was taken first stays.
func TestAmountIsNoPartOfARequest(t *testing.T) {
	t.Parallel()
	c := campaign(t, voucher.Terms{AnyCode: true, Digits: 2, Caps: []voucher.Cap{{Name: "b", Of: voucher.OfCampaign, Per: voucher.PerLife, Amount: new(dec("10"))}}})
	var g voucher.Register
	r := voucher.Redemption{Key: "k", Code: "X", Member: "m", Order: "o", Amount: dec("8"), At: began}
	assert.Empty(t, apply(t, &g)(c.Redeem(&g, r)))
	r.Amount = dec("2")
	d, err := c.Redeem(&g, r)
	require.NoError(t, err)
	assert.True(t, d.Replayed)
	r.Order = "p"
	d, err = c.Redeem(&g, r)
	require.NoError(t, err)
	assert.Equal(t, []voucher.Reason{voucher.KeyConflict}, d.Reasons)
}

// Two codes of an order: the second one is used up, so the first one is not redeemed.
func TestCodesOfAnOrderAreRedeemedTogether(t *testing.T) {
	t.Parallel()
	one := campaign(t, voucher.Terms{Codes: []string{"SPRING", "EXTRA"}, Limits: voucher.Limits{Member: new(int64(2))}})
	two := campaign(t, voucher.Terms{Codes: []string{"GIFT"}, Limits: voucher.Limits{Code: new(int64(1))}})
	var a, b voucher.Register
	claims := func(order string) []voucher.Claim {
		r := func(key, code string) voucher.Redemption {
			return voucher.Redemption{Key: order + key, Code: code, Member: "m", Order: order, At: began}
		}
		return []voucher.Claim{
			{Campaign: one, Register: &a, Redemption: r("/1", "SPRING")},
			{Campaign: two, Register: &b, Redemption: r("/2", "GIFT")},
			{Campaign: one, Register: &a, Redemption: r("/3", "EXTRA")},
		}
	}
	all, err := voucher.RedeemAll(claims("first"))
	require.NoError(t, err)
	assert.Equal(t, []uint64{1, 1, 2}, []uint64{all[0].Event.Seq, all[1].Event.Seq, all[2].Event.Seq})
	for i, d := range all {
		require.True(t, d.Accepted)
		require.NoError(t, claims("first")[i].Register.Apply(d.Event))
	}
	all, err = voucher.RedeemAll(claims("second"))
	require.NoError(t, err)
	for i, want := range []voucher.Reason{voucher.MemberLimit, voucher.CodeLimit, voucher.MemberLimit} {
		assert.Equal(t, []voucher.Reason{want}, all[i].Reasons)
	}
	all, err = voucher.RedeemAll(claims("first"))
	require.NoError(t, err)
	for _, d := range all {
		assert.True(t, d.Replayed)
	}
	// The order is cancelled: in each register by its name.
	for _, g := range []*voucher.Register{&a, &b} {
		assert.Empty(t, apply(t, g)(g.Void(voucher.Voiding{Key: "cancel", Order: "first", At: began})))
		assert.Empty(t, g.Live())
		d, err := g.Void(voucher.Voiding{Key: "cancel", Order: "first", At: began})
		require.NoError(t, err)
		assert.True(t, d.Replayed)
		assert.Equal(t, []voucher.Reason{voucher.UnknownRedemption}, apply(t, g)(g.Void(voucher.Voiding{Key: "again", Order: "first", At: began})))
	}
	last := claims("third")
	last[1].Redemption.Code = "GIFT?"
	all, err = voucher.RedeemAll(last)
	require.NoError(t, err)
	for i, want := range []voucher.Reason{voucher.OthersRefused, voucher.UnknownCode, voucher.OthersRefused} {
		assert.Equal(t, []voucher.Reason{want}, all[i].Reasons)
		assert.ErrorIs(t, all[i].Err(), relmark.ErrRefused)
	}
}

// Codes of one order share what is left of a limit and of a budget.
func TestCodesOfAnOrderCountEachOther(t *testing.T) {
	t.Parallel()
	c := campaign(t, voucher.Terms{AnyCode: true, Digits: 2, Caps: []voucher.Cap{
		{Name: "daily", Of: voucher.OfCode, Per: voucher.PerDay, Uses: new(int64(1))},
		{Name: "money", Of: voucher.OfMember, Per: voucher.PerMonth, Amount: new(dec("10"))},
	}})
	var g voucher.Register
	claim := func(key, code, member, amount string) voucher.Claim {
		return voucher.Claim{Campaign: c, Register: &g, Redemption: voucher.Redemption{Key: key, Code: code, Member: member, Amount: dec(amount), At: began}}
	}
	for name, x := range map[string]struct {
		claims []voucher.Claim
		want   []voucher.Reason
	}{
		"fits":       {[]voucher.Claim{claim("1", "X", "m", "6"), claim("2", "Y", "m", "4")}, nil},
		"a code":     {[]voucher.Claim{claim("1", "X", "m", "1"), claim("2", "X", "n", "1")}, []voucher.Reason{voucher.PeriodLimit}},
		"the budget": {[]voucher.Claim{claim("1", "X", "m", "6"), claim("2", "Y", "m", "4.01")}, []voucher.Reason{voucher.PeriodBudget}},
		"others":     {[]voucher.Claim{claim("1", "X", "m", "6"), claim("2", "Y", "n", "6")}, nil},
	} {
		all, err := voucher.RedeemAll(x.claims)
		require.NoError(t, err)
		assert.Equal(t, x.want, all[1].Reasons, name)
		assert.Equal(t, x.want == nil, all[0].Accepted, name)
	}
	none, err := voucher.RedeemAll(nil)
	require.NoError(t, err)
	assert.Empty(t, none)
	for name, bad := range map[string][]voucher.Claim{
		"a key twice": {claim("1", "X", "m", "1"), claim("1", "Y", "m", "1")},
		"no campaign": {{Register: &g}},
		"no register": {{Campaign: c}},
		"too many":    make([]voucher.Claim, 101),
		"an amount":   {claim("1", "X", "m", "0.001")},
	} {
		_, err := voucher.RedeemAll(bad)
		assert.ErrorIs(t, err, relmark.ErrInvalid, name)
	}
	_, err = voucher.RedeemAll([]voucher.Claim{claim("1", "X", "m", "1"), claim("2", "", "m", "1")})
	assert.ErrorContains(t, err, "claim 1: voucher: Code")
}

// What a host has counted itself is asked for by name.
func TestCheckAsksForEveryCap(t *testing.T) {
	t.Parallel()
	c := campaign(t, voucher.Terms{AnyCode: true, Digits: 2, Caps: []voucher.Cap{
		{Name: "daily", Of: voucher.OfMember, Per: voucher.PerDay, Uses: new(int64(2)), Amount: new(dec("5"))},
	}})
	r := voucher.Redemption{Key: "k", Code: "X", Member: "m", Amount: dec("1.50"), At: began}
	for name, x := range map[string]struct {
		use  voucher.Use
		want []voucher.Reason
	}{
		"fits":  {voucher.Use{1, dec("3.50")}, nil},
		"uses":  {voucher.Use{2, dec("0")}, []voucher.Reason{voucher.PeriodLimit}},
		"money": {voucher.Use{0, dec("3.51")}, []voucher.Reason{voucher.PeriodBudget}},
		"both":  {voucher.Use{2, dec("5")}, []voucher.Reason{voucher.PeriodLimit, voucher.PeriodBudget}},
	} {
		got, err := c.Check(r, voucher.Uses{Caps: map[string]voucher.Use{"daily": x.use}})
		require.NoError(t, err)
		assert.Equal(t, x.want, got, name)
	}
	for name, caps := range map[string]map[string]voucher.Use{
		"not counted": nil, "another": {"weekly": {}}, "negative": {"daily": {-1, dec("0")}},
		"less than nothing": {"daily": {0, dec("-1")}}, "half a cent": {"daily": {0, dec("0.005")}},
	} {
		_, err := c.Check(r, voucher.Uses{Caps: caps})
		assert.ErrorIs(t, err, relmark.ErrInvalid, name)
	}
}

// Caps are refused when the campaign is made, with their place.
func TestCapsValidate(t *testing.T) {
	t.Parallel()
	good := voucher.Cap{Name: "c", Of: voucher.OfCode, Per: voucher.PerDay, Uses: new(int64(0))}
	terms := voucher.Terms{Zone: berlin, AnyCode: true, Digits: 2, Caps: []voucher.Cap{good}}
	require.NoError(t, terms.Validate())
	for name, change := range map[string]func(c *voucher.Cap){
		"no name":      func(c *voucher.Cap) { c.Name = "" },
		"a limit's":    func(c *voucher.Cap) { c.Name = "member" },
		"no scope":     func(c *voucher.Cap) { c.Of = "" },
		"no period":    func(c *voucher.Cap) { c.Per = "" },
		"a year":       func(c *voucher.Cap) { c.Per = "year" },
		"nothing":      func(c *voucher.Cap) { c.Uses = nil },
		"less":         func(c *voucher.Cap) { c.Uses = new(int64(-1)) },
		"more":         func(c *voucher.Cap) { c.Uses = new(int64(1 << 53)) },
		"half a cent":  func(c *voucher.Cap) { c.Amount = new(dec("0.005")) },
		"below 0":      func(c *voucher.Cap) { c.Amount = new(dec("-1")) },
		"twice a name": func(c *voucher.Cap) { c.Name = "other" },
	} {
		bad := good
		change(&bad)
		terms.Caps = []voucher.Cap{{Name: "other", Of: voucher.OfCode, Per: voucher.PerDay, Uses: new(int64(0))}, bad}
		err := terms.Validate()
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
		assert.ErrorContains(t, err, "Caps[1]", name)
	}
	assert.ErrorIs(t, voucher.Terms{Zone: berlin, AnyCode: true, Caps: make([]voucher.Cap, 101)}.Validate(), relmark.ErrInvalid)
	for _, digits := range []int{-1, 10} {
		assert.ErrorIs(t, voucher.Terms{Zone: berlin, AnyCode: true, Digits: digits}.Validate(), relmark.ErrInvalid)
	}
}

// Money of one register has one currency, and an end.
func TestMoneyOfARegister(t *testing.T) {
	t.Parallel()
	euro, yen := campaign(t, voucher.Terms{AnyCode: true, Digits: 2}), campaign(t, voucher.Terms{AnyCode: true})
	var g voucher.Register
	r := voucher.Redemption{Key: "k", Code: "X", Member: "m", At: began}
	assert.Empty(t, apply(t, &g)(yen.Redeem(&g, r)), "no amount has no currency")
	r.Key, r.Amount = "l", dec("90071992547409.90")
	assert.Empty(t, apply(t, &g)(euro.Redeem(&g, r)))
	r.Key, r.Amount = "n", dec("1")
	_, err := yen.Redeem(&g, r)
	assert.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = yen.Remaining(&g, "X", "m", began)
	assert.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = yen.Release(&g, voucher.Release{"r", "l", dec("1"), false, began})
	assert.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = euro.Redeem(&g, r)
	assert.ErrorIs(t, err, relmark.ErrLimit)
	ev := voucher.Event{Seq: 3, Type: voucher.Redeemed, Key: "n", Code: "X", Member: "m", Digits: 2, Amount: 2, At: began}
	assert.ErrorIs(t, g.Apply(ev), relmark.ErrLimit)
	ev.Amount = 1 // to the last minor unit
	require.NoError(t, g.Apply(ev))
	ev.Seq, ev.Key = 4, "p"
	assert.ErrorIs(t, g.Apply(ev), relmark.ErrLimit)
	r.Key, r.Amount = "q", dec("0.01")
	_, err = euro.Redeem(&g, r)
	assert.ErrorIs(t, err, relmark.ErrLimit)
	ev.Amount, ev.Digits = 1, 3
	assert.ErrorIs(t, g.Apply(ev), relmark.ErrInvalid)
	_, err = euro.Remaining(&g, "", "m", began)
	assert.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = euro.Remaining(nil, "X", "m", began)
	assert.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = euro.Release(nil, voucher.Release{})
	assert.ErrorIs(t, err, relmark.ErrInvalid)
	var none *voucher.Campaign
	_, err = none.Remaining(&g, "X", "m", began)
	assert.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = none.Release(&g, voucher.Release{})
	assert.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = g.Void(voucher.Voiding{Key: "v", Redemption: "k", Order: "o", At: began})
	assert.ErrorIs(t, err, relmark.ErrInvalid, "one of both")
}

// Days that no open period reaches are forgotten, with the keys; the others count on.
func TestCapsCountAcrossClosings(t *testing.T) {
	t.Parallel()
	c := campaign(t, voucher.Terms{AnyCode: true, Digits: 2, Caps: []voucher.Cap{
		{Name: "monthly", Of: voucher.OfMember, Per: voucher.PerMonth, Uses: new(int64(2)), Amount: new(dec("10"))},
		{Name: "weekly", Of: voucher.OfMember, Per: voucher.PerWeek, Uses: new(int64(1))},
	}})
	var g voucher.Register
	do := apply(t, &g)
	for i, day := range []string{"2025-02-20", "2025-03-05", "2025-03-31"} {
		assert.Empty(t, do(c.Redeem(&g, voucher.Redemption{Key: day, Code: "X", Member: "m", Amount: dec("4"), At: when(day + "T10:00:00Z")})), i)
	}
	at := when("2025-04-02T10:00:00Z")
	assert.Empty(t, do(c.Close(&g, voucher.Closing{"close", relmark.MustParseDate("2025-04-02"), at})))
	back, _ := reloaded(t, &g, new(voucher.Register))
	for _, g := range []*voucher.Register{&g, back} {
		d, err := c.Redeem(g, voucher.Redemption{Key: "w", Code: "X", Member: "m", At: at})
		require.NoError(t, err)
		assert.Equal(t, []string{"weekly"}, d.Caps, "31 March is of the same week")
		left, err := c.Remaining(g, "X", "m", at)
		require.NoError(t, err)
		assert.Equal(t, map[string]int64{"monthly": 2, "weekly": 0}, left.Limits)
		assert.Equal(t, "10", left.Budget.String())
	}
}

// Events are facts, but for those that cannot be.
func TestMoneyEventsThatCannotBe(t *testing.T) {
	t.Parallel()
	day := relmark.MustParseDate("2025-01-05")
	redeemed := voucher.Event{Seq: 1, Type: voucher.Redeemed, Key: "k", Code: "X", Member: "m", Order: "o", Digits: 2, Amount: 500, Day: day, At: began}
	for name, change := range map[string]func(r, f, v *voucher.Event){
		"as it is":        func(_, _, _ *voucher.Event) {},
		"a day before":    func(r, _, _ *voucher.Event) { r.Day = day.AddDays(-1) },
		"a day after":     func(r, _, _ *voucher.Event) { r.Day = day.AddDays(1) },
		"!two days after": func(r, _, _ *voucher.Event) { r.Day = day.AddDays(2) },
		"!two before":     func(r, _, _ *voucher.Event) { r.Day = day.AddDays(-2) },
		"!a day":          func(_, f, v *voucher.Event) { f.Day, v.Day = day, day },
		"!negative":       func(r, _, _ *voucher.Event) { r.Amount = -1 },
		"!above all":      func(r, _, _ *voucher.Event) { r.Amount = 1 << 53 },
		"!ten digits":     func(r, _, _ *voucher.Event) { r.Digits = 10 },
		"!digits alone":   func(r, _, _ *voucher.Event) { r.Amount = 0 },
		"!a use":          func(r, _, _ *voucher.Event) { r.Use = true },
		"!a redemption":   func(r, _, _ *voucher.Event) { r.Redemption = "k" },
		"!more":           func(_, f, _ *voucher.Event) { f.Amount = 501 },
		"!another digits": func(_, f, _ *voucher.Event) { f.Digits = 1 },
		"!of nothing":     func(_, f, v *voucher.Event) { f.Redemption, v.Order = "x", "x" },
		"!of an order":    func(_, f, _ *voucher.Event) { f.Order = "o" },
		"!of both":        func(_, _, v *voucher.Event) { v.Redemption = "k" },
		"!an amount":      func(_, _, v *voucher.Event) { v.Amount, v.Digits = 1, 2 },
	} {
		r := redeemed
		f := voucher.Event{Seq: 2, Type: voucher.Released, Key: "f", Redemption: "k", Digits: 2, Amount: 500, Use: true, At: began}
		v := voucher.Event{Seq: 2, Type: voucher.Voided, Key: "v", Order: "o", At: began}
		change(&r, &f, &v)
		var bad error
		for _, next := range []voucher.Event{f, v} {
			var g voucher.Register
			err := g.Apply(r)
			if err == nil {
				err = g.Apply(next)
			}
			if err == nil {
				assert.Zero(t, g.Uses("X", "m").Campaign)
				_, _ = reloaded(t, &g, new(voucher.Register))
			}
			if err != nil {
				require.ErrorIs(t, err, relmark.ErrInvalid, name)
				bad = err
			}
		}
		assert.Equal(t, name[0] == '!', bad != nil, name)
	}
	// A use that is free cannot be freed again, nor what is left of nothing voided.
	var g voucher.Register
	require.NoError(t, g.Apply(redeemed))
	require.NoError(t, g.Apply(voucher.Event{Seq: 2, Type: voucher.Released, Key: "f", Redemption: "k", Use: true, At: began}))
	assert.ErrorIs(t, g.Apply(voucher.Event{Seq: 3, Type: voucher.Released, Key: "h", Redemption: "k", Use: true, At: began}), relmark.ErrInvalid)
	require.NoError(t, g.Apply(voucher.Event{Seq: 3, Type: voucher.Voided, Key: "h", Redemption: "k", At: began}), "its money is left")
	assert.ErrorIs(t, g.Apply(voucher.Event{Seq: 4, Type: voucher.Voided, Key: "i", Redemption: "k", At: began}), relmark.ErrInvalid)
	assert.Equal(t, "5", redeemed.Money().String())
}
