package pulse

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
)

// A Change is the difference of two independent waves, the later less the earlier,
// with its interval and the test of no difference. It is plain data.
type Change struct {
	Difference float64 `json:"difference"`
	SE         float64 `json:"se"`
	Low        float64 `json:"low"`
	High       float64 `json:"high"`
	Statistic  float64 `json:"statistic"` // z, or t where means are compared
	P          float64 `json:"p"`         // two-sided; 1 where nothing varies and nothing changed
}

// Change compares the net score of a later wave, or of another group, with n. The
// standard error is that of two independent Wald scores, the interval is cut at −200
// and 200. It fails as [Net.Interval] does, for either.
func (n Net) Change(later Net, level float64) (Change, error) {
	if err := both(n.check(level), later.check(level)); err != nil {
		return Change{}, err
	}
	a, b := n.sample(0), later.sample(0)
	c := difference(b.score-a.score, math.Hypot(a.se, b.se), level, 200)
	return c, nil
}

// Change compares the share of a later wave with s. The test pools both waves; the
// interval is Newcombe's, of the two Wilson intervals, within −1 and 1, so that the
// two may disagree at the edge. It fails as [Share.Interval] does, for either.
func (s Share) Change(later Share, level float64) (Change, error) {
	if err := both(s.check(level), later.check(level)); err != nil {
		return Change{}, err
	}
	p, _ := s.Share()
	q, _ := later.Share()
	pooled := float64(s.Count+later.Count) / float64(s.N+later.N)
	c := difference(q-p, math.Sqrt(pooled*(1-pooled)*(1/float64(s.N)+1/float64(later.N))), level, 1)
	pLow, pHigh, _ := s.Interval(level)
	qLow, qHigh, _ := later.Interval(level)
	c.Low, c.High = q-p-math.Hypot(q-qLow, pHigh-p), q-p+math.Hypot(qHigh-q, p-pLow)
	return c, nil
}

// Change compares the mean of a later wave with m by Welch's t. It fails with a
// [relmark.FieldError] unless the level is 0.5 to 0.9999 and both have one scale, and
// with [relmark.ErrTooFew] below two answers in either.
func (m Mean) Change(later Mean, level float64) (Change, error) {
	if err := checkLevel(level); err != nil {
		return Change{}, err
	}
	if m.N() < 2 || later.N() < 2 {
		return Change{}, fmt.Errorf("pulse: change from %d answers to %d: %w", m.N(), later.N(), relmark.ErrTooFew)
	}
	if m.scale != later.scale {
		return Change{}, fault.Room("pulse", fault.New("Scale", nil, "must be the same for both waves"))
	}
	return m.welch(later, level), nil
}

func (m Mean) welch(later Mean, level float64) Change {
	d := stat.Welch(m.sample(), later.sample())
	low, high := d.Interval(level)
	most := float64(m.scale.High - m.scale.Low)
	return Change{Difference: d.Value, SE: d.SE, Low: max(low, -most), High: min(high, most), Statistic: d.T, P: d.P}
}

func (m Mean) sample() stat.Sample {
	mean, _ := m.Value()
	se, _ := m.SE()
	return stat.Sample{N: m.N(), Mean: mean, SE: se}
}

// difference fills a change that is normal, within −most and most.
func difference(d, se, level, most float64) Change {
	c := Change{Difference: d, SE: se}
	if se == 0 {
		return certain(c)
	}
	c.Statistic = d / se
	c.P = 2 * distuv.UnitNormal.CDF(-math.Abs(c.Statistic))
	half := stat.Normal(level) * se
	c.Low, c.High = max(d-half, -most), min(d+half, most)
	return c
}

// certain fills a change between answers that do not vary: there is no statistic,
// and the test is certain of what it sees.
func certain(c Change) Change {
	c.Low, c.High, c.P = c.Difference, c.Difference, 0
	if c.Difference == 0 {
		c.P = 1
	}
	return c
}

// both says which of two waves is at fault.
func both(earlier, later error) error {
	if earlier != nil {
		return fmt.Errorf("earlier wave: %w", earlier)
	}
	if later != nil {
		return fmt.Errorf("later wave: %w", later)
	}
	return nil
}
