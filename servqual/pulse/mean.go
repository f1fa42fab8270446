package pulse

import (
	"fmt"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/stat"
)

// A Mean is the mean answer to a question, such as a customer effort score (CES). It
// is an immutable value, safe for concurrent use; the zero Mean is nobody's. Obtain
// one from [Tally.Mean].
type Mean struct {
	opaque

	summary stat.Summary
	scale   Scale
}

// Mean returns the mean answer; that of nobody without answers.
func (t *Tally) Mean() Mean {
	var m stat.Moments
	for i, c := range t.counts {
		m.AddTimes(uint64(i), c)
	}
	return Mean{summary: m.Summary(1, int64(t.scale.Low)), scale: t.scale}
}

// N returns how many answers there are.
func (m Mean) N() int64 { return m.summary.N() }

// Value returns the mean; false without answers.
func (m Mean) Value() (mean float64, ok bool) { return m.summary.Mean() }

// SD returns the standard deviation with divisor n − 1; false below two answers.
func (m Mean) SD() (sd float64, ok bool) { return m.summary.SD() }

// SE returns the standard error SD/√n; false below two answers.
func (m Mean) SE() (se float64, ok bool) { return m.summary.SE() }

// Interval returns mean ± t·SE with n − 1 degrees of freedom, within the scale; a
// point where all answers are alike. It fails with a [relmark.FieldError] unless the
// level is 0.5 to 0.9999 and with [relmark.ErrTooFew] below two answers.
func (m Mean) Interval(level float64) (low, high float64, err error) {
	if err := checkLevel(level); err != nil {
		return 0, 0, err
	}
	low, high, ok := m.summary.Interval(level)
	if !ok {
		return 0, 0, m.tooFew("interval")
	}
	return max(low, float64(m.scale.Low)), min(high, float64(m.scale.High)), nil
}

// Estimate returns the mean with its standard error. It fails with
// [relmark.ErrTooFew] below two answers.
func (m Mean) Estimate() (Estimate, error) {
	mean, _ := m.Value()
	se, ok := m.SE()
	if !ok {
		return Estimate{}, m.tooFew("standard error")
	}
	return Estimate{N: m.N(), Value: mean, SE: se}, nil
}

func (m Mean) tooFew(what string) error {
	return fmt.Errorf("pulse: %s of %d answers: %w", what, m.N(), relmark.ErrTooFew)
}
