package compare

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
	"github.com/relmark/relmark/servqual"
)

// PriceIntervals are the intervals of what [PriceRange] finds. They are plain data.
type PriceIntervals struct {
	From         servqual.Interval `json:"from"`
	To           servqual.Interval `json:"to"`
	Optimal      servqual.Interval `json:"optimal"`
	Indifference servqual.Interval `json:"indifference"`
}

// ResamplePrices returns percentile intervals of the four points of [PriceRange], from
// customers drawn again: two numbers are drawn from rng. It fails as [PriceRange] and
// [servqual.Resampling.Validate] do, with a [relmark.FieldError] for a nil rng, with
// [relmark.ErrTooFew] of fewer than two customers, and with the error of ctx, at which it looks
// once a replicate. It takes the time of Replicates times a pass over customers and prices.
func ResamplePrices(ctx context.Context, answers []PriceAnswer, o PriceOptions, r servqual.Resampling, rng *rand.Rand) (PriceIntervals, error) {
	var l fault.List
	l.Join("", r.Validate())
	l.Check(rng != nil, "Rand", nil, "must not be nil")
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
	intervals, err := intervals(ctx, r, len(kept), 4, rng, func() func(rows []int) ([]float64, error) {
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
func intervals(ctx context.Context, r servqual.Resampling, rows, values int, rng *rand.Rand, statistic func() func(rows []int) ([]float64, error)) ([]servqual.Interval, error) {
	resamples := stat.Seeded(rows, r.Replicates, [2]uint64{rng.Uint64(), rng.Uint64()})
	replicates, err := resamples.Replicates(ctx, r.Workers, statistic)
	if err != nil {
		return nil, fmt.Errorf("%s: resample: %w", room, err)
	}
	out := make([]servqual.Interval, values)
	for k := range out {
		b := stat.Bootstrap{Replicates: make([]float64, len(replicates))}
		for i, replicate := range replicates {
			b.Replicates[i] = replicate.Values[k]
		}
		i := b.Plain(r.Level)
		out[k] = servqual.Interval{Low: i.Low, High: i.High}
	}
	return out, nil
}

// DemandIntervals are the intervals of the best price and of its revenue. They are plain
// data.
type DemandIntervals struct {
	Best        servqual.Interval `json:"best"`
	BestRevenue servqual.Interval `json:"best_revenue"`
}

// Resample returns percentile intervals of the best price and its revenue, from customers
// drawn again: two numbers are drawn from rng. It fails as [Ladder.Validate] and
// [servqual.Resampling.Validate] do, with a [relmark.FieldError] for a nil rng and more than a
// million customers, with [relmark.ErrTooFew] of fewer than two, and with the error of ctx, at
// which it looks once a replicate.
func (l Ladder) Resample(ctx context.Context, r servqual.Resampling, rng *rand.Rand) (DemandIntervals, error) {
	var wrong fault.List
	wrong.Join("", r.Validate())
	wrong.Check(rng != nil, "Rand", nil, "must not be nil")
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
	intervals, err := intervals(ctx, r, len(answers), 2, rng, func() func(rows []int) ([]float64, error) {
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
