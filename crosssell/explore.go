package crosssell

import (
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
)

// A Belief says how sure a probability of acceptance is: the beta distribution that an
// offer has after Alpha acceptances and Beta refusals, those that the prior stands for
// included. A new offer may begin with 1 and 1. It is plain data.
type Belief struct {
	Alpha float64 `json:"alpha"` // 0.01 to 1e9
	Beta  float64 `json:"beta"`  // 0.01 to 1e9
}

// Mean returns Alpha/(Alpha + Beta), the score that goes with b; NaN for the zero Belief.
func (b Belief) Mean() float64 { return b.Alpha / (b.Alpha + b.Beta) }

// After returns the belief after one more answer.
func (b Belief) After(accepted bool) Belief {
	if accepted {
		b.Alpha++
	} else {
		b.Beta++
	}
	return b
}

func (b *Belief) check(l *fault.List, score float64) {
	const least, most, rule = 0.01, 1e9, "must be 0.01 to 1e9"
	ok := true
	for _, x := range []struct {
		field string
		value float64
	}{{"Belief.Alpha", b.Alpha}, {"Belief.Beta", b.Beta}} {
		if !(x.value >= least && x.value <= most) {
			l.Add(x.field, x.value, rule)
			ok = false
		}
	}
	if ok && !(math.Abs(b.Mean()-score) <= 1e-9) {
		l.Add("Score", score, "must be the mean of Belief")
	}
}

// An Exploration says how the first slot is drawn: among the best candidates, each as
// often as it may be the best one, so that what is little known gets its chance to be
// learnt about (Thompson sampling). It is plain data.
type Exploration struct {
	// Among is how many candidates take part at most, the first in rank: 2 to 100. Only
	// those of the highest priority that passed do.
	Among int `json:"among"`
}

func (e *Exploration) check(l *fault.List) {
	l.Check(2 <= e.Among && e.Among <= 100, "Explore.Among", e.Among, "must be 2 to 100")
}

// Explore decides as [Decide] does, but draws who has the first slot: of each candidate
// that takes part, a score from its belief; the candidate of the greatest final worth
// with that score comes first, and the other slots are filled as ever. Gates, ranks and
// worths go by the scores as given. The verdict of each candidate has the probability of
// coming first, correct to 1e-6, which whoever evaluates the log has to know. Candidates
// without a belief, or without a margin, are not drawn and may win.
//
// It fails besides if the policy does not explore or rng is nil. It takes some tens of
// microseconds for each candidate that takes part and each of the others.
func Explore[I relmark.ID](p Policy, c Customer[I], candidates []Candidate[I], rng *rand.Rand) (Decision, error) {
	d := Decider[I]{policy: p, invalid: p.faults()}
	return d.Explore(&c, candidates, rng)
}

// Explore decides as [Explore] does. The decision is good until the next call.
func (d *Decider[I]) Explore(c *Customer[I], candidates []Candidate[I], rng *rand.Rand) (Decision, error) {
	var l fault.List
	l.Check(rng != nil, "Rand", nil, "must not be nil")
	l.Check(d.policy.Explore != nil, "Policy.Explore", nil, "must be given")
	if err := l.Err(room); err != nil {
		return Decision{}, err
	}
	if err := d.judge(c, candidates); err != nil {
		return Decision{}, err
	}
	arms := d.arms()
	for k, p := range firstProbs(arms) {
		d.verdicts[d.passed[k].at].Propensity = p
	}
	d.choose(draw(arms, rng))
	out := d.decision()
	out.Explored = len(arms) > 0
	return out, nil
}

// arms returns those that take part, in rank order.
func (d *Decider[I]) arms() []arm {
	n := min(len(d.passed), d.policy.Explore.Among)
	if k := slices.IndexFunc(d.passed[:n], func(c contender) bool { return c.priority < d.passed[0].priority }); k >= 0 {
		n = k
	}
	arms := make([]arm, n)
	for k := range arms {
		c := &d.candidates[d.passed[k].at]
		if c.Belief == nil || c.Margin == 0 {
			arms[k].rest = d.passed[k].final
			continue
		}
		arms[k] = arm{*c.Belief, c.Margin, d.passed[k].final - float64(c.Score*c.Margin)}
	}
	return within(arms)
}

// within returns the arms in a unit in which what the best draw is worth is finite.
func within(arms []arm) []arm {
	largest := 0.0
	for k := range arms {
		largest = max(largest, math.Abs(arms[k].rest), math.Abs(arms[k].margin))
	}
	if largest > math.MaxFloat64/8 {
		for k := range arms {
			arms[k].rest /= 8
			arms[k].margin /= 8
		}
	}
	return arms
}

// An arm has the worth rest + margin·θ with θ from a belief, or rest if margin is 0.
type arm struct {
	belief Belief
	margin float64
	rest   float64
}

// draw returns the arm of the greatest drawn worth; -1 if there is none.
func draw(arms []arm, rng *rand.Rand) int {
	first, best := -1, 0.0
	for k := range arms {
		worth := arms[k].rest
		if arms[k].margin != 0 {
			worth += float64(arms[k].margin * arms[k].belief.draw(rng))
		}
		if first < 0 || worth > best {
			first, best = k, worth
		}
	}
	return first
}

// draw returns a number with the distribution of b.
func (b Belief) draw(rng *rand.Rand) float64 {
	dist := distuv.Beta{Alpha: b.Alpha, Beta: b.Beta, Src: rng}
	for range 100 {
		if x := dist.Rand(); x >= 0 { // not the quotient of two numbers too small to be any
			return x
		}
	}
	return b.Mean()
}
