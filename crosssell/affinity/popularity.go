package affinity

import (
	"cmp"
	"math"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
)

// PopularityParams say how far a segment is believed. It is plain data; the zero value
// believes every segment in which there is anybody.
type PopularityParams struct {
	// Prior is how many customers the share among all customers weighs as much as: finite,
	// 0 or more. It keeps segments of three customers from being taken at their word.
	Prior float64 `json:"prior"`
}

// Validate reports every rule that p breaks, joined into one error.
func (p PopularityParams) Validate() error {
	var l fault.List
	l.Check(p.Prior >= 0 && p.Prior <= maxPrior, "Prior", p.Prior, "must be 0 to 1e100")
	return l.Err(room)
}

// maxPrior keeps sums within the range of float64.
const maxPrior = 1e100

// A Popularity says what the customers of each segment have: what to suggest to those of
// whom nothing else is known. It is an immutable value, safe for concurrent use; obtain
// one from [NewPopularity]. Memory is 16 bytes for each item and segment.
type Popularity[S, I relmark.ID] struct {
	opaque

	in       *incidence[I]
	prior    float64
	order    []int32 // items from the most popular of all customers to the least
	segments map[S]*segment
}

// A segment counts its customers, in all and by item.
type segment struct {
	customers int64
	total     float64
	holders   []int64
	mass      []float64
}

// NewPopularity counts by segment who has what; segment says of each customer in which
// one he is, and must answer alike each time. It fails as [PopularityParams.Validate]
// does, and with a [relmark.FieldError] for a nil function and a segment that is text but
// not UTF-8. It takes time in proportion to the holdings.
func NewPopularity[S, U, I relmark.ID](m *Matrix[U, I], segmentOf func(U) S, p PopularityParams) (*Popularity[S, I], error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	if segmentOf == nil {
		return nil, invalid("SegmentOf", nil, "must not be nil")
	}
	pop := &Popularity[S, I]{in: &m.incidence, prior: p.Prior, segments: map[S]*segment{}}
	for u, customer := range m.customers {
		name := segmentOf(customer)
		if !codec.IsUTF8(&name) {
			return nil, invalid("SegmentOf", nil, "must return UTF-8")
		}
		s := pop.segments[name]
		if s == nil {
			s = &segment{holders: make([]int64, len(m.items)), mass: make([]float64, len(m.items))}
			pop.segments[name] = s
		}
		s.add(m.cols[m.rowEnds[u]:m.rowEnds[u+1]], m.rowWeights(u))
	}
	pop.order = make([]int32, len(m.items))
	for i := range pop.order {
		pop.order[i] = int32(i)
	}
	slices.SortFunc(pop.order, func(a, b int32) int {
		return cmp.Or(cmp.Compare(m.mass[b], m.mass[a]), cmp.Compare(a, b))
	})
	return pop, nil
}

// add counts one customer by what he has; nil weights are 1.
func (s *segment) add(items []int32, weights []float64) {
	top := 0.0
	for k, i := range items {
		w := 1.0
		if weights != nil {
			w = weights[k]
		}
		s.holders[i]++
		s.mass[i] += w
		top = max(top, w)
	}
	s.customers++
	s.total += top
}

// Suggest returns the n items that customers of a segment have most, for one who may
// have a few items already, as owned says; no item of these, and none that is not
// eligible (nil: every item is; it is asked as in [Query.Eligible]). The score is the share of
// customers who have the item, from 0 to 1,
//
//	(n(i, segment) + Prior·n(i)/N) / (N(segment) + Prior)
//
// and n(i)/N where that is 0/0, as in a segment that nobody was in. Of equals the one
// that more customers have in all comes first, then the lower item. The evidence counts those who have
// it in the segment (Both), the segment (Left), those who have it in all (Right) and all (N). So many are returned where there are as many. It fails with a
// [relmark.FieldError] unless n ≥ 1, and the zero Popularity with [ErrNoHistory]. It takes O(I + n log n) time for I items.
func (p *Popularity[S, I]) Suggest(name S, owned []I, n int, eligible func(I) bool) ([]crosssell.Suggestion[I], error) {
	if n < 1 {
		return nil, invalid("N", n, "must be 1 or more")
	}
	if p.in == nil {
		return nil, wrapped(ErrNoHistory)
	}
	s := p.segments[name]
	if s == nil {
		s = &segment{}
	}
	scores := p.scores(s, owned)
	var b best
	b.reset(min(n, len(scores)), math.Inf(-1))
	choose(&b, scores, func(at int) bool { return eligible == nil || eligible(p.in.items[p.order[at]]) })
	list := make([]crosssell.Suggestion[I], 0, b.n)
	for _, pick := range b.ranked() {
		list = append(list, p.suggestion(s, p.order[pick.at], pick.score))
	}
	return list, nil
}

// scores returns the shares in a segment by popularity in all; −∞ for owned items.
func (p *Popularity[S, I]) scores(s *segment, owned []I) []float64 {
	out := make([]bool, len(p.order))
	for _, item := range owned {
		if i, known := p.in.place(item); known {
			out[i] = true
		}
	}
	scores := make([]float64, len(p.order))
	for at, i := range p.order {
		scores[at] = math.Inf(-1)
		if !out[i] {
			scores[at] = p.share(s, i)
		}
	}
	return scores
}

// share returns the share of a segment that has an item.
func (p *Popularity[S, I]) share(s *segment, i int32) float64 {
	overall := p.in.mass[i] / p.in.total
	switch {
	case s.customers == 0:
		return min(overall, 1) // sums may round
	case p.prior == 0:
		return min(s.mass[i]/s.total, 1)
	}
	return min((s.mass[i]+float64(p.prior*overall))/(s.total+p.prior), 1)
}

func (p *Popularity[S, I]) suggestion(s *segment, i int32, score float64) crosssell.Suggestion[I] {
	counts := crosssell.Counts{Left: s.customers, Right: p.in.holders(i), N: int64(p.in.rows())}
	if s.customers > 0 {
		counts.Both = s.holders[i]
	}
	return crosssell.Suggestion[I]{Item: p.in.items[i], Score: score, Because: []crosssell.Evidence[I]{
		{Source: crosssell.FromPopularity, Weight: score, Counts: &counts},
	}}
}
