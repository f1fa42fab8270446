package stat_test

import (
	"testing"

	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/internal/stat"
)

// R 4.2.2: p.adjust(c(.01, .04, .03, .005, .9), "holm").
func TestHolm(t *testing.T) {
	t.Parallel()
	near.Slice(t, []float64{0.04, 0.09, 0.09, 0.025, 0.9}, stat.Holm([]float64{0.01, 0.04, 0.03, 0.005, 0.9}), 1e-15, 0)
	near.Slice(t, []float64{}, stat.Holm(nil), 0, 0)
	near.Slice(t, []float64{1, 1}, stat.Holm([]float64{0.7, 0.6}), 0, 0)
}
