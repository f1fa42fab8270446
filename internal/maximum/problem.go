package maximum

import (
	"math"
)

// A Problem is a log likelihood to maximise. It is not changed by searches, which may
// share it if LogLik may be called by several at once.
type Problem struct {
	Axes []Axis
	Mix  [][]float64 // u = Mix·y; square and invertible, one row for each axis
	// Show turns u into that of the parameters to speak of in the result, such as slopes of
	// covariates as they came, where LogLik has them standardised; nil for the same.
	Show [][]float64

	// LogLik returns the log likelihood at parameters theta and fills in its gradient
	// by u. It may return NaN where it has none.
	LogLik func(theta, grad []float64) float64

	// Stretch returns by how much a step in y moves a parameter of any observation, in
	// logarithms; nil stands for the largest step in u.
	Stretch func(y []float64) float64

	Restarts Restarts
	Endless  *Limit // where the likelihood is known to have no upper bound; nil if nowhere

	Part  *Problem // the same on part of the data, with the same axes; nil if that is not worth while
	Parts float64  // how many times as much data there is
}

// Restarts says when a search is followed by others from elsewhere.
type Restarts int

// When to search again.
const (
	Never      Restarts = iota // the first search is all
	IfDoubtful                 // where the first one ends with a finding or without a maximum
	Always                     // whatever the first one finds
)

// An Axis is a parameter and the coordinate in its place.
type Axis struct {
	Name   string
	Slope  bool    // u = θ
	Pole   bool    // the likelihood may be infinite at Hi, which is then no maximum to look for
	Start  float64 // of the coordinate
	Lo, Hi Limit
}

// A Limit is an end of a coordinate that the likelihood may run to.
type Limit struct {
	Param string  // what goes there, such as "R" or "A/B"
	Value float64 // 0 or ±Inf; NaN where any value fits
	Means string  // such as "nobody drops out"
}

// reach is how far a coordinate may go from its start. Beyond e^±24 the likelihood
// is that of the limit, to all digits that matter.
const reach = 24

// Paired returns the Mix for n parameters of which each pair (θ1, θ2), named by the
// place of θ1, has the coordinates ln θ1/θ2, a mean, and ln θ1, a concentration.
func Paired(n int, pairs ...int) [][]float64 {
	m := identity(n)
	for _, i := range pairs {
		m[i][i], m[i][i+1] = 0, 1
		m[i+1][i], m[i+1][i+1] = -1, 1
	}
	return m
}

// Identity returns the Mix of coordinates that are u.
func Identity(n int) [][]float64 { return identity(n) }

// start returns where the first search begins.
func (p *Problem) start() []float64 {
	y := make([]float64, len(p.Axes))
	for i, axis := range p.Axes {
		y[i] = axis.Start
	}
	return y
}

// atPole reports whether y is on its way to a pole.
func (p *Problem) atPole(y []float64) bool {
	for i, axis := range p.Axes {
		if axis.Pole && y[i]-axis.Start > reach/2 {
			return true
		}
	}
	return false
}

// starts returns where other searches begin: far off in each coordinate but slopes,
// and less concentrated where a mean is high, as that is what a mean at its limit is
// found with.
func (p *Problem) starts() [][]float64 {
	const far, highest, apart = 4, 8, 2
	var starts [][]float64
	for i, axis := range p.Axes {
		if axis.Slope {
			continue
		}
		low, high := p.start(), p.start()
		low[i] -= far
		high[i] += far
		if i%2 == 0 && i+1 < len(p.Axes) && !p.Axes[i+1].Slope {
			high[i] = axis.Start + highest
			high[i+1] -= apart
		}
		starts = append(starts, low, high)
	}
	return starts
}

// params turns coordinates into parameters of LogLik.
func (p *Problem) params(y []float64) []float64 { return p.unlog(times(p.Mix, y)) }

// shown turns coordinates, or steps in them, into u of the result.
func (p *Problem) shown(y []float64) []float64 {
	u := times(p.Mix, y)
	if p.Show != nil {
		u = times(p.Show, u)
	}
	return u
}

// measured is shown with slopes in units in which those of LogLik are: what a step is
// worth does not depend on the unit of a covariate.
func (p *Problem) measured(y []float64) []float64 {
	u := p.shown(y)
	for i := range u {
		u[i] /= p.unit(i)
	}
	return u
}

// unit returns what a step of 1 in parameter i of LogLik is in the result.
func (p *Problem) unit(i int) float64 {
	if p.Show == nil || p.Show[i][i] == 0 {
		return 1
	}
	return math.Abs(p.Show[i][i])
}

// unlog turns u into parameters, in place.
func (p *Problem) unlog(u []float64) []float64 {
	for i, a := range p.Axes {
		if !a.Slope {
			u[i] = math.Exp(u[i])
		}
	}
	return u
}

// pull turns a gradient by u into one by y.
func (p *Problem) pull(grad []float64) []float64 {
	out := make([]float64, len(grad))
	for i, row := range p.Mix {
		for j, m := range row {
			out[j] += m * grad[i]
		}
	}
	return out
}

// stretch is Stretch with its default. A step that moves no observation, since
// covariates depend on each other, counts by what it moves coordinates.
func (p *Problem) stretch(y []float64) float64 {
	if p.Stretch != nil {
		return max(p.Stretch(y), largest(y))
	}
	return max(largest(times(p.Mix, y)), largest(y))
}
