package plan

import (
	"math"
	"strconv"
	"time"

	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/waiting"
)

const room = "plan" // as errors name it

// A Measure is something that can be done beside adding servers. An effect of 0 is none.
// It is plain data.
type Measure struct {
	Name        string `json:"name"`         // not empty; each once
	Cost        int64  `json:"cost"`         // a period, in the smallest unit of money; 0 to 1e15
	PerCustomer int64  `json:"per_customer"` // for each customer of a period, likewise; 0 or more, and some 1e15 at most for all Customers

	Felt            float64         `json:"felt"`             // added to the logarithm of felt minutes: -0.1 makes waits feel 10 % shorter; -5 to 5, as all logarithms
	Expected        float64         `json:"expected"`         // added to the logarithm of expected minutes
	ExpectedMinutes waiting.Minutes `json:"expected_minutes"` // added to expected minutes; -1e6 to 1e6
	Arrival         float64         `json:"arrival"`          // added to the logarithm of the rate of arrivals
	Service         float64         `json:"service"`          // added to the logarithm of the rate of service
	Leaving         float64         `json:"leaving"`          // added to the logarithm of the rate of giving up
	Servers         int             `json:"servers"`          // servers that come with it, at its cost; 0 to 1,000,000
	Group           string          `json:"group,omitempty"`  // of measures with one group at most one is chosen; empty: no group
}

// A Target says how good the wait must be: what it asks for is given, and nil is not asked
// for. At least one is. It is plain data.
type Target struct {
	Satisfaction *float64         `json:"satisfaction,omitempty"` // least mean satisfaction
	Excess       *float64         `json:"excess,omitempty"`       // greatest share who feel a longer wait than they expected; 0 to 1
	MeanWait     *waiting.Minutes `json:"mean_wait,omitempty"`    // greatest mean wait; 0 or more
	Abandon      *float64         `json:"abandon,omitempty"`      // greatest share who give up; 0 to 1, where somebody does
}

// opaque makes encoding/json refuse what has no JSON.
type opaque = canon.Opaque

// A Problem is a line and what may be done about it. It is data.
type Problem struct {
	opaque

	Arrival float64       // λ, customers per Unit; above 0
	Service float64       // μ, customers per busy server per Unit; above 0
	Leaving *float64      // θ, rate at which one who waits gives up; nil: nobody does
	Unit    time.Duration // of all rates, such as time.Hour; > 0

	ServersMin int   // 0 or more
	ServersMax int   // ServersMin to ServersMin + 1,000,000
	ServerCost int64 // of one a period, in the smallest unit of money; 0 to 1e12, and 1e18 at most for ServersMax
	Customers  int64 // a period, for costs per customer; 0 to 1e9

	Experience waiting.ExperienceParams // of the wait as it is, without any measure
	Measures   []Measure                // 24 at most
	Target     Target
}

// MaxMeasures is how many measures [Cheapest] takes.
const MaxMeasures = 24

// Validate reports every rule that p breaks, in one error. Whether the target can be met
// is for [Cheapest] to say.
func (p Problem) Validate() error {
	var l fault.List
	l.Between("Arrival", p.Arrival, 1e-100, 1e100)
	l.Between("Service", p.Service, 1e-100, 1e100)
	if p.Leaving != nil {
		l.Between("Leaving", *p.Leaving, 1e-100, 1e100)
	}
	l.Check(p.Unit > 0, "Unit", p.Unit, "must be > 0: the unit of the rates")
	l.Check(p.ServersMin >= 0 && p.ServersMin <= 1e9, "ServersMin", p.ServersMin, "must be 0 to 1000000000")
	l.Check(p.ServersMax >= p.ServersMin && p.ServersMax-p.ServersMin <= 1_000_000, "ServersMax", p.ServersMax, "must be ServersMin to ServersMin + 1000000")
	l.Check(p.ServerCost >= 0 && p.ServerCost <= 1e12, "ServerCost", p.ServerCost, "must be 0 to 1000000000000")
	l.Check(!(float64(p.ServersMax)*float64(p.ServerCost) > 1e18), "ServerCost", p.ServerCost, "must be 1e18 at most for ServersMax servers")
	l.Check(p.Customers >= 0 && p.Customers <= 1e9, "Customers", p.Customers, "must be 0 to 1000000000")
	l.Join("Experience", p.Experience.Validate())
	p.checkMeasures(&l)
	p.checkTarget(&l)
	return l.Err(room)
}

func (p Problem) checkMeasures(l *fault.List) {
	l.Check(len(p.Measures) <= MaxMeasures, "Measures", len(p.Measures), "must be 24 at most: beyond that an answer would be a guess")
	seen := map[string]bool{}
	for i, m := range p.Measures {
		if l.Full() {
			return
		}
		path := "Measures[" + strconv.Itoa(i) + "]."
		l.Name(path+"Name", m.Name)
		l.Check(!seen[m.Name], path+"Name", nil, "must be there once")
		seen[m.Name] = true
		l.Check(m.Cost >= 0 && m.Cost <= 1e15, path+"Cost", m.Cost, "must be 0 to 1000000000000000")
		l.Check(m.PerCustomer >= 0 && m.PerCustomer <= 1e15/max(1, p.Customers), path+"PerCustomer", m.PerCustomer, "must be 0 or more, and 1e15 at most for all customers")
		for _, effect := range [...]struct {
			name string
			log  float64
		}{{"Felt", m.Felt}, {"Expected", m.Expected}, {"Arrival", m.Arrival}, {"Service", m.Service}, {"Leaving", m.Leaving}} {
			l.Between(path+effect.name, effect.log, -5, 5)
		}
		l.Between(path+"ExpectedMinutes", float64(m.ExpectedMinutes), -1e6, 1e6)
		l.Check(m.Leaving == 0 || p.Leaving != nil, path+"Leaving", m.Leaving, "must be 0 where nobody gives up")
		l.Check(m.Servers >= 0 && m.Servers <= 1_000_000, path+"Servers", m.Servers, "must be 0 to 1000000")
	}
}

func (p Problem) checkTarget(l *fault.List) {
	t := p.Target
	l.Check(t != Target{}, "Target", nil, "must ask for something")
	if t.Satisfaction != nil {
		l.Check(math.Abs(*t.Satisfaction) <= 1e12, "Target.Satisfaction", *t.Satisfaction, "must be -1e+12 to 1e+12")
	}
	if t.Excess != nil {
		l.Between("Target.Excess", *t.Excess, 0, 1)
	}
	if t.MeanWait != nil {
		l.Between("Target.MeanWait", float64(*t.MeanWait), 0, 1e12)
	}
	if t.Abandon != nil {
		l.Between("Target.Abandon", *t.Abandon, 0, 1)
		l.Check(p.Leaving != nil, "Target.Abandon", *t.Abandon, "must be nil where nobody gives up")
	}
}
