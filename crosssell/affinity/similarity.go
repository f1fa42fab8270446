package affinity

import (
	"math"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
)

// A Similarity says how alike the customers of two items are: how far who has the one
// has the other. The package comment gives the formulas.
type Similarity string

// The similarities.
const (
	Cosine       Similarity = "cosine"        // c / √(n(i)·n(j))
	Jaccard      Similarity = "jaccard"       // share of those who have both among those who have either
	Confidence   Similarity = "confidence"    // share of those with i who have j; favours what everybody has
	Lift         Similarity = "lift"          // how much more often than by chance; favours what nobody else has
	ShrunkCosine Similarity = "shrunk_cosine" // cosine that few customers cannot make large
	TFIDF        Similarity = "tf_idf"        // cosine that customers with many items count less in
	BM25         Similarity = "bm25"          // the same without norms, items with many customers damped
)

func similarities() enum.Set[Similarity] {
	return enum.Of(Cosine, Jaccard, Confidence, Lift, ShrunkCosine, TFIDF, BM25)
}

// NeighbourParams choose a similarity and how many neighbours an item has. It is plain
// data.
type NeighbourParams struct {
	Similarity Similarity `json:"similarity"` // required
	// K is how many items are neighbours of each: those most alike, the lower item of
	// equals; 1 or more. Nil: all that have a customer in common.
	K *int `json:"k,omitempty"`
	// Shrink is the s of shrunk_cosine, in customers: finite, 0 or more; 0 for the others.
	Shrink float64 `json:"shrink,omitempty"`
	// K1 and B are those of bm25: K1 finite, > 0; B from 0 to 1. Nil: 1.2 and 0.75, and
	// nil for the others.
	K1 *float64 `json:"k1,omitempty"`
	B  *float64 `json:"b,omitempty"`
	// MaxBytes bounds the neighbours in memory: 16 bytes each, and for an item 8 for each
	// other item at most. Nil: 1 GiB.
	MaxBytes *int64 `json:"max_bytes,omitempty"`
	// Workers is how many goroutines share the work, up to 64, each with memory of its own
	// in proportion to the items; 0 means one. The result is the same for any number.
	Workers int `json:"workers,omitempty"`
}

// Validate reports every rule that p breaks, joined into one error.
func (p NeighbourParams) Validate() error {
	var l fault.List
	l.Join("", similarities().Check("Similarity", p.Similarity))
	if p.K != nil {
		l.Check(*p.K >= 1, "K", *p.K, "must be 1 or more")
	}
	if p.Similarity == ShrunkCosine {
		l.Check(p.Shrink >= 0 && p.Shrink <= math.MaxFloat64, "Shrink", p.Shrink, "must be finite and >= 0")
	} else {
		l.Check(p.Shrink == 0, "Shrink", p.Shrink, "must be 0: only shrunk_cosine has it")
	}
	p.checkBM25(&l)
	checkBytes(&l, p.MaxBytes)
	l.Check(p.Workers >= 0 && p.Workers <= maxWorkers, "Workers", p.Workers, "must be 0 to 64")
	return l.Err(room)
}

func (p *NeighbourParams) checkBM25(l *fault.List) {
	if p.Similarity != BM25 {
		l.Check(p.K1 == nil, "K1", nil, "must be nil: only bm25 has it")
		l.Check(p.B == nil, "B", nil, "must be nil: only bm25 has it")
		return
	}
	if p.K1 != nil {
		l.Check(*p.K1 > 0 && *p.K1 <= maxK1, "K1", *p.K1, "must be > 0 and at most 1e100")
	}
	if p.B != nil {
		l.Between("B", *p.B, 0, 1)
	}
}

// maxWorkers bounds the memory that MaxBytes does not count.
const maxWorkers = 64

// maxK1 keeps the damping of bm25 within the range of float64.
const maxK1 = 1e100

func checkBytes(l *fault.List, most *int64) {
	if most != nil {
		l.Check(*most >= 1, "MaxBytes", *most, "must be 1 or more")
	}
}

// A measure turns what two items have in common into their similarity.
type measure struct {
	kind   Similarity
	shrink float64
	mass   []float64 // n(i)
	total  float64   // N
	users  []float64 // what each customer counts in c; nil: 1
	norms  []float64 // tf_idf: lengths of the columns; bm25: their damping
}

// newMeasure prepares the similarity of p, which is valid.
func newMeasure[I relmark.ID](m *incidence[I], p *NeighbourParams) *measure {
	s := &measure{kind: p.Similarity, shrink: p.Shrink, mass: m.mass, total: m.total}
	switch p.Similarity {
	case TFIDF:
		s.users = rarity(m)
		s.norms = lengths(m, s.users)
	case BM25:
		s.users = rarity(m)
		s.norms = damping(m.mass, or(p.K1, 1.2), or(p.B, 0.75))
	default:
	}
	return s
}

func or[T any](p *T, otherwise T) T {
	if p == nil {
		return otherwise
	}
	return *p
}

// rarity returns the square of ln(I / (1 + n(u))) for each customer u.
func rarity[I relmark.ID](m *incidence[I]) []float64 {
	squares := make([]float64, m.rows())
	for u := range squares {
		a := math.Log(float64(len(m.items)) / float64(1+m.rowEnds[u+1]-m.rowEnds[u]))
		squares[u] = a * a
	}
	return squares
}

// lengths returns the length of each column when customers count so much.
func lengths[I relmark.ID](m *incidence[I], users []float64) []float64 {
	norms := make([]float64, len(m.items))
	for u, a := range users {
		for k := m.rowEnds[u]; k < m.rowEnds[u+1]; k++ {
			norms[m.cols[k]] += float64(a * m.weight(k))
		}
	}
	for i := range norms {
		norms[i] = math.Sqrt(norms[i])
	}
	return norms
}

// damping returns (K1 + 1) / (K1·(1 − B + B·n(i)/mean) + 1) for each item.
func damping(mass []float64, k1, b float64) []float64 {
	mean := 0.0
	for _, n := range mass {
		mean += n
	}
	mean /= float64(len(mass))
	damped := make([]float64, len(mass))
	for i, n := range mass {
		damped[i] = (k1 + 1) / (float64(k1*((1-b)+float64(b*n/mean))) + 1)
	}
	return damped
}

// apply turns what item i has in common with others, c ≥ 0, into similarities, in
// place; nothing in common is 0.
func (s *measure) apply(i int32, items []int32, c []float64) {
	items = items[:len(c)]
	switch s.kind {
	case Cosine, ShrunkCosine:
		n, shrink := s.mass[i], s.shrink
		for k, j := range items {
			c[k] /= math.Sqrt(n*s.mass[j]) + shrink
		}
	case Jaccard:
		n := s.mass[i]
		for k, j := range items {
			c[k] /= n + s.mass[j] - c[k]
		}
	case Confidence:
		for k := range c {
			c[k] /= s.mass[i]
		}
	case Lift:
		n := s.mass[i]
		for k, j := range items {
			c[k] = c[k] * s.total / (n * s.mass[j])
		}
	case TFIDF:
		norm := s.norms[i]
		for k, j := range items {
			if c[k] > 0 { // or else norms may be 0
				c[k] = min(c[k]/(norm*s.norms[j]), 1) // which the product of two roots may miss
			}
		}
	case BM25:
		damp := s.norms[i]
		for k, j := range items {
			c[k] *= damp * s.norms[j]
		}
	}
}
