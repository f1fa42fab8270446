package earning

import "github.com/relmark/relmark/internal/money"

// A sheet is where the rules of a version are worked out for an order: a row for each
// line, and a last one for the rest. Sheets of small orders lie on the stack.
type sheet struct {
	s     *ruleset
	facts Facts // by value, so that its lists can stay on the stack too
	rows  []row
	marks []uint64 // of all rows, as many words each as the catalogue has
	open  int      // rows that are not out
	won   set      // bonuses that hold and act on a row
	total int64    // their amount
}

// A row is a line and what it comes to.
type row struct {
	amount, cash int64
	out          bool  // by an exclusion
	rate         int64 // what rates give for a minor unit of cash, over rateDen of the version
	boost              // its factor
	base         exact // what rates give, all of them
	product      exact // base by factor
}

// A boost is the factor of a row, while multipliers act on it and afterwards.
type boost struct {
	num, den int64
	alone    int32 // the exclusive multiplier that the row has alone, or -1
}

// memory is what sheets of small orders need.
type memory struct {
	rows  [12]row
	marks [12]uint64
}

// sheet prepares the rows of an order, in memory that is zero, and takes out what is
// excluded. What is not assigned through a pointer can stay on the stack.
func (s *ruleset) sheet(x *Facts, m *memory) (w sheet) {
	amount, paid, rest := x.Rest()
	n, words := len(x.Lines), s.catalogue.words
	if rest {
		n++
	}
	if w.rows = m.rows[:]; n > len(w.rows) {
		w.rows = make([]row, n)
	}
	if w.marks = m.marks[:]; n*words > len(w.marks) {
		w.marks = make([]uint64, n*words)
	}
	w.s, w.facts, w.rows = s, *x, w.rows[:n]
	for i := range x.Lines {
		w.rows[i].amount, w.rows[i].cash = x.Lines[i].Amount, x.Lines[i].Cash()
	}
	if rest {
		w.rows[n-1].amount, w.rows[n-1].cash = amount, amount-paid
	}
	w.open, w.total = n, x.Total
	if words > 0 {
		w.mark(words)
	}
	if len(s.exclusions) > 0 {
		w.exclude()
	}
	return w
}

// mark looks up which selectors match which rows.
func (w *sheet) mark(words int) {
	var one [1]uint64
	not := one[:]
	if words > 1 {
		not = make([]uint64, words)
	}
	for i := range w.rows {
		var line *Line
		if i < len(w.facts.Lines) {
			line = &w.facts.Lines[i]
		}
		w.s.catalogue.mark(w.marks[i*words:(i+1)*words], not, line)
	}
}

// acts reports whether a rule with the selector at a position acts on a row.
func (w *sheet) acts(on, row int) bool {
	return !w.rows[row].out && w.matches(on, row)
}

// matches reports whether the selector at a position matches a row.
func (w *sheet) matches(on, row int) bool {
	return on < 0 || w.marks[row*w.s.catalogue.words+on/64]>>(on%64)&1 > 0
}

// exclude takes out what exclusions take out, each judged on the order as it came.
func (w *sheet) exclude() {
	var buffer [12]bool
	out := append(buffer[:0], make([]bool, len(w.rows))...)
	for i := range w.s.exclusions {
		r := &w.s.exclusions[i]
		if !r.when.holds(w, w.facts.Total) {
			continue
		}
		for j := range w.rows {
			if !w.matches(r.on, j) {
				continue
			}
			if out[j] = true; w.s.Exclusions[i].Scope == WholeOrder {
				for k := range out {
					out[k] = true
				}
			}
		}
	}
	for j := range w.rows {
		if w.rows[j].out = out[j]; out[j] {
			w.open--
			w.total -= w.rows[j].amount
		}
	}
}

// on returns how many rows a rule with a selector acts on, and their amount.
func (w *sheet) on(on int) (rows int, total int64) {
	if on < 0 {
		return w.open, w.total
	}
	for j := range w.rows {
		if w.acts(on, j) {
			rows++
			total += w.rows[j].amount
		}
	}
	return rows, total
}

// holds reports whether a rule acts on a row and its condition holds.
func (w *sheet) holds(r *target) bool {
	rows, total := w.on(r.on)
	return rows > 0 && r.when.holds(w, total)
}

// rates works out what rates give each row. Into h, if it is not nil, goes what each
// rate gives.
func (w *sheet) rates(h *held) {
	for i := range w.s.rates {
		r := &w.s.rates[i]
		if !w.holds(&r.target) {
			continue
		}
		var gives exact
		switch {
		case r.plain:
			gives = w.byMoney(r, h != nil)
		case r.steps == StepsByOrder:
			gives = w.byOrder(r)
		default:
			gives = w.byLine(r)
		}
		if h != nil {
			h.rates.add(i)
			h.gives[i] = gives
		}
	}
	for j := range w.rows {
		if r := &w.rows[j]; r.rate > 0 {
			r.base = r.base.plus(fraction(r.cash, r.rate, w.s.rateDen))
		}
	}
}

