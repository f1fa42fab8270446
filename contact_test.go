package relmark_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
)

// zone loads a zone from the embedded tables.
func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	require.NoError(t, err)
	return loc
}

func instant(t testing.TB, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339Nano, text)
	require.NoError(t, err)
	return at
}

func texts(breaches []relmark.ContactBreach) []string {
	out := []string{}
	for _, b := range breaches {
		out = append(out, b.String())
	}
	return out
}

// agreed is consent to offers by sms without end.
func agreed() []relmark.Consent {
	return []relmark.Consent{{Channel: "sms", Purpose: "offers"}}
}

func nights() relmark.ContactPolicy {
	return relmark.ContactPolicy{Quiet: []relmark.QuietHours{{From: 21 * time.Hour, To: 8 * time.Hour}}}
}

// Expected instants were worked by hand from the transitions that the comments
// name (tz database).
func TestDecideQuietHours(t *testing.T) {
	t.Parallel()
	weekend := relmark.ContactPolicy{Quiet: []relmark.QuietHours{{
		From: 18 * time.Hour, To: 8 * time.Hour, Days: []time.Weekday{time.Friday, time.Saturday, time.Sunday},
	}, {
		From: 0, To: 24 * time.Hour, Days: []time.Weekday{time.Sunday}, Channels: []relmark.Channel{"call", "sms"},
	}}}
	between := func(from, to time.Duration) relmark.ContactPolicy {
		return relmark.ContactPolicy{Quiet: []relmark.QuietHours{{From: from, To: to}}}
	}
	const m = time.Minute
	for name, c := range map[string]struct {
		policy     relmark.ContactPolicy
		zone       string
		asOf, next string
		quiet      bool
	}{
		"the first instant is quiet":            {nights(), "UTC", "2025-03-12T21:00:00Z", "2025-03-13T08:00:00Z", true},
		"the instant before it is not":          {nights(), "UTC", "2025-03-12T20:59:59.999999999Z", "2025-03-12T20:59:59.999999999Z", false},
		"the end is not":                        {nights(), "UTC", "2025-03-12T08:00:00Z", "2025-03-12T08:00:00Z", false},
		"the instant before the end is":         {nights(), "UTC", "2025-03-12T07:59:59.999999999Z", "2025-03-12T08:00:00Z", true},
		"after midnight belongs to Friday":      {weekend, "UTC", "2025-03-15T07:00:00Z", "2025-03-15T08:00:00Z", true},
		"Thursday night is no weekend":          {weekend, "UTC", "2025-03-14T07:00:00Z", "2025-03-14T07:00:00Z", false},
		"overlapping hours run on":              {weekend, "UTC", "2025-03-15T23:00:00Z", "2025-03-17T08:00:00Z", true},
		"one hour under two rules":              {weekend, "UTC", "2025-03-16T19:00:00Z", "2025-03-17T08:00:00Z", true},
		"hours that meet leave nothing":         {relmark.ContactPolicy{Quiet: []relmark.QuietHours{{From: 8 * time.Hour, To: 21 * time.Hour}, nights().Quiet[0]}}, "Europe/Berlin", "2025-03-12T12:00:00Z", "", true},
		"whole days leave nothing":              {between(0, 24*time.Hour), "UTC", "2025-03-12T12:00:00Z", "", true},
		"a minute a day is left":                {between(1*m, 0), "UTC", "2025-03-12T12:00:00Z", "2025-03-13T00:00:00Z", true},
		"midnight as 24:00":                     {between(18*time.Hour, 24*time.Hour), "UTC", "2025-03-12T19:00:00Z", "2025-03-13T00:00:00Z", true},
		"Berlin loses 02:00 to 03:00":           {between(1*time.Hour, 150*m), "Europe/Berlin", "2025-03-30T00:30:00Z", "2025-03-30T01:00:00Z", true},
		"hours inside a gap do not exist":       {between(130*m, 170*m), "Europe/Berlin", "2025-03-30T00:59:00Z", "2025-03-30T00:59:00Z", false},
		"hours that begin in a gap":             {between(150*m, 210*m), "Europe/Berlin", "2025-03-30T01:00:00Z", "2025-03-30T01:30:00Z", true},
		"Berlin has 02:00 to 03:00 twice":       {between(2*time.Hour, 150*m), "Europe/Berlin", "2025-10-26T00:00:00Z", "2025-10-26T00:30:00Z", true},
		"and is quiet the second time too":      {between(2*time.Hour, 150*m), "Europe/Berlin", "2025-10-26T01:10:00Z", "2025-10-26T01:30:00Z", true},
		"an end past the overlap waits it out":  {between(2*time.Hour, 180*m), "Europe/Berlin", "2025-10-26T00:10:00Z", "2025-10-26T02:00:00Z", true},
		"an end in the overlap: the first":      {between(90*m, 150*m), "Europe/Berlin", "2025-10-26T00:10:00Z", "2025-10-26T00:30:00Z", true},
		"Sao Paulo starts a day at 01:00":       {between(22*time.Hour, 0), "America/Sao_Paulo", "2017-10-15T02:00:00Z", "2017-10-15T03:00:00Z", true},
		"Apia has no 30 December 2011":          {between(20*time.Hour, 6*time.Hour), "Pacific/Apia", "2011-12-30T09:00:00Z", "2011-12-30T16:00:00Z", true},
		"St John's turns back at 00:01":         {between(0, 1*m), "America/St_Johns", "2010-11-07T02:30:30Z", "2010-11-07T02:31:00Z", true},
		"St John's comes to midnight again":     {between(0, 1*m), "America/St_Johns", "2010-11-07T03:30:00Z", "2010-11-07T03:31:00Z", true},
		"the last day of a leap year by rule":   {nights(), "America/New_York", "2041-01-01T02:00:00Z", "2041-01-01T13:00:00Z", true},
		"the year of a far future without rule": {nights(), "Asia/Tokyo", "9998-12-31T12:00:00Z", "9998-12-31T23:00:00Z", true},
	} {
		d, err := c.policy.Decide("sms", "offers", relmark.ContactFacts{Zone: zone(t, c.zone), Consents: agreed()}, instant(t, c.asOf))
		require.NoError(t, err, name)
		assert.Equal(t, !c.quiet, d.Allowed, name)
		if c.next == "" {
			assert.Zero(t, d.Next, name)
			continue
		}
		assert.Equal(t, instant(t, c.next).UTC(), d.Next, name)
	}
}

