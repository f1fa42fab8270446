package tier_test

import (
	"encoding/json"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/tier"
)

// A scenario is one line of tier_scenarios.json.
type scenario struct {
	ID       string            `json:"id"`
	Title    string            `json:"title"`
	Joined   relmark.Date      `json:"joined"`
	Policy   json.RawMessage   `json:"policy"`
	Policies []json.RawMessage `json:"policies"`
	Raw      []json.RawMessage `json:"events"`
	Events   []tier.Event      `json:"-"`
	Expect   []expected        `json:"expect"`
	History  []tier.Change     `json:"history"`
	Shards   [][]string        `json:"shards"`
}

type expected struct {
	At      time.Time   `json:"at"`
	Known   *int        `json:"known"`
	Level   string      `json:"level"`
	Since   time.Time   `json:"since"`
	Until   *time.Time  `json:"until"`
	Source  tier.Source `json:"source"`
	Reason  tier.Reason `json:"reason"`
	Grace   bool        `json:"grace"`
	Missing struct {
		Next *goal `json:"next"`
		Keep *goal `json:"keep"`
	} `json:"missing"`
}

// events returns those that have arrived when the question is asked.
func (e *expected) events(sc *scenario) []tier.Event {
	if e.Known == nil {
		return sc.Events
	}
	return sc.Events[:*e.Known]
}

type goal struct {
	Level        string         `json:"level"`
	Alternatives []tier.Amounts `json:"alternatives"`
	By           *time.Time     `json:"by"`
}

func (sc *scenario) ladder(t testing.TB) *tier.Ladder {
	t.Helper()
	list := sc.Policies
	if list == nil {
		list = []json.RawMessage{sc.Policy}
	}
	for i := range list {
		list[i] = plain(t, list[i])
	}
	raw, err := json.Marshal(map[string]any{"v": 1, "policies": list})
	require.NoError(t, err)
	policies, err := tier.DecodePolicies(raw, time.LoadLocation)
	require.NoError(t, err, sc.ID)
	p, err := tier.New(policies...)
	require.NoError(t, err, sc.ID)
	return p
}

// plain leaves out the words that name a default.
func plain(t testing.TB, policy json.RawMessage) json.RawMessage {
	t.Helper()
	var fields map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(policy, &fields))
	for key, word := range map[string]string{"upgrade": "immediate", "depth": "earned", "reversal": "keep", "round": "none"} {
		if string(fields[key]) == `"`+word+`"` {
			delete(fields, key)
		}
	}
	if inner, ok := fields["validity"]; ok {
		fields["validity"] = plain(t, inner)
	}
	out, err := json.Marshal(fields)
	require.NoError(t, err)
	return out
}

func scenarios(t testing.TB, content []byte) []scenario {
	t.Helper()
	var file struct {
		Version   int
		Scenarios []scenario
	}
	require.NoError(t, reference.Strict(content, &file))
	require.NotEmpty(t, file.Scenarios)
	for i := range file.Scenarios {
		sc := &file.Scenarios[i]
		for _, raw := range sc.Raw {
			var e tier.Event
			require.NoError(t, json.Unmarshal(append([]byte(`{"v":1,`), raw[1:]...), &e), sc.ID)
			sc.Events = append(sc.Events, e)
		}
	}
	return file.Scenarios
}

// state adds events in the order given.
func state(t testing.TB, p *tier.Ladder, joined relmark.Date, events ...tier.Event) *tier.Membership {
	t.Helper()
	s, err := p.Join(joined)
	require.NoError(t, err)
	for _, e := range events {
		require.NoError(t, s.Add(e))
	}
	return s
}

func TestReferenceScenarios(t *testing.T) {
	t.Parallel()
	f := reference.Open(t, "tier", "tier_scenarios.json")
	for _, sc := range scenarios(t, f.Bytes()) {
		if !f.Owns(sc.ID) {
			continue
		}
		p := sc.ladder(t)
		for i, want := range sc.Expect {
			got, err := p.Decide(state(t, p, sc.Joined, want.events(&sc)...), want.At)
			require.NoError(t, err)
			compare(f, sc.ID, i, want, got)
		}
		last := sc.Expect[len(sc.Expect)-1]
		whole := state(t, p, sc.Joined, sc.Events...)
		compareHistory(t, f, &sc, p, whole, last.At)
		shuffled(t, f, &sc, p)
		shards(t, f, &sc, p)
	}
}

// compare counts every field of one decision.
func compare(f *reference.File, id string, i int, want expected, got tier.Decision) {
	f.Exact(want.Level, got.Level, "%s[%d].level", id, i)
	f.Exact(want.Since.UTC(), got.Since, "%s[%d].since", id, i)
	f.Exact(zero(want.Until), got.Until, "%s[%d].until", id, i)
	f.Exact(want.Source, got.Source, "%s[%d].source", id, i)
	f.Exact(want.Reason, got.Reason, "%s[%d].reason", id, i)
	f.Exact(want.Grace, got.Grace, "%s[%d].grace", id, i)
	if want.Missing.Keep != nil {
		want.Missing.Keep.Level = want.Level
	}
	compareGoal(f, want.Missing.Next, got.Next, id, i, "next")
	compareGoal(f, want.Missing.Keep, got.Keep, id, i, "keep")
}

