package cashback_test

import (
	"time"

	"github.com/shopspring/decimal"
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

func minor(d decimal.Decimal) int64 { return d.Shift(2).IntPart() }

func cents(n int64) decimal.Decimal { return decimal.New(n, -2) }

func when(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}

type snapshotter interface {
	MarshalBinary() ([]byte, error)
	UnmarshalBinary(data []byte) error
}
