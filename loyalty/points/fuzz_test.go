package points_test

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/loyalty/earning"
	"github.com/relmark/relmark/loyalty/points"
)

// Whatever decodes encodes to the same bytes, and no account panics on it.
func FuzzDecodeEvent(f *testing.F) {
	events, a := everyKind(f)
	l := closedLedger(f)
	late := with(head("late", 21), points.LateRefund{Recalled: l.recall(f, "O1"), Amount: decimalOf(3025), Suspense: "s"})
	events = append(events, l.do(f, late))
	for _, ev := range events {
		data, err := ev.AppendJSON(nil)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var ev points.Event
		if ev.UnmarshalJSON(data) != nil {
			return
		}
		again, err := ev.AppendJSON(nil)
		if err != nil || !bytes.Equal(data, again) {
			t.Fatalf("%s\nencodes to\n%s", data, again)
		}
		points.Journal(ev)
		for _, b := range []*points.Account{{}, a.Clone(), l.a.Clone()} {
			ev.Seq = b.Version() + 1
			if b.Apply(ev) == nil {
				balance := b.Balance(ev.Recorded)
				if balance.Issued+balance.Received != balance.Pending+balance.Available+balance.Held-balance.Debt+
					balance.Redeemed+balance.Expired+balance.Reversed+balance.Sent {
					t.Fatalf("%s\nleads to %+v", data, balance)
				}
				b.Due(ev.Recorded.AddDate(1, 0, 0))
				if snapshot, err := b.MarshalBinary(); err != nil || new(points.Account).UnmarshalBinary(snapshot) != nil {
					t.Fatalf("%s\nleads to a snapshot that cannot be read", data)
				}
			}
		}
	})
}

// The compact encoding of whatever decodes is what was decoded, and says what JSON
// says.
func FuzzDecodeCompactEvent(f *testing.F) {
	events, _ := everyKind(f)
	l := closedLedger(f)
	events = append(events, l.do(f, with(head("late", 21), points.LateRefund{Recalled: l.recall(f, "O1"), Amount: decimalOf(3025), Suspense: "s"})))
	for _, ev := range events {
		data, err := ev.MarshalBinary()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var ev points.Event
		_ = ev.UnmarshalBinary(data) // without a checksum
		data = codec.Seal(data)
		if ev.UnmarshalBinary(data) != nil {
			return
		}
		again, err := ev.MarshalBinary()
		if err != nil || !bytes.Equal(data, again) {
			t.Fatalf("%x\nencodes to\n%x", data, again)
		}
		text, err := ev.AppendJSON(nil)
		var back points.Event
		if err != nil || back.UnmarshalJSON(text) != nil {
			t.Fatalf("%x\nsays what JSON cannot say: %s", data, text)
		}
		if again, err = back.MarshalBinary(); err != nil || !bytes.Equal(data, again) {
			t.Fatalf("%x\nis by way of JSON\n%x", data, again)
		}
	})
}

func FuzzDecodeProgram(f *testing.F) {
	for _, p := range []points.Program{full(f), compiled(f, points.Program{}).Program(), compiled(f, points.Program{Rules: earning.Rules{Versions: []earning.Version{{Budgets: []earning.Cap{{Per: earning.PerMonth, Points: 9}}}}}}).Program()} {
		data, err := json.Marshal(p)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := points.DecodeProgram(data, func(string) (*time.Location, error) { return time.UTC, nil })
		if err != nil {
			return
		}
		if _, err := json.Marshal(p); err != nil {
			t.Fatal(err)
		}
		e, err := points.Compile(p)
		if (err == nil) != (e != nil) {
			t.Fatal("neither engine nor error")
		}
		if err == nil {
			e.Earning().Warnings()
			_, _ = e.Decide(new(points.Account), with(head("k", 0), points.Earn{Order: "O", Amount: euros(123), Tier: "gold", Budget: e.Earning().BudgetLeft(new(earning.Usage), at(0))}))
		}
	})
}

func FuzzAccountSnapshot(f *testing.F) {
	_, a := everyKind(f)
	data, err := a.MarshalBinary()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	e := compiled(f, points.Program{})
	f.Fuzz(func(t *testing.T, data []byte) {
		data = codec.Seal(data)
		var a points.Account
		if a.UnmarshalBinary(data) != nil {
			return
		}
		again, err := a.MarshalBinary()
		if err != nil || !bytes.Equal(data, again) {
			t.Fatalf("%x\nencodes to\n%x", data, again)
		}
		now := at(400)
		a.Balance(now)
		a.Due(now)
		for _, c := range []points.Command{
			with(head("new", 500), points.Redeem{Points: 1}),
			with(head("new", 500), points.Refund{Order: "O2", Amount: decimalOf(1)}),
			with(head("new", 500), points.Commit{Reservation: "R1", All: true}),
			with(head("new", 500), points.Leave{Member: "m1"}),
			with(head("new", 500), points.Close{Before: day(400)}),
		} {
			_, _, _ = e.Preview(&a, c)
		}
	})
}

// Any amount earns or is refused, and the account stays whole.
func FuzzEarn(f *testing.F) {
	f.Add(int64(4999), int32(-2), int64(0), int64(3))
	f.Add(int64(1)<<62, int32(17), int64(1000), int64(1)<<53)
	e := compiled(f, points.Program{})
	f.Fuzz(func(t *testing.T, coef int64, exp int32, pay, refund int64) {
		var a points.Account
		commands := []points.Command{
			with(head("a", 0), points.Adjust{Points: 5000}),
			with(head("b", 1), points.Earn{Order: "O", Amount: decimal.New(coef, exp), PayPoints: pay}),
			with(head("c", 2), points.Refund{Order: "O", Amount: decimal.New(refund, exp)}),
		}
		for _, c := range commands {
			d, err := e.Decide(&a, c)
			if err == nil && a.Apply(d.Event) != nil {
				t.Fatal("decided what does not apply")
			}
		}
		b := a.Balance(at(3))
		if b.Issued != b.Pending+b.Available+b.Held-b.Debt+b.Redeemed+b.Expired+b.Reversed {
			t.Fatalf("%+v", b)
		}
	})
}
