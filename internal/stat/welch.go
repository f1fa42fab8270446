package stat

import "math"

// A Sample is what a test needs of one: its size, mean and standard error.
type Sample struct {
	N        int64
	Mean, SE float64
}

// A Difference is the mean of one sample less that of another, with Welch's test of
// no difference.
type Difference struct {
	Value, SE float64
	T         float64 // 0 where nothing varies
	Degrees   float64 // of freedom, 1 or more
	P         float64 // two-sided; where nothing varies 1 for no difference, or else 0
}

// Welch returns the difference of the later mean and the earlier one, of two samples
// of 2 or more each, independent, of any variances.
func Welch(earlier, later Sample) Difference {
	d := Difference{Value: later.Mean - earlier.Mean, SE: math.Hypot(earlier.SE, later.SE)}
	if d.SE == 0 {
		d.Degrees = float64(earlier.N + later.N - 2)
		if d.Value == 0 {
			d.P = 1
		}
		return d
	}
	part := func(s Sample) float64 { r := s.SE / d.SE; return r * r * r * r / float64(s.N-1) }
	d.Degrees = max(1/(part(earlier)+part(later)), 1)
	d.T = d.Value / d.SE
	d.P = TTail(d.T, d.Degrees)
	return d
}

// Interval returns the confidence interval of the difference, of Student's t; a point
// where nothing varies. The level is above 0 and below 1.
func (d Difference) Interval(level float64) (low, high float64) {
	half := StudentT(level, d.Degrees) * d.SE
	return d.Value - half, d.Value + half
}

// Wilson returns the score interval of a share of count in n, within 0 and 1 and
// around count/n. There is at least one, and count is 0 to n.
func Wilson(count, n int64, level float64) (low, high float64) {
	all, z := float64(n), Normal(level)
	p := float64(count) / all
	centre := p + z*z/(2*all)
	half := z * math.Sqrt(p*(1-p)/all+z*z/(4*all*all))
	width := 1 + z*z/all
	// Rounding moves no end past the share, which is an end where it is 0 or 1.
	return max(min((centre-half)/width, p), 0), min(max((centre+half)/width, p), 1)
}
