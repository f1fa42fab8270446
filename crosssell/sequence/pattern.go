package sequence

import (
	"context"
	"fmt"
	"iter"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
)

// DefaultMaxPatterns is the limit of [PatternParams] where none is given.
const DefaultMaxPatterns = 1_000_000

// A Pattern is a sequential pattern: elements in the order in which customers bought
// them. A customer has it if each element is part of a visit, a later visit for each
// later element. It is plain data, and immutable by convention: the patterns of one
// result share memory.
type Pattern[I relmark.ID] struct {
	Elements [][]I `json:"elements"` // items of each ascending, each once, at least one
	Count    int64 `json:"count"`    // customers who have it; one who has it twice counts once
}

// Len returns the number of items, over all elements.
func (p Pattern[I]) Len() int {
	n := 0
	for _, e := range p.Elements {
		n += len(e)
	}
	return n
}

// Compare orders patterns by their elements, and these by their items: a pattern comes
// before those that go on after it, and {a} before {a, b}. It serves [slices.SortFunc].
func (p Pattern[I]) Compare(q Pattern[I]) int {
	return slices.CompareFunc(p.Elements, q.Elements, slices.Compare[[]I])
}

// A Family says which of the frequent patterns are asked for.
type Family string

// The families.
const (
	All    Family = "all"    // every frequent pattern; the empty word means it too
	Closed Family = "closed" // those that no longer pattern with as many customers contains
)

func families() enum.Set[Family] { return enum.Of("", All, Closed) }

// PatternParams say which patterns are asked for. It is plain data: store it, encode it.
type PatternParams struct {
	// MinCount is the least number of customers who must have a pattern: 1 or more,
	// required. A share is turned into a count by the host, in whole numbers.
	MinCount int64  `json:"min_count"`
	Family   Family `json:"family,omitempty"` // empty means [All]
	// MaxLen is the most items a pattern may have, over all elements, 1 or more; nil is
	// no bound. It leaves longer patterns out and does not make shorter ones closed.
	MaxLen *int   `json:"max_len,omitempty"`
	Limits Limits `json:"limits,omitzero"` // how far apart the elements may be
	// MaxPatterns is the most patterns a result may have, 1 or more; 0 is
	// [DefaultMaxPatterns].
	MaxPatterns int `json:"max_patterns,omitempty"`
}

// Validate reports every rule that p breaks, joined into one error. Closed patterns are
// not defined where an element must follow the one before soon: then a longer pattern may
// have more customers than its parts, as {a}, {b}, {c} has others than {a}, {c}.
func (p PatternParams) Validate() error {
	var l fault.List
	l.Check(p.MinCount >= 1, "MinCount", p.MinCount, "must be 1 or more")
	if err := families().Check("Family", p.Family); err != nil {
		l.Join("", err)
	}
	if p.MaxLen != nil {
		l.Check(*p.MaxLen >= 1, "MaxLen", *p.MaxLen, "must be 1 or more, or nil for no bound")
	}
	l.Join("Limits", p.Limits.check())
	if p.Family == Closed && (p.Limits.MaxVisits != nil || p.Limits.MaxDays != nil) {
		l.Add("Family", p.Family, "must be all where Limits.MaxVisits or Limits.MaxDays is given")
	}
	l.Check(p.MaxPatterns >= 0, "MaxPatterns", p.MaxPatterns, "must be 1 or more, or 0 for a million")
	return l.Err(room)
}

// A LimitError says that there are more patterns than PatternParams.MaxPatterns. It
// matches [relmark.ErrLimit].
type LimitError struct {
	MaxPatterns int `json:"max_patterns"`
	// Complete is the least MinCount at which all patterns asked for are within the
	// limit; one more than there are customers if no MinCount up to that will do.
	Complete int64 `json:"complete"`
}

// Error says what was asked and what can be had.
func (e *LimitError) Error() string {
	return fmt.Sprintf("sequence: more than %d patterns; complete from %d customers on: %v", e.MaxPatterns, e.Complete, relmark.ErrLimit)
}

// Unwrap returns [relmark.ErrLimit].
func (e *LimitError) Unwrap() error { return relmark.ErrLimit }

// Frequent returns the patterns asked for, in ascending order of [Pattern.Compare]; none
// if nothing is frequent. The result does not depend on the order in which purchases came.
//
// It fails as [PatternParams.Validate] does and with the error of ctx. Where there are
// more than MaxPatterns patterns the error is a [*LimitError], and with it come all
// patterns of at least LimitError.Complete customers: never a part of what a count would
// give. Time grows with the patterns and with the customers that have each; memory with
// the purchases and with MaxPatterns. Closed patterns within limits take time for most that
// are not closed, too: where histories are long and MinCount is low, give ctx a deadline.
func (h *Histories[C, I]) Frequent(ctx context.Context, p PatternParams) ([]Pattern[I], error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	db, names := h.database(p.MinCount)
	m := newMiner(ctx, db, p)
	var f found
	m.emit = func(prefix []uint32, count int) bool {
		f.add(prefix, count)
		if len(f.counts)/2 >= m.max {
			f.drop(m.minCount)
		}
		return true
	}
	if err := m.run(); err != nil {
		return nil, err
	}
	f.drop(m.minCount)
	return patterns(&f, names), m.limitError()
}