func TestDecideNamesTheFirstQuietHours(t *testing.T) {
	t.Parallel()
	p := relmark.ContactPolicy{Quiet: []relmark.QuietHours{
		{From: 9 * time.Hour, To: 10 * time.Hour},
		{From: 7 * time.Hour, To: 8 * time.Hour, Channels: []relmark.Channel{"call"}},
		{From: 7 * time.Hour, To: 8 * time.Hour, Channels: []relmark.Channel{relmark.AnyChannel}},
		{From: 6 * time.Hour, To: 9 * time.Hour},
	}}
	d, err := p.Decide("sms", "offers", relmark.ContactFacts{Zone: time.UTC, Consents: agreed()}, instant(t, "2025-03-12T07:30:00Z"))
	require.NoError(t, err)
	assert.Equal(t, []relmark.ContactBreach{{Rule: relmark.RuleQuietHours, Index: 2}}, d.Breaches)
	assert.Equal(t, instant(t, "2025-03-12T10:00:00Z"), d.Next)
}

func TestDecideConsent(t *testing.T) {
	t.Parallel()
	at := func(s string) time.Time { return instant(t, s) }
	consent := func(channel relmark.Channel, purpose relmark.Purpose, from, until time.Time) relmark.Consent {
		return relmark.Consent{Channel: channel, Purpose: purpose, From: from, Until: until}
	}
	open := time.Time{}
	asOf := at("2025-03-12T10:00:00Z")
	for name, c := range map[string]struct {
		consents []relmark.Consent
		next     time.Time
	}{
		"none":                               {nil, time.Time{}},
		"since ever, without end":            {agreed(), asOf},
		"from now on":                        {[]relmark.Consent{consent("sms", "offers", asOf, open)}, asOf},
		"until now":                          {[]relmark.Consent{consent("sms", "offers", open, asOf)}, time.Time{}},
		"for no time at all":                 {[]relmark.Consent{consent("sms", "offers", asOf, asOf)}, time.Time{}},
		"for another channel":                {[]relmark.Consent{consent("call", "offers", open, open)}, time.Time{}},
		"for another purpose":                {[]relmark.Consent{consent("sms", "service", open, open)}, time.Time{}},
		"a star is no wildcard":              {[]relmark.Consent{consent("*", "offers", open, open), consent("sms", "*", open, open)}, time.Time{}},
		"the earliest of several":            {[]relmark.Consent{consent("sms", "offers", at("2025-06-01T00:00:00Z"), open), consent("sms", "offers", at("2025-05-01T00:00:00Z"), open)}, at("2025-05-01T00:00:00Z")},
		"an ended one beside one to come":    {[]relmark.Consent{consent("sms", "offers", open, asOf), consent("sms", "offers", asOf.Add(1), open)}, asOf.Add(1)},
		"400 days ahead is the last":         {[]relmark.Consent{consent("sms", "offers", asOf.Add(400*24*time.Hour), open)}, asOf.Add(400 * 24 * time.Hour)},
		"a nanosecond later is out of sight": {[]relmark.Consent{consent("sms", "offers", asOf.Add(400*24*time.Hour+1), open)}, time.Time{}},
	} {
		d, err := relmark.ContactPolicy{}.Decide("sms", "offers", relmark.ContactFacts{Zone: time.UTC, Consents: c.consents}, asOf)
		require.NoError(t, err, name)
		assert.Equal(t, c.next.Equal(asOf), d.Allowed, name)
		assert.True(t, c.next.Equal(d.Next), "%s: next %v", name, d.Next)
		if !d.Allowed {
			assert.Equal(t, []string{"no_consent"}, texts(d.Breaches), name)
		}
	}
}

