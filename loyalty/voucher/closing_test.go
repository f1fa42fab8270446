package voucher_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/voucher"
)

// reloaded returns what a snapshot brings back, which is checked to be the same, and
// the size of the snapshot.
func reloaded[S snapshotter](t require.TestingT, state, empty S) (S, int) {
	data, err := state.MarshalBinary()
	require.NoError(t, err)
	require.NoError(t, empty.UnmarshalBinary(data))
	again, err := empty.MarshalBinary()
	require.NoError(t, err)
	require.Equal(t, data, again)
	return empty, len(data)
}

// reasons returns why a command was refused.
func reasons(err error) []voucher.Reason {
	if refused, ok := errors.AsType[*voucher.RefusedError](err); ok {
		return refused.Reasons
	}
	return nil
}

// closing draws a closing, as an earlier one may forbid it.
func closing(t *rapid.T, key string, now time.Time) voucher.Closing {
	day, err := relmark.DateOf(now, berlin)
	require.NoError(t, err)
	return voucher.Closing{Key: key, Before: day.AddDays(-rapid.IntRange(0, 60).Draw(t, "back")), At: now}
}

var (
	began  = when("2025-01-05T10:00:00Z")
	closed = []voucher.Reason{voucher.PeriodClosed}
	letter = rapid.SampledFrom([]string{"a", "b", "c"})
	late   = rapid.SampledFrom([]int{0, 0, 3, 50})
)

// A register whose periods are closed decides as one that forgets nothing, or says
// that the period is closed. No command is carried out twice.
func TestClosedRegistersCountOn(t *testing.T) {
	t.Parallel()
	type command func(g *voucher.Register) (voucher.Decision, error)
	limit := rapid.Ptr(rapid.Int64Range(1, 6), true)
	rapid.Check(t, func(t *rapid.T) {
		c, err := voucher.NewCampaign(voucher.Terms{
			Zone:   berlin,
			Limits: voucher.Limits{Code: limit.Draw(t, "code"), Member: limit.Draw(t, "member"), Campaign: limit.Draw(t, "campaign")},
		})
		require.NoError(t, err)
		g, all := new(voucher.Register), new(voucher.Register)
		var commands []command
		var kept []time.Time // of events
		var end time.Time    // of what is closed
		now := began
		for i := range rapid.IntRange(1, 40).Draw(t, "steps") {
			now = now.AddDate(0, 0, rapid.IntRange(0, 9).Draw(t, "days"))
			key, at := fmt.Sprint(i), now.AddDate(0, 0, -late.Draw(t, "late"))
			r := voucher.Redemption{Key: key, Code: letter.Draw(t, "code"), Member: letter.Draw(t, "member"), At: at}
			v := voucher.Voiding{Key: key, Redemption: fmt.Sprint(rapid.IntRange(0, i).Draw(t, "target")), At: at}
			run := func(g *voucher.Register) (voucher.Decision, error) { return c.Redeem(g, r) }
			switch what := rapid.IntRange(0, 5).Draw(t, "what"); {
			case what == 0:
				x := closing(t, key, now)
				d, err := c.Close(g, x)
				if err != nil {
					require.ErrorIs(t, err, relmark.ErrInvalid, "before what is closed")
					continue
				}
				require.NoError(t, g.Apply(d.Event))
				end, kept = d.Event.From, append(kept, now)
				again, err := c.Close(g, x)
				require.NoError(t, err)
				require.True(t, again.Replayed)
				continue
			case what == 1:
				run = func(g *voucher.Register) (voucher.Decision, error) { return g.Void(v) }
			case what == 2 && len(commands) > 0:
				run = rapid.SampledFrom(commands).Draw(t, "again")
			}
			commands = append(commands, run)
			want, err := run(all)
			require.NoError(t, err)
			got, err := run(g)
			require.NoError(t, err)
			if assert.ObjectsAreEqual(closed, got.Reasons) {
				require.False(t, end.IsZero())
				require.ErrorIs(t, got.Err(), relmark.ErrRefused)
				continue
			}
			require.Equal(t, want.Replayed, got.Replayed, "nothing is done twice")
			require.Equal(t, want.Reasons, got.Reasons)
			if got.Accepted && !got.Replayed {
				require.False(t, got.Event.At.Before(end))
				kept = append(kept, at)
				require.NoError(t, g.Apply(got.Event))
				require.NoError(t, all.Apply(want.Event))
			}
			require.Equal(t, all.Uses(r.Code, r.Member), g.Uses(r.Code, r.Member))
			if rapid.IntRange(0, 3).Draw(t, "snapshot") == 0 {
				kept = slices.DeleteFunc(kept, func(at time.Time) bool { return at.Before(end) })
				var size int
				g, size = reloaded(t, g, new(voucher.Register))
				require.LessOrEqual(t, size, 50+30*len(kept), "it grows with what is open only")
			}
		}
		require.Subset(t, all.Live(), g.Live())
	})
}

