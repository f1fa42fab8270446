package points_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/loyalty/earning"
	"github.com/relmark/relmark/loyalty/points"
)

func TestErrorsNameTheField(t *testing.T) {
	t.Parallel()
	e := compiled(t, points.Program{})
	const bad = "\xff"
	one := euros(1)
	for field, c := range map[string]points.Command{
		"Order":            with(head("k", 0), points.Refund{Order: bad, Amount: one}),
		"Tier":             with(head("k", 0), points.Earn{Order: "O", Tier: bad, Amount: one}),
		"Lines.Category":   with(head("k", 0), points.Earn{Order: "O", Lines: []earning.OrderLine{{Category: bad}}, Amount: one}),
		"Tags":             with(head("k", 0), points.Earn{Order: "O", Tags: []earning.Tag{{Name: "a", Value: bad}}, Amount: one}),
		"Currency":         with(head("k", 0), points.Earn{Order: "O", Currency: bad, Amount: one}),
		"Amount":           with(head("k", 0), points.Earn{Order: "O", Amount: decimal.New(1, -2000)}),
		"Reason":           with(head("k", 0), points.Adjust{Points: 1, Reason: bad}),
		"Reservation":      with(head("k", 0), points.Void{Reservation: bad}),
		"From, To":         with(head("k", 0), points.Send{From: bad, To: "b", Points: 1}),
		"Contributor":      with(head("k", 0), points.Receive{Contributor: bad}),
		"Member":           with(head("k", 0), points.Leave{Member: bad}),
		"Parcel.Lot":       with(head("k", 0), points.Receive{Parcel: []points.Moved{{Lot: 1 << 63, Points: 1, AvailableAt: at(0)}}}),
		"Parcel.ExpiresAt": with(head("k", 0), points.Receive{Parcel: []points.Moved{{Points: 1, AvailableAt: at(0), ExpiresAt: at(100_000)}}}),
	} {
		_, err := e.Decide(new(points.Account), c)
		require.ErrorIs(t, err, relmark.ErrInvalid, field)
		rule, ok := errors.AsType[*relmark.FieldError](err)
		require.True(t, ok, field)
		assert.Equal(t, field, rule.Field)
	}
	for _, exp := range []int32{400, 2_000_000_000} {
		_, err := e.Decide(new(points.Account), with(head("k", 0), points.Earn{Order: "O", Amount: decimal.New(1, exp)}))
		require.ErrorIs(t, err, relmark.ErrLimit)
	}
}

// No currency is the programme's, in a command that is repeated too.
func TestCurrencyGoesWithoutSaying(t *testing.T) {
	t.Parallel()
	e := compiled(t, points.Program{})
	var a points.Account
	do(t, e, &a, with(head("1", 0), points.Earn{Order: "O", Amount: euros(50)}))
	d, err := e.Decide(&a, with(head("1", 0), points.Earn{Order: "O", Amount: euros(50), Currency: "EUR"}))
	require.NoError(t, err)
	assert.True(t, d.Replayed)
	do(t, e, &a, with(head("2", 0), points.Refund{Order: "O", Amount: euros(5), Currency: "EUR"}))
	d, err = e.Decide(&a, with(head("2", 0), points.Refund{Order: "O", Amount: euros(5)}))
	require.NoError(t, err)
	assert.True(t, d.Replayed)
	_, err = e.Decide(&a, with(head("2", 0), points.Refund{Order: "O", Amount: euros(5), Currency: "USD"}))
	assert.Equal(t, "key_conflict", reasonOf(err))
}

// An event shares nothing with the command, and its instants are in UTC.
func TestReceivedKeepsNothingOfTheCaller(t *testing.T) {
	t.Parallel()
	e := compiled(t, points.Program{})
	zone := time.FixedZone("there", 7200)
	parcel := []points.Moved{{Lot: 1, Points: 5, AvailableAt: at(0).In(zone), ExpiresAt: at(9).In(zone)}}
	var a points.Account
	ev := do(t, e, &a, with(head("1", 0), points.Receive{Parcel: parcel}))
	parcel[0].Points = 7
	want := []points.Moved{{Lot: 1, Points: 5, AvailableAt: at(0), ExpiresAt: at(9)}}
	assert.Equal(t, want, ev.Body.(*points.Received).Parcel)
	data, err := ev.MarshalBinary()
	require.NoError(t, err)
	var back points.Event
	require.NoError(t, back.UnmarshalBinary(data))
	assert.Equal(t, ev, back)
}

// A date beyond the calendar is refused, whatever the size of an int.
func TestPackedDatesStayInTheCalendar(t *testing.T) {
	t.Parallel()
	ev := points.Event{Seq: 1, Key: "k", At: at(0), Recorded: at(0), Body: &points.Redeemed{Date: day(0)}}
	data, err := ev.MarshalBinary()
	require.NoError(t, err)
	// The body: the date in three bytes, no parts, no instant.
	body := slices.Clip(data[:len(data)-9])              // without the checksum too
	beyond := []byte{0x82, 0x80, 0x80, 0x80, 0x20, 0, 0} // 2^32 + 1: one day in 32 bits
	read := func(b ...byte) error {
		return new(points.Event).UnmarshalBinary(codec.AppendSum(append(body, b...), 0))
	}
	require.NoError(t, read(2, 0, 0))
	assert.ErrorIs(t, read(beyond...), relmark.ErrInvalid)
}

func TestGoalsAboveACapAreReported(t *testing.T) {
	t.Parallel()
	e := compiled(t, points.Program{
		Rules: earning.Rules{
			Versions: []earning.Version{{
				Goals: []earning.Goal{{Rule: "card", Target: 3, Points: 500}, {Rule: "small", Target: 3, Points: 400}},
				Caps:  []earning.Cap{{Per: earning.PerOrder, Points: 400}},
			}},
		},
	})
	assert.Equal(t, []earning.Warning{{Rule: "card", Kind: earning.AlwaysCapped}}, e.Earning().Warnings())
}
