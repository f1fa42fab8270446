package csi

import (
	"fmt"
	"math"
	"slices"

	"github.com/relmark/relmark/internal/fault"
)

// CrossLoadings returns the correlation of each item with each construct: an item should
// load on its own one more than on any other. Items are rows, in the order of [Fit.Items];
// nil for the zero Fit.
func (f Fit) CrossLoadings() [][]float64 { return rows(f.cross, f.constructs()) }

// Correlations returns the correlations of the constructs, in their order; nil for the zero
// Fit.
func (f Fit) Correlations() [][]float64 { return rows(f.between, f.constructs()) }

func (f Fit) constructs() int {
	if f.model.plan == nil {
		return 0
	}
	return f.model.plan.constructs()
}

// rows returns copies of the rows of a matrix.
func rows(matrix []float64, columns int) (list [][]float64) {
	for at := 0; at < len(matrix); at += columns {
		list = append(list, slices.Clone(matrix[at:at+columns]))
	}
	return list
}

// A Pair is how well a fit tells two constructs apart. It is plain data.
type Pair struct {
	First  string  `json:"first"`
	Second string  `json:"second"`
	HTMT   float64 `json:"htmt"` // 0.85 or 0.9 and more are too near to each other
}

// HTMT returns the heterotrait-monotrait ratio of each pair of constructs, by their order: the
// mean correlation of items of the two over the geometric mean of those within each, all
// without their sign; within a construct of one item it is 1. Pairs with a construct of several
// items of mode B are left out: its items need not agree. It fails with a [relmark.FieldError]
// that names each item which on average runs against the others of its construct: it has to be
// reversed, or dropped.
func (f Fit) HTMT() ([]Pair, error) {
	if f.model.plan == nil {
		return nil, errNoFit()
	}
	if err := f.unreversed(); err != nil {
		return nil, err
	}
	m, e := f.model.plan, f.estimate()
	var list []Pair
	for _, p := range m.pairs {
		list = append(list, Pair{First: m.params.Constructs[p.from].Name, Second: m.params.Constructs[p.to].Name, HTMT: e.htmt(p.from, p.to)})
	}
	return list, nil
}

// unreversed names each item that runs against the others of its construct.
func (f Fit) unreversed() error {
	var l fault.List
	m, e := f.model.plan, f.estimate()
	for h, j := range m.owner() {
		if m.told(j) && e.against(h, j) {
			l.Add(m.item(h), nil, "must be reversed or dropped: it runs against the other items of its construct")
		}
	}
	return l.Err(room)
}

// FornellLarcker returns the correlations of constructs with the square root of the average
// variance extracted on the diagonal, which should be the greatest of its row and column;
// NaN for a construct of mode B, which has none. It is nil for the zero Fit.
func (f Fit) FornellLarcker() [][]float64 {
	table := f.Correlations()
	for j := range table {
		table[j][j] = math.NaN()
		if !f.model.plan.formative(j) {
			table[j][j] = math.Sqrt(f.estimate().communality(j))
		}
	}
	return table
}

// A Size is the size of the effect of one link. It is plain data.
type Size struct {
	From string  `json:"from"`
	To   string  `json:"to"`
	F2   float64 `json:"f2"` // 0.02 is small, 0.15 medium, 0.35 large; below 0 where the estimate is better without the link
}

// FSquare returns Cohen's f² of each link, in their order: (R² − R² without it)/(1 − R²) of
// the construct acted on. The model is estimated again without the link, which moves the
// weights as well; a construct that is left without any goes, too. a are the moments of the
// fit. It fails as [Model.Fit] does, for the zero Fit, and where R² is 1. It takes as many
// fits as there are links.
func (f Fit) FSquare(a *Moments) ([]Size, error) {
	if f.model.plan == nil {
		return nil, errNoFit()
	}
	if a == nil {
		return nil, fault.Room(room, fault.New("Moments", nil, "must not be nil"))
	}
	part, err := a.of(f.model.plan.columns)
	if err != nil {
		return nil, fault.Room(room, err)
	}
	var list []Size
	for i, link := range f.model.plan.params.Links {
		r2 := f.r2[f.model.plan.linked[i].to]
		if !(1-r2 > own) {
			return nil, fault.Room(room, fault.New(fmt.Sprintf("Links[%d]", i), nil, "must not lead to a construct that its antecedents determine"))
		}
		without, err := f.without(i, part)
		if err != nil {
			return nil, fmt.Errorf("without Links[%d]: %w", i, err)
		}
		list = append(list, Size{link.From, link.To, (r2 - without) / (1 - r2)})
	}
	return list, nil
}

// without returns R² of the construct that a link leads to, estimated without it; 0 where
// nothing else acts on it.
func (f Fit) without(link int, a *Moments) (float64, error) {
	p := f.model.Params()
	to := p.Links[link].To
	p.Links = slices.Delete(p.Links, link, link+1)
	p.Constructs = slices.DeleteFunc(p.Constructs, func(c Construct) bool {
		return !slices.ContainsFunc(p.Links, func(l Link) bool { return l.From == c.Name || l.To == c.Name })
	})
	if !slices.ContainsFunc(p.Links, func(l Link) bool { return l.To == to }) {
		return 0, nil
	}
	m, err := New(p)
	if err != nil {
		return 0, err
	}
	part, err := a.of(m.plan.columns)
	if err != nil {
		return 0, err
	}
	// Complete rows stay those of the whole model, so that both R² are of the same rows.
	other, err := m.fit(part, f.options)
	if err != nil {
		return 0, err
	}
	return other.r2[m.plan.names[to]], nil
}
