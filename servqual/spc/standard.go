package spc

import (
	"fmt"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
)

// A Direction says on which side of a target a case meets it; the target itself does.
type Direction string

// The directions.
const (
	AtLeast Direction = "at_least"
	AtMost  Direction = "at_most"
)

func directions() enum.Set[Direction] { return enum.Of(AtLeast, AtMost) }

// A Standard is a promise that can be checked: 90 % of calls are answered within 20
// seconds. It is plain data.
type Standard struct {
	Measure   string    `json:"measure"` // what is measured, such as seconds_to_answer; 1 to 200 bytes of UTF-8
	Target    float64   `json:"target"`  // of one case, finite
	Direction Direction `json:"direction"`
	Share     float64   `json:"share"` // of the cases that must meet it: above 0, at most 1
}

// Validate reports every rule that s breaks, in one error.
func (s Standard) Validate() error {
	var l fault.List
	l.Name("Measure", s.Measure)
	l.Between("Target", s.Target, -most, most)
	l.Join("", directions().Check("Direction", s.Direction))
	l.Check(s.Share > 0 && s.Share <= 1, "Share", s.Share, "must be > 0 and at most 1")
	return l.Err("spc")
}

// meets reports whether a value meets the target.
func (s Standard) meets(value float64) bool {
	if s.Direction == AtLeast {
		return value >= s.Target
	}
	return value <= s.Target
}

// A Finding is what data say of a standard.
type Finding string

// The findings.
const (
	Kept   Finding = "kept"   // the whole interval of the share is at the one asked for, or above
	Broken Finding = "broken" // the whole interval is below it
	Open   Finding = "open"   // the data do not decide
)

// A Conformance is how often a standard was met. It is plain data.
type Conformance struct {
	N       int64   `json:"n"`
	Met     int64   `json:"met"`
	Share   float64 `json:"share"`
	Low     float64 `json:"low"` // Wilson's interval of the share
	High    float64 `json:"high"`
	Finding Finding `json:"finding"`
}

// Conformance counts how many cases meet the target; missing ones are no cases. It
// fails with a [relmark.FieldError] for a standard or values that are not valid or a
// level outside 0.5 to 0.9999, and with [relmark.ErrTooFew] without a case.
func (s Standard) Conformance(cases []Reading, level float64) (Conformance, error) {
	if err := s.Validate(); err != nil {
		return Conformance{}, err
	}
	if err := checkLevel(level); err != nil {
		return Conformance{}, err
	}
	values, err := present(cases, -most)
	if err != nil {
		return Conformance{}, err
	}
	if len(values) == 0 {
		return Conformance{}, fmt.Errorf("spc: conformance of no cases: %w", relmark.ErrTooFew)
	}
	c := Conformance{N: int64(len(values)), Finding: Open}
	for _, v := range values {
		if s.meets(v) {
			c.Met++
		}
	}
	c.Share = float64(c.Met) / float64(c.N)
	c.Low, c.High = stat.Wilson(c.Met, c.N, level)
	switch {
	case c.Low >= s.Share:
		c.Finding = Kept
	case c.High < s.Share:
		c.Finding = Broken
	}
	return c, nil
}

// An Assurance is whether a process as it is can be relied on to meet a target.
type Assurance string

// The kinds of assurance.
const (
	Always   Assurance = "always"    // both limits meet the target: so does every point to be expected
	Never    Assurance = "never"     // neither limit does: only another process would
	ByChance Assurance = "by_chance" // the target lies between them: met on some days, missed on others
)

// Assurance holds the target against the limits of a chart of the measure, for a
// point of so many units: 1 where the size does not matter. It says nothing while the
// chart has signals, for then it is not one process. It fails with a
// [relmark.FieldError] for a standard, limits or a size that are not valid.
func (s Standard) Assurance(l Limits, size float64) (Assurance, error) {
	if err := s.Validate(); err != nil {
		return "", err
	}
	if err := l.Validate(); err != nil {
		return "", err
	}
	if !(size > 0 && size <= most) {
		return "", refusal(0, size, -most, most)
	}
	band := l.At(size)
	switch low, high := s.meets(band.Lower), s.meets(band.Upper); {
	case low && high:
		return Always, nil
	case !low && !high:
		return Never, nil
	}
	return ByChance, nil
}

// Without returns the measures that no standard covers, in their order: what is
// watched, or matters to customers, and promises nothing.
func Without(measures []string, standards []Standard) []string {
	covered := map[string]bool{}
	for _, s := range standards {
		covered[s.Measure] = true
	}
	var without []string
	for _, m := range measures {
		if !covered[m] {
			without = append(without, m)
		}
	}
	return without
}
