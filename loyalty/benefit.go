package loyalty

import (
	"fmt"
	"math"
	"math/big"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
)

// A Benefit is what customers have of a long relationship beside the service itself.
type Benefit string

// The relational benefits (Gwinner, Gremler and Bitner 1998).
const (
	Confidence       Benefit = "confidence"        // less risk, knowing what to expect
	SocialBenefit    Benefit = "social"            // being known, friendship
	SpecialTreatment Benefit = "special_treatment" // better prices, faster or extra service
)

func benefits() enum.Set[Benefit] { return enum.Of(Confidence, SocialBenefit, SpecialTreatment) }

// Tactics returns the tactics of a programme that give a benefit: what to do where it
// falls short. It is nil for a word that is none.
func (b Benefit) Tactics() []Tactic {
	switch b {
	case Confidence:
		return []Tactic{StablePricing, SteadyContact, Intimacy, SharedSystems}
	case SocialBenefit:
		return []Tactic{PersonalContact, CustomerBonds, SteadyContact}
	case SpecialTreatment:
		return []Tactic{VolumeRewards, Bundling, MassCustom, Anticipation}
	}
	return nil
}

const (
	minAnswer = 0
	maxAnswer = 1000
	maxTally  = 1 << 32
)

// A BenefitTally adds up how important customers find one benefit and how much of it
// they receive, on one scale of whole numbers. It is plain data, and the zero
// BenefitTally is ready; merging is exact. It is not safe for concurrent mutation.
type BenefitTally struct {
	N          int64 `json:"n"`          // pairs with both answers
	Importance int64 `json:"importance"` // sum of answers
	Receipt    int64 `json:"receipt"`
	Squares    int64 `json:"squares"` // sum of (importance − receipt)²
	Incomplete int64 `json:"incomplete,omitempty"`
}

// Add counts one customer's answers; nil where one was not given: the pair is then
// incomplete, and counted as such. It fails with a [relmark.FieldError] for an answer
// off the scale, and with [relmark.ErrLimit] past 2³² customers.
func (t *BenefitTally) Add(s AnswerScale, importance, receipt *int) error {
	var l fault.List
	s.check(&l)
	s.checkAnswer(&l, "Importance", importance)
	s.checkAnswer(&l, "Receipt", receipt)
	if err := l.Err(room); err != nil {
		return err
	}
	if t.N+t.Incomplete >= maxTally {
		return fault.Room(room, relmark.ErrLimit)
	}
	if importance == nil || receipt == nil {
		t.Incomplete++
		return nil
	}
	d := int64(*importance - *receipt)
	t.N++
	t.Importance += int64(*importance)
	t.Receipt += int64(*receipt)
	t.Squares += d * d
	return nil
}

// Merge adds what o counted. It fails with a [relmark.FieldError] where a tally, of either, is
// of no customers on any scale, and with [relmark.ErrLimit] past 2³² customers; it then changes
// nothing.
func (t *BenefitTally) Merge(o BenefitTally) error {
	var l fault.List
	widest := AnswerScale{minAnswer, maxAnswer}
	t.check(&l, "Tally", widest)
	o.check(&l, "Other", widest)
	if err := l.Err(room); err != nil {
		return err
	}
	if t.N+t.Incomplete+o.N+o.Incomplete > maxTally {
		return fault.Room(room, relmark.ErrLimit)
	}
	*t = BenefitTally{t.N + o.N, t.Importance + o.Importance, t.Receipt + o.Receipt, t.Squares + o.Squares, t.Incomplete + o.Incomplete}
	return nil
}

// An AnswerScale is the scale of answers. It is plain data.
type AnswerScale struct {
	Low  int `json:"low"`  // 0 to 999
	High int `json:"high"` // Low + 1 to 1000
}

func (s AnswerScale) check(l *fault.List) {
	l.Check(s.Low >= minAnswer && s.Low < maxAnswer, "Low", s.Low, "must be 0 to 999")
	l.Check(s.High > s.Low && s.High <= maxAnswer, "High", s.High, "must be above Low, at most 1000")
}

func (s AnswerScale) checkAnswer(l *fault.List, field string, answer *int) {
	if answer != nil {
		l.Check(*answer >= s.Low && *answer <= s.High, field, *answer, "must be on the scale")
	}
}

// check adds what no customers can have answered.
func (t BenefitTally) check(l *fault.List, at string, s AnswerScale) {
	n, before := t.N, l.Len()
	l.Check(n >= 0 && n <= maxTally, at+".N", n, "must be 0 to 4294967296")
	l.Check(t.Incomplete >= 0 && t.Incomplete <= maxTally, at+".Incomplete", t.Incomplete, "must be 0 to 4294967296")
	if l.Len() > before {
		return
	}
	low, high := n*int64(s.Low), n*int64(s.High)
	span := int64(s.High - s.Low)
	l.Check(t.Importance >= low && t.Importance <= high, at+".Importance", t.Importance, "must be a sum of answers on the scale")
	l.Check(t.Receipt >= low && t.Receipt <= high, at+".Receipt", t.Receipt, "must be a sum of answers on the scale")
	l.Check(t.Squares >= 0 && t.Squares <= n*span*span, at+".Squares", t.Squares, "must be a sum of squares on the scale")
	if l.Len() == before {
		_, ok := t.spread()
		l.Check(ok, at+".Squares", t.Squares, "must be at least (Importance - Receipt) squared / N")
	}
}

