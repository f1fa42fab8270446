package points_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/points"
)

// What property tests find in some of their runs, found in each.

// More points than there can be are an error, wherever they arise, and never 0.
func TestOverflowsAreErrors(t *testing.T) {
	t.Parallel()
	const most = 1<<53 - 1
	rate := func(n int64) []points.Rate { return []points.Rate{{Rule: "base", Points: n, Per: decimalOf(1)}} }
	twice := []points.Multiplier{{Rule: "double", Factor: euros(2)}}
	for name, c := range map[string]struct {
		rules points.Version
		cents int64
		want  int64 // 0 is an error
	}{
		"all there can be":             {points.Version{Rates: rate(most)}, 1, most},
		"past 2^53 by the rate":        {points.Version{Rates: rate(most)}, 2, 0},
		"past int64 by the rate":       {points.Version{Rates: rate(1 << 52)}, 1 << 20, 0},
		"past int64 by the factor":     {points.Version{Rates: rate(1 << 51), Multipliers: twice}, 1 << 11, 0},
		"past 2^53 by the factor":      {points.Version{Rates: rate(1 << 51), Multipliers: twice}, 3, 0},
		"base past 2^53, nothing left": {points.Version{Rates: rate(most), Multipliers: []points.Multiplier{{Rule: "none"}}}, 2, 0},
		"base past int64, nothing":     {points.Version{Rates: rate(1 << 52), Multipliers: []points.Multiplier{{Rule: "none"}}}, 1 << 20, 0},
		"past 2^53 by a bonus":         {points.Version{Rates: rate(most - 5), Bonuses: []points.Bonus{{Rule: "b", Points: 6}}}, 1, 0},
		"just within, with a bonus":    {points.Version{Rates: rate(most - 5), Bonuses: []points.Bonus{{Rule: "b", Points: 5}}}, 1, most},
		"past 2^53 by a goal":          {points.Version{Rates: rate(most), Goals: []points.Goal{{Rule: "g", Target: 1, Points: 1}}}, 1, 0},
		"past 2^53 by a goal, often":   {points.Version{Goals: []points.Goal{{Rule: "g", Count: points.CountSpend, Target: 1, Points: 1 << 52, Repeat: true}}}, 2, 0},
		"past int64 by a goal, often":  {points.Version{Goals: []points.Goal{{Rule: "g", Count: points.CountSpend, Target: 1, Points: 1 << 52, Repeat: true}}}, 1 << 20, 0},
		"past 2^53 under a cap":        {points.Version{Rates: rate(most), Caps: []points.Cap{{Per: points.PerOrder, Points: 10}}}, 2, 0},
	} {
		e := compiled(t, points.Program{Versions: []points.Version{c.rules}})
		order := points.Earn{Order: "O", Amount: decimalOf(c.cents)}
		d, err := e.Decide(new(points.Account), with(head("k", 1), order))
		award, errQuote := e.Quote(&order, at(1))
		if c.want == 0 {
			require.ErrorIs(t, err, relmark.ErrLimit, name)
			require.ErrorIs(t, errQuote, relmark.ErrLimit, name)
			assert.Equal(t, points.Decision{}, d, name)
			assert.Zero(t, award, name)
			continue
		}
		require.NoError(t, err, name)
		require.NoError(t, errQuote, name)
		assert.Equal(t, c.want, d.Event.Body.(*points.Earned).Award.Granted, name)
		assert.Equal(t, c.want, award.Granted, name)
	}
}

// All rules of a version count, also beyond the bits of a word, and each explains its
// part.
func TestMoreThan64RulesOfAKind(t *testing.T) {
	t.Parallel()
	for _, n := range []int{63, 64, 65, 128, 129, 1000} {
		var v points.Version
		for i := range n {
			v.Rates = append(v.Rates, points.Rate{Rule: fmt.Sprint("r", i), Points: 1, Per: euros(1)})
			v.Multipliers = append(v.Multipliers, points.Multiplier{Rule: fmt.Sprint("m", i), Factor: decimal.New(11, -1)})
			v.Bonuses = append(v.Bonuses, points.Bonus{Rule: fmt.Sprint("b", i), Points: int64(i + 1)})
		}
		e := compiled(t, points.Program{Versions: []points.Version{v}})
		award := granted(t, e, points.Earn{Amount: euros(10)})
		base, bonus := int64(10*n), int64(n*(n+1)/2)
		assert.Equal(t, base, award.Qualifying, n)
		assert.Equal(t, base+base*int64(n)/10, award.Product, n)
		assert.Equal(t, bonus, award.Bonus, n)
		require.Len(t, award.Grants, 3*n)
		for i, g := range award.Grants {
			switch k := i % n; i / n {
			case 0:
				assert.Equal(t, points.Grant{Rule: fmt.Sprint("r", k), Points: 10}, g)
			case 1:
				assert.Equal(t, points.Grant{Rule: fmt.Sprint("m", k), Points: base / 10}, g)
			case 2:
				assert.Equal(t, points.Grant{Rule: fmt.Sprint("b", k), Points: int64(k + 1)}, g)
			}
		}
	}
}

