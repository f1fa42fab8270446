package clv

import "math"

// A problem is a log likelihood to maximise. Its parameters θ enter as u = ln θ, or
// u = θ for slopes of covariates. The optimiser works in coordinates y, u = mix·y,
// in which a limit such as "all customers buy at the same rate" is one coordinate
// going to infinity with the others at rest.
type problem struct {
	axes   []axis
	mix    [][]float64
	logLik func(theta, grad []float64) float64 // with its gradient by u

	small bool // so few customers that there are often several maxima
	again bool // so few cells that several searches are cheap, where one leaves doubts

	thin    *problem // the same on part of the data, nil if that is not worth while
	thinned float64  // how many times as much data there is
}

// few is how many customers or cells make a small sample.
const few = 512

// thinned returns the problem of a sample, with that of part of it if it is large.
func thinned(s *sample, build func(*sample) *problem) *problem {
	p := build(s)
	p.small, p.again = s.customers <= few, len(s.cells) <= few
	if small, times, ok := s.thin(); ok {
		p.thin, p.thinned = build(&small), times
		p.thin.axes = p.axes
	}
	return p
}

// paired returns the mix for n parameters of which each pair (θ1, θ2) has the
// coordinates ln θ1/θ2, a mean, and ln θ1, a concentration.
func paired(n int, pairs ...int) [][]float64 {
	m := identity(n)
	for _, i := range pairs {
		m[i][i], m[i][i+1] = 0, 1
		m[i+1][i], m[i+1][i+1] = -1, 1
	}
	return m
}

// An axis is a parameter and the coordinate in its place.
type axis struct {
	name   string
	slope  bool    // u = θ
	pole   bool    // the likelihood may be infinite at hi, which is then no maximum to look for
	start  float64 // of the coordinate
	lo, hi limit
}

// A limit is an end of a coordinate that the likelihood may run to.
type limit struct {
	param string  // as in [Warning], "" if nothing can be said
	value float64 // 0 or +Inf
	means string
}

// reach is how far a coordinate may go from its start. Beyond e^±24 the likelihood
// is that of the limit, to all digits that matter.
const reach = 24

// start returns where the first search begins.
func (p *problem) start() []float64 {
	y := make([]float64, len(p.axes))
	for i, axis := range p.axes {
		y[i] = axis.start
	}
	return y
}

// atPole reports whether y is on its way to a pole.
func (p *problem) atPole(y []float64) bool {
	for i, axis := range p.axes {
		if axis.pole && y[i]-axis.start > reach/2 {
			return true
		}
	}
	return false
}

// starts returns where other searches begin: far off in each coordinate but slopes,
// and less concentrated where a mean is high, as that is what a mean at its limit is
// found with.
func (p *problem) starts() [][]float64 {
	const far, highest, apart = 4, 8, 2
	var starts [][]float64
	for i, axis := range p.axes {
		if axis.slope {
			continue
		}
		low, high := p.start(), p.start()
		low[i] -= far
		high[i] += far
		if i%2 == 0 && i+1 < len(p.axes) && !p.axes[i+1].slope {
			high[i] = axis.start + highest
			high[i+1] -= apart
		}
		starts = append(starts, low, high)
	}
	return starts
}

// logs turns coordinates into u.
func (p *problem) logs(y []float64) []float64 { return times(p.mix, y) }

// params turns coordinates into parameters.
func (p *problem) params(y []float64) []float64 {
	u := p.logs(y)
	for i, a := range p.axes {
		if !a.slope {
			u[i] = math.Exp(u[i])
		}
	}
	return u
}

// pull turns a gradient by u into one by y.
func (p *problem) pull(grad []float64) []float64 {
	out := make([]float64, len(grad))
	for i, row := range p.mix {
		for j, m := range row {
			out[j] += m * grad[i]
		}
	}
	return out
}

// spread turns a covariance of y into one of θ at the parameters theta. NaN spreads
// to every parameter that depends on a coordinate without variance.
func (p *problem) spread(cov [][]float64, theta []float64) [][]float64 {
	n := len(p.axes)
	if cov == nil {
		cov = inverse(square(n), nil) // nothing is known
	}
	jacobian := square(n)
	for i, a := range p.axes {
		copy(jacobian[i], p.mix[i])
		if !a.slope {
			scale(jacobian[i], theta[i])
		}
	}
	return sandwich(jacobian, cov)
}

// sandwich returns J·C·Jᵀ, in which 0 times NaN is 0.
func sandwich(j, c [][]float64) [][]float64 {
	n := len(j)
	out := make([][]float64, n)
	for r := range out {
		out[r] = make([]float64, n)
		for s := range out[r] {
			for k := range n {
				for l := range n {
					if w := j[r][k] * j[s][l]; w != 0 {
						out[r][s] += w * c[k][l]
					}
				}
			}
		}
	}
	return out
}
