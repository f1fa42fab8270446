package recovery_test

import (
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/servqual/recovery"
)

func newRegister(t tb) *recovery.Register[string] {
	t.Helper()
	r, err := recovery.NewRegister[string](promised())
	require.NoError(t, err)
	return r
}

func encoded(t tb, x interface{ MarshalBinary() ([]byte, error) }) []byte {
	t.Helper()
	data, err := x.MarshalBinary()
	require.NoError(t, err)
	return data
}

// drawRecords draws the lives of some complaints, each in its order.
func drawRecords(t *rapid.T) [][]recovery.Record[string] {
	out := make([][]recovery.Record[string], rapid.IntRange(0, 6).Draw(t, "complaints"))
	for i := range out {
		for _, e := range drawEvents(t) {
			out[i] = append(out[i], recovery.Record[string]{Complaint: fmt.Sprint("c", i), Event: e})
		}
	}
	return out
}

// However the events of different complaints are mixed, and whatever shards they go through,
// the register is the same, to the byte.
func TestRegisterOrderAndShards(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		all := drawRecords(t)
		one := newRegister(t)
		for _, records := range all {
			_, err := one.Fold(stream(records))
			require.NoError(t, err)
		}
		source := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		mixed, left := newRegister(t), slices.Clone(all)
		for len(left) > 0 {
			i := source.IntN(len(left))
			if len(left[i]) == 0 {
				left = slices.Delete(left, i, i+1)
				continue
			}
			_ = mixed.Add(left[i][0].Complaint, left[i][0].Event) // refusals among them
			left[i] = left[i][1:]
		}
		require.Equal(t, encoded(t, one), encoded(t, mixed))
		require.Equal(t, len(all), mixed.Len())

		var merged recovery.Register[string]
		for _, i := range source.Perm(len(all)) {
			shard := newRegister(t)
			_, err := shard.Fold(stream(all[i]))
			require.NoError(t, err)
			require.NoError(t, merged.Merge(shard))
			require.NoError(t, merged.Merge(newRegister(t)))
			require.ErrorIs(t, merged.Merge(shard), relmark.ErrInvalid, "twice")
		}
		if len(all) > 0 {
			require.Equal(t, encoded(t, one), encoded(t, &merged))
		}
		var back recovery.Register[string]
		require.NoError(t, back.UnmarshalBinary(encoded(t, one)))
		require.Equal(t, encoded(t, one), encoded(t, &back))
	})
}

// Events in any order at all, each delivered once or more often, lose no complaint that was
// received and count none twice, and an event that fails leaves no trace.
func TestRegisterHostileOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var flat []recovery.Record[string]
		for _, records := range drawRecords(t) {
			flat = append(flat, append(records, records...)...)
		}
		source := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 2))
		source.Shuffle(len(flat), func(i, j int) { flat[i], flat[j] = flat[j], flat[i] })
		r, received := newRegister(t), map[string]bool{}
		for _, record := range flat {
			before := r.Len()
			var snapshot []byte
			if c, ok := r.Complaint(record.Complaint); ok {
				snapshot = encoded(t, c)
			}
			err := r.Add(record.Complaint, record.Event)
			if err == nil {
				received[record.Complaint] = true
				continue
			}
			require.Equal(t, before, r.Len())
			if c, ok := r.Complaint(record.Complaint); ok {
				require.Equal(t, snapshot, encoded(t, c), "an error leaves no trace")
			}
			require.True(t, errors.Is(err, relmark.ErrRefused) || errors.Is(err, relmark.ErrInvalid))
		}
		require.Equal(t, len(received), r.Len())
		report, err := r.Report(desk(t), 0.95, monday(24*400))
		require.NoError(t, err)
		sum := int64(0)
		for _, s := range report.States {
			sum += s.Count
		}
		require.Equal(t, int64(len(received)), sum)
		require.Equal(t, report.Complaints, sum)
		require.Equal(t, sum, report.Reply.OnTime+report.Reply.Late+report.Reply.Pending)
		require.Equal(t, sum, report.Resolution.OnTime+report.Resolution.Late+report.Resolution.Pending)
		ageing, err := r.Ageing(desk(t), monday(24*400), recovery.AgeingOptions{Ages: []time.Duration{time.Hour, 1000 * time.Hour}, Used: []int{50, 100}, Worst: 3})
		require.NoError(t, err)
		require.Equal(t, report.Unresolved, ageing.Unresolved)
		bands := int64(0)
		for _, b := range ageing.ByAge {
			bands += b.Count
		}
		for _, b := range ageing.ByBudget {
			bands += b.Count
		}
		require.Equal(t, 2*ageing.Unresolved, bands)
		require.Len(t, ageing.Worst, int(min(3, ageing.Unresolved)))
	})
}

