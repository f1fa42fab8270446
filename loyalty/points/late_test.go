package points_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/loyalty/earning"
	"github.com/relmark/relmark/loyalty/points"
)

// ledger is an account with its events.
type ledger struct {
	e      *points.Engine
	a      points.Account
	events []points.Event
}

func (l *ledger) do(t require.TestingT, c points.Command) points.Event {
	ev := do(t, l.e, &l.a, c)
	l.events = append(l.events, ev)
	return ev
}

func (l *ledger) recall(t require.TestingT, order string) points.Recalled {
	r, err := points.Recall(stored(l.events), order)
	require.NoError(t, err)
	return r
}

// closedLedger has an order of 60 euros that 50 points paid in part, closed on day 15.
func closedLedger(t require.TestingT) *ledger {
	l := &ledger{e: compiled(t, points.Program{})}
	l.do(t, with(head("gift", 0), points.Adjust{Points: 50, Expires: new(at(40))}))
	l.do(t, with(head("earn", 1), points.Earn{Order: "O1", Amount: decimalOf(6050), PayPoints: 50}))
	l.do(t, with(head("close", 20), points.Close{Before: day(15)}))
	return l
}

// What a closing forgot is refunded to the suspense account, exactly as it would have
// been without the closing.
func TestLateRefundGoesToSuspense(t *testing.T) {
	t.Parallel()
	l := closedLedger(t)
	_, err := l.e.Decide(&l.a, with(head("plain", 21), points.Refund{Order: "O1", Amount: euros(60)}))
	require.Equal(t, "period_closed", reasonOf(err))
	late := func(key string, n int, cents int64) points.Command {
		return with(head(key, n), points.LateRefund{Recalled: l.recall(t, "O1"), Amount: decimalOf(cents), Suspense: "2025-01"})
	}
	ev := l.do(t, late("late", 21, 3025))
	b := ev.Body.(*points.LateRefunded)
	assert.Equal(t, day(1), b.Ordered)
	assert.Equal(t, []points.Reopened{{Lot: 1, AvailableAt: at(0), ExpiresAt: at(40)}}, b.Lots, "the closing had dropped the empty lot")
	assert.Equal(t, []points.Posting{
		{From: points.Suspense("2025-01"), To: points.AtAvailable, Points: 25, Lot: 1},
		{From: points.AtAvailable, To: points.Suspense("2025-01"), Points: 30, Lot: 2},
	}, points.Journal(ev))
	assert.Equal(t, points.Place("suspense: 2025-01"), points.Suspense("2025-01"))
	assert.Equal(t, int64(3000), b.Refund.Cash)
	balance := l.a.Balance(at(21))
	identity(t, balance)
	assert.Equal(t, points.Balance{
		Available: 55, Issued: 110, Redeemed: 25, Reversed: 30, NextExpiry: at(40), NextExpiring: 25,
	}, balance)

	again, err := l.e.Decide(&l.a, late("late", 21, 3025))
	require.NoError(t, err)
	assert.True(t, again.Replayed, "with the order recalled anew, as a host that retries does")
	_, err = l.e.Decide(&l.a, late("late", 21, 3026))
	assert.Equal(t, "key_conflict", reasonOf(err))
	_, err = l.e.Decide(&l.a, late("more", 22, 3026))
	assert.Equal(t, "refund_exceeds_order", reasonOf(err), "early and late refunds count together")
	l.do(t, late("rest", 45, 3025))
	balance = l.a.Balance(at(45))
	identity(t, balance)
	assert.Equal(t, points.Balance{Expired: 50, Issued: 110, Reversed: 60}, balance, "what returns late expires as its lot did")
}

// Two hosts with one recalled order: the second has to recall it again.
func TestRecalledOrdersGoOutOfDate(t *testing.T) {
	t.Parallel()
	l := closedLedger(t)
	first := with(head("a", 21), points.LateRefund{Recalled: l.recall(t, "O1"), Amount: decimalOf(6050), Suspense: "s"})
	second := first
	second.Key = "b"
	l.do(t, first)
	_, err := l.e.Decide(&l.a, second)
	assert.Equal(t, "version_conflict", reasonOf(err))
	assert.ErrorIs(t, err, relmark.ErrConflict)
	second = with(head("b", 21), points.LateRefund{Recalled: l.recall(t, "O1"), Amount: decimalOf(6050), Suspense: "s"})
	_, err = l.e.Decide(&l.a, second)
	assert.Equal(t, "refund_exceeds_order", reasonOf(err))
}

