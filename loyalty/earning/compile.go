package earning

import (
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/money"
)

// opaque keeps encoding/json away from what it would write as {}.
type opaque = canon.Opaque

// An Engine is compiled rules. It is an immutable value, safe for concurrent use.
// Obtain one from [Compile].
type Engine struct {
	opaque

	rules    Rules
	zone     *time.Location
	value    money.Rate // minor units per point
	maxShare money.Rate // of what can be paid with points
	versions []ruleset
}

// A ruleset is a compiled version. Its rates on money and its factors share
// denominators, so that sums of them are sums of integers.
type ruleset struct {
	*Version
	catalogue   catalogue
	rounding    money.Rounding
	exclusions  []target
	rates       []rate
	rateDen     int64
	multipliers []factor
	factorDen   int64 // of factors that add up; a multiple of all others
	bonuses     []target
	goals       []target
	activities  []test
	whole       bool // all rules look at orders as a whole: see [ruleset.looksAtWhole]
}

// A target is on what a rule acts, and when.
type target struct {
	on   int // position of its selector
	when test
}

// A share is a fraction that shares its denominator with others.
type share struct{ num, den int64 }

// A rate is points for every per of what it counts.
type rate struct {
	target
	share          // points for a minor unit, if plain
	plain          bool
	points         int64
	perNum, perDen int64 // in minor units, or of the measure
	measure        string
	steps          Steps
}

// A factor is that of a multiplier.
type factor struct {
	target
	share
}

// Compile validates rules and prepares them. It keeps r's slices, which must
// not be changed afterwards. It fails with everything [Rules.Validate] reports,
// and with [relmark.ErrLimit] if numbers of a version cannot be computed with
// exactly: rates or factors without a common denominator up to 10^9, or a product
// of both beyond 2^53.
func Compile(r Rules) (*Engine, error) {
	if err := r.Validate(); err != nil {
		return nil, err
	}
	e := &Engine{rules: r, zone: r.Zone}
	if e.zone == nil {
		e.zone = time.UTC
	}
	value, err := money.RateOf(r.PointValue)
	if err == nil {
		e.value, err = value.Rescaled(0, r.Digits)
	}
	if err != nil {
		return nil, fmt.Errorf("earning: PointValue in minor units: %w", relmark.ErrLimit)
	}
	if e.maxShare, err = shareOf(r.Spending.MaxShare); err != nil {
		return nil, fmt.Errorf("earning: Spending.MaxShare: %w", relmark.ErrLimit)
	}
	for i := range r.Versions {
		set, ok := compileVersion(&r.Versions[i], r.Digits)
		if !ok {
			return nil, fmt.Errorf("earning: Versions[%d]: fractions without a common denominator up to 10^9, or beyond 2^53: %w", i, relmark.ErrLimit)
		}
		e.versions = append(e.versions, set)
	}
	return e, nil
}

// Rules returns the rules that were compiled.
func (e *Engine) Rules() Rules { return e.rules }

// versionOn returns the rules of a local date, nil if there are none.
func (e *Engine) versionOn(d relmark.Date) *ruleset {
	for i := range e.versions {
		if s := &e.versions[i]; s.covers(d) {
			return s
		}
	}
	return nil
}

// shareOf returns a share, all where none is stated.
func shareOf(d *decimal.Decimal) (money.Rate, error) {
	if d == nil {
		return money.NewRate(1, 1)
	}
	return money.RateOf(*d)
}

