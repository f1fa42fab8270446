package voucher_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/loyalty/voucher"
)

// configs decode and encode each kind of configuration.
var configs = map[string]func(data []byte) (any, error){
	"terms":     func(data []byte) (any, error) { return voucher.DecodeTerms(data, time.LoadLocation) },
	"pricelist": func(data []byte) (any, error) { return voucher.DecodePriceList(data, time.LoadLocation) },
	"cashback":  func(data []byte) (any, error) { return voucher.DecodeCashbackTerms(data, time.LoadLocation) },
	"stack": func(data []byte) (any, error) {
		var s voucher.Stack
		err := s.UnmarshalJSON(data)
		return s, err
	},
	"format": func(data []byte) (any, error) {
		var f voucher.CodeFormat
		err := f.UnmarshalJSON(data)
		return f, err
	},
}

func golden(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	require.NoError(t, err)
	return bytes.TrimSpace(data)
}

func TestConfigurationRoundTrips(t *testing.T) {
	t.Parallel()
	for name, decode := range configs {
		text := golden(t, name+"_v1.json")
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
	}
}

func TestZonesComeFromTheLoader(t *testing.T) {
	t.Parallel()
	down := errors.New("no zones here")
	for _, name := range []string{"terms_v1.json", "pricelist_v1.json", "cashback_v1.json"} {
		for _, load := range []func(string) (*time.Location, error){
			nil,
			func(string) (*time.Location, error) { return nil, nil },
			func(string) (*time.Location, error) { return nil, down },
		} {
			data := golden(t, name)
			_, errTerms := voucher.DecodeTerms(data, load)
			_, errList := voucher.DecodePriceList(data, load)
			_, errCashback := voucher.DecodeCashbackTerms(data, load)
			assert.ErrorIs(t, errTerms, relmark.ErrInvalid)
			assert.ErrorIs(t, errList, relmark.ErrInvalid)
			assert.ErrorIs(t, errCashback, relmark.ErrInvalid)
		}
	}
	_, err := voucher.DecodeTerms(golden(t, "terms_v1.json"), func(string) (*time.Location, error) { return nil, down })
	assert.ErrorIs(t, err, down)
	_, err = json.Marshal(voucher.Terms{Zone: time.Local})
	assert.ErrorIs(t, err, relmark.ErrInvalid)
}

func TestNothingInvalidIsEncoded(t *testing.T) {
	t.Parallel()
	for _, v := range []any{
		voucher.Terms{}, voucher.PriceList{}, voucher.CashbackTerms{}, voucher.Stack{Digits: -1}, voucher.CodeFormat{}, voucher.Event{}, voucher.WalletEvent{},
	} {
		_, err := json.Marshal(v)
		assert.ErrorIs(t, err, relmark.ErrInvalid, "%T", v)
	}
}

// The files hold one event of every type, and a register and a wallet that they
// make.
func TestEventsOfVersion1(t *testing.T) {
	t.Parallel()
	var g voucher.Register
	for line := range strings.Lines(string(golden(t, "events_v1.jsonl"))) {
		var ev voucher.Event
		require.NoError(t, json.Unmarshal([]byte(line), &ev))
		require.NoError(t, g.Apply(ev))
		back, err := json.Marshal(ev)
		require.NoError(t, err)
		assert.Equal(t, strings.TrimSpace(line), string(back))
	}
	assert.Equal(t, voucher.Uses{Code: 2, Campaign: 2}, g.Uses("SPRING", "m7"), "one voided, one forgotten")

	var w voucher.Wallet
	for line := range strings.Lines(string(golden(t, "wallet_events_v1.jsonl"))) {
		var ev voucher.WalletEvent
		require.NoError(t, json.Unmarshal([]byte(line), &ev))
		require.NoError(t, w.Apply(ev))
		back, err := json.Marshal(ev)
		require.NoError(t, err)
		assert.Equal(t, strings.TrimSpace(line), string(back))
	}
	b := w.Balance(when("2025-04-01T00:00:00Z"))
	assert.Equal(t, "11.75", b.Available.String())
	assert.True(t, b.Debt.IsZero())
}

func TestEventsOfUnknownVersions(t *testing.T) {
	t.Parallel()
	for name, decode := range map[string]func([]byte) error{
		"events_v1.jsonl":        func(data []byte) error { return new(voucher.Event).UnmarshalJSON(data) },
		"wallet_events_v1.jsonl": func(data []byte) error { return new(voucher.WalletEvent).UnmarshalJSON(data) },
	} {
		for line := range strings.Lines(string(golden(t, name))) {
			require.NoError(t, decode([]byte(line)))
			for change, want := range map[string]error{
				`{"v":0,`: relmark.ErrUnsupported, `{"v":2,`: relmark.ErrUnsupported, `{`: relmark.ErrUnsupported, `{"v":1,"v":1,`: relmark.ErrInvalid,
			} {
				assert.ErrorIs(t, decode([]byte(strings.Replace(line, `{"v":1,`, change, 1))), want, "%s with %s", name, change)
			}
		}
	}
}