func TestLateRefundRefuses(t *testing.T) {
	t.Parallel()
	l := closedLedger(t)
	l.do(t, with(head("open", 20), points.Earn{Order: "O2", Amount: euros(5)}))
	good := points.LateRefund{Recalled: l.recall(t, "O1"), Amount: euros(1), Suspense: "s"}
	before := snapshot(t, &l.a)
	stranger := closedLedger(t)
	stranger.do(t, with(head("other", 20), points.Adjust{Points: 5}))
	for name, c := range map[string]func(c *points.LateRefund){
		"no account":       func(c *points.LateRefund) { c.Suspense = "" },
		"no order":         func(c *points.LateRefund) { c.Recalled = points.Recalled{} },
		"not_forgotten":    func(c *points.LateRefund) { c.Recalled = l.recall(t, "O2") },
		"no amount":        func(c *points.LateRefund) { c.Amount = euros(0) },
		"other currency":   func(c *points.LateRefund) { c.Currency = "USD" },
		"version_conflict": func(c *points.LateRefund) { c.Recalled = stranger.recall(t, "O1") }, // at the same version
	} {
		bad := good
		c(&bad)
		_, err := l.e.Decide(&l.a, with(head("late", 21), bad))
		require.Error(t, err, name)
		if name != "version_conflict" && name != "not_forgotten" {
			require.ErrorIs(t, err, relmark.ErrInvalid, name)
		} else {
			require.Equal(t, name, reasonOf(err))
		}
	}
	_, err := points.Recall(stored(l.events), "O9")
	require.Equal(t, "unknown_order", reasonOf(err))
	require.ErrorIs(t, err, relmark.ErrRefused)
	_, err = points.Recall(stored(l.events[1:]), "O1")
	require.ErrorIs(t, err, relmark.ErrConflict)
	for name, b := range map[string]*points.LateRefunded{
		"no account":  {Refund: points.Refunded{Order: "O1", Amount: 1}},
		"no order":    {Suspense: "s", Refund: points.Refunded{Amount: 1}},
		"parked":      {Suspense: "s", Refund: points.Refunded{Order: "O1", Amount: 1, Parked: true}},
		"no amount":   {Suspense: "s", Refund: points.Refunded{Order: "O1"}},
		"lot there":   {Suspense: "s", Lots: []points.Reopened{{Lot: 2, AvailableAt: at(0)}}, Refund: points.Refunded{Order: "O1", Amount: 1}},
		"lot to come": {Suspense: "s", Lots: []points.Reopened{{Lot: 9, AvailableAt: at(0)}}, Refund: points.Refunded{Order: "O1", Amount: 1}},
		"lot owned":   {Suspense: "s", Lots: []points.Reopened{{Lot: 1, AvailableAt: at(0), Owner: 1}}, Refund: points.Refunded{Order: "O1", Amount: 1}},
		"more than was spent": {
			Suspense: "s", Lots: []points.Reopened{{Lot: 1, AvailableAt: at(0)}},
			Refund: points.Refunded{Order: "O1", Amount: 1, Restored: []points.Restored{{Part: points.Part{Lot: 1, Points: 51}}}},
		},
		"more than is there": {Suspense: "s", Refund: points.Refunded{Order: "O1", Amount: 1, Reversed: []points.Part{{Lot: 2, Points: 70}}}},
	} {
		refused(t, &l.a, next(&l.a, 22, b), name)
	}
	assert.Equal(t, before, snapshot(t, &l.a))
}

// An identifier that is used again belongs to the new order.
func TestRecallAfterReuse(t *testing.T) {
	t.Parallel()
	l := closedLedger(t)
	l.do(t, with(head("again", 22), points.Earn{Order: "O1", Amount: euros(7)}))
	_, err := l.e.Decide(&l.a, with(head("late", 22), points.LateRefund{Recalled: l.recall(t, "O1"), Amount: euros(1), Suspense: "s"}))
	assert.Equal(t, "not_forgotten", reasonOf(err))
	ev := l.do(t, with(head("refund", 23), points.Refund{Order: "O1", Amount: euros(7)}))
	assert.Equal(t, int64(7), ev.Body.(*points.Refunded).Taken())
}

