package spc

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
	"github.com/relmark/relmark/internal/stat"
)

// A Plan is the target of a year and the season: how much of it each month or quarter
// brings. It is plain data.
type Plan struct {
	Target int64   `json:"target"` // whole units, 0 to 2^53 − 1
	Season []int64 `json:"season"` // weight of each period, 0 or more, one of them above 0; 2 to 366 periods
}

// Validate reports every rule that p breaks, in one error.
func (p Plan) Validate() error {
	var l fault.List
	l.Check(p.Target >= 0 && p.Target <= money.MaxExact, "Target", p.Target, "must be 0 to 2^53-1")
	l.Check(len(p.Season) >= 2 && len(p.Season) <= 366, "Season", len(p.Season), "must have 2 to 366 periods")
	sum := int64(0)
	for i, w := range p.Season {
		l.Check(w >= 0 && w <= 1e9, fmt.Sprintf("Season[%d]", i), w, "must be 0 to 1e9")
		sum += max(w, 0)
		if l.Full() {
			break
		}
	}
	l.Check(sum > 0, "Season", nil, "must have a weight above 0")
	return l.Err("spc")
}

// Split divides the target by season, in whole units by largest remainders, the
// earlier period first where they tie: the parts add up to the target. It fails
// exactly when [Plan.Validate] does.
func (p Plan) Split() ([]int64, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	parts, err := money.Allocate(p.Target, p.Season)
	if err != nil {
		return nil, fault.Room("spc", fault.New("Season", nil, "must be divisible among periods"))
	}
	return parts, nil
}

// A Projection is where a year is heading. It is plain data.
type Projection struct {
	Done      int64   `json:"done"`       // to date
	Due       int64   `json:"due"`        // what the split asks to date
	Attained  float64 `json:"attained"`   // done of the target; 1 of a target of 0
	Total     float64 `json:"total"`      // expected at the end of the year
	Low       float64 `json:"low"`        // its prediction interval
	High      float64 `json:"high"`       // which is a point at the end of the year
	ProbReach float64 `json:"prob_reach"` // probability to reach the target
}

// Project says where the year ends if the periods to come bring as much for their
// weight as those that are over, 2 of them at least with a weight. The model is
// actual = r·weight + noise with a variance in proportion to the weight, so that r is
// the ratio of the sums, and a period to come is off by its own noise and by that of r:
// Student's t. What remains may be 0, and is not cut there. It fails with a
// [relmark.FieldError] for a plan that is not valid, more periods than it has, actual
// figures beyond ±2^44 and a level outside 0.5 to 0.9999, and with
// [relmark.ErrTooFew].
func (p Plan) Project(actual []int64, level float64) (Projection, error) {
	parts, err := p.Split()
	if err != nil {
		return Projection{}, err
	}
	if err := p.checkActual(actual, level); err != nil {
		return Projection{}, err
	}
	past, left := p.sums(actual)
	if past.periods < 2 {
		return Projection{}, fmt.Errorf("spc: projection from %d periods: %w", past.periods, relmark.ErrTooFew)
	}
	out := Projection{Attained: 1}
	for i, a := range actual {
		out.Done += a
		out.Due += parts[i]
	}
	if p.Target > 0 {
		out.Attained = float64(out.Done) / float64(p.Target)
	}
	ratio := past.actual / past.weight
	out.Total = float64(out.Done) + ratio*left
	se := p.noise(actual, ratio) * math.Sqrt(left+left*left/past.weight)
	degrees := float64(past.periods - 1)
	half := stat.StudentT(level, degrees) * se
	out.Low, out.High = out.Total-half, out.Total+half
	out.ProbReach = reach(out.Total-float64(p.Target), se, degrees)
	return out, nil
}

func (p Plan) checkActual(actual []int64, level float64) error {
	var l fault.List
	l.Check(len(actual) <= len(p.Season), "Actual", len(actual), "must be at most as many as the season has periods")
	for i, a := range actual {
		l.Check(a >= -money.MaxExact/512 && a <= money.MaxExact/512, fmt.Sprintf("Actual[%d]", i), a, "must be within ±2^44")
		if l.Full() {
			break
		}
	}
	l.Level("Level", level)
	return l.Err("spc")
}

// passed are the periods that are over and have a weight.
type passed struct {
	periods        int
	actual, weight float64
}

// sums returns what is over and the weight that is left.
func (p Plan) sums(actual []int64) (past passed, left float64) {
	for i, w := range p.Season {
		switch {
		case i >= len(actual):
			left += float64(w)
		case w > 0:
			past.periods++
			past.actual += float64(actual[i])
			past.weight += float64(w)
		}
	}
	return past, left
}

// noise returns the standard deviation of a period of weight 1.
func (p Plan) noise(actual []int64, ratio float64) float64 {
	sum, n := 0.0, 0
	for i, a := range actual {
		if w := float64(p.Season[i]); w > 0 {
			off := float64(a) - ratio*w
			sum += off * off / w
			n++
		}
	}
	return math.Sqrt(sum / float64(n-1))
}

// reach returns the probability that a total this far above the target stays there.
func reach(above, se, degrees float64) float64 {
	switch {
	case se > 0:
		return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: degrees}.CDF(above / se)
	case above >= 0:
		return 1
	}
	return 0
}
