package loyalty

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/maximum"
	"github.com/relmark/relmark/internal/special"
	"github.com/relmark/relmark/internal/stat"
)

// A Form says how loyalty answers to satisfaction.
type Form string

// The forms of a response curve.
const (
	Linear   Form = "linear"   // a point of satisfaction brings as much everywhere
	Logistic Form = "logistic" // little at both ends, most in between, and never outside 0 to 1
)

func forms() enum.Set[Form] { return enum.Of(Linear, Logistic) }

// A ScoreCount is how many customers gave one score of satisfaction and how many of
// them stayed. Several of one score add up, so lists of several shards are joined as
// they are. It is plain data.
type ScoreCount struct {
	Score float64 `json:"score"` // finite, within ±1e9
	N     int64   `json:"n"`     // 0 to 2⁴⁰
	Loyal int64   `json:"loyal"` // 0 to N: those who stayed, bought again, came back
}

// A Curve is a fitted response of loyalty to satisfaction. It is plain data.
type Curve struct {
	Form      Form    `json:"form"`
	Intercept float64 `json:"intercept"`
	Slope     float64 `json:"slope"` // per point of satisfaction: of the share, or of its log odds
	N         int64   `json:"n"`
	// MSE is the mean squared error of the shares that the curve says, by customer: the
	// form with less of it fits these customers better.
	MSE       float64         `json:"mse"`
	Precision *CurvePrecision `json:"precision"` // nil where the scores tell who stays without error, so that the slope has no end
}

// CurvePrecision is how surely a curve is known. It is plain data.
type CurvePrecision struct {
	VarIntercept float64 `json:"var_intercept"`
	VarSlope     float64 `json:"var_slope"`
	Covariance   float64 `json:"covariance"`
	Degrees      float64 `json:"degrees"` // of freedom of the noise; 0 where it is normal
}

const (
	mostCounts = 1 << 40
	// farOff is how many standard deviations off 0 scores may lie: the precision of a curve at a
	// score, made of that of the intercept, loses twice the digits.
	farOff = 1e5
)

// FitResponse fits how the share of loyal customers answers to satisfaction: a line by
// least squares, or a logistic curve, P = 1/(1 + exp(−(a + b·score))), by maximum
// likelihood. Satisfaction is worth raising where the curve is steep.
//
// It fails with a [relmark.FieldError] for a form that is none, counts that are not as
// [ScoreCount] says, and scores further from 0 than 1e5 of their standard deviations, with [relmark.ErrTooFew] unless there are three customers or
// more, two scores that differ enough for a variance, and both loyal and disloyal customers, and with
// [relmark.ErrNoConverge] where the search for the curve ends without one; the best so
// far comes with it. It takes O(n log n) time for n counts.
func FitResponse(ctx context.Context, form Form, counts []ScoreCount) (Curve, error) {
	if err := checkCounts(form, counts); err != nil {
		return Curve{}, err
	}
	r := newResponse(counts)
	if r.n < 3 || !(r.sd > 0) || r.loyal == 0 || r.loyal == r.n {
		return Curve{}, fault.Room(room, relmark.ErrTooFew)
	}
	if math.Abs(r.mean) > farOff*r.sd {
		return Curve{}, fault.Room(room, fault.New("Counts", nil, "must have scores that vary by a hundred-thousandth of their size: subtract their mean"))
	}
	if form == Linear {
		return r.line()
	}
	return r.logistic(ctx)
}

func checkCounts(form Form, counts []ScoreCount) error {
	var l fault.List
	l.Join("", forms().Check("Form", form))
	total := int64(0)
	for i, c := range counts {
		if l.Full() {
			break
		}
		if !c.valid() {
			c.check(&l, fault.Item("Counts", i))
			continue
		}
		if total += c.N; total > mostCounts {
			l.Add(fault.Item("Counts", i)+".N", c.N, "must be 2^40 at most with those before")
			break
		}
	}
	return l.Err(room)
}

