package points_test

import (
	"errors"
	"flag"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/earning"
	"github.com/relmark/relmark/loyalty/points"
)

// The invariants of the ledger. I1 to I11 are checked here, each by a test with its
// number on histories that shrink, and all together by TestHistories on many more.
//
//	I1   conservation, per member and over all       TestI01Conservation
//	I2   nothing negative, nothing overflows         TestI02NothingIsNegative, TestI02TotalsStayInRange
//	I3   replay gives the live state                 TestI03Replay
//	I4   idempotency                                 TestI04Idempotency
//	I5   refunds are bounded; slices add up          TestI05RefundsAreBounded, TestI05RefundsInSlices
//	I6   sweeps change nothing                       TestI06SweepsChangeNothing
//	I7   order does not matter where promised        TestI07IndependentCommandsCommute, TestI07CapTotalsCommute
//	I8   reserve and commit is redeem                TestI08ReserveAndCommitIsRedeem
//	I9   the journal balances to the state           TestI09JournalBalances
//	I10  preview is decide; parts sum to the grant   TestI10PreviewIsWhatHappens, TestI10PartsSumToTheGrant
//	I11  partitions merge to the same                TestI11SummariesMerge, TestI11UsageMerges
//	I12  recognised revenue                          package accrual, tests that begin with I12
//	I13  a hostile host changes nothing              TestI13HostileHost
//	I14  allocation                                  TestI14LinesShareExactly, packages internal/money and accrual

// An invariant watches a history: each of its steps, and its end.
type invariant struct {
	step func(s *turn)
	end  func()
}

// A watcher prepares an invariant for a world.
type watcher func(t require.TestingT, w *world, d dice) invariant

// watchers are all that TestHistories applies.
func watchers() []watcher {
	return []watcher{agreement, conservation, ranges, replay, idempotency, bounds, sweeps, twoPhases, journal, preview, parts, partitions, lines}
}

// live runs a history; the dice of each step come from deal.
func live(t require.TestingT, w *world, steps int, deal func(step int) dice, skip map[int]bool, watch ...watcher) {
	var all []invariant
	for i, x := range watch {
		all = append(all, x(t, w, deal(1000+i)))
	}
	for i := range steps {
		d := deal(i)
		w.steps = i + 1
		if w.tick(d); skip[i] {
			continue
		}
		s := w.next(d)
		w.apply(t, s)
		for _, x := range all {
			if x.step != nil {
				x.step(s)
			}
		}
	}
	for _, x := range all {
		if x.end != nil {
			x.end()
		}
	}
}

// watched checks invariants on histories that rapid draws. The naive ledger always
// runs beside them.
func watched(t *testing.T, calm bool, watch ...watcher) {
	t.Helper()
	rapid.Check(t, func(t *rapid.T) {
		d := rapidDice(t)
		w := newWorld(d.program(), t)
		w.calm = calm
		live(t, w, int(d.number(1, 40, "steps")), func(int) dice { return d }, nil, append([]watcher{agreement}, watch...)...)
	})
}

func TestLedgerAgreesWithANaiveOne(t *testing.T) { t.Parallel(); watched(t, false) }
func TestI01Conservation(t *testing.T)           { t.Parallel(); watched(t, false, conservation) }
func TestI02NothingIsNegative(t *testing.T)      { t.Parallel(); watched(t, false, ranges) }
func TestI03Replay(t *testing.T)                 { t.Parallel(); watched(t, false, replay) }
func TestI04Idempotency(t *testing.T)            { t.Parallel(); watched(t, false, idempotency) }
func TestI05RefundsAreBounded(t *testing.T)      { t.Parallel(); watched(t, false, bounds) }
func TestI06SweepsChangeNothing(t *testing.T)    { t.Parallel(); watched(t, true, sweeps) }
func TestI08ReserveAndCommitIsRedeem(t *testing.T) {
	t.Parallel()
	watched(t, false, twoPhases)
}
func TestI09JournalBalances(t *testing.T)      { t.Parallel(); watched(t, false, journal) }
func TestI10PreviewIsWhatHappens(t *testing.T) { t.Parallel(); watched(t, false, preview) }
func TestI10PartsSumToTheGrant(t *testing.T)   { t.Parallel(); watched(t, false, parts) }
func TestI14LinesShareExactly(t *testing.T)    { t.Parallel(); watched(t, false, lines) }
func TestI11SummariesMerge(t *testing.T)       { t.Parallel(); watched(t, false, partitions) }