// byMoney notes a rate on money, in proportion.
func (w *sheet) byMoney(r *rate, sum bool) (gives exact) {
	cash := int64(0)
	for j := range w.rows {
		if w.acts(r.on, j) {
			w.rows[j].rate += r.num // at most 2^53 in all, which Compile has seen to
			cash += w.rows[j].cash
		}
	}
	if sum {
		gives = fraction(cash, r.num, w.s.rateDen)
	}
	return gives
}

// byLine adds what a rate on a measure gives each row, or in steps of each.
func (w *sheet) byLine(r *rate) (gives exact) {
	for j := range w.rows {
		if !w.acts(r.on, j) {
			continue
		}
		points := w.quantity(r, j)
		if points = points.times(r.perDen, r.perNum); r.steps == StepsByLine {
			points = points.down()
		}
		points = points.times(r.points, 1)
		w.rows[j].base = w.rows[j].base.plus(points)
		gives = gives.plus(points)
	}
	return gives
}

// byOrder adds what a rate gives in steps of all rows, who share it in proportion.
func (w *sheet) byOrder(r *rate) (gives exact) {
	all := exact{}
	for j := range w.rows {
		if w.acts(r.on, j) {
			all = all.plus(w.quantity(r, j))
		}
	}
	gives = all.times(r.perDen, r.perNum).down().times(r.points, 1)
	if gives.sign() == 0 {
		return exact{}
	}
	for j := range w.rows {
		if w.acts(r.on, j) {
			share := w.quantity(r, j).over(all).product(gives)
			w.rows[j].base = w.rows[j].base.plus(share)
		}
	}
	return gives
}

// quantity returns how much of what a rate counts was paid in money of a row: minor
// units, or of a measure the part that the cash is of the amount, all of it where the
// amount is 0.
func (w *sheet) quantity(r *rate, j int) exact {
	row := &w.rows[j]
	if r.measure == "" {
		return exact{num: row.cash, den: 1}
	}
	if j == len(w.facts.Lines) {
		return exact{}
	}
	m := w.facts.Lines[j].measure(r.measure)
	if m == 0 {
		return exact{}
	}
	g := money.GCD(m, One)
	q := exact{num: m / g, den: One / g}
	if row.cash != row.amount {
		q = q.times(row.cash, row.amount)
	}
	return q
}

// factors finds the factor of each row: the exclusive multiplier of highest priority
// that it has, alone, or else all that it has, by their excesses or by their products.
// Into h, if it is not nil, go the multipliers that hold.
func (w *sheet) factors(h *held) {
	compounding := w.s.Stacking == Compounding
	for j := range w.rows {
		w.s.begin(&w.rows[j].boost, compounding)
	}
	for i := range w.s.multipliers {
		m := &w.s.multipliers[i]
		if !w.holds(&m.target) {
			continue
		}
		if h != nil {
			h.multipliers.add(i)
		}
		for j := range w.rows {
			if w.acts(m.on, j) {
				w.s.multiply(&w.rows[j].boost, i, compounding)
			}
		}
	}
	for j := range w.rows {
		w.s.end(&w.rows[j].boost)
	}
}

// begin gives a row the factor 1, before multipliers.
func (s *ruleset) begin(r *boost, compounding bool) {
	if r.num, r.den, r.alone = s.factorDen, s.factorDen, -1; compounding {
		r.num, r.den = 1, 1
	}
}

// end gives a row its factor, after multipliers.
func (s *ruleset) end(r *boost) {
	if r.num = max(0, r.num); r.alone >= 0 {
		r.num, r.den = s.multipliers[r.alone].num, s.multipliers[r.alone].den
	}
}

// multiply lets a multiplier act on a row.
func (s *ruleset) multiply(r *boost, i int, compounding bool) {
	m := &s.multipliers[i]
	switch {
	case s.Multipliers[i].Exclusive:
		if r.alone < 0 || s.Multipliers[i].Priority > s.Multipliers[r.alone].Priority {
			r.alone = int32(i)
		}
	case compounding:
		r.num, r.den = r.num*m.num, r.den*m.den
	default:
		r.num += m.num - m.den
	}
}

// bonuses adds up the bonuses that hold and act on a row, and notes which do.
func (w *sheet) bonuses() (sum int64) {
	for i := range w.s.bonuses {
		if w.holds(&w.s.bonuses[i]) {
			sum += w.s.Bonuses[i].Points // at most 1000 · 2^53
			w.won.add(i)
		}
	}
	return sum
}

// sums returns what the order earns, before rounding: with factors and without.
func (w *sheet) sums() (product, base exact) {
	for j := range w.rows {
		r := &w.rows[j]
		base = base.plus(r.base)
		r.product = r.base.times(r.num, r.den)
		product = product.plus(r.product)
	}
	return product, base
}
