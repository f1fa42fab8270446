package crosssell_test

import (
	"cmp"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell"
	"github.com/relmark/relmark/internal/near"
)

func TestDecide(t *testing.T) {
	t.Parallel()
	type verdicts = []crosssell.Verdict
	stopped := func(worth float64, why ...crosssell.Reason) crosssell.Verdict {
		return crosssell.Verdict{Outcome: crosssell.Rejected, Reasons: why, Worth: worth}
	}
	chosen := func(worth float64) crosssell.Verdict {
		return crosssell.Verdict{Outcome: crosssell.Chosen, Worth: worth, Rank: 1}
	}
	lower := func(worth float64, rank int) crosssell.Verdict {
		return crosssell.Verdict{Outcome: crosssell.LowerValue, Worth: worth, Rank: rank}
	}
	coffee := offer("coffee", 0.5, 2)
	coffee.Repeatable = true
	byPhone, onAdvice := offer("milk", 1, 1), offer("milk", 1, 1)
	byPhone.Channel, onAdvice.Purpose = call, advice
	complaining := willing("tea")
	complaining.OpenComplaint = true

	type candidates = []crosssell.Candidate[string]
	for name, c := range map[string]struct {
		policy     crosssell.Policy
		customer   crosssell.Customer[string]
		candidates candidates
		want       verdicts
	}{
		"no candidates": {customer: willing(), want: verdicts{}},
		"greatest worth": {
			customer: willing(), candidates: candidates{offer("a", 0.5, 3), offer("b", 0.25, 8), offer("c", 1, 1)},
			want: verdicts{lower(1.5, 2), chosen(2), lower(1, 3)},
		},
		"equal worth: lowest item": {
			customer: willing(), candidates: candidates{offer("b", 0.5, 2), offer("c", 1, 1), offer("a", 0.25, 4)},
			want: verdicts{lower(1, 2), lower(1, 3), chosen(1)},
		},
		"unknown customer": {
			candidates: candidates{offer("a", 1, 1)}, want: verdicts{stopped(1, crosssell.NoConsent)},
		},
		"consent is for one channel and one purpose": {
			customer: willing(), candidates: candidates{byPhone, onAdvice, offer("milk", 1, 1)},
			want: verdicts{stopped(1, crosssell.NoConsent), stopped(1, crosssell.NoConsent), chosen(1)},
		},
		"recovery first": {
			customer: complaining, candidates: candidates{offer("a", 1, 1000)},
			want: verdicts{stopped(1000, crosssell.OpenComplaint)},
		},
		"owned": {
			customer: willing("kettle", "coffee", "kettle"), candidates: candidates{offer("kettle", 1, 9), coffee, offer("mug", 0.5, 1)},
			want: verdicts{stopped(9, crosssell.Owned), chosen(1), lower(0.5, 2)},
		},
		"worth nothing": {
			customer: willing(), candidates: candidates{offer("a", 0, 5), offer("b", 5, 0), offer("c", 1e-200, 1e-200)},
			want: verdicts{stopped(0, crosssell.BelowFloor), stopped(0, crosssell.BelowFloor), stopped(0, crosssell.BelowFloor)},
		},
		"the floor itself is too little": {
			policy: crosssell.Policy{Floor: 2}, customer: willing(), candidates: candidates{offer("a", 1, 2), offer("b", 1, math.Nextafter(2, 3))},
			want: verdicts{stopped(2, crosssell.BelowFloor), chosen(math.Nextafter(2, 3))},
		},
		"every reason, in order": {
			policy: crosssell.Policy{Floor: 5}, customer: complaining,
			candidates: candidates{{Item: "tea", Channel: call, Purpose: offers, Score: 1, Value: 1}},
			want:       verdicts{stopped(1, crosssell.NoConsent, crosssell.OpenComplaint, crosssell.Owned, crosssell.BelowFloor)},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, err := crosssell.Decide(c.policy, c.customer, c.candidates)
			require.NoError(t, err)
			assert.Equal(t, c.want, d.Verdicts)
			i, ok := d.Chosen()
			assert.Equal(t, ok, slices.ContainsFunc(c.want, func(v crosssell.Verdict) bool { return v.Outcome == crosssell.Chosen }))
			assert.True(t, !ok || c.want[i].Outcome == crosssell.Chosen)
		})
	}
}

