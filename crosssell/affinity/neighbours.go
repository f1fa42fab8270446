package affinity

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/relmark/relmark"
)

// defaultBytes bounds the memory of a model unless a host says otherwise.
const defaultBytes = 1 << 30

// A MemoryError says that a model would need more memory than it may have. It matches
// [relmark.ErrLimit]. It is plain data.
type MemoryError struct {
	Needed int64 `json:"needed"` // bytes
	Budget int64 `json:"budget"` // bytes
}

// Error says how much memory was needed and how much there is.
func (e *MemoryError) Error() string {
	return fmt.Sprintf("%s: model of %d bytes, budget %d: %v", room, e.Needed, e.Budget, relmark.ErrLimit)
}

// Unwrap returns [relmark.ErrLimit].
func (e *MemoryError) Unwrap() error { return relmark.ErrLimit }

// Neighbours finds the neighbours of each item. It fails as [NeighbourParams.Validate]
// does, with [relmark.ErrTooFew] for the zero Matrix, with a [MemoryError] past MaxBytes,
// which says how much it takes, and with the error of ctx, which it looks at between items. It takes O(Σ n(u)²) time for customers
// with n(u) items, O(I²) at most besides for I items, and memory in proportion to I for
// each worker besides the result.
func (m *Matrix[U, I]) Neighbours(ctx context.Context, p NeighbourParams) (*Model[I], error) {
	if err := cmp.Or(p.Validate(), m.empty()); err != nil {
		return nil, err
	}
	b := &linkBuilder[I]{
		in: &m.incidence, measure: newMeasure(&m.incidence, &p),
		k: or(p.K, math.MaxInt), budget: or(p.MaxBytes, defaultBytes),
		table: make(table, len(m.items)),
	}
	if err := b.run(ctx, max(p.Workers, 1)); err != nil {
		return nil, err
	}
	return &Model[I]{in: &m.incidence, table: b.table}, nil
}

// A linkBuilder computes the rows of a table. Its workers share it: each takes
// rows of its own.
type linkBuilder[I relmark.ID] struct {
	in      *incidence[I]
	measure *measure
	k       int
	budget  int64
	table   table
	next    atomic.Int64 // row to be taken next
	bytes   atomic.Int64 // of all rows so far
}

// run computes all rows in a number of goroutines, the caller's among them.
func (b *linkBuilder[I]) run(ctx context.Context, workers int) error {
	workers = min(workers, len(b.table))
	errs := make([]error, workers)
	var others sync.WaitGroup
	for w := 1; w < workers; w++ {
		others.Go(func() { errs[w] = b.work(ctx) })
	}
	errs[0] = b.work(ctx)
	others.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	if needed := b.bytes.Load(); needed > b.budget {
		return &MemoryError{needed, b.budget}
	}
	return nil
}

// work computes rows until there are none left. Past the budget it only adds up what
// they would take.
func (b *linkBuilder[I]) work(ctx context.Context) error {
	s := newLinkScratch(len(b.in.items))
	for {
		i := b.next.Add(1) - 1
		if i >= int64(len(b.table)) {
			return nil
		}
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("%s: %w", room, err)
		}
		links := b.row(int32(i), s)
		if b.bytes.Add(rowBytes(len(links), len(b.table))) <= b.budget {
			b.table[i] = newRow(links, len(b.table))
		}
	}
}

// A linkScratch is the memory of one worker.
type linkScratch struct {
	all   []int32   // every item
	sums  []float64 // by item, what it has in common with the one at hand; all 0 between rows
	few   []int32   // items of which the sum is not 0
	parts []float64 // their sums
	links []link
	best  best
}

func newLinkScratch(items int) *linkScratch {
	s := &linkScratch{all: make([]int32, items), sums: make([]float64, items)}
	for i := range s.all {
		s.all[i] = int32(i)
	}
	return s
}

// row returns the k most similar neighbours of an item, by item, in scratch memory. It
// looks at all items, unless its customers have few of many.
func (b *linkBuilder[I]) row(i int32, s *linkScratch) []link {
	work := 0
	for _, u := range b.in.customersOf(i) {
		work += b.in.rowEnds[u+1] - b.in.rowEnds[u]
	}
	b.in.common(i, b.measure.users, s.sums)
	s.sums[i] = 0
	items, c := s.all, s.sums
	if work < len(s.sums)/8 {
		items, c = gather(b.in, i, s)
	}
	b.measure.apply(i, items, c)
	s.choose(items, c, b.k)
	clear(c)
	return s.links
}

// common adds to sums what customers of item i have in common with each item: for each
// customer the lesser of the two weights, times what the customer counts.
func (m *incidence[I]) common(i int32, users []float64, sums []float64) {
	for k := m.colEnds[i]; k < m.colEnds[i+1]; k++ {
		u := m.who[k]
		a := 1.0
		if users != nil {
			a = users[u]
		}
		start, end := m.rowEnds[u], m.rowEnds[u+1]
		if m.weights == nil {
			for _, j := range m.cols[start:end] {
				sums[j] += a
			}
			continue
		}
		for k2, j := range m.cols[start:end] {
			sums[j] += float64(a * min(m.how[k], m.weights[start+k2]))
		}
	}
}

// gather moves the sums that are not 0 out of all sums, by item: those of items that
// customers of item i have.
func gather[I relmark.ID](m *incidence[I], i int32, s *linkScratch) (items []int32, c []float64) {
	s.few, s.parts = s.few[:0], s.parts[:0]
	for _, u := range m.customersOf(i) {
		for _, j := range m.cols[m.rowEnds[u]:m.rowEnds[u+1]] {
			if s.sums[j] > 0 {
				s.few = append(s.few, j)
				s.parts = append(s.parts, s.sums[j])
				s.sums[j] = 0
			}
		}
	}
	// The sums go back to their places while the items are sorted.
	for k, j := range s.few {
		s.sums[j] = s.parts[k]
	}
	slices.Sort(s.few)
	for k, j := range s.few {
		s.parts[k], s.sums[j] = s.sums[j], 0
	}
	return s.few, s.parts
}

// choose makes links to the k items of greatest weight, of equals the first, by item.
// Weights of 0 are none.
func (s *linkScratch) choose(items []int32, weights []float64, k int) {
	s.best.reset(min(k, len(weights)+1), 0)
	for at, w := range weights {
		if s.best.beats(w) {
			s.best.take(w, int32(at))
		}
	}
	s.links = s.links[:0]
	for _, p := range s.best.inOrder() {
		s.links = append(s.links, link{p.score, items[p.at]})
	}
}
