package csi

import (
	"fmt"
	"math"
	"slices"

	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
)

// Scheme says how much each neighbour of a construct counts when its weights are estimated.
// The zero Scheme is [PathWeighting].
type Scheme string

// The inner schemes.
const (
	PathWeighting Scheme = ""          // antecedents by their paths, those acted on by their correlation; the default
	Factorial     Scheme = "factorial" // all by their correlation
	Centroid      Scheme = "centroid"  // all alike, by the sign of their correlation
)

func schemes() enum.Set[Scheme] { return enum.Of(PathWeighting, Factorial, Centroid) }

// Options say how a model is estimated. The zero Options are the defaults. They are plain
// data.
type Options struct {
	Scheme    Scheme  `json:"scheme,omitempty"`
	Use       Use     `json:"use,omitempty"`       // what to do where answers are missing
	Tolerance float64 `json:"tolerance,omitempty"` // weights rest when none is off by as much, at the rate at which rounds slow down: 1e-14 to 0.01; 1e-14 where it is 0
	Rounds    int     `json:"rounds,omitempty"`    // at most, 1 to 100,000; 3,000 where it is 0
}

// Validate reports every rule that o breaks, in one error.
func (o Options) Validate() error {
	var l fault.List
	o.check(&l)
	return l.Err(room)
}

func (o Options) check(l *fault.List) {
	l.Join("", schemes().Check("Scheme", o.Scheme))
	l.Join("", uses().Check("Use", o.Use))
	l.Check(o.Tolerance == 0 || o.Tolerance >= 1e-14 && o.Tolerance <= 0.01, "Tolerance", o.Tolerance, "must be 0 or 1e-14 to 0.01")
	l.Check(o.Rounds >= 0 && o.Rounds <= 100_000, "Rounds", o.Rounds, "must be 0 to 100000")
}

// filled returns o with its defaults.
func (o Options) filled() Options {
	if o.Tolerance == 0 {
		o.Tolerance = 1e-14
	}
	if o.Rounds == 0 {
		o.Rounds = 3000
	}
	return o
}

// A Fit is a model estimated from moments. It is an immutable value, safe for concurrent
// use. Obtain one from [Model.Fit]; the methods of the zero Fit return nothing, or fail. It
// does not encode: store the [Moments].
type Fit struct {
	opaque

	model   Model
	options Options
	sample  sample
	rows    int64
	full    int64

	weight  []float64 // of standardised items
	share   []float64 // of items as they were answered; NaN where a construct has no index
	cross   []float64
	between []float64
	path    []float64
	r2      []float64
	effect  []float64
	rounds  int
	change  float64
	rested  bool
}

// Fit estimates the model. It fails with a [relmark.FieldError] for options that are none,
// moments that lack an item of the model or have it on another scale, and rows that have no
// estimate, of which it names the item or the construct; with [relmark.ErrTooFew] unless
// there are 3 rows, and 2 more than any construct has antecedents and any of mode B has
// items; and with [relmark.ErrNoConverge] where weights do not come to rest, along with the
// best so far. It takes time by the square of the items for each round, some dozen of them.
func (m Model) Fit(a *Moments, o Options) (Fit, error) {
	if m.plan == nil {
		return Fit{}, errZero()
	}
	if err := o.Validate(); err != nil {
		return Fit{}, err
	}
	if a == nil {
		return Fit{}, fault.Room(room, fault.New("Moments", nil, "must not be nil"))
	}
	part, err := a.of(m.plan.columns)
	if err != nil {
		return Fit{}, fault.Room(room, err)
	}
	return m.fit(part, o)
}

// fit estimates the model from moments of exactly its items.
func (m Model) fit(a *Moments, o Options) (Fit, error) {
	s := newSample(m.plan.items())
	if t := s.fill(a, o.Use); t.reason != "" {
		return Fit{}, t.err(m.plan)
	}
	v := newSolver(m.plan, o)
	t := v.solve(&s)
	if t.reason != "" && t.reason != NotConverged {
		return Fit{}, t.err(m.plan)
	}
	f := Fit{
		model: m, options: o, sample: s, rows: a.rows, full: a.complete,
		weight: v.weight, share: make([]float64, m.plan.items()), cross: v.cross, between: v.between,
		path: v.path, r2: v.r2, effect: v.effect, rounds: v.took, change: v.change, rested: v.rested,
	}
	m.plan.indexWeights(f.weight, s.sd, f.share)
	return f, t.err(m.plan)
}

// of returns the moments of some columns, in their order; a itself if these are all.
func (a *Moments) of(columns []column) (*Moments, error) {
	if slices.Equal(a.columns, columns) {
		return a, nil
	}
	at := make([]int, len(columns))
	for i, c := range columns {
		at[i] = slices.Index(a.columns, c)
		if at[i] < 0 {
			return nil, fault.New("Moments", nil, fmt.Sprintf("must have the answers to the item at %d, on the same scale", c.item))
		}
	}
	return a.part(columns, at), nil
}

// part returns the moments of columns at some places. A row that lacks an answer only to
// another item stays among those that are not complete.
func (a *Moments) part(columns []column, at []int) *Moments {
	out, k, n := newMoments(columns), len(a.columns), len(columns)
	out.rows, out.complete = a.rows, a.complete
	next := 0
	for i, x := range at {
		out.full.x[i] = a.full.x[x]
		for j, y := range at {
			from, to := x*k+y, i*n+j
			out.partial.n[to], out.partial.x[to], out.partial.xx[to] = a.partial.n[from], a.partial.x[from], a.partial.xx[from]
			if j < i {
				continue
			}
			low, high := min(x, y), max(x, y)
			out.full.xy[next] = a.full.xy[low*k-low*(low-1)/2+high-low]
			out.partial.xy[to] = a.partial.xy[low*k+high]
			next++
		}
	}
	return out
}

