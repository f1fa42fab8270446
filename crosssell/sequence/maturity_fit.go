package sequence

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
)

// MaturityOptions steer a fit. The zero value is the default. It is plain data.
type MaturityOptions struct {
	MaxIterations int `json:"max_iterations,omitempty"` // 0 means 100
}

// Validate reports the rule that o breaks.
func (o MaturityOptions) Validate() error {
	var l fault.List
	l.Check(o.MaxIterations >= 0, "MaxIterations", o.MaxIterations, "must be 1 or more, or 0 for 100")
	return l.Err(room)
}

// A MaturityFit is a fitted model and how far to trust it. What to store of it is its
// Model: a fit itself has no JSON. Treat the slice as read-only.
type MaturityFit[I relmark.ID] struct {
	opaque

	Model      Maturity[I]
	Status     Status
	N          int64 // customers
	LogLik     float64
	Iterations int
	// Standard errors, from the observed information: of the difficulties, of the mean and
	// of the standard deviation of maturity. NaN unless converged.
	StdErr         []float64
	MeanErr, SDErr float64
}

// FitMaturity fits the order of acquisition by marginal maximum likelihood, maturity being
// integrated out: Newton's method, with the information as Louis gives it. It fails with
// [relmark.ErrTooFew] where a product has no owner or no customer without it, as its
// difficulty would be infinite, and with the error of ctx. Where customers have products as
// if they did not differ, or more evenly, SD is 0, the Status [AtBoundary], and that is no
// error; where it rises past 10, they have all or nothing, and the Status is [Separated].
// That and [NotConverged] are [relmark.ErrNoConverge], with the best so far. An iteration
// takes O(k³) time for k products, however many customers there are.
func FitMaturity[I relmark.ID](ctx context.Context, o *Acquisitions[I], options MaturityOptions) (MaturityFit[I], error) {
	if err := options.Validate(); err != nil {
		return MaturityFit[I]{}, err
	}
	if o == nil || len(o.items) == 0 {
		return MaturityFit[I]{}, fault.Room(room, fault.New("Acquisitions", nil, "must come from NewAcquisitions"))
	}
	n := o.Customers()
	for i, k := range o.owners {
		if k == 0 || k == n {
			return MaturityFit[I]{}, fmt.Errorf("sequence: product %d has %d owners among %d customers: %w", i, k, n, relmark.ErrTooFew)
		}
	}
	s := newMarginal(n, o.owners, o.scores)
	f := MaturityFit[I]{N: n, Status: AtBoundary}
	if s.spreads() {
		var err error
		if f.Status, f.Iterations, err = s.climb(ctx, maxIterations(options.MaxIterations)); err != nil {
			return MaturityFit[I]{}, err
		}
	}
	f.LogLik = s.value()
	mean, difficulty := s.centred()
	f.StdErr, f.MeanErr, f.SDErr = s.spread(f.Status == Converged)
	var err error
	f.Model, err = NewMaturity(MaturityParams[I]{o.Items(), difficulty, mean, s.l.sd})
	if err != nil {
		f.Status = NotConverged
	}
	if f.Status == NotConverged || f.Status == Separated {
		return f, fmt.Errorf("sequence: fit: %s: %w", f.Status, relmark.ErrNoConverge)
	}
	return f, nil
}

// A marginal is the likelihood of b, of each product, and ln sd, which come in this order in
// gradients and informations:
//
//	ln L = −Σ owners·b + Σ scores·ln ∫ e^f(z) dz
type marginal struct {
	l      *latent
	owners []float64
	scores []float64
	n      float64
	noise  float64 // of the squared length of a step, where it is lost in rounding
	grad   []float64
	info   *mat.SymDense
	chol   mat.Cholesky
}

// newMarginal starts where customers do not differ. A gradient is a difference of sums over n
// customers, exact to about n·2⁻⁵², and the information is in proportion to n: so the squared
// length of a step, gradient² by information, does not fall below some n·2⁻¹⁰⁴.
func newMarginal(customers int64, owners, scores []int64) *marginal {
	k := len(owners)
	s := &marginal{l: newLatent(k), grad: make([]float64, k+1), info: mat.NewSymDense(k+1, nil)}
	for _, c := range scores {
		s.scores = append(s.scores, float64(c))
		s.n += float64(c)
	}
	for j, c := range owners {
		s.owners = append(s.owners, float64(c))
		s.l.b[j] = math.Log(float64(customers-c)) - math.Log(float64(c)) // exact however few are without
	}
	s.noise = max(settled, 1e-30*s.n*float64(k+1))
	return s
}

// spreads reports whether the likelihood rises as customers begin to differ, which it does
// where the number of products varies by more than it would by chance; b is best for
// customers who do not differ, sd is 0. If so it starts the search at an sd of 1.
func (s *marginal) spreads() bool {
	mean, chance, found := 0.0, 0.0, 0.0
	for _, owners := range s.owners {
		p := owners / s.n
		mean += p
		chance += float64(p * (1 - p))
	}
	for r, c := range s.scores {
		d := float64(r) - mean
		found += float64(c / s.n * d * d)
	}
	if !(found > chance*(1+1e-12)) {
		return false
	}
	s.l.sd = 1
	return true
}

// value returns the log likelihood. Customers with the same number of products have the same
// integral, so that there are k + 1 of them however many customers.
func (s *marginal) value() float64 {
	sum := 0.0
	for j, owners := range s.owners {
		sum -= float64(owners * s.l.b[j])
	}
	for r, c := range s.scores {
		if c > 0 {
			sum += float64(c * s.l.posterior(r).logArea)
		}
	}
	return sum
}

