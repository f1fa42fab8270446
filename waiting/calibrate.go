package waiting

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
)

// An Observation is a customer who was asked how long a wait had been, and what is known
// of it. It is plain data.
type Observation struct {
	Wait      Minutes   `json:"wait"` // on the clock; above 0, to 1e9
	Felt      Minutes   `json:"felt"` // as the customer says; above 0, to 1e9
	Situation Situation `json:"situation"`
}

// A Calibrator learns felt waits from a host's own customers: it adds up the normal
// equations of
//
//	ln(felt/t₀) = base + b·ln(wait/t₀) + Σ k·z + noise,  t₀ = 5 minutes
//
// with a coefficient for each factor that acts on felt minutes. Obtain one from
// [NewCalibrator]; the zero Calibrator takes nobody, and can be decoded into. It is not
// safe for concurrent mutation.
type Calibrator struct {
	opaque

	sums equations
	row  []float64
}

// felt are the factors of a calibration, in the order of its columns.
func felt() []Factor {
	factors := []Factor{Base, Exponent}
	for _, p := range Priors() {
		if p.Effect == OnFelt && p.Factor != Base && p.Factor != Exponent {
			factors = append(factors, p.Factor)
		}
	}
	return factors
}

// NewCalibrator returns a calibrator that has seen nobody.
func NewCalibrator() *Calibrator { return &Calibrator{sums: newEquations(len(felt()))} }

// N returns how many observations there are.
func (c *Calibrator) N() int64 { return int64(c.sums.n) }

// Add counts an observation. It fails with a [relmark.FieldError] if it breaks a rule,
// and with [relmark.ErrLimit] past 2⁴⁰ observations. A wait of 0 says nothing about felt
// minutes and is refused.
func (c *Calibrator) Add(o Observation) error {
	var l fault.List
	l.Check(len(c.sums.xy) > 0, "Calibrator", nil, "must come from NewCalibrator")
	l.Check(o.Wait > 0 && o.Wait <= 1e9, "Wait", float64(o.Wait), "must be above 0 and at most 1e+09")
	l.Check(o.Felt > 0 && o.Felt <= 1e9, "Felt", float64(o.Felt), "must be above 0 and at most 1e+09")
	l.Join("Situation", o.Situation.Validate())
	if err := l.Err(room); err != nil {
		return err
	}
	if c.sums.n >= maxVisits {
		return fault.Room(room, relmark.ErrLimit)
	}
	c.row = c.row[:0]
	for _, f := range felt() {
		z := o.Situation.strength(f, OnFelt)
		if f == Exponent {
			z = math.Log(float64(o.Wait) / typical)
		}
		c.row = append(c.row, z)
	}
	c.sums.add(c.row, math.Log(float64(o.Felt)/typical))
	return nil
}

// Merge adds the observations of o, which stays as it is: in any order, within rounding.
// The zero Calibrator is the identity.
func (c *Calibrator) Merge(o *Calibrator) error {
	switch {
	case len(o.sums.xy) == 0:
		return nil
	case c.sums.n+o.sums.n > maxVisits:
		return fault.Room(room, relmark.ErrLimit)
	case len(c.sums.xy) == 0:
		c.sums = newEquations(len(o.sums.xy))
	}
	c.sums.merge(&o.sums)
	return nil
}

// CalibrateOptions choose how a model is calibrated. The zero CalibrateOptions are the
// default: priors of the model, and a noise that the data tell.
type CalibrateOptions struct {
	Noise   *float64 `json:"noise,omitempty"`    // known standard deviation of the noise, in the logarithm; 1e-6 to 10
	NoPrior bool     `json:"no_prior,omitempty"` // least squares: nothing is believed beforehand
}

// A Coefficient is what the data say of one factor.
type Coefficient struct {
	Factor Factor  `json:"factor"`
	Mean   float64 `json:"mean"`
	SD     float64 `json:"sd"`
	Seen   bool    `json:"seen"` // the factor varied; if not, the mean is that of the prior
}

// A Calibration is a model that has learnt felt waits from a host's customers.
type Calibration struct {
	Model        Model         `json:"model"`
	N            int64         `json:"n"`
	Noise        float64       `json:"noise"` // standard deviation of what the model does not explain, in the logarithm
	Coefficients []Coefficient `json:"coefficients"`
}

const (
	mostRounds = 200
	noiseRest  = 1e-10
)

