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
	Items      []I       `json:"items"`      // ascending, each once, 2 to [MaxProducts]
	Difficulty []float64 `json:"difficulty"` // of each; mean zero within 1e-9, magnitude up to 1000
	Mean       float64   `json:"mean"`       // of the maturity of customers; magnitude up to 1000
	SD         float64   `json:"sd"`         // its standard deviation, 0 to 10
}

const (
	farthest = 1000 // logit at which a probability is 0 or 1 to all digits
	widest   = 10   // beyond it customers have all or nothing
)

// Validate reports every rule that p breaks, joined into one error.
func (p MaturityParams[I]) Validate() error {
	var l fault.List
	l.Check(len(p.Items) >= 2 && len(p.Items) <= MaxProducts, "Items", len(p.Items), productsRule)
	checkItems(&l, "Items", p.Items)
	for i := 1; i < len(p.Items) && !l.Full(); i++ {
		l.Check(cmp.Less(p.Items[i-1], p.Items[i]), fmt.Sprintf("Items[%d]", i), nil, "must be above the one before")
	}
	l.Check(len(p.Difficulty) == len(p.Items), "Difficulty", len(p.Difficulty), "must have one number for each item")
	sum := 0.0
	for i, d := range p.Difficulty {
		if !l.Full() {
			l.Between(fmt.Sprintf("Difficulty[%d]", i), d, -farthest, farthest)
		}
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
type Maturity[I relmark.ID] struct {
	params     MaturityParams[I]
	of         []Estimate  // by number of products
	shares     [][]float64 // by number of products, of each product
	shareOfAll []float64
}

// NewMaturity builds the model that p describes. It fails exactly when
// [MaturityParams.Validate] does. It takes O(k²) time for k products, about a millisecond
// for ten and half a second for [MaxProducts]: what there is to know of a customer is worked out here.
func NewMaturity[I relmark.ID](p MaturityParams[I]) (Maturity[I], error) {
	if err := p.Validate(); err != nil {
		return Maturity[I]{}, err
	}
	m := Maturity[I]{params: p.clone()}
	l := newLatent(len(p.Items))
	l.sd = p.SD
	for i, d := range p.Difficulty {
		l.b[i] = d - p.Mean
	}
	for r := range len(p.Items) + 1 {
		at := l.posterior(r)
		mean, sd := at.moments()
		m.of = append(m.of, Estimate{p.Mean + float64(p.SD*mean), p.SD * sd})
		m.shares = append(m.shares, at.shares(l.b))
	}
	m.shareOfAll = l.prior().shares(l.b)
	return m, nil
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
	for i, item := range m.params.Items {
		out[i] = Rung[I]{item, m.params.Difficulty[i], m.shareOfAll[i]}
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
	has, err := m.owned(owned)
	if err != nil {
		return Estimate{}, err
	}
	return m.of[len(has)], nil
}

// Suggest returns the products that a customer has not yet, the most likely one first,
// equal ones ascending by item. The score is the probability that someone of this customer's
// maturity, as far as the products owned tell it, has the product. It fails as
// [SuggestParams.Validate] does and on a product owned that is not on the list.
func (m Maturity[I]) Suggest(o SuggestParams[I], owned ...I) ([]crosssell.Suggestion[I], error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	has, err := m.owned(owned)
	if err != nil {
		return nil, err
	}
	var out []crosssell.Suggestion[I]
	for i, item := range m.params.Items {
		if slices.Contains(has, item) || slices.Contains(o.Exclude, item) {
			continue
		}
		p := m.shares[len(has)][i]
		out = append(out, crosssell.Suggestion[I]{Item: item, Score: p, Because: []crosssell.Evidence[I]{
			{Source: crosssell.FromSequence, Items: slices.Clone(has), Weight: p},
		}})
	}
	slices.SortStableFunc(out, func(a, b crosssell.Suggestion[I]) int { return cmp.Compare(b.Score, a.Score) })
	return out[:min(o.Max, len(out))], nil
}

// owned returns what a customer has, ascending, each once.
func (m Maturity[I]) owned(owned []I) ([]I, error) {
	var l fault.List
	l.Check(len(m.of) > 0, "Maturity", nil, "must come from NewMaturity or FitMaturity")
	for i, item := range owned {
		if _, listed := slices.BinarySearch(m.params.Items, item); !listed {
			l.Add(fmt.Sprintf("Owned[%d]", i), nil, listedRule)
		}
	}
	return slices.Compact(slices.Sorted(slices.Values(owned))), l.Err(room)
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
func (m *Maturity[I]) UnmarshalJSON(data []byte) error {
	var p MaturityParams[I]
	if err := p.UnmarshalJSON(data); err != nil {
		return err
	}
	built, err := NewMaturity(p)
	if err == nil {
		*m = built
	}
	return err
}
