package queue

import (
	"math"
	"time"
)

// GGCParams describes a queue of which two moments are known: arrivals and services of
// any law in front of c servers, G/G/c. It is plain data: store it, encode it, compare it.
type GGCParams struct {
	Arrival     float64       `json:"arrival"`      // λ, customers per Unit; 1e-100 to 1e100
	MeanService float64       `json:"mean_service"` // E[S] in Units; 1e-100 to 1e100
	Servers     int           `json:"servers"`      // c, 1 to MaxServers, more than the load λ·E[S]
	GapCV2      float64       `json:"gap_cv2"`      // squared coefficient of variation of the gaps between arrivals: 1 at random; 0 to 1e6
	ServiceCV2  float64       `json:"service_cv2"`  // squared coefficient of variation of services: 1 exponential; 0 to 1e6
	Unit        time.Duration `json:"unit"`         // of rate and time, such as time.Hour; > 0
}

// Validate reports every rule that p breaks, joined into one error.
func (p GGCParams) Validate() error {
	var l faults
	l.Between("Arrival", p.Arrival, minRate, maxRate)
	l.Between("MeanService", p.MeanService, minRate, maxRate)
	l.Check(p.Servers >= 1 && p.Servers <= MaxServers, "Servers", p.Servers, "must be 1 to 1000000000")
	l.Between("GapCV2", p.GapCV2, 0, 1e6)
	l.Between("ServiceCV2", p.ServiceCV2, 0, 1e6)
	l.unit(p.Unit)
	if l.Len() == 0 {
		l.Check(p.idle() > tie, "Servers", p.Servers, "must exceed the load Arrival·MeanService")
	}
	return l.Err(room)
}

// idle returns 1 − ρ.
func (p GGCParams) idle() float64 {
	c := float64(p.Servers)
	return math.FMA(-p.Arrival, p.MeanService, c) / c
}

// An Approximation is a formula for the mean wait by two moments.
type Approximation string

// The approximations. Those of Kingman and of Kraemer and Langenbach-Belz are for one
// server; for several they are taken as if one were as fast as all.
const (
	AllenCunneen Approximation = ""                        // exact M/M/c times (ca² + cs²)/2
	Kingman      Approximation = "kingman"                 // ρ/(1 − ρ) times (ca² + cs²)/2 services: heavy traffic
	KingmanBound Approximation = "kingman_bound"           // no queue with one server waits longer
	KraemerLB    Approximation = "kraemer_langenbach_belz" // Kingman's, corrected for light traffic
	Sakasegawa   Approximation = "sakasegawa"              // a power of ρ in place of Erlang's C
	Whitt        Approximation = "whitt"                   // AllenCunneen's, corrected (1993)
)

// A GGC is a G/G/c queue of which the mean wait is known about. It is an immutable value,
// safe for concurrent use. Obtain one from [NewGGC]; the methods of the zero GGC return
// NaN, those of Params and Unit aside. Everything it says is approximate, but for
// Utilization and, with one server, [KingmanBound].
type GGC struct {
	params GGCParams
	wait   float64 // mean wait of M/M/c at the same load
}

// NewGGC prepares the approximations of the queue described by p. It fails exactly when
// [GGCParams.Validate] does.
func NewGGC(p GGCParams) (GGC, error) {
	if err := p.Validate(); err != nil {
		return GGC{}, err
	}
	load := min(p.Arrival*p.MeanService, float64(p.Servers)*(1-2*tie)) // rounding must not make it unstable
	line, err := NewMMC(MMCParams{Arrival: load, Service: 1, Servers: p.Servers, Unit: p.Unit})
	if err != nil {
		return GGC{}, err
	}
	return GGC{p, line.MeanWait() * p.MeanService}, nil
}

// Params returns what the queue was made of.
func (m GGC) Params() GGCParams { return m.params }

// Unit returns the unit of every time that m returns, that of its rate.
func (m GGC) Unit() time.Duration { return m.params.Unit }

// Utilization returns ρ, the share of their time that servers are busy.
func (m GGC) Utilization() float64 {
	return m.params.Arrival * m.params.MeanService / float64(m.params.Servers)
}