// Patterns yields the patterns asked for as they are found, in the same order as
// [Histories.Frequent] lists them, and keeps none of them. The last pair may be an error:
// one of Frequent, and where there are more than MaxPatterns patterns a [*LimitError] after
// as many. What came before it is then the beginning of the list, at MinCount.
func (h *Histories[C, I]) Patterns(ctx context.Context, p PatternParams) iter.Seq2[Pattern[I], error] {
	return func(yield func(Pattern[I], error) bool) {
		if err := p.Validate(); err != nil {
			yield(Pattern[I]{}, err)
			return
		}
		db, names := h.database(p.MinCount)
		m := newMiner(ctx, db, p)
		left, going := m.max, true
		m.emit = func(prefix []uint32, count int) bool {
			if left--; left >= 0 {
				var f found
				f.add(prefix, count)
				going = yield(patterns(&f, names)[0], nil)
			}
			return going
		}
		err := m.run()
		if err == nil {
			err = m.limitError()
		}
		if going && err != nil {
			yield(Pattern[I]{}, err)
		}
	}
}

// Count returns the number of customers who have a pattern of these elements within
// limits: all of them if there are no elements. The order and the repetition of items in
// an element do not matter. It fails with a [relmark.FieldError] on an element without
// items, on items that are text but not UTF-8 and on limits that [Limits.Validate]
// refuses. It reads all purchases; for many counts use [Histories.Frequent].
func (h *Histories[C, I]) Count(limits Limits, elements ...[]I) (int64, error) {
	if err := h.checkCount(limits, elements); err != nil {
		return 0, err
	}
	if len(elements) == 0 {
		return int64(h.Customers()), nil
	}
	db, names := h.database(1)
	var pattern []uint32
	for _, element := range elements {
		element = slices.Compact(slices.Sorted(slices.Values(element)))
		for i, item := range element {
			code, known := slices.BinarySearch(names, item)
			if !known {
				return 0, nil
			}
			pattern = append(pattern, mark(uint32(code), i == 0))
		}
	}
	var n int64
	w := matcher{db: db, gaps: limits.compile(db)}
	for c := range db.customers() {
		if w.has(int32(c), pattern) {
			n++
		}
	}
	return n, nil
}

func (h *Histories[C, I]) checkCount(limits Limits, elements [][]I) error {
	var l fault.List
	l.Join("Limits", limits.check())
	for i, element := range elements {
		l.Check(len(element) > 0, fmt.Sprintf("Elements[%d]", i), nil, "must not be empty")
		for j := range element {
			l.Check(codec.IsUTF8(&element[j]), fmt.Sprintf("Elements[%d][%d]", i, j), nil, "must be UTF-8")
		}
	}
	return l.Err(room)
}

// found collects patterns back to back. The first item of an element is marked.
type found struct {
	cells  []uint32
	ends   []int
	counts []int
}

func (f *found) add(prefix []uint32, count int) {
	f.cells = append(f.cells, prefix...)
	f.ends = append(f.ends, len(f.cells))
	f.counts = append(f.counts, count)
}

// drop leaves out what fewer customers have.
func (f *found) drop(minCount int) {
	var kept found
	kept.cells, kept.ends, kept.counts = f.cells[:0], f.ends[:0], f.counts[:0]
	start := 0
	for i, end := range f.ends { // what is kept never gets ahead of what is read
		if f.counts[i] >= minCount {
			kept.add(f.cells[start:end], f.counts[i])
		}
		start = end
	}
	*f = kept
}

// patterns gives names to what was found. All share one block of items.
func patterns[I relmark.ID](f *found, names []I) []Pattern[I] {
	items := make([]I, 0, len(f.cells))
	elements := make([][]I, 0, len(f.cells))
	out := make([]Pattern[I], 0, len(f.ends))
	start := 0
	for i, end := range f.ends {
		first := len(elements)
		for at := start; at < end; {
			size := elementLen(f.cells[at:end])
			from := len(items)
			for _, cell := range f.cells[at : at+size] {
				items = append(items, names[code(cell)])
			}
			elements = append(elements, items[from:len(items):len(items)])
			at += size
		}
		out = append(out, Pattern[I]{elements[first:len(elements):len(elements)], int64(f.counts[i])})
		start = end
	}
	return out
}

// A cell of a pattern is the code of an item, with the highest bit set if it is the first
// one of its element.
const first = 1 << 31

func mark(item uint32, isFirst bool) uint32 {
	if isFirst {
		return item | first
	}
	return item
}

func code(cell uint32) uint32 { return cell &^ first }

// elementLen returns the number of cells in the element that a pattern begins with.
func elementLen(pattern []uint32) int {
	n := 1
	for n < len(pattern) && pattern[n]&first == 0 {
		n++
	}
	return n
}
