package clv

import (
	"math"

	"gonum.org/v1/gonum/integrate/quad"

	"github.com/relmark/relmark/internal/special"
)

// A grid evaluates the log likelihood of a whole sample under Pareto/NBD. The
// integrals of drop-out between t_x and T of all customers with x purchases are
// differences of one tail integral, so it is enough to integrate once between any
// two neighbours of all times that occur. Over such a short stretch five points of
// Gauss-Legendre do, and from one x to the next the integrand takes but one
// multiplication.
type grid struct {
	rule    *legendre
	times   []float64 // all t_x and T that occur, rising
	groups  []gridGroup
	at, per [points]float64 // nodes and weights on (0, 1)

	// What depends on parameters: at times, then at nodes between them.
	agedA, agedB   []float64 // ln(1+t/α), ln(1+t/β)
	stepA, stepAll []float64 // (α+t)/(α+t'), and that to the r times (β+t)/(β+t') to the s, t' the next time
	nodes          []node
}

const points = 5

// A gridGroup is the cells with x purchases.
type gridGroup struct {
	x     float64
	cells []cell
}

// A node is a point u of the grid. Between times t and t', with R = r+x, the
// integrand is base·fallA^x, fallA = (α+t)/(α+u).
type node struct{ base, fallA, agedA, agedB, shareA, shareB float64 } // share: u/(α+u), u/(β+u)

// A tail holds integrals from a time of the grid to its end, each relative to
// (α+t)^−R·(β+t)^−s at that time: of f, and of f times ln(1+u/α), ln(1+u/β),
// u/(α+u), u/(β+u).
type tail [5]float64

func newGrid(s *sample) *grid {
	g := &grid{rule: newLegendre(), times: s.times}
	quad.Legendre{}.FixedLocations(g.at[:], g.per[:], 0, 1)
	for first := 0; first < len(s.cells); {
		next := first
		for next < len(s.cells) && s.cells[next].x == s.cells[first].x {
			next++
		}
		g.groups = append(g.groups, gridGroup{s.cells[first].x, s.cells[first:next]})
		first = next
	}
	n := len(g.times)
	g.agedA, g.agedB = make([]float64, n), make([]float64, n)
	g.stepA, g.stepAll = make([]float64, n), make([]float64, n)
	g.nodes = make([]node, points*(n-1))
	return g
}

// logLik returns the log likelihood and fills in its gradient by the logarithms of
// r, α, s and β.
func (g *grid) logLik(m *ParetoNBD, workers int, grad []float64) float64 {
	g.prepare(m)
	// Groups go in runs of a fixed length, whatever the number of workers, since
	// rounding depends on where a run starts.
	sum := sumBlocks(g.groups, 16, workers, func(groups []gridGroup) partial { return g.run(m, groups) })
	for i, v := range [4]float64{m.r, m.alpha, m.s, m.beta} {
		grad[i] = v * sum.grad[i]
	}
	return sum.logLik
}

// prepare computes what all groups share.
func (g *grid) prepare(m *ParetoNBD) {
	for i, t := range g.times {
		g.agedA[i], g.agedB[i] = special.Log1p(t/m.alpha), special.Log1p(t/m.beta)
	}
	for i, t := range g.times[:len(g.times)-1] {
		a, b, width := m.alpha+t, m.beta+t, g.times[i+1]-t
		da, db := special.Log1p(width/a), special.Log1p(width/b)
		g.stepA[i] = a / (a + width)
		g.stepAll[i] = special.Exp(-m.r*da - m.s*db)
		for j := range points {
			ahead := g.at[j] * width
			la, lb := special.Log1p(ahead/a), special.Log1p(ahead/b)
			u := t + ahead
			g.nodes[points*i+j] = node{
				base:  g.per[j] * width / (b + ahead) * special.Exp(-m.r*la-m.s*lb),
				fallA: a / (a + ahead), agedA: g.agedA[i] + la, agedB: g.agedB[i] + lb,
				shareA: u / (a + ahead), shareB: u / (b + ahead),
			}
		}
	}
}

