package evaluation

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"

	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
)

// A Curve is how what the offer caused is added up along the score.
type Curve string

// The curves, of n customers so far, n_T treated and n_C control, with Y_T and Y_C the sums
// of their outcomes.
const (
	Qini Curve = "qini" // Y_T − Y_C·n_T/n_C; Y_T where there is no control yet
	Gain Curve = "gain" // n·(Y_T/n_T − Y_C/n_C), the mean of nobody being 0
)

func curves() enum.Set[Curve] { return enum.Of(Qini, Gain) }

// A Point is where the curves are once all customers of a score are in: order among equal
// scores cannot matter. It is plain data.
type Point struct {
	N       int64   `json:"n"` // customers so far
	Treated int64   `json:"treated"`
	Control int64   `json:"control"`
	Qini    float64 `json:"qini"`
	Gain    float64 `json:"gain"`
}

// An Area is what lies between a curve and the straight line to its end, that of a score
// that tells nothing, with both axes divided by the number of customers. It is plain data.
type Area struct {
	Area float64 `json:"area"`
	// Normalised is the area divided by that of the best order there can be; nil where
	// outcomes are other than 0 and 1, or the best order has no area.
	Normalised *float64 `json:"normalised,omitempty"`
}

// MaxJackknife is of how many customers [BCa] intervals of areas are computed at most: each
// of them is left out in turn.
const MaxJackknife = 20_000

// height returns where a curve is after some customers.
func (c Curve) height(b block) float64 {
	if c == Gain {
		return b.n() * (mean(b.gained, b.treated) - mean(b.held, b.control))
	}
	if b.control == 0 {
		return b.gained
	}
	return b.gained - float64(b.held*b.treated)/b.control
}

func mean(sum, n float64) float64 {
	if n == 0 {
		return 0
	}
	return sum / n
}

// area returns that of a curve over blocks: trapezoids from (0, 0), less the triangle under
// the straight line.
func (c Curve) area(blocks []block) float64 {
	var sum block
	area, last := 0.0, 0.0
	for _, b := range blocks {
		sum.join(b, 1)
		h := c.height(sum)
		area += float64(b.n() * (h + last) / 2)
		last = h
	}
	n := sum.n()
	return (area/n - last/2) / n
}

// Curve returns both curves, a point for each score, descending; nil of the zero Uplift.
func (u *Uplift) Curve() []Point {
	var sum block
	points := make([]Point, 0, len(u.blocks))
	for _, b := range u.blocks {
		sum.join(b, 1)
		points = append(points, Point{
			int64(sum.n()), int64(sum.treated), int64(sum.control), Qini.height(sum), Gain.height(sum),
		})
	}
	return points
}

// Area returns the area under a curve: above 0 where the score finds those with whom the
// offer works, near 0 for a random score.
func (u *Uplift) Area(c Curve) (Area, error) {
	if err := u.checkCurve(c); err != nil {
		return Area{}, err
	}
	a := Area{Area: c.area(u.blocks)}
	if u.binary {
		if best := c.area(u.best(c)); best != 0 {
			normalised := a.Area / best
			a.Normalised = &normalised
		}
	}
	return a, nil
}

func (u *Uplift) checkCurve(c Curve) error {
	if len(u.trials) == 0 {
		return errZero("Uplift")
	}
	return fault.Room(room, curves().Check("Curve", c))
}

// best returns the blocks of the best order of outcomes 0 and 1. For Qini these are treated
// who responded, then all who did not, then control who responded. For the gain they are
// those whose outcome speaks for the offer, and of these and of the others first those who
// responded, if there are more such of control than treated who did not, or else first the
// treated.
func (u *Uplift) best(c Curve) []block {
	var all block
	for _, t := range u.trials {
		all.add(t, 1)
	}
	responded := all.held > all.treated-all.gained
	rank := func(t Trial) float64 {
		yes, treated := t.Outcome == 1, t.Group == Treated
		switch {
		case c == Qini && !yes:
			return 1
		case c == Qini:
			return 2 * indicator(treated)
		case responded:
			return 2*indicator(yes == treated) + indicator(yes)
		default:
			return 2*indicator(yes == treated) + indicator(treated)
		}
	}
	order := slices.Clone(u.trials)
	slices.SortStableFunc(order, func(a, b Trial) int { return int(rank(b) - rank(a)) })
	return blocksOf(order, rank)
}

func indicator(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

var errOneGroup = errors.New("only one group")

// Bootstrap returns the interval of the area under a curve, not normalised, by resampling
// customers of both groups together: two numbers are drawn from rng. A resample without
// treated or without control is counted as failed. It fails as [Uplift.Area] and
// [Resampling.Validate] do, for a nil rng, with [relmark.ErrLimit] for [BCa] of more than
// [MaxJackknife] customers, and with the error of ctx, at which it looks once a replicate. It takes time by customers for each replicate.
func (u *Uplift) Bootstrap(ctx context.Context, c Curve, re Resampling, rng *rand.Rand) (Interval, error) {
	if err := u.checkCurve(c); err != nil {
		return Interval{}, err
	}
	if err := re.Validate(); err != nil {
		return Interval{}, err
	}
	if re.Method == BCa && len(u.trials) > MaxJackknife {
		return Interval{}, overLimit("BCa of more than 20000 customers")
	}
	return re.bootstrap(ctx, sample{
		rows: len(u.trials), value: c.area(u.blocks),
		compute: func() func([]int) ([]float64, error) { return u.resampled(c) },
		without: func() []float64 { return u.jackknife(c) },
	}, rng)
}

// resampled returns what computes the area of some trials, with memory of its own.
func (u *Uplift) resampled(c Curve) func(rows []int) ([]float64, error) {
	times, blocks := make([]float64, len(u.trials)), make([]block, len(u.blocks))
	return func(rows []int) ([]float64, error) {
		clear(times)
		for _, row := range rows {
			times[row]++
		}
		if !u.weigh(blocks, times) {
			return nil, errOneGroup
		}
		return []float64{c.area(blocks)}, nil
	}
}

// weigh fills in blocks with each trial so many times; false where a group is empty.
func (u *Uplift) weigh(blocks []block, times []float64) bool {
	treated, control, row := 0.0, 0.0, 0
	for i, b := range u.blocks {
		blocks[i] = block{}
		for ; row < b.end; row++ {
			if times[row] > 0 {
				blocks[i].add(u.trials[row], times[row])
			}
		}
		treated += blocks[i].treated
		control += blocks[i].control
	}
	return treated > 0 && control > 0
}

// jackknife returns the area without each trial: both groups have two or more.
func (u *Uplift) jackknife(c Curve) []float64 {
	out, blocks, row := make([]float64, len(u.trials)), slices.Clone(u.blocks), 0
	for i, b := range u.blocks {
		for ; row < b.end; row++ {
			blocks[i].add(u.trials[row], -1)
			out[row] = c.area(blocks)
			blocks[i] = b
		}
	}
	return out
}
