package points_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/hostile"
	"github.com/relmark/relmark/loyalty/earning"
	"github.com/relmark/relmark/loyalty/points"
)

// beyond are decimals that no text says, only decimal.New.
func beyond() []decimal.Decimal {
	return []decimal.Decimal{
		decimal.New(1, math.MaxInt32), decimal.New(1, math.MinInt32), decimal.New(-1, math.MaxInt32),
		decimal.New(0, math.MaxInt32), decimal.New(0, math.MinInt32),
	}
}

// Not parallel: it counts what is allocated.
//
//nolint:paralleltest // see above
func TestHostileDecimalsEndAtOnce(t *testing.T) {
	fields := map[string]func(p *points.Program, d decimal.Decimal){
		"PointValue":  func(p *points.Program, d decimal.Decimal) { p.PointValue = d },
		"TransferFee": func(p *points.Program, d decimal.Decimal) { p.TransferFee = d },
		"Per":         func(p *points.Program, d decimal.Decimal) { p.Versions[1].Rates[0].Per = d },
		"Factor":      func(p *points.Program, d decimal.Decimal) { p.Versions[1].Multipliers[0].Factor = d },
		"MinTotal":    func(p *points.Program, d decimal.Decimal) { p.Versions[1].Bonuses[0].When.MinTotal = &d },
		"MaxTotal":    func(p *points.Program, d decimal.Decimal) { p.Versions[1].Bonuses[0].When.MaxTotal = &d },
	}
	e := compiled(t, points.Program{})
	var a points.Account
	do(t, e, &a, with(head("1", 0), points.Earn{Order: "O", Amount: euros(10)}))
	for _, d := range beyond() {
		for name, set := range fields {
			hostile.Within(t, 4, name, func() {
				p := full(t)
				set(&p, d)
				_, err := points.Compile(p)
				assert.ErrorIs(t, err, relmark.ErrInvalid, name)
				assert.ErrorContains(t, err, name)
				_, err = json.Marshal(p)
				assert.ErrorIs(t, err, relmark.ErrInvalid, name)
			})
		}
		for name, c := range map[string]points.Command{
			"earn":   with(head("2", 1), points.Earn{Order: "P", Amount: d}),
			"line":   with(head("2", 1), points.Earn{Order: "P", Amount: euros(1), Lines: []earning.OrderLine{{Amount: d}}}),
			"refund": with(head("2", 1), points.Refund{Order: "O", Amount: d}),
		} {
			hostile.Within(t, 4, name, func() {
				_, err := e.Decide(&a, c)
				if d.Sign() != 0 || name == "refund" {
					assert.Error(t, sentinel(t, err), name)
				} else {
					assert.NoError(t, err, "zero is zero")
				}
			})
		}
	}
}

// An event of a caller's own making costs no more than it says, and what could not be
// read is not written.
//
//nolint:paralleltest // it counts what is allocated
func TestHostileEventsAreNotWritten(t *testing.T) {
	late := time.Date(12_000, 1, 1, 0, 0, 0, 0, time.UTC)
	for name, ev := range map[string]points.Event{
		"digits of facts":     {Body: &points.Earned{Facts: earning.Facts{Digits: math.MaxInt, Total: 1}}},
		"digits of lines":     {Body: &points.Earned{Facts: earning.Facts{Digits: math.MaxInt, Lines: []earning.Line{{Amount: 1}}}}},
		"digits of a value":   {Body: &points.Earned{PaidValue: 1, Facts: earning.Facts{Digits: 10}}},
		"negative digits":     {Body: &points.Earned{Facts: earning.Facts{Digits: -1, Total: 1}}},
		"digits of a refund":  {Body: &points.Refunded{Digits: math.MaxInt, Amount: 1}},
		"digits, late":        {Body: &points.LateRefunded{Refund: points.Refunded{Digits: 1 << 30, Amount: 1}}},
		"digits, parked":      {Body: &points.Earned{Refunds: []points.Refunded{{Digits: 1 << 30, Amount: 1}}}},
		"an instant too late": {At: late, Body: &points.Swept{}},
		"one too early":       {At: time.Date(1699, 12, 31, 23, 59, 59, 0, time.UTC), Body: &points.Swept{}},
		"recorded too late":   {Recorded: late, Body: &points.Swept{}},
		"a lot too late":      {Body: &points.Adjusted{ExpiresAt: late}},
		"a sequence":          {Seq: math.MaxUint64, Body: &points.Swept{}},
		"a state":             {Body: &points.Redeemed{Parts: []points.Part{{State: "lost"}}}},
		"a key":               {Key: "\xff", Body: &points.Swept{}},
	} {
		hostile.Within(t, 4, name, func() {
			text, err := ev.AppendJSON([]byte("x"))
			require.ErrorIs(t, err, relmark.ErrInvalid, name)
			require.Equal(t, "x", string(text))
			compact, err := ev.AppendBinary([]byte("x"))
			require.ErrorIs(t, err, relmark.ErrInvalid, name)
			require.Equal(t, "x", string(compact))
		})
	}
}

