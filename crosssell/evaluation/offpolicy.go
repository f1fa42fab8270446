package evaluation

import (
	"math"

	"github.com/relmark/relmark/internal/fault"
)

// A Logged is an offer that was made, drawn with a known probability, and what came of it.
// It is plain data.
type Logged struct {
	Propensity float64 `json:"propensity"` // probability with which it was made; above 0 and at most 1
	Target     float64 `json:"target"`     // with which the policy to be judged makes it; 0, or 1e-100 to 1
	Reward     float64 `json:"reward"`     // −1e50 to 1e50
	// Model has what a model expects of the reward, for the doubly robust estimate: for
	// each offer of a log or for none.
	Model *Expected `json:"model,omitempty"`
}

// Expected are rewards that a model expects of a customer, each of −1e50 to 1e50. It is
// plain data.
type Expected struct {
	Taken  float64 `json:"taken"`  // of the offer that was made
	Target float64 `json:"target"` // of the policy to be judged: the mean over its offers
}

// maxOffers is how many offers a spread counts exactly.
const maxOffers = 1 << 53

// leastWeight keeps the square of a weight above 0.
const leastWeight = 1e-100

// weight returns Target/Propensity.
func (o Logged) weight() float64 { return o.Target / o.Propensity }

// Validate reports every rule that o breaks, joined into one error.
func (o Logged) Validate() error {
	var l fault.List
	l.Check(o.Propensity > 0 && o.Propensity <= 1, "Propensity", o.Propensity, "must be above 0 and at most 1")
	l.Check(o.Target == 0 || o.Target >= leastWeight && o.Target <= 1, "Target", o.Target, "must be 0, or 1e-100 to 1")
	l.Check(isValue(o.Reward), "Reward", o.Reward, valueRule)
	if l.Len() == 0 {
		l.Check(o.weight() <= MaxValue, "Propensity", o.Propensity, "must be Target/1e50 or more")
	}
	if o.Model != nil {
		l.Check(isValue(o.Model.Taken), "Model.Taken", o.Model.Taken, valueRule)
		l.Check(isValue(o.Model.Target), "Model.Target", o.Model.Target, valueRule)
	}
	return l.Err(room)
}

// An OffPolicy adds up logged offers to say what another policy would have earned. Its
// parts merge within 1e-12. Obtain one from [NewOffPolicy]. It is not safe for concurrent
// mutation.
type OffPolicy struct {
	opaque

	clip    float64 // infinite where weights are not cut
	n       int64
	models  bool // of each offer
	clipped int64
	sum     total   // of weights
	squares total   // of weights, squared
	most    float64 // weight
	ips     spread  // w·r
	robust  spread  // model target + w·(r − model taken)
	reward  spread  // r with weights w²
}

// NewOffPolicy returns an estimate of no offers. Weights above clip are cut to it, which
// trades variance for bias; nil cuts none. It fails with a [relmark.FieldError] unless clip
// is 1e-100 or more and finite.
func NewOffPolicy(clip *float64) (*OffPolicy, error) {
	if clip == nil {
		return &OffPolicy{clip: math.Inf(1)}, nil
	}
	if !(*clip >= leastWeight && *clip <= math.MaxFloat64) {
		return nil, invalid("Clip", *clip, "must be 1e-100 or more and finite")
	}
	return &OffPolicy{clip: *clip}, nil
}

// Add adds an offer. It fails exactly when [Logged.Validate] does, where some offers have a
// model and others have not, or with [relmark.ErrLimit] past 2⁵³ offers; p is unchanged then.
func (p *OffPolicy) Add(o Logged) error {
	if p.clip == 0 {
		return errZero("OffPolicy")
	}
	if err := o.Validate(); err != nil {
		return err
	}
	if p.n > 0 && p.models != (o.Model != nil) {
		return invalid("Model", nil, "must be given for each offer or for none")
	}
	if p.n >= maxOffers {
		return overLimit("more than 2^53 offers")
	}
	w := o.weight()
	one := OffPolicy{clip: p.clip, n: 1, models: o.Model != nil}
	if w > p.clip {
		w, one.clipped = p.clip, 1
	}
	one.sum.sum, one.squares.sum, one.most = w, w*w, w
	one.ips.add(w*o.Reward, 1)
	one.reward.add(o.Reward, w*w)
	if m := o.Model; m != nil {
		one.robust.add(m.Target+float64(w*(o.Reward-m.Taken)), 1)
	}
	p.join(&one)
	return nil
}

// Merge adds the offers of o, which stays as it is: associative and commutative within
// rounding, with an estimate of no offers as identity. It fails with a [relmark.FieldError]
// where o cuts weights elsewhere, or only one of both has models, and with
// [relmark.ErrLimit] past 2⁵³ offers, which floats no longer count; p is unchanged then.
func (p *OffPolicy) Merge(o *OffPolicy) error {
	if p.clip == 0 || o == nil || o.clip == 0 {
		return errZero("OffPolicy")
	}
	if p.clip != o.clip || p.n > 0 && o.n > 0 && p.models != o.models {
		return invalid("Other", nil, "must have the same clip, and models where the other has")
	}
	if o.n > maxOffers-p.n {
		return overLimit("more than 2^53 offers")
	}
	p.join(o)
	return nil
}

func (p *OffPolicy) join(o *OffPolicy) {
	p.n += o.n
	p.models = p.models || o.models
	p.clipped += o.clipped
	p.sum.merge(o.sum)
	p.squares.merge(o.squares)
	p.most = max(p.most, o.most)
	p.ips.merge(o.ips)
	p.robust.merge(o.robust)
	p.reward.merge(o.reward)
}

// A PolicyValue is what a policy would have earned per offer, by each estimate. It is
// plain data.
type PolicyValue struct {
	N          int64   `json:"n"`
	Clipped    int64   `json:"clipped"` // offers of weights strictly above the clip
	MeanWeight float64 `json:"mean_weight"`
	MaxWeight  float64 `json:"max_weight"`
	// EffectiveN is (Σw)²/Σw²: how many offers of the policy itself would say as much. It
	// is nil, and so is SNIPS, where the policy makes none of the logged offers.
	EffectiveN *float64  `json:"effective_n,omitempty"`
	IPS        Estimate  `json:"ips"`             // mean of w·r
	SNIPS      *Estimate `json:"snips,omitempty"` // Σwr/Σw, with se = √Σ w²(r − SNIPS)² / Σw
	DR         *Estimate `json:"dr,omitempty"`    // mean of model target + w·(r − model taken); nil without models
}

// Value returns the estimates with intervals at a level above 0 and below 1. It fails with
// [relmark.ErrTooFew] below two offers.
func (p *OffPolicy) Value(level float64) (PolicyValue, error) {
	if err := levelError(level); err != nil {
		return PolicyValue{}, err
	}
	if p.n < 2 {
		return PolicyValue{}, tooFew("fewer than two offers")
	}
	sum := p.sum.value()
	v := PolicyValue{
		N: p.n, Clipped: p.clipped, MeanWeight: sum / float64(p.n), MaxWeight: p.most,
		IPS: estimate(p.ips.mean, p.ips.se(), level),
	}
	if sum > 0 {
		effective := sum / p.squares.value() * sum
		value := float64(p.n) * p.ips.mean / sum
		snips := estimate(value, math.Sqrt(p.reward.around(value))/sum, level)
		v.EffectiveN, v.SNIPS = &effective, &snips
	}
	if p.models {
		dr := estimate(p.robust.mean, p.robust.se(), level)
		v.DR = &dr
	}
	return v, nil
}