// differentiate fills in gradient and information. For one customer the gradient is the
// mean, over what is known of z, of that for given z; the information is the mean of that
// for given z, less the variance of the gradient (Louis).
func (s *marginal) differentiate() {
	k := len(s.owners)
	clear(s.grad)
	s.info.Zero()
	for j, owners := range s.owners {
		s.grad[j] = -owners
	}
	g, mean := make([]float64, k+1), make([]float64, k+1)
	for r, c := range s.scores {
		if c == 0 {
			continue
		}
		at := s.l.posterior(r)
		clear(mean)
		for q, z := range at.z {
			s.given(z, float64(r), c*at.p[q], g)
			for j := range g {
				mean[j] += float64(at.p[q] * g[j])
			}
			s.info.SymRankOne(s.info, -c*at.p[q], mat.NewVecDense(k+1, g))
		}
		s.info.SymRankOne(s.info, c, mat.NewVecDense(k+1, mean))
		for j := range mean {
			s.grad[j] += float64(c * mean[j])
		}
	}
}

// given writes the gradient for given z, and adds its information with a weight. With
// η = sd·z − b the derivatives of −ln(1 + e^η) are −p by η, and of η −1 by b and sd·z by
// ln sd.
func (s *marginal) given(z, r, weight float64, g []float64) {
	k := len(s.owners)
	by := s.l.sd * z // of ln sd
	g[k] = r * by
	h := s.info.RawSymmetric()
	for j, b := range s.l.b {
		p := sigmoid(by - b)
		v := float64(weight * p * (1 - p))
		g[j] = p
		g[k] -= float64(p * by)
		h.Data[j*h.Stride+j] += v
		h.Data[j*h.Stride+k] -= float64(v * by)
		h.Data[k*h.Stride+k] += float64(v * by * by)
	}
	h.Data[k*h.Stride+k] -= float64(weight * g[k])
}

// climb takes up to most Newton steps, shortened where they do not rise; where the
// information is not definite they go by the information with a greater diagonal.
func (s *marginal) climb(ctx context.Context, most int) (Status, int, error) {
	value := s.value()
	for steps := range most {
		if err := ctx.Err(); err != nil {
			return NotConverged, steps, fmt.Errorf("sequence: %w", err)
		}
		s.differentiate()
		step, definite := s.step()
		if step == nil {
			return NotConverged, steps, nil
		}
		length := dot(s.grad, step)
		value = s.move(step, value, length)
		switch {
		case s.l.sd > widest:
			s.l.sd = widest
			return Separated, steps + 1, nil
		case definite && length <= s.noise:
			return Converged, steps + 1, nil
		}
	}
	return NotConverged, most, nil
}

// step returns a direction that rises, and whether it is Newton's; nil where even a diagonal
// that drowns the information does not make it definite, as it is not a number.
func (s *marginal) step() (step []float64, definite bool) {
	const enough = 1e12
	n := len(s.grad)
	var out mat.VecDense
	info := mat.NewSymDense(n, nil)
	for more := 0.0; more < enough; more = max(1, 10*more) {
		info.CopySym(s.info)
		for j := range n {
			info.SetSym(j, j, info.At(j, j)+float64(more*s.n*1e-3))
		}
		if s.chol.Factorize(info) && s.chol.SolveVecTo(&out, mat.NewVecDense(n, s.grad)) == nil {
			return out.RawVector().Data, more == 0
		}
	}
	return nil, false
}

// move goes along a step, no further than by 2 in any parameter, and halves it until the
// likelihood rises; close to the top it trusts the step. It returns the likelihood there.
func (s *marginal) move(step []float64, value, length float64) float64 {
	const farthest = 2
	k := len(s.owners)
	scale := 1.0
	for _, d := range step {
		scale = min(scale, farthest/math.Abs(d))
	}
	b, sd := append([]float64(nil), s.l.b...), s.l.sd
	for ; ; scale /= 2 {
		for j := range b {
			s.l.b[j] = b[j] + float64(scale*step[j])
		}
		s.l.sd = sd * math.Exp(scale*step[k])
		if next := s.value(); length <= max(nearby, s.noise) || next >= value || scale < 1e-9 {
			return next
		}
	}
}

// centred returns the mean of maturity and the difficulties, whose mean is zero.
func (s *marginal) centred() (mean float64, difficulty []float64) {
	for _, b := range s.l.b {
		mean -= b / float64(len(s.l.b))
	}
	sum := 0.0
	for _, b := range s.l.b {
		difficulty = append(difficulty, b+mean)
		sum += b + mean
	}
	difficulty[0] -= sum // what rounding left
	return mean, difficulty
}

// spread returns the standard errors of what centred returns, and of sd; NaN where there
// are none. Mean and difficulties are linear in b, with coefficients −1/k and δ − 1/k, and by
// the delta method the error of sd is sd times that of ln sd.
func (s *marginal) spread(converged bool) (difficulty []float64, mean, sd float64) {
	k := len(s.owners)
	cov := mat.NewSymDense(k+1, nil)
	s.differentiate()
	if !converged || !s.chol.Factorize(s.info) || s.chol.InverseTo(cov) != nil {
		for range k {
			difficulty = append(difficulty, math.NaN())
		}
		return difficulty, math.NaN(), math.NaN()
	}
	to := make([]float64, k+1)
	for j := range k {
		for i := range k {
			to[i] = -1 / float64(k)
		}
		to[j]++
		v := mat.NewVecDense(k+1, to)
		difficulty = append(difficulty, math.Sqrt(mat.Inner(v, cov, v)))
		to[j]--
	}
	v := mat.NewVecDense(k+1, to)
	return difficulty, math.Sqrt(mat.Inner(v, cov, v)), s.l.sd * math.Sqrt(cov.At(k, k))
}
