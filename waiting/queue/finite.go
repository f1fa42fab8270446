package queue

import (
	"math"
	"time"
)

// FiniteParams describes customers of a closed circle: N machines, patients of a ward or
// guests of a house, each of whom calls again a random time after the last visit, in
// front of c servers: M/M/c//N, the machine repair model. It is plain data: store it,
// encode it, compare it.
type FiniteParams struct {
	Sources int           `json:"sources"` // N, 1 to 10,000,000
	Arrival float64       `json:"arrival"` // λ, calls per Unit of each who is not here; 0 to 1e100
	Service float64       `json:"service"` // μ, customers per busy server per Unit; 1e-100 to 1e100
	Servers int           `json:"servers"` // c, 1 to MaxServers
	Unit    time.Duration `json:"unit"`    // of both rates, such as time.Hour; > 0
}

// maxSources bounds the steps of a solution.
const maxSources = 10_000_000

// Validate reports every rule that p breaks, joined into one error.
func (p FiniteParams) Validate() error {
	var l faults
	l.Check(p.Sources >= 1 && p.Sources <= maxSources, "Sources", p.Sources, "must be 1 to 10000000")
	l.Between("Arrival", p.Arrival, 0, maxRate)
	l.Between("Service", p.Service, minRate, maxRate)
	l.Check(p.Servers >= 1 && p.Servers <= MaxServers, "Servers", p.Servers, "must be 1 to 1000000000")
	l.unit(p.Unit)
	return l.Err(room)
}

// A Finite is a solved M/M/c//N queue in its steady state. It is an immutable value, safe
// for concurrent use. Obtain one from [NewFinite]; the methods of the zero Finite return
// NaN, those of Params and Unit aside.
type Finite struct {
	params               FiniteParams
	system, line, served float64 // mean number here and waiting, customers served per Unit
	delayed              float64 // share of calls that find no free server
	empty                float64
}

// NewFinite solves the queue described by p. It fails exactly when
// [FiniteParams.Validate] does. It takes a step for each source.
func NewFinite(p FiniteParams) (Finite, error) {
	if err := p.Validate(); err != nil {
		return Finite{}, err
	}
	m, total, calls, late := Finite{params: p}, 0.0, 0.0, 0.0
	for n, w := range p.chain().weights() {
		here := float64(n)
		total += w
		m.system += here * w
		m.line += max(0, here-float64(p.Servers)) * w
		calling := float64(p.Sources-n) * p.Arrival * w
		calls += calling
		if n >= p.Servers {
			late += calling
		}
		if n == 0 {
			m.empty = w
		}
	}
	m.system, m.line, m.served, m.empty = m.system/total, m.line/total, calls/total, m.empty/total
	m.delayed = late / calls
	return m, nil
}

func (p FiniteParams) chain() chain {
	return chain{
		most:  p.Sources,
		birth: func(n int) float64 { return float64(p.Sources-n) * p.Arrival },
		death: func(n int) float64 { return float64(min(n, p.Servers)) * p.Service },
	}
}

// Params returns what the queue was made of.
func (m Finite) Params() FiniteParams { return m.params }

// Unit returns the unit of every time that m returns, that of its rates.
func (m Finite) Unit() time.Duration { return m.params.Unit }

// known returns x, and NaN for the zero Finite.
func (m Finite) known(x float64) float64 {
	if m.params.Unit == 0 {
		return math.NaN()
	}
	return x
}

// ProbWait returns the share of calls that find no free server. It is NaN where nobody
// calls.
func (m Finite) ProbWait() float64 { return m.known(m.delayed) }

// MeanSystem returns the mean number of customers who are waiting or in service.
func (m Finite) MeanSystem() float64 { return m.known(m.system) }

// MeanQueue returns the mean number of customers who are waiting.
func (m Finite) MeanQueue() float64 { return m.known(m.line) }

// Throughput returns how many customers per unit of time are served.
func (m Finite) Throughput() float64 { return m.known(m.served) }

// Utilization returns the share of their time that servers are busy.
func (m Finite) Utilization() float64 {
	return m.Throughput() / (float64(m.params.Servers) * m.params.Service)
}

// MeanWait returns the mean wait of a call. It is NaN where nobody calls.
func (m Finite) MeanWait() float64 { return m.MeanQueue() / m.Throughput() }

// MeanSojourn returns the mean time from a call to the end of its service. It is NaN where
// nobody calls.
func (m Finite) MeanSojourn() float64 { return m.MeanSystem() / m.Throughput() }

// WaitTail returns the share of calls that wait longer than t. It is NaN unless t ≥ 0, and
// where nobody calls. A call that finds n here, which happens in proportion to
// (N − n)·λ·P(n), waits for n − c + 1 departures. It takes some steps for each source.
func (m Finite) WaitTail(t float64) float64 {
	if !(t >= 0) || m.params.Unit == 0 {
		return math.NaN()
	}
	p := m.params
	departures := float64(p.Servers) * p.Service * t
	if math.IsInf(departures, 1) {
		return 0
	}
	found, calls := make([]float64, max(0, p.Sources-p.Servers)), 0.0 // by how many are in line
	for n, w := range p.chain().weights() {
		calling := float64(p.Sources-n) * p.Arrival * w
		calls += calling
		if i := n - p.Servers; i >= 0 && i < len(found) {
			found[i] = calling
		}
	}
	late := 0.0
	for n, more := len(found)-1, 0.0; n >= 0; n-- { // n departures in t, and n or more in line
		more += found[n]
		late += poisson(float64(n), departures) * more
	}
	return late / calls
}

// ProbEmpty returns the probability that nobody is here, 0 where that is below the range
// of float64.
func (m Finite) ProbEmpty() float64 { return m.known(m.empty) }

// A Loss is what becomes of N sources in front of c servers without a line: Engset's
// model. It is plain data.
type Loss struct {
	TimeCongestion float64 `json:"time_congestion"` // share of time that all servers are busy
	CallCongestion float64 `json:"call_congestion"` // share of calls that are lost
}

// Engset returns the shares that N sources lose in front of c servers and no line: each
// source that is idle calls at rate p.Arrival, and a call that finds no server is lost.
// Where there are no more sources than servers, none is. It fails exactly when
// [FiniteParams.Validate] does, and takes O(servers) time.
func Engset(p FiniteParams) (Loss, error) {
	if err := p.Validate(); err != nil {
		return Loss{}, err
	}
	return Loss{p.congestion(p.Sources), p.congestion(p.Sources - 1)}, nil
}

// congestion returns the probability that all servers are busy with so many sources.
func (p FiniteParams) congestion(sources int) float64 {
	if sources < p.Servers {
		return 0
	}
	busy, total := 0.0, 0.0
	loss := chain{
		most:  p.Servers,
		birth: func(n int) float64 { return float64(sources-n) * p.Arrival },
		death: func(n int) float64 { return float64(n) * p.Service },
	}
	for n, w := range loss.weights() {
		total += w
		if n == p.Servers {
			busy = w
		}
	}
	return busy / total
}
