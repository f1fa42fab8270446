package voucher_test

import (
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
	type command struct {
		run   func(g *voucher.Register) (voucher.Decision, error)
		order string // that is voided
	}
	limit := rapid.Ptr(rapid.Int64Range(1, 6), true)
	rapid.Check(t, func(t *rapid.T) {
		c, err := voucher.NewCampaign(voucher.Terms{
			Zone: berlin, AnyCode: true,
			Limits: voucher.Limits{Code: limit.Draw(t, "code"), Member: limit.Draw(t, "member"), Campaign: limit.Draw(t, "campaign")},
			Digits: 2, Caps: drawCaps(t),
		})
		require.NoError(t, err)
		g, all := new(voucher.Register), new(voucher.Register)
		var commands []command
		orders := map[string]time.Time{} // of the first redemption of each
		var kept []time.Time             // of events
		var end time.Time                // of what is closed
		now := began
		for i := range rapid.IntRange(1, 40).Draw(t, "steps") {
			now = now.AddDate(0, 0, rapid.IntRange(0, 9).Draw(t, "days"))
			key, at := fmt.Sprint(i), now.AddDate(0, 0, -late.Draw(t, "late"))
			r := voucher.Redemption{Key: key, Code: letter.Draw(t, "code"), Member: letter.Draw(t, "member"), Order: letter.Draw(t, "order"), Amount: cents.Draw(t, "amount"), At: at}
			l := voucher.Release{Key: key, Redemption: fmt.Sprint(rapid.IntRange(0, i).Draw(t, "of")), Amount: cents.Draw(t, "back"), Use: rapid.Bool().Draw(t, "use"), At: at}
			v := voucher.Voiding{Key: key, Redemption: fmt.Sprint(rapid.IntRange(0, i).Draw(t, "target")), At: at}
			next := command{run: func(g *voucher.Register) (voucher.Decision, error) { return c.Redeem(g, r) }}
			switch what := rapid.IntRange(0, 7).Draw(t, "what"); {
			case what == 0:
				x := closing(t, key, now)
				d, err := c.Close(g, x)
				require.NoError(t, err)
				if !d.Accepted {
					require.Equal(t, closed, d.Reasons)
					continue
				}
				require.NoError(t, g.Apply(d.Event))
				end, kept = d.Event.From, append(kept, now)
				again, err := c.Close(g, x)
				require.NoError(t, err)
				require.True(t, again.Replayed)
				continue
			case what == 1:
				next.run = func(g *voucher.Register) (voucher.Decision, error) { return g.Void(v) }
			case what == 4:
				next = command{order: r.Order, run: func(g *voucher.Register) (voucher.Decision, error) {
					return g.Void(voucher.Voiding{Key: key, Order: r.Order, At: at})
				}}
			case what == 3:
				next.run = func(g *voucher.Register) (voucher.Decision, error) { return c.Release(g, l) }
			case what == 2 && len(commands) > 0:
				next = rapid.SampledFrom(commands).Draw(t, "again")
			}
			commands = append(commands, next)
			if first, known := orders[next.order]; known && first.Before(end) {
				continue // a part of it may be forgotten
			}
			want, err := next.run(all)
			require.NoError(t, err)
			got, err := next.run(g)
			require.NoError(t, err)
			back, _ := reloaded(t, g, new(voucher.Register))
			same, err := next.run(back)
			require.NoError(t, err)
			require.Equal(t, got, same, "a snapshot decides the same")
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
				if ev := got.Event; ev.Type == voucher.Redeemed && (orders[ev.Order].IsZero() || ev.At.Before(orders[ev.Order])) {
					orders[ev.Order] = ev.At
				}
				require.NoError(t, g.Apply(got.Event))
				require.NoError(t, all.Apply(want.Event))
			}
			require.Equal(t, all.Uses(r.Code, r.Member), g.Uses(r.Code, r.Member))
			if rapid.IntRange(0, 3).Draw(t, "snapshot") == 0 {
				kept = slices.DeleteFunc(kept, func(at time.Time) bool { return at.Before(end) })
				var size int
				g, size = reloaded(t, g, new(voucher.Register))
				require.LessOrEqual(t, size, 4000+50*len(kept), "it grows with what is open, and a month of days")
			}
		}
		require.Subset(t, all.Live(), g.Live())
	})
}

// A member who has used the coupon before the closing cannot use it again, nor send
// the old command as a new one.
func TestLimitsHoldAcrossClosings(t *testing.T) {
	t.Parallel()
	c := campaign(t, voucher.Terms{AnyCode: true, Limits: voucher.Limits{Member: new(int64(1))}})
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
	assert.Equal(t, closed, ask(c.Close(&g, voucher.Closing{Key: "7", Before: relmark.MustParseDate("2025-03-31"), At: first.At})))
	for _, bad := range []voucher.Closing{
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
