package earning

import "slices"

// explain says what each rule contributed, in the order of the version, and what caps
// cut. It allocates the list that it fills, and little more for a dozen rules.
func (w *sheet) explain(p *Award, h *held, steps []Step) {
	n := h.rates.count() + h.multipliers.count() + w.won.count() + len(steps) + 1
	p.Grants = slices.Grow(p.Grants, n)
	w.contribute(p, h)
	for i := range w.s.bonuses {
		if w.won.has(i) {
			p.Grants = append(p.Grants, Grant{Rule: w.s.Bonuses[i].Rule, Points: w.s.Bonuses[i].Points})
		}
	}
	for i := range steps {
		if r := &steps[i].Reached; r.Times > 0 {
			p.Grants = append(p.Grants, Grant{Rule: steps[i].Rule, Points: r.Points})
		}
	}
	if p.Cut > 0 {
		p.Grants = append(p.Grants, Grant{Rule: capRule, Points: -p.Cut})
	}
}

// contribute divides the product among rates, which weigh what they give, and
// multipliers, which weigh what they add to it: of base 120 with factors 2 and 1.5,
// 300 points are 120 by the rate, 120 by the one and 60 by the other.
func (w *sheet) contribute(p *Award, h *held) {
	var buffer [16]exact
	var parts [16]int64
	weights := buffer[:0]
	for i := range w.s.rates {
		if h.rates.has(i) {
			p.Grants = append(p.Grants, Grant{Rule: w.s.Rates[i].Rule})
			weights = append(weights, h.gives[i])
		}
	}
	for i := range w.s.multipliers {
		if !h.multipliers.has(i) {
			continue
		}
		gain, used := w.gain(i, h)
		if !used {
			continue
		}
		p.Grants = append(p.Grants, Grant{Rule: w.s.Multipliers[i].Rule, Suppressed: w.suppressed(i, h)})
		weights = append(weights, gain)
	}
	for i, points := range apportion(parts[:0], p.Product, weights) {
		p.Grants[i].Points = points
	}
}

// gain returns what a multiplier adds on the rows where it does not give way to
// another; false if there is none.
func (w *sheet) gain(i int, h *held) (sum exact, used bool) {
	m := &w.s.multipliers[i]
	for j := range w.rows {
		r := &w.rows[j]
		if !w.acts(m.on, j) || r.alone >= 0 && r.alone != int32(i) {
			continue
		}
		used = true
		sum = sum.plus(w.gainOn(i, j, h))
	}
	return sum, used
}

// gainOn returns what a multiplier adds on a row. One that compounds adds to those
// before it. Where excesses would take more than there is, each takes its part of it.
func (w *sheet) gainOn(i, j int, h *held) exact {
	m, r := &w.s.multipliers[i], &w.rows[j]
	gain := r.base.times(m.num-m.den, m.den)
	switch {
	case r.alone >= 0:
	case w.s.Stacking == Compounding:
		for k := range i {
			if o := &w.s.multipliers[k]; h.multipliers.has(k) && w.acts(o.on, j) {
				gain = gain.times(o.num, o.den)
			}
		}
	case r.num == 0 && r.base.sign() > 0:
		excess := w.s.factorDen
		for k := range w.s.multipliers {
			if o := &w.s.multipliers[k]; h.multipliers.has(k) && w.acts(o.on, j) {
				excess += o.num - o.den
			}
		}
		// As parts of the base they add up to excess/factorDen - 1, where -1 is all there is.
		gain = gain.times(w.s.factorDen, w.s.factorDen-excess)
	}
	return gain
}

// suppressed names the multipliers that held and gave way to one, on some row.
func (w *sheet) suppressed(alone int, h *held) (names []string) {
	if !w.s.Multipliers[alone].Exclusive {
		return nil
	}
	for i := range w.s.multipliers {
		if i != alone && h.multipliers.has(i) && w.meet(i, alone) {
			names = append(names, w.s.Multipliers[i].Rule)
		}
	}
	return names
}

// meet reports whether a multiplier acts on a row that another one has alone.
func (w *sheet) meet(i, alone int) bool {
	for j := range w.rows {
		if w.rows[j].alone == int32(alone) && w.acts(w.s.multipliers[i].on, j) {
			return true
		}
	}
	return false
}
