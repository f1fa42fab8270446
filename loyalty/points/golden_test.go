package points_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/hostile"
	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/loyalty/earning"
	"github.com/relmark/relmark/loyalty/points"
)

// everyKind is a history with an event of every kind and nearly every field.
func everyKind(t require.TestingT) (events []points.Event, a points.Account) {
	p := full(t)
	p.Versions[1].Multipliers = append(p.Versions[1].Multipliers, earning.Multiplier{Rule: "gold \"1\"", Factor: decimal.New(12, -1), When: earning.Condition{Tiers: []string{"gold"}}})
	p.Versions[1].Activities = []earning.ActivityRule{{Rule: "opinion", Kind: "review"}}
	p.MaturityDays, p.Expiry, p.Shortfall = 0, points.Expiry{Kind: points.Inactivity, N: 6}, points.CashDeduct
	e := compiled(t, p)
	shop := []earning.Tag{{Name: "channel", Value: "shop"}}
	step := func(c points.Command) { events = append(events, do(t, e, &a, c)) }
	step(with(head("open", 0), points.Open{Debt: 5, Activity: day(-9), Lots: []points.Opening{{Points: 100, ExpiresAt: at(30), Rolls: true}, {Points: 40, AvailableAt: at(2)}}}))
	step(with(head("early", 1), points.Refund{Order: "O1", Amount: euros(3), Ordered: day(1)}))
	step(with(points.Command{Key: "k1\n", At: at(1), Recorded: at(1).Add(1500 * time.Millisecond)}, points.Earn{
		Order: "O1", Amount: euros(60), PayPoints: 50,
		Lines: []earning.OrderLine{{Amount: euros(60), Category: "coffee"}}, Tier: "gold", Tags: shop,
	}))
	step(with(head("k2", 2), points.Earn{Order: "O2", Amount: euros(700), Lines: []earning.OrderLine{{Amount: euros(50), Category: "coffee"}}, Expires: new(at(200))}))
	step(with(head("k3", 3), points.Redeem{Points: 31}))
	step(with(head("k4", 4), points.Refund{Order: "O1", Amount: decimalOf(1234)}))
	step(with(head("k5", 5), points.Adjust{Points: 25, Reason: "goodwill", AvailableAt: at(9), Expires: new(time.Time{})}))
	step(with(head("k6", 6), points.Adjust{Points: -5, Reason: "correction"}))
	step(with(head("k7", 7), points.Reserve{Reservation: "R1", Points: 60, TTL: 90 * time.Minute}))
	step(with(head("k8", 7), points.Commit{Reservation: "R1", Points: 20}))
	step(with(head("k9", 8), points.Reserve{Reservation: "R2", Points: 10, TTL: time.Minute}))
	step(with(head("k10", 8), points.Void{Reservation: "R2"}))
	step(with(head("k11", 9), points.Send{From: "a", To: "b", Points: 30}))
	step(with(head("k12", 10), points.Receive{Parcel: []points.Moved{{Lot: 3, Points: 12, AvailableAt: at(1), ExpiresAt: at(99), Rolls: true}}, Contributor: "m1"}))
	step(with(head("k13", 11), points.Leave{Member: "m1"}))
	step(with(head("k14", 12), points.Close{Before: day(2)}))
	step(with(head("k15", 400), points.Sweep{}))
	step(with(head("k16", 401), points.Act{Kind: "review", Source: "7", Points: new(int64(12)), Tags: shop}))
	step(with(head("k17", 402), points.Refund{Order: "O2", Lines: []points.RefundLine{{ID: "1", Quantity: new(decimal.New(5, -1))}}}))
	step(with(head("k18", 402), points.Refund{Order: "O3", Ordered: day(401), Lines: []points.RefundLine{{ID: "a", Amount: new(euros(3))}}}))
	step(with(head("k19", 403), points.Refund{Order: "O2", Amount: euros(675)}))
	return events, a
}