func FuzzConfiguration(f *testing.F) {
	for name := range configs {
		f.Add(golden(f, name+"_v1.json"))
	}
	f.Add([]byte(`{"v":1,"digits":2,"vouchers":[{"id":"a","kind":"percent","percent":"1e9"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		for name, decode := range configs {
			v, err := decode(data)
			if err != nil {
				if !errors.Is(err, relmark.ErrInvalid) && !errors.Is(err, relmark.ErrUnsupported) {
					t.Fatalf("%s: %v", name, err)
				}
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

// Lines of events: one that is accepted has one encoding from then on, and a state
// that they make comes back from its snapshot, whatever the events say.
func FuzzEvents(f *testing.F) {
	for _, name := range []string{"events_v1.jsonl", "wallet_events_v1.jsonl"} {
		f.Add(golden(f, name))
		for line := range strings.Lines(string(golden(f, name))) {
			f.Add([]byte(line))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var g voucher.Register
		var w voucher.Wallet
		for line := range bytes.Lines(data) {
			var ev voucher.Event
			if err := ev.UnmarshalJSON(line); err == nil {
				text, err := json.Marshal(ev)
				require.NoError(t, err)
				var again voucher.Event
				require.NoError(t, again.UnmarshalJSON(text))
				require.Equal(t, ev, again)
				_ = g.Apply(ev)
			}
			var we voucher.WalletEvent
			if err := we.UnmarshalJSON(line); err == nil {
				text, err := json.Marshal(we)
				require.NoError(t, err)
				var again voucher.WalletEvent
				require.NoError(t, again.UnmarshalJSON(text))
				require.Equal(t, we, again)
				_ = w.Apply(we)
			}
		}
		_, _ = reloaded(t, &g, &voucher.Register{})
		_, _ = reloaded(t, &w, &voucher.Wallet{})
	})
}

// goldenStates returns the register and the wallet that the events of version 1
// make.
func goldenStates(t testing.TB) map[string]snapshotter {
	t.Helper()
	var g voucher.Register
	for line := range strings.Lines(string(golden(t, "events_v1.jsonl"))) {
		var ev voucher.Event
		require.NoError(t, json.Unmarshal([]byte(line), &ev))
		require.NoError(t, g.Apply(ev))
	}
	var w voucher.Wallet
	for line := range strings.Lines(string(golden(t, "wallet_events_v1.jsonl"))) {
		var ev voucher.WalletEvent
		require.NoError(t, json.Unmarshal([]byte(line), &ev))
		require.NoError(t, w.Apply(ev))
	}
	return map[string]snapshotter{"register": &g, "wallet": &w}
}

type snapshotter interface {
	MarshalBinary() ([]byte, error)
	UnmarshalBinary(data []byte) error
}

// The files hold what version 1 wrote.
func TestSnapshotsOfVersion1(t *testing.T) {
	t.Parallel()
	fresh := map[string]snapshotter{"register": &voucher.Register{}, "wallet": &voucher.Wallet{}}
	for name, state := range goldenStates(t) {
		data, err := state.MarshalBinary()
		require.NoError(t, err)
		assert.Equal(t, string(golden(t, name+"_v1.hex")), hex.EncodeToString(data), name)
		empty, err := fresh[name].MarshalBinary()
		require.NoError(t, err)
		require.NoError(t, state.UnmarshalBinary(empty))
		assert.Equal(t, fresh[name], state, "%s: an empty one is the zero value", name)
		require.NoError(t, fresh[name].UnmarshalBinary(data))
		for i := range data {
			assert.Error(t, fresh[name].UnmarshalBinary(codec.Seal(data[:i])), name)
		}
		assert.ErrorIs(t, fresh[name].UnmarshalBinary(codec.Seal(append(data, 0))), relmark.ErrInvalid)
		back, err := fresh[name].MarshalBinary()
		require.NoError(t, err)
		assert.Equal(t, data, back, "%s: unchanged by errors", name)
		for _, unknown := range []byte{0, 2, 255} {
			data[1] = unknown
			assert.ErrorIs(t, fresh[name].UnmarshalBinary(data), relmark.ErrUnsupported, "%s %d", name, unknown)
		}
	}
}

// What a decoder accepts has one encoding, and goes on like any other: commands are
// decided without a panic, and what they decide can be applied.
func FuzzSnapshots(f *testing.F) {
	for _, state := range goldenStates(f) {
		data, err := state.MarshalBinary()
		require.NoError(f, err)
		f.Add(data)
	}
	for _, text := range []string{openRegister, openWallet} {
		data, err := hex.DecodeString(text)
		require.NoError(f, err)
		f.Add(codec.AppendSum(data, 0))
	}
	campaign := campaign(f, voucher.Terms{Limits: voucher.Limits{Code: new(int64(1000))}})
	terms := voucher.CashbackTerms{Zone: berlin, Rate: dec("0.1"), Months: new(1)}
	f.Fuzz(func(t *testing.T, data []byte) {
		data = codec.Seal(data)
		var g voucher.Register
		if g.UnmarshalBinary(data) == nil {
			back, err := g.MarshalBinary()
			require.NoError(t, err)
			require.Equal(t, data, back)
			require.LessOrEqual(t, uint64(len(g.Live())), g.Version())
			goOn(t, campaign, &g)
		}
		var w voucher.Wallet
		if w.UnmarshalBinary(data) == nil {
			back, err := w.MarshalBinary()
			require.NoError(t, err)
			require.Equal(t, data, back)
			terms.Digits = 0
			if len(data) > 2 {
				terms.Digits = int(data[2])
			}
			c, err := voucher.NewCashback(terms)
			require.NoError(t, err)
			goOnWallet(t, c, &w)
		}
	})
}

// Snapshots of a register and of a wallet, where nothing is closed.
const (
	openRegister = "0d01020002026b31018080f29f8df3efa93006535052494e47026d37026b32028280eab49f9897aa30026b310000"
	openWallet   = "0e010200a006e807ac027d0000030301ac028080abf2bfe5e6ac3080808b90828c8a9a3102d00f8080ea83c2ea8baf30feffffffffffffffff0103c2038080daade6b4daaf30feffffffffffffffff0102016180f104e807a09c01fa01020162a09c01d8040000060101328407ac020102840701d21f06c00c060131076772616e74656401610080f104808092ccc4ded2a83000020132057370656e74000084078080fad99da0bdae3000040133087265766572736564016100a09c018080f2eeafc5e4ae30000601340863726564697465640000d00f8080ea83c2ea8baf30000801350872657475726e6564000132ac028080e298d48fb3af30000a0136076772616e746564016200a09c018080daade6b4daaf30000c"
)

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
		apply(g.Void(voucher.Voiding{Key: key + "'", Redemption: key, At: at}))
	}
	apply(c.Close(g, voucher.Closing{Key: "end", Before: relmark.MustParseDate("2151-01-01"), At: at}))
	_, _ = reloaded(t, g, &voucher.Register{})
}

// goOnWallet earns, spends, gives back and closes, and looks at the balance.
func goOnWallet(t require.TestingT, c *voucher.Cashback, w *voucher.Wallet) {
	at := future
	apply := func(d voucher.WalletDecision, err error) {
		if err == nil && !d.Replayed {
			require.NoError(t, w.Apply(d.Event))
		}
		b := w.Balance(at)
		in, out := b.Granted.Add(b.Credited), decimal.Sum(b.Pending, b.Available, b.Expired, b.Debt.Neg(), b.Spent, b.Reversed)
		require.True(t, in.Equal(out))
		for _, part := range []decimal.Decimal{b.Pending, b.Available, b.Expired, b.Debt, b.Granted, b.Credited, b.Spent, b.Reversed} {
			require.False(t, part.IsNegative())
		}
	}
	for known := range strings.SplitSeq("a b 0 1 2 3 4 5 6 7 8 9 10 11", " ") { // orders and spendings
		apply(c.Refund(w, voucher.Refund{Key: "refund " + known, Order: known, Amount: dec("1"), At: at}))
		apply(c.GiveBack(w, voucher.GiveBack{Key: "return " + known, Spending: known, Amount: dec("1"), At: at}))
	}
	apply(c.Purchase(w, voucher.Purchase{Key: "buy", Order: "new", Net: dec("100"), At: at}))
	apply(c.Spend(w, voucher.Spending{Key: "spend", Amount: dec("2"), At: at}))
	apply(c.GiveBack(w, voucher.GiveBack{Key: "return", Spending: "spend", Amount: dec("1"), At: at}))
	apply(c.Refund(w, voucher.Refund{Key: "refund", Order: "new", Amount: dec("100"), At: at}))
	apply(c.Close(w, voucher.Closing{Key: "end", Before: relmark.MustParseDate("2151-01-01"), At: at}))
	_, _ = reloaded(t, w, &voucher.Wallet{})
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
