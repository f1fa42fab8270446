package points_test

import (
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/earning"
	"github.com/relmark/relmark/loyalty/points"
)

// snapshot returns the state of an account as bytes.
func snapshot(t require.TestingT, a *points.Account) []byte {
	data, err := a.MarshalBinary()
	require.NoError(t, err)
	return data
}

// refused checks that an event fails with ErrInvalid and changes nothing.
func refused(t require.TestingT, a *points.Account, ev points.Event, what string) {
	before := snapshot(t, a)
	require.ErrorIs(t, a.Apply(ev), relmark.ErrInvalid, what)
	require.Equal(t, before, snapshot(t, a), what)
}

// next returns an event that comes next to an account.
func next(a *points.Account, n int, b points.Body) points.Event {
	return points.Event{Seq: a.Version() + 1, Key: "next", At: at(n), Recorded: at(n), Body: b}
}

func TestResolvedMustMatchItsReservation(t *testing.T) {
	t.Parallel()
	e := compiled(t, points.Program{})
	var a points.Account
	do(t, e, &a, with(head("1", 0), points.Adjust{Points: 20, Expires: new(at(50))}))
	do(t, e, &a, with(head("2", 0), points.Adjust{Points: 20}))
	do(t, e, &a, with(head("3", 1), points.Reserve{Reservation: "R", Points: 10, TTL: 1000 * time.Hour}))
	part := func(lot uint64, n int64) points.Part { return points.Part{Lot: lot, Points: n} }
	list := func(p ...points.Part) []points.Part { return p }
	for name, b := range map[string]*points.Resolved{
		"another lot": {Released: list(part(2, 10)), Void: true},
		"sums that wrap": {
			Redeemed: list(part(1, 1<<62), part(1, 1<<62)),
			Released: list(part(1, 1<<62), part(1, 1<<62+10)),
		},
		"negative":       {Redeemed: list(part(1, -1)), Released: list(part(1, 11))},
		"void that pays": {Redeemed: list(part(1, 10)), Void: true},
		"too few":        {Redeemed: list(part(1, 4)), Released: list(part(1, 5))},
		"state":          {Released: list(points.Part{Lot: 1, Points: 10, State: points.Expired}), Void: true},
	} {
		b.Reservation = "R"
		refused(t, &a, next(&a, 2, b), name)
		assert.Equal(t, int64(10), a.Balance(at(2)).Held)
	}
	require.NoError(t, a.Apply(next(&a, 2, &points.Resolved{Reservation: "R", Redeemed: list(part(1, 4)), Released: list(part(1, 6))})))
	refused(t, &a, next(&a, 3, &points.Resolved{Reservation: "R"}), "twice")
}

// What fails late must not have begun: names, orders and members are noted last.
func TestApplyChangesNothingOnError(t *testing.T) {
	t.Parallel()
	e := compiled(t, points.Program{})
	var a points.Account
	do(t, e, &a, with(head("1", 0), points.Earn{Order: "O", Amount: euros(100)}))
	do(t, e, &a, with(head("2", 0), points.Receive{Parcel: []points.Moved{{Lot: 1, Points: 50, AvailableAt: at(0)}}, Contributor: "m"}))
	do(t, e, &a, with(head("3", 0), points.Redeem{Points: 10}))
	huge := int64(1 << 62)
	wrap := []points.Moved{{Lot: 2, Points: huge}, {Lot: 2, Points: huge}, {Lot: 2, Points: huge}, {Lot: 2, Points: huge}}
	for name, b := range map[string]points.Body{
		"restored beyond counting": &points.Refunded{Order: "O", Amount: 1, Restored: []points.Restored{
			{Part: points.Part{Lot: 1, Points: huge}}, {Part: points.Part{Lot: 1, Points: huge}}, {Part: points.Part{Lot: 1, Points: huge}}, {Part: points.Part{Lot: 1, Points: huge}},
		}},
		"debt beyond counting": &points.Refunded{Order: "O", Amount: 1, Debt: 1<<63 - 1, Unrecovered: 1},
		"parked with an order": &points.Refunded{Order: "O", Amount: 1, Parked: true},
		"parked nothing":       &points.Refunded{Order: "P", Parked: true},
		"parcel that wraps":    &points.Sent{Parcel: wrap, Leaver: "m"},
		"received that wraps":  &points.Received{Parcel: wrap, First: 3, Contributor: "n"},
		"received nothing":     &points.Received{Parcel: []points.Moved{{}}, First: 3, Contributor: "n"},
		"held nothing":         &points.Reserved{Reservation: "R", Deadline: at(9)},
		"paid more than spent": &points.Earned{Order: "P", Facts: earning.Facts{Date: day(0), Total: 10}, PaidValue: 11},
		"order without name":   &points.Earned{Facts: earning.Facts{Date: day(0), Total: 10}},
	} {
		refused(t, &a, next(&a, 1, b), name)
	}
}

