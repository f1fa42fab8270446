package scale

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
	"github.com/relmark/relmark/servqual"
)

// A Statistic is what a bootstrap is taken of.
type Statistic string

// The statistics.
const (
	AlphaStatistic Statistic = "alpha" // raw alpha
	MeanStatistic  Statistic = "mean"  // mean of the respondents' means, in points of the answers
)

func statistics() enum.Set[Statistic] { return enum.Of(AlphaStatistic, MeanStatistic) }

// A Method is how a bootstrap's interval is made. The zero Method is [BCa].
type Method string

// The methods of intervals.
const (
	BCa        Method = ""           // percentiles corrected for bias and acceleration; the default
	Percentile Method = "percentile" // order statistic (R + 1)·p, interpolated on the scale of normal quantiles
	Basic      Method = "basic"      // the percentile interval turned about the value
	Normal     Method = "normal"     // value less bias ± z·SD
	Plain      Method = "plain"      // quantiles of type 7
)

func methods() enum.Set[Method] { return enum.Of(BCa, Percentile, Basic, Normal, Plain) }

// Resampling says which resamples a bootstrap takes: given ones, or as many as asked for
// from a source of random numbers. It is plain data.
type Resampling struct {
	Replicates int     `json:"replicates,omitempty"` // 20 to 100,000; not with Given
	Given      [][]int `json:"given,omitempty"`      // each has as many positions of rows, from 0, as there are rows
	Workers    int     `json:"workers,omitempty"`    // how many compute at a time, 1 to 64; one where it is not given: all give the same bits
}

// A Bootstrap is a statistic in resamples of the respondents. It is an immutable value, safe
// for concurrent use. Obtain one from [Battery.Bootstrap]; the zero Bootstrap has no
// interval. It does not encode.
type Bootstrap struct {
	opaque

	of     stat.Bootstrap
	failed int
}

// Bootstrap computes a statistic of rows of answers, of each of their resamples, and of
// them without each row. Two numbers are drawn from rng, which is nil where resamples are
// given. It fails with a [relmark.FieldError] for an unknown statistic,
// rows that [Answers.Add] would refuse or that lack an answer, and a resampling that is
// none; with [relmark.ErrTooFew] below three rows, or where no resample has an alpha: one
// without, in which all rows add to the same, is counted as failed and not drawn again; and
// with the error of ctx, at which it looks once a replicate and row.
// It takes time by rows and items for each replicate and each row.
func (b Battery) Bootstrap(ctx context.Context, rows [][]int8, statistic Statistic, r Resampling, rng *rand.Rand) (Bootstrap, error) {
	if b.plan == nil {
		return Bootstrap{}, errZero()
	}
	if err := statistics().Check("Statistic", statistic); err != nil {
		return Bootstrap{}, fault.Room(room, err)
	}
	s, err := b.steps(rows)
	if err != nil {
		return Bootstrap{}, fault.Room(room, err)
	}
	if len(rows) < 3 {
		return Bootstrap{}, fmt.Errorf("%s: bootstrap of %d rows: %w", room, len(rows), relmark.ErrTooFew)
	}
	resamples, err := r.resamples(len(rows), rng)
	if err != nil {
		return Bootstrap{}, err
	}
	s.low, s.mean = float64(b.plan.params.Low), statistic == MeanStatistic
	return s.bootstrap(ctx, resamples, r.Workers)
}

func (r Resampling) resamples(rows int, rng *rand.Rand) (stat.Resamples, error) {
	var l fault.List
	l.Check(r.Workers >= 0 && r.Workers <= 64, "Workers", r.Workers, "must be 0 to 64")
	if r.Given != nil {
		l.Check(r.Replicates == 0, "Replicates", r.Replicates, "must be 0 where resamples are given")
		l.Check(len(r.Given) >= 1 && len(r.Given) <= 100_000, "Given", len(r.Given), "must be 1 to 100000")
		l.Check(rng == nil, "Rand", nil, "must be nil where resamples are given")
		given, wrong, ok := stat.Given(rows, r.Given)
		l.Check(ok, fmt.Sprintf("Given[%d]", wrong), nil, "must have the position of a row for each row")
		return given, l.Err(room)
	}
	l.Check(r.Replicates >= 20 && r.Replicates <= 100_000, "Replicates", r.Replicates, "must be 20 to 100000")
	l.Check(rng != nil, "Rand", nil, "must not be nil, unless resamples are given")
	if err := l.Err(room); err != nil {
		return stat.Resamples{}, err
	}
	return stat.Seeded(rows, r.Replicates, [2]uint64{rng.Uint64(), rng.Uint64()}), nil
}

// steps are complete rows of steps above the lowest answer.
type steps struct {
	items int
	rows  []uint8 // one after another
	sums  []int64 // by row
	low   float64
	mean  bool // the statistic is the mean
}

func (b Battery) steps(rows [][]int8) (steps, error) {
	k := len(b.plan.table)
	s := steps{items: k, rows: make([]uint8, k*len(rows)), sums: make([]int64, len(rows))}
	for i, row := range rows {
		raw := s.rows[i*k : (i+1)*k]
		if err := b.plan.read(row, raw); err != nil {
			return steps{}, fault.At(fmt.Sprintf("Rows[%d]", i), err)
		}
		for j, v := range raw {
			if v == absent {
				return steps{}, fault.New(fmt.Sprintf("Rows[%d][%d]", i, b.plan.params.Items[j]), nil, "must not be blank: leave incomplete rows out")
			}
			s.sums[i] += int64(v)
		}
	}
	return s, nil
}

