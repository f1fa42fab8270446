package clv

import (
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/special"
	"github.com/relmark/relmark/tier/rfm"
)

// A Path is the life of a simulated customer up to an age.
type Path struct {
	Repeats []float64 `json:"repeats"` // times of repeat purchases, rising, counted from the first purchase
	Alive   bool      `json:"alive"`   // at the end
	Age     float64   `json:"age"`     // at the end
}

// Pattern returns what a model sees of the path.
func (p Path) Pattern() rfm.Pattern {
	c := rfm.Pattern{X: len(p.Repeats), T: p.Age}
	if c.X > 0 {
		c.TX = p.Repeats[c.X-1]
	}
	return c
}

// A Simulator draws customers: [BGNBD], [MBGNBD], [ParetoNBD] and [BGBB] do.
type Simulator interface {
	// Simulate draws the purchases of one new customer up to an age.
	Simulate(source *rand.Rand, age float64) (Path, error)
}

// maxPath bounds the purchases of one simulated customer.
const maxPath = 1 << 20

var errPath = fmt.Errorf("clv: a simulated customer made %d purchases: %w", maxPath, relmark.ErrLimit)

// checkDraw reports whether a simulation can be run.
func checkDraw(source *rand.Rand, built, ageOK bool, age float64) error {
	switch {
	case source == nil:
		return invalid("Source", nil, "must not be nil")
	case !built:
		return invalid("Model", nil, "must come from a constructor")
	case !ageOK:
		return invalid("Age", age, "must be finite and 0 or more, and whole for occasions")
	}
	return nil
}

// logGamma draws the logarithm of a Gamma(shape, 1) variate, which for small shapes
// is below the range of floats.
func logGamma(source *rand.Rand, shape float64) float64 {
	if shape >= 1 {
		return math.Log(distuv.Gamma{Alpha: shape, Beta: 1, Src: source}.Rand())
	}
	g := distuv.Gamma{Alpha: shape + 1, Beta: 1, Src: source}.Rand()
	return math.Log(g) + math.Log1p(-source.Float64())/shape
}

// beta draws a Beta(a, b) variate.
func beta(source *rand.Rand, a, b float64) float64 {
	return special.Logistic(logGamma(source, a) - logGamma(source, b))
}

// Simulate draws a customer from the first purchase to an age. It fails with a
// [relmark.FieldError] if source is nil, the model is the zero one, or age is not
// finite or below 0, and with [relmark.ErrLimit] after 2^20 purchases.
func (m betaGeometric) Simulate(source *rand.Rand, age float64) (Path, error) {
	if err := checkDraw(source, m.r > 0, forward(age), age); err != nil {
		return Path{}, err
	}
	rate := math.Exp(logGamma(source, m.r)) / m.alpha
	drop := beta(source, m.a, m.b)
	p := Path{Age: age, Alive: m.first == 0 || source.Float64() >= drop}
	for at := 0.0; p.Alive; {
		at += source.ExpFloat64() / rate
		if !(at <= age) {
			return p, nil
		}
		if len(p.Repeats) == maxPath {
			return Path{}, errPath
		}
		p.Repeats = append(p.Repeats, at)
		p.Alive = source.Float64() >= drop
	}
	return p, nil
}

// Simulate draws a customer from the first purchase to an age. It fails with a
// [relmark.FieldError] if source is nil, the model is the zero one, or age is not
// finite or below 0, and with [relmark.ErrLimit] after 2^20 purchases.
func (m ParetoNBD) Simulate(source *rand.Rand, age float64) (Path, error) {
	if err := checkDraw(source, m.r > 0, forward(age), age); err != nil {
		return Path{}, err
	}
	rate := math.Exp(logGamma(source, m.r)) / m.alpha
	life := source.ExpFloat64() / (math.Exp(logGamma(source, m.s)) / m.beta)
	p := Path{Age: age, Alive: life > age}
	for at := source.ExpFloat64() / rate; at <= min(life, age); at += source.ExpFloat64() / rate {
		if len(p.Repeats) == maxPath {
			return Path{}, errPath
		}
		p.Repeats = append(p.Repeats, at)
	}
	return p, nil
}

// Simulate draws a customer over a number of occasions. It fails with a
// [relmark.FieldError] if source is nil, the model is the zero one, or age is not a
// whole number from 0 to 2^24, and with [relmark.ErrLimit] after 2^20 purchases.
func (m BGBB) Simulate(source *rand.Rand, age float64) (Path, error) {
	if err := checkDraw(source, m.alpha > 0, wholePattern(rfm.Pattern{T: age}), age); err != nil {
		return Path{}, err
	}
	buys, drop := beta(source, m.alpha, m.beta), beta(source, m.gamma, m.delta)
	p := Path{Age: age, Alive: true}
	for at := 1.0; at <= age; at++ {
		if p.Alive = source.Float64() >= drop; !p.Alive {
			return p, nil
		}
		if source.Float64() < buys {
			if len(p.Repeats) == maxPath {
				return Path{}, errPath
			}
			p.Repeats = append(p.Repeats, at)
		}
	}
	return p, nil
}

// SimulateTable draws a customer of the same age for every customer of a table, in
// its order: what another base of this kind could look like. A nil table is an
// empty one. It fails as Simulate.
func SimulateTable[M Simulator](source *rand.Rand, m M, ages *rfm.Patterns) (*rfm.Patterns, error) {
	var out rfm.Patterns
	if ages == nil {
		return &out, nil
	}
	for c, n := range ages.All() {
		for range n {
			p, err := m.Simulate(source, c.T)
			if err != nil {
				return nil, err
			}
			if err := out.Add(p.Pattern(), 1); err != nil {
				return nil, fmt.Errorf("clv: %w", err)
			}
		}
	}
	return &out, nil
}

// Simulate draws the mean of x repeat purchases of a customer. It fails with a
// [relmark.FieldError] if source is nil, the model is the zero one, or x is below 1.
func (m GammaGamma) Simulate(source *rand.Rand, x int) (SpendMean, error) {
	if err := checkDraw(source, m.p > 0, true, 0); err != nil {
		return SpendMean{}, err
	}
	if x < 1 {
		return SpendMean{}, invalid("X", x, "must be 1 or more")
	}
	rate := logGamma(source, m.q) - math.Log(m.v)
	total := logGamma(source, m.p*float64(x))
	return SpendMean{x, math.Exp(total-rate) / float64(x)}, nil
}

// Simulate draws how many of the first n renewals a new customer makes; n means all.
// It fails with a [relmark.FieldError] if source is nil, the model is the zero one,
// or n is below 0.
func (m SBG) Simulate(source *rand.Rand, n int) (int, error) {
	if err := checkDraw(source, m.alpha > 0, true, 0); err != nil {
		return 0, err
	}
	if n < 0 {
		return 0, invalid("N", n, "must be 0 or more")
	}
	churn := beta(source, m.alpha, m.beta)
	// The number of renewals before the first churn is geometric.
	stayed := math.Floor(math.Log1p(-source.Float64()) / math.Log1p(-churn))
	if !(stayed < float64(n)) {
		return n, nil
	}
	return int(stayed), nil
}
