package queue

import (
	"math"
	"time"

	"github.com/relmark/relmark/internal/special"
)

// MMCKParams describes an M/M/c queue with limited room: who finds K customers there is
// turned away. With K = c nobody waits, and it is Erlang's loss system. Such a queue is
// stable whatever the load. It is plain data: store it, encode it, compare it.
type MMCKParams struct {
	Arrival float64       `json:"arrival"` // λ, customers per Unit, those turned away included; 0 to 1e100
	Service float64       `json:"service"` // μ, customers per busy server per Unit; 1e-100 to 1e100
	Servers int           `json:"servers"` // c, 1 to MaxServers
	Room    int           `json:"room"`    // K, most customers waiting or in service; c to c + 1,000,000,000
	Unit    time.Duration `json:"unit"`    // of both rates, such as time.Hour; > 0
}

// Validate reports every rule that p breaks, joined into one error.
func (p MMCKParams) Validate() error {
	var l faults
	l.Between("Arrival", p.Arrival, 0, maxRate)
	l.Between("Service", p.Service, minRate, maxRate)
	l.Check(p.Servers >= 1 && p.Servers <= MaxServers, "Servers", p.Servers, "must be 1 to 1000000000")
	l.Check(p.Room >= p.Servers && p.Room-p.Servers <= MaxServers, "Room", p.Room, "must be Servers to Servers + 1000000000")
	l.unit(p.Unit)
	return l.Err(room)
}

// An MMCK is a solved M/M/c/K queue in its steady state. It is an immutable value, safe
// for concurrent use. Obtain one from [NewMMCK]; the methods of the zero MMCK return NaN,
// those of Params and Unit aside.
type MMCK struct {
	params MMCKParams
	load   special.Extended
	log    float64 // ln ρ
	odds   float64 // P(N < c)/P(N = c) over max(1, ρ)^m, m = K − c places in line
	line   truncated
}

// NewMMCK solves the queue described by p. It fails exactly when [MMCKParams.Validate]
// does. It takes O(1) time and allocates only to report an error.
func NewMMCK(p MMCKParams) (MMCK, error) {
	if err := p.Validate(); err != nil {
		return MMCK{}, err
	}
	m := MMCK{params: p, load: special.Quotient(p.Arrival, p.Service)}
	capacity := float64(p.Servers) * p.Service
	m.log = math.Log(p.Arrival / capacity)
	if slack := math.FMA(float64(p.Servers), p.Service, -p.Arrival); math.Abs(slack) < capacity/2 {
		m.log = math.Log1p(-slack / capacity)
	}
	m.line = truncated{log: m.log, most: float64(p.Room - p.Servers)}
	m.odds = min(special.PoissonOdds(p.Servers, m.load), 1e300) * math.Exp(-max(0, m.log)*m.line.most)
	return m, nil
}

// A truncated holds the weights ρⁱ of i = 0 … most customers in line, over the greatest
// of them.
type truncated struct{ log, most float64 }

// sum returns the sum of the weights, those below some last place only.
func (l truncated) sum(last float64) float64 {
	switch {
	case last < 0:
		return 0
	case math.IsInf(l.log, -1):
		return 1
	case l.log == 0:
		return last + 1
	case l.log > 0: // over the weight of most: the last is e^(log·(last−most))
		return math.Exp(l.log*(last-l.most)) * math.Expm1(-l.log*(last+1)) / math.Expm1(-l.log)
	}
	return math.Expm1(l.log*(last+1)) / math.Expm1(l.log)
}

// between returns the sum of the weights from first to last.
func (l truncated) between(first, last float64) float64 {
	if l.log > 0 || first == 0 {
		return truncated{l.log, l.most - first}.sum(last - first)
	}
	return math.Exp(l.log*first) * l.sum(last-first)
}

// last returns the weight of most.
func (l truncated) last() float64 {
	if l.most == 0 {
		return 1
	}
	return math.Exp(min(0, l.log) * l.most)
}

// mean returns the mean of i over all weights: with b(x) = 1/(eˣ − 1) and x = −ln ρ it is
// b(x) − (most + 1)·b((most + 1)·x), and where that would cancel the same with what b has
// beside its pole.
func (l truncated) mean() float64 {
	n := l.most + 1
	if x := n * l.log; math.Abs(x) < 1 {
		return l.most/2 + rest(-l.log) - n*rest(-x)
	}
	if math.IsInf(l.log, -1) {
		return 0
	}
	if l.log > 0 { // from the end
		return l.most - truncated{-l.log, l.most}.mean()
	}
	return 1/math.Expm1(-l.log) - n/math.Expm1(-n*l.log)
}

// rest returns 1/(eˣ − 1) − 1/x + ½ for |x| ≤ 1, by its series of Bernoulli numbers.
func rest(x float64) float64 {
	u := x * x
	return x * (1./12 - u*(1./720-u*(1./30240-u*(1./1209600-u*(1./47900160-u*(691./1307674368000-u*(1./74724249600-u*3617./10670622842880000)))))))
}

// Params returns what the queue was made of.
func (m MMCK) Params() MMCKParams { return m.params }

// Unit returns the unit of every time that m takes or returns, that of its rates.
func (m MMCK) Unit() time.Duration { return m.params.Unit }

