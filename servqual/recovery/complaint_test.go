package recovery_test

import (
	"math"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/servqual/recovery"
)

func apply(t *testing.T, c *recovery.Complaint, events ...recovery.Event) {
	t.Helper()
	for _, e := range events {
		require.NoError(t, promised().Apply(c, e), e.Type)
	}
}

func TestLifeCycle(t *testing.T) {
	t.Parallel()
	var c recovery.Complaint
	assert.Equal(t, recovery.NotReceived, c.State())
	assert.True(t, c.Last().IsZero())
	refusedWith(t, recovery.Unreceived, promised().Apply(&c, event(recovery.Close, 0)))
	received := event(recovery.Receive, 0)
	received.Topic, received.Priority = "room", 3
	apply(t, &c, received)
	assert.Equal(t, []any{recovery.Received, true, "room", 3}, []any{c.State(), c.Unresolved(), c.Topic(), c.Priority()})
	refusedWith(t, recovery.WrongTransition, promised().Apply(&c, received))
	refusedWith(t, recovery.WrongTransition, promised().Apply(&c, event(recovery.Wait, 1)))
	for _, owner := range []string{"desk", "desk", "engineer"} {
		e := event(recovery.Assign, 1)
		e.Owner = owner
		apply(t, &c, e)
	}
	assert.Equal(t, 1, c.HandOffs(), "the first owner is none, nor the same one again")
	assert.Equal(t, "engineer", c.Owner())
	apply(t, &c, event(recovery.Acknowledge, 1), event(recovery.Wait, 2))
	refusedWith(t, recovery.AlreadyWaiting, promised().Apply(&c, event(recovery.Wait, 2)))
	diagnosed := event(recovery.Diagnose, 3)
	diagnosed.Cause = "boiler"
	apply(t, &c, diagnosed, event(recovery.Resolve, 4))
	assert.False(t, c.Waiting(), "resolved ends the wait")
	assert.Equal(t, "boiler", c.Cause())
	refusedWith(t, recovery.NotWaiting, promised().Apply(&c, event(recovery.Resume, 4)))
	apply(t, &c, event(recovery.Compensate, 5), event(recovery.Close, 6), event(recovery.Contact, 7), event(recovery.Contact, 7))
	assert.Equal(t, 1, c.Contacts(), "one contact that is delivered twice")
	owned := event(recovery.Assign, 8)
	owned.Owner = "desk"
	refusedWith(t, recovery.WrongTransition, promised().Apply(&c, owned))
	refusedWith(t, recovery.WrongTransition, promised().Apply(&c, event(recovery.Resolve, 8)))
	refusedWith(t, recovery.TooLate, promised().Apply(&c, event(recovery.Reopen, 4+14*24)))
	apply(t, &c, event(recovery.Reopen, 3+14*24))
	assert.Equal(t, []any{recovery.Reopened, 1, monday(3 + 14*24)}, []any{c.State(), c.Reopenings(), c.Last()})
	refusedWith(t, recovery.WrongTransition, promised().Apply(&c, event(recovery.Reopen, 3+14*24)))
	require.ErrorIs(t, promised().Apply(&c, event(recovery.Wait, 0)), relmark.ErrInvalid, "before the last event")
	require.ErrorIs(t, promised().Apply(&c, event(recovery.Wait, 24*36_600)), relmark.ErrInvalid, "a century later")
}

func TestFirstContact(t *testing.T) {
	t.Parallel()
	assign := func(owner string, hours int) recovery.Event {
		e := event(recovery.Assign, hours)
		e.Owner = owner
		return e
	}
	way := func(extra ...recovery.Event) recovery.Complaint {
		events := []recovery.Event{event(recovery.Receive, 0), assign("a", 0), event(recovery.Acknowledge, 1), event(recovery.Diagnose, 1)}
		c, refused, err := promised().Follow(append(events, extra...))
		require.NoError(t, err)
		require.Empty(t, refused)
		return c
	}
	resolve := event(recovery.Resolve, 3)
	for name, test := range map[string]struct {
		want   bool
		events []recovery.Event
	}{
		"unresolved":        {false, nil},
		"at once":           {true, []recovery.Event{resolve}},
		"hand-off":          {false, []recovery.Event{assign("b", 2), resolve}},
		"hand-off after":    {true, []recovery.Event{resolve, assign("b", 4), event(recovery.Close, 5)}},
		"wait":              {false, []recovery.Event{event(recovery.Wait, 2), resolve}},
		"contact":           {false, []recovery.Event{event(recovery.Contact, 2), resolve}},
		"contact after":     {false, []recovery.Event{resolve, event(recovery.Contact, 4)}},
		"reopened":          {false, []recovery.Event{resolve, event(recovery.Reopen, 4)}},
		"reopened, settled": {false, []recovery.Event{resolve, event(recovery.Reopen, 4), event(recovery.Diagnose, 4), event(recovery.Resolve, 4)}},
	} {
		c := way(test.events...)
		assert.Equal(t, test.want, c.FirstContact(), name)
	}
	assert.False(t, new(recovery.Complaint).FirstContact())
}

