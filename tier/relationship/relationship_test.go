package relationship_test

import (
	"math"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/tier/relationship"
)

func TestClassifyRejects(t *testing.T) {
	t.Parallel()
	asOf := relmark.MustParseDate("2026-01-01")
	good := relationship.Evidence{FirmContacts: 5, Responses: 2, Purchases: []relmark.Date{relmark.MustParseDate("2025-06-01")}}
	_, err := relationship.StandardPolicy().Classify(good, asOf)
	require.NoError(t, err)
	for name, change := range map[string]func(p *relationship.Policy, e *relationship.Evidence, on *relmark.Date){
		"negative purchase days":  func(p *relationship.Policy, _ *relationship.Evidence, _ *relmark.Date) { p.MinPurchaseDays = -1 },
		"negative contacts asked": func(p *relationship.Policy, _ *relationship.Evidence, _ *relmark.Date) { p.MinContacts = -1 },
		"initiation above 1":      func(p *relationship.Policy, _ *relationship.Evidence, _ *relmark.Date) { p.InitiationMin = 1.1 },
		"response NaN":            func(p *relationship.Policy, _ *relationship.Evidence, _ *relmark.Date) { p.ResponseMin = math.NaN() },
		"infinite cv":             func(p *relationship.Policy, _ *relationship.Evidence, _ *relmark.Date) { p.VariationMax = math.Inf(1) },
		"negative service":        func(p *relationship.Policy, _ *relationship.Evidence, _ *relmark.Date) { p.ServiceMin = -0.1 },
		"negative contacts":       func(_ *relationship.Policy, e *relationship.Evidence, _ *relmark.Date) { e.CustomerContacts = -1 },
		"more answers than asked": func(_ *relationship.Policy, e *relationship.Evidence, _ *relmark.Date) { e.Responses = 6 },
		"more used than offered":  func(_ *relationship.Policy, e *relationship.Evidence, _ *relmark.Date) { e.ServicesUsed = 1 },
		"purchase to come":        func(_ *relationship.Policy, _ *relationship.Evidence, on *relmark.Date) { *on = on.AddDays(-400) },
		"no date":                 func(_ *relationship.Policy, _ *relationship.Evidence, on *relmark.Date) { *on = relmark.Date{} },
	} {
		p, e, on := relationship.StandardPolicy(), good, asOf
		change(&p, &e, &on)
		v, err := p.Classify(e, on)
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
		assert.Empty(t, v, name)
	}
}

// A silent customer is never active, a type never comes from thin data, and more
// contact by the customer never ends the wish for it.
func TestClassifyProperties(t *testing.T) {
	t.Parallel()
	first := relmark.MustParseDate("2025-01-01")
	rapid.Check(t, func(t *rapid.T) {
		e := relationship.Evidence{
			FirmContacts:     rapid.IntRange(0, 20).Draw(t, "firm"),
			CustomerContacts: rapid.IntRange(0, 20).Draw(t, "customer"),
			ServicesOffered:  rapid.IntRange(0, 8).Draw(t, "offered"),
		}
		e.Responses = rapid.IntRange(0, e.FirmContacts).Draw(t, "responses")
		e.ServicesUsed = rapid.IntRange(0, e.ServicesOffered).Draw(t, "used")
		for range rapid.IntRange(0, 9).Draw(t, "purchases") {
			e.Purchases = append(e.Purchases, first.AddDays(rapid.IntRange(0, 300).Draw(t, "day")))
		}
		p := relationship.StandardPolicy()
		asOf := first.AddDays(400)
		v, err := p.Classify(e, asOf)
		require.NoError(t, err)
		if e.Responses == 0 && e.CustomerContacts == 0 && v.Type == relationship.Active {
			t.Fatal("active without contact")
		}
		if v.Type != relationship.Undetermined && e.FirmContacts+e.CustomerContacts < p.MinContacts {
			t.Fatal("a type from few contacts")
		}
		e.CustomerContacts += 5
		more, err := p.Classify(e, asOf)
		require.NoError(t, err)
		if v.Type == relationship.Active && more.Type != relationship.Active {
			t.Fatalf("more contact made %v of active", more.Type)
		}
	})
}

