package points_test

import (
	"bytes"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/loyalty/earning"
	"github.com/relmark/relmark/loyalty/points"
)

var errInvalid = relmark.ErrInvalid

// at returns noon of the n-th day after 2025-01-10, UTC.
func at(n int) time.Time { return time.Date(2025, 1, 10+n, 12, 0, 0, 0, time.UTC) }

// day returns the date of at.
func day(n int) relmark.Date {
	d, _ := relmark.DateOf(at(n), time.UTC)
	return d
}

func head(key string, n int) points.Command { return points.Command{Key: key, At: at(n)} }

// with returns a command that asks for an action.
func with(c points.Command, do points.Action) points.Command {
	c.Do = do
	return c
}

func euros(n int64) decimal.Decimal { return decimal.New(n, 0) }

func decimalOf(cents int64) decimal.Decimal { return decimal.New(cents, -2) }

// compiled completes a programme: euros, a point each, worth a cent.
func compiled(t require.TestingT, p points.Program) *points.Engine {
	if p.Currency == "" {
		p.Currency, p.Digits = "EUR", 2
	}
	if p.PointValue.Sign() == 0 {
		p.PointValue = decimalOf(1)
	}
	if p.Versions == nil {
		p.Versions = []earning.Version{{Rates: []earning.Rate{{Rule: "base", Points: 1, Per: euros(1)}}}}
	}
	e, err := points.Compile(p)
	require.NoError(t, err)
	return e
}

// do carries a command out that is expected to succeed.
func do(t require.TestingT, e *points.Engine, a *points.Account, c points.Command) points.Event {
	d, err := e.Decide(a, c)
	require.NoError(t, err)
	require.NoError(t, a.Apply(d.Event))
	return d.Event
}

func encodedUsage(t require.TestingT, u *earning.Usage) []byte {
	data, err := u.MarshalBinary()
	require.NoError(t, err)
	return data
}

// codecSeal returns data with the checksum of what comes before its last four bytes, so
// that a decoder looks at it.
func codecSeal(data []byte) []byte { return codec.Seal(bytes.Clone(data)) }
