package clv

import (
	"cmp"
	"fmt"
	"iter"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/relmark/relmark"
)

// A Rival is a model to compare, under a name. It has no JSON; the models have.
type Rival struct {
	opaque

	Name  string
	Model PurchaseModel
}

// A Comparison is how well a model forecast a holdout period, beside others.
type Comparison struct {
	Name       string     `json:"name"`
	Evaluation Evaluation `json:"evaluation"`
	// Behind is by how much the mean squared error is above that of the best model, with
	// an interval from the differences customer by customer. One that holds 0 says that
	// these customers do not tell the two apart. It is 0 for the best itself.
	Behind Interval `json:"behind"`
}

// CompareHoldout forecasts the holdout period of every customer with every rival and
// ranks them by mean squared error, which the forecast of the true model makes least;
// equal ones stay in their order. Level is that of the intervals, such as 0.95. It fails
// with a [relmark.FieldError] on a level outside (0, 1), no rival or one without model,
// with [relmark.ErrTooFew] on fewer than two customers, and as [Evaluate] does. It takes
// the customers once.
func CompareHoldout(level float64, customers iter.Seq[Holdout], rivals ...Rival) ([]Comparison, error) {
	if err := checkLevel(level); err != nil {
		return nil, err
	}
	c, err := newContest(rivals)
	if err != nil {
		return nil, err
	}
	i := 0
	for h := range customers {
		if err := c.add(h); err != nil {
			return nil, fmt.Errorf("%w (customer %d)", err, i)
		}
		i++
	}
	if i < 2 {
		return nil, fmt.Errorf("clv: %d customers to compare models by: %w", i, relmark.ErrTooFew)
	}
	return c.ranking(float64(i), distuv.UnitNormal.Quantile((1+level)/2)), nil
}

// A contest sums up the squared errors of rivals, and for every two of them the
// differences between these and their squares.
type contest struct {
	rivals      []Rival
	forecasters []*forecaster
	evaluations []Evaluation
	errors      []float64 // of one customer
	more, spare [][]float64
}

func newContest(rivals []Rival) (*contest, error) {
	n := len(rivals)
	if n == 0 {
		return nil, invalid("Rivals", 0, "must be 1 or more")
	}
	c := &contest{rivals: rivals, evaluations: make([]Evaluation, n), errors: make([]float64, n)}
	for i, r := range rivals {
		if r.Model == nil {
			return nil, invalid(fmt.Sprintf("Rivals[%d].Model", i), nil, "must not be nil")
		}
		c.forecasters = append(c.forecasters, newForecaster(r.Model))
		c.more, c.spare = append(c.more, make([]float64, n)), append(c.spare, make([]float64, n))
	}
	return c, nil
}

func (c *contest) add(h Holdout) error {
	for i, f := range c.forecasters {
		expected := f.expected(h)
		if err := c.evaluations[i].Add(h.X, expected, h.Purchases, 1); err != nil {
			return err
		}
		off := expected - float64(h.Purchases)
		c.errors[i] = off * off
	}
	for i, a := range c.errors {
		for j, b := range c.errors {
			c.more[i][j] += a - b
			c.spare[i][j] += (a - b) * (a - b)
		}
	}
	return nil
}

func (c *contest) ranking(n, z float64) []Comparison {
	order := make([]int, len(c.rivals))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int {
		return cmp.Compare(c.evaluations[i].Total().Squared, c.evaluations[j].Total().Squared)
	})
	ranks := make([]Comparison, len(order))
	for place, i := range order {
		mean, square := c.more[i][order[0]]/n, c.spare[i][order[0]]/n
		half := z * math.Sqrt(max(square-mean*mean, 0)/(n-1))
		ranks[place] = Comparison{c.rivals[i].Name, c.evaluations[i], Interval{mean - half, mean, mean + half}}
	}
	return ranks
}
