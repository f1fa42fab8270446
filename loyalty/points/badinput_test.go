package points_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/earning"
	"github.com/relmark/relmark/loyalty/points"
)

// sentinel returns the one error of the root package that err matches.
func sentinel(t require.TestingT, err error) (which error) {
	for _, s := range []error{relmark.ErrInvalid, relmark.ErrRefused, relmark.ErrConflict, relmark.ErrLimit, relmark.ErrUnsupported} {
		if errors.Is(err, s) {
			require.NoError(t, which, "%v matches two", err)
			which = s
		}
	}
	return which
}

// What can be wrong with an input, what a host is told, and what makes a retry of the
// same command succeed, if anything does. A command that was rejected leaves no trace,
// and its key is free.
func TestBadInput(t *testing.T) {
	t.Parallel()
	const most = 1<<53 - 1
	earn := func(amount decimal.Decimal) points.Command {
		return with(head("new", 20), points.Earn{Order: "O3", Amount: amount})
	}
	gift := func(n int64) points.Command { return with(head("help", 20), points.Adjust{Points: n}) }
	for name, c := range map[string]struct {
		c    points.Command
		want error
		why  points.Reason  // empty where a field is to blame
		help points.Command // after which the command succeeds; zero if nothing helps
	}{
		"amount past int64":            {earn(decimal.New(1, 30)), relmark.ErrLimit, "", points.Command{}},
		"amount past 2^53":             {earn(decimal.New(1<<53, -2)), relmark.ErrLimit, "", points.Command{}},
		"points past 2^53":             {with(head("new", 20), points.Redeem{Points: 1 << 53}), relmark.ErrInvalid, "", points.Command{}},
		"points past int64 in all":     {with(head("new", 20), points.Adjust{Points: math.MinInt64}), relmark.ErrInvalid, "", points.Command{}},
		"a total past 2^53":            {with(head("new", 20), points.Adjust{Points: most}), relmark.ErrLimit, points.TooMany, points.Command{}},
		"a parcel past 2^53":           {with(head("new", 20), points.Receive{Parcel: []points.Moved{{Points: most, AvailableAt: at(0)}, {Points: most, AvailableAt: at(0)}}}), relmark.ErrLimit, points.TooMany, points.Command{}},
		"other currency":               {with(head("new", 20), points.Earn{Order: "O3", Amount: euros(1), Currency: "USD"}), relmark.ErrInvalid, "", points.Command{}},
		"other currency of a refund":   {with(head("new", 20), points.Refund{Order: "O2", Amount: euros(1), Currency: "USD"}), relmark.ErrInvalid, "", points.Command{}},
		"more digits than the unit":    {earn(decimal.New(1, -3)), relmark.ErrInvalid, "", points.Command{}},
		"more digits in a refund":      {with(head("new", 20), points.Refund{Order: "O2", Amount: decimal.New(1, -3)}), relmark.ErrInvalid, "", points.Command{}},
		"negative order":               {earn(euros(-1)), relmark.ErrInvalid, "", points.Command{}},
		"negative refund":              {with(head("new", 20), points.Refund{Order: "O2", Amount: euros(-1)}), relmark.ErrInvalid, "", points.Command{}},
		"refund beyond the order":      {with(head("new", 20), points.Refund{Order: "O2", Amount: decimalOf(2001)}), relmark.ErrRefused, points.RefundExceedsOrder, points.Command{}},
		"refund of a closed period":    {with(head("new", 20), points.Refund{Order: "O1", Amount: euros(1)}), relmark.ErrRefused, points.PeriodClosed, points.Command{}},
		"time running backwards":       {with(head("new", 18), points.Redeem{Points: 1}), relmark.ErrRefused, points.TimeRunsBack, points.Command{}},
		"time before the closing":      {with(points.Command{Key: "new", At: at(3), Recorded: at(20)}, points.Redeem{Points: 1}), relmark.ErrRefused, points.PeriodClosed, points.Command{}},
		"a foreign key":                {with(head("earn2", 20), points.Redeem{Points: 1}), relmark.ErrInvalid, points.KeyConflict, points.Command{}},
		"a key with another amount":    {with(head("earn2", 17), points.Earn{Order: "O2", Amount: euros(21)}), relmark.ErrInvalid, points.KeyConflict, points.Command{}},
		"an expired key":               {with(head("earn1", 1), points.Earn{Order: "O1", Amount: euros(10)}), relmark.ErrRefused, points.PeriodClosed, points.Command{}},
		"an order twice":               {with(head("new", 20), points.Earn{Order: "O2", Amount: euros(20)}), relmark.ErrRefused, points.DuplicateOrder, points.Command{}},
		"another version":              {with(points.Command{Key: "new", At: at(20), Version: new(uint64(6))}, points.Redeem{Points: 1}), relmark.ErrConflict, points.VersionConflict, gift(1)},
		"more points than there are":   {with(head("new", 20), points.Redeem{Points: 100}), relmark.ErrRefused, points.Insufficient, gift(100)},
		"more points for an order":     {with(head("new", 20), points.Earn{Order: "O3", Amount: euros(9), PayPoints: 100}), relmark.ErrRefused, points.Insufficient, gift(100)},
		"more points to hold":          {with(head("new", 20), points.Reserve{Reservation: "R", Points: 100, TTL: 1}), relmark.ErrRefused, points.Insufficient, gift(100)},
		"a reservation not yet made":   {with(head("new", 20), points.Commit{Reservation: "R", All: true}), relmark.ErrRefused, points.UnknownReservation, with(head("help", 20), points.Reserve{Reservation: "R", Points: 3, TTL: time.Hour})},
		"more than a reservation":      {with(head("new", 20), points.Commit{Reservation: "R2", Points: 4}), relmark.ErrRefused, points.ExceedsReservation, points.Command{}},
		"a member not yet in the pool": {with(head("new", 20), points.Leave{Member: "m"}), relmark.ErrRefused, points.NotAMember, with(head("help", 20), points.Receive{Contributor: "m", Parcel: []points.Moved{{Points: 1, AvailableAt: at(0)}}})},
		"to take over too late":        {with(head("new", 20), points.Open{}), relmark.ErrRefused, points.NotEmpty, points.Command{}},
		"to send to oneself":           {with(head("new", 20), points.Send{From: "a", To: "a", Points: 1}), relmark.ErrInvalid, points.SelfTransfer, points.Command{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := compiled(t, points.Program{Rules: earning.Rules{Versions: []earning.Version{{Rates: []earning.Rate{{Rule: "base", Points: 2, Per: decimalOf(50)}}}}}})
			var a points.Account
			for _, c := range []points.Command{
				with(head("earn1", 1), points.Earn{Order: "O1", Amount: euros(10)}),
				with(head("spend", 2), points.Redeem{Points: 40}),
				with(head("close", 16), points.Close{Before: day(10)}),
				with(head("earn2", 17), points.Earn{Order: "O2", Amount: euros(20)}),
				with(head("hold", 19), points.Reserve{Reservation: "R2", Points: 3, TTL: 1000 * time.Hour}),
			} {
				do(t, e, &a, c)
			}
			before := snapshot(t, &a)
			d, err := e.Decide(&a, c.c)
			require.Error(t, err)
			assert.Equal(t, points.Decision{}, d)
			assert.Equal(t, c.want, sentinel(t, err), "%v", err)
			if refusal, ok := errors.AsType[*points.CommandError](err); ok {
				assert.Equal(t, c.why, refusal.Reason)
			} else {
				assert.Empty(t, c.why, "%v", err)
			}
			_, _, err = e.Preview(&a, c.c)
			require.Error(t, err)
			assert.Equal(t, string(before), string(snapshot(t, &a)), "it has left a trace")
			if c.help.Do != nil {
				do(t, e, &a, c.help)
				do(t, e, &a, c.c)
			}
			if c.why == points.TimeRunsBack {
				c.c.Recorded = at(20)
				do(t, e, &a, c.c)
			}
		})
	}
}

