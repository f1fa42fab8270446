package queue

import (
	"fmt"
	"math"
	"slices"
	"time"

	"gonum.org/v1/gonum/integrate/quad"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/special"
)

// A Patience is a law of the time after which one who waits gives up: laws of package
// waiting/sim are, and distributions of gonum.
type Patience interface {
	Survival(t float64) float64 // P(patience > t) for t ≥ 0, in Units: never rises
}

// A KinkedPatience is a Patience that jumps or has a kink at stated times, as that of people
// who all wait for the same time.
type KinkedPatience interface {
	Patience
	Kinks() []float64 // ascending
}

// MMCGParams describes an M/M/c queue whose customers give up after a time of any law. It
// holds a law, which is behaviour, and has no encoding.
type MMCGParams struct {
	opaque

	Arrival  float64       // λ, customers per Unit; 0 to 1e100
	Service  float64       // μ, customers per busy server per Unit; 1e-100 to 1e100
	Servers  int           // c, 1 to MaxServers
	Patience Patience      // in Units; [EndlessPatience] where nobody gives up
	Unit     time.Duration // of all, such as time.Hour; > 0
}

// EndlessPatience is the patience of those who never give up.
type EndlessPatience struct{}

// Survival returns 1.
func (EndlessPatience) Survival(float64) float64 { return 1 }

// FixedPatience is the patience of people who all wait for the same time.
type FixedPatience struct {
	Time float64 `json:"time"` // in Units, > 0
}

// Survival returns 1 before the time and 0 from then on.
func (f FixedPatience) Survival(t float64) float64 {
	if t < f.Time {
		return 1
	}
	return 0
}

// Kinks returns the time.
func (f FixedPatience) Kinks() []float64 { return []float64{f.Time} }

// Validate reports every rule that p breaks, joined into one error.
func (p MMCGParams) Validate() error {
	var l faults
	l.Between("Arrival", p.Arrival, 0, maxRate)
	l.Between("Service", p.Service, minRate, maxRate)
	l.Check(p.Servers >= 1 && p.Servers <= MaxServers, "Servers", p.Servers, "must be 1 to 1000000000")
	l.unit(p.Unit)
	l.Check(p.Patience != nil, "Patience", nil, "must not be nil")
	if k, ok := p.Patience.(KinkedPatience); ok {
		kinks := k.Kinks()
		l.Check(slices.IsSorted(kinks) && (len(kinks) == 0 || kinks[0] >= 0), "Patience.Kinks", nil, "must ascend from 0 on")
	}
	return l.Err(room)
}

// An MMCG is a solved M/M/c+G queue in its steady state, that of Baccelli and Hebuterne.
// Its laws are those of [ErlangA]: of all who come, and offered. It is an immutable value,
// safe for concurrent use as far as its Patience is. Obtain one from [NewMMCG]; the
// methods of the zero MMCG return NaN, those of Params and Unit aside.
type MMCG struct {
	opaque

	params MMCGParams
	peak   float64 // M, the greatest Φ
	whole  float64 // (E + λJ)·e^(−M)
	sums   sums    // from 0
	free   float64 // E·e^(−M)
}

// Sums are integrals of e^(Φ(u) − M) over some u, with Φ(u) = ∫₀ᵘ λS − cμ: alone, times
// 1 − S, times the integral of S, times S, and times u·S.
type sums struct{ all, lost, patient, served, waited float64 }

// NewMMCG solves the queue described by p, by adaptive quadrature. It fails exactly when
// [MMCGParams.Validate] does, with a [relmark.FieldError] for a survival that is no
// probability, and with [relmark.ErrNoConverge] where the line settles only beyond a
// hundred thousand steps, as it never does where too many have endless patience. It takes some
// thousand to some hundred thousand evaluations of the survival. Relative errors are
// below 1e-10 for laws that are smooth but at their kinks.
func NewMMCG(p MMCGParams) (MMCG, error) {
	if err := p.Validate(); err != nil {
		return MMCG{}, err
	}
	m := MMCG{params: p}
	walk := newWalker(p, math.Inf(1))
	if err := walk.run(); err != nil {
		return MMCG{}, err
	}
	m.peak, m.sums = walk.peak, walk.sums
	m.free = min(1+special.PoissonOdds(p.Servers-1, special.Quotient(p.Arrival, p.Service)), 1e300) * math.Exp(-m.peak)
	m.whole = m.free + p.Arrival*m.sums.all
	return m, nil
}

// A walker integrates from a time on, panel by panel.
type walker struct {
	p     MMCGParams
	until float64

	at, lived, phi float64 // time, ∫₀ S, Φ
	peak           float64
	sums           sums
	fixed          bool // the peak is given
	broken         float64
	fine, coarse   rule
}

func newWalker(p MMCGParams, until float64) walker {
	return walker{p: p, until: until, fine: newRule(16), coarse: newRule(10)}
}

const maxPanels = 100_000

