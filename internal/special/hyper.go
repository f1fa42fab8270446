package special

import "math"

// Constants of series.
const (
	Epsilon = 0x1p-53                                // the rounding of a float64
	euler   = 0.577215664901532860606512090082402431 // γ
)

// Hyper1 returns Gauss's 2F1(1, b; a+b; z) for a, b > 0 and 0 ≤ z < 1, given y = 1−z
// too: for z up to ½ by its series, whose terms are positive and fall faster than z^n,
// and from there on by its continued fraction
//
//	1/(1 − g1·z/(1 − (1−g1)·g2·z/(1 − (1−g2)·g3·z/…)))
//	g2m+1 = (b+m)/(a+b+2m)   g2m = m/(a+b+2m−1)
//
// whose convergents differ by positive terms. With 1−g and y in place of g and z,
// the denominators are sums of positive terms as well, so that nothing cancels, not
// even where b is large and y small. The number of steps grows as 1/√y; NaN past a
// million.
func Hyper1(a, b, z, y float64) float64 {
	const pairs = 1 << 19
	if z <= 0.5 {
		return hyper1Series(b, a+b, z)
	}
	sum, term := 1.0, 1.0
	rest, full := y, z // 1 less what a denominator takes off, and that
	for m := 0.0; m < pairs; m++ {
		for _, g := range [2][2]float64{{a + m, b + m}, {a + b + m, 1 + m}} { // 1−g and g, but for a factor
			d := 1 / (g[0] + g[1]*rest)
			term *= g[1] * full * d
			sum += term
			rest, full = (g[0]*y+g[1]*rest)*d, g[0]*z*d
		}
		if term <= Epsilon/4*y*sum {
			return sum
		}
	}
	return math.NaN()
}

// hyper1Series returns Σ (b)_n/(c)_n·z^n, two terms for one division.
func hyper1Series(b, c, z float64) float64 {
	const pairs = 32 // z^64 is less than any rounding
	sum, term := 1.0, 1.0
	for n := 0.0; n < 2*pairs && term > Epsilon/4*sum; n += 2 {
		u, v := (b+n)*z, (b+(n+1))*z
		d, f := c+n, c+(n+1)
		by := 1 / (d * f) // before the term is known, so that divisions overlap
		one := term * (u * f * by)
		term *= u * v * by
		sum += one + term
	}
	return sum
}

// ExpIntegral returns e^z·E_s(z) = ∫ e^(−z·v) (1+v)^−s dv over v > 0, the
// generalised exponential integral without its underflow, for s > 0 and z > 0.
// Discounted sums of purchases at a falling rate have this form; Tricomi's
// U(1, 2−s, z) is the same function.
func ExpIntegral(s, z float64) float64 {
	if z < 1 && s < 40 {
		return expIntegralSmall(s, z)
	}
	// The even part of the continued fraction 1/(z+s − 1·s/(z+s+2 − 2(s+1)/(…))).
	const steps = 1 << 14
	b := z + s
	d := 1 / b
	term := d
	sum := d
	for n := 1.0; n < steps && term > Epsilon/4*sum; n++ {
		b += 2
		a := n * (s + n - 1) * d
		d = 1 / (b - a)
		term *= a * d
		sum += term
	}
	return sum
}

// expIntegralSmall starts from s in [½, 1½), where the series of E_s converges at
// once, and climbs by s·E_(s+1) = e^−z − z·E_s, which is stable for z < s.
func expIntegralSmall(s, z float64) float64 {
	n := math.Floor(s - 0.5)
	first := s - max(n, 0)
	h := Exp(z) * expIntegralSeries(1-first, z)
	if n < 0 { // one step down instead
		next := Exp(z) * expIntegralSeries(-first, z)
		return (1 - first*next) / z
	}
	for i := range int(n) {
		h = (1 - z*h) / (first + float64(i))
	}
	return h
}

// expIntegralSeries returns E_(1−e)(z) for |e| ≤ ½ or so and z < 1:
//
//	(Γ(1+e)·z^−e − 1)/e − Σ_(k≥1) (−z)^k / (k!·(e+k))
//
// whose first part tends to −γ − ln z with e.
func expIntegralSeries(e, z float64) float64 {
	sum := -math.Log(z)
	if e == 0 {
		sum -= euler
	} else {
		logGamma := LogGammaRatio(1, max(e, 0))
		if e < 0 {
			logGamma = -LogGammaRatio(1+e, -e)
		}
		sum = Expm1(logGamma+e*sum) / e
	}
	power := 1.0
	for k := 1.0; k < 64; k++ {
		power *= -z / k
		step := power / (e + k)
		sum -= step
		if math.Abs(step) < Epsilon/4*math.Abs(sum) {
			break
		}
	}
	return sum
}
