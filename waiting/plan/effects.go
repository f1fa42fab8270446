package plan

import (
	"math"

	"github.com/relmark/relmark/waiting"
	"github.com/relmark/relmark/waiting/queue"
)

// Effects are sums of what measures do.
type effects struct {
	felt, expected, minutes, arrival, service, leaving float64
	servers                                            int
	bound                                              bool // of what open measures could do
}

// effects adds up what a set of measures does.
func (p Problem) effects(set uint32) (e effects) {
	for i := range each(set) {
		m := p.Measures[i]
		e.felt += m.Felt
		e.expected += m.Expected
		e.minutes += float64(m.ExpectedMinutes)
		e.arrival += m.Arrival
		e.service += m.Service
		e.leaving += m.Leaving
		e.servers += m.Servers
	}
	return e
}

// with adds the good that open measures could do, and none of the harm: a bound that no
// choice of them exceeds. Giving up sooner shortens waits and loses customers, so it is
// for the caller to say which of the two is good.
func (e effects) with(p Problem, open uint32, sooner bool) effects {
	for i := range each(open) {
		m := p.Measures[i]
		e.felt += min(0, m.Felt)
		e.expected += max(0, m.Expected)
		e.minutes += max(0, float64(m.ExpectedMinutes))
		e.arrival += min(0, m.Arrival)
		e.service += max(0, m.Service)
		e.servers += m.Servers
		if sooner {
			e.leaving += max(0, m.Leaving)
		} else {
			e.leaving += min(0, m.Leaving)
		}
	}
	if open != 0 {
		return e.within(p)
	}
	return e
}

// within keeps a bound inside the ranges that a mix may have: what lies beyond them is no
// mix, and need not be bounded.
func (e effects) within(p Problem) effects {
	e.felt = max(e.felt, math.Log(1e-6/p.Experience.Multiplier))
	e.expected = min(e.expected, math.Log(1e9/float64(p.Experience.Expected)))
	e.bound = true
	e.minutes = min(e.minutes, 1e9-float64(p.Experience.Expected)*math.Exp(e.expected))
	return e
}

// line solves the queue; false if it is overrun.
func (p Problem) line(e effects, servers int) (law waiting.Law, abandon float64, ok bool, err error) {
	arrival, service, c := p.Arrival*math.Exp(e.arrival), p.Service*math.Exp(e.service), servers+e.servers
	if p.Leaving == nil {
		params := queue.MMCParams{Arrival: arrival, Service: service, Servers: c, Unit: p.Unit}
		if !(float64(c)*service > arrival) {
			return nil, 0, false, nil
		}
		line, err := queue.NewMMC(params)
		if err != nil { // as many servers as load, but for rounding
			return nil, 0, false, nil //nolint:nilerr // overrun
		}
		return line, 0, true, nil
	}
	if c == 0 {
		return nil, 0, false, nil
	}
	leaving := *p.Leaving * math.Exp(e.leaving)
	if e.bound { // what lies beyond the range is no mix
		capacity := float64(c) * service
		leaving = max(1.01e-9*capacity, min(leaving, 0.99e9*capacity))
	}
	line, err := queue.NewErlangA(queue.ErlangAParams{Arrival: arrival, Service: service, Servers: c, Leaving: leaving, Unit: p.Unit})
	if err != nil {
		return nil, 0, false, err
	}
	return line, line.ProbAbandon(), true, nil
}

// perceive returns how customers live through a line.
func (p Problem) perceive(e effects, law waiting.Law) (waiting.Perception, error) {
	x := p.Experience
	x.Multiplier *= math.Exp(e.felt)
	x.Expected = x.Expected*waiting.Minutes(math.Exp(e.expected)) + waiting.Minutes(e.minutes)
	experience, err := waiting.NewExperience(x)
	if err != nil {
		return waiting.Perception{}, err
	}
	return experience.Under(law)
}

// slight is the share by which a bound may be missed: that of rounding.
const slight = 1e-13

// meets reports whether so many servers and a set of measures meet the target, with open
// ones helping as far as they can.
func (p Problem) meets(set, open uint32, servers int) (bool, error) {
	e, t := p.effects(set), p.Target
	if t.Abandon != nil {
		_, abandon, ok, err := p.line(e.with(p, open, false), servers)
		if err != nil || !ok || abandon > *t.Abandon*(1+slight) {
			return false, err
		}
	}
	if t.Satisfaction == nil && t.Excess == nil && t.MeanWait == nil {
		return true, nil
	}
	e = e.with(p, open, true)
	law, _, ok, err := p.line(e, servers)
	if err != nil || !ok {
		return false, err
	}
	felt, err := p.perceive(e, law)
	if err != nil {
		return false, err
	}
	return t.met(felt), nil
}

// met reports whether what customers perceive is good enough.
func (t Target) met(felt waiting.Perception) bool {
	switch {
	case t.Satisfaction != nil && felt.Satisfaction < *t.Satisfaction-slight*max(1, math.Abs(*t.Satisfaction)):
	case t.Excess != nil && felt.ProbExcess > *t.Excess*(1+slight):
	case t.MeanWait != nil && felt.MeanWait > *t.MeanWait*(1+slight):
	default:
		return true
	}
	return false
}
