package earning

import (
	"math/bits"
	"slices"

	"github.com/relmark/relmark/internal/money"
)

// A Grant is what one rule contributed to the points of an order. The grants of an
// order add up to what it was granted; what caps cut is listed under the rule
// "cap", with negative points.
type Grant struct {
	Rule       string   `json:"rule,omitzero"`
	Points     int64    `json:"points,omitzero"`
	Suppressed []string `json:"suppressed,omitzero"` // multipliers that held and gave way to this one
}

// An Award is how the points of an order came about: floor(base · factor), by the
// rounding of the version, plus bonuses, less what caps cut.
type Award struct {
	Version   string `json:"version,omitzero"` // of the rules
	RateNum   int64  `json:"rate,omitzero"`    // base = cash in minor units · RateNum / RateDen, exactly
	RateDen   int64  `json:"rate_den,omitzero"`
	FactorNum int64  `json:"factor,omitzero"` // factor = FactorNum / FactorDen, in lowest terms
	FactorDen int64  `json:"factor_den,omitzero"`

	Product    int64   `json:"product,omitzero"` // base · factor, rounded
	Bonus      int64   `json:"bonus,omitzero"`
	Cut        int64   `json:"cut,omitzero"`        // by caps
	Granted    int64   `json:"granted,omitzero"`    // Product + Bonus - Cut
	Qualifying int64   `json:"qualifying,omitzero"` // floor(base), for tiers: no multiplier, bonus or cap touches it
	Grants     []Grant `json:"grants,omitzero"`
}

// A verdict is what a version says of an order: rates and factor as fractions over
// the denominators that the version shares, and fixed points. Sums of them cannot
// overflow: [Compile] has looked at the worst order there can be.
type verdict struct {
	rate     int64 // over rateDen of the version
	num, den int64 // factor
	bonus    int64 // at most 1000 · 2^53
	alone    int   // the exclusive multiplier that holds with the highest priority, or -1
}

// A set holds the positions of rules of one kind, and needs no memory but its own.
type set [(maxRules + 63) / 64]uint64

func (s *set) add(i int) { s[i/64] |= 1 << (i % 64) }

func (s *set) has(i int) bool { return s[i/64]>>(i%64)&1 > 0 }

// count returns how many positions the set holds.
func (s *set) count() (n int) {
	for _, word := range s {
		n += bits.OnesCount64(word)
	}
	return n
}

// held are the rules that hold, as an explanation needs them.
type held struct{ rates, multipliers, bonuses set }

// judge looks at each rule once. Into h, if it is not nil, go the rules that hold.
func (s *ruleset) judge(x *Facts, h *held) (v verdict) {
	for i := range s.rates {
		if s.rates[i].when.holds(x) {
			v.rate += s.rates[i].num
			if h != nil {
				h.rates.add(i)
			}
		}
	}
	s.factor(x, &v, h)
	for i := range s.bonuses {
		if s.bonuses[i].holds(x) {
			v.bonus += s.Bonuses[i].Points
			if h != nil {
				h.bonuses.add(i)
			}
		}
	}
	return v
}

// factor combines the multipliers that hold: the exclusive one with the highest
// priority alone, or else all of them, by their excesses or by their products.
func (s *ruleset) factor(x *Facts, v *verdict, h *held) {
	compounding := s.Stacking == Compounding
	v.num, v.den, v.alone = s.factorDen, s.factorDen, -1
	if compounding {
		v.num, v.den = 1, 1
	}
	for i := range s.multipliers {
		m := &s.multipliers[i]
		if !m.when.holds(x) {
			continue
		}
		if h != nil {
			h.multipliers.add(i)
		}
		switch {
		case s.Multipliers[i].Exclusive:
			if v.alone < 0 || s.Multipliers[i].Priority > s.Multipliers[v.alone].Priority {
				v.alone = i
			}
		case compounding:
			v.num, v.den = v.num*m.num, v.den*m.den
		default:
			v.num += m.num - m.den
		}
	}
	v.num = max(0, v.num)
	if v.alone >= 0 {
		v.num, v.den = s.multipliers[v.alone].num, s.multipliers[v.alone].den
	}
}

// Pricing is split in two, because most prices are asked for by quotes and what-if
// runs, which want a number: judging and awarding take a few nanoseconds a rule and
// keep nothing; explaining starts from which rules held.

// price judges the facts of an order; limit is the most that caps leave, and won are
// goals that the order reaches. Only if it is to explain does it say what each rule
// contributed, and fractions in lowest terms; otherwise it does not allocate. An error
// leaves p as it was.
func (s *ruleset) price(p *Award, x *Facts, limit int64, won []Grant, explain bool) error {
	if explain {
		return s.explained(p, x, limit, won)
	}
	v := s.judge(x, nil)
	if err := v.win(won); err != nil {
		return err
	}
	return s.award(p, x, limit, &v)
}

