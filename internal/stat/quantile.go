package stat

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Normal returns z such that a standard normal variable lies within −z and z with
// probability level: 1.96 for 0.95. It is NaN unless level is above 0 and below 1.
func Normal(level float64) float64 {
	if !(level > 0 && level < 1) {
		return math.NaN()
	}
	return math.Sqrt2 * math.Erfinv(level)
}

// manyDegrees is where StudentT changes method. Inverting the incomplete beta
// function loses digits in proportion to the degrees of freedom, 4e-14 at 100 and
// 1e-5 at 4e9; the expansion gains them.
const manyDegrees = 100

// StudentT returns t such that Student's t with the given degrees of freedom lies
// within −t and t with probability level; [Normal] of it for infinitely many. It is
// NaN unless level is above 0 and below 1 and there are degrees of freedom, 1 or more.
func StudentT(level, degrees float64) float64 {
	if !(level > 0 && level < 1 && degrees >= 1) {
		return math.NaN()
	}
	if degrees < manyDegrees {
		return -distuv.StudentsT{Mu: 0, Sigma: 1, Nu: degrees}.Quantile((1 - level) / 2)
	}
	return cornishFisher(Normal(level), degrees)
}

// cornishFisher moves a quantile z of the normal distribution to that of Student's
// t, by the asymptotic expansion in powers of 1/ν,
//
//	t = z + Σ z·g_k(z²)/ν^k,  k = 1 … 7
//
// Abramowitz and Stegun, 26.7.5, has k ≤ 4. All follow from dt/dz = φ(z)/f(t),
// f being the density of t, by comparing powers of 1/ν.
func cornishFisher(z, degrees float64) float64 {
	const terms, powers = 7, 8
	g := [terms][powers]float64{ // coefficients of 1, z², z⁴, …, times a divisor
		{1, 1},
		{3, 16, 5},
		{-15, 17, 19, 3},
		{-945, -1920, 1482, 776, 79},
		{5985, -255, -594, 310, 113, 9},
		{2463615, 6667920, 616707, -82440, 48821, 15448, 1065},
		{-111486375, -18226215, 5639193, 1086849, 113891, 41107, 6891, 339},
	}
	divisor := [terms]float64{4, 96, 384, 92160, 122880, 185794560, 743178240}
	sum := 0.0
	for k := terms - 1; k >= 0; k-- {
		poly := 0.0
		for i := powers - 1; i >= 0; i-- {
			poly = poly*z*z + g[k][i]
		}
		sum = (sum + poly/divisor[k]) / degrees
	}
	return z + z*sum
}