// run integrates until there is nothing more that counts.
func (w *walker) run() error {
	kinks := []float64(nil)
	if k, ok := w.p.Patience.(KinkedPatience); ok {
		kinks = k.Kinks()
	}
	capacity := float64(w.p.Servers) * w.p.Service
	step := 1 / capacity
	if w.at == 0 {
		step *= 0x1p-40 // the survival may be steep at 0
	}
	for range maxPanels {
		i, _ := slices.BinarySearch(kinks, w.at)
		for i < len(kinks) && kinks[i] <= w.at {
			i++
		}
		end := w.until
		if i < len(kinks) {
			end = min(end, kinks[i])
		}
		if w.at >= w.until {
			return nil
		}
		if next := w.panel(min(step, end-w.at)); next < step || w.at < end {
			step = next // a panel that ends at a kink says nothing of the next one
		}
		if !(w.broken == 0) {
			return fault.Room(room, fault.New("Patience.Survival", w.broken, "must be 0 to 1"))
		}
		if net := capacity - w.p.Arrival*w.p.Patience.Survival(w.at); net > 0 && math.IsInf(w.until, 1) && w.done(net) {
			return nil
		}
	}
	return fmt.Errorf("%s: the wait does not settle: %w", room, relmark.ErrNoConverge)
}

// done reports whether what is beyond does not count: the integrand falls at rate net or
// faster.
func (w *walker) done(net float64) bool {
	rest := math.Exp(w.phi-w.peak) / net
	return rest < 0x1p-60*w.sums.all && rest*(w.lived+1/net) < 0x1p-60*w.sums.patient || rest == 0
}

// panel adds the integrals over a length, or over less if that is too long for its rule,
// and returns a length to try next.
func (w *walker) panel(length float64) float64 {
	for ; ; length /= 2 {
		fine, lived, phi := w.over(w.fine, length)
		coarse, _, _ := w.over(w.coarse, length)
		if !w.agree(fine, coarse) && length > 0x1p-50*w.at {
			continue
		}
		w.sums.add(fine)
		w.at, w.lived, w.phi = w.at+length, lived, phi
		w.lift()
		return 1.7 * length
	}
}

// agree reports whether two rules differ by nothing that counts.
func (w *walker) agree(fine, coarse sums) bool {
	const off = 1e-13
	return math.Abs(fine.all-coarse.all) <= off*(w.sums.all+fine.all) &&
		math.Abs(fine.served-coarse.served) <= off*(w.sums.served+fine.all)
}

func (s *sums) add(o sums) {
	s.all += o.all
	s.lost += o.lost
	s.patient += o.patient
	s.served += o.served
	s.waited += o.waited
}

// lift makes the present Φ the peak if it is higher.
func (w *walker) lift() {
	if w.fixed || w.phi <= w.peak {
		return
	}
	scale := math.Exp(w.peak - w.phi)
	w.sums = sums{w.sums.all * scale, w.sums.lost * scale, w.sums.patient * scale, w.sums.served * scale, w.sums.waited * scale}
	w.peak = w.phi
}

// A rule has the nodes and weights of Gauss and Legendre on 0 to 1.
type rule struct{ nodes, weights []float64 }

func newRule(n int) rule {
	r := rule{make([]float64, n), make([]float64, n)}
	quad.Legendre{}.FixedLocations(r.nodes, r.weights, 0, 1)
	return r
}

// living integrates the survival from the present over a length.
func (w *walker) living(r rule, length float64) (sum float64) {
	for i, x := range r.nodes {
		sum += float64(r.weights[i] * w.survival(w.at+length*x))
	}
	return sum * length
}

// over integrates over a length, and the survival within up to each node.
func (w *walker) over(r rule, length float64) (s sums, lived, phi float64) {
	capacity := float64(w.p.Servers) * w.p.Service
	for i, x := range r.nodes {
		at := w.at + length*x
		living, alive := w.lived+w.living(r, length*x), w.survival(at)
		e := length * r.weights[i] * math.Exp(math.FMA(w.p.Arrival, living, -capacity*at)-w.peak)
		s.all += e
		s.lost += e * (1 - alive)
		s.patient += e * living
		s.served += e * alive
		s.waited += e * alive * at
	}
	lived = w.lived + w.living(r, length)
	return s, lived, math.FMA(w.p.Arrival, lived, -capacity*(w.at+length))
}

func (w *walker) survival(t float64) float64 {
	s := w.p.Patience.Survival(t)
	if !(s >= 0 && s <= 1) {
		w.broken = s
		return 0
	}
	return s
}

// from integrates from t on, up to an end, over the peak that m has.
func (m MMCG) from(t, until float64) sums {
	w := newWalker(m.params, t)
	if w.run() != nil {
		return sums{math.NaN(), math.NaN(), math.NaN(), math.NaN(), math.NaN()}
	}
	w.until, w.sums, w.peak, w.fixed = until, sums{}, m.peak, true
	if w.run() != nil {
		return sums{math.NaN(), math.NaN(), math.NaN(), math.NaN(), math.NaN()}
	}
	return w.sums
}

