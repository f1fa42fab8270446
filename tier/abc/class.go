package abc

import "github.com/relmark/relmark/internal/enum"

// A Class says how much attention a customer deserves.
type Class string

// The classes, best first, as their words sort.
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

// next returns the next lower class of a class, at most C.
func (c Class) next() Class {
	i, _ := classes().Index(c)
	return classAt(i + 1)
}

// A Level is a third of an axis.
type Level string

// The levels, best first.
const (
	High   Level = "high"
	Medium Level = "medium"
	Low    Level = "low"
)

// classAt and levelAt return the words at their positions, the last for all others,
// which is what bulk needs of [enum.Set.At].
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

func levels() enum.Set[Level] { return enum.Of(High, Medium, Low) }
