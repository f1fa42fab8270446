package special

import "math"

// LogIntegral returns ln ∫ e^f(v) dv over the real line for an f with one peak,
// within ±reach; v is a logit or a logarithm. It centres v = v0 + σ·sinh τ
// on the peak and applies the trapezoidal rule to τ, halving the step until two
// sums agree: the error of a sum is about the square of that of the sum before.
// All terms are positive, so nothing cancels. NaN if f is.
func LogIntegral(f func(v float64) float64) float64 {
	const halvings, agree, rounding = 12, 1e-9, 0x1p-50
	g := peaked{f: f}
	g.centre()
	h := 0.5
	sum := g.side(0, h) + g.side(-h, -h)
	last := h * sum
	for range halvings {
		sum += g.side(h/2, h) + g.side(-h/2, -h) // half-way between those before
		h /= 2
		now := h * sum
		if math.Abs(now-last) <= (agree+rounding*math.Abs(g.top))*now {
			return g.top + math.Log(now*g.sigma)
		}
		last = now
	}
	return math.NaN()
}

// peaked is an integrand e^f with the place, height and width of its peak.
type peaked struct {
	f                func(v float64) float64
	peak, top, sigma float64
}

// centre finds the peak by golden sections and the distance from it, at most 1, at
// which f has fallen by about 1.
func (g *peaked) centre() {
	const reach, golden, precise = 700.0, 0.6180339887498949, 1e-4
	lo, hi := -reach, reach
	a, b := hi-golden*(hi-lo), lo+golden*(hi-lo)
	fa, fb := g.f(a), g.f(b)
	for hi-lo > precise {
		if fa > fb {
			hi, b, fb = b, a, fa
			a = hi - golden*(hi-lo)
			fa = g.f(a)
		} else {
			lo, a, fa = a, b, fb
			b = lo + golden*(hi-lo)
			fb = g.f(b)
		}
	}
	g.peak = (lo + hi) / 2
	g.top = g.f(g.peak)
	g.sigma = 1
	for g.sigma > precise && max(g.top-g.f(g.peak+g.sigma), g.top-g.f(g.peak-g.sigma)) > 2 {
		g.sigma /= 2
	}
}

// side sums e^(f−top)·cosh τ from a start away from the peak until nothing that
// matters is left.
func (g *peaked) side(start, step float64) float64 {
	const steps, negligible = 1 << 16, 1e-19
	sum, last := 0.0, math.Inf(1)
	for i := range steps {
		tau := start + float64(i)*step
		term := math.Exp(g.f(g.peak+g.sigma*math.Sinh(tau))-g.top) * math.Cosh(tau)
		sum += term
		if term <= negligible*sum && term <= last || math.IsNaN(term) {
			break
		}
		last = term
	}
	return sum
}
