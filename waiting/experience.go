package waiting

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mathext"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/special"
)

// ExperienceParams says how one kind of customer lives through a wait in one kind
// of situation. It is plain data; [Model.Experience] derives it from what is known
// of the situation.
type ExperienceParams struct {
	Multiplier float64 // m, felt minutes of a wait of one minute; 1e-6 to 1e6
	Exponent   float64 // b, above 1 where long waits stretch; 0.1 to 5
	Expected   Minutes // e, felt minutes that neither please nor annoy; 1e-6 to 1e9
	Gain       float64 // satisfaction when there is no wait; 0 to 1e6
	Loss       float64 // what a felt wait of twice the expected takes away; 0 to 1e6
}

// Validate reports every rule that p breaks, joined into one error.
func (p ExperienceParams) Validate() error {
	var l fault.List
	l.Between("Multiplier", p.Multiplier, 1e-6, 1e6)
	l.Between("Exponent", p.Exponent, 0.1, 5)
	l.Between("Expected", float64(p.Expected), 1e-6, 1e9)
	l.Between("Gain", p.Gain, 0, 1e6)
	l.Between("Loss", p.Loss, 0, 1e6)
	return l.Err(room)
}

// An Experience turns minutes on the clock into felt minutes and into
// satisfaction. It is an immutable value, safe for concurrent use. Obtain one from
// [NewExperience] or [Model.Experience]; the methods of the zero Experience return
// NaN or an error.
type Experience struct{ p ExperienceParams }

// NewExperience fails exactly when [ExperienceParams.Validate] does.
func NewExperience(p ExperienceParams) (Experience, error) {
	if err := p.Validate(); err != nil {
		return Experience{}, err
	}
	return Experience{p}, nil
}

// Params returns what the experience was made of.
func (x Experience) Params() ExperienceParams { return x.p }

// Felt returns how long a wait feels, m·wᵇ: 0 for no wait. It is NaN
// unless wait ≥ 0.
func (x Experience) Felt(wait Minutes) Minutes {
	if !(wait >= 0) || x.p.Exponent == 0 {
		return Minutes(math.NaN())
	}
	return Minutes(x.p.Multiplier * math.Pow(float64(wait), x.p.Exponent))
}

// WaitFeltAs returns the wait that feels as long as felt minutes, the inverse of
// [Experience.Felt]. It is NaN unless felt ≥ 0.
func (x Experience) WaitFeltAs(felt Minutes) Minutes {
	if !(felt >= 0) || x.p.Exponent == 0 {
		return Minutes(math.NaN())
	}
	return Minutes(math.Pow(float64(felt)/x.p.Multiplier, 1/x.p.Exponent))
}

// Satisfaction returns what a wait does to a customer: with d = (e − felt)/e it is
// gain·d while the wait is felt as shorter than expected, and loss·d, which is
// negative, beyond. It is NaN unless wait ≥ 0.
func (x Experience) Satisfaction(wait Minutes) float64 {
	d := float64((x.p.Expected - x.Felt(wait)) / x.p.Expected)
	switch {
	case d > 0:
		return x.p.Gain * d
	case x.p.Loss == 0 && d <= 0: // also of a wait that is felt as endless
		return 0
	}
	return x.p.Loss * d
}

// A Perception is what a law of waits does to customers on average, those who do not
// wait included.
type Perception struct {
	MeanWait     Minutes `json:"mean_wait"`    // on the clock
	MeanFelt     Minutes `json:"mean_felt"`    // as felt
	MeanExcess   Minutes `json:"mean_excess"`  // felt beyond the expected; 0 for those who wait less
	ProbExcess   float64 `json:"prob_excess"`  // share who feel a longer wait than they expected
	Satisfaction float64 `json:"satisfaction"` // mean of [Experience.Satisfaction]
}

// Under returns how customers whose waits follow a law perceive them. For an
// [ExponentialLaw] it takes a closed form, else adaptive quadrature of the tail,
// which may have kinks and jumps: some thousand evaluations of it, for a relative
// error of 1e-12 of each mean, if none or 1e-280 or more wait.
//
// It fails with a [relmark.FieldError] if the law has values that are no
// probabilities, or means beyond the range of float64, and with
// [relmark.ErrNoConverge], beside the best it found, if a mean does not settle: it
// may be infinite.
func (x Experience) Under(law Law) (Perception, error) {
	if x.p.Exponent == 0 {
		return Perception{}, x.p.Validate()
	}
	unit, err := unitOf(law)
	if err != nil {
		return Perception{}, err
	}
	var s Perception
	var spared float64 // E[(e − felt)+]/e
	if exponential, ok := law.(ExponentialLaw); ok && isExponential(exponential) {
		s, spared, err = x.underExponential(exponential, unit)
	} else {
		s, spared, err = x.underTail(law, unit)
	}
	if err != nil && !errors.Is(err, relmark.ErrNoConverge) {
		return Perception{}, err
	}
	s.Satisfaction = x.p.Gain*spared - x.p.Loss*float64(s.MeanExcess/x.p.Expected)
	return s, err
}

