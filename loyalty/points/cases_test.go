package points_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/earning"
	"github.com/relmark/relmark/loyalty/points"
)

// What property tests find in some of their runs, found in each.

// Whatever zone the instants of a command are in, those of the event are in UTC, and the
// dates those of the programme.
func TestInstantsComeOutInUTC(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	tokyo := time.FixedZone("JST", 9*3600)
	p := points.Program{Rules: earning.Rules{Zone: berlin}, Expiry: points.Expiry{Kind: points.Months, N: 1}, MaturityDays: 2, GraceDays: new(3)}
	e := compiled(t, p)
	at := time.Date(2025, 1, 11, 7, 30, 0, 0, tokyo) // 23:30 on 10 January in Berlin
	var a points.Account
	own := at.AddDate(0, 0, 40)
	step := func(key string, c points.Action) points.Event {
		return do(t, e, &a, points.Command{Key: key, At: at, Recorded: at.Add(time.Minute), Do: c})
	}
	earned := step("1", points.Earn{Order: "O", Amount: euros(100)})
	assert.Equal(t, time.Date(2025, 1, 10, 22, 30, 0, 0, time.UTC), earned.At)
	assert.Equal(t, time.Date(2025, 1, 10, 22, 31, 0, 0, time.UTC), earned.Recorded)
	b := earned.Body.(*points.Earned)
	assert.Equal(t, "2025-01-10", b.Facts.Date.String())
	assert.Equal(t, time.Date(2025, 1, 11, 23, 0, 0, 0, time.UTC), b.AvailableAt)
	assert.Equal(t, time.Date(2025, 2, 10, 23, 0, 0, 0, time.UTC), b.ExpiresAt)
	for _, instant := range []time.Time{
		step("2", points.Earn{Order: "P", Amount: euros(1), Expires: &own}).Body.(*points.Earned).ExpiresAt,
		step("3", points.Adjust{Points: 5, AvailableAt: at, Expires: &own}).Body.(*points.Adjusted).ExpiresAt,
		step("4", points.Adjust{Points: 5, AvailableAt: at, Expires: &own}).Body.(*points.Adjusted).AvailableAt,
		step("5", points.Reserve{Reservation: "R", Points: 1, TTL: time.Hour}).Body.(*points.Reserved).Deadline,
		step("6", points.Receive{Parcel: []points.Moved{{Points: 1, AvailableAt: at, ExpiresAt: own}}}).Body.(*points.Received).Parcel[0].ExpiresAt,
		a.Balance(own).NextExpiry,
	} {
		assert.Equal(t, time.UTC, instant.Location())
	}
}

// A currency may have up to nine digits, everywhere.
func TestCurrenciesOfNineDigits(t *testing.T) {
	t.Parallel()
	p := points.Program{
		Rules: earning.Rules{
			Currency:   "XNN",
			Digits:     9,
			PointValue: decimal.New(1, -9),
			Versions:   []earning.Version{{Rates: []earning.Rate{{Rule: "base", Points: 1, Per: decimal.New(1, -9)}}}},
		},
		Shortfall: points.CashDeduct,
	}
	e := compiled(t, p)
	var a points.Account
	events := []points.Event{
		do(t, e, &a, with(head("0", 0), points.Adjust{Points: 7})),
		do(t, e, &a, with(head("1", 1), points.Earn{Order: "O", Amount: decimal.New(1_000_000_007, -9), PayPoints: 7, Lines: []earning.OrderLine{{Amount: decimal.New(5, -9)}}})),
		do(t, e, &a, with(head("2", 2), points.Redeem{Points: 1_000_000_000})),
		do(t, e, &a, with(head("3", 3), points.Refund{Order: "O", Amount: decimal.New(500_000_000, -9)})),
	}
	assert.Equal(t, int64(1_000_000_000), events[1].Body.(*points.Earned).Award.Granted)
	// floor(10^9 · 5·10^8 / 1000000007) points are taken back, three of which are restored.
	assert.Equal(t, int64(499_999_993), events[3].Body.(*points.Refunded).Deducted)
	for _, ev := range events {
		for _, data := range [][]byte{encodedEvent(t, ev.AppendJSON), encodedEvent(t, ev.AppendBinary)} {
			var back points.Event
			if data[0] == '{' {
				require.NoError(t, back.UnmarshalJSON(data))
			} else {
				require.NoError(t, back.UnmarshalBinary(data))
			}
			assert.Equal(t, ev, back)
		}
	}
	_, err := points.Compile(points.Program{Rules: earning.Rules{Currency: "XNN", Digits: 10, Versions: p.Versions}})
	require.ErrorIs(t, err, relmark.ErrInvalid)
}