func indicators() map[relationship.Contrast]relationship.Indicator {
	out := map[relationship.Contrast]relationship.Indicator{}
	for _, c := range []relationship.Contrast{
		relationship.RetentionFocus, relationship.CustomerValueFocus, relationship.LongTermFocus,
		relationship.ServiceLevel, relationship.ContactIntensity, relationship.QualityByEveryone,
	} {
		out[c] = relationship.Indicator{Value: 0.5, Low: 0, High: 1, Weight: 1}
	}
	return out
}

func TestOrientationRejects(t *testing.T) {
	t.Parallel()
	scale := relationship.OrientationPolicy{TransactionalMax: 40, RelationalMin: 60}
	for name, change := range map[string]func(s *relationship.OrientationPolicy, in map[relationship.Contrast]relationship.Indicator){
		"absent contrast": func(_ *relationship.OrientationPolicy, in map[relationship.Contrast]relationship.Indicator) {
			delete(in, relationship.ServiceLevel)
		},
		"unknown contrast": func(_ *relationship.OrientationPolicy, in map[relationship.Contrast]relationship.Indicator) {
			in["price"] = in[relationship.RetentionFocus]
		},
		"equal ends": func(_ *relationship.OrientationPolicy, in map[relationship.Contrast]relationship.Indicator) {
			in[relationship.RetentionFocus] = relationship.Indicator{Low: 1, High: 1, Weight: 1}
		},
		"value NaN": func(_ *relationship.OrientationPolicy, in map[relationship.Contrast]relationship.Indicator) {
			in[relationship.RetentionFocus] = relationship.Indicator{Value: math.NaN(), High: 1, Weight: 1}
		},
		"negative weight": func(_ *relationship.OrientationPolicy, in map[relationship.Contrast]relationship.Indicator) {
			in[relationship.RetentionFocus] = relationship.Indicator{High: 1, Weight: -1}
		},
		"no weight": func(_ *relationship.OrientationPolicy, in map[relationship.Contrast]relationship.Indicator) {
			for c := range in {
				in[c] = relationship.Indicator{High: 1}
			}
		},
		"rule": func(s *relationship.OrientationPolicy, _ map[relationship.Contrast]relationship.Indicator) {
			s.Missing = "renormalise"
		},
		"coverage": func(s *relationship.OrientationPolicy, _ map[relationship.Contrast]relationship.Indicator) {
			s.MinCoverage = 2
		},
		"cuts crossed": func(s *relationship.OrientationPolicy, _ map[relationship.Contrast]relationship.Indicator) {
			s.RelationalMin = 30
		},
		"cut above 100": func(s *relationship.OrientationPolicy, _ map[relationship.Contrast]relationship.Indicator) {
			s.RelationalMin = 101
		},
		"cut below zero": func(s *relationship.OrientationPolicy, _ map[relationship.Contrast]relationship.Indicator) {
			s.TransactionalMax = -1
		},
	} {
		s, in := scale, indicators()
		change(&s, in)
		_, err := s.Orientation(in)
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
	}
	in := indicators()
	in[relationship.LongTermFocus] = relationship.Indicator{Missing: true, High: 1, Weight: 1}
	scale.Missing = relationship.FailMissing
	_, err := scale.Orientation(in)
	require.ErrorIs(t, err, relmark.ErrTooFew)
}

// An index never leaves 0 to 100, and nothing measured is no index.
func TestOrientationProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := indicators()
		gone := 0
		for c := range in {
			x := relationship.Indicator{
				Value: rapid.Float64Range(-10, 10).Draw(t, "value"), Low: rapid.Float64Range(-5, 0).Draw(t, "low"),
				High: rapid.Float64Range(1, 5).Draw(t, "high"), Weight: rapid.Float64Range(0.5, 3).Draw(t, "weight"),
				Missing: rapid.Bool().Draw(t, "missing"),
			}
			if x.Missing {
				gone++
			}
			in[c] = x
		}
		o, err := relationship.OrientationPolicy{RelationalMin: 60, TransactionalMax: 40}.Orientation(in)
		require.NoError(t, err)
		if gone == len(in) {
			if !math.IsNaN(o.Index) || o.Stance != relationship.StanceUndetermined {
				t.Fatal("an index of nothing")
			}
			return
		}
		if !(o.Index >= 0 && o.Index <= 100) || len(o.Missing) != gone {
			t.Fatalf("index %v, missing %v", o.Index, o.Missing)
		}
	})
}

