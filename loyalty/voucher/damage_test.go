package voucher_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/loyalty/voucher"
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

// A snapshot that was damaged is refused, or is the only encoding of a register that
// works.
func TestDamagedRegisters(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c, err := voucher.NewCampaign(voucher.Terms{Zone: berlin, Limits: voucher.Limits{Code: new(int64(1000))}})
		require.NoError(t, err)
		var g voucher.Register
		now := began
		apply := func(d voucher.Decision, err error) {
			if err == nil && d.Accepted && !d.Replayed {
				require.NoError(t, g.Apply(d.Event))
			}
		}
		for i := range rapid.IntRange(0, 8).Draw(t, "steps") {
			now = now.AddDate(0, 0, rapid.IntRange(0, 30).Draw(t, "days"))
			key, what := fmt.Sprint(i), rapid.IntRange(0, 5).Draw(t, "what")
			switch what {
			case 0:
				apply(c.Close(&g, closing(t, key, now)))
			case 1, 2:
				apply(g.Void(voucher.Voiding{Key: key, Redemption: fmt.Sprint(rapid.IntRange(0, i).Draw(t, "target")), At: now}))
			default:
				apply(c.Redeem(&g, voucher.Redemption{Key: key, Code: letter.Draw(t, "code"), Member: letter.Draw(t, "member"), At: now}))
			}
		}
		data, err := g.MarshalBinary()
		require.NoError(t, err)
		data = codec.Seal(damaged(t, data))
		if g.UnmarshalBinary(data) == nil {
			back, err := g.MarshalBinary()
			require.NoError(t, err)
			require.Equal(t, data, back)
			goOn(t, c, &g)
		}
	})
}

// Likewise for wallets.
func TestDamagedWallets(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		digits := rapid.IntRange(0, 2).Draw(t, "digits")
		c, err := voucher.NewCashback(voucher.CashbackTerms{Zone: berlin, Digits: digits, Rate: dec("0.1"), Months: new(1)})
		require.NoError(t, err)
		var w voucher.Wallet
		now := began
		for i := range rapid.IntRange(0, 12).Draw(t, "steps") {
			now = now.AddDate(0, 0, rapid.IntRange(0, 20).Draw(t, "days"))
			key := fmt.Sprint(i)
			d, err := drawWalletCommand(t, c, i, now)(&w)
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
			c, err := voucher.NewCashback(voucher.CashbackTerms{Zone: berlin, Digits: int(data[2]), Rate: dec("0.1"), Months: new(1)})
			require.NoError(t, err)
			goOnWallet(t, c, &w)
		}
	})
}

// Events are facts, whatever made them: those that a wallet accepts leave one that
// comes back from its snapshot and goes on. Here what was decided is changed first.
func TestAnyEventsThatApplyMakeAWallet(t *testing.T) {
	t.Parallel()
	c := cashback(t, voucher.CashbackTerms{Rate: dec("0.1"), Months: new(1)})
	rapid.Check(t, func(t *rapid.T) {
		var w voucher.Wallet
		now := began
		for i := range rapid.IntRange(1, 25).Draw(t, "steps") {
			now = now.AddDate(0, 0, rapid.IntRange(0, 20).Draw(t, "days"))
			key := fmt.Sprint(i)
			d, err := drawWalletCommand(t, c, i, now)(&w)
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
		back, _ := reloaded(t, &w, &voucher.Wallet{})
		require.Equal(t, w.Version(), back.Version())
		if w.Version() > 0 {
			goOnWallet(t, c, back)
		}
	})
}

// change makes something else of an event, where it can be kept consistent in itself.
func change(t *rapid.T, ev *voucher.WalletEvent) {
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
		if ev.Type == voucher.Spent || ev.Type == voucher.Returned {
			ev.Amount, ev.Reversed = ev.Reversed, 0
		}
	case 4:
		ev.At = ev.At.Add(span)
	default:
		if ev.From = ev.From.Add(span); !ev.Month.IsZero() {
			ev.Month = ev.Month.AddMonths(int(n % 4))
		}
	}
}
