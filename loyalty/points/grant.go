package points

import (
	"github.com/relmark/relmark/internal/money"
)

// A Grant is what one rule contributed to the points of an order. The grants of an
// order add up to what it was granted; what caps cut is listed under the rule
// "cap", with negative points.
type Grant struct {
	Rule       string
	Points     int64
	Suppressed []string // multipliers that held and gave way to this one
}

func (g *Grant) code(f *form) {
	f.name("rule", &g.Rule)
	f.int("points", &g.Points)
	list(f, "suppressed", &g.Suppressed, func(s *string, f *form) { f.name("rule", s) })
}

// A Price is how the points of an order came about: floor(base · factor), by the
// rounding of the version, plus bonuses, less what caps cut.
type Price struct {
	Version   string // of the rules
	RateNum   int64  // base = cash in minor units · RateNum / RateDen, exactly
	RateDen   int64
	FactorNum int64 // factor = FactorNum / FactorDen, in lowest terms
	FactorDen int64

	Product    int64 // base · factor, rounded
	Bonus      int64
	Cut        int64 // by caps
	Granted    int64 // Product + Bonus - Cut
	Qualifying int64 // floor(base), for tiers: no multiplier, bonus or cap touches it
	Grants     []Grant
}

func (p *Price) code(f *form) {
	f.name("version", &p.Version)
	f.int("rate", &p.RateNum)
	f.int("rate_den", &p.RateDen)
	f.int("factor", &p.FactorNum)
	f.int("factor_den", &p.FactorDen)
	f.int("product", &p.Product)
	f.int("bonus", &p.Bonus)
	f.int("cut", &p.Cut)
	f.int("granted", &p.Granted)
	f.int("qualifying", &p.Qualifying)
	list(f, "grants", &p.Grants, (*Grant).code)
}

// price judges the facts of an order by a version; limit is the most that caps
// leave, and won are goals that the order reaches. Only if it is to explain does it
// say what each rule contributed, and fractions in lowest terms.
func (s *ruleset) price(x *Facts, limit int64, won []Grant, explain bool) (Price, error) {
	p := Price{Version: s.Name}
	var weights []int64
	if explain {
		p.Grants = make([]Grant, 0, len(s.rates)+len(s.multipliers)+len(s.bonuses)+1)
		weights = make([]int64, 0, cap(p.Grants))
	}
	for i := range s.rates {
		if r := &s.rates[i]; r.when.holds(x) {
			p.RateNum += r.num
			if explain {
				p.Grants = append(p.Grants, Grant{Rule: s.Rates[i].Rule})
				weights = append(weights, r.num)
			}
		}
	}
	f := s.factor(x, explain)
	product, err := money.MulDiv(x.Cash, p.RateNum*f.num, s.rateDen*f.den, s.rounding)
	qualifying, errBase := money.MulDiv(x.Cash, p.RateNum, s.rateDen, money.Floor)
	if err != nil || errBase != nil || max(product, qualifying) > maxPoints {
		return Price{}, refuse(TooMany)
	}
	p.Product, p.Qualifying = product, qualifying
	if explain {
		p.share(&f, weights)
		p.RateNum, p.RateDen = lowest(p.RateNum, s.rateDen)
		p.FactorNum, p.FactorDen = lowest(f.num, f.den)
	}
	s.bonus(x, &p, explain)
	for _, g := range won {
		if p.Bonus += g.Points; p.Bonus > maxPoints {
			return Price{}, refuse(TooMany)
		}
		if explain {
			p.Grants = append(p.Grants, g)
		}
	}
	if p.Product+p.Bonus > maxPoints {
		return Price{}, refuse(TooMany)
	}
	p.Granted = min(p.Product+p.Bonus, max(0, limit))
	if p.Cut = p.Product + p.Bonus - p.Granted; p.Cut > 0 && explain {
		p.Grants = append(p.Grants, Grant{Rule: capRule, Points: -p.Cut})
	}
	return p, nil
}

// share divides the product among rates, which weigh as much as they give, and
// multipliers, which weigh what they add to it: of base 120 with factors 2 and 1.5,
// 300 points are 120 by the rate, 120 by the one and 60 by the other.
func (p *Price) share(f *factor, weights []int64) {
	for i := range weights {
		weights[i] *= f.den
	}
	for i, gain := range f.gains {
		p.Grants = append(p.Grants, f.grants[i])
		weights = append(weights, gain*p.RateNum)
	}
	for i, points := range split(p.Product, weights) {
		p.Grants[i].Points = points
	}
}

