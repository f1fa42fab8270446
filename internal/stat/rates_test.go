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
	for _, c := range []struct { // poisson.test(c(x, y)) and qbeta
		x, y      int64
		p, low, h float64
	}{
		{1000, 1012, 0.80628351643691865, 0.90454423982681187, 1.0794538011086874},
		{20_000, 20_050, 0.80657525713518274, 0.97810883706137419, 1.0172881905028599},
		{1_000_000, 1_002_010, 0.15564719653966108, 0.9952320031987022, 1.0007637242399314},
		{10_000_000, 10_020_010, 7.7523237671556989e-06, 0.99712894389673157, 0.99887781409103016},
		{1 << 40, 1<<40 - 5_000_000, 0.000746919330199001, 1.00000190407998, 1.00000719091538},
	} {
		r = stat.CompareRates(c.x, 1, c.y, 1, 0.95)
		near.Slice(t, []float64{c.p, c.low, c.h}, []float64{r.P, r.Low, r.High}, 2e-14, 0)
	}
	r = stat.CompareRates(3, 100, 0, 90, 0.95)
	assert.True(t, math.IsInf(r.Ratio, 1) && math.IsInf(r.High, 1))
}
