package evaluation

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
)

// A Method is how the interval of a bootstrap is made. The zero Method is [Percentile].
type Method string

// The methods of intervals.
const (
	Percentile Method = ""    // order statistics of the replicates, interpolated; the default
	BCa        Method = "bca" // percentiles corrected for bias and acceleration
)

func methods() enum.Set[Method] { return enum.Of(Percentile, BCa) }

// A Resampling says how often customers are drawn anew, with repetition, and which
// interval is made of what comes out. It is plain data.
type Resampling struct {
	Replicates int     `json:"replicates"`        // 20 to 100,000
	Level      float64 `json:"level"`             // of confidence, above 0 and below 1
	Method     Method  `json:"method,omitempty"`  // percentile where it is not given
	Workers    int     `json:"workers,omitempty"` // how many compute at a time, up to 64; one where it is not given: all give the same bits
}

// Validate reports every rule that r breaks, joined into one error.
func (r Resampling) Validate() error {
	var l fault.List
	l.Check(r.Replicates >= 20 && r.Replicates <= 100_000, "Replicates", r.Replicates, "must be 20 to 100000")
	checkLevel(&l, r.Level)
	l.Join("", methods().Check("Method", r.Method))
	l.Check(r.Workers >= 0 && r.Workers <= 64, "Workers", r.Workers, "must be 0 to 64")
	return l.Err(room)
}

// An Interval is where a figure lies, by a bootstrap over customers. It is plain data.
type Interval struct {
	Value float64 `json:"value"` // of the data themselves
	SE    float64 `json:"se"`    // standard deviation of the replicates
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
	// Extreme says that an end is the least or the greatest replicate: more replicates
	// are needed for such a level.
	Extreme bool `json:"extreme,omitempty"`
	// Failed is how many replicates had no such figure, as all their customers were of
	// one group: they are left out.
	Failed int `json:"failed,omitempty"`
}

// A sample is data of so many customers of which a figure can be computed over and over.
type sample struct {
	rows  int
	value float64
	// compute returns what computes the figure of some rows, with memory of its own.
	compute func() func(rows []int) ([]float64, error)
	// without returns the figure without each row, for [BCa].
	without func() []float64
}

// bootstrap resamples the rows. It draws two numbers from rng.
func (r Resampling) bootstrap(ctx context.Context, s sample, rng *rand.Rand) (Interval, error) {
	if rng == nil {
		return Interval{}, invalid("Rand", nil, "must not be nil")
	}
	resamples := stat.Seeded(s.rows, r.Replicates, [2]uint64{rng.Uint64(), rng.Uint64()})
	replicates, err := resamples.Replicates(ctx, r.Workers, s.compute)
	if err != nil {
		return Interval{}, fmt.Errorf("%s: %w", room, err)
	}
	b, out := stat.Bootstrap{Value: s.value}, Interval{Value: s.value}
	for _, replicate := range replicates {
		if replicate.Err != nil {
			out.Failed++
			continue
		}
		b.Replicates = append(b.Replicates, replicate.Values[0])
	}
	if len(b.Replicates) == 0 {
		return Interval{}, tooFew(fmt.Sprintf("all %d resamples failed", out.Failed))
	}
	ends, err := r.ends(b, s)
	if err != nil {
		return Interval{}, err
	}
	out.SE, out.Low, out.High, out.Extreme = b.SD(), ends.Low, ends.High, ends.Extreme
	return out, nil
}

// ends returns the interval by the method: a point where nothing varies.
func (r Resampling) ends(b stat.Bootstrap, s sample) (stat.Interval, error) {
	if least := slices.Min(b.Replicates); least == b.Value && least == slices.Max(b.Replicates) {
		return stat.Interval{Low: least, High: least}, nil
	}
	if r.Method == Percentile {
		return b.Percentile(r.Level), nil
	}
	b.Without = s.without()
	ends, ok := b.BCa(r.Level)
	if !ok {
		return stat.Interval{}, fmt.Errorf("%s: the value lies beyond all replicates, so that there is no bias to correct for: %w", room, relmark.ErrTooFew)
	}
	return ends, nil
}

// meanOf returns the sample whose figure is the mean of values, one for each customer.
func meanOf(values []float64) sample {
	var sum total
	for _, v := range values {
		sum.add(v)
	}
	all, n := sum.value(), float64(len(values))
	return sample{
		rows: len(values), value: all / n,
		compute: func() func([]int) ([]float64, error) {
			return func(rows []int) ([]float64, error) {
				var sum total
				for _, row := range rows {
					sum.add(values[row])
				}
				return []float64{sum.value() / n}, nil
			}
		},
		without: func() []float64 {
			out := make([]float64, len(values))
			for i, v := range values {
				out[i] = (all - v) / (n - 1)
			}
			return out
		},
	}
}
