package servqual

import (
	"fmt"
	"math"
	"math/big"

	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
)

// A Provider is what the people of a service provider say of one dimension, in the
// points of the customers' scale. NaN stands for an answer that was not given, which JSON
// cannot write.
type Provider struct {
	Believed []float64 `json:"believed"` // by manager: what customers are believed to expect
	Standard []float64 `json:"standard"` // by the same managers: the standard that is set
	// Delivered is, by contact employee, the service as delivered; Promised, by the same
	// employees, what was promised and kept.
	Delivered []float64 `json:"delivered"`
	Promised  []float64 `json:"promised"`
}

// FiveGaps are the gaps of Parasuraman, Zeithaml and Berry (1985) on one dimension, each
// the later mean less the earlier one, so that a negative gap is a shortfall. They are
// plain data.
//
// The chain from what customers expect to what they perceive leads over what managers
// believe, the standard they set and the service delivered:
//
//	gap 5 = gap 1 + gap 2 + gap 3 + residual
//
// Gap 4 does not add up with these: promises shape what customers expect and perceive. How
// much each of the four counts for gap 5 is for [ExplainGap5] to estimate.
type FiveGaps struct {
	Levels        GapLevels `json:"levels"`
	Knowledge     Change    `json:"knowledge"`     // 1: believed less expected, of different people
	Standards     Change    `json:"standards"`     // 2: standard less believed, by the same managers
	Delivery      Change    `json:"delivery"`      // 3: delivered less standard, of different people
	Communication Change    `json:"communication"` // 4: promised less delivered, by the same employees
	Customer      Change    `json:"customer"`      // 5: perceived less expected, by the same customers
	Residual      Change    `json:"residual"`      // 5 less 1 to 3: perceived less delivered, of different people
}

// GapLevels are the means between which the gaps lie.
type GapLevels struct {
	Expected  float64 `json:"expected"`
	Believed  float64 `json:"believed"`
	Standard  float64 `json:"standard"`
	Delivered float64 `json:"delivered"`
	Promised  float64 `json:"promised"`
	Perceived float64 `json:"perceived"`
}

// NewFiveGaps measures the gaps on one dimension, whose customers' scores come from
// [Report.Dimensions]. Gaps between different people are compared by Welch's t. Gaps
// within the same people are differences of the means of all who answered either
// question, so that the chain adds up; their standard error takes account of those who
// answered both,
//
//	SE² = s1²/n1 + s2²/n2 − 2·n·c/(n1·n2)
//
// with c the covariance of the n pairs, and n − 1 degrees of freedom. It fails with a
// [relmark.FieldError] unless answers are on the customers' scale or NaN, answers of
// the same people are equally many, and the level is 0.5 to 0.9999; and with
// [relmark.ErrTooFew] below two answers to a question, or below two pairs.
func NewFiveGaps(customer Scores, p Provider, level float64) (FiveGaps, error) {
	if err := checkLevel(level); err != nil {
		return FiveGaps{}, err
	}
	who, err := newPeople(customer, p)
	if err != nil {
		return FiveGaps{}, err
	}
	g := FiveGaps{
		Levels: who.levels(), Standards: who.managers.change(level),
		Communication: who.contact.change(level), Customer: who.customers.change(level),
	}
	for _, of := range []struct {
		gap            *Change
		earlier, later Stat
	}{
		{&g.Knowledge, who.customers.earlier, who.managers.earlier},
		{&g.Delivery, who.managers.later, who.contact.earlier},
		{&g.Residual, who.contact.earlier, who.customers.later},
	} {
		if *of.gap, err = of.earlier.Change(of.later, level); err != nil {
			return FiveGaps{}, err
		}
	}
	return g, nil
}

// people are those between whom the gaps lie: customers on what they expected and
// perceived, managers on what they believe and set, contact employees on what is delivered
// and promised.
type people struct{ customers, managers, contact paired }

func newPeople(customer Scores, p Provider) (who people, err error) {
	scale := customer.Expected.ends
	who.customers = paired{customer.Expected, customer.Perceived, customer.Gap}
	if who.managers, err = inPairs("Believed", "Standard", p.Believed, p.Standard, scale); err != nil {
		return people{}, err
	}
	if who.contact, err = inPairs("Delivered", "Promised", p.Delivered, p.Promised, scale); err != nil {
		return people{}, err
	}
	for _, of := range []paired{who.customers, who.managers, who.contact} {
		if of.both.N() < 2 {
			return people{}, few("%d pairs of answers", of.both.N())
		}
		if of.both.N() > min(of.earlier.N(), of.later.N()) { // of scores that the host made
			return people{}, broken("Customer.Gap", of.both.N(), "must be of respondents who have both scores")
		}
	}
	return who, nil
}

