package queue

import (
	"math"

	"github.com/relmark/relmark"
)

// MaxServers is the greatest number of servers of any model.
const MaxServers = 1_000_000_000

// MMCParams describes an M/M/c queue: customers arrive at random, one line feeds
// c equal servers, nobody leaves before being served. With one server it is M/M/1.
// It is plain data: store it, encode it, compare it.
type MMCParams struct {
	Arrival float64 `json:"arrival"` // λ, customers per unit of time; finite, > 0
	Service float64 `json:"service"` // μ, customers per busy server per unit of time; 1e-100 to 1e100
	Servers int     `json:"servers"` // c, 1 to MaxServers, more than λ/μ
}

// Validate reports every rule that p breaks, joined into one error of
// [relmark.FieldError]s. Too few servers for the load, with which the line would
// grow for ever, are a fault of Servers.
func (p MMCParams) Validate() error {
	errs := p.checkRates(nil)
	switch {
	case p.Servers < 1 || p.Servers > MaxServers:
		errs = append(errs, &relmark.FieldError{Field: "Servers", Value: p.Servers, Rule: "must be 1 to 1000000000"})
	case errs == nil && !(math.FMA(float64(p.Servers), p.Service, -p.Arrival) > 0):
		errs = append(errs, &relmark.FieldError{Field: "Servers", Value: p.Servers, Rule: "must exceed the load Arrival/Service"})
	}
	return joined(errs)
}

// checkRates adds the rules that the rates break to errs.
func (p MMCParams) checkRates(errs []error) []error {
	errs = checkPositive(errs, "Arrival", p.Arrival)
	if !(p.Service >= minRate && p.Service <= maxRate) {
		errs = append(errs, &relmark.FieldError{Field: "Service", Value: p.Service, Rule: "must be 1e-100 to 1e100"})
	}
	return errs
}

const minRate, maxRate = 1e-100, 1e100 // so that no mean or variance leaves the range of float64

// slack returns s = cμ − λ exactly, or nearly: subtracting the utilization from 1
// instead would lose five digits at a utilization of 0.99999.
func (p MMCParams) slack() extended {
	c := float64(p.Servers)
	capacity := float64(c * p.Service) // rounded here: fused into the difference it would not be what FMA corrects
	d := difference(capacity, p.Arrival)
	s := math.FMA(c, p.Service, -p.Arrival)
	return extended{s, (d.hi - s) + (d.lo + math.FMA(c, p.Service, -capacity))}
}

// An MMC is a solved M/M/c queue in its steady state. It is an immutable value,
// safe for concurrent use. Obtain one from [NewMMC]; the methods of the zero MMC
// return NaN, those of [MMC.Params] aside.
type MMC struct {
	params MMCParams
	load   extended // a = λ/μ
	slack  extended // s = cμ − λ
	wait   float64  // C(c, a)
	free   float64  // 1 − C(c, a), exact where C is almost 1
}

// NewMMC solves the queue described by p. It fails exactly when
// [MMCParams.Validate] does. It takes O(1) time and allocates only to report an
// error.
func NewMMC(p MMCParams) (MMC, error) {
	if err := p.Validate(); err != nil {
		return MMC{}, err
	}
	a := quotient(p.Arrival, p.Service)
	return solveMMC(p, a, oddsBelow(p.Servers, a)), nil
}

// solveMMC completes a valid queue whose load is a and whose odds of blocking are
// known: 1/B = 1 + odds and 1/C = 1 + (1 − ρ)·odds.
func solveMMC(p MMCParams, a extended, odds float64) MMC {
	s := p.slack()
	x := s.hi / (float64(p.Servers) * p.Service) * odds
	wait, free := 1/(1+x), 1.0
	if x < math.MaxFloat64 {
		free = x * wait
	}
	return MMC{params: p, load: a, slack: s, wait: wait, free: free}
}

// Params returns what the queue was made of.
func (m MMC) Params() MMCParams { return m.params }

// Load returns the offered load a = λ/μ, in Erlangs: the mean number of busy
// servers.
func (m MMC) Load() float64 { return m.params.Arrival / m.params.Service }

// Utilization returns ρ = λ/(cμ), the share of their time that servers are busy.
func (m MMC) Utilization() float64 {
	return m.params.Arrival / (float64(m.params.Servers) * m.params.Service)
}

// ProbWait returns the share of customers who have to wait at all, C(c, a).
func (m MMC) ProbWait() float64 {
	if m.slack.hi == 0 {
		return math.NaN()
	}
	return m.wait
}

// ProbBlock returns the share of customers who would be lost if nobody could wait:
// B(c, a) at the same load, without the rounding that a load passed to [ErlangB]
// brings with it.
func (m MMC) ProbBlock() float64 {
	blocked := m.ProbWait() * m.idle()
	return blocked / (blocked + m.free)
}

// MeanWait returns the mean time before service begins, C/s, over all customers.
func (m MMC) MeanWait() float64 { return m.wait / m.slack.hi }

// MeanWaitIfDelayed returns the mean wait of those who have to wait at all, 1/s.
func (m MMC) MeanWaitIfDelayed() float64 { return 1 / m.WaitRate() }

// WaitRate returns s = cμ − λ. Given that a customer has to wait, the wait is
// exponential with this rate.
func (m MMC) WaitRate() float64 {
	if m.slack.hi == 0 {
		return math.NaN()
	}
	return m.slack.hi
}

// WaitVariance returns the variance of the wait over all customers, those who do
// not wait included: C·(2 − C)/s².
func (m MMC) WaitVariance() float64 {
	return m.wait * (1 + m.free) / m.slack.hi / m.slack.hi
}

// MeanSojourn returns the mean time from arrival to departure.
func (m MMC) MeanSojourn() float64 { return 1/m.params.Service + m.MeanWait() }

// SojournVariance returns the variance of the time from arrival to departure. The
// wait and the service of one customer are independent.
func (m MMC) SojournVariance() float64 {
	return 1/m.params.Service/m.params.Service + m.WaitVariance()
}
