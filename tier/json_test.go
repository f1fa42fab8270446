package tier_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/tier"
)

// everything is two versions of a policy in which no field has its default.
func everything(t testing.TB) []tier.Policy {
	t.Helper()
	zone := zones(t)[1]
	first := tier.Policy{
		Version: "2025", Zone: zone,
		Metrics: map[string]tier.MetricKind{"nights": tier.Integer, "spend": tier.Decimal},
		Levels: []tier.Level{
			{Code: "base"},
			{Code: "silver", Enter: tier.Any(tier.AtLeastInt("nights", 10), tier.AtLeast("spend", d("1000.50")))},
			{
				Code: "gold", Enter: tier.All(tier.AtLeastInt("nights", 40), tier.AtLeast("spend", d("2000"))),
				Keep: tier.AtLeastInt("nights", 30), Lifetime: tier.AtLeastInt("nights", 500),
			},
		},
		Window:  tier.Window{Kind: tier.FixedMonths, Months: 6, Anchor: relmark.MustParseDate("2024-03-31")},
		Upgrade: tier.PeriodEnd, Validity: tier.Validity{Kind: tier.EndOfNextPeriod, PlusMonths: 2},
		Depth: tier.OneStep, GraceDays: 14, DwellDays: 7, Reversal: tier.Recheck,
		Rollover: &tier.Rollover{Metric: "nights", Cap: new(d("10")), Periods: 2},
	}
	next := first
	next.Version, next.From, next.Rollover = "2026", relmark.MustParseDate("2026-01-01"), &tier.Rollover{Metric: "spend", Cap: new(d("99.95"))}
	return []tier.Policy{first, next}
}

func TestGoldenPolicies(t *testing.T) {
	t.Parallel()
	data, err := tier.EncodePolicies(everything(t)...)
	require.NoError(t, err)
	reference.Pin(t, "policies_v1.json", data)
	policies, err := tier.DecodePolicies(data, time.LoadLocation)
	require.NoError(t, err)
	again, err := tier.EncodePolicies(policies...)
	require.NoError(t, err)
	assert.Equal(t, string(data), string(again))
}

func events(t testing.TB) []tier.Event {
	t.Helper()
	at := instant(t, "2025-05-05T09:00:00.000000001Z")
	return []tier.Event{
		{ID: "stay", At: at, Amounts: tier.Amounts{"nights": d("41"), "spend": d("3000.125")}},
		{ID: "refund", At: at.Add(time.Hour), Reverse: "stay", Amounts: tier.Amounts{"spend": d("50")}},
		{ID: "late", At: at.Add(2 * time.Hour), Reverse: "none"},
		{ID: "match", At: at.Add(time.Minute), Override: &tier.Override{Level: "silver", Mode: tier.Floor, Reason: "status_match", Priority: -3, From: at, Until: at.AddDate(1, 0, 0)}},
		{ID: "fraud", At: at.AddDate(1, 0, 0), Override: &tier.Override{Level: "base", Mode: tier.Pin, Priority: 9}},
		{ID: "autumn", At: at.AddDate(0, 6, 0), Amounts: tier.Amounts{"nights": d("41"), "spend": d("2500")}},
	}
}

func TestGoldenEvents(t *testing.T) {
	t.Parallel()
	data, err := json.MarshalIndent(events(t), "", " ")
	require.NoError(t, err)
	reference.Pin(t, "events_v1.json", data)
	var decoded []tier.Event
	require.NoError(t, json.Unmarshal(data, &decoded))
	p := ladder(t, everything(t)...)
	a, b := state(t, p, relmark.MustParseDate("2025-01-01"), events(t)...), state(t, p, relmark.MustParseDate("2025-01-01"), decoded...)
	x, err := a.MarshalBinary()
	require.NoError(t, err)
	y, err := b.MarshalBinary()
	require.NoError(t, err)
	assert.Equal(t, x, y)
}

