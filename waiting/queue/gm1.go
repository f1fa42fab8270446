package queue

import (
	"math"
	"time"
)

// GM1Params describes one server to whom customers come by appointment: at equal gaps, or
// at gaps that are sums of exponential ones, less spread than at random. D/M/1 and
// Eₖ/M/1. It is plain data: store it, encode it.
type GM1Params struct {
	Arrival float64       `json:"arrival"` // λ, customers per Unit; 1e-100 to 1e100
	Service float64       `json:"service"` // μ, customers per busy server per Unit, more than λ; 1e-100 to 1e100
	Regular bool          `json:"regular"` // all gaps are 1/λ; then Stages is 0
	Stages  int           `json:"stages"`  // k of a gap, 1 for arrivals at random; 1 to 1,000,000 unless Regular
	Unit    time.Duration `json:"unit"`    // of both rates, such as time.Hour; > 0
}

// Validate reports every rule that p breaks, joined into one error.
func (p GM1Params) Validate() error {
	var l faults
	l.Between("Arrival", p.Arrival, minRate, maxRate)
	l.Between("Service", p.Service, minRate, maxRate)
	if p.Regular {
		l.Check(p.Stages == 0, "Stages", p.Stages, "must be 0 where gaps are Regular")
	} else {
		l.Check(p.Stages >= 1 && p.Stages <= 1_000_000, "Stages", p.Stages, "must be 1 to 1000000")
	}
	l.unit(p.Unit)
	if l.Len() == 0 {
		l.Check(p.Service-p.Arrival > tie*p.Service, "Service", p.Service, "must be more than Arrival")
	}
	return l.Err(room)
}

// A GM1 is a solved D/M/1 or Eₖ/M/1 queue in its steady state, a law of waits. It is an
// immutable value, safe for concurrent use. Obtain one from [NewGM1]; the methods of the
// zero GM1 return NaN, those of Params and Unit aside.
type GM1 struct {
	params       GM1Params
	sigma, delta float64 // σ and 1 − σ
}

// NewGM1 solves the queue described by p. It fails exactly when [GM1Params.Validate]
// does. σ, the share of those who wait, is the root below 1 of
//
//	σ = E[e^(−μ(1−σ)·gap)]
//
// With y = −ln σ, 1 − σ = k·ρ·(e^(y/k) − 1), or ρ·y for regular gaps; that is an equation
// for ρ in y, or for 1 − ρ where that is less, none of whose terms cancels.
func NewGM1(p GM1Params) (GM1, error) {
	if err := p.Validate(); err != nil {
		return GM1{}, err
	}
	rho, idle := p.Arrival/p.Service, (p.Service-p.Arrival)/p.Service
	y := beyond(1, func(y float64) bool {
		if rho < 0.5 {
			return p.full(y) < rho
		}
		return p.slack(y) > idle
	})
	return GM1{p, math.Exp(-y), -math.Expm1(-y)}, nil
}

// full returns (1 − e^(−y))/g(y), which is ρ at the root.
func (p GM1Params) full(y float64) float64 {
	if p.Regular {
		return -math.Expm1(-y) / y
	}
	k := float64(p.Stages)
	return -math.Expm1(-y) / (k * math.Expm1(y/k))
}

// slack returns 1 − (1 − e^(−y))/g(y), with g(y) = k·(e^(y/k) − 1), which is y for regular
// gaps: 1 − ρ at the root.
func (p GM1Params) slack(y float64) float64 {
	if p.Regular {
		return leftOver(y)
	}
	k := float64(p.Stages)
	gap := k * math.Expm1(y/k)
	if math.IsInf(gap, 1) {
		return 1
	}
	if y > 0.5 {
		return (gap + math.Expm1(-y)) / gap
	}
	// g(y) + e^(−y) − 1 = Σ_{n≥2} yⁿ/n!·(k^(1−n) + (−1)ⁿ)
	sum, term, power := 0.0, y, 1.0
	for n := 2.0; n < 19; n++ {
		term *= -y / n
		power /= -k
		sum += term * (power - 1)
	}
	return sum / gap
}

// Params returns what the queue was made of.
func (m GM1) Params() GM1Params { return m.params }

// Unit returns the unit of every time that m takes or returns, that of its rates.
func (m GM1) Unit() time.Duration { return m.params.Unit }

// Utilization returns ρ, the share of its time that the server is busy.
func (m GM1) Utilization() float64 { return m.params.Arrival / m.params.Service }

// ProbWait returns σ, the share of customers who have to wait.
func (m GM1) ProbWait() float64 {
	if m.delta == 0 {
		return math.NaN()
	}
	return m.sigma
}

// WaitRate returns the rate μ(1 − σ) of the exponential wait of those who wait.
func (m GM1) WaitRate() float64 {
	if m.delta == 0 {
		return math.NaN()
	}
	return m.params.Service * m.delta
}

// WaitTail returns the share of customers who wait longer than t, σ·e^(−μ(1−σ)t). It is
// NaN unless t ≥ 0.
func (m GM1) WaitTail(t float64) float64 {
	if !(t >= 0) {
		return math.NaN()
	}
	return m.ProbWait() * math.Exp(-m.WaitRate()*t)
}

// WaitQuantile returns the least t with P(wait ≤ t) ≥ p; 0 where a share p does not wait.
// It is NaN unless 0 < p < 1.
func (m GM1) WaitQuantile(p float64) float64 {
	if !(p > 0 && p < 1) {
		return math.NaN()
	}
	return max(0, math.Log(m.ProbWait()/(1-p))) / m.WaitRate()
}

// MeanWait returns the mean wait of all customers.
func (m GM1) MeanWait() float64 { return m.ProbWait() / m.WaitRate() }

// MeanSojourn returns the mean time from arrival to departure.
func (m GM1) MeanSojourn() float64 { return 1 / m.WaitRate() }

// MeanQueue returns the mean number of customers who are waiting.
func (m GM1) MeanQueue() float64 { return m.params.Arrival * m.MeanWait() }

// MeanSystem returns the mean number of customers who are waiting or in service.
func (m GM1) MeanSystem() float64 { return m.params.Arrival * m.MeanSojourn() }

// SojournTail returns the share of customers for whom arrival to departure takes longer
// than t, e^(−μ(1−σ)t). It is NaN unless t ≥ 0.
func (m GM1) SojournTail(t float64) float64 {
	if !(t >= 0) {
		return math.NaN()
	}
	return math.Exp(-m.WaitRate() * t)
}
