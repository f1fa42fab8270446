package sim

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/relmark/relmark/internal/fault"
)

// A Law draws times: gaps between arrivals, times of service, patience. Those of this
// package are plain data; a host may bring its own, which must return numbers
// from 0 to 1e140, or +Inf for a patience without end, and use no other randomness.
type Law interface {
	Draw(r *rand.Rand) float64 // a time, from no other randomness than r
}

// A validator is a law that says what is wrong with its parameters.
type validator interface{ Validate() error }

// Exponential draws times without memory, of mean 1/Rate.
type Exponential struct {
	Rate float64 `json:"rate"` // 1e-100 to 1e100
}

// Constant draws always the same time.
type Constant struct {
	Value float64 `json:"value"` // 0 to 1e100
}

// Erlang draws the sum of so many exponential times, of mean Stages/Rate: less spread
// than one of them.
type Erlang struct {
	Stages int     `json:"stages"` // 1 to 1,000
	Rate   float64 `json:"rate"`   // of one stage, 1e-100 to 1e100
}

// Hyperexponential draws an exponential time of First with the probability Share,
// otherwise of Second: more spread than one of them.
type Hyperexponential struct {
	Share  float64 `json:"share"`  // 0 to 1
	First  float64 `json:"first"`  // rate, 1e-100 to 1e100
	Second float64 `json:"second"` // rate, 1e-100 to 1e100
}

// Balanced returns the hyperexponential law of a mean and a squared coefficient of
// variation of 1 or more, both of whose branches bring half of the time. It fails with
// a [relmark.FieldError] for others.
func Balanced(mean, cv2 float64) (Hyperexponential, error) {
	var l fault.List
	l.Between("mean", mean, least, most)
	l.Between("cv2", cv2, 1, 1e6)
	if err := l.Err(room); err != nil {
		return Hyperexponential{}, err
	}
	share := (1 + math.Sqrt((cv2-1)/(cv2+1))) / 2
	return Hyperexponential{Share: share, First: 2 * share / mean, Second: 2 * (1 - share) / mean}, nil
}

// Uniform draws times that are equally likely from From to To.
type Uniform struct {
	From float64 `json:"from"` // 0 to 1e100
	To   float64 `json:"to"`   // From to 1e100
}

// Lognormal draws times whose logarithm is normal: service times of people are mostly
// so.
type Lognormal struct {
	Location float64 `json:"location"` // mean of the logarithm, -200 to 200
	Spread   float64 `json:"spread"`   // its standard deviation, 0 to 10
}

// Weibull draws times with P(T > t) = exp(−(t/Scale)^Shape).
type Weibull struct {
	Shape float64 `json:"shape"` // 0.05 to 100
	Scale float64 `json:"scale"` // 1e-100 to 1e100
}

// Observed draws one of the host's own times, all of them equally likely.
type Observed struct {
	Times []float64 `json:"times"` // each 0 to 1e100; at least one
}

const least, most = 1e-100, 1e100

// Validate reports what is wrong with the law.
func (l Exponential) Validate() error { return within("Rate", l.Rate, least, most) }

// Validate reports what is wrong with the law.
func (l Constant) Validate() error { return within("Value", l.Value, 0, most) }

// Validate reports every rule that the law breaks.
func (l Erlang) Validate() error {
	var f fault.List
	f.Check(l.Stages >= 1 && l.Stages <= 1000, "Stages", l.Stages, "must be 1 to 1000")
	f.Between("Rate", l.Rate, least, most)
	return f.Err(room)
}

// Validate reports every rule that the law breaks.
func (l Hyperexponential) Validate() error {
	var f fault.List
	f.Between("Share", l.Share, 0, 1)
	f.Between("First", l.First, least, most)
	f.Between("Second", l.Second, least, most)
	return f.Err(room)
}

