package points_test

import (
	"crypto/sha256"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/internal/hostile"
)

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
	hostile.Settings(t)
	require.Equal(t, want, digest())
}
