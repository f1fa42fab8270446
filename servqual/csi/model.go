package csi

import (
	"fmt"
	"math"
	"slices"
	"unicode/utf8"

	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
)

const room = "csi" // as errors name it

// What a model may hold.
const (
	maxConstructs = 50
	maxItems      = 500 // of all constructs
	maxPosition   = 9999
	maxName       = 100 // bytes
	maxEnd        = 1e9 // of a scale, about 0
	minSpan       = 1e-9
)

// Mode says how a construct is computed from its items. The zero Mode is [ModeA].
type Mode string

// The modes.
const (
	ModeA Mode = ""  // items reflect the construct: weights in proportion to covariances; the default
	ModeB Mode = "b" // items form the construct: weights of a regression
)

func modes() enum.Set[Mode] { return enum.Of(ModeA, ModeB) }

// A Construct is what several items of a questionnaire measure together: expectation,
// satisfaction, loyalty. It is plain data.
type Construct struct {
	Name  string  `json:"name"`           // 1 to 100 bytes of UTF-8, of its own in the model
	Items []int   `json:"items"`          // positions in a row of answers, 0 to 9,999, one or more; of no other construct
	Mode  Mode    `json:"mode,omitempty"` // how weights are estimated
	Low   float64 `json:"low"`            // what counts as 0: the lowest answer to its items; within ±1e9
	High  float64 `json:"high"`           // what counts as 100: the highest answer, above Low by 1e-9 or more
	Open  bool    `json:"open,omitempty"` // answers and measurements may lie beyond Low and High, within ±1e9; otherwise they are refused
}

// A Link says that one construct is thought to act on another. It is plain data.
type Link struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// Params describe a path model: constructs, and which act on which. It is plain data; the
// ready ones come from [Ready].
type Params struct {
	Constructs []Construct // 2 to 50, of 500 items at most; results are in their order
	Links      []Link      // each once; no construct without one, and no way back to where it started
}

// Validate reports every rule that p breaks, in one error.
func (p Params) Validate() error {
	var l fault.List
	if n := len(p.Constructs); n < 2 || n > maxConstructs {
		l.Add("Constructs", n, "must number 2 to 50")
		return l.Err(room)
	}
	names, owners := map[string]int{}, map[int]int{}
	for i, c := range p.Constructs {
		at := fmt.Sprintf("Constructs[%d]", i)
		l.Join(at, c.validate())
		_, double := names[c.Name]
		l.Check(!double, at+".Name", nil, "must differ from the names before it")
		names[c.Name] = i
		for j, item := range c.Items[:min(len(c.Items), maxItems)] {
			owner, taken := owners[item]
			l.Check(!taken, fmt.Sprintf("%s.Items[%d]", at, j), item, fmt.Sprintf("must not be an item of Constructs[%d] as well", owner))
			owners[item] = i
		}
	}
	l.Check(len(owners) <= maxItems, "Constructs", len(owners), "must have 500 items at most")
	if l.Len() == 0 {
		p.links(names, &l)
	}
	return l.Err(room)
}

func isName(s string) bool { return len(s) >= 1 && len(s) <= maxName && utf8.ValidString(s) }

func (c Construct) validate() error {
	var l fault.List
	l.Check(isName(c.Name), "Name", nil, "must be 1 to 100 bytes of UTF-8")
	l.Check(len(c.Items) >= 1 && len(c.Items) <= maxItems, "Items", len(c.Items), "must number 1 to 500")
	for i, item := range c.Items[:min(len(c.Items), maxItems)] {
		l.Check(item >= 0 && item <= maxPosition, fmt.Sprintf("Items[%d]", i), item, "must be 0 to 9999")
	}
	l.Join("", modes().Check("Mode", c.Mode))
	l.Between("Low", c.Low, -maxEnd, maxEnd)
	l.Between("High", c.High, -maxEnd, maxEnd)
	l.Check(!(c.High-c.Low < minSpan), "High", c.High, "must be above Low, by 1e-9 or more")
	return l.Err("")
}

