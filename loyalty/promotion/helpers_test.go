package promotion_test

import (
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/loyalty/promotion"
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

func dec(s string) decimal.Decimal { return decimal.RequireFromString(s) }

func decp(s string) *decimal.Decimal { return new(dec(s)) }

func cents(n int64) decimal.Decimal { return decimal.New(n, -2) }

func when(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}

func pricer(t testing.TB, offers ...promotion.Offer) *promotion.Pricer {
	t.Helper()
	p, err := promotion.NewPricer(promotion.Stack{Digits: 2, Offers: offers})
	require.NoError(t, err)
	return p
}
