package crosssell_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell"
)

// A life of some weeks, decided for every few hours with a real contact policy: complaints
// come and go, consents are withdrawn, what is chosen is sent. Nothing is ever sold while a
// complaint is open or its recovery goes on, nor without consent or in the night, and no cap is
// exceeded.
func TestHistories(t *testing.T) {
	t.Parallel()
	const week = 7 * 24 * time.Hour
	policy := relmark.ContactPolicy{
		Zone:   time.UTC,
		Quiet:  []relmark.QuietHours{{From: 21 * time.Hour, To: 8 * time.Hour}},
		Caps:   []relmark.ContactCap{{Channel: relmark.AnyChannel, Max: 3, Window: week}},
		Exempt: []relmark.Purpose{"recovery"},
	}
	candidates := []crosssell.Candidate[string]{
		offer("a", 0.5, 4), offer("b", 0.25, 9),
		{Item: "c", Kind: crosssell.Recovery, Channel: call, Purpose: "recovery", Relationship: 9, Priority: 1},
		{Item: "d", Kind: crosssell.Thanks, Channel: email, Purpose: advice, Relationship: 0.1},
	}
	sold := 0
	rapid.Check(t, func(t *rapid.T) {
		decider, err := crosssell.NewDecider[string](crosssell.Policy{FatigueWeight: 0.1, MaxFatigue: new(3.5)})
		require.NoError(t, err)
		facts := relmark.ContactFacts{}
		customer := crosssell.Customer[string]{Complaint: crosssell.NoComplaint}
		states := []crosssell.ComplaintState{crosssell.NoComplaint, crosssell.NoComplaint, crosssell.ComplaintOpen, crosssell.InRecovery, crosssell.ComplaintUnknown}
		asOf := utc(0)
		for range rapid.IntRange(5, 40).Draw(t, "decisions") {
			asOf = asOf.Add(time.Duration(rapid.IntRange(1, 40).Draw(t, "hours")) * time.Hour)
			switch rapid.IntRange(0, 4).Draw(t, "event") {
			case 0:
				customer.Complaint = rapid.SampledFrom(states).Draw(t, "complaint")
			case 1:
				facts.Consents = append(facts.Consents, relmark.Consent{Channel: email, Purpose: offers, From: asOf, Until: asOf.Add(2 * week)})
			case 2:
				facts.Consents = []relmark.Consent{{Channel: email, Purpose: advice}, {Channel: call, Purpose: "recovery"}}
			}
			customer.Contact = customer.Contact[:0]
			for _, about := range []crosssell.ContactAnswer{{Channel: email, Purpose: offers}, {Channel: email, Purpose: advice}, {Channel: call, Purpose: "recovery"}} {
				about.Decision, err = policy.Decide(about.Channel, about.Purpose, facts, asOf)
				require.NoError(t, err)
				customer.Contact = append(customer.Contact, about)
			}
			fatigue, err := crosssell.Fatigue(facts.History, week, asOf)
			require.NoError(t, err)
			customer.Fatigue = &fatigue
			d, err := decider.Decide(&customer, candidates)
			require.NoError(t, err)
			for _, i := range d.Chosen {
				c := candidates[i]
				facts.History = append(facts.History, relmark.Contact{At: asOf, Channel: c.Channel, Purpose: c.Purpose})
				if c.Kind == crosssell.Sale {
					sold++
					require.Equal(t, crosssell.NoComplaint, customer.Complaint)
					require.True(t, asOf.Hour() >= 8 && asOf.Hour() < 21)
					require.LessOrEqual(t, fatigue, 3.5)
				}
			}
		}
		for i, last := range facts.History {
			n := 0
			for _, h := range facts.History[:i+1] {
				if h.Purpose != "recovery" && h.At.After(last.At.Add(-week)) {
					n++
				}
			}
			require.LessOrEqual(t, n, 3)
		}
	})
	require.Positive(t, sold, "something is")
}