// Between equal worths of one item, the channel decides, then the purpose.
func TestDecideTies(t *testing.T) {
	t.Parallel()
	customer := crosssell.Customer[string]{Permissions: []crosssell.Permission{
		{Channel: email, Purpose: offers}, {Channel: call, Purpose: offers}, {Channel: call, Purpose: advice},
	}}
	a, b, c := offer("a", 1, 1), offer("a", 1, 1), offer("a", 1, 1)
	b.Channel = call
	c.Channel, c.Purpose = call, advice
	d, err := crosssell.Decide(crosssell.Policy{}, customer, []crosssell.Candidate[string]{a, b, c})
	require.NoError(t, err)
	assert.Equal(t, []int{3, 2, 1}, []int{d.Verdicts[0].Rank, d.Verdicts[1].Rank, d.Verdicts[2].Rank})
}

func TestZeroDecisionMakesNoOffer(t *testing.T) {
	t.Parallel()
	_, ok := crosssell.Decision{}.Chosen()
	assert.False(t, ok)
}

func TestDecideRefuses(t *testing.T) {
	t.Parallel()
	nothing := crosssell.Candidate[string]{Item: "secret", Channel: "*", Purpose: "\xff", Score: math.NaN(), Value: -1}
	customer := willing()
	customer.Permissions = append(customer.Permissions, crosssell.Permission{}, crosssell.Permission{Channel: "*", Purpose: offers})
	d, err := crosssell.Decide(crosssell.Policy{Floor: math.NaN()}, customer,
		[]crosssell.Candidate[string]{offer("secret", 1, 1), nothing, offer("other", 1, 1), offer("secret", 0.5, 1), offer("secret", 1, 2)})
	require.ErrorIs(t, err, relmark.ErrInvalid)
	assert.Equal(t, []string{
		"Floor", "Permissions[1].Channel", "Permissions[1].Purpose", "Permissions[2].Channel",
		"Candidates[1].Channel", "Candidates[1].Purpose", "Candidates[1].Score", "Candidates[1].Value",
		"Candidates[3]", "Candidates[4]",
	}, fields(err))
	assert.NotContains(t, err.Error(), "secret")
	assert.Zero(t, d)
	assert.Equal(t, []string{"Permissions[1].Channel", "Permissions[1].Purpose", "Permissions[2].Channel"}, fields(customer.Validate()))
	require.NoError(t, willing().Validate())
}

func TestCandidateValidate(t *testing.T) {
	t.Parallel()
	require.NoError(t, offer("", 0, 0).Validate())
	require.NoError(t, offer("a", math.MaxFloat64, 1).Validate())
	for _, x := range notAmounts() {
		assert.Equal(t, []string{"Score"}, fields(offer("a", x, 1).Validate()), x)
		assert.Equal(t, []string{"Value"}, fields(offer("a", 1, x).Validate()), x)
		assert.Equal(t, []string{"Floor"}, fields(crosssell.Policy{Floor: x}.Validate()), x)
	}
	assert.Equal(t, []string{"Value"}, fields(offer("a", 1e200, 1e200).Validate()), "worth past all numbers")
	noPurpose := offer("a", 1, 1)
	noPurpose.Purpose = ""
	assert.EqualError(t, noPurpose.Validate(), "crosssell: Purpose: must be UTF-8 text and not empty")
}

// A situation is all that one decision depends on.
type situation struct {
	policy     crosssell.Policy
	customer   crosssell.Customer[int]
	candidates []crosssell.Candidate[int]
}

// situations draws few items, channels and worths, so that gates and ties happen.
func situations() *rapid.Generator[situation] {
	channels, purposes := rapid.SampledFrom([]relmark.Channel{email, call}), rapid.SampledFrom([]relmark.Purpose{offers, advice})
	amounts := rapid.SampledFrom([]float64{0, 0.5, 1, 2})
	permission := rapid.Custom(func(t *rapid.T) crosssell.Permission {
		return crosssell.Permission{Channel: channels.Draw(t, "channel"), Purpose: purposes.Draw(t, "purpose")}
	})
	candidate := rapid.Custom(func(t *rapid.T) crosssell.Candidate[int] {
		return crosssell.Candidate[int]{
			Item: rapid.IntRange(0, 5).Draw(t, "item"), Channel: channels.Draw(t, "channel"), Purpose: purposes.Draw(t, "purpose"),
			Score: amounts.Draw(t, "score"), Value: amounts.Draw(t, "value"), Repeatable: rapid.Bool().Draw(t, "repeatable"),
		}
	})
	return rapid.Custom(func(t *rapid.T) situation {
		return situation{
			policy: crosssell.Policy{Floor: amounts.Draw(t, "floor")},
			customer: crosssell.Customer[int]{
				Permissions:   rapid.SliceOfN(permission, 0, 4).Draw(t, "permissions"),
				OpenComplaint: rapid.IntRange(0, 4).Draw(t, "complaint") == 0,
				Owned:         rapid.SliceOfN(rapid.IntRange(0, 5), 0, 4).Draw(t, "owned"),
			},
			candidates: rapid.SliceOfNDistinct(candidate, 0, 12, identity).Draw(t, "candidates"),
		}
	})
}