// Calibrate returns what the observations say of felt waits, with the priors of m as what
// was believed before. The posterior's covariance stays with the model, so that bands of
// [Model.Felt] are right also where coefficients are known only together. The noise, if
// not given, is found by iteration: the squares that are left over n less the number of
// coefficients that the data determine. Without priors a factor that nobody had keeps its
// prior and is not Seen.
//
// It fails with a [relmark.FieldError] for a zero model or options that break a rule, with
// [relmark.ErrTooFew] if there are not more observations than coefficients to be learnt or
// if they do not tell them apart, and with [relmark.ErrNoConverge] if 200 rounds do not
// settle the noise.
func (c *Calibrator) Calibrate(m Model, o CalibrateOptions) (Calibration, error) {
	var l fault.List
	l.Check(m.priors != nil, "Model", nil, "must come from NewModel")
	if o.Noise != nil {
		l.Between("Noise", *o.Noise, 1e-6, 10)
	}
	if err := l.Err(room); err != nil {
		return Calibration{}, err
	}
	if c.sums.n == 0 {
		return Calibration{}, fault.Room(room, relmark.ErrTooFew)
	}
	b, seen := c.believed(m, o)
	mean, cov, noise, err := c.sums.learn(b, seen, o.Noise)
	if err != nil {
		return Calibration{}, fault.Room(room, err)
	}
	out := Calibration{N: c.N(), Noise: math.Sqrt(noise)}
	for i, f := range felt() {
		out.Coefficients = append(out.Coefficients, Coefficient{f, mean[i], math.Sqrt(cov.At(i, i)), seen[i]})
	}
	out.Model, err = m.learnt(mean, cov)
	return out, err
}

// believed returns what m believes of the columns, and which of them have been seen.
// Without priors nothing is believed of what has been seen.
func (c *Calibrator) believed(m Model, o CalibrateOptions) (b belief, seen []bool) {
	for i, f := range felt() {
		p := m.prior(f, OnFelt)
		there := c.sums.product(i, i) > 0
		precision := 1e24 // a spread of 0 is known for sure
		if p.SD > 0 {
			precision = min(precision, 1/(p.SD*p.SD))
		}
		if o.NoPrior && there {
			precision = 0
		}
		b.mean, b.precision = append(b.mean, p.Mean), append(b.precision, precision)
		seen = append(seen, there)
	}
	return b, seen
}

// learn returns the posterior, and the variance of the noise.
func (e *equations) learn(b belief, seen []bool, known *float64) (mean []float64, cov *mat.SymDense, noise float64, err error) {
	fail := func(cause error) ([]float64, *mat.SymDense, float64, error) { return nil, nil, 0, cause }
	if known != nil {
		noise = *known * *known
		if mean, cov, ok := e.posterior(b, noise); ok {
			return mean, cov, noise, nil
		}
		return fail(relmark.ErrTooFew)
	}
	noise = 1.0
	for range mostRounds {
		mean, cov, ok := e.posterior(b, noise)
		if !ok {
			return fail(relmark.ErrTooFew)
		}
		learnt := 0.0 // coefficients that the data determine
		for i := range mean {
			if seen[i] {
				learnt += 1 - b.precision[i]*cov.At(i, i)
			}
		}
		free := float64(e.n) - learnt
		if free < 0.5 {
			return fail(relmark.ErrTooFew)
		}
		next := max(e.squares(mean)/free, 1e-12)
		if math.Abs(next-noise) <= noiseRest*noise {
			return mean, cov, next, nil
		}
		noise = next
	}
	return fail(fmt.Errorf("the noise does not settle: %w", relmark.ErrNoConverge))
}

// learnt returns m with other coefficients on felt minutes, and their covariance.
func (m Model) learnt(mean []float64, cov *mat.SymDense) (Model, error) {
	priors, joint := m.Priors(), make([][]float64, len(mean))
	for i, f := range felt() {
		at := slices.IndexFunc(priors, Prior{Factor: f, Effect: OnFelt}.replaces)
		priors[at].Mean, priors[at].SD = mean[i], math.Sqrt(cov.At(i, i))
		if i := cov.At(i, i); !(i >= 0) {
			return Model{}, fault.Room(room, relmark.ErrTooFew)
		}
		for j := range i + 1 {
			joint[i] = append(joint[i], cov.At(i, j))
		}
	}
	learnt, err := NewModel(priors...)
	if err != nil {
		return Model{}, err
	}
	learnt.joint = joint
	return learnt, nil
}

const calibratorVersion = 1

// AppendBinary appends the encoding of c, version 1: how many columns and observations
// there are, and the sums of products. It does not fail.
func (c *Calibrator) AppendBinary(b []byte) ([]byte, error) {
	w := codec.NewWriter(b, codec.KindCalibrator, calibratorVersion)
	w.Uvarint(uint64(len(c.sums.xy)))
	c.sums.write(&w)
	return w.Data(), nil
}

// MarshalBinary returns what [Calibrator.AppendBinary] appends.
func (c *Calibrator) MarshalBinary() ([]byte, error) { return c.AppendBinary(nil) }

// UnmarshalBinary reads an encoding of any version. It fails with
// [relmark.ErrUnsupported] for an unknown version and with [relmark.ErrInvalid] for
// anything else that no calibrator writes; c stays as it is then.
func (c *Calibrator) UnmarshalBinary(data []byte) error {
	r := codec.NewReader(data, codec.KindCalibrator, calibratorVersion)
	columns := int(r.UpTo(int64(len(felt()))))
	r.Check(columns == 0 || columns == len(felt()))
	out := Calibrator{}
	if columns > 0 && r.Err() == nil {
		out.sums = newEquations(columns)
	}
	out.sums.read(&r)
	r.Check(columns > 0 || out.sums.n == 0 && out.sums.yy == 0)
	if err := r.Done(); err != nil {
		return fault.Decode(room, "calibrator", err)
	}
	*c = out
	return nil
}