// links checks that links join constructs there are, each pair once, leave none out and
// lead nowhere in a circle.
func (p Params) links(names map[string]int, l *fault.List) {
	k := len(p.Constructs)
	l.Check(len(p.Links) >= 1 && len(p.Links) <= k*(k-1)/2, "Links", len(p.Links), "must number 1 to one for each pair of constructs")
	linked, seen := make([]bool, k), map[Link]bool{}
	from := make([][]int, k)
	for i, link := range p.Links[:min(len(p.Links), k*k)] {
		at := fmt.Sprintf("Links[%d]", i)
		a, knownA := names[link.From]
		b, knownB := names[link.To]
		l.Check(knownA, at+".From", nil, "must be the name of a construct")
		l.Check(knownB, at+".To", nil, "must be the name of a construct")
		l.Check(!seen[link], at, nil, "must be listed once")
		seen[link] = true
		if knownA && knownB {
			linked[a], linked[b] = true, true
			from[b] = append(from[b], a)
		}
	}
	if l.Len() > 0 {
		return
	}
	for i, ok := range linked {
		l.Check(ok, fmt.Sprintf("Constructs[%d]", i), nil, "must have a link: it is isolated")
	}
	_, circle := order(from)
	l.Check(!circle, "Links", nil, "must not lead in a circle")
}

// order returns the constructs with all that act on them before them, the first of the
// list where there is a choice, given who acts on each; true if links lead in a circle.
func order(from [][]int) (list []int, circle bool) {
	done := make([]bool, len(from))
	for len(list) < len(from) {
		next := -1
		for i := range from {
			if !done[i] && !slices.ContainsFunc(from[i], func(a int) bool { return !done[a] }) {
				next = i
				break
			}
		}
		if next < 0 {
			return list, true
		}
		done[next] = true
		list = append(list, next)
	}
	return list, false
}

// clone returns a deep copy.
func (p Params) clone() Params {
	p.Constructs, p.Links = slices.Clone(p.Constructs), slices.Clone(p.Links)
	for i := range p.Constructs {
		p.Constructs[i].Items = slices.Clone(p.Constructs[i].Items)
	}
	return p
}

func (p Params) equal(o Params) bool {
	return slices.Equal(p.Links, o.Links) && slices.EqualFunc(p.Constructs, o.Constructs, func(a, b Construct) bool {
		return a.Name == b.Name && a.Mode == b.Mode && a.Low == b.Low && a.High == b.High && a.Open == b.Open && slices.Equal(a.Items, b.Items)
	})
}

// A Model is a path model ready for answers. It is an immutable value, safe for concurrent
// use. Obtain one from [New] or [Ready]; the methods of the zero Model fail.
type Model struct{ plan *plan }

// A plan is what a model has computed from its params. Items are numbered through in the
// order of constructs, and so columns are.
type plan struct {
	params  Params
	names   map[string]int // positions of constructs
	columns []column       // of items
	first   []int          // first item of each construct, and the number of items at the end
	linked  []arrow        // links, in their order
	from    [][]int        // who acts on a construct, in the order of links
	path    [][]int        // and by which link
	to      [][]int        // on whom it acts
	order   []int          // antecedents first
	effects []arrow        // pairs with a way from one to the other, in the order of constructs

	indirect   []arrow // of these those with a way by others
	reflective []int   // constructs of mode A with several items
	pairs      []arrow // of constructs that can be told from each other by their items
}

// An arrow leads from one construct to another.
type arrow struct{ from, to int }

// New prepares a model. It fails exactly when [Params.Validate] does.
func New(p Params) (Model, error) {
	if err := p.Validate(); err != nil {
		return Model{}, err
	}
	k := len(p.Constructs)
	m := &plan{params: p.clone(), names: map[string]int{}, from: make([][]int, k), path: make([][]int, k), to: make([][]int, k)}
	for i, c := range m.params.Constructs {
		m.names[c.Name] = i
		m.first = append(m.first, len(m.columns))
		for _, item := range c.Items {
			m.columns = append(m.columns, column{item, c.Low, c.High, c.Open})
		}
	}
	m.first = append(m.first, len(m.columns))
	for i, link := range m.params.Links {
		a := arrow{m.names[link.From], m.names[link.To]}
		m.linked = append(m.linked, a)
		m.from[a.to], m.path[a.to] = append(m.from[a.to], a.from), append(m.path[a.to], i)
		m.to[a.from] = append(m.to[a.from], a.to)
	}
	m.order, _ = order(m.from)
	m.reach()
	m.tell()
	return Model{m}, nil
}

