package social_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/social"
)

// usual is a policy of the usual size.
func usual() relmark.ContactPolicy {
	return relmark.ContactPolicy{
		Zone:    berlin,
		Quiet:   []relmark.QuietHours{{From: 21 * time.Hour, To: 8 * time.Hour}},
		Caps:    []relmark.ContactCap{{Channel: relmark.AnyChannel, Max: 4, Window: 30 * day}, {Channel: "call", Max: 1, Window: 14 * day}},
		MinGaps: []relmark.ContactGap{{Channel: relmark.AnyChannel, Least: 2 * day}},
		Exempt:  []relmark.Purpose{"service"},
	}
}

// busy is a customer with 50 treatments and 200 past contacts in two years, half of
// them owed and the others as the policy allows.
func busy() (*social.Case, time.Time) {
	asOf := when("2025-06-11T10:00:00Z")
	c := &social.Case{Quotas: map[string]int64{"k0": 5, "k1": 0}, Budget: new(dec("100"))}
	for _, channel := range []relmark.Channel{"sms", "mail", "call"} {
		for _, purpose := range []relmark.Purpose{"offers", "care"} {
			c.Facts.Consents = append(c.Facts.Consents, relmark.Consent{Channel: channel, Purpose: purpose})
		}
	}
	for i := range 200 {
		h := relmark.Contact{At: asOf.Add(-time.Duration(i)*86*time.Hour - 50*time.Hour), Channel: "sms", Purpose: "offers"}
		if i%2 == 1 {
			h.Purpose = "service"
		} else {
			h.At = asOf.Add(-time.Duration(i/2) * 11 * day).Add(-3 * day)
		}
		c.Facts.History = append(c.Facts.History, h)
	}
	channels, purposes := []relmark.Channel{"sms", "mail", "call"}, []relmark.Purpose{"offers", "care"}
	for i := range 50 {
		c.Treatments = append(c.Treatments, social.Treatment{
			ID: fmt.Sprintf("t%02d", i), Kind: fmt.Sprint("k", i%7), Channel: channels[i%3], Purpose: purposes[i%2],
			Value: decimal.New(int64(i*37%100), -1), Cost: decimal.New(int64(i%5)*25, -2),
		})
	}
	return c, asOf
}

// tb is what helpers need of a test, also of rapid.
type tb interface {
	require.TestingT
	Helper()
}

func newDesk(t tb, p relmark.ContactPolicy, lambda string) *social.Desk {
	t.Helper()
	d, err := social.NewDesk(social.DeskParams{Policy: p, Lambda: dec(lambda)})
	require.NoError(t, err)
	return d
}

func TestChoose(t *testing.T) {
	t.Parallel()
	asOf := when("2025-06-11T10:00:00Z")
	consents := []relmark.Consent{{Channel: "sms", Purpose: "offers"}, {Channel: "call", Purpose: "offers"}}
	treatment := func(id, value, cost string) social.Treatment {
		return social.Treatment{ID: id, Kind: "k" + id, Channel: "sms", Purpose: "offers", Value: dec(value), Cost: dec(cost)}
	}
	list := []social.Treatment{
		treatment("a", "5", "1"), treatment("b", "6", "2"), treatment("c", "1", "1"), treatment("d", "9", "0"),
		treatment("e", "20", "11"), treatment("f", "8.5", "0.5"), treatment("g", "9", "1"), treatment("h", "9", "1"),
	}
	list = append(list, treatment("i", "9", "0"), treatment("j", "9", "0"))
	list[8].Channel, list[9].Purpose = "call", "care"
	c := &social.Case{Treatments: list, Facts: relmark.ContactFacts{Consents: consents}, Quotas: map[string]int64{"kd": 0}, Budget: new(dec("10.999"))}
	c.Facts.History = []relmark.Contact{{At: asOf.Add(-10 * day), Channel: "call", Purpose: "offers"}}
	want := []social.Reason{
		social.Outranked, social.Outranked, social.NoValue, social.AtQuota, social.AtBudget, "", social.Outranked, social.Outranked,
		social.NotNow, social.NoConsent,
	}
	var x social.Choice
	_, chosen := x.Chosen(c)
	assert.False(t, chosen, "nothing was asked yet")
	d := newDesk(t, usual(), "1")
	require.NoError(t, d.Choose(&x, c, asOf))
	for i, v := range x.Verdicts {
		assert.Equal(t, list[i].ID, v.ID)
		assert.Equal(t, want[i], v.Reason, v.ID)
		assert.Equal(t, i == 5, v.Chosen, v.ID)
	}
	best, chosen := x.Chosen(c)
	assert.True(t, chosen)
	assert.Equal(t, "f", best.ID, "of equal net value and cost the smaller ID")
	assert.Equal(t, []relmark.ContactBreach{{Rule: relmark.RuleCap, Index: 1}}, x.Verdicts[8].Contact.Breaches)
	assert.Equal(t, asOf.Add(4*day), x.Verdicts[8].Contact.Next)

	c.Control = true
	require.NoError(t, d.Choose(&x, c, asOf))
	for _, v := range x.Verdicts {
		assert.Equal(t, social.InControl, v.Reason)
	}
	_, chosen = x.Chosen(c)
	assert.False(t, chosen)
	require.NoError(t, d.Choose(&x, &social.Case{}, asOf))
	assert.Empty(t, x.Verdicts)
	assert.Equal(t, -1, x.Best)
}