// Of events that do not fit, those that come too early and those that are too much say so.
func TestApplySaysWhy(t *testing.T) {
	t.Parallel()
	e := compiled(t, points.Program{})
	var a points.Account
	do(t, e, &a, with(head("1", 0), points.Open{Debt: 1<<53 - 1}))
	do(t, e, &a, with(head("2", 1), points.Earn{Order: "O", Amount: euros(1)}))
	before := snapshot(t, &a)
	early := next(&a, 0, &points.Swept{})
	require.ErrorIs(t, a.Apply(early), relmark.ErrRefused)
	require.Equal(t, "time_runs_back", reasonOf(a.Apply(early)))
	much := next(&a, 1, &points.Refunded{Order: "O", Amount: 1, Debt: 1})
	require.ErrorIs(t, a.Apply(much), relmark.ErrLimit)
	require.Equal(t, "too_many", reasonOf(a.Apply(much)))
	late := next(&a, 1, &points.Swept{})
	late.Seq++
	require.ErrorIs(t, a.Apply(late), relmark.ErrConflict)
	require.Equal(t, before, snapshot(t, &a))
}

func TestApplyChecksKeys(t *testing.T) {
	t.Parallel()
	e := compiled(t, points.Program{})
	var a points.Account
	do(t, e, &a, with(head("k", 0), points.Earn{Order: "O", Amount: euros(100)}))
	for _, key := range []string{"k", "", "\xff"} {
		ev := next(&a, 1, &points.Swept{})
		ev.Key = key
		refused(t, &a, ev, key)
	}
}

var digits = regexp.MustCompile(`[0-9]+`)

// An event that was tampered with is refused and changes nothing, or leads to an
// account that adds up and whose snapshot can be read.
func TestTamperedEventsDoNotBreakAccounts(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		events, _, end := recorded(t, drawProgram(t))
		var a points.Account
		for _, ev := range events {
			text, err := ev.AppendJSON(nil)
			require.NoError(t, err)
			numbers := digits.FindAllIndex(text, -1)
			at := rapid.SampledFrom(numbers).Draw(t, "number")
			n := rapid.Int64Range(0, 1<<rapid.IntRange(1, 59).Draw(t, "bits")).Draw(t, "instead")
			bad := append(strconv.AppendInt(text[:at[0]:at[0]], n, 10), text[at[1]:]...)
			var changed points.Event
			if changed.UnmarshalJSON(bad) == nil {
				before, b := snapshot(t, &a), a.Clone()
				if b.Apply(changed) != nil {
					require.Equal(t, before, snapshot(t, b), "%s", bad)
				} else {
					require.NoError(t, new(points.Account).UnmarshalBinary(snapshot(t, b)), "%s", bad)
				}
			}
			require.NoError(t, a.Apply(ev))
		}
		require.NoError(t, new(points.Account).UnmarshalBinary(snapshot(t, &a)))
		a.Balance(end)
	})
}

