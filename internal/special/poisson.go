package special

import "math"

// Direct is the largest n for which [PoissonOdds] adds term by term. Beyond it the
// expansion of [NewPoisson] is as exact, and takes the same time for every n.
const Direct = 64

// Tiny is a mean below which P(N = n) is 0 for every n > Direct.
const Tiny = 1e-290

// PoissonOdds returns P(N < n) / P(N = n) for a Poisson N of mean a ≥ 0, which is
// Erlang's sum Σ_{j<n} aʲ/j! over aⁿ/n!. It is 0 at n = 0 and +Inf where it
// exceeds the range of float64, as at n ≥ 1 and a = 0. It is for n ≥ 0 and finite a, takes
// O(1) time and does not allocate; its relative error is below 1e-14.
func PoissonOdds(n int, a Extended) float64 {
	if n > Direct {
		return NewPoisson(float64(n), a).odds(a)
	}
	return addedOdds(n, a)
}

// addedOdds is PoissonOdds by Erlang's recursion upside down, two terms at a time:
//
//	odds(j) = (j/a)·(1 + odds(j−1))
//
// It multiplies by 1/a, and makes up in the end for the rounding of that and of a: as
// a grows by a share δ, the odds fall by a share of some (n − a)·δ, and of less than
// √n·δ where a > n, which is not worth the while.
func addedOdds(n int, a Extended) float64 {
	if n == 0 {
		return 0
	}
	inverse := 1 / a.Hi
	odds, j := inverse, 2
	if n%2 == 0 {
		odds, j = 2*inverse*(1+inverse), 3
	}
	for ; j < n; j += 2 {
		one, two := float64(j)*inverse, float64(j+1)*inverse
		both := one * two
		odds = math.FMA(both, odds, both+two)
	}
	if slope := float64(n) - a.Hi; slope > 0 && odds <= math.MaxFloat64 {
		odds *= 1 + slope*(math.FMA(-inverse, a.Hi, 1)-a.Lo*inverse)
	}
	return odds
}

// A Poisson holds the parts of P(N < n) and P(N = n) for a Poisson N of mean a:
//
//	P(N = n) = e⁻ᴰ / scale
//	P(N < n) = half + series·P(N = n)
//
// The deviance D = a − n + n·ln(n/a) is 0 at a = n and grows on both sides. It is an
// immutable value, safe for concurrent use; obtain one from [NewPoisson].
type Poisson struct {
	n                   float64
	deviance            Extended
	half, scale, series float64
}

// NewPoisson splits the law at n > [Direct] and a mean a ≥ 0 by the uniform expansion of
// the incomplete gamma function: with y = ±√D, the sign that of a − n, and η = y·√(2/n),
//
//	half  = ½·erfc(y)
//	scale = n!·eⁿ/nⁿ = √(2πn)·(1 + β₁/n)
//
// and series and β₁ from [expand]. It does not allocate.
func NewPoisson(n float64, a Extended) Poisson {
	if a.Hi < Tiny {
		return Poisson{n: n, deviance: Extended{Hi: math.Inf(1)}, half: 1, scale: 1}
	}
	d := deviance(n, a)
	y := math.Sqrt(max(d.Hi, 0))
	if Difference(a.Hi, n).Hi+a.Lo < 0 {
		y = -y
	}
	root := math.Sqrt(2 * math.Pi * n)
	series, beta := expand(y*root/(n*math.SqrtPi), 1/n)
	return Poisson{n, d, math.Erfc(y) / 2, root * (1 + beta/n), series}
}

// Prob returns P(N = n).
func (x Poisson) Prob() float64 { return Extended{-x.deviance.Hi, -x.deviance.Lo}.Exp() / x.scale }

// LogProb returns ln P(N = n), also where that is too small for a float64.
func (x Poisson) LogProb() float64 { return -x.deviance.Hi - math.Log(x.scale) }

// Below returns P(N < n).
func (x Poisson) Below() float64 { return x.half + x.series*x.Prob() }

// odds returns P(N < n) / P(N = n). Where a lies so far above n that half and
// series cancel, a continued fraction takes over.
func (x Poisson) odds(a Extended) float64 {
	if x.deviance.Hi > 12 && a.Hi > x.n {
		return fraction(x.n, a.Hi)
	}
	return x.half*x.scale*x.deviance.Exp() + x.series
}

