package compare

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
)

// Resampling says how often customers are drawn again, with repetition, and how sure an
// interval is. It is plain data.
type Resampling struct {
	Replicates int     `json:"replicates"`        // 100 to 100,000
	Level      float64 `json:"level"`             // of confidence, 0.5 to 0.9999
	Workers    int     `json:"workers,omitempty"` // how many compute at a time, up to 64; one where it is not given: all give the same bits
}

func (r Resampling) check(rng *rand.Rand, l *fault.List) {
	l.Check(r.Replicates >= 100 && r.Replicates <= 100_000, "Replicates", r.Replicates, "must be 100 to 100000")
	l.Between("Level", r.Level, 0.5, 0.9999)
	l.Check(r.Workers >= 0 && r.Workers <= 64, "Workers", r.Workers, "must be 0 to 64")
	l.Check(rng != nil, "Rand", nil, "must not be nil")
}

// An Interval holds a quantity with a level of confidence. It is plain data.
type Interval struct {
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// PriceIntervals are the intervals of what [PriceRange] finds. They are plain data.
type PriceIntervals struct {
	From         Interval `json:"from"`
	To           Interval `json:"to"`
	Optimal      Interval `json:"optimal"`
	Indifference Interval `json:"indifference"`
}

// ResamplePrices returns percentile intervals of the four points of [PriceRange], from
// customers drawn again: two numbers are drawn from rng. It fails as [PriceRange] does, with
// a [relmark.FieldError] for a resampling that is not as [Resampling] says and a nil rng,
// with [relmark.ErrTooFew] of fewer than two customers, and with the error of ctx, at which
// it looks once a replicate. It takes the time of Replicates times a pass over customers and
// prices.
func ResamplePrices(ctx context.Context, answers []PriceAnswer, o PriceOptions, r Resampling, rng *rand.Rand) (PriceIntervals, error) {
	var l fault.List
	r.check(rng, &l)
	if err := l.Err(room); err != nil {
		return PriceIntervals{}, err
	}
	kept, err := ordered(answers, o)
	if err != nil {
		return PriceIntervals{}, err
	}
	if len(kept) < 2 {
		return PriceIntervals{}, fault.Room(room, relmark.ErrTooFew)
	}
	g := newGrid(kept)
	intervals, err := r.intervals(ctx, len(kept), 4, rng, func() func(rows []int) ([]float64, error) {
		c := g.curves(nil)
		return func(rows []int) ([]float64, error) {
			c.count(rows)
			at := c.points(o)
			return []float64{at.From.Price, at.To.Price, at.Optimal.Price, at.Indifference.Price}, nil
		}
	})
	if err != nil {
		return PriceIntervals{}, err
	}
	return PriceIntervals{intervals[0], intervals[1], intervals[2], intervals[3]}, nil
}

// intervals returns the percentile intervals of some values of a statistic that never
// fails.
func (r Resampling) intervals(ctx context.Context, rows, values int, rng *rand.Rand, statistic func() func(rows []int) ([]float64, error)) ([]Interval, error) {
	resamples := stat.Seeded(rows, r.Replicates, [2]uint64{rng.Uint64(), rng.Uint64()})
	replicates, err := resamples.Replicates(ctx, r.Workers, statistic)
	if err != nil {
		return nil, fmt.Errorf("%s: resample: %w", room, err)
	}
	out := make([]Interval, values)
	for k := range out {
		b := stat.Bootstrap{Replicates: make([]float64, len(replicates))}
		for i, replicate := range replicates {
			b.Replicates[i] = replicate.Values[k]
		}
		i := b.Plain(r.Level)
		out[k] = Interval{i.Low, i.High}
	}
	return out, nil
}

// DemandIntervals are the intervals of the best price and of its revenue. They are plain
// data.
type DemandIntervals struct {
	Best        Interval `json:"best"`
	BestRevenue Interval `json:"best_revenue"`
}

// Resample returns percentile intervals of the best price and its revenue, from customers
// drawn again: two numbers are drawn from rng. It fails as [Ladder.Validate] does, with a
// [relmark.FieldError] for a resampling that is not as [Resampling] says, a nil rng and more
// than a million customers, with [relmark.ErrTooFew] of fewer than two, and with the error of
// ctx, at which it looks once a replicate.
func (l Ladder) Resample(ctx context.Context, r Resampling, rng *rand.Rand) (DemandIntervals, error) {
	var wrong fault.List
	r.check(rng, &wrong)
	l.check(&wrong)
	n := l.n()
	if wrong.Len() == 0 {
		wrong.Check(n <= maxCustomers, "Accepted", n, "must be a million customers at most")
	}
	if err := wrong.Err(room); err != nil {
		return DemandIntervals{}, err
	}
	if n < 2 {
		return DemandIntervals{}, fault.Room(room, relmark.ErrTooFew)
	}
	answers := l.spread(n)
	intervals, err := r.intervals(ctx, len(answers), 2, rng, func() func(rows []int) ([]float64, error) {
		accepted := make([]int64, len(l.Accepted))
		return func(rows []int) ([]float64, error) {
			clear(accepted)
			for _, i := range rows {
				accepted[answers[i]]++
			}
			d := demand(l.Prices, accepted, n)
			return []float64{d.Best, d.BestRevenue}, nil
		}
	})
	if err != nil {
		return DemandIntervals{}, err
	}
	return DemandIntervals{intervals[0], intervals[1]}, nil
}

// spread returns how many prices each customer accepts.
func (l Ladder) spread(n int64) []int32 {
	out := make([]int32, 0, n)
	for accepted, times := range l.Accepted {
		for range times {
			out = append(out, int32(accepted))
		}
	}
	return out
}