func (c *ScoreCount) valid() bool {
	return math.Abs(c.Score) <= 1e9 && c.N >= 0 && c.N <= mostCounts && c.Loyal >= 0 && c.Loyal <= c.N
}

func (c *ScoreCount) check(l *fault.List, at string) {
	l.Check(math.Abs(c.Score) <= 1e9, at+".Score", c.Score, "must be finite and within ±1e9")
	l.Check(c.N >= 0 && c.N <= mostCounts, at+".N", c.N, "must be 0 to 2^40")
	l.Check(c.Loyal >= 0 && c.Loyal <= c.N, at+".Loyal", c.Loyal, "must be 0 to N")
}

// A response is what a curve is fitted to: counts by score, ascending, none empty.
type response struct {
	counts   []ScoreCount
	n, loyal int64
	mean, sd float64 // of scores, by customer
}

func newResponse(counts []ScoreCount) *response {
	sorted := slices.Clone(counts)
	slices.SortFunc(sorted, func(a, b ScoreCount) int { return cmp.Compare(a.Score, b.Score) })
	r := &response{}
	for _, c := range sorted {
		if c.N == 0 {
			continue
		}
		r.n += c.N
		r.loyal += c.Loyal
		if k := len(r.counts) - 1; k >= 0 && r.counts[k].Score == c.Score {
			r.counts[k].N += c.N
			r.counts[k].Loyal += c.Loyal
			continue
		}
		r.counts = append(r.counts, c)
	}
	v := r.covariance()
	r.mean, r.sd = v.Mean[0], math.Sqrt(v.At(0, 0))
	return r
}

// covariance returns that of score and loyalty, by customer.
func (r *response) covariance() stat.Covariance {
	n := float64(r.n)
	var mean, xx, xy float64
	for _, c := range r.counts {
		mean += float64(c.N) / n * c.Score
	}
	share := float64(r.loyal) / n
	for _, c := range r.counts {
		d := c.Score - mean
		xx += float64(c.N) * d * d
		xy += d * (float64(c.Loyal) - share*float64(c.N))
	}
	yy := float64(r.loyal) * (1 - share)
	d := n - 1
	return stat.Covariance{N: r.n, Mean: []float64{mean, share}, Cov: []float64{xx / d, xy / d, xy / d, yy / d}}
}

// line fits by least squares over customers, each with loyalty 0 or 1.
func (r *response) line() (Curve, error) {
	g, err := stat.Regress(r.covariance(), 1, 0)
	if err != nil {
		return Curve{}, fault.Room(room, fmt.Errorf("%w: %w", relmark.ErrTooFew, err))
	}
	c := Curve{Form: Linear, Intercept: g.Coef[0], Slope: g.Coef[1], N: r.n}
	c.Precision = &CurvePrecision{g.Cov[0], g.Cov[3], g.Cov[1], g.Degrees}
	c.MSE = r.mse(c)
	return c, nil
}

// logistic fits by maximum likelihood, with scores standardised for the search.
func (r *response) logistic(ctx context.Context) (Curve, error) {
	odds := math.Log(float64(r.loyal) / float64(r.n-r.loyal))
	end := func(param string, value float64) maximum.Limit { return maximum.Limit{Param: param, Value: value} }
	axis := func(name string, start float64) maximum.Axis {
		return maximum.Axis{Name: name, Slope: true, Start: start, Lo: end(name, math.Inf(-1)), Hi: end(name, math.Inf(1))}
	}
	p := maximum.Problem{
		Axes:   []maximum.Axis{axis("Intercept", odds), axis("Slope", 0)},
		Mix:    maximum.Identity(2),
		LogLik: r.logLik,
	}
	found, err := p.Maximise(ctx, maxIterations)
	if err != nil {
		return Curve{}, fault.Room(room, err)
	}
	slope := found.Theta[1] / r.sd
	c := Curve{Form: Logistic, Intercept: found.Theta[0] - slope*r.mean, Slope: slope, N: r.n}
	c.MSE = r.mse(c)
	switch found.Status {
	case maximum.Converged:
		c.Precision = r.precision(found.Cov)
	case maximum.NotConverged:
		return c, fault.Room(room, relmark.ErrNoConverge)
	case maximum.AtBoundary, maximum.NotIdentified, maximum.Unbounded:
	}
	return c, nil
}