// Worked by hand: even trade, three of our contacts to one of theirs, half of the
// agreements kept, answers of 4 and 5 on 1 to 5, one of four proposals adopted.
func TestBond(t *testing.T) {
	t.Parallel()
	on := relmark.MustParseDate("2026-01-10")
	exchanges := []relationship.Exchange{
		{On: on, Given: decimal.NewFromInt(1000), Received: decimal.NewFromInt(1000), Ours: 3, Theirs: 1},
		{On: on, Due: 2, Kept: 1, Answers: []float64{4, 5}, Made: 4, Adopted: 1},
	}
	b, err := relationship.BondPolicy{}.Bond(exchanges, on)
	require.NoError(t, err)
	for q, want := range map[relationship.Quality]float64{
		relationship.MutualBenefit: 100, relationship.TwoWayCommunication: 50, relationship.Cooperation: 50,
		relationship.EmotionalTie: 87.5, relationship.Improvement: 25,
	} {
		near.Equal(t, want, b.Scores[q], 1e-12, 0, q)
	}
	near.Equal(t, 62.5, b.Index, 1e-12, 0)
	near.Equal(t, 1, b.Coverage, 0, 0)
	weakest, ok := b.Weakest()
	assert.True(t, ok)
	assert.Equal(t, relationship.Improvement, weakest)
	assert.Equal(t, on, b.Last)
}

func TestBondWithoutEvidence(t *testing.T) {
	t.Parallel()
	on := relmark.MustParseDate("2026-01-10")
	b, err := relationship.BondPolicy{}.Bond(nil, on)
	require.NoError(t, err)
	assert.True(t, math.IsNaN(b.Index))
	assert.True(t, b.Last.IsZero())
	_, ok := b.Weakest()
	assert.False(t, ok)
	// One quality of five is a fifth of the weight.
	some := []relationship.Exchange{{On: on, Due: 4, Kept: 3}}
	b, err = relationship.BondPolicy{MinCoverage: 0.5}.Bond(some, on)
	require.NoError(t, err)
	assert.True(t, math.IsNaN(b.Index))
	near.Equal(t, 0.2, b.Coverage, 1e-12, 0)
	near.Equal(t, 75, b.Scores[relationship.Cooperation], 1e-12, 0)
	assert.Len(t, b.Scores, 1, "what has no evidence has no score")
}

// Weights of 3 for 75 and 1 for 25, and of nothing for the others: (3·75 + 25)/4.
func TestBondWeighs(t *testing.T) {
	t.Parallel()
	on := relmark.MustParseDate("2026-01-10")
	x := relationship.BondPolicy{Weights: map[relationship.Quality]float64{relationship.Cooperation: 3, relationship.Improvement: 1}}
	b, err := x.Bond([]relationship.Exchange{{On: on, Due: 4, Kept: 3, Made: 4, Adopted: 1, Ours: 1}}, on)
	require.NoError(t, err)
	near.Equal(t, 62.5, b.Index, 1e-12, 0)
	near.Equal(t, 1, b.Coverage, 0, 0)
}

// What was not measured is listed and has no score.
func TestOrientationWithoutMeasurement(t *testing.T) {
	t.Parallel()
	in := indicators()
	in[relationship.LongTermFocus] = relationship.Indicator{Missing: true, High: 1, Weight: 1}
	o, err := relationship.OrientationPolicy{TransactionalMax: 40, RelationalMin: 60}.Orientation(in)
	require.NoError(t, err)
	assert.Equal(t, []relationship.Contrast{relationship.LongTermFocus}, o.Missing)
	assert.NotContains(t, o.Components, relationship.LongTermFocus)
	assert.Len(t, o.Components, 5)
}

