package csi_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/relmark/relmark/servqual/csi"
)

// Each concern is found where it was put, and nothing where all is well.
func TestReview(t *testing.T) {
	t.Parallel()
	p := csi.Params{
		Constructs: []csi.Construct{
			{Name: "A", Items: []int{0, 1, 2}, Low: -9, High: 9, Open: true},
			{Name: "B", Items: []int{3, 4, 5}, Low: -9, High: 9, Open: true},
			{Name: "C", Items: []int{6, 7}, Low: -9, High: 9, Open: true},
		},
		Links: []csi.Link{{From: "A", To: "C"}, {From: "B", To: "C"}},
	}
	at := func(change func(x, y, z float64, noise func() float64) []float64, modes ...csi.Mode) (list []csi.Concern) {
		q := model(t, p).Params()
		for j, mode := range modes {
			q.Constructs[j].Mode = mode
		}
		m, r := model(t, q), rand.New(rand.NewPCG(2, 2))
		a := m.NewMoments()
		for range 2000 {
			if err := a.Add(change(r.NormFloat64(), r.NormFloat64(), r.NormFloat64(), func() float64 { return 0.3 * r.NormFloat64() })); err != nil {
				t.Error(err)
			}
		}
		f, err := m.Fit(a, csi.Options{})
		if err != nil {
			t.Error(err)
		}
		for _, finding := range f.Review() {
			list = append(list, finding.Concern)
		}
		return list
	}
	row := func(a, b, c float64, noise func() float64) []float64 {
		return []float64{a + noise(), a + noise(), a + noise(), b + noise(), b + noise(), b + noise(), c + noise(), c + noise()}
	}
	assert.Empty(t, at(func(x, y, z float64, e func() float64) []float64 { return row(x, y, 0.5*x+0.5*y+z, e) }))
	assert.Contains(t, at(func(x, y, z float64, e func() float64) []float64 { return row(x, x+0.4*y, 0.5*x+z, e) }), csi.TooAlike)
	assert.Contains(t, at(func(x, y, z float64, e func() float64) []float64 { return row(x, x+0.2*y, 0.5*x+z, e) }), csi.Inflated)
	against := at(func(x, y, z float64, e func() float64) []float64 {
		v := row(x, y, 0.5*x+0.5*y+z, e)
		v[1] = -v[1]
		return v
	})
	for _, concern := range []csi.Concern{csi.LowLoading, csi.AgainstOthers, csi.NegativeShare} {
		assert.Contains(t, against, concern)
	}
	weak := at(func(x, y, z float64, e func() float64) []float64 {
		return []float64{x, 0.3*x + y, e(), y + e(), y + e(), y + e(), x + y + z, x + y + z + e()}
	})
	for _, concern := range []csi.Concern{csi.LowLoading, csi.LowExtraction, csi.LowReliability, csi.TwoDimensions} {
		assert.Contains(t, weak, concern)
	}
	formed := at(func(x, y, z float64, e func() float64) []float64 {
		return []float64{x, y, e(), z, e(), e(), x + y + z + e(), x + y + z + e()}
	}, csi.ModeB, csi.ModeB)
	for _, concern := range formed {
		assert.Equal(t, csi.NegativeShare, concern, "items of mode B need not agree")
	}
	assert.Empty(t, csi.Fit{}.Review())
}