// reach lists the pairs with a way from one construct to the other.
func (m *plan) reach() {
	k := m.constructs()
	way, byOthers := make([]bool, k*k), make([]bool, k*k)
	for _, to := range m.order {
		for _, by := range m.from[to] {
			way[by*k+to] = true
			for from := range k {
				byOthers[from*k+to] = byOthers[from*k+to] || way[from*k+by]
				way[from*k+to] = way[from*k+to] || way[from*k+by]
			}
		}
	}
	for at, ok := range way {
		if ok {
			m.effects = append(m.effects, arrow{at / k, at % k})
		}
		if byOthers[at] {
			m.indirect = append(m.indirect, arrow{at / k, at % k})
		}
	}
}

// tell lists the constructs whose items should agree, and the pairs of those that the
// correlations of their items tell from each other, which takes items that should.
func (m *plan) tell() {
	for j := range m.constructs() {
		several := m.first[j+1]-m.first[j] > 1
		if several && !m.formative(j) {
			m.reflective = append(m.reflective, j)
		}
		for i := range j {
			if m.told(i) && m.told(j) {
				m.pairs = append(m.pairs, arrow{i, j})
			}
		}
	}
}

func (m *plan) constructs() int { return len(m.from) }

func (m *plan) items() int { return len(m.columns) }

// block returns the items of a construct, from the first to before the last.
func (m *plan) block(construct int) (first, last int) {
	return m.first[construct], m.first[construct+1]
}

func (m *plan) formative(construct int) bool { return m.params.Constructs[construct].Mode == ModeB }

// told reports whether a construct can be told from others by the correlations of its items,
// which need not agree where there are several in mode B.
func (m *plan) told(construct int) bool {
	return !m.formative(construct) || m.first[construct+1]-m.first[construct] == 1
}

// owner returns the construct of each item.
func (m *plan) owner() []int {
	of := make([]int, m.items())
	for j := range m.constructs() {
		first, last := m.block(j)
		for h := first; h < last; h++ {
			of[h] = j
		}
	}
	return of
}

// span returns the width of the scale of a construct's items.
func (m *plan) span(construct int) float64 {
	c := &m.params.Constructs[construct]
	return c.High - c.Low
}

// Params returns a copy of what the model was made from; the zero Params for the zero
// Model.
func (m Model) Params() Params {
	if m.plan == nil {
		return Params{}
	}
	return m.plan.params.clone()
}

// Matrix returns the links as rows of the path matrix: 1 in the row of a construct and the
// column of one that acts on it, both in the order of the constructs; nil for the zero
// Model.
func (m Model) Matrix() [][]int {
	if m.plan == nil {
		return nil
	}
	rows := make([][]int, m.plan.constructs())
	for i := range rows {
		rows[i] = make([]int, len(rows))
		for _, by := range m.plan.from[i] {
			rows[i][by] = 1
		}
	}
	return rows
}

// find returns the position of a construct by its name.
func (m *plan) find(field, name string) (int, error) {
	i, ok := m.names[name]
	if !ok {
		return 0, fault.New(field, nil, "must be the name of a construct")
	}
	return i, nil
}

func errZero() error {
	return fault.Room(room, fault.New("Model", nil, "must come from New"))
}

// A column is where an item is in a row of answers, and what its answers may be.
type column struct {
	item      int
	low, high float64
	open      bool
}

// middle returns the middle of the scale, from which answers are counted: sums of whole
// numbers and halves are exact.
func (c column) middle() float64 { return c.low/2 + c.high/2 }

// bounds returns between what answers lie.
func (c column) bounds() (low, high float64) {
	if c.open {
		return -maxEnd, maxEnd
	}
	return c.low, c.high
}

// read turns the answers of a row into distances from the middle of their scales; NaN is
// a missing one, and stays one. It says whether none is missing. Errors name the position
// in brackets, for whoever knows which row it is.
func read(columns []column, row, into []float64) (complete bool, err error) {
	complete = true
	for i, c := range columns {
		if c.item >= len(row) {
			return false, fault.New("", len(row), fmt.Sprintf("must have %d answers or more", need(columns)))
		}
		x := row[c.item]
		if math.IsNaN(x) {
			complete = false
		} else if low, high := c.bounds(); !(x >= low && x <= high) {
			return false, fault.New(fmt.Sprintf("[%d]", c.item), x, fmt.Sprintf("must be %v to %v, or NaN where it is missing", low, high))
		}
		into[i] = x - c.middle()
	}
	return complete, nil
}

// need returns how many answers a row must have.
func need(columns []column) (n int) {
	for _, c := range columns {
		n = max(n, c.item+1)
	}
	return n
}
