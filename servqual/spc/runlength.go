package spc

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/integrate/quad"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
)

// Integral equations are solved on twice as many nodes until the answer stands.
const (
	firstNodes = 40
	lastNodes  = 640
	settled    = 1e-8 // relative
)

// RunLength returns the average run length (ARL): how many points the chart takes on
// average from its centre to a signal when the mean has moved by shift σ; for no
// shift, to a false alarm. Limits are those of a chart that has run for long. It fails
// with a [relmark.FieldError] for parameters that are not valid or a shift beyond
// 10 σ, and with [relmark.ErrNoConverge] where the equation does not settle, with the
// last answer: so do run lengths past 1e8, of which no more digits can be had. It takes
// some milliseconds.
func (e EWMA) RunLength(shift float64) (float64, error) {
	if err := checkShift(e.Validate(), shift); err != nil {
		return 0, err
	}
	if e.Lambda == 1 {
		return 1 / (upper(e.L-shift) + upper(e.L+shift)), nil
	}
	edge := e.L * math.Sqrt(e.Lambda/(2-e.Lambda))
	return settle(-edge, edge, func(from, to float64) float64 {
		return normalDensity((to-(1-e.Lambda)*from)/e.Lambda-shift) / e.Lambda
	}, nil)
}

// RunLength returns the average run length of both sums together, as
// [EWMA.RunLength] does for its chart. A sum that signals less than once in 1e8 times
// of the other counts as one that never does, where it cannot be told from that.
func (c CUSUM) RunLength(shift float64) (float64, error) {
	upper, err := c.UpperRunLength(shift)
	lower, second := c.UpperRunLength(-shift)
	if err != nil && second == nil && upper*settled > lower {
		return lower, nil
	}
	if second != nil && err == nil && lower*settled > upper {
		return upper, nil
	}
	if err == nil {
		err = second
	}
	return 1 / (1/upper + 1/lower), err
}

// UpperRunLength returns the average run length of the upper sum alone, of a chart
// that looks for one direction. It fails as [EWMA.RunLength] does.
func (c CUSUM) UpperRunLength(shift float64) (float64, error) {
	if err := checkShift(c.Validate(), shift); err != nil {
		return 0, err
	}
	return settle(0, c.H, func(from, to float64) float64 { return normalDensity(to - from + c.K - shift) },
		func(from float64) float64 { return upper(from + shift - c.K) })
}

func checkShift(err error, shift float64) error {
	if err != nil {
		return err
	}
	var l fault.List
	l.Between("Shift", shift, -10, 10)
	return l.Err("spc")
}

func normalDensity(z float64) float64 { return math.Exp(-z*z/2) / math.Sqrt(2*math.Pi) }

// settle solves the equation of run lengths from a state u between two edges,
//
//	A(u) = 1 + A(rest)·atom(u) + ∫ A(x)·density(u, x) dx
//
// at u = 0, where rest is the state 0 into which an atom of probability falls, if
// there is one.
func settle(low, high float64, density func(from, to float64) float64, atom func(from float64) float64) (float64, error) {
	last := math.NaN()
	for n := firstNodes; n <= lastNodes; n *= 2 {
		arl, err := nystrom(n, low, high, density, atom)
		if err != nil {
			return arl, err
		}
		if math.Abs(arl-last) <= settled*arl {
			return arl, nil
		}
		last = arl
	}
	return last, fmt.Errorf("spc: run length near %.3g: %w", last, relmark.ErrNoConverge)
}

// nystrom solves the equation on n nodes of Gauss–Legendre and one at rest.
func nystrom(n int, low, high float64, density func(from, to float64) float64, atom func(from float64) float64) (float64, error) {
	x, w := make([]float64, n), make([]float64, n)
	quad.Legendre{}.FixedLocations(x, w, low, high)
	x, w = append(x, 0), append(w, 0) // the state of rest has no width
	a, one := mat.NewDense(n+1, n+1, nil), mat.NewVecDense(n+1, nil)
	for i, from := range x {
		for j, to := range x {
			a.Set(i, j, -w[j]*density(from, to))
		}
		if atom != nil {
			a.Set(i, n, a.At(i, n)-atom(from))
		}
		a.Set(i, i, a.At(i, i)+1)
		one.SetVec(i, 1)
	}
	var arl mat.VecDense
	if err := arl.SolveVec(a, one); err != nil || !(arl.AtVec(n) >= 1) || math.IsInf(arl.AtVec(n), 0) {
		return math.Inf(1), errRare()
	}
	return arl.AtVec(n), nil
}

// A PoissonCUSUM describes an upper cumulative sum of counts: S = max(0, S + M·x − K),
// which signals above H. Whole numbers make it exact. It is plain data.
type PoissonCUSUM struct {
	K int `json:"k"` // allowance, 1 to 10,000
	H int `json:"h"` // decision limit, 1 to 1,000
	M int `json:"m"` // factor of the counts, 1 to 1,000
}

// RunLength returns the average run length from a sum of 0 for Poisson counts of a
// mean, above 0 and at most 10,000. It fails with a [relmark.FieldError] for other
// parameters or means, and with [relmark.ErrNoConverge] where a signal is too rare to
// be told from none. It takes time in proportion to H³.
func (c PoissonCUSUM) RunLength(mean float64) (float64, error) {
	var l fault.List
	l.Check(c.K >= 1 && c.K <= 10_000, "K", c.K, "must be 1 to 10000")
	l.Check(c.H >= 1 && c.H <= 1_000, "H", c.H, "must be 1 to 1000")
	l.Check(c.M >= 1 && c.M <= 1_000, "M", c.M, "must be 1 to 1000")
	l.Check(mean > 0 && mean <= 10_000, "Mean", mean, "must be > 0 and at most 10000")
	if err := l.Err("spc"); err != nil {
		return 0, err
	}
	counts := distuv.Poisson{Lambda: mean}
	chain := mat.NewDense(c.H+1, c.H+1, nil)
	for from := range c.H + 1 {
		for to := range c.H + 1 {
			chain.Set(from, to, c.step(counts, from, to))
		}
	}
	return absorbed(chain)
}

// step returns the probability that the sum goes from one state to another.
func (c PoissonCUSUM) step(counts distuv.Poisson, from, to int) float64 {
	rise := to - from + c.K // M times the count
	if to == 0 {
		if rise < 0 {
			return 0
		}
		return counts.CDF(float64(rise / c.M))
	}
	if rise < 0 || rise%c.M != 0 {
		return 0
	}
	return counts.Prob(float64(rise / c.M))
}

// absorbed returns the mean number of steps that a chain takes from its first state
// until it leaves all of them.
func absorbed(chain *mat.Dense) (float64, error) {
	n, _ := chain.Dims()
	one := mat.NewVecDense(n, nil)
	for i := range n {
		for j := range n {
			chain.Set(i, j, -chain.At(i, j))
		}
		chain.Set(i, i, chain.At(i, i)+1)
		one.SetVec(i, 1)
	}
	var steps mat.VecDense
	if err := steps.SolveVec(chain, one); err != nil || !(steps.AtVec(0) >= 1) || math.IsInf(steps.AtVec(0), 0) {
		return math.Inf(1), errRare()
	}
	return steps.AtVec(0), nil
}

// errRare answers chains that never seem to signal: the best that can be said of
// their run length is that it is beyond all that can be told.
func errRare() error {
	return fmt.Errorf("spc: run length beyond what can be told: %w", relmark.ErrNoConverge)
}

// upper returns the probability of a standard normal value above z.
func upper(z float64) float64 { return math.Erfc(z/math.Sqrt2) / 2 }
