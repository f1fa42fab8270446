package voucher_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
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
		data = damaged(t, data)
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
			d, err := drawWalletCommand(t, c, key, fmt.Sprint(rapid.IntRange(0, i).Draw(t, "target")), now)(&w)
			if rapid.IntRange(0, 5).Draw(t, "close") == 0 {
				d, err = c.Close(&w, closing(t, key, now))
			}
			if err == nil {
				do(t, &w, d, err)
			}
		}
		data, err := w.MarshalBinary()
		require.NoError(t, err)
		data = damaged(t, data)
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
// comes back from its snapshot and goes on.
func TestAnyEventsThatApplyMakeAWallet(t *testing.T) {
	t.Parallel()
	c := cashback(t, voucher.CashbackTerms{Rate: dec("0.1"), Months: new(1)})
	few := rapid.Int64Range(0, 6)
	name := rapid.SampledFrom([]string{"0", "1", "2", "3"})
	rapid.Check(t, func(t *rapid.T) {
		var w voucher.Wallet
		day := func() time.Time { return began.AddDate(0, 0, rapid.IntRange(0, 90).Draw(t, "day")) }
		month := func() relmark.Date { return date("2025-01-01").AddMonths(int(few.Draw(t, "month"))) }
		for range rapid.IntRange(1, 40).Draw(t, "events") {
			ev := voucher.WalletEvent{
				Seq: w.Version() + 1, Key: fmt.Sprint(rapid.IntRange(0, 60).Draw(t, "key")), Digits: 2, Amount: few.Draw(t, "amount"), At: day(),
				Type: rapid.SampledFrom([]voucher.WalletEventType{
					voucher.Granted, voucher.Reversed, voucher.Credited, voucher.Spent, voucher.Returned, voucher.WalletClosed,
				}).Draw(t, "type"),
			}
			for lot := uint64(1); ev.Type != voucher.Granted && ev.Type != voucher.Credited && ev.Type != voucher.WalletClosed && lot < 4; lot++ {
				if n := rapid.Int64Range(0, 2).Draw(t, "units"); n > 0 {
					ev.Parts = append(ev.Parts, voucher.Part{Lot: lot, Units: n})
					ev.Reversed += n
				}
			}
			switch ev.Type {
			case voucher.Granted:
				ev.Order, ev.Month, ev.From = name.Draw(t, "order"), month(), day()
				ev.Granted = min(ev.Amount, few.Draw(t, "granted"))
				ev.Settled = min(ev.Granted, few.Draw(t, "settled"))
			case voucher.Reversed:
				ev.Order, ev.Debt = name.Draw(t, "order"), few.Draw(t, "debt")
				ev.Reversed += ev.Debt
			case voucher.Credited:
				ev.From, ev.Until = day(), day()
			case voucher.Returned:
				ev.Spending = fmt.Sprint(rapid.IntRange(0, 60).Draw(t, "spending"))
			case voucher.WalletClosed:
				ev.Amount, ev.From, ev.Month = 0, day(), month()
			default:
			}
			if ev.Type == voucher.Spent || ev.Type == voucher.Returned {
				ev.Amount, ev.Reversed = ev.Reversed, 0
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
