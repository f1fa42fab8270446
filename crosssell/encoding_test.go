package crosssell_test

import (
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell"
	"github.com/relmark/relmark/internal/reference"
)

// read returns a file of testdata without the line end.
func read(tb testing.TB, name string) string {
	tb.Helper()
	text, err := os.ReadFile("testdata/" + name)
	require.NoError(tb, err)
	return strings.TrimSuffix(string(text), "\n")
}

// Every version ever written can be read, and what is written now does not change
// unless the version does.
func TestPolicyGolden(t *testing.T) {
	t.Parallel()
	full := crosssell.Policy{
		Floor: 0.25, MinMargin: new(-1.5), MinSatisfaction: new(4.0), MaxFatigue: new(3.0), FatigueWeight: 0.5,
		Slots: 3, MaxPerCategory: new(2), Variety: 0.25, Explore: &crosssell.Exploration{Among: 10},
	}
	for _, c := range []struct {
		name string
		want crosssell.Policy
		now  string
	}{
		{"policy_v1.json", crosssell.Policy{Floor: 0.25}, `{"v":2,"floor":0.25}`},
		{"policy_v2.json", full, read(t, "policy_v2.json")},
	} {
		var p crosssell.Policy
		require.NoError(t, json.Unmarshal([]byte(read(t, c.name)), &p))
		assert.Equal(t, c.want, p)
		got, err := json.Marshal(p)
		require.NoError(t, err)
		assert.Equal(t, c.now, string(got))
	}
}

func TestPolicyRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := drawPolicy(t)
		want.Floor = rapid.Float64Range(0, 1e308).Draw(t, "any floor")
		text, err := json.Marshal(want)
		require.NoError(t, err)
		var got crosssell.Policy
		require.NoError(t, json.Unmarshal(text, &got))
		require.Equal(t, want, got)
	})
}

func TestPolicyDecodingRefuses(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]error{
		``:                               relmark.ErrInvalid,
		`null`:                           relmark.ErrInvalid,
		`[]`:                             relmark.ErrInvalid,
		`{}`:                             relmark.ErrUnsupported,
		`{"v":0,"floor":1}`:              relmark.ErrUnsupported,
		`{"v":3,"floor":1,"cap":3}`:      relmark.ErrUnsupported,
		`{"v":1,"floor":1,"slots":3}`:    relmark.ErrInvalid, // which version 1 did not know
		`{"v":2,"floor":1,"cap":3}`:      relmark.ErrInvalid,
		`{"v":2,"floor":"secret"}`:       relmark.ErrInvalid,
		`{"v":1,"floor":-1}`:             relmark.ErrInvalid,
		`{"v":2,"floor":1,"slots":-1}`:   relmark.ErrInvalid,
		`{"v":2,"floor":1,"explore":{}}`: relmark.ErrInvalid,
		`{"v":1,"floor":1e999}`:          relmark.ErrInvalid,
		`{"v":1,"floor":1} {"v":1}`:      relmark.ErrInvalid,
		`{"v":"secret","floor":1}`:       relmark.ErrInvalid,
		`{"v":1,"floor":1,"secret":`:     relmark.ErrInvalid,
		`{"v":1,"floor":1,"floor":2}`:    relmark.ErrInvalid,
		`{"V":1,"floor":1}`:              relmark.ErrInvalid,
	} {
		p := crosssell.Policy{Floor: 7}
		err := p.UnmarshalJSON([]byte(text))
		require.ErrorIs(t, err, want, text)
		assert.NotContains(t, err.Error(), "secret")
		assert.Equal(t, crosssell.Policy{Floor: 7}, p, "%s: unchanged", text)
	}
	var p crosssell.Policy
	require.NoError(t, p.UnmarshalJSON([]byte(" {\"floor\": 1.0,\n\"v\": 1} ")))
	assert.Equal(t, crosssell.Policy{Floor: 1}, p)
	for _, x := range notAmounts() {
		_, err := crosssell.Policy{Floor: x}.MarshalJSON()
		assert.Equal(t, []string{"Floor"}, fields(err), x)
	}
}

