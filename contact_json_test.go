package relmark_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
)

func goldenPolicy(t testing.TB) relmark.ContactPolicy {
	t.Helper()
	return relmark.ContactPolicy{
		Zone: zone(t, "Europe/Berlin"),
		Quiet: []relmark.QuietHours{
			{From: 21 * time.Hour, To: 8 * time.Hour},
			{From: 0, To: 24 * time.Hour, Days: []time.Weekday{time.Sunday}, Channels: []relmark.Channel{"call", "sms"}},
			{
				From: 12*time.Hour + 30*time.Minute, To: 13*time.Hour + 45*time.Minute,
				Days:     []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday},
				Channels: []relmark.Channel{relmark.AnyChannel},
			},
		},
		Caps:    []relmark.ContactCap{{"sms", 2, 168 * time.Hour}, {"*", 4, 720*time.Hour + 1}},
		MinGaps: []relmark.ContactGap{{"*", 24 * time.Hour}},
		Exempt:  []relmark.Purpose{"service", "größe & <b>"},
	}
}

// The file stays for good: it is what version 1 looks like.
func TestContactPolicyVersion1(t *testing.T) {
	t.Parallel()
	golden, err := os.ReadFile("testdata/contact_policy_v1.json")
	require.NoError(t, err)
	got, err := relmark.DecodeContactPolicy(golden, time.LoadLocation)
	require.NoError(t, err)
	assert.Equal(t, goldenPolicy(t), got)

	text, err := json.Marshal(got)
	require.NoError(t, err)
	var compact, escaped bytes.Buffer
	require.NoError(t, json.Compact(&compact, golden))
	json.HTMLEscape(&escaped, compact.Bytes())
	assert.Equal(t, escaped.String(), string(text))
}

func TestContactPolicyJSONRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		q := drawQuestion(t, time.Minute, true)
		for i := range q.policy.Quiet { // empty lists come back as nil, which means the same
			if len(q.policy.Quiet[i].Days) == 0 {
				q.policy.Quiet[i].Days = nil
			}
			if len(q.policy.Quiet[i].Channels) == 0 {
				q.policy.Quiet[i].Channels = nil
			}
		}
		q.policy.Zone = q.facts.Zone
		text, err := q.policy.MarshalJSON()
		require.NoError(t, err)
		back, err := relmark.DecodeContactPolicy(text, time.LoadLocation)
		require.NoError(t, err)
		require.Equal(t, q.policy.Zone.String(), back.Zone.String())
		back.Zone = q.policy.Zone
		require.Equal(t, q.policy, back)
	})
}

func TestContactPolicyAsAField(t *testing.T) {
	t.Parallel()
	type config struct{ Contact relmark.ContactPolicy }
	in := config{relmark.ContactPolicy{MinGaps: []relmark.ContactGap{{"*", time.Hour}}}}
	text, err := json.Marshal(in)
	require.NoError(t, err)
	assert.JSONEq(t, `{"Contact":{"v":1,"min_gaps":[{"channel":"*","least":"1h0m0s"}]}}`, string(text))
	var out config
	require.NoError(t, json.Unmarshal(text, &out))
	assert.Equal(t, in, out)

	for _, bad := range []string{`{"Contact":{"v":1,"zone":"UTC"}}`, `{"Contact":null}`, `{"Contact":{"v":1,"exempt":[""]}}`} {
		require.Error(t, json.Unmarshal([]byte(bad), &out), bad)
		assert.Equal(t, in, out, bad)
	}
	require.ErrorContains(t, json.Unmarshal([]byte(`{"v":1,"zone":"UTC"}`), &out.Contact), "DecodeContactPolicy takes a loader")
}

