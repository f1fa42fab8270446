package points_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/earning"
	"github.com/relmark/relmark/loyalty/points"
)

// After a closing, a refund that may belong to a forgotten order is not kept for
// another order to come.
func TestForgottenOrdersAreNotParked(t *testing.T) {
	t.Parallel()
	e := compiled(t, points.Program{})
	var a points.Account
	do(t, e, &a, with(head("1", 0), points.Earn{Order: "O1", Amount: euros(50)}))
	do(t, e, &a, with(head("2", 20), points.Close{Before: day(15)}))
	_, err := e.Decide(&a, with(head("3", 21), points.Refund{Order: "O1", Amount: euros(50)}))
	assert.Equal(t, "period_closed", reasonOf(err))
	_, err = e.Decide(&a, with(points.Command{Key: "4", At: at(0), Recorded: at(21)}, points.Earn{Order: "O1", Amount: euros(50)}))
	assert.Equal(t, "period_closed", reasonOf(err))
	ev := do(t, e, &a, with(head("5", 21), points.Refund{Order: "O2", Amount: euros(20), Ordered: day(15)}))
	assert.True(t, ev.Body.(*points.Refunded).Parked)
	do(t, e, &a, with(head("6", 21), points.Earn{Order: "O2", Amount: euros(50)}))
	do(t, e, &a, with(head("7", 21), points.Refund{Order: "O2", Amount: euros(30)}))
	assert.Equal(t, int64(50), a.Balance(at(22)).Available)
}

// What a closing forgets is a fact, whatever the date is elsewhere.
func TestWhatIfClosesWhatWasClosed(t *testing.T) {
	t.Parallel()
	in := func(zone string) *points.Engine {
		loc, err := time.LoadLocation(zone)
		require.NoError(t, err)
		return compiled(t, points.Program{Rules: earning.Rules{Zone: loc}})
	}
	e := in("Asia/Tokyo")
	w, err := points.NewWhatIf(in("America/New_York"), e)
	require.NoError(t, err)
	first := relmark.MustParseDate("2025-02-01")
	ordered := time.Date(2025, 1, 31, 20, 0, 0, 0, time.UTC) // the first of February in Tokyo
	later := ordered.AddDate(0, 0, 20)
	var a points.Account
	for _, c := range []points.Command{
		with(points.Command{Key: "1", At: ordered}, points.Earn{Order: "O", Amount: euros(50)}),
		with(points.Command{Key: "2", At: later}, points.Close{Before: first}),
		with(points.Command{Key: "3", At: later}, points.Refund{Order: "O", Amount: euros(50)}),
	} {
		ev := do(t, e, &a, c)
		require.NoError(t, w.Event(&ev))
	}
	require.NoError(t, w.Member(later))
	for _, s := range w.Summaries() {
		assert.Equal(t, int64(50), s.Reversed)
	}
}

func TestWhatIfKeepsStatedExpiries(t *testing.T) {
	t.Parallel()
	e := compiled(t, points.Program{})
	w, err := points.NewWhatIf(compiled(t, points.Program{Expiry: points.Expiry{Kind: points.Months, N: 1}}), e)
	require.NoError(t, err)
	var a points.Account
	for i, own := range []*time.Time{nil, new(at(100)), new(time.Time{})} {
		key := string(rune('a' + i))
		ev := do(t, e, &a, with(head(key, 0), points.Earn{Order: key, Amount: euros(int64(1 + i)), Expires: own}))
		assert.Equal(t, own != nil, ev.Body.(*points.Earned).Stated)
		require.NoError(t, w.Event(&ev))
	}
	require.NoError(t, w.Member(at(60)))
	assert.Equal(t, int64(1), w.Summaries()[0].Expired)
	assert.Equal(t, int64(5), w.Summaries()[0].Available)
	assert.Equal(t, int64(6), w.Summaries()[1].Available)
}