// No single bit of a compact event can flip unnoticed.
func TestCompactEventsHaveAChecksum(t *testing.T) {
	t.Parallel()
	events, _ := everyKind(t)
	for _, ev := range events {
		data, err := ev.MarshalBinary()
		require.NoError(t, err)
		for bit := range 8 * len(data) {
			bad := bytes.Clone(data)
			bad[bit/8] ^= 1 << (bit % 8)
			require.Error(t, new(points.Event).UnmarshalBinary(bad), "bit %d of %x", bit, data)
		}
	}
}

// The same counters, out of reach: each change is one that no events make, in a snapshot
// whose checksum is right.
func TestSnapshotsOutOfReachAreRefused(t *testing.T) {
	t.Parallel()
	e := compiled(t, points.Program{})
	build := func(last ...points.Command) []byte {
		var a points.Account
		do(t, e, &a, with(head("1", 0), points.Earn{Order: "O", Amount: euros(10)}))
		for _, c := range last {
			do(t, e, &a, c)
		}
		return snapshot(t, &a)
	}
	require.NoError(t, new(points.Account).UnmarshalBinary(build()))
	zero := snapshot(t, new(points.Account))
	require.NoError(t, new(points.Account).UnmarshalBinary(zero))
	refused := func(name string, data []byte) {
		t.Helper()
		data = codecSeal(data)
		var a points.Account
		require.ErrorIs(t, a.UnmarshalBinary(data), relmark.ErrInvalid, name)
		assert.Zero(t, a.Version(), name)
	}
	for i := 3; i < len(zero)-4; i++ { // whatever counts while nothing has happened
		for _, b := range []byte{1, 2, 0x7f} {
			bad := bytes.Clone(zero)
			bad[i] = b
			refused(fmt.Sprintf("zero account, byte %d = %d", i, b), bad)
		}
	}
}

// A summary adds up, or it is neither written nor read.
func TestSummariesOutOfReachAreRefused(t *testing.T) {
	t.Parallel()
	good := points.Summary{Accounts: 1, Issued: 10, Available: 7, Redeemed: 3}
	_, err := good.MarshalBinary()
	require.NoError(t, err)
	for name, change := range map[string]func(s *points.Summary){
		"no accounts":  func(s *points.Summary) { s.Accounts = 0 },
		"lost points":  func(s *points.Summary) { s.Available-- },
		"found points": func(s *points.Summary) { s.Expired++ },
		"negative":     func(s *points.Summary) { s.Pending, s.Held = -1, 1 },
		"wrapped": func(s *points.Summary) {
			*s = points.Summary{Accounts: 1, Issued: math.MaxInt64, Received: math.MaxInt64, Debt: 2}
		},
		"unmet": func(s *points.Summary) { *s = points.Summary{Unmet: 1} },
	} {
		bad := good
		change(&bad)
		_, err := bad.MarshalBinary()
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
	}
	data, err := good.MarshalBinary()
	require.NoError(t, err)
	for i := 2; i < len(data)-4; i++ {
		bad := bytes.Clone(data)
		bad[i] ^= 4
		err := new(points.Summary).UnmarshalBinary(codecSeal(bad))
		if i == 2 || i == 13 || i == 14 { // accounts, and the memos, which no sum holds
			require.NoError(t, err)
			continue
		}
		require.ErrorIs(t, err, relmark.ErrInvalid, "byte %d", i)
	}
}
