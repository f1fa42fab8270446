package queue

import (
	"math"
	"time"

	"github.com/relmark/relmark/internal/special"
)

// MD1Params describes one server who takes the same time for everybody: M/D/1. It is
// plain data: store it, encode it, compare it.
type MD1Params struct {
	Arrival float64       `json:"arrival"` // λ, customers per Unit; 0 to 1e100
	Service float64       `json:"service"` // time of service in Units; 1e-100 to 1e100
	Unit    time.Duration `json:"unit"`    // of both, such as time.Hour; > 0
}

// Validate reports every rule that p breaks, joined into one error.
func (p MD1Params) Validate() error { return p.general().Validate() }

func (p MD1Params) general() MG1Params {
	return MG1Params{Arrival: p.Arrival, MeanService: p.Service, Unit: p.Unit}.Single()
}

// An MD1 is a solved M/D/1 queue in its steady state, a law of waits. It is an immutable
// value, safe for concurrent use. Obtain one from [NewMD1]; the methods of the zero MD1
// return NaN, those of Params and Unit aside.
type MD1 struct {
	MG1

	beyond []float64 // P(more than n are there), n = 0 …, as long as it is no power
	decay  float64   // −ln of the ratio by which it falls from there on
}

// NewMD1 solves the queue described by p. It fails exactly when [MD1Params.Validate]
// does. It takes some fifty steps of some twenty.
func NewMD1(p MD1Params) (MD1, error) {
	general, err := NewMG1(p.general())
	if err != nil {
		return MD1{}, err
	}
	m := MD1{MG1: general}
	m.count()
	return m, nil
}

// count finds how many are there, by the balance of steps up and down between n and
// those below: with aₖ, k arrivals in a service, and Aₖ, k or more,
//
//	πₙ·a₀ = π₀·Aₙ + Σ_{0<i<n} πᵢ·Aₙ₋ᵢ₊₁
//
// All terms are positive. After few steps the probabilities fall by one ratio.
func (m *MD1) count() {
	const steps = 60
	rho := m.Utilization()
	if rho < 1e-150 { // two are there with a probability below the range of float64
		m.beyond, m.decay = []float64{rho}, math.Inf(1)
		return
	}
	arrivals := make([]float64, steps+2) // k or more
	for k := range arrivals {
		arrivals[k] = poissonTail(float64(k), rho)
	}
	pi := make([]float64, steps)
	pi[0] = m.params.idle()
	for n := 1; n < steps; n++ {
		sum := pi[0] * arrivals[n]
		for i := 1; i < n; i++ {
			sum += pi[i] * arrivals[n-i+1]
		}
		pi[n] = sum * math.Exp(rho)
	}
	v := m.growth()
	m.decay = math.Log1p(v)
	m.beyond = make([]float64, steps-1)
	last := pi[steps-1] * (1 + v) / v
	for n := steps - 2; n >= 0; n-- {
		m.beyond[n] = last
		last += pi[n]
	}
}

// growth returns the v for which 1/(1 + v) is that ratio: ln(1 + v) = ρ·v, solved for 1 − ρ
// so that v keeps its digits in heavy traffic.
func (m *MD1) growth() float64 {
	rho, idle := m.Utilization(), m.params.idle()
	return beyond(1, func(v float64) bool {
		if v < 0.5 {
			return -special.Log1pLess(v)/v > idle
		}
		return math.Log1p(v) < rho*v
	})
}

// poissonTail returns P(N ≥ k) for a Poisson N of mean a ≤ 1.
func poissonTail(k, a float64) float64 {
	if k == 0 {
		return 1
	}
	term := poisson(k, a)
	sum := term
	for j := k + 1; term > 0x1p-60*sum; j++ {
		term *= a / j
		sum += term
	}
	return sum
}

// Params returns what the queue was made of.
func (m MD1) Params() MD1Params {
	return MD1Params{m.params.Arrival, m.params.MeanService, m.params.Unit}
}

// Unit returns the unit of every time that m takes or returns.
func (m MD1) Unit() time.Duration { return m.params.Unit }

// ProbWait returns the share of customers who have to wait, ρ.
func (m MD1) ProbWait() float64 { return m.Utilization() }

// WaitTail returns the share of customers who wait longer than t, by the sum of Franx,
// whose terms are positive: with k services ending after t, the earliest at kD, and N
// arrivals in kD − t,
//
//	P(wait > t) = Σ_{j<k} P(N = j)·P(more than k − j are there) + P(N ≥ k)
//
// It is NaN unless t ≥ 0.
func (m MD1) WaitTail(t float64) float64 {
	if !(t >= 0) || m.params.Unit == 0 {
		return math.NaN()
	}
	d := m.params.MeanService
	if far := 0x1p40 * d; t > far { // whole services are no longer counted: all that is left is the decay
		return m.WaitTail(far) * math.Exp(-m.decay*((t-far)/d))
	}
	k := math.Floor(t/d) + 1
	if float64((k-1)*d) > t {
		k--
	}
	mean := m.params.Arrival * max(0, math.FMA(k, d, -t))
	sum, p := 0.0, math.Exp(-mean)
	for j := 0.0; j < k && p > 0x1p-1000; j++ {
		sum += p * m.moreThan(k-j)
		p *= mean / (j + 1)
	}
	if k < 100 {
		sum += poissonTail(k, mean)
	}
	return min(1, sum)
}

// moreThan returns P(more than n are there).
func (m MD1) moreThan(n float64) float64 {
	if last := len(m.beyond) - 1; n > float64(last) {
		return m.beyond[last] * math.Exp(-m.decay*(n-float64(last)))
	}
	return m.beyond[int(n)]
}

// WaitQuantile returns the least t with P(wait ≤ t) ≥ p; 0 where a share p does not wait.
// It is NaN unless 0 < p < 1. It bisects, in some 60 evaluations.
func (m MD1) WaitQuantile(p float64) float64 {
	if !(p > 0 && p < 1) || m.params.Unit == 0 {
		return math.NaN()
	}
	return quantile(m.WaitTail, p, m.params.MeanService)
}

// SojournTail returns the share of customers for whom arrival to departure takes longer
// than t: all do before a service is over. It is NaN unless t ≥ 0.
func (m MD1) SojournTail(t float64) float64 {
	if !(t >= 0) || m.params.Unit == 0 {
		return math.NaN()
	}
	if t < m.params.MeanService {
		return 1
	}
	return m.WaitTail(t - m.params.MeanService)
}
