package recovery

import (
	"math"

	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
)

// A Period is how many complaints of a cause there were in how much exposure: stays, orders,
// days. It is plain data; periods add up.
type Period struct {
	Complaints int64   `json:"complaints"` // 0 to 2^40
	Exposure   float64 `json:"exposure"`   // finite, above 0
}

func (p Period) check(l *fault.List, at string) {
	l.Check(p.Complaints >= 0 && p.Complaints <= maxCount, at+".Complaints", p.Complaints, "must be 0 to 2^40")
	l.Check(p.Exposure > 0 && fault.Finite(p.Exposure), at+".Exposure", p.Exposure, "must be finite and > 0")
}

func (p Period) rate() float64 { return float64(p.Complaints) / p.Exposure }

// A Mending is what mending a cause has done. It is plain data.
type Mending struct {
	Before float64 `json:"before"` // complaints per exposure
	After  float64 `json:"after"`
	// Ratio is the rate after over the rate before, with exact limits; nil where there was none
	// before, High with it, and all but the rates where there was none at all.
	Ratio *float64 `json:"ratio"`
	Low   *float64 `json:"low"`
	High  *float64 `json:"high"`
	P     *float64 `json:"p"` // exact test of no change, two-sided
	// Prevented is how many complaints more there would have been after at the rate before,
	// with what the limits of the ratio say; below 0 where it got worse.
	Prevented     float64  `json:"prevented"`
	PreventedLow  *float64 `json:"prevented_low"` // nil with High
	PreventedHigh *float64 `json:"prevented_high"`
	Mended        bool     `json:"mended"` // the rate after is below the one before at the level of confidence
}

// Mend compares complaints of a cause after it was mended with those before, each a count of
// Poisson over its exposure. It says nothing of what else has changed: the other causes, in
// the same two periods, tell. It fails with a [relmark.FieldError] unless periods are as
// [Period] says, rates and their ratio are finite, and the level is 0.5 to 0.9999.
func Mend(before, after Period, level float64) (Mending, error) {
	var l fault.List
	before.check(&l, "Before")
	after.check(&l, "After")
	l.Level("Level", level)
	if err := l.Err(room); err != nil {
		return Mending{}, err
	}
	m := Mending{Before: before.rate(), After: after.rate()}
	expected := m.Before * after.Exposure
	m.Prevented = expected - float64(after.Complaints)
	if before.Complaints+after.Complaints > 0 {
		r := stat.CompareRates(after.Complaints, after.Exposure, before.Complaints, before.Exposure, level)
		m.Low, m.P = new(r.Low), new(r.P)
		m.PreventedHigh = new(expected * (1 - r.Low))
		if before.Complaints > 0 {
			m.Ratio, m.High = new(r.Ratio), new(r.High)
			m.PreventedLow = new(expected * (1 - r.High))
			m.Mended = r.High < 1
		}
	}
	if err := m.check(before); err != nil {
		return Mending{}, err
	}
	return m, nil
}

// check reports exposures so far apart that something is not finite.
func (m Mending) check(before Period) error {
	for _, x := range []*float64{&m.Before, &m.After, &m.Prevented, m.Ratio, m.Low, m.High, m.PreventedLow, m.PreventedHigh} {
		if x != nil && (math.IsNaN(*x) || math.IsInf(*x, 0)) {
			return broken("Exposure", before.Exposure, "must give finite rates and a finite ratio")
		}
	}
	return nil
}
