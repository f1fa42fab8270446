package abc

// A Class says how much attention a customer deserves. The zero Class is none.
type Class uint8

// The classes, best first: a greater Class is a lower one.
const (
	A Class = iota + 1 // key customers
	B                  // customers of potential
	C                  // ordinary customers
)

func (Class) names() []string { return []string{"", "A", "B", "C"} }

// Kind returns what the class stands for: "key", "potential" or "ordinary";
// "invalid" for another Class.
func (c Class) Kind() string {
	switch c {
	case A:
		return "key"
	case B:
		return "potential"
	case C:
		return "ordinary"
	default:
		return nameOf(c)
	}
}

// String returns "A", "B" or "C"; "invalid" for another Class.
func (c Class) String() string { return nameOf(c) }

// MarshalText returns what [Class.String] returns, or an error for another Class.
func (c Class) MarshalText() ([]byte, error) { return appendName(nil, c) }

// UnmarshalText reads the text of a Class; c is unchanged on error.
func (c *Class) UnmarshalText(text []byte) error { return parseName(c, text) }

// A Level is a third of an axis. The zero Level is none.
type Level uint8

// The levels, best first.
const (
	High Level = iota + 1
	Medium
	Low
)

func (Level) names() []string { return []string{"", "H", "M", "L"} }

// String returns "H", "M" or "L"; "invalid" for another Level.
func (l Level) String() string { return nameOf(l) }

// MarshalText returns what [Level.String] returns, or an error for another Level.
func (l Level) MarshalText() ([]byte, error) { return appendName(nil, l) }

// UnmarshalText reads the text of a Level; l is unchanged on error.
func (l *Level) UnmarshalText(text []byte) error { return parseName(l, text) }
