package crosssell_test

import (
	"cmp"
	"math"
	"slices"
	"testing"
	"time"

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
	noCalls := willing()
	noCalls.Contact = append(noCalls.Contact, forbidden(call, offers, time.Time{}, relmark.ContactBreach{Rule: relmark.RuleConsent}))
	morning := time.Date(2026, 3, 1, 8, 0, 0, 0, time.FixedZone("", 3600)) // a verdict has it in UTC
	night := []relmark.ContactBreach{
		{Rule: relmark.RuleQuietHours, Index: 1},
		{Rule: relmark.RuleCap},
		{Rule: relmark.RuleCap, Index: 2},
		{Rule: relmark.RuleMinGap, Index: 3},
	}
	asleep := crosssell.Customer[string]{Contact: []crosssell.ContactAnswer{allowed(call, offers), forbidden(email, offers, morning, night...)}}

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
			candidates: candidates{offer("a", 1, 1)}, want: verdicts{stopped(1, crosssell.NotAsked)},
		},
		"an answer is about one channel and one purpose": {
			customer: willing(), candidates: candidates{byPhone, onAdvice, offer("milk", 1, 1)},
			want: verdicts{stopped(1, crosssell.NotAsked), stopped(1, crosssell.NotAsked), chosen(1)},
		},
		"no consent": {
			customer: noCalls, candidates: candidates{byPhone, offer("milk", 1, 1)},
			want: verdicts{{
				Outcome: crosssell.Rejected, Reasons: []crosssell.Reason{crosssell.NoConsent},
				Breaches: []relmark.ContactBreach{{Rule: relmark.RuleConsent}}, Worth: 1,
			}, chosen(1)},
		},
		"quiet hours, caps and gaps are what they are, with where and until when": {
			customer: asleep, candidates: candidates{offer("a", 1, 1), byPhone},
			want: verdicts{{
				Outcome: crosssell.Rejected, Reasons: []crosssell.Reason{crosssell.QuietHours, crosssell.CapReached, crosssell.TooSoon},
				Breaches: night, Next: morning.UTC(), Worth: 1,
			}, chosen(1)},
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
			want:       verdicts{stopped(1, crosssell.NotAsked, crosssell.OpenComplaint, crosssell.Owned, crosssell.BelowFloor)},
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
	customer := crosssell.Customer[string]{Contact: []crosssell.ContactAnswer{
		allowed(email, offers), allowed(call, offers), allowed(call, advice),
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
	i, ok := crosssell.Decision{}.Chosen()
	assert.False(t, ok)
	assert.Zero(t, i)
}

func TestDecideRefuses(t *testing.T) {
	t.Parallel()
	nothing := crosssell.Candidate[string]{Item: "secret\xff", Channel: "*", Purpose: "\xff", Score: math.NaN(), Value: -1}
	customer := willing("\xffsecret")
	customer.Contact = append(customer.Contact, crosssell.ContactAnswer{}, allowed("*", offers), allowed(email, offers))
	d, err := crosssell.Decide(crosssell.Policy{Floor: math.NaN()}, customer,
		[]crosssell.Candidate[string]{offer("secret", 1, 1), nothing, offer("other", 1, 1), offer("secret", 0.5, 1), offer("secret", 1, 2)})
	require.ErrorIs(t, err, relmark.ErrInvalid)
	assert.Equal(t, []string{
		"Floor", "Contact[1].Channel", "Contact[1].Purpose", "Contact[1].Decision.Breaches", "Contact[2].Channel", "Owned[0]", "Contact[3]",
		"Candidates[1].Item", "Candidates[1].Channel", "Candidates[1].Purpose", "Candidates[1].Score", "Candidates[1].Value",
		"Candidates[3]", "Candidates[4]",
	}, fields(err))
	assert.NotContains(t, err.Error(), "secret")
	assert.Zero(t, d)
	assert.Equal(t, []string{
		"Contact[1].Channel", "Contact[1].Purpose", "Contact[1].Decision.Breaches", "Contact[2].Channel", "Owned[0]", "Contact[3]",
	}, fields(customer.Validate()))
	require.NoError(t, willing().Validate())
}

// An answer that contradicts itself, or that no policy gives, is refused.
func TestContactAnswersAreWhatAPolicyAnswers(t *testing.T) {
	t.Parallel()
	both := allowed(email, offers)
	both.Decision.Breaches = []relmark.ContactBreach{{Rule: relmark.RuleCap}}
	for name, c := range map[string]struct {
		answer crosssell.ContactAnswer
		want   string
	}{
		"allowed and forbidden": {both, "crosssell: Contact[0].Decision.Breaches: must be empty where the contact is allowed"},
		"the decision that comes with an error": {
			crosssell.ContactAnswer{Channel: email, Purpose: offers},
			"crosssell: Contact[0].Decision.Breaches: must say why the contact is not allowed",
		},
		"a rule that is none": {
			forbidden(email, offers, time.Time{}, relmark.ContactBreach{Rule: "secret"}),
			"crosssell: Contact[0].Decision.Breaches[0].Rule: must be a rule of contacts",
		},
		"a position before the first": {
			forbidden(email, offers, time.Time{}, relmark.ContactBreach{Rule: relmark.RuleCap, Index: -1}),
			"crosssell: Contact[0].Decision.Breaches[0].Index = -1: must be 0 or more",
		},
	} {
		customer := crosssell.Customer[string]{Contact: []crosssell.ContactAnswer{c.answer}}
		require.EqualError(t, customer.Validate(), c.want, name)
		_, err := crosssell.Decide(crosssell.Policy{}, customer, nil)
		require.EqualError(t, err, c.want, name)
	}
}

// One thing wrong is enough, wherever it is.
func TestDecideRefusesOneFault(t *testing.T) {
	t.Parallel()
	twice := crosssell.Customer[string]{Contact: []crosssell.ContactAnswer{allowed(email, offers), allowed(email, offers)}}
	for want, c := range map[string]struct {
		customer   crosssell.Customer[string]
		candidates []crosssell.Candidate[string]
	}{
		"crosssell: Contact[1]: must not repeat channel and purpose of another": {customer: twice},
		"crosssell: Owned[0]: must be UTF-8":                                    {customer: willing("\xff")},
		"crosssell: Candidates[0].Score = -1: must be finite and >= 0":          {candidates: []crosssell.Candidate[string]{offer("a", -1, 1)}},
		"crosssell: Candidates[1]: must not repeat item, channel and purpose of another": {
			candidates: []crosssell.Candidate[string]{offer("a", 1, 1), offer("a", 2, 1)},
		},
	} {
		_, err := crosssell.Decide(crosssell.Policy{}, c.customer, c.candidates)
		require.EqualError(t, err, want)
	}
	require.EqualError(t, twice.Validate(), "crosssell: Contact[1]: must not repeat channel and purpose of another")
}

// However much is wrong, the error stays short.
func TestErrorsAreShort(t *testing.T) {
	t.Parallel()
	customer := crosssell.Customer[string]{Contact: make([]crosssell.ContactAnswer, 1000), Owned: make([]string, 1000)}
	_, err := crosssell.Decide(crosssell.Policy{}, customer, make([]crosssell.Candidate[string], 1000))
	require.ErrorIs(t, err, relmark.ErrInvalid)
	assert.Less(t, len(err.Error()), 2000)
}

// When to decide again is when the contact policy says that a candidate may be
// offered which nothing else stops.
func TestDecisionNext(t *testing.T) {
	t.Parallel()
	early, late := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC), time.Date(2026, 3, 4, 8, 0, 0, 0, time.UTC)
	quiet, full := relmark.ContactBreach{Rule: relmark.RuleQuietHours}, relmark.ContactBreach{Rule: relmark.RuleCap}
	consent, gap := relmark.ContactBreach{Rule: relmark.RuleConsent}, relmark.ContactBreach{Rule: relmark.RuleMinGap}
	byMail, byPhone := offer("a", 1, 1), offer("b", 1, 1)
	byPhone.Channel = call
	for name, c := range map[string]struct {
		contact []crosssell.ContactAnswer
		owned   []string
		want    time.Time
	}{
		"the earliest":              {[]crosssell.ContactAnswer{forbidden(email, offers, late, full), forbidden(call, offers, early, quiet)}, nil, early},
		"not where it is owned":     {[]crosssell.ContactAnswer{forbidden(email, offers, late, full, gap), forbidden(call, offers, early, quiet)}, []string{"b"}, late},
		"consent that begins later": {[]crosssell.ContactAnswer{forbidden(email, offers, late, consent)}, nil, late},
		"never":                     {[]crosssell.ContactAnswer{forbidden(email, offers, time.Time{}, consent)}, nil, time.Time{}},
		"nobody asked":              {nil, nil, time.Time{}},
		"what is chosen waits for nothing": {[]crosssell.ContactAnswer{
			{Channel: email, Purpose: offers, Decision: relmark.ContactDecision{Allowed: true, Next: early}},
		}, nil, time.Time{}},
	} {
		d, err := crosssell.Decide(crosssell.Policy{}, crosssell.Customer[string]{Contact: c.contact, Owned: c.owned},
			[]crosssell.Candidate[string]{byMail, byPhone})
		require.NoError(t, err, name)
		next, ok := d.Next()
		assert.Equal(t, !c.want.IsZero(), ok, name)
		assert.True(t, c.want.Equal(next), "%s: %v", name, next)
	}
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
	breach := rapid.Custom(func(t *rapid.T) relmark.ContactBreach {
		rules := []relmark.ContactRule{relmark.RuleConsent, relmark.RuleQuietHours, relmark.RuleCap, relmark.RuleMinGap}
		return relmark.ContactBreach{Rule: rapid.SampledFrom(rules).Draw(t, "rule"), Index: rapid.IntRange(0, 2).Draw(t, "index")}
	})
	answers := rapid.Custom(func(t *rapid.T) crosssell.ContactAnswer {
		a := crosssell.ContactAnswer{Channel: channels.Draw(t, "channel"), Purpose: purposes.Draw(t, "purpose")}
		if a.Decision.Allowed = rapid.Bool().Draw(t, "allowed"); !a.Decision.Allowed {
			a.Decision.Breaches = rapid.SliceOfN(breach, 1, 3).Draw(t, "breaches")
			a.Decision.Next = time.Unix(rapid.Int64Range(0, 3).Draw(t, "next"), 0)
		}
		return a
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
				Contact:       rapid.SliceOfNDistinct(answers, 0, 4, about).Draw(t, "contact"),
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

func about(a crosssell.ContactAnswer) [2]string {
	return [2]string{string(a.Channel), string(a.Purpose)}
}

func (s situation) clone() situation {
	s.customer.Contact = slices.Clone(s.customer.Contact)
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
	if i := slices.IndexFunc(s.customer.Contact, func(a crosssell.ContactAnswer) bool { return a.Channel == c.Channel && a.Purpose == c.Purpose }); i < 0 {
		why = append(why, crosssell.NotAsked)
	} else {
		for _, b := range s.customer.Contact[i].Decision.Breaches {
			if r := crosssell.Reason(b.Rule); !slices.Contains(why, r) {
				why = append(why, r)
			}
		}
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
		slices.Reverse(mixed.customer.Contact)
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