func encodedEvent(t *testing.T, encode func([]byte) ([]byte, error)) []byte {
	t.Helper()
	data, err := encode(nil)
	require.NoError(t, err)
	return data
}

// Refunds that were parked are cut to what the order leaves, one after the other.
func TestParkedRefundsBeyondTheirOrder(t *testing.T) {
	t.Parallel()
	e := compiled(t, points.Program{})
	for name, c := range map[string]struct{ parked, applied []int64 }{
		"within":         {[]int64{400, 500}, []int64{400, 500}},
		"all":            {[]int64{400, 600}, []int64{400, 600}},
		"the second cut": {[]int64{600, 600}, []int64{600, 400}},
		"the third cut":  {[]int64{300, 300, 900}, []int64{300, 300, 400}},
		"the third gone": {[]int64{600, 600, 600}, []int64{600, 400}},
		"the first cut":  {[]int64{1200, 100}, []int64{1000}},
	} {
		var a points.Account
		for i, n := range c.parked {
			do(t, e, &a, with(head(fmt.Sprint("r", i), i), points.Refund{Order: "O", Amount: decimalOf(n)}))
		}
		b := do(t, e, &a, with(head("earn", 9), points.Earn{Order: "O", Amount: euros(10)})).Body.(*points.Earned)
		var got []int64
		sum := int64(0)
		for _, r := range b.Refunds {
			got = append(got, r.Amount)
			sum += r.Taken()
		}
		assert.Equal(t, c.applied, got, name)
		assert.Equal(t, min(10, sum), sum, name)
		assert.Equal(t, 10-sum, a.Balance(at(9)).Available, name)
		assert.Zero(t, a.Balance(at(9)).ParkedRefunds, name)
	}
}

// Points come with a lot and a lot with points, and both with an order.
func TestNoGrantWithoutItsOrder(t *testing.T) {
	t.Parallel()
	good := points.Earned{Order: "O", Facts: earning.Facts{Date: day(0), Total: 500, Cash: 500}, Award: earning.Award{Granted: 5}, Lot: 1, AvailableAt: at(0)}
	var a points.Account
	require.NoError(t, a.Clone().Apply(next(&a, 0, &good)))
	for name, change := range map[string]func(b *points.Earned){
		"no order":                  func(b *points.Earned) { b.Order = "" },
		"no lot":                    func(b *points.Earned) { b.Lot = 0 },
		"a lot of nothing":          func(b *points.Earned) { b.Award.Granted = 0 },
		"another lot":               func(b *points.Earned) { b.Lot = 2 },
		"no instant":                func(b *points.Earned) { b.AvailableAt = time.Time{} },
		"more settled than granted": func(b *points.Earned) { b.Settled = 6 },
		"settled without debt":      func(b *points.Earned) { b.Settled = 1 },
		"negative total":            func(b *points.Earned) { b.Facts.Total = -1 },
		"worth more than it cost":   func(b *points.Earned) { b.PaidValue = 501 },
	} {
		b := good
		change(&b)
		refused(t, &a, next(&a, 0, &b), name)
	}
}

// A reservation is committed in part, or as a whole by saying so: no number means all.
func TestCommitSaysHowMuch(t *testing.T) {
	t.Parallel()
	e := compiled(t, points.Program{})
	for name, c := range map[string]struct {
		do   points.Commit
		want int64 // -1 is invalid
	}{
		"nothing said":      {points.Commit{}, -1},
		"less than one":     {points.Commit{Points: -1}, -1},
		"both":              {points.Commit{Points: 3, All: true}, -1},
		"beyond 2^53":       {points.Commit{Points: 1 << 53}, -1},
		"a part":            {points.Commit{Points: 3}, 3},
		"exactly all":       {points.Commit{Points: 10}, 10},
		"all, by saying so": {points.Commit{All: true}, 10},
	} {
		var a points.Account
		do(t, e, &a, with(head("gift", 0), points.Adjust{Points: 20}))
		do(t, e, &a, with(head("hold", 0), points.Reserve{Reservation: "R", Points: 10, TTL: time.Hour}))
		c.do.Reservation = "R"
		d, err := e.Decide(&a, with(head("commit", 0), c.do))
		if c.want < 0 {
			require.ErrorIs(t, err, relmark.ErrInvalid, name)
			field := new(relmark.FieldError)
			require.ErrorAs(t, err, &field, name)
			assert.Equal(t, "Points", field.Field)
			continue
		}
		require.NoError(t, err, name)
		assert.Equal(t, c.want, sum(d.Event.Body.(*points.Resolved).Redeemed), name)
	}
	// What is wrong with the command is said before what is wrong with the state.
	_, err := e.Decide(new(points.Account), with(head("commit", 0), points.Commit{Reservation: "none"}))
	require.ErrorIs(t, err, relmark.ErrInvalid)
}