// The exclusive multiplier of the highest priority wins wherever it stands, and names
// all that gave way.
func TestTheLastOf130MultipliersWins(t *testing.T) {
	t.Parallel()
	v := points.Version{Rates: []points.Rate{{Rule: "base", Points: 1, Per: euros(1)}}}
	for i := range 130 {
		v.Multipliers = append(v.Multipliers, points.Multiplier{Rule: fmt.Sprint("m", i), Factor: euros(2), Exclusive: true, Priority: i})
	}
	award := granted(t, compiled(t, points.Program{Versions: []points.Version{v}}), points.Earn{Amount: euros(7)})
	require.Len(t, award.Grants, 2)
	assert.Equal(t, "m129", award.Grants[1].Rule)
	assert.Equal(t, int64(7), award.Grants[1].Points)
	assert.Len(t, award.Grants[1].Suppressed, 129)
	assert.Equal(t, int64(14), award.Granted)
}

// Each version is its own: an order is judged by that of its date, whichever stands
// first, and one that no version covers by none.
func TestEachVersionIsCompiled(t *testing.T) {
	t.Parallel()
	rules := func(from, to, n int) points.Version {
		return points.Version{
			Name: fmt.Sprint(n), From: day(from), To: day(to),
			Rates:       []points.Rate{{Rule: "base", Points: int64(n), Per: euros(1)}},
			Multipliers: []points.Multiplier{{Rule: "gold", Factor: euros(int64(n)), When: points.Condition{Tiers: []string{"gold"}}}},
			Bonuses:     []points.Bonus{{Rule: "shop", Points: int64(n), When: points.Condition{MinTotal: new(euros(int64(n)))}}},
			Caps:        []points.Cap{{Per: points.PerOrder, Points: int64(100 * n)}},
		}
	}
	for _, versions := range [][]points.Version{
		{rules(0, 9, 2), rules(10, 19, 3), rules(20, 29, 5)},
		{rules(20, 29, 5), rules(10, 19, 3), rules(0, 9, 2)},
	} {
		e := compiled(t, points.Program{Versions: versions})
		for n, c := range map[int]struct{ plain, gold, capped int64 }{
			0: {22, 42, 200}, 9: {22, 42, 200}, 10: {33, 93, 300}, 19: {33, 93, 300}, 20: {55, 255, 500}, 29: {55, 255, 500},
		} {
			for tier, want := range map[string]int64{"": c.plain, "gold": c.gold} {
				award, err := e.Quote(&points.Earn{Amount: euros(10), Tier: tier}, at(n))
				require.NoError(t, err)
				assert.Equal(t, want, award.Granted, "day %d, %s", n, tier)
			}
			award, err := e.Quote(&points.Earn{Amount: euros(1000), Tier: "gold"}, at(n))
			require.NoError(t, err)
			assert.Equal(t, c.capped, award.Granted)
		}
		for _, n := range []int{-1, 30} {
			_, err := e.Quote(&points.Earn{Amount: euros(10)}, at(n))
			require.ErrorIs(t, err, relmark.ErrInvalid)
		}
	}
}