var (
	histories = flag.Int("histories", 400, "how many histories TestHistories runs")
	firstSeed = flag.Uint64("seed", 1, "the seed of its first history")
)

// TestHistories checks every invariant on many seeded histories:
//
//	go test ./loyalty/points -run '^TestHistories$' -histories 100000
//
// One that fails is shortened by leaving out steps, and printed with its seed.
func TestHistories(t *testing.T) {
	t.Parallel()
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // much garbage, none of it old
	var workers sync.WaitGroup
	n := uint64(runtime.GOMAXPROCS(0))
	for k := range n {
		workers.Go(func() {
			for seed := *firstSeed + k; seed < *firstSeed+uint64(*histories) && !t.Failed(); seed += n {
				if f := seeded(seed, nil); f.failed() {
					report(t, seed, f)
				}
			}
		})
	}
	workers.Wait()
}

// A finding is a failed check; it stops the history.
type finding struct {
	message string
	log     []string // the steps before it
	last    int      // the step at which it was found
}

func (f *finding) Errorf(format string, args ...any) { f.message = fmt.Sprintf(format, args...) }
func (f *finding) FailNow()                          { panic(f) }
func (f *finding) failed() bool                      { return f.message != "" }

// seeded runs the history of a seed, without some of its steps. Each step has dice of
// its own, so that leaving one out changes the others as little as possible.
func seeded(seed uint64, skip map[int]bool, more ...watcher) (f *finding) {
	f = new(finding)
	defer func() {
		if r := recover(); r != nil && r != any(f) {
			f.message = fmt.Sprint("panic: ", r)
		}
	}()
	d := seededDice(seed, 1<<40)
	w := newWorld(d.program(), f)
	w.calm = d.one(2, "calm")
	steps := int(d.number(1, 45, "steps"))
	log := func(_ require.TestingT, _ *world, _ dice) invariant {
		return invariant{step: func(s *turn) {
			if skip != nil {
				f.log = append(f.log, fmt.Sprintf("%s %s %T%+v: %s", s.now.Format(time.DateTime), s.who.name, s.c, s.c, answer(s)))
			}
		}}
	}
	deal := func(i int) dice {
		if i < 1000 {
			f.last = i
		}
		return seededDice(seed, uint64(i))
	}
	live(f, w, steps, deal, skip, slices.Concat([]watcher{log}, watchers(), more)...)
	return f
}

// report leaves out steps as long as the history fails, and prints what is left.
func report(t *testing.T, seed uint64, f *finding) {
	t.Helper()
	skip := map[int]bool{}
	for i := f.last; i >= 0; i-- {
		if skip[i] = true; !seeded(seed, skip).failed() {
			delete(skip, i)
		}
	}
	f = seeded(seed, skip)
	t.Errorf("seed %d, without %d of its steps\n%s\n", seed, len(skip), f.message)
	for _, line := range f.log {
		t.Log(line)
	}
}

