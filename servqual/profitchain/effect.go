package profitchain

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
	"github.com/relmark/relmark/servqual"
)

const (
	maxPaths      = 1000
	maxReplicates = 1_000_000
	maxWorkers    = 64
)

// A Path leads from one measure to another. It is plain data.
type Path struct {
	Measures []string `json:"measures"` // from the first to the last
	Lag      int      `json:"lag"`      // periods until the change arrives
	Effect   *float64 `json:"effect"`   // the change times the slopes on the way; nil where one has none
	Weakest  State    `json:"weakest"`  // evidence if all links have it
}

// An Effect is what a change of one measure does to another, all else left alone: the change
// times the product of slopes along each path, over all paths. It is plain data.
type Effect struct {
	From   string  `json:"from"`
	To     string  `json:"to"`
	Change float64 `json:"change"`
	// Value is nil, and so are SE and Interval, where a link on the way has no slope: Unknown
	// names it.
	Value    *float64           `json:"value"`
	SE       *float64           `json:"se"`       // by the delta method
	Interval *servqual.Interval `json:"interval"` // normal, or Student's with the least degrees of freedom of clustered equations
	State    State              `json:"state"`    // by the interval; too_few where there is none
	Paths    []Path             `json:"paths"`    // in the order of links
	// NoEvidence are positions in [Fit.Links] of links on the way that have a slope but no
	// evidence of one: the effect is no better than they are.
	NoEvidence []int `json:"no_evidence"`
	Unknown    []int `json:"unknown"` // and of those without a slope
}

// Effect returns what a change of one measure does to another, in the units of both. Errors of
// slopes of different measures are taken for independent, unless errors are clustered: then
// units tell how they go together. It fails with a [relmark.FieldError] unless the measures are
// of the chain, the second can be reached from the first, and the change is finite and not 0;
// with [relmark.ErrLimit] past 1000 paths.
func (f *Fit) Effect(from, to string, change float64) (Effect, error) {
	var l fault.List
	order := f.chain.order
	l.Check(slices.Contains(order, from), "From", nil, "must be a measure of the chain")
	l.Check(slices.Contains(order, to), "To", nil, "must be a measure of the chain")
	l.Check(change != 0 && inRange(change), "Change", change, "must be finite, within ±1e50 and not 0")
	if err := l.Err(room); err != nil {
		return Effect{}, err
	}
	e := Effect{From: from, To: to, Change: change, State: TooFew}
	on := f.way(from, to)
	if err := f.walk(&e, on, from, nil); err != nil {
		return Effect{}, fault.Room(room, err)
	}
	if len(e.Paths) == 0 {
		return Effect{}, broken("To", nil, "must be reached from From")
	}
	for i, s := range f.Links {
		switch {
		case !on[i]:
		case s.Slope == nil:
			e.Unknown = append(e.Unknown, i)
		case s.State == NoEvidence:
			e.NoEvidence = append(e.NoEvidence, i)
		}
	}
	if len(e.Unknown) == 0 {
		if err := f.measure(&e); err != nil {
			return Effect{}, err
		}
	}
	return e, nil
}

// way returns which links lie between two measures of the chain.
func (f *Fit) way(from, to string) []bool {
	return f.chain.way(slices.Index(f.chain.order, from), slices.Index(f.chain.order, to))
}

// walk adds the paths that go on from a measure.
func (f *Fit) walk(e *Effect, on []bool, at string, links []int) error {
	if at == e.To && len(links) > 0 {
		if len(e.Paths) == maxPaths {
			return fmt.Errorf("paths: %w", relmark.ErrLimit)
		}
		e.Paths = append(e.Paths, f.path(e, links))
		return nil
	}
	for i, s := range f.Links {
		if s.From != at || !on[i] {
			continue
		}
		if err := f.walk(e, on, s.To, append(slices.Clone(links), i)); err != nil {
			return err
		}
	}
	return nil
}

// path describes links that follow each other.
func (f *Fit) path(e *Effect, links []int) Path {
	p := Path{Measures: []string{e.From}, Weakest: Evidence}
	effect, known := e.Change, true
	for _, i := range links {
		s := f.Links[i]
		p.Measures = append(p.Measures, s.To)
		p.Lag += s.Lag
		if s.Slope == nil {
			known, p.Weakest = false, s.State
			continue
		}
		effect *= s.Slope.B
		if s.State == NoEvidence && p.Weakest == Evidence {
			p.Weakest = NoEvidence
		}
	}
	if known {
		p.Effect = &effect
	}
	return p
}

