package room

import (
	"errors"
	"fmt"
	"time"
)

// A Model encodes as {}.
type Model struct{ slope float64 } // want loss "encodes as {}"

// At uses the slope.
func (m Model) At(x float64) float64 { return m.slope * x }

// A Half loses a part.
type Half struct { // want loss "loses hidden"
	Shown  int `json:"shown"`
	hidden int
}

// Both uses what is hidden.
func (h Half) Both() int { return h.Shown + h.hidden }

// A Policy has a zone, which encodes as {}.
type Policy struct { // want loss "Zone (*time.Location) encodes as {}" // want probe "Zone was Europe/Berlin"
	Zone *time.Location `json:"zone"`
}

// A Body is one of several things.
type Body interface{ kind() string }

// An Opened is a body.
type Opened struct {
	A int `json:"a"`
}

func (*Opened) kind() string { return "opened" }

// An Event has a body, which cannot be read.
type Event struct { // want loss "cannot be read" // want probe "does not read"
	Body Body `json:"body"`
}

// A Skipped leaves a field out.
type Skipped struct { // want loss "loses Left" // want probe "does not come back equal"
	Kept int `json:"kept"`
	Left int `json:"-"`
}

// A List has models in a list.
type List struct { // want loss "Models ([]room.Model) encodes as {}"
	Models []Model `json:"models"`
}

// A Tree contains itself.
type Tree struct {
	Left  *Tree `json:"left"`
	Right *Tree `json:"right"`
}

// A Refused says so.
type Refused struct{ slope float64 }

func (r Refused) MarshalJSON() ([]byte, error) {
	return nil, fmt.Errorf("%v: %w", r.slope, errors.ErrUnsupported)
}
func (*Refused) UnmarshalJSON([]byte) error { return errors.ErrUnsupported }

// A Holder has one that says so, and so it loses nothing.
type Holder struct {
	Model  Refused
	hidden int
}

// Hidden uses what is hidden.
func (h Holder) Hidden() int { return h.hidden }

// An Accumulator has a binary encoding only.
type Accumulator struct{ n byte } // want loss "encodes as {}"

// MarshalBinary has a check.
func (a Accumulator) MarshalBinary() ([]byte, error) { return []byte{a.n, ^a.n}, nil }

// UnmarshalBinary looks at the check.
func (a *Accumulator) UnmarshalBinary(data []byte) error {
	if len(data) != 2 || data[0] != ^data[1] {
		return errors.ErrUnsupported
	}
	a.n = data[0]
	return nil
}
