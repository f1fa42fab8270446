package sequence

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"sort"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
)

// A CalibrationKind says by which law probabilities are set right.
type CalibrationKind string

// The kinds of calibration.
const (
	InTheLarge CalibrationKind = "in_the_large" // all logits move by one number: as many buy as are said to
	Platt      CalibrationKind = "platt"        // logits are stretched, too
	Isotonic   CalibrationKind = "isotonic"     // any rising curve
)

func calibrationKinds() enum.Set[CalibrationKind] { return enum.Of(InTheLarge, Platt, Isotonic) }

// A Calibration turns the probability that a model says into one that comes true. It is
// plain data.
type Calibration struct {
	Kind CalibrationKind `json:"kind"`
	// in_the_large and platt: the logit becomes Intercept + Slope · logit; the slope of
	// in_the_large is 1, and both are 0 for isotonic.
	Intercept float64 `json:"intercept,omitempty"`
	Slope     float64 `json:"slope,omitempty"`
	// isotonic: a curve by straight lines between these points, and level outside them;
	// none for the others.
	Knots []Knot `json:"knots,omitempty"`
}

// A Knot is a point of a curve of probabilities. It is plain data.
type Knot struct {
	From float64 `json:"from"` // as the model says; 0 to 1, above that of the knot before
	To   float64 `json:"to"`   // as it comes true; 0 to 1, not below that of the knot before
}

func (c Calibration) check() error {
	var l fault.List
	if err := calibrationKinds().Check("Kind", c.Kind); err != nil {
		l.Join("", err)
		return l.Err("")
	}
	l.Between("Intercept", c.Intercept, -most, most)
	l.Between("Slope", c.Slope, -most, most)
	if c.Kind == Isotonic {
		l.Check(c.Intercept == 0 && c.Slope == 0, "Slope", c.Slope, "must be 0, as Intercept, for isotonic")
		c.checkKnots(&l)
		return l.Err("")
	}
	l.Check(c.Kind != InTheLarge || c.Slope == 1, "Slope", c.Slope, "must be 1 for in_the_large")
	l.Check(len(c.Knots) == 0, "Knots", len(c.Knots), "must be empty unless isotonic")
	return l.Err("")
}

func (c Calibration) checkKnots(l *fault.List) {
	l.Check(len(c.Knots) > 0, "Knots", nil, "must not be empty for isotonic")
	for i, k := range c.Knots {
		path := fmt.Sprintf("Knots[%d]", i)
		l.Between(path+".From", k.From, 0, 1)
		l.Between(path+".To", k.To, 0, 1)
		if i > 0 {
			l.Check(k.From > c.Knots[i-1].From, path+".From", k.From, "must be above the one before")
			l.Check(k.To >= c.Knots[i-1].To, path+".To", k.To, "must be at least the one before")
		}
	}
}

// prob returns the probability of a logit; that of the logit itself if c is nil.
func (c *Calibration) prob(logit float64) float64 {
	switch {
	case c == nil || math.IsNaN(logit):
		return sigmoid(logit)
	case c.Kind == Isotonic:
		return c.curve(sigmoid(logit))
	}
	return sigmoid(c.Intercept + float64(c.Slope*logit))
}

// curve reads the curve of an isotonic calibration.
func (c *Calibration) curve(p float64) float64 {
	i := sort.Search(len(c.Knots), func(i int) bool { return c.Knots[i].From >= p })
	switch {
	case i == len(c.Knots):
		return c.Knots[i-1].To
	case i == 0 || c.Knots[i].From == p:
		return c.Knots[i].To
	}
	a, b := c.Knots[i-1], c.Knots[i]
	share := (p - a.From) / (b.From - a.From)
	return min(b.To, a.To+float64(share*(b.To-a.To)))
}

// Calibrated returns the model with probabilities set right on customers of the past who
// did not serve to fit it; an earlier calibration is replaced. In the large the mean of the
// probabilities becomes the share that bought. Platt fits a logistic regression on the
// logit, with his targets of (b + 1)/(b + 2) for the b who bought and 1/(n − b + 2) for the
// others, so that it is finite whatever the data. Isotonic is the rising curve of least
// squares (pool adjacent violators).
//
// It fails with a [relmark.FieldError] on a kind or on observations outside the domain, and
// with [relmark.ErrTooFew] where nobody or everybody bought or, for platt, where the model
// says the same of everyone, but for rounding. Logits so far apart that numbers do not
// reach are [relmark.ErrNoConverge].
func (m Propensity) Calibrated(ctx context.Context, kind CalibrationKind, holdout []Observation) (Propensity, error) {
	if err := calibrationKinds().Check("Kind", kind); err != nil {
		return Propensity{}, fault.Room(room, err)
	}
	if err := checkPast(m.params.Features, holdout, PropensityOptions{}); err != nil {
		return Propensity{}, err
	}
	logits, bought := make([]float64, len(holdout)), 0
	for i, o := range holdout {
		logits[i] = m.Logit(o.X)
		if o.Bought {
			bought++
		}
	}
	if bought == 0 || bought == len(holdout) {
		return Propensity{}, fmt.Errorf("sequence: %d of %d bought: %w", bought, len(holdout), relmark.ErrTooFew)
	}
	c := &Calibration{Kind: kind}
	var err error
	switch kind {
	case Isotonic:
		c.Knots = isotonic(logits, holdout)
	case Platt:
		err = c.platt(ctx, logits, holdout, bought)
	default:
		err = c.large(ctx, logits, bought)
	}
	if err != nil {
		return Propensity{}, err
	}
	p := m.Params()
	p.Calibration = c
	if c.check() != nil { // a number is out of all bounds: no mistake of the caller's
		return Propensity{}, unsettled(NotConverged)
	}
	return NewPropensity(p)
}

