package crosssell_test

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell"
)

// why returns a reason without numbers.
func why(gate crosssell.Gate, code crosssell.Code) crosssell.Reason {
	return crosssell.Reason{Gate: gate, Code: code}
}

func stopped(worth float64, why ...crosssell.Reason) crosssell.Verdict {
	return crosssell.Verdict{Outcome: crosssell.Rejected, Reasons: why, Worth: worth, Final: worth}
}

func passes(outcome crosssell.Outcome, worth float64, rank int) crosssell.Verdict {
	return crosssell.Verdict{Outcome: outcome, Worth: worth, Final: worth, Rank: rank}
}

type decideCase struct {
	policy     crosssell.Policy
	customer   crosssell.Customer[string]
	candidates []crosssell.Candidate[string]
	want       []crosssell.Verdict
	chosen     []int
}

func (c decideCase) run(t *testing.T) {
	t.Parallel()
	d, err := crosssell.Decide(c.policy, c.customer, c.candidates)
	require.NoError(t, err)
	assert.Equal(t, c.want, d.Verdicts)
	assert.Equal(t, c.chosen, d.Chosen)
	assert.Equal(t, c.want, naive(c.policy, c.customer, c.candidates).Verdicts)
}

// changed returns a changed copy of a candidate or a customer.
func changed[T any](v T, change func(v *T)) T {
	change(&v)
	return v
}

