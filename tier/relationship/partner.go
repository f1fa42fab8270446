package relationship

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

// A Quality is one of the five that make a lasting relationship with any partner.
type Quality string

// The qualities.
const (
	MutualBenefit       Quality = "mutual_benefit"        // both sides gain: how even is what they give each other
	TwoWayCommunication Quality = "two_way_communication" // both sides speak: how even are the contacts they start
	Cooperation         Quality = "cooperation"           // both sides keep what was agreed
	EmotionalTie        Quality = "emotional_tie"         // trust and liking, as the partner answers
	Improvement         Quality = "improvement"           // proposals of either side are taken up
)

func qualities() enum.Set[Quality] {
	return enum.Of(MutualBenefit, TwoWayCommunication, Cooperation, EmotionalTie, Improvement)
}

// An Exchange is what happened with a partner on a date, in any of its parts: a
// delivery, a call, a survey, a workshop. It is plain data.
type Exchange struct {
	On relmark.Date `json:"on"`

	Given    decimal.Decimal `json:"given"`    // worth of what the partner got from us, 0 or more
	Received decimal.Decimal `json:"received"` // worth of what we got from the partner, 0 or more
	Ours     int             `json:"ours"`     // contacts that we started
	Theirs   int             `json:"theirs"`   // contacts that the partner started
	Due      int             `json:"due"`      // agreements of either side that fell due
	Kept     int             `json:"kept"`     // of those kept
	Answers  []float64       `json:"answers"`  // answers of the partner's people on the scale of the [BondPolicy]
	Made     int             `json:"made"`     // proposals for improvement by either side
	Adopted  int             `json:"adopted"`  // of those adopted
}

// A BondPolicy says how exchanges become the index of a partner. In the zero BondPolicy
// all exchanges and all qualities weigh the same, answers run from 1 to 5, and one
// quality is enough. It is plain data.
type BondPolicy struct {
	HalfLife    float64             `json:"half_life,omitempty"` // days after which an exchange weighs half, finite, > 0; 0: no decay
	Weights     map[Quality]float64 `json:"weights,omitempty"`   // finite, 0 or more, not all 0; a quality that is absent weighs 0; nil: equal weights
	MinCoverage float64             `json:"min_coverage"`        // least share of weight with evidence, 0 to 1
	TieLow      float64             `json:"tie_low"`             // lowest answer; both 0: the scale is 1 to 5
	TieHigh     float64             `json:"tie_high"`            // highest answer, above TieLow
}

// normal fills in the defaults.
func (x BondPolicy) normal() BondPolicy {
	if x.TieLow == 0 && x.TieHigh == 0 {
		x.TieLow, x.TieHigh = 1, 5
	}
	if x.Weights == nil {
		x.Weights = map[Quality]float64{}
		for _, q := range qualities().All() {
			x.Weights[q] = 1
		}
	}
	return x
}

// Validate reports every rule that x breaks, joined into one error.
func (x BondPolicy) Validate() error {
	var wrong fault.List
	wrong.Check(x.HalfLife >= 0 && fault.Finite(x.HalfLife), "HalfLife", x.HalfLife, "must be finite and > 0, or 0 for no decay")
	x.checkWeights(&wrong)
	wrong.Between("MinCoverage", x.MinCoverage, 0, 1)
	n := x.normal()
	ok := fault.Finite(n.TieLow) && fault.Finite(n.TieHigh) && n.TieHigh > n.TieLow && fault.Finite(n.TieHigh-n.TieLow)
	wrong.Check(ok, "TieHigh", x.TieHigh, "must be finite and above TieLow")
	return wrong.Err(room)
}

func (x BondPolicy) checkWeights(wrong *fault.List) {
	all, known, most := 0.0, 0, math.MaxFloat64/100/float64(qualities().Len())
	for _, q := range qualities().All() {
		w, ok := x.Weights[q]
		if !(w >= 0 && w <= most) {
			wrong.Add("Weights["+string(q)+"]", w, "must be finite and 0 or more")
		}
		if all += w; ok {
			known++
		}
	}
	wrong.Check(known == len(x.Weights), "Weights", nil, "must be of the five qualities")
	wrong.Check(all > 0 || x.Weights == nil, "Weights", nil, "must not all be 0")
}

func (x BondPolicy) check(e Exchange) error {
	var wrong fault.List
	const part = "must be 0 or more, and no more than there are"
	wrong.Check(!e.On.IsZero(), "On", nil, "must be a date")
	wrong.Check(worth(e.Given) >= 0, "Given", nil, "must be 0 or more and below 9.2e12")
	wrong.Check(worth(e.Received) >= 0, "Received", nil, "must be 0 or more and below 9.2e12")
	wrong.Check(e.Ours >= 0, "Ours", e.Ours, "must be 0 or more")
	wrong.Check(e.Theirs >= 0, "Theirs", e.Theirs, "must be 0 or more")
	wrong.Check(e.Kept >= 0 && e.Kept <= e.Due, "Kept", e.Kept, part)
	wrong.Check(e.Adopted >= 0 && e.Adopted <= e.Made, "Adopted", e.Adopted, part)
	for _, answer := range e.Answers {
		wrong.Check(answer >= x.TieLow && answer <= x.TieHigh, "Answers", answer, "must lie on the scale")
	}
	return wrong.Err("")
}