// The encoding of a state that was closed half way, with a part of everything.
func TestGoldenMembership(t *testing.T) {
	t.Parallel()
	p := ladder(t, everything(t)...)
	s := state(t, p, relmark.MustParseDate("2025-01-01"), events(t)...)
	data, err := s.MarshalBinary()
	require.NoError(t, err)
	reference.Pin(t, "state_v1.bin", data)
	require.NoError(t, s.Close(relmark.MustParseDate("2025-11-20")))
	closed, err := s.MarshalBinary()
	require.NoError(t, err)
	reference.Pin(t, "state_closed_v1.bin", closed)
	decoded, err := p.DecodeMembership(closed)
	require.NoError(t, err)
	got, err := p.Decide(decoded, instant(t, "2026-03-31T00:00:00Z"))
	require.NoError(t, err)
	assert.Equal(t, "gold", got.Level)
}

func TestDecodePoliciesRejects(t *testing.T) {
	t.Parallel()
	good := `{"v":1,"policies":[{"version":"v1","zone":"UTC","metrics":{"nights":"integer"},"window":{"kind":"calendar_year"},` +
		`"levels":[{"code":"base"},{"code":"gold","enter":{"metric":"nights","min":40}}],"validity":{"kind":"end_of_next_period"}}]}`
	for _, text := range []string{good, strings.ReplaceAll(good, `"min":40`, `"min":"40"`)} {
		_, err := tier.DecodePolicies([]byte(text), time.LoadLocation)
		require.NoError(t, err, text)
	}
	for name, change := range map[string][2]string{
		"no JSON":            {`{"v":1`, `{"v"`},
		"unknown key":        {`"zone"`, `"timezone"`},
		"unknown key inside": {`"min"`, `"minimum"`},
		"no threshold":       {`,"min":40`, ``},
		"no metric":          {`"metric":"nights",`, ``},
		"exponent":           {`40`, `4e1`},
		"text amount":        {`40`, `"many"`},
		"null part":          {`{"metric":"nights","min":40}`, `{"all":[null]}`},
		"null part of any":   {`{"metric":"nights","min":40}`, `{"any":[null]}`},
		"metric and parts":   {`"min":40`, `"min":40,"any":[{"metric":"nights","min":50}]`},
		"all and any":        {`"metric":"nights","min":40`, `"all":[{"metric":"nights","min":1}],"any":[{"metric":"nights","min":50}]`},
		"unknown kind":       {`calendar_year`, `moon`},
		"unknown metric":     {`"metric":"nights"`, `"metric":"stays"`},
		"no zone":            {`"zone":"UTC",`, ``},
		"local zone":         {`"UTC"`, `"Local"`},
		"foreign zone":       {`"UTC"`, `"Mars/Olympus"`},
		"rest":               {`]}`, `]} 1`},
		"impossible date":    {`"zone"`, `"from":"2025-02-30","zone"`},
		"no policies":        {good, `{"v":1,"policies":[]}`},
		"wrong type":         {`"levels":[`, `"levels":7,"x":[`},
		"key twice":          {`"zone":"UTC"`, `"zone":"UTC","zone":"UTC"`},
		"version twice":      {`"v":1`, `"v":1,"v":1`},
		"capital":            {`"zone"`, `"Zone"`},
		"capital inside":     {`"min"`, `"Min"`},
		"no ASCII":           {`"kind"`, "\"\u212aind\""}, // the kelvin sign folds to k
		"metric twice":       {`"nights":"integer"`, `"nights":"decimal","nights":"integer"`},
		"no UTF-8":           {`"v1"`, "\"v\xff\""},
		"half a pair":        {`"v1"`, `"v\ud800"`},
		"version inside":     {`{"version"`, `{"v":1,"version"`},
		"a default by name":  {`"window"`, `"depth":"earned","window"`},
	} {
		_, err := tier.DecodePolicies([]byte(strings.Replace(good, change[0], change[1], 1)), time.LoadLocation)
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
	}
	for _, version := range []string{`"v":2,"new":3`, `"v":0`, `"new":3`} {
		_, err := tier.DecodePolicies([]byte(strings.Replace(good, `"v":1`, version, 1)), time.LoadLocation)
		require.ErrorIs(t, err, relmark.ErrUnsupported, version)
	}
	_, err := tier.DecodePolicies([]byte(good), nil)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	down := errors.New("no zones today")
	_, err = tier.DecodePolicies([]byte(good), func(string) (*time.Location, error) { return nil, down })
	require.ErrorIs(t, err, down)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = tier.DecodePolicies([]byte(good), func(string) (*time.Location, error) { return nil, nil })
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = tier.EncodePolicies()
	require.ErrorIs(t, err, relmark.ErrInvalid)
	local := simple()
	local.Zone = time.Local
	_, err = tier.EncodePolicies(local)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	bytes := simple()
	bytes.Version = "\xff"
	_, err = tier.EncodePolicies(bytes)
	require.ErrorIs(t, err, relmark.ErrInvalid)
}

