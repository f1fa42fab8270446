package csi

import (
	"math"

	"github.com/relmark/relmark/internal/enum"
)

// Quantity is a kind of figure that an estimate has one or several of.
type Quantity string

// The quantities.
const (
	Weight      Quantity = "weight"       // of a standardised item
	Loading     Quantity = "loading"      // of an item
	Coefficient Quantity = "coefficient"  // of a link, its path
	RSquare     Quantity = "r2"           // of a construct that others act on
	TotalEffect Quantity = "total_effect" // of one construct on another
	IndexScore  Quantity = "index"        // of a construct, 0 to 100
)

func quantities() enum.Set[Quantity] {
	return enum.Of(Weight, Loading, Coefficient, RSquare, TotalEffect, IndexScore)
}

// A Parameter names one figure of an estimate: a quantity, and of what. It is plain data,
// and comparable.
type Parameter struct {
	Quantity  Quantity `json:"quantity"`
	Construct string   `json:"construct,omitempty"` // of a weight, a loading, an R² or an index; the antecedent of a path or an effect
	To        string   `json:"to,omitempty"`        // of a path or an effect: what it leads to
	Item      int      `json:"item,omitempty"`      // of a weight or a loading: the position in a row of answers
}

// parameters lists those of a model in which some constructs have an index, in the order in
// which [estimator.values] has them.
func (m *plan) parameters(indexed []int) (list []Parameter) {
	name := func(j int) string { return m.params.Constructs[j].Name }
	for _, q := range []Quantity{Weight, Loading} {
		for h, j := range m.owner() {
			list = append(list, Parameter{Quantity: q, Construct: name(j), Item: m.columns[h].item})
		}
	}
	for _, a := range m.linked {
		list = append(list, Parameter{Quantity: Coefficient, Construct: name(a.from), To: name(a.to)})
	}
	for j, from := range m.from {
		if len(from) > 0 {
			list = append(list, Parameter{Quantity: RSquare, Construct: name(j)})
		}
	}
	for _, a := range m.effects {
		list = append(list, Parameter{Quantity: TotalEffect, Construct: name(a.from), To: name(a.to)})
	}
	for _, j := range indexed {
		list = append(list, Parameter{Quantity: IndexScore, Construct: name(j)})
	}
	return list
}

// An estimator estimates the parameters of a model from samples, with memory of its own.
type estimator struct {
	*solver
	share   []float64
	owner   []int
	indexed []int // constructs whose index is wanted
	width   int
}

func newEstimator(m *plan, o Options, indexed []int) *estimator {
	return &estimator{newSolver(m, o), make([]float64, m.items()), m.owner(), indexed, len(m.parameters(indexed))}
}

// haveIndex returns the constructs that have an index in a sample.
func (e *estimator) haveIndex(of *sample) (list []int, t trouble) {
	if t := e.solve(of); t.reason != "" {
		return nil, t
	}
	e.m.indexWeights(e.weight, of.sd, e.share)
	for j := range e.m.constructs() {
		if !math.IsNaN(e.share[e.m.first[j]]) {
			list = append(list, j)
		}
	}
	return list, trouble{}
}

// values estimates the model and appends its parameters to a list, NaN for an index that
// does not exist. It allocates nothing if there is room for them.
func (e *estimator) values(of *sample, out []float64) ([]float64, trouble) {
	if t := e.solve(of); t.reason != "" {
		return nil, t
	}
	m, k := e.m, e.m.constructs()
	out = append(out, e.weight...)
	for h, j := range e.owner {
		out = append(out, e.cross[h*k+j])
	}
	out = append(out, e.path...)
	for j, from := range m.from {
		if len(from) > 0 {
			out = append(out, e.r2[j])
		}
	}
	for _, a := range m.effects {
		out = append(out, e.effect[a.from*k+a.to])
	}
	m.indexWeights(e.weight, of.sd, e.share)
	for _, j := range e.indexed {
		v := m.index(j, e.share, of.mean)
		if math.IsNaN(v) {
			v = math.NaN() // of one kind, as it is stored
		}
		out = append(out, v)
	}
	return out, trouble{}
}

// lacking returns the first construct without an index in the values of a sample.
func (e *estimator) lacking(values []float64) trouble {
	for i, v := range values[len(values)-len(e.indexed):] {
		if math.IsNaN(v) {
			return trouble{NoIndex, e.indexed[i]}
		}
	}
	return trouble{}
}
