package abc

import (
	"math/big"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/internal/money"
)

// A Curve is how a total value is spread over customers, whoever they are: the
// values in descending order. Lorenz curve, whale curve, Gini coefficient, top
// shares and the sizes of classes are read from it. It is an immutable value, safe
// for concurrent use. Obtain one from [Ranking.Curve] or [Values.Curve]; the zero
// Curve has no customers. Its methods take O(distinct values) time.
type Curve struct {
	opaque

	digits  int
	n       int64
	runs    []run // by value, descending
	total   wide
	gain    wide // sum of the positive values
	winners int64
}

// A run is customers of one value.
type run struct{ units, count int64 }

func (r run) sum() wide { return product(r.units, r.count) }

// add appends a run of a value below all others.
func (c *Curve) add(r run) {
	c.runs = append(c.runs, r)
	c.n += r.count
	c.total = c.total.add(r.sum())
	if r.units > 0 {
		c.gain = c.gain.add(r.sum())
		c.winners += r.count
	}
}

// Customers returns the number of customers.
func (c Curve) Customers() int { return int(c.n) }

// Total returns the sum of all values.
func (c Curve) Total() decimal.Decimal { return decimalOf(c.total, c.digits) }

// signed reports whether any value is negative.
func (c Curve) signed() bool { return len(c.runs) > 0 && c.runs[len(c.runs)-1].units < 0 }

// shared reports whether there is a total to take shares of.
func (c Curve) shared() bool { return c.total.sign() > 0 && !c.signed() }

// Gini returns the Gini coefficient: 0 for equal values, up to
// (n − 1)/n where one customer has everything; false if any value is negative or
// all are 0. It is exact up to one rounding.
func (c Curve) Gini() (float64, bool) {
	if !c.shared() {
		return 0, false
	}
	// Σ(2i − n − 1)·x over ascending x: a run from position p to p + k of the
	// descending order contributes x·k·(n − 2p − k).
	var sum wide
	var position int64
	for _, r := range c.runs {
		sum = sum.add(product(r.units, r.count*(c.n-2*position-r.count)))
		position += r.count
	}
	return ratio(sum.big(), c.times(c.n)), true
}

// times returns n times the total.
func (c Curve) times(n int64) *big.Int {
	all := c.total.big()
	return all.Mul(all, big.NewInt(n))
}

// A Top is the best customers and the share of the total that they hold.
type Top struct {
	Customers int     `json:"customers"`
	Share     float64 `json:"share"` // exceeds 1 where others lose money
}

// Top returns the best percent of the customers, rounded up and at least one of
// them; false if percent is not in (0, 100] or has more than nine fraction digits,
// or if the total is not positive.
func (c Curve) Top(percent decimal.Decimal) (Top, bool) {
	p, err := exact("Percent", percent)
	if err != nil || p.units <= 0 || c.total.sign() <= 0 {
		return Top{}, false
	}
	hundred, _ := money.Rescale(100, 0, p.digits)
	if p.units > hundred {
		return Top{}, false
	}
	k, err := money.MulDiv(c.n, p.units, hundred, money.Ceiling)
	if err != nil {
		return Top{}, false
	}
	return Top{int(k), ratio(c.first(k).big(), c.total.big())}, true
}

// first returns the sum of the first k values.
func (c Curve) first(k int64) wide {
	var sum wide
	for _, r := range c.runs {
		r.count = min(r.count, k)
		sum = sum.add(r.sum())
		if k -= r.count; k == 0 {
			break
		}
	}
	return sum
}

// A Whale sums up the whale curve, the cumulated value along the ranking: it rises
// while customers bring more than they cost, and falls from there on. It is plain data.
type Whale struct {
	Peak      decimal.Decimal `json:"peak"`      // its maximum: what the profitable customers bring, 0 if there are none
	Customers int             `json:"customers"` // how many customers reach it, the fewest that do
	Total     decimal.Decimal `json:"total"`     // where it ends
	Drain     decimal.Decimal `json:"drain"`     // Peak − Total: what the others cost
}

// Whale returns the summary of the whale curve; all is 0 without customers.
func (c Curve) Whale() Whale {
	return Whale{
		Peak:      decimalOf(c.gain, c.digits),
		Customers: int(c.winners),
		Total:     c.Total(),
		Drain:     decimalOf(c.gain.sub(c.total), c.digits),
	}
}

// Ratio returns Peak / Total, 1 where nobody loses money; false unless Total is
// positive.
func (w Whale) Ratio() (float64, bool) {
	if w.Total.Sign() <= 0 {
		return 0, false
	}
	v, _ := new(big.Rat).Quo(w.Peak.Rat(), w.Total.Rat()).Float64()
	return v, true
}

// A Point of the Lorenz curve: this share of the customers, from the least
// valuable on, holds this share of the value.
type Point struct {
	Customers float64 `json:"customers"`
	Value     float64 `json:"value"`
}

const maxPoints = 10_000 // of a curve that is drawn

// Lorenz returns the Lorenz curve at 0, 1/n, … n/n of the customers, with straight
// lines between one customer and the next: n + 1 points from (0, 0) to (1, 1). It
// returns nil unless n is 1 to 10 000, and where [Curve.Gini] is undefined.
func (c Curve) Lorenz(n int) []Point {
	if n < 1 || n > maxPoints || !c.shared() {
		return nil
	}
	points := make([]Point, n+1)
	whole := c.times(int64(n)) // every sum below is n times what it stands for
	i, at := len(c.runs)-1, int64(0)
	var below wide
	for k := range points {
		target := int64(k) * c.n // n times the customers up to the point
		for i > 0 && (at+c.runs[i].count)*int64(n) <= target {
			below, at, i = below.add(c.runs[i].sum()), at+c.runs[i].count, i-1
		}
		sum := below.big()
		sum.Mul(sum, big.NewInt(int64(n)))
		sum.Add(sum, product(c.runs[i].units, target-at*int64(n)).big())
		points[k] = Point{float64(k) / float64(n), ratio(sum, whole)}
	}
	return points
}

// A Step of the whale curve: the first Customers of the ranking bring Value.
type Step struct {
	Customers int             `json:"customers"`
	Value     decimal.Decimal `json:"value"`
}

// Steps returns the whale curve after 0, 1/n, … n/n of the customers, rounded down
// to whole customers: n + 1 exact steps from (0, 0) to the total. It returns nil
// unless n is 1 to 10 000.
func (c Curve) Steps(n int) []Step {
	if n < 1 || n > maxPoints {
		return nil
	}
	steps := make([]Step, n+1)
	i, at := 0, int64(0)
	var sum wide
	for k := range steps {
		target := c.n * int64(k) / int64(n)
		for i < len(c.runs) && at+c.runs[i].count <= target {
			sum, at, i = sum.add(c.runs[i].sum()), at+c.runs[i].count, i+1
		}
		value := sum
		if at < target {
			value = sum.add(product(c.runs[i].units, target-at))
		}
		steps[k] = Step{int(target), decimalOf(value, c.digits)}
	}
	return steps
}