func identity[I relmark.ID](c crosssell.Candidate[I]) any {
	return struct {
		any
		relmark.Channel
		relmark.Purpose
	}{c.Item, c.Channel, c.Purpose}
}

func (s situation) clone() situation {
	s.customer.Permissions = slices.Clone(s.customer.Permissions)
	s.customer.Owned = slices.Clone(s.customer.Owned)
	s.candidates = slices.Clone(s.candidates)
	return s
}

// Every verdict follows from the words of the gates, asked one by one.
func TestDecideFollowsTheGates(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := situations().Draw(t, "situation")
		before := s.clone()
		d, err := crosssell.Decide(s.policy, s.customer, s.candidates)
		require.NoError(t, err)
		require.Equal(t, before, s, "nothing is changed")
		require.Len(t, d.Verdicts, len(s.candidates))

		var passed []int
		for i, v := range d.Verdicts {
			require.Equal(t, reasons(s, s.candidates[i]), v.Reasons)
			near.Equal(t, s.candidates[i].Score*s.candidates[i].Value, v.Worth, 0, 0, "worth")
			if v.Reasons == nil {
				passed = append(passed, i)
				continue
			}
			require.Equal(t, crosssell.Rejected, v.Outcome)
			require.Zero(t, v.Rank)
		}
		slices.SortFunc(passed, func(i, j int) int { return better(s.candidates[i], s.candidates[j]) })
		for k, i := range passed {
			want := crosssell.LowerValue
			if k == 0 {
				want = crosssell.Chosen
			}
			require.Equal(t, want, d.Verdicts[i].Outcome)
			require.Equal(t, k+1, d.Verdicts[i].Rank)
		}
	})
}

// reasons asks each gate by its definition.
func reasons(s situation, c crosssell.Candidate[int]) []crosssell.Reason {
	var why []crosssell.Reason
	if !slices.Contains(s.customer.Permissions, crosssell.Permission{Channel: c.Channel, Purpose: c.Purpose}) {
		why = append(why, crosssell.NoConsent)
	}
	if s.customer.OpenComplaint {
		why = append(why, crosssell.OpenComplaint)
	}
	if slices.Contains(s.customer.Owned, c.Item) && !c.Repeatable {
		why = append(why, crosssell.Owned)
	}
	if c.Score*c.Value <= s.policy.Floor {
		why = append(why, crosssell.BelowFloor)
	}
	return why
}

func better(a, b crosssell.Candidate[int]) int {
	return cmp.Or(cmp.Compare(b.Worth(), a.Worth()), cmp.Compare(a.Item, b.Item),
		cmp.Compare(a.Channel, b.Channel), cmp.Compare(a.Purpose, b.Purpose))
}

// The order of what is given does not matter, and nothing is sold into a dispute.
func TestDecideLaws(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := situations().Draw(t, "situation")
		d, err := crosssell.Decide(s.policy, s.customer, s.candidates)
		require.NoError(t, err)
		place := make([]int, len(s.candidates))
		for i := range place {
			place[i] = i
		}
		place = rapid.Permutation(place).Draw(t, "place")
		mixed := s.clone()
		for i, k := range place {
			mixed.candidates[i] = s.candidates[k]
		}
		slices.Reverse(mixed.customer.Permissions)
		slices.Reverse(mixed.customer.Owned)
		again, err := crosssell.Decide(mixed.policy, mixed.customer, mixed.candidates)
		require.NoError(t, err)
		for i, k := range place {
			require.Equal(t, d.Verdicts[k], again.Verdicts[i])
		}

		mixed.customer.OpenComplaint = true
		d, err = crosssell.Decide(mixed.policy, mixed.customer, mixed.candidates)
		require.NoError(t, err)
		_, ok := d.Chosen()
		require.False(t, ok, "no offer while a complaint is open")
	})
}