// Validate reports every rule that the law breaks.
func (l Uniform) Validate() error {
	var f fault.List
	f.Between("From", l.From, 0, most)
	f.Check(l.To >= l.From && l.To <= most, "To", l.To, "must be From to 1e+100")
	return f.Err(room)
}

// Validate reports every rule that the law breaks.
func (l Lognormal) Validate() error {
	var f fault.List
	f.Between("Location", l.Location, -200, 200)
	f.Between("Spread", l.Spread, 0, 10)
	return f.Err(room)
}

// Validate reports every rule that the law breaks.
func (l Weibull) Validate() error {
	var f fault.List
	f.Between("Shape", l.Shape, 0.05, 100)
	f.Between("Scale", l.Scale, least, most)
	return f.Err(room)
}

// Validate reports every rule that the law breaks.
func (l Observed) Validate() error {
	var f fault.List
	f.Check(len(l.Times) > 0, "Times", len(l.Times), "must have one time at least")
	if i := slices.IndexFunc(l.Times, func(x float64) bool { return !(x >= 0 && x <= most) }); i >= 0 {
		f.Join("Times["+itoa(i)+"]", within("", l.Times[i], 0, most))
	}
	return f.Err(room)
}

func within(field string, x, low, high float64) error {
	var f fault.List
	f.Between(field, x, low, high)
	return f.Err(room)
}

// Draw returns a time.
func (l Exponential) Draw(r *rand.Rand) float64 { return r.ExpFloat64() / l.Rate }

// Draw returns the time.
func (l Constant) Draw(*rand.Rand) float64 { return l.Value }

// Draw returns a time, from as many exponential ones as there are stages.
func (l Erlang) Draw(r *rand.Rand) float64 {
	sum := 0.0
	for range l.Stages {
		sum += r.ExpFloat64()
	}
	return sum / l.Rate
}

// Draw returns a time.
func (l Hyperexponential) Draw(r *rand.Rand) float64 {
	rate := l.Second
	if r.Float64() < l.Share {
		rate = l.First
	}
	return r.ExpFloat64() / rate
}

// Draw returns a time.
func (l Uniform) Draw(r *rand.Rand) float64 { return l.From + float64((l.To-l.From)*r.Float64()) }

// Draw returns a time.
func (l Lognormal) Draw(r *rand.Rand) float64 {
	return math.Exp(l.Location + float64(l.Spread*r.NormFloat64()))
}

// Draw returns a time.
func (l Weibull) Draw(r *rand.Rand) float64 {
	return float64(l.Scale * math.Pow(r.ExpFloat64(), 1/l.Shape))
}

// Draw returns one of the times.
func (l Observed) Draw(r *rand.Rand) float64 { return l.Times[r.IntN(len(l.Times))] }

// Sizes draws how many customers come at once.
type Sizes interface {
	Size(r *rand.Rand) int // 1 or more, 1,000,000 at most
}

// GeometricSizes draws sizes of 1 or more, each further customer with the same
// probability.
type GeometricSizes struct {
	Mean float64 `json:"mean"` // 1 to 1e6
}

// EqualSizes draws always the same size.
type EqualSizes struct {
	N int `json:"n"` // 1 to 1,000,000
}

// Validate reports what is wrong with the sizes.
func (g GeometricSizes) Validate() error { return within("Mean", g.Mean, 1, maxBatch) }

// Validate reports what is wrong with the sizes.
func (f EqualSizes) Validate() error {
	var l fault.List
	l.Check(f.N >= 1 && f.N <= maxBatch, "N", f.N, "must be 1 to 1000000")
	return l.Err(room)
}

const maxBatch = 1_000_000

// Size returns a size, from one exponential variate: cut to the million.
func (g GeometricSizes) Size(r *rand.Rand) int {
	x := r.ExpFloat64()
	if g.Mean <= 1 {
		return 1
	}
	return 1 + int(min(x/-math.Log1p(-1/g.Mean), maxBatch-1))
}

// Size returns the size.
func (f EqualSizes) Size(*rand.Rand) int { return f.N }
