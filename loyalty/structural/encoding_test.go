package structural_test

import (
	"bytes"
	"encoding/hex"
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
	"github.com/relmark/relmark/loyalty/structural"
)

// history is a ledger that has everything, with the events that made it.
func history(t testing.TB) (*structural.Ledger, []structural.Event) {
	t.Helper()
	e, l := monthly(t), new(structural.Ledger)
	var events []structural.Event
	at := began
	then := func(d structural.Decision, err error) {
		events = append(events, do(t, l, d, err))
		at = at.Add(90 * time.Minute)
	}
	then(e.Grant(l, structural.Grant{"contract", date("2025-01-31"), at}))
	then(e.Give(l, structural.Gift{"sorry", 2, at.Add(time.Nanosecond), at.AddDate(0, 0, 3), at}))
	then(e.Give(l, structural.Gift{Key: "for ever", Units: 1, From: at, At: at}))
	then(e.Reserve(l, structural.Reservation{"booking", 3, 48 * time.Hour, at}))
	then(e.Commit(l, structural.Commitment{"arrival", "booking", 2, at}))
	then(e.Reserve(l, structural.Reservation{"booking 2", 1, 48 * time.Hour, at}))
	then(e.Release(l, structural.Release{"cancelled", "booking 2", at}))
	then(e.Reserve(l, structural.Reservation{"no show", 1, time.Hour, at}))
	then(e.Consume(l, structural.Consumption{"visit", 2, at}))
	then(e.Reverse(l, structural.Reversal{"mistake", "visit", 1, at}))
	then(e.Revoke(l, structural.Revocation{"fraud", "for ever", at}))
	at = when("2025-03-05T10:00:00Z")
	then(e.Reserve(l, structural.Reservation{"long", 3, 60 * 24 * time.Hour, at}))
	then(e.Consume(l, structural.Consumption{"visit 2", 1, at}))
	return l, events
}

func decodeTerms(data []byte) (structural.EntitlementTerms, error) {
	return structural.DecodeEntitlementTerms(data, time.LoadLocation)
}

func decodeSLA(data []byte) (structural.SLA, error) {
	return structural.DecodeSLA(data, time.LoadLocation)
}

// Every version that was ever written can be read, and comes back as it was.
func TestGoldenDocuments(t *testing.T) {
	t.Parallel()
	for name, read := range map[string]func([]byte) (any, error){
		"entitlement_terms_v1.json": func(b []byte) (any, error) { return decodeTerms(b) },
		"sla_v1.json":               func(b []byte) (any, error) { return decodeSLA(b) },
		"switching_v1.json":         func(b []byte) (any, error) { var v structural.Switching; return v, json.Unmarshal(b, &v) },
		"register_v1.json":          func(b []byte) (any, error) { var v structural.Register[string]; return v, json.Unmarshal(b, &v) },
	} {
		text := golden(t, name)
		v, err := read(text)
		require.NoError(t, err, name)
		switch name {
		case "switching_v1.json":
			var s structural.Switching
			require.NoError(t, json.Unmarshal(text, &s))
			v = s
		case "register_v1.json":
			var g structural.Register[string]
			require.NoError(t, json.Unmarshal(text, &g))
			v = g
		}
		back, err := json.Marshal(v)
		require.NoError(t, err, name)
		assert.Equal(t, string(text), string(back), name)
		for change, want := range map[string]error{
			`"v":2`: relmark.ErrUnsupported, `"v":0`: relmark.ErrUnsupported, `"V":1`: relmark.ErrInvalid,
			`"v":1,"v":1`: relmark.ErrInvalid, `"v":1,"other":1`: relmark.ErrInvalid,
		} {
			_, err = read(bytes.Replace(text, []byte(`"v":1`), []byte(change), 1))
			assert.ErrorIs(t, err, want, "%s %s", name, change)
		}
		_, err = read(bytes.Replace(text, []byte(`"v":1,`), nil, 1))
		assert.ErrorIs(t, err, relmark.ErrUnsupported)
	}
}

// What is read is valid.
func TestInvalidDocuments(t *testing.T) {
	t.Parallel()
	_, err := decodeTerms([]byte(`{"v":1,"zone":"Europe/Berlin","units":0,"months":1,"periods":1}`))
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = decodeSLA([]byte(`{"v":1,"zone":"Europe/Berlin","digits":2,"fee":"1000","cap":"101"}`))
	require.ErrorIs(t, err, relmark.ErrInvalid)
	for _, v := range []any{new(structural.Switching), new(structural.Register[string]), new(structural.Event)} {
		require.ErrorIs(t, json.Unmarshal([]byte(`{"v":1}`), v), relmark.ErrInvalid, "%T", v)
	}
	for _, v := range []any{new(structural.SwitchingStatement), new(structural.SLACredit), new(structural.Band), new(structural.CreditCap)} {
		require.ErrorIs(t, json.Unmarshal([]byte(`{"other":1}`), v), relmark.ErrInvalid, "%T", v)
	}
}

