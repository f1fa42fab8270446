package social_test

import (
	"slices"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/social"
)

var berlin = zoneOf("Europe/Berlin")

// A zone that does not exist is nil, which is invalid.
func zoneOf(name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil
	}
	return loc
}

func when(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}

func dec(s string) decimal.Decimal { return decimal.RequireFromString(s) }

func date(s string) relmark.Date { return relmark.MustParseDate(s) }

const day = 24 * time.Hour

// checkRefused checks that an error is a refusal for a reason, of the right root.
func checkRefused(t require.TestingT, why social.Refusal, err error) {
	var r *social.RefusedError
	require.ErrorAs(t, err, &r)
	require.Equal(t, why, r.Reason)
	require.Equal(t, "social: "+string(why), err.Error())
	if why == social.KeyConflict {
		require.ErrorIs(t, err, relmark.ErrInvalid)
	} else {
		require.ErrorIs(t, err, relmark.ErrRefused)
	}
}

// slicesByTime sorts events by time, those of one instant as they are.
func slicesByTime(events []social.ReferralEvent) {
	slices.SortStableFunc(events, func(a, b social.ReferralEvent) int { return a.At.Compare(b.At) })
}