type walletCommand func(w *voucher.Wallet) (voucher.WalletDecision, error)

// drawWalletCommand draws one of the commands that change a balance, with the key i.
// Refunds and returns are mostly of what a command shortly before has made.
func drawWalletCommand(t *rapid.T, c *voucher.Cashback, i int, now time.Time) walletCommand {
	back := rapid.OneOf(rapid.IntRange(1, 4), rapid.IntRange(0, i)).Draw(t, "back")
	key, target := fmt.Sprint(i), fmt.Sprint(i-back)
	at := now.AddDate(0, 0, -late.Draw(t, "late"))
	amount := cents(rapid.OneOf(rapid.Int64Range(0, 60), rapid.Int64Range(0, 3000)).Draw(t, "amount"))
	return rapid.SampledFrom([]walletCommand{
		func(w *voucher.Wallet) (voucher.WalletDecision, error) {
			return c.Purchase(w, voucher.Purchase{key, key, amount, at})
		},
		func(w *voucher.Wallet) (voucher.WalletDecision, error) {
			return c.Refund(w, voucher.Refund{key, target, amount, now})
		},
		func(w *voucher.Wallet) (voucher.WalletDecision, error) {
			return c.Credit(w, voucher.Credit{Key: key, Amount: amount, At: at, ExpiresAt: at.AddDate(0, 1, 0)})
		},
		func(w *voucher.Wallet) (voucher.WalletDecision, error) {
			return c.Spend(w, voucher.Spending{key, amount, at})
		},
		func(w *voucher.Wallet) (voucher.WalletDecision, error) {
			return c.GiveBack(w, voucher.GiveBack{key, target, amount, now})
		},
	}).Draw(t, "what")
}

// A wallet whose periods are closed does what one does that forgets nothing, or says
// that the period is closed. No balance differs, and no command is carried out twice.
func TestClosedWalletsBalance(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c, err := voucher.NewCashback(voucher.CashbackTerms{
			Zone: berlin, Digits: 2, Rate: cents(rapid.Int64Range(0, 100).Draw(t, "rate")), MonthCap: decp("15"),
			Months: rapid.Ptr(rapid.IntRange(0, 3), true).Draw(t, "months"), MaturityDays: rapid.SampledFrom([]int{0, 20}).Draw(t, "maturity"),
		})
		require.NoError(t, err)
		w, all := new(voucher.Wallet), new(voucher.Wallet)
		var commands []walletCommand
		made := map[string]time.Time{} // orders and spendings
		var end, last time.Time        // of what is closed, and when
		now := began
		for i := range rapid.IntRange(1, 40).Draw(t, "steps") {
			now = now.AddDate(0, 0, rapid.IntRange(0, 15).Draw(t, "days"))
			key := fmt.Sprint(i)
			run := drawWalletCommand(t, c, i, now)
			switch {
			case rapid.IntRange(0, 5).Draw(t, "close") == 0:
				x := closing(t, key, now)
				d, err := c.Close(w, x)
				if err != nil {
					require.ErrorIs(t, err, relmark.ErrInvalid, "before what is closed")
					continue
				}
				end, last = do(t, w, d, err).From, now
				d, err = c.Close(w, x)
				require.NoError(t, err)
				require.True(t, d.Replayed)
				d, err = c.Spend(all, voucher.Spending{Key: key, At: now}) // its time is the same
				do(t, all, d, err)
				continue
			case rapid.IntRange(0, 5).Draw(t, "repeat") == 0 && len(commands) > 0:
				run = rapid.SampledFrom(commands).Draw(t, "again")
			}
			commands = append(commands, run)
			want, wantErr := run(all)
			got, err := run(w)
			if reasons := reasons(err); !assert.ObjectsAreEqual(wantErr, err) {
				require.Equal(t, closed, reasons)
				require.ErrorIs(t, err, relmark.ErrRefused)
				require.False(t, end.IsZero())
				continue
			}
			require.Equal(t, want.Replayed, got.Replayed, "nothing is done twice")
			if ev := got.Event; err == nil && !got.Replayed {
				require.False(t, ev.At.Before(end) || made[ev.Order+ev.Spending].Before(end) && ev.Order+ev.Spending != "" && ev.Type != voucher.Granted)
				made[ev.Key] = ev.At
				want.Event.Seq = ev.Seq
				require.Equal(t, want.Event, ev)
				do(t, w, got, err)
				want.Event.Seq = all.Version() + 1
				do(t, all, want, err)
			}
			if rapid.IntRange(0, 3).Draw(t, "snapshot") == 0 {
				w, _ = reloaded(t, w, new(voucher.Wallet))
			}
			for _, at := range []time.Time{last, now, now.AddDate(0, 0, 40), now.AddDate(5, 0, 0)} {
				require.True(t, at.Before(last) || assert.ObjectsAreEqual(all.Balance(at), w.Balance(at)))
			}
		}
	})
}

