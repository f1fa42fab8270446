package tier_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/tier"
)

// A closed state answers everything from the closing date on as the open one does,
// whatever is added to both, as long as no reversal is of a dropped event.
func TestCloseChangesNoAnswer(t *testing.T) {
	t.Parallel()
	zones := zones(t)
	rapid.Check(t, func(t *rapid.T) {
		d := drawAll(t, zones)
		on := d.joined.AddDays(rapid.IntRange(1, 2000).Draw(t, "closing"))
		begins := on.Start(d.policies[0].Zone)
		var early, late []tier.Event
		for _, e := range d.events {
			if e.At.Before(begins) {
				early = append(early, e)
			} else {
				late = append(late, e)
			}
		}
		closed := d.state(t, early)
		if maybe(t, "twice", 30) {
			first := d.joined.AddDays(rapid.IntRange(1, 2000).Draw(t, "first closing"))
			if first.Before(on) {
				require.NoError(t, closed.Close(first))
			}
		}
		require.NoError(t, closed.Close(on))
		kept := keptIDs(t, closed, early)
		whole := d.state(t, early)
		for _, e := range late {
			if e.Reverse != "" && !kept[e.Reverse] && !isLate(late, e.Reverse) {
				continue
			}
			require.NoError(t, closed.Add(e))
			require.NoError(t, whole.Add(e))
		}
		closed = recoded(t, d.ladder, closed)
		if d.at.Before(begins) {
			_, err := d.ladder.Decide(closed, d.at)
			require.ErrorIs(t, err, relmark.ErrRefused)
			d.at = begins
		}
		want, err := d.ladder.Decide(whole, d.at)
		require.NoError(t, err)
		got, err := d.ladder.Decide(closed, d.at)
		require.NoError(t, err)
		same(t, want, got)
		if want.NextCheck != got.NextCheck {
			t.Fatalf("check: want %v, got %v", want.NextCheck, got.NextCheck)
		}
		all, err := d.ladder.Replay(whole, d.at)
		require.NoError(t, err)
		rest, err := d.ladder.Replay(closed, d.at)
		require.NoError(t, err)
		for len(all) > 0 && all[0].At.Before(begins) {
			all = all[1:]
		}
		if len(all) != len(rest) {
			t.Fatalf("history: want %v, got %v", all, rest)
		}
		for i := range all {
			if all[i] != rest[i] {
				t.Fatalf("history[%d]: want %v, got %v", i, all[i], rest[i])
			}
		}
	})
}

// keptIDs finds out which events a closed state has kept: a repetition of those is
// no error.
func keptIDs(t *rapid.T, s *tier.Membership, events []tier.Event) map[string]bool {
	kept := map[string]bool{}
	for _, e := range events {
		n := s.Len()
		if err := s.Add(e); err == nil {
			kept[e.ID] = true
		} else if !assert.ErrorIs(t, err, relmark.ErrRefused) {
			t.Fatal(err)
		}
		if s.Len() != n {
			t.Fatal("an event before the closing date was added")
		}
	}
	return kept
}

func isLate(late []tier.Event, id string) bool {
	for _, e := range late {
		if e.ID == id {
			return true
		}
	}
	return false
}

// recoded encodes and decodes a state, twice, to the same bytes.
func recoded(t *rapid.T, p *tier.Ladder, s *tier.Membership) *tier.Membership {
	data, err := s.MarshalBinary()
	require.NoError(t, err)
	decoded, err := p.DecodeMembership(data)
	if err != nil {
		t.Fatalf("decode: %v", err)
	}
	again, err := decoded.AppendBinary(nil)
	require.NoError(t, err)
	if string(again) != string(data) {
		t.Fatal("encodings differ")
	}
	return decoded
}
