package clv_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/tier/rfm"
)

// wide draws from the range that parameters and times may have, by its logarithm.
func wide(t *rapid.T, name string, least, most float64) float64 {
	return math.Exp(rapid.Float64Range(math.Log(least), math.Log(most)).Draw(t, name))
}

// Whatever the parameters and the past, figures are numbers of the right kind, and
// a chance to be alive falls with time from that of today.
func TestWholeBox(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := func(name string) float64 { return wide(t, name, 1e-4, 1e4) }
		a, b, c, d := p("1"), p("2"), p("3"), p("4")
		m := []process{newBGNBD(t, a, b, c, d), newMBGNBD(t, a, b, c, d)}[rapid.IntRange(0, 1).Draw(t, "model")]
		past := rfm.Pattern{X: rapid.IntRange(0, 200).Draw(t, "x"), T: wide(t, "T", 1e-3, 1e4)}
		if past.X > 0 {
			past.TX = past.T * rapid.Float64Range(0, 1).Draw(t, "share")
		}
		n, span, rate := rapid.IntRange(0, 200).Draw(t, "n"), wide(t, "t", 1e-3, 1e4), wide(t, "rate", 1e-4, 1)
		for name, v := range everything(m, past, n, span, rate) {
			require.False(t, math.IsNaN(v) || math.IsInf(v, 0), "%s %v", name, v)
			if name != "LogLik" {
				require.GreaterOrEqual(t, v, 0.0, name)
			}
			switch name {
			case "PAlive", "PAliveAfter", "CondPMF", "PosteriorDropout":
				require.LessOrEqual(t, v, 1+1e-10, name)
			}
		}
		before := m.PAlive(past)
		near.Equal(t, before, m.PAliveAfter(past, 0), 1e-14, 0)
		for _, share := range []float64{1e-3, 0.1, 0.5, 1, 10, 1000} {
			now := m.PAliveAfter(past, share*span)
			require.LessOrEqual(t, now, before*(1+1e-10), "t = %v", share*span)
			before = now
		}
		require.LessOrEqual(t, m.ExpectedIfAlive(past, span), m.ExpectedIfAlive(past, 2*span)*(1+1e-10))
	})
}