func TestDeciderHasNoJSON(t *testing.T) {
	t.Parallel()
	d, err := crosssell.NewDecider[string](crosssell.Policy{})
	require.NoError(t, err)
	_, err = json.Marshal(d)
	require.ErrorIs(t, err, relmark.ErrUnsupported)
}

// A record of a decision, as a host stores it beside what was decided about.
type record struct {
	Case       string                        `json:"case"`
	Policy     crosssell.Policy              `json:"policy"`
	Customer   crosssell.Customer[string]    `json:"customer"`
	Candidates []crosssell.Candidate[string] `json:"candidates"`
	Decision   crosssell.Decision            `json:"decision"`
}

// The decisions of the file were made by naive, which shares no line with Decide.
func TestDecisionGolden(t *testing.T) {
	t.Parallel()
	const name = "decisions.json"
	made, err := json.MarshalIndent(records(), "", " ")
	require.NoError(t, err)
	reference.Pin(t, name, append(made, '\n'))
	text := read(t, name)
	var list []record
	require.NoError(t, json.Unmarshal([]byte(text), &list))
	require.NotEmpty(t, list)
	for _, r := range list {
		d, err := crosssell.Decide(r.Policy, r.Customer, r.Candidates)
		require.NoError(t, err, r.Case)
		assert.Equal(t, r.Decision, d, r.Case)
	}
	back, err := json.MarshalIndent(list, "", " ")
	require.NoError(t, err)
	assert.Equal(t, text, string(back), "plain data come back as they were")
}

// records are what the golden file was made of: one shop and several customers.
func records() []record {
	policy := crosssell.Policy{
		Floor: 0.5, MinMargin: new(0.0), MinSatisfaction: new(5.0), MaxFatigue: new(2.5), FatigueWeight: 0.25, Slots: 2, MaxPerCategory: new(1),
	}
	mug := offer("mug", 0.125, 8)
	mug.Category, mug.Stock = "kitchen", new(int64(3))
	kettle := offer("kettle", 0.25, 20)
	kettle.Category = "kitchen"
	phoned := kettle
	phoned.Channel = call
	coffee := offer("coffee", 0.5, 4)
	coffee.Repeatable, coffee.Category = true, "food"
	brandy := offer("brandy", 0.25, 12)
	brandy.Category, brandy.Legal = "food", []crosssell.Requirement{{Fact: "age", Min: new(18.0)}, {Fact: "market", OneOf: []string{"at", "de"}}}
	tasting := offer("tasting", 0.25, 6)
	tasting.Standing, tasting.Lever, tasting.Stock = []crosssell.Requirement{{Fact: "tier", Min: new(2.0)}}, 1, new(int64(0))
	clearance := offer("clearance", 1, -1)
	clearance.Relationship = 4
	card := crosssell.Candidate[string]{Item: "card", Kind: crosssell.Thanks, Channel: email, Purpose: advice, Relationship: 0.75}
	sorry := crosssell.Candidate[string]{Item: "apology", Kind: crosssell.Recovery, Channel: call, Purpose: advice, Relationship: 9, Priority: 1}
	candidates := []crosssell.Candidate[string]{mug, kettle, phoned, coffee, brandy, tasting, clearance, card, sorry}

	happy := willing("kettle", "coffee")
	happy.Contact = append(happy.Contact, allowed(email, advice),
		forbidden(call, offers, utc(8), relmark.ContactBreach{Rule: relmark.RuleQuietHours, Index: 1}, relmark.ContactBreach{Rule: relmark.RuleCap}))
	happy.Satisfaction, happy.Fatigue = new(5.5), new(1.0)
	happy.Facts = []crosssell.Fact{{Name: "age", Number: 44}, {Name: "market", Word: "de"}, {Name: "tier", Number: 1}}
	who := func(change func(c *crosssell.Customer[string])) crosssell.Customer[string] {
		return changed(happy, change)
	}
	list := []record{
		{Case: "satisfied", Customer: happy},
		{Case: "control", Customer: who(func(c *crosssell.Customer[string]) { c.Control = true })},
		{Case: "complaint", Customer: who(func(c *crosssell.Customer[string]) {
			c.Complaint = crosssell.ComplaintOpen
			c.Contact = append(c.Contact, allowed(call, advice))
		})},
		{Case: "recovery", Customer: who(func(c *crosssell.Customer[string]) { c.Complaint = crosssell.InRecovery })},
		{Case: "unsure", Customer: who(func(c *crosssell.Customer[string]) { c.Satisfaction = new(4.75) })},
		{Case: "tired", Customer: who(func(c *crosssell.Customer[string]) { c.Fatigue = new(3.0) })},
		{Case: "young, no market", Customer: who(func(c *crosssell.Customer[string]) { c.Facts = []crosssell.Fact{{Name: "age", Number: 17}} })},
		{Case: "unknown", Customer: crosssell.Customer[string]{}},
		{Case: "erased", Customer: who(func(c *crosssell.Customer[string]) { c.Erased = true })},
	}
	for i := range list {
		list[i].Policy, list[i].Candidates = policy, candidates
		list[i].Decision = naive(policy, list[i].Customer, candidates)
	}
	return list
}

