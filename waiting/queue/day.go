package queue

import (
	"fmt"
	"math"
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/special"
)

// A DayParams describes a day in intervals of one length, each with its own rate of
// arrivals. It is plain data.
type DayParams struct {
	Arrivals []float64     `json:"arrivals"` // λ by interval, customers per Unit; each 0 to 1e100; 1 to 100,000 of them
	Interval float64       `json:"interval"` // length of one, in Units; 1e-9 to 1e9 services
	Service  float64       `json:"service"`  // μ, customers per busy server per Unit; 1e-100 to 1e100
	Unit     time.Duration `json:"unit"`     // of rates and interval, such as time.Hour; > 0
}

const maxIntervals = 100_000

// Validate reports every rule that p breaks, joined into one error.
func (p DayParams) Validate() error {
	var l faults
	p.check(&l)
	return l.Err(room)
}

func (p DayParams) check(l *faults) {
	l.unit(p.Unit)
	l.Check(len(p.Arrivals) >= 1 && len(p.Arrivals) <= maxIntervals, "Arrivals", len(p.Arrivals), "must be of 1 to 100000 intervals")
	for i, rate := range p.Arrivals {
		if l.Full() {
			break
		}
		if !(rate >= 0 && rate <= maxRate) {
			l.Add("Arrivals["+itoa(i)+"]", rate, "must be 0 to 1e+100")
		}
	}
	l.Between("Service", p.Service, minRate, maxRate)
	l.Check(p.Interval*p.Service >= 1e-9 && p.Interval*p.Service <= 1e9, "Interval", p.Interval, "must be 1e-9 to 1e9 times 1/Service")
}

// A RateView says which rate of arrivals an interval is staffed for.
type RateView string

// The views.
const (
	Pointwise RateView = ""        // that of the interval itself: stationary independent period by period (SIPP)
	Lagged    RateView = "lagged"  // the mean over the interval moved back by a mean service (lagged SIPP): what is in service now came before
	Offered   RateView = "offered" // μ times the mean load that a house of endless servers would have (modified offered load)
)

// Rates returns the rate of arrivals for which each interval is to be staffed, in the
// given view. Before the day the rate is that of the first interval. It fails with a
// [relmark.FieldError] if p breaks a rule or the view is unknown.
func (p DayParams) Rates(view RateView) ([]float64, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	switch view {
	case Pointwise:
		return append([]float64(nil), p.Arrivals...), nil
	case Lagged:
		return p.lagged(), nil
	case Offered:
		_, means := p.load(p.Arrivals[0] / p.Service)
		for i := range means {
			means[i] *= p.Service
		}
		return means, nil
	}
	return nil, fault.Room(room, fault.New("view", string(view), "must be lagged, offered or empty"))
}

// lagged returns the mean rates of the intervals moved back by 1/μ.
func (p DayParams) lagged() []float64 {
	lag := 1 / (p.Service * p.Interval) // in intervals
	whole := math.Floor(lag)
	part := lag - whole
	at := func(i float64) float64 { return p.Arrivals[int(max(0, i))] }
	out := make([]float64, len(p.Arrivals))
	for i := range out {
		from := float64(i) - whole
		out[i] = float64(part*at(from-1)) + float64((1-part)*at(from))
	}
	return out
}

// OfferedLoad returns the mean number of busy servers of a house of endless servers, at
// the end of each interval and on average over it, from a load at the beginning of the
// day: m' = λ − μm. It fails with a [relmark.FieldError] if p breaks a rule or start is
// not finite and at least 0.
func (p DayParams) OfferedLoad(start float64) (ends, means []float64, err error) {
	var l faults
	p.check(&l)
	l.Between("start", start, 0, maxRate)
	if err := l.Err(room); err != nil {
		return nil, nil, err
	}
	ends, means = p.load(start)
	return ends, means, nil
}

func (p DayParams) load(m float64) (ends, means []float64) {
	x := p.Service * p.Interval
	gone, average := -math.Expm1(-x), 1-leftOver(x) // 1 − e^(−x), and that over x
	for _, rate := range p.Arrivals {
		steady := rate / p.Service
		means = append(means, steady+float64((m-steady)*average))
		m += float64((steady - m) * gone)
		ends = append(ends, m)
	}
	return ends, means
}