// compileVersion turns the fractions of a valid version into integers. It answers
// false where one has no such form.
func compileVersion(v *Version, digits int) (ruleset, bool) {
	s := ruleset{Version: v}
	s.rounding = v.Rounding.mode()
	aim := func(lines *Selector, when *Condition) target {
		return target{s.catalogue.add(lines), when.compile(digits)}
	}
	for i := range v.Exclusions {
		s.exclusions = append(s.exclusions, aim(&v.Exclusions[i].Lines, &v.Exclusions[i].When))
	}
	for i := range v.Rates {
		r, ok := compileRate(&v.Rates[i], digits)
		if !ok {
			return s, false
		}
		r.target = aim(&v.Rates[i].Lines, &v.Rates[i].When)
		s.rates = append(s.rates, r)
	}
	for i := range v.Multipliers {
		m := &v.Multipliers[i]
		f, err := money.RateOf(m.Factor)
		if err != nil {
			return s, false
		}
		num, den := f.Fraction()
		s.multipliers = append(s.multipliers, factor{aim(&m.Lines, &m.When), share{num, den}})
	}
	for i := range v.Bonuses {
		s.bonuses = append(s.bonuses, aim(&v.Bonuses[i].Lines, &v.Bonuses[i].When))
	}
	for i := range v.Goals {
		s.goals = append(s.goals, aim(&v.Goals[i].Lines, &v.Goals[i].When))
	}
	for i := range v.Activities {
		s.activities = append(s.activities, v.Activities[i].When.compile(digits))
	}
	s.catalogue.build()
	s.whole = s.looksAtWhole()
	return s, s.level()
}

// compileRate turns the fractions of a valid rate into integers.
func compileRate(r *Rate, digits int) (c rate, ok bool) {
	per, err := money.RateOf(r.Per)
	if err == nil && r.Measure == "" {
		per, err = per.Rescaled(0, digits)
	}
	if err != nil {
		return c, false
	}
	c.points, c.measure, c.steps = r.Points, r.Measure, r.Steps
	c.perNum, c.perDen = per.Fraction()
	if c.plain = r.Measure == "" && r.Steps == NoSteps; !c.plain {
		return c, c.perNum > 0
	}
	num, ok := money.Mul(r.Points, c.perDen)
	if !ok || c.perNum < 1 {
		return c, false
	}
	fraction, err := money.NewRate(num, c.perNum)
	c.num, c.den = fraction.Fraction()
	return c, err == nil
}

// What a minor unit earns, Σr·f, must fit in int64 and its denominator in 10^18. That is
// checked here for the worst order there can be.

// level gives rates on money, and factors that add up, their common denominators. It
// answers false if they have none, or if a product that could arise is too large.
func (s *ruleset) level() (ok bool) {
	var plain []*share
	for i := range s.rates {
		if s.rates[i].plain {
			plain = append(plain, &s.rates[i].share)
		}
	}
	if s.rateDen, ok = common(plain); !ok {
		return false
	}
	all := int64(0)
	for _, r := range plain {
		all += r.num // at most 1000 · 2^53
	}
	most, ok := s.most()
	if !ok || all > maxPoints || most > maxPoints {
		return false
	}
	_, ok = money.Mul(all, most)
	return ok
}

// most returns a bound of all numerators of factors that could arise, and of what
// they are made of.
func (s *ruleset) most() (most int64, ok bool) {
	if s.Stacking == Additive {
		var factors []*share
		for i := range s.multipliers {
			factors = append(factors, &s.multipliers[i].share)
		}
		if s.factorDen, ok = common(factors); !ok {
			return 0, false
		}
		most = s.factorDen
	} else {
		most, s.factorDen = 1, 1
	}
	alone := int64(0)
	for i, m := range s.multipliers {
		switch {
		case s.Multipliers[i].Exclusive:
			alone = max(alone, m.num, m.den)
		case s.Stacking == Additive:
			most += max(0, m.num-m.den) // at most 1000 · 2^53
		default:
			num, okNum := money.Mul(most, max(m.num, m.den))
			den, okDen := money.Mul(s.factorDen, m.den)
			if !okNum || !okDen || num > maxPoints || den > money.MaxDenominator {
				return 0, false
			}
			most, s.factorDen = num, den
		}
	}
	return max(most, alone), true
}

// common brings shares to their least common denominator, which must not exceed
// 10^9: 1/3 and 1/4 become 4/12 and 3/12.
func common(shares []*share) (den int64, ok bool) {
	den = 1
	for _, s := range shares {
		r, err := money.NewRate(den, s.den) // s.den / gcd is what den lacks
		if err != nil {
			return 0, false
		}
		_, lacking := r.Fraction()
		if den, ok = money.Mul(den, lacking); !ok || den > money.MaxDenominator {
			return 0, false
		}
	}
	for _, s := range shares {
		if s.num, ok = money.Mul(s.num, den/s.den); !ok || s.num > maxPoints {
			return 0, false
		}
		s.den = den
	}
	return den, true
}
