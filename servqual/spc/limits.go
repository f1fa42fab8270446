package spc

import (
	"math"

	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
)

// A Kind is what a chart shows, which says how σ follows from the size of a sample.
type Kind string

// The kinds of charts.
const (
	Values    Kind = "values"     // σ is that of the limits, whatever the size
	Shares    Kind = "shares"     // p: σ = √(centre·(1 − centre)/size)
	Rates     Kind = "rates"      // u: σ = √(centre/size)
	Counts    Kind = "counts"     // c: σ = √centre
	Spreads   Kind = "spreads"    // ranges, deviations, g: σ is that of the limits, no value is negative
	Laney     Kind = "laney"      // shares with σ times the Sigma of the limits
	LaneyRate Kind = "laney_rate" // rates with σ times the Sigma of the limits
	Times     Kind = "times"      // t: centre and σ are those of the 3.6th roots; values and bands are times
)

func kinds() enum.Set[Kind] {
	return enum.Of(Values, Shares, Rates, Counts, Spreads, Laney, LaneyRate, Times)
}

// Limits are what a chart was found to do, frozen: store them, and judge what comes
// by them until you have a reason to make new ones. It is plain data.
type Limits struct {
	Kind   Kind    `json:"kind"`
	Center float64 `json:"center"`
	// Sigma is the standard deviation of a point of [Values], [Spreads] and [Times],
	// and the factor σz of Laney's kinds; no other kind has one, so it is 0 there.
	Sigma float64 `json:"sigma"`
}

// most bounds magnitudes, so that no square leaves the range of float64.
const most = 1e100

// Validate reports every rule that l breaks, in one error.
func (l Limits) Validate() error {
	var list fault.List
	list.Join("", kinds().Check("Kind", l.Kind))
	low, high := l.Kind.bounds()
	list.Between("Center", l.Center, low, high)
	if l.hasSigma() {
		list.Between("Sigma", l.Sigma, 0, most)
	} else {
		list.Check(l.Sigma == 0, "Sigma", l.Sigma, "must be 0: it follows from the centre")
	}
	return list.Err("spc")
}

// bounds returns the least and the greatest value of a kind.
func (k Kind) bounds() (low, high float64) {
	low, high = 0, most
	if k == Values {
		low = -most
	}
	if k == Shares || k == Laney {
		high = 1
	}
	return low, high
}

func (l Limits) hasSigma() bool {
	return l.Kind == Values || l.Kind == Spreads || l.Kind == Laney || l.Kind == LaneyRate || l.Kind == Times
}

// A Band is the σ of one point and its control limits.
type Band struct {
	Sigma float64 `json:"sigma"`
	Lower float64 `json:"lower"`
	Upper float64 `json:"upper"`
}

// At returns the band of a point of so many units: the calls behind a share, the days
// behind a rate. The size is > 0, and 1 where it does not matter; otherwise all is
// NaN.
func (l Limits) At(size float64) Band {
	if !(size > 0 && size <= most) {
		nan := math.NaN()
		return Band{nan, nan, nan}
	}
	sigma := l.sigma(size)
	b := Band{sigma, l.Center - 3*sigma, l.Center + 3*sigma}
	switch l.Kind {
	case Shares:
		b.Lower, b.Upper = max(b.Lower, 0), min(b.Upper, 1)
	case Rates, Counts, Spreads:
		b.Lower = max(b.Lower, 0)
	case Times:
		b.Lower, b.Upper = time(b.Lower), time(b.Upper)
	case Values, Laney, LaneyRate:
	}
	return b
}

func (l Limits) sigma(size float64) float64 {
	switch l.Kind {
	case Shares:
		return math.Sqrt(l.Center * (1 - l.Center) / size)
	case Laney:
		return l.Sigma * math.Sqrt(l.Center*(1-l.Center)/size)
	case Rates:
		return math.Sqrt(l.Center / size)
	case LaneyRate:
		return l.Sigma * math.Sqrt(l.Center/size)
	case Counts:
		return math.Sqrt(l.Center)
	case Values, Spreads, Times:
	}
	return l.Sigma
}

// z returns how many σ a value lies from the centre: 0 on it, and infinitely many off
// it where there is no spread.
func (l Limits) z(value, sigma float64) float64 {
	if l.Kind == Times {
		value = root(value)
	}
	if value == l.Center {
		return 0
	}
	return (value - l.Center) / sigma
}