// large finds the one number by which logits move, at which as many are expected to buy as
// bought. What is missing falls in it, and is 0 between the ends at which all have at most, or
// at least, the share that bought: Newton's steps that leave these are replaced by halves.
func (c *Calibration) large(ctx context.Context, logits []float64, bought int) error {
	const steps = 200
	n := float64(len(logits))
	centre := math.Log(float64(bought)) - math.Log(n-float64(bought))
	lo, hi := centre-slices.Max(logits), centre-slices.Min(logits)
	c.Intercept, c.Slope = lo+(hi-lo)/2, 1
	for range steps {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("sequence: %w", err)
		}
		missing, information := float64(bought), 0.0
		for _, logit := range logits {
			p := sigmoid(c.Intercept + logit)
			missing -= p
			information += float64(p * (1 - p))
		}
		if missing > 0 {
			lo = c.Intercept
		} else {
			hi = c.Intercept
		}
		next := c.Intercept + missing/information
		if !(next > lo && next < hi) {
			next = lo + (hi-lo)/2
		}
		if math.Abs(missing) <= n*0x1p-52 || math.Abs(next-c.Intercept) <= 0x1p-52*math.Abs(next) {
			return nil
		}
		c.Intercept = next
	}
	return unsettled(NotConverged)
}

// rounding is by how much logits may differ, relative to one or to their size, of customers
// of whom a model says the same: a slope would only stretch what rounding left.
const rounding = 1e-12

// platt fits intercept and slope.
func (c *Calibration) platt(ctx context.Context, logits []float64, holdout []Observation, bought int) error {
	high := (float64(bought) + 1) / (float64(bought) + 2)
	low := 1 / (float64(len(holdout)-bought) + 2)
	past, y := make([]Observation, len(holdout)), make([]float64, len(holdout))
	for i, o := range holdout {
		past[i].X = logits[i : i+1]
		if y[i] = low; o.Bought {
			y[i] = high
		}
	}
	if least, greatest := slices.Min(logits), slices.Max(logits); greatest-least <= rounding*max(1, math.Abs(least)) {
		return fmt.Errorf("sequence: one probability for all: %w", relmark.ErrTooFew)
	}
	s := scale(past, 1)
	l := newLogistic(s.rows(past), y, []float64{0})
	switch status, _, err := l.fit(ctx, maxIterations(0)); {
	case err != nil:
		return err
	case status != Converged:
		return unsettled(status)
	}
	intercept, coef := s.back(l.beta)
	c.Intercept, c.Slope = intercept, coef[0]
	return nil
}

// unsettled is the error of a calibration that did not end well.
func unsettled(status Status) error {
	return fmt.Errorf("sequence: calibration: %s: %w", status, relmark.ErrNoConverge)
}

// A block is a stretch of probabilities that come true alike.
type block struct {
	from, to float64 // the least and the greatest probability in it
	bought   float64
	n        float64
}

// isotonic returns the curve of least squares: blocks are pooled with the one before as
// long as they come true less often.
func isotonic(logits []float64, holdout []Observation) []Knot {
	var blocks []block
	for _, b := range alike(logits, holdout) {
		for len(blocks) > 0 {
			last := blocks[len(blocks)-1]
			if last.bought*b.n < b.bought*last.n { // in whole numbers
				break
			}
			b = block{last.from, b.to, last.bought + b.bought, last.n + b.n}
			blocks = blocks[:len(blocks)-1]
		}
		blocks = append(blocks, b)
	}
	return knots(blocks)
}

// alike returns a block for each probability that the model says, ascending.
func alike(logits []float64, holdout []Observation) []block {
	singles := make([]block, len(holdout))
	for i, o := range holdout {
		p := sigmoid(logits[i])
		singles[i] = block{p, p, 0, 1}
		if o.Bought {
			singles[i].bought = 1
		}
	}
	slices.SortFunc(singles, func(a, b block) int { return cmp.Compare(a.from, b.from) })
	blocks := singles[:0]
	for _, b := range singles { // what is kept never gets ahead of what is read
		if n := len(blocks); n > 0 && blocks[n-1].from == b.from {
			blocks[n-1].bought += b.bought
			blocks[n-1].n++
			continue
		}
		blocks = append(blocks, b)
	}
	return blocks
}

func knots(blocks []block) []Knot {
	var out []Knot
	for _, b := range blocks {
		out = append(out, Knot{b.from, b.bought / b.n})
		if b.to > b.from {
			out = append(out, Knot{b.to, b.bought / b.n})
		}
	}
	return out
}