func compareGoal(f *reference.File, want *goal, got *tier.Shortfall, id string, i int, what string) {
	if !f.Exact(want == nil, got == nil, "%s[%d].%s is null", id, i, what) || want == nil {
		return
	}
	f.Exact(want.Level, got.Level, "%s[%d].%s.level", id, i, what)
	f.Exact(zero(want.By), got.By, "%s[%d].%s.by", id, i, what)
	if !f.Exact(len(want.Alternatives), len(got.Alternatives), "%s[%d].%s.alternatives", id, i, what) {
		return
	}
	for j, alternative := range want.Alternatives {
		f.Exact(len(alternative), len(got.Alternatives[j]), "%s[%d].%s.alternatives[%d]", id, i, what, j)
		for metric, v := range alternative {
			f.Exact(true, v.Equal(got.Alternatives[j][metric]), "%s[%d].%s.alternatives[%d].%s", id, i, what, j, metric)
		}
	}
}

func zero(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}

func compareHistory(t *testing.T, f *reference.File, sc *scenario, p *tier.Ladder, s *tier.Membership, until time.Time) {
	t.Helper()
	history, err := p.Replay(s, until)
	require.NoError(t, err)
	if f.Exact(len(sc.History), len(history), "%s history", sc.ID) {
		for i, want := range sc.History {
			want.At = want.At.UTC()
			f.Exact(want, history[i], "%s.history[%d]", sc.ID, i)
		}
	}
}

// shuffled replays a scenario in other orders, with repeats, and asks at other
// instants in between.
func shuffled(t *testing.T, f *reference.File, sc *scenario, p *tier.Ladder) {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, 2))
	last := sc.Expect[len(sc.Expect)-1]
	span := max(0, last.At.Sub(earliest(sc)))
	for range 20 {
		events := append([]tier.Event(nil), last.events(sc)...)
		if len(events) > 0 {
			events = append(events, events[rng.IntN(len(events))])
		}
		rng.Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
		s, err := p.Join(sc.Joined)
		require.NoError(t, err)
		r := p.Runner()
		for _, e := range events {
			require.NoError(t, s.Add(e))
			_, err = r.Standing(s, last.At.Add(-time.Duration(rng.Int64N(int64(span)+1))))
			require.NoError(t, err)
		}
		got, err := r.Decide(s, last.At)
		require.NoError(t, err)
		compare(f, sc.ID, len(sc.Expect)-1, last, got)
		if len(last.events(sc)) == len(sc.Events) {
			compareHistory(t, f, sc, p, s, last.At)
		}
	}
}

// earliest returns the earliest instant a scenario names; its first event need
// not be the first to happen, and there may be none.
func earliest(sc *scenario) time.Time {
	at := sc.Expect[0].At
	for _, want := range sc.Expect {
		if want.At.Before(at) {
			at = want.At
		}
	}
	for i := range sc.Events {
		if e := &sc.Events[i]; e.At.Before(at) {
			at = e.At
		}
	}
	return at
}

// shards builds a state of each shard and merges them in every order. Shards hold
// all events of a scenario, whatever its last question knows.
func shards(t *testing.T, f *reference.File, sc *scenario, p *tier.Ladder) {
	t.Helper()
	byID := map[string]tier.Event{}
	for _, e := range sc.Events {
		byID[e.ID] = e
	}
	last := sc.Expect[len(sc.Expect)-1]
	for order := range permutations(len(sc.Shards)) {
		merged := state(t, p, sc.Joined)
		for _, i := range order {
			shard := state(t, p, sc.Joined)
			for _, id := range sc.Shards[i] {
				require.NoError(t, shard.Add(byID[id]))
			}
			require.NoError(t, merged.Merge(shard))
		}
		if len(order) == 0 {
			continue
		}
		if len(last.events(sc)) == len(sc.Events) {
			got, err := p.Decide(merged, last.At)
			require.NoError(t, err)
			compare(f, sc.ID, len(sc.Expect)-1, last, got)
		}
		compareHistory(t, f, sc, p, merged, last.At)
	}
}

// permutations yields every order of 0 to n-1; what it yields is reused.
func permutations(n int) func(yield func([]int) bool) {
	return func(yield func([]int) bool) {
		order := make([]int, 0, n)
		used := make([]bool, n)
		var step func() bool
		step = func() bool {
			if len(order) == n {
				return yield(order)
			}
			for i := range n {
				if used[i] {
					continue
				}
				used[i], order = true, append(order, i)
				ok := step()
				used[i], order = false, order[:len(order)-1]
				if !ok {
					return false
				}
			}
			return true
		}
		step()
	}
}

func d(text string) decimal.Decimal { return decimal.RequireFromString(text) }