// smooth reports whether five points do for x purchases: the integrand falls by
// less than e^−1 between any two neighbours.
func (g *grid) smooth(m *ParetoNBD, x float64) bool {
	for i, t := range g.times[:len(g.times)-1] {
		width := g.times[i+1] - t
		if width*((m.r+x)/(m.alpha+t)+(m.s+1)/(m.beta+t)) > 1 {
			return false
		}
	}
	return true
}

// run sums a run of groups by rising x.
func (g *grid) run(m *ParetoNBD, groups []gridGroup) partial {
	var sum partial
	tails := make([]tail, len(g.times))
	power := make([]float64, len(g.nodes)) // fallA^x
	at := -1.0                             // the x of power
	for _, group := range groups {
		// A few cells are integrated one by one, at less cost.
		ok := len(g.nodes) < 250*len(group.cells) && g.smooth(m, group.x)
		if ok {
			g.raise(power, at, group.x)
			at = group.x
			g.integrate(tails, power, group.x)
		}
		count := 0.0
		for i := range group.cells {
			c := &group.cells[i]
			var odds partial
			if ok {
				odds = g.odds(m, c, tails)
			} else {
				odds = m.odds(c, g.rule)
			}
			one := m.aging(c, g.agedA[c.to], g.agedB[c.to], odds)
			sum.logLik += c.n * one.logLik
			for k, v := range one.grad {
				sum.grad[k] += c.n * v
			}
			count += c.n
		}
		sum.logLik += count * special.LogGammaRatio(m.r, group.x)
		sum.grad[0] += count * special.DigammaRatio(m.r, group.x)
	}
	return sum
}

// raise turns powers fallA^from into fallA^to; from −1 means none yet.
func (g *grid) raise(power []float64, from, to float64) {
	switch {
	case from < 0 || to-from > 4:
		for i := range power {
			power[i] = math.Pow(g.nodes[i].fallA, to)
		}
	default:
		for ; from < to; from++ {
			for i := range power {
				power[i] *= g.nodes[i].fallA
			}
		}
	}
}

// integrate fills in the tails for x purchases, from the last time down.
func (g *grid) integrate(tails []tail, power []float64, x float64) {
	tails[len(tails)-1] = tail{}
	for i := len(tails) - 2; i >= 0; i-- {
		var sum tail
		for j := points * i; j < points*(i+1); j++ {
			n := &g.nodes[j]
			f := n.base * power[j]
			sum[0] += f
			sum[1] += f * n.agedA
			sum[2] += f * n.agedB
			sum[3] += f * n.shareA
			sum[4] += f * n.shareB
		}
		next, fall := &tails[i+1], g.stepAll[i]*math.Pow(g.stepA[i], x)
		for k := range sum {
			sum[k] += fall * next[k]
		}
		tails[i] = sum
	}
}

// odds returns ln(1+odds) of drop-out between t_x and T, with its gradient.
func (g *grid) odds(m *ParetoNBD, c *cell, tails []tail) partial {
	shape := m.r + c.x
	growth := shape*(g.agedA[c.to]-g.agedA[c.from]) + m.s*(g.agedB[c.to]-g.agedB[c.from])
	fall := special.Exp(-growth)
	d, later := tails[c.from], &tails[c.to]
	for k := range d {
		d[k] -= fall * later[k]
	}
	if !(d[0] > 0) { // t_x = T, but for rounding
		return partial{}
	}
	gone, logLik := dropped(m.s*d[0], growth)
	// Means over the time u of drop-out, of what the gradients need.
	meanA, meanB := d[3]/d[0], d[4]/d[0]
	return partial{logLik, [4]float64{
		gone * (g.agedA[c.to] - d[1]/d[0]),
		-gone * shape / (m.alpha + c.t) * (c.t*(1-meanA)/m.alpha - meanA),
		gone * (1/m.s + g.agedB[c.to] - d[2]/d[0]),
		-gone * (m.s/(m.beta+c.t)*(c.t*(1-meanB)/m.beta-meanB) + (1-meanB)/m.beta),
	}}
}
