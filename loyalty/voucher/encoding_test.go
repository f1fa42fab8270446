package voucher_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/loyalty/voucher"
)

// configs decode each kind of configuration, which encodes itself.
var configs = map[string]func(data []byte) (any, error){
	"terms": func(data []byte) (any, error) { return voucher.DecodeTerms(data, time.LoadLocation) },
	"format": func(data []byte) (any, error) {
		var f voucher.CodeFormat
		err := f.UnmarshalJSON(data)
		return f, err
	},
}

func TestConfigurationRoundTrips(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"terms", "format", "caps"} {
		text, decode := reference.StoredText(t, name+"_v1.json"), configs[name]
		if name == "caps" {
			decode = configs["terms"]
		}
		v, err := decode(text)
		require.NoError(t, err, name)
		back, err := json.Marshal(v)
		require.NoError(t, err, name)
		assert.Equal(t, string(text), string(back), name)
		for change, want := range map[string]error{
			`"v":2`: relmark.ErrUnsupported, `"v":0`: relmark.ErrUnsupported, `"V":1`: relmark.ErrInvalid,
			`"v":1,"v":1`: relmark.ErrInvalid, `"v":1,"other":1`: relmark.ErrInvalid,
		} {
			_, err = decode(bytes.Replace(text, []byte(`"v":1`), []byte(change), 1))
			assert.ErrorIs(t, err, want, "%s with %s", name, change)
		}
		_, err = decode(bytes.Replace(text, []byte(`"v":1,`), nil, 1))
		assert.ErrorIs(t, err, relmark.ErrUnsupported, name)
	}
}

// What is read is valid.
func TestFormatsAreChecked(t *testing.T) {
	t.Parallel()
	f := voucher.CodeFormat{Scheme: voucher.Damm}
	assert.ErrorIs(t, f.UnmarshalJSON([]byte(`{"v":1,"scheme":"luhn_mod_n","alphabet":"abc"}`)), relmark.ErrInvalid, "an odd number of letters")
	assert.Equal(t, voucher.CodeFormat{Scheme: voucher.Damm}, f)
}

func TestZonesComeFromTheLoader(t *testing.T) {
	t.Parallel()
	down := errors.New("no zones here")
	for _, load := range []func(string) (*time.Location, error){
		nil,
		func(string) (*time.Location, error) { return nil, nil },
		func(string) (*time.Location, error) { return nil, down },
	} {
		_, err := voucher.DecodeTerms(reference.StoredText(t, "terms_v1.json"), load)
		assert.ErrorIs(t, err, relmark.ErrInvalid)
	}
	_, err := voucher.DecodeTerms(reference.StoredText(t, "terms_v1.json"), func(string) (*time.Location, error) { return nil, down })
	assert.ErrorIs(t, err, down)
	_, err = json.Marshal(voucher.Terms{Zone: time.Local})
	assert.ErrorIs(t, err, relmark.ErrInvalid)
}

// Nothing is encoded that cannot be read, and nothing as {}.
func TestWhatHasNoJSONRefuses(t *testing.T) {
	t.Parallel()
	for _, v := range []any{voucher.Terms{}, voucher.CodeFormat{}, voucher.Event{}} {
		_, err := json.Marshal(v)
		assert.ErrorIs(t, err, relmark.ErrInvalid, "%T", v)
	}
	for _, v := range []any{campaign(t, voucher.Terms{AnyCode: true}), voucher.Campaign{}, voucher.Register{}, checker(t, voucher.Damm, ""), voucher.Checker{}} {
		_, err := json.Marshal(v)
		assert.ErrorIs(t, err, relmark.ErrUnsupported, "%T", v)
	}
	for _, v := range []any{new(voucher.Campaign), new(voucher.Register), new(voucher.Checker), new(voucher.Terms)} {
		assert.ErrorIs(t, json.Unmarshal(reference.StoredText(t, "terms_v1.json"), v), relmark.ErrUnsupported, "%T", v)
	}
	assert.ErrorContains(t, json.Unmarshal([]byte(`{}`), new(voucher.Terms)), "DecodeTerms")
}

