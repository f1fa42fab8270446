package crosssell

import (
	"cmp"
	"context"
	"slices"
)

// A search looks for what exchanges missed in a small market whose budget binds. At the
// prices of the bound every choice of a customer loses something against its best, and so
// does every unit of a limit that is left over:
//
//	value of an allocation = bound − Σ losses of customers − Σ price · what is left
//
// So nothing that loses more than the gap can be better than what is known: customers have
// few choices each, and most combinations are out early. Of those that use the same stock,
// and so the same budget, only the one that lost least goes on: dynamic programming with
// bounds (Morin, Marsten 1976). If that leaves nothing else out, what comes out is the best.
type search struct {
	m       *market
	prices  *prices
	gap     float64 // the most that may be lost
	choices []choice
	pairs   []int32 // of the choices
	order   []int32 // customers, those with fewest choices first
	start   []int32 // customer → its first choice, and past the last customer

	// What those from one place in the order on may take at most.
	wants  []int32   // units, an offer each
	spends []float64 // minor units

	turns    []turn
	complete bool // nothing was left out
}

// A choice is a set of pairs of one customer, maybe empty.
type choice struct {
	loss     float64
	cost     int64
	from, to int32 // in pairs
}

// A turn says which choice led to a state, and after which turn.
type turn struct{ before, choice int32 }

// A state is what was lost and spent so far. The units used of each offer lie beside it.
type state struct {
	loss, least float64 // least adds what will be left over at least
	cost        int64
	key         uint64 // a hash of the units
	turn        int32
}

// A layer holds the states after one customer, and their units, an offer each.
type layer struct {
	states []state
	used   []int32
	at     map[uint64]int32 // by key
}

// A search looks at so many choices for states in all, and lists so many of one customer.
// Where that is too little it leaves some out, but never all.
const (
	maxLooks   = 1_000_000
	maxChoices = 200
	minWidth   = 16
)

// search looks for something better, and says so if there is nothing. What it finds makes
// the gap smaller for another attempt.
func (s *solver) search(ctx context.Context) error {
	for range 3 {
		f := &search{m: s.m, prices: &s.prices, complete: true, gap: s.bound - s.value}
		f.choose()
		last, err := f.run(ctx)
		if err != nil {
			return err
		}
		if last != nil {
			s.offer(f.draft(last.turn))
		}
		if f.complete {
			s.bound = s.value
		}
		if f.complete || last == nil {
			return nil
		}
	}
	return nil
}

// choose lists the choices of all customers.
func (f *search) choose() {
	m := f.m
	charge := m.charge(f.prices)
	var best top
	for c := range m.caps {
		f.start = append(f.start, int32(len(f.choices)))
		net := 0.0
		for _, e := range best.of(m, c, charge, int(m.caps[c])) {
			net += e.net
		}
		from, to := m.pairs(c)
		var list []netted
		for k := from; k < to; k++ {
			list = append(list, netted{m.value[k] - charge[m.offer[k]], k})
		}
		slices.SortFunc(list, func(a, b netted) int { return cmp.Or(cmp.Compare(b.net, a.net), cmp.Compare(a.k, b.k)) })
		f.subsets(list, nil, int(m.caps[c]), net)
	}
	f.start = append(f.start, int32(len(f.choices)))
	f.rank()
}

// subsets lists chosen, which loses so much, and each set that has more pairs of the list,
// the best net first, up to so many.
func (f *search) subsets(list []netted, chosen []int32, room int, loss float64) {
	if len(f.choices) == int(f.start[len(f.start)-1])+maxChoices {
		f.complete = false
		return
	}
	if loss <= f.gap {
		f.add(chosen, loss)
	}
	for i, e := range list {
		if room == 0 || loss-gain(list[i:], room) > f.gap {
			break
		}
		f.subsets(list[i+1:], append(chosen, e.k), room-1, loss-e.net)
	}
}

// add lists a choice.
func (f *search) add(chosen []int32, loss float64) {
	from, cost := int32(len(f.pairs)), int64(0)
	for _, k := range chosen {
		cost += f.m.cost[f.m.offer[k]]
	}
	f.pairs = append(f.pairs, chosen...)
	f.choices = append(f.choices, choice{loss, cost, from, int32(len(f.pairs))})
}

// gain returns the sum of the first n nets that are positive.
func gain(list []netted, n int) (sum float64) {
	for _, e := range list[:min(n, len(list))] {
		sum += max(0, e.net)
	}
	return sum
}

// rank puts customers in order and adds up what they may take, from the last back.
func (f *search) rank() {
	n := len(f.m.stock)
	for c := range f.m.caps {
		f.order = append(f.order, int32(c))
	}
	slices.SortStableFunc(f.order, func(a, b int32) int {
		return cmp.Compare(f.start[a+1]-f.start[a], f.start[b+1]-f.start[b])
	})
	f.wants = make([]int32, (len(f.order)+1)*n)
	f.spends = make([]float64, len(f.order)+1)
	for i, c := range slices.Backward(f.order) {
		row := f.wants[i*n : (i+1)*n]
		copy(row, f.wants[(i+1)*n:])
		most, seen := int64(0), make([]bool, n)
		for _, h := range f.choices[f.start[c]:f.start[c+1]] {
			most = max(most, h.cost)
			for _, k := range f.pairs[h.from:h.to] {
				if o := f.m.offer[k]; !seen[o] {
					seen[o] = true
					row[o]++
				}
			}
		}
		f.spends[i] = f.spends[i+1] + float64(most)
	}
}

