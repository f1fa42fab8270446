package special

import (
	"errors"
	"fmt"
	"math"
)

// ErrUnsettled says that an integral does not settle, as that of a tail so heavy that it
// is infinite. The value beside it is the best found.
var ErrUnsettled = errors.New("integral does not settle")

// A TailError says that a tail has a value that is no probability.
type TailError struct{ Value float64 }

// Error repeats the value.
func (e *TailError) Error() string { return fmt.Sprintf("tail of %v", e.Value) }

// Tails takes the area under a tail, a function that falls from at most 1
// to 0, by adaptive quadrature. Its rule is that of Clenshaw and Curtis on 17
// points: unlike the rules of Gauss it looks at both ends of a panel, so no jump can
// hide between the last point and the end. The rule on every other point checks it,
// and so does the Chebyshev coefficient of degree 15, for jumps that lie on both
// sides of the middle can cancel in the first check. It is not safe for concurrent use;
// obtain one from [NewTails].
type Tails struct {
	points  [order + 1]float64 // on 0 to 1
	fine    [order + 1]float64 // their weights
	coarse  [order + 1]float64 // those on every other point
	odd     [order + 1]float64 // those of the coefficient
	tail    func(x float64) float64
	panels  int
	strange float64 // a value that was no probability
	spoilt  bool
}

const (
	order     = 16
	maxPanels = 200_000 // a jump takes some 100 of them, a smooth tail some 30
	precision = 1e-13   // of a panel, relative to the area so far
	grain     = 1e-322  // of a mean of tails: the least float64 and the rounding to it
)

// NewTails returns the quadrature, ready for any number of tails.
func NewTails() *Tails {
	q := &Tails{}
	for k := range q.points {
		sine := math.Sin(float64(k) * math.Pi / (2 * order))
		q.points[k] = sine * sine
		q.fine[k] = weight(k, order)
		if k%2 == 0 {
			q.coarse[k] = weight(k/2, order/2)
		}
		q.odd[k] = math.Cos(math.Pi*float64((order-1)*k)/order) * 2 / order
	}
	q.odd[0] /= 2
	q.odd[order] /= 2
	return q
}

// weight returns the weight of point k of 0 to n, n even, on an interval of length 1:
//
//	wₖ = cₖ/n · (½ − Σ_{j=1..n/2} bⱼ/(8j² − 2)·cos(2πjk/n))
//
// where c is 1 at the ends and b is 1 at j = n/2, and both are 2 elsewhere.
func weight(k, n int) float64 {
	sum := 0.5
	for j := 1; j <= n/2; j++ {
		term := math.Cos(2*math.Pi*float64(j*k)/float64(n)) / float64(8*j*j-2)
		if j < n/2 {
			term *= 2
		}
		sum -= term
	}
	if k > 0 && k < n {
		sum *= 2
	}
	return sum / float64(n)
}

// Area returns the integral of a tail from start to infinity. With L the distance
// in which the tail falls to half, it takes the panel from start to start + L, and
// from there on panels that double in length, until the tail is 0. It fails with a
// [TailError] or with [ErrUnsettled]; the relative error is below 1e-12 for tails in the
// range of float64.
func (q *Tails) Area(tail func(x float64) float64, start float64) (float64, error) {
	q.tail, q.panels = tail, 0
	length := q.halfLife(start)
	total, last := 0.0, 0.0
	if q.at(start) > 0 {
		total = q.panel(start, start+length, 0)
	}
	for ; q.at(start+length) > 0 && length < 1e300; length *= 2 {
		last = q.panel(start+length, start+2*length, total)
		total += last
	}
	return q.settled(total, length < 1e300 || last <= 1e-13*total)
}

// Above returns the area above a tail and below 1, from 0 to end: what the area
// below leaves, or the integral where that is little, to some 1e-15 of end, for a
// tail near 1 is no more exact. It fails as [Tails.Area] does.
func (q *Tails) Above(tail func(x float64) float64, end float64) (float64, error) {
	q.tail, q.panels = tail, 0
	total := end - q.panel(0, end, 0)
	if total < end/2 && !q.spoilt {
		q.tail = func(x float64) float64 { return max(0, 1-tail(x)) }
		total = q.panel(0, end, end/100)
	}
	return q.settled(total, true)
}

// settled returns a total, or what is wrong with it; whole says whether it leaves
// nothing out.
func (q *Tails) settled(total float64, whole bool) (float64, error) {
	switch {
	case q.spoilt:
		return 0, &TailError{q.strange}
	case q.panels > maxPanels || !whole:
		return total, ErrUnsettled
	}
	return total, nil
}

// at returns the tail at x, and notes if that is no probability, rounding aside.
func (q *Tails) at(x float64) float64 {
	p := q.tail(x)
	if !(p >= 0 && p <= 1+1e-12) {
		q.strange, q.spoilt = p, true
	}
	return p
}

// halfLife returns the distance from start in which the tail falls to half, within
// a factor of two and from 1e-60 to 1e60.
func (q *Tails) halfLife(start float64) float64 {
	half, length := q.at(start)/2, 1.0
	for length < 1e60 && q.at(start+length) > half {
		length *= 2
	}
	for length > 1e-60 && start+length/2 > start && q.at(start+length/2) <= half {
		length /= 2
	}
	return length
}

// panel returns the integral over a panel, when that up to it is known.
func (q *Tails) panel(from, to, known float64) float64 {
	whole, doubt := q.rule(from, to)
	return q.refine(from, to, whole, doubt, max(precision*max(known, whole), grain*(to-from)))
}

// refine returns the integral over a panel of which an estimate and the doubt about
// it are known, halving it until the doubt is within a tolerance. As the doubt is at
// most width times height, some 50 halvings suffice.
func (q *Tails) refine(from, to, estimate, doubt, tolerance float64) float64 {
	middle := from + (to-from)/2
	if doubt <= tolerance || middle <= from || middle >= to || q.spoilt || q.panels > maxPanels {
		return estimate
	}
	left, doubtLeft := q.rule(from, middle)
	right, doubtRight := q.rule(middle, to)
	return q.refine(from, middle, left, doubtLeft, tolerance) + q.refine(middle, to, right, doubtRight, tolerance)
}

// rule returns an estimate of the integral over a panel, and the doubt about it.
func (q *Tails) rule(from, to float64) (estimate, doubt float64) {
	q.panels++
	width := to - from
	var fine, coarse, odd float64
	for k, point := range q.points {
		y := q.at(from + width*point)
		fine += q.fine[k] * y
		coarse += q.coarse[k] * y
		odd += q.odd[k] * y
	}
	return width * fine, width * max(math.Abs(fine-coarse), math.Abs(odd))
}
