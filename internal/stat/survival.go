package stat

import (
	"iter"
	"math"
)

// An Ending is how many spells ended at one time, and how many were last seen then.
type Ending struct {
	At              float64
	Ended, Censored uint64
}

// A SurvivalStep is a time at which some spells ended, by Kaplan and Meier.
type SurvivalStep struct {
	At       float64
	AtRisk   uint64 // that lasted that long or longer
	Ended    uint64
	Survival float64 // share that lasts longer
	Hazard   float64 // Greenwood's sum, the variance of the logarithm of Survival; infinite where that is 0
}

// KaplanMeier returns the steps of the survival of n spells, whose ends come in ascending
// order of time. Those that end at a time come before those last seen then.
func KaplanMeier(n uint64, endings iter.Seq[Ending]) []SurvivalStep {
	steps, survival, sum := []SurvivalStep{}, 1.0, 0.0
	for e := range endings {
		if e.Ended > 0 {
			risk, ended := float64(n), float64(e.Ended)
			survival *= (risk - ended) / risk
			sum += ended / (risk * (risk - ended))
			steps = append(steps, SurvivalStep{e.At, n, e.Ended, survival, sum})
		}
		n -= e.Ended + e.Censored
	}
	return steps
}

// Between returns the confidence interval of the survival at a step, on the scale of
// log(−log S), within 0 and 1; NaN where it is 0, as nobody is left to tell how much it varies.
func (s SurvivalStep) Between(level float64) (low, high float64) {
	if s.Survival <= 0 {
		return math.NaN(), math.NaN()
	}
	reach := math.Exp(Normal(level) * math.Sqrt(s.Hazard) / math.Log(s.Survival)) // below 1
	return math.Pow(s.Survival, 1/reach), math.Pow(s.Survival, reach)
}
