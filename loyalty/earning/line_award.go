package earning

// A LineAward is what a line of an order earns, and by what.
type LineAward struct {
	ID       string   `json:"id,omitzero"`       // of the line; empty for what the order has beside its lines
	Amount   int64    `json:"amount,omitzero"`   // after all discounts, in minor units
	Cash     int64    `json:"cash,omitzero"`     // of it, what is paid in money
	Points   int64    `json:"points,omitzero"`   // what it earns; all add up to [Award.Earned]
	Rules    []string `json:"rules,omitempty"`   // rates, multipliers and bonuses that act on it, in the order of the version
	Excluded string   `json:"excluded,omitzero"` // the exclusion that takes it out
}

// Lines is [Engine.Explain] line by line, for a basket that shows what each of its lines
// earns: one entry for each line, and a last one for what the order has beside them, if it
// has. A multiplier that gives way to another on a line is not listed there.
func (e *Engine) Lines(o *Order) (list []LineAward, err error) {
	var x Facts
	if err = o.head(e, &x); err != nil {
		return nil, err
	}
	if x.Lines, x.Tags, err = o.lists(e, nil, nil); err != nil {
		return nil, err
	}
	rules, err := e.rulesFor(x.Date, o.Budget)
	if err != nil {
		return nil, err
	}
	if _, err = o.settle(e, &x); err != nil {
		return nil, err
	}
	return rules.lines(&x, e.room(rules, nil, x.Date, o.Budget, true))
}

// lines awards facts line by line.
func (s *ruleset) lines(x *Facts, limit int64) ([]LineAward, error) {
	var m memory
	var a Award
	w := s.sheet(x, &m)
	_, goals, err := w.pursue(nil, nil, false)
	if err != nil {
		return nil, err
	}
	h := held{gives: make([]exact, len(s.rates))}
	if err = w.award(&a, limit, goals, &h, true); err != nil {
		return nil, err
	}
	if a.ByLine == nil {
		a.ByLine = []int64{a.Earned()}
	}
	list := make([]LineAward, len(w.rows))
	for j := range w.rows {
		r := &w.rows[j]
		list[j] = LineAward{x.ID(j), r.amount, r.cash, a.ByLine[j], w.acting(j, &h), w.outBy(j)}
	}
	return list, nil
}

// acting names the rules that act on a row.
func (w *sheet) acting(j int, h *held) (rules []string) {
	add := func(holds bool, on int, rule string) {
		if holds && w.acts(on, j) {
			rules = append(rules, rule)
		}
	}
	for i := range w.s.rates {
		add(h.rates.has(i), w.s.rates[i].on, w.s.Rates[i].Rule)
	}
	for i := range w.s.multipliers {
		used := w.rows[j].alone < 0 || w.rows[j].alone == int32(i)
		add(h.multipliers.has(i) && used, w.s.multipliers[i].on, w.s.Multipliers[i].Rule)
	}
	for i := range w.s.bonuses {
		add(w.won.has(i), w.s.bonuses[i].on, w.s.Bonuses[i].Rule)
	}
	return rules
}

// outBy names the first exclusion that takes a row out, empty if none does.
func (w *sheet) outBy(j int) string {
	if !w.rows[j].out {
		return ""
	}
	came := *w // exclusions see the order as it came
	came.rows = make([]row, len(w.rows))
	for i := range w.s.exclusions {
		x := &w.s.exclusions[i]
		if x.when.holds(&came, w.facts.Total) && (w.matches(x.on, j) || w.s.Exclusions[i].Scope == WholeOrder && w.matchesAny(x.on)) {
			return w.s.Exclusions[i].Rule
		}
	}
	return ""
}

// matchesAny reports whether a selector matches a row, excluded or not.
func (w *sheet) matchesAny(on int) bool {
	for j := range w.rows {
		if w.matches(on, j) {
			return true
		}
	}
	return false
}