func TestChooseRefusesBadInput(t *testing.T) {
	t.Parallel()
	d, asOf := newDesk(t, usual(), "1"), when("2025-06-11T10:00:00Z")
	for name, change := range map[string]func(c *social.Case){
		"Treatments[0].ID":         func(c *social.Case) { c.Treatments[0].ID = "" },
		"Treatments[1].ID":         func(c *social.Case) { c.Treatments[1].ID = c.Treatments[0].ID },
		"Treatments[0].Kind":       func(c *social.Case) { c.Treatments[0].Kind = "\xff" },
		"Treatments[0].Channel":    func(c *social.Case) { c.Treatments[0].Channel = relmark.AnyChannel },
		"Treatments[0].Purpose":    func(c *social.Case) { c.Treatments[0].Purpose = "" },
		"Treatments[0].Cost":       func(c *social.Case) { c.Treatments[0].Cost = dec("-1") },
		"Treatments[2].Cost":       func(c *social.Case) { c.Treatments[2].Value = dec("0.0000000001") },
		"Treatments":               func(c *social.Case) { c.Treatments = make([]social.Treatment, 10001) },
		"Quotas":                   func(c *social.Case) { c.Quotas["k0"] = -1 },
		"Budget":                   func(c *social.Case) { c.Budget = new(dec("-1")) },
		"Facts.History[3].At":      func(c *social.Case) { c.Facts.History[3].At = asOf.Add(1) },
		"Facts.History[4].Channel": func(c *social.Case) { c.Facts.History[4].Channel = "\ufffd" },
		"Facts.History[5].Purpose": func(c *social.Case) { c.Facts.History[5].Purpose = "" },
		"Consents[0].Channel":      func(c *social.Case) { c.Facts.Consents[0].Channel = "" },
	} {
		c, _ := busy()
		change(c)
		var x social.Choice
		err := d.Choose(&x, c, asOf)
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
		field, ok := new(relmark.FieldError), false
		for _, e := range unwrap(err) {
			if fe, is := e.(*relmark.FieldError); is && fe.Field == name { //nolint:errorlint // unwrapped before
				field, ok = fe, true
			}
		}
		assert.True(t, ok, "%s: %v", name, err)
		assert.NotEmpty(t, field.Rule)
		assert.Empty(t, x.Verdicts)
	}
	require.ErrorIs(t, d.Choose(nil, nil, asOf), relmark.ErrInvalid)
	c, _ := busy()
	c.Treatments[0].Value, c.Treatments[1].Value = dec("9223372036854775807"), dec("0.000000001")
	require.ErrorIs(t, d.Choose(new(social.Choice), c, asOf), relmark.ErrLimit)
	c.Budget, c.Treatments = new(dec("9e15")), c.Treatments[2:] // more than any cost
	require.NoError(t, d.Choose(new(social.Choice), c, asOf))

	for _, p := range []social.DeskParams{
		{Lambda: dec("-1")},
		{Lambda: dec("0.0000000001")},
		{Policy: relmark.ContactPolicy{Caps: []relmark.ContactCap{{Channel: "sms", Window: day}}}}, // a cap below one
	} {
		_, err := social.NewDesk(p)
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
}

// unwrap returns an error and all that it wraps.
func unwrap(err error) []error {
	all := []error{err}
	switch e := err.(type) { //nolint:errorlint // it walks by itself
	case interface{ Unwrap() []error }:
		for _, part := range e.Unwrap() {
			all = append(all, unwrap(part)...)
		}
	case interface{ Unwrap() error }:
		if part := e.Unwrap(); part != nil {
			all = append(all, unwrap(part)...)
		}
	}
	return all
}

// The desk asks the policy about few contacts; it must answer as about all.
func TestChooseDecidesAsThePolicyDoes(t *testing.T) {
	t.Parallel()
	channels, purposes := []relmark.Channel{"sms", "call"}, []relmark.Purpose{"offers", "service"}
	rapid.Check(t, func(t *rapid.T) {
		num := func(name string, from, to int) int { return rapid.IntRange(from, to).Draw(t, name) }
		asOf := when("2025-06-11T10:00:00Z").Add(time.Duration(num("hour", 0, 23)) * time.Hour)
		p := usual()
		for i := range num("caps", 0, 2) {
			p.Caps = append(p.Caps, relmark.ContactCap{Channel: []relmark.Channel{"sms", "call", "*"}[i], Max: num("max", 1, 3), Window: time.Duration(num("window", 1, 20)) * day})
		}
		c := &social.Case{}
		for range num("history", 0, 30) {
			c.Facts.History = append(c.Facts.History, relmark.Contact{
				At: asOf.Add(-time.Duration(num("ago", 0, 40*24)) * time.Hour), Channel: channels[num("channel", 0, 1)], Purpose: purposes[num("purpose", 0, 1)],
			})
		}
		for i, channel := range channels {
			for j, purpose := range purposes {
				if num("consent", 0, 3) > 0 {
					c.Facts.Consents = append(c.Facts.Consents, relmark.Consent{Channel: channel, Purpose: purpose})
				}
				c.Treatments = append(c.Treatments, social.Treatment{ID: fmt.Sprint(i, j), Kind: "k", Channel: channel, Purpose: purpose, Value: decimal.NewFromInt(int64(num("value", -1, 3)))})
			}
		}
		var x social.Choice
		require.NoError(t, newDesk(t, p, "0").Choose(&x, c, asOf))
		best := -1
		for i, v := range x.Verdicts {
			want, err := p.Decide(c.Treatments[i].Channel, c.Treatments[i].Purpose, c.Facts, asOf)
			require.NoError(t, err)
			require.Equal(t, want, v.Contact)
			if v.Chosen {
				require.Equal(t, -1, best)
				best = i
			}
			if want.Allowed && c.Treatments[i].Value.Sign() > 0 {
				require.GreaterOrEqual(t, x.Best, 0)
				require.True(t, c.Treatments[x.Best].Value.GreaterThanOrEqual(c.Treatments[i].Value))
			}
		}
		require.Equal(t, best, x.Best)
	})
}

// A customer is treated whenever the desk allows it, for weeks: no cap is ever exceeded
// and no gap undercut, as a recount of all pairs shows.
func TestCapsAreNeverExceeded(t *testing.T) {
	t.Parallel()
	histories := 100_000
	if testing.Short() {
		histories = 2_000
	}
	rng := rand.New(rand.NewPCG(3, 4))
	channels := []relmark.Channel{"sms", "call"}
	var x social.Choice
	contacts := 0
	for range histories {
		p := relmark.ContactPolicy{Zone: time.UTC, Caps: []relmark.ContactCap{
			{Channel: "*", Max: 1 + rng.IntN(3), Window: time.Duration(1+rng.IntN(8)) * day},
			{Channel: channels[rng.IntN(2)], Max: 1 + rng.IntN(2), Window: time.Duration(1+rng.IntN(8)) * day},
		}}
		if rng.IntN(2) == 0 {
			p.MinGaps = []relmark.ContactGap{{Channel: channels[rng.IntN(2)], Least: time.Duration(1+rng.IntN(40)) * time.Hour}}
		}
		desk, err := social.NewDesk(social.DeskParams{Policy: p})
		require.NoError(t, err)
		c := &social.Case{Facts: relmark.ContactFacts{Consents: []relmark.Consent{{Channel: "sms", Purpose: "offers"}, {Channel: "call", Purpose: "offers"}}}}
		for i, channel := range channels {
			c.Treatments = append(c.Treatments, social.Treatment{ID: fmt.Sprint(i), Kind: "k", Channel: channel, Purpose: "offers", Value: decimal.NewFromInt(rng.Int64N(4))})
		}
		at := when("2025-06-11T10:00:00Z")
		for range 12 {
			at = at.Add(time.Duration(rng.IntN(30)) * time.Hour)
			require.NoError(t, desk.Choose(&x, c, at))
			if best, chosen := x.Chosen(c); chosen {
				c.Facts.History = append(c.Facts.History, relmark.Contact{At: at, Channel: best.Channel, Purpose: best.Purpose})
			}
		}
		recount(t, &p, c.Facts.History)
		contacts += len(c.Facts.History)
	}
	t.Logf("%d histories, %d contacts", histories, contacts)
}

// recount fails if a history breaks a policy.
func recount(t *testing.T, p *relmark.ContactPolicy, history []relmark.Contact) {
	t.Helper()
	covers := func(a, b relmark.Channel) bool { return a == "*" || a == b }
	for i, h := range history {
		for _, limit := range p.Caps {
			n := 0
			for _, before := range history[:i+1] {
				if covers(limit.Channel, before.Channel) && h.At.Sub(before.At) < limit.Window {
					n++
				}
			}
			if covers(limit.Channel, h.Channel) && n > limit.Max {
				t.Fatalf("%d contacts in %v, of %d", n, limit.Window, limit.Max)
			}
		}
		for _, gap := range p.MinGaps {
			if slices.ContainsFunc(history[:i], func(b relmark.Contact) bool {
				return covers(gap.Channel, h.Channel) && covers(gap.Channel, b.Channel) && h.At.Sub(b.At) < gap.Least
			}) {
				t.Fatalf("two contacts within %v", gap.Least)
			}
		}
	}
}

// Not parallel: the count is of the whole process.
func TestChooseAllocatesNothing(t *testing.T) {
	c, asOf := busy()
	d := newDesk(t, usual(), "1")
	var x social.Choice
	require.NoError(t, d.Choose(&x, c, asOf))
	_, chosen := x.Chosen(c)
	require.True(t, chosen)
	for _, v := range x.Verdicts {
		require.True(t, v.Contact.Allowed, v.ID)
	}
	assert.Zero(t, testing.AllocsPerRun(100, func() { _ = d.Choose(&x, c, asOf) }))
}
