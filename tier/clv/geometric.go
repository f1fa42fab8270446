package clv

import (
	"math"

	"github.com/relmark/relmark/internal/special"
)

// A geometric is a customer who buys at a Gamma(shape, rate) distributed rate
// and, after each purchase, drops out with a Beta(a, b) distributed probability p:
// the state of a living customer of BG/NBD or MBG/NBD, whatever happened before.
type geometric struct {
	shape, rate float64 // R = r+x and A = α+T
	a, b        float64 // a and b+k
}

// expected returns the expected number of purchases within t,
//
//	E[(1 − (1+p·t/A)^−R) / p]
//
// by an Euler-transformed series with z = t/(A+t), e = a−1, c = a+b−1, q = c−R:
//
//	c·g − (1−z)^e · Σ_(n≥1) [Π_(j<n) (e+j)] · (q)_n / ((c+1)_(n−1)·n!) · z^n,   g = (1 − (1−z)^e)/e
//
// which has no pole at a = 1 or a+b = 1. Where it would converge slowly or cancel,
// the expectation is integrated instead.
func (g geometric) expected(t float64) float64 {
	const slow, cancels, inRange = 0.98, 100, 700
	if max(1, g.shape)*(t/g.rate) < negligible {
		return g.shape * (t / g.rate)
	}
	z := t / (g.rate + t)
	if !(z <= slow) {
		return g.integratePurchases(t)
	}
	l := special.Log1p(t / g.rate)
	e, c := g.a-1, g.a+g.b-1
	if !(e*l < inRange) {
		return g.integratePurchases(t)
	}
	rise := special.Expm1(-e * l) // (1−z)^e − 1
	fall := 1 + rise
	if rise < -0.5 {
		fall = special.Exp(-e * l)
	}
	first := c * l
	if e != 0 {
		first = c * -rise / e
	}
	sum, largest := g.series(z, e, c, c-g.shape)
	got := first - fall*sum
	if !(cancels*got > max(math.Abs(first), fall*largest)) {
		return g.integratePurchases(t)
	}
	return got
}

func (g geometric) integratePurchases(t float64) float64 {
	return upTo(g.shape*t/g.rate, g.integrate(func(p float64) float64 { return math.Log(g.purchases(p, t)) }))
}

// upTo returns v, or NaN if it is more than it can be but for rounding: an integrand whose
// peak is too steep for floats was missed.
func upTo(bound, v float64) float64 {
	if v > bound*(1+1e-6) {
		return math.NaN()
	}
	return v
}

// series returns the sum in [geometric.expected] and its largest term or more: +Inf
// beside a sum that left the range of floats. Terms alternate while q+n < 0.
func (g geometric) series(z, e, c, q float64) (sum, largest float64) {
	const steps = 4096
	term, n := q*z, 1.0
	sum, largest = term, math.Abs(term)
	for ; n < steps && q+n < 0; n++ {
		term *= (e + n) * (q + n) / ((c + n) * (n + 1)) * z
		sum += term
		size := math.Abs(term)
		largest = max(largest, size)
		if size <= special.Epsilon/4*math.Abs(sum) {
			return sum, largest
		}
	}
	// From here on terms are of one sign, and two of them take one division.
	before := sum
	for ; n < steps; n += 2 {
		u, v := (e+n)*(q+n)*z, (e+(n+1))*(q+(n+1))*z
		d, f := (c+n)*(n+1), (c+(n+1))*(n+2)
		by := 1 / (d * f) // before the term is known, so that divisions overlap
		one := term * (u * f * by)
		term *= u * v * by
		sum += one + term
		if math.Abs(term) <= special.Epsilon/4*math.Abs(sum) {
			return sum, max(largest, math.Abs(sum-before))
		}
	}
	return math.NaN(), largest
}

// purchases returns (1 − (1+p·t/A)^−R) / p, which is R·t/A wherever drop-out plays no
// part: nearer to 0 than that p·t has no digits.
func (g geometric) purchases(p, t float64) float64 {
	y := p * t / g.rate
	if max(1, g.shape)*y < negligible {
		return g.shape * t / g.rate
	}
	return -math.Expm1(-g.shape*math.Log1p(y)) / p
}