// Consent ends before the quiet hours do, and a later one starts inside the next.
func TestDecideSearchesConsentAndQuietHoursByTurns(t *testing.T) {
	t.Parallel()
	facts := relmark.ContactFacts{Zone: zone(t, "Europe/Berlin"), Consents: []relmark.Consent{
		{Channel: "sms", Purpose: "offers", Until: instant(t, "2025-03-13T06:00:00Z")},
		{Channel: "sms", Purpose: "offers", From: instant(t, "2025-03-13T22:00:00Z"), Until: instant(t, "2025-03-14T07:00:00Z")},
		{Channel: "sms", Purpose: "offers", From: instant(t, "2025-03-14T20:00:00Z")},
	}}
	d, err := nights().Decide("sms", "offers", facts, instant(t, "2025-03-12T23:00:00Z"))
	require.NoError(t, err)
	assert.Equal(t, []string{"quiet_hours"}, texts(d.Breaches))
	assert.Equal(t, instant(t, "2025-03-15T07:00:00Z"), d.Next)
}

func TestDecideCapsAndGaps(t *testing.T) {
	t.Parallel()
	asOf := instant(t, "2025-03-12T10:00:00Z")
	ago := func(h int, channel relmark.Channel, purpose relmark.Purpose) relmark.Contact {
		return relmark.Contact{At: asOf.Add(-time.Duration(h) * time.Hour), Channel: channel, Purpose: purpose}
	}
	limit := func(caps []relmark.ContactCap, gaps []relmark.ContactGap) relmark.ContactPolicy {
		return relmark.ContactPolicy{Caps: caps, MinGaps: gaps, Exempt: []relmark.Purpose{"service"}}
	}
	oneADay := limit([]relmark.ContactCap{{"sms", 1, 24 * time.Hour}}, nil)
	for name, c := range map[string]struct {
		policy  relmark.ContactPolicy
		history []relmark.Contact
		want    []string
		hours   int // until next
	}{
		"exactly a window ago is out":       {oneADay, []relmark.Contact{ago(24, "sms", "offers")}, []string{}, 0},
		"an hour less is in":                {oneADay, []relmark.Contact{ago(23, "sms", "offers")}, []string{"cap:0"}, 1},
		"this very instant is in":           {oneADay, []relmark.Contact{ago(0, "sms", "offers")}, []string{"cap:0"}, 24},
		"another channel does not count":    {oneADay, []relmark.Contact{ago(1, "call", "offers")}, []string{}, 0},
		"another purpose counts":            {oneADay, []relmark.Contact{ago(1, "sms", "survey")}, []string{"cap:0"}, 23},
		"an exempt purpose does not":        {oneADay, []relmark.Contact{ago(1, "sms", "service")}, []string{}, 0},
		"a cap of another channel is idle":  {limit([]relmark.ContactCap{{"call", 1, 24 * time.Hour}}, nil), []relmark.Contact{ago(1, "call", "offers")}, []string{}, 0},
		"a gap of another channel is idle":  {limit(nil, []relmark.ContactGap{{"call", 24 * time.Hour}}), []relmark.Contact{ago(1, "call", "offers")}, []string{}, 0},
		"a gap over all channels":           {limit(nil, []relmark.ContactGap{{"*", 24 * time.Hour}}), []relmark.Contact{ago(5, "call", "offers"), ago(9, "sms", "offers")}, []string{"min_gap:0"}, 19},
		"exactly the gap is enough":         {limit(nil, []relmark.ContactGap{{"sms", 9 * time.Hour}}), []relmark.Contact{ago(9, "sms", "offers")}, []string{}, 0},
		"more than the cap were made":       {limit([]relmark.ContactCap{{"*", 2, 10 * time.Hour}}, nil), []relmark.Contact{ago(1, "sms", "x"), ago(9, "sms", "x"), ago(3, "call", "x"), ago(8, "sms", "x")}, []string{"cap:0"}, 7},
		"contacts at one instant all count": {limit([]relmark.ContactCap{{"*", 2, 10 * time.Hour}}, nil), []relmark.Contact{ago(1, "sms", "x"), ago(1, "sms", "x")}, []string{"cap:0"}, 9},
		"all rules in order, next the last": {limit([]relmark.ContactCap{{"sms", 9, time.Hour}, {"*", 1, 4 * time.Hour}}, []relmark.ContactGap{{"sms", 5 * time.Hour}, {"*", 2 * time.Hour}}), []relmark.Contact{ago(1, "sms", "x")}, []string{"cap:1", "min_gap:0", "min_gap:1"}, 4},
		"a gap up to the horizon":           {limit(nil, []relmark.ContactGap{{"sms", 9600 * time.Hour}}), []relmark.Contact{ago(0, "sms", "offers")}, []string{"min_gap:0"}, 9600},
		"a gap just beyond it":              {limit(nil, []relmark.ContactGap{{"sms", 9600*time.Hour + 1}}), []relmark.Contact{ago(0, "sms", "offers")}, []string{"min_gap:0"}, -1},
		"a gap far beyond the horizon":      {limit(nil, []relmark.ContactGap{{"sms", math.MaxInt64}}), []relmark.Contact{ago(9, "sms", "offers")}, []string{"min_gap:0"}, -1},
	} {
		d, err := c.policy.Decide("sms", "offers", relmark.ContactFacts{Zone: time.UTC, Consents: agreed(), History: c.history}, asOf)
		require.NoError(t, err, name)
		assert.Equal(t, c.want, texts(d.Breaches), name)
		if c.hours < 0 {
			assert.Zero(t, d.Next, name)
			continue
		}
		assert.Equal(t, asOf.Add(time.Duration(c.hours)*time.Hour), d.Next, name)
	}
}

