package crosssell

import "math"

// A flow is the best allocation without a budget where each unit costs so much besides:
// exact, by successive best paths. A path begins with a customer who gets an offer; who
// holds it makes room for a better one of its own, and so on, until an offer is left in
// stock or somebody does without. Paths run over offers only: of all customers who could
// move from one offer to another, the one who gains most is known.
type flow struct {
	m      *market
	net    []float64 // of each pair: its value less the price of its cost
	on     []bool    // the pairs that are allocated
	used   []int32   // units of each offer
	held   []int32   // offers of each customer
	offers [][]int32 // pairs of each offer
	moves  []move    // the best from offer to offer, a row each, and out, in the last column
	gain   []float64 // the most that a path to each offer gains
	from   []int32   // the offer before, on the best path; -1: the customer
	enter  []int32   // the pair by which the customer enters
}

// A move takes a customer from one pair to another; to is -1 if it does without. Where
// nobody can move its gain is −Inf.
type move struct {
	gain     float64
	from, to int32
}

func newFlow(m *market) *flow {
	n := len(m.stock)
	return &flow{
		m: m, net: make([]float64, len(m.offer)), on: make([]bool, len(m.offer)), used: make([]int32, n), held: make([]int32, len(m.caps)),
		offers: m.byOffer(), moves: make([]move, n*(n+1)), gain: make([]float64, n), from: make([]int32, n), enter: make([]int32, n),
	}
}

// byOffer lists the pairs of each offer.
func (m *market) byOffer() [][]int32 {
	lists := make([][]int32, len(m.stock))
	for k, o := range m.offer {
		lists[o] = append(lists[o], int32(k))
	}
	return lists
}

// solve allocates with a price for the budget: customers come one after another, each with
// one offer after another while it gains. Who found nothing that gains needs not be asked
// again: those who come later only make offers scarcer. Nor is anybody who ends up with no
// more than before, which gains by rounding alone.
func (f *flow) solve(price float64) {
	m := f.m
	for k, o := range m.offer {
		f.net[k] = m.value[k] - float64(price*float64(m.cost[o]))
	}
	clear(f.on)
	clear(f.used)
	clear(f.held)
	for o := range m.stock {
		f.refresh(int32(o))
	}
	for c := range m.caps {
		for more := true; more && f.held[c] < m.caps[c]; {
			before := f.held[c]
			more = f.augment(int32(c)) && f.held[c] > before
		}
	}
}

// augment gives a customer one more offer, if that gains anything.
func (f *flow) augment(c int32) bool {
	f.search(c)
	n := len(f.m.stock)
	best, end := 0.0, -1
	for o := range n {
		if math.IsInf(f.gain[o], -1) {
			continue
		}
		gain := f.gain[o]
		if f.used[o] >= f.m.stock[o] {
			gain += f.moves[o*(n+1)+n].gain
		}
		if gain > best {
			best, end = gain, o
		}
	}
	if end < 0 {
		return false
	}
	f.apply(int32(end))
	return true
}

// search finds the most that reaching each offer gains, over any chain of moves: longest
// paths after Bellman and Ford. An offer that is left in stock ends its path: if making
// room there gained anything, it would have been done before.
func (f *flow) search(c int32) {
	n := len(f.m.stock)
	for o := range n {
		f.gain[o], f.from[o] = math.Inf(-1), -1
	}
	from, to := f.m.pairs(int(c))
	for k := from; k < to; k++ {
		if !f.on[k] {
			o := f.m.offer[k]
			f.gain[o], f.enter[o] = f.net[k], k
		}
	}
	for range n { // there is no cycle that gains: each path visits an offer once
		moved := false
		for o := range n {
			if math.IsInf(f.gain[o], -1) || f.used[o] < f.m.stock[o] {
				continue
			}
			for q := range n {
				if gain := f.gain[o] + f.moves[o*(n+1)+q].gain; gain > f.gain[q] && !f.behind(int32(q), int32(o)) {
					f.gain[q], f.from[q] = gain, int32(o)
					moved = true
				}
			}
		}
		if !moved {
			return
		}
	}
}

