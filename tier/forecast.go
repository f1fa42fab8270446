package tier

import (
	"fmt"
	"math"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/internal/money"
)

// A Forecast is what a member may still do until some instant: outcomes with their
// probabilities. The host has it from wherever it likes, such as a purchase model
// or a simulation; several metrics of one outcome belong together. It is plain
// data.
type Forecast []Case

// A Case is one way in which it may go. It is plain data.
type Case struct {
	Probability float64 `json:"probability"` // 0 to 1
	Amounts     Amounts `json:"amounts"`     // what is added until then; metrics left out add nothing
}

// CountForecast returns the forecast of one metric that grows by k steps with probability
// pmf[k]: k more nights, or k more purchases of a mean amount. What pmf lacks to 1
// is the probability of len(pmf) steps or more, and counts as that many. It fails
// unless the probabilities are 0 to 1 and add to 1 at most, within 1e-9, and the
// step is positive and below 1e18.
func CountForecast(metric string, step decimal.Decimal, pmf []float64) (Forecast, error) {
	if step.Sign() <= 0 || !small(step) {
		return nil, wrong("Step", nil, "must be positive and below 1e18")
	}
	if !isName(metric) {
		return nil, wrong("Metric", nil, nameRule)
	}
	out := make(Forecast, 0, len(pmf)+1)
	rest := 1.0
	for k, p := range pmf {
		if !(p >= 0 && p <= 1) {
			return nil, wrong(fmt.Sprintf("PMF[%d]", k), p, "must be 0 to 1")
		}
		rest -= p
		out = append(out, Case{p, Amounts{metric: step.Mul(decimal.NewFromInt(int64(k)))}})
	}
	if rest < -slack {
		return nil, wrong("PMF", 1-rest, "must add to 1 at most")
	}
	more := step.Mul(decimal.NewFromInt(int64(len(pmf))))
	return append(out, Case{max(rest, 0), Amounts{metric: more}}), nil
}

// slack is how far probabilities may miss 1.
const slack = 1e-9

// small reports whether an amount can be computed with and is below 1e18.
func small(d decimal.Decimal) bool {
	if money.Bounded(d) != nil {
		return false
	}
	_, err := money.Round(d, 0, money.Down)
	return err == nil && d.Exponent() > -100
}

// Chance returns the probability of reaching g: the sum over the outcomes that
// bring all amounts of at least one alternative. It is 1 where nothing is missing.
// It knows what g knows: that the forecast reaches to [Shortfall.By] and that nothing
// leaves the window before is for the caller to see to. It fails unless
// probabilities are 0 to 1 and add to 1 within 1e-9, and amounts are 0 or more and
// below 1e18, those of g too.
func (g Shortfall) Chance(f Forecast) (float64, error) {
	for i, way := range g.Alternatives {
		if !plausible(way) {
			return math.NaN(), wrong(fmt.Sprintf("Alternatives[%d]", i), nil, "must be 0 or more and below 1e18")
		}
	}
	sum, reached := 0.0, 0.0
	for i, o := range f {
		if !(o.Probability >= 0 && o.Probability <= 1) {
			return math.NaN(), wrong(fmt.Sprintf("Forecast[%d].Probability", i), o.Probability, "must be 0 to 1")
		}
		if !plausible(o.Amounts) {
			return math.NaN(), wrong(fmt.Sprintf("Forecast[%d].Amounts", i), nil, "must be 0 or more and below 1e18")
		}
		sum += o.Probability
		if g.reachedBy(o.Amounts) {
			reached += o.Probability
		}
	}
	if !(math.Abs(sum-1) <= slack) {
		return math.NaN(), wrong("Forecast", sum, "must add to 1")
	}
	return min(reached, 1), nil
}

// plausible reports whether amounts are 0 or more and can be computed with.
func plausible(a Amounts) bool {
	for _, amount := range a {
		if amount.Sign() < 0 || !small(amount) {
			return false
		}
	}
	return true
}

func (g Shortfall) reachedBy(added Amounts) bool {
	for _, way := range g.Alternatives {
		enough := true
		for metric, lacks := range way {
			enough = enough && added[metric].GreaterThanOrEqual(lacks)
		}
		if enough {
			return true
		}
	}
	return len(g.Alternatives) == 0
}
