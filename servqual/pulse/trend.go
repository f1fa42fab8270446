package pulse

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
)

// A Point is a score at a time, in any unit from any start, such as months since
// the first wave. It is plain data.
type Point struct {
	At float64 `json:"at"`
	Estimate
}

// A Line is the trend of a score over waves. It is plain data.
type Line struct {
	Slope Estimate `json:"slope"` // change per unit of time; N is the number of waves
	At    float64  `json:"at"`    // weighted mean of the times
	Level Estimate `json:"level"` // score of the line at that time
	P     float64  `json:"p"`     // two-sided, of no slope
	// Lack is the chi-square of the waves about the line, with DF degrees of freedom,
	// and PLack its p-value: where it is small, the line is not what happened.
	Lack  float64 `json:"lack"`
	DF    int     `json:"df"`
	PLack float64 `json:"p_lack"` // 1 for two waves, which no line can miss
}

// Trend fits a line to the scores of independent waves, each counting by its
// precision 1/SE². Scores come from [Net.Estimate], [Share.Estimate],
// [Mean.Estimate] or [Weighted]. It fails with a [relmark.FieldError] unless all
// numbers are finite and the errors > 0, and with [relmark.ErrTooFew] below two
// different times.
func Trend(points []Point) (Line, error) {
	var l fault.List
	for i, p := range points {
		at := fmt.Sprintf("[%d].", i)
		l.Between(at+"At", p.At, -1e100, 1e100)
		l.Between(at+"Value", p.Value, -1e100, 1e100)
		l.Between(at+"SE", p.SE, 1e-100, 1e100)
	}
	if err := l.Err("pulse: trend"); err != nil {
		return Line{}, err
	}
	m := weigh(points)
	if !(m.sxx > 0) {
		return Line{}, fmt.Errorf("pulse: trend of fewer than two times: %w", relmark.ErrTooFew)
	}
	slope := Estimate{N: int64(len(points)), Value: m.sxy / m.sxx, SE: m.least / math.Sqrt(m.sxx)}
	line := Line{Slope: slope, At: m.x, Level: Estimate{N: slope.N, Value: m.y, SE: m.least / math.Sqrt(m.w)}, PLack: 1}
	line.P = 2 * distuv.UnitNormal.CDF(-math.Abs(slope.Value/slope.SE))
	for _, p := range points {
		off := (p.Value - m.y - slope.Value*(p.At-m.x)) / p.SE
		line.Lack += off * off
	}
	if line.DF = len(points) - 2; line.DF > 0 {
		line.PLack = distuv.ChiSquared{K: float64(line.DF)}.Survival(line.Lack)
	}
	return line, nil
}

// weighed are weighted means and sums of squares about them. Weights are relative to
// the largest, that of the least error, so that none leaves the range.
type weighed struct{ least, w, x, y, sxx, sxy float64 }

func weigh(points []Point) weighed {
	m := weighed{least: math.Inf(1)}
	for _, p := range points {
		m.least = min(m.least, p.SE)
	}
	weight := func(p Point) float64 { r := m.least / p.SE; return r * r }
	for _, p := range points {
		w := weight(p)
		m.w += w
		m.x += w * p.At
		m.y += w * p.Value
	}
	m.x, m.y = m.x/m.w, m.y/m.w
	for _, p := range points {
		w, dx := weight(p), p.At-m.x
		m.sxx += w * dx * dx
		m.sxy += w * dx * (p.Value - m.y)
	}
	return m
}

// Estimate returns the score with its standard error as [Net.Interval] has them, for
// [Trend]. It fails with [relmark.ErrInvalid] for an unknown method and with
// [relmark.ErrTooFew] without answers.
func (n Net) Estimate(m Method) (Estimate, error) {
	if err := n.checkSome(); err != nil {
		return Estimate{}, err
	}
	if err := methods().Check("Method", m); err != nil {
		return Estimate{}, fault.Room("pulse", err)
	}
	more := 0.0
	if m == AdjustedWald {
		more = extra
	}
	s := n.sample(more)
	return Estimate{N: n.N(), Value: s.score, SE: s.se}, nil
}

// Estimate returns the share with its standard error for [Trend], both of four
// answers more, two of each kind (Agresti and Coull 1998), so that the error is never
// 0. It fails with [relmark.ErrTooFew] without answers.
func (s Share) Estimate() (Estimate, error) {
	if err := s.checkSome(); err != nil {
		return Estimate{}, err
	}
	n := float64(s.N) + 4
	p := (float64(s.Count) + 2) / n
	return Estimate{N: s.N, Value: p, SE: math.Sqrt(p * (1 - p) / n)}, nil
}