func TestGates(t *testing.T) {
	t.Parallel()
	type (
		candidates = []crosssell.Candidate[string]
		candidate  = crosssell.Candidate[string]
		customer   = crosssell.Customer[string]
		verdicts   = []crosssell.Verdict
	)
	with := func(change func(c *candidate)) candidate { return changed(offer("a", 1, 2), change) }
	who := func(change func(c *customer)) customer { return changed(willing(), change) }
	night := []relmark.ContactBreach{{Rule: relmark.RuleQuietHours, Index: 1}, {Rule: relmark.RuleConsent}, {Rule: relmark.RuleCap}, {Rule: relmark.RuleCap, Index: 2}, {Rule: relmark.RuleCap}}
	asleep := who(func(c *customer) {
		c.Contact[0] = forbidden(email, offers, utc(8).In(time.FixedZone("", 3600)), night...)
	})
	adult := []crosssell.Requirement{{Fact: "market", OneOf: []string{"de", "at"}}, {Fact: "age", Min: new(18.0), Max: new(99.0)}}
	none := []int(nil)
	for name, c := range map[string]decideCase{
		"no candidates":    {customer: willing(), want: verdicts{}},
		"unknown customer": {candidates: candidates{offer("a", 1, 1)}, want: verdicts{stopped(1, why("consent", "not_asked"), why("complaint", "not_asked"))}},
		"erased": {
			customer: who(func(c *customer) { c.Erased = true }), candidates: candidates{offer("a", 1, 1)},
			want: verdicts{stopped(1, why("consent", "erased"))},
		},
		"an answer is about one channel and one purpose": {
			customer: willing(), candidates: candidates{
				with(func(c *candidate) { c.Channel = call }), with(func(c *candidate) { c.Purpose = advice }), offer("a", 1, 1),
			},
			want:   verdicts{stopped(2, why("consent", "not_asked")), stopped(2, why("consent", "not_asked")), passes(crosssell.Chosen, 1, 1)},
			chosen: []int{2},
		},
		"contact rules are what they are, with where and until when": {
			customer: asleep, candidates: candidates{offer("a", 1, 1)},
			want: verdicts{stopped(1,
				crosssell.Reason{Gate: "consent", Code: "no_consent", Next: utc(8)},
				crosssell.Reason{Gate: "contact", Code: "quiet_hours", Index: 1, Next: utc(8)},
				crosssell.Reason{Gate: "contact", Code: "cap", Next: utc(8)},
				crosssell.Reason{Gate: "contact", Code: "cap", Index: 2, Next: utc(8)},
			)},
			chosen: none,
		},
		"law and market": {
			customer:   who(func(c *customer) { c.Facts = []crosssell.Fact{{Name: "age", Number: 17}, {Name: "market", Word: "fr"}} }),
			candidates: candidates{with(func(c *candidate) { c.Legal = adult })},
			want: verdicts{stopped(2,
				crosssell.Reason{Gate: "legal", Code: "not_one_of", Fact: "market"},
				crosssell.Reason{Gate: "legal", Code: "too_low", Fact: "age", Index: 1, Value: 17, Limit: 18},
			)},
		},
		"facts that nobody stated, or in another form": {
			customer:   who(func(c *customer) { c.Facts = []crosssell.Fact{{Name: "age", Word: "old"}} }),
			candidates: candidates{with(func(c *candidate) { c.Standing = adult })},
			want: verdicts{stopped(2,
				crosssell.Reason{Gate: "standing", Code: "not_asked", Fact: "market"},
				crosssell.Reason{Gate: "standing", Code: "not_asked", Fact: "age", Index: 1},
			)},
		},
		"met": {
			customer:   who(func(c *customer) { c.Facts = []crosssell.Fact{{Name: "age", Number: 99}, {Name: "market", Word: "at"}} }),
			candidates: candidates{with(func(c *candidate) { c.Legal, c.Standing = adult, adult })},
			want:       verdicts{passes(crosssell.Chosen, 2, 1)}, chosen: []int{0},
		},
		"too old": {
			customer: who(func(c *customer) {
				c.Facts = []crosssell.Fact{{Name: "age", Number: 100}, {Name: "market", Word: "at"}}
			}),
			candidates: candidates{with(func(c *candidate) { c.Standing = adult })},
			want:       verdicts{stopped(2, crosssell.Reason{Gate: "standing", Code: "too_high", Fact: "age", Index: 1, Value: 100, Limit: 99})},
		},
		"a complaint stops sales, and not the recovery": {
			policy: crosssell.Policy{Slots: 4}, customer: who(func(c *customer) { c.Complaint = crosssell.InRecovery }),
			candidates: candidates{
				offer("a", 1, 1000),
				{Item: "call", Kind: crosssell.Recovery, Channel: email, Purpose: offers, Relationship: 3},
				{Item: "card", Kind: crosssell.Thanks, Channel: email, Purpose: offers, Relationship: 1},
			},
			want:   verdicts{stopped(1000, why("complaint", "in_recovery")), passes(crosssell.Chosen, 3, 1), passes(crosssell.Chosen, 1, 2)},
			chosen: []int{1, 2},
		},
		"satisfaction is not known": {
			policy: crosssell.Policy{MinSatisfaction: new(4.0)}, customer: willing(), candidates: candidates{offer("a", 1, 1)},
			want: verdicts{stopped(1, why("satisfaction", "not_asked"))},
		},
		"satisfaction is not sure": {
			policy: crosssell.Policy{MinSatisfaction: new(4.0)}, customer: who(func(c *customer) { c.Satisfaction = new(3.5) }), candidates: candidates{offer("a", 1, 1)},
			want: verdicts{stopped(1, crosssell.Reason{Gate: "satisfaction", Code: "too_low", Value: 3.5, Limit: 4})},
		},
		"the floor of satisfaction is enough": {
			policy: crosssell.Policy{MinSatisfaction: new(4.0)}, customer: who(func(c *customer) { c.Satisfaction = new(4.0) }), candidates: candidates{offer("a", 1, 1)},
			want: verdicts{passes(crosssell.Chosen, 1, 1)}, chosen: []int{0},
		},
		"owned": {
			customer:   willing("kettle", "coffee", "kettle", "unknown"),
			candidates: candidates{offer("kettle", 1, 9), changed(offer("coffee", 0.5, 2), func(c *candidate) { c.Repeatable = true }), offer("mug", 0.5, 1)},
			want:       verdicts{stopped(9, why("owned", "owned")), passes(crosssell.Chosen, 1, 1), passes(crosssell.LowerValue, 0.5, 2)},
			chosen:     []int{1},
		},
		"out of stock": {
			customer: willing(), candidates: candidates{with(func(c *candidate) { c.Stock = new(int64(0)) }), changed(offer("b", 1, 1), func(c *candidate) { c.Stock = new(int64(1)) })},
			want: verdicts{stopped(2, crosssell.Reason{Gate: "stock", Code: "out_of_stock", Limit: 1}), passes(crosssell.Chosen, 1, 1)}, chosen: []int{1},
		},
		"a margin below the least": {
			policy: crosssell.Policy{MinMargin: new(0.0)}, customer: willing(),
			candidates: candidates{changed(offer("a", 0.5, -2), func(c *candidate) { c.Relationship = 3 }), changed(offer("b", 0.5, -2), func(c *candidate) { c.Relationship, c.Kind = 3, crosssell.Service })},
			want:       verdicts{stopped(2, crosssell.Reason{Gate: "margin", Code: "too_low", Value: -2}), passes(crosssell.Chosen, 2, 1)}, chosen: []int{1},
		},
		"worth nothing": {
			customer: willing(), candidates: candidates{offer("a", 0, 5), offer("b", 5, 0), offer("c", 1e-200, 1e-200)},
			want: verdicts{stopped(0, why("worth", "too_low")), stopped(0, why("worth", "too_low")), stopped(0, why("worth", "too_low"))},
		},
		"the floor itself is too little": {
			policy: crosssell.Policy{Floor: 2}, customer: willing(), candidates: candidates{offer("a", 1, 2), offer("b", 1, math.Nextafter(2, 3))},
			want: verdicts{
				stopped(2, crosssell.Reason{Gate: "worth", Code: "too_low", Value: 2, Limit: 2}), passes(crosssell.Chosen, math.Nextafter(2, 3), 1),
			}, chosen: []int{1},
		},
		"fatigue is not known": {
			policy: crosssell.Policy{FatigueWeight: 1}, customer: willing(), candidates: candidates{offer("a", 1, 1)},
			want: verdicts{stopped(1, why("fatigue", "not_asked"))},
		},
		"fatigue takes off the worth of sales, and has a limit": {
			policy: crosssell.Policy{FatigueWeight: 0.5, MaxFatigue: new(2.0)}, customer: who(func(c *customer) { c.Fatigue = new(3.0) }),
			candidates: candidates{offer("a", 1, 4), {Item: "b", Kind: crosssell.Thanks, Channel: email, Purpose: offers, Relationship: 1}},
			want: verdicts{
				{Outcome: crosssell.Rejected, Reasons: []crosssell.Reason{{Gate: "fatigue", Code: "too_high", Value: 3, Limit: 2}}, Worth: 2.5, Fatigue: 1.5, Final: 2.5},
				passes(crosssell.Chosen, 1, 1),
			}, chosen: []int{1},
		},
		"a lever lifts nothing over the floor, and may hold back": {
			policy: crosssell.Policy{Floor: 3}, customer: willing(),
			candidates: candidates{with(func(c *candidate) { c.Lever = 100 }), changed(offer("b", 1, 4), func(c *candidate) { c.Lever = -4 }), changed(offer("c", 1, 5), func(c *candidate) { c.Lever = -4 })},
			want: verdicts{
				{Outcome: crosssell.Rejected, Reasons: []crosssell.Reason{{Gate: "worth", Code: "too_low", Value: 2, Limit: 3}}, Worth: 2, Lever: 100, Final: 102},
				{Outcome: crosssell.Rejected, Reasons: []crosssell.Reason{{Gate: "lever", Code: "too_low"}}, Worth: 4, Lever: -4},
				{Outcome: crosssell.Chosen, Worth: 5, Lever: -4, Final: 1, Rank: 1},
			}, chosen: []int{2},
		},
		"every reason, in order": {
			policy:   crosssell.Policy{Floor: 5, MinMargin: new(2.0), MinSatisfaction: new(1.0), MaxFatigue: new(1.0)},
			customer: crosssell.Customer[string]{Erased: true, Owned: []string{"a"}},
			candidates: candidates{changed(offer("a", 1, 1), func(c *candidate) {
				c.Legal, c.Standing, c.Stock, c.Lever = adult[:1], adult[1:], new(int64(0)), -9
			})},
			want: verdicts{{Outcome: crosssell.Rejected, Worth: 1, Lever: -9, Final: -8, Reasons: []crosssell.Reason{
				why("consent", "erased"), why("consent", "not_asked"),
				{Gate: "legal", Code: "not_asked", Fact: "market"},
				why("complaint", "not_asked"),
				why("satisfaction", "not_asked"), why("owned", "owned"),
				{Gate: "standing", Code: "not_asked", Fact: "age"},
				{Gate: "stock", Code: "out_of_stock", Limit: 1},
				{Gate: "margin", Code: "too_low", Value: 1, Limit: 2},
				{Gate: "worth", Code: "too_low", Value: 1, Limit: 5},
				why("fatigue", "not_asked"),
				{Gate: "lever", Code: "too_low", Value: -8},
			}}},
		},
	} {
		t.Run(name, c.run)
	}
}

