package points_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/loyalty/points"
)

// drawProgram draws a programme of which the naive ledger knows the rules.
func drawProgram(t *rapid.T) points.Program {
	zone := rapid.SampledFrom([]string{"UTC", "America/New_York", "Africa/Cairo"}).Draw(t, "zone")
	loc, err := time.LoadLocation(zone)
	require.NoError(t, err)
	kinds := []points.Expiry{{}, {Kind: points.Months, N: 1}, {Kind: points.MonthsEOM}, {Kind: points.FixedYearEnd}, {Kind: points.Inactivity, N: 1}}
	p := points.Program{
		Zone: loc, Currency: "EUR", Digits: 2,
		PointValue:   decimal.New(rapid.Int64Range(1, 30).Draw(t, "value"), -3),
		Expiry:       rapid.SampledFrom(kinds).Draw(t, "expiry"),
		MaturityDays: rapid.SampledFrom([]int{0, 0, 3}).Draw(t, "maturity"),
		Shortfall:    rapid.SampledFrom([]points.Shortfall{points.Debt, points.Clamp, points.CashDeduct}).Draw(t, "shortfall"),
		TransferFee:  decimal.New(rapid.Int64Range(0, 40).Draw(t, "fee"), -2),
		Versions: []points.Version{{
			Rates:       []points.Rate{{Rule: "base", Points: rapid.Int64Range(1, 5).Draw(t, "rate"), Per: decimal.New(rapid.Int64Range(1, 30).Draw(t, "per"), -1)}},
			Multipliers: []points.Multiplier{{Rule: "gold", Factor: decimal.New(rapid.Int64Range(0, 30).Draw(t, "factor"), -1), When: points.Condition{Tiers: []string{"gold"}}}},
			Bonuses:     []points.Bonus{{Rule: "big", Points: 7, When: points.Condition{MinTotal: new(decimal.New(20, 0))}}},
		}},
	}
	if rapid.Bool().Draw(t, "goals") {
		p.Versions[0].Goals = []points.Goal{
			{Rule: "card", Target: 3, Points: 4, Repeat: true},
			{Rule: "spender", Count: points.CountSpend, Target: 5000, Points: 11, When: points.Condition{Tiers: []string{"gold"}}},
		}
	}
	if rapid.Bool().Draw(t, "caps") {
		p.Versions[0].Caps = []points.Cap{{Per: points.PerOrder, Points: 40}, {Per: points.PerMonth, Points: 70}}
	}
	if rapid.Bool().Draw(t, "grace") {
		p.GraceDays = new(rapid.IntRange(0, 20).Draw(t, "graceDays"))
	}
	return p
}

// drawCommand draws a command; names repeat, so that they clash now and then.
func drawCommand(t *rapid.T, h points.Head) points.Command {
	name := func(kind string, n int) string { return fmt.Sprint(kind, rapid.IntRange(1, n).Draw(t, kind)) }
	few := rapid.Int64Range(1, 60)
	cents := func() decimal.Decimal { return decimal.New(rapid.Int64Range(1, 4000).Draw(t, "cents"), -2) }
	switch rapid.SampledFrom([]string{"earn", "earn", "earn", "refund", "refund", "redeem", "adjust", "take", "reserve", "commit", "void", "send", "sweep"}).Draw(t, "command") {
	case "earn":
		c := points.Earn{Head: h, Order: name("order", 12), Amount: cents(), Tier: rapid.SampledFrom([]string{"", "gold"}).Draw(t, "tier")}
		if rapid.IntRange(0, 2).Draw(t, "pays") == 0 {
			c.PayPoints, c.Amount = few.Draw(t, "pay"), c.Amount.Add(decimal.New(2, 0))
		}
		return c
	case "refund":
		return points.Refund{Head: h, Order: name("order", 12), Amount: cents()}
	case "redeem":
		return points.Redeem{Head: h, Points: few.Draw(t, "points")}
	case "adjust":
		c := points.Adjust{Head: h, Points: few.Draw(t, "points")}
		if rapid.Bool().Draw(t, "own") {
			c.Expires = new(h.At.AddDate(0, 0, rapid.IntRange(1, 50).Draw(t, "days")))
		}
		return c
	case "take":
		return points.Adjust{Head: h, Points: -few.Draw(t, "points")}
	case "reserve":
		return points.Reserve{Head: h, Reservation: name("hold", 6), Points: few.Draw(t, "points"), TTL: time.Duration(rapid.IntRange(1, 200).Draw(t, "hours")) * time.Hour}
	case "commit":
		return points.Commit{Head: h, Reservation: name("hold", 6), Points: rapid.Int64Range(0, 30).Draw(t, "points")}
	case "void":
		return points.Void{Head: h, Reservation: name("hold", 6)}
	case "send":
		return points.Send{Head: h, From: "a", To: "b", Points: few.Draw(t, "points") + 1}
	}
	return points.Sweep{Head: h}
}

