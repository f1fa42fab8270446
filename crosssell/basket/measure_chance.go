package basket

import (
	"math"
	"math/bits"

	"github.com/relmark/relmark/internal/special"
)

// Measures by the law of chance: if X and Y were independent, then with sides as common
// as these the number H of baskets that hold both would be hypergeometric, Left draws
// from N baskets of which Right hold Y.

// P returns the p-value of Fisher's exact test that X and Y attract each other, P(H ≥ a):
// how probable it is that independent sides meet at least as often. It is 0 below the
// range of float64, where [Table.LogP] goes on, and 1 for the zero Table. The relative
// error is below 1e-12 where it is above 1e-300. It takes 0.2 to 0.3 µs up to some
// hundred thousand baskets, and grows with √N to some 40 µs at most. For many rules at
// once see [Correction].
func (t Table) P() float64 { return math.Exp(t.LogP()) }

// LogP returns the natural logarithm of [Table.P], also where that is too small for
// float64, within 1e-13 of the greater of 1 and its size.
func (t Table) LogP() float64 {
	atLeast, _ := t.cells().LogTails()
	return atLeast
}

// HyperConfidence returns P(H < a), 1 less [Table.P] without its rounding.
func (t Table) HyperConfidence() float64 {
	_, below := t.cells().LogTails()
	return math.Exp(below)
}

// TwoSidedP returns the p-value of Fisher's exact test that X and Y are not independent,
// in either direction: the probability of all values of H that are at most as probable
// as a. Values within 1e-7 of that count, as they do in R, for they may be equal but for
// rounding. It takes some microseconds.
func (t Table) TwoSidedP() float64 { return math.Exp(t.LogTwoSidedP()) }

// LogTwoSidedP returns the natural logarithm of [Table.TwoSidedP].
func (t Table) LogTwoSidedP() float64 {
	const tie = 1e-7
	k := t.cells()
	mode := t.mode()
	if k.A < mode {
		k, mode = mirror(k), t.Left-mode // so that a lies above
	}
	own := k.LogProb() + tie
	if moved(k, mode).LogProb() <= own {
		return 0
	}
	near, _ := k.LogTails()
	least := k.A - min(k.A, k.D)
	if moved(k, least).LogProb() > own {
		return near
	}
	for mode-least > 1 { // below the mode the probabilities fall: find the first at most own
		middle := least + (mode-least)/2
		if moved(k, middle).LogProb() <= own {
			least = middle
		} else {
			mode = middle
		}
	}
	far, _ := mirror(moved(k, least)).LogTails()
	return min(0, near+math.Log1p(math.Exp(far-near)))
}

// mode returns the most probable value of H, ⌊(Left + 1)(Right + 1)/(N + 2)⌋.
func (t Table) mode() int64 {
	high, low := bits.Mul64(uint64(t.Left)+1, uint64(t.Right)+1)
	mode, _ := bits.Div64(high, low, uint64(t.N)+2)
	return int64(mode)
}

// moved returns the table of the same margins with another first cell.
func moved(k special.Fourfold, first int64) special.Fourfold {
	by := first - k.A
	return special.Fourfold{A: k.A + by, B: k.B - by, C: k.C - by, D: k.D + by}
}

// mirror exchanges the columns: where X and Y meet often, X and what is not Y do not.
func mirror(k special.Fourfold) special.Fourfold {
	return special.Fourfold{A: k.B, B: k.A, C: k.D, D: k.C}
}

// HyperLift returns a over the quantile of H at a level, the least q with P(H ≤ q) ≥
// level: above 1 where both sides meet more often than chance lets them but for a share
// of 1 − level. Unlike lift, it is not large for rare sides. It is NaN unless the level,
// commonly 0.99, is above 0 and below 1. It takes some microseconds.
func (t Table) HyperLift(level float64) float64 {
	if !(level > 0 && level < 1) {
		return math.NaN()
	}
	return quotient(t.Both, t.quantile(level))
}

// quantile returns the least q with P(H ≤ q) ≥ level. It looks upwards from the mode,
// or downwards, in steps that double, then in between.
func (t Table) quantile(level float64) int64 {
	k := t.cells()
	least, most := k.A-min(k.A, k.D), k.A+min(k.B, k.C)
	reached := func(q int64) bool {
		if q < least || q >= most {
			return q >= most
		}
		_, upTo := moved(k, q+1).LogTails()
		return math.Exp(upTo) >= level
	}
	low, high := t.mode()-1, t.mode() // not reached, reached: once the loops are done
	for step := int64(1); !reached(high); step *= 2 {
		low, high = high, min(most, high+step)
	}
	for step := int64(1); reached(low); step *= 2 {
		low, high = max(least-1, low-step), low
	}
	for high-low > 1 {
		middle := low + (high-low)/2
		if reached(middle) {
			high = middle
		} else {
			low = middle
		}
	}
	return high
}