func TestDecideExemptPurposesNeedConsentOnly(t *testing.T) {
	t.Parallel()
	asOf := instant(t, "2025-03-12T02:00:00Z")
	p := nights()
	p.Exempt = []relmark.Purpose{"survey", "service"}
	p.Caps = []relmark.ContactCap{{"*", 1, time.Hour}}
	p.MinGaps = []relmark.ContactGap{{"*", time.Hour}}
	facts := relmark.ContactFacts{Zone: time.UTC, History: []relmark.Contact{{asOf, "sms", "offers"}}}

	d, err := p.Decide("sms", "service", facts, asOf)
	require.NoError(t, err)
	assert.Equal(t, relmark.ContactDecision{Breaches: []relmark.ContactBreach{{Rule: relmark.RuleConsent}}}, d)

	facts.Consents = []relmark.Consent{{Channel: "sms", Purpose: "service", From: asOf.Add(time.Minute)}}
	d, err = p.Decide("sms", "service", facts, asOf)
	require.NoError(t, err)
	assert.Equal(t, asOf.Add(time.Minute), d.Next)
}

func TestDecideTakesTheZoneOfThePolicyOnlyIfTheCustomerHasNone(t *testing.T) {
	t.Parallel()
	p := nights()
	asOf := instant(t, "2025-03-12T20:30:00Z") // 21:30 in Berlin, 16:30 in New York
	_, err := p.Decide("sms", "offers", relmark.ContactFacts{Consents: agreed()}, asOf)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	p.Zone = zone(t, "Europe/Berlin")
	d, err := p.Decide("sms", "offers", relmark.ContactFacts{Consents: agreed()}, asOf)
	require.NoError(t, err)
	assert.False(t, d.Allowed)
	d, err = p.Decide("sms", "offers", relmark.ContactFacts{Zone: zone(t, "America/New_York"), Consents: agreed()}, asOf)
	require.NoError(t, err)
	assert.True(t, d.Allowed)
	assert.Equal(t, time.UTC, d.Next.Location())
}

