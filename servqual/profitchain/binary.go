package profitchain

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
)

// Versions of the encodings that are written here. Every version that was ever written can be
// read.
const (
	panelVersion   = 1
	answersVersion = 1
	serviceVersion = 1
)

// AppendBinary appends the encoding of p, version 1: the measures, none for the zero Panel, the
// kind of identifiers, and the rows by unit and period, with a mark for each measure that is
// there. Equal panels have equal encodings. It does not fail.
func (p *Panel[U]) AppendBinary(b []byte) ([]byte, error) {
	w := codec.NewWriter(b, codec.KindPanel, panelVersion)
	w.Byte(codec.IDKind[U]())
	w.Count(len(p.measures))
	for _, name := range p.measures {
		w.String(name)
	}
	w.Count(len(p.cells))
	for _, c := range p.sorted() {
		codec.WriteID(&w, c.unit)
		w.Varint(int64(c.period))
		for _, v := range p.held(c) {
			w.Bool(!math.IsNaN(v))
			if !math.IsNaN(v) {
				w.Float64(v)
			}
		}
	}
	return w.Data(), nil
}

// MarshalBinary returns what [Panel.AppendBinary] appends.
func (p *Panel[U]) MarshalBinary() ([]byte, error) { return p.AppendBinary(nil) }

// UnmarshalBinary reads an encoding of any version. It fails with [relmark.ErrUnsupported] for an
// unknown version and with [relmark.ErrInvalid] for anything else that no panel writes; p stays as
// it is then.
func (p *Panel[U]) UnmarshalBinary(data []byte) error {
	r := codec.NewReader(data, codec.KindPanel, panelVersion)
	out, err := readPanel[U](&r)
	if err == nil {
		err = r.Done()
	}
	if err != nil {
		return fault.Decode(room, "panel", err)
	}
	*p = out
	return nil
}

// readPanel reads rows that ascend, so that no unit and period is there twice.
func readPanel[U relmark.ID](r *codec.Reader) (Panel[U], error) {
	r.Check(r.Byte() == codec.IDKind[U]())
	var measures []string
	for range r.Count(2) {
		measures = append(measures, r.Name(fault.MaxName))
	}
	rows := r.Count(2 + len(measures))
	if len(measures) == 0 || r.Err() != nil {
		r.Check(rows == 0)
		return Panel[U]{}, r.Err()
	}
	p, err := NewPanel[U](measures...)
	if err != nil {
		return Panel[U]{}, codec.ErrCorrupt
	}
	var last cell[U]
	for i := range rows {
		unit := codec.ReadID[U](r)
		period := r.Varint()
		r.Check(period >= -maxPeriod && period <= maxPeriod)
		if r.Err() != nil {
			break
		}
		at := cell[U]{unit, int(period)}
		r.Check(i == 0 || cmp.Or(cmp.Compare(last.unit, unit), cmp.Compare(last.period, at.period)) < 0)
		row := Row[U]{unit, at.period, make([]*float64, len(measures))}
		for j := range measures {
			if r.Bool() {
				row.Values[j] = new(r.Finite())
			}
		}
		if r.Err() == nil && p.Add(row) != nil {
			r.Check(false)
		}
		last = at
	}
	return *p, r.Err()
}

// AppendBinary appends the encoding of a, version 1: the questionnaire, no facets for zero
// Answers, and the sums of units in ascending order. Equal answers have equal encodings. It does
// not fail.
func (a *Answers[U]) AppendBinary(b []byte) ([]byte, error) {
	w := codec.NewWriter(b, codec.KindEmployees, answersVersion)
	w.Byte(codec.IDKind[U]())
	p := a.questions.params
	w.Count(len(p.Facets))
	if len(p.Facets) == 0 {
		return w.Data(), nil
	}
	w.Varint(int64(p.Low))
	w.Varint(int64(p.High))
	for _, f := range p.Facets {
		w.String(f.Name)
		writePositions(&w, f.Items)
		writePositions(&w, f.Reversed)
	}
	w.Count(len(a.units))
	for _, unit := range a.Units() {
		codec.WriteID(&w, unit)
		u := a.units[unit]
		w.Uvarint(uint64(u.employees))
		for _, f := range u.facets {
			f.write(&w)
		}
	}
	return w.Data(), nil
}