// Params returns what the queue was made of.
func (m MMCG) Params() MMCGParams { return m.params }

// Unit returns the unit of every time that m takes or returns, that of its rates.
func (m MMCG) Unit() time.Duration { return m.params.Unit }

// Load returns the offered load a = λ/μ, in Erlangs.
func (m MMCG) Load() float64 { return m.params.Arrival / m.params.Service }

// ProbWait returns the share of customers who find no free server.
func (m MMCG) ProbWait() float64 { return m.params.Arrival * m.sums.all / m.whole }

// ProbAbandon returns the share of customers who give up.
func (m MMCG) ProbAbandon() float64 { return m.params.Arrival * m.sums.lost / m.whole }

// ProbServed returns the share of customers who are served.
func (m MMCG) ProbServed() float64 {
	return (m.free + m.params.Arrival*m.sums.served) / m.whole
}

// Throughput returns how many customers per unit of time are served.
func (m MMCG) Throughput() float64 { return m.params.Arrival * m.ProbServed() }

// Utilization returns the share of their time that servers are busy.
func (m MMCG) Utilization() float64 {
	return m.Throughput() / (float64(m.params.Servers) * m.params.Service)
}

// MeanWait returns the mean time in line of all customers, those who give up and those who
// do not wait included.
func (m MMCG) MeanWait() float64 { return m.params.Arrival * m.sums.patient / m.whole }

// MeanQueue returns the mean number of customers who are waiting.
func (m MMCG) MeanQueue() float64 { return m.params.Arrival * m.MeanWait() }

// MeanSystem returns the mean number of customers who are waiting or in service.
func (m MMCG) MeanSystem() float64 { return m.MeanQueue() + m.Throughput()/m.params.Service }

// OfferedTail returns the probability that one who would never give up waits longer than
// t. It is NaN unless t ≥ 0. It costs what [NewMMCG] does.
func (m MMCG) OfferedTail(t float64) float64 {
	if !(t >= 0) || m.params.Unit == 0 {
		return math.NaN()
	}
	if math.IsInf(t, 1) {
		return 0
	}
	return m.params.Arrival * m.from(t, math.Inf(1)).all / m.whole
}

// WaitTail returns the share of customers who spend more than t in line, whether they are
// served then or give up. It is NaN unless t ≥ 0. It costs what [NewMMCG] does.
func (m MMCG) WaitTail(t float64) float64 {
	if !(t >= 0) || m.params.Unit == 0 {
		return math.NaN()
	}
	alive := m.params.Patience.Survival(t)
	if alive == 0 {
		return 0
	}
	return alive * m.OfferedTail(t)
}

// ServedWithin returns the share of all customers who are served after a wait of t or
// less: the service level, in which those who give up count as failures. It is NaN unless
// t ≥ 0. It costs what [NewMMCG] does.
func (m MMCG) ServedWithin(t float64) float64 {
	if !(t >= 0) || m.params.Unit == 0 {
		return math.NaN()
	}
	return (m.free + m.params.Arrival*m.from(0, t).served) / m.whole
}

// WaitQuantile returns the least t with P(wait ≤ t) ≥ p over all customers; 0 where a share
// p does not wait. It is NaN unless 0 < p < 1. It bisects [MMCG.WaitTail], in some 60
// evaluations.
func (m MMCG) WaitQuantile(p float64) float64 {
	if !(p > 0 && p < 1) || m.params.Unit == 0 {
		return math.NaN()
	}
	return quantile(m.WaitTail, p, 1/m.params.Service)
}

// Served returns the wait of those who are served: the other law of the queue. Each of its
// answers costs what [NewMMCG] does.
func (m MMCG) Served() ServedGeneral { return ServedGeneral{m: m} }

// A ServedGeneral is the law of the wait of those who are served, where others give up
// after a time of any law. It is an immutable value; the methods of the zero ServedGeneral
// return NaN, and 0 for the unit.
type ServedGeneral struct {
	opaque

	m MMCG
}

// Unit returns the unit of every time that w takes or returns.
func (w ServedGeneral) Unit() time.Duration { return w.m.Unit() }

// ProbWait returns the share of those served who had to wait.
func (w ServedGeneral) ProbWait() float64 { return w.WaitTail(0) }

// WaitTail returns the share of those served who waited longer than t. It is NaN unless
// t ≥ 0.
func (w ServedGeneral) WaitTail(t float64) float64 {
	switch {
	case !(t >= 0) || w.m.params.Unit == 0:
		return math.NaN()
	case math.IsInf(t, 1):
		return 0
	}
	return w.m.params.Arrival * w.m.from(t, math.Inf(1)).served / w.m.whole / w.m.ProbServed()
}

// MeanWait returns the mean wait of those who are served, those who did not wait included.
func (w ServedGeneral) MeanWait() float64 {
	if w.m.params.Unit == 0 {
		return math.NaN()
	}
	return w.m.params.Arrival * w.m.sums.waited / w.m.whole / w.m.ProbServed()
}