// behind reports whether the best path to o leads over q, or is at q. To go on to q would
// close a cycle; none gains but by rounding.
func (f *flow) behind(q, o int32) bool {
	for ; o >= 0; o = f.from[o] {
		if o == q {
			return true
		}
	}
	return false
}

// apply makes the moves of the path that ends at an offer, from its end to its beginning,
// and finds anew the moves of all who hold what is in reach of those who moved.
func (f *flow) apply(end int32) {
	n := int32(len(f.m.stock))
	var changed []int32 // customers
	if f.used[end] >= f.m.stock[end] {
		out := f.moves[end*(n+1)+n]
		f.set(out.from, false)
		changed = append(changed, f.m.owner[out.from])
	}
	o := end
	for f.from[o] >= 0 {
		before := f.from[o]
		mv := f.moves[before*(n+1)+o]
		f.set(mv.from, false)
		f.set(mv.to, true)
		changed = append(changed, f.m.owner[mv.from])
		o = before
	}
	f.set(f.enter[o], true)
	changed = append(changed, f.m.owner[f.enter[o]])
	stale := make([]bool, n)
	for _, c := range changed {
		from, to := f.m.pairs(int(c))
		for k := from; k < to; k++ {
			stale[f.m.offer[k]] = true
		}
	}
	for o := range n {
		if stale[o] {
			f.refresh(o)
		}
	}
}

func (f *flow) set(k int32, on bool) {
	d := int32(-1)
	if on {
		d = 1
	}
	f.on[k] = on
	f.used[f.m.offer[k]] += d
	f.held[f.m.owner[k]] += d
}

// refresh finds the best moves of those who hold an offer: to each other one, and out. Of
// equal ones the first in order of the pairs is kept.
func (f *flow) refresh(o int32) {
	n := int32(len(f.m.stock))
	row := f.moves[o*(n+1) : (o+1)*(n+1)]
	for q := range row {
		row[q] = move{math.Inf(-1), -1, -1}
	}
	for _, k := range f.offers[o] {
		if !f.on[k] {
			continue
		}
		if gain := -f.net[k]; gain > row[n].gain {
			row[n] = move{gain, k, -1}
		}
		from, to := f.m.pairs(int(f.m.owner[k]))
		for j := from; j < to; j++ {
			if q := f.m.offer[j]; !f.on[j] && f.net[j]-f.net[k] > row[q].gain {
				row[q] = move{f.net[j] - f.net[k], k, j}
			}
		}
	}
}

// prices returns what one more unit of each offer would gain: the best of those who have
// room for it, or who would leave another offer for it, which gains again where that is
// scarce. They are the least prices at which customers would choose just this.
func (f *flow) prices() []float64 {
	n := len(f.m.stock)
	worth := make([]float64, n)
	for o := range n {
		if f.used[o] < f.m.stock[o] {
			continue
		}
		for _, k := range f.offers[o] {
			if c := f.m.owner[k]; !f.on[k] && f.held[c] < f.m.caps[c] {
				worth[o] = max(worth[o], f.net[k])
			}
		}
	}
	for range n {
		moved := false
		for q := range n {
			for o := range n {
				if f.used[o] < f.m.stock[o] {
					continue
				}
				if gain := f.moves[q*(n+1)+o].gain + worth[q]; gain > worth[o]*(1+1e-12) {
					worth[o], moved = gain, true
				}
			}
		}
		if !moved {
			break
		}
	}
	return worth
}

// spent returns the costs of all that is allocated, and its value.
func (f *flow) spent() (cost, value float64) {
	for k, on := range f.on {
		if on {
			cost += float64(f.m.cost[f.m.offer[k]])
			value += f.m.value[k]
		}
	}
	return cost, value
}
