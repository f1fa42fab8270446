package crosssell_test

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell"
)

func TestDecideRefuses(t *testing.T) {
	t.Parallel()
	nothing := crosssell.Candidate[string]{
		Item: "secret\xff", Kind: "secret", Channel: "*", Purpose: "\xff", Score: math.NaN(), Margin: math.Inf(1), Category: "\xffsecret",
		Stock: new(int64(-1)), Legal: []crosssell.Requirement{{}}, Belief: &crosssell.Belief{}, Because: []crosssell.Evidence[string]{{}},
	}
	customer := willing("\xffsecret")
	customer.Contact = append(customer.Contact, crosssell.ContactAnswer{}, allowed("*", offers), allowed(email, offers))
	customer.Complaint, customer.Satisfaction, customer.Fatigue = "secret", new(math.NaN()), new(-1.0)
	customer.Facts = []crosssell.Fact{{Name: "secret", Number: math.Inf(1)}, {Name: "secret", Number: 1, Word: "\xff"}, {}}
	d, err := crosssell.Decide(crosssell.Policy{Floor: math.NaN()}, customer,
		[]crosssell.Candidate[string]{offer("secret", 1, 1), nothing, offer("other", 1, 1), offer("secret", 0.5, 1)})
	require.ErrorIs(t, err, relmark.ErrInvalid)
	assert.NotContains(t, err.Error(), "secret")
	assert.Zero(t, d)
	assert.Equal(t, []string{
		"Contact[1].Channel", "Contact[1].Purpose", "Contact[1].Decision.Breaches", "Contact[2].Channel", "Complaint", "Satisfaction", "Owned[0]",
		"Facts[0].Number", "Facts[1].Word", "Facts[1].Number", "Facts[1].Name", "Facts[2].Name", "Fatigue", "Contact[3]",
	}, fields(customer.Validate()))
	assert.Equal(t, []string{
		"Item", "Kind", "Channel", "Purpose", "Because[0].Source", "Score", "Margin", "Belief.Alpha", "Belief.Beta", "Category", "Stock",
		"Legal[0].Fact", "Legal[0].OneOf",
	}, fields(nothing.Validate()))
	require.NoError(t, willing().Validate())
}