// What a host sends or stores comes back equal, under keys in snake case.
func TestPlainDataRoundTrips(t *testing.T) {
	t.Parallel()
	at := when("2025-03-05T10:00:00Z")
	r := voucher.Redemption{Key: "k", Code: "X", Member: "m", Labels: []string{"gold"}, At: at}
	d, err := campaign(t, voucher.Terms{AnyCode: true, From: relmark.MustParseDate("2026-01-01")}).Redeem(&voucher.Register{}, r)
	require.NoError(t, err)
	roundTrip(t, r, `{"key":"k","code":"X","member":"m","labels":["gold"],"at":"2025-03-05T10:00:00Z"}`)
	roundTrip(t, d, `{"accepted":false,"reasons":["not_started"],"next":"2025-12-31T23:00:00Z"}`)
	roundTrip(t, voucher.Voiding{Key: "k", Redemption: "r", At: at}, `{"key":"k","redemption":"r","at":"2025-03-05T10:00:00Z"}`)
	roundTrip(t, voucher.Closing{"k", relmark.MustParseDate("2025-01-31"), at}, `{"key":"k","before":"2025-01-31","at":"2025-03-05T10:00:00Z"}`)
	roundTrip(t, voucher.Uses{Code: 1, Member: 2, Campaign: 3}, `{"code":1,"member":2,"campaign":3}`)
	roundTrip(t, voucher.RefusedError{[]voucher.Reason{voucher.CodeLimit}}, `{"reasons":["code_limit"]}`)
	d, err = campaign(t, voucher.Terms{AnyCode: true}).Redeem(&voucher.Register{}, r)
	require.NoError(t, err)
	roundTrip(t, d, `{"accepted":true,"event":{"v":1,"seq":1,"type":"redeemed","key":"k","code":"X","member":"m","day":"2025-03-05","at":"2025-03-05T10:00:00Z"}}`)
	r.Order, r.Amount = "o", dec("7.5")
	roundTrip(t, r, `{"key":"k","code":"X","member":"m","order":"o","labels":["gold"],"amount":"7.5","at":"2025-03-05T10:00:00Z"}`)
	d, err = campaign(t, voucher.Terms{AnyCode: true, Digits: 2, Caps: []voucher.Cap{{Name: "c", Of: voucher.OfCode, Per: voucher.PerWeek, Uses: new(int64(0))}}}).Redeem(&voucher.Register{}, r)
	require.NoError(t, err)
	roundTrip(t, d, `{"accepted":false,"reasons":["period_limit"],"caps":["c"],"next":"2025-03-09T23:00:00Z"}`)
	roundTrip(t, voucher.Voiding{Key: "k", Order: "o", At: at}, `{"key":"k","order":"o","at":"2025-03-05T10:00:00Z"}`)
	roundTrip(t, voucher.Release{"k", "r", dec("7.5"), true, at}, `{"key":"k","redemption":"r","amount":"7.5","use":true,"at":"2025-03-05T10:00:00Z"}`)
	roundTrip(t, voucher.Uses{Caps: map[string]voucher.Use{"c": {1, dec("2.5")}}}, `{"code":0,"member":0,"campaign":0,"caps":{"c":{"uses":1,"amount":"2.5"}}}`)
	roundTrip(t, voucher.Cap{"c", voucher.OfMember, voucher.PerDay, new(int64(0)), new(dec("0"))}, `{"name":"c","of":"member","per":"day","uses":0,"amount":"0"}`)
}

// Decimals that only decimal.New makes have no text: they are errors at once, and what is
// no command leaves one as it was.
func TestAmountsAreText(t *testing.T) {
	t.Parallel()
	for _, d := range []decimal.Decimal{decimal.New(1, math.MaxInt32), decimal.New(-1, math.MinInt32)} {
		for _, v := range []any{voucher.Redemption{Amount: d}, voucher.Release{Amount: d}, voucher.Use{Amount: d}, voucher.Cap{Amount: &d}} {
			_, err := json.Marshal(v)
			require.ErrorIs(t, err, relmark.ErrInvalid, "%T", v)
		}
	}
	for _, v := range []json.Unmarshaler{new(voucher.Redemption), new(voucher.Release), new(voucher.Use), new(voucher.Cap)} {
		for _, bad := range []string{``, `[]`, `{} {}`, `{"other":1}`, `{"amount":1}`, `{"amount":"1e2147483647"}`} {
			assert.ErrorIs(t, v.UnmarshalJSON([]byte(bad)), relmark.ErrInvalid, "%T %s", v, bad)
		}
	}
	kept := voucher.Release{Key: "k"}
	require.Error(t, kept.UnmarshalJSON([]byte(`{"key":"other","amount":1}`)))
	assert.Equal(t, voucher.Release{Key: "k"}, kept)
}

func roundTrip[T any](t *testing.T, v T, want string) {
	t.Helper()
	text, err := json.Marshal(v)
	require.NoError(t, err)
	assert.Equal(t, want, string(text))
	var back T
	require.NoError(t, json.Unmarshal(text, &back))
	assert.Equal(t, v, back)
}

