package csi

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
)

// A Shard is a part of the replicates, to be computed apart from the others. It is plain
// data.
type Shard struct {
	From int `json:"from"` // the first one
	To   int `json:"to"`   // the one after the last
}

// Resampling says which resamples a bootstrap takes: given ones, or as many as asked for
// from a source of random numbers. It is plain data.
type Resampling struct {
	Replicates int     `json:"replicates,omitempty"` // of the whole, 20 to 100,000; not with Given
	Given      [][]int `json:"given,omitempty"`      // each has as many positions of rows, from 0, as there are rows
	Shard      *Shard  `json:"shard,omitempty"`      // nil for all replicates
	Jackknife  bool    `json:"jackknife,omitempty"`  // estimate without each row, too, as [BCa] asks
	Workers    int     `json:"workers,omitempty"`    // how many compute at a time, 1 to 64; one where it is not given: all give the same bits
}

const maxReplicates = 100_000

// resamples returns the whole, the part of it to compute, and what tells it from others.
func (r Resampling) resamples(rows int, rng *rand.Rand) (all stat.Resamples, part Shard, seed [2]uint64, err error) {
	var l fault.List
	l.Check(r.Workers >= 0 && r.Workers <= 64, "Workers", r.Workers, "must be 0 to 64")
	count := r.Replicates
	if r.Given != nil {
		count = len(r.Given)
		l.Check(r.Replicates == 0, "Replicates", r.Replicates, "must be 0 where resamples are given")
		l.Check(count >= 1 && count <= maxReplicates, "Given", count, "must be 1 to 100000")
		l.Check(rng == nil, "Rand", nil, "must be nil where resamples are given")
		given, wrong, ok := stat.Given(rows, r.Given)
		l.Check(ok, fmt.Sprintf("Given[%d]", wrong), nil, "must have the position of a row for each row that counts")
		all = given
	} else {
		l.Check(count >= 20 && count <= maxReplicates, "Replicates", count, "must be 20 to 100000")
		l.Check(rng != nil, "Rand", nil, "must not be nil, unless resamples are given")
	}
	part = Shard{0, count}
	if r.Shard != nil {
		part = *r.Shard
		l.Check(part.From >= 0 && part.From < part.To && part.To <= count, "Shard", nil, "must be From 0 or more to To above it, the number of replicates at most")
	}
	if err := l.Err(room); err != nil || r.Given != nil {
		return all, part, seed, err
	}
	seed = [2]uint64{rng.Uint64(), rng.Uint64()}
	return stat.Seeded(rows, count, seed), part, seed, nil
}

// A Boot holds the parameters of a model in resamples of the respondents, each turned about
// by the sign rule as the model itself is. Parts computed apart merge to the whole. Obtain
// one from [Model.Bootstrap]; the zero Boot has no parameters, but merges and decodes. It is
// not safe for concurrent mutation.
type Boot struct {
	opaque

	plan    *plan
	options Options
	rows    int
	left    int
	count   int // replicates of the whole
	given   bool
	seed    [2]uint64
	quality bool  // those of quality are among the parameters
	lack    []int // positions of parameters that all rows lack
	sure    int   // how many parameters no sample lacks
	names   []Parameter
	at      map[Parameter]int
	value   []float64   // of all rows
	list    []replicate // in the order of their numbers
	without [][]float64 // without each row; nil if nobody asked, or one of them has no estimate
}

// A replicate is what the parameters came to in a resample, NaN for what it lacks, or why they
// did not.
type replicate struct {
	number int
	values []float64
	why    Reason
}

// has reports whether a parameter came to anything.
func (r replicate) has(at int) bool { return r.values != nil && !math.IsNaN(r.values[at]) }