func TestZonesComeFromTheLoader(t *testing.T) {
	t.Parallel()
	down := errors.New("no zones here")
	fail := func(string) (*time.Location, error) { return nil, down }
	_, err := structural.DecodeEntitlementTerms(golden(t, "entitlement_terms_v1.json"), nil)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = structural.DecodeEntitlementTerms(golden(t, "entitlement_terms_v1.json"), fail)
	require.ErrorIs(t, err, down)
	_, err = structural.DecodeSLA(golden(t, "sla_v1.json"), fail)
	require.ErrorIs(t, err, down)
	_, err = json.Marshal(structural.EntitlementTerms{Zone: time.Local, Units: 1, Days: 1, Periods: 1})
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = json.Marshal(structural.SLA{Zone: time.Local})
	require.ErrorIs(t, err, relmark.ErrInvalid)
}

// Nothing is encoded that cannot be read, and nothing as {}.
func TestWhatHasNoJSONRefuses(t *testing.T) {
	t.Parallel()
	for _, v := range []any{structural.EntitlementTerms{}, structural.Event{}, structural.SLA{}, structural.Switching{}} {
		_, err := json.Marshal(v)
		assert.ErrorIs(t, err, relmark.ErrInvalid, "%T", v)
	}
	e := monthly(t)
	for _, v := range []any{e, *e, structural.Ledger{}, &structural.Ledger{}} {
		_, err := json.Marshal(v)
		assert.ErrorIs(t, err, relmark.ErrUnsupported, "%T", v)
	}
	for _, v := range []any{new(structural.Entitlement), new(structural.Ledger), new(structural.EntitlementTerms), new(structural.SLA)} {
		assert.ErrorIs(t, json.Unmarshal(golden(t, "entitlement_terms_v1.json"), v), relmark.ErrUnsupported, "%T", v)
	}
}

func TestGoldenEvents(t *testing.T) {
	t.Parallel()
	l, events := history(t)
	lines := strings.Split(string(golden(t, "events_v1.jsonl")), "\n")
	require.Len(t, lines, len(events))
	read := new(structural.Ledger)
	for i, line := range lines {
		var ev structural.Event
		require.NoError(t, json.Unmarshal([]byte(line), &ev))
		require.Equal(t, events[i], ev)
		back, err := json.Marshal(ev)
		require.NoError(t, err)
		require.Equal(t, line, string(back))
		require.NoError(t, read.Apply(ev))
	}
	require.Equal(t, snapshot(t, l), snapshot(t, read))
	var ev structural.Event
	require.ErrorIs(t, json.Unmarshal([]byte(strings.Replace(lines[0], `"v":1`, `"v":9`, 1)), &ev), relmark.ErrUnsupported)
	require.ErrorIs(t, json.Unmarshal([]byte(strings.Replace(lines[0], `"units":4`, `"units":0`, 1)), &ev), relmark.ErrInvalid)
	require.Zero(t, ev)
}

func TestGoldenSnapshot(t *testing.T) {
	t.Parallel()
	l, _ := history(t)
	want := string(golden(t, "ledger_v1.hex"))
	require.Equal(t, want, hex.EncodeToString(snapshot(t, l)))
	reloaded(t, l)
	empty := reloaded(t, new(structural.Ledger))
	require.Zero(t, empty.Version())
	data := snapshot(t, l)
	before := snapshot(t, empty)
	for _, bad := range [][]byte{nil, data[:1], data[:len(data)-1], append(bytes.Clone(data), 0)} {
		require.ErrorIs(t, empty.UnmarshalBinary(bad), relmark.ErrInvalid)
	}
	for i, v := range []byte{codec.KindWallet, 9} {
		other := bytes.Clone(data)
		other[i] = v
		require.ErrorIs(t, empty.UnmarshalBinary(other), relmark.ErrUnsupported)
	}
	require.Equal(t, before, snapshot(t, empty))
}

// A snapshot that was damaged, also by someone who mends the checksum, is refused or is that
// of a ledger that can go on: nothing panics, and no sum is off.
func TestDamagedSnapshots(t *testing.T) {
	t.Parallel()
	l, _ := history(t)
	data := snapshot(t, l)
	body := data[:len(data)-4]
	for i := 2; i < len(body); i++ {
		for _, v := range []byte{0, 1, 2, 0x7f, body[i] + 1, body[i] - 1, body[i] ^ 0x40} {
			bad := bytes.Clone(body)
			bad[i] = v
			useSnapshot(t, codec.AppendSum(bad, 0))
		}
	}
}

