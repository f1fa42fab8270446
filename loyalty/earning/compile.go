package earning

import (
	"fmt"
	"time"

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
	versions []ruleset
}

// A ruleset is a compiled version. With rates r/R and factors f/F over common
// denominators, an order over c minor units earns c·Σr·f / (R·F), rounded once. Its fractions share denominators, so that sums
// of them are sums of integers.
type ruleset struct {
	*Version
	rounding    money.Rounding
	rates       []share // points per minor unit
	rateDen     int64
	multipliers []share
	factorDen   int64 // of factors that add up; a multiple of all others
	bonuses     []test
	goals       []test
}

// A share is the numerator of a rate or a factor and its condition.
type share struct {
	when     test
	num, den int64
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

// compileVersion turns the fractions of a valid version into integers. It answers
// false where one has no such form.
func compileVersion(v *Version, digits int) (ruleset, bool) {
	s := ruleset{Version: v}
	s.rounding = v.Rounding.mode()
	for i := range v.Rates {
		r := &v.Rates[i]
		per, err := money.RateOf(r.Per)
		if err == nil {
			per, err = per.Rescaled(0, digits)
		}
		n, d := per.Fraction()
		num, ok := money.Mul(r.Points, d)
		if err != nil || !ok {
			return s, false
		}
		rate, err := money.NewRate(num, max(n, 1))
		if err != nil || n < 1 {
			return s, false
		}
		num, den := rate.Fraction()
		s.rates = append(s.rates, share{r.When.compile(digits), num, den})
	}
	for i := range v.Multipliers {
		m := &v.Multipliers[i]
		factor, err := money.RateOf(m.Factor)
		if err != nil {
			return s, false
		}
		num, den := factor.Fraction()
		s.multipliers = append(s.multipliers, share{m.When.compile(digits), num, den})
	}
	for i := range v.Bonuses {
		s.bonuses = append(s.bonuses, v.Bonuses[i].When.compile(digits))
	}
	for i := range v.Goals {
		s.goals = append(s.goals, v.Goals[i].When.compile(digits))
	}
	return s, s.level()
}

// To be exact, Σr·f must fit in int64 and R·F in 10^18; c, the third factor, meets
// them in 128 bits. That is checked here for the worst order there can be, so that
// no order can overflow later, but only exceed 2^53-1 points.

// level gives rates, and factors that add up, their common denominators. It
// answers false if they have none, or if a product that could arise is too large.
func (s *ruleset) level() (ok bool) {
	if s.rateDen, ok = common(s.rates); !ok {
		return false
	}
	all := int64(0)
	for _, r := range s.rates {
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
		if s.factorDen, ok = common(s.multipliers); !ok {
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
func common(shares []share) (den int64, ok bool) {
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
	for i := range shares {
		s := &shares[i]
		if s.num, ok = money.Mul(s.num, den/s.den); !ok || s.num > maxPoints {
			return 0, false
		}
		s.den = den
	}
	return den, true
}
