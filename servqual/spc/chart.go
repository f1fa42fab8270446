package spc

import (
	"fmt"

	"github.com/relmark/relmark/internal/fault"
)

// A Reading is the value of one day, shift or customer, or that there is none. It is
// plain data.
type Reading struct {
	Value   float64 `json:"value"`
	Missing bool    `json:"missing,omitempty"` // no value: a gap in the series, and no zero
}

// Readings returns a series without gaps.
func Readings(values ...float64) []Reading {
	list := make([]Reading, len(values))
	for i, v := range values {
		list[i].Value = v
	}
	return list
}

// A Sample is how many of so many, or how many events in so much: the resolved of all
// calls, the complaints in so many nights. It is plain data.
type Sample struct {
	Count   float64 `json:"count"` // 0 or more; of a share at most Size
	Size    float64 `json:"size"`  // > 0
	Missing bool    `json:"missing,omitempty"`
}

// A Point is one point of a chart with its band. A missing one has no numbers.
type Point struct {
	Value float64 `json:"value"`
	Z     float64 `json:"z"` // distance from the centre in σ
	Band
	Missing bool `json:"missing"`
}

// A Chart is a series with its limits. It is plain data; read it concurrently as long
// as nobody changes it.
type Chart struct {
	Limits Limits  `json:"limits"`
	Points []Point `json:"points"`
	Bridge bool    `json:"bridge"` // missing points do not end the pattern of a rule
}

// A Signal is a rule and the point that completes its pattern, counted from 0.
type Signal struct {
	Point int    `json:"point"`
	Rule  string `json:"rule"`
}

// Judge returns the signals of the rules, by point and in the order of the rules. It
// fails as [NewMonitor] does.
func (c Chart) Judge(rules []Rule) ([]Signal, error) {
	w, err := newWatch(rules)
	if err != nil {
		return nil, err
	}
	var signals []Signal
	for i, p := range c.Points {
		if p.Missing {
			if !c.Bridge {
				w.gap()
			}
			continue
		}
		if fired := w.add(p.Z); fired != 0 {
			for rule := range fired.All() {
				signals = append(signals, Signal{i, rules[rule].Name})
			}
		}
	}
	return signals, nil
}

// draw fills a chart with values and the sizes behind them; all sizes are 1 if there
// are none.
func draw(l Limits, readings []Reading, sizes []float64) Chart {
	c := Chart{Limits: l, Points: make([]Point, len(readings))}
	for i, r := range readings {
		if r.Missing {
			c.Points[i].Missing = true
			continue
		}
		size := 1.0
		if sizes != nil {
			size = sizes[i]
		}
		band := l.At(size)
		c.Points[i] = Point{Value: r.Value, Z: l.z(r.Value, band.Sigma), Band: band}
	}
	return c
}

// present returns the values of a series that are there. It fails if one of them is
// no number within the limits.
func present(readings []Reading, low float64) ([]float64, error) {
	values := make([]float64, 0, len(readings))
	var l fault.List
	for i, r := range readings {
		if r.Missing {
			continue
		}
		if !(r.Value >= low && r.Value <= most) { // the path is costly to write
			l.Between(fmt.Sprintf("[%d].Value", i), r.Value, low, most)
		}
		values = append(values, r.Value)
	}
	return values, l.Err("spc")
}
