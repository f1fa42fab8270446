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
	reach, centre := limits(), math.Log(meanY/(1-meanY))
	for _, v := range x {
		reach.widen(centre - v)
	}
	low, high := reach.low, reach.high
	a = low + (high-low)/2
	for range mostSteps {
		gradient, information := 0.0, 0.0
		for i, v := range x {
			p, w := sigmoid(a + v)
			gradient += indicator(y[i].Happened) - p
			information += w
		}
		se = 1 / math.Sqrt(information)
		if gradient > 0 {
			low = a
		} else {
			high = a
		}
		next := a + gradient/information
		if !(next >= low && next <= high) {
			next = low + (high-low)/2
		}
		if math.Abs(next-a) <= 4*epsilon*(1+math.Abs(a)) {
			return a, se, true
		}
		a = next
	}
	return a, se, false
}

const epsilon = 0x1p-52

// A surface is the log likelihood of a line at some point, with the step to its top if it
// were a parabola, and the information around the weighted mean of x.
type surface struct {
	value          float64
	stepA, stepB   float64
	weight, spread float64 // Σw and Σw(x − centre)²
	centre         float64
}

// surfaceAt returns the log likelihood of logit P(y) = a + b·x.
func surfaceAt(a, b float64, x []float64, y []Forecast) (s surface) {
	up, along, moment := 0.0, 0.0, 0.0
	for i, v := range x {
		z := a + float64(b*v)
		p, w := sigmoid(z)
		if !y[i].Happened {
			z = -z
		}
		s.value -= softplus(-z)
		residual := indicator(y[i].Happened) - p
		up += residual
		along += float64(residual * v)
		s.weight += w
		moment += float64(w * v)
	}
	s.centre = moment / s.weight
	for _, v := range x {
		_, w := sigmoid(a + float64(b*v))
		s.spread += float64(w * (v - s.centre) * (v - s.centre))
	}
	s.stepB = (along - float64(s.centre*up)) / s.spread
	s.stepA = up/s.weight - float64(s.centre*s.stepB)
	return s
}

// softplus returns ln(1 + e^x).
func softplus(x float64) float64 { return max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) }

// slopeOf fits logit P(y) = a + b·x. It starts where all customers are alike, and ends
// where a step is lost in rounding.
func slopeOf(x []float64, y []Forecast, meanY float64) (SlopeFit, bool) {
	a, b := math.Log(meanY/(1-meanY)), 0.0
	at, rest := surfaceAt(a, b, x, y), false
	for range mostSteps {
		if rest = at.still(a, b); rest {
			break
		}
		part := 1.0
		next := surfaceAt(a+at.stepA, b+at.stepB, x, y)
		for !(next.value >= at.value-at.noise()) && part > epsilon {
			part /= 2
			next = surfaceAt(a+float64(part*at.stepA), b+float64(part*at.stepB), x, y)
		}
		a, b, at = a+float64(part*at.stepA), b+float64(part*at.stepB), next
	}
	slope := 1 / math.Sqrt(at.spread)
	return SlopeFit{a, math.Hypot(1/math.Sqrt(at.weight), at.centre*slope), b, slope}, rest
}

// noise is what rounding may take from the value.
func (s surface) noise() float64 { return 64 * epsilon * math.Abs(s.value) }

// still reports whether a step is next to nothing.
func (s surface) still(a, b float64) bool {
	const within = 32 * epsilon
	return math.Abs(s.stepA) <= within*(1+math.Abs(a)) && math.Abs(s.stepB) <= within*(1+math.Abs(b))
}