func TestEventJSONRejects(t *testing.T) {
	t.Parallel()
	kept := tier.Event{ID: "kept"}
	for _, bad := range []string{
		`7`, `{"v":1,"at":"2025-01-01"}`, `{"v":1,"at":"2025-01-01T00:00:00Z","id":"a","points":3}`,
		`{"v":1,"at":"2025-01-01T00:00:00Z","id":"a","amounts":{"nights":1e3}}`,
		`{"v":1,"at":"2025-01-01T00:00:00Z","id":"a","override":{"level":"gold","mode":"roof"}}`,
		`{"v":1,"at":"2025-01-01T00:00:00Z","id":"a","override":{"level":"gold"}}`,
		`{"v":1,"at":"2025-01-01T00:00:00Z","id":"a","id":"b","amounts":{"nights":1}}`,
		`{"v":1,"at":"2025-01-01T00:00:00Z","ID":"a","amounts":{"nights":1}}`,
		`{"v":1,"at":"2025-01-01T00:00:00Z","id":"a","reverse":"","amounts":{"nights":1}}`,
		`{"v":1,"at":"2025-01-01T00:00:00Z","id":"a","amounts":{"nights":1,"nights":2}}`,
		`{"v":1,"at":"2025-01-01T00:00:00Z","id":"a\udc00","amounts":{"nights":1}}`,
		"{\"v\":1,\"at\":\"2025-01-01T00:00:00Z\",\"id\":\"a\xff\",\"amounts\":{\"nights\":1}}",
	} {
		require.ErrorIs(t, kept.UnmarshalJSON([]byte(bad)), relmark.ErrInvalid, bad)
	}
	for _, version := range []string{`{"v":9,"id":{}}`, `{"v":0,"id":"a"}`, `{"at":"2025-01-01T00:00:00Z","id":"a","amounts":{}}`} {
		require.ErrorIs(t, kept.UnmarshalJSON([]byte(version)), relmark.ErrUnsupported, version)
	}
	assert.Equal(t, tier.Event{ID: "kept"}, kept)
	for _, e := range []tier.Event{
		{ID: "a", At: time.Date(12000, 1, 1, 0, 0, 0, 0, time.UTC)},
		{ID: "a", Amounts: tier.Amounts{"x": decimal.New(1, 1_000_000_000)}},
		{ID: "a\xff"},
		{ID: "a", Reverse: "\xff"},
		{ID: "a", Amounts: tier.Amounts{"\xff": d("1")}},
		{ID: "a", Override: &tier.Override{Level: "\xff", Mode: tier.Floor}},
		{ID: "a", Override: &tier.Override{Level: "gold"}},
		{ID: "a", Override: &tier.Override{Reason: "\xff", Mode: tier.Floor}},
	} {
		_, err := e.MarshalJSON()
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
}

// Every way to cut or change one byte of an encoding is an error or a state that
// encodes to these bytes and answers without panic.
func TestDecodeMembershipOfDamagedBytes(t *testing.T) {
	t.Parallel()
	p := ladder(t, everything(t)...)
	for _, name := range []string{"state_v1.bin", "state_closed_v1.bin"} {
		data := reference.Stored(t, name)
		for i := range data {
			_, err := p.DecodeMembership(codec.Seal(data[:i]))
			require.Error(t, err)
			for _, flip := range []byte{0x01, 0x80, 0xff} {
				damaged := append([]byte(nil), data...)
				damaged[i] ^= flip
				decodeAndUse(t, p, codec.Seal(damaged))
			}
		}
		_, err := p.DecodeMembership(codec.Seal(append(append([]byte(nil), data...), 0)))
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
	_, err := p.DecodeMembership([]byte{7, 9})
	require.ErrorIs(t, err, relmark.ErrUnsupported)
	other := simple()
	delete(other.Metrics, "spend")
	_, err = ladder(t, other).DecodeMembership(reference.Stored(t, "state_v1.bin"))
	require.ErrorIs(t, err, relmark.ErrInvalid)
}

func decodeAndUse(t testing.TB, p *tier.Ladder, data []byte) {
	t.Helper()
	s, err := p.DecodeMembership(data)
	if err != nil {
		if !errors.Is(err, relmark.ErrInvalid) && !errors.Is(err, relmark.ErrUnsupported) && !errors.Is(err, relmark.ErrLimit) {
			t.Fatalf("error of no kind: %v", err)
		}
		return
	}
	again, err := s.MarshalBinary()
	require.NoError(t, err)
	// A state of a ladder with fewer metrics is encoded with those of this one.
	if len(again) == len(data) && string(again) != string(data) {
		t.Fatalf("decodes to something else:\n%x\n%x", data, again)
	}
	twice, err := p.DecodeMembership(again)
	require.NoError(t, err)
	thrice, err := twice.MarshalBinary()
	require.NoError(t, err)
	require.Equal(t, again, thrice)
	at := instant(t, "2026-06-01T00:00:00Z")
	if last, ok := s.Last(); ok && last.After(at) {
		at = last
	}
	if at.Year() > 2100 {
		return
	}
	if _, err := p.Explain(s, at); err != nil && !errors.Is(err, relmark.ErrInvalid) && !errors.Is(err, relmark.ErrRefused) {
		t.Fatal(err)
	}
}

func TestAmountsJSON(t *testing.T) {
	t.Parallel()
	capital := tier.Amounts{"Nächte": d("1"), "nächte": d("2")} // names of metrics are the host's
	text, err := json.Marshal(capital)
	require.NoError(t, err)
	var read tier.Amounts
	require.NoError(t, json.Unmarshal(text, &read))
	assert.Len(t, read, 2)
	require.ErrorIs(t, read.UnmarshalJSON([]byte(`{"a":1,"a":1}`)), relmark.ErrInvalid)
	assert.Len(t, read, 2, "unchanged")
	a := tier.Amounts{"spend": d("450.50"), "nights": d("3")}
	data, err := json.Marshal(a)
	require.NoError(t, err)
	assert.Equal(t, `{"nights":"3","spend":"450.5"}`, string(data)) //nolint:testifylint // the bytes are promised
	var got tier.Amounts
	require.NoError(t, json.Unmarshal([]byte(`{"nights":3,"spend":"450.5"}`), &got))
	assert.True(t, sameAmounts([]tier.Amounts{a}, []tier.Amounts{got}))
	for _, bad := range []string{`3`, `{"nights":"x"}`, `{"nights":1e3}`, `{"nights":"1`} {
		require.ErrorIs(t, got.UnmarshalJSON([]byte(bad)), relmark.ErrInvalid, bad)
	}
	assert.Len(t, got, 2, "unchanged")
	require.NoError(t, json.Unmarshal([]byte(`null`), &got))
	assert.Nil(t, got)
}