func TestFollowRefuses(t *testing.T) {
	t.Parallel()
	_, _, err := recovery.Policy{}.Follow([]recovery.Event{event(recovery.Receive, 0)})
	require.ErrorIs(t, err, relmark.ErrInvalid)
	for name, events := range map[string][]recovery.Event{
		"nothing":      nil,
		"not received": {event(recovery.Acknowledge, 0)},
		"unknown":      {event(recovery.Receive, 0), event("lose", 1)},
		"order":        {event(recovery.Receive, 0), event(recovery.Acknowledge, -1)},
	} {
		_, _, err := promised().Follow(events)
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
	}
	_, _, err = promised().Follow([]recovery.Event{event(recovery.Receive, 0), event(recovery.Resolve, 2), event(recovery.Acknowledge, 1)})
	require.ErrorContains(t, err, "Events[2].At", "a refused event counts in the order")
	list := []recovery.Event{event(recovery.Receive, 0), event(recovery.Resolve, 2)}
	_, _, err = desk(t).Follow(list, monday(1))
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, _, err = desk(t).Follow(list[1:], monday(3))
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, _, err = desk(t).Follow(list, time.Date(2152, 1, 1, 0, 0, 0, 0, time.UTC))
	require.ErrorIs(t, err, relmark.ErrInvalid)
	s, refused, err := desk(t).Follow(list, monday(3))
	require.NoError(t, err)
	assert.Equal(t, []any{recovery.Received, 1}, []any{s.State, len(refused)})
}

