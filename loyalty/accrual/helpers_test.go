package accrual_test

import (
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/loyalty/accrual"
)

func dec(s string) decimal.Decimal { return decimal.RequireFromString(s) }

func cents(n int64) decimal.Decimal { return decimal.New(n, -2) }

func deferral(t require.TestingT, minor int64) accrual.Deferral {
	d, err := accrual.Defer(cents(minor), 2)
	require.NoError(t, err)
	return d
}

func model(t testing.TB, p accrual.Policy) *accrual.Model {
	t.Helper()
	m, err := accrual.NewModel(p)
	require.NoError(t, err)
	return m
}

// posting returns entries that exist.
func posting(entries []accrual.Entry, err error) []accrual.Entry {
	if err != nil {
		panic(err)
	}
	return entries
}