func TestGoldenEvents(t *testing.T) {
	t.Parallel()
	var all bytes.Buffer
	events, a := everyKind(t)
	for _, ev := range events {
		data, err := json.Marshal(ev)
		require.NoError(t, err)
		all.Write(append(data, '\n'))
	}
	reference.Pin(t, "events_v1.jsonl", all.Bytes())
	var compact bytes.Buffer
	var decoder points.Decoder
	for _, ev := range events {
		data, err := ev.MarshalBinary()
		require.NoError(t, err)
		compact.WriteString(hex.EncodeToString(data) + "\n")
		var back points.Event
		require.NoError(t, decoder.DecodeBinary(data, &back))
		assert.Equal(t, ev, back)
		for n := range len(data) {
			assert.Error(t, back.UnmarshalBinary(data[:n]))
		}
		assert.ErrorIs(t, back.UnmarshalBinary(append(data, 0)), relmark.ErrInvalid)
		data[0] = 2
		assert.ErrorIs(t, back.UnmarshalBinary(data), relmark.ErrUnsupported)
		data[0], data[1] = 1, 99
		assert.ErrorIs(t, back.UnmarshalBinary(data), relmark.ErrUnsupported)
		assert.Equal(t, ev, back)
	}
	reference.Pin(t, "events_v1.hex", compact.Bytes())
	var again points.Account
	require.NoError(t, points.Fold(&again, decoded(bytes.Split(bytes.TrimSpace(all.Bytes()), []byte("\n")))))
	snapshot, err := a.MarshalBinary()
	require.NoError(t, err)
	replayed, err := again.MarshalBinary()
	require.NoError(t, err)
	assert.Equal(t, snapshot, replayed)
	reference.Pin(t, "snapshot_v2.hex", append(hex.AppendEncode(nil, snapshot), '\n'))
	var s points.Summary
	require.NoError(t, s.Add(&a, at(403)))
	sum, err := s.MarshalBinary()
	require.NoError(t, err)
	reference.Pin(t, "summary_v1.hex", append(hex.AppendEncode(nil, sum), '\n'))
	program, err := json.Marshal(full(t))
	require.NoError(t, err)
	reference.Pin(t, "program_v1.json", append(program, '\n'))
	balance, err := json.MarshalIndent(a.Balance(at(403)), "", "\t")
	require.NoError(t, err)
	reference.Pin(t, "balance.json", append(balance, '\n'))
	book := map[points.Place]int64{}
	var before points.Account
	for _, ev := range events {
		for _, p := range append(before.Due(ev.Recorded), points.Journal(ev)...) {
			book[p.From] -= p.Points
			book[p.To] += p.Points
		}
		require.NoError(t, before.Apply(ev))
	}
	b := a.Balance(at(403))
	assert.Equal(t, b.Available, book[points.AtAvailable])
	assert.Equal(t, b.Expired, book[points.AtExpired])
	assert.Equal(t, b.Sent-b.Received, book[points.AtTransit])
	assert.Empty(t, points.Journal(points.Event{}))
}

// Every version that was ever written is read, in both encodings, and both say the
// same; so do a decoder that reuses memory, one that does not, and none at all.
func TestEveryVersionIsRead(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/events_v*.jsonl")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	lines := func(path string) [][]byte {
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		return bytes.Split(bytes.TrimSpace(data), []byte("\n"))
	}
	for _, path := range files {
		var keeping points.Decoder
		reusing := points.Decoder{Reuse: true}
		text, packed := lines(path), lines(strings.TrimSuffix(path, "jsonl")+"hex")
		require.Len(t, packed, len(text))
		for round := range 2 {
			for i := range text {
				var want, ev points.Event
				require.NoError(t, want.UnmarshalJSON(text[i]))
				compact, err := hex.DecodeString(string(packed[i]))
				require.NoError(t, err)
				require.NoError(t, ev.UnmarshalBinary(compact))
				assert.Equal(t, want, ev, "%s:%d", path, i+1)
				for _, d := range []*points.Decoder{&keeping, &reusing} {
					require.NoError(t, d.Decode(text[i], &ev))
					assert.Equal(t, want, ev, "%s:%d, round %d", path, i+1, round)
					require.NoError(t, d.DecodeBinary(compact, &ev))
					assert.Equal(t, want, ev, "%s:%d, round %d", path, i+1, round)
				}
			}
		}
	}
}

