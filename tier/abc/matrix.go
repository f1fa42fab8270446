package abc

import (
	"iter"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
)

// An Axis divides a score into three levels: [High] from High on, [Medium] from
// Medium on, [Low] below.
type Axis struct {
	High   float64 `json:"high"`   // finite, above Medium
	Medium float64 `json:"medium"` // finite
}

// level returns the position of the level of a score, which must not be NaN: 0 for
// [High], 1 for [Medium], 2 for [Low].
func (x Axis) level(score float64) int {
	switch {
	case score >= x.High:
		return 0
	case score >= x.Medium:
		return 1
	default:
		return 2
	}
}

func (x Axis) validate(path string) error {
	switch {
	case !fault.Finite(x.Medium):
		return fault.New(path+".Medium", x.Medium, "must be finite")
	case !fault.Finite(x.High) || x.High <= x.Medium:
		return fault.New(path+".High", x.High, "must be finite and above Medium")
	}
	return nil
}

// A ClassTable gives a class to each class of value, level of loyalty and level of
// potential. It is plain data; the zero ClassTable stands for [DefaultClassTable].
type ClassTable [3][3][3]Class

// Set puts a class into one cell. It fails with a [relmark.FieldError] on a word
// that is none; t is unchanged then. A table that starts from zero needs all 27.
func (t *ClassTable) Set(value Class, loyalty, potential Level, class Class) error {
	v, l, p, ok := place(value, loyalty, potential)
	if !ok {
		return wrap(fault.New("Cell", nil, "must be a class and two levels"))
	}
	if err := classes().Check("Class", class); err != nil {
		return wrap(err)
	}
	t[v][l][p] = class
	return nil
}

// At returns the class of a cell; the zero Class outside the table.
func (t ClassTable) At(value Class, loyalty, potential Level) Class {
	v, l, p, ok := place(value, loyalty, potential)
	if !ok {
		return ""
	}
	return t[v][l][p]
}

// DefaultClassTable lets the class of value stand unless both other axes speak against it:
// [A] falls to B where loyalty and potential are low; [B] rises to A where both are
// high and falls to C where both are low; [C] rises to B where potential is high and
// loyalty at least medium.
func DefaultClassTable() ClassTable {
	return ClassTable{
		{{A, A, A}, {A, A, A}, {A, A, B}},
		{{A, B, B}, {B, B, B}, {B, B, C}},
		{{B, C, C}, {B, C, C}, {C, C, C}},
	}
}

// MatrixParams describes a [Matrix]. It is plain data.
type MatrixParams struct {
	Value     Cuts       `json:"value,omitzero"` // how the ranking by value is cut; zero is 0.80 and 0.95
	Loyalty   Axis       `json:"loyalty"`        // required
	Potential Axis       `json:"potential"`      // required
	Table     ClassTable `json:"table,omitzero"` // zero is [DefaultClassTable]
}

// Validate reports the first rule that p breaks as a [relmark.FieldError].
func (p MatrixParams) Validate() error { return wrap(p.validate()) }

func (p MatrixParams) validate() error {
	if err := p.Value.validate("Value."); err != nil {
		return err
	}
	if err := p.Loyalty.validate("Loyalty"); err != nil {
		return err
	}
	if err := p.Potential.validate("Potential"); err != nil {
		return err
	}
	if p.Table == (ClassTable{}) {
		return nil
	}
	for _, class := range p.Table.flat() {
		if err := classes().Check("Table", class); err != nil {
			return err
		}
	}
	return nil
}

// A Matrix classes customers on three axes: value, loyalty and potential. It is an
// immutable value, safe for concurrent use. Obtain one from [NewMatrix] or by
// decoding; the zero Matrix places nobody.
type Matrix struct{ params MatrixParams }

// NewMatrix returns the matrix that p describes. It fails exactly when
// [MatrixParams.Validate] does.
func NewMatrix(p MatrixParams) (Matrix, error) {
	if err := p.Validate(); err != nil {
		return Matrix{}, err
	}
	p.Value = p.Value.or()
	if p.Table == (ClassTable{}) {
		p.Table = DefaultClassTable()
	}
	return Matrix{p}, nil
}

// Params returns what the matrix was made of, defaults filled in.
func (m Matrix) Params() MatrixParams { return m.params }

// A Cell is where a customer stands in a [Matrix], and the class found there. It is
// plain data.
type Cell struct {
	Value     Class `json:"value"`
	Loyalty   Level `json:"loyalty"`
	Potential Level `json:"potential"`
	Class     Class `json:"class"`
}