// expand returns Σ_{j≥0} βⱼ·ηʲ and β₁, where
//
//	βⱼ₋₁ = fⱼ + (j+1)·βⱼ₊₁/n
//
// and fⱼ are the Taylor coefficients of η/(x − 1) for η²/2 = x − 1 − ln x. The
// recursion runs from the last coefficient down, even and odd j apart, and both
// halves of the polynomial with it. Coefficients beyond f₁₄ matter to the last
// digit only for |η| > 0.3, and those beyond f₂₆ only for |η| > 1, where P(N = n)
// is too small for the series to count.
func expand(eta, inverse float64) (series, beta float64) {
	f := [...]float64{
		1, -1. / 3, 1. / 12, -2. / 135, 1. / 864, 1. / 2835, -139. / 777600, 1. / 25515,
		-571. / 261273600, -281. / 151559100, 8.296711340953087e-07, -1.7665952736826078e-07,
		6.707853543401498e-09, 1.0261809784240309e-08, -4.382036018453353e-09, 9.14769958223679e-10,
		-2.5514193994946248e-11, -5.830772132550426e-11, 2.4361948020667415e-11, -5.0276692801141755e-12,
		1.1004392031956135e-13, 3.371763262400985e-13, -1.392388722418162e-13, 2.8534893807047445e-14,
		-5.139111834242572e-16, -1.9752288294349442e-15, 8.099521156704561e-16,
	}
	last := len(f) - 1
	if math.Abs(eta) < 0.3 {
		last = 14
	}
	square := eta * eta
	var even, odd, betaEven, betaOdd float64
	for j := last; j > 1; j -= 2 {
		betaOdd = f[j] + float64(j+1)*inverse*betaOdd   // β of j−1
		betaEven = f[j-1] + float64(j)*inverse*betaEven // β of j−2
		odd = odd*square + betaOdd
		even = even*square + betaEven
	}
	return odd*eta + even, betaOdd
}

// fraction returns P(N < n) / P(N = n) for a Poisson mean a well above n, by
// Legendre's continued fraction of Γ(n, a), contracted, whose terms are positive:
//
//	n / (a−n+1 + 1·(n−1) / (a−n+3 + 2·(n−2) / (a−n+5 + …)))
//
// At z = (a−n)/√a standard deviations 10 + 324/z² terms suffice.
func fraction(n, a float64) float64 {
	gap := a - n
	tail := 0.0
	for j := min(math.Floor(10+324*(a/gap)/gap), n-1); j > 0; j-- {
		tail = j * (n - j) / (gap + 2*j + 1 + tail)
	}
	return n / (gap + 1 + tail)
}

// deviance returns D = a − n − n·ln(a/n) for n ≥ 1 and a.Hi ≥ Tiny, with an
// absolute error below 1e-19·n·|ln(a/n)|. With a = 2ᵏ·m, m within a factor √2 of
// n, and v = (m−n)/(m+n),
//
//	ln(a/n) = k·ln 2 + 2·(v + v³/3 + v⁵/5 + …),  |v| < 0.172
//
// where v and the leading sums are extended, and v³/3 + … need not be.
func deviance(n float64, a Extended) Extended {
	m, k := a, 0
	if ratio := a.Hi / n; ratio < 0.7 || ratio > 1.4 {
		_, k = math.Frexp(ratio * math.Sqrt2)
		k--
		m = Extended{math.Ldexp(a.Hi, -k), math.Ldexp(a.Lo, -k)}
	}
	num, den := Difference(m.Hi, n), Difference(m.Hi, -n)
	v := num.Hi / den.Hi
	rest := (math.FMA(-v, den.Hi, num.Hi) + num.Lo + m.Lo - v*(den.Lo+m.Lo)) / den.Hi

	full := v + rest
	w := full * full
	u := w * w
	cubic := full * w * (1./3 + u*(1./7+u*(1./11+u*(1./15+u*(1./19+u/23)))) +
		w*(1./5+u*(1./9+u*(1./13+u*(1./17+u/21)))))
	const ln2Hi, ln2Lo = 6.93147180369123816490e-01, 1.90821492927058770002e-10 // 33 bits, and the rest
	log := Difference(float64(float64(k)*ln2Hi), -2*v)
	log = Difference(log.Hi, -float64(log.Lo+float64(k)*ln2Lo+2*(rest+cubic)))

	product := float64(n * log.Hi) // rounded here, on every platform, for FMA to correct
	gap := Difference(a.Hi, n)
	d := Difference(gap.Hi, product)
	return Difference(d.Hi, float64(n*log.Lo+math.FMA(n, log.Hi, -product)-d.Lo-gap.Lo-a.Lo))
}
