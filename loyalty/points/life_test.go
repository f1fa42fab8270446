package points_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/earning"
	"github.com/relmark/relmark/loyalty/points"
)

// stored passes on events from memory.
func stored(events []points.Event) func(yield func(points.Event, error) bool) {
	return func(yield func(points.Event, error) bool) {
		for _, ev := range events {
			if !yield(ev, nil) {
				return
			}
		}
	}
}

// recorded draws a history and returns its events and its end.
func recorded(t *rapid.T, p points.Program) (events []points.Event, live points.Account, end time.Time) {
	end = time.Date(2024, 12, 20, 12, 0, 0, 0, time.UTC)
	history(t, p, func(_ points.Command, now time.Time, d points.Decision, err error, a *points.Account) {
		if err == nil {
			events = append(events, d.Event)
		}
		live, end = *a.Clone(), now
	})
	return events, live, end
}

func digest(s string) string {
	sum := sha256.Sum256([]byte("pepper" + s))
	return hex.EncodeToString(sum[:8])
}

// personal is what a history has of a person.
var personal = regexp.MustCompile(`"(order|hold|key)\d|"(gold|silver|anna|bert|cleo|coffee|tea|channel)"`)

// redaction: what is left of events without a person leads to the same account, with
// the same journal, and an order can be recalled by its new name.
func redaction(t require.TestingT, w *world, _ dice) invariant {
	return invariant{end: func() {
		for _, p := range w.parties {
			var again points.Account
			var events []points.Event
			for _, ev := range p.events {
				red, err := ev.Redact(digest)
				require.NoError(t, err)
				require.Equal(t, points.Journal(ev), points.Journal(red))
				encoded, err := red.AppendJSON(nil)
				require.NoError(t, err)
				require.NotRegexp(t, personal, string(encoded))
				var back points.Event
				require.NoError(t, back.UnmarshalJSON(encoded))
				require.NoError(t, again.Apply(back))
				events = append(events, back)
			}
			require.Equal(t, p.a.Balance(w.now), again.Balance(w.now))
			require.Equal(t, slices.Collect(p.a.Lots(w.now)), slices.Collect(again.Lots(w.now)))
			for _, c := range p.done {
				if order, ok := c.Do.(points.Earn); ok {
					_, err := points.Recall(stored(p.events), order.Order)
					_, redErr := points.Recall(stored(events), digest(order.Order))
					require.Equal(t, err, redErr)
				}
			}
		}
	}}
}

func TestRedactionKeepsTheAccount(t *testing.T) { t.Parallel(); watched(t, false, redaction) }

// The entries of a statement lead from its opening to its closing balance.
func TestStatementAddsUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		events, _, end := recorded(t, drawProgram(t))
		if len(events) == 0 {
			return
		}
		first := events[0].Recorded
		span := end.Sub(first)
		from := first.Add(span * time.Duration(rapid.IntRange(-10, 100).Draw(t, "from")) / 100)
		to := from.Add(span * time.Duration(rapid.IntRange(0, 120).Draw(t, "length")) / 100)
		s, err := points.NewStatement(stored(events), from, to, 30*24*time.Hour)
		require.NoError(t, err)
		move := map[points.Place]int64{}
		for _, e := range s.Entries {
			for _, p := range e.Postings {
				move[p.From] -= p.Points
				move[p.To] += p.Points
			}
		}
		// A suspense account belongs to both.
		spent := move[points.AtRedeemed] + move[points.AtReversed] + move[points.Suspense("late")]
		delete(move, points.Suspense("late"))
		move[points.AtRedeemed], move[points.AtReversed] = spent, 0
		o, c := s.Opening, s.Closing
		require.Equal(t, complete(map[points.Place]int64{
			points.AtIssued: o.Issued - c.Issued, points.AtPending: c.Pending - o.Pending, points.AtAvailable: c.Available - o.Available,
			points.AtHeld: c.Held - o.Held, points.AtDebt: o.Debt - c.Debt, points.AtRedeemed: c.Redeemed - o.Redeemed + c.Reversed - o.Reversed,
			points.AtExpired: c.Expired - o.Expired,
			points.AtTransit: c.Sent - c.Received - o.Sent + o.Received,
		}), complete(move))
		var past points.Account
		require.NoError(t, points.Fold(&past, points.Before(from, stored(events))))
		require.Equal(t, past.Balance(from), o)
		for _, l := range s.Expiring {
			require.True(t, l.ExpiresAt.After(to) && !l.ExpiresAt.After(to.Add(30*24*time.Hour)))
		}
	})
}