// negligible is what 1 is the same with as without.
const negligible = 1e-18

// survival returns the probability of no drop-out within t, E[(1+p·t/A)^−R], with
// c = a+b as whichever of two sums of positive terms converges faster,
//
//	(1−z)^a · 2F1(a, c−R; c; z) = (1−z)^R · 2F1(R, b; c; z),   z = t/(A+t)
//
// and as the integral where that is slow or out of the range of floats.
func (g geometric) survival(t float64) float64 {
	const slow, inRange, large, steps = 0.98, 700, 1e300, 4096
	z, l, c := t/(g.rate+t), math.Log1p(t/g.rate), g.a+g.b
	u, v := g.a, c-g.shape
	if g.shape < g.a || v < 0 {
		u, v = g.shape, g.b
	}
	if z <= slow && u*l < inRange {
		sum, term := 1.0, 1.0
		for n := 0.0; n < steps && sum < large; n++ {
			term *= (u + n) * (v + n) / ((c + n) * (n + 1)) * z
			sum += term
			if term <= special.Epsilon/4*sum {
				return math.Exp(-u*l) * sum
			}
		}
	}
	return upTo(1, g.integrate(func(p float64) float64 { return -g.shape * math.Log1p(p*t/g.rate) }))
}

// discounted returns the expected number of all future purchases, one at distance
// u counting e^(−δ·u):
//
//	E[∫ e^(−δ·u)·(R/A)·(1+p·u/A)^(−R−1) du] = E[(R/p)·e^y·E_(R+1)(y)],   y = δ·A/p
func (g geometric) discounted(delta float64) float64 {
	d := delta * g.rate
	return g.integrate(func(p float64) float64 {
		if d > 1e17*(g.shape+1)*p {
			return math.Log(g.shape / d)
		}
		return math.Log(g.shape / p * special.ExpIntegral(g.shape+1, d/p))
	})
}

// pmf returns the probability of n purchases within t: n of a negative binomial
// process without drop-out before, or more of it with drop-out after the n-th.
//
//	(b)_n/(a+b)_n · P(N = n) + [n > 0] · a/(a+b+n−1) · (b)_(n−1)/(a+b)_(n−1) · P(N ≥ n)
func (g geometric) pmf(n int, t float64) float64 {
	process := special.NewNegativeBinomial(g.shape, g.rate, t)
	x := float64(n)
	p := math.Exp(special.LogRisingRatio(g.b, g.a, x) + process.LogProb(n))
	if n > 0 {
		p += g.a / (g.a + g.b + (x - 1)) * math.Exp(special.LogRisingRatio(g.b, g.a, x-1)) * process.Tail(n)
	}
	return p
}

// integrate returns E[f(p)] over p ~ Beta(a, b), given ln f, for a positive f that
// leaves the integrand with one peak over the logit of p; f itself may be out of the
// range of floats. With p0 = a/(a+b), q0 = 1−p0 and v the
// logit less that of p0, p/p0 = 1/(1 + q0·(e^−v − 1)), which keeps all digits of
// the density for a and b of any size.
func (g geometric) integrate(logF func(p float64) float64) float64 {
	p0, q0 := g.a/(g.a+g.b), g.b/(g.a+g.b)
	weight := func(v float64) (logP, logWeight float64) {
		logP = -logShift(q0, p0, -v)
		return logP, g.a*logP - g.b*logShift(p0, q0, v)
	}
	over := special.LogIntegral(func(v float64) float64 {
		logP, w := weight(v)
		return w + logF(p0*math.Exp(logP))
	})
	return math.Exp(over - special.LogIntegral(func(v float64) float64 {
		_, w := weight(v)
		return w
	}))
}

// logShift returns ln(1 + q·(e^v − 1)) = ln(rest + q·e^v) for q and rest = 1−q, each of
// which has its digits.
func logShift(q, rest, v float64) float64 {
	if v > 700 {
		return v + math.Log(q)
	}
	if shift := q * math.Expm1(v); shift > -0.5 {
		return math.Log1p(shift)
	}
	return math.Log(rest + q*math.Exp(v))
}