func TestValidateNamesEveryRule(t *testing.T) {
	t.Parallel()
	const secret = "anna@example.org"
	p := relmark.ContactPolicy{
		Quiet: []relmark.QuietHours{
			{From: 21 * time.Hour, To: 21 * time.Hour},
			{From: -time.Minute, To: 25 * time.Hour, Days: []time.Weekday{time.Sunday, 7, -1}, Channels: []relmark.Channel{secret, ""}},
			{From: 24 * time.Hour, To: -time.Minute},
			{From: time.Second, To: time.Hour + time.Nanosecond},
		},
		Caps:    []relmark.ContactCap{{secret, 0, time.Hour}, {"", 1, 0}},
		MinGaps: []relmark.ContactGap{{secret, -1}, {"\xff", 1}},
		Exempt:  []relmark.Purpose{secret, ""},
	}
	err := p.Validate()
	require.ErrorIs(t, err, relmark.ErrInvalid)
	for _, field := range []string{
		"Quiet[0].To = 21h0m0s", "Quiet[1].From = -1m0s", "Quiet[1].To = 25h0m0s", "Quiet[1].Days[1] = 7", "Quiet[1].Days[2] = -1",
		"Quiet[1].Channels[1]", "Quiet[2].From = 24h0m0s", "Quiet[2].To = -1m0s", "Quiet[3].From = 1s", "Quiet[3].To = 1h0m0.000000001s",
		"Caps[0].Max = 0", "Caps[1].Channel", "Caps[1].Window = 0s", "MinGaps[0].Least = -1ns", "MinGaps[1].Channel", "Exempt[1]",
	} {
		assert.ErrorContains(t, err, field+": must")
	}
	assert.NotContains(t, err.Error(), secret)
	assert.NotContains(t, err.Error(), "Days[0]")
	assert.NoError(t, relmark.ContactPolicy{}.Validate())
}

