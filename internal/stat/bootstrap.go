package stat

import (
	"math"
	"slices"

	"golang.org/x/exp/stats"
	"gonum.org/v1/gonum/stat/distuv"
)

// A Bootstrap is a statistic, what it came to in resamples of the same rows, and without
// each row: all finite numbers.
type Bootstrap struct {
	Value      float64
	Replicates []float64 // one or more, in any order
	Without    []float64 // the statistic without each row, for [BCa]; nil otherwise
}

// An Interval is where a statistic lies with a confidence.
type Interval struct {
	Low, High float64
	// Extreme says that an end is the least or the greatest replicate, or beyond: more
	// replicates are needed for such a level.
	Extreme bool
}

// Mean returns the mean of the replicates.
func (b Bootstrap) Mean() float64 {
	mean, _ := stats.MeanAndStdDev(b.Replicates)
	return mean
}

// SD returns the standard deviation of the replicates, divisor their number less 1; 0 of
// one.
func (b Bootstrap) SD() float64 {
	if len(b.Replicates) < 2 {
		return 0
	}
	mean, sum := b.Mean(), 0.0
	for _, t := range b.Replicates {
		sum += float64((t - mean) * (t - mean))
	}
	return math.Sqrt(sum / float64(len(b.Replicates)-1))
}

// Normal returns the interval of a normal statistic, corrected for bias,
// 2·value − mean ± z·SD.
func (b Bootstrap) Normal(level float64) Interval {
	centre, half := 2*b.Value-b.Mean(), Normal(level)*b.SD()
	return Interval{centre - half, centre + half, false}
}

// Percentile returns the interval between quantiles of the replicates, interpolated on
// the scale of normal quantiles.
func (b Bootstrap) Percentile(level float64) Interval {
	return b.between((1-level)/2, (1+level)/2)
}

// Basic returns the percentile interval turned about the value.
func (b Bootstrap) Basic(level float64) Interval {
	p := b.Percentile(level)
	return Interval{2*b.Value - p.High, 2*b.Value - p.Low, p.Extreme}
}

// Plain returns the interval between quantiles of type 7 of the replicates.
func (b Bootstrap) Plain(level float64) Interval {
	q := stats.Quantiles(b.Replicates, (1-level)/2, (1+level)/2)
	return Interval{q[0], q[1], false}
}

// Bias returns z0, the normal quantile of the share of replicates below the value;
// infinite where there are none or only such.
func (b Bootstrap) Bias() float64 {
	below := 0
	for _, t := range b.Replicates {
		if t < b.Value {
			below++
		}
	}
	return distuv.UnitNormal.Quantile(float64(below) / float64(len(b.Replicates)))
}

// Acceleration returns a sixth of the skewness of the jackknife's influence values
// (n − 1)·(value − without), about 0 (Davison and Hinkley 1997, 5.3); 0 where no row has
// influence.
func (b Bootstrap) Acceleration() float64 {
	squares, cubes := 0.0, 0.0
	for _, t := range b.Without {
		l := b.Value - t
		squares += float64(l * l)
		cubes += float64(l * l * l)
	}
	if squares == 0 {
		return 0
	}
	return cubes / (6 * math.Pow(squares, 1.5))
}

// BCa returns the interval that is corrected for bias and acceleration (Efron 1987). It
// is false where the value lies beyond all replicates, so that there is no bias to speak
// of, or where the correction has a pole.
func (b Bootstrap) BCa(level float64) (i Interval, ok bool) {
	z, a := b.Bias(), b.Acceleration()
	if math.IsInf(z, 0) {
		return Interval{}, false
	}
	share := func(p float64) float64 {
		w := z + distuv.UnitNormal.Quantile(p)
		if !(1-a*w > 0) {
			return math.NaN()
		}
		return distuv.UnitNormal.CDF(z + w/(1-a*w))
	}
	low, high := share((1-level)/2), share((1+level)/2)
	if math.IsNaN(low) || math.IsNaN(high) {
		return Interval{}, false
	}
	return b.between(low, high), true
}

// between returns the interval between two quantiles, for levels of 0 to 1.
func (b Bootstrap) between(low, high float64) Interval {
	sorted := slices.Sorted(slices.Values(b.Replicates))
	l, first := normalQuantile(sorted, low)
	h, last := normalQuantile(sorted, high)
	return Interval{l, h, first || last}
}

// normalQuantile returns the order statistic (R + 1)·p of R sorted numbers. Between two of
// them it interpolates on the scale of normal quantiles (Davison and Hinkley 1997, 5.8);
// beyond the outer ones it is these, and extreme.
func normalQuantile(sorted []float64, p float64) (q float64, extreme bool) {
	n := len(sorted)
	rank := float64(n+1) * p
	// 0.975·1001 is 975.975 whatever the rounding, but 0.975·1000 may miss 975.
	k := int(rank)
	if r := math.Round(rank); math.Abs(rank-r) <= 1e-9 {
		k, rank = int(r), r
	}
	switch {
	case k < 1:
		return sorted[0], true
	case k >= n:
		return sorted[n-1], true
	case rank == float64(k):
		return sorted[k-1], k == 1
	}
	z := distuv.UnitNormal.Quantile
	below, above := z(float64(k)/float64(n+1)), z(float64(k+1)/float64(n+1))
	share := (z(p) - below) / (above - below)
	return sorted[k-1] + float64(share*(sorted[k]-sorted[k-1])), false
}