const maxIterations = 200

// precision turns the covariance for standardised scores into that for scores.
func (r *response) precision(cov [][]float64) *CurvePrecision {
	k := r.mean / r.sd
	return &CurvePrecision{
		VarIntercept: cov[0][0] - 2*k*cov[0][1] + k*k*cov[1][1],
		VarSlope:     cov[1][1] / (r.sd * r.sd),
		Covariance:   (cov[0][1] - k*cov[1][1]) / r.sd,
	}
}

// logLik returns the log likelihood and its gradient, theta for standardised scores.
func (r *response) logLik(theta, grad []float64) float64 {
	grad[0], grad[1] = 0, 0
	sum := 0.0
	for _, c := range r.counts {
		z := (c.Score - r.mean) / r.sd
		x := theta[0] + theta[1]*z
		loyal, lost := float64(c.Loyal), float64(c.N-c.Loyal)
		sum -= loyal*special.Softplus(-x) + lost*special.Softplus(x)
		d := loyal*special.Logistic(-x) - lost*special.Logistic(x)
		grad[0] += d
		grad[1] += d * z
	}
	return sum
}

func (r *response) mse(c Curve) float64 {
	sum := 0.0
	for _, s := range r.counts {
		p := c.share(s.Score)
		sum += float64(s.Loyal)*(1-p)*(1-p) + float64(s.N-s.Loyal)*p*p
	}
	return sum / float64(r.n)
}

func (c Curve) share(score float64) float64 {
	x := c.Intercept + c.Slope*score
	if c.Form == Logistic {
		return special.Logistic(x)
	}
	return x
}

// Share returns the share of loyal customers that the curve says for a score of
// satisfaction; of a line it may lie outside 0 to 1. It is NaN unless the score is
// finite.
func (c Curve) Share(score float64) float64 {
	if !fault.Finite(score) {
		return math.NaN()
	}
	return c.share(score)
}

// Gain returns by how much the share rises per point of satisfaction at a score: the
// slope of the curve there. It is NaN unless the score is finite.
func (c Curve) Gain(score float64) float64 {
	switch p := c.Share(score); {
	case !fault.Finite(score):
		return math.NaN()
	case c.Form == Logistic:
		return c.Slope * p * (1 - p)
	}
	return c.Slope
}

// ShareInterval returns the interval of the share at a score, by Student's t for a line
// and by the normal distribution of the log odds for a logistic curve, so that it stays
// within 0 and 1. It is false where the curve has no precision, unless the score is
// finite, and unless the confidence is above 0 and below 1.
func (c Curve) ShareInterval(score, confidence float64) (Interval, bool) {
	if c.Precision == nil || !fault.Finite(score) || !isConfidence(confidence) {
		return Interval{}, false
	}
	p := c.Precision
	se := math.Sqrt(max(p.VarIntercept+2*score*p.Covariance+score*score*p.VarSlope, 0))
	x := c.Intercept + c.Slope*score
	if c.Form == Logistic {
		z := stat.Normal(confidence)
		return Interval{special.Logistic(x - z*se), special.Logistic(x + z*se)}, true
	}
	return around(x, stat.StudentT(confidence, p.Degrees)*se), true
}

// SlopeInterval returns the interval of the slope, as [Curve.ShareInterval] does.
func (c Curve) SlopeInterval(confidence float64) (Interval, bool) {
	if c.Precision == nil || !isConfidence(confidence) {
		return Interval{}, false
	}
	q := stat.Normal(confidence)
	if c.Form == Linear {
		q = stat.StudentT(confidence, c.Precision.Degrees)
	}
	return around(c.Slope, q*math.Sqrt(c.Precision.VarSlope)), true
}