// worth returns an amount to six digits; NaN if it has more than 18 in all. Going
// through an integer keeps amounts such as 1e1000000000 from being spelt out.
func worth(d decimal.Decimal) float64 {
	const digits = 6
	units, err := money.Round(d, digits, money.HalfEven)
	if err != nil {
		return math.NaN()
	}
	return float64(units) / 1e6
}

// A Bond is the state of the relationship with a partner on a date. It is plain
// data.
type Bond struct {
	AsOf     relmark.Date
	Last     relmark.Date        // of the latest exchange; zero: none so far. Silence alone changes no score.
	Index    float64             // 0 to 100; NaN if too little is known
	Coverage float64             // share of weight with evidence
	Scores   map[Quality]float64 // 0 to 100, of the qualities with evidence
}

// Weakest returns the quality with the lowest score, the first of equal ones;
// false if none has evidence.
func (b Bond) Weakest() (Quality, bool) {
	var weakest Quality
	found := false
	for _, q := range qualities().All() {
		if score, ok := b.Scores[q]; ok && (!found || score < b.Scores[weakest]) {
			weakest, found = q, true
		}
	}
	return weakest, found
}

// Bond returns the state of a relationship on a date, from the exchanges up to and
// including it, in any order. It fails when the index or an exchange breaks a rule
// stated there ([relmark.ErrInvalid]). No exchange is no error: there is no index.
func (x BondPolicy) Bond(exchanges []Exchange, asOf relmark.Date) (Bond, error) {
	list, err := x.Series(exchanges, asOf)
	if err != nil {
		return Bond{}, err
	}
	return list[0], nil
}

// Series returns the state of a relationship on each of several dates, in their
// order: the relationship index over time. It fails as [BondPolicy.Bond] does. For n
// exchanges and dates it takes O(n log n).
func (x BondPolicy) Series(exchanges []Exchange, dates ...relmark.Date) ([]Bond, error) {
	if err := x.Validate(); err != nil {
		return nil, err
	}
	x = x.normal()
	if err := x.checkAll(exchanges, dates); err != nil {
		return nil, err
	}
	bonds, _ := x.series(exchanges, dates)
	return bonds, nil
}

func (x BondPolicy) checkAll(exchanges []Exchange, dates []relmark.Date) error {
	var wrong fault.List
	for i, e := range exchanges {
		if err := x.check(e); err != nil {
			wrong.Join(fmt.Sprintf("Exchanges[%d]", i), err)
		}
	}
	for i, asOf := range dates {
		if asOf.IsZero() {
			wrong.Add(fmt.Sprintf("Dates[%d]", i), nil, "must be a date")
		}
	}
	return wrong.Err(room)
}

// series is Series for arguments already checked: one pass over the exchanges in the
// order of their dates. It says how many it has added up.
func (x BondPolicy) series(exchanges []Exchange, dates []relmark.Date) (bonds []Bond, added int) {
	exchanges = slices.SortedStableFunc(slices.Values(exchanges), func(a, b Exchange) int { return a.On.Compare(b.On) })
	order := make([]int, len(dates))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int { return dates[i].Compare(dates[j]) })
	bonds = make([]Bond, len(dates))
	var sum evidence
	for _, i := range order {
		for added < len(exchanges) && !exchanges[added].On.After(dates[i]) {
			sum.add(exchanges[added], x.HalfLife)
			added++
		}
		bonds[i] = x.bond(sum, dates[i])
	}
	return bonds, added
}

func (x BondPolicy) bond(sum evidence, asOf relmark.Date) Bond {
	b := Bond{AsOf: asOf, Last: sum.last, Scores: x.scores(sum)}
	var total, answered, all float64
	for _, q := range qualities().All() {
		all += x.Weights[q]
		if score, ok := b.Scores[q]; ok {
			answered += x.Weights[q]
			total += float64(x.Weights[q] * score)
		}
	}
	b.Coverage, b.Index = answered/all, min(share(total, answered), 100) // means may round up
	if !reaches(b.Coverage, x.MinCoverage) {
		b.Index = math.NaN()
	}
	return b
}

// scores returns the scores of the qualities with evidence.
func (x BondPolicy) scores(s evidence) map[Quality]float64 {
	scores := map[Quality]float64{
		MutualBenefit:       balance(s.given, s.received),
		TwoWayCommunication: balance(s.ours, s.theirs),
		Cooperation:         100 * share(s.kept, s.due),
		EmotionalTie:        min(max(100*(share(s.tie, s.answers)-x.TieLow)/(x.TieHigh-x.TieLow), 0), 100),
		Improvement:         100 * share(s.adopted, s.made),
	}
	maps.DeleteFunc(scores, func(_ Quality, score float64) bool { return math.IsNaN(score) })
	return scores
}

// balance returns how even two amounts are, 0 to 100; NaN if both are 0.
func balance(a, b float64) float64 {
	if larger := max(a, b); larger > 0 {
		ratio := min(a, b) / larger // so that the sum cannot overflow
		return 100 * 2 * ratio / (1 + ratio)
	}
	return math.NaN()
}
