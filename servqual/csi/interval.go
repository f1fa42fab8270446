package csi

import (
	"fmt"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
	"github.com/relmark/relmark/servqual"
)

// Method is how a bootstrap's interval is made. The zero Method is [BCa], as in servqual/scale.
type Method string

// The methods of intervals.
const (
	BCa        Method = ""           // percentiles corrected for bias and acceleration, which takes [Resampling.Jackknife]
	Percentile Method = "percentile" // order statistic (R + 1)·p, interpolated on the scale of normal quantiles
	Basic      Method = "basic"      // the percentile interval turned about the value
	Normal     Method = "normal"     // value less bias ± z·SD
	Plain      Method = "plain"      // quantiles of type 7
)

func methods() enum.Set[Method] { return enum.Of(BCa, Percentile, Basic, Normal, Plain) }

// A Distribution is what a parameter came to in resamples. It is an immutable value, safe
// for concurrent use. Obtain one from [Boot.Of] or [Change]; the zero Distribution has no
// interval. It does not encode.
type Distribution struct {
	opaque

	of     stat.Bootstrap
	failed int
}

// Value returns the parameter in all rows.
func (d Distribution) Value() float64 { return d.of.Value }

// Replicates returns a copy of what it came to in the resamples that have it, in their
// order.
func (d Distribution) Replicates() []float64 { return slices.Clone(d.of.Replicates) }

// Failed returns how many resamples do not have it: those without an estimate, of an index
// those in which weights add to nothing or less, and of an HTMT those in which an item runs
// against the others of its construct.
func (d Distribution) Failed() int { return d.failed }

// Mean returns the mean of the replicates; false for the zero Distribution.
func (d Distribution) Mean() (mean float64, ok bool) {
	if len(d.of.Replicates) == 0 {
		return 0, false
	}
	return d.of.Mean(), true
}

// SE returns the standard error: the standard deviation of the replicates, with divisor
// their number less 1. It is false for fewer than two.
func (d Distribution) SE() (se float64, ok bool) {
	if len(d.of.Replicates) < 2 {
		return 0, false
	}
	return d.of.SD(), true
}

// Interval returns the confidence interval of the parameter. It fails with a
// [relmark.FieldError] for an unknown method, a level outside 0.5 to 0.9999, and for [BCa]
// without a jackknife; and with [relmark.ErrTooFew] where an end would be the least or the
// greatest replicate, or beyond, of which a level of 0.95 takes 40 or more, and for BCa where
// all replicates or none are below the value. A parameter that is the same in all
// replicates, such as the weight of an only item, has an interval of no width.
func (d Distribution) Interval(m Method, level float64) (servqual.Interval, error) {
	var l fault.List
	l.Join("", methods().Check("Method", m))
	l.Level("Level", level)
	l.Check(m != BCa || d.of.Without != nil, "Method", nil, "must not be empty, for BCa, without a jackknife, or where it failed")
	if err := l.Err(room); err != nil {
		return servqual.Interval{}, err
	}
	n := len(d.of.Replicates)
	if n == 0 {
		return servqual.Interval{}, fmt.Errorf("%s: interval of no replicates: %w", room, relmark.ErrTooFew)
	}
	i, ok := stat.Interval{}, true
	switch m {
	case BCa:
		i, ok = d.of.BCa(level)
	case Percentile:
		i = d.of.Percentile(level)
	case Basic:
		i = d.of.Basic(level)
	case Normal:
		i = d.of.Normal(level)
	case Plain:
		i = d.of.Plain(level)
	}
	if low, high := slices.Min(d.of.Replicates), slices.Max(d.of.Replicates); high-low <= 1e-12 {
		return servqual.Interval{Low: min(d.of.Value, low), High: max(d.of.Value, high)}, nil
	}
	if !ok {
		return servqual.Interval{}, fmt.Errorf("%s: bias and acceleration from replicates on one side: %w", room, relmark.ErrTooFew)
	}
	if i.Extreme {
		return servqual.Interval{}, fmt.Errorf("%s: interval of level %v from %d replicates: %w", room, level, n, relmark.ErrTooFew)
	}
	return servqual.Interval{Low: i.Low, High: i.High}, nil
}