// small is a register of three complaints, by hand.
func small(t tb) *recovery.Register[string] {
	t.Helper()
	r := newRegister(t)
	owned := func(owner string, hours int) recovery.Event {
		e := event(recovery.Assign, hours)
		e.Owner = owner
		return e
	}
	diagnosed := event(recovery.Diagnose, 2)
	diagnosed.Cause = "boiler"
	for id, events := range map[string][]recovery.Event{
		// Resolved at first contact after three hours.
		"a": {event(recovery.Receive, 0), event(recovery.Acknowledge, 1), diagnosed, event(recovery.Resolve, 3)},
		// Handed on, reopened.
		"b": {
			event(recovery.Receive, 0), owned("ann", 0), owned("bob", 1), event(recovery.Acknowledge, 5), event(recovery.Diagnose, 5),
			event(recovery.Resolve, 6), event(recovery.Reopen, 24),
		},
		// Nobody has replied.
		"c": {event(recovery.Receive, 26)},
	} {
		for _, e := range events {
			require.NoError(t, r.Add(id, e))
		}
	}
	refused := r.Add("d", event(recovery.Close, 0))
	require.ErrorIs(t, refused, relmark.ErrRefused)
	return r
}

func TestReportByHand(t *testing.T) {
	t.Parallel()
	r := small(t)
	report, err := r.Report(desk(t), 0.95, monday(28)) // Tuesday, 13:00
	require.NoError(t, err)
	assert.Equal(t, int64(3), report.Complaints)
	assert.Equal(t, []recovery.StateCount{
		{State: recovery.Received, Count: 1},
		{State: recovery.Acknowledged},
		{State: recovery.Diagnosed},
		{State: recovery.Resolved, Count: 1},
		{State: recovery.Compensated},
		{State: recovery.Closed},
		{State: recovery.Reopened, Count: 1},
	}, report.States)
	assert.Equal(t, recovery.ReasonCount{Reason: recovery.Unreceived, Count: 1}, report.Refused[4])
	assert.Equal(t, []int64{1, 1, 1}, []int64{report.Reply.OnTime, report.Reply.Late, report.Reply.Pending})
	assert.Equal(t, []int64{2, 0, 1}, []int64{report.Resolution.OnTime, report.Resolution.Late, report.Resolution.Pending})
	assert.Equal(t, []int64{0, 0, 1}, []int64{report.Again.OnTime, report.Again.Late, report.Again.Pending})
	assert.Nil(t, report.Again.Share)
	assert.Equal(t, []int64{2, 0, 1}, []int64{report.Unresolved, report.Waiting, report.HandOffs})
	assert.Equal(t, []int64{1, 2}, []int64{report.FirstContact.Count, report.FirstContact.N})
	assert.Equal(t, []int64{1, 2}, []int64{report.Reopened.Count, report.Reopened.N})
	assert.Equal(t, []int64{1, 3}, []int64{report.HandedOff.Count, report.HandedOff.N})
	near.Equal(t, 1.0/3, *report.MeanOffs, 1e-15, 0)

	ageing, err := r.Ageing(desk(t), monday(28), recovery.AgeingOptions{Ages: []time.Duration{24 * time.Hour}, Used: []int{50}, Worst: 1})
	require.NoError(t, err)
	assert.Equal(t, []recovery.AgeBand{{Until: new(24 * time.Hour), Count: 1}, {From: 24 * time.Hour, Count: 1}}, ageing.ByAge)
	assert.Equal(t, []recovery.BudgetBand{{Until: new(50), Count: 1}, {From: 50, Count: 1}}, ageing.ByBudget, "four of eight hours are half")
	assert.Equal(t, "b", ageing.Worst[0].Complaint)
	near.Equal(t, 0.5, ageing.Worst[0].Used, 0, 0)
	assert.Equal(t, monday(32), *ageing.Worst[0].Due, "at closing time")

	alarms, err := r.Alarms(desk(t), 72*time.Hour, monday(28))
	require.NoError(t, err)
	assert.Equal(t, []recovery.Alarm[string]{{Complaint: "c", At: monday(30)}, {Complaint: "b", At: monday(32)}}, alarms)
	alarms, err = r.Alarms(desk(t), 2*time.Hour, monday(28))
	require.NoError(t, err)
	assert.Len(t, alarms, 1)

	causes, err := r.Causes()
	require.NoError(t, err)
	ranked, err := causes.Report(dec("0.8"))
	require.NoError(t, err)
	assert.Equal(t, []any{int64(2), "boiler"}, []any{ranked.Unassigned, ranked.ByCount[0].Cause})

	for timing, want := range map[recovery.Timing][3]time.Duration{ // of a, done; of c and b, open
		recovery.Elapsed:   {3 * time.Hour, 2 * time.Hour, 28 * time.Hour},
		recovery.OpenHours: {3 * time.Hour, 2 * time.Hour, 12 * time.Hour},
		recovery.OwnTime:   {3 * time.Hour, 2 * time.Hour, 10 * time.Hour},
	} {
		h, err := r.Handling(desk(t), timing, monday(28))
		require.NoError(t, err)
		want2 := &recovery.Handling{}
		require.NoError(t, want2.Add("", want[0], false))
		require.NoError(t, want2.Add("", want[1], true))
		require.NoError(t, want2.Add("", want[2], true))
		assert.Equal(t, encoded(t, want2), encoded(t, h), timing)
	}
}

