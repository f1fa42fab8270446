// Package room breaks every rule.
package room

// A Depth is a closed set of integers.
type Depth uint8 // want set "closed set of 2 integers"

// The depths.
const (
	Low Depth = iota
	High
)

// A Mode is a closed set of words, not all of them in snake case.
type Mode string

// The modes.
const (
	Default Mode = ""
	OneStep Mode = "one_step"
	ByLot   Mode = "byLot"   // want word "byLot"
	HalfUp  Mode = "half-up" // want word "half-up"
	Grade   Mode = "A"       // want word "A"
	Spaced  Mode = "a b"     // want word "a b"
)

// String is not needed.
func (m Mode) String() string { return string(m) } // want set "not needed"

// A Channel is an open set: a word of its own is no set.
type Channel string

// Any is the only word.
const Any Channel = "*"

// A Count is no set.
type Count int

// Most is the only count.
const Most Count = 7
