package abc

import "github.com/relmark/relmark/internal/enum"

// A Class says how much attention a customer deserves. In the order of their words
// the best comes first. The zero Class is none.
type Class string

// The classes, best first.
const (
	A Class = "a" // key customers
	B Class = "b" // customers of potential
	C Class = "c" // ordinary customers
)

func classes() enum.Set[Class] { return enum.Of(A, B, C) }

// Kind returns what the class stands for: "key", "potential" or "ordinary"; "" for
// another Class.
func (c Class) Kind() string {
	switch c {
	case A:
		return "key"
	case B:
		return "potential"
	case C:
		return "ordinary"
	default:
		return ""
	}
}

// A Level is a third of an axis. The zero Level is none.
type Level string

// The levels, best first.
const (
	High   Level = "high"
	Medium Level = "medium"
	Low    Level = "low"
)

func levels() enum.Set[Level] { return enum.Of(High, Medium, Low) }

// place returns the positions of a class and two levels, from the best; false if one
// of them is none.
func place(value Class, loyalty, potential Level) (v, l, p int, ok bool) {
	v, okValue := classes().Index(value)
	l, okLoyalty := levels().Index(loyalty)
	p, okPotential := levels().Index(potential)
	return v, l, p, okValue && okLoyalty && okPotential
}

// classAt returns the class at a position, from the best, the last for all others.
func classAt(i int) Class {
	switch i {
	case 0:
		return A
	case 1:
		return B
	default:
		return C
	}
}

// levelAt returns the level at a position, from the best, the last for all others.
func levelAt(i int) Level {
	switch i {
	case 0:
		return High
	case 1:
		return Medium
	default:
		return Low
	}
}