// goldenRegister returns the register that the events of version 1 make, of every type.
func goldenRegister(t testing.TB) *voucher.Register {
	t.Helper()
	var g voucher.Register
	for line := range strings.Lines(string(reference.StoredText(t, "events_v1.jsonl"))) {
		var ev voucher.Event
		require.NoError(t, json.Unmarshal([]byte(line), &ev))
		require.NoError(t, g.Apply(ev))
		back, err := json.Marshal(ev)
		require.NoError(t, err)
		assert.Equal(t, strings.TrimSpace(line), string(back))
	}
	return &g
}

func TestEventsOfVersion1(t *testing.T) {
	t.Parallel()
	assert.Equal(t, voucher.Uses{Code: 2, Campaign: 2}, goldenRegister(t).Uses("SPRING", "m7"), "one voided, one forgotten")
	for line := range strings.Lines(string(reference.StoredText(t, "events_v1.jsonl"))) {
		for change, want := range map[string]error{
			`{"v":0,`: relmark.ErrUnsupported, `{"v":2,`: relmark.ErrUnsupported, `{`: relmark.ErrUnsupported, `{"v":1,"v":1,`: relmark.ErrInvalid,
		} {
			err := new(voucher.Event).UnmarshalJSON([]byte(strings.Replace(line, `{"v":1,`, change, 1)))
			assert.ErrorIs(t, err, want, change)
		}
	}
}

// A time with an offset is the same instant, and comes out in UTC.
func TestEventsComeInAnyOffset(t *testing.T) {
	t.Parallel()
	var want, got voucher.Event
	text, _, _ := strings.Cut(string(reference.StoredText(t, "events_v1.jsonl")), "\n")
	require.NoError(t, want.UnmarshalJSON([]byte(text)))
	require.NoError(t, got.UnmarshalJSON([]byte(strings.ReplaceAll(text, `T10:00:00Z`, `T12:00:00+02:00`))))
	assert.Equal(t, want, got)
}

// The files hold what a version wrote. Events of today fold to what they did, and a
// snapshot of version 1 comes back as the register that its events make.
func TestSnapshotsOfEveryVersion(t *testing.T) {
	t.Parallel()
	g, today := goldenRegister(t), todaysRegister(t)
	for name, want := range map[string]*voucher.Register{"register_v1.hex": g, "register_v2.hex": today} {
		data, err := hex.DecodeString(string(reference.StoredText(t, name)))
		require.NoError(t, err)
		fresh := new(voucher.Register)
		require.NoError(t, fresh.UnmarshalBinary(data))
		before, err := fresh.MarshalBinary()
		require.NoError(t, err)
		same, err := want.MarshalBinary()
		require.NoError(t, err)
		assert.Equal(t, hex.EncodeToString(same), hex.EncodeToString(before), name)
		for i := range data {
			assert.Error(t, fresh.UnmarshalBinary(codec.Seal(data[:i])), name)
		}
		assert.ErrorIs(t, fresh.UnmarshalBinary(codec.Seal(append(data, 0))), relmark.ErrInvalid)
		for _, unknown := range []byte{0, 3, 255} {
			changed := bytes.Clone(data)
			changed[1] = unknown
			assert.ErrorIs(t, fresh.UnmarshalBinary(changed), relmark.ErrUnsupported, unknown)
		}
		after, err := fresh.MarshalBinary()
		require.NoError(t, err)
		assert.Equal(t, before, after, "unchanged by errors")
	}
	fresh := new(voucher.Register)
	empty, err := fresh.MarshalBinary()
	require.NoError(t, err)
	require.NoError(t, g.UnmarshalBinary(empty))
	assert.Equal(t, fresh, g, "an empty one is the zero value")
}

// todaysRegister returns what the events of today make: amounts, orders, days, releases.
func todaysRegister(t testing.TB) *voucher.Register {
	t.Helper()
	var g voucher.Register
	for line := range strings.Lines(string(reference.StoredText(t, "money_events_v1.jsonl"))) {
		var ev voucher.Event
		require.NoError(t, json.Unmarshal([]byte(line), &ev))
		require.NoError(t, g.Apply(ev))
		back, err := json.Marshal(ev)
		require.NoError(t, err)
		assert.Equal(t, strings.TrimSpace(line), string(back))
	}
	return &g
}

func FuzzConfiguration(f *testing.F) {
	for name := range configs {
		f.Add(reference.StoredText(f, name+"_v1.json"))
	}
	f.Add(reference.StoredText(f, "caps_v1.json"))
	f.Fuzz(func(t *testing.T, data []byte) {
		for name, decode := range configs {
			v, err := decode(data)
			if err != nil {
				require.True(t, errors.Is(err, relmark.ErrInvalid) || errors.Is(err, relmark.ErrUnsupported), "%s: %v", name, err)
				continue
			}
			text, err := json.Marshal(v)
			require.NoError(t, err, name)
			again, err := decode(text)
			require.NoError(t, err, name)
			back, err := json.Marshal(again)
			require.NoError(t, err, name)
			require.Equal(t, string(text), string(back), name)
		}
	})
}

