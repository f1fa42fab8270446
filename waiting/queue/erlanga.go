package queue

import (
	"math"
	"time"

	"gonum.org/v1/gonum/integrate/quad"

	"github.com/relmark/relmark/internal/special"
)

// ErlangAParams describes an M/M/c queue whose customers give up: each is patient for
// an exponential time, of mean 1/θ, and leaves if that ends in line. Such a queue is
// stable whatever the load. It is plain data: store it, encode it, compare it.
type ErlangAParams struct {
	Arrival float64       `json:"arrival"` // λ, customers per Unit; 0 to 1e100
	Service float64       `json:"service"` // μ, customers per busy server per Unit; 1e-100 to 1e100
	Servers int           `json:"servers"` // c, 1 to MaxServers
	Leaving float64       `json:"leaving"` // θ, rate at which one who waits gives up; 1e-9 to 1e9 times c·μ
	Unit    time.Duration `json:"unit"`    // of all rates, such as time.Hour; > 0
}

// Validate reports every rule that p breaks, joined into one error.
func (p ErlangAParams) Validate() error {
	var l faults
	p.check(&l)
	return l.Err(room)
}

func (p ErlangAParams) check(l *faults) {
	l.Between("Arrival", p.Arrival, 0, maxRate)
	l.Between("Service", p.Service, minRate, maxRate)
	l.Check(p.Servers >= 1 && p.Servers <= MaxServers, "Servers", p.Servers, "must be 1 to 1000000000")
	l.unit(p.Unit)
	if capacity := float64(p.Servers) * p.Service; l.Len() == 0 {
		l.Check(p.Leaving >= capacity/maxShare && p.Leaving <= capacity*maxShare, "Leaving", p.Leaving, "must be 1e-9 to 1e9 times Servers·Service")
	}
}

const maxShare = 1e9

// An ErlangA is a solved M/M/c+M queue, Palm's, in its steady state. It is an immutable
// value, safe for concurrent use. Obtain one from [NewErlangA]; the methods of the zero
// ErlangA return NaN, those of Params and Unit aside.
//
// It has two waits: that of all who come, which ends in service or in giving up, and
// which WaitTail and its like are about; and that of those who are served, of
// [ErlangA.Served].
type ErlangA struct {
	params  ErlangAParams
	x, y    float64 // cμ/θ and λ/θ
	blocked float64 // E = 1/B(c−1, a)
	start   series
}

// A series is A(x, y) = Σ tₖ with tₖ = yᵏ/((x+1)…(x+k)), by which the density of the wait
// offered is integrated: the reciprocal of A, its logarithm, and Σ k·tₖ over A where
// y ≤ x.
type series struct{ inverse, log, grown float64 }

// NewErlangA solves the queue described by p. It fails exactly when
// [ErlangAParams.Validate] does. It takes some √(cμ/θ) steps where the load is below the
// number of servers, a few nanoseconds each, and O(1) beyond.
func NewErlangA(p ErlangAParams) (ErlangA, error) {
	if err := p.Validate(); err != nil {
		return ErlangA{}, err
	}
	m := ErlangA{params: p, x: float64(p.Servers) * p.Service / p.Leaving, y: p.Arrival / p.Leaving}
	m.blocked = min(1+special.PoissonOdds(p.Servers-1, special.Quotient(p.Arrival, p.Service)), 1e300)
	if m.crowded() {
		u := newUpper(m.x, special.Quotient(p.Arrival, p.Leaving))
		m.start = series{inverse: math.Exp(u.log) / u.above, log: u.log - math.Log(u.above)}
	} else {
		less, grown := addSeries(m.x, m.y)
		m.start = series{1 / (1 + less), -math.Log1p(less), grown / (1 + less)}
	}
	return m, nil
}

// crowded reports whether more arrive than can be served: then A may exceed the range of
// float64, but nothing cancels.
func (m ErlangA) crowded() bool { return m.y > m.x }

