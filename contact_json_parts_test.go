package relmark_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
)

// A part alone reads as it does in a policy.
func TestContactPartsAloneAreAsInAPolicy(t *testing.T) {
	t.Parallel()
	type parts struct {
		V       int                  `json:"v"`
		Zone    string               `json:"zone"`
		Quiet   []relmark.QuietHours `json:"quiet"`
		Caps    []relmark.ContactCap `json:"caps"`
		MinGaps []relmark.ContactGap `json:"min_gaps"`
		Exempt  []relmark.Purpose    `json:"exempt"`
	}
	whole := goldenPolicy(t)
	text, err := json.Marshal(whole)
	require.NoError(t, err)
	alone, err := json.Marshal(parts{1, whole.Zone.String(), whole.Quiet, whole.Caps, whole.MinGaps, whole.Exempt})
	require.NoError(t, err)
	assert.Equal(t, string(text), string(alone))
	var back parts
	require.NoError(t, json.Unmarshal(alone, &back))
	assert.Equal(t, parts{1, whole.Zone.String(), whole.Quiet, whole.Caps, whole.MinGaps, whole.Exempt}, back)
}

func TestContactPartsRefuse(t *testing.T) {
	t.Parallel()
	quiet := relmark.QuietHours{From: time.Hour, To: 2 * time.Hour}
	limit, gap := relmark.ContactCap{Channel: "sms", Max: 1, Window: time.Hour}, relmark.ContactGap{Channel: "sms", Least: time.Hour}
	for _, c := range []struct {
		into json.Unmarshaler
		bad  []string
	}{
		{&quiet, []string{`{"from":"21:00","to":"21:00"}`, `{"from":"21:00"}`, `{"from":"21:00","to":"08:00","secret":1}`, `{"from":"21:00","to":"08:00"},{"from":"21:00","to":"08:00"}`, `{"From":"21:00","to":"08:00"}`}},
		{&limit, []string{`{"channel":"*","max":0,"window":"1h"}`, `{"channel":"*","max":1,"window":"secret"}`, `{"channel":"\ufffd","max":1,"window":"1h"}`, `{"Channel":"*","Max":1,"Window":3600}`}},
		{&gap, []string{`{"channel":"*","least":"0s"}`, `{"channel":"*","least":3600}`, `{"channel":"*","least":"1h","least":"2h"}`, `{"channel":"*","least":"1h"}],"exempt":["x"`}},
	} {
		before := fmt.Sprint(c.into)
		for _, text := range append(c.bad, ``, `{`, `null`, `[]`, `"secret"`, `{}`) {
			err := c.into.UnmarshalJSON([]byte(text))
			require.ErrorIs(t, err, relmark.ErrInvalid, text)
			assert.NotContains(t, err.Error(), "secret")
			assert.Equal(t, before, fmt.Sprint(c.into), text)
		}
	}
	for _, part := range []any{relmark.QuietHours{}, relmark.ContactCap{}, relmark.ContactGap{}} {
		_, err := json.Marshal(part)
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
}

// A zone has no encoding but its name: facts refuse to lose it.
func TestContactFactsHaveNoJSON(t *testing.T) {
	t.Parallel()
	facts := relmark.ContactFacts{Zone: time.UTC, Consents: agreed()}
	_, err := json.Marshal(facts)
	require.ErrorIs(t, err, relmark.ErrUnsupported)
	require.ErrorIs(t, json.Unmarshal([]byte(`{"Zone":{}}`), &facts), relmark.ErrUnsupported)
	assert.Equal(t, time.UTC, facts.Zone)

	text, err := json.Marshal(facts.Consents)
	require.NoError(t, err)
	var back []relmark.Consent
	require.NoError(t, json.Unmarshal(text, &back))
	assert.Equal(t, facts.Consents, back)
}
