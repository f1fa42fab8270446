package csi

import (
	"math"
	"slices"

	"github.com/relmark/relmark/internal/enum"
)

// Quantity is a kind of figure that an estimate has one or several of.
type Quantity string

// The quantities.
const (
	Weight         Quantity = "weight"          // of a standardised item
	Loading        Quantity = "loading"         // of an item
	Coefficient    Quantity = "coefficient"     // of a link, its path
	RSquare        Quantity = "r2"              // of a construct that others act on
	TotalEffect    Quantity = "total_effect"    // of one construct on another
	IndexScore     Quantity = "index"           // of a construct, 0 to 100
	IndirectEffect Quantity = "indirect_effect" // of one construct on another by way of others
	AVE            Quantity = "ave"             // of a construct of mode A with several items, as the next three
	Alpha          Quantity = "alpha"
	RhoC           Quantity = "rho_c"
	RhoA           Quantity = "rho_a"
	HTMT           Quantity = "htmt"       // of two constructs
	MapImportance  Quantity = "importance" // of one construct for another, in points of their indices
)

func quantities() enum.Set[Quantity] {
	return enum.Of(Weight, Loading, Coefficient, RSquare, TotalEffect, IndexScore, IndirectEffect, AVE, Alpha, RhoC, RhoA, HTMT, MapImportance)
}

// A Parameter names one figure of an estimate: a quantity, and of what. It is plain data,
// and comparable.
type Parameter struct {
	Quantity  Quantity `json:"quantity"`
	Construct string   `json:"construct,omitempty"` // of which it is; the antecedent of a path, an effect or an importance; the first of two
	To        string   `json:"to,omitempty"`        // what a path, an effect or an importance leads to; the second of two
	Item      int      `json:"item,omitempty"`      // of a weight or a loading: the position in a row of answers
}

// parameters lists those of a model, in the order in which [estimator.values] has them: the
// basic ones and, if they are wanted, those of quality. From sure on samples may lack them.
func (m *plan) parameters(quality bool) (list []Parameter, sure int) {
	name := func(j int) string { return m.params.Constructs[j].Name }
	add := func(q Quantity, j int) { list = append(list, Parameter{Quantity: q, Construct: name(j)}) }
	join := func(q Quantity, arrows []arrow) {
		for _, a := range arrows {
			list = append(list, Parameter{Quantity: q, Construct: name(a.from), To: name(a.to)})
		}
	}
	for _, q := range []Quantity{Weight, Loading} {
		for h, j := range m.owner() {
			list = append(list, Parameter{Quantity: q, Construct: name(j), Item: m.columns[h].item})
		}
	}
	join(Coefficient, m.linked)
	for j, from := range m.from {
		if len(from) > 0 {
			add(RSquare, j)
		}
	}
	join(TotalEffect, m.effects)
	sure = len(list)
	for j := range m.constructs() {
		add(IndexScore, j)
	}
	if !quality {
		return list, sure
	}
	join(IndirectEffect, m.indirect)
	for _, q := range []Quantity{AVE, Alpha, RhoC, RhoA} {
		for _, j := range m.reflective {
			add(q, j)
		}
	}
	join(HTMT, m.pairs)
	join(MapImportance, m.effects)
	return list, sure
}

// An estimator estimates the parameters of a model from samples, with memory of its own.
type estimator struct {
	*solver
	share   []float64
	owner   []int
	quality bool
	without []int // positions of parameters that are left out, ascending
	width   int   // with them
}

func newEstimator(m *plan, o Options, quality bool, without []int) *estimator {
	list, _ := m.parameters(quality)
	return &estimator{newSolver(m, o), make([]float64, m.items()), m.owner(), quality, without, len(list)}
}

// values estimates the model and appends its parameters to an empty list, NaN for what the
// sample lacks. It allocates nothing if there is room for all of them.
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
	for j := range k {
		out = append(out, orNone(m.index(j, e.share, of.mean)))
	}
	if e.quality {
		out = e.appendQuality(of, out)
	}
	return leaveOut(out, e.without), trouble{}
}

// appendQuality appends the parameters of quality.
func (e *estimator) appendQuality(of *sample, out []float64) []float64 {
	m, f := e.m, estimate{e.m, of.sd, of.r, e.weight, e.cross, e.effect}
	for _, a := range m.indirect {
		out = append(out, e.effect[a.from*m.constructs()+a.to]-e.direct(a))
	}
	for _, figure := range []func(j int) float64{f.communality, f.alpha, f.rhoC, f.rhoA} {
		for _, j := range m.reflective {
			out = append(out, orNone(figure(j)))
		}
	}
	unreversed := f.unreversed()
	for _, p := range m.pairs {
		ratio := math.NaN()
		if !unreversed {
			ratio = orNone(f.htmt(p.from, p.to))
		}
		out = append(out, ratio)
	}
	for _, a := range m.effects {
		points := f.importance(a)
		if math.IsNaN(e.share[m.first[a.from]] + e.share[m.first[a.to]]) {
			points = math.NaN()
		}
		out = append(out, orNone(points))
	}
	return out
}

// direct returns the path of a link; 0 where there is none.
func (s *solver) direct(a arrow) float64 {
	if i := slices.Index(s.m.linked, a); i >= 0 {
		return s.path[i]
	}
	return 0
}

// orNone returns x, and one kind of NaN, which is stored, where it is no number.
func orNone(x float64) float64 {
	if math.IsNaN(x - x) {
		return math.NaN()
	}
	return x
}

// leaveOut removes what is at some positions, in ascending order, of a list.
func leaveOut[T any](list []T, at []int) []T {
	if len(at) == 0 {
		return list
	}
	kept := list[:at[0]]
	for i, from := range at {
		to := len(list)
		if i+1 < len(at) {
			to = at[i+1]
		}
		kept = append(kept, list[from+1:to]...)
	}
	return kept
}

// lacking returns the positions of what a sample lacks.
func lacking(values []float64) (at []int) {
	for i, v := range values {
		if math.IsNaN(v) {
			at = append(at, i)
		}
	}
	return at
}