// Points taken back can exceed those that came in, where they are owed.
func TestReversedStaysInRange(t *testing.T) {
	t.Parallel()
	const most = 1<<53 - 1
	e := compiled(t, points.Program{Rules: earning.Rules{Versions: []earning.Version{{Rates: []earning.Rate{{Rule: "all", Points: most, Per: euros(1)}}}}}})
	var a points.Account
	do(t, e, &a, with(head("1", 0), points.Open{Debt: most}))
	do(t, e, &a, with(head("2", 0), points.Adjust{Points: most}))
	_, err := e.Decide(&a, with(head("3", 0), points.Adjust{Points: -most}))
	require.ErrorIs(t, err, relmark.ErrLimit)
	require.NoError(t, new(points.Account).UnmarshalBinary(snapshot(t, &a)))
	var b points.Account
	do(t, e, &b, with(head("1", 0), points.Earn{Order: "O", Amount: euros(1)}))
	do(t, e, &b, with(head("2", 0), points.Adjust{Points: -most}))
	_, err = e.Decide(&b, with(head("3", 0), points.Refund{Order: "O", Amount: euros(1)}))
	require.ErrorIs(t, err, relmark.ErrLimit)
	require.NoError(t, new(points.Account).UnmarshalBinary(snapshot(t, &b)))
	var c points.Account
	do(t, e, &c, with(head("1", 0), points.Open{Debt: most}))
	do(t, e, &c, with(head("2", 0), points.Refund{Order: "O", Amount: euros(1)}))
	_, err = e.Decide(&c, with(head("3", 0), points.Earn{Order: "O", Amount: euros(1)}))
	require.ErrorIs(t, err, relmark.ErrLimit)
}

// nothing is a nil pointer for each kind of action.
func nothing() []points.Action {
	return []points.Action{
		nil, (*points.Earn)(nil), (*points.Redeem)(nil), (*points.Refund)(nil), (*points.Adjust)(nil), (*points.Reserve)(nil), (*points.Commit)(nil),
		(*points.Void)(nil), (*points.Send)(nil), (*points.Receive)(nil), (*points.Leave)(nil), (*points.Open)(nil), (*points.Close)(nil), (*points.Sweep)(nil),
		(*points.LateRefund)(nil),
	}
}

func TestNilPointersAreInvalid(t *testing.T) {
	t.Parallel()
	e := compiled(t, points.Program{})
	w, err := points.NewWhatIf(e)
	require.NoError(t, err)
	for _, c := range nothing() {
		_, err := e.Decide(new(points.Account), with(head("k", 0), c))
		require.ErrorIs(t, err, relmark.ErrInvalid, "%T", c)
	}
	do(t, e, new(points.Account), with(head("k", 0), &points.Sweep{}))
	for _, b := range []points.Body{
		nil, (*points.Earned)(nil), (*points.Redeemed)(nil), (*points.Refunded)(nil), (*points.Adjusted)(nil), (*points.Reserved)(nil),
		(*points.Resolved)(nil), (*points.Sent)(nil), (*points.Received)(nil), (*points.Opened)(nil), (*points.Closed)(nil), (*points.Swept)(nil),
		(*points.LateRefunded)(nil),
	} {
		ev := next(new(points.Account), 0, b)
		require.ErrorIs(t, new(points.Account).Apply(ev), relmark.ErrInvalid, "%T", b)
		require.ErrorIs(t, w.Event(&ev), relmark.ErrInvalid, "%T", b)
		_, err := ev.AppendJSON(nil)
		require.ErrorIs(t, err, relmark.ErrInvalid)
		_, err = ev.AppendBinary(nil)
		require.ErrorIs(t, err, relmark.ErrInvalid)
		require.Empty(t, points.Journal(ev))
		_, err = ev.Redact(digest)
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
}
