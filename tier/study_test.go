package tier_test

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/tier"
)

func stream(members ...*tier.Membership) iter.Seq2[*tier.Membership, error] {
	return func(yield func(*tier.Membership, error) bool) {
		for _, s := range members {
			if !yield(s, nil) {
				return
			}
		}
	}
}

// Three members over 2026, by hand. Silver at 10, gold at 40 nights, calendar years:
// a is gold for all of 2026 (since 2025), b rises to gold on 1 March and stays, c
// falls from silver on 1 January 2026 and rises again on 11 December.
func handMade(t testing.TB) (*tier.Ladder, []*tier.Membership, tier.Study) {
	t.Helper()
	p := ladder(t, simple())
	joined := relmark.MustParseDate("2024-01-01")
	a := state(t, p, joined, tier.Event{ID: "a", At: instant(t, "2025-05-01T00:00:00Z"), Amounts: nights(45)})
	b := state(t, p, joined, tier.Event{ID: "b", At: instant(t, "2026-03-01T12:00:00Z"), Amounts: nights(41)},
		tier.Event{ID: "b2", At: instant(t, "2026-06-01T12:00:00Z"), Amounts: nights(7)},
		tier.Event{ID: "b3", At: instant(t, "2026-07-01T12:00:00Z"), Reverse: "b2", Amounts: nights(2)})
	c := state(t, p, joined, tier.Event{ID: "c", At: instant(t, "2024-05-01T00:00:00Z"), Amounts: nights(12)},
		tier.Event{ID: "c2", At: instant(t, "2026-12-11T00:00:00Z"), Amounts: nights(12)})
	study := tier.Study{From: relmark.MustParseDate("2026-01-01"), To: relmark.MustParseDate("2027-01-01"), Benefits: []tier.Benefit{
		{Name: "welcome gift", Level: "silver", PerEntry: d("20")},
		{Name: "lounge", Level: "gold", PerDay: d("0.10"), Metric: "nights", PerUnit: d("5.5")},
	}}
	return p, []*tier.Membership{a, b, c, state(t, p, relmark.MustParseDate("2026-07-01")), state(t, p, relmark.MustParseDate("2027-01-01"))}, study
}

func TestSimulate(t *testing.T) {
	t.Parallel()
	p, members, study := handMade(t)
	r, err := p.Simulate(context.Background(), stream(members...), study)
	require.NoError(t, err)
	assert.Equal(t, int64(4), r.Members, "who joins after the study does not count")
	assert.Equal(t, []tier.LevelReport{
		// c falls at the first instant of the study, so its base is where it starts.
		{Level: "base", Before: 3, After: 1, Reached: 3, Days: 60 + 344 + 184},
		{Level: "silver", After: 1, Reached: 1, Ups: 1, Days: 20 + 1},
		{Level: "gold", Before: 1, After: 2, Reached: 2, Ups: 1, Days: 365 + 305},
	}, r.Levels)
	assert.Equal(t, [][]int64{{1, 1, 1}, {0, 0, 0}, {0, 0, 1}}, r.Moves)
	assert.Equal(t, []tier.ReasonReport{{Reason: tier.ReasonEarned, Changes: 2}}, r.Reasons)
	assert.Equal(t, int64(2), r.Changes())
	require.Len(t, r.Benefits, 2)
	gift, lounge := r.Benefits[0], r.Benefits[1]
	assert.Equal(t, []int64{3, 2, 691}, []int64{gift.Reach, gift.Entries, gift.Days})
	assert.True(t, gift.Cost.Equal(d("40")))
	assert.Equal(t, []int64{2, 1, 670}, []int64{lounge.Reach, lounge.Entries, lounge.Days})
	assert.True(t, lounge.Amount.Equal(d("5")), "what made b gold was earned at the base; of seven nights two were refunded")
	assert.True(t, lounge.Cost.Equal(d("94.5")), "670 days at 0.10 and 5 nights at 5.50")
	assert.True(t, r.Cost().Equal(d("134.5")))
}

