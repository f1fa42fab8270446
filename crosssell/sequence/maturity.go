package sequence

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell"
	"github.com/relmark/relmark/internal/fault"
)

// MaturityParams describe in which order customers acquire products. Difficulties have mean
// zero, which fixes where the scale begins; its unit is the logit. It is plain data: store
// it, encode it, compare it field by field.
type MaturityParams[I relmark.ID] struct {
	Items      []I       `json:"items"`      // ascending, each once, two or more
	Difficulty []float64 `json:"difficulty"` // of each; mean zero within 1e-9, magnitude up to 1000
	Mean       float64   `json:"mean"`       // of the maturity of customers; magnitude up to 1000
	SD         float64   `json:"sd"`         // its standard deviation, 0 to 100
}

const (
	farthest = 1000 // logit at which a probability is 0 or 1 to all digits
	widest   = 100
)

// Validate reports every rule that p breaks, joined into one error.
func (p MaturityParams[I]) Validate() error {
	var l fault.List
	l.Check(len(p.Items) >= 2, "Items", len(p.Items), "must be 2 or more")
	checkItems(&l, "Items", p.Items)
	for i := 1; i < len(p.Items); i++ {
		l.Check(cmp.Less(p.Items[i-1], p.Items[i]), fmt.Sprintf("Items[%d]", i), nil, "must be above the one before")
	}
	l.Check(len(p.Difficulty) == len(p.Items), "Difficulty", len(p.Difficulty), "must have one number for each item")
	sum := 0.0
	for i, d := range p.Difficulty {
		l.Between(fmt.Sprintf("Difficulty[%d]", i), d, -farthest, farthest)
		sum += d
	}
	l.Check(math.Abs(sum) <= 1e-9*float64(len(p.Items)), "Difficulty", sum, "must sum to zero")
	l.Between("Mean", p.Mean, -farthest, farthest)
	l.Between("SD", p.SD, 0, widest)
	return l.Err(room)
}

// A Maturity is a model of the order of acquisition: customers have a latent maturity t,
// normal with Mean and SD, and products a difficulty d, and a customer has a product, of
// all others independently once t is given, with probability
//
//	P = 1 / (1 + e^−(t − d))
//
// It is an immutable value, safe for concurrent use. Obtain one from [NewMaturity] or
// [FitMaturity]; the zero Maturity knows no product. Its JSON is that of its parameters.
type Maturity[I relmark.ID] struct{ params MaturityParams[I] }

// NewMaturity builds the model that p describes. It fails exactly when
// [MaturityParams.Validate] does.
func NewMaturity[I relmark.ID](p MaturityParams[I]) (Maturity[I], error) {
	if err := p.Validate(); err != nil {
		return Maturity[I]{}, err
	}
	return Maturity[I]{p.clone()}, nil
}

func (p MaturityParams[I]) clone() MaturityParams[I] {
	p.Items, p.Difficulty = slices.Clone(p.Items), slices.Clone(p.Difficulty)
	return p
}

// Params returns the parameters, in slices of their own.
func (m Maturity[I]) Params() MaturityParams[I] { return m.params.clone() }

// A Rung is a product on the ladder of acquisition. It is plain data.
type Rung[I relmark.ID] struct {
	Item       I       `json:"item"`
	Difficulty float64 `json:"difficulty"`
	Share      float64 `json:"share"` // of customers who have it, by the model
}

// Ladder returns the products in the order in which customers tend to acquire them, the
// easiest first, equal ones ascending by item.
func (m Maturity[I]) Ladder() []Rung[I] {
	out := make([]Rung[I], len(m.params.Items))
	at := m.latent().prior()
	for i, item := range m.params.Items {
		out[i] = Rung[I]{item, m.params.Difficulty[i], at.share(m.params.Difficulty[i] - m.params.Mean)}
	}
	slices.SortStableFunc(out, func(a, b Rung[I]) int { return cmp.Compare(a.Difficulty, b.Difficulty) })
	return out
}

// Prob returns the probability that a customer of a maturity has a product, and whether it
// is on the list; NaN where the maturity is.
func (m Maturity[I]) Prob(maturity float64, item I) (p float64, listed bool) {
	at, listed := slices.BinarySearch(m.params.Items, item)
	if !listed {
		return 0, false
	}
	return sigmoid(maturity - m.params.Difficulty[at]), true
}