// bonus adds the bonuses that hold.
func (s *ruleset) bonus(x *Facts, p *Price, explain bool) {
	for i := range s.bonuses {
		if !s.bonuses[i].holds(x) {
			continue
		}
		p.Bonus += s.Bonuses[i].Points // at most 1000 · 2^53
		if explain {
			p.Grants = append(p.Grants, Grant{Rule: s.Bonuses[i].Rule, Points: s.Bonuses[i].Points})
		}
	}
}

// lowest returns a fraction in lowest terms; den is at most 10^9, so that there is
// one.
func lowest(num, den int64) (n, d int64) {
	r, _ := money.NewRate(num, den)
	return r.Fraction()
}

// A factor is num/den, of which the base alone is den/den and gains/den come from
// the multipliers.
type factor struct {
	num, den int64
	explain  bool
	gains    []int64
	grants   []Grant
}

// gain adds what a multiplier adds, one of most.
func (f *factor) gain(rule string, gain int64, most int) {
	f.num += gain
	if f.explain {
		if f.grants == nil {
			f.gains, f.grants = make([]int64, 0, most), make([]Grant, 0, most)
		}
		f.gains = append(f.gains, gain)
		f.grants = append(f.grants, Grant{Rule: rule})
	}
}

// factor combines the multipliers that hold: the exclusive one with the highest
// priority alone, or else all of them.
func (s *ruleset) factor(x *Facts, explain bool) factor {
	alone := -1
	var buffer [16]int // keeps short lists off the heap
	holding := buffer[:0]
	for i := range s.multipliers {
		if !s.multipliers[i].when.holds(x) {
			continue
		}
		holding = append(holding, i)
		if m := &s.Multipliers[i]; m.Exclusive && (alone < 0 || m.Priority > s.Multipliers[alone].Priority) {
			alone = i
		}
	}
	f := factor{explain: explain}
	switch {
	case alone >= 0:
		s.exclusive(&f, alone, holding)
	case s.Stacking == Compounding:
		s.compound(&f, holding)
	default:
		f.num, f.den = s.factorDen, s.factorDen
		for _, i := range holding {
			f.gain(s.Multipliers[i].Rule, s.multipliers[i].num-f.den, len(holding))
		}
		f.num = max(0, f.num)
	}
	return f
}

// exclusive uses one multiplier alone, and says which others held.
func (s *ruleset) exclusive(f *factor, alone int, holding []int) {
	m := s.multipliers[alone]
	f.num, f.den = m.den, m.den
	f.gain(s.Multipliers[alone].Rule, m.num-m.den, 1)
	if !f.explain {
		return
	}
	for _, i := range holding {
		if i != alone {
			f.grants[0].Suppressed = append(f.grants[0].Suppressed, s.Multipliers[i].Rule)
		}
	}
}

// compound multiplies factors; a multiplier gains what it adds to those before it.
// All gains are over one denominator, the product of those of the factors that hold:
// num starts as 1 = den/den and turns into num·m at each factor m, exactly, because
// the denominators still to come divide it.
func (s *ruleset) compound(f *factor, holding []int) {
	f.den = 1
	for _, i := range holding {
		f.den *= s.multipliers[i].den // at most factorDen
	}
	f.num = f.den
	for _, i := range holding {
		m := s.multipliers[i]
		f.gain(s.Multipliers[i].Rule, f.num/m.den*m.num-f.num, len(holding))
	}
}

// split divides whole points among rules in proportion to what each weighs, so
// that the shares add up to n. Weights that are all 0 or more go by largest
// remainders; where one is negative, shares are differences of running totals.
func split(n int64, weights []int64) []int64 {
	if shares, err := money.Allocate(n, weights); err == nil {
		return shares
	}
	shares := make([]int64, len(weights))
	sum := int64(0)
	for _, w := range weights {
		sum += w
	}
	if sum <= 0 {
		return shares
	}
	run, before := int64(0), int64(0)
	for i, w := range weights {
		run += w
		part, _ := money.MulDiv(n, run, sum, money.Floor)
		shares[i], before = part-before, part
	}
	return shares
}
