package stat

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// surely is where a tail is small enough to be computed as such. Its complement leaves no
// digits of a small one, and is otherwise nearer to what it is computed from.
const surely = 0.999

// FTail returns the probability that an F variable with these degrees of freedom is
// above f; 1 unless f is above 0, and 0 where it is infinite. The relative error is below 1e-12 for up to 10,000
// degrees of freedom and grows in proportion to them.
func FTail(f, above, below float64) float64 {
	if !(f > 0) {
		return 1
	}
	all := below + float64(above*f)
	if math.IsInf(all, 1) {
		return 0
	}
	if under := mathext.RegIncBeta(above/2, below/2, above*f/all); under < surely {
		return 1 - under
	}
	return mathext.RegIncBeta(below/2, above/2, below/all)
}

// nearlyNormal is how many degrees of freedom TTail reads as a normal variable moved a
// little: the incomplete beta function loses digits in proportion to them.
const nearlyNormal = 1000

// TTail returns the probability that Student's t with these degrees of freedom is
// further from 0 than t; 1 where t is NaN. The relative error is below 1e-12 where t² is at most a
// twentieth of the degrees of freedom, or these are 1,000 at most.
func TTail(t, degrees float64) float64 {
	if t = math.Abs(t); !(t > 0) {
		return 1
	}
	if degrees <= nearlyNormal || t*t > degrees/20 {
		return FTail(t*t, 1, degrees)
	}
	z := t // of which t is the quantile: cornishFisher has a derivative near 1
	for range 12 {
		z -= cornishFisher(z, degrees) - t
	}
	return math.Erfc(z / math.Sqrt2)
}