// Lines of events: one that is accepted has one encoding from then on, and a register
// that they make comes back from its snapshot, whatever the events say.
func FuzzEvents(f *testing.F) {
	f.Add(reference.StoredText(f, "events_v1.jsonl"))
	f.Add(reference.StoredText(f, "money_events_v1.jsonl"))
	for line := range strings.Lines(string(reference.StoredText(f, "events_v1.jsonl"))) {
		f.Add([]byte(line))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var g voucher.Register
		for line := range bytes.Lines(data) {
			var ev voucher.Event
			if ev.UnmarshalJSON(line) != nil {
				continue
			}
			text, err := json.Marshal(ev)
			require.NoError(t, err)
			var again voucher.Event
			require.NoError(t, again.UnmarshalJSON(text))
			require.Equal(t, ev, again)
			_ = g.Apply(ev)
		}
		_, _ = reloaded(t, &g, &voucher.Register{})
	})
}

// What a decoder accepts has one encoding, and goes on like any other: commands are
// decided without a panic, and what they decide can be applied. Bytes are read as they
// come, and with the checksum that they should have.
func FuzzSnapshot(f *testing.F) {
	data, err := goldenRegister(f).MarshalBinary()
	require.NoError(f, err)
	f.Add(data)
	f.Add(openSnapshot(f))
	data, err = todaysRegister(f).MarshalBinary()
	require.NoError(f, err)
	f.Add(data)
	campaign := campaign(f, voucher.Terms{AnyCode: true, Limits: voucher.Limits{Code: new(int64(1000))}})
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, data := range [][]byte{data, codec.Seal(data)} {
			var g voucher.Register
			if g.UnmarshalBinary(data) != nil {
				continue
			}
			back, err := g.MarshalBinary()
			require.NoError(t, err)
			require.True(t, data[1] == 1 || bytes.Equal(data, back))
			require.LessOrEqual(t, uint64(len(g.Live())), g.Version())
			goOn(t, campaign, &g)
		}
	})
}

// openSnapshot is of a register where nothing is closed, and one redemption voided.
func openSnapshot(t require.TestingT) []byte {
	var g voucher.Register
	at := when("2025-03-05T10:00:00Z")
	for _, ev := range []voucher.Event{
		{Seq: 1, Type: voucher.Redeemed, Key: "1", Code: "X", Member: "m", At: at},
		{Seq: 2, Type: voucher.Redeemed, Key: "2", Code: "X", Member: "n", At: at},
		{Seq: 3, Type: voucher.Voided, Key: "3", Redemption: "1", At: at},
	} {
		require.NoError(t, g.Apply(ev))
	}
	data, err := g.MarshalBinary()
	require.NoError(t, err)
	return data
}

var future = when("2150-12-31T23:59:59Z")

// goOn redeems, voids all that is live, and closes.
func goOn(t require.TestingT, c *voucher.Campaign, g *voucher.Register) {
	at := future
	apply := func(d voucher.Decision, err error) {
		if err == nil && d.Accepted && !d.Replayed {
			require.NoError(t, g.Apply(d.Event))
		}
	}
	apply(c.Redeem(g, voucher.Redemption{Key: "fresh", Code: "X", Member: "m", At: at}))
	for _, key := range g.Live() {
		apply(c.Release(g, voucher.Release{Key: key + "-", Redemption: key, Amount: dec("0"), Use: len(key)%2 == 0, At: at}))
		apply(g.Void(voucher.Voiding{Key: key + "'", Redemption: key, At: at}))
	}
	apply(c.Close(g, voucher.Closing{Key: "end", Before: relmark.MustParseDate("2151-01-01"), At: at}))
	_, _ = reloaded(t, g, &voucher.Register{})
}

func FuzzCodes(f *testing.F) {
	f.Add("0123456789", "7992739871")
	f.Add("abcdef", "abcdef")
	f.Fuzz(func(t *testing.T, alphabet, body string) {
		for _, format := range []voucher.CodeFormat{{Scheme: voucher.Damm}, {voucher.LuhnModN, alphabet}} {
			k, err := voucher.NewChecker(format)
			require.Equal(t, format.Validate() == nil, err == nil)
			if err != nil {
				continue
			}
			k.Valid(body)
			if code, err := k.Code(body); err == nil {
				require.True(t, k.Valid(code))
			}
		}
	})
}
