package waiting

import (
	"fmt"
	"math"
	"slices"
	"unicode/utf8"

	"github.com/relmark/relmark/internal/fault"
)

// A Model knows how situations change waits: it holds a coefficient with a spread
// for every effect of [Priors]. It is an immutable value, safe for concurrent use.
// Obtain one from [NewModel], or from a [Calibrator]; the methods of the zero Model fail.
type Model struct {
	priors []Prior
	// joint is the lower triangle of the covariance of the coefficients on felt minutes, in
	// the order of [felt]; nil where they are independent.
	joint [][]float64
}

// NewModel returns the model of the default [Priors], with a host's own in their
// place where given. It fails unless each of these replaces another default and is
// in range: spreads up to 5, means from −5 to 5, the exponent at least 0.1, effects
// on loss at least 0, aversion up to 1000.
func NewModel(own ...Prior) (Model, error) {
	if err := checkPriors(own); err != nil {
		return Model{}, err
	}
	priors := Priors()
	for _, p := range own {
		priors[slices.IndexFunc(priors, p.replaces)] = p
	}
	return Model{priors: priors}, nil
}

// Priors returns the priors that m was made of.
func (m Model) Priors() []Prior { return slices.Clone(m.priors) }

// A Band is an estimate, and the range about it that the spreads of the priors
// leave: if they are right and independent, the truth is below Low with a
// probability of 5 %, and above High with as much.
type Band struct {
	Low    float64 `json:"low"`
	Median float64 `json:"median"`
	High   float64 `json:"high"`
}

// bandOf returns the band of a quantity whose logarithm is normal.
func bandOf(mean, variance float64) Band {
	const quantile95 = 1.6448536269514722 // of the standard normal distribution
	reach := quantile95 * math.Sqrt(variance)
	return Band{math.Exp(mean - reach), math.Exp(mean), math.Exp(mean + reach)}
}

// typical is t₀, the wait in minutes at which a multiplier means the same for every
// exponent.
const typical = 5

// Felt returns how long a wait of so many minutes feels in a situation, in minutes:
// t₀·(wait/t₀)ᵇ·e^(Σ k·z) with t₀ = 5 minutes. It fails if the situation breaks a
// rule, or wait is not 0 to 1e9.
func (m Model) Felt(wait Minutes, s Situation) (Band, error) {
	var l fault.List
	l.Between("Wait", float64(wait), 0, 1e9)
	if err := m.check(s, &l); err != nil || wait == 0 {
		return Band{}, err
	}
	mean, variance := m.sum(OnFelt, s)
	b, log := m.prior(Exponent, OnFelt), math.Log(float64(wait)/typical)
	variance += b.SD * b.SD * log * log
	if m.joint != nil {
		variance = m.together(s, log)
	}
	return bandOf(math.Log(typical)+b.Mean*log+mean, variance), nil
}

// together returns the variance of the logarithm of a felt wait whose coefficients are
// known together; log is that of the wait over the typical one.
func (m Model) together(s Situation, log float64) (variance float64) {
	z := make([]float64, len(m.joint))
	for i, f := range felt() {
		z[i] = s.strength(f, OnFelt)
		if f == Exponent {
			z[i] = log
		}
	}
	for i, row := range m.joint {
		for j, c := range row {
			if i == j {
				variance += c * z[i] * z[i]
			} else {
				variance += 2 * c * z[i] * z[j]
			}
		}
	}
	return max(0, variance)
}

// Leaving returns what the rate at which people leave the line is multiplied by in
// a situation. It fails if the situation breaks a rule.
func (m Model) Leaving(s Situation) (Band, error) {
	if err := m.check(s, &fault.List{}); err != nil {
		return Band{}, err
	}
	return bandOf(m.sum(OnLeaving, s)), nil
}

// Experience returns how a wait is lived through in a situation, at the means of
// the priors. The acceptable wait, in minutes, is the host's norm, or the time that
// was announced: to announce is to set it. It fails if the situation breaks a rule,
// if acceptable is not 1e-6 to 1e9, and if what they make lies outside the ranges of
// [ExperienceParams].
func (m Model) Experience(s Situation, acceptable Minutes) (Experience, error) {
	var l fault.List
	l.Between("Acceptable", float64(acceptable), 1e-6, 1e9)
	if err := m.check(s, &l); err != nil {
		return Experience{}, err
	}
	felt, _ := m.sum(OnFelt, s)
	expected, _ := m.sum(OnExpected, s)
	b := m.prior(Exponent, OnFelt).Mean
	loss := m.prior(Aversion, OnLoss).Mean
	for _, p := range m.priors {
		if p.Effect == OnLoss {
			loss *= 1 + p.Mean*s.strength(p.Factor, p.Effect)
		}
	}
	return NewExperience(ExperienceParams{
		Multiplier: math.Exp(felt) * math.Pow(typical, 1-b),
		Exponent:   b,
		Expected:   acceptable * Minutes(math.Exp(expected)),
		Gain:       1,
		Loss:       loss,
	})
}

// check returns the faults of a situation and of m together with others found.
func (m Model) check(s Situation, l *fault.List) error {
	if m.priors == nil {
		l.Add("Model", nil, "must come from NewModel")
	}
	s.check(l)
	return l.Err(room)
}

// sum returns Σ k·z over the coefficients of an effect, and its variance.
func (m Model) sum(e Effect, s Situation) (mean, variance float64) {
	for _, p := range m.priors {
		if p.Effect == e {
			z := s.strength(p.Factor, e)
			mean += p.Mean * z
			variance += p.SD * p.SD * z * z
		}
	}
	return mean, variance
}

func (m Model) prior(f Factor, e Effect) Prior {
	return m.priors[slices.IndexFunc(m.priors, Prior{Factor: f, Effect: e}.replaces)]
}

// replaces reports whether p and q are about the same effect.
func (p Prior) replaces(q Prior) bool { return p.Factor == q.Factor && p.Effect == q.Effect }

// checkPriors reports every prior that has no default to replace, comes twice, or
// is out of range. Each default can be replaced once, so a longer list is wrong.
func checkPriors(priors []Prior) error {
	var l fault.List
	defaults := Priors()
	if len(priors) > len(defaults) {
		l.Add("Priors", len(priors), fmt.Sprintf("must be %d at most", len(defaults)))
		return l.Err(room)
	}
	for i, p := range priors {
		at := fmt.Sprintf("Priors[%d]", i)
		if !slices.ContainsFunc(defaults, p.replaces) {
			l.Add(at+".Effect", nil, "must be one that Priors lists for the factor")
			continue
		}
		if slices.ContainsFunc(priors[:i], p.replaces) {
			l.Add(at+".Effect", nil, "must not come twice")
		}
		p.check(&l, at)
	}
	return l.Err(room)
}

// maxSource is the greatest length of a source in bytes.
const maxSource = 1000

// check adds the rules that the numbers and the text of p break.
func (p Prior) check(l *fault.List, at string) {
	least, most := -5.0, 5.0
	switch {
	case p.Factor == Exponent:
		least = 0.1
	case p.Factor == Aversion:
		least, most = 0, 1000
	case p.Effect == OnLoss:
		least = 0
	}
	l.Between(at+".Mean", p.Mean, least, most)
	l.Between(at+".SD", p.SD, 0, 5)
	if !grades().Valid(p.Grade) {
		l.Add(at+".Grade", nil, grades().Rule())
	}
	if len(p.Source) > maxSource || !utf8.ValidString(p.Source) {
		l.Add(at+".Source", nil, "must be UTF-8 text of 1000 bytes at most")
	}
}
