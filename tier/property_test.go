package tier_test

import (
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/tier"
)

func encoded(t *rapid.T, s *tier.Membership) string {
	data, err := s.MarshalBinary()
	require.NoError(t, err)
	return string(data)
}

// Any order of arrival with any repeats, and any overlapping shards merged in any
// order, give one state, to the byte.
func TestSetOfEvents(t *testing.T) {
	t.Parallel()
	zones := zones(t)
	rapid.Check(t, func(t *rapid.T) {
		d := drawAll(t, zones)
		want := encoded(t, d.state(t, d.events))
		again := append(slices.Clone(d.events), rapid.SampledFrom(d.events).Draw(t, "repeat"))
		if encoded(t, d.state(t, rapid.Permutation(again).Draw(t, "order"))) != want {
			t.Fatal("order changes the state")
		}
		shards := make([][]tier.Event, 3)
		for _, e := range d.events {
			i := rapid.IntRange(0, 2).Draw(t, "shard")
			shards[i] = append(shards[i], e)
			if maybe(t, "overlap", 20) {
				shards[(i+1)%3] = append(shards[(i+1)%3], e)
			}
		}
		a, b, c := d.state(t, shards[0]), d.state(t, shards[1]), d.state(t, shards[2])
		left, right := a.Clone(), b.Clone()
		require.NoError(t, left.Merge(b))
		require.NoError(t, left.Merge(c))
		require.NoError(t, right.Merge(c))
		require.NoError(t, right.Merge(a))
		require.NoError(t, right.Merge(d.state(t, nil)))
		if encoded(t, left) != want || encoded(t, right) != want {
			t.Fatal("shards change the state")
		}
	})
}

// Following a member live, with a decision after every event, ends where a replay
// of all events ends; and the last change up to an instant is the standing there.
func TestReplayIsLive(t *testing.T) {
	t.Parallel()
	zones := zones(t)
	rapid.Check(t, func(t *rapid.T) {
		d := drawAll(t, zones)
		slices.SortStableFunc(d.events, func(a, b tier.Event) int { return a.At.Compare(b.At) })
		live := d.state(t, nil)
		r := d.ladder.Runner()
		var seen []tier.Standing
		for i, e := range d.events {
			require.NoError(t, live.Add(e))
			if i+1 < len(d.events) && d.events[i+1].At.Equal(e.At) {
				continue
			}
			got, err := r.Standing(live, e.At)
			require.NoError(t, err)
			seen = append(seen, got)
		}
		whole := d.state(t, d.events)
		last := d.events[len(d.events)-1].At
		history, err := d.ladder.Replay(whole, last)
		require.NoError(t, err)
		for _, want := range seen {
			got, err := r.Standing(whole, want.AsOf)
			require.NoError(t, err)
			want.NextCheck = got.NextCheck // what is due may depend on overrides and the like to come
			if got != want {
				t.Fatalf("replay %+v, live %+v", got, want)
			}
			level := "base"
			for _, c := range history {
				if !c.At.After(want.AsOf) {
					level = c.To
				}
			}
			if level != want.Level {
				t.Fatalf("history says %s, standing %s", level, want.Level)
			}
		}
	})
}

// Between an instant and the one to check again at, nothing changes.
func TestCheckIsNotLate(t *testing.T) {
	t.Parallel()
	zones := zones(t)
	rapid.Check(t, func(t *rapid.T) {
		d := drawAll(t, zones)
		known := slices.DeleteFunc(slices.Clone(d.events), func(e tier.Event) bool { return e.At.After(d.at) })
		s := d.state(t, known)
		r := d.ladder.Runner()
		now, err := r.Standing(s, d.at)
		require.NoError(t, err)
		until := now.NextCheck
		if until.IsZero() {
			until = d.at.Add(3000 * 24 * time.Hour)
		}
		if !until.After(d.at) {
			t.Fatalf("check %v is not after %v", until, d.at)
		}
		span := until.Sub(d.at)
		for _, at := range []time.Time{until.Add(-1), d.at.Add(time.Duration(rapid.Int64Range(0, int64(span)-1).Draw(t, "later")))} {
			then, err := r.Standing(s, at)
			require.NoError(t, err)
			then.AsOf, then.NextCheck = now.AsOf, now.NextCheck
			if then != now {
				t.Fatalf("before the check: %+v, then %+v", now, then)
			}
		}
	})
}