// An Estimate is what is known of a customer's maturity. It is plain data.
type Estimate struct {
	Mean float64 `json:"mean"` // a posteriori, in logits
	SD   float64 `json:"sd"`
}

// Of returns the maturity of a customer who has these products and none of the others on
// the list. By this model it depends on their number alone. It fails with a
// [relmark.FieldError] on a product that is not on the list.
func (m Maturity[I]) Of(owned ...I) (Estimate, error) {
	at, err := m.posterior(owned)
	if err != nil {
		return Estimate{}, err
	}
	mean, sd := at.moments()
	return Estimate{m.params.Mean + m.params.SD*mean, m.params.SD * sd}, nil
}

// Suggest returns the products that a customer has not yet, the most likely one first,
// equal ones ascending by item. The score is the probability that someone of this customer's
// maturity, as far as the products owned tell it, has the product. It fails as
// [SuggestOptions.Validate] does and on a product owned that is not on the list.
func (m Maturity[I]) Suggest(o SuggestOptions[I], owned ...I) ([]crosssell.Suggestion[I], error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	at, err := m.posterior(owned)
	if err != nil {
		return nil, err
	}
	has := slices.Compact(slices.Sorted(slices.Values(owned)))
	var out []crosssell.Suggestion[I]
	for i, item := range m.params.Items {
		if slices.Contains(has, item) || slices.Contains(o.Exclude, item) {
			continue
		}
		p := at.share(m.params.Difficulty[i] - m.params.Mean)
		out = append(out, crosssell.Suggestion[I]{Item: item, Score: p, Because: []crosssell.Evidence[I]{
			{Source: crosssell.FromSequence, Items: slices.Clone(has), Weight: p},
		}})
	}
	slices.SortStableFunc(out, func(a, b crosssell.Suggestion[I]) int { return cmp.Compare(b.Score, a.Score) })
	return out[:min(o.Max, len(out))], nil
}

// posterior returns what is known of a customer.
func (m Maturity[I]) posterior(owned []I) (known, error) {
	var l fault.List
	has := map[I]bool{}
	for i, item := range owned {
		_, listed := slices.BinarySearch(m.params.Items, item)
		l.Check(listed, fmt.Sprintf("Owned[%d]", i), nil, "must be a product of the list")
		has[item] = true
	}
	if err := l.Err(room); err != nil {
		return known{}, err
	}
	return m.latent().posterior(len(has)), nil
}

// latent returns the model with maturity as a standard normal z, t = Mean + SD·z.
func (m Maturity[I]) latent() *latent {
	l := newLatent(len(m.params.Items))
	l.sd = m.params.SD
	for i, d := range m.params.Difficulty {
		l.b[i] = d - m.params.Mean
	}
	return l
}

type plainMaturity[I relmark.ID] MaturityParams[I] // without methods, for package encoding/json

// MarshalJSON returns the parameters with a version and the name of the model. It fails as
// [MaturityParams.Validate] does.
func (p MaturityParams[I]) MarshalJSON() ([]byte, error) {
	return marshalModel(wordMaturity, p.Validate(), plainMaturity[I](p))
}

// UnmarshalJSON reads what MarshalJSON wrote. It fails with [relmark.ErrUnsupported] on
// another version, with [relmark.ErrInvalid] on anything else, such as the parameters of
// another model, and as [MaturityParams.Validate] does; p is unchanged then.
func (p *MaturityParams[I]) UnmarshalJSON(data []byte) error {
	got, err := unmarshalModel[plainMaturity[I]](wordMaturity, data)
	if err != nil {
		return err
	}
	if err := MaturityParams[I](got).Validate(); err != nil {
		return err
	}
	*p = MaturityParams[I](got)
	return nil
}

// MarshalJSON returns the model as its parameters. It fails for the zero Maturity.
func (m Maturity[I]) MarshalJSON() ([]byte, error) { return m.params.MarshalJSON() }

// UnmarshalJSON reads what MarshalJSON wrote, as [MaturityParams.UnmarshalJSON] does.
func (m *Maturity[I]) UnmarshalJSON(data []byte) error { return m.params.UnmarshalJSON(data) }
