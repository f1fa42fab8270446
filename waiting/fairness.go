package waiting

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// Fairness counts, for customers in order of arrival, how the order of service
// differs: a customer whom somebody passes who came later suffers a slip, and the
// one who passes makes a skip. There is a slip for every skip.
type Fairness struct {
	Slips []int `json:"slips"` // by customer: how many who came later were served first
	Skips []int `json:"skips"` // by customer: how many who came earlier were served later
}

// CountSlips compares the times at which service began, in order of arrival and in
// any one unit; +Inf is a customer who was never served. Services that begin
// together are no slip. It fails if a start is NaN or −Inf, and takes O(n·log n)
// time.
func CountSlips(starts []float64) (Fairness, error) {
	for i, start := range starts {
		if !(start >= -math.MaxFloat64) {
			return Fairness{}, broken(fmt.Sprintf("Starts[%d]", i), start, "must be a time or +Inf")
		}
	}
	n := len(starts)
	order := make([]int, n) // of service; of arrival among equals
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(starts[i], starts[j]) })
	f := Fairness{Slips: make([]int, n), Skips: make([]int, n)}
	// Of the before customers who began earlier than i, those who arrived before i
	// are no slip; of the i who arrived earlier, those who began no later no skip.
	served := newTally(n)
	for before := 0; before < n; {
		group := before + 1
		for group < n && starts[order[group]] == starts[order[before]] {
			group++
		}
		for _, i := range order[before:group] {
			f.Slips[i] = before - served.upTo(i)
		}
		for _, i := range order[before:group] {
			served.add(i)
		}
		for _, i := range order[before:group] {
			f.Skips[i] = i + 1 - served.upTo(i)
		}
		before = group
	}
	return f, nil
}

// Total returns the number of slips, which is that of skips.
func (f Fairness) Total() int64 {
	total := int64(0)
	for _, n := range f.Slips {
		total += int64(n)
	}
	return total
}

// MostSlips returns the most slips that one customer suffered, 0 if there are no
// customers.
func (f Fairness) MostSlips() int { return most(f.Slips) }

// MostSkips returns the most that one customer made, 0 if there are no customers.
func (f Fairness) MostSkips() int { return most(f.Skips) }

func most(counts []int) int {
	if len(counts) == 0 {
		return 0
	}
	return slices.Max(counts)
}

// ShareSlipped returns the share of customers who suffered a slip, NaN if there are
// no customers.
func (f Fairness) ShareSlipped() float64 {
	slipped := 0
	for _, n := range f.Slips {
		slipped += int(indicator(n > 0))
	}
	return float64(slipped) / float64(len(f.Slips))
}

// A tally counts customers by place of arrival, as a Fenwick tree.
type tally []int

func newTally(n int) tally { return make(tally, n+1) }

// add counts the customer at place i.
func (t tally) add(i int) {
	for i++; i < len(t); i += i & -i {
		t[i]++
	}
}

// upTo returns how many were counted at places 0 to i.
func (t tally) upTo(i int) int {
	sum := 0
	for i++; i > 0; i -= i & -i {
		sum += t[i]
	}
	return sum
}