// reasonOf returns why a command was refused: a reason, or the text of the error.
func reasonOf(err error) string {
	if refusal, ok := errors.AsType[*points.CommandError](err); ok {
		return string(refusal.Reason)
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

// answer returns how a step ended, in the words of the naive ledger.
func answer(s *turn) string {
	reason := reasonOf(s.err)
	switch {
	case s.d.Replayed:
		return "replayed"
	case errors.Is(s.err, errInvalid) && reason == s.err.Error():
		return "invalid"
	}
	return reason
}

// agreement: every command has the same answer and outcome as in the naive ledger, and
// leads to the same balance and lots.
func agreement(t require.TestingT, w *world, _ dice) invariant {
	return invariant{
		step: func(s *turn) {
			m := s.who.naive
			if _, ok := s.c.Do.(points.Earn); ok && !s.d.Replayed {
				if left := w.e.Earning().BudgetLeft(&w.usage, s.c.At); s.err != nil && left != nil {
					require.Equal(t, m.left(m.ymd(s.c.At)), *left, "budget")
				}
			}
			reason, seq, o := m.do(s.c)
			if got := answer(s); got != reason {
				require.Equal(t, reason, got, "%T%+v", s.c, s.c)
			}
			m.pass(w.now)
			if reason == "replayed" {
				same(t, uint64(seq), s.d.Seq)
			}
			if got := outcomeOf(&s.d.Event); reason == "" && !got.is(&o) {
				require.Equal(t, o, got, "%T%+v", s.c, s.c)
			}
			if got, want := s.who.a.Balance(w.now), m.balance(); got != want {
				require.Equal(t, want, got, "%T%+v", s.c, s.c)
			}
			if got, want := slices.Collect(s.who.a.Lots(w.now)), m.list(); !slices.Equal(got, want) {
				require.Equal(t, want, got, "%T%+v", s.c, s.c)
			}
		},
		end: func() {
			for _, days := range []int{1, 20, 400, 40_000} {
				at := w.now.AddDate(0, 0, days)
				for _, p := range w.parties {
					p.naive.pass(at)
					same(t, p.naive.balance(), p.a.Balance(at))
				}
			}
		},
	}
}

// same is [require.Equal] without reflection where there is nothing to say.
func same[T comparable](t require.TestingT, want, got T, what ...any) {
	if want != got {
		require.Equal(t, want, got, what...)
	}
}

// sameState compares accounts as bytes.
func sameState(t require.TestingT, want, got *points.Account) {
	a, err := want.AppendBinary(make([]byte, 0, 4096))
	require.NoError(t, err)
	b, err := got.AppendBinary(make([]byte, 0, 4096))
	require.NoError(t, err)
	same(t, string(a), string(b))
}

func identity(t require.TestingT, b points.Balance) {
	same(t, b.Issued+b.Received, b.Pending+b.Available+b.Held-b.Debt+b.Redeemed+b.Expired+b.Reversed+b.Sent)
	same(t, true, min(b.Pending, b.Available, b.Held, b.Debt, b.Redeemed, b.Expired, b.Reversed, b.Sent, b.Unrecovered) >= 0)
}

// conservation (I1): nothing is lost, in an account or between accounts.
func conservation(t require.TestingT, w *world, _ dice) invariant {
	return invariant{
		step: func(s *turn) { identity(t, s.who.a.Balance(w.now)) },
		end: func() {
			for _, days := range []int{0, 1, 20, 400, 40_000} {
				var sum points.Summary
				for _, p := range w.parties {
					at := w.now.AddDate(0, 0, days)
					identity(t, p.a.Balance(at))
					require.NoError(t, sum.Add(&p.a, at))
					for _, r := range p.inbox { // on their way
						for _, m := range r.Parcel {
							sum.Received += m.Points
							sum.Available += m.Points
						}
					}
				}
				same(t, sum.Sent, sum.Received)
				same(t, sum.Issued, sum.Outstanding()+sum.Redeemed+sum.Expired+sum.Reversed)
			}
		},
	}
}

// ranges (I2): lots are positive and add up, and a command that was refused left no
// trace.
func ranges(t require.TestingT, w *world, _ dice) invariant {
	return invariant{step: func(s *turn) {
		b := s.who.a.Balance(w.now)
		var left int64
		for l := range s.who.a.Lots(w.now) {
			same(t, true, l.Points > 0)
			left += l.Points
		}
		same(t, b.Pending+b.Available, left)
		same(t, true, max(b.Issued+b.Received, b.Redeemed, b.Expired, b.Reversed, b.Sent, b.Debt) <= 1<<53-1)
		if s.err != nil || s.d.Replayed {
			sameState(t, s.was, &s.who.a)
		}
	}}
}

// replay (I3): folding the stored bytes, canonical or compact, gives the live account,
// and so does a snapshot of any moment with the events after it. Now and then the
// history goes on with an account out of a snapshot, which has to decide alike.
func replay(t require.TestingT, w *world, d dice) invariant {
	return invariant{step: func(s *turn) {
		if d.one(16, "restored") {
			data := snapshot(t, &s.who.a)
			s.who.a = points.Account{}
			require.NoError(t, s.who.a.UnmarshalBinary(data))
		}
	}, end: func() {
		for _, p := range w.parties {
			if d.one(2, "replayed") { // it takes as long as all the rest
				continue
			}
			var text, packed [][]byte
			for i := range p.events {
				b, err := p.events[i].AppendJSON(nil)
				require.NoError(t, err)
				text = append(text, b)
				b, err = p.events[i].AppendBinary(nil)
				require.NoError(t, err)
				packed = append(packed, b)
			}
			var a, half, rest points.Account
			require.NoError(t, points.Fold(&a, decoded(text)))
			sameState(t, &p.a, &a)
			cut := d(len(text)+1, "cut")
			require.NoError(t, points.Fold(&half, decoded(text[:cut])))
			require.NoError(t, rest.UnmarshalBinary(snapshot(t, &half)))
			var decoder points.Decoder
			for i, b := range packed[cut:] {
				var ev points.Event
				require.NoError(t, decoder.DecodeBinary(b, &ev))
				if i == 0 { // reflection is slow, and each event is some history's first
					require.Equal(t, p.events[cut+i], ev)
				}
				require.NoError(t, rest.Apply(ev))
			}
			sameState(t, &p.a, &rest)
		}
	}}
}

func decoded(stored [][]byte) func(yield func(points.Event, error) bool) {
	return func(yield func(points.Event, error) bool) {
		var decoder points.Decoder
		for _, b := range stored {
			var ev points.Event
			err := decoder.Decode(b, &ev)
			if !yield(ev, err) {
				return
			}
		}
	}
}

// idempotency (I4): a command delivered again, at any later point and any number of
// times, changes nothing and has its event for an answer; once its period is closed,
// it is refused for that.
func idempotency(t require.TestingT, w *world, d dice) invariant {
	seq := map[*party]map[string]uint64{}
	reused := map[*party]map[string]bool{}
	closed := map[*party]relmark.Date{}
	return invariant{step: func(s *turn) {
		if s.err == nil && !s.d.Replayed {
			if seq[s.who] == nil {
				seq[s.who], reused[s.who] = map[string]uint64{}, map[string]bool{}
			}
			key := s.c.Key
			reused[s.who][key] = seq[s.who][key] > 0
			seq[s.who][key] = s.d.Seq
			if c, ok := s.d.Event.Body.(*points.Closed); ok {
				closed[s.who] = c.Before
			}
		}
		if len(s.who.done) == 0 {
			return
		}
		again := s.who.done[d(len(s.who.done), "again")]
		if d.one(2, "later") {
			again.Recorded = w.now
		}
		h := again
		answered, err := w.e.Decide(&s.who.a, again)
		date, dateErr := relmark.DateOf(h.At, w.p.Zone)
		require.NoError(t, dateErr)
		switch {
		case date.Before(closed[s.who]):
			// It may name an older version, or its key be that of another command by now.
			require.Contains(t, []string{"period_closed", "version_conflict", "key_conflict"}, reasonOf(err))
			require.True(t, reasonOf(err) == "period_closed" || h.Version != nil || reused[s.who][h.Key])
		default:
			require.NoError(t, err)
			same(t, points.Decision{Seq: seq[s.who][h.Key], Replayed: true}, answered)
		}
	}}
}

// bounds (I5): what refunds of an order reverse, restore and pay out is bounded at any
// moment by what it earned and was paid with, what has expired is not taken again, and
// all of the order gives back all of both.
func bounds(t require.TestingT, _ *world, _ dice) invariant {
	type tally struct {
		lot                                           uint64
		earned, reversed, spent, restored             int64
		amount, total, cash, deducted, money, inMoney int64
	}
	last := map[*party]map[string]*tally{}
	reverse := func(s *turn, o *tally, taken int64) {
		expired := int64(0)
		if o.lot > 0 {
			expired = s.who.naive.lots[o.lot-1].expired
		}
		same(t, true, taken >= 0 && taken <= max(0, o.earned-o.reversed-expired), "each reversal")
		o.reversed += taken
	}
	return invariant{step: func(s *turn) {
		if s.err != nil || s.d.Replayed {
			return
		}
		if last[s.who] == nil {
			last[s.who] = map[string]*tally{}
		}
		var refunds []points.Refunded
		switch b := s.d.Event.Body.(type) {
		case *points.Earned:
			o := &tally{earned: b.Award.Granted, total: b.Facts.Total, lot: b.Lot, money: b.Facts.Cash, inMoney: b.PaidValue}
			for _, p := range b.Paid {
				o.spent += p.Points
			}
			last[s.who][b.Order] = o
			refunds = b.Refunds
		case *points.Refunded:
			if !b.Parked {
				refunds = append(refunds, *b)
			}
		case *points.LateRefunded:
			refunds = append(refunds, b.Refund)
		}
		for i := range refunds {
			r := &refunds[i]
			o := last[s.who][r.Order]
			taken := r.Taken() + r.Unrecovered
			for _, g := range r.Goals {
				taken -= g.Taken
			}
			reverse(s, o, taken)
			for _, g := range r.Goals {
				reverse(s, last[s.who][g.Order], g.Taken)
			}
			o.restored += r.Given()
			o.amount += r.Amount
			o.cash += r.Cash
			o.deducted += r.Deducted
			same(t, true, r.Cash >= 0 && r.Deducted >= 0 && r.Amount >= 0, "no slice asks for money")
			same(t, true, o.reversed <= o.earned, "in all")
			same(t, true, o.restored <= o.spent && o.amount <= o.total)
			same(t, true, o.cash+o.deducted <= o.money, "never more than was paid")
			if o.spent > 0 {
				same(t, true, o.cash+o.deducted+o.inMoney*o.restored/o.spent <= o.amount, "never more than comes back")
			}
			if o.amount == o.total && o.total > 0 {
				same(t, o.spent, o.restored, "a full refund restores all")
				same(t, o.money, o.cash+o.deducted, "and pays all back")
			}
		}
	}}
}

// sweeps (I6): a sweep between any two commands changes no later result. They stand in
// accounts of their own, in which every command is decided again.
func sweeps(t require.TestingT, w *world, d dice) invariant {
	if !w.calm {
		return invariant{}
	}
	swept := map[*party]*party{}
	return invariant{step: func(s *turn) {
		if swept[s.who] == nil {
			swept[s.who] = &party{}
		}
		p := swept[s.who]
		decide := func(c points.Command) (points.Decision, error) {
			x, err := w.e.Decide(&p.a, c)
			if err == nil && !x.Replayed {
				require.NoError(t, p.a.Apply(x.Event))
				p.events = append(p.events, x.Event)
			}
			return x, err
		}
		if p.a.Version() > 0 && d.one(3, "sweep") {
			_, err := decide(with(points.Command{Key: fmt.Sprint("sweep", p.a.Version()), At: s.now}, points.Sweep{}))
			require.True(t, err == nil || s.d.Replayed || s.err != nil, "%v", err)
		}
		c := s.c
		if late, ok := c.Do.(points.LateRefund); ok {
			// Where it fails, the name is another order's by now, and this a repetition.
			if r, err := points.Recall(stored(p.events), late.Recalled.Order()); err == nil {
				late.Recalled = r
			}
			c.Do = late
		}
		x, err := decide(c)
		same(t, reasonOf(s.err), reasonOf(err))
		if want, got := outcomeOf(&s.d.Event), outcomeOf(&x.Event); !got.is(&want) {
			require.Equal(t, want, got)
		}
		for _, days := range []int{0, 30, 500} {
			at := w.now.AddDate(0, 0, days)
			same(t, s.who.a.Balance(at), p.a.Balance(at))
			same(t, true, slices.Equal(slices.Collect(s.who.a.Lots(at)), slices.Collect(p.a.Lots(at))))
		}
	}}
}

// twoPhases (I8): wherever a history ends, to reserve and commit is to redeem, and a
// reservation is resolved once.
func twoPhases(t require.TestingT, w *world, d dice) invariant {
	return invariant{end: func() {
		for _, p := range w.parties {
			n, more := d.number(1, 40, "points"), d.number(0, 20, "more")
			if p.a.Balance(w.now).Available < n+more {
				continue
			}
			h := func(key string) points.Command { return points.Command{Key: key, At: w.now} }
			direct, held := p.a.Clone(), p.a.Clone()
			do(t, w.e, direct, with(h("spend"), points.Redeem{Points: n}))
			do(t, w.e, held, with(h("hold"), points.Reserve{Reservation: "basket", Points: n + more, TTL: time.Hour}))
			do(t, w.e, held, with(h("spend"), points.Commit{Reservation: "basket", Points: n}))
			require.Equal(t, direct.Balance(w.now), held.Balance(w.now))
			require.Equal(t, slices.Collect(direct.Lots(w.now)), slices.Collect(held.Lots(w.now)))
			for _, c := range []points.Command{
				with(h("again"), points.Commit{Reservation: "basket", All: true}),
				with(h("again"), points.Void{Reservation: "basket"}),
			} {
				_, err := w.e.Decide(held, c)
				require.Equal(t, "already_resolved", reasonOf(err))
			}
		}
	}}
}

// journal (I9): the postings of all events and of what fell due between them sum to
// zero and balance to the state. What late refunds moved is in their suspense account.
func journal(t require.TestingT, _ *world, _ dice) invariant {
	books := map[*party]map[points.Place]int64{}
	return invariant{step: func(s *turn) {
		if s.err != nil || s.d.Replayed {
			return
		}
		if books[s.who] == nil {
			books[s.who] = map[points.Place]int64{}
		}
		book := books[s.who]
		for _, list := range [][]points.Posting{s.was.Due(s.now), points.Journal(s.d.Event)} {
			for _, p := range list {
				same(t, true, p.Points > 0)
				book[p.From] -= p.Points
				book[p.To] += p.Points
			}
		}
		b, late := s.who.a.Balance(s.now), book[points.Suspense("late")]
		for place, want := range map[points.Place]int64{
			points.AtIssued: -b.Issued, points.AtPending: b.Pending, points.AtAvailable: b.Available, points.AtHeld: b.Held,
			points.AtDebt: -b.Debt, points.AtExpired: b.Expired, points.AtTransit: b.Sent - b.Received,
		} {
			same(t, want, book[place], place, s.d.Event.Body)
		}
		same(t, b.Redeemed+b.Reversed, book[points.AtRedeemed]+book[points.AtReversed]+late)
		if _, ok := book[points.Suspense("late")]; !ok {
			same(t, b.Redeemed, book[points.AtRedeemed])
		}
		var sum int64
		for _, n := range book {
			sum += n
		}
		same(t, 0, sum)
	}}
}

// complete gives every place a balance.
func complete(book map[points.Place]int64) map[points.Place]int64 {
	for _, p := range []points.Place{
		points.AtIssued, points.AtPending, points.AtAvailable, points.AtHeld, points.AtDebt,
		points.AtRedeemed, points.AtExpired, points.AtReversed, points.AtTransit,
	} {
		book[p] += 0
	}
	return book
}

// preview (I10): what a command would do is what it does.
func preview(t require.TestingT, w *world, d dice) invariant {
	return invariant{step: func(s *turn) {
		if !d.one(8, "preview") {
			return
		}
		before := snapshot(t, s.was)
		seen, after, err := w.e.Preview(s.was, s.c)
		require.Equal(t, s.err, err)
		require.Equal(t, s.d, seen)
		same(t, string(before), string(snapshot(t, s.was)))
		if err == nil {
			sameState(t, &s.who.a, after)
		}
	}}
}

// parts (I10): what rules contributed sums to the grant, and so does what lines got.
func parts(t require.TestingT, _ *world, _ dice) invariant {
	return invariant{step: func(s *turn) {
		b, ok := s.d.Event.Body.(*points.Earned)
		if !ok {
			return
		}
		var sum, cut int64
		for _, g := range b.Award.Grants {
			if sum += g.Points; g.Rule == "cap" {
				cut -= g.Points
			}
		}
		same(t, b.Award.Granted, sum)
		same(t, b.Award.Cut, cut)
		same(t, b.Award.Granted, b.Award.Product+b.Award.Bonus+b.Award.GoalBonus-b.Award.Cut)
	}}
}

// lines (I14): the shares of the lines of an order sum to its points; where rules act on
// the order and it was paid in money, each is within one of the exact share, more for
// more, and the odd points go to the first of equals.
func lines(t require.TestingT, _ *world, _ dice) invariant {
	return invariant{step: func(s *turn) {
		b, ok := s.d.Event.Body.(*points.Earned)
		if !ok || b.Award.ByLine == nil {
			return
		}
		shares, sum, weight := b.Award.ByLine, int64(0), b.Facts.Total
		for _, n := range shares {
			sum += n
		}
		same(t, b.Facts.Positions(), len(shares))
		same(t, b.Award.Earned(), sum)
		if weight == 0 || b.PaidValue > 0 { // split in whole cents, so that lines with equal amounts can have paid different ones
			return
		}
		for i, x := range b.Facts.Lines {
			off := shares[i]*weight - b.Award.Earned()*x.Amount
			same(t, true, -weight < off && off < weight, "within one")
			for j, y := range b.Facts.Lines[:i] {
				same(t, true, x.Amount <= y.Amount || shares[i] >= shares[j], "more for more")
				same(t, true, x.Amount != y.Amount || shares[i] <= shares[j] && shares[j] <= shares[i]+1, "equals")
			}
		}
	}}
}

// partitions (I11): summaries and usages of any partition merge to the same.
func partitions(t require.TestingT, w *world, d dice) invariant {
	return invariant{end: func() {
		var all, left, right points.Summary
		var used [2]earning.Usage
		for _, p := range w.parties {
			require.NoError(t, all.Add(&p.a, w.now))
			part := &left
			if d.one(2, "right") {
				part = &right
			}
			require.NoError(t, part.Add(&p.a, w.now))
			for i := range p.events {
				require.NoError(t, used[d(2, "usage")].Add(p.events[i].Granted()))
			}
		}
		require.NoError(t, right.Merge(left))
		require.Equal(t, all, right)
		require.NoError(t, used[0].Merge(used[1]))
		require.Equal(t, encodedUsage(t, &w.usage), encodedUsage(t, &used[0]))
	}}
}
