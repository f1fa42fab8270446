package social

import (
	"math"
	"math/big"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

// CreditPolicy says what contributions to a community earn. It is plain data.
type CreditPolicy struct {
	Base  decimal.Decimal // b, points of the first contribution, 0 to 10^9, with 9 fraction digits at most
	Ratio decimal.Decimal // r, by which each further one in the window earns less; 0 or more and below 1, likewise
	// Window is how long a contribution makes those after it earn less, elapsed time, > 0:
	// at t it counts those in (t - Window, t], so one that was made exactly a window ago is
	// out.
	Window time.Duration
}

type creditJSON struct {
	V      int         `json:"v"`
	Base   money.Plain `json:"base"`
	Ratio  money.Plain `json:"ratio"`
	Window string      `json:"window"`
}

// Validate reports every rule that p breaks, in one error.
func (p CreditPolicy) Validate() error {
	var f fault.List
	base, err := money.Minor(p.Base, qualityDigits)
	f.Check(err == nil && base >= 0 && base <= 1e18, "Base", nil, "must be 0 to 10^9, with 9 fraction digits at most")
	ratio, err := money.Minor(p.Ratio, qualityDigits)
	f.Check(err == nil && ratio >= 0 && ratio < 1e9, "Ratio", nil, "must be 0 or more and below 1, with 9 fraction digits at most")
	f.Check(p.Window > 0, "Window", p.Window, "must be above 0")
	return f.Err(room)
}

// MarshalJSON encodes a valid policy: {"v":1,"base":"100","ratio":"0.5","window":"720h0m0s"}.
func (p CreditPolicy) MarshalJSON() ([]byte, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	return encode(creditJSON{version, money.Plain(p.Base), money.Plain(p.Ratio), p.Window.String()})
}

// UnmarshalJSON decodes and validates a policy of any version so far. It leaves p
// unchanged on error.
func (p *CreditPolicy) UnmarshalJSON(data []byte) error {
	var in creditJSON
	if err := decode("credit policy", data, &in); err != nil {
		return err
	}
	window, err := time.ParseDuration(in.Window)
	if err != nil {
		return invalid("Window", "must be a duration, such as 720h0m0s")
	}
	out := CreditPolicy{decimal.Decimal(in.Base), decimal.Decimal(in.Ratio), window}
	if err := out.Validate(); err != nil {
		return err
	}
	*p = out
	return nil
}

// A Credit is what one contribution earned. It is plain data.
type Credit struct {
	ID         string     `json:"id"`
	At         time.Time  `json:"at"`
	K          int        `json:"k"`           // 1 for the first in its window, 2 for the second, …
	Points     int64      `json:"points"`      // ⌊b·r^(K-1)·quality⌋
	ReversedAt *time.Time `json:"reversed_at"` // when it was taken back in whole; nil: it was not
}

// A CreditStatement is what the contributions of a member have come to. It is plain data.
type CreditStatement struct {
	Credits  []Credit `json:"credits"`  // in order of time and ID
	Granted  int64    `json:"granted"`  // all of them
	Reversed int64    `json:"reversed"` // those that were taken back
	Balance  int64    `json:"balance"`  // Granted - Reversed
}

// Statement says what the accepted activities of a member have earned up to asOf, whatever
// their kind; a host that credits some kinds only keeps a log of those. In order of time,
// and of ID where times are equal, the k-th in its rolling window earns
//
//	⌊b · r^(k-1) · quality⌋
//
// points, exactly, so that no window earns more than b/(1-r). What is removed gives back
// just what it earned, once, and still counts in the k of others: else removing and posting
// again would farm credit. It fails if p is not valid or asOf is not set, and with
// [relmark.ErrLimit] if all together exceeds 2^53-1 points. It takes time n log n.
func (p CreditPolicy) Statement(a *Activities, asOf time.Time) (CreditStatement, error) {
	if a == nil {
		return CreditStatement{}, errNil("Activities")
	}
	if err := p.Validate(); err != nil {
		return CreditStatement{}, err
	}
	if !canon.IsActivity(asOf) {
		return CreditStatement{}, invalid("AsOf", "must be set, in years 1700 to 2150")
	}
	c := newCrediting(p)
	s := CreditStatement{Credits: []Credit{}}
	all := a.sorted(asOf.UnixNano())
	first, k := 0, 0
	for i := range all {
		x := &all[i]
		if !x.accepted {
			continue
		}
		for k++; !c.holds(all[first].at, x.at) || !all[first].accepted; first++ {
			if all[first].accepted {
				k--
			}
		}
		credit := Credit{ID: x.id, At: time.Unix(0, x.at).UTC(), K: k, Points: c.points(k, x.quality)}
		s.Granted += credit.Points
		if at := x.removal(asOf.UnixNano()); !at.IsZero() {
			credit.ReversedAt = &at
			s.Reversed += credit.Points
		}
		if s.Granted > money.MaxExact {
			return CreditStatement{}, errTooMuch()
		}
		s.Credits = append(s.Credits, credit)
	}
	s.Balance = s.Granted - s.Reversed
	return s, nil
}

// crediting computes credits.
type crediting struct {
	window      uint64
	base, ratio int64 // in units of 10^-9
	logRatio    float64
}

func newCrediting(p CreditPolicy) crediting {
	base, _ := money.Minor(p.Base, qualityDigits)
	ratio, _ := money.Minor(p.Ratio, qualityDigits)
	return crediting{uint64(p.Window), base, ratio, math.Log(float64(ratio) / 1e9)}
}

// holds reports whether what was done at an instant lies in the window at another.
func (c *crediting) holds(then, at int64) bool { return uint64(at-then) < c.window }

// points returns ⌊b·r^(k-1)·q⌋. A float decides where it is far enough from the next whole
// number: its error is below 1e-16·(k+100) of its size. Otherwise a longer one does, and
// whole numbers where the product may be whole itself.
func (c *crediting) points(k int, quality int64) int64 {
	if c.base == 0 || quality == 0 || c.ratio == 0 && k > 1 {
		return 0
	}
	x := float64(c.base) / 1e9 * float64(quality) / 1e9
	if k > 1 {
		x *= math.Exp(c.logRatio * float64(k-1))
	}
	slack := 1e-9 * max(x, 1)
	if x < 0.5 {
		return 0
	}
	if k <= 1e6 {
		if low, high := math.Floor(x-slack), math.Floor(x+slack); low == high {
			return int64(low)
		}
	}
	if k > mostWhole {
		if n, sure := c.long(k, quality); sure {
			return n
		}
	}
	return c.exact(k, quality)
}

// mostWhole is the last k whose product can be whole: with the ratio p/q in lowest terms,
// q^(k-1) must divide b·quality in units of 10^-18, which are at most 10^27, below 2^90.
const mostWhole = 91

// long computes a credit in floats of 256 bits, in log k multiplications; false if that is
// not sure of the whole number, which is within 2^-150 of the product then.
func (c *crediting) long(k int, quality int64) (n int64, sure bool) {
	number := func() *big.Float { return new(big.Float).SetPrec(256) }
	square, x := number().SetInt64(c.ratio), number().SetInt64(c.base)
	square.Quo(square, number().SetInt64(1e9))
	x.Mul(x, number().SetInt64(quality)).Quo(x, number().SetInt64(1e18))
	for left := k - 1; left > 0; left >>= 1 {
		if left&1 == 1 {
			x.Mul(x, square)
		}
		square.Mul(square, square)
	}
	slack := number().SetMantExp(big.NewFloat(1), -150)
	low, _ := number().Sub(x, slack).Int64()
	high, _ := number().Add(x, slack).Int64()
	return low, low == high
}

// exact computes a credit in whole numbers.
func (c *crediting) exact(k int, quality int64) int64 {
	num := new(big.Int).Exp(big.NewInt(c.ratio), big.NewInt(int64(k-1)), nil)
	num.Mul(num, big.NewInt(c.base))
	num.Mul(num, big.NewInt(quality))
	den := new(big.Int).Exp(big.NewInt(10), big.NewInt(9*int64(k+1)), nil)
	return num.Quo(num, den).Int64()
}