// Bootstrap estimates the model from all rows, with NaN where an answer is missing, and
// from each resample of them. Where only complete rows count, the others are left out first:
// positions in given resamples are of those that are left. Means that replace missing
// answers are those of the resample. Two numbers are drawn from rng, which is nil where
// resamples are given: shards of one bootstrap take sources in one state, and replicate i
// is the same in any shard, with any number of workers.
//
// It fails with a [relmark.FieldError] for rows that [Moments.Add] would refuse, options and a
// resampling that are none, and as [Model.Fit] does. A resample without an estimate is counted,
// with its reason, and not drawn again; one that only lacks a figure, such as the index of a
// construct, is counted where that is asked for. It fails with [relmark.ErrTooFew] where no
// resample has an estimate, unless they are a shard, and with the error of ctx, at which it
// looks once a replicate. It takes time by rows and the square of items for each replicate,
// 40 µs for 250 rows of 24 items.
func (m Model) Bootstrap(ctx context.Context, rows [][]float64, o Options, r Resampling, rng *rand.Rand) (*Boot, error) {
	if m.plan == nil {
		return nil, errZero()
	}
	if err := o.Validate(); err != nil {
		return nil, err
	}
	t, err := newTable(m.plan, rows, o.Use)
	if err != nil {
		return nil, fault.Room(room, fault.At("Rows", err))
	}
	all, part, seed, err := r.resamples(t.rows, rng)
	if err != nil {
		return nil, err
	}
	b := &Boot{plan: m.plan, options: o.filled(), rows: t.rows, left: t.left, count: all.Len(), given: r.Given != nil, seed: seed}
	if err := b.compute(ctx, t, all.Part(part.From, part.To), part.From, r); err != nil {
		return nil, err
	}
	return b, nil
}

// compute estimates the model from all rows, from each resample, and without each row if
// that is asked for. What all rows lack is looked for in no resample.
func (b *Boot) compute(ctx context.Context, t *table, part stat.Resamples, first int, r Resampling) error {
	e, s := newEstimator(t.m, b.options, true, nil), t.sampler()
	why := s.take(everyone(t.rows))
	if why.reason == "" {
		b.value, why = e.values(&s.sample, nil)
	}
	if why.reason != "" {
		return why.err(t.m)
	}
	b.name(true, lacking(b.value))
	b.value, e.without = leaveOut(b.value, b.lack), b.lack
	replicates, err := part.Replicates(ctx, r.Workers, t.statistic(b.options, b.lack))
	if err != nil {
		return fmt.Errorf("%s: bootstrap: %w", room, err)
	}
	for i, v := range replicates {
		one := replicate{number: first + i, values: v.Values}
		why, _ := v.Err.(trouble) //nolint:errorlint // what statistic returns
		one.why = why.reason
		b.list = append(b.list, one)
	}
	if r.Jackknife {
		if b.without, err = t.jackknife(ctx, e); err != nil {
			return err
		}
	}
	if r.Shard == nil && b.Failed() == len(b.list) {
		return fmt.Errorf("%s: all %d resamples failed: %w", room, len(b.list), relmark.ErrTooFew)
	}
	return nil
}

// everyone returns the positions of all rows.
func everyone(rows int) []int {
	list := make([]int, rows)
	for i := range list {
		list[i] = i
	}
	return list
}

// name makes parameters findable.
func (b *Boot) name(quality bool, lack []int) {
	b.quality, b.lack = quality, lack
	b.names, b.sure = b.plan.parameters(quality)
	b.names, b.at = leaveOut(b.names, lack), map[Parameter]int{}
	for i, p := range b.names {
		b.at[p] = i
	}
}

// statistic returns what computes the parameters of some rows, with memory of its own.
func (t *table) statistic(o Options, without []int) func() func(rows []int) ([]float64, error) {
	return func() func(rows []int) ([]float64, error) {
		e, s := newEstimator(t.m, o, true, without), t.sampler()
		return func(rows []int) ([]float64, error) {
			why := s.take(rows)
			var values []float64
			if why.reason == "" {
				values, why = e.values(&s.sample, make([]float64, 0, e.width))
			}
			if why.reason != "" {
				return nil, why
			}
			return values, nil
		}
	}
}

// jackknife returns the parameters without each row; nil if one of these samples has no
// estimate. The moments of a row are taken off those of all, so that it takes time by rows
// and not by their square.
func (t *table) jackknife(ctx context.Context, e *estimator) ([][]float64, error) {
	p, list := t.m.items(), make([][]float64, 0, t.rows)
	all, one, rest := newMoments(t.m.columns), newMoments(t.m.columns), newMoments(t.m.columns)
	for i := range t.rows {
		all.take(t.by[i*p : (i+1)*p])
	}
	s := newSample(p)
	for i := range t.rows {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("%s: jackknife: %w", room, err)
		}
		one.reset()
		one.take(t.by[i*p : (i+1)*p])
		rest.rows, rest.complete = all.rows-one.rows, all.complete-one.complete
		less, to := one.tables(), rest.tables()
		for a, from := range all.tables() {
			for at, v := range from {
				to[a][at] = v - less[a][at]
			}
		}
		if s.fill(rest, t.use).reason != "" {
			return nil, nil
		}
		values, why := e.values(&s, make([]float64, 0, e.width))
		if why.reason != "" {
			return nil, nil
		}
		list = append(list, values)
	}
	return list, nil
}

