package queue

import (
	"math"
	"time"
)

// MG1Params describes one server whose times of service follow any law: M/G/1. With
// batches it is Mˣ/G/1. It is plain data: store it, encode it, compare it.
type MG1Params struct {
	Arrival     float64       `json:"arrival"`      // λ, customers per Unit, or batches; 0 to 1e100
	MeanService float64       `json:"mean_service"` // E[S] in Units; 1e-100 to 1e100
	CV2         float64       `json:"cv2"`          // squared coefficient of variation of S: 0 constant, 1 exponential; 0 to 1e12
	MeanBatch   float64       `json:"mean_batch"`   // E[X], customers that come at once; 1 to 1e12
	SquareBatch float64       `json:"square_batch"` // E[X²], at least E[X]²
	Unit        time.Duration `json:"unit"`         // of rates and times, such as time.Hour; > 0
}

// Single returns p for customers who come one by one.
func (p MG1Params) Single() MG1Params {
	p.MeanBatch, p.SquareBatch = 1, 1
	return p
}

// Validate reports every rule that p breaks, joined into one error.
func (p MG1Params) Validate() error {
	var l faults
	l.Between("Arrival", p.Arrival, 0, maxRate)
	l.Between("MeanService", p.MeanService, minRate, maxRate)
	l.Between("CV2", p.CV2, 0, 1e12)
	l.Between("MeanBatch", p.MeanBatch, 1, 1e12)
	l.Check(p.SquareBatch >= p.MeanBatch*p.MeanBatch*(1-tie) && p.SquareBatch <= 1e100, "SquareBatch", p.SquareBatch, "must be MeanBatch² to 1e+100")
	l.unit(p.Unit)
	if l.Len() == 0 {
		l.Check(p.idle() > tie, "Arrival", p.Arrival, "must be less than the server can do, 1/(MeanService·MeanBatch)")
	}
	return l.Err(room)
}

// idle returns 1 − ρ.
func (p MG1Params) idle() float64 {
	customers := p.Arrival * p.MeanBatch
	return math.FMA(-customers, p.MeanService, 1) - math.FMA(p.Arrival, p.MeanBatch, -customers)*p.MeanService
}

// An MG1 is a solved M/G/1 queue in its steady state: means by Pollaczek and Khinchine.
// Tails take more than two moments: see [MD1]. It is an immutable value, safe for
// concurrent use. Obtain one from [NewMG1]; the methods of the zero MG1 return NaN, those
// of Params and Unit aside.
type MG1 struct{ params MG1Params }

// NewMG1 solves the queue described by p. It fails exactly when [MG1Params.Validate]
// does.
func NewMG1(p MG1Params) (MG1, error) {
	if err := p.Validate(); err != nil {
		return MG1{}, err
	}
	return MG1{p}, nil
}

// Params returns what the queue was made of.
func (m MG1) Params() MG1Params { return m.params }

// Unit returns the unit of every time that m returns, that of its rates.
func (m MG1) Unit() time.Duration { return m.params.Unit }

// rate returns how many customers come per unit of time.
func (m MG1) rate() float64 { return m.params.Arrival * m.params.MeanBatch }

// Utilization returns ρ, the share of its time that the server is busy; the share of
// batches whose first customer has to wait.
func (m MG1) Utilization() float64 {
	if m.params.Unit == 0 {
		return math.NaN()
	}
	return m.rate() * m.params.MeanService
}

// MeanWait returns the mean wait of a customer, in whatever order those of a batch are
// served:
//
//	λE[X]·E[S²]/(2(1 − ρ)) + E[S]·(E[X²] − E[X])/(2E[X]·(1 − ρ))
func (m MG1) MeanWait() float64 {
	p := m.params
	alone := m.Utilization() * (1 + p.CV2)
	together := max(0, p.SquareBatch-p.MeanBatch) / p.MeanBatch
	return p.MeanService * (alone + together) / (2 * p.idle())
}

// MeanSojourn returns the mean time from arrival to departure.
func (m MG1) MeanSojourn() float64 { return m.MeanWait() + m.params.MeanService }

// MeanQueue returns the mean number of customers who are waiting.
func (m MG1) MeanQueue() float64 { return m.rate() * m.MeanWait() }

// MeanSystem returns the mean number of customers who are waiting or in service.
func (m MG1) MeanSystem() float64 { return m.MeanQueue() + m.Utilization() }