// MeanWait returns the mean wait by an approximation. It is NaN for an unknown one.
func (m GGC) MeanWait(by Approximation) float64 {
	if m.params.Unit == 0 {
		return math.NaN()
	}
	p := m.params
	spread, one := (p.GapCV2+p.ServiceCV2)/2, p.MeanService/float64(p.Servers)
	switch heavy := m.Utilization() / p.idle() * spread * one; by {
	case AllenCunneen:
		return m.wait * spread
	case Kingman:
		return heavy
	case KingmanBound:
		return p.Arrival * (p.GapCV2/(p.Arrival*p.Arrival) + p.ServiceCV2*one*one) / (2 * p.idle())
	case KraemerLB:
		return heavy * m.light()
	case Sakasegawa:
		c := float64(p.Servers)
		return math.Pow(m.Utilization(), math.Sqrt(2*(c+1))-1) / (c * p.idle()) * p.MeanService * spread
	case Whitt:
		return m.WhittFactor() * m.wait * spread
	}
	return math.NaN()
}

// light returns the factor of Kraemer and Langenbach-Belz.
func (m GGC) light() float64 {
	ca, cs, rho, idle := m.params.GapCV2, m.params.ServiceCV2, m.Utilization(), m.params.idle()
	if ca >= 1 {
		return math.Exp(-idle * (ca - 1) / (ca + 4*cs))
	}
	if ca+cs == 0 {
		return 0
	}
	return math.Exp(-2 * idle * (1 - ca) * (1 - ca) / (3 * rho * (ca + cs)))
}

// WhittFactor returns φ, what [Whitt] multiplies [AllenCunneen] by: equations 2.24 and
// 2.25 of the paper of 1993. It is 1 where nothing varies.
func (m GGC) WhittFactor() float64 {
	ca, cs, c, rho, idle := m.params.GapCV2, m.params.ServiceCV2, float64(m.params.Servers), m.Utilization(), m.params.idle()
	if ca == 0 && cs == 0 {
		return 1
	}
	gamma := min(0.24, idle*(c-1)*(math.Sqrt(4+5*c)-2)/(16*c*rho))
	many, few := 1+gamma, (1-4*gamma)*math.Exp(-2*idle/(3*rho)) // of M/D/c and of D/M/c
	both := 1.0
	if spread := (ca + cs) / 2; spread < 1 {
		both = math.Pow(min(1, (many+few)/2), 2*(1-spread))
	}
	if ca >= cs {
		return (4*(ca-cs)*many + cs*both) / (4*ca - 3*cs)
	}
	return ((cs-ca)*few + (cs+3*ca)*both) / (2 * (ca + cs))
}

// Band returns the least and the greatest mean wait that the approximations of the queue
// give, [KingmanBound] aside: how far they are apart is how far each may be off. At low
// load, or with gaps far from random, that is a factor of two and more; simulate then.
func (m GGC) Band() (low, high float64) {
	low, high = math.Inf(1), 0
	for _, by := range [...]Approximation{AllenCunneen, Kingman, KraemerLB, Sakasegawa, Whitt} {
		if m.params.Servers > 1 && (by == Kingman || by == KraemerLB) {
			continue
		}
		x := m.MeanWait(by)
		low, high = min(low, x), max(high, x)
	}
	return low, high
}

// WaitTail returns about how many customers wait longer than t: Erlang's C of those, and
// then an exponential time of the mean wait by [Whitt]. It is NaN unless t ≥ 0.
func (m GGC) WaitTail(t float64) float64 {
	if !(t >= 0) {
		return math.NaN()
	}
	return ApproxWaitTail(m.ProbWait(), m.MeanWait(Whitt), t)
}

// ProbWait returns about how many customers wait: Erlang's C at the same load, and none
// where nothing varies.
func (m GGC) ProbWait() float64 {
	if m.params.Unit != 0 && m.MeanWait(Whitt) == 0 {
		return 0
	}
	return ErlangC(m.params.Servers, m.params.Arrival*m.params.MeanService)
}
