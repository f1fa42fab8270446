package points_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/loyalty/earning"
	"github.com/relmark/relmark/loyalty/points"
)

// I1 over members: points that are sent, pooled and paid out stay as many.
func TestI01TransfersAndPoolsConserve(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := drawProgram(t)
		p.Payout = rapid.SampledFrom([]points.Payout{points.ByContribution, points.ByLot}).Draw(t, "payout")
		e, err := points.Compile(p)
		require.NoError(t, err)
		const members, pool = 3, 3
		accounts := make([]points.Account, members+1)
		for i := range members {
			do(t, e, &accounts[i], with(head("gift", 0), points.Adjust{Points: 100, Expires: new(at(40 + i))}))
		}
		last := 0
		for i := range rapid.IntRange(1, 30).Draw(t, "steps") {
			last += rapid.IntRange(0, 3).Draw(t, "days")
			h := head(fmt.Sprint("key", i), last)
			from, to := rapid.IntRange(0, pool).Draw(t, "from"), rapid.IntRange(0, pool).Draw(t, "to")
			name, n := fmt.Sprint("member", from), rapid.Int64Range(1, 50).Draw(t, "points")
			c := with(h, points.Send{From: fmt.Sprint(from), To: fmt.Sprint(to), Points: n, Pool: to == pool})
			contributor := ""
			switch {
			case rapid.IntRange(0, 3).Draw(t, "what") == 0:
				c = with(h, points.Redeem{Points: n})
			case from < pool && to == pool:
				contributor = name
			case from < pool && rapid.Bool().Draw(t, "leave"):
				c, from, to = with(h, points.Leave{Member: name}), pool, from
			}
			d, err := e.Decide(&accounts[from], c)
			if err != nil {
				require.Contains(t, []string{"insufficient", "self_transfer", "not_a_member"}, reasonOf(err))
				continue
			}
			require.NoError(t, accounts[from].Apply(d.Event))
			if sent, ok := d.Event.Body.(*points.Sent); ok && len(sent.Parcel) > 0 {
				do(t, e, &accounts[to], with(h, points.Receive{Parcel: sent.Parcel, Contributor: contributor}))
			}
		}
		now := at(last)
		var all, left, right points.Summary
		for i := range accounts {
			identity(t, accounts[i].Balance(now))
			require.NoError(t, all.Add(&accounts[i], now))
			part := &left
			if rapid.Bool().Draw(t, "right") {
				part = &right
			}
			require.NoError(t, part.Add(&accounts[i], now))
		}
		require.Equal(t, int64(100*members), all.Issued)
		require.Equal(t, all.Sent, all.Received)
		require.Equal(t, all.Issued, all.Outstanding()+all.Redeemed+all.Expired+all.Reversed)
		require.NoError(t, right.Merge(left))
		require.Equal(t, all, right)
	})
}

// A fee that is all of a transfer is one: nothing is left to be received.
func TestFeeMayBeEverything(t *testing.T) {
	t.Parallel()
	e := compiled(t, points.Program{TransferFee: decimalOf(10)})
	var a points.Account
	do(t, e, &a, with(head("1", 0), points.Adjust{Points: 5}))
	ev := do(t, e, &a, with(head("2", 0), points.Send{From: "a", To: "b", Points: 1}))
	sent := ev.Body.(*points.Sent)
	assert.Equal(t, []points.Part{{Lot: 1, Points: 1}}, sent.Fee)
	assert.Empty(t, sent.Parcel)
	assert.Equal(t, points.Balance{Issued: 5, Available: 4, Redeemed: 1}, a.Balance(at(0)))
	_, err := e.Decide(&a, with(head("3", 0), points.Receive{Parcel: sent.Parcel}))
	require.ErrorIs(t, err, errInvalid)
}

// uncapped removes what makes earns depend on each other: limits, and streaks, which
// count months in the order in which they are processed.
func uncapped(p *points.Program) {
	for i := range p.Versions {
		v := &p.Versions[i]
		v.Caps, v.Budgets = nil, nil
		v.Goals = slices.DeleteFunc(v.Goals, func(g earning.Goal) bool { return g.Count == earning.CountMonths || g.Reversal == earning.KeepBonus })
	}
}

