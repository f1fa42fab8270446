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

// root returns the number that is near normal for a time, and time the way back; what
// lies below 0 is no time.
func root(time float64) float64 { return math.Pow(time, 1/power) }

func time(root float64) float64 { return math.Pow(max(root, 0), power) }

// T makes the chart of the times between rare events, in any unit: points and bands
// are times, and are judged by their 3.6th roots, which are nearly normal where times
// are exponential and make the limits as [XmR] does. It fails as that does, and for
// negative times.
func T(times []Reading, o XmROptions) (Chart, error) {
	if _, err := present(times, 0); err != nil {
		return Chart{}, err
	}
	roots := make([]Reading, len(times))
	for i, r := range times {
		if roots[i].Missing = r.Missing; !r.Missing {
			roots[i].Value = root(r.Value)
		}
	}
	x, err := XmR(roots, o)
	if err != nil {
		return Chart{}, err
	}
	c := draw(Limits{Times, x.Limits.Center, x.Limits.Sigma}, times, nil)
	c.Bridge = o.Bridge
	return c, nil
}

// Middle returns the centre in the unit of the values: that of the limits, and the
// time it stands for in a chart of [T].
func (l Limits) Middle() float64 {
	if l.Kind == Times {
		return time(l.Center)
	}
	return l.Center
}