// Whatever zone the instants of a command are in, those of the event are in UTC, and the
// dates those of the programme.
func TestInstantsComeOutInUTC(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	tokyo := time.FixedZone("JST", 9*3600)
	p := points.Program{Zone: berlin, Expiry: points.Expiry{Kind: points.Months, N: 1}, MaturityDays: 2, GraceDays: new(3)}
	e := compiled(t, p)
	at := time.Date(2025, 1, 11, 7, 30, 0, 0, tokyo) // 23:30 on 10 January in Berlin
	var a points.Account
	own := at.AddDate(0, 0, 40)
	step := func(key string, c points.Action) points.Event {
		return do(t, e, &a, points.Command{Key: key, At: at, Recorded: at.Add(time.Minute), Do: c})
	}
	earned := step("1", points.Earn{Order: "O", Amount: euros(100)})
	assert.Equal(t, time.Date(2025, 1, 10, 22, 30, 0, 0, time.UTC), earned.At)
	assert.Equal(t, time.Date(2025, 1, 10, 22, 31, 0, 0, time.UTC), earned.Recorded)
	b := earned.Body.(*points.Earned)
	assert.Equal(t, "2025-01-10", b.Facts.Date.String())
	assert.Equal(t, time.Date(2025, 1, 11, 23, 0, 0, 0, time.UTC), b.AvailableAt)
	assert.Equal(t, time.Date(2025, 2, 10, 23, 0, 0, 0, time.UTC), b.ExpiresAt)
	for _, instant := range []time.Time{
		step("2", points.Earn{Order: "P", Amount: euros(1), Expires: &own}).Body.(*points.Earned).ExpiresAt,
		step("3", points.Adjust{Points: 5, AvailableAt: at, Expires: &own}).Body.(*points.Adjusted).ExpiresAt,
		step("4", points.Adjust{Points: 5, AvailableAt: at, Expires: &own}).Body.(*points.Adjusted).AvailableAt,
		step("5", points.Reserve{Reservation: "R", Points: 1, TTL: time.Hour}).Body.(*points.Reserved).Deadline,
		step("6", points.Receive{Parcel: []points.Moved{{Points: 1, AvailableAt: at, ExpiresAt: own}}}).Body.(*points.Received).Parcel[0].ExpiresAt,
		a.Balance(own).NextExpiry,
	} {
		assert.Equal(t, time.UTC, instant.Location())
	}
}

// A currency may have up to nine digits, everywhere.
func TestCurrenciesOfNineDigits(t *testing.T) {
	t.Parallel()
	p := points.Program{
		Currency: "XNN", Digits: 9, PointValue: decimal.New(1, -9), Shortfall: points.CashDeduct,
		Versions: []points.Version{{Rates: []points.Rate{{Rule: "base", Points: 1, Per: decimal.New(1, -9)}}}},
	}
	e := compiled(t, p)
	var a points.Account
	events := []points.Event{
		do(t, e, &a, with(head("0", 0), points.Adjust{Points: 7})),
		do(t, e, &a, with(head("1", 1), points.Earn{Order: "O", Amount: decimal.New(1_000_000_007, -9), PayPoints: 7, Lines: []points.OrderLine{{Amount: decimal.New(5, -9)}}})),
		do(t, e, &a, with(head("2", 2), points.Redeem{Points: 1_000_000_000})),
		do(t, e, &a, with(head("3", 3), points.Refund{Order: "O", Amount: decimal.New(500_000_000, -9)})),
	}
	assert.Equal(t, int64(1_000_000_000), events[1].Body.(*points.Earned).Award.Granted)
	// floor(10^9 · 5·10^8 / 1000000007) points are taken back, three of which are restored.
	assert.Equal(t, int64(499_999_993), events[3].Body.(*points.Refunded).Deducted)
	for _, ev := range events {
		for _, data := range [][]byte{encodedEvent(t, ev.AppendJSON), encodedEvent(t, ev.AppendBinary)} {
			var back points.Event
			if data[0] == '{' {
				require.NoError(t, back.UnmarshalJSON(data))
			} else {
				require.NoError(t, back.UnmarshalBinary(data))
			}
			assert.Equal(t, ev, back)
		}
	}
	_, err := points.Compile(points.Program{Currency: "XNN", Digits: 10, Versions: p.Versions})
	require.ErrorIs(t, err, relmark.ErrInvalid)
}

func encodedEvent(t *testing.T, encode func([]byte) ([]byte, error)) []byte {
	t.Helper()
	data, err := encode(nil)
	require.NoError(t, err)
	return data
}

