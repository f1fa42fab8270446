package waiting

import (
	"math"
	"time"

	"gonum.org/v1/gonum/mathext"

	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/special"
)

// PositionParams is where a customer stands in a line that is served in order by
// equal servers, all of them busy. It is plain data.
type PositionParams struct {
	Ahead   int           // customers in line ahead, 0 to 100,000; those in service are not in line
	Service float64       // μ, customers per busy server per Unit; 1e-9 to 1e9
	Servers int           // c, 1 to 1,000,000,000
	Unit    time.Duration // of Service, such as time.Hour; > 0
}

// Validate reports every rule that p breaks, joined into one error.
func (p PositionParams) Validate() error {
	var l fault.List
	l.Between("Ahead", float64(p.Ahead), 0, 1e5)
	l.Between("Service", p.Service, 1e-9, 1e9)
	l.Between("Servers", float64(p.Servers), 1, 1e9)
	if p.Unit <= 0 {
		l.Add("Unit", p.Unit, "must be > 0: the unit of time of Service")
	}
	return l.Err(room)
}

// A Position is the law of the wait that is left to a customer in line: with n
// ahead and exponential services it is the sum of n + 1 gaps of mean 1/(cμ) between
// departures, an Erlang distribution. It is an immutable value, safe for concurrent
// use, and a [Law] and [QuantileLaw]. Obtain one from [NewPosition]; the methods of
// the zero Position return NaN, those of [Position.Params] and [Position.Unit] aside.
type Position struct {
	params      PositionParams
	shape, rate float64
}

// NewPosition fails exactly when [PositionParams.Validate] does.
func NewPosition(p PositionParams) (Position, error) {
	if err := p.Validate(); err != nil {
		return Position{}, err
	}
	return Position{params: p, shape: float64(p.Ahead) + 1, rate: float64(p.Servers) * p.Service}, nil
}

// Params returns what the position was made of.
func (p Position) Params() PositionParams { return p.params }

// Unit returns the unit of every time that p takes or returns.
func (p Position) Unit() time.Duration { return p.params.Unit }

// MeanWait returns the mean wait that is left, (n + 1)/(cμ).
func (p Position) MeanWait() float64 { return p.shape / p.rate }

// WaitVariance returns its variance, (n + 1)/(cμ)².
func (p Position) WaitVariance() float64 { return p.shape / p.rate / p.rate }

// ProbWait returns 1: all servers are busy.
func (p Position) ProbWait() float64 { return p.rate / p.rate }

// WaitTail returns the probability to wait longer than t. It is NaN unless t ≥ 0.
func (p Position) WaitTail(t float64) float64 {
	if !(t >= 0 && p.rate > 0) {
		return math.NaN()
	}
	return mathext.GammaIncRegComp(p.shape, p.rate*t)
}

// WaitQuantile returns the t that the wait exceeds with probability 1 − q. It is
// NaN unless 0 < q < 1. It takes some microseconds, and ten times that below the
// lower quartile.
func (p Position) WaitQuantile(q float64) float64 {
	if !(q > 0 && q < 1 && p.rate > 0) {
		return math.NaN()
	}
	return special.GammaQuantile(p.shape, q) / p.rate
}
