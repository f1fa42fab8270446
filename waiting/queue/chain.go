package queue

import "iter"

// A chain is a birth–death process on 0 … most whose death rates over birth rates never
// fall, so that its probabilities have one peak.
type chain struct {
	birth, death func(n int) float64 // death of n ≥ 1
	most         int
}

// peak returns the most likely state: the last that is no less likely than the one
// before.
func (c chain) peak() int {
	low, high := 0, c.most // at low it still rises
	for low < high {
		middle := low + (high-low+1)/2
		if c.birth(middle-1) >= c.death(middle) {
			low = middle
		} else {
			high = middle - 1
		}
	}
	return low
}

// weights yields the states with their probabilities over that of the peak: from there
// down to 0, then up to the last. All are positive, so that sums over them
// do not cancel, and none overflows.
func (c chain) weights() iter.Seq2[int, float64] {
	return func(yield func(int, float64) bool) {
		peak := c.peak()
		w := 1.0
		for n := peak; n >= 0; n-- {
			if !yield(n, w) {
				return
			}
			if n > 0 {
				w *= c.death(n) / c.birth(n-1)
			}
		}
		w = 1
		for n := peak + 1; n <= c.most; n++ {
			w *= c.birth(n-1) / c.death(n)
			if !yield(n, w) {
				return
			}
		}
	}
}
