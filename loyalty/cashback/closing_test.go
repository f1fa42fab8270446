package cashback_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/cashback"
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

// closing draws a closing, as an earlier one may forbid it.
func closing(t *rapid.T, key string, now time.Time) cashback.Closing {
	day, err := relmark.DateOf(now, berlin)
	require.NoError(t, err)
	return cashback.Closing{Key: key, Before: day.AddDays(-rapid.IntRange(0, 60).Draw(t, "back")), At: now}
}

var (
	began = when("2025-01-05T10:00:00Z")
	late  = rapid.SampledFrom([]int{0, 0, 3, 50})
)

// reason returns why a command was refused.
func reason(err error) cashback.Reason {
	if refused, ok := errors.AsType[*cashback.CommandError](err); ok {
		return refused.Reason
	}
	return ""
}

type command func(w *cashback.Wallet) (cashback.Decision, error)

// drawCommand draws one of the commands that change a balance, with the key i.
// Refunds and returns are mostly of what a command shortly before has made.
func drawCommand(t *rapid.T, c *cashback.Engine, i int, now time.Time) command {
	back := rapid.OneOf(rapid.IntRange(1, 4), rapid.IntRange(0, i)).Draw(t, "back")
	key, target := fmt.Sprint(i), fmt.Sprint(i-back)
	at := now.AddDate(0, 0, -late.Draw(t, "late"))
	amount := cents(rapid.OneOf(rapid.Int64Range(0, 60), rapid.Int64Range(0, 3000)).Draw(t, "amount"))
	return rapid.SampledFrom([]command{
		func(w *cashback.Wallet) (cashback.Decision, error) {
			return c.Purchase(w, cashback.Purchase{key, key, amount, at})
		},
		func(w *cashback.Wallet) (cashback.Decision, error) {
			return c.Refund(w, cashback.Refund{key, target, amount, now})
		},
		func(w *cashback.Wallet) (cashback.Decision, error) {
			return c.Credit(w, cashback.Credit{Key: key, Amount: amount, At: at, ExpiresAt: at.AddDate(0, 1, 0)})
		},
		func(w *cashback.Wallet) (cashback.Decision, error) {
			return c.Spend(w, cashback.Spending{Key: key, Amount: amount, At: at})
		},
		func(w *cashback.Wallet) (cashback.Decision, error) {
			return c.GiveBack(w, cashback.GiveBack{key, target, amount, now})
		},
		func(w *cashback.Wallet) (cashback.Decision, error) {
			return c.Spend(w, cashback.Spending{Key: key, Amount: amount, At: at, Credit: target})
		},
		func(w *cashback.Wallet) (cashback.Decision, error) {
			return c.Cancel(w, cashback.Cancellation{key, target, now})
		},
	}).Draw(t, "what")
}

// A wallet whose periods are closed does what one does that forgets nothing, or says
// that the period is closed. No balance differs, and no command is carried out twice.
func TestClosedWalletsBalance(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c, err := cashback.New(cashback.Terms{
			Zone: berlin, Digits: 2, Rate: cents(rapid.Int64Range(0, 100).Draw(t, "rate")), MonthCap: decp("15"),
			Months: rapid.Ptr(rapid.IntRange(0, 3), true).Draw(t, "months"), MaturityDays: rapid.SampledFrom([]int{0, 20}).Draw(t, "maturity"),
			GraceDays: rapid.Ptr(rapid.IntRange(0, 30), true).Draw(t, "grace"),
		})
		require.NoError(t, err)
		w, all := new(cashback.Wallet), new(cashback.Wallet)
		var commands []command
		made := map[string]time.Time{} // orders and spendings
		var end, last time.Time        // of what is closed, and when
		now := began
		for i := range rapid.IntRange(1, 40).Draw(t, "steps") {
			now = now.AddDate(0, 0, rapid.IntRange(0, 15).Draw(t, "days"))
			key := fmt.Sprint(i)
			run := drawCommand(t, c, i, now)
			switch {
			case rapid.IntRange(0, 5).Draw(t, "close") == 0:
				x := closing(t, key, now)
				d, err := c.Close(w, x)
				if err != nil {
					require.Equal(t, cashback.PeriodClosed, reason(err))
					continue
				}
				end, last = do(t, w, d, err).From, now
				d, err = c.Close(w, x)
				require.NoError(t, err)
				require.True(t, d.Replayed)
				d, err = c.Spend(all, cashback.Spending{Key: key, At: now}) // its time is the same
				do(t, all, d, err)
				continue
			case rapid.IntRange(0, 5).Draw(t, "repeat") == 0 && len(commands) > 0:
				run = rapid.SampledFrom(commands).Draw(t, "again")
			}
			commands = append(commands, run)
			want, wantErr := run(all)
			got, err := run(w)
			back, _ := reloaded(t, w, new(cashback.Wallet))
			same, sameErr := run(back)
			require.Equal(t, got, same, "a snapshot decides the same")
			require.Equal(t, err, sameErr)
			if !assert.ObjectsAreEqual(wantErr, err) {
				require.Equal(t, cashback.PeriodClosed, reason(err))
				require.ErrorIs(t, err, relmark.ErrRefused)
				require.False(t, end.IsZero())
				continue
			}
			require.Equal(t, want.Replayed, got.Replayed, "nothing is done twice")
			if ev := got.Event; err == nil && !got.Replayed {
				require.False(t, ev.At.Before(end) || made[ev.Order+ev.Spending].Before(end) && ev.Order+ev.Spending != "" && ev.Type != cashback.Granted)
				made[ev.Key] = ev.At
				want.Event.Seq = ev.Seq
				require.Equal(t, want.Event, ev)
				do(t, w, got, err)
				want.Event.Seq = all.Version() + 1
				do(t, all, want, err)
			}
			if rapid.IntRange(0, 3).Draw(t, "snapshot") == 0 {
				w, _ = reloaded(t, w, new(cashback.Wallet))
			}
			for _, at := range []time.Time{last, now, now.AddDate(0, 0, 40), now.AddDate(5, 0, 0)} {
				require.True(t, at.Before(last) || assert.ObjectsAreEqual(all.Balance(at), w.Balance(at)))
			}
		}
	})
}