// A member who has used the coupon before the closing cannot use it again, nor send
// the old command as a new one.
func TestLimitsHoldAcrossClosings(t *testing.T) {
	t.Parallel()
	c := campaign(t, voucher.Terms{Limits: voucher.Limits{Member: new(int64(1))}})
	var g voucher.Register
	first := voucher.Redemption{Key: "1", Code: "X", Member: "m", At: when("2025-03-31T21:59:59Z")} // 31 March in Berlin
	ask := func(d voucher.Decision, err error) []voucher.Reason {
		require.NoError(t, err)
		if d.Accepted && !d.Replayed {
			require.NoError(t, g.Apply(d.Event))
		}
		return d.Reasons
	}
	assert.Empty(t, ask(c.Redeem(&g, first)))
	assert.Empty(t, ask(c.Close(&g, voucher.Closing{Key: "2", Before: relmark.MustParseDate("2025-04-01"), At: when("2025-04-20T10:00:00Z")})))
	assert.Equal(t, closed, ask(c.Redeem(&g, first)))
	first.At = when("2025-04-02T10:00:00Z")
	assert.Equal(t, []voucher.Reason{voucher.MemberLimit}, ask(c.Redeem(&g, first)))
	assert.Equal(t, closed, ask(g.Void(voucher.Voiding{Key: "3", Redemption: "1", At: first.At})), "the redemption is forgotten")
	assert.Empty(t, g.Live())
	assert.Equal(t, voucher.Uses{Code: 1, Member: 1, Campaign: 1}, g.Uses("X", "m"))
	second := voucher.Redemption{Key: "4", Code: "X", Member: "n", At: when("2025-03-31T22:00:00Z")}
	assert.Empty(t, ask(c.Redeem(&g, second)), "the first instant that is open")
	assert.Empty(t, ask(g.Void(voucher.Voiding{Key: "5", Redemption: "4", At: second.At})))
	unknown := []voucher.Reason{voucher.UnknownRedemption}
	assert.Equal(t, unknown, ask(g.Void(voucher.Voiding{Key: "6", Redemption: "4", At: second.At})))
	for _, bad := range []voucher.Closing{
		{Key: "7", Before: relmark.MustParseDate("2025-03-31"), At: first.At},
		{Key: "7", Before: relmark.MustParseDate("2025-04-03"), At: first.At},
		{Key: "7", At: first.At},
		{Key: "7", Before: relmark.MustParseDate("2025-04-02")},
		{Before: relmark.MustParseDate("2025-04-02"), At: first.At},
	} {
		_, err := c.Close(&g, bad)
		assert.ErrorIs(t, err, relmark.ErrInvalid)
	}
	for _, ev := range []voucher.Event{
		{Seq: 5, Type: voucher.Redeemed, Key: "8", Code: "X", Member: "o", At: second.At.Add(-1)},
		{Seq: 5, Type: voucher.Closed, Key: "8", From: second.At.Add(-1), At: first.At},
		{Seq: 5, Type: voucher.Closed, Key: "8", From: first.At.Add(1), At: first.At},
		{Seq: 5, Type: voucher.Closed, Key: "8", Code: "X", From: first.At, At: first.At},
	} {
		assert.ErrorIs(t, g.Apply(ev), relmark.ErrInvalid)
	}
	assert.Equal(t, uint64(4), g.Version())
}

