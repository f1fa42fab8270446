package sim

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mathext"
)

// Survival returns P(T > t): as a law of patience for package waiting/queue.
func (l Exponential) Survival(t float64) float64 { return math.Exp(-l.Rate * max(0, t)) }

// Survival returns P(T > t).
func (l Constant) Survival(t float64) float64 {
	if t < l.Value {
		return 1
	}
	return 0
}

// Kinks returns where the law jumps.
func (l Constant) Kinks() []float64 { return []float64{l.Value} }

// Survival returns P(T > t).
func (l Erlang) Survival(t float64) float64 {
	return mathext.GammaIncRegComp(float64(l.Stages), l.Rate*max(0, t))
}

// Survival returns P(T > t).
func (l Hyperexponential) Survival(t float64) float64 {
	t = max(0, t)
	return float64(l.Share*math.Exp(-l.First*t)) + float64((1-l.Share)*math.Exp(-l.Second*t))
}

// Survival returns P(T > t).
func (l Uniform) Survival(t float64) float64 {
	switch {
	case t < l.From:
		return 1
	case t >= l.To:
		return 0
	}
	return (l.To - t) / (l.To - l.From)
}

// Kinks returns where the law begins and ends.
func (l Uniform) Kinks() []float64 { return []float64{l.From, l.To} }

// Survival returns P(T > t).
func (l Lognormal) Survival(t float64) float64 {
	if !(t > 0) {
		return 1
	}
	if l.Spread == 0 {
		return Constant{math.Exp(l.Location)}.Survival(t)
	}
	return math.Erfc((math.Log(t)-l.Location)/(l.Spread*math.Sqrt2)) / 2
}

// Survival returns P(T > t).
func (l Weibull) Survival(t float64) float64 {
	return math.Exp(-math.Pow(max(0, t)/l.Scale, l.Shape))
}

// Survival returns P(T > t), the share of the times that are longer. It takes O(n) time.
func (l Observed) Survival(t float64) float64 {
	longer := 0
	for _, x := range l.Times {
		if x > t {
			longer++
		}
	}
	return float64(longer) / float64(len(l.Times))
}

// Kinks returns the times, ascending, each once.
func (l Observed) Kinks() []float64 {
	times := slices.Clone(l.Times)
	slices.Sort(times)
	return slices.Compact(times)
}