// known returns the slopes of all links, 0 where there are none.
func (f *Fit) known() []float64 {
	out := make([]float64, len(f.Links))
	for i, s := range f.Links {
		if s.Slope != nil {
			out[i] = s.Slope.B
		}
	}
	return out
}

// measure fills in the value and its interval. With the gradient g of the sum of products and the
// covariance V of slopes, the variance is g'Vg (Sobel 1982); V has no covariances of different
// measures, unless units tell them: then each unit pulls the whole effect by Σ g times what it
// pulls slopes by, and the variance is the sum of squares of that.
func (f *Fit) measure(e *Effect) error {
	from, to := slices.Index(f.chain.order, e.From), slices.Index(f.chain.order, e.To)
	value, gradient := f.chain.arrives(from, f.known())[to], f.chain.gradient(from, to, f.known())
	clustered := f.chain.params.Errors == Clustered
	variance, free := 0.0, math.Inf(1)
	pulls := make([]float64, f.units)
	for _, part := range f.parts {
		weights, used := make([]float64, len(part.links)), false
		for j, k := range part.links {
			weights[j] = gradient[k]
			used = used || gradient[k] != 0
		}
		if !used {
			continue
		}
		if !clustered {
			variance += part.variance(weights)
			continue
		}
		free = min(free, part.free)
		for unit := range pulls {
			pulls[unit] += part.pulled(unit, weights)
		}
	}
	for _, d := range pulls {
		variance += float64(d * d)
	}
	se := math.Abs(e.Change) * math.Sqrt(variance)
	value *= e.Change
	if !inRange(value) || !(se <= math.MaxFloat64) {
		return broken("Change", e.Change, "must have a finite effect")
	}
	quantile := stat.Normal(f.chain.params.Level)
	if !math.IsInf(free, 1) {
		quantile = stat.StudentT(f.chain.params.Level, free)
	}
	e.Value, e.SE, e.Interval = &value, &se, &servqual.Interval{Low: value - quantile*se, High: value + quantile*se}
	e.State = stateOf(*e.Interval)
	return nil
}

// Resampling says how often units are drawn again. It is plain data.
type Resampling struct {
	Replicates int `json:"replicates"`        // 1 to 1e6; with 1000 a level of 0.95 is well told
	Workers    int `json:"workers,omitempty"` // 0 to 64, 0 is one; the result is the same for any number
}

// A Resampled is an effect with intervals by drawing whole units again, with repetition: they
// ask for no normal errors, nor for independent periods. It is plain data.
type Resampled struct {
	Value      float64            `json:"value"`
	Units      int                `json:"units"` // of the panel
	Replicates int                `json:"replicates"`
	Failed     int                `json:"failed"` // replicates in which a slope could not be found; they are left out
	SE         float64            `json:"se"`
	Percentile servqual.Interval  `json:"percentile"`
	BCa        *servqual.Interval `json:"bca"` // corrected for bias and acceleration; nil where it does not exist
	// Extreme says that an end of an interval is the least or greatest replicate: draw more.
	Extreme bool `json:"extreme"`
}

