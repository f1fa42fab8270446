package stat

import "gonum.org/v1/gonum/mathext"

// surely is where a tail is small enough to be computed as such. The incomplete beta
// function takes a share that is near 1 for many degrees of freedom, and loses digits in
// proportion to them; its complement does not, but leaves no digits of a small tail.
const surely = 0.999

// FTail returns the probability that an F variable with these degrees of freedom is
// above f; 1 unless f is above 0.
func FTail(f, above, below float64) float64 {
	if !(f > 0) {
		return 1
	}
	all := below + float64(above*f)
	if under := mathext.RegIncBeta(above/2, below/2, above*f/all); under < surely {
		return 1 - under
	}
	return mathext.RegIncBeta(below/2, above/2, below/all)
}

// TTail returns the probability that Student's t with these degrees of freedom is
// further from 0 than t.
func TTail(t, degrees float64) float64 { return FTail(float64(t*t), 1, degrees) }