// Closing a period changes no balance, at any later instant.
func TestClosingKeepsBalances(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := drawProgram(t)
		e, err := points.Compile(p)
		require.NoError(t, err)
		_, live, end := recorded(t, p)
		before := live.Clone()
		date, err := relmark.DateOf(end, p.Zone)
		require.NoError(t, err)
		closing := date.AddDays(-rapid.IntRange(0, 100).Draw(t, "days"))
		c := with(points.Command{Key: "close", At: end}, points.Close{Before: closing})
		d, err := e.Decide(&live, c)
		if err != nil {
			require.Equal(t, points.PeriodClosed, points.Reason(reasonOf(err)), "a later date is closed")
			return
		}
		require.NoError(t, live.Apply(d.Event))
		for _, days := range []int{0, 1, 40, 4000} {
			at := end.AddDate(0, 0, days)
			require.Equal(t, before.Balance(at), live.Balance(at))
			require.Equal(t, slices.Collect(before.Lots(at)), slices.Collect(live.Lots(at)))
		}
		small, err := live.MarshalBinary()
		require.NoError(t, err)
		large, err := before.MarshalBinary()
		require.NoError(t, err)
		require.LessOrEqual(t, len(small), len(large)+40, "it does not grow, but for the key of the closing")
		_, err = e.Decide(&live, with(points.Command{Key: "late", At: closing.Start(p.Zone).Add(-time.Nanosecond), Recorded: end}, points.Earn{Order: "late"}))
		require.Equal(t, "period_closed", reasonOf(err))
	})
}

func TestClosedOrdersAreRefused(t *testing.T) {
	t.Parallel()
	e := compiled(t, points.Program{})
	var a points.Account
	do(t, e, &a, with(head("1", 0), points.Earn{Order: "O1", Amount: euros(50)}))
	do(t, e, &a, with(head("2", 20), points.Close{Before: day(15)}))
	_, err := e.Decide(&a, with(head("3", 21), points.Refund{Order: "O1", Amount: euros(50), Ordered: day(0)}))
	assert.Equal(t, "period_closed", reasonOf(err))
	assert.ErrorIs(t, err, relmark.ErrRefused)
	ev := do(t, e, &a, with(head("4", 21), points.Refund{Order: "O2", Amount: euros(50), Ordered: day(20)}))
	assert.True(t, ev.Body.(*points.Refunded).Parked)
	_, err = e.Decide(&a, with(head("5", 22), points.Close{Before: day(14)}))
	assert.Equal(t, "period_closed", reasonOf(err))
	_, err = e.Decide(&a, with(head("5", 22), points.Close{Before: day(30)}))
	assert.ErrorIs(t, err, relmark.ErrInvalid)
}

func TestOpenTakesOver(t *testing.T) {
	t.Parallel()
	e := compiled(t, points.Program{Expiry: points.Expiry{Kind: points.Inactivity, N: 1}})
	var a points.Account
	do(t, e, &a, with(head("open", 0), points.Open{
		Debt: 30, Activity: day(-5),
		Lots: []points.Opening{{Points: 100, ExpiresAt: at(20), Rolls: true}, {Points: 50}, {Points: 7, AvailableAt: at(3)}},
	}))
	b := a.Balance(at(0))
	identity(t, b)
	assert.Equal(t, points.Balance{
		Available: 150, Pending: 7, Debt: 30, Issued: 157, Reversed: 30,
		NextExpiry: at(20), NextExpiring: 100,
	}, b)
	do(t, e, &a, with(head("earn", 10), points.Earn{Order: "O1", Amount: euros(40)}))
	b = a.Balance(at(10))
	assert.Zero(t, b.Debt, "what is earned pays the debt")
	assert.Equal(t, int64(110), b.NextExpiring, "activity rolls what was taken over, with the rest of what was earned")
	_, err := e.Decide(&a, with(head("again", 11), points.Open{}))
	assert.Equal(t, "not_empty", reasonOf(err))
}