// Model returns the model; the zero Model for the zero Fit.
func (f Fit) Model() Model { return f.model }

// Options returns how the model was estimated, with its defaults filled in.
func (f Fit) Options() Options { return f.options.filled() }

// Respondents returns how many rows there are in all.
func (f Fit) Respondents() int64 { return f.rows }

// Complete returns how many rows lack nothing.
func (f Fit) Complete() int64 { return f.full }

// N returns how many rows count: the complete ones, all where means are put in place of
// missing answers, and with pairs those of the pair that has fewest.
func (f Fit) N() int64 { return int64(f.sample.n) }

// Rounds returns after how many rounds weights came to rest, and by how much the last one
// moved any of them.
func (f Fit) Rounds() (rounds int, change float64) { return f.rounds, f.change }

// Converged reports whether weights came to rest.
func (f Fit) Converged() bool { return f.rested }

// An Item is what a fit says of one item. It is plain data.
type Item struct {
	Construct   string  `json:"construct"`
	Position    int     `json:"position"`    // in a row of answers
	Mean        float64 `json:"mean"`        // as answered
	SD          float64 `json:"sd"`          // divisor n − 1
	Weight      float64 `json:"weight"`      // of the standardised item in the standardised construct
	Loading     float64 `json:"loading"`     // correlation with its construct
	Communality float64 `json:"communality"` // loading²
	Redundancy  float64 `json:"redundancy"`  // communality × R² of the construct; 0 without antecedents
	// Share is the weight of the item as it was answered in the index of its construct,
	// where they add to 1; nil where the construct has no index.
	Share *float64 `json:"share,omitempty"`
}

// Items returns what the fit says of each item, in the order of constructs; nil for the
// zero Fit.
func (f Fit) Items() (list []Item) {
	if f.model.plan == nil {
		return nil
	}
	m, k := f.model.plan, f.model.plan.constructs()
	for h, j := range m.owner() {
		c := m.columns[h]
		l := f.cross[h*k+j]
		list = append(list, Item{
			Construct: m.params.Constructs[j].Name, Position: c.item, Mean: f.sample.mean[h] + c.middle(), SD: f.sample.sd[h],
			Weight: f.weight[h], Loading: l, Communality: l * l, Redundancy: l * l * f.r2[j], Share: number(f.share[h]),
		})
	}
	return list
}

// number returns a pointer to x; nil if it is none.
func number(x float64) *float64 {
	if math.IsNaN(x - x) {
		return nil
	}
	return &x
}

// A Path is what a fit says of one link. It is plain data.
type Path struct {
	From  string  `json:"from"`
	To    string  `json:"to"`
	Value float64 `json:"value"` // standard deviations of To for one of From, all others that act on To held
	VIF   float64 `json:"vif"`   // variance inflation of From among all that act on To; 1 where it is alone
}

// Paths returns the paths, in the order of links; nil for the zero Fit.
func (f Fit) Paths() (list []Path) {
	if f.model.plan == nil {
		return nil
	}
	vif := f.inflation()
	for i, link := range f.model.plan.params.Links {
		list = append(list, Path{link.From, link.To, f.path[i], vif[i]})
	}
	return list
}

// inflation returns the variance inflation of the antecedent of each link: the diagonal of
// the inverse of the correlations among those of one construct.
func (f Fit) inflation() []float64 {
	m, k := f.model.plan, f.model.plan.constructs()
	out := make([]float64, len(m.linked))
	for j, from := range m.from {
		n := len(from)
		l := make([]float64, n*n)
		for x, a := range from {
			for y, b := range from {
				l[x*n+y] = f.between[a*k+b]
			}
		}
		factor(l, n) // which the fit has done before
		for x := range from {
			unit := make([]float64, n)
			unit[x] = 1
			substitute(l, n, unit)
			out[m.path[j][x]] = unit[x]
		}
	}
	return out
}

// An Effect is how one construct acts on another. It is plain data.
type Effect struct {
	From     string  `json:"from"`
	To       string  `json:"to"`
	Direct   float64 `json:"direct"`   // the path; 0 without a link
	Indirect float64 `json:"indirect"` // by way of others
	Total    float64 `json:"total"`
}

// Effects returns the effects of all pairs with a way from one to the other, by From and
// by To in the order of constructs; nil for the zero Fit.
func (f Fit) Effects() (list []Effect) {
	if f.model.plan == nil {
		return nil
	}
	for _, a := range f.model.plan.effects {
		list = append(list, f.effectOf(a))
	}
	return list
}

func (f Fit) effectOf(a arrow) Effect {
	m := f.model.plan
	e := Effect{From: m.params.Constructs[a.from].Name, To: m.params.Constructs[a.to].Name, Total: f.effect[a.from*m.constructs()+a.to]}
	if i := slices.Index(m.linked, a); i >= 0 {
		e.Direct = f.path[i]
	}
	e.Indirect = e.Total - e.Direct
	return e
}

// Effect returns how one construct acts on another, by names: all 0 where there is no way.
// It fails with a [relmark.FieldError] for a name that is none of the model.
func (f Fit) Effect(from, to string) (Effect, error) {
	if f.model.plan == nil {
		return Effect{}, errNoFit()
	}
	a, err := f.model.plan.find("From", from)
	if err != nil {
		return Effect{}, fault.Room(room, err)
	}
	b, err := f.model.plan.find("To", to)
	if err != nil {
		return Effect{}, fault.Room(room, err)
	}
	return f.effectOf(arrow{a, b}), nil
}

func errNoFit() error {
	return fault.Room(room, fault.New("Fit", nil, "must come from Model.Fit"))
}