func (f facetAnswers) write(w *codec.Writer) {
	for _, m := range f.scores {
		for _, word := range m.Words() {
			w.Uvarint(word)
		}
	}
	for _, word := range f.items.Words() {
		w.Uvarint(word)
	}
}

func writePositions(w *codec.Writer, list []int) {
	w.Count(len(list))
	for _, v := range list {
		w.Uvarint(uint64(v))
	}
}

// MarshalBinary returns what [Answers.AppendBinary] appends.
func (a *Answers[U]) MarshalBinary() ([]byte, error) { return a.AppendBinary(nil) }

// UnmarshalBinary reads an encoding of any version. It fails with [relmark.ErrUnsupported] for an
// unknown version and with [relmark.ErrInvalid] for anything else that no answers write, sums
// that no answers can have among it; a stay as they are then.
func (a *Answers[U]) UnmarshalBinary(data []byte) error {
	r := codec.NewReader(data, codec.KindEmployees, answersVersion)
	out, err := readAnswers[U](&r)
	if err == nil {
		err = r.Done()
	}
	if err != nil {
		return fault.Decode(room, "answers", err)
	}
	*a = out
	return nil
}

// readAnswers reads units that ascend, with sums that answers on the scale can have.
func readAnswers[U relmark.ID](r *codec.Reader) (Answers[U], error) {
	r.Check(r.Byte() == codec.IDKind[U]())
	facets := r.Count(3)
	if facets == 0 || r.Err() != nil {
		return Answers[U]{}, r.Err()
	}
	p := QuestionnaireParams{Low: readEnd(r), High: readEnd(r)}
	for range facets {
		p.Facets = append(p.Facets, Facet{r.Name(fault.MaxName), readPositions(r), readPositions(r)})
	}
	q, err := NewQuestionnaire(p)
	if err != nil || r.Err() != nil || !q.params.equal(p) { // reversed items ascend
		return Answers[U]{}, codec.ErrCorrupt
	}
	out := NewAnswers[U](q)
	var last U
	for i := range r.Count(2) {
		unit := codec.ReadID[U](r)
		r.Check((i == 0 || cmp.Less(last, unit)) && validUnit(unit))
		u := q.newUnit()
		u.employees = r.UpTo(maxEmployees)
		r.Check(u.employees > 0)
		for j := range u.facets {
			u.facets[j].read(r, u.employees, uint64(p.High-p.Low))
		}
		if r.Err() != nil {
			break
		}
		out.units[unit], last = u, unit
	}
	return *out, r.Err()
}

// read reads sums that employees, so many at most, can have.
func (f *facetAnswers) read(r *codec.Reader, employees int64, span uint64) {
	k := len(f.scores)
	rows := uint64(0)
	for i := range f.scores {
		var words [5]uint64
		for j := range words {
			words[j] = r.Uvarint()
		}
		f.scores[i] = stat.FromWords(words)
		r.Check(words[0] <= maxEmployees && f.scores[i].Possible(span*uint64(i+1)))
		rows += words[0]
	}
	words := make([]uint64, 1+2*(k+k*(k+1)/2))
	for i := range words {
		words[i] = r.Uvarint()
	}
	if r.Err() != nil {
		return
	}
	items := stat.CrossOf(k, words)
	r.Check(items != nil && rows <= uint64(employees) && uint64(items.N()) == f.scores[k-1].N())
	if r.Err() == nil {
		f.items = items
	}
}

func readPositions(r *codec.Reader) (list []int) {
	for range r.Count(1) {
		list = append(list, int(r.UpTo(maxPosition)))
	}
	return list
}

func readEnd(r *codec.Reader) int {
	v := r.Varint()
	r.Check(v >= minLow && v <= maxHigh)
	return int(min(max(v, minLow), maxHigh))
}