// A programme asked "what if" it had been itself says what happened.
func TestWhatIfUnderTheSameProgramme(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := drawProgram(t)
		e, err := points.Compile(p)
		require.NoError(t, err)
		w, err := points.NewWhatIf(e, e)
		require.NoError(t, err)
		var fact, second points.Summary
		for range 2 {
			events, live, end := recorded(t, p)
			for i := range events {
				require.NoError(t, w.Event(&events[i]), "%T", events[i].Body)
			}
			require.NoError(t, w.Member(end))
			require.NoError(t, second.Add(&live, end))
			require.NoError(t, fact.Merge(second))
			second = points.Summary{}
		}
		require.Equal(t, []points.Summary{fact, fact}, w.Summaries())
		data, err := fact.MarshalBinary()
		require.NoError(t, err)
		var back points.Summary
		require.NoError(t, back.UnmarshalBinary(data))
		require.Equal(t, fact, back)
	})
}

// I5: however an order is cut into refunds, they add up to the same.
func TestI05RefundsInSlices(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := drawProgram(t)
		p.Versions = p.Versions[:1]
		p.Versions[0].To, p.Versions[0].Budgets = relmark.Date{}, nil
		for i := range p.Versions[0].Goals { // what is kept is left of the order
			p.Versions[0].Goals[i].Reversal = earning.Recheck
		}
		e, err := points.Compile(p)
		require.NoError(t, err)
		totals := [2]points.Balance{}
		var cash [2]int64
		cents := rapid.Int64Range(1, 9000).Draw(t, "cents")
		pay, spend := rapid.Int64Range(0, 90).Draw(t, "pay"), rapid.Int64Range(0, 30).Draw(t, "spend")
		for i := range totals {
			var a points.Account
			do(t, e, &a, with(head("gift", 0), points.Adjust{Points: 90, Expires: new(at(100))}))
			c := with(head("earn", 1), points.Earn{Order: "O", Amount: decimalOf(cents), PayPoints: pay, Tier: "gold"})
			d, err := e.Decide(&a, c)
			if err != nil {
				require.ErrorIs(t, err, relmark.ErrRefused)
				return
			}
			require.NoError(t, a.Apply(d.Event))
			granted := a.Balance(at(1)).Issued - 90
			if spend > 0 && a.Balance(at(20)).Available >= spend {
				do(t, e, &a, with(head("spend", 20), points.Redeem{Points: spend}))
			}
			before := a.Balance(at(20))
			for left, n := cents, 0; left > 0; n++ {
				slice := left
				if i == 1 {
					slice = rapid.Int64Range(1, left).Draw(t, "slice")
				}
				ev := do(t, e, &a, with(head(fmt.Sprint(n), 20), points.Refund{Order: "O", Amount: decimalOf(slice)}))
				cash[i] += ev.Body.(*points.Refunded).Cash
				left -= slice
			}
			_, err = e.Decide(&a, with(head("more", 21), points.Refund{Order: "O", Amount: decimalOf(1)}))
			require.Equal(t, "refund_exceeds_order", reasonOf(err))
			totals[i] = a.Balance(at(21))
			back := totals[i].Reversed - before.Reversed + totals[i].Unrecovered - before.Unrecovered
			require.LessOrEqual(t, back, granted)
			if totals[i].Expired == 0 {
				require.Equal(t, granted, back, "nothing is left of the order")
			}
			require.Equal(t, pay, before.Redeemed-totals[i].Redeemed, "all that paid is restored")
		}
		require.Equal(t, totals[0], totals[1])
		if p.Shortfall != points.CashDeduct { // which a slice may have too little cash for
			require.Equal(t, cash[0], cash[1])
		}
	})
}

// An account with many orders answers as one with few.
func TestManyOrders(t *testing.T) {
	t.Parallel()
	e := compiled(t, points.Program{})
	var a points.Account
	for round := range 2 {
		a.Reset()
		for i := range 130 {
			do(t, e, &a, with(head(fmt.Sprint("k", i), 0), points.Earn{Order: fmt.Sprint("order", i), Amount: euros(10)}))
		}
		_, err := e.Decide(&a, with(head("new", 0), points.Earn{Order: "order100", Amount: euros(10)}))
		assert.Equal(t, "duplicate_order", reasonOf(err))
		d, err := e.Decide(&a, with(head("k100", 0), points.Earn{Order: "order100", Amount: euros(10)}))
		require.NoError(t, err)
		assert.Equal(t, points.Decision{Seq: 101, Replayed: true}, d)
		snapshot, err := a.MarshalBinary()
		require.NoError(t, err)
		var b points.Account
		require.NoError(t, b.UnmarshalBinary(snapshot))
		for _, c := range []*points.Account{a.Clone(), &b} {
			do(t, e, c, with(head("back", 1), points.Refund{Order: "order77", Amount: euros(10)}))
			do(t, e, c, with(head("close", 1), points.Close{Before: day(1)}))
			assert.Equal(t, int64(1290), c.Balance(at(1)).Available)
		}
		assert.Equal(t, int64(1300), a.Balance(at(1)).Available, round)
	}
}