func TestCompare(t *testing.T) {
	t.Parallel()
	before, members, study := handMade(t)
	p := simple()
	p.Levels[2].Enter, p.Levels[2].Keep = tier.AtLeastInt("nights", 46), nil
	c, err := tier.Compare(context.Background(), before, ladder(t, p), stream(members...), study)
	require.NoError(t, err)
	assert.Equal(t, [][]int64{{1, 0, 0}, {0, 1, 0}, {0, 1, 1}}, c.Cross, "a is silver now, b got there with the stay in June")
	assert.Equal(t, []int64{0, 3, 1}, []int64{c.Better, c.Same, c.Worse})
	assert.True(t, c.Saved.Equal(c.Before.Cost().Sub(c.After.Cost())))
	assert.Equal(t, int64(213), c.After.Levels[2].Days, "2 June to the end of the year")
}

func TestStudyRejects(t *testing.T) {
	t.Parallel()
	p, members, study := handMade(t)
	for name, change := range map[string]func(y *tier.Study){
		"no dates":       func(y *tier.Study) { y.From = relmark.Date{} },
		"no end":         func(y *tier.Study) { y.To = y.From },
		"late end":       func(y *tier.Study) { y.To = relmark.MustParseDate("9999-01-01") },
		"no name":        func(y *tier.Study) { y.Benefits[0].Name = "" },
		"name twice":     func(y *tier.Study) { y.Benefits[0].Name = "lounge" },
		"base":           func(y *tier.Study) { y.Benefits[0].Level = "base" },
		"unknown level":  func(y *tier.Study) { y.Benefits[0].Level = "black" },
		"negative cost":  func(y *tier.Study) { y.Benefits[0].PerDay = d("-1") },
		"endless cost":   func(y *tier.Study) { y.Benefits[0].PerDay = decimal.New(1, 1_000_000_000) },
		"unknown metric": func(y *tier.Study) { y.Benefits[1].Metric = "stays" },
	} {
		bad := study
		bad.Benefits = slices.Clone(study.Benefits)
		change(&bad)
		_, err := p.Simulation(bad)
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
		_, err = p.Simulate(context.Background(), stream(), bad)
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
		_, err = tier.NewPairedSimulation(p, p, bad)
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
		_, err = tier.Compare(context.Background(), p, p, stream(), bad)
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
	}
	other := simple()
	other.Levels = other.Levels[:2]
	_, err := tier.NewPairedSimulation(p, ladder(t, other), study)
	require.ErrorIs(t, err, relmark.ErrInvalid, "no gold there")
	zoned := simple()
	zoned.Zone = zones(t)[1]
	_, err = tier.NewPairedSimulation(p, ladder(t, zoned), study)
	require.ErrorIs(t, err, relmark.ErrInvalid, "another zone")

	sim, err := p.Simulation(study)
	require.NoError(t, err)
	require.ErrorIs(t, sim.Add(nil), relmark.ErrInvalid)
	closed := members[0].Clone()
	require.NoError(t, closed.Close(relmark.MustParseDate("2026-02-01")))
	require.ErrorIs(t, sim.Add(closed), relmark.ErrRefused)
	require.ErrorIs(t, sim.Merge(nil), relmark.ErrInvalid)
	shorter := study
	shorter.To = relmark.MustParseDate("2026-12-01")
	rest, err := p.Simulation(shorter)
	require.NoError(t, err)
	require.ErrorIs(t, sim.Merge(rest), relmark.ErrInvalid)
	cheaper := study
	cheaper.Benefits = slices.Clone(study.Benefits)
	cheaper.Benefits[0].PerEntry = d("1")
	rest, err = p.Simulation(cheaper)
	require.NoError(t, err)
	require.ErrorIs(t, sim.Merge(rest), relmark.ErrInvalid)
	assert.Zero(t, sim.Report().Members)

	trial, err := tier.NewPairedSimulation(p, ladder(t, simple()), study)
	require.NoError(t, err)
	require.ErrorIs(t, trial.Add(nil), relmark.ErrInvalid)
	require.ErrorIs(t, trial.Add(closed), relmark.ErrRefused)
	require.ErrorIs(t, trial.Merge(nil), relmark.ErrInvalid)
	assert.Zero(t, trial.Comparison().Before.Members)
}