// AppendBinary appends the encoding of s, version 1: the scale, 0 to 0 for the zero Service, and
// the sums by supplier and kind, in ascending order. Equal values have equal encodings. It does
// not fail.
func (s *Service[U]) AppendBinary(b []byte) ([]byte, error) {
	w := codec.NewWriter(b, codec.KindService, serviceVersion)
	w.Byte(codec.IDKind[U]())
	w.Varint(int64(s.scale.Low))
	w.Varint(int64(s.scale.High))
	w.Count(len(s.parts))
	for _, key := range slices.SortedFunc(maps.Keys(s.parts), compareServed[U]) {
		codec.WriteID(&w, key.supplier)
		w.Uvarint(uint64(key.customer))
		sums := s.parts[key]
		for _, part := range []Sums{sums.expected, sums.perceived, sums.gap} {
			w.Uvarint(uint64(part.N))
			w.Varint(part.Sum)
			w.Uvarint(uint64(part.Squares))
		}
	}
	return w.Data(), nil
}

func compareServed[U relmark.ID](a, b served[U]) int {
	return cmp.Or(cmp.Compare(a.supplier, b.supplier), cmp.Compare(a.customer, b.customer))
}

// MarshalBinary returns what [Service.AppendBinary] appends.
func (s *Service[U]) MarshalBinary() ([]byte, error) { return s.AppendBinary(nil) }

// UnmarshalBinary reads an encoding of any version. It fails with [relmark.ErrUnsupported] for an
// unknown version and with [relmark.ErrInvalid] for anything else that no Service writes; s stays
// as it is then.
func (s *Service[U]) UnmarshalBinary(data []byte) error {
	r := codec.NewReader(data, codec.KindService, serviceVersion)
	out, err := readService[U](&r)
	if err == nil {
		err = r.Done()
	}
	if err != nil {
		return fault.Decode(room, "internal service", err)
	}
	*s = out
	return nil
}

// readService reads suppliers and kinds that ascend.
func readService[U relmark.ID](r *codec.Reader) (Service[U], error) {
	r.Check(r.Byte() == codec.IDKind[U]())
	low, high := r.Varint(), r.Varint()
	n := r.Count(2 + 9)
	if r.Err() != nil || low == 0 && high == 0 {
		r.Check(n == 0)
		return Service[U]{}, r.Err()
	}
	r.Check(low >= -maxScore && high <= maxScore)
	if r.Err() != nil {
		return Service[U]{}, r.Err()
	}
	out, err := NewService[U](Scale{int(low), int(high)})
	if err != nil {
		return Service[U]{}, codec.ErrCorrupt
	}
	var last served[U]
	for i := range n {
		key := served[U]{supplier: codec.ReadID[U](r)}
		key.customer = int(r.UpTo(int64(kinds().Len() - 1)))
		r.Check((i == 0 || compareServed(last, key) < 0) && validUnit(key.supplier))
		sums := readServiceSums(r, out.scale)
		if r.Err() != nil {
			break
		}
		out.parts[key], last = sums, key
	}
	return *out, r.Err()
}

// readServiceSums reads sums that ratings can have: of those who gave both not more than of either,
// and somebody gave one.
func readServiceSums(r *codec.Reader, scale Scale) serviceSums {
	span := scale.High - scale.Low
	s := serviceSums{readSums(r, scale), readSums(r, scale), readSums(r, Scale{-span, span})}
	r.Check(s.most() > 0 && s.gap.N <= min(s.expected.N, s.perceived.N))
	if s.gap.N == s.most() { // all gave both
		r.Check(s.gap.Sum == s.perceived.Sum-s.expected.Sum)
	}
	return s
}

func readSums(r *codec.Reader, scale Scale) Sums {
	s := Sums{N: r.UpTo(maxCount), Sum: r.Varint(), Squares: r.UpTo(maxCount * maxScore * maxScore)}
	var l fault.List
	s.on(&l, "Sums", scale)
	r.Check(l.Len() == 0)
	return s
}