// explained is price with an explanation.
func (s *ruleset) explained(p *Award, x *Facts, limit int64, won []Grant) error {
	var h held
	v := s.judge(x, &h)
	if err := v.win(won); err != nil {
		return err
	}
	if err := s.award(p, x, limit, &v); err != nil {
		return err
	}
	s.explain(p, &v, &h, won)
	return nil
}

// win adds the bonuses of goals.
func (v *verdict) win(won []Grant) error {
	for i := range won {
		if v.bonus += won[i].Points; v.bonus > maxPoints {
			return tooMany()
		}
	}
	return nil
}

// award makes points of a verdict. It fails, leaving p as it was, if there are more than
// can be.
func (s *ruleset) award(p *Award, x *Facts, limit int64, v *verdict) error {
	product, err := money.MulDiv(x.Cash, v.rate*v.num, s.rateDen*v.den, s.rounding)
	qualifying, errBase := money.MulDiv(x.Cash, v.rate, s.rateDen, money.Floor)
	if err != nil || errBase != nil || max(product, qualifying) > maxPoints || product+v.bonus > maxPoints {
		return tooMany()
	}
	p.Version = s.Name
	p.Product, p.Bonus, p.Qualifying = product, v.bonus, qualifying
	p.Granted = min(product+v.bonus, max(0, limit))
	p.Cut = product + v.bonus - p.Granted
	return nil
}

// explain says what each rule contributed, in the order of the version, and what caps
// cut. It allocates the list that it returns, and no more for a dozen rules.
func (s *ruleset) explain(p *Award, v *verdict, h *held, won []Grant) {
	p.RateNum, p.RateDen = lowest(v.rate, s.rateDen)
	p.FactorNum, p.FactorDen = lowest(v.num, v.den)
	var others []string
	if v.alone >= 0 {
		others = s.suppressed(&h.multipliers, v.alone)
		h.multipliers = set{}
		h.multipliers.add(v.alone)
	}
	n := h.rates.count() + h.multipliers.count() + h.bonuses.count() + len(won)
	if p.Cut > 0 {
		n++
	}
	p.Grants = slices.Grow(p.Grants, n)
	s.share(p, v, h, others)
	for i := range s.bonuses {
		if h.bonuses.has(i) {
			p.Grants = append(p.Grants, Grant{Rule: s.Bonuses[i].Rule, Points: s.Bonuses[i].Points})
		}
	}
	p.Grants = append(p.Grants, won...)
	if p.Cut > 0 {
		p.Grants = append(p.Grants, Grant{Rule: capRule, Points: -p.Cut})
	}
}

// share divides the product among rates, which weigh as much as they give, and
// multipliers, which weigh what they add to it: of base 120 with factors 2 and 1.5,
// 300 points are 120 by the rate, 120 by the one and 60 by the other. A factor that
// compounds adds to those before it; all gains are over one denominator, the product
// of those of the factors: num starts as 1 = den/den and turns into num·m at each
// factor m, exactly, because the denominators still to come divide it.
func (s *ruleset) share(p *Award, v *verdict, h *held, others []string) {
	var buffer, parts [16]int64
	weights := buffer[:0]
	for i := range s.rates {
		if h.rates.has(i) {
			p.Grants = append(p.Grants, Grant{Rule: s.Rates[i].Rule})
			weights = append(weights, s.rates[i].num*v.den)
		}
	}
	num := v.den
	for i := range s.multipliers {
		if !h.multipliers.has(i) {
			continue
		}
		m := &s.multipliers[i]
		gain := m.num - m.den
		if s.Stacking == Compounding {
			gain = num/m.den*m.num - num
		}
		num += gain
		p.Grants = append(p.Grants, Grant{Rule: s.Multipliers[i].Rule, Suppressed: others})
		weights = append(weights, gain*v.rate)
	}
	for i, points := range split(parts[:0], p.Product, weights) {
		p.Grants[i].Points = points
	}
}

// suppressed names the multipliers that held and gave way to another.
func (s *ruleset) suppressed(holding *set, alone int) (names []string) {
	for i := range s.multipliers {
		if i != alone && holding.has(i) {
			names = append(names, s.Multipliers[i].Rule)
		}
	}
	return names
}

// lowest returns a fraction in lowest terms; den is at most 10^9, so that there is
// one.
func lowest(num, den int64) (n, d int64) {
	r, _ := money.NewRate(num, den)
	return r.Fraction()
}

// split appends to dst, which is empty, whole points in proportion to what each rule
// weighs, so that the shares add up to n. Weights that are all 0 or more go by largest
// remainders; where one is negative, shares are differences of running totals.
func split(dst []int64, n int64, weights []int64) []int64 {
	if shares, err := money.AppendAllocate(dst, n, weights); err == nil {
		return shares
	}
	sum := int64(0)
	for _, w := range weights {
		sum += w
	}
	run, before := int64(0), int64(0)
	for _, w := range weights {
		run += w
		part := int64(0)
		if sum > 0 {
			part, _ = money.MulDiv(n, run, sum, money.Floor)
		}
		dst, before = append(dst, part-before), part
	}
	return dst
}