func TestStreamsStop(t *testing.T) {
	t.Parallel()
	p, members, study := handMade(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := p.Simulate(ctx, stream(members...), study)
	require.ErrorIs(t, err, context.Canceled)
	_, err = tier.Compare(ctx, p, p, stream(members...), study)
	require.ErrorIs(t, err, context.Canceled)
	broken := errors.New("connection lost")
	_, err = p.Simulate(context.Background(), func(yield func(*tier.Membership, error) bool) { yield(nil, broken) }, study)
	require.ErrorIs(t, err, broken)
}

// A study agrees with asking day by day, shards of a base merge to the whole, and a
// closed member counts as an open one.
func TestStudyAgreesWithAsking(t *testing.T) {
	t.Parallel()
	zones := zones(t)
	rapid.Check(t, func(t *rapid.T) {
		d := drawAll(t, zones)
		from := d.joined.AddDays(rapid.IntRange(-100, 900).Draw(t, "from"))
		study := tier.Study{From: from, To: from.AddDays(rapid.IntRange(1, 60).Draw(t, "days"))}
		top := d.policies[0].Levels[len(d.policies[0].Levels)-1].Code
		study.Benefits = []tier.Benefit{{Name: "top", Level: top, PerEntry: decimal.NewFromInt(7), PerDay: decimal.New(25, -2)}}
		s := d.state(t, d.events)
		sim, err := d.ladder.Simulation(study)
		require.NoError(t, err)
		closed := s.Clone()
		if from.After(d.joined) {
			require.NoError(t, closed.Close(from))
		}
		require.NoError(t, sim.Add(closed))
		got := sim.Report()
		days := map[string]int64{}
		r := d.ladder.Runner()
		zone := d.policies[0].Zone
		for on := from.AddDays(-1); on.Before(study.To); on = on.AddDays(1) {
			// A date that a zone skips begins with the one after it: just before a study
			// inside, at its end outside.
			at := on.Start(zone)
			if !at.Before(from.Start(zone)) && !at.Before(d.joined.Start(zone)) && at.Before(study.To.Start(zone)) {
				days[asked(t, r, s, at)]++
			}
		}
		for _, l := range got.Levels {
			if l.Days != days[l.Level] {
				t.Fatalf("%s: %d days, asked %v", l.Level, l.Days, days)
			}
		}
		if got.Benefits[0].Days != days[top] {
			t.Fatalf("benefit: %+v, asked %v", got.Benefits[0], days)
		}
		other, err := d.ladder.Simulation(study)
		require.NoError(t, err)
		require.NoError(t, other.Add(s))
		require.NoError(t, other.Merge(sim))
		both := other.Report()
		if both.Members != 2*got.Members || !both.Cost().Equal(got.Cost().Mul(decimal.NewFromInt(2))) {
			t.Fatalf("merged %+v, one %+v", both, got)
		}
	})
}

func asked(t *rapid.T, r *tier.Runner, s *tier.Membership, at time.Time) string {
	standing, err := r.Standing(s, at)
	require.NoError(t, err)
	return standing.Level
}

// A sum that outgrows an int64 does so without a trace.
func TestAmountsOfABaseAreExact(t *testing.T) {
	t.Parallel()
	p := ladder(t, simple())
	at := instant(t, "2026-03-01T00:00:00Z")
	study := tier.Study{From: relmark.MustParseDate("2026-01-01"), To: relmark.MustParseDate("2027-01-01"), Benefits: []tier.Benefit{
		{Name: "bonus", Level: "silver", Metric: "spend", PerUnit: d("0.01")},
	}}
	sim, err := p.Simulation(study)
	require.NoError(t, err)
	s := state(t, p, relmark.MustParseDate("2025-01-01"), tier.Event{ID: "n", At: at, Amounts: nights(10)},
		tier.Event{ID: "s", At: at.Add(1), Amounts: tier.Amounts{"spend": d("9000000000000.000001")}})
	for range 5 {
		require.NoError(t, sim.Add(s))
	}
	require.NoError(t, sim.Merge(sim))
	assert.True(t, sim.Report().Benefits[0].Amount.Equal(d("90000000000000.00001")))
}

// Shards of a trial merge to the whole, whatever the split.
func TestTrialMerges(t *testing.T) {
	t.Parallel()
	before, members, study := handMade(t)
	p := simple()
	p.Levels[2].Enter = tier.AtLeastInt("nights", 46)
	after := ladder(t, p)
	trial := func(members ...*tier.Membership) *tier.PairedSimulation {
		tr, err := tier.NewPairedSimulation(before, after, study)
		require.NoError(t, err)
		for _, s := range members {
			require.NoError(t, tr.Add(s))
		}
		return tr
	}
	whole, merged := trial(members...), trial()
	for _, s := range members {
		require.NoError(t, merged.Merge(trial(s)))
	}
	assert.Equal(t, whole.Comparison(), merged.Comparison())
	other, err := tier.NewPairedSimulation(after, after, study)
	require.NoError(t, err)
	require.ErrorIs(t, merged.Merge(other), relmark.ErrInvalid)
	other, err = tier.NewPairedSimulation(before, before, study)
	require.NoError(t, err)
	require.ErrorIs(t, merged.Merge(other), relmark.ErrInvalid)
	assert.Equal(t, whole.Comparison(), merged.Comparison(), "unchanged")
}

// Reports and comparisons of shards, merged as plain data after a journey as JSON,
// are those of the whole.
func TestReportsMergeAsData(t *testing.T) {
	t.Parallel()
	before, members, study := handMade(t)
	p := simple()
	p.Levels[2].Enter = tier.AtLeastInt("nights", 46)
	after := ladder(t, p)
	whole, err := tier.Compare(context.Background(), before, after, stream(members...), study)
	require.NoError(t, err)
	var merged tier.Comparison
	for _, s := range members {
		one, err := tier.Compare(context.Background(), before, after, stream(s), study)
		require.NoError(t, err)
		data, err := json.Marshal(one)
		require.NoError(t, err)
		var arrived tier.Comparison
		require.NoError(t, json.Unmarshal(data, &arrived))
		merged, err = merged.Merge(arrived)
		require.NoError(t, err)
	}
	merged, err = merged.Merge(tier.Comparison{})
	require.NoError(t, err)
	want, err := json.Marshal(whole)
	require.NoError(t, err)
	got, err := json.Marshal(merged)
	require.NoError(t, err)
	assert.JSONEq(t, string(want), string(got))

	same, err := whole.Before.Merge(tier.Report{})
	require.NoError(t, err)
	assert.Equal(t, whole.Before, same)
	for name, change := range map[string]func(c *tier.Comparison){
		"levels":   func(c *tier.Comparison) { c.Before.Levels = c.Before.Levels[1:] },
		"benefits": func(c *tier.Comparison) { c.After.Benefits = nil },
		"name of a level": func(c *tier.Comparison) {
			c.After.Levels = slices.Clone(c.After.Levels)
			c.After.Levels[1].Level = "bronze"
		},
		"cross": func(c *tier.Comparison) { c.Cross = c.Cross[:2] },
	} {
		other := whole
		change(&other)
		_, err := whole.Merge(other)
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
	}
}