func TestChoice(t *testing.T) {
	t.Parallel()
	type candidate = crosssell.Candidate[string]
	in := func(item string, margin float64, category string) candidate {
		return changed(offer(item, 1, margin), func(c *candidate) { c.Category = category })
	}
	urgent := changed(offer("z", 1, 1), func(c *candidate) { c.Priority = 1 })
	byPhone := changed(offer("a", 1, 9), func(c *candidate) { c.Channel = call })
	onAdvice := changed(byPhone, func(c *candidate) { c.Purpose = advice })
	reachable := changed(willing(), func(c *crosssell.Customer[string]) {
		c.Contact = append(c.Contact, allowed(call, offers), allowed(call, advice))
	})
	for name, c := range map[string]struct {
		policy     crosssell.Policy
		candidates []candidate
		outcomes   []crosssell.Outcome
		chosen     []int
	}{
		"greatest worth": {
			candidates: []candidate{offer("a", 0.5, 3), offer("b", 0.25, 8), offer("c", 1, 1)},
			outcomes:   []crosssell.Outcome{"lower_value", "chosen", "lower_value"}, chosen: []int{1},
		},
		"equal worth: lowest item": {
			candidates: []candidate{offer("b", 0.5, 2), offer("c", 1, 1), offer("a", 0.25, 4)},
			outcomes:   []crosssell.Outcome{"lower_value", "lower_value", "chosen"}, chosen: []int{2},
		},
		"one way of each item: of equal ones by channel, then purpose": {
			policy: crosssell.Policy{Slots: 3}, candidates: []candidate{offer("a", 1, 9), byPhone, onAdvice, offer("b", 1, 1)},
			outcomes: []crosssell.Outcome{"same_item", "same_item", "chosen", "chosen"}, chosen: []int{2, 3},
		},
		"priority before worth": {
			policy: crosssell.Policy{Slots: 2}, candidates: []candidate{offer("a", 1, 9), offer("b", 1, 8), urgent},
			outcomes: []crosssell.Outcome{"chosen", "lower_value", "chosen"}, chosen: []int{2, 0},
		},
		"one of a category": {
			policy:     crosssell.Policy{Slots: 3, MaxPerCategory: new(1)},
			candidates: []candidate{in("a", 9, "x"), in("b", 8, "x"), in("c", 1, "y"), in("d", 2, "")},
			outcomes:   []crosssell.Outcome{"chosen", "category_full", "chosen", "chosen"}, chosen: []int{0, 3, 2},
		},
		"variety": {
			policy:     crosssell.Policy{Slots: 3, Variety: 0.5},
			candidates: []candidate{in("a", 9, "x"), in("b", 8, "x"), in("c", 5, "y"), in("d", 3, "z")},
			outcomes:   []crosssell.Outcome{"chosen", "chosen", "chosen", "lower_value"}, chosen: []int{0, 2, 1},
		},
		"nothing but variety": {
			policy: crosssell.Policy{Slots: 3, Variety: 1}, candidates: []candidate{in("a", 9, "x"), in("b", 8, "x")},
			outcomes: []crosssell.Outcome{"chosen", "lower_value"}, chosen: []int{0},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, err := crosssell.Decide(c.policy, reachable, c.candidates)
			require.NoError(t, err)
			var outcomes []crosssell.Outcome
			for _, v := range d.Verdicts {
				outcomes = append(outcomes, v.Outcome)
			}
			assert.Equal(t, c.outcomes, outcomes)
			assert.Equal(t, c.chosen, d.Chosen)
			assert.Equal(t, naive(c.policy, reachable, c.candidates), d)
		})
	}
}