// A BenefitGap says where one benefit falls short. It is plain data.
type BenefitGap struct {
	Benefit     Benefit  `json:"benefit"`
	N           int64    `json:"n"`
	Importance  float64  `json:"importance"` // mean
	Receipt     float64  `json:"receipt"`    // mean
	Gap         float64  `json:"gap"`        // Importance − Receipt; below 0 where more is received than asked for
	SE          *float64 `json:"se"`         // of the gap; nil for one customer
	Weight      float64  `json:"weight"`     // share of the importance of all benefits
	WeightedGap float64  `json:"weighted_gap"`
	Tactics     []Tactic `json:"tactics"` // what to do about it
}

// A BenefitReport says what customers have of the relationship and what is missing. It
// is plain data.
type BenefitReport struct {
	Benefits []BenefitGap `json:"benefits"` // in the order asked for
	Benefit  float64      `json:"benefit"`  // Σ weight · receipt
	Gap      float64      `json:"gap"`      // Σ weight · gap
	Priority []Benefit    `json:"priority"` // the largest weighted gap first
}

// A BenefitAnswer is the tally of one benefit. It is plain data.
type BenefitAnswer struct {
	Benefit Benefit      `json:"benefit"`
	Tally   BenefitTally `json:"tally"`
}

// BenefitGaps returns the relational-benefit gap: for each benefit how important it is,
// how much of it is received, and which to mend first, the largest weighted gap; of
// equal ones the first given. Weights are shares of mean importance.
//
// It fails with a [relmark.FieldError] for a scale or a tally that cannot be, a word
// that is no benefit, one given twice, and where the mean importance of all is not above
// 0; with [relmark.ErrTooFew] where a benefit has no complete pair, or none is given.
func BenefitGaps(s AnswerScale, answers []BenefitAnswer) (BenefitReport, error) {
	if err := checkAnswers(s, answers); err != nil {
		return BenefitReport{}, err
	}
	out := BenefitReport{Benefits: make([]BenefitGap, len(answers)), Priority: make([]Benefit, len(answers))}
	total := 0.0
	for i, a := range answers {
		if a.Tally.N == 0 {
			return BenefitReport{}, fault.Room(room, relmark.ErrTooFew)
		}
		out.Benefits[i] = a.gap()
		total += out.Benefits[i].Importance
	}
	if !(total > 0) {
		return BenefitReport{}, fault.Room(room, fault.New("Importance", total, "must be above 0 in the mean of all benefits"))
	}
	for i := range out.Benefits {
		g := &out.Benefits[i]
		g.Weight = g.Importance / total
		g.WeightedGap = g.Weight * g.Gap
		out.Benefit += float64(g.Weight * g.Receipt)
		out.Gap += g.WeightedGap
	}
	order := slices.Clone(answers)
	slices.SortStableFunc(order, func(a, b BenefitAnswer) int { return b.Tally.weighted().Cmp(a.Tally.weighted()) })
	for i := range order {
		out.Priority[i] = order[i].Benefit
	}
	return out, nil
}

// weighted returns the gap of a tally that has pairs, times its mean importance: in the
// order of weighted gaps, and exactly, so that rounding decides no tie.
func (t BenefitTally) weighted() *big.Rat {
	n := big.NewInt(t.N)
	product := new(big.Int).Mul(big.NewInt(t.Importance), big.NewInt(t.Importance-t.Receipt))
	return new(big.Rat).SetFrac(product, n.Mul(n, n))
}

func checkAnswers(s AnswerScale, answers []BenefitAnswer) error {
	var l fault.List
	s.check(&l)
	if len(answers) == 0 {
		return fault.Room(room, relmark.ErrTooFew)
	}
	if l.Len() == 0 {
		seen := map[Benefit]bool{}
		for i, a := range answers {
			if l.Full() {
				break
			}
			at := fmt.Sprintf("Answers[%d]", i)
			l.Join(at, benefits().Check("Benefit", a.Benefit))
			l.Check(!seen[a.Benefit], at+".Benefit", string(a.Benefit), "must not repeat another")
			seen[a.Benefit] = true
			a.Tally.check(&l, at+".Tally", s)
		}
	}
	return l.Err(room)
}

// gap returns the means of a tally that has pairs. Sums are whole and below 2⁵³.
func (a BenefitAnswer) gap() BenefitGap {
	t, n := a.Tally, float64(a.Tally.N)
	g := BenefitGap{
		Benefit: a.Benefit, N: t.N, Importance: float64(t.Importance) / n, Receipt: float64(t.Receipt) / n,
		Gap: float64(t.Importance-t.Receipt) / n, Tactics: a.Benefit.Tactics(),
	}
	if t.N > 1 {
		spread, _ := t.spread()
		g.SE = new(math.Sqrt(spread/(n-1)) / n)
	}
	return g
}

// spread returns N·Σd² − (Σd)², the difference of whole numbers rounded once; false where
// it is below 0, which no answers give.
func (t BenefitTally) spread() (float64, bool) {
	return stat.Spread(t.N, t.Importance-t.Receipt, t.Squares)
}
