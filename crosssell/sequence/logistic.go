package sequence

import (
	"context"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// A logistic problem: minimise, over β with the intercept first,
//
//	−Σ (y·η − ln(1 + e^η)) + ½ Σ penalty·β²,  η = β₀ + Σ x·β
//
// which is convex. With p = 1/(1 + e^−η) and X the rows, each with a 1 before it, the gradient
// and the information are
//
//	g = X′(y − p) − penalty·β        H = X′ diag(p·(1 − p)) X + diag(penalty)
//
// and Newton's step is H⁻¹g. Its squared length g′H⁻¹g, measured by the information, is twice
// what the step gains on a parabola, in units of the log likelihood whatever those of the
// features: it says when to stop. Far from the best fit a step may overshoot, as p saturates
// and H falls to nothing; then it is halved until it descends.
type logistic struct {
	x       [][]float64 // rows, whose columns are of one size
	y       []float64   // 0 to 1
	penalty []float64   // by column

	beta []float64 // intercept first
	eta  []float64
	grad []float64
	hess *mat.SymDense
	chol mat.Cholesky
}

func newLogistic(x [][]float64, y, penalty []float64) *logistic {
	n := len(penalty) + 1
	return &logistic{
		x: x, y: y, penalty: penalty, beta: make([]float64, n),
		eta: make([]float64, len(y)), grad: make([]float64, n), hess: mat.NewSymDense(n, nil),
	}
}

const (
	settled = 1e-20 // of the squared length of a step, measured by the information
	nearby  = 1e-6  // the same, below which steps need not be watched
	running = 1e-3  // a change of a logit that a last step does not make
)

// fit starts from the log odds and takes up to most steps. It says how it ended, and how
// many steps it took.
func (l *logistic) fit(ctx context.Context, most int) (status Status, steps int, err error) {
	l.linear(l.beta, l.eta)
	value := l.value(l.eta, l.beta)
	trial, eta := make([]float64, len(l.beta)), make([]float64, len(l.eta))
	for steps = range most {
		if err := ctx.Err(); err != nil {
			return NotConverged, steps, fmt.Errorf("sequence: %w", err)
		}
		step, ok := l.newton()
		switch {
		case !ok && l.free():
			return Separated, steps, nil
		case !ok:
			return NotConverged, steps, nil
		}
		length := dot(l.grad, step)
		if l.separates(step) {
			return Separated, steps, nil
		}
		scale := 1.0
		for ; ; scale /= 2 {
			for j := range trial {
				trial[j] = l.beta[j] + float64(scale*step[j])
			}
			l.linear(trial, eta)
			next := l.value(eta, trial)
			if length <= nearby || next <= value || scale < 1e-9 {
				value = next
				break
			}
		}
		copy(l.beta, trial)
		copy(l.eta, eta)
		if length <= settled {
			return Converged, steps + 1, nil
		}
	}
	return NotConverged, most, nil
}

// linear writes the logits of all rows at beta, η = β₀ + Σ x·β.
func (l *logistic) linear(beta, eta []float64) {
	for i := range eta {
		eta[i] = beta[0]
		for j := range l.penalty {
			eta[i] += float64(l.x[i][j] * beta[j+1])
		}
	}
}

// value is what is minimised, −ln L + ½ Σ penalty·β².
func (l *logistic) value(eta, beta []float64) float64 {
	sum := -l.logLik(eta)
	for j, p := range l.penalty {
		sum += float64(p * beta[j+1] * beta[j+1] / 2)
	}
	return sum
}

// logLik is ln L = Σ y·η − ln(1 + e^η), with y between 0 and 1 where answers are smoothed.
func (l *logistic) logLik(eta []float64) float64 {
	sum := 0.0
	for i, y := range l.y {
		sum += float64(y*eta[i]) - softplus(eta[i])
	}
	return sum
}

// newton returns the Newton step from beta, and whether the information is definite. Only the
// upper triangle of the information is added up, row by row, so that memory does not grow
// with customers. 1 − p is taken as the sigmoid of −η, and y − p as y·(1 − p) − (1 − y)·p: near
// p = y = 1 the differences would have no digits left.
func (l *logistic) newton() (step []float64, ok bool) {
	n := len(l.beta)
	clear(l.grad)
	l.hess.Zero()
	row := make([]float64, n)
	row[0] = 1
	h := l.hess.RawSymmetric()
	for i, eta := range l.eta {
		copy(row[1:], l.x[i])
		p, q := sigmoid(eta), sigmoid(-eta)
		w, r := p*q, float64(l.y[i]*q)-float64((1-l.y[i])*p)
		for j, x := range row {
			l.grad[j] += float64(r * x)
			for k := j; k < n; k++ {
				h.Data[j*h.Stride+k] += float64(w * x * row[k])
			}
		}
	}
	for j, p := range l.penalty {
		l.grad[j+1] -= float64(p * l.beta[j+1])
		h.Data[(j+1)*h.Stride+j+1] += p
	}
	if !l.chol.Factorize(l.hess) {
		return nil, false
	}
	var s mat.VecDense
	if l.chol.SolveVecTo(&s, mat.NewVecDense(n, l.grad)) != nil {
		return nil, false // so close to singular that no digit is left
	}
	return s.RawVector().Data, true
}

// separates reports whether a step is a proof that no finite β is best: nothing is
// penalised, it moves no answer away from its side and some well towards it. With two
// kinds of answers such a direction exists exactly where the answers can be separated.
func (l *logistic) separates(step []float64) bool {
	if !l.free() {
		return false
	}
	worst, best := 0.0, 0.0
	for i, y := range l.y {
		move := step[0]
		for j := range l.penalty {
			move += float64(l.x[i][j] * step[j+1])
		}
		if y != 0 && y != 1 {
			return false
		}
		if y == 0 {
			move = -move
		}
		worst, best = min(worst, move), max(best, move)
	}
	return best > running && worst > -1e-9*best
}

// covariance returns the inverse information at beta; nil where there is none.
func (l *logistic) covariance() *mat.SymDense {
	var inverse mat.SymDense
	if _, ok := l.newton(); !ok || l.chol.InverseTo(&inverse) != nil {
		return nil
	}
	return &inverse
}

// free reports whether nothing is penalised.
func (l *logistic) free() bool {
	return !slices.ContainsFunc(l.penalty, func(p float64) bool { return p > 0 })
}

// sigmoid returns 1/(1 + e^−x), by the exponential that cannot overflow.
func sigmoid(x float64) float64 {
	if x < 0 {
		e := math.Exp(x)
		return e / (1 + e)
	}
	return 1 / (1 + math.Exp(-x))
}

// softplus returns ln(1 + e^x), which is x + ln(1 + e^−x): no exponential above 1.
func softplus(x float64) float64 { return max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) }

func dot(a, b []float64) float64 {
	sum := 0.0
	for i := range a {
		sum += float64(a[i] * b[i])
	}
	return sum
}