// addSeries returns A(x, y) − 1 and Σ k·tₖ for y ≤ x, up to terms that do not count.
func addSeries(x, y float64) (less, grown float64) {
	term := 1.0
	for k := 1.0; ; k++ {
		term *= y / (x + k)
		less += term
		grown += k * term
		if k*term <= 0x1p-60*grown {
			return less, grown
		}
	}
}

// An upper is the part of a Poisson law of mean y from x on, continued to real x: the
// lower incomplete gamma function
//
//	above = prob·A(x, y),  prob = e^(−y)·y^x/Γ(x+1)
type upper struct{ log, above float64 } // log is that of prob

func newUpper(x float64, y special.Extended) (u upper) {
	if x > special.Direct {
		n := special.NewPoisson(x, y)
		u.log, u.above = n.LogProb(), 1-n.Below()
	} else {
		factorial, _ := math.Lgamma(x + 1)
		u.log = x*math.Log(y.Hi) - y.Hi - factorial
		u.above = 1 - special.UpperGamma(x, y.Hi)
	}
	if y.Hi <= x {
		less, _ := addSeries(x, y.Hi)
		u.above = math.Exp(u.log) * (1 + less)
	}
	return u
}

// Params returns what the queue was made of.
func (m ErlangA) Params() ErlangAParams { return m.params }

// Unit returns the unit of every time that m takes or returns, that of its rates.
func (m ErlangA) Unit() time.Duration { return m.params.Unit }

// Units returns a duration as a number of units. It is NaN for the zero ErlangA.
func (m ErlangA) Units(d time.Duration) float64 {
	if m.params.Unit == 0 {
		return math.NaN()
	}
	return float64(d) / float64(m.params.Unit)
}

// whole returns (E + λJ)/A with J = A/(cμ), over which all probabilities stand.
func (m ErlangA) whole() float64 { return m.blocked*m.start.inverse + m.y/m.x }

// Load returns the offered load a = λ/μ, in Erlangs.
func (m ErlangA) Load() float64 { return m.params.Arrival / m.params.Service }

// ProbWait returns the share of customers who find no free server.
func (m ErlangA) ProbWait() float64 { return m.y / m.x / m.whole() }

// ProbAbandon returns the share of customers who give up.
func (m ErlangA) ProbAbandon() float64 { return m.lost() / m.whole() }

// ProbAbandonIfDelayed returns the share of those who find no free server that give up.
// It is NaN where nobody comes.
func (m ErlangA) ProbAbandonIfDelayed() float64 { return m.lost() / (m.y / m.x) }

// lost returns (1 + (λ − cμ)·J)/A. Below the load the sum of k·tₖ/x is the same without
// a difference.
func (m ErlangA) lost() float64 {
	if m.crowded() {
		return m.start.inverse + (m.y-m.x)/m.x
	}
	return m.start.grown / m.x
}

// ProbServed returns the share of customers who are served: 1 − [ErlangA.ProbAbandon],
// without the loss of digits where almost all give up.
func (m ErlangA) ProbServed() float64 {
	return ((m.blocked-1)*m.start.inverse + 1) / m.whole()
}

// Throughput returns how many customers per unit of time are served.
func (m ErlangA) Throughput() float64 { return m.params.Arrival * m.ProbServed() }

// Utilization returns the share of their time that servers are busy.
func (m ErlangA) Utilization() float64 {
	return m.Throughput() / (float64(m.params.Servers) * m.params.Service)
}

// MeanWait returns the mean time in line of all customers: of those who are served, of
// those who give up, and of those who do not wait.
func (m ErlangA) MeanWait() float64 { return m.ProbAbandon() / m.params.Leaving }

// MeanQueue returns the mean number of customers who are waiting.
func (m ErlangA) MeanQueue() float64 { return m.params.Arrival * m.MeanWait() }

// MeanSystem returns the mean number of customers who are waiting or in service.
func (m ErlangA) MeanSystem() float64 {
	return m.MeanQueue() + m.Throughput()/m.params.Service
}