// When to decide again is when the last of its reasons is gone, of the candidate that
// waits for the shortest time.
func TestDecisionNext(t *testing.T) {
	t.Parallel()
	quiet, full := relmark.ContactBreach{Rule: relmark.RuleQuietHours}, relmark.ContactBreach{Rule: relmark.RuleCap}
	consent, gap := relmark.ContactBreach{Rule: relmark.RuleConsent}, relmark.ContactBreach{Rule: relmark.RuleMinGap}
	byMail, byPhone := offer("a", 1, 1), offer("b", 1, 1)
	byPhone.Channel = call
	for name, c := range map[string]struct {
		contact []crosssell.ContactAnswer
		owned   []string
		want    time.Time
	}{
		"the earliest":              {[]crosssell.ContactAnswer{forbidden(email, offers, utc(9), full), forbidden(call, offers, utc(8), quiet)}, nil, utc(8)},
		"not where it is owned":     {[]crosssell.ContactAnswer{forbidden(email, offers, utc(9), full, gap), forbidden(call, offers, utc(8), quiet)}, []string{"b"}, utc(9)},
		"consent that begins later": {[]crosssell.ContactAnswer{forbidden(email, offers, utc(9), consent)}, nil, utc(9)},
		"never":                     {[]crosssell.ContactAnswer{forbidden(email, offers, time.Time{}, consent)}, nil, time.Time{}},
		"nobody asked":              {nil, nil, time.Time{}},
		"what is chosen waits for nothing": {[]crosssell.ContactAnswer{
			{Channel: email, Purpose: offers, Decision: relmark.ContactDecision{Allowed: true, Next: utc(8)}},
		}, nil, time.Time{}},
	} {
		customer := crosssell.Customer[string]{Contact: c.contact, Owned: c.owned, Complaint: crosssell.NoComplaint}
		d, err := crosssell.Decide(crosssell.Policy{}, customer, []crosssell.Candidate[string]{byMail, byPhone})
		require.NoError(t, err, name)
		next, ok := d.Next()
		assert.Equal(t, !c.want.IsZero(), ok, name)
		assert.True(t, c.want.Equal(next), "%s: %v", name, next)
	}
	two := crosssell.Verdict{Reasons: []crosssell.Reason{{Next: utc(9)}, {Next: utc(8)}}}
	next, ok := two.Next()
	assert.True(t, ok && next.Equal(utc(9)), "the latest of one candidate")
}

func TestFatigue(t *testing.T) {
	t.Parallel()
	day := 24 * time.Hour
	history := []relmark.Contact{{At: utc(12)}, {At: utc(12).Add(-7 * day)}, {At: utc(12).Add(-14 * day)}}
	f, err := crosssell.Fatigue(history, 7*day, utc(12))
	require.NoError(t, err)
	assert.Equal(t, 1.75, f) //nolint:testifylint // powers of two are exact
	f, err = crosssell.Fatigue(nil, day, utc(12))
	require.NoError(t, err)
	assert.Zero(t, f)
	_, err = crosssell.Fatigue(append(history, relmark.Contact{}, relmark.Contact{At: utc(13)}), 0, utc(12))
	assert.Equal(t, []string{"HalfLife", "History[3].At", "History[4].At"}, fields(err))
	_, err = crosssell.Fatigue(nil, day, time.Time{})
	assert.EqualError(t, err, "crosssell: AsOf: must be set")
}
