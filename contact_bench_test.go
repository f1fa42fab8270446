package relmark_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
)

// campaign is a policy of the usual size and a customer with a dozen contacts, at
// noon in Berlin.
func campaign(t testing.TB) (p relmark.ContactPolicy, noon time.Time, facts relmark.ContactFacts) {
	t.Helper()
	p = goldenPolicy(t)
	noon = instant(t, "2025-03-12T11:00:00Z")
	facts = relmark.ContactFacts{Zone: p.Zone, Consents: []relmark.Consent{
		{Channel: "mail", Purpose: "offers"}, {Channel: "sms", Purpose: "service"}, {Channel: "sms", Purpose: "offers"},
	}}
	for days := 5; days <= 60; days += 5 {
		facts.History = append(facts.History, relmark.Contact{
			At: noon.Add(-time.Duration(days) * 24 * time.Hour), Channel: "sms", Purpose: []relmark.Purpose{"offers", "service"}[days%2],
		})
	}
	return p, noon, facts
}

// Not parallel: the count is of the whole process.
func TestDecideAllocatesNothingIfItAllows(t *testing.T) {
	p, noon, facts := campaign(t)
	d, err := p.Decide("sms", "offers", facts, noon)
	require.NoError(t, err)
	require.True(t, d.Allowed)
	assert.Zero(t, testing.AllocsPerRun(100, func() { _, _ = p.Decide("sms", "offers", facts, noon) }))
}

func BenchmarkDecide(b *testing.B) {
	p, noon, facts := campaign(b)
	closed := relmark.ContactPolicy{Quiet: []relmark.QuietHours{{From: 8 * time.Hour, To: 20 * time.Hour}, {From: 20 * time.Hour, To: 8 * time.Hour}}}
	capped := p
	capped.Caps = []relmark.ContactCap{{"*", 2, 30 * 24 * time.Hour}}
	for _, c := range []struct {
		name   string
		policy relmark.ContactPolicy
		at     time.Time
	}{
		{"allowed/12contacts", p, noon},
		{"quiet/12contacts", p, noon.Add(11 * time.Hour)},
		{"capped/12contacts", capped, noon},
		{"never/2quiet", closed, noon},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := c.policy.Decide("sms", "offers", facts, c.at); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkDecodeContactPolicy(b *testing.B) {
	text, err := goldenPolicy(b).MarshalJSON()
	require.NoError(b, err)
	utc := func(string) (*time.Location, error) { return time.UTC, nil }
	b.ReportAllocs()
	for b.Loop() {
		if _, err := relmark.DecodeContactPolicy(text, utc); err != nil {
			b.Fatal(err)
		}
	}
}
