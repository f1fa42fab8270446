package earning

import (
	"math/big"

	"github.com/relmark/relmark/internal/money"
)

// An exact is a fraction without rounding: of int64 as long as that holds it, which it
// does for all but monstrous orders, and of big integers beyond. The zero exact is 0.
type exact struct {
	num, den int64    // den > 0, or both 0
	big      *big.Rat // instead, if not nil; never changed
}

// fraction returns a·b/den, where den > 0.
func fraction(a, b, den int64) exact {
	num, ok := money.Mul(a, b)
	if !ok {
		return rat(new(big.Rat).SetFrac(new(big.Int).Mul(big.NewInt(a), big.NewInt(b)), big.NewInt(den)))
	}
	return exact{num: num, den: den}
}

// rat returns a fraction that may fit in int64 again.
func rat(r *big.Rat) exact {
	if r.Num().IsInt64() && r.Denom().IsInt64() {
		return exact{num: r.Num().Int64(), den: r.Denom().Int64()}
	}
	return exact{big: r}
}

// rat returns the fraction as a big one, which is not to be changed.
func (x exact) rat() *big.Rat {
	if x.big != nil {
		return x.big
	}
	return big.NewRat(x.num, max(x.den, 1))
}

// sign returns -1, 0 or 1.
func (x exact) sign() int {
	switch {
	case x.big != nil:
		return x.big.Sign()
	case x.num < 0:
		return -1
	case x.num > 0:
		return 1
	}
	return 0
}

// plus returns x + y.
func (x exact) plus(y exact) exact {
	switch {
	case x.den == 0 && x.big == nil:
		return y
	case y.den == 0 && y.big == nil:
		return x
	case x.big == nil && y.big == nil && x.den == y.den:
		if sum, ok := money.Add(x.num, y.num); ok {
			return exact{num: sum, den: x.den}
		}
	case x.big == nil && y.big == nil:
		if sum, ok := x.unlike(y); ok {
			return sum
		}
	}
	return rat(new(big.Rat).Add(x.rat(), y.rat()))
}

// unlike adds fractions with different denominators; false if int64 cannot.
func (x exact) unlike(y exact) (exact, bool) {
	g := money.GCD(x.den, y.den)
	a, okA := money.Mul(x.num, y.den/g)
	b, okB := money.Mul(y.num, x.den/g)
	den, okDen := money.Mul(x.den, y.den/g)
	num, okNum := money.Add(a, b)
	return exact{num: num, den: den}, okA && okB && okDen && okNum
}

// times returns x·num/den, where den > 0.
func (x exact) times(num, den int64) exact {
	if x.big == nil {
		if x.den == 0 || num == den {
			return x
		}
		for range 2 {
			n, okNum := money.Mul(x.num, num)
			d, okDen := money.Mul(x.den, den)
			if okNum && okDen {
				return exact{num: n, den: d}
			}
			g, h := money.GCD(x.num, den), money.GCD(num, x.den)
			x.num, den, num, x.den = x.num/g, den/g, num/h, x.den/h
		}
	}
	return rat(new(big.Rat).Mul(x.rat(), big.NewRat(num, den)))
}

// over returns x / y, where y is positive.
func (x exact) over(y exact) exact {
	if x.big == nil && y.big == nil {
		return x.times(y.den, y.num)
	}
	return rat(new(big.Rat).Quo(x.rat(), y.rat()))
}

// product returns x · y.
func (x exact) product(y exact) exact {
	if y.big == nil {
		return x.times(y.num, max(y.den, 1))
	}
	return rat(new(big.Rat).Mul(x.rat(), y.big))
}

// down returns x, which must not be negative, without what is beyond a whole number.
func (x exact) down() exact {
	switch {
	case x.big != nil:
		return rat(new(big.Rat).SetInt(new(big.Int).Quo(x.big.Num(), x.big.Denom())))
	case x.den == 0:
		return x
	}
	return exact{num: x.num / x.den, den: 1}
}

// round returns x, which must not be negative, as a whole number; false if it exceeds
// 2^53-1.
func (x exact) round(mode money.Rounding) (int64, bool) {
	if x.big == nil {
		den := max(x.den, 1)
		if n := x.num / den; mode == money.Floor || n*den == x.num {
			return n, n <= maxPoints
		}
		n, err := money.MulDiv(x.num, 1, den, mode)
		return n, err == nil && n <= maxPoints
	}
	q, r := new(big.Int).QuoRem(x.big.Num(), x.big.Denom(), new(big.Int))
	if !q.IsInt64() || q.Int64() > maxPoints {
		return 0, false
	}
	// What is cut off, as one of three numbers of quarters, rounds as itself.
	rest := int64(2 + r.Lsh(r, 1).Cmp(x.big.Denom()))
	if r.Sign() == 0 {
		rest = 0
	}
	n, err := money.MulDiv(4*q.Int64()+rest, 1, 4, mode)
	return n, err == nil && n <= maxPoints
}

// lowest returns the fraction in lowest terms, 0 and 0 if int64 does not hold it.
func (x exact) lowest() (num, den int64) {
	if x.big != nil {
		return 0, 0
	}
	g := money.GCD(x.num, max(x.den, 1))
	return x.num / g, max(x.den, 1) / g
}
