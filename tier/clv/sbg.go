package clv

import (
	"context"
	"fmt"
	"math"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/maximum"
	"github.com/relmark/relmark/internal/special"
)

// SBGParams are the parameters of an [SBG] model. It is plain data.
type SBGParams struct {
	Alpha float64 `json:"alpha"` // first parameter of the churn probabilities; 1e-50 to 1e50
	Beta  float64 `json:"beta"`  // second parameter of the churn probabilities; 1e-50 to 1e50
}

// Validate reports every rule that p breaks, joined into one error.
func (p SBGParams) Validate() error {
	return inDomain(field{"Alpha", p.Alpha}, field{"Beta", p.Beta})
}

// SBG is the shifted beta-geometric model of customers under contract: at each
// renewal a customer churns with probability θ ~ Beta(α, β), so that those who stay
// are ever more loyal. It is an immutable value, safe for concurrent use. Obtain one
// from [NewSBG]; the methods of the zero SBG return NaN.
type SBG struct{ alpha, beta float64 }

// NewSBG returns the model with parameters p. It fails exactly when
// [SBGParams.Validate] does.
func NewSBG(p SBGParams) (SBG, error) {
	if err := p.Validate(); err != nil {
		return SBG{}, err
	}
	return SBG{p.Alpha, p.Beta}, nil
}

// Params returns the parameters of the model.
func (m SBG) Params() SBGParams { return SBGParams{m.alpha, m.beta} }

// Survival returns the share of new customers who renew at least t times; 1 for
// t = 0, NaN for negative t.
func (m SBG) Survival(t int) float64 {
	if t < 0 || !(m.alpha > 0) {
		return math.NaN()
	}
	return math.Exp(special.LogRisingRatio(m.beta, m.alpha, float64(t)))
}

// CondSurvival returns the probability that a customer with n renewals will renew
// at least t times more. NaN for negative n or t.
func (m SBG) CondSurvival(n, t int) float64 { return m.after(n).Survival(t) }

// after returns the model of customers with n renewals; the zero SBG for negative n.
func (m SBG) after(n int) SBG {
	if n < 0 || !(m.alpha > 0) {
		return SBG{}
	}
	return SBG{m.alpha, m.beta + float64(n)}
}

// Retention returns the share of customers up for renewal t who renew, for t of 1
// or more; NaN otherwise. It rises with t.
func (m SBG) Retention(t int) float64 {
	if t < 1 || !(m.alpha > 0) {
		return math.NaN()
	}
	stayed := m.beta + float64(t-1)
	return stayed / (m.alpha + stayed)
}

// ChurnPMF returns the share of new customers who churn at renewal t, for t of 1
// or more; NaN otherwise.
func (m SBG) ChurnPMF(t int) float64 {
	if t < 1 {
		return math.NaN()
	}
	return m.Survival(t-1) * m.alpha / (m.alpha + m.beta + float64(t-1))
}

// ExpectedRenewals returns the expected number of renewals that a customer with n
// renewals makes at the next t. NaN for negative n or t.
func (m SBG) ExpectedRenewals(n, t int) float64 {
	if n < 0 || t < 0 || !(m.alpha > 0) {
		return math.NaN()
	}
	process := BGBB{gamma: m.alpha}
	return process.occasions(m.beta+float64(n), float64(t))
}

// DEL returns the discounted expected lifetime of a new customer in payments: one
// now and one at each renewal, that at renewal t counting (1+rate)^−t. The rate is
// per contract period. NaN unless rate is finite and > 0.
func (m SBG) DEL(rate float64) float64 {
	if !within(rate) || !(m.alpha > 0) {
		return math.NaN()
	}
	return special.Hyper1(m.alpha, m.beta, 1/(1+rate), rate/(1+rate))
}

// DERL returns the discounted expected residual lifetime of a customer just before
// renewal n, n−1 of them made, in payments: that at renewal n counts in full. NaN
// for n below 1 or unless rate is finite and > 0.
func (m SBG) DERL(n int, rate float64) float64 {
	return m.Retention(n) * m.after(max(n, 0)).DEL(rate)
}

// PosteriorChurn returns the mean churn probability of a customer with n renewals.
// NaN for negative n.
func (m SBG) PosteriorChurn(n int) float64 {
	if n < 0 {
		return math.NaN()
	}
	return m.alpha / (m.alpha + m.beta + float64(n))
}

// LogLik returns the log likelihood of tenures, without a multinomial coefficient;
// NaN for invalid ones.
func (m SBG) LogLik(t Tenures) float64 {
	if t.Validate() != nil || !(m.alpha > 0) {
		return math.NaN()
	}
	return m.sampleLogLik(t, make([]float64, 2))
}

func (m *SBG) sampleLogLik(t Tenures, grad []float64) float64 {
	sum, da, db := 0.0, 0.0, 0.0
	add := func(count int64, survived int, churned bool) {
		if count == 0 {
			return
		}
		n, k := float64(count), float64(survived)
		lives := special.DigammaRatio(m.alpha+m.beta, k)
		sum += n * special.LogRisingRatio(m.beta, m.alpha, k)
		da -= n * lives
		db += n * (special.DigammaRatio(m.beta, k) - lives)
		if churned {
			per := 1 / (m.alpha + m.beta + k)
			sum += n * math.Log(m.alpha*per)
			da += n * (1/m.alpha - per)
			db -= n * per
		}
	}
	for i, n := range t.Lost {
		add(n, i, true)
	}
	for i, n := range t.Kept {
		add(n, i, false)
	}
	grad[0], grad[1] = m.alpha*da, m.beta*db
	return sum
}

// FitSBG fits an [SBG] model to tenures by maximum likelihood. It fails with a
// [relmark.FieldError] on invalid tenures, with [relmark.ErrTooFew] unless somebody
// churned and there were renewals of two different numbers, and else as [FitBGNBD].
func FitSBG(ctx context.Context, t Tenures, o FitOptions) (Fit[SBG], error) {
	if err := o.Validate(); err != nil {
		return Fit[SBG]{}, err
	}
	if err := t.Validate(); err != nil {
		return Fit[SBG]{}, err
	}
	if t.churned() == 0 || max(len(t.Lost), len(t.Kept)-1) < 2 {
		return Fit[SBG]{}, fmt.Errorf("clv: nobody churned, or one renewal only: %w", relmark.ErrTooFew)
	}
	p := maximum.Problem{
		Restarts: maximum.IfDoubtful,
		Axes: []maximum.Axis{{
			Name: "Alpha", Start: -1,
			Lo: limit("Alpha/Beta", 0, "nobody churns"),
			Hi: limit("Alpha/Beta", math.Inf(1), "everybody churns at once"),
		}, {
			Name: "Beta",
			Lo:   limit("Alpha", 0, "customers churn at once or never"),
			Hi:   limit("Alpha", math.Inf(1), "all have the same probability to churn"),
		}},
		Mix: maximum.Paired(2, 0),
		LogLik: func(theta, grad []float64) float64 {
			m := SBG{theta[0], theta[1]}
			return m.sampleLogLik(t, grad)
		},
	}
	return fit(ctx, o, &p, units{customers: t.N(), scale: 1}, func(theta []float64) (SBG, error) {
		return NewSBG(SBGParams{theta[0], theta[1]})
	})
}
