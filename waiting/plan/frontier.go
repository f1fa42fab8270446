package plan

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
)

// Most is what [Frontier] looks through.
const (
	mostMeasures = 16
	mostMixes    = 1 << 22
)

// Frontier returns the mixes that nothing of less or the same cost beats in mean
// satisfaction, by ascending cost: what each further unit of money buys. The target of p
// is not looked at, but for Abandon: mixes that lose more are left out. Of mixes that are
// equal in both the one with fewer servers, then earlier measures, is taken. It fails with
// a [relmark.FieldError] as [Cheapest] does, and with [relmark.ErrLimit] for more than 16
// measures or more than 4,194,304 mixes, and where every mix is overrun or loses too many. It evaluates all of them.
func Frontier(p Problem) ([]Mix, error) {
	if p.Target == (Target{}) {
		p.Target.Satisfaction = new(0.0)
	}
	if err := p.Validate(); err != nil {
		return nil, err
	}
	sets := 1 << len(p.Measures)
	if mixes := int64(sets) * int64(p.ServersMax-p.ServersMin+1); len(p.Measures) > mostMeasures || mixes > mostMixes {
		return nil, fmt.Errorf("%s: %d mixes of %d measures are too many to look through: %w", room, mixes, len(p.Measures), relmark.ErrLimit)
	}
	points, err := p.points(uint32(sets))
	if err != nil {
		return nil, fault.Room(room, err)
	}
	if len(points) == 0 {
		return nil, fmt.Errorf("%s: every mix of up to %d servers is overrun or loses too many: %w", room, p.ServersMax, relmark.ErrLimit)
	}
	slices.SortFunc(points, func(a, b point) int {
		return cmp.Or(cmp.Compare(a.cost, b.cost), cmp.Compare(b.satisfaction, a.satisfaction), cmp.Compare(a.servers, b.servers), cmp.Compare(a.set, b.set))
	})
	var out []Mix
	for i, x := range points {
		if i > 0 && x.satisfaction <= out[len(out)-1].Perception.Satisfaction {
			continue
		}
		m, err := p.mix(x.set, x.servers)
		if err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	return out, nil
}

// A point is a mix by what it costs and what it is good for.
type point struct {
	cost         int64
	satisfaction float64
	servers      int
	set          uint32
}

func (p Problem) points(sets uint32) (points []point, err error) {
	groups := p.groups()
	for set := range sets {
		if p.excluded(groups, set) {
			continue
		}
		e := p.effects(set)
		for servers := p.ServersMin; servers <= p.ServersMax; servers++ {
			law, abandon, ok, err := p.line(e, servers)
			if err != nil {
				return nil, err
			}
			if !ok || p.Target.Abandon != nil && abandon > *p.Target.Abandon*(1+slight) {
				continue
			}
			felt, err := p.perceive(e, law)
			if err != nil {
				return nil, err
			}
			points = append(points, point{p.cost(set, servers), felt.Satisfaction, servers, set})
		}
	}
	return points, nil
}

// excluded reports whether a set has two measures of one group.
func (p Problem) excluded(groups []uint32, set uint32) bool {
	for i := range each(set) {
		if groups[i]&set != 0 {
			return true
		}
	}
	return false
}
