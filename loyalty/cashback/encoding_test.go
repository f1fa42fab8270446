package cashback_test

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
	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/loyalty/cashback"
)

func decodeTerms(data []byte) (cashback.Terms, error) {
	return cashback.DecodeTerms(data, time.LoadLocation)
}

func TestTermsRoundTrip(t *testing.T) {
	t.Parallel()
	text := reference.StoredText(t, "terms_v1.json")
	v, err := decodeTerms(text)
	require.NoError(t, err)
	back, err := json.Marshal(v)
	require.NoError(t, err)
	assert.Equal(t, string(text), string(back))
	for change, want := range map[string]error{
		`"v":2`: relmark.ErrUnsupported, `"v":0`: relmark.ErrUnsupported, `"V":1`: relmark.ErrInvalid,
		`"v":1,"v":1`: relmark.ErrInvalid, `"v":1,"other":1`: relmark.ErrInvalid,
	} {
		_, err = decodeTerms(bytes.Replace(text, []byte(`"v":1`), []byte(change), 1))
		assert.ErrorIs(t, err, want, change)
	}
	_, err = decodeTerms([]byte(`{"v":1,"zone":"Europe/Berlin","rate":"1.5"}`))
	assert.ErrorIs(t, err, relmark.ErrInvalid, "what is read is valid")
	_, err = decodeTerms(bytes.Replace(text, []byte(`"v":1,`), nil, 1))
	assert.ErrorIs(t, err, relmark.ErrUnsupported)
}

func TestZonesComeFromTheLoader(t *testing.T) {
	t.Parallel()
	down := errors.New("no zones here")
	for _, load := range []func(string) (*time.Location, error){
		nil,
		func(string) (*time.Location, error) { return nil, nil },
		func(string) (*time.Location, error) { return nil, down },
	} {
		_, err := cashback.DecodeTerms(reference.StoredText(t, "terms_v1.json"), load)
		assert.ErrorIs(t, err, relmark.ErrInvalid)
	}
	_, err := cashback.DecodeTerms(reference.StoredText(t, "terms_v1.json"), func(string) (*time.Location, error) { return nil, down })
	assert.ErrorIs(t, err, down)
	_, err = json.Marshal(cashback.Terms{Zone: time.Local})
	assert.ErrorIs(t, err, relmark.ErrInvalid)
}

// Nothing is encoded that cannot be read, and nothing as {}.
func TestWhatHasNoJSONRefuses(t *testing.T) {
	t.Parallel()
	for _, v := range []any{cashback.Terms{}, cashback.Event{}} {
		_, err := json.Marshal(v)
		assert.ErrorIs(t, err, relmark.ErrInvalid, "%T", v)
	}
	c := engine(t, cashback.Terms{})
	for _, v := range []any{c, *c, cashback.Wallet{}, &cashback.Wallet{}} {
		_, err := json.Marshal(v)
		assert.ErrorIs(t, err, relmark.ErrUnsupported, "%T", v)
	}
	for _, v := range []any{new(cashback.Engine), new(cashback.Wallet), new(cashback.Terms)} {
		assert.ErrorIs(t, json.Unmarshal(reference.StoredText(t, "terms_v1.json"), v), relmark.ErrUnsupported, "%T", v)
	}
	assert.ErrorContains(t, json.Unmarshal([]byte(`{}`), new(cashback.Terms)), "DecodeTerms")
}

// What a host sends or stores comes back equal, under keys in snake case.
func TestPlainDataRoundTrips(t *testing.T) {
	t.Parallel()
	at := when("2025-03-05T10:00:00Z")
	c := engine(t, cashback.Terms{Rate: dec("0.5")})
	d, err := c.Purchase(&cashback.Wallet{}, cashback.Purchase{"k", "o", dec("10"), at})
	require.NoError(t, err)
	for _, v := range []any{
		d,
		cashback.Decision{Seq: 7, Replayed: true},
		cashback.CommandError{cashback.Insufficient},
		cashback.Closing{"k", relmark.MustParseDate("2025-01-31"), at},
		cashback.Part{1, 2},
	} {
		text, err := json.Marshal(v)
		require.NoError(t, err)
		var back any
		switch v.(type) {
		case cashback.Decision:
			back = decoded[cashback.Decision](t, text)
		case cashback.CommandError:
			back = decoded[cashback.CommandError](t, text)
		case cashback.Closing:
			back = decoded[cashback.Closing](t, text)
		default:
			back = decoded[cashback.Part](t, text)
		}
		assert.Equal(t, v, back)
		assert.NotRegexp(t, `"[a-z_]*[A-Z][A-Za-z]*":`, string(text))
	}
	text, err := json.Marshal(cashback.Credit{"k", dec("1.50"), at, at})
	require.NoError(t, err)
	assert.JSONEq(t, `{"key":"k","amount":"1.5","at":"2025-03-05T10:00:00Z","expires_at":"2025-03-05T10:00:00Z"}`, string(text))
}

func decoded[T any](t *testing.T, text []byte) (v T) {
	t.Helper()
	require.NoError(t, json.Unmarshal(text, &v))
	return v
}

