package evaluation

import (
	"fmt"
	"math"

	"github.com/relmark/relmark"
)

// Two logistic fits on logit p, by Newton's method with the exact information: standard
// errors are right to all digits, which a search that takes its information from
// differences would not make them. Both likelihoods are strictly concave, and the caller
// has seen to it that each has a maximum.

// mostSteps bounds each fit. Newton's method doubles the digits of each step near the top,
// and from afar each step is halved until it gains.
const mostSteps = 200

var errNoRest = fmt.Errorf("%s: calibration: %w", room, relmark.ErrNoConverge)

// sigmoid returns 1/(1 + e^−x) and its derivative.
func sigmoid(x float64) (p, weight float64) {
	e := math.Exp(-math.Abs(x))
	weight = e / ((1 + e) * (1 + e))
	if x < 0 {
		return e / (1 + e), weight
	}
	return 1 / (1 + e), weight
}

// shift fits logit P(y) = a + x, with the standard error of a. The gradient falls in a, and
// is 0 between the ends at which all customers have at most, and at least, the mean of y:
// steps that leave what is left of that are replaced by halves of it.
func shift(x []float64, y []Forecast, meanY float64) (a, se float64, ok bool) {
	ends, centre := limits(), math.Log(meanY/(1-meanY))
	for _, v := range x {
		ends.widen(centre - v)
	}
	a = ends.low + (ends.high-ends.low)/2
	for range mostSteps {
		var up gradient
		information := 0.0
		for i, v := range x {
			p, w := sigmoid(a + v)
			up.add(y[i].residual(p), 1)
			information += w
		}
		se = 1 / math.Sqrt(information)
		step := up.value() / information
		if up.gone() || math.Abs(step) <= epsilon*math.Abs(a) {
			return a, se, true
		}
		if step > 0 {
			ends.low = a
		} else {
			ends.high = a
		}
		if a += step; !(a >= ends.low && a <= ends.high) {
			a = ends.low + (ends.high-ends.low)/2
		}
	}
	return a, se, false
}

// residual returns y − p.
func (f Forecast) residual(p float64) float64 { return indicator(f.Happened) - p }

// A gradient is a sum, and how large what it sums up is.
type gradient struct {
	total
	size float64
}

func (g *gradient) add(residual, by float64) {
	g.total.add(float64(residual * by))
	g.size += math.Abs(by)
}

// gone reports whether the sum is what rounding makes of 0.
func (g gradient) gone() bool { return math.Abs(g.value()) <= epsilon*g.size }

const epsilon = 0x1p-52

// A surface is the log likelihood of a line at some point, with the step to its top if it
// were a parabola, and the information around the weighted mean of x.
type surface struct {
	value          float64
	stepA, stepB   float64
	weight, spread float64 // Σw and Σw(x − centre)²
	centre         float64
	lost           bool // both derivatives are 0 within rounding
}

// surfaceAt returns the log likelihood of logit P(y) = a + b·x.
func surfaceAt(a, b float64, x []float64, y []Forecast) (s surface) {
	var up, along gradient
	moment := 0.0
	for i, v := range x {
		z := a + float64(b*v)
		p, w := sigmoid(z)
		if !y[i].Happened {
			z = -z
		}
		s.value -= softplus(-z)
		up.add(y[i].residual(p), 1)
		along.add(y[i].residual(p), v)
		s.weight += w
		moment += float64(w * v)
	}
	s.centre = moment / s.weight
	for _, v := range x {
		_, w := sigmoid(a + float64(b*v))
		s.spread += float64(w * (v - s.centre) * (v - s.centre))
	}
	s.stepB = (along.value() - float64(s.centre*up.value())) / s.spread
	s.stepA = up.value()/s.weight - float64(s.centre*s.stepB)
	s.lost = up.gone() && along.gone()
	return s
}

// softplus returns ln(1 + e^x).
func softplus(x float64) float64 { return max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) }

// slopeOf fits logit P(y) = a + b·x, on x in standard units. It starts where all customers
// are alike, and ends where a step is lost in rounding: next to nothing, or small and no
// smaller than the one before.
func slopeOf(x []float64, y []Forecast, meanY float64) (SlopeFit, bool) {
	var units spread
	for _, v := range x {
		units.add(v, 1)
	}
	sd, z := math.Sqrt(units.squares/units.n.value()), make([]float64, len(x))
	for i, v := range x {
		z[i] = (v - units.mean) / sd
	}
	a, b, before, rest := math.Log(meanY/(1-meanY)), 0.0, math.Inf(1), false
	at := surfaceAt(a, b, z, y)
	for range mostSteps {
		size := math.Abs(at.stepA)/(1+math.Abs(a)) + math.Abs(at.stepB)/(1+math.Abs(b))
		if rest = at.lost || size <= 4*epsilon || size < 1e-7 && size >= before; rest {
			break
		}
		before = size
		part, next := at.climb(a, b, z, y)
		a, b, at = a+float64(part*at.stepA), b+float64(part*at.stepB), next
	}
	slope := 1 / (sd * math.Sqrt(at.spread))
	centre := units.mean + float64(sd*at.centre)
	return SlopeFit{
		Intercept: a - float64(b*units.mean/sd), InterceptSE: math.Hypot(1/math.Sqrt(at.weight), centre*slope),
		Slope: b / sd, SlopeSE: slope,
	}, rest
}

// climb halves the step until it gains, within what rounding may take from the value.
func (s surface) climb(a, b float64, x []float64, y []Forecast) (part float64, next surface) {
	const noise = 64 * epsilon
	part = 1
	for {
		next = surfaceAt(a+float64(part*s.stepA), b+float64(part*s.stepB), x, y)
		if next.value >= s.value-noise*math.Abs(s.value) || part <= epsilon {
			return part, next
		}
		part /= 2
	}
}
