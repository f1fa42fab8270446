package servqual

import "github.com/relmark/relmark/internal/fault"

// An Interval is where a figure lies, at a level of confidence. It is plain data.
type Interval struct {
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// Contains reports whether x lies in the interval, its ends included; an interval that does
// not contain 0 tells a difference from chance.
func (i Interval) Contains(x float64) bool { return i.Low <= x && x <= i.High }

// Resampling says how often customers, or whatever is drawn, are drawn again, with
// repetition, and how sure the intervals are that come of it. It is plain data.
type Resampling struct {
	Replicates int     `json:"replicates"`        // 100 to 100,000
	Level      float64 `json:"level"`             // of confidence, 0.5 to 0.9999
	Workers    int     `json:"workers,omitempty"` // how many compute at a time, up to 64; one where it is not given: all give the same bits
}

// Validate reports every rule that r breaks, joined into one error.
func (r Resampling) Validate() error {
	var l fault.List
	l.Check(r.Replicates >= 100 && r.Replicates <= 100_000, "Replicates", r.Replicates, "must be 100 to 100000")
	l.Level("Level", r.Level)
	l.Check(r.Workers >= 0 && r.Workers <= 64, "Workers", r.Workers, "must be 0 to 64")
	return l.Err("servqual")
}
