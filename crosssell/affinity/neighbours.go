package affinity

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/relmark/relmark"
)

// A link leads from an item to a neighbour.
type link struct {
	weight float64
	item   int32
}

const linkBytes = 16

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
// does, with a [MemoryError] past MaxBytes, which says how much it takes, and with the error of ctx, which it looks at
// between items. It takes O(Σ n(u)²) time for customers with n(u) items and, besides the
// result, memory in proportion to the number of items for each worker.
func (m *Matrix[U, I]) Neighbours(ctx context.Context, p NeighbourParams) (*Model[I], error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	b := &linkBuilder[I]{
		in: &m.incidence, measure: newMeasure(&m.incidence, &p),
		k: or(p.K, math.MaxInt), budget: or(p.MaxBytes, defaultBytes),
		table: make(sparse, len(m.items)),
	}
	if err := b.run(ctx, max(p.Workers, 1)); err != nil {
		return nil, err
	}
	return &Model[I]{in: &m.incidence, table: b.table}, nil
}

// A linkBuilder computes rows of a sparse table. Its workers share it: each takes
// rows of its own.
type linkBuilder[I relmark.ID] struct {
	in      *incidence[I]
	measure *measure
	k       int
	budget  int64
	table   sparse
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
	s := linkScratch{sums: make([]float64, len(b.in.items))}
	for {
		i := b.next.Add(1) - 1
		if i >= int64(len(b.table)) {
			return nil
		}
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("%s: %w", room, err)
		}
		row := b.row(int32(i), &s)
		if b.bytes.Add(linkBytes*int64(len(row))) <= b.budget {
			b.table[i] = slices.Clone(row)
		}
	}
}

// A linkScratch is the memory of one worker.
type linkScratch struct {
	sums  []float64 // common customers by item; all 0 between rows
	items []int32
	links []link
	best  best
}

// row returns the k most similar neighbours of an item, by item, in scratch memory.
func (b *linkBuilder[I]) row(i int32, s *linkScratch) []link {
	work := 0
	for _, u := range b.in.customersOf(i) {
		work += b.in.rowEnds[u+1] - b.in.rowEnds[u]
	}
	b.in.common(i, b.measure.users, s.sums)
	s.sums[i] = 0
	s.links = s.links[:0]
	if work > len(s.sums)/8 {
		s.collectAll()
	} else {
		collectFew(b.in, i, s)
	}
	b.measure.apply(i, s.links)
	return s.strongest(b.k)
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

// collectAll makes links of all sums that are not 0, and clears them.
func (s *linkScratch) collectAll() {
	for j, c := range s.sums {
		if c > 0 {
			s.links = append(s.links, link{c, int32(j)})
		}
	}
	clear(s.sums)
}

// collectFew does the same where few of many sums are touched: those of the items that
// customers of item i have.
func collectFew[I relmark.ID](m *incidence[I], i int32, s *linkScratch) {
	s.items = s.items[:0]
	for _, u := range m.customersOf(i) {
		for _, j := range m.cols[m.rowEnds[u]:m.rowEnds[u+1]] {
			if s.sums[j] > 0 {
				s.items = append(s.items, j)
				s.links = append(s.links, link{s.sums[j], j})
				s.sums[j] = 0
			}
		}
	}
	slices.SortFunc(s.links, func(a, b link) int { return int(a.item) - int(b.item) })
}

// strongest leaves the k links of greatest weight, the first of equals, in their order.
func (s *linkScratch) strongest(k int) []link {
	if len(s.links) <= k {
		return s.links
	}
	s.best.reset(k)
	for at, l := range s.links {
		if s.best.beats(l.weight) {
			s.best.take(l.weight, int32(at))
		}
	}
	last := s.best.heap[0]
	kept := s.links[:0]
	for at, l := range s.links {
		if l.weight > last.score || l.weight == last.score && int32(at) <= last.at {
			kept = append(kept, l)
		}
	}
	return kept
}