func TestRegisterRefuses(t *testing.T) {
	t.Parallel()
	_, err := recovery.NewRegister[int](recovery.Policy{})
	require.ErrorIs(t, err, relmark.ErrInvalid)
	var zero recovery.Register[string]
	require.ErrorIs(t, zero.Add("a", event(recovery.Receive, 0)), relmark.ErrInvalid)
	r := small(t)
	require.ErrorIs(t, r.Add("\xff", event(recovery.Receive, 0)), relmark.ErrInvalid)
	require.ErrorIs(t, r.Add("a", recovery.Event{}), relmark.ErrInvalid)
	_, ok := r.Complaint("z")
	assert.False(t, ok)
	other, err := recovery.NewRegister[string](recovery.Policy{Targets: promised().Targets, Reopened: time.Hour})
	require.NoError(t, err)
	require.ErrorIs(t, r.Merge(other), relmark.ErrInvalid)
	require.NoError(t, r.Merge(nil))

	_, err = r.Report(recovery.Desk{}, 0.95, monday(28))
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = r.Report(desk(t), 1, monday(28))
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = r.Report(desk(t), 0.95, monday(20))
	require.ErrorIs(t, err, relmark.ErrInvalid, "before the last event")
	_, err = r.Alarms(desk(t), -1, monday(28))
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = r.Handling(desk(t), "lunch", monday(28))
	require.ErrorIs(t, err, relmark.ErrInvalid)
	for _, o := range []recovery.AgeingOptions{
		{Ages: []time.Duration{0}}, {Ages: []time.Duration{2, 1}}, {Used: []int{0}}, {Used: []int{1001}}, {Worst: -1}, {Ages: make([]time.Duration, 101)},
	} {
		_, err = r.Ageing(desk(t), monday(28), o)
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
	empty, err := newRegister(t).Report(desk(t), 0.95, monday(28))
	require.NoError(t, err)
	assert.Nil(t, empty.MeanOffs)
	assert.Nil(t, empty.HandedOff)
}

func TestFoldStops(t *testing.T) {
	t.Parallel()
	r, lost := newRegister(t), errors.New("connection lost")
	refused, err := r.Fold(func(yield func(recovery.Record[string], error) bool) {
		_ = yield(recovery.Record[string]{Complaint: "a", Event: event(recovery.Receive, 0)}, nil) &&
			yield(recovery.Record[string]{Complaint: "a", Event: event(recovery.Receive, 1)}, nil) &&
			yield(recovery.Record[string]{}, lost)
	})
	require.ErrorIs(t, err, lost)
	assert.Equal(t, []recovery.RefusedRecord[string]{{Record: 1, Complaint: "a", Reason: recovery.WrongTransition}}, refused)
	_, err = r.Fold(stream([]recovery.Record[string]{{Complaint: "a", Event: event(recovery.Wait, -9)}}))
	require.ErrorContains(t, err, "recovery: Records[0].At")
	n := 0
	for range r.All() {
		n++
		break
	}
	assert.Equal(t, 1, n)
}

// Events that no complaint stops at take the state of the complaint with them: nothing grows
// with events that change nothing.
func TestGrowthOfOneComplaint(t *testing.T) {
	t.Parallel()
	c := recovery.Complaint{}
	apply(t, &c, event(recovery.Receive, 0), event(recovery.Acknowledge, 0))
	size := len(encoded(t, &c))
	for range 10_000 {
		_ = promised().Apply(&c, event(recovery.Acknowledge, 0))
		_ = promised().Apply(&c, event(recovery.Contact, 0))
	}
	assert.Len(t, encoded(t, &c), size)
	for i := range 65_535 {
		require.NoError(t, promised().Apply(&c, recovery.Event{Type: recovery.Contact, At: monday(0).Add(time.Duration(i+1) * time.Second)}))
	}
	require.ErrorIs(t, promised().Apply(&c, event(recovery.Contact, 100)), relmark.ErrLimit)
	later := monday(100)
	for range 65_535 {
		require.NoError(t, promised().Apply(&c, recovery.Event{Type: recovery.Wait, At: later}))
		require.NoError(t, promised().Apply(&c, recovery.Event{Type: recovery.Resume, At: later}))
	}
	require.ErrorIs(t, promised().Apply(&c, recovery.Event{Type: recovery.Wait, At: later}), relmark.ErrLimit)
	for i := range 65_536 {
		require.NoError(t, promised().Apply(&c, recovery.Event{Type: recovery.Assign, At: later, Owner: fmt.Sprint(i % 2)}))
	}
	require.ErrorIs(t, promised().Apply(&c, recovery.Event{Type: recovery.Assign, At: later, Owner: "x"}), relmark.ErrLimit)
	for range 65_535 {
		require.NoError(t, promised().Apply(&c, recovery.Event{Type: recovery.Diagnose, At: later}))
		require.NoError(t, promised().Apply(&c, recovery.Event{Type: recovery.Resolve, At: later}))
		require.NoError(t, promised().Apply(&c, recovery.Event{Type: recovery.Reopen, At: later}))
	}
	require.NoError(t, promised().Apply(&c, recovery.Event{Type: recovery.Diagnose, At: later}))
	require.NoError(t, promised().Apply(&c, recovery.Event{Type: recovery.Resolve, At: later}))
	require.ErrorIs(t, promised().Apply(&c, recovery.Event{Type: recovery.Reopen, At: later}), relmark.ErrLimit)
	var back recovery.Complaint
	require.NoError(t, back.UnmarshalBinary(encoded(t, &c)))
}

func TestFoldDoesNotAllocate(t *testing.T) {
	r := filled(t, 3)
	c := event(recovery.Contact, 200)
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		c.At = c.At.Add(time.Second)
		if err := r.Add(1, c); err != nil {
			t.Error(err)
		}
	}))
}

// However many cases are asked for, they are the first of all of them, sorted: lists that are
// cut while complaints come in lose nothing, also among ties.
func TestWorstCasesAreThoseOfASort(t *testing.T) {
	t.Parallel()
	r, err := recovery.NewRegister[int](promised())
	require.NoError(t, err)
	const n = 300
	for i := range n {
		require.NoError(t, r.Add(i, event(recovery.Receive, i*7%50)))
	}
	all, err := r.Ageing(desk(t), monday(60), recovery.AgeingOptions{Worst: 10_000})
	require.NoError(t, err)
	require.Len(t, all.Worst, n)
	require.True(t, slices.IsSortedFunc(all.Worst, func(x, y recovery.OpenCase[int]) int {
		return cmp.Or(cmp.Compare(y.Used, x.Used), cmp.Compare(y.Age, x.Age), cmp.Compare(x.Complaint, y.Complaint))
	}))
	for _, most := range []int{0, 1, 2, 3, 10, 149, 150, 151, 299, 300, 301} {
		some, err := r.Ageing(desk(t), monday(60), recovery.AgeingOptions{Worst: most})
		require.NoError(t, err)
		require.Equal(t, all.Worst[:min(most, n)], some.Worst)
		require.NotNil(t, some.Worst)
	}
}