func TestDecodeContactPolicyRefuses(t *testing.T) {
	t.Parallel()
	for text, c := range map[string]struct {
		err  error
		says string
	}{
		``:                           {relmark.ErrInvalid, "JSON: must"},
		`{`:                          {relmark.ErrInvalid, "JSON: must"},
		`[]`:                         {relmark.ErrInvalid, "JSON: must"},
		`{"v":"secret"}`:             {relmark.ErrInvalid, "JSON: must"},
		`{"v":1} {"v":1}`:            {relmark.ErrInvalid, "JSON: must"},
		`{}`:                         {relmark.ErrUnsupported, "version"},
		`null`:                       {relmark.ErrInvalid, "JSON: must"},
		`{"v":2,"secret":1}`:         {relmark.ErrUnsupported, "version"},
		`{"v":1,"secret":1}`:         {relmark.ErrInvalid, "JSON: must have the keys"},
		`{"v":1,"v":1}`:              {relmark.ErrInvalid, "each key once"},
		`{"V":1}`:                    {relmark.ErrInvalid, "each key once"},
		`{"v":1,"Quiet":[]}`:         {relmark.ErrInvalid, "each key once"},
		`{"v":1,"quiet":["secret"]}`: {relmark.ErrInvalid, "types of version 1"},
		`{"v":1,"caps":[{"channel":"x","channel":"y","max":1,"window":"1h"}]}`: {relmark.ErrInvalid, "each key once"},
		`{"v":1,"caps":[{"channel":"secret","max":1.5,"window":"1h"}]}`:        {relmark.ErrInvalid, "types of version 1"},
		`{"v":1,"caps":[null]}`: {relmark.ErrInvalid, "Caps[0].Window: must be a duration"},
		`{"v":1,"caps":[{"channel":"secret","max":1,"window":"secret"}]}`:          {relmark.ErrInvalid, "Caps[0].Window: must be a duration"},
		`{"v":1,"caps":[{"channel":"secret","max":0,"window":"1h"}]}`:              {relmark.ErrInvalid, "Caps[0].Max = 0"},
		`{"v":1,"min_gaps":[{"channel":"secret","least":"9999999h"}]}`:             {relmark.ErrInvalid, "MinGaps[0].Least: must be a duration"},
		`{"v":1,"min_gaps":[{"channel":"secret","least":"-1h"}]}`:                  {relmark.ErrInvalid, "MinGaps[0].Least = -1h"},
		`{"v":1,"quiet":[{"from":"secret","to":"08:00"}]}`:                         {relmark.ErrInvalid, "Quiet[0]: must have From and To"},
		`{"v":1,"quiet":[{"from":"21:00","to":"8:00"}]}`:                           {relmark.ErrInvalid, "Quiet[0]: must have From and To"},
		`{"v":1,"quiet":[{"from":"21:00","to":"08:60"}]}`:                          {relmark.ErrInvalid, "Quiet[0]: must have From and To"},
		`{"v":1,"quiet":[{"from":"21:00","to":"24:01"}]}`:                          {relmark.ErrInvalid, "Quiet[0].To = 24h1m0s"},
		`{"v":1,"quiet":[{"from":"24:00","to":"08:00"}]}`:                          {relmark.ErrInvalid, "Quiet[0].From = 24h0m0s"},
		`{"v":1,"quiet":[{"from":"21:00","to":"21:00"}]}`:                          {relmark.ErrInvalid, "Quiet[0].To = 21h0m0s"},
		`{"v":1,"quiet":[{"from":"21:00","to":"08:00","days":[0]}]}`:               {relmark.ErrInvalid, "Quiet[0].Days: must be 1"},
		`{"v":1,"quiet":[{"from":"21:00","to":"08:00","days":[1,8]}]}`:             {relmark.ErrInvalid, "Quiet[0].Days: must be 1"},
		`{"v":1,"exempt":["secret",""]}`:                                           {relmark.ErrInvalid, "Exempt[1]"},
		`{"v":1,"quiet":[{"from":"21:00","to":"08:00","days":[1,2,3,4,5,6,7,1]}]}`: {relmark.ErrInvalid, "Quiet[0].Days = 8: must have 7 entries at most"},
		"{\"v\":1,\"exempt\":[\"secret\xff\"]}":                                    {relmark.ErrInvalid, "JSON: must"},
		`{"v":1,"exempt":["secret\ud800"]}`:                                        {relmark.ErrInvalid, "JSON: must"},
		`{"v":1,"exempt":["secret\ufffd"]}`:                                        {relmark.ErrInvalid, "Exempt[0]: must be UTF-8 text without U+FFFD"},
		`{"v":1,"zone":"` + strings.Repeat("secret", 1000) + `"}`:                  {relmark.ErrInvalid, "Zone: must be the name"},
		`{"v":1,"zone":"Local"}`:                                                   {relmark.ErrInvalid, "Zone: must be the name"},
		`{"v":1,"zone":"Europe/Atlantis"}`:                                         {relmark.ErrInvalid, "Zone: must be the name"},
	} {
		got, err := relmark.DecodeContactPolicy([]byte(text), time.LoadLocation)
		require.ErrorIs(t, err, c.err, text)
		require.ErrorContains(t, err, "relmark: contact policy: ", text)
		require.ErrorContains(t, err, c.says, text)
		assert.NotContains(t, err.Error(), "secret", text)
		assert.Zero(t, got, text)
	}
}

