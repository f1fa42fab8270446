package profitchain_test

import (
	"bytes"
	"errors"
	"math/rand/v2"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/stat"
	"github.com/relmark/relmark/servqual/profitchain"
)

func rng(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 19)) } //nolint:gosec // a simulation

// values turns numbers into values of a row.
func values(xs ...float64) []*float64 {
	out := make([]*float64, len(xs))
	for i, x := range xs {
		out[i] = new(x)
	}
	return out
}

func panel(t require.TestingT, measures []string, rows ...profitchain.Row[int]) *profitchain.Panel[int] {
	p, err := profitchain.NewPanel[int](measures...)
	require.NoError(t, err)
	for _, row := range rows {
		require.NoError(t, p.Add(row))
	}
	return p
}

func estimate(t require.TestingT, p *profitchain.Panel[int], params profitchain.Params) *profitchain.Fit {
	c, err := profitchain.NewChain(params)
	require.NoError(t, err)
	f, err := profitchain.Estimate(c, p)
	require.NoError(t, err)
	return f
}

func bytesReader(text []byte) *bytes.Reader { return bytes.NewReader(text) }

// invalid reports that an error names a field of the caller.
func invalid(t require.TestingT, err error, field string) {
	require.ErrorIs(t, err, relmark.ErrInvalid)
	require.ErrorContains(t, err, "profitchain: ")
	found, ok := errors.AsType[*relmark.FieldError](err)
	require.True(t, ok)
	require.Equal(t, field, found.Field, err.Error())
}

const bad = "\xff"

// drawn returns the units of the first replicate of a seed, by the definition of the floor.
func drawn(units int, seed [2]uint64) []int {
	return stat.Seeded(units, 1, seed).Draw(0, nil)
}
