package crosssell_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell"
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
	text := read(t, "policy_v1.json")
	var p crosssell.Policy
	require.NoError(t, json.Unmarshal([]byte(text), &p))
	assert.Equal(t, crosssell.Policy{Floor: 0.25}, p)
	got, err := json.Marshal(p)
	require.NoError(t, err)
	assert.Equal(t, text, string(got))
}

func TestPolicyRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := crosssell.Policy{Floor: rapid.Float64Range(0, 1e308).Draw(t, "floor")}
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
		``:                            relmark.ErrInvalid,
		`null`:                        relmark.ErrInvalid,
		`[]`:                          relmark.ErrInvalid,
		`{}`:                          relmark.ErrUnsupported,
		`{"v":0,"floor":1}`:           relmark.ErrUnsupported,
		`{"v":2,"floor":1,"cap":3}`:   relmark.ErrUnsupported,
		`{"v":1,"floor":1,"cap":3}`:   relmark.ErrInvalid,
		`{"v":1,"floor":"secret"}`:    relmark.ErrInvalid,
		`{"v":1,"floor":-1}`:          relmark.ErrInvalid,
		`{"v":1,"floor":1e999}`:       relmark.ErrInvalid,
		`{"v":1,"floor":1} {"v":1}`:   relmark.ErrInvalid,
		`{"v":"secret","floor":1}`:    relmark.ErrInvalid,
		`{"v":1,"floor":1,"secret":`:  relmark.ErrInvalid,
		`{"v":1,"floor":1,"floor":2}`: relmark.ErrInvalid,
		`{"V":1,"floor":1}`:           relmark.ErrInvalid,
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

// A record of a decision, as a host stores it beside what was decided about.
func TestDecisionGolden(t *testing.T) {
	t.Parallel()
	type record struct {
		Policy     crosssell.Policy              `json:"policy"`
		Customer   crosssell.Customer[string]    `json:"customer"`
		Candidates []crosssell.Candidate[string] `json:"candidates"`
		Decision   crosssell.Decision            `json:"decision"`
	}
	coffee := offer("coffee", 0.5, 2)
	coffee.Repeatable = true
	phone := offer("kettle", 0.25, 20)
	phone.Channel = call
	customer := willing("kettle")
	morning := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	customer.Contact = append(customer.Contact, forbidden(call, offers, morning, relmark.ContactBreach{Rule: relmark.RuleQuietHours, Index: 1}))
	r := record{Policy: crosssell.Policy{Floor: 0.25}, Customer: customer, Candidates: []crosssell.Candidate[string]{
		offer("mug", 0.125, 8), coffee, phone, offer("spoon", 0.125, 1),
	}}
	var err error
	r.Decision, err = crosssell.Decide(r.Policy, r.Customer, r.Candidates)
	require.NoError(t, err)
	got, err := json.MarshalIndent(r, "", "  ")
	require.NoError(t, err)
	text := read(t, "decision_v1.json")
	assert.Equal(t, text, string(got))
	var back record
	require.NoError(t, json.Unmarshal([]byte(text), &back))
	assert.Equal(t, r, back)
}