// One thing wrong is enough, wherever it is.
func TestDecideRefusesOneFault(t *testing.T) {
	t.Parallel()
	type candidates = []crosssell.Candidate[string]
	twice := crosssell.Customer[string]{Contact: []crosssell.ContactAnswer{allowed(email, offers), allowed(email, offers)}}
	noPurpose, elsewhere := offer("b", 1, 1), offer("a", 1, 1)
	noPurpose.Purpose = ""
	elsewhere.Channel, elsewhere.Category = call, "other"
	tired := changed(willing(), func(c *crosssell.Customer[string]) { c.Fatigue = new(math.MaxFloat64) })
	for want, c := range map[string]struct {
		policy     crosssell.Policy
		customer   crosssell.Customer[string]
		candidates candidates
	}{
		"crosssell: Floor = -1: must be finite and >= 0":                                                              {policy: crosssell.Policy{Floor: -1}},
		"crosssell: Contact[1]: must not repeat channel and purpose of another":                                       {customer: twice},
		"crosssell: Owned[0]: must be UTF-8":                                                                          {customer: willing("\xff")},
		"crosssell: Candidates[0].Score = -1: must be finite and >= 0":                                                {candidates: candidates{offer("a", -1, 1)}},
		"crosssell: Candidates[1].Purpose: must be UTF-8 text and not empty":                                          {candidates: candidates{offer("a", 1, 1), noPurpose}},
		"crosssell: Candidates[1]: must not repeat item, channel and purpose of another":                              {candidates: candidates{offer("a", 1, 1), offer("a", 2, 1)}},
		"crosssell: Candidates[1].Category: must be that of the other candidates of the item":                         {candidates: candidates{offer("a", 1, 1), elsewhere}},
		"crosssell: Candidates[0].Margin = 1: must leave the worth finite with fatigue taken off":                     {policy: crosssell.Policy{FatigueWeight: 2}, customer: tired, candidates: candidates{offer("a", 1, 1)}},
		"crosssell: Candidates[0].Margin = 1e+200: must be finite times Score, and with Relationship and Lever added": {candidates: candidates{offer("a", 1e200, 1e200)}},
	} {
		_, err := crosssell.Decide(c.policy, c.customer, c.candidates)
		require.EqualError(t, err, want)
	}
	require.EqualError(t, twice.Validate(), "crosssell: Contact[1]: must not repeat channel and purpose of another")
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

// However much is wrong, the error stays short.
func TestErrorsAreShort(t *testing.T) {
	t.Parallel()
	customer := crosssell.Customer[string]{Contact: make([]crosssell.ContactAnswer, 1000), Owned: make([]string, 1000), Facts: make([]crosssell.Fact, 1000)}
	_, err := crosssell.Decide(crosssell.Policy{}, customer, make([]crosssell.Candidate[string], 1000))
	require.ErrorIs(t, err, relmark.ErrInvalid)
	assert.Less(t, len(err.Error()), 3000)
	_, err = crosssell.Allocate(t.Context(), crosssell.Problem{Pairs: make([]crosssell.Pair, 1e6)}, crosssell.AllocateOptions{})
	assert.Less(t, len(err.Error()), 3000)
}

func TestCandidateValidate(t *testing.T) {
	t.Parallel()
	with := func(change func(c *crosssell.Candidate[string])) error {
		return changed(offer("a", 0.5, 1), change).Validate()
	}
	require.NoError(t, offer("", 0, 0).Validate())
	require.NoError(t, offer("a", math.MaxFloat64, -1).Validate())
	for _, x := range notAmounts() {
		assert.Equal(t, []string{"Score"}, fields(offer("a", x, 1).Validate()), x)
		assert.Equal(t, []string{"Floor"}, fields(crosssell.Policy{Floor: x}.Validate()), x)
		assert.Equal(t, []string{"FatigueWeight"}, fields(crosssell.Policy{FatigueWeight: x}.Validate()), x)
		assert.Equal(t, []string{"MaxFatigue"}, fields(crosssell.Policy{MaxFatigue: &x}.Validate()), x)
		assert.Equal(t, []string{"Variety"}, fields(crosssell.Policy{Variety: x}.Validate()), x)
	}
	for _, x := range notFinite() {
		assert.Equal(t, []string{"Margin"}, fields(offer("a", 1, x).Validate()), x)
		assert.Equal(t, []string{"Relationship"}, fields(with(func(c *crosssell.Candidate[string]) { c.Relationship = x })), x)
		assert.Equal(t, []string{"Lever"}, fields(with(func(c *crosssell.Candidate[string]) { c.Lever = x })), x)
		assert.Equal(t, []string{"MinMargin"}, fields(crosssell.Policy{MinMargin: &x}.Validate()), x)
		assert.Equal(t, []string{"MinSatisfaction"}, fields(crosssell.Policy{MinSatisfaction: &x}.Validate()), x)
	}
	require.EqualError(t, with(func(c *crosssell.Candidate[string]) { c.Belief = &crosssell.Belief{Alpha: 1, Beta: 2} }),
		"crosssell: Score = 0.5: must be the mean of Belief")
	require.NoError(t, with(func(c *crosssell.Candidate[string]) { c.Belief = &crosssell.Belief{Alpha: 2, Beta: 2} }))
	assert.Equal(t, []string{"Slots", "MaxPerCategory", "Explore.Among"},
		fields(crosssell.Policy{Slots: 101, MaxPerCategory: new(0), Explore: &crosssell.Exploration{Among: 1}}.Validate()))
	assert.Equal(t, []string{"Slots"}, fields(crosssell.Policy{Slots: -1}.Validate()))
	_, err := crosssell.NewDecider[int](crosssell.Policy{Slots: -1})
	require.EqualError(t, err, "crosssell: Slots = -1: must be 0 to 100")
	decider, err := crosssell.NewDecider[int](crosssell.Policy{})
	require.NoError(t, err)
	_, err = decider.Decide(nil, nil)
	require.EqualError(t, err, "crosssell: Customer: must not be nil")
}

func TestRequirementsAreOfNumbersOrOfWords(t *testing.T) {
	t.Parallel()
	for want, r := range map[string]crosssell.Requirement{
		"crosssell: Standing[0].OneOf: must be given, or Min or Max, and not both":                    {Fact: "a", Min: new(1.0), OneOf: []string{"b"}},
		"crosssell: Standing[0].Min = NaN: must be finite; Standing[0].Max = 1: must be at least Min": {Fact: "a", Min: new(math.NaN()), Max: new(1.0)},
		"crosssell: Standing[0].Max = +Inf: must be finite":                                           {Fact: "a", Max: new(math.Inf(1))},
		"crosssell: Standing[0].Max = 1: must be at least Min":                                        {Fact: "a", Min: new(2.0), Max: new(1.0)},
		"crosssell: Standing[0].OneOf[1]: must be UTF-8 text and not empty":                           {Fact: "a", OneOf: []string{"b", ""}},
	} {
		c := offer("a", 1, 1)
		c.Standing = []crosssell.Requirement{r}
		assert.EqualError(t, c.Validate(), want)
	}
}

func TestExploreRefuses(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	p := crosssell.Policy{Explore: &crosssell.Exploration{Among: 2}}
	_, err := crosssell.Explore(p, willing(), nil, nil)
	require.EqualError(t, err, "crosssell: Rand: must not be nil")
	_, err = crosssell.Explore(crosssell.Policy{}, willing(), nil, rng)
	require.EqualError(t, err, "crosssell: Policy.Explore: must be given")
	_, err = crosssell.Explore(p, willing("\xff"), nil, rng)
	require.EqualError(t, err, "crosssell: Owned[0]: must be UTF-8")
	d, err := crosssell.Explore(p, willing(), nil, rng)
	require.NoError(t, err)
	assert.Equal(t, crosssell.Decision{Verdicts: []crosssell.Verdict{}}, d)
}