// Within the dwell time after a change there is no downgrade, and after a downgrade
// no change at all, except what overrides and lifetime levels do.
func TestNoOscillationWithinDwell(t *testing.T) {
	t.Parallel()
	zones := zones(t)
	rapid.Check(t, func(t *rapid.T) {
		d := drawAll(t, zones)
		dwell := rapid.SampledFrom([]int{1, 10, 90}).Draw(t, "days")
		for i := range d.policies {
			d.policies[i].DwellDays = dwell
			for j := range d.policies[i].Levels {
				d.policies[i].Levels[j].Lifetime = nil
			}
		}
		var err error
		d.ladder, err = tier.New(d.policies...)
		require.NoError(t, err)
		d.events = slices.DeleteFunc(d.events, func(e tier.Event) bool { return e.Override != nil })
		history, err := d.ladder.Replay(d.state(t, d.events), d.at.AddDate(3, 0, 0))
		require.NoError(t, err)
		codes := d.ladder.Levels()
		up := func(c tier.Change) bool { return slices.Index(codes, c.To) > slices.Index(codes, c.From) }
		for i := 1; i < len(history); i++ {
			last, c := history[i-1], history[i]
			if up(last) && up(c) {
				continue
			}
			n := naive{ps: d.policies}
			if c.At.Before(n.daysAfter(last.At, dwell)) {
				t.Fatalf("%+v within %d days of %+v", c, dwell, last)
			}
		}
	})
}

// Where a level follows the sums without delay, or has a date that activity only
// moves on, more of a qualifying amount never means a lower level.
func TestMonotoneInAmounts(t *testing.T) {
	t.Parallel()
	zones := zones(t)
	rapid.Check(t, func(t *rapid.T) {
		d := drawAll(t, zones)
		for i := range d.policies {
			p := &d.policies[i]
			p.GraceDays, p.DwellDays, p.Depth, p.Rollover, p.Upgrade = 0, 0, tier.ToEarned, nil, tier.Immediate
			p.Reversal = tier.KeepLevel
			if p.Validity.Kind == tier.MonthsFromEntry {
				p.Validity = tier.Validity{Kind: tier.WhileHolds}
			}
		}
		var err error
		d.ladder, err = tier.New(d.policies[0])
		require.NoError(t, err)
		d.events = slices.DeleteFunc(d.events, func(e tier.Event) bool { return e.Reverse != "" })
		more := slices.Clone(d.events)
		for i, e := range more {
			if e.Override == nil {
				more[i].Amounts = tier.Amounts{"spend": e.Amounts["spend"], "nights": e.Amounts["nights"].Add(decimal.NewFromInt(rapid.Int64Range(0, 3).Draw(t, "more")))}
			}
		}
		codes := d.ladder.Levels()
		less, err := d.ladder.Decide(d.state(t, d.events), d.at)
		require.NoError(t, err)
		got, err := d.ladder.Decide(d.state(t, more), d.at)
		require.NoError(t, err)
		if slices.Index(codes, got.Level) < slices.Index(codes, less.Level) {
			t.Fatalf("with less %+v, with more %+v", less.Standing, got.Standing)
		}
	})
}

// Bringing what an alternative asks for, at the instant of the question, leads to
// the level: at once where upgrades are immediate and nothing blocks them.
func TestAlternativesSuffice(t *testing.T) {
	t.Parallel()
	zones := zones(t)
	rapid.Check(t, func(t *rapid.T) {
		d := drawAll(t, zones)
		for i := range d.policies {
			d.policies[i].DwellDays, d.policies[i].Upgrade = 0, tier.Immediate
		}
		var err error
		d.ladder, err = tier.New(d.policies...)
		require.NoError(t, err)
		s := d.state(t, d.events)
		before, err := d.ladder.Decide(s, d.at)
		require.NoError(t, err)
		// A pin decides, and a rolling day may be over before the instant.
		if before.Next == nil || len(before.Next.Alternatives) == 0 || before.Source == tier.SourceOverride {
			return
		}
		way := rapid.SampledFrom(before.Next.Alternatives).Draw(t, "way")
		require.NoError(t, s.Add(tier.Event{ID: "way", At: d.at, Amounts: way}))
		after, err := d.ladder.Decide(s, d.at)
		require.NoError(t, err)
		codes := d.ladder.Levels()
		if slices.Index(codes, after.Level) < slices.Index(codes, before.Next.Level) && d.policies[0].Window.Kind != tier.RollingDays {
			t.Fatalf("%v does not lead to %s but %s", way, before.Next.Level, after.Level)
		}
	})
}