// With a half-life of 30 days, what is 30 days older counts half: (1·1 + 0)/(1 + ½).
func TestSeriesDecays(t *testing.T) {
	t.Parallel()
	first := relmark.MustParseDate("2026-01-01")
	exchanges := []relationship.Exchange{{On: first.AddDays(30), Due: 1, Kept: 1}, {On: first, Due: 1}}
	list, err := relationship.BondPolicy{HalfLife: 30}.Series(exchanges, first.AddDays(-1), first, first.AddDays(30), first.AddDays(3000))
	require.NoError(t, err)
	require.Len(t, list, 4)
	assert.True(t, math.IsNaN(list[0].Index))
	near.Equal(t, 0, list[1].Index, 0, 0)
	near.Equal(t, 100/1.5, list[2].Index, 1e-12, 0)
	near.Equal(t, 100/1.5, list[3].Index, 1e-12, 0, "silence changes nothing")
}

func TestBondRejects(t *testing.T) {
	t.Parallel()
	on := relmark.MustParseDate("2026-01-10")
	huge := decimal.New(1, 1_000_000_000)
	for name, e := range map[string]relationship.Exchange{
		"no date":          {Ours: 1},
		"negative value":   {On: on, Given: decimal.NewFromInt(-1)},
		"endless value":    {On: on, Received: huge},
		"negative contact": {On: on, Theirs: -1},
		"more kept":        {On: on, Due: 1, Kept: 2},
		"more adopted":     {On: on, Adopted: 1},
		"off the scale":    {On: on, Answers: []float64{6}},
		"answer NaN":       {On: on, Answers: []float64{math.NaN()}},
	} {
		_, err := relationship.BondPolicy{}.Bond([]relationship.Exchange{e}, on)
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
	}
	for name, x := range map[string]relationship.BondPolicy{
		"half-life":   {HalfLife: -1},
		"weight":      {Weights: map[relationship.Quality]float64{relationship.Cooperation: math.Inf(1)}},
		"no weight":   {Weights: map[relationship.Quality]float64{}},
		"zero weight": {Weights: map[relationship.Quality]float64{relationship.Cooperation: 0}},
		"sixth":       {Weights: map[relationship.Quality]float64{relationship.Cooperation: 1, "trust": 1}},
		"coverage":    {MinCoverage: 1.5},
		"scale":       {TieLow: 5, TieHigh: 1},
	} {
		_, err := x.Bond(nil, on)
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
	}
	_, err := relationship.BondPolicy{}.Bond(nil, relmark.Date{})
	require.ErrorIs(t, err, relmark.ErrInvalid)
}

// Scores stay in 0 to 100 and the order of exchanges does not matter.
func TestBondProperties(t *testing.T) {
	t.Parallel()
	first := relmark.MustParseDate("2026-01-01")
	rapid.Check(t, func(t *rapid.T) {
		var list []relationship.Exchange
		for range rapid.IntRange(1, 8).Draw(t, "exchanges") {
			e := relationship.Exchange{
				On: first.AddDays(rapid.IntRange(0, 2000).Draw(t, "day")), Ours: rapid.IntRange(0, 5).Draw(t, "ours"),
				Theirs: rapid.IntRange(0, 5).Draw(t, "theirs"), Due: rapid.IntRange(0, 5).Draw(t, "due"),
				Given: decimal.New(rapid.Int64Range(0, 1e9).Draw(t, "given"), -2), Answers: []float64{rapid.Float64Range(1, 5).Draw(t, "answer")},
			}
			e.Kept = rapid.IntRange(0, e.Due).Draw(t, "kept")
			list = append(list, e)
		}
		x := relationship.BondPolicy{HalfLife: rapid.Float64Range(1, 500).Draw(t, "half-life")}
		b, err := x.Bond(list, first.AddDays(2000))
		require.NoError(t, err)
		again, err := x.Bond(rapid.Permutation(list).Draw(t, "order"), first.AddDays(2000))
		require.NoError(t, err)
		for q, score := range b.Scores {
			if score < 0 || score > 100+1e-9 {
				t.Fatalf("score %v", score)
			}
			if !near.Within(score, again.Scores[q], 1e-12, 1e-12) {
				t.Fatalf("order changes %v to %v", score, again.Scores[q])
			}
		}
	})
}