// at returns A(x, y_t)·s and s, where s = e^φ(t)/A(x, y) and y_t = y·e^(−θt): the tail of
// the wait offered, over P(wait), and its density's share. φ is the integral of the net
// rate λe^(−θu) − cμ.
func (m ErlangA) at(t float64) (tail, s float64) {
	u := m.params.Leaving * t
	y := m.y * math.Exp(-u)
	if !m.crowded() {
		less, _ := addSeries(m.x, y)
		s = math.Exp(-m.drain(t)) * m.start.inverse
		return s * (1 + less), s
	}
	start := special.Quotient(m.params.Arrival, m.params.Leaving)
	begin, now := newUpper(m.x, start), newUpper(m.x, special.Extended{Hi: y})
	return now.above / begin.above, math.Exp(now.log) / begin.above
}

// drain returns −φ(t) = (cμ − λ)·t + λ·t·h(θt), h(u) = 1 − (1 − e^(−u))/u.
func (m ErlangA) drain(t float64) float64 {
	p := m.params
	slack := math.FMA(float64(p.Servers), p.Service, -p.Arrival)
	return slack*t + p.Arrival*t*leftOver(p.Leaving*t)
}

// leftOver returns 1 − (1 − e^(−u))/u for u ≥ 0.
func leftOver(u float64) float64 {
	if u > 0.5 {
		return 1 + math.Expm1(-u)/u
	}
	sum, term := 0.0, -1.0
	for k := 1.0; k < 17; k++ {
		term *= -u / (k + 1)
		sum += term
	}
	return sum
}

// OfferedTail returns the probability that one who would never give up waits longer than
// t. It is NaN unless t ≥ 0.
func (m ErlangA) OfferedTail(t float64) float64 {
	if !(t >= 0) {
		return math.NaN()
	}
	tail, _ := m.at(min(t, m.last()))
	return m.ProbWait() * tail
}

// WaitTail returns the share of customers who spend more than t in line, whether they
// are served then or give up. It is NaN unless t ≥ 0.
func (m ErlangA) WaitTail(t float64) float64 {
	return math.Exp(-m.params.Leaving*t) * m.OfferedTail(t)
}

// last returns a time for which nobody waits.
func (m ErlangA) last() float64 { return 0x1p40 / m.params.Leaving }

// ServedWithin returns the share of all customers who are served after a wait of t or
// less: the service level, in which those who give up count as failures. It is NaN
// unless t ≥ 0.
func (m ErlangA) ServedWithin(t float64) float64 {
	if !(t >= 0) {
		return math.NaN()
	}
	t = min(t, m.last())
	tail, s := m.at(t)
	waited := (1 - m.start.inverse) - (tail - s) // and was served
	if waited < 0.1*(1-m.start.inverse) {
		waited = m.servedEarly(t)
	}
	return (m.blocked*m.start.inverse + waited) / m.whole()
}

// servedEarly returns ∫ λ·e^(φ(u)−θu) du over A from 0 to t. It is for the t before which
// few are served who waited: there is little to integrate, and the rest would cancel.
func (m ErlangA) servedEarly(t float64) (sum float64) {
	p := m.params
	density := func(u float64) float64 {
		return p.Arrival * math.Exp(m.start.log-m.drain(u)-p.Leaving*u)
	}
	for end := t; end > 0; {
		net := p.Arrival*math.Exp(-p.Leaving*end) - float64(p.Servers)*p.Service
		start := max(0, end-1/(math.Abs(net)+p.Leaving+math.Sqrt(p.Arrival*p.Leaving)))
		part := quad.Fixed(density, start, end, 12, quad.Legendre{}, 0)
		sum += part
		if net > 0 && part <= 0x1p-60*sum {
			break
		}
		end = start
	}
	return sum
}

// servedAfter returns the share of all customers who are served after a wait of more
// than t ≥ 0.
func (m ErlangA) servedAfter(t float64) float64 {
	t = min(t, m.last())
	if m.crowded() {
		tail, s := m.at(t)
		return (tail - s) / m.whole()
	}
	less, _ := addSeries(m.x, m.y*math.Exp(-m.params.Leaving*t))
	return less * math.Exp(-m.drain(t)) * m.start.inverse / m.whole()
}

