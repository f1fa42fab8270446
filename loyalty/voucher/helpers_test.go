package voucher_test

import (
	"math/rand/v2"
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

func when(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}

func dec(s string) decimal.Decimal { return decimal.RequireFromString(s) }

type snapshotter interface {
	MarshalBinary() ([]byte, error)
	UnmarshalBinary(data []byte) error
}

func newSource() *rand.Rand { return rand.New(rand.NewPCG(1, 2)) }