// The text of an error is bounded, whatever goes wrong; faults that it does not list
// are counted.
func TestContactErrorsAreShort(t *testing.T) {
	t.Parallel()
	p := relmark.ContactPolicy{Zone: time.UTC, Quiet: make([]relmark.QuietHours, 100), Caps: make([]relmark.ContactCap, 100), MinGaps: make([]relmark.ContactGap, 100), Exempt: make([]relmark.Purpose, 100)}
	facts := relmark.ContactFacts{Consents: make([]relmark.Consent, 10_000), History: make([]relmark.Contact, 10_000)}
	_, ofFacts := relmark.ContactPolicy{Zone: time.UTC}.Decide("", "", facts, instant(t, "2025-03-12T10:00:00Z"))
	for want, err := range map[string]error{
		"; Quiet[15].To = 0s: must be whole minutes, at least 0, at most 24h and not equal to From; and 684 more": p.Validate(),
		"; Consents[6].Purpose: must be UTF-8 text without U+FFFD and not empty; and 49986 more":                  ofFacts,
	} {
		require.ErrorIs(t, err, relmark.ErrInvalid)
		assert.Less(t, len(err.Error()), 2000)
		assert.Contains(t, err.Error(), want[strings.LastIndex(want, ";"):])
	}
}

// Every list of a policy is bounded, in code as in JSON.
func TestContactPolicyListsAreBounded(t *testing.T) {
	t.Parallel()
	long := func(n int) relmark.ContactPolicy {
		p := relmark.ContactPolicy{Quiet: []relmark.QuietHours{{To: time.Hour, Channels: slices.Repeat([]relmark.Channel{"sms"}, n)}}}
		p.Quiet = slices.Repeat(p.Quiet, n)
		p.Caps = slices.Repeat([]relmark.ContactCap{{"sms", 1, 1}}, n)
		p.MinGaps = slices.Repeat([]relmark.ContactGap{{"sms", 1}}, n)
		p.Exempt = slices.Repeat([]relmark.Purpose{"service"}, n)
		return p
	}
	require.NoError(t, long(100).Validate())
	text, err := long(100).MarshalJSON()
	require.NoError(t, err)
	_, err = relmark.DecodeContactPolicy(text, nil)
	require.NoError(t, err)

	tooLong := long(101)
	require.EqualError(t, tooLong.Validate(), "relmark: contact policy: Quiet = 101: must have 100 entries at most; "+
		"Caps = 101: must have 100 entries at most; MinGaps = 101: must have 100 entries at most; Exempt = 101: must have 100 entries at most")
	tooLong.Quiet = tooLong.Quiet[:1]
	require.ErrorContains(t, tooLong.Validate(), "Quiet[0].Channels = 101: must have 100 entries at most")
	for key, entry := range map[string]string{
		"quiet": `{"from":"21:00","to":"08:00"}`, "caps": `{"channel":"x","max":1,"window":"1h"}`, "min_gaps": `{"channel":"x","least":"1h"}`, "exempt": `"x"`,
	} {
		text := func(n int) []byte {
			return []byte(`{"v":1,"` + key + `":[` + strings.Repeat(entry+",", n-1) + entry + `]}`)
		}
		_, err := relmark.DecodeContactPolicy(text(100), nil)
		require.NoError(t, err)
		_, err = relmark.DecodeContactPolicy(text(1000), nil)
		require.ErrorContains(t, err, " = 1000: must have 100 entries at most")
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
}

// Decoders put U+FFFD for what is no text: two names that were different would be
// one, and consent for one of them consent for the other.
func TestContactNamesAreText(t *testing.T) {
	t.Parallel()
	asOf := instant(t, "2025-03-12T10:00:00Z")
	for _, name := range []string{"", "\xff", "sms\xed\xa0\x80", "\ufffd", "sms \ufffd"} {
		channel, purpose := relmark.Channel(name), relmark.Purpose(name)
		for _, p := range []relmark.ContactPolicy{
			{Quiet: []relmark.QuietHours{{To: time.Hour, Channels: []relmark.Channel{channel}}}},
			{Caps: []relmark.ContactCap{{channel, 1, 1}}},
			{MinGaps: []relmark.ContactGap{{channel, 1}}},
			{Exempt: []relmark.Purpose{purpose}},
		} {
			require.ErrorIs(t, p.Validate(), relmark.ErrInvalid, "%q", name)
		}
		for _, f := range []relmark.ContactFacts{
			{Consents: []relmark.Consent{{Channel: channel, Purpose: "offers"}}},
			{Consents: []relmark.Consent{{Channel: "sms", Purpose: purpose}}},
			{History: []relmark.Contact{{At: asOf, Channel: channel, Purpose: "offers"}}},
			{History: []relmark.Contact{{At: asOf, Channel: "sms", Purpose: purpose}}},
		} {
			_, err := relmark.ContactPolicy{Zone: time.UTC}.Decide("sms", "offers", f, asOf)
			require.ErrorIs(t, err, relmark.ErrInvalid, "%q", name)
		}
		_, err := relmark.ContactPolicy{Zone: time.UTC}.Decide(channel, "offers", relmark.ContactFacts{}, asOf)
		require.ErrorIs(t, err, relmark.ErrInvalid, "%q", name)
		_, err = relmark.ContactPolicy{Zone: time.UTC}.Decide("sms", purpose, relmark.ContactFacts{}, asOf)
		require.ErrorIs(t, err, relmark.ErrInvalid, "%q", name)
	}
}

// A host that writes a consent for every session has many of them. Here 200,000 end
// just when quiet hours do, in any order, and the last one leaves a minute: with work
// that grows with their square this test would take minutes.
func TestDecideAmongManyConsents(t *testing.T) {
	t.Parallel()
	asOf := instant(t, "2025-03-12T00:00:00Z")
	p := relmark.ContactPolicy{Zone: time.UTC}
	for i := range 100 {
		p.Quiet = append(p.Quiet, relmark.QuietHours{From: time.Duration(2*i) * time.Minute, To: time.Duration(2*i+1) * time.Minute})
	}
	facts := relmark.ContactFacts{}
	for i := range 200_000 {
		k := i * 7919 % 200_000
		from := asOf.Add(time.Duration(k/500)*24*time.Hour + time.Duration(2*(k%100))*time.Minute)
		facts.Consents = append(facts.Consents, relmark.Consent{Channel: "sms", Purpose: "offers", From: from, Until: from.Add(time.Minute)})
	}
	d, err := p.Decide("sms", "offers", facts, asOf)
	require.NoError(t, err)
	assert.Equal(t, relmark.ContactDecision{Breaches: []relmark.ContactBreach{{Rule: relmark.RuleQuietHours}}}, d)

	free := asOf.Add(300*24*time.Hour + 2*time.Minute)
	facts.Consents[1000] = relmark.Consent{Channel: "sms", Purpose: "offers", From: free, Until: free.Add(2 * time.Minute)}
	d, err = p.Decide("sms", "offers", facts, asOf)
	require.NoError(t, err)
	assert.Equal(t, free.Add(time.Minute), d.Next)
}

func TestDecideRefusesBadFacts(t *testing.T) {
	t.Parallel()
	const secret = "anna@example.org"
	asOf := instant(t, "2025-03-12T10:00:00Z")
	good := relmark.ContactFacts{Zone: time.UTC, Consents: agreed()}
	with := func(change func(*relmark.ContactFacts)) relmark.ContactFacts {
		facts := relmark.ContactFacts{Zone: time.UTC, Consents: agreed(), History: []relmark.Contact{{asOf, secret, secret}}}
		change(&facts)
		return facts
	}
	for field, c := range map[string]struct {
		policy  relmark.ContactPolicy
		asOf    time.Time
		channel relmark.Channel
		purpose relmark.Purpose
		facts   relmark.ContactFacts
	}{
		"Channel: must be UTF-8":         {nights(), asOf, "", secret, good},
		"Channel: must name one":         {nights(), asOf, "*", secret, good},
		"Purpose: must be UTF-8":         {nights(), asOf, secret, "", good},
		"AsOf = -":                       {nights(), time.Date(0, 12, 31, 23, 59, 59, 0, time.UTC), "sms", "offers", good},
		"AsOf = 0001":                    {nights(), time.Time{}, "sms", "offers", relmark.ContactFacts{Zone: time.UTC}},
		"AsOf = 10000":                   {nights(), time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC), "sms", "offers", good},
		"Zone: must":                     {nights(), asOf, "sms", "offers", with(func(f *relmark.ContactFacts) { f.Zone = nil })},
		"Consents[0].Channel":            {nights(), asOf, "sms", "offers", with(func(f *relmark.ContactFacts) { f.Consents[0].Channel = "" })},
		"Consents[0].Purpose":            {nights(), asOf, "sms", "offers", with(func(f *relmark.ContactFacts) { f.Consents[0].Purpose = "" })},
		"Consents[0].Until = 2025-03-12": {nights(), asOf, "sms", "offers", with(func(f *relmark.ContactFacts) { f.Consents[0].From, f.Consents[0].Until = asOf.Add(1), asOf })},
		"History[0].Channel":             {nights(), asOf, "sms", "offers", with(func(f *relmark.ContactFacts) { f.History[0].Channel = "" })},
		"History[0].Purpose":             {nights(), asOf, "sms", "offers", with(func(f *relmark.ContactFacts) { f.History[0].Purpose = "" })},
		"History[0].At = 2025-03-12":     {nights(), asOf, "sms", "offers", with(func(f *relmark.ContactFacts) { f.History[0].At = asOf.Add(1) })},
		"History[0].At = 0001":           {nights(), asOf, "sms", "offers", with(func(f *relmark.ContactFacts) { f.History[0].At = time.Time{} })},
		"Caps[0].Max = 0":                {relmark.ContactPolicy{Caps: []relmark.ContactCap{{"sms", 0, 1}}}, asOf, "sms", "offers", good},
	} {
		d, err := c.policy.Decide(c.channel, c.purpose, c.facts, c.asOf)
		require.ErrorIs(t, err, relmark.ErrInvalid, field)
		require.ErrorContains(t, err, "relmark: contact policy: ")
		if field != "AsOf = -" { // years before 1 print in more than one way
			require.ErrorContains(t, err, field)
		}
		assert.NotContains(t, err.Error(), secret)
		assert.Equal(t, relmark.ContactDecision{}, d, field)
	}
	d, err := nights().Decide("sms", "offers", good, time.Date(9999, 12, 31, 12, 0, 0, 0, time.UTC))
	require.NoError(t, err)
	assert.True(t, d.Allowed)
}