// A snapshot of version 1 is read, and is what is written now in other words.
func TestEverySnapshotIsRead(t *testing.T) {
	t.Parallel()
	events, _ := everyKind(t)
	for path, n := range map[string]int{"testdata/snapshot_v1.hex": 17, "testdata/snapshot_v2.hex": len(events)} {
		var want points.Account
		for _, ev := range events[:n] {
			require.NoError(t, want.Apply(ev))
		}
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		old, err := hex.DecodeString(strings.TrimSpace(string(data)))
		require.NoError(t, err)
		var a points.Account
		require.NoError(t, a.UnmarshalBinary(old))
		assert.Equal(t, want.Version(), a.Version())
		assert.Equal(t, want.Balance(at(0)), a.Balance(at(0)))
		assert.Equal(t, want.Balance(at(403)), a.Balance(at(403)))
		assert.Len(t, a.Goals(), len(want.Goals()))
		assert.Equal(t, want.Granted(relmark.MustParseDate("2025-01-01"), relmark.MustParseDate("2025-01-31")), a.Granted(relmark.MustParseDate("2025-01-01"), relmark.MustParseDate("2025-01-31")))
		assert.Equal(t, want.Granted(relmark.Date{}, relmark.Date{}), a.Granted(relmark.Date{}, relmark.Date{}))
		for n := range old {
			old[n] ^= 1
			assert.Error(t, new(points.Account).UnmarshalBinary(old))
			old[n] ^= 1
		}
	}
}

// What a decoder handed out stays what it was, whatever is decoded later; with Reuse
// the account stays.
func TestDecodersDoNotTouchWhatTheyHandedOut(t *testing.T) {
	t.Parallel()
	events, a := everyKind(t)
	var keeping points.Decoder
	reusing := points.Decoder{Reuse: true}
	kept := make([]points.Event, len(events))
	var folded points.Account
	for i, want := range events {
		data, err := want.MarshalBinary()
		require.NoError(t, err)
		require.NoError(t, keeping.DecodeBinary(data, &kept[i]))
		var ev points.Event
		require.NoError(t, reusing.DecodeBinary(data, &ev))
		require.NoError(t, folded.Apply(ev))
	}
	assert.Equal(t, events, kept)
	want, err := a.MarshalBinary()
	require.NoError(t, err)
	got, err := folded.MarshalBinary()
	require.NoError(t, err)
	assert.Equal(t, want, got)
}