// OfferedLoadSine returns the mean number of busy servers, at a time t, of a house of
// endless servers that has been open for long, where customers come at the rate
// mean + amplitude·sin(frequency·t). It is NaN unless service is above 0 and all are
// finite.
func OfferedLoadSine(mean, amplitude, frequency, service, t float64) float64 {
	if !(service > 0) || math.IsInf(mean+amplitude+frequency+service+t, 0) {
		return math.NaN()
	}
	sine, cosine := math.Sincos(frequency * t)
	swing := float64(service*sine) - float64(frequency*cosine)
	return mean/service + amplitude*swing/(float64(service*service)+float64(frequency*frequency))
}

// StaffDay returns the least number of servers of each interval that meets a target at
// the rate of the given view: none where nobody comes. It fails as [DayParams.Rates] and
// [StaffMMC] do.
func StaffDay(p DayParams, t Target, view RateView) ([]int, error) {
	rates, err := p.Rates(view)
	if err != nil {
		return nil, err
	}
	servers := make([]int, len(rates))
	for i, rate := range rates {
		line, err := StaffMMC(MMCParams{Arrival: rate, Service: p.Service, Unit: p.Unit}, t)
		if err != nil {
			return nil, fault.Room(room, fault.At("interval "+itoa(i), err))
		}
		servers[i] = line.params.Servers
	}
	return servers, nil
}

// A Backlog is an interval of a day in which what cannot be served is carried on.
type Backlog struct {
	Carried     float64 `json:"carried"`     // rate that is carried on to the next interval, per Unit
	Served      float64 `json:"served"`      // rate that is served
	Utilization float64 `json:"utilization"` // of the servers
	MeanWait    float64 `json:"mean_wait"`   // of M/M/c at the rate that is served
	MeanQueue   float64 `json:"mean_queue"`
}

// CarryOver follows a day with so many servers in each interval, also where more comes
// than they can do: in each, a share B of what is there is carried on to the next, B
// being Erlang's loss of it, and the rest waits as in M/M/c (stationary backlog carry-over,
// Stolletz). It is an approximation: [Transient] is exact. It fails with a
// [relmark.FieldError] if p breaks a rule or there is not a number of servers, 1 or more,
// for each interval, and with [relmark.ErrLimit] where there is more than 1e12 times what
// the servers of an interval can do.
func CarryOver(p DayParams, servers []int) ([]Backlog, error) {
	var l faults
	p.check(&l)
	checkDuty(&l, servers, len(p.Arrivals))
	if err := l.Err(room); err != nil {
		return nil, err
	}
	out, carried := make([]Backlog, len(servers)), 0.0
	for i, rate := range p.Arrivals {
		c, there := servers[i], rate+carried
		if there > maxOverload*float64(c)*p.Service {
			return nil, fmt.Errorf("%s: interval %d: more than 1e12 times what its servers can do: %w", room, i, relmark.ErrLimit)
		}
		odds := special.PoissonOdds(c, special.Quotient(there, p.Service)) // 1/B − 1
		served := there / (1 + 1/odds)
		carried = there / (1 + odds)
		line, err := NewMMC(MMCParams{Arrival: served, Service: p.Service, Servers: c, Unit: p.Unit})
		if err != nil {
			return nil, fault.Room(room, fault.At("interval "+itoa(i), err))
		}
		out[i] = Backlog{carried, served, line.Utilization(), line.MeanWait(), line.MeanQueue()}
	}
	return out, nil
}

const maxOverload = 1e12

func checkDuty(l *faults, servers []int, intervals int) {
	l.Check(len(servers) == intervals, "servers", len(servers), "must be as many numbers as there are intervals")
	for i, c := range servers {
		if l.Full() {
			break
		}
		if c < 1 || c > MaxServers {
			l.Add("servers["+itoa(i)+"]", c, "must be 1 to 1000000000")
		}
	}
}