// The first event of an account may be older than 1970, where instants are negative.
func TestAccountsBefore1970(t *testing.T) {
	t.Parallel()
	e := compiled(t, points.Program{Expiry: points.Expiry{Kind: points.Months, N: 240}})
	var a points.Account
	moon := time.Date(1955, 11, 5, 6, 15, 0, 0, time.UTC)
	for i := range 3 {
		c := points.Command{Key: fmt.Sprint(i), At: moon.AddDate(i, 0, 0), Do: points.Earn{Order: fmt.Sprint(i), Amount: euros(10)}}
		do(t, e, &a, c)
		require.NoError(t, new(points.Account).UnmarshalBinary(snapshot(t, &a)))
	}
	assert.Equal(t, int64(30), a.Balance(moon.AddDate(2, 0, 0)).Available)
	assert.Equal(t, int64(20), a.Balance(moon.AddDate(20, 0, 1)).Available)
	_, err := e.Decide(&a, points.Command{Key: "back", At: moon, Do: points.Redeem{Points: 1}})
	assert.Equal(t, "time_runs_back", reasonOf(err))
	refusedEarly := next(&a, 0, &points.Swept{})
	refusedEarly.Recorded = moon
	assert.Equal(t, "time_runs_back", reasonOf(a.Apply(refusedEarly)))
}

// What an event of a caller's own making sums up does not wrap around.
func TestSumsDoNotWrap(t *testing.T) {
	t.Parallel()
	const most = 1<<53 - 1
	for name, parts := range map[string][]points.Part{
		"negative":      {{Lot: 1, Points: -1}},
		"nothing":       {{Lot: 1, Points: 5}, {Lot: 2}},
		"beyond 2^53":   {{Lot: 1, Points: most + 1}},
		"beyond in all": {{Lot: 1, Points: most}, {Lot: 2, Points: 1}},
		"beyond int64":  {{Lot: 1, Points: 1 << 62}, {Lot: 2, Points: 1 << 62}, {Lot: 3, Points: 1}},
		"back again":    {{Lot: 1, Points: most}, {Lot: 2, Points: -most}},
	} {
		r := points.Refunded{Reversed: parts}
		assert.Greater(t, r.Taken(), int64(most), name)
		for _, p := range parts {
			r.Restored = append(r.Restored, points.Restored{Part: p})
		}
		assert.Greater(t, r.Given(), int64(most), name)
	}
	r := points.Refunded{Reversed: []points.Part{{Lot: 1, Points: most - 1}, {Lot: 2, Points: 1}}, Debt: 3}
	assert.Equal(t, int64(most+3), r.Taken())
}

// A parcel holds points, each part of it.
func TestParcelsHoldPoints(t *testing.T) {
	t.Parallel()
	var a points.Account
	part := func(n int64) points.Moved { return points.Moved{Lot: 1, Points: n, AvailableAt: at(0)} }
	require.NoError(t, a.Clone().Apply(next(&a, 0, &points.Received{Parcel: []points.Moved{part(1), part(2)}, First: 1})))
	for name, b := range map[string]*points.Received{
		"nothing":        {Parcel: []points.Moved{part(0)}, First: 1},
		"and nothing":    {Parcel: []points.Moved{part(1), part(0)}, First: 1},
		"negative":       {Parcel: []points.Moved{part(5), part(-1)}, First: 1},
		"too much":       {Parcel: []points.Moved{part(1 << 53)}, First: 1},
		"too much, both": {Parcel: []points.Moved{part(1<<53 - 1), part(1)}, First: 1},
		"no instant":     {Parcel: []points.Moved{{Lot: 1, Points: 1}}, First: 1},
		"another first":  {Parcel: []points.Moved{part(1)}, First: 2},
	} {
		refused(t, &a, next(&a, 0, b), name)
	}
}

// What an account takes, its snapshot can say, however odd.
func TestOddEventsLeaveSnapshots(t *testing.T) {
	t.Parallel()
	var a points.Account
	gift := &points.Adjusted{Points: 10, Lot: 1, AvailableAt: at(0)}
	require.NoError(t, a.Apply(next(&a, 0, gift)))
	odd := points.Event{Seq: 2, Key: "odd", At: at(0), Recorded: at(0), Body: &points.Earned{
		Order: "O", Facts: earning.Facts{Date: day(0)}, Paid: []points.Part{{Lot: 1, Points: 10}}, // that paid nothing
	}}
	require.NoError(t, a.Apply(odd))
	require.NoError(t, new(points.Account).UnmarshalBinary(snapshot(t, &a)))
}
