package earning

import (
	"cmp"
	"slices"
)

// What a row weighs is base by factor and its share of each bonus, in proportion to
// amounts. Over a common denominator, the product of all that there are, weights are
// whole numbers: of one word mostly, of some where several bonuses act on different
// lines. Only where they have more than 896 bits, as monstrous orders do, they are big
// numbers.

// divide appends what each row earned of points: by largest remainders of what it weighs,
// an equal one going to the row before.
func (w *sheet) divide(dst []int64, earned int64) []int64 {
	var buffer [12]wide
	weights := buffer[:]
	if len(w.rows) > len(weights) {
		weights = make([]wide, len(w.rows))
	}
	if weights = weights[:len(w.rows)]; w.weigh(weights) {
		return largest(dst, earned, weights)
	}
	list := make([]exact, len(w.rows))
	for j := range w.rows {
		list[j] = w.weight(j)
	}
	return apportionBig(dst, earned, list)
}

// scales are the different denominators, and for each the product of the others.
type scales struct {
	dens   [16]int64
	others [16]wide
	n      int
}

// add adds a denominator; false if there are too many.
func (s *scales) add(den int64) bool {
	if s.find(den) >= 0 {
		return true
	}
	if s.n == len(s.dens) {
		return false
	}
	s.dens[s.n] = den
	s.n++
	return true
}

// find returns the position of a denominator, -1 if it is not there.
func (s *scales) find(den int64) int { return slices.Index(s.dens[:s.n], den) }

// multiply prepares the products; false if one has too many bits.
func (s *scales) multiply() (ok bool) {
	ok = true
	for i := range s.n {
		s.others[i].set(1)
		for k := range s.n {
			ok = ok && (k == i || s.others[i].mul(uint64(s.dens[k])))
		}
	}
	return ok
}

// addTo adds a·b/den of what the products stand for; false if that has too many bits: two
// words are left, one for the sum of weights and one for weights by points.
func (s *scales) addTo(x *wide, a, b, den int64) bool {
	t := s.others[s.find(den)]
	return t.mul(uint64(a)) && t.mul(uint64(b)) && x.add(&t) && x.n <= len(x.words)-2
}

// weigh works out what rows weigh; false if that has too many bits.
func (w *sheet) weigh(weights []wide) bool {
	var s scales
	for j := range w.rows {
		p := &w.rows[j].product
		if p.big != nil || p.num != 0 && !s.add(p.den) {
			return false
		}
	}
	for i := range w.s.bonuses {
		if w.won.has(i) && !s.add(w.den(i)) {
			return false
		}
	}
	if !s.multiply() {
		return false
	}
	for j := range w.rows {
		if p := &w.rows[j].product; p.num != 0 && !s.addTo(&weights[j], p.num, 1, p.den) {
			return false
		}
	}
	for i := range w.s.bonuses {
		if w.won.has(i) && !w.weighBonus(&s, weights, i) {
			return false
		}
	}
	return true
}

// weighBonus adds what rows weigh by a bonus.
func (w *sheet) weighBonus(s *scales, weights []wide, i int) bool {
	on, den, points := w.s.bonuses[i].on, w.den(i), w.s.Bonuses[i].Points
	_, total := w.on(on)
	for j := range w.rows {
		if part := w.part(j, total); part > 0 && w.acts(on, j) && !s.addTo(&weights[j], points, part, den) {
			return false
		}
	}
	return true
}

// den returns what a bonus is divided by: the amount of the rows on which it acts, or
// their number if that is 0.
func (w *sheet) den(i int) int64 {
	rows, total := w.on(w.s.bonuses[i].on)
	if total == 0 {
		return int64(rows)
	}
	return total
}

// part returns the share of a row in a bonus for rows with that total.
func (w *sheet) part(j int, total int64) int64 {
	if total == 0 {
		return 1
	}
	return w.rows[j].amount
}

// weight returns what a row weighs.
func (w *sheet) weight(j int) exact {
	sum := w.rows[j].product
	for i := range w.s.bonuses {
		if b := &w.s.bonuses[i]; w.won.has(i) && w.acts(b.on, j) {
			_, total := w.on(b.on)
			sum = sum.plus(fraction(w.s.Bonuses[i].Points, w.part(j, total), w.den(i)))
		}
	}
	return sum
}

// largest appends n in proportion to weights, which are used up.
func largest(dst []int64, n int64, weights []wide) []int64 {
	var sum wide
	for j := range weights {
		sum.add(&weights[j])
	}
	if sum.size() == 0 {
		return append(dst, make([]int64, len(weights))...)
	}
	at, left := len(dst), n
	for j := range weights {
		weights[j].mul(uint64(n))
		share := int64(weights[j].quo(&sum))
		dst, left = append(dst, share), left-share
	}
	var buffer [12]int
	order := buffer[:0]
	for j := range weights {
		order = append(order, j)
	}
	slices.SortFunc(order, func(i, j int) int { return cmp.Or(weights[j].cmp(&weights[i]), cmp.Compare(i, j)) })
	for _, j := range order[:left] {
		dst[at+j]++
	}
	return dst
}