// After a closing the same commands, as they were, are refused, whatever the host adds
// to get them through; with a new time of activity they are new.
func TestRepeatedCommandsAfterAClosing(t *testing.T) {
	t.Parallel()
	l := closedLedger(t)
	old := with(head("earn", 1), points.Earn{Order: "O1", Amount: decimalOf(6050), PayPoints: 50})
	before := snapshot(t, &l.a)
	later := func(n int) points.Command { c := old; c.Recorded = at(n); return c }
	for _, c := range []points.Command{
		old, later(21), later(400),
		with(head("gift", 0), points.Adjust{Points: 50, Expires: new(at(40))}),
	} {
		_, err := l.e.Decide(&l.a, c)
		assert.Equal(t, "period_closed", reasonOf(err), "not time_runs_back: no later time helps")
		assert.ErrorIs(t, err, relmark.ErrRefused)
	}
	assert.Equal(t, before, snapshot(t, &l.a))

	// What is left to the host's unique indexes: (account, key) and (account, source).
	index := map[string]bool{}
	for i := range l.events {
		if s := l.events[i].EarnedOrder(); s != "" {
			require.False(t, index[s])
			index[s] = true
		}
	}
	anew := with(head("anew", 21), points.Earn{Order: "O1", Amount: decimalOf(6050)})
	d, err := l.e.Decide(&l.a, anew)
	require.NoError(t, err, "the account has forgotten it")
	assert.True(t, index[d.Event.EarnedOrder()], "the index has not")
	assert.Empty(t, (&points.Event{Body: &points.Swept{}}).EarnedOrder())
	assert.Empty(t, new(points.Event).EarnedOrder())
}

// Points may go back to a lot of a pool member, rolling or not.
func TestReopenedLotsAreWhatTheyWere(t *testing.T) {
	t.Parallel()
	l := &ledger{e: compiled(t, points.Program{Expiry: points.Expiry{Kind: points.Inactivity, N: 2}, Payout: points.ByLot})}
	l.do(t, with(head("in", 0), points.Receive{Contributor: "m", Parcel: []points.Moved{{Lot: 4, Points: 80, AvailableAt: at(0), ExpiresAt: at(30), Rolls: true}}}))
	l.do(t, with(head("earn", 1), points.Earn{Order: "O1", Amount: decimalOf(80), PayPoints: 80}))
	l.do(t, with(head("close", 20), points.Close{Before: day(15)}))
	rolled := points.Expiry{Kind: points.Inactivity, N: 2}.ExpiresAt(day(1), earning.YearEnd{}, time.UTC)
	ev := l.do(t, with(head("late", 21), points.LateRefund{Recalled: l.recall(t, "O1"), Amount: decimalOf(80), Suspense: "s"}))
	assert.Equal(t, []points.Reopened{{Lot: 1, AvailableAt: at(0), ExpiresAt: rolled, Rolls: true, Owner: 1}}, ev.Body.(*points.LateRefunded).Lots)
	sent := l.do(t, with(head("leave", 22), points.Leave{Member: "m"})).Body.(*points.Sent)
	assert.Len(t, sent.Parcel, 1, "they are the member's own")
	for i := range l.events {
		data, err := l.events[i].AppendJSON(nil)
		require.NoError(t, err)
		var back points.Event
		require.NoError(t, back.UnmarshalJSON(data))
		assert.Equal(t, l.events[i], back)
		compact, err := l.events[i].MarshalBinary()
		require.NoError(t, err)
		require.NoError(t, back.UnmarshalBinary(compact))
		assert.Equal(t, l.events[i], back)
	}
}

func TestGoldenLateRefund(t *testing.T) {
	t.Parallel()
	l := closedLedger(t)
	ev := l.do(t, with(head("late", 21), points.LateRefund{Recalled: l.recall(t, "O1"), Amount: decimalOf(3025), Suspense: "2025-01"}))
	data, err := ev.AppendJSON(nil)
	require.NoError(t, err)
	compact, err := ev.MarshalBinary()
	require.NoError(t, err)
	reference.Pin(t, "late_v1.txt", fmt.Appendf(nil, "%s\n%x\n", data, compact))
}
