package cashback_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/loyalty/cashback"
)

// damaged returns a snapshot with some bytes changed, taken out or put in. Small
// bytes are numbers that may well be taken for others.
func damaged(t *rapid.T, data []byte) []byte {
	for range rapid.IntRange(1, 3).Draw(t, "places") {
		i := rapid.IntRange(2, len(data)-1).Draw(t, "where")
		b := rapid.OneOf(rapid.ByteRange(0, 12), rapid.Byte()).Draw(t, "byte")
		switch rapid.IntRange(0, 3).Draw(t, "how") {
		case 0:
			data = slices.Insert(data, i, b)
		case 1:
			if len(data) > 3 {
				data = slices.Delete(data, i, i+1)
			}
		default:
			data[i] = b
		}
	}
	return data
}

// Likewise for wallets.
func TestDamagedWallets(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		digits := rapid.IntRange(0, 2).Draw(t, "digits")
		c, err := cashback.New(cashback.Terms{Zone: berlin, Digits: digits, Rate: dec("0.1"), Months: new(1), GraceDays: new(9)})
		require.NoError(t, err)
		var w cashback.Wallet
		now := began
		for i := range rapid.IntRange(0, 12).Draw(t, "steps") {
			now = now.AddDate(0, 0, rapid.IntRange(0, 20).Draw(t, "days"))
			key := fmt.Sprint(i)
			d, err := drawCommand(t, c, i, now)(&w)
			if rapid.IntRange(0, 5).Draw(t, "close") == 0 {
				d, err = c.Close(&w, closing(t, key, now))
			}
			if err == nil {
				do(t, &w, d, err)
			}
		}
		data, err := w.MarshalBinary()
		require.NoError(t, err)
		data = codec.Seal(damaged(t, data))
		if w.UnmarshalBinary(data) == nil {
			back, err := w.MarshalBinary()
			require.NoError(t, err)
			require.Equal(t, data, back)
			c, err := cashback.New(cashback.Terms{Zone: berlin, Digits: int(data[2]), Rate: dec("0.1"), Months: new(1)})
			require.NoError(t, err)
			goOn(t, c, &w)
		}
	})
}

// Events are facts, whatever made them: those that a wallet accepts leave one that
// comes back from its snapshot and goes on. Here what was decided is changed first.
func TestAnyEventsThatApplyMakeAWallet(t *testing.T) {
	t.Parallel()
	c := engine(t, cashback.Terms{Rate: dec("0.1"), Months: new(1), GraceDays: new(9)})
	rapid.Check(t, func(t *rapid.T) {
		var w cashback.Wallet
		now := began
		for i := range rapid.IntRange(1, 25).Draw(t, "steps") {
			now = now.AddDate(0, 0, rapid.IntRange(0, 20).Draw(t, "days"))
			key := fmt.Sprint(i)
			d, err := drawCommand(t, c, i, now)(&w)
			if rapid.IntRange(0, 9).Draw(t, "close") == 0 {
				d, err = c.Close(&w, closing(t, key, now))
			}
			if err != nil {
				continue
			}
			ev := d.Event
			if rapid.Bool().Draw(t, "change") {
				change(t, &ev)
			}
			_ = w.Apply(ev)
		}
		back, _ := reloaded(t, &w, &cashback.Wallet{})
		require.Equal(t, w.Version(), back.Version())
		if w.Version() > 0 {
			goOn(t, c, back)
		}
	})
}

// change makes something else of an event, where it can be kept consistent in itself.
func change(t *rapid.T, ev *cashback.Event) {
	n := rapid.Int64Range(0, 300).Draw(t, "by")
	span := time.Duration(n) * 6 * time.Hour
	switch rapid.IntRange(0, 5).Draw(t, "field") {
	case 0:
		ev.Granted = min(ev.Granted, n)
		ev.Settled = min(ev.Settled, ev.Granted)
	case 1:
		ev.Cut, ev.Settled = 0, min(ev.Granted, n)
	case 2: // as if it were not the refund's share
		ev.Debt += n
		ev.Reversed += n
	case 3:
		ev.Parts = ev.Parts[:min(len(ev.Parts), int(n%3))]
		ev.Reversed = ev.Debt
		for _, p := range ev.Parts {
			ev.Reversed += p.Units
		}
		if ev.Type == cashback.Spent || ev.Type == cashback.Returned {
			ev.Amount, ev.Reversed = ev.Reversed, 0
		}
		if ev.Type == cashback.Cancelled {
			ev.Cancelled, ev.Reversed = ev.Reversed, 0
		}
	case 4:
		ev.At = ev.At.Add(span)
	default:
		if ev.From = ev.From.Add(span); !ev.Month.IsZero() {
			ev.Month = ev.Month.AddMonths(int(n % 4))
		}
	}
}
