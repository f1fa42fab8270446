package spc

import (
	"fmt"
	"math"

	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
)

// An Effect is what a change of the process did: the charts of both phases, and the
// difference of their means with Welch's test. Signals within a phase, which
// [Chart.Judge] finds, say that it was not one process. It is plain data.
type Effect struct {
	Before     Individuals `json:"before"`
	After      Individuals `json:"after"`
	Difference float64     `json:"difference"` // mean after less mean before
	SE         float64     `json:"se"`
	Low        float64     `json:"low"`  // its confidence interval
	High       float64     `json:"high"` // its confidence interval
	T          float64     `json:"t"`
	Degrees    float64     `json:"degrees"` // of freedom
	P          float64     `json:"p"`       // two-sided
	// InSigma is the difference in σ of the phase before; infinite where that did not
	// vary and the mean moved.
	InSigma float64 `json:"in_sigma"`
}

// Compare makes one chart of each phase and compares them: has the new way of
// queueing, the simpler form or the new machine made a difference? Neither phase
// tells of a trend that was there before. It fails with a [relmark.FieldError] as
// [XmR] does or unless the level is 0.5 to 0.9999, and with [relmark.ErrTooFew] where
// a phase has no two neighbours.
func Compare(before, after []Reading, level float64, o XmROptions) (Effect, error) {
	if err := checkLevel(level); err != nil {
		return Effect{}, err
	}
	b, err := XmR(before, o)
	if err != nil {
		return Effect{}, fmt.Errorf("before: %w", err)
	}
	a, err := XmR(after, o)
	if err != nil {
		return Effect{}, fmt.Errorf("after: %w", err)
	}
	d := stat.Welch(sample(b.Chart), sample(a.Chart))
	e := Effect{Before: b, After: a, Difference: d.Value, SE: d.SE, T: d.T, Degrees: d.Degrees, P: d.P}
	e.Low, e.High = d.Interval(level)
	if d.Value != 0 {
		e.InSigma = d.Value / b.Limits.Sigma
	}
	return e, nil
}

// sample describes the values of a chart.
func sample(c Chart) stat.Sample {
	var values []float64
	for _, p := range c.Points {
		if !p.Missing {
			values = append(values, p.Value)
		}
	}
	n := len(values)
	return stat.Sample{N: int64(n), Mean: c.Limits.Center, SE: deviation(values) / math.Sqrt(float64(n))}
}

func checkLevel(level float64) error {
	var l fault.List
	l.Level("Level", level)
	return l.Err("spc")
}