// Merge adds the replicates of o, which stays as it is. The zero Boot changes nothing, and
// becomes a copy. It fails with a [relmark.FieldError], and leaves b as it was, if o is nil,
// of another model, other options, other rows or another seed, or has a replicate that b has
// already. Merging is associative and commutative.
func (b *Boot) Merge(o *Boot) error {
	switch {
	case o == nil:
		return fault.Room(room, fault.New("Boot", nil, "must not be nil"))
	case o.plan == nil:
		return nil
	case b.plan == nil:
		*b = *o
		b.list = slices.Clone(o.list)
		return nil
	case !b.same(o):
		return fault.Room(room, fault.New("Boot", nil, "must be of the same model, options, rows and seed"))
	}
	list := slices.Concat(b.list, o.list)
	slices.SortFunc(list, func(x, y replicate) int { return cmp.Compare(x.number, y.number) })
	for i := 1; i < len(list); i++ {
		if list[i].number == list[i-1].number {
			return fault.Room(room, fault.New("Boot", list[i].number, "must not have a replicate that is there already"))
		}
	}
	b.list = list
	if b.without == nil {
		b.without = o.without
	}
	return nil
}

// same reports whether replicates of o are some of those that b is about: what they were
// drawn from is known by the estimate of all rows.
func (b *Boot) same(o *Boot) bool {
	return (b.plan == o.plan || b.plan.params.equal(o.plan.params)) && b.options == o.options &&
		b.rows == o.rows && b.left == o.left && b.count == o.count && b.given == o.given && b.seed == o.seed &&
		slices.Equal(b.value, o.value)
}

// Parameters returns the parameters that the replicates have, in a fixed order: weights,
// loadings, paths, R², total effects, indices; then indirect effects, reliabilities of
// constructs, HTMT and importances. What all rows lack, such as the index of a construct whose
// weights add to nothing or less, is not among them. None for the zero Boot.
func (b *Boot) Parameters() []Parameter { return slices.Clone(b.names) }

// Rows returns how many rows are resampled; LeftOut how many were left out because they
// lack an answer.
func (b *Boot) Rows() int { return b.rows }

// LeftOut returns how many rows were left out because they lack an answer.
func (b *Boot) LeftOut() int { return b.left }

// Len returns how many replicates were computed, failed ones among them; Whole how many
// there are with those of other shards.
func (b *Boot) Len() int { return len(b.list) }

// Whole returns how many replicates there are with those of other shards.
func (b *Boot) Whole() int { return b.count }

// A Failure says why a resample has no estimate. It is plain data.
type Failure struct {
	Replicate int    `json:"replicate"`
	Reason    Reason `json:"reason"`
}

// Failed returns how many resamples have no estimate; Failures which, and why.
func (b *Boot) Failed() (n int) {
	for _, r := range b.list {
		if r.values == nil {
			n++
		}
	}
	return n
}

// Failures returns the resamples that have no estimate, in the order of their numbers.
func (b *Boot) Failures() (list []Failure) {
	for _, r := range b.list {
		if r.values == nil {
			list = append(list, Failure{r.number, r.why})
		}
	}
	return list
}

// Of returns how a parameter is distributed over the replicates that have it. It fails with a
// [relmark.FieldError] for one that the model does not have.
func (b *Boot) Of(p Parameter) (Distribution, error) {
	if err := quantities().Check("Quantity", p.Quantity); err != nil {
		return Distribution{}, fault.Room(room, err)
	}
	at, ok := b.at[p]
	if !ok {
		return Distribution{}, fault.Room(room, fault.New("Parameter", nil, "must be one of Boot.Parameters"))
	}
	d := Distribution{of: stat.Bootstrap{Value: b.value[at]}}
	for _, r := range b.list {
		if r.has(at) {
			d.of.Replicates = append(d.of.Replicates, r.values[at])
		}
	}
	d.failed = len(b.list) - len(d.of.Replicates)
	for _, values := range b.without {
		if math.IsNaN(values[at]) {
			d.of.Without = nil
			break
		}
		d.of.Without = append(d.of.Without, values[at])
	}
	return d, nil
}
