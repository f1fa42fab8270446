package earning

// Most orders come without lines, and many versions have no rule that looks further than
// an order as a whole. Such an order is one row, which needs no sheet.

// looksAtWhole reports whether all rules look at orders as a whole and rates at money, in
// proportion: without exclusions, selectors, measures, steps and goals, and without
// conditions on lines, on tags or on other conditions.
func (s *ruleset) looksAtWhole() bool {
	whole := s.catalogue.words == 0 && len(s.exclusions)+len(s.goals) == 0
	for i := range s.rates {
		whole = whole && s.rates[i].plain && !s.rates[i].when.lists
	}
	for i := range s.multipliers {
		whole = whole && !s.multipliers[i].when.lists
	}
	for i := range s.bonuses {
		whole = whole && !s.bonuses[i].when.lists
	}
	return whole
}

// judgeWhole is [ruleset.judgeRows] for an order without lines, where all rules look at
// orders as a whole.
func (s *ruleset) judgeWhole(p *Award, x *Facts, limit int64) error {
	rate, bonus := int64(0), int64(0)
	for i := range s.rates {
		if r := &s.rates[i]; r.when.onWhole(x) {
			rate += r.num // at most 2^53 in all, which Compile has seen to
		}
	}
	for i := range s.bonuses {
		if s.bonuses[i].when.onWhole(x) {
			bonus += s.Bonuses[i].Points // at most 1000 · 2^53
		}
	}
	base := exact{}
	if rate > 0 {
		base = fraction(x.Cash, rate, s.rateDen)
	}
	return s.total(p, base.times(s.factorOfWhole(x)), base, bonus, 0, limit)
}

// factorOfWhole returns what multipliers make of an order.
func (s *ruleset) factorOfWhole(x *Facts) (num, den int64) {
	var r boost
	compounding := s.Stacking == Compounding
	s.begin(&r, compounding)
	for i := range s.multipliers {
		if s.multipliers[i].when.onWhole(x) {
			s.multiply(&r, i, compounding)
		}
	}
	s.end(&r)
	return r.num, r.den
}

// onWhole is [test.holds] for a condition that looks at an order as a whole.
func (t *test) onWhole(x *Facts) bool { return t.always || t.onHead(x, x.Total) }
