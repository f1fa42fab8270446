package money

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
)

// restOf classifies the remainder r of a division by d, 0 ≤ r < d.
func restOf(r, d uint64) rest {
	switch {
	case r == 0:
		return none
	case r < d-r:
		return below
	case r == d-r:
		return half
	}
	return above
}

// away reports whether a magnitude that was truncated to q goes up by one.
func (m Rounding) away(negative bool, q uint64, left rest) bool {
	switch m {
	case HalfUp:
		return left >= half
	case HalfEven:
		return left == above || left == half && q&1 == 1
	case HalfDown:
		return left == above
	case Up:
		return left != none
	case Floor:
		return left != none && negative
	case Ceiling:
		return left != none && !negative
	default:
		return false
	}
}

// round rounds the magnitude q, of which left was cut off, and gives it its sign.
func (m Rounding) round(negative bool, q uint64, left rest) (int64, error) {
	if q <= 1<<63 && m.away(negative, q, left) {
		q++
	}
	return signed(negative, q)
}