// Resample returns the effect of a change as [Fit.Effect] does, with intervals by a bootstrap
// over units. The generator gives the seed, two numbers; equal ones give equal results for any
// number of workers. It fails as [Fit.Effect] does; with a [relmark.FieldError] also for a
// resampling that is not as [Resampling] says and a nil generator; with [relmark.ErrTooFew]
// where a link on the way has no slope, there are fewer than 2 units or no replicate succeeds;
// and with the error of ctx, at which it looks once a replicate.
func (f *Fit) Resample(ctx context.Context, from, to string, change float64, r Resampling, rng *rand.Rand) (Resampled, error) {
	var l fault.List
	l.Check(r.Replicates >= 1 && r.Replicates <= maxReplicates, "Replicates", r.Replicates, "must be 1 to 1000000")
	l.Check(r.Workers >= 0 && r.Workers <= maxWorkers, "Workers", r.Workers, "must be 0 to 64")
	l.Check(rng != nil, "Rand", nil, "must not be nil")
	if err := l.Err(room); err != nil {
		return Resampled{}, err
	}
	e, err := f.Effect(from, to, change)
	if err != nil {
		return Resampled{}, err
	}
	if e.Value == nil || f.units < 2 {
		return Resampled{}, few("effect of %d links without a slope and %d units", len(e.Unknown), f.units)
	}
	s := f.steps(e)
	resamples := stat.Seeded(f.units, r.Replicates, [2]uint64{rng.Uint64(), rng.Uint64()})
	replicates, err := resamples.Replicates(ctx, r.Workers, s.statistic)
	if err != nil {
		return Resampled{}, fmt.Errorf("%s: resample: %w", room, err)
	}
	b := stat.Bootstrap{Value: *e.Value, Without: s.without()}
	for _, replicate := range replicates {
		if replicate.Err == nil {
			b.Replicates = append(b.Replicates, replicate.Values[0])
		}
	}
	if len(b.Replicates) == 0 {
		return Resampled{}, few("effect in %d replicates", r.Replicates)
	}
	return f.resampled(b, r.Replicates), nil
}

// resampled describes replicates. BCa needs the effect without each unit, which may not exist.
func (f *Fit) resampled(b stat.Bootstrap, replicates int) Resampled {
	level := f.chain.params.Level
	p := b.Percentile(level)
	out := Resampled{
		Value: b.Value, Units: f.units, Replicates: replicates, Failed: replicates - len(b.Replicates), SE: b.SD(),
		Percentile: servqual.Interval{Low: p.Low, High: p.High}, Extreme: p.Extreme,
	}
	if b.Without == nil {
		return out
	}
	if i, ok := b.BCa(level); ok {
		out.BCa, out.Extreme = &servqual.Interval{Low: i.Low, High: i.High}, out.Extreme || i.Extreme
	}
	return out
}

// steps recompute an effect from units drawn again. They are read by all workers; memory is of
// each worker.
type steps struct {
	fit    *Fit
	effect Effect
	parts  []int // the equations on the way
}

// steps returns the equations of which a slope lies on the way.
func (f *Fit) steps(e Effect) steps {
	s, on := steps{fit: f, effect: e}, f.way(e.From, e.To)
	for i, part := range f.parts {
		if slices.ContainsFunc(part.links, func(k int) bool { return on[k] }) {
			s.parts = append(s.parts, i)
		}
	}
	return s
}

// of returns the effect where units count so many times.
func (s steps) of(times []int, sums []float64) (float64, error) {
	slopes, c := make([]float64, len(s.fit.Links)), s.fit.chain
	for _, i := range s.parts {
		part := s.fit.parts[i]
		g, err := part.regress(times, sums[:part.size()])
		if err != nil {
			return 0, err
		}
		for j, k := range part.links {
			slopes[k] = g.Coef[j+1]
		}
	}
	arrives := c.arrives(slices.Index(c.order, s.effect.From), slopes)
	return arrives[slices.Index(c.order, s.effect.To)] * s.effect.Change, nil
}

// memory returns room for the sums of any equation.
func (s steps) memory() []float64 {
	size := 0
	for _, part := range s.fit.parts {
		size = max(size, part.size())
	}
	return make([]float64, size)
}

// statistic returns a replicate with memory of its own: units count as often as they were drawn.
func (s steps) statistic() func(units []int) ([]float64, error) {
	times, sums := make([]int, s.fit.units), s.memory()
	return func(units []int) ([]float64, error) {
		clear(times)
		for _, unit := range units {
			times[unit]++
		}
		v, err := s.of(times, sums)
		return []float64{v}, err
	}
}

// without returns the effect without each unit; nil if there is none without one of them.
func (s steps) without() []float64 {
	times, sums := make([]int, s.fit.units), s.memory()
	for unit := range times {
		times[unit] = 1
	}
	out := make([]float64, len(times))
	for unit := range times {
		times[unit] = 0
		v, err := s.of(times, sums)
		if err != nil {
			return nil
		}
		out[unit], times[unit] = v, 1
	}
	return out
}
