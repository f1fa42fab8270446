package sim

import (
	"iter"
	"math"
)

// A histogram counts waits by their size, 32 buckets between a number and its double:
// counts are integers, so that merging is exact in any order.
type histogram struct {
	zero    uint64
	low     int // of octaves[0]
	octaves []*octave
}

// An octave holds the buckets between a number and its double.
type octave [1 << fraction]uint64

const fraction = 5 // bits that tell buckets apart

func bucket(x float64) int { return int(math.Float64bits(x) >> (52 - fraction)) }

// edge returns the least number of a bucket.
func edge(b int) float64 { return math.Float64frombits(uint64(b) << (52 - fraction)) }

func (h *histogram) add(x float64) {
	if x <= 0 {
		h.zero++
		return
	}
	*h.at(bucket(x))++
}

// at returns the count of a bucket, which there is room for afterwards.
func (h *histogram) at(b int) *uint64 {
	o := b>>fraction - h.low
	if uint(o) >= uint(len(h.octaves)) || h.octaves[o] == nil {
		o = h.grow(b >> fraction)
	}
	return &h.octaves[o][b&(1<<fraction-1)]
}

// grow makes room for an octave and returns where it is.
func (h *histogram) grow(o int) int {
	from, to := o, o
	if n := len(h.octaves); n > 0 {
		from, to = min(o, h.low), max(o, h.low+n-1)
	}
	if to-from >= len(h.octaves) {
		grown := make([]*octave, to-from+1)
		copy(grown[max(0, h.low-from):], h.octaves)
		h.low, h.octaves = from, grown
	}
	if h.octaves[o-h.low] == nil {
		h.octaves[o-h.low] = new(octave)
	}
	return o - h.low
}

// filled yields the buckets that are not empty, ascending, with their counts.
func (h *histogram) filled() iter.Seq2[int, uint64] {
	return func(yield func(int, uint64) bool) {
		for i, o := range h.octaves {
			if o == nil {
				continue
			}
			for j, n := range o {
				if n > 0 && !yield((h.low+i)<<fraction|j, n) {
					return
				}
			}
		}
	}
}

func (h *histogram) merge(o *histogram) {
	h.zero += o.zero
	for b, n := range o.filled() {
		*h.at(b) += n
	}
}

// tail returns how many are greater than x ≥ 0, and of how many; inside a bucket they
// are taken to lie evenly.
func (h *histogram) tail(x float64) (above, all float64) {
	at := bucket(x)
	for b, n := range h.filled() {
		c := float64(n)
		all += c
		switch {
		case b > at || x == 0:
			above += c
		case b == at:
			above += float64(c * (edge(b+1) - x) / (edge(b+1) - edge(b)))
		}
	}
	return above, all + float64(h.zero)
}

// quantile returns the least x that a share p of all does not exceed; there are some.
func (h *histogram) quantile(p float64) float64 {
	_, all := h.tail(0)
	need, end := float64(p*all)-float64(h.zero), 0.0
	if need <= 0 {
		return 0
	}
	for b, n := range h.filled() {
		low, c := edge(b), float64(n)
		if end = edge(b + 1); need <= c {
			return low + float64((end-low)*(need/c))
		}
		need -= c
	}
	return end
}
