package crosssell

import (
	"math"
	"slices"

	"github.com/relmark/relmark/internal/special"
)

// firstProbs returns for each arm the probability that it has the greatest worth. With
// the distribution F of each, and the best of those that are certain at c,
//
//	P(i) = ∫ Π F_j dF_i over j ≠ i, above c        P(certain) = Π F_j(c)
//
// The integrals are taken as sums over intervals of F_i, halved until two halves say what
// the whole says, and extrapolated. Densities may be infinite at the ends; F is not.
func firstProbs(arms []arm) []float64 {
	probs := make([]float64, len(arms))
	certain, floor := -1, math.Inf(-1)
	q := quadrature{}
	var who []int
	for k, a := range arms {
		switch {
		case a.rest+a.margin != a.rest: // else the margin is nothing beside the rest
			q.arms = append(q.arms, a)
			who = append(who, k)
		case certain < 0 || a.rest > floor:
			certain, floor = k, a.rest
		}
	}
	if len(q.arms) > 0 {
		q.run(floor)
		for i, k := range who {
			probs[k] = max(0, q.sums[i]) // extrapolation may go a little below
		}
	}
	if certain >= 0 {
		probs[certain] = q.below(floor)
	}
	total := 0.0
	for _, p := range probs {
		total += p
	}
	for k := range probs {
		probs[k] /= total
	}
	return probs
}

// A quadrature integrates for all uncertain arms at once.
type quadrature struct {
	arms []arm
	sums []float64
}

// A node has, at a worth x, what each arm has below it and what all others have.
type node struct {
	x             float64
	below, others []float64
}

const (
	halvings  = 48   // of an interval at most
	tolerance = 1e-7 // of an interval, before extrapolation
)

// run integrates over all worths above the floor.
func (q *quadrature) run(floor float64) {
	q.sums = make([]float64, len(q.arms))
	points := q.breakpoints(floor)
	from := q.at(points[0])
	for _, x := range points[1:] {
		to := q.at(x)
		q.add(from, to, halvings)
		from = to
	}
}

// add integrates over an interval.
func (q *quadrature) add(a, b node, left int) {
	m := q.at(a.x + (b.x-a.x)/2)
	worst := 0.0
	for i := range q.arms {
		whole, halves := trapezoid(&a, &b, i), trapezoid(&a, &m, i)+trapezoid(&m, &b, i)
		worst = max(worst, math.Abs(whole-halves))
	}
	if worst > tolerance && left > 0 {
		q.add(a, m, left-1)
		q.add(m, b, left-1)
		return
	}
	for i := range q.arms {
		whole, halves := trapezoid(&a, &b, i), trapezoid(&a, &m, i)+trapezoid(&m, &b, i)
		q.sums[i] += halves + (halves-whole)/3
	}
}

func trapezoid(a, b *node, i int) float64 {
	return (b.below[i] - a.below[i]) * (a.others[i] + b.others[i]) / 2
}

// at returns the node at x.
func (q *quadrature) at(x float64) node {
	n := len(q.arms)
	values := make([]float64, 2*n)
	out := node{x, values[:n], values[n:]}
	product := 1.0
	for i := range q.arms {
		out.below[i] = q.arms[i].below(x)
		out.others[i] = product
		product *= out.below[i]
	}
	product = 1
	for i := n - 1; i >= 0; i-- {
		out.others[i] *= product
		product *= out.below[i]
	}
	return out
}

// below returns the probability that all uncertain arms are worth x at most.
func (q *quadrature) below(x float64) float64 {
	p := 1.0
	for i := range q.arms {
		p *= q.arms[i].below(x)
	}
	return p
}

// breakpoints returns the ends of the range above the floor, and between them the ends of
// each arm and some points around its mean, so that no narrow one is overlooked.
func (q *quadrature) breakpoints(floor float64) []float64 {
	var points []float64
	low, high := math.Inf(1), math.Inf(-1)
	for i := range q.arms {
		a := &q.arms[i]
		b := a.belief
		mean := b.Mean()
		sd := math.Sqrt(mean * (1 - mean) / (b.Alpha + b.Beta + 1))
		for _, k := range []float64{-8, -3, -1, 1, 3, 8} {
			points = append(points, a.rest+a.margin*min(max(mean+k*sd, 0), 1))
		}
		least, most := min(a.rest, a.rest+a.margin), max(a.rest, a.rest+a.margin)
		points = append(points, least, most)
		low, high = min(low, least), max(high, most)
	}
	low = max(low, floor)
	high = max(high, low)
	points = append(points, low, high)
	slices.Sort(points)
	points = slices.DeleteFunc(points, func(x float64) bool { return x < low })
	if points = slices.Compact(points); len(points) == 1 {
		points = append(points, points[0])
	}
	return points
}

// below returns the probability that the arm is worth x at most: 0 and 1 at the ends of
// its range as they are rounded, however narrow it is.
func (a *arm) below(x float64) float64 {
	least, most := min(a.rest, a.rest+a.margin), max(a.rest, a.rest+a.margin)
	switch {
	case x <= least:
		return 0
	case x >= most:
		return 1
	}
	t := min(max((x-a.rest)/a.margin, 0), 1)
	under, over := special.Beta(a.belief.Alpha, a.belief.Beta, t, 1-t)
	if a.margin < 0 {
		return over
	}
	return under
}