// WaitQuantile returns the least t with P(wait ≤ t) ≥ p over all customers, to the last
// digits of [ErlangA.WaitTail]; 0 where a share p does not wait. It is NaN unless
// 0 < p < 1. It bisects, in some 60 evaluations.
func (m ErlangA) WaitQuantile(p float64) float64 {
	if !(p > 0 && p < 1) || m.params.Unit == 0 {
		return math.NaN()
	}
	return quantile(m.WaitTail, p, 1/m.params.Leaving)
}

// Served returns the wait of those who are served: the other law of the queue.
func (m ErlangA) Served() ServedWait { return ServedWait{m: m} }

// A ServedWait is the law of the wait of those who are served, where others give up. It
// is an immutable value, safe for concurrent use; the methods of the zero ServedWait
// return NaN, and 0 for the unit.
type ServedWait struct {
	opaque

	m ErlangA
}

// Unit returns the unit of every time that w takes or returns.
func (w ServedWait) Unit() time.Duration { return w.m.Unit() }

// ProbWait returns the share of those served who had to wait.
func (w ServedWait) ProbWait() float64 { return w.WaitTail(0) }

// WaitTail returns the share of those served who waited longer than t. It is NaN unless
// t ≥ 0.
func (w ServedWait) WaitTail(t float64) float64 {
	if !(t >= 0) {
		return math.NaN()
	}
	return w.m.servedAfter(t) / w.m.ProbServed()
}

// MeanWait returns the mean wait of those who are served, those who did not wait
// included: the mean of all less what those who gave up spent in line.
func (w ServedWait) MeanWait() float64 {
	mean, err := special.NewTails().Area(w.WaitTail, 0)
	if err != nil {
		return math.NaN()
	}
	return mean
}

// WaitAhead returns the mean and the variance of the wait of one who never gives up and
// finds all servers busy and so many in line, where servers together serve capacity = cμ
// customers per unit and each of those ahead gives up at rate leaving, which may be 0
// (Whitt's estimator by queue length): the sums of 1/(cμ + iθ) for i = 0 … ahead, and of
// their squares. They are NaN unless ahead is 0 or more, capacity finite and above 0, and
// leaving finite and at least 0. It takes O(1) time.
func WaitAhead(ahead int, capacity, leaving float64) (mean, variance float64) {
	if !(ahead >= 0 && capacity > 0 && capacity <= math.MaxFloat64 && leaving >= 0 && leaving <= math.MaxFloat64) {
		return math.NaN(), math.NaN()
	}
	const direct = 32
	rate := min(leaving/capacity, 1e200) // beyond that only those who are served count
	if ahead > direct {
		mean, variance = gaps(direct, float64(ahead), rate)
	}
	for i := min(ahead, direct); i >= 0; i-- {
		gap := 1 / math.FMA(float64(i), rate, 1)
		mean += gap
		variance += float64(gap * gap)
	}
	return mean / capacity, variance / capacity / capacity
}

// gaps returns the sums of f = 1/(1 + iθ), and of its square, over i above low and up to
// high, by the formula of Euler and Maclaurin.
func gaps(low, high, rate float64) (sum, squares float64) {
	f, g := 1/(1+low*rate), 1/(1+high*rate)
	n, shrinks := high-low, math.Log1p((high-low)*rate*f)
	sum, squares = n*f, n*f*g // the integrals
	if shrinks > 0 {
		sum = shrinks / rate
	}
	u, v := rate*f, rate*g // f' = −u·f, and so on
	third := func(x float64) float64 { return x * x * x }
	fifth := func(x float64) float64 { return x * x * x * x * x }
	sum += (g-f)/2 + (u*f-v*g)/12 - (third(u)*f-third(v)*g)/120 + (fifth(u)*f-fifth(v)*g)/252
	squares += (g*g-f*f)/2 + (u*f*f-v*g*g)/6 - (third(u)*f*f-third(v)*g*g)/30 + (fifth(u)*f*f-fifth(v)*g*g)/42
	return sum, squares
}