// A refund for an order not yet seen is parked, not an error.
func TestRefundBeforeItsOrderIsParked(t *testing.T) {
	t.Parallel()
	e := compiled(t, points.Program{})
	var a points.Account
	b := do(t, e, &a, with(head("early", 0), points.Refund{Order: "O", Amount: euros(4)})).Body.(*points.Refunded)
	assert.True(t, b.Parked)
	assert.Empty(t, points.Journal(points.Event{Body: b}), "nothing has moved")
	assert.Equal(t, 1, a.Balance(at(0)).ParkedRefunds)
	do(t, e, &a, with(head("earn", 1), points.Earn{Order: "O", Amount: euros(10)}))
	assert.Equal(t, int64(6), a.Balance(at(1)).Available)
}

// Events of a type or version that nobody knows are errors, never skipped, and what
// has been decoded and folded by then stays.
func TestUnknownEventsAreErrors(t *testing.T) {
	t.Parallel()
	e := compiled(t, points.Program{})
	var a points.Account
	ev := do(t, e, &a, with(head("gift", 0), points.Adjust{Points: 5}))
	good, err := ev.AppendJSON(nil)
	require.NoError(t, err)
	for old, bad := range map[string]string{`"v":1`: `"v":2`, `"adjusted"`: `"adjourned"`} {
		text := []byte(strings.Replace(string(good), old, bad, 1))
		before := ev
		err := ev.UnmarshalJSON(text)
		assert.Equal(t, relmark.ErrUnsupported, sentinel(t, err))
		assert.Equal(t, before, ev)
		var b points.Account
		err = points.Fold(&b, decoded([][]byte{good, text}))
		assert.Equal(t, relmark.ErrUnsupported, sentinel(t, err))
		assert.Equal(t, snapshot(t, &a), snapshot(t, &b), "up to there")
	}
}

