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
// one from [NewPopularity]. Memory is 20 bytes for each item that anybody in a segment
// has, so it does not exceed that of the holdings whatever the number of segments.
type Popularity[S, I relmark.ID] struct {
	opaque

	in       *incidence[I]
	prior    float64
	order    []int32 // items from the most popular of all customers to the least
	segments map[S]*segment
}

// A segment counts its customers, in all and by item. The zero segment has none.
type segment struct {
	customers int64
	total     float64   // their greatest weights added up
	items     []int32   // that any of them has, ascending
	holders   []int64   // how many have each of these
	mass      []float64 // their weights added up
}

// NewPopularity counts by segment who has what; segmentOf says in which one a customer
// is, and must answer alike each time. It fails as [PopularityParams.Validate] does, and
// with a [relmark.FieldError] for a nil function and a segment that is text but not
// UTF-8, and with [relmark.ErrTooFew] for the zero Matrix. It takes O(n log n) time for n holdings.
func NewPopularity[S, U, I relmark.ID](m *Matrix[U, I], segmentOf func(U) S, p PopularityParams) (*Popularity[S, I], error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	if segmentOf == nil {
		return nil, invalid("SegmentOf", nil, "must not be nil")
	}
	if err := m.empty(); err != nil {
		return nil, err
	}
	members := map[S][]int{}
	for u, customer := range m.customers {
		name := segmentOf(customer)
		if !codec.IsUTF8(&name) {
			return nil, invalid("SegmentOf", nil, "must return UTF-8")
		}
		members[name] = append(members[name], u)
	}
	pop := &Popularity[S, I]{in: &m.incidence, prior: p.Prior, order: m.byMass(), segments: map[S]*segment{}}
	for name, rows := range members {
		pop.segments[name] = m.count(rows)
	}
	return pop, nil
}

// byMass returns the items from the one with the most customers to the one with the
// fewest, of equals the lower first.
func (m *incidence[I]) byMass() []int32 {
	order := make([]int32, len(m.items))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int {
		return cmp.Or(cmp.Compare(m.mass[b], m.mass[a]), cmp.Compare(a, b))
	})
	return order
}

// count makes a segment of some rows.
func (m *incidence[I]) count(rows []int) *segment {
	s := &segment{customers: int64(len(rows))}
	var cells []link
	for _, u := range rows {
		top := 0.0
		for k := m.rowEnds[u]; k < m.rowEnds[u+1]; k++ {
			cells = append(cells, link{m.weight(k), m.cols[k]})
			top = max(top, m.weight(k))
		}
		s.total += top
	}
	slices.SortStableFunc(cells, func(a, b link) int { return int(a.item) - int(b.item) })
	for _, c := range cells {
		if k := len(s.items) - 1; k < 0 || s.items[k] != c.item {
			s.items, s.holders, s.mass = append(s.items, c.item), append(s.holders, 0), append(s.mass, 0)
		}
		k := len(s.items) - 1
		s.holders[k]++
		s.mass[k] += c.weight
	}
	return s
}

// Suggest returns the n items that customers of a segment have most, for one who may
// have a few items already, which owned names: none of these, and none that is not
// eligible (as in [Query]). So many are returned where there are as many. The score is
// the share of customers who have the item, from 0 to 1,
//
//	(n(i, segment) + Prior·n(i)/N) / (N(segment) + Prior)
//
// and n(i)/N in a segment that nobody was in. Of equals the one that more customers have
// in all comes first, then the lower item. The evidence counts those in the segment who
// have it (Both), all in the segment (Left), all who have it (Right) and all (N). It
// fails with a [relmark.FieldError] unless n ≥ 1, and the zero Popularity with
// [ErrNoHistory]. It takes O(I + n log n) time for I items.
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

// scores returns the shares in a segment, in the order of popularity in all; −∞ for
// owned items.
func (p *Popularity[S, I]) scores(s *segment, owned []I) []float64 {
	mass := make([]float64, len(p.order))
	for k, i := range s.items {
		mass[i] = s.mass[k]
	}
	for _, item := range owned {
		if i, known := p.in.place(item); known {
			mass[i] = math.Inf(-1)
		}
	}
	scores := make([]float64, len(p.order))
	for at, i := range p.order {
		scores[at] = p.share(s, mass[i], p.in.mass[i]/p.in.total)
	}
	return scores
}

// share returns the share of a segment that has an item, from the weights of those who
// have it and the share of all customers. Sums may round beyond 1.
func (p *Popularity[S, I]) share(s *segment, mass, overall float64) float64 {
	switch {
	case s.customers == 0:
		return min(overall+mass, 1) // mass is 0, or −∞
	case p.prior == 0:
		return min(mass/s.total, 1)
	}
	return min((mass+float64(p.prior*overall))/(s.total+p.prior), 1)
}

func (p *Popularity[S, I]) suggestion(s *segment, i int32, score float64) crosssell.Suggestion[I] {
	counts := crosssell.Counts{Left: s.customers, Right: p.in.holders(i), N: int64(p.in.rows())}
	if k, found := slices.BinarySearch(s.items, i); found {
		counts.Both = s.holders[k]
	}
	return crosssell.Suggestion[I]{Item: p.in.items[i], Score: score, Because: []crosssell.Evidence[I]{
		{Source: crosssell.FromPopularity, Weight: score, Counts: &counts},
	}}
}
