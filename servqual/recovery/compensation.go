package recovery

import (
	"math"
	"math/big"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

const (
	shareDigits         = 9
	exponentDigits      = 6
	maxFullFrequency    = 10_000
	maxPrice            = 1_000_000_000_000 // minor units
	compensationVersion = 1
	mostExact           = 128 // exponent of a power in whole numbers
)

// Compensation is a policy of what a failure is worth to the customer, as a share of what was
// paid:
//
//	x = severity · responsibility · min(1, failures/FullFrequency)
//	due = price · Cap · x^Exponent, ⌊price·Cap⌋ at most
//
// It is plain data. Store it with [Compensation.MarshalJSON].
type Compensation struct {
	Exponent      decimal.Decimal // above 0, 1 at most: 1 is in proportion, less pays small failures better; 6 fraction digits at most
	Cap           decimal.Decimal // share of the price that the worst failure is worth; 0 to 1.5, 6 fraction digits at most
	FullFrequency int             // failures in a row from which x is not reduced; 1 to 10,000
	Digits        int             // fraction digits of the currency, 0 to 9
}

// Validate reports every rule that c breaks, joined into one error.
func (c Compensation) Validate() error {
	var l fault.List
	exponent, err := money.Minor(c.Exponent, exponentDigits)
	l.Check(err == nil && exponent > 0 && exponent <= 1_000_000, "Exponent", nil, "must be above 0 and at most 1, with 6 fraction digits at most")
	most, err := money.Minor(c.Cap, exponentDigits)
	l.Check(err == nil && most >= 0 && most <= 1_500_000, "Cap", nil, "must be 0 to 1.5, with 6 fraction digits at most")
	l.Check(c.FullFrequency >= 1 && c.FullFrequency <= maxFullFrequency, "FullFrequency", c.FullFrequency, "must be 1 to 10,000")
	l.Check(c.Digits >= 0 && c.Digits <= 9, "Digits", c.Digits, "must be 0 to 9")
	return l.Err(room)
}

type compensationJSON struct {
	V             int         `json:"v"`
	Exponent      money.Plain `json:"exponent"`
	Cap           money.Plain `json:"cap"`
	FullFrequency int         `json:"full_frequency"`
	Digits        int         `json:"digits"`
}

// MarshalJSON encodes a valid policy in one canonical form,
//
//	{"v":1,"exponent":"0.5","cap":"1.5","full_frequency":3,"digits":2}
func (c Compensation) MarshalJSON() ([]byte, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	data, err := canon.Marshal(compensationJSON{compensationVersion, money.Plain(c.Exponent), money.Plain(c.Cap), c.FullFrequency, c.Digits})
	return data, fault.Room(room, err)
}

// UnmarshalJSON decodes a policy of any version that [Compensation.MarshalJSON] has ever
// written. An unknown version is [relmark.ErrUnsupported]; c stays as it is on error.
func (c *Compensation) UnmarshalJSON(data []byte) error {
	var in compensationJSON
	if err := codec.JSON(data, compensationVersion, &in); err != nil {
		return fault.Decode(room, "compensation", err)
	}
	out := Compensation{decimal.Decimal(in.Exponent), decimal.Decimal(in.Cap), in.FullFrequency, in.Digits}
	if err := out.Validate(); err != nil {
		return err
	}
	*c = out
	return nil
}

// A Failure is what went wrong for one customer. It is plain data.
type Failure struct {
	Severity       decimal.Decimal `json:"severity"`       // 0 to 1, 9 fraction digits at most
	Responsibility decimal.Decimal `json:"responsibility"` // our part in it, 0 to 1, 9 fraction digits at most; 0 is due nothing
	Failures       int             `json:"failures"`       // in a row with this one, 1 or more
	Price          decimal.Decimal `json:"price"`          // what was paid, 0 to 10^12 whole minor units
	AlreadyGiven   decimal.Decimal `json:"already_given"`  // 0 or more, whole minor units
}

// An Award is what a failure is worth. It is plain data.
type Award struct {
	X   float64         `json:"x"`   // how bad it is, 0 to 1
	Due decimal.Decimal `json:"due"` // in whole minor units, ties rounded away from zero
	Pay decimal.Decimal `json:"pay"` // Due less what was already given, 0 or more
}

// A worth is a failure in whole numbers.
type worth struct {
	severity, responsibility int64 // 10^-9
	failures, full           int64
	price, given             int64 // minor units
	exponent, most           int64 // 10^-6
}

// Due returns what a failure is worth, exactly: it is rounded once, half away from zero,
// also where the power is irrational. It fails as [Compensation.Validate] does, and with a
// [relmark.FieldError] for a failure that is not as [Failure] says.
func (c Compensation) Due(f Failure) (Award, error) {
	w, err := c.worth(f)
	if err != nil {
		return Award{}, err
	}
	out := Award{X: w.x()}
	due := w.due()
	out.Due = money.Decimal(due, c.Digits)
	out.Pay = money.Decimal(max(due-w.given, 0), c.Digits)
	return out, nil
}

// worth brings a policy and a failure to whole numbers.
func (c Compensation) worth(f Failure) (worth, error) {
	var l fault.List
	l.Join("", c.Validate())
	share := func(field string, d decimal.Decimal) int64 {
		m, err := money.Minor(d, shareDigits)
		l.Check(err == nil && m >= 0 && m <= 1_000_000_000, field, nil, "must be 0 to 1, with 9 fraction digits at most")
		return m
	}
	w := worth{severity: share("Severity", f.Severity), responsibility: share("Responsibility", f.Responsibility)}
	l.Check(f.Failures >= 1, "Failures", f.Failures, "must be 1 or more")
	w.full = int64(c.FullFrequency)
	w.failures = min(int64(f.Failures), w.full)
	var ok bool
	w.price, ok = money.Amount(f.Price, c.Digits)
	l.Check(ok && w.price <= maxPrice, "Price", nil, "must be 0 or more, whole minor units, at most 10^12 of them")
	w.given, ok = money.Amount(f.AlreadyGiven, c.Digits)
	l.Check(ok, "AlreadyGiven", nil, money.AmountRule)
	w.exponent, _ = money.Minor(c.Exponent, exponentDigits)
	w.most, _ = money.Minor(c.Cap, exponentDigits)
	return w, l.Err(room)
}

// x returns how bad it is, within some units of the last place.
func (w worth) x() float64 {
	return float64(w.severity) * float64(w.responsibility) * float64(w.failures) / (1e18 * float64(w.full))
}

// due returns the amount: that of floats where they are sure of the rounding, and else that
// of an exact comparison with the half between two amounts.
func (w worth) due() int64 {
	most, _ := money.MulDiv(w.price, w.most, 1_000_000, money.Floor)
	x := w.x()
	if x == 0 || most == 0 {
		return 0
	}
	y := float64(w.price) * float64(w.most) / 1e6 * math.Pow(x, float64(w.exponent)/1e6)
	due := int64(math.Floor(y))
	switch off := y - math.Floor(y) - 0.5; {
	case math.Abs(off) > 0.01:
		if off > 0 {
			due++
		}
	case w.reaches(2*due + 1):
		due++
	}
	return min(due, most)
}

// reaches reports whether the amount is at least half of odd: whether, with the exponent
// p/q in lowest terms and the price times the cap A,
//
//	(2A/odd)^q · x^p ≥ 1
//
// Both are equal only if x is a q-th power, and then q is below the bits of its denominator;
// they are compared in whole numbers for such q, and else in floats of so many bits that only
// equal ones could look alike.
func (w worth) reaches(odd int64) bool {
	g := money.GCD(w.exponent, 1_000_000)
	p, q := w.exponent/g, 1_000_000/g
	ratio := big.NewRat(w.price, 1)
	ratio.Mul(ratio, big.NewRat(2*w.most, 1_000_000))
	ratio.Quo(ratio, big.NewRat(odd, 1))
	x := big.NewRat(w.severity, 1_000_000_000)
	x.Mul(x, big.NewRat(w.responsibility, 1_000_000_000))
	x.Mul(x, big.NewRat(w.failures, w.full))
	if q <= mostExact {
		up := new(big.Int).Mul(power(ratio.Num(), q), power(x.Num(), p))
		down := new(big.Int).Mul(power(ratio.Denom(), q), power(x.Denom(), p))
		return up.Cmp(down) >= 0
	}
	product := floatPower(ratio, q)
	return product.Mul(product, floatPower(x, p)).Cmp(big.NewFloat(1)) >= 0
}

func power(x *big.Int, n int64) *big.Int { return new(big.Int).Exp(x, big.NewInt(n), nil) }

// floatPower returns x^n to about 980 bits.
func floatPower(x *big.Rat, n int64) *big.Float {
	const bits = 1024
	square := new(big.Float).SetPrec(bits).SetRat(x)
	out := new(big.Float).SetPrec(bits).SetInt64(1)
	for ; n > 0; n >>= 1 {
		if n&1 == 1 {
			out.Mul(out, square)
		}
		square.Mul(square, square)
	}
	return out
}
