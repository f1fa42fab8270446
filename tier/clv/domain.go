package clv

import (
	"math"

	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/tier/rfm"
)

// The domain: parameters, discounts and amounts are from least to most, times from 0 to
// most. Within it no figure is infinite.
const least, most = 1e-50, 1e50

// A field is a parameter with its name, for validation.
type field struct {
	name  string
	value float64
}

// inDomain reports every parameter that is outside the domain.
func inDomain(fields ...field) error {
	var list fault.List
	for _, f := range fields {
		list.Between(f.name, f.value, least, most)
	}
	return list.Err(room)
}

// within reports whether v is from least to most.
func within(v float64) bool { return v >= least && v <= most }

// forward reports whether t is a stretch of time ahead.
func forward(t float64) bool { return t >= 0 && t <= most }

// known reports whether c is a customer that a model can speak of: valid, and of an age in
// the domain. It is [rfm.Pattern.Validate] without an error to make, since every forecast
// asks it.
func known(c rfm.Pattern) bool {
	return c.X >= 0 && c.TX >= 0 && c.TX <= c.T && c.T <= most && (c.X > 0 || c.TX == 0)
}

// finite returns v, or NaN for a figure that has left the range of floats.
func finite(v float64) float64 {
	if math.IsInf(v, 0) {
		return math.NaN()
	}
	return v
}