// useSnapshot does with an encoding what a host would.
func useSnapshot(t testing.TB, data []byte) {
	t.Helper()
	l := new(structural.Ledger)
	if err := l.UnmarshalBinary(data); err != nil {
		require.True(t, errors.Is(err, relmark.ErrInvalid) || errors.Is(err, relmark.ErrUnsupported))
		require.Zero(t, l.Version())
		return
	}
	require.Equal(t, data, snapshot(t, l))
	e := monthly(t)
	at := when("2150-06-01T00:00:00Z")
	for _, c := range []func() (structural.Decision, error){
		func() (structural.Decision, error) { return e.Consume(l, structural.Consumption{"fuzz 1", 1, at}) },
		func() (structural.Decision, error) {
			return e.Reverse(l, structural.Reversal{"fuzz 2", "visit", 1, at})
		},
		func() (structural.Decision, error) {
			return e.Commit(l, structural.Commitment{"fuzz 3", "long", 1, at})
		},
		func() (structural.Decision, error) {
			return e.Revoke(l, structural.Revocation{"fuzz 4", "contract", at})
		},
		func() (structural.Decision, error) {
			return e.Close(l, structural.Closing{"fuzz 5", date("2150-01-01"), at})
		},
	} {
		if d, err := c(); err == nil && !d.Replayed {
			require.NoError(t, l.Apply(d.Event))
		}
		b, err := l.Balance(at)
		require.NoError(t, err)
		require.Equal(t, b.Granted, b.Available+b.Held+b.Used+b.Expired)
		require.GreaterOrEqual(t, min(b.Available, b.Held, b.Used, b.Expired), int64(0))
	}
	reloaded(t, l)
}

// What a host sends or stores comes back equal, under keys in snake case.
func TestPlainDataRoundTrips(t *testing.T) {
	t.Parallel()
	at, day := began, date("2025-01-31")
	_, events := history(t)
	roundTrip(t, structural.Grant{"k", day, at})
	roundTrip(t, structural.Gift{"k", 1, at, at.Add(1), at})
	roundTrip(t, structural.Reservation{"k", 1, time.Hour, at})
	roundTrip(t, structural.Commitment{"k", "r", 1, at})
	roundTrip(t, structural.Release{"k", "r", at})
	roundTrip(t, structural.Consumption{"k", 1, at})
	roundTrip(t, structural.Reversal{"k", "u", 1, at})
	roundTrip(t, structural.Revocation{"k", "g", at})
	roundTrip(t, structural.Closing{"k", day, at})
	roundTrip(t, structural.Decision{Seq: 7, Replayed: true})
	roundTrip(t, structural.Decision{Seq: 1, Event: events[0]})
	roundTrip(t, structural.CommandError{structural.Insufficient})
	roundTrip(t, structural.Balance{1, 2, 3, 4, 10, 1})
	roundTrip(t, structural.Expiry{3, 2, at})
	roundTrip(t, structural.Opening{3, at})
	roundTrip(t, structural.Standing{State: structural.InForce, Term: 1, From: day, Through: day})
	roundTrip(t, structural.Conduct{1, 2, 3, 4})
	roundTrip(t, structural.Duty[int]{1, "report", structural.Provider, day, structural.Kept, day})
	roundTrip(t, structural.Link[uint8]{1, 0.5, 3, 30})
	roundTrip(t, structural.Integration[string]{0.5, []structural.LinkEffect[string]{{"a", 1, 0.5, 0}}})
	roundTrip(t, structural.PerceivedCost{[]structural.FacetIndex{{"a", structural.Financial, 75, 4}}, []structural.TypeIndex{{structural.Financial, 75, 1}}})
	roundTrip(t, structural.SwitchingFacets())
	roundTrip(t, structural.Interval{at, at})
	band := structural.Band{dec("99.9"), dec("10")}
	assert.True(t, band.Below.Equal(decoded[structural.Band](t, band).Below))
	statement, err := lockIn().Statement()
	require.NoError(t, err)
	back := decoded[structural.SwitchingStatement](t, statement)
	assert.True(t, statement.Net.Equal(back.Net))
	assert.Equal(t, statement.NegativeShare, back.NegativeShare)
	credit := structural.SLACredit{Measured: 5, Level: 99.5, Breached: true, Percent: dec("10"), Credit: dec("12.50")}
	assert.True(t, credit.Credit.Equal(decoded[structural.SLACredit](t, credit).Credit))
	limited := hosting()
	limited.Total = &structural.CreditCap{Periods: 12, Percent: dec("25")}
	text, err := json.Marshal(limited)
	require.NoError(t, err)
	assert.Contains(t, string(text), `"cap":"50","total":{"periods":12,"percent":"25"}}`)
	again, err := decodeSLA(text)
	require.NoError(t, err)
	assert.Equal(t, 12, again.Total.Periods)
	assert.True(t, again.Total.Percent.Equal(dec("25")))
	credit.Cut = dec("0.50")
	assert.True(t, credit.Cut.Equal(decoded[structural.SLACredit](t, credit).Cut))
	_, err = json.Marshal(structural.Band{Below: decimal.New(1, 1<<30)})
	require.ErrorIs(t, err, relmark.ErrInvalid)
}

func roundTrip[T any](t *testing.T, v T) {
	t.Helper()
	assert.Equal(t, v, decoded[T](t, v))
}

func decoded[T any](t *testing.T, v T) (back T) {
	t.Helper()
	text, err := json.Marshal(v)
	require.NoError(t, err)
	assert.NotRegexp(t, `"[a-z_]*[A-Z][A-Za-z]*":`, string(text))
	require.NoError(t, json.Unmarshal(text, &back))
	return back
}
