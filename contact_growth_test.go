package relmark_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
)

// A decision goes through each consent and each contact a few times, however many there
// are: consents of minutes in the middle of the night for more than a year, in each of a
// hundred quiet hours a day, withdrawn and given again, in any order; contacts by the
// second under many caps and gaps. Of what is wrong with each of them it lists sixteen.
func TestGrowthOfContacts(t *testing.T) {
	t.Parallel()
	sizes := []int{1e2, 1e3, 1e4, 1e5}
	if testing.Short() {
		sizes = sizes[:3]
	}
	zone := zone(t, "Europe/Berlin")
	midnight := time.Date(2025, 1, 1, 0, 0, 0, 0, zone)
	night := relmark.ContactPolicy{Zone: zone, Quiet: []relmark.QuietHours{{From: 20 * time.Hour, To: 8 * time.Hour}}}
	crowded := relmark.ContactPolicy{Zone: zone}
	capped := relmark.ContactPolicy{Zone: zone}
	for i := range 100 {
		from := time.Duration(i) * 14 * time.Minute
		crowded.Quiet = append(crowded.Quiet, relmark.QuietHours{From: from, To: from + 7*time.Minute})
	}
	for i := range 5 {
		capped.Caps = append(capped.Caps, relmark.ContactCap{Channel: "*", Max: i + 1, Window: time.Duration(i+1) * 100 * time.Hour})
		capped.MinGaps = append(capped.MinGaps, relmark.ContactGap{Channel: "sms", Least: time.Duration(i+1) * time.Hour})
	}
	minute := func(from time.Time) relmark.Consent {
		return relmark.Consent{Channel: "sms", Purpose: "offers", From: from, Until: from.Add(time.Minute)}
	}
	for name, c := range map[string]struct {
		policy relmark.ContactPolicy
		most   int // steps for each consent or contact
		facts  func(i, n int, f *relmark.ContactFacts)
	}{
		"consents in the night": {night, 10, func(i, n int, f *relmark.ContactFacts) {
			i = i * 7919 % n
			f.Consents = append(f.Consents, minute(midnight.AddDate(0, 0, i%390).Add(time.Hour+time.Duration(i/390)*time.Second)))
		}},
		"consents in a hundred quiet hours a day": {crowded, 500, func(i, n int, f *relmark.ContactFacts) {
			i = n - 1 - i
			f.Consents = append(f.Consents, minute(midnight.AddDate(0, 0, i/100).Add(time.Duration(i%100)*14*time.Minute+time.Minute)))
		}},
		"consents withdrawn": {night, 10, func(i, n int, f *relmark.ContactFacts) {
			f.Consents = append(f.Consents, minute(midnight.Add(-time.Duration(n-i)*time.Hour)))
		}},
		"contacts": {capped, 20, func(i, _ int, f *relmark.ContactFacts) {
			f.History = append(f.History, relmark.Contact{At: midnight.Add(-time.Duration(i) * time.Second), Channel: "sms", Purpose: "offers"})
		}},
	} {
		for _, n := range sizes {
			var facts relmark.ContactFacts
			for i := range n {
				c.facts(i, n, &facts)
			}
			start := time.Now()
			d, err := c.policy.Decide("sms", "offers", facts, midnight)
			require.NoError(t, err)
			assert.False(t, d.Allowed)
			facts.Zone = zone
			steps := c.policy.DecideSteps("sms", "offers", facts, midnight)
			t.Logf("%s, %d: %.1f steps and %v each", name, n, float64(steps)/float64(n), time.Since(start)/time.Duration(2*n))
			assert.LessOrEqual(t, steps, c.most*n+500, "%s, %d", name, n)

			for i := range facts.Consents {
				facts.Consents[i].Channel = ""
			}
			for i := range facts.History {
				facts.History[i].Channel = ""
			}
			_, err = c.policy.Decide("sms", "offers", facts, midnight)
			require.ErrorIs(t, err, relmark.ErrInvalid)
			assert.Less(t, len(err.Error()), 3000)
			assert.Equal(t, 16, strings.Count(err.Error(), "must be UTF-8"))
		}
	}
}