func (w people) levels() (l GapLevels) {
	l.Expected, _ = w.customers.earlier.Mean()
	l.Believed, _ = w.managers.earlier.Mean()
	l.Standard, _ = w.managers.later.Mean()
	l.Delivered, _ = w.contact.earlier.Mean()
	l.Promised, _ = w.contact.later.Mean()
	l.Perceived, _ = w.customers.later.Mean()
	return l
}

// paired are two scores of the same people, of whom some have both.
type paired struct{ earlier, later, both Stat }

func (p paired) change(level float64) Change { return pairs(p.earlier, p.later, p.both, level) }

// inPairs describes the answers of the same people to two questions.
func inPairs(first, second string, a, b []float64, scale ends) (p paired, err error) {
	if len(a) != len(b) {
		return paired{}, broken(second, len(b), "must have one answer for each of "+first)
	}
	if p.earlier, err = sample(first, a, scale); err != nil {
		return paired{}, err
	}
	if p.later, err = sample(second, b, scale); err != nil {
		return paired{}, err
	}
	differences := make([]float64, len(a))
	for i := range a {
		differences[i] = b[i] - a[i]
	}
	p.both = describe(differences, scale.gap())
	return p, nil
}

func sample(field string, answers []float64, scale ends) (Stat, error) {
	for i, a := range answers {
		if math.IsInf(a, 0) || scale.known && (a < scale.low || a > scale.high) {
			rule := "must be finite or NaN"
			if scale.known {
				rule = fmt.Sprintf("must be %v to %v or NaN", scale.low, scale.high)
			}
			return Stat{}, fault.Room(room, fault.New(fmt.Sprintf("%s[%d]", field, i), a, rule))
		}
	}
	return describe(answers, scale), nil
}

// describe returns what finite answers come to, NaN left out: mean and variance are the
// exact fractions rounded once.
func describe(answers []float64, scale ends) Stat {
	var n int64
	sum, square := new(big.Rat), new(big.Rat)
	for _, a := range answers {
		if math.IsNaN(a) {
			continue
		}
		n++
		x := new(big.Rat).SetFloat64(a)
		sum.Add(sum, x)
		square.Add(square, x.Mul(x, x))
	}
	if n == 0 {
		return Stat{ends: scale}
	}
	count := big.NewRat(n, 1)
	mean := sum.Quo(sum, count)
	average, _ := mean.Float64()
	variance := 0.0
	if n > 1 {
		square.Sub(square, mean.Mul(mean, new(big.Rat).Mul(mean, count)))
		variance, _ = square.Quo(square, big.NewRat(n-1, 1)).Float64()
	}
	return Stat{of: stat.NewSummary(n, average, variance), ends: scale}
}

// UnitGaps are the five gaps of one unit, such as a branch or a dimension.
type UnitGaps struct {
	Knowledge     float64 `json:"knowledge"`
	Standards     float64 `json:"standards"`
	Delivery      float64 `json:"delivery"`
	Communication float64 `json:"communication"`
	Customer      float64 `json:"customer"`
}

// Unit returns the gaps as those of a unit.
func (g FiveGaps) Unit() UnitGaps {
	return UnitGaps{
		g.Knowledge.Difference, g.Standards.Difference, g.Delivery.Difference,
		g.Communication.Difference, g.Customer.Difference,
	}
}

// ExplainGap5 estimates over units how gaps 1 to 4 lead to gap 5: the regression of the
// customers' gap on the provider's four, named knowledge, standards, delivery and
// communication. It fails with a [relmark.FieldError] unless all gaps are finite and
// each of them varies and none follows from the others, and with [relmark.ErrTooFew]
// below six units. Units count alike.
func ExplainGap5(units []UnitGaps, level float64) (Regression, error) {
	if err := checkLevel(level); err != nil {
		return Regression{}, err
	}
	names := []string{"knowledge", "standards", "delivery", "communication", "customer"}
	c := stat.NewComoments(len(names))
	var l fault.List
	for i, u := range units {
		row := []float64{u.Knowledge, u.Standards, u.Delivery, u.Communication, u.Customer}
		for j, gap := range row {
			l.Between(fmt.Sprintf("Units[%d].%s", i, names[j]), gap, -mostScore, mostScore)
		}
		c.Add(row)
	}
	if err := l.Err(room); err != nil {
		return Regression{}, err
	}
	v, ok := c.Covariance()
	if !ok {
		return Regression{}, few("five gaps of %d units", len(units))
	}
	r, _, err := regression(v, 4, []int{0, 1, 2, 3}, names[:4], level)
	return r, err
}