// What a host keeps of suggestions, candidates and customers comes back as it was.
func TestPlainDataRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := situations().Draw(t, "situation")
		want := record{Policy: s.policy, Customer: s.customer, Candidates: s.candidates, Decision: naive(s.policy, s.customer, s.candidates)}
		text, err := json.Marshal(want)
		require.NoError(t, err)
		var got record
		require.NoError(t, json.Unmarshal(text, &got))
		again, err := json.Marshal(got)
		require.NoError(t, err)
		require.JSONEq(t, string(text), string(again))
		require.Equal(t, want.Decision, got.Decision)
	})
}

func TestSuggestionValidate(t *testing.T) {
	t.Parallel()
	good := crosssell.Suggestion[string]{Item: "grinder", Score: 0.4, Because: []crosssell.Evidence[string]{{
		Source: crosssell.FromRule, Items: []string{"machine"}, Weight: 0.4, Counts: &crosssell.Counts{Both: 4, Left: 10, Right: 5, N: 20}, LogP: new(-3.5),
	}}}
	require.NoError(t, good.Validate())
	require.NoError(t, crosssell.Suggestion[int]{}.Validate())
	for _, source := range []crosssell.Source{crosssell.FromAffinity, crosssell.FromSequence, crosssell.FromPopularity, crosssell.FromFavourite, crosssell.FromHost} {
		require.NoError(t, crosssell.Evidence[int]{Source: source}.Validate())
	}
	text, err := json.Marshal(good)
	require.NoError(t, err)
	var back crosssell.Suggestion[string]
	require.NoError(t, json.Unmarshal(text, &back))
	assert.Equal(t, good, back)

	bad := crosssell.Suggestion[string]{Item: "\xff", Score: -1, Because: []crosssell.Evidence[string]{
		{Source: "secret", Items: []string{"a", "\xff"}, Weight: math.Inf(1), Counts: &crosssell.Counts{Both: 2, Left: 1, Right: 3, N: 3}, LogP: new(0.5)},
	}}
	err = bad.Validate()
	assert.Equal(t, []string{
		"Item", "Score", "Because[0].Source", "Because[0].Items[1]", "Because[0].Weight", "Because[0].Counts", "Because[0].LogP",
	}, fields(err))
	assert.NotContains(t, err.Error(), "secret")
	for _, c := range []crosssell.Counts{{Both: -1}, {N: -1}, {Left: 2, Right: 1, N: 1}, {Both: 1, Left: 1, N: 1}} {
		assert.Equal(t, []string{"Counts"}, fields(crosssell.Evidence[int]{Source: crosssell.FromHost, Counts: &c}.Validate()), c)
	}
	for _, x := range append(notFinite(), 1e-9) {
		assert.Equal(t, []string{"LogP"}, fields(crosssell.Evidence[int]{Source: crosssell.FromHost, LogP: &x}.Validate()), x)
	}

	c := crosssell.From(good, email, offers, 30)
	require.NoError(t, c.Validate())
	assert.Equal(t, crosssell.Candidate[string]{Item: "grinder", Channel: email, Purpose: offers, Score: 0.4, Margin: 30, Because: good.Because}, c)
}
