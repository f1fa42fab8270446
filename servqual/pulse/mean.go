package pulse

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
)

// A Mean is the mean answer to a question, such as a customer effort score (CES). It
// is an immutable value, safe for concurrent use; the zero Mean is nobody's. Obtain
// one from [Tally.Mean].
type Mean struct {
	n              int64
	mean, variance float64
	low, high      float64 // ends of the scale
}

// Mean returns the mean answer; that of nobody without answers.
func (t *Tally) Mean() Mean {
	n := t.N()
	if n == 0 {
		return Mean{}
	}
	sum := int64(0)
	for i, c := range t.counts {
		sum += int64(i) * int64(c)
	}
	// From an answer next to the mean nothing large cancels.
	centre := (2*sum + n) / (2 * n)
	sum -= centre * n
	squares := int64(0)
	for i, c := range t.counts {
		off := int64(i) - centre
		squares += off * off * int64(c)
	}
	off := float64(sum) / float64(n)
	m := Mean{n: n, mean: float64(int64(t.scale.Low)+centre) + off, low: float64(t.scale.Low), high: float64(t.scale.High)}
	if n > 1 {
		m.variance = (float64(squares) - off*float64(sum)) / float64(n-1)
	}
	return m
}

// N returns how many answers there are.
func (m Mean) N() int64 { return m.n }

// Value returns the mean; false without answers.
func (m Mean) Value() (mean float64, ok bool) { return m.mean, m.n > 0 }

// SD returns the standard deviation with divisor n − 1; false below two answers.
func (m Mean) SD() (sd float64, ok bool) { return math.Sqrt(m.variance), m.n > 1 }

// SE returns the standard error SD/√n; false below two answers.
func (m Mean) SE() (se float64, ok bool) {
	if m.n < 2 {
		return 0, false
	}
	return math.Sqrt(m.variance / float64(m.n)), true
}

// Interval returns mean ± t·SE with n − 1 degrees of freedom, within the scale; a
// point where all answers are alike. It fails with a [relmark.FieldError] unless the
// level is 0.5 to 0.9999 and with [relmark.ErrTooFew] below two answers.
func (m Mean) Interval(level float64) (low, high float64, err error) {
	if err := checkLevel(level); err != nil {
		return 0, 0, err
	}
	se, ok := m.SE()
	if !ok {
		return 0, 0, fmt.Errorf("pulse: interval of %d answers: %w", m.n, relmark.ErrTooFew)
	}
	half := studentT(level, float64(m.n-1)) * se
	return max(m.mean-half, m.low), min(m.mean+half, m.high), nil
}

// Estimate returns the mean with its standard error. It fails with
// [relmark.ErrTooFew] below two answers.
func (m Mean) Estimate() (Estimate, error) {
	se, ok := m.SE()
	if !ok {
		return Estimate{}, fault.Room("pulse", fmt.Errorf("standard error of %d answers: %w", m.n, relmark.ErrTooFew))
	}
	return Estimate{N: m.n, Value: m.mean, SE: se}, nil
}

// studentT returns t such that Student's t lies within −t and t at this level.
func studentT(level, degrees float64) float64 {
	return -distuv.StudentsT{Mu: 0, Sigma: 1, Nu: degrees}.Quantile((1 - level) / 2)
}
