package clv_test

import (
	"math/rand/v2"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/tier/clv"
	"github.com/relmark/relmark/tier/rfm"
)

func newBGNBD(t require.TestingT, r, alpha, a, b float64) clv.BGNBD {
	m, err := clv.NewBGNBD(clv.BGNBDParams{R: r, Alpha: alpha, A: a, B: b})
	require.NoError(t, err)
	return m
}

func newMBGNBD(t require.TestingT, r, alpha, a, b float64) clv.MBGNBD {
	m, err := clv.NewMBGNBD(clv.MBGNBDParams{R: r, Alpha: alpha, A: a, B: b})
	require.NoError(t, err)
	return m
}

func newParetoNBD(t require.TestingT, r, alpha, s, beta float64) clv.ParetoNBD {
	m, err := clv.NewParetoNBD(clv.ParetoNBDParams{R: r, Alpha: alpha, S: s, Beta: beta})
	require.NoError(t, err)
	return m
}

func newBGBB(t require.TestingT, alpha, beta, gamma, delta float64) clv.BGBB {
	m, err := clv.NewBGBB(clv.BGBBParams{Alpha: alpha, Beta: beta, Gamma: gamma, Delta: delta})
	require.NoError(t, err)
	return m
}

func newGammaGamma(t require.TestingT, p, q, v float64) clv.GammaGamma {
	m, err := clv.NewGammaGamma(clv.GammaGammaParams{P: p, Q: q, V: v})
	require.NoError(t, err)
	return m
}

func newSBG(t require.TestingT, alpha, beta float64) clv.SBG {
	m, err := clv.NewSBG(clv.SBGParams{Alpha: alpha, Beta: beta})
	require.NoError(t, err)
	return m
}

// The models fitted to CDNOW, in weeks, and to the donations.
func cdnowBGNBD(t require.TestingT) clv.BGNBD { return newBGNBD(t, 0.2426, 4.4135, 0.7929, 2.4258) }

func cdnowMBGNBD(t require.TestingT) clv.MBGNBD {
	return newMBGNBD(t, 0.5248, 6.183, 0.8914, 1.614)
}

func cdnowParetoNBD(t require.TestingT) clv.ParetoNBD {
	return newParetoNBD(t, 0.5533, 10.578, 0.6062, 11.668)
}

func donationsBGBB(t require.TestingT) clv.BGBB { return newBGBB(t, 1.2035, 0.7497, 0.6567, 2.7834) }

func cdnowGammaGamma(t require.TestingT) clv.GammaGamma {
	return newGammaGamma(t, 6.2488, 3.7446, 15.4477)
}

// source returns a source of randomness that is the same in every run.
func source(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 20260101)) }

// anyProcess draws one of the models in continuous time.
func anyProcess(t *rapid.T) process {
	p := rapid.Custom(func(t *rapid.T) float64 {
		return []float64{0.03, 0.2, 0.5, 1, 1.7, 4, 20}[rapid.IntRange(0, 6).Draw(t, "i")] * rapid.Float64Range(1, 1.3).Draw(t, "by")
	})
	a, b, c, d := p.Draw(t, "1"), p.Draw(t, "2"), p.Draw(t, "3"), p.Draw(t, "4")
	switch rapid.IntRange(0, 2).Draw(t, "model") {
	case 0:
		return newBGNBD(t, a, 10*b, c, d)
	case 1:
		return newMBGNBD(t, a, 10*b, c, d)
	default:
		return newParetoNBD(t, a, 10*b, c, 10*d)
	}
}

// anyPattern draws a pattern of up to 40 purchases.
func anyPattern(t *rapid.T) rfm.Pattern {
	c := rfm.Pattern{X: rapid.IntRange(0, 40).Draw(t, "x"), T: rapid.Float64Range(0, 100).Draw(t, "T")}
	if c.X > 0 {
		c.TX = c.T * rapid.Float64Range(0, 1).Draw(t, "share")
	}
	return c
}

// anyWholePattern draws a pattern of occasions.
func anyWholePattern(t *rapid.T) rfm.Pattern {
	n := rapid.IntRange(0, 60).Draw(t, "n")
	last := rapid.IntRange(0, n).Draw(t, "last")
	x := 0
	if last > 0 {
		x = rapid.IntRange(1, last).Draw(t, "x")
	}
	return rfm.Pattern{X: x, TX: float64(last), T: float64(n)}
}