// Credit of 5 was spent in part in March and expires on 10 April, 3 of it: in May
// that is closed, and nothing of it is left but the sums.
func TestClosedWalletForgets(t *testing.T) {
	t.Parallel()
	c := cashback(t, voucher.CashbackTerms{Rate: dec("0.1"), MonthCap: decp("10")})
	var w voucher.Wallet
	march, may := when("2025-03-05T10:00:00Z"), when("2025-05-05T10:00:00Z")
	d, err := c.Credit(&w, voucher.Credit{Key: "1", Amount: dec("5"), At: march, ExpiresAt: when("2025-04-10T00:00:00Z")})
	do(t, &w, d, err)
	spending := voucher.Spending{Key: "2", Amount: dec("2"), At: march}
	d, err = c.Spend(&w, spending)
	do(t, &w, d, err)
	purchase := voucher.Purchase{Key: "3", Order: "a", Net: dec("40"), At: march}
	d, err = c.Purchase(&w, purchase)
	do(t, &w, d, err)
	before := w.Balance(may)
	d, err = c.Close(&w, voucher.Closing{Key: "4", Before: relmark.MustParseDate("2025-05-01"), At: may})
	ev := do(t, &w, d, err)
	assert.Equal(t, relmark.MustParseDate("2025-05-01"), ev.Month)
	assert.Equal(t, before, w.Balance(may))
	assert.Equal(t, "3", before.Expired.String())
	_, size := reloaded(t, &w, &voucher.Wallet{})
	assert.Less(t, size, 100)

	// With [voucher.TimeRunsBack] the host would pay a second time, with a later time.
	_, err = c.Spend(&w, spending)
	assert.Equal(t, closed, reasons(err))
	_, err = c.Purchase(&w, purchase)
	assert.Equal(t, closed, reasons(err))
	_, err = c.Refund(&w, voucher.Refund{Key: "5", Order: "a", Amount: dec("1"), At: may})
	assert.Equal(t, closed, reasons(err))
	_, err = c.GiveBack(&w, voucher.GiveBack{Key: "5", Spending: "2", Amount: dec("1"), At: may})
	assert.Equal(t, closed, reasons(err))
	_, err = c.Spend(&w, voucher.Spending{Key: "5", Amount: dec("1"), At: may.Add(-1)})
	assert.Equal(t, []voucher.Reason{voucher.TimeRunsBack}, reasons(err), "this one was never carried out")
	for _, day := range []string{"2025-04-30", "2025-05-06"} {
		_, err = c.Close(&w, voucher.Closing{Key: "5", Before: relmark.MustParseDate(day), At: may})
		assert.ErrorIs(t, err, relmark.ErrInvalid, day)
	}
	for _, late := range []voucher.WalletEvent{
		{Seq: 5, Type: voucher.Credited, Key: "5", Digits: 2, From: march, At: march},
		{Seq: 5, Type: voucher.Granted, Key: "5", Digits: 2, Order: "b", Month: relmark.MustParseDate("2025-04-01"), From: may, At: may},
		{Seq: 5, Type: voucher.WalletClosed, Key: "5", Digits: 2, Month: relmark.MustParseDate("2025-05-01"), From: march, At: may},
		{Seq: 5, Type: voucher.WalletClosed, Key: "5", Digits: 2, Month: relmark.MustParseDate("2025-05-02"), From: may, At: may},
		{Seq: 5, Type: voucher.WalletClosed, Key: "5", Digits: 2, Month: relmark.MustParseDate("2025-05-01"), From: may.Add(1), At: may},
	} {
		assert.ErrorIs(t, w.Apply(late), relmark.ErrInvalid)
	}
}

// The cap of a month that has begun counts on across a closing within it.
func TestClosingKeepsTheCapOfTheMonth(t *testing.T) {
	t.Parallel()
	c := cashback(t, voucher.CashbackTerms{Rate: dec("0.1"), MonthCap: decp("10")})
	var w voucher.Wallet
	d, err := c.Purchase(&w, voucher.Purchase{Key: "1", Order: "a", Net: dec("80"), At: when("2025-03-05T10:00:00Z")})
	do(t, &w, d, err)
	d, err = c.Close(&w, voucher.Closing{Key: "2", Before: relmark.MustParseDate("2025-03-10"), At: when("2025-03-20T10:00:00Z")})
	do(t, &w, d, err)
	back, _ := reloaded(t, &w, &voucher.Wallet{})
	d, err = c.Purchase(back, voucher.Purchase{Key: "3", Order: "b", Net: dec("80"), At: when("2025-03-21T10:00:00Z")})
	assert.Equal(t, int64(200), do(t, back, d, err).Granted)
}
