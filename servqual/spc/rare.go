package spc

import "math"

// G makes the chart of rare events by what lies between them: stays, calls or days
// without one between two complaints. Such numbers are geometric, so σ = √(ḡ(ḡ + 1)).
// There is no lower limit above 0; a signal that events come more often is a run of
// low values. It fails with a [relmark.FieldError] for negative values and with
// [relmark.ErrTooFew] without any.
func G(between []Reading) (Chart, error) {
	values, err := present(between, 0)
	if err != nil {
		return Chart{}, err
	}
	if len(values) == 0 {
		return Chart{}, errNone()
	}
	g := mean(values)
	return draw(Limits{Spreads, g, math.Sqrt(g) * math.Sqrt(g+1)}, between, nil), nil
}

// power makes exponential times nearly normal.
const power = 3.6

// A Times is the chart of the times between rare events: made of transformed times,
// shown in those given.
type Times struct {
	Individuals         // of x^(1/3.6)
	Center      float64 `json:"center"` // centre and limits in time
	Lower       float64 `json:"lower"`
	Upper       float64 `json:"upper"`
}

// T makes the chart of the times between rare events, in any unit: XmR of their 3.6th
// roots, which are nearly normal where times are exponential. It fails as [XmR] does,
// and for negative times.
func T(times []Reading, o XmROptions) (Times, error) {
	if _, err := present(times, 0); err != nil {
		return Times{}, err
	}
	roots := make([]Reading, len(times))
	for i, r := range times {
		roots[i] = Reading{math.Pow(r.Value, 1/power), r.Missing}
		if r.Missing {
			roots[i].Value = 0
		}
	}
	x, err := XmR(roots, o)
	if err != nil {
		return Times{}, err
	}
	band := x.Limits.At(1)
	back := func(root float64) float64 { return math.Pow(max(root, 0), power) }
	return Times{x, back(x.Limits.Center), back(band.Lower), back(band.Upper)}, nil
}