// Place returns the cell of a customer whose class of value is known, such as from
// a ranking of last year; false if value is no class or a score is not finite.
func (m Matrix) Place(value Class, loyalty, potential float64) (Cell, bool) {
	v, ok := classes().Index(value)
	if !ok || !fault.Finite(loyalty) || !fault.Finite(potential) || m.none() {
		return Cell{}, false
	}
	return m.cell(v, loyalty, potential), true
}

// none reports whether m is the zero Matrix.
func (m *Matrix) none() bool { return m.params.Table[0][0][0] == "" }

// cell returns the cell of valid inputs, with the class of value by position.
func (m *Matrix) cell(value int, loyalty, potential float64) Cell {
	l, p := m.params.Loyalty.level(loyalty), m.params.Potential.level(potential)
	return Cell{classAt(value), levelAt(l), levelAt(p), m.params.Table[value][l][p]}
}

// A Profile is what a [Matrix] looks at: what a customer is worth now, and scores
// of loyalty and potential on the scales of the axes. It is plain data.
type Profile struct {
	Value     decimal.Decimal `json:"value"`
	Loyalty   float64         `json:"loyalty"`
	Potential float64         `json:"potential"`
}

func (p Profile) exact() (exactProfile, error) {
	switch {
	case !fault.Finite(p.Loyalty):
		return exactProfile{}, fault.New("Loyalty", p.Loyalty, "must be finite")
	case !fault.Finite(p.Potential):
		return exactProfile{}, fault.New("Potential", p.Potential, "must be finite")
	}
	value, err := exact("Value", p.Value)
	return exactProfile{value, p.Loyalty, p.Potential}, err
}

type exactProfile struct {
	value              amount
	loyalty, potential float64
}

// A Placement is a customer in a cell. It is plain data.
type Placement[ID relmark.ID] struct {
	ID   ID `json:"id"`
	Cell    // where, with its keys beside that of the customer
}

// Placements is a customer base in the cells of a [Matrix]. It is an immutable value,
// safe for concurrent use. Obtain one from [Classify]; the zero Placements is empty.
// It has no JSON; each placement has.
type Placements[ID relmark.ID] struct {
	opaque

	table ClassTable
	list  []placed[ID] // in ascending order of identifier
}

// A placed is a customer in a cell by its positions.
type placed[ID any] struct {
	id                        ID
	value, loyalty, potential uint8
}

// Len returns the number of customers.
func (p Placements[ID]) Len() int { return len(p.list) }

// All yields where each customer stands, in ascending order of identifier.
func (p Placements[ID]) All() iter.Seq[Placement[ID]] {
	return func(yield func(Placement[ID]) bool) {
		for _, c := range p.list {
			class := p.table[c.value][c.loyalty][c.potential]
			cell := Cell{classAt(int(c.value)), levelAt(int(c.loyalty)), levelAt(int(c.potential)), class}
			if !yield(Placement[ID]{c.id, cell}) {
				return
			}
		}
	}
}

// Classify places every customer. The classes of value are those of [Ranking.ABC]
// over these customers. Their order does not matter. It fails with a
// [relmark.FieldError] on a score that is not finite, on a value with more than nine
// fraction digits, on a customer who comes twice and on the zero Matrix, and
// otherwise as [NewRanking] does. It takes O(n) time for customers in ascending order
// and O(n·log n) otherwise.
func Classify[ID relmark.ID](m Matrix, profiles iter.Seq2[ID, Profile]) (Placements[ID], error) {
	if m.none() {
		return Placements[ID]{}, wrap(fault.New("Matrix", nil, "must come from NewMatrix"))
	}
	rows, err := ordered(profiles, Profile.exact)
	if err != nil {
		return Placements[ID]{}, wrap(err)
	}
	ranking, err := rank(len(rows), func(i int) amount { return rows[i].v.value })
	if err != nil {
		return Placements[ID]{}, wrap(err)
	}
	classes, err := ranking.ABC(m.params.Value)
	if err != nil {
		return Placements[ID]{}, err
	}
	p := Placements[ID]{table: m.params.Table, list: make([]placed[ID], len(rows))}
	for position, e := range classes.list {
		r := &rows[e.id]
		l, o := m.params.Loyalty.level(r.v.loyalty), m.params.Potential.level(r.v.potential)
		p.list[e.id] = placed[ID]{r.id, uint8(classes.at(position)), uint8(l), uint8(o)}
	}
	return p, nil
}