// A decision may not depend on the order of facts, nor change them.
func TestDecideLeavesFactsAlone(t *testing.T) {
	t.Parallel()
	asOf := instant(t, "2025-03-12T10:00:00Z")
	history := []relmark.Contact{{asOf.Add(-1), "sms", "x"}, {asOf.Add(-3), "sms", "x"}, {asOf.Add(-2), "sms", "x"}}
	before := slices.Clone(history)
	p := relmark.ContactPolicy{Caps: []relmark.ContactCap{{"sms", 2, time.Hour}}}
	d, err := p.Decide("sms", "offers", relmark.ContactFacts{Zone: time.UTC, Consents: agreed(), History: history}, asOf)
	require.NoError(t, err)
	assert.Equal(t, asOf.Add(time.Hour-2), d.Next)
	assert.Equal(t, before, history)
}

func TestContactBreachString(t *testing.T) {
	t.Parallel()
	for want, b := range map[string]relmark.ContactBreach{
		"no_consent":  {Rule: relmark.RuleConsent},
		"quiet_hours": {Rule: relmark.RuleQuietHours, Index: 2},
		"cap:0":       {Rule: relmark.RuleCap},
		"min_gap:12":  {Rule: relmark.RuleMinGap, Index: 12},
	} {
		assert.Equal(t, want, fmt.Sprint(b))
	}
}
