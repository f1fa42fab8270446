package queue

import "math"

// An extended is a number held as hi + lo, with lo about a rounding error of hi:
// some 32 digits. It carries what an exponential would magnify: the relative error
// of eˣ is the absolute error of x.
type extended struct{ hi, lo float64 }

// difference returns a − b exactly, for finite a and b of finite difference
// (Knuth's two-sum).
func difference(a, b float64) extended {
	d := a - b
	back := d - a
	return extended{d, (a - (d - back)) - (b + back)}
}

// quotient returns a/b for finite a and b ≠ 0 of finite quotient.
func quotient(a, b float64) extended {
	q := a / b
	return extended{q, math.FMA(-q, b, a) / b}
}

// exp returns e to the power x with the relative error of [math.Exp], whatever the
// size of x.
func (x extended) exp() float64 { return math.Exp(x.hi) * (1 + x.lo) }

// decay returns e to the power −x·t for x.hi > 0 and t ≥ 0, which may be infinite.
func (x extended) decay(t float64) float64 {
	p := float64(x.hi * t) // rounded here, on every platform: see slack
	if p > 750 {           // below the range of float64
		return 0
	}
	return extended{-p, -(math.FMA(x.hi, t, -p) + x.lo*t)}.exp()
}
