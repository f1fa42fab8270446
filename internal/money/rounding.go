package money

import "math"

// A Rounding says which neighbour an inexact quotient goes to. The zero Rounding
// is [HalfUp]. It is an immutable value; it encodes as its name.
type Rounding uint8

// The rounding modes. An exact quotient is itself in all of them.
const (
	HalfUp   Rounding = iota // the nearer one, ties away from zero: 2.5 → 3, −2.5 → −3
	HalfEven                 // the nearer one, ties to the even one: 2.5 → 2, 3.5 → 4
	HalfDown                 // the nearer one, ties towards zero: 2.5 → 2, −2.5 → −2
	Down                     // towards zero: 2.9 → 2, −2.9 → −2
	Up                       // away from zero: 2.1 → 3, −2.1 → −3
	Floor                    // towards negative infinity: 2.9 → 2, −2.1 → −3
	Ceiling                  // towards positive infinity: 2.1 → 3, −2.9 → −2
)

//nolint:gochecknoglobals // Go has no constant arrays; nobody writes to it.
var roundingNames = [...]string{"half-up", "half-even", "half-down", "down", "up", "floor", "ceiling"}

// Valid reports whether m is one of the modes.
func (m Rounding) Valid() bool { return m <= Ceiling }

// String returns the name of m, such as "half-even"; "invalid" if it has none.
func (m Rounding) String() string {
	if !m.Valid() {
		return "invalid"
	}
	return roundingNames[m]
}

// AppendText appends the name of m. It fails with [ErrRounding] if it has none.
func (m Rounding) AppendText(b []byte) ([]byte, error) {
	if !m.Valid() {
		return b, ErrRounding
	}
	return append(b, roundingNames[m]...), nil
}

// MarshalText returns the name of m. It fails with [ErrRounding] if it has none.
func (m Rounding) MarshalText() ([]byte, error) { return m.AppendText(nil) }

// UnmarshalText reads the name of a mode, in lower case. It fails with
// [ErrRounding], leaving m unchanged, if there is no such mode.
func (m *Rounding) UnmarshalText(text []byte) error {
	for i, name := range roundingNames {
		if name == string(text) {
			*m = Rounding(i)
			return nil
		}
	}
	return ErrRounding
}

// A rest is what a truncated division left over, compared with half a divisor.
type rest uint8

const (
	none rest = iota
	below
	half
	above
	never // greater than any
)

// restOf classifies the remainder r of a division by d, 0 ≤ r < d.
func restOf(r, d uint64) rest {
	left := none
	if r > 0 {
		left++
	}
	if r >= d-r {
		left++
	}
	if r > d-r {
		left++
	}
	return left
}

// away holds the least rest that takes a truncated magnitude away from zero: for
// even and odd ones of positive numbers, then of negative ones.
//
//nolint:gochecknoglobals // Go has no constant arrays; nobody writes to it.
var away = [...][4]rest{
	HalfUp:   {half, half, half, half},
	HalfEven: {above, half, above, half},
	HalfDown: {above, above, above, above},
	Down:     {never, never, never, never},
	Up:       {below, below, below, below},
	Floor:    {never, never, below, below},
	Ceiling:  {below, below, never, never},
}

// round rounds the magnitude q, of which left was cut off, and gives it its sign.
// The mode must be valid.
func (m Rounding) round(negative bool, q uint64, left rest) (int64, error) {
	i := q & 1
	if negative {
		i += 2
	}
	if left >= away[m][i] && q < math.MaxUint64 { // signed refuses that one anyway
		q++
	}
	return signed(negative, q)
}
