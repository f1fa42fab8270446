package social_test

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/social"
)

// calls is the worked example: a call every 30 days, half-life 45 days.
func calls(t testing.TB) *social.HealthModel {
	t.Helper()
	m, err := social.NewHealthModel(social.HealthParams{
		HalfLife: 45, Fatigue: 0.2, Channels: map[relmark.Channel]float64{"call": 1, "email": 0.4, "visit": 2.5},
		Target: social.HealthTarget{Weight: 1, Quality: 1, Every: 30},
	})
	require.NoError(t, err)
	return m
}

func BenchmarkHealthAdd(b *testing.B) {
	m := calls(b)
	var h social.Health
	x := social.Interaction{At: when("2025-01-01T00:00:00Z"), Channel: "email", Direction: social.Outbound, Answered: true, Quality: 0.5}
	b.ReportAllocs()
	for b.Loop() {
		x.At = x.At.Add(time.Second)
		if err := m.Add(&h, x); err != nil {
			b.Fatal(err)
		}
	}
}

// A million customers: the health of their contact and how overdue they are.
func BenchmarkScore(b *testing.B) {
	m := calls(b)
	const customers = 1_000_000
	asOf := when("2025-06-01T00:00:00Z")
	states := make([]social.Health, customers)
	for i := range states {
		for k := range 3 {
			require.NoError(b, m.Add(&states[i], social.Interaction{At: asOf.Add(-time.Duration(i%400+k*30) * day), Channel: "call", Direction: social.Inbound, Quality: 1}))
		}
	}
	segment := make([]time.Duration, 1000)
	for i := range segment {
		segment[i] = time.Duration(i) * 2 * time.Hour
	}
	c, err := social.NewCadence(social.CadenceParams{Shrinkage: 4, DueLevel: 0.8}, segment)
	require.NoError(b, err)
	contacts := make([]time.Time, 12)
	for i := range contacts {
		contacts[i] = asOf.Add(-time.Duration(i*i+3) * day)
	}
	b.Run("health/1e6customers", func(b *testing.B) {
		b.ReportAllocs()
		sum := 0.0
		for b.Loop() {
			for i := range states {
				score, err := m.Score(states[i], asOf)
				if err != nil {
					b.Fatal(err)
				}
				sum += score
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/customers, "ns/customer")
	})
	b.Run("cadence/12contacts", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := c.Report(contacts, asOf); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkChoose(b *testing.B) {
	c, asOf := busy()
	d := newDesk(b, usual(), "1")
	var x social.Choice
	b.Run("50treatments/200contacts", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := d.Choose(&x, c, asOf); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkAssign(b *testing.B) {
	a, err := social.NewAssigner(social.Experiment{Salt: "s", Name: "e", Arms: []social.Arm{{Name: "control", Share: dec("0.1")}, {Name: "treated", Share: dec("0.9")}}})
	require.NoError(b, err)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := a.Assign("m-000001"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSelect(b *testing.B) {
	for _, c := range []struct {
		n             int
		budget, quota int64
	}{{100_000, 0, 0}, {3000, 600, 0}, {3000, 600, 50}} {
		s := campaignOf(c.n, c.budget, c.quota)
		b.Run(fmt.Sprintf("%dcandidates/budget%d/quota%d", c.n, c.budget, c.quota), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := social.Select(s); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(c.n), "ns/candidate")
		})
	}
}

func BenchmarkReferrals(b *testing.B) {
	g, err := social.NewReferralProgram(friends())
	require.NoError(b, err)
	var s social.Referrals
	at, n := when("2025-01-01T00:00:00Z"), 0
	b.ReportAllocs()
	for b.Loop() {
		at = at.Add(time.Minute)
		n++
		if _, err := g.Apply(&s, social.ReferralEvent{Key: strconv.Itoa(n), At: at, Type: social.Invited, Code: strconv.Itoa(n), Referrer: "ada"}); err != nil {
			b.Fatal(err)
		}
	}
}

// friends is the policy of the examples.
func friends() social.ReferralPolicy {
	return social.ReferralPolicy{
		Join: 30 * day, Qualify: 60 * day, MinNet: dec("50"), Maturity: 14 * day, Clawback: 90 * day, Referrer: 500, Friend: 250,
		Cap: &social.Rate{Max: 2, Within: 365 * day}, Velocity: &social.Rate{Max: 3, Within: day},
	}
}