func (s steps) bootstrap(ctx context.Context, r stat.Resamples, workers int) (Bootstrap, error) {
	all := make([]int, len(s.sums))
	for i := range all {
		all[i] = i
	}
	v, err := s.statistic()(all)
	if err != nil {
		return Bootstrap{}, err
	}
	replicates, err := r.Replicates(ctx, workers, s.statistic)
	if err != nil {
		return Bootstrap{}, fmt.Errorf("%s: bootstrap: %w", room, err)
	}
	b := Bootstrap{of: stat.Bootstrap{Value: v[0]}}
	for _, replicate := range replicates {
		if replicate.Err != nil {
			b.failed++
			continue
		}
		b.of.Replicates = append(b.of.Replicates, replicate.Values[0])
	}
	if len(b.of.Replicates) == 0 {
		return Bootstrap{}, fmt.Errorf("%s: all %d resamples failed: %w", room, b.failed, relmark.ErrTooFew)
	}
	compute := s.statistic()
	for i := range all {
		if err := ctx.Err(); err != nil {
			return Bootstrap{}, fmt.Errorf("%s: bootstrap: %w", room, err)
		}
		without, err := compute(append(append(make([]int, 0, len(all)), all[:i]...), all[i+1:]...))
		if err != nil {
			b.of.Without = nil
			break
		}
		b.of.Without = append(b.of.Without, without[0])
	}
	return b, nil
}

// statistic returns what computes the statistic of some rows, with memory of its own.
func (s steps) statistic() func(rows []int) ([]float64, error) {
	sums, squares := make([]int64, s.items), make([]int64, s.items)
	return func(rows []int) ([]float64, error) {
		clear(sums)
		clear(squares)
		all, allSquares := int64(0), int64(0)
		for _, row := range rows {
			for i, v := range s.rows[row*s.items : (row+1)*s.items] {
				sums[i] += int64(v)
				squares[i] += int64(v) * int64(v)
			}
			all += s.sums[row]
			allSquares += s.sums[row] * s.sums[row]
		}
		n, k := int64(len(rows)), float64(s.items)
		if s.mean {
			return []float64{s.low + float64(all)/(float64(n)*k)}, nil
		}
		total, trace := n*allSquares-all*all, int64(0)
		for i, x := range sums {
			trace += n*squares[i] - x*x
		}
		if total == 0 {
			return nil, fault.Room(room, fault.New("Rows", nil, "must not all add to the same"))
		}
		return []float64{k / (k - 1) * (1 - float64(trace)/float64(total))}, nil
	}
}

// Value returns the statistic of all rows.
func (b Bootstrap) Value() float64 { return b.of.Value }

// Replicates returns a copy of what the statistic came to in the resamples in which it
// exists, in their order.
func (b Bootstrap) Replicates() []float64 { return append([]float64(nil), b.of.Replicates...) }

// Failed returns in how many resamples the statistic does not exist.
func (b Bootstrap) Failed() int { return b.failed }

// A Spread is what replicates come to. It is plain data.
type Spread struct {
	Mean         float64 `json:"mean"`
	SD           float64 `json:"sd"`           // the standard error of the statistic; 0 of one replicate
	Bias         float64 `json:"bias"`         // z0, the normal quantile of the share of replicates below the value
	Acceleration float64 `json:"acceleration"` // a sixth of the skewness of the jackknife
}

// Spread returns what the replicates come to. It fails with [relmark.ErrTooFew] where all
// or none of them are below the value, or the statistic does not exist without some row.
func (b Bootstrap) Spread() (Spread, error) {
	if _, ok := b.bca(0.95); !ok {
		return Spread{}, errBias()
	}
	return Spread{b.of.Mean(), b.of.SD(), b.of.Bias(), b.of.Acceleration()}, nil
}

func errBias() error {
	return fmt.Errorf("%s: bias and acceleration from replicates on one side: %w", room, relmark.ErrTooFew)
}

func (b Bootstrap) bca(level float64) (stat.Interval, bool) {
	if len(b.of.Replicates) == 0 || b.of.Without == nil {
		return stat.Interval{}, false
	}
	return b.of.BCa(level)
}

// Interval returns the confidence interval of the statistic. It fails with a
// [relmark.FieldError] for an unknown method or a level outside 0.5 to 0.9999, and with
// [relmark.ErrTooFew] where an end would be the least or the greatest replicate, or beyond:
// a level of 0.95 takes 40 replicates and more. BCa fails as [Bootstrap.Spread] does, too.
func (b Bootstrap) Interval(m Method, level float64) (servqual.Interval, error) {
	var l fault.List
	l.Join("", methods().Check("Method", m))
	l.Level("Level", level)
	if err := l.Err(room); err != nil {
		return servqual.Interval{}, err
	}
	if len(b.of.Replicates) == 0 {
		return servqual.Interval{}, fmt.Errorf("%s: interval of no replicates: %w", room, relmark.ErrTooFew)
	}
	i, ok := stat.Interval{}, true
	switch m {
	case BCa:
		i, ok = b.bca(level)
	case Percentile:
		i = b.of.Percentile(level)
	case Basic:
		i = b.of.Basic(level)
	case Normal:
		i = b.of.Normal(level)
	case Plain:
		i = b.of.Plain(level)
	}
	if !ok {
		return servqual.Interval{}, errBias()
	}
	if i.Extreme {
		return servqual.Interval{}, fmt.Errorf("%s: interval of level %v from %d replicates: %w", room, level, len(b.of.Replicates), relmark.ErrTooFew)
	}
	return servqual.Interval{Low: i.Low, High: i.High}, nil
}
