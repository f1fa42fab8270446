package special

import "math"

// Elementary functions without the branches on the size of an argument that those of the
// standard library have, and that a processor mispredicts where arguments vary: they take
// a third of the time. Arguments that are out of range they leave to the library.

// ln 2 in two parts: multiples of the first by up to 2^20 are exact.
const (
	ln2High = 6.93147180369123816490e-01
	ln2Low  = 1.90821492927058770002e-10
)

// inRange is how far from 0 exponents may be.
const inRange = 700

// Log1p returns ln(1+x), to all digits but the last.
func Log1p(x float64) float64 {
	const fraction, rootHalf = 1<<52 - 1, 0x3fe6a09e667f3bcd // √½ as bits
	if !(x >= 0 && x <= math.MaxFloat64) {
		return math.Log1p(x)
	}
	w := 1 + x
	back := w - 1
	lost := (1 - (w - back)) + (x - back) // 1+x − w, exactly
	// w = 2^k·(1+f) with 1+f from √½ to √2, and s = f/(2+f).
	over := math.Float64bits(w) - rootHalf
	k := float64(int64(over) >> 52)
	f := math.Float64frombits(over&fraction+rootHalf) - 1
	s := f / (2 + f)
	// ln(1+f) = 2·artanh s = f − s·(f − 2·(s²/3 + s⁴/5 + …))
	u := s * s
	u2 := u * u
	u4 := u2 * u2
	rest := u * ((2./3 + u*(2./5)) + u2*(2./7+u*(2./9)) + u4*((2./11+u*(2./13))+u2*(2./15+u*(2./17))+u4*(2./19+u*(2./21))))
	return k*ln2High + (f - (s*(f-rest) - (k*ln2Low + lost/w)))
}

// Exp returns e^x, to all digits but the last.
func Exp(x float64) float64 {
	const round = 0x1.8p52 // a sum with it has no digits after the point
	if !(math.Abs(x) <= inRange) {
		return math.Exp(x)
	}
	n := float64(x*math.Log2E) + round
	k := n - round
	high, low := x-k*ln2High, k*ln2Low
	y := 1 + (high + (expRest(high-low) - low))
	return math.Float64frombits(math.Float64bits(y) + math.Float64bits(n)<<52)
}

// Expm1 returns e^x − 1, to all digits but the last two.
func Expm1(x float64) float64 {
	const near = 0.35
	if math.Abs(x) <= near {
		return x + expRest(x)
	}
	return Exp(x) - 1
}

// expRest returns e^x − 1 − x for |x| ≤ 0.35, by the series.
func expRest(x float64) float64 {
	x2 := x * x
	x4 := x2 * x2
	return x2 * ((1./2 + x*(1./6)) + x2*(1./24+x*(1./120)) +
		x4*((1./720+x*(1./5040))+x2*(1./40320+x*(1./362880))+
			x4*((1./3628800+x*(1./39916800))+x2*(1./479001600+x*(1./6227020800)))))
}
