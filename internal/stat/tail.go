package stat

import (
	"math"

	"github.com/relmark/relmark/internal/special"
)

// FTail returns the probability that an F variable with these degrees of freedom is
// above f; 1 unless f is above 0, and 0 where it is infinite. The relative error is below 1e-12.
func FTail(f, above, below float64) float64 {
	if !(f > 0) {
		return 1
	}
	all := below + float64(above*f)
	if math.IsInf(all, 1) {
		return 0
	}
	_, over := special.Beta(above/2, below/2, above*f/all, below/all)
	return over
}

// TTail returns the probability that Student's t with these degrees of freedom is further from
// 0 than t; 1 where t is NaN, and that of the normal law for infinitely many. The relative error
// is below 1e-12.
func TTail(t, degrees float64) float64 {
	switch t = math.Abs(t); {
	case !(t > 0):
		return 1
	case math.IsInf(degrees, 1):
		return math.Erfc(t / math.Sqrt2)
	}
	return FTail(t*t, 1, degrees)
}