// Credit of 5 was spent in part in March and expires on 10 April, 3 of it: in May
// that is closed, and nothing of it is left but the sums.
func TestClosedWalletForgets(t *testing.T) {
	t.Parallel()
	c := engine(t, cashback.Terms{Rate: dec("0.1"), MonthCap: decp("10")})
	var w cashback.Wallet
	march, may := when("2025-03-05T10:00:00Z"), when("2025-05-05T10:00:00Z")
	d, err := c.Credit(&w, cashback.Credit{Key: "1", Amount: dec("5"), At: march, ExpiresAt: when("2025-04-10T00:00:00Z")})
	do(t, &w, d, err)
	spending := cashback.Spending{Key: "2", Amount: dec("2"), At: march}
	d, err = c.Spend(&w, spending)
	do(t, &w, d, err)
	purchase := cashback.Purchase{Key: "3", Order: "a", Net: dec("40"), At: march}
	d, err = c.Purchase(&w, purchase)
	do(t, &w, d, err)
	before := w.Balance(may)
	d, err = c.Close(&w, cashback.Closing{Key: "4", Before: relmark.MustParseDate("2025-05-01"), At: may})
	ev := do(t, &w, d, err)
	assert.Equal(t, relmark.MustParseDate("2025-05-01"), ev.Month)
	assert.Equal(t, before, w.Balance(may))
	assert.Equal(t, "3", before.Expired.String())
	_, size := reloaded(t, &w, &cashback.Wallet{})
	assert.Less(t, size, 100)

	// With [cashback.TimeRunsBack] the host would pay a second time, with a later time.
	_, err = c.Spend(&w, spending)
	assert.Equal(t, cashback.PeriodClosed, reason(err))
	_, err = c.Purchase(&w, purchase)
	assert.Equal(t, cashback.PeriodClosed, reason(err))
	_, err = c.Refund(&w, cashback.Refund{Key: "5", Order: "a", Amount: dec("1"), At: may})
	assert.Equal(t, cashback.PeriodClosed, reason(err))
	_, err = c.GiveBack(&w, cashback.GiveBack{Key: "5", Spending: "2", Amount: dec("1"), At: may})
	assert.Equal(t, cashback.PeriodClosed, reason(err))
	_, err = c.Spend(&w, cashback.Spending{Key: "5", Amount: dec("1"), At: may.Add(-1)})
	assert.Equal(t, cashback.TimeRunsBack, reason(err), "this one was never carried out")
	_, err = c.Close(&w, cashback.Closing{Key: "5", Before: relmark.MustParseDate("2025-04-30"), At: may})
	assert.Equal(t, cashback.PeriodClosed, reason(err))
	_, err = c.Close(&w, cashback.Closing{Key: "5", Before: relmark.MustParseDate("2025-05-06"), At: may})
	assert.ErrorIs(t, err, relmark.ErrInvalid, "not over yet")
	for _, late := range []cashback.Event{
		{Seq: 5, Type: cashback.Credited, Key: "5", Digits: 2, From: march, At: march},
		{Seq: 5, Type: cashback.Granted, Key: "5", Digits: 2, Order: "b", Month: relmark.MustParseDate("2025-04-01"), From: may, At: may},
		{Seq: 5, Type: cashback.Closed, Key: "5", Digits: 2, Month: relmark.MustParseDate("2025-05-01"), From: march, At: may},
		{Seq: 5, Type: cashback.Closed, Key: "5", Digits: 2, Month: relmark.MustParseDate("2025-05-02"), From: may, At: may},
		{Seq: 5, Type: cashback.Closed, Key: "5", Digits: 2, Month: relmark.MustParseDate("2025-05-01"), From: may.Add(1), At: may},
	} {
		assert.ErrorIs(t, w.Apply(late), relmark.ErrInvalid)
	}
}

// The cap of a month that has begun counts on across a closing within it.
func TestClosingKeepsTheCapOfTheMonth(t *testing.T) {
	t.Parallel()
	c := engine(t, cashback.Terms{Rate: dec("0.1"), MonthCap: decp("10")})
	var w cashback.Wallet
	d, err := c.Purchase(&w, cashback.Purchase{Key: "1", Order: "a", Net: dec("80"), At: when("2025-03-05T10:00:00Z")})
	do(t, &w, d, err)
	d, err = c.Close(&w, cashback.Closing{Key: "2", Before: relmark.MustParseDate("2025-03-10"), At: when("2025-03-20T10:00:00Z")})
	do(t, &w, d, err)
	back, _ := reloaded(t, &w, &cashback.Wallet{})
	d, err = c.Purchase(back, cashback.Purchase{Key: "3", Order: "b", Net: dec("80"), At: when("2025-03-21T10:00:00Z")})
	assert.Equal(t, int64(200), do(t, back, d, err).Granted)
}
