package queue

import (
	"math"
	"time"

	"github.com/relmark/relmark/internal/special"
)

// MaxServers is the greatest number of servers of any model.
const MaxServers = 1_000_000_000

// MMCParams describes an M/M/c queue: customers arrive at random, one line feeds
// c equal servers, nobody leaves before being served. With one server it is M/M/1.
// Where nobody arrives there need not be a server. It is plain data: store it,
// encode it, compare it.
type MMCParams struct {
	Arrival float64       `json:"arrival"` // λ, customers per Unit; finite, 0 or more
	Service float64       `json:"service"` // μ, customers per busy server per Unit; 1e-100 to 1e100
	Servers int           `json:"servers"` // c, 0 to MaxServers, more than λ/μ unless λ is 0
	Unit    time.Duration `json:"unit"`    // of both rates, such as time.Hour; > 0
}

// Validate reports every rule that p breaks, joined into one error of
// [relmark.FieldError]s. Too few servers for the load, with which the line would
// grow for ever, are a fault of Servers; so are as many as the load, within what
// rounding takes from the rates (see the package's Choices).
func (p MMCParams) Validate() error {
	var l faults
	p.check(&l)
	if l.Len() == 0 && !p.stable() {
		l.Add("Servers", p.Servers, "must exceed the load Arrival/Service")
	}
	return l.Err(room)
}

// check adds the rules that p breaks, stability aside.
func (p MMCParams) check(l *faults) {
	if !(p.Arrival >= 0 && p.Arrival <= math.MaxFloat64) {
		l.Add("Arrival", p.Arrival, "must be finite and at least 0")
	}
	l.Between("Service", p.Service, minRate, maxRate)
	l.servers(p.Servers)
	l.unit(p.Unit)
}

// stable reports whether there are more servers than load, by more than a tie.
func (p MMCParams) stable() bool {
	c := float64(p.Servers)
	return p.Arrival == 0 || math.FMA(c, p.Service, -p.Arrival) > tie*c*p.Service
}

// tie is the share by which two rates may differ and still be called equal: four
// roundings. Rates are rounded where the caller writes them, and again where they
// are turned into another unit of time.
const tie = 0x1p-50

const minRate, maxRate = 1e-100, 1e100 // so that no mean or variance leaves the range of float64

// slack returns s = cμ − λ exactly, or nearly: subtracting the utilization from 1
// instead would lose five digits at a utilization of 0.99999.
func (p MMCParams) slack() special.Extended {
	c := p.able()
	capacity := float64(c * p.Service) // rounded here: fused into the difference it would not be what FMA corrects
	d := special.Difference(capacity, p.Arrival)
	s := math.FMA(c, p.Service, -p.Arrival)
	return special.Extended{Hi: s, Lo: (d.Hi - s) + (d.Lo + math.FMA(c, p.Service, -capacity))}
}

// able returns c, and 1 for a queue without servers: nobody arrives there, so that
// it has the answers of a server to whom nobody comes.
func (p MMCParams) able() float64 { return float64(max(1, p.Servers)) }

// capacity returns cμ.
func (p MMCParams) capacity() float64 { return p.able() * p.Service }

// An MMC is a solved M/M/c queue in its steady state. It is an immutable value,
// safe for concurrent use. Obtain one from [NewMMC]; the methods of the zero MMC
// return NaN, those of [MMC.Params] and [MMC.Unit] aside.
type MMC struct {
	params MMCParams
	load   special.Extended // a = λ/μ
	slack  special.Extended // s = cμ − λ
	wait   float64          // C(c, a)
	free   float64          // 1 − C(c, a), exact where C is almost 1
}

// NewMMC solves the queue described by p. It fails exactly when
// [MMCParams.Validate] does. It takes O(1) time and allocates only to report an
// error.
func NewMMC(p MMCParams) (MMC, error) {
	if err := p.Validate(); err != nil {
		return MMC{}, err
	}
	a := special.Quotient(p.Arrival, p.Service)
	return solveMMC(p, a, special.PoissonOdds(max(1, p.Servers), a)), nil
}

// solveMMC completes a valid queue whose load is a and whose odds of blocking are
// known: 1/B = 1 + odds and 1/C = 1 + (1 − ρ)·odds.
func solveMMC(p MMCParams, a special.Extended, odds float64) MMC {
	s := p.slack()
	x := s.Hi / p.capacity() * odds
	wait, free := 1/(1+x), 1.0
	if x < math.MaxFloat64 {
		free = x * wait
	}
	return MMC{params: p, load: a, slack: s, wait: wait, free: free}
}

// Params returns what the queue was made of.
func (m MMC) Params() MMCParams { return m.params }

// Unit returns the unit of every time that m takes or returns, that of its rates.
func (m MMC) Unit() time.Duration { return m.params.Unit }

// Units returns a duration as a number of units: the t of [MMC.WaitTail] and its
// like. It is NaN for the zero MMC.
func (m MMC) Units(d time.Duration) float64 {
	if m.params.Unit == 0 {
		return math.NaN()
	}
	return m.params.units(d)
}

// units returns a duration in the unit of p, which is valid.
func (p MMCParams) units(d time.Duration) float64 { return float64(d) / float64(p.Unit) }

// Load returns the offered load a = λ/μ, in Erlangs: the mean number of busy
// servers.
func (m MMC) Load() float64 { return m.params.Arrival / m.params.Service }

// Utilization returns ρ = λ/(cμ), the share of their time that servers are busy.
func (m MMC) Utilization() float64 {
	return m.params.Arrival / m.params.capacity()
}

// ProbWait returns the share of customers who have to wait at all, C(c, a).
func (m MMC) ProbWait() float64 {
	if m.slack.Hi == 0 {
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
func (m MMC) MeanWait() float64 { return m.wait / m.slack.Hi }

// MeanWaitIfDelayed returns the mean wait of those who have to wait at all, 1/s.
func (m MMC) MeanWaitIfDelayed() float64 { return 1 / m.WaitRate() }

// WaitRate returns s = cμ − λ, and μ without servers. Given that a customer has to
// wait, the wait is exponential with this rate.
func (m MMC) WaitRate() float64 {
	if m.slack.Hi == 0 {
		return math.NaN()
	}
	return m.slack.Hi
}

// WaitVariance returns the variance of the wait over all customers, those who do
// not wait included: C·(2 − C)/s².
func (m MMC) WaitVariance() float64 {
	return m.wait * (1 + m.free) / m.slack.Hi / m.slack.Hi
}

// MeanSojourn returns the mean time from arrival to departure.
func (m MMC) MeanSojourn() float64 { return 1/m.params.Service + m.MeanWait() }

// SojournVariance returns the variance of the time from arrival to departure. The
// wait and the service of one customer are independent.
func (m MMC) SojournVariance() float64 {
	return 1/m.params.Service/m.params.Service + m.WaitVariance()
}
