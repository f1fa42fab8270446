package special

import "math"

// An Extended is a number held as Hi + Lo, with Lo about a rounding error of Hi:
// some 32 digits. It carries what an exponential would magnify: the relative error
// of eˣ is the absolute error of x. It is an immutable value, safe for concurrent use.
type Extended struct{ Hi, Lo float64 }

// Difference returns a − b exactly, for finite a and b of finite difference
// (Knuth's two-sum).
func Difference(a, b float64) Extended {
	d := a - b
	back := d - a
	return Extended{d, (a - (d - back)) - (b + back)}
}

// Quotient returns a/b for finite a and b ≠ 0 of finite quotient.
func Quotient(a, b float64) Extended {
	q := a / b
	return Extended{q, math.FMA(-q, b, a) / b}
}

// Exp returns e to the power x with the relative error of [math.Exp], whatever the
// size of x.
func (x Extended) Exp() float64 { return math.Exp(x.Hi) * (1 + x.Lo) }

// Decay returns e to the power −x·t for x.Hi ≥ 0 and t ≥ 0, which may be infinite if x
// is not 0.
func (x Extended) Decay(t float64) float64 {
	p := float64(x.Hi * t) // rounded here, on every platform: fused into FMA below it would not be what that corrects
	if p > 750 {           // below the range of float64
		return 0
	}
	return Extended{-p, -(math.FMA(x.Hi, t, -p) + x.Lo*t)}.Exp()
}
