package relationship

import (
	"math"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/money"
)

// A Quality is one of the five that make a lasting relationship with any partner.
type Quality uint8

// The qualities.
const (
	MutualBenefit       Quality = iota // both sides gain: how even is what they give each other
	TwoWayCommunication                // both sides speak: how even are the contacts they start
	Cooperation                        // both sides keep what was agreed
	EmotionalTie                       // trust and liking, as the partner answers
	Improvement                        // proposals of either side are taken up
)

// qualities is how many there are.
const qualities = 5

func (Quality) names() []string {
	return []string{"mutual_benefit", "two_way_communication", "cooperation", "emotional_tie", "improvement"}
}

// String returns the quality in lower case, such as "cooperation"; "invalid" for
// another Quality.
func (q Quality) String() string { return nameOf(q) }

// MarshalText returns what [Quality.String] returns, or an error for another one.
func (q Quality) MarshalText() ([]byte, error) { return textOf(q) }

// UnmarshalText reads the text of a Quality; q is unchanged on error.
func (q *Quality) UnmarshalText(text []byte) error { return parse(q, text) }

// An Exchange is what happened with a partner on a date, in any of its parts: a
// delivery, a call, a survey, a workshop. It is plain data.
type Exchange struct {
	On relmark.Date

	Given    decimal.Decimal // worth of what the partner got from us, 0 or more
	Received decimal.Decimal // worth of what we got from the partner, 0 or more
	Ours     int             // contacts that we started
	Theirs   int             // contacts that the partner started
	Due      int             // agreements of either side that fell due
	Kept     int             // of those kept
	Answers  []float64       // answers of the partner's people on the scale of the [Index]
	Made     int             // proposals for improvement by either side
	Adopted  int             // of those adopted
}

// An Index says how exchanges become the index of a partner. In the zero Index
// all exchanges and all qualities weigh the same, answers run from 1 to 5, and one
// quality is enough. It is plain data.
type Index struct {
	HalfLife    float64    // days after which an exchange weighs half, finite, > 0; 0: no decay
	Weights     [5]float64 // by [Quality], finite, 0 or more; all 0: equal weights
	MinCoverage float64    // least share of weight with evidence, 0 to 1
	TieLow      float64    // lowest answer; both 0: the scale is 1 to 5
	TieHigh     float64    // highest answer, above TieLow
}

// normal fills in the defaults.
func (x Index) normal() Index {
	if x.TieLow == 0 && x.TieHigh == 0 {
		x.TieLow, x.TieHigh = 1, 5
	}
	if x.Weights == [5]float64{} {
		x.Weights = [5]float64{1, 1, 1, 1, 1}
	}
	return x
}

// Validate reports every rule that x breaks, joined into one error.
func (x Index) Validate() error {
	var errs []error
	if !(x.HalfLife >= 0) || !finite(x.HalfLife) {
		errs = append(errs, fault("must be finite and > 0, or 0 for no decay", x.HalfLife, "HalfLife"))
	}
	for i, w := range x.Weights {
		if !(w >= 0) || !finite(w*100*qualities) {
			errs = append(errs, fault("must be finite and 0 or more", w, "Weights[%d]", i))
		}
	}
	if !inUnit(x.MinCoverage) {
		errs = append(errs, fault("must be 0 to 1", x.MinCoverage, "MinCoverage"))
	}
	if n := x.normal(); !finite(n.TieLow) || !finite(n.TieHigh) || !(n.TieHigh > n.TieLow) || !finite(n.TieHigh-n.TieLow) {
		errs = append(errs, fault("must be finite and above TieLow", x.TieHigh, "TieHigh"))
	}
	return joined(errs)
}

func (x Index) check(i int, e Exchange) error {
	bad := func(field string) error {
		return wrap(fault("must be 0 or more, and no more than there are", nil, "Exchanges[%d].%s", i, field))
	}
	switch {
	case e.On.IsZero():
		return wrap(fault("must be a date", nil, "Exchanges[%d].On", i))
	case !(worth(e.Given) >= 0):
		return wrap(fault("must be 0 or more and below 9.2e12", nil, "Exchanges[%d].Given", i))
	case !(worth(e.Received) >= 0):
		return wrap(fault("must be 0 or more and below 9.2e12", nil, "Exchanges[%d].Received", i))
	case e.Ours < 0 || e.Theirs < 0:
		return bad("Ours, Theirs")
	case e.Kept < 0 || e.Kept > e.Due:
		return bad("Kept")
	case e.Adopted < 0 || e.Adopted > e.Made:
		return bad("Adopted")
	}
	for _, answer := range e.Answers {
		if !(answer >= x.TieLow && answer <= x.TieHigh) {
			return wrap(fault("must lie on the scale", answer, "Exchanges[%d].Answers", i))
		}
	}
	return nil
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
	Last     relmark.Date // of the latest exchange; zero: none so far. Silence alone changes no score.
	Index    float64      // 0 to 100; NaN if too little is known
	Coverage float64      // share of weight with evidence
	Scores   [5]float64   // 0 to 100, by [Quality]; NaN without evidence
}

