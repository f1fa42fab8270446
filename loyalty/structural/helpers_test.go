package structural_test

import (
	"bytes"
	"errors"
	"os"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/structural"
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

func date(s string) relmark.Date { return relmark.MustParseDate(s) }

func when(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}

func golden(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	require.NoError(t, err)
	return bytes.TrimSpace(data)
}

// monthly are four visits a month, two of which roll over.
func monthly(t testing.TB) *structural.Entitlement {
	t.Helper()
	e, err := structural.NewEntitlement(structural.EntitlementTerms{Zone: berlin, Units: 4, Months: 1, Periods: 4, Rollover: 2})
	require.NoError(t, err)
	return e
}

// do applies what was decided.
func do(t require.TestingT, l *structural.Ledger, d structural.Decision, err error) structural.Event {
	require.NoError(t, err)
	require.False(t, d.Replayed)
	require.NoError(t, l.Apply(d.Event))
	return d.Event
}

// reason returns why a command was refused, "" if it was not.
func reason(err error) structural.Reason {
	if refused, ok := errors.AsType[*structural.CommandError](err); ok {
		return refused.Reason
	}
	return ""
}

func balance(t require.TestingT, l *structural.Ledger, asOf time.Time) structural.Balance {
	b, err := l.Balance(asOf)
	require.NoError(t, err)
	return b
}