// Programmes that run together do not disturb each other, whatever they share.
func TestWhatIfProgrammesAreIndependent(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		base, other := drawProgram(t), drawProgram(t)
		var engines []*points.Engine
		for _, p := range []points.Program{base, other, base, other} {
			e, err := points.Compile(p)
			require.NoError(t, err)
			engines = append(engines, e)
		}
		together, err := points.NewWhatIf(engines...)
		require.NoError(t, err)
		alone, err := points.NewWhatIf(engines[1])
		require.NoError(t, err)
		events, _, end := recorded(t, base)
		for i := range events {
			require.NoError(t, together.Event(&events[i]))
			require.NoError(t, alone.Event(&events[i]))
		}
		require.NoError(t, together.Member(end))
		require.NoError(t, alone.Member(end))
		all := together.Summaries()
		require.Equal(t, all[:2], all[2:])
		s := all[1]
		require.Equal(t, []points.Summary{s}, alone.Summaries())
		require.Equal(t, s.Issued+s.Received, s.Outstanding()+s.Redeemed+s.Expired+s.Reversed+s.Sent)
	})
}

func TestWhatIfTakesEveryKind(t *testing.T) {
	t.Parallel()
	events, _ := everyKind(t)
	w, err := points.NewWhatIf(compiled(t, full(t)), compiled(t, points.Program{}))
	require.NoError(t, err)
	for i := range events {
		require.NoError(t, w.Event(&events[i]), "%T", events[i].Body)
	}
	require.NoError(t, w.Member(at(400)))
	for _, s := range w.Summaries() {
		assert.Equal(t, s.Issued+s.Received, s.Outstanding()+s.Redeemed+s.Expired+s.Reversed+s.Sent)
	}
	for _, bad := range []points.Event{
		{},
		{Body: &points.Swept{}},
		{Body: &points.Earned{}, At: at(0), Recorded: at(0)},
		{Body: &points.Resolved{Reservation: "R9"}, At: at(0), Recorded: at(0)},
	} {
		assert.ErrorIs(t, w.Event(&bad), relmark.ErrInvalid)
	}
	_, err = points.NewWhatIf()
	assert.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = points.NewWhatIf(nil, nil)
	assert.ErrorIs(t, err, relmark.ErrInvalid)
}

func TestWhatIfCountsWhatCouldNotBeSpent(t *testing.T) {
	t.Parallel()
	e := compiled(t, points.Program{})
	mean := compiled(t, points.Program{Rules: earning.Rules{Versions: []earning.Version{{Rates: []earning.Rate{{Rule: "base", Points: 1, Per: euros(10)}}}}}})
	w, err := points.NewWhatIf(e, mean)
	require.NoError(t, err)
	var a points.Account
	for _, c := range []points.Command{
		with(head("1", 0), points.Earn{Order: "O1", Amount: euros(100)}),
		with(head("2", 1), points.Redeem{Points: 40}),
		with(head("3", 2), points.Reserve{Reservation: "R", Points: 30, TTL: time.Hour}),
		with(head("4", 2), points.Commit{Reservation: "R", Points: 20}),
		with(head("5", 3), points.Send{From: "a", To: "b", Points: 5}),
		with(head("6", 4), points.Adjust{Points: -5}),
	} {
		ev := do(t, e, &a, c)
		require.NoError(t, w.Event(&ev))
	}
	require.NoError(t, w.Member(at(5)))
	fact, other := w.Summaries()[0], w.Summaries()[1]
	assert.Zero(t, fact.Unmet)
	assert.Equal(t, points.Summary{Accounts: 1, Issued: 10, Redeemed: 10, Unmet: 30 + 20 + 5 + 5}, other)
}

// What the comment on the size of a snapshot says.
func TestSnapshotSize(t *testing.T) {
	t.Parallel()
	var a points.Account
	require.NoError(t, points.Fold(&a, stored(member(t, twoRules(t)))))
	data, err := a.MarshalBinary()
	require.NoError(t, err)
	t.Logf("%d bytes for 25 orders and 15 other commands", len(data))
	assert.Less(t, len(data), 90*25+25*15)
}