// goldenWallet returns the wallet that the events of version 1 make, one of each type.
func goldenWallet(t testing.TB) *cashback.Wallet {
	t.Helper()
	var w cashback.Wallet
	for line := range strings.Lines(string(reference.StoredText(t, "events_v1.jsonl"))) {
		var ev cashback.Event
		require.NoError(t, json.Unmarshal([]byte(line), &ev))
		require.NoError(t, w.Apply(ev))
		back, err := json.Marshal(ev)
		require.NoError(t, err)
		assert.Equal(t, strings.TrimSpace(line), string(back))
	}
	return &w
}

func TestEventsOfVersion1(t *testing.T) {
	t.Parallel()
	b := goldenWallet(t).Balance(when("2025-04-01T00:00:00Z"))
	assert.Equal(t, "11.75", b.Available.String())
	assert.True(t, b.Debt.IsZero())
	for line := range strings.Lines(string(reference.StoredText(t, "events_v1.jsonl"))) {
		for change, want := range map[string]error{
			`{"v":0,`: relmark.ErrUnsupported, `{"v":2,`: relmark.ErrUnsupported, `{`: relmark.ErrUnsupported, `{"v":1,"v":1,`: relmark.ErrInvalid,
		} {
			err := new(cashback.Event).UnmarshalJSON([]byte(strings.Replace(line, `{"v":1,`, change, 1)))
			assert.ErrorIs(t, err, want, change)
		}
	}
}

// A time with an offset is the same instant, and comes out in UTC.
func TestEventsComeInAnyOffset(t *testing.T) {
	t.Parallel()
	var want, got cashback.Event
	text, _, _ := strings.Cut(string(reference.StoredText(t, "events_v1.jsonl")), "\n")
	require.NoError(t, want.UnmarshalJSON([]byte(text)))
	require.NoError(t, got.UnmarshalJSON([]byte(strings.ReplaceAll(text, `T10:00:00Z`, `T12:00:00+02:00`))))
	assert.Equal(t, want, got)
}

// The files hold what a version wrote of the same events. A snapshot of version 1 comes
// back as the wallet of version 2, but for the name of credit whose key was forgotten.
func TestSnapshotsOfEveryVersion(t *testing.T) {
	t.Parallel()
	w := goldenWallet(t)
	data, err := w.MarshalBinary()
	require.NoError(t, err)
	assert.Equal(t, string(reference.StoredText(t, "wallet_v2.hex")), hex.EncodeToString(data))
	first, err := hex.DecodeString(string(reference.StoredText(t, "wallet_v1.hex")))
	require.NoError(t, err)
	for _, data := range [][]byte{data, first} {
		fresh := new(cashback.Wallet)
		require.NoError(t, fresh.UnmarshalBinary(data))
		before, err := fresh.MarshalBinary()
		require.NoError(t, err)
		assert.Equal(t, byte(2), before[1])
		for i := range data {
			assert.Error(t, fresh.UnmarshalBinary(codec.Seal(data[:i])))
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
		assert.Equal(t, w.Balance(future), fresh.Balance(future))
		assert.Equal(t, w.Version(), fresh.Version())
	}
	fresh := new(cashback.Wallet)
	empty, err := fresh.MarshalBinary()
	require.NoError(t, err)
	require.NoError(t, w.UnmarshalBinary(empty))
	assert.Equal(t, fresh, w, "an empty one is the zero value")
}

func FuzzTerms(f *testing.F) {
	f.Add(reference.StoredText(f, "terms_v1.json"))
	f.Fuzz(func(t *testing.T, data []byte) {
		v, err := decodeTerms(data)
		if err != nil {
			require.True(t, errors.Is(err, relmark.ErrInvalid) || errors.Is(err, relmark.ErrUnsupported), err)
			return
		}
		text, err := json.Marshal(v)
		require.NoError(t, err)
		again, err := decodeTerms(text)
		require.NoError(t, err)
		back, err := json.Marshal(again)
		require.NoError(t, err)
		require.Equal(t, string(text), string(back))
	})
}

// Lines of events: one that is accepted has one encoding from then on, and a wallet
// that they make comes back from its snapshot, whatever the events say.
func FuzzEvents(f *testing.F) {
	f.Add(reference.StoredText(f, "events_v1.jsonl"))
	for line := range strings.Lines(string(reference.StoredText(f, "events_v1.jsonl"))) {
		f.Add([]byte(line))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var w cashback.Wallet
		for line := range bytes.Lines(data) {
			var ev cashback.Event
			if ev.UnmarshalJSON(line) != nil {
				continue
			}
			text, err := json.Marshal(ev)
			require.NoError(t, err)
			var again cashback.Event
			require.NoError(t, again.UnmarshalJSON(text))
			require.Equal(t, ev, again)
			_ = w.Apply(ev)
		}
		_, _ = reloaded(t, &w, &cashback.Wallet{})
	})
}

