package audit

import (
	"math"

	"github.com/relmark/relmark/internal/stat"
)

// An Indicator is what was measured, and its scale.
type Indicator struct {
	Value     float64 // not read if Missing
	Missing   bool
	Low, High float64 // the values that score 0 and 100
	Weight    float64
}

// A Rule says what becomes of an indicator that was not measured.
type Rule int

// The rules.
const (
	Renormalise Rule = iota // the others count for it, if enough are there
	Zero                    // it scores 0
	Fail                    // there is no result
)

// Wrong returns the part of the indicator that breaks a rule, "" for the whole, and the
// rule, if it is one of n that are added up; an empty rule if none is broken.
func (in Indicator) Wrong(n int) (part, rule string) {
	switch {
	case !finite(in.Low) || !finite(in.High) || in.Low == in.High || !finite(in.High-in.Low):
		return "", "must have finite ends that differ"
	case !in.Missing && (!finite(in.Value) || !finite(100*(in.Value-in.Low))):
		return "", "must have a finite value"
	case !(in.Weight >= 0 && in.Weight <= math.MaxFloat64/100/float64(n)):
		return "Weight", "must be finite and 0 or more"
	}
	return "", ""
}

// score returns what the value scores, and whether it lies beyond the scale.
func (in Indicator) score() (score float64, clamped bool) {
	score = min(max(100*(in.Value-in.Low)/(in.High-in.Low), 0), 100)
	return score, in.Value < min(in.Low, in.High) || in.Value > max(in.Low, in.High)
}

// A Result is what indicators come to.
type Result struct {
	Index    float64   // NaN if too little was measured
	Coverage float64   // share of weight that was measured
	Scores   []float64 // by indicator; NaN where missing
	Clamped  []bool    // by indicator
}

// Weights returns the weights of indicators in a unit in which sums of products with them
// neither overflow nor lose digits: see [stat.Unit].
func Weights(indicators []Indicator) []float64 {
	weights := make([]float64, len(indicators))
	for i, in := range indicators {
		weights[i] = in.Weight
	}
	return stat.Unit(weights)
}

// Of returns what indicators that are not wrong and whose weights are not all 0 come
// to. It is false if one is missing and the rule is Fail. At least coverage of the
// weight must be measured to renormalise.
func Of(indicators []Indicator, rule Rule, coverage float64) (r Result, ok bool) {
	r = Result{Scores: make([]float64, len(indicators)), Clamped: make([]bool, len(indicators))}
	var sum, answered, all float64
	weights := Weights(indicators)
	for i, in := range indicators {
		all += weights[i]
		if in.Missing {
			r.Scores[i] = math.NaN()
			if rule == Fail {
				return Result{}, false
			}
			continue
		}
		r.Scores[i], r.Clamped[i] = in.score()
		answered += weights[i]
		sum += float64(weights[i] * r.Scores[i])
	}
	r.Coverage = answered / all
	r.Index = min(sum/all, 100) // a mean of 100s may round up
	if rule == Renormalise {
		r.Index = math.NaN()
		if answered > 0 && r.Coverage >= coverage-1e-12 {
			r.Index = min(sum/answered, 100)
		}
	}
	return r, true
}

func finite(x float64) bool { return math.Abs(x) <= math.MaxFloat64 }
