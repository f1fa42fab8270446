package compare

import (
	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
)

// ResampleParams say how an interval is found by drawing customers again. They are plain
// data.
type ResampleParams struct {
	Replicates int       `json:"replicates"` // 100 to 100,000
	Seed       [2]uint64 `json:"seed"`       // equal seeds give equal intervals, for any number of workers
	Confidence float64   `json:"confidence"` // 0.5 to 0.9999
	Workers    int       `json:"workers,omitempty"`
}

func (p ResampleParams) check(l *fault.List) {
	l.Check(p.Replicates >= 100 && p.Replicates <= 100_000, "Replicates", p.Replicates, "must be 100 to 100000")
	l.Between("Confidence", p.Confidence, 0.5, 0.9999)
	l.Check(p.Workers >= 0 && p.Workers <= 1024, "Workers", p.Workers, "must be 0 to 1024")
}

// An Interval holds a quantity with a confidence. It is plain data.
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
// customers drawn again. It fails as [PriceRange] does, with a [relmark.FieldError] where
// p is not as it says, and with [relmark.ErrTooFew] of fewer than two customers. It takes
// the time of Replicates times a pass over customers and prices.
func ResamplePrices(answers []PriceAnswer, o PriceOptions, p ResampleParams) (PriceIntervals, error) {
	var l fault.List
	p.check(&l)
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
	intervals := p.intervals(len(kept), 4, func() func(rows []int) ([]float64, error) {
		c := g.curves(nil)
		return func(rows []int) ([]float64, error) {
			c.count(rows)
			at := c.points(o)
			return []float64{at.From.Price, at.To.Price, at.Optimal.Price, at.Indifference.Price}, nil
		}
	})
	return PriceIntervals{intervals[0], intervals[1], intervals[2], intervals[3]}, nil
}

// intervals returns the percentile intervals of some values of a statistic that never
// fails.
func (p ResampleParams) intervals(rows, values int, statistic func() func(rows []int) ([]float64, error)) []Interval {
	replicates := stat.Seeded(rows, p.Replicates, p.Seed).Replicates(p.Workers, statistic)
	out := make([]Interval, values)
	for k := range out {
		b := stat.Bootstrap{Replicates: make([]float64, len(replicates))}
		for i, r := range replicates {
			b.Replicates[i] = r.Values[k]
		}
		i := b.Plain(p.Confidence)
		out[k] = Interval{i.Low, i.High}
	}
	return out
}

// DemandIntervals are the intervals of the best price and of its revenue. They are plain
// data.
type DemandIntervals struct {
	Best        Interval `json:"best"`
	BestRevenue Interval `json:"best_revenue"`
}

// Resample returns percentile intervals of the best price and its revenue, from customers
// drawn again. It fails as [Ladder.Validate] does, with a [relmark.FieldError] where p is
// not as it says or there are more than a million customers, and with
// [relmark.ErrTooFew] of fewer than two.
func (l Ladder) Resample(p ResampleParams) (DemandIntervals, error) {
	var wrong fault.List
	p.check(&wrong)
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
	intervals := p.intervals(len(answers), 2, func() func(rows []int) ([]float64, error) {
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