func TestDecodeRefusesWhatIsNotCanonical(t *testing.T) {
	t.Parallel()
	events, _ := everyKind(t)
	good, err := events[2].AppendJSON(nil)
	require.NoError(t, err)
	var ev points.Event
	require.NoError(t, ev.UnmarshalJSON(good))
	for _, c := range []struct{ old, new string }{
		{`{"v"`, ` {"v"`},
		{`"seq":3`, `"seq": 3`},
		{`"seq":3`, `"seq":03`},
		{`"seq":3`, `"seq":3.0`},
		{`"seq":3`, `"seq":-3`},
		{`"seq":3`, `"seq":-0`},
		{`"seq":3`, `"seq":0`},
		{`"seq":3`, `"seq":9999999999999999999`},
		{`"seq":3,`, ``},
		{`"key":"k1\u000a"`, `"key":""`},
		{`\u000a`, `\n`},
		{`\u000a`, `\u000A`},
		{`\u000a`, `\u0061`},
		{`\u000a`, "\n"},
		{`\u000a`, "\xff"},
		{`\"1\"`, `\"1\q`},
		{`12:00:01.5Z`, `12:00:01.50Z`},
		{`12:00:01.5Z`, `12:00:01.Z`},
		{`12:00:01.5Z`, `12:00:01.5+00:00`},
		{`12:00:01.5Z`, `24:00:01.5Z`},
		{`12:00:01.5Z`, `12:00:00Z`},
		{`2025-01-11T12:00:01.5Z`, `1699-01-11T12:00:01.5Z`},
		{`"date":"2025-01-11"`, `"date":"2025-02-29"`},
		{`"total":"60.00"`, `"total":"60.0"`},
		{`"total":"60.00"`, `"total":"60.000"`},
		{`"total":"60.00"`, `"total":"0.00"`},
		{`"total":"60.00"`, `"total":"-0.00"`},
		{`"total":"60.00"`, `"total":60`},
		{`"digits":2`, `"digits":10`},
		{`"currency":"EUR",`, ``},
		{`"rolls":true`, `"rolls":false`},
		{`}}`, `}}}`},
		{`}}`, `}`},
	} {
		bad := strings.Replace(string(good), c.old, c.new, 1)
		if c.old == `"currency":"EUR",` || c.old == `"seq":3,` {
			assert.NoError(t, new(points.Event).UnmarshalJSON([]byte(bad)), "absent is zero")
			continue
		}
		require.NotEqual(t, string(good), bad, c.old)
		before := ev
		err := ev.UnmarshalJSON([]byte(bad))
		assert.ErrorIs(t, err, relmark.ErrInvalid, c.new)
		assert.Equal(t, before, ev)
	}
	for _, c := range [][2]string{{`"v":1`, `"v":2`}, {`"earned"`, `"burnt"`}} {
		assert.ErrorIs(t, ev.UnmarshalJSON([]byte(strings.Replace(string(good), c[0], c[1], 1))), relmark.ErrUnsupported)
	}
	for _, bad := range []points.Event{{}, {Body: &points.Earned{Facts: earning.Facts{Digits: 10}}}, {Key: "\xff", Body: &points.Swept{}}} {
		_, err = bad.AppendJSON(nil)
		assert.ErrorIs(t, err, relmark.ErrInvalid)
		_, err = bad.AppendBinary(nil)
		assert.ErrorIs(t, err, relmark.ErrInvalid)
	}
}

func TestBinaryRefusesWhatItDidNotWrite(t *testing.T) {
	t.Parallel()
	_, a := everyKind(t)
	var s points.Summary
	require.NoError(t, s.Add(&a, at(403)))
	snapshot, err := a.MarshalBinary()
	require.NoError(t, err)
	sum, err := s.MarshalBinary()
	require.NoError(t, err)
	for n := range len(snapshot) {
		assert.Error(t, new(points.Account).UnmarshalBinary(codec.Seal(snapshot[:n])))
	}
	for n := range len(sum) {
		assert.Error(t, new(points.Summary).UnmarshalBinary(codec.Seal(sum[:n])))
	}
	snapshot[1], sum[1] = 9, 9
	assert.ErrorIs(t, a.UnmarshalBinary(snapshot), relmark.ErrUnsupported)
	assert.ErrorIs(t, s.UnmarshalBinary(sum), relmark.ErrUnsupported)
	assert.ErrorIs(t, s.UnmarshalBinary(nil), relmark.ErrInvalid)
	most := points.Summary{Accounts: 1<<63 - 1}
	assert.ErrorIs(t, most.Merge(points.Summary{Accounts: 1}), relmark.ErrLimit)
	assert.Equal(t, int64(1<<63-1), most.Accounts)
}

// A hostile host: package variables and the local zone are changed, nothing else
// is. It must not run in parallel: parallel tests wait until it is done.
//
//nolint:paralleltest // it changes variables of the process
func TestHostSettingsChangeNothing(t *testing.T) {
	everything := func() string {
		events, a := everyKind(t)
		var out bytes.Buffer
		for _, ev := range events {
			data, err := ev.AppendJSON(nil)
			require.NoError(t, err)
			out.Write(data)
		}
		snapshot, err := a.MarshalBinary()
		require.NoError(t, err)
		program, err := json.Marshal(full(t))
		require.NoError(t, err)
		return out.String() + string(snapshot) + string(program)
	}
	want := everything()
	hostile.Settings(t)
	assert.Equal(t, want, everything())
}