// I2: near 2^53, commands are carried out exactly or refused with ErrLimit; no total
// wraps around, and every snapshot can be read.
func TestI02TotalsStayInRange(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := points.Program{
			Rules: earning.Rules{
				Versions: []earning.Version{{Rates: []earning.Rate{{Rule: "base", Points: rapid.Int64Range(1, 1<<30).Draw(t, "rate"), Per: euros(1)}}}},
			},
			Shortfall: rapid.SampledFrom([]points.Shortfall{points.Debt, points.Clamp, points.CashDeduct}).Draw(t, "shortfall"),
		}
		e := compiled(t, p)
		var a points.Account
		huge := func() int64 {
			return min(1<<53, rapid.Int64Range(1, 4).Draw(t, "times")*(1<<rapid.IntRange(0, 53).Draw(t, "bits"))+rapid.Int64Range(-1, 1).Draw(t, "more"))
		}
		if rapid.Bool().Draw(t, "debt") {
			do(t, e, &a, with(head("open", 0), points.Open{Debt: rapid.Int64Range(0, 1<<53-1).Draw(t, "owing")}))
		}
		for i := range rapid.IntRange(1, 20).Draw(t, "steps") {
			h, order := head(fmt.Sprint("k", i), 1), fmt.Sprint("o", rapid.IntRange(0, 3).Draw(t, "order"))
			var c points.Command
			switch rapid.IntRange(0, 5).Draw(t, "command") {
			case 0:
				c = with(h, points.Earn{Order: order, Amount: decimalOf(huge()), PayPoints: huge() / 2})
			case 1:
				c = with(h, points.Earn{Order: order, Amount: decimalOf(huge())})
			case 2:
				c = with(h, points.Refund{Order: order, Amount: decimalOf(huge())})
			case 3:
				c = with(h, points.Adjust{Points: huge()})
			case 4:
				c = with(h, points.Adjust{Points: -huge()})
			case 5:
				c = with(h, points.Receive{Parcel: []points.Moved{{Points: huge(), AvailableAt: at(0)}, {Points: huge(), AvailableAt: at(0)}}})
			}
			before := snapshot(t, &a)
			d, err := e.Decide(&a, c)
			if err != nil {
				require.Error(t, sentinel(t, err), "%v", err)
				require.Equal(t, before, snapshot(t, &a))
				continue
			}
			require.NoError(t, a.Apply(d.Event))
			identity(t, a.Balance(at(1)))
			require.NoError(t, new(points.Account).UnmarshalBinary(snapshot(t, &a)))
		}
	})
}