// I7: earns without caps, and refunds of different orders, commute.
func TestI07IndependentCommandsCommute(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := drawProgram(t)
		uncapped(&p)
		e, err := points.Compile(p)
		require.NoError(t, err)
		var commands []points.Command
		for i := range rapid.IntRange(1, 8).Draw(t, "orders") {
			cents := rapid.Int64Range(1, 5000).Draw(t, "cents")
			commands = append(commands, with(points.Command{Key: fmt.Sprint("e", i), At: at(i), Recorded: at(20)}, points.Earn{Order: fmt.Sprint(i), Amount: decimalOf(cents)}))
		}
		var balances [2]points.Balance
		for i := range balances {
			var a points.Account
			order := commands
			if i == 1 {
				order = rapid.Permutation(commands).Draw(t, "order")
			}
			for _, c := range order {
				do(t, e, &a, c)
			}
			for _, c := range order { // all of each order comes back
				order := c.Do.(points.Earn)
				do(t, e, &a, with(points.Command{Key: "r" + c.Key, At: c.At, Recorded: at(21)}, points.Refund{Order: order.Order, Amount: order.Amount}))
			}
			balances[i] = a.Balance(at(21))
		}
		require.Equal(t, balances[0], balances[1])
	})
}

// I7: what caps of a period grant in all does not depend on the order in which orders
// arrive; which order gets it does.
func TestI07CapTotalsCommute(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := drawProgram(t)
		uncapped(&p)
		for i := range p.Versions {
			p.Versions[i].Goals = nil
			p.Versions[i].Caps = []earning.Cap{{Per: earning.PerMonth, Points: rapid.Int64Range(0, 200).Draw(t, "cap")}}
		}
		e, err := points.Compile(p)
		require.NoError(t, err)
		var commands []points.Command
		for i := range rapid.IntRange(1, 8).Draw(t, "orders") {
			h := points.Command{Key: fmt.Sprint("e", i), At: at(5 * i), Recorded: at(60)}
			commands = append(commands, with(h, points.Earn{Order: fmt.Sprint(i), Amount: decimalOf(rapid.Int64Range(1, 9000).Draw(t, "cents"))}))
		}
		var issued [2]int64
		for i := range issued {
			var a points.Account
			order := commands
			if i == 1 {
				order = rapid.Permutation(commands).Draw(t, "order")
			}
			for _, c := range order {
				if d, err := e.Decide(&a, c); err == nil { // no rules on some dates
					require.NoError(t, a.Apply(d.Event))
				}
			}
			issued[i] = a.Balance(at(60)).Issued
		}
		require.Equal(t, issued[0], issued[1])
	})
}

// Inactivity: a gift to a member whose points are gone counts from the gift.
func TestGiftsUnderInactivity(t *testing.T) {
	t.Parallel()
	e := compiled(t, points.Program{Expiry: points.Expiry{Kind: points.Inactivity, N: 1}})
	var a points.Account
	do(t, e, &a, with(head("earn", 0), points.Earn{Order: "O", Amount: euros(10)}))
	among := do(t, e, &a, with(head("with", 5), points.Adjust{Points: 1})).Body.(*points.Adjusted)
	assert.Equal(t, day(32).Start(time.UTC), among.ExpiresAt, "with the others: through 10 February")
	after := do(t, e, &a, with(head("after", 60), points.Adjust{Points: 1})).Body.(*points.Adjusted)
	assert.Equal(t, day(60).AddMonths(1).AddDays(1).Start(time.UTC), after.ExpiresAt)
	assert.Equal(t, int64(1), a.Balance(at(60)).Available)
}

// A programme may restore nothing, and points that pay must be worth something.
func TestPointsWithoutValueCannotPay(t *testing.T) {
	t.Parallel()
	e, err := points.Compile(points.Program{Rules: earning.Rules{Currency: "EUR", Digits: 2, Versions: []earning.Version{{}}}})
	require.NoError(t, err)
	var a points.Account
	do(t, e, &a, with(head("gift", 0), points.Adjust{Points: 10}))
	_, err = e.Decide(&a, with(head("pay", 0), points.Earn{Order: "O", Amount: euros(1), PayPoints: 1}))
	assert.Equal(t, &points.CommandError{Reason: points.BelowMinimum}, err)
	b := do(t, e, &a, with(head("free", 0), points.Earn{Order: "O", Amount: decimal.Zero})).Body.(*points.Earned)
	assert.Zero(t, b.Lot, "nothing granted, no lot")
	assert.Nil(t, b.Award.ByLine)
}

func TestBalanceOfThePastIsThatOfTheLastEvent(t *testing.T) {
	t.Parallel()
	e := compiled(t, points.Program{})
	var a points.Account
	do(t, e, &a, with(head("gift", 5), points.Adjust{Points: 10, Expires: new(at(9))}))
	assert.Equal(t, a.Balance(at(5)), a.Balance(at(0)))
	assert.Equal(t, a.Balance(at(5)), a.Balance(time.Time{}))
	far := a.Balance(time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC))
	assert.Equal(t, int64(10), far.Expired)
	for range a.Lots(at(5)) {
		break // a host may stop early
	}
}