// whole returns the sum of all weights, NaN for the zero MMCK.
func (m MMCK) whole() float64 {
	if m.params.Unit == 0 {
		return math.NaN()
	}
	return m.odds + m.line.sum(m.line.most)
}

// Load returns the offered load a = λ/μ, in Erlangs.
func (m MMCK) Load() float64 { return m.params.Arrival / m.params.Service }

// ProbBlock returns the share of customers who are turned away.
func (m MMCK) ProbBlock() float64 { return m.line.last() / m.whole() }

// accepted returns the share of customers who are let in, without the loss of digits
// where almost all are turned away.
func (m MMCK) accepted() float64 { return (m.odds + m.line.sum(m.line.most-1)) / m.whole() }

// ProbWait returns the share of those let in who find no free server.
func (m MMCK) ProbWait() float64 {
	return m.line.sum(m.line.most-1) / m.whole() / m.accepted()
}

// Throughput returns how many customers per unit of time are let in and served.
func (m MMCK) Throughput() float64 { return m.params.Arrival * m.accepted() }

// Utilization returns the share of their time that servers are busy.
func (m MMCK) Utilization() float64 {
	return m.Throughput() / (float64(m.params.Servers) * m.params.Service)
}

// MeanQueue returns the mean number of customers who are waiting.
func (m MMCK) MeanQueue() float64 {
	return m.line.mean() * m.line.sum(m.line.most) / m.whole()
}

// MeanSystem returns the mean number of customers who are waiting or in service.
func (m MMCK) MeanSystem() float64 { return m.MeanQueue() + m.Throughput()/m.params.Service }

// MeanWait returns the mean wait of those let in. It is NaN where nobody comes.
func (m MMCK) MeanWait() float64 { return m.MeanQueue() / m.Throughput() }

// MeanSojourn returns the mean time from arrival to departure of those let in. It is NaN
// where nobody comes.
func (m MMCK) MeanSojourn() float64 { return m.MeanWait() + 1/m.params.Service }

// ProbEmpty returns the probability that nobody is there, 0 where that is below the range
// of float64.
func (m MMCK) ProbEmpty() float64 { return math.Exp(m.LogProbEmpty()) }

// LogProbEmpty returns the natural logarithm of the probability that nobody is there.
func (m MMCK) LogProbEmpty() float64 {
	c := m.params.Servers
	line := math.Exp(max(0, m.log)*m.line.most) * m.line.sum(m.line.most) // over the weight of c in service
	if c > special.Direct && m.load.Hi >= special.Tiny {
		n := special.NewPoisson(float64(c), m.load)
		if some := n.Below() + n.Prob()*line; some > 1e-290 && some <= math.MaxFloat64 {
			return -m.load.Hi - math.Log(some)
		}
		return -m.load.Hi - n.LogProb() - max(0, m.log)*m.line.most - math.Log(m.whole())
	}
	sum, term := 1.0, 1.0
	for j := 1; j < c; j++ {
		term *= m.load.Hi / float64(j)
		sum += term
	}
	term *= m.load.Hi / float64(c)
	if x := term * line; !math.IsInf(x, 1) {
		return -math.Log(sum + x)
	}
	return -math.Log(term) - max(0, m.log)*m.line.most - math.Log(m.whole())
}

// WaitTail returns the share of those let in who wait longer than t. It is NaN unless
// t ≥ 0. It takes some steps for the square root of the places in line.
func (m MMCK) WaitTail(t float64) float64 {
	if !(t >= 0) || m.params.Unit == 0 {
		return math.NaN()
	}
	if m.line.most == 0 {
		return 0
	}
	// Who finds i in line waits for i + 1 departures: longer than t if there are i or
	// fewer in t. With N of them, that is the sum over n of P(N = n) times the weight of
	// finding n or more.
	return m.late(float64(m.params.Servers)*m.params.Service*t) / (m.odds + m.line.sum(m.line.most-1))
}

// late returns the weight of those who wait for more departures than there are in a time
// in which there are so many on average. Below the load, ρⁿ is taken into the law of N:
// then that is of mean ρ·departures, of which e^(−(1 − ρ)·departures) is left.
func (m MMCK) late(departures float64) (sum float64) {
	if math.IsInf(departures, 1) {
		return 0
	}
	mean, weight, scale := departures, m.line.between, 1.0
	if m.log < 0 {
		mean = math.Exp(m.log) * departures
		scale = math.Exp(math.Expm1(m.log) * departures)
		weight = func(first, last float64) float64 { return m.line.sum(last - first) }
	}
	last := m.line.most - 1
	width := 12*math.Sqrt(min(mean, m.line.most)) + 40
	for n := max(0, math.Floor(min(mean, last)-width)); n <= last; n++ {
		p := poisson(n, mean) * weight(n, last)
		sum += p
		if n > mean && p <= 0x1p-60*sum {
			break
		}
	}
	return scale * sum
}

// poisson returns P(N = n) for a Poisson N of a mean.
func poisson(n, mean float64) float64 {
	switch {
	case mean == 0:
		return 1 - min(n, 1)
	case n > special.Direct:
		return special.NewPoisson(n, special.Extended{Hi: mean}).Prob()
	}
	factorial, _ := math.Lgamma(n + 1)
	return math.Exp(n*math.Log(mean) - mean - factorial)
}