// underExponential uses, with k = s·(e/m)^(1/b) the expected wait in units of the
// mean conditional wait,
//
//	E[felt]        = C·m·s⁻ᵇ·Γ(b + 1)
//	E[(felt − e)+] = C·m·s⁻ᵇ·b·Γ(b, k)
//	E[(e − felt)+] = e·(1 − C + C·(1 − b·k⁻ᵇ·γ(b, k)))
//
// where the second is Γ(b+1, k) − kᵇ·e⁻ᵏ without the difference, and the third,
// which it returns as a share of e, is e − E[felt] + E[(felt − e)+].
func (x Experience) underExponential(law ExponentialLaw, unit Minutes) (s Perception, spared float64, err error) {
	prob, rate := law.ProbWait(), law.WaitRate()/float64(unit)
	if !(prob >= 0 && prob <= 1) {
		return s, 0, broken("Law.ProbWait", prob, "must be 0 to 1")
	}
	b, k := x.p.Exponent, rate*float64(x.WaitFeltAs(x.p.Expected))
	scale := prob * x.p.Multiplier * math.Pow(rate, -b) * math.Gamma(b+1)
	if !(rate > 0 && rate <= math.MaxFloat64 && scale+prob/rate <= math.MaxFloat64) {
		return s, 0, broken("Law.WaitRate", law.WaitRate(), "must be > 0 and give finite means")
	}
	s = Perception{
		MeanWait:   Minutes(prob / rate),
		MeanFelt:   Minutes(scale),
		MeanExcess: Minutes(scale * special.UpperGamma(b, k)),
		ProbExcess: prob * math.Exp(-k),
	}
	return s, noWait(law) + prob*sparedShare(b, k), nil
}

// noWait returns P(wait = 0), from a law that can tell even where almost everybody
// waits.
func noWait(law Law) float64 {
	rest := 1 - law.ProbWait()
	if l, ok := law.(interface{ WaitWithin(t float64) float64 }); ok {
		if p := l.WaitWithin(0); math.Abs(p-rest) < 1e-12 {
			return p
		}
	}
	return rest
}

// sparedShare returns 1 − b·k⁻ᵇ·γ(b, k), for small k by its series
//
//	Σ_{n≥1} (−1)ⁿ⁺¹·kⁿ/n!·b/(b + n)
func sparedShare(b, k float64) float64 {
	if k > 1 {
		return 1 - math.Gamma(b+1)*math.Pow(k, -b)*mathext.GammaIncReg(b, k)
	}
	sum, power := 0.0, -1.0
	for n := 1.0; n <= 20; n++ {
		power *= -k / n
		sum += power * b / (b + n)
	}
	return sum
}

// underTail integrates P(wait > t), and P(felt > f), which is P(wait > t) at the t
// that is felt as f, all in minutes.
func (x Experience) underTail(law Law, unit Minutes) (s Perception, spared float64, err error) {
	wait := func(t float64) float64 { return law.WaitTail(t / float64(unit)) }
	felt := func(f float64) float64 { return wait(float64(x.WaitFeltAs(Minutes(f)))) }
	q, e := special.NewTails(), float64(x.p.Expected)
	if spared, err = q.Above(felt, e); err != nil {
		return s, 0, integralError(err)
	}
	for _, mean := range [...]struct {
		into *Minutes
		tail func(float64) float64
		from float64
	}{{&s.MeanWait, wait, 0}, {&s.MeanFelt, felt, 0}, {&s.MeanExcess, felt, e}} {
		var area float64
		area, err = q.Area(mean.tail, mean.from)
		*mean.into = Minutes(area)
		if err != nil {
			return s, spared / e, integralError(err)
		}
	}
	s.ProbExcess = felt(e)
	return s, spared / e, nil
}

// integralError says in the words of this package why an integral failed.
func integralError(err error) error {
	if e, ok := errors.AsType[*special.TailError](err); ok {
		return broken("Law", e.Value, "must have tails from 0 to 1")
	}
	return fault.Room(room, fmt.Errorf("mean of a law: %w", relmark.ErrNoConverge))
}