func reasonOf(err error) string {
	if refusal, ok := errors.AsType[*points.CommandError](err); ok {
		return string(refusal.Reason)
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

// history draws commands and lets each be seen, with what was decided and the
// account after it.
func history(t *rapid.T, p points.Program, seen func(c points.Command, now time.Time, d points.Decision, err error, a *points.Account)) {
	e, err := points.Compile(p)
	require.NoError(t, err)
	var a points.Account
	now := time.Date(2024, 12, 20, 12, 0, 0, 0, time.UTC)
	for i := range rapid.IntRange(1, 40).Draw(t, "steps") {
		now = now.Add(time.Duration(rapid.IntRange(0, 200).Draw(t, "hours later")) * time.Hour)
		late := time.Duration(rapid.SampledFrom([]int{0, 0, 0, 30, 900}).Draw(t, "late")) * time.Hour
		c := drawCommand(t, points.Head{Key: fmt.Sprint("key", i), At: now.Add(-late), Recorded: now})
		d, err := e.Decide(&a, c)
		if err == nil {
			require.NoError(t, a.Apply(d.Event))
			if s, ok := d.Event.Body.(*points.Sent); ok && rapid.Bool().Draw(t, "undo") {
				seen(c, now, d, nil, &a)
				c = points.Receive{Head: points.Head{Key: fmt.Sprint("back", i), At: now}, Parcel: s.Parcel}
				d, err = e.Decide(&a, c)
				require.NoError(t, err)
				require.NoError(t, a.Apply(d.Event))
			}
		}
		seen(c, now, d, err, &a)
	}
}

func TestLedgerAgreesWithANaiveOne(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := drawProgram(t)
		m := newNaive(p)
		history(t, p, func(c points.Command, now time.Time, d points.Decision, err error, a *points.Account) {
			if errors.Is(err, errInvalid) {
				return // both know what is invalid; only one checks it
			}
			at := now
			if err == nil {
				at = d.Event.At
			} else if h, ok := headOf(c); ok {
				at = h.At
			}
			require.Equal(t, m.do(c, at, now), reasonOf(err), "%T", c)
			m.pass(now)
			require.Equal(t, m.balance(), a.Balance(now), "%T", c)
		})
	})
}

func headOf(c points.Command) (points.Head, bool) {
	switch c := c.(type) {
	case points.Reserve:
		return c.Head, true
	case points.Earn:
		return c.Head, true
	case points.Refund:
		return c.Head, true
	}
	return points.Head{}, false
}

func identity(t require.TestingT, b points.Balance) {
	require.Equal(t, b.Issued+b.Received, b.Pending+b.Available+b.Held-b.Debt+b.Redeemed+b.Expired+b.Reversed+b.Sent)
	require.GreaterOrEqual(t, min(b.Pending, b.Available, b.Held, b.Debt, b.Redeemed, b.Expired, b.Reversed, b.Sent, b.Unrecovered), int64(0))
}

// I1, I2: nothing is lost, nothing is negative, now and at any later instant.
func TestConservation(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		history(t, drawProgram(t), func(_ points.Command, now time.Time, _ points.Decision, _ error, a *points.Account) {
			for _, days := range []int{0, 1, 20, 400, 40_000} {
				at := now.AddDate(0, 0, days)
				b := a.Balance(at)
				identity(t, b)
				var left int64
				for l := range a.Lots(at) {
					require.Positive(t, l.Points)
					left += l.Points
				}
				require.Equal(t, b.Pending+b.Available, left)
			}
		})
	})
}

// I4: a command delivered again, at any later point, changes nothing.
func TestIdempotency(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := drawProgram(t)
		e, err := points.Compile(p)
		require.NoError(t, err)
		type delivered struct {
			c   points.Command
			seq uint64
		}
		var all []delivered
		history(t, p, func(c points.Command, _ time.Time, d points.Decision, err error, a *points.Account) {
			if err == nil {
				all = append(all, delivered{c, d.Event.Seq})
			}
			if len(all) > 0 {
				again := rapid.SampledFrom(all).Draw(t, "again")
				before := a.Version()
				d, err := e.Decide(a, again.c)
				require.NoError(t, err)
				require.True(t, d.Replayed)
				require.Equal(t, again.seq, d.Event.Seq)
				require.Equal(t, before, a.Version())
			}
		})
	})
}

