package sequence

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
)

// most is the largest magnitude of features and parameters.
const most = 1e15

// PropensityParams describe how likely a customer buys one product next: a logistic
// regression on features, such as what the customer owns (0 or 1), days since the last
// purchase and tier. It is plain data: store it, encode it, compare it field by field.
type PropensityParams struct {
	Features  []string  `json:"features"`  // their names, each once
	Intercept float64   `json:"intercept"` // magnitude up to 1e15, as all others
	Coef      []float64 `json:"coef"`      // of each feature, as it comes
	// Means are the features of the customer that others are compared with, such as the
	// means of the data: [Propensity.Explain] says what makes a difference from them.
	Means       []float64    `json:"means"`
	Calibration *Calibration `json:"calibration,omitempty"` // nil: probabilities as they come
}

// Validate reports every rule that p breaks, joined into one error.
func (p PropensityParams) Validate() error {
	var l fault.List
	l.Names("Features", p.Features)
	l.Between("Intercept", p.Intercept, -most, most)
	checkNumbers(&l, "Coef", p.Coef, len(p.Features))
	checkNumbers(&l, "Means", p.Means, len(p.Features))
	if p.Calibration != nil {
		l.Join("Calibration", p.Calibration.check())
	}
	return l.Err(room)
}

func checkNumbers(l *fault.List, field string, numbers []float64, n int) {
	l.Check(len(numbers) == n, field, len(numbers), "must have one number for each feature")
	for i, x := range numbers {
		if !(math.Abs(x) <= most) {
			l.Add(fmt.Sprintf("%s[%d]", field, i), x, "must be of magnitude 1e15 or less")
		}
	}
}

// A Propensity gives the probability that a customer buys a product next. It is an
// immutable value, safe for concurrent use. Obtain one from [NewPropensity] or
// [FitPropensity]; the zero Propensity has no features and says one half. Its JSON is
// that of its parameters.
type Propensity struct{ params PropensityParams }

// NewPropensity builds the model that p describes. It fails exactly when
// [PropensityParams.Validate] does.
func NewPropensity(p PropensityParams) (Propensity, error) {
	if err := p.Validate(); err != nil {
		return Propensity{}, err
	}
	return Propensity{p.clone()}, nil
}

func (p PropensityParams) clone() PropensityParams {
	p.Features, p.Coef, p.Means = slices.Clone(p.Features), slices.Clone(p.Coef), slices.Clone(p.Means)
	if p.Calibration != nil {
		c := *p.Calibration
		c.Knots = slices.Clone(c.Knots)
		p.Calibration = &c
	}
	return p
}

// Params returns the parameters, in slices of their own.
func (m Propensity) Params() PropensityParams { return m.params.clone() }

// Logit returns the intercept and the products of coefficients and features, before
// calibration; NaN unless x has as many numbers as there are features, each of magnitude
// 1e15 or less. It does not allocate.
func (m Propensity) Logit(x []float64) float64 {
	if len(x) != len(m.params.Coef) {
		return math.NaN()
	}
	logit := m.params.Intercept
	for j, b := range m.params.Coef {
		if !(math.Abs(x[j]) <= most) {
			return math.NaN()
		}
		logit += float64(b * x[j])
	}
	return logit
}

// Prob returns the probability that a customer with these features buys, calibrated where
// the model is; NaN where [Propensity.Logit] is. It does not allocate.
func (m Propensity) Prob(x []float64) float64 {
	return m.params.Calibration.prob(m.Logit(x))
}

// A Contribution is what one feature adds to a logit. It is plain data.
type Contribution struct {
	Feature string  `json:"feature"`
	Value   float64 `json:"value"` // of the customer
	Logit   float64 `json:"logit"` // coefficient · (value − mean)
}

// An Explanation says how a probability comes about: Baseline and the contributions add up
// to the logit before calibration. It is plain data.
type Explanation struct {
	P             float64        `json:"p"`
	Logit         float64        `json:"logit"`
	Baseline      float64        `json:"baseline"`      // logit of the customer with the mean features
	Contributions []Contribution `json:"contributions"` // the greatest in magnitude first, equal ones in the order of features
}

// Explain says why [Propensity.Prob] is what it is. It fails with a [relmark.FieldError]
// where that is NaN.
func (m Propensity) Explain(x []float64) (Explanation, error) {
	var l fault.List
	if checkNumbers(&l, "X", x, len(m.params.Features)); l.Len() > 0 {
		return Explanation{}, l.Err(room)
	}
	e := Explanation{P: m.Prob(x), Logit: m.Logit(x), Baseline: m.Logit(m.params.Means)}
	for j, name := range m.params.Features {
		e.Contributions = append(e.Contributions, Contribution{name, x[j], m.params.Coef[j] * (x[j] - m.params.Means[j])})
	}
	slices.SortStableFunc(e.Contributions, func(a, b Contribution) int {
		return cmp.Compare(math.Abs(b.Logit), math.Abs(a.Logit))
	})
	return e, nil
}

// SuggestNext returns the products that a customer most probably buys next, by a model for
// each, the most probable first, equal ones ascending by item; those excluded are left out.
// All models read the same features. The score is the probability of the product by its own
// model: probabilities of several products need not sum to one. It fails as
// [SuggestParams.Validate] does, and with a [relmark.FieldError] where features do not fit
// or an item is no UTF-8.
func SuggestNext[I relmark.ID](models map[I]Propensity, x []float64, o SuggestParams[I]) ([]crosssell.Suggestion[I], error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	out := make([]crosssell.Suggestion[I], 0, len(models))
	for item, m := range models {
		if !codec.IsUTF8(&item) {
			return nil, fault.Room(room, fault.New("Models", nil, "must have items that are UTF-8"))
		}
		p := m.Prob(x)
		if math.IsNaN(p) {
			return nil, fault.Room(room, fault.New("X", nil, "must fit the features of each model, magnitude 1e15 or less"))
		}
		if !slices.Contains(o.Exclude, item) {
			out = append(out, crosssell.Suggestion[I]{Item: item, Score: p})
		}
	}
	slices.SortFunc(out, func(a, b crosssell.Suggestion[I]) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Item, b.Item))
	})
	out = out[:min(o.Max, len(out))]
	for i := range out {
		out[i].Because = []crosssell.Evidence[I]{{Source: crosssell.FromSequence, Weight: out[i].Score}}
	}
	return out, nil
}
