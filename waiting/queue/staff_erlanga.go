package queue

import (
	"fmt"

	"github.com/relmark/relmark"
)

// A PatienceTarget says how good service must be where customers give up: what it asks for
// is given, and nil is not asked for. The zero PatienceTarget asks for one server. It is
// plain data.
type PatienceTarget struct {
	Target

	Abandon *float64 `json:"abandon,omitempty"` // greatest share of customers who give up; above 0, below 1
}

// Validate reports every rule that t breaks, joined into one error.
func (t PatienceTarget) Validate() error {
	var l faults
	t.check(&l)
	return l.Err(room)
}

func (t PatienceTarget) check(l *faults) {
	t.Target.check(l)
	if t.Abandon != nil {
		l.share("Abandon", *t.Abandon)
	}
}

// met reports whether m keeps what t asks for.
func (t PatienceTarget) met(m ErlangA) bool {
	switch {
	case t.Abandon != nil && m.ProbAbandon() > *t.Abandon*(1+slight):
	case t.Level != nil && m.ServedWithin(m.Units(*t.Within)) < *t.Level*(1-slight):
	case t.MeanWait != nil && m.MeanWait() > m.Units(*t.MeanWait)*(1+slight):
	case t.Occupancy != nil && m.Utilization() > *t.Occupancy*(1+slight):
	default:
		return true
	}
	return false
}

// slight is the share by which a bound may be missed: that of rounding.
const slight = 1e-13

// StaffErlangA returns the Erlang A queue of the least number of servers that meets a
// target: Level counts those who are served within the time among all who come. p.Servers
// is the least number to consider. It fails if p or t breaks a rule, and with
// [relmark.ErrLimit] if [MaxServers] do not suffice, or as many as may be where so few
// leave ([ErlangAParams]). What a target asks for improves with
// every server, so the search doubles its step and then halves it.
func StaffErlangA(p ErlangAParams, t PatienceTarget) (ErlangA, error) {
	var l faults
	l.servers(p.Servers)
	t.check(&l)
	p.Servers = max(1, p.Servers)
	p.check(&l)
	if l.Len() > 0 {
		return ErlangA{}, l.Err(room)
	}
	best, err := NewErlangA(p)
	if err != nil || t.met(best) {
		return best, err
	}
	low, step := p.Servers, 1 // low does not suffice
	most := p.most()
	for ; ; step *= 2 {
		if low >= most {
			return ErlangA{}, fmt.Errorf("%s: %d servers do not meet the target: %w", room, low, relmark.ErrLimit)
		}
		if best, err = p.with(min(low+step, most)); err != nil {
			return ErlangA{}, err
		}
		if t.met(best) {
			break
		}
		low = best.params.Servers
	}
	for high := best.params.Servers; high-low > 1; {
		m, err := p.with(low + (high-low)/2)
		if err != nil {
			return ErlangA{}, err
		}
		if t.met(m) {
			best, high = m, m.params.Servers
		} else {
			low = m.params.Servers
		}
	}
	return best, nil
}

// most returns the greatest number of servers of which leaving is in range.
func (p ErlangAParams) most() int {
	return int(min(MaxServers, p.Leaving/p.Service*maxShare*(1-tie)))
}

// with solves the queue with another number of servers.
func (p ErlangAParams) with(servers int) (ErlangA, error) {
	p.Servers = servers
	return NewErlangA(p)
}
