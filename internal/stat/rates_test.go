package stat_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/internal/stat"
)

// R 4.2.2, poisson.test(c(12, 30), c(4000, 5200)) and poisson.test(c(0, 7), c(100, 90)).
func TestCompareRates(t *testing.T) {
	t.Parallel()
	r := stat.CompareRates(12, 4000, 30, 5200, 0.95)
	near.Slice(t, []float64{0.52, 0.242461838884433, 1.04588781704696, 0.0611274176802982}, []float64{r.Ratio, r.Low, r.High, r.P}, 1e-12, 0)
	r = stat.CompareRates(0, 100, 7, 90, 0.95)
	near.Slice(t, []float64{0, 0, 0.624432582086807, 0.00535084485985746}, []float64{r.Ratio, r.Low, r.High, r.P}, 1e-12, 0)
	r = stat.CompareRates(3, 100, 0, 90, 0.95)
	assert.True(t, math.IsInf(r.Ratio, 1) && math.IsInf(r.High, 1))
}