func TestStandingRefuses(t *testing.T) {
	t.Parallel()
	c, _, err := promised().Follow([]recovery.Event{event(recovery.Receive, 1)})
	require.NoError(t, err)
	_, err = recovery.Desk{}.Standing(&c, monday(2))
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = desk(t).Standing(nil, monday(2))
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = desk(t).Standing(new(recovery.Complaint), monday(2))
	require.ErrorIs(t, err, relmark.ErrInvalid)
	for _, asOf := range []time.Time{monday(0), {}, monday(24 * 36_600)} {
		_, err = desk(t).Standing(&c, asOf)
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
	_, err = recovery.NewDesk(recovery.Policy{}, office(t))
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = recovery.NewDesk(promised(), recovery.Calendar{})
	require.ErrorIs(t, err, relmark.ErrInvalid)
	assert.Equal(t, promised(), desk(t).Policy())
	assert.True(t, desk(t).Calendar().Open(monday(0)))
}

// A deadline beyond the year 2261 is none.
func TestDeadlineBeyondTime(t *testing.T) {
	t.Parallel()
	p := promised()
	p.Targets = recovery.Targets{Reply: 87_840 * time.Hour, Resolution: 87_840 * time.Hour}
	h := recovery.Hours{Zone: time.UTC}
	h.Week[0] = []recovery.Opening{{To: time.Minute}}
	d, err := recovery.NewDesk(p, compiled(t, h))
	require.NoError(t, err)
	c, _, err := p.Follow([]recovery.Event{event(recovery.Receive, 0)})
	require.NoError(t, err)
	s, err := d.Standing(&c, monday(1))
	require.NoError(t, err)
	assert.Nil(t, s.Reply.Due)
	assert.Nil(t, s.Clocks[0].Due)
	assert.Nil(t, s.Next)
	assert.False(t, s.Reply.Breached)
}

// A drawn life: events at whole minutes, some refused.
func drawEvents(t *rapid.T) []recovery.Event {
	kinds := []recovery.EventType{
		recovery.Acknowledge, recovery.Diagnose, recovery.Resolve, recovery.Compensate, recovery.Close, recovery.Reopen,
		recovery.Wait, recovery.Resume, recovery.Assign, recovery.Contact, recovery.Receive,
	}
	// Mostly the way of a complaint, so that late states are seen.
	usual := []recovery.EventType{recovery.Acknowledge, recovery.Wait, recovery.Diagnose, recovery.Resolve, recovery.Reopen, recovery.Wait, recovery.Diagnose, recovery.Resolve, recovery.Close}
	minute := 0
	first := event(recovery.Receive, 0)
	first.Priority, first.Topic = rapid.IntRange(0, 5).Draw(t, "priority"), rapid.SampledFrom([]string{"", "room", "bill"}).Draw(t, "topic")
	out := []recovery.Event{first}
	for i := range rapid.IntRange(0, 14).Draw(t, "events") {
		minute += rapid.IntRange(0, 2500).Draw(t, "minutes")
		e := recovery.Event{Type: usual[i%len(usual)], At: monday(0).Add(clock(0, minute))}
		if rapid.IntRange(0, 2).Draw(t, "any") == 0 {
			e.Type = rapid.SampledFrom(kinds).Draw(t, "type")
		}
		switch e.Type {
		case recovery.Assign:
			e.Owner = rapid.SampledFrom([]string{"ann", "bob"}).Draw(t, "owner")
		case recovery.Diagnose:
			e.Cause = rapid.SampledFrom([]string{"", "boiler", "booking"}).Draw(t, "cause")
		default:
		}
		out = append(out, e)
	}
	return out
}

// A naive clock of one complaint looks at every minute.
type naiveClock struct {
	start              time.Time
	used, paused, runs int
	due                *time.Time
	done               bool
	end                time.Time
	fired              []time.Time
	remaining          []int
}

// Standing against a simulation, minute by minute, that knows only the words of the rules.
func TestStandingAgainstMinutes(t *testing.T) {
	t.Parallel()
	percents := []int{50, 80, 100, 150}
	p := promised()
	for i, percent := range percents {
		p.Escalation = append(p.Escalation, recovery.Escalation{Level: i + 1, Percent: decimal.NewFromInt(int64(percent))})
	}
	calendar := office(t)
	d, err := recovery.NewDesk(p, calendar)
	require.NoError(t, err)
	rapid.Check(t, func(t *rapid.T) {
		events := drawEvents(t)
		c, refused, err := p.Follow(events)
		require.NoError(t, err)
		rejected := map[int]bool{}
		for _, r := range refused {
			rejected[r.Event] = true
		}
		asOf := events[len(events)-1].At.Add(clock(0, rapid.IntRange(0, 5000).Draw(t, "later")))
		got, err := d.Standing(&c, asOf)
		require.NoError(t, err)

		var clocks []*naiveClock
		begin := func(at time.Time, budget int) {
			n := &naiveClock{start: at, runs: budget}
			for _, percent := range percents {
				n.remaining = append(n.remaining, budget*percent/100)
			}
			clocks = append(clocks, n)
		}
		waiting, acknowledged, reply, next := false, false, 0, 0
		for now := events[0].At; !now.After(asOf); now = now.Add(time.Minute) {
			for ; next < len(events) && events[next].At.Equal(now); next++ {
				if rejected[next] {
					continue
				}
				switch events[next].Type {
				case recovery.Receive:
					begin(now, 16*60)
				case recovery.Reopen:
					begin(now, 8*60)
				case recovery.Acknowledge:
					acknowledged = true
				case recovery.Wait:
					waiting = true
				case recovery.Resume:
					waiting = false
				case recovery.Resolve:
					last := clocks[len(clocks)-1]
					waiting, last.done, last.end = false, true, now
				default:
				}
			}
			n := clocks[len(clocks)-1]
			if now.Equal(asOf) || !calendar.Open(now) {
				continue
			}
			if !acknowledged {
				reply++
			}
			if n.done {
				continue
			}
			if waiting {
				n.paused++
				continue
			}
			n.used++
			after := now.Add(time.Minute)
			for _, needs := range n.remaining {
				if n.used == needs && !after.After(asOf) {
					n.fired = append(n.fired, after)
				}
			}
			if n.used == n.runs {
				n.due = &after
			}
		}
		require.Len(t, got.Clocks, len(clocks))
		require.Equal(t, clock(0, reply), got.Reply.Used)
		require.Equal(t, acknowledged, got.Reply.Done)
		require.Equal(t, got.Reply.Due.Before(asOf) && reply > 4*60 || reply > 4*60, got.Reply.Breached, "reply %d", reply)
		for i, n := range clocks {
			r := got.Clocks[i]
			require.Equal(t, []any{n.start, clock(0, n.used), clock(0, n.paused), n.done}, []any{r.Start, r.Used, r.Paused, r.Done}, "clock %d", i)
			if n.due != nil {
				require.NotNil(t, r.Due)
				require.Equal(t, n.due.UTC(), *r.Due)
			}
			// Fired before the resolution, strictly.
			var fired []time.Time
			for _, f := range n.fired {
				if !n.done || f.Before(n.end) {
					fired = append(fired, f)
				}
			}
			require.Len(t, r.Escalations, len(fired), "clock %d", i)
			for k, f := range fired {
				require.Equal(t, f.UTC(), r.Escalations[k].At)
			}
			if r.Due == nil {
				require.True(t, waiting && i == len(clocks)-1)
				require.Less(t, n.used, n.runs)
				require.False(t, r.Breached)
			} else {
				end := asOf
				if n.done {
					end = n.end
				}
				require.Equal(t, end.After(*r.Due), r.Breached)
				require.False(t, n.due == nil && r.Due.Before(end), "clock %d has not run out", i)
			}
		}
	})
}

// A policy that nobody has validated is no way past its rules: days without end would
// overflow, and none below 0 would refuse what is in time.
func TestApplyAsksForDaysThatAreSome(t *testing.T) {
	t.Parallel()
	for _, days := range []int{-1, math.MinInt, 3661, math.MaxInt} {
		var c recovery.Complaint
		err := recovery.Policy{ReopenDays: days}.Apply(&c, event(recovery.Receive, 0))
		var field *relmark.FieldError
		require.ErrorAs(t, err, &field)
		assert.Equal(t, "ReopenDays", field.Field)
		assert.Equal(t, recovery.NotReceived, c.State())
	}
	require.ErrorIs(t, promised().Apply(nil, event(recovery.Receive, 0)), relmark.ErrInvalid)
}