// What a decoder accepts has one encoding, and goes on like any other: commands are
// decided without a panic, and what they decide can be applied. Bytes are read as they
// come, and with the checksum that they should have.
func FuzzSnapshot(f *testing.F) {
	data, err := goldenWallet(f).MarshalBinary()
	require.NoError(f, err)
	f.Add(data)
	f.Add(openSnapshot(f))
	for _, s := range []*state{opened(), ended()} {
		f.Add(s.encode())
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, data := range [][]byte{data, codec.Seal(data)} {
			var w cashback.Wallet
			if w.UnmarshalBinary(data) != nil {
				continue
			}
			back, err := w.MarshalBinary()
			require.NoError(t, err)
			require.True(t, data[1] == 1 || bytes.Equal(data, back))
			c, err := cashback.New(cashback.Terms{Zone: berlin, Digits: int(data[2]), Rate: dec("0.1"), Months: new(1)})
			require.NoError(t, err)
			goOn(t, c, &w)
		}
	})
}

// openSnapshot is of a wallet where nothing is closed, and in which a part of everything
// was undone.
func openSnapshot(t require.TestingT) []byte {
	c, err := cashback.New(cashback.Terms{Zone: berlin, Digits: 2, Rate: dec("0.1"), Months: new(12), GraceDays: new(30)})
	require.NoError(t, err)
	var w cashback.Wallet
	at := when("2025-03-05T10:00:00Z")
	d, err := c.Purchase(&w, cashback.Purchase{"1", "a", dec("50"), at})
	do(t, &w, d, err)
	d, err = c.Credit(&w, cashback.Credit{Key: "2", Amount: dec("3"), At: at})
	do(t, &w, d, err)
	d, err = c.Credit(&w, cashback.Credit{Key: "6", Amount: dec("2"), At: at, ExpiresAt: at.AddDate(0, 0, 3)})
	do(t, &w, d, err)
	d, err = c.Spend(&w, cashback.Spending{Key: "7", Amount: dec("1.2"), At: at, Credit: "6"})
	do(t, &w, d, err)
	at = at.AddDate(0, 0, 9)
	d, err = c.GiveBack(&w, cashback.GiveBack{"8", "7", dec("0.7"), at})
	do(t, &w, d, err)
	d, err = c.Spend(&w, cashback.Spending{Key: "3", Amount: dec("6"), At: at})
	do(t, &w, d, err)
	d, err = c.GiveBack(&w, cashback.GiveBack{"4", "3", dec("1.5"), at})
	do(t, &w, d, err)
	d, err = c.Refund(&w, cashback.Refund{"5", "a", dec("40"), at})
	do(t, &w, d, err)
	d, err = c.Cancel(&w, cashback.Cancellation{"9", "2", at})
	do(t, &w, d, err)
	data, err := w.MarshalBinary()
	require.NoError(t, err)
	return data
}

var future = when("2150-12-31T23:59:59Z")

// goOn earns, spends, gives back and closes, and looks at the balance.
func goOn(t require.TestingT, c *cashback.Engine, w *cashback.Wallet) {
	at := future
	apply := func(d cashback.Decision, err error) {
		if err == nil && !d.Replayed {
			require.NoError(t, w.Apply(d.Event))
		}
		requireBalance(t, w.Balance(at))
	}
	for known := range strings.SplitSeq("a b 0 1 2 3 4 5 6 7 8 9 10 11", " ") { // orders and spendings
		apply(c.Refund(w, cashback.Refund{Key: "refund " + known, Order: known, Amount: dec("1"), At: at}))
		apply(c.GiveBack(w, cashback.GiveBack{Key: "return " + known, Spending: known, Amount: dec("1"), At: at}))
	}
	for known := range strings.SplitSeq("0 1 2 3 4 5", " ") {
		apply(c.Spend(w, cashback.Spending{Key: "by name " + known, Credit: known, Amount: dec("0.01"), At: at}))
		apply(c.Cancel(w, cashback.Cancellation{Key: "cancel " + known, Credit: known, At: at}))
	}
	apply(c.Purchase(w, cashback.Purchase{Key: "buy", Order: "new", Net: dec("100"), At: at}))
	apply(c.Spend(w, cashback.Spending{Key: "spend", Amount: dec("2"), At: at}))
	apply(c.GiveBack(w, cashback.GiveBack{Key: "return", Spending: "spend", Amount: dec("1"), At: at}))
	apply(c.Refund(w, cashback.Refund{Key: "refund", Order: "new", Amount: dec("100"), At: at}))
	apply(c.Close(w, cashback.Closing{Key: "end", Before: relmark.MustParseDate("2151-01-01"), At: at}))
	_, _ = reloaded(t, w, &cashback.Wallet{})
}

// requireBalance checks that what came in is what is there and what went out, and that
// nothing is negative.
func requireBalance(t require.TestingT, b cashback.Balance) {
	in, out := b.Granted.Add(b.Credited), decimal.Sum(b.Pending, b.Available, b.Expired, b.Debt.Neg(), b.Spent, b.Reversed, b.Cancelled)
	require.True(t, in.Equal(out))
	for _, part := range []decimal.Decimal{b.Pending, b.Available, b.Expired, b.Debt, b.Granted, b.Credited, b.Spent, b.Reversed, b.Cancelled} {
		require.False(t, part.IsNegative())
	}
}