func TestDecodeContactPolicyLoader(t *testing.T) {
	t.Parallel()
	text := []byte(` {"zone":"UTC","v":1} `)
	down := errors.New("the table is down")
	_, err := relmark.DecodeContactPolicy(text, func(string) (*time.Location, error) { return nil, down })
	require.ErrorIs(t, err, down)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = relmark.DecodeContactPolicy(text, func(string) (*time.Location, error) { return nil, nil })
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = relmark.DecodeContactPolicy(text, nil)
	require.ErrorIs(t, err, relmark.ErrInvalid)

	p, err := relmark.DecodeContactPolicy([]byte(`{"v":1}`), nil)
	require.NoError(t, err)
	assert.Equal(t, relmark.ContactPolicy{}, p)
}

func TestMarshalContactPolicyRefuses(t *testing.T) {
	t.Parallel()
	for name, p := range map[string]relmark.ContactPolicy{
		"a policy that is not valid": {Exempt: []relmark.Purpose{""}},
		"the zone of the machine":    {Zone: time.Local},
		"a zone without a name":      {Zone: time.FixedZone("", 3600)},
	} {
		_, err := p.MarshalJSON()
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
	}
}

func FuzzDecodeContactPolicy(f *testing.F) {
	golden, err := os.ReadFile("testdata/contact_policy_v1.json")
	require.NoError(f, err)
	f.Add(golden)
	f.Add([]byte(`{"v":1}`))
	f.Add([]byte(`{"v":1,"quiet":[{"from":"00:00","to":"24:00","days":[7]}],"exempt":[]}`))
	utc := func(name string) (*time.Location, error) { return time.FixedZone(name, 0), nil }
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := relmark.DecodeContactPolicy(data, utc)
		if err != nil {
			require.NotEqual(t, errors.Is(err, relmark.ErrInvalid), errors.Is(err, relmark.ErrUnsupported), err)
			require.Zero(t, p)
			return
		}
		require.NoError(t, p.Validate())
		text, err := p.MarshalJSON()
		require.NoError(t, err)
		again, err := relmark.DecodeContactPolicy(text, utc)
		require.NoError(t, err)
		require.Equal(t, p, again)
		canonical, err := again.MarshalJSON()
		require.NoError(t, err)
		require.Equal(t, string(text), string(canonical))
		require.False(t, strings.ContainsAny(string(text), "\n\t"))
	})
}

// Decide agrees with Validate, refuses or answers, and keeps its promises about
// what it answers.
func FuzzContactPolicyDecide(f *testing.F) {
	f.Add(int64(1741773600), "sms", "offers", int64(1260), int64(480), 1, 2, int64(7*86400), int64(86400), uint8(1), int64(3600))
	f.Add(int64(2240524800), "call", "service", int64(0), int64(1440), 7, 0, int64(-1), int64(0), uint8(3), int64(-5))
	f.Fuzz(func(t *testing.T, unix int64, channel, purpose string, from, to int64, weekday, most int, window, least int64, where uint8, ago int64) {
		loc, err := time.LoadLocation(oracleZones[int(where)%len(oracleZones)])
		require.NoError(t, err)
		asOf := time.Unix(unix, 0)
		p := relmark.ContactPolicy{
			Quiet:   []relmark.QuietHours{{From: time.Duration(from) * time.Minute, To: time.Duration(to) * time.Minute, Days: []time.Weekday{time.Weekday(weekday)}}},
			Caps:    []relmark.ContactCap{{relmark.Channel(channel), most, time.Duration(window)}},
			MinGaps: []relmark.ContactGap{{"*", time.Duration(least)}},
			Exempt:  []relmark.Purpose{"service"},
		}
		facts := relmark.ContactFacts{
			Zone:     loc,
			Consents: []relmark.Consent{{Channel: relmark.Channel(channel), Purpose: relmark.Purpose(purpose)}},
			History:  []relmark.Contact{{asOf.Add(-time.Duration(ago)), "sms", "offers"}},
		}
		d, err := p.Decide(relmark.Channel(channel), relmark.Purpose(purpose), facts, asOf)
		if err != nil {
			require.ErrorIs(t, err, relmark.ErrInvalid)
			require.Equal(t, relmark.ContactDecision{}, d)
			return
		}
		require.NoError(t, p.Validate())
		require.Equal(t, d.Allowed, len(d.Breaches) == 0)
		require.Equal(t, d.Allowed, d.Next.Equal(asOf))
		if !d.Next.IsZero() {
			require.False(t, d.Next.Before(asOf))
			require.LessOrEqual(t, d.Next.Sub(asOf), horizon)
		}
	})
}