// Refunds that were parked are cut to what the order leaves, one after the other.
func TestParkedRefundsBeyondTheirOrder(t *testing.T) {
	t.Parallel()
	e := compiled(t, points.Program{})
	for name, c := range map[string]struct{ parked, applied []int64 }{
		"within":         {[]int64{400, 500}, []int64{400, 500}},
		"all":            {[]int64{400, 600}, []int64{400, 600}},
		"the second cut": {[]int64{600, 600}, []int64{600, 400}},
		"the third cut":  {[]int64{300, 300, 900}, []int64{300, 300, 400}},
		"the third gone": {[]int64{600, 600, 600}, []int64{600, 400}},
		"the first cut":  {[]int64{1200, 100}, []int64{1000}},
	} {
		var a points.Account
		for i, n := range c.parked {
			do(t, e, &a, with(head(fmt.Sprint("r", i), i), points.Refund{Order: "O", Amount: decimalOf(n)}))
		}
		b := do(t, e, &a, with(head("earn", 9), points.Earn{Order: "O", Amount: euros(10)})).Body.(*points.Earned)
		var got []int64
		sum := int64(0)
		for _, r := range b.Refunds {
			got = append(got, r.Amount)
			sum += r.Taken()
		}
		assert.Equal(t, c.applied, got, name)
		assert.Equal(t, min(10, sum), sum, name)
		assert.Equal(t, 10-sum, a.Balance(at(9)).Available, name)
		assert.Zero(t, a.Balance(at(9)).ParkedRefunds, name)
	}
}

// Points come with a lot and a lot with points, and both with an order.
func TestNoGrantWithoutItsOrder(t *testing.T) {
	t.Parallel()
	good := points.Earned{Order: "O", Facts: points.Facts{Date: day(0), Total: 500, Cash: 500}, Award: points.Award{Granted: 5}, Lot: 1, AvailableAt: at(0)}
	var a points.Account
	require.NoError(t, a.Clone().Apply(next(&a, 0, &good)))
	for name, change := range map[string]func(b *points.Earned){
		"no order":                  func(b *points.Earned) { b.Order = "" },
		"no lot":                    func(b *points.Earned) { b.Lot = 0 },
		"a lot of nothing":          func(b *points.Earned) { b.Award.Granted = 0 },
		"another lot":               func(b *points.Earned) { b.Lot = 2 },
		"no instant":                func(b *points.Earned) { b.AvailableAt = time.Time{} },
		"more settled than granted": func(b *points.Earned) { b.Settled = 6 },
		"settled without debt":      func(b *points.Earned) { b.Settled = 1 },
		"negative total":            func(b *points.Earned) { b.Facts.Total = -1 },
		"worth more than it cost":   func(b *points.Earned) { b.PaidValue = 501 },
	} {
		b := good
		change(&b)
		refused(t, &a, next(&a, 0, &b), name)
	}
}

// A reservation is committed in part, or as a whole by saying so: no number means all.
func TestCommitSaysHowMuch(t *testing.T) {
	t.Parallel()
	e := compiled(t, points.Program{})
	for name, c := range map[string]struct {
		do   points.Commit
		want int64 // -1 is invalid
	}{
		"nothing said":      {points.Commit{}, -1},
		"less than one":     {points.Commit{Points: -1}, -1},
		"both":              {points.Commit{Points: 3, All: true}, -1},
		"beyond 2^53":       {points.Commit{Points: 1 << 53}, -1},
		"a part":            {points.Commit{Points: 3}, 3},
		"exactly all":       {points.Commit{Points: 10}, 10},
		"all, by saying so": {points.Commit{All: true}, 10},
	} {
		var a points.Account
		do(t, e, &a, with(head("gift", 0), points.Adjust{Points: 20}))
		do(t, e, &a, with(head("hold", 0), points.Reserve{Reservation: "R", Points: 10, TTL: time.Hour}))
		c.do.Reservation = "R"
		d, err := e.Decide(&a, with(head("commit", 0), c.do))
		if c.want < 0 {
			require.ErrorIs(t, err, relmark.ErrInvalid, name)
			field := new(relmark.FieldError)
			require.ErrorAs(t, err, &field, name)
			assert.Equal(t, "Points", field.Field)
			continue
		}
		require.NoError(t, err, name)
		assert.Equal(t, c.want, sum(d.Event.Body.(*points.Resolved).Redeemed), name)
	}
	// What is wrong with the command is said before what is wrong with the state.
	_, err := e.Decide(new(points.Account), with(head("commit", 0), points.Commit{Reservation: "none"}))
	require.ErrorIs(t, err, relmark.ErrInvalid)
}