// I6: a sweep between any two commands changes no answer and no balance.
func TestSweepsChangeNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := drawProgram(t)
		e, err := points.Compile(p)
		require.NoError(t, err)
		var swept points.Account
		history(t, p, func(c points.Command, now time.Time, _ points.Decision, err error, a *points.Account) {
			if rapid.Bool().Draw(t, "sweep") {
				s, err := e.Decide(&swept, points.Sweep{points.Head{Key: fmt.Sprint("sweep", swept.Version()), At: now}})
				require.NoError(t, err)
				require.NoError(t, swept.Apply(s.Event))
			}
			d, again := e.Decide(&swept, c)
			require.Equal(t, reasonOf(err), reasonOf(again))
			if again == nil {
				require.NoError(t, swept.Apply(d.Event))
			}
			for _, days := range []int{0, 30, 500} {
				at := now.AddDate(0, 0, days)
				require.Equal(t, a.Balance(at), swept.Balance(at))
				require.Equal(t, slices.Collect(a.Lots(at)), slices.Collect(swept.Lots(at)))
			}
		})
	})
}

// I3: folding the stored bytes gives the live account, wherever one starts.
func TestReplay(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var stored [][]byte
		var live points.Account
		var end time.Time
		history(t, drawProgram(t), func(_ points.Command, now time.Time, d points.Decision, err error, a *points.Account) {
			if err == nil {
				b, err := d.Event.AppendJSON(nil)
				require.NoError(t, err)
				stored = append(stored, b)
				compact, err := d.Event.MarshalBinary()
				require.NoError(t, err)
				var back points.Event
				require.NoError(t, back.UnmarshalBinary(compact))
				require.Equal(t, d.Event, back)
			}
			live, end = *a.Clone(), now
		})
		var again points.Account
		require.NoError(t, points.Fold(&again, decoded(stored)))
		require.Equal(t, live.Version(), again.Version())
		want, err := live.MarshalBinary()
		require.NoError(t, err)
		got, err := again.MarshalBinary()
		require.NoError(t, err)
		require.Equal(t, want, got)
		cut := rapid.IntRange(0, len(stored)).Draw(t, "cut")
		var half, rest points.Account
		require.NoError(t, points.Fold(&half, decoded(stored[:cut])))
		snapshot, err := half.MarshalBinary()
		require.NoError(t, err)
		require.NoError(t, rest.UnmarshalBinary(snapshot))
		require.NoError(t, points.Fold(&rest, decoded(stored[cut:])))
		got, err = rest.MarshalBinary()
		require.NoError(t, err)
		require.Equal(t, want, got)
		require.Equal(t, live.Balance(end), again.Balance(end))
		require.Equal(t, slices.Collect(live.Lots(end)), slices.Collect(again.Lots(end)))
	})
}

func decoded(stored [][]byte) func(yield func(points.Event, error) bool) {
	return func(yield func(points.Event, error) bool) {
		var decoder points.Decoder
		for _, b := range stored {
			var ev points.Event
			err := decoder.Decode(b, &ev)
			if !yield(ev, err) {
				return
			}
		}
	}
}

// I9: the postings of all events and of what fell due between them balance to
// the state.
func TestJournalBalances(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		book := map[points.Place]int64{}
		post := func(list []points.Posting) {
			for _, p := range list {
				require.Positive(t, p.Points)
				book[p.From] -= p.Points
				book[p.To] += p.Points
			}
		}
		var before points.Account
		history(t, drawProgram(t), func(_ points.Command, now time.Time, d points.Decision, err error, a *points.Account) {
			if err != nil {
				return
			}
			post(before.Due(now))
			post(points.Journal(d.Event))
			before = *a.Clone()
			b := a.Balance(now)
			require.Equal(t, map[points.Place]int64{
				points.AtIssued: -b.Issued, points.AtPending: b.Pending, points.AtAvailable: b.Available, points.AtHeld: b.Held,
				points.AtDebt: -b.Debt, points.AtRedeemed: b.Redeemed, points.AtExpired: b.Expired,
				points.AtReversed: b.Reversed, points.AtTransit: b.Sent - b.Received,
			}, complete(book), "%T", d.Event.Body)
		})
	})
}

func complete(book map[points.Place]int64) map[points.Place]int64 {
	for _, p := range []points.Place{
		points.AtIssued, points.AtPending, points.AtAvailable, points.AtHeld, points.AtDebt,
		points.AtRedeemed, points.AtExpired, points.AtReversed, points.AtTransit,
	} {
		book[p] += 0
	}
	return book
}
