package csi_test

import (
	"math"
	"math/rand/v2"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/servqual/csi"
)

// A tb is a test, of testing or of rapid.
type tb interface {
	require.TestingT
	Helper()
}

// simulate returns whole answers to the items of a model whose paths are all 0.4, and whose
// items have a loading of some 0.8.
func simulate(m csi.Model, n int, seed uint64) [][]float64 {
	r := rand.New(rand.NewPCG(seed, 11))
	p, matrix := m.Params(), m.Matrix()
	width := 0
	for _, c := range p.Constructs {
		for _, item := range c.Items {
			width = max(width, item+1)
		}
	}
	rows := make([][]float64, n)
	for i := range rows {
		rows[i] = make([]float64, width)
		at := make([]float64, len(p.Constructs))
		for j, c := range p.Constructs {
			at[j] = r.NormFloat64()
			for by, linked := range matrix[j] {
				if linked == 1 {
					at[j] += 0.4 * at[by]
				}
			}
			for _, item := range c.Items {
				x := (c.Low+c.High)/2 + (c.High-c.Low)/6*(at[j]+0.7*r.NormFloat64())
				rows[i][item] = min(max(math.Round(x), c.Low), c.High)
			}
		}
	}
	return rows
}
