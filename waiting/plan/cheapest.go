package plan

import (
	"fmt"
	"math/bits"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/waiting"
)

// A Mix is a number of servers and some measures, and what comes of them. It is plain
// data.
type Mix struct {
	Servers    int                `json:"servers"`    // on the payroll; those that measures bring come on top
	Measures   []string           `json:"measures"`   // in the order of the problem
	Cost       int64              `json:"cost"`       // a period
	Perception waiting.Perception `json:"perception"` // of all customers, those who give up included
	Abandon    float64            `json:"abandon"`    // share who give up; 0 where nobody does
}

// Cheapest returns the mix of least cost that meets the target. It fails with a
// [relmark.FieldError] if p breaks a rule, or if an effect leaves the ranges of package
// waiting, and with [relmark.ErrLimit] if no mix meets the target: even all measures and
// all servers are too few. It evaluates each set of measures that could still be
// the cheapest, some microseconds for each number of servers tried, and some milliseconds
// where customers give up.
func Cheapest(p Problem) (Mix, error) {
	if err := p.Validate(); err != nil {
		return Mix{}, err
	}
	s := search{problem: p, groups: p.groups()}
	if err := s.branch(0, 0); err != nil {
		return Mix{}, fault.Room(room, err)
	}
	if !s.found {
		return Mix{}, fmt.Errorf("%s: no mix of measures and up to %d servers meets the target: %w", room, p.ServersMax, relmark.ErrLimit)
	}
	return p.mix(s.best, s.servers)
}

// A search is a branch and bound over sets of measures, the first decided first.
type search struct {
	problem Problem
	groups  []uint32 // by measure: which others exclude it

	found   bool
	best    uint32 // set of measures, the first the lowest bit
	servers int
	cost    int64
}

// groups returns, for each measure, those that cannot be chosen beside it.
func (p Problem) groups() []uint32 {
	exclude := make([]uint32, len(p.Measures))
	for i, m := range p.Measures {
		for j, o := range p.Measures {
			if i != j && m.Group != "" && m.Group == o.Group {
				exclude[i] |= 1 << j
			}
		}
	}
	return exclude
}

// branch decides the measures from next on, those before being in the set or not.
func (s *search) branch(next int, set uint32) error {
	p := s.problem
	open := uint32(1)<<len(p.Measures) - uint32(1)<<next // not decided
	servers, ok, err := p.least(set, open)
	if err != nil || !ok {
		return err
	}
	if s.found && p.cost(set, servers) > s.cost {
		return nil
	}
	if open == 0 {
		s.take(set, servers)
		return nil
	}
	if err := s.branch(next+1, set); err != nil {
		return err
	}
	if s.groups[next]&set != 0 {
		return nil
	}
	return s.branch(next+1, set|1<<next)
}

// take keeps a mix that is better than the best: cheaper, with fewer servers, or with
// earlier measures.
func (s *search) take(set uint32, servers int) {
	cost := s.problem.cost(set, servers)
	better := !s.found || cost < s.cost ||
		cost == s.cost && (servers < s.servers || servers == s.servers && set < s.best)
	if better {
		s.found, s.best, s.servers, s.cost = true, set, servers, cost
	}
}

// cost returns what a mix costs a period.
func (p Problem) cost(set uint32, servers int) int64 {
	sum := int64(servers) * p.ServerCost
	for i := range each(set) {
		sum += p.Measures[i].Cost + p.Measures[i].PerCustomer*p.Customers
	}
	return sum
}

// each yields the members of a set, ascending.
func each(set uint32) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		for ; set != 0; set &= set - 1 {
			if !yield(bits.TrailingZeros32(set)) {
				return
			}
		}
	}
}

// least returns the least number of servers on the payroll with which the target is met,
// by a set of measures and, as far as they help, any of those that are open; false if the
// greatest number does not.
func (p Problem) least(set, open uint32) (servers int, ok bool, err error) {
	high := p.ServersMax
	if ok, err := p.meets(set, open, high); err != nil || !ok {
		return 0, false, err
	}
	for low := p.ServersMin - 1; high-low > 1; {
		middle := low + (high-low)/2
		ok, err := p.meets(set, open, middle)
		if err != nil {
			return 0, false, err
		}
		if ok {
			high = middle
		} else {
			low = middle
		}
	}
	return high, true, nil
}

// mix describes a set of measures and a number of servers.
func (p Problem) mix(set uint32, servers int) (Mix, error) {
	m := Mix{Servers: servers, Measures: []string{}, Cost: p.cost(set, servers)}
	for i := range each(set) {
		m.Measures = append(m.Measures, p.Measures[i].Name)
	}
	e := p.effects(set)
	law, abandon, ok, err := p.line(e, servers)
	if err != nil || !ok {
		return Mix{}, fault.Room(room, err)
	}
	m.Abandon = abandon
	if m.Perception, err = p.perceive(e, law); err != nil {
		return Mix{}, fault.Room(room, err)
	}
	return m, nil
}