// run goes from customer to customer and returns the best state that is left after the last;
// nil if everything loses as much as the gap.
func (f *search) run(ctx context.Context) (best *state, err error) {
	n := len(f.m.stock)
	now := &layer{states: []state{{turn: -1}}, used: make([]int32, n), at: map[uint64]int32{}}
	next := &layer{at: map[uint64]int32{}}
	for i, c := range f.order {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		clear(next.at)
		next.states, next.used = next.states[:0], next.used[:0]
		for k := range now.states {
			for h := f.start[c]; h < f.start[c+1]; h++ {
				f.step(next, &now.states[k], now.used[k*n:(k+1)*n], h, i+1)
			}
		}
		f.narrow(next)
		now, next = next, now
	}
	for k := range now.states {
		if best == nil || now.states[k].least < best.least {
			best = &now.states[k]
		}
	}
	return best, nil
}

// step adds to the next layer what a choice makes of a state that used so much, if that is
// within all limits. Those that came before place i of the order have then chosen.
func (f *search) step(next *layer, before *state, used []int32, h int32, i int) {
	taken := &f.choices[h]
	s := state{loss: before.loss + taken.loss, cost: before.cost + taken.cost, key: before.key}
	if s.loss > f.gap || s.cost > f.m.budget {
		return
	}
	from := len(next.used)
	next.used = append(next.used, used...)
	used = next.used[from:]
	if !f.take(&s, used, taken, i) {
		next.used = next.used[:from]
		return
	}
	same, known := next.find(s.key, used)
	if known {
		next.used = next.used[:from]
		if next.states[same].loss <= s.loss {
			return
		}
	}
	s.turn = int32(len(f.turns))
	f.turns = append(f.turns, turn{before.turn, h})
	if known {
		next.states[same] = s
		return
	}
	next.at[s.key] = int32(len(next.states))
	next.states = append(next.states, s)
}

// take adds the units of a choice to those used, and reports whether the state is within the
// stock and the gap then.
func (f *search) take(s *state, used []int32, taken *choice, i int) bool {
	for _, k := range f.pairs[taken.from:taken.to] {
		o := f.m.offer[k]
		used[o]++
		s.key += spread(o)
		if used[o] > f.m.stock[o] {
			return false
		}
	}
	s.least = s.loss + f.left(used, s.cost, i)
	return s.least < f.gap
}

// find returns the position of the state that used the same units.
func (l *layer) find(key uint64, used []int32) (same int32, known bool) {
	same, known = l.at[key]
	n := len(used)
	return same, known && slices.Equal(l.used[int(same)*n:int(same+1)*n], used)
}

// spread gives each offer a number of its own, so that sums of them tell states apart.
func spread(o int32) uint64 { return (uint64(o) + 1) * 0x9e3779b97f4a7c15 * (2*uint64(o) + 1) }

// left returns what is lost by limits that cannot be used up any more.
func (f *search) left(used []int32, cost int64, i int) float64 {
	wants := f.wants[i*len(used) : (i+1)*len(used)]
	sum := 0.0
	for o, price := range f.prices.stock {
		sum += float64(price * float64(max(0, f.m.stock[o]-used[o]-wants[o])))
	}
	return sum + float64(f.prices.budget*max(0, float64(f.m.budget-cost)-f.spends[i]))
}

// narrow leaves of a layer the states that lost least.
func (f *search) narrow(l *layer) {
	width := max(minWidth, maxLooks/max(1, len(f.choices)))
	if len(l.states) <= width {
		return
	}
	f.complete = false
	n := len(f.m.stock)
	order := make([]int32, len(l.states))
	for k := range order {
		order[k] = int32(k)
	}
	slices.SortFunc(order, func(a, b int32) int {
		return cmp.Or(cmp.Compare(l.states[a].least, l.states[b].least), cmp.Compare(a, b))
	})
	order = order[:width]
	slices.Sort(order) // so that states move forward only
	for to, k := range order {
		l.states[to] = l.states[k]
		copy(l.used[to*n:(to+1)*n], l.used[int(k)*n:])
	}
	l.states, l.used = l.states[:width], l.used[:width*n]
}

// draft makes all choices that led to a turn.
func (f *search) draft(at int32) *draft {
	d := newDraft(f.m)
	for at >= 0 {
		h := f.choices[f.turns[at].choice]
		for _, k := range f.pairs[h.from:h.to] {
			d.set(k, true)
		}
		at = f.turns[at].before
	}
	return d
}
