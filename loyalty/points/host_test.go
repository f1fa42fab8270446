package points_test

import (
	"crypto/sha256"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"
)

// hostile sets every package variable that a host may set, and returns how to undo it.
func hostile() (undo func()) {
	a, b, c, d := decimal.DivisionPrecision, decimal.PowPrecisionNegativeExponent, decimal.ExpMaxIterations, decimal.MaxDecodeExponent
	e, f, g := decimal.MarshalJSONWithoutQuotes, decimal.TrimTrailingZeros, decimal.UseScientificNotation
	l := time.Local
	decimal.DivisionPrecision, decimal.PowPrecisionNegativeExponent, decimal.ExpMaxIterations, decimal.MaxDecodeExponent = 0, 0, 1, 0
	decimal.MarshalJSONWithoutQuotes, decimal.TrimTrailingZeros, decimal.UseScientificNotation = true, false, true
	time.Local = time.FixedZone("nowhere", 13*3600)
	return func() {
		decimal.DivisionPrecision, decimal.PowPrecisionNegativeExponent, decimal.ExpMaxIterations, decimal.MaxDecodeExponent = a, b, c, d
		decimal.MarshalJSONWithoutQuotes, decimal.TrimTrailingZeros, decimal.UseScientificNotation = e, f, g
		time.Local = l
	}
}

// I13: whatever the host has set, histories are the same to the byte, and agree with
// the naive ledger. It must not run in parallel: it changes variables of the process.
//
//nolint:paralleltest // see above
func TestI13HostileHost(t *testing.T) {
	digest := func() (sum [32]byte) {
		hash := sha256.New()
		record := func(r require.TestingT, w *world, _ dice) invariant {
			return invariant{end: func() {
				for _, p := range w.parties {
					for i := range p.events {
						b, err := p.events[i].AppendJSON(nil)
						require.NoError(r, err)
						hash.Write(b)
					}
					hash.Write(snapshot(r, &p.a))
				}
			}}
		}
		for seed := range uint64(60) {
			f := seeded(seed, nil, record)
			require.False(t, f.failed(), f.message)
		}
		return [32]byte(hash.Sum(nil))
	}
	want := digest()
	defer hostile()()
	require.Equal(t, want, digest())
}