// Weakest returns the quality with the lowest score, the first of equal ones;
// false if none has evidence.
func (b Bond) Weakest() (Quality, bool) {
	weakest, found := Quality(0), false
	for q, score := range b.Scores {
		if !math.IsNaN(score) && (!found || score < b.Scores[weakest]) {
			weakest, found = Quality(q), true
		}
	}
	return weakest, found
}

// Bond returns the state of a relationship on a date, from the exchanges up to and
// including it, in any order. It fails when the index or an exchange breaks a rule
// stated there ([relmark.ErrInvalid]). No exchange is no error: there is no index.
func (x Index) Bond(exchanges []Exchange, asOf relmark.Date) (Bond, error) {
	list, err := x.Series(exchanges, asOf)
	if err != nil {
		return Bond{}, err
	}
	return list[0], nil
}

// Series returns the state of a relationship on each of several dates, in their
// order: the relationship index over time. It fails as [Index.Bond] does. It takes
// time in the order of dates times exchanges.
func (x Index) Series(exchanges []Exchange, dates ...relmark.Date) ([]Bond, error) {
	if err := x.Validate(); err != nil {
		return nil, err
	}
	x = x.normal()
	for i, e := range exchanges {
		if err := x.check(i, e); err != nil {
			return nil, err
		}
	}
	ordered := slices.SortedStableFunc(slices.Values(exchanges), func(a, b Exchange) int { return a.On.Compare(b.On) })
	out := make([]Bond, 0, len(dates))
	for i, asOf := range dates {
		if asOf.IsZero() {
			return nil, wrap(fault("must be a date", nil, "Dates[%d]", i))
		}
		out = append(out, x.bond(ordered, asOf))
	}
	return out, nil
}

// evidence is the weighted sums of exchanges.
type evidence struct {
	given, received, ours, theirs float64
	due, kept, tie, answers       float64
	made, adopted                 float64
}

func (x Index) bond(ordered []Exchange, asOf relmark.Date) Bond {
	for n := len(ordered); n > 0 && ordered[n-1].On.After(asOf); n-- {
		ordered = ordered[:n-1]
	}
	b := Bond{AsOf: asOf}
	if n := len(ordered); n > 0 {
		b.Last = ordered[n-1].On
	}
	var sum evidence
	for _, e := range ordered {
		weight := 1.0
		if x.HalfLife > 0 {
			// Every score is a ratio: ages may count from the latest exchange.
			weight = math.Exp2(-float64(b.Last.Sub(e.On)) / x.HalfLife)
		}
		sum.add(e, weight)
	}
	b.Scores = x.scores(sum)
	var total, answered, all float64
	for q, score := range b.Scores {
		all += x.Weights[q]
		if !math.IsNaN(score) {
			answered += x.Weights[q]
			total += float64(x.Weights[q] * score)
		}
	}
	b.Coverage, b.Index = min(answered/all, 1), min(share(total, answered), 100) // means may round up
	if !reaches(b.Coverage, x.MinCoverage) {
		b.Index = math.NaN()
	}
	return b
}

func (s *evidence) add(e Exchange, weight float64) {
	s.given += float64(weight * worth(e.Given))
	s.received += float64(weight * worth(e.Received))
	s.ours += float64(weight * float64(e.Ours))
	s.theirs += float64(weight * float64(e.Theirs))
	s.due += float64(weight * float64(e.Due))
	s.kept += float64(weight * float64(e.Kept))
	s.made += float64(weight * float64(e.Made))
	s.adopted += float64(weight * float64(e.Adopted))
	s.answers += float64(weight * float64(len(e.Answers)))
	for _, answer := range e.Answers {
		s.tie += float64(weight * answer)
	}
}

func (x Index) scores(s evidence) [5]float64 {
	return [5]float64{
		MutualBenefit:       balance(s.given, s.received),
		TwoWayCommunication: balance(s.ours, s.theirs),
		Cooperation:         100 * share(s.kept, s.due),
		EmotionalTie:        min(max(100*(share(s.tie, s.answers)-x.TieLow)/(x.TieHigh-x.TieLow), 0), 100),
		Improvement:         100 * share(s.adopted, s.made),
	}
}

// balance returns how even two amounts are, 0 to 100; NaN if both are 0.
func balance(a, b float64) float64 {
	if larger := max(a, b); larger > 0 {
		ratio := min(a, b) / larger // so that the sum cannot overflow
		return 100 * 2 * ratio / (1 + ratio)
	}
	return math.NaN()
}
