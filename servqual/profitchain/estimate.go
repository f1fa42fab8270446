package profitchain

import (
	"errors"
	"math"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
	"github.com/relmark/relmark/servqual"
)

// A Slope is how much one measure changes with one point of another, other drivers equal. It is
// plain data.
type Slope struct {
	B        float64           `json:"b"`
	SE       float64           `json:"se"`
	Interval servqual.Interval `json:"interval"`
	T        *float64          `json:"t"` // nil where the line leaves nothing
	Degrees  float64           `json:"degrees"`
	P        float64           `json:"p"`    // two-sided, of none; where the line leaves nothing 0, or 1 for a B of 0
	Beta     *float64          `json:"beta"` // in standard deviations of both; nil for an intercept
}

// A Strength is what the data say about one link. It is plain data.
type Strength struct {
	Link
	State State  `json:"state"`
	N     int64  `json:"n"`     // rows that have the measure and all that drive it
	Units int    `json:"units"` // that have such rows
	Slope *Slope `json:"slope"` // nil where the state is too_few or undetermined
	// PHolm is the p-value for all links together (Holm 1979); nil where there is no slope.
	PHolm *float64 `json:"p_holm"`
	// Correlation is of the two alone, over the same rows; nil below 3, or where one does not vary.
	Correlation *Correlation `json:"correlation"`
}

// An Equation is the regression of one measure on all that drive it, jointly. It is plain data.
type Equation struct {
	To        string          `json:"to"`
	Links     []int           `json:"links"` // its drivers: positions in [Fit.Links]
	State     State           `json:"state"` // too_few and undetermined leave the rest empty; otherwise evidence if F is significant
	N         int64           `json:"n"`
	Units     int             `json:"units"`
	Dropped   int64           `json:"dropped"`   // rows that have the measure and lack a driver
	Intercept *Slope          `json:"intercept"` // nil within units
	R2        float64         `json:"r2"`        // within units, of what varies there
	Adjusted  float64         `json:"r2_adjusted"`
	Sigma     float64         `json:"sigma"` // standard deviation of what is left
	Degrees   float64         `json:"degrees"`
	Test      *servqual.FTest `json:"test"` // of all slopes, by classic errors; nil where the line leaves nothing
}

// A Fit is an estimated chain. It is an immutable value, safe for concurrent use; what it shows
// is only to be read. Obtain one from [Estimate].
type Fit struct {
	opaque

	Links     []Strength // in the order of the chain
	Equations []Equation // one of each measure that is driven, downstream

	chain Chain
	units int
	parts []fitted
}

// fitted is an equation with its slopes, and what each unit adds to their errors.
type fitted struct {
	*equation
	slopes []float64 // nil if there are none
	cov    []float64 // classic, of slopes, one row after another
	pulls  []float64 // clustered: by unit and slope
	spread float64   // of pulls: √ of the correction for few units
	free   float64   // degrees of freedom
}

// Estimate estimates the chain on a panel: for each measure that is driven, least squares on all
// that drive it, over the rows that have them all. It takes O(n log n) for n rows and each link,
// three quarters of it for rank correlations, and keeps the sums of units, not the panel. It
// fails with a [relmark.FieldError] if the
// chain is the zero Chain or the panel lacks a measure of it. What data are too few for is
// named so, not an error.
func Estimate[U relmark.ID](c Chain, p *Panel[U]) (*Fit, error) {
	var l fault.List
	l.Check(len(c.params.Links) > 0, "Chain", nil, "must come from NewChain")
	l.Check(p != nil, "Panel", nil, "must not be nil")
	if err := l.Err(room); err != nil {
		return nil, err
	}
	for i, k := range c.params.Links {
		_, from := p.column(k.From)
		_, to := p.column(k.To)
		l.Check(from && to, fault.Item("Links", i), nil, "must join measures of the panel")
	}
	if err := l.Err(room); err != nil {
		return nil, err
	}
	f, s := &Fit{chain: c, Links: make([]Strength, len(c.params.Links))}, sheetsOf(p)
	for _, to := range c.order {
		var into []int
		for i, k := range c.params.Links {
			if k.To == to {
				into = append(into, i)
			}
		}
		if into != nil {
			f.fit(s.gather(c, to, into))
		}
	}
	f.holm()
	return f, nil
}

// fit adds an equation and the strengths of its links. All of them have the rows and the state of
// the equation if that cannot be fitted, and else one by their own interval.
func (f *Fit) fit(e *equation) {
	p := f.chain.params
	f.units = max(f.units, len(e.sums)/e.size())
	q := Equation{To: e.to, Links: slices.Clone(e.links), N: int64(e.len()), Units: e.units(), Dropped: e.dropped}
	part := fitted{equation: e}
	g, err := e.regress(nil, make([]float64, e.size()))
	if q.State = failure(err); err == nil {
		exact := !(1-g.R2 > rounding)
		part.solve(g, exact, q.Units, p.Errors)
		q.describe(g, exact, p.Level)
		if !e.within {
			q.Intercept = part.intercept(g, exact, p.Level)
		}
		if part.slopes == nil { // clustered, by one unit
			q = Equation{To: e.to, Links: q.Links, N: q.N, Units: q.Units, Dropped: q.Dropped, State: TooFew}
		}
	}
	for j, k := range e.links {
		s := Strength{Link: p.Links[k], State: q.State, N: q.N, Units: q.Units}
		if part.slopes != nil {
			s.Slope = slope(part.slopes[j], part.se(j), part.free, p.Level)
			s.Slope.Beta = new(g.Beta[j])
			s.State = stateOf(s.Slope.Interval)
		}
		s.Correlation = part.correlation(j, q.Units, p.Level)
		f.Links[k] = s
	}
	f.Equations, f.parts = append(f.Equations, q), append(f.parts, part)
}

// failure names why there is no regression; evidence if there is one.
func failure(err error) State {
	switch {
	case err == nil:
		return Evidence
	case errors.Is(err, stat.ErrFewRows):
		return TooFew
	}
	return Undetermined
}

// solve keeps the slopes and what their errors are made of: the covariance σ²·(X'X)⁻¹, from which
// clustered errors take the inverse. An exact line has none. One unit alone cannot tell how units
// differ: then there are no slopes.
func (p *fitted) solve(g stat.Regression, exact bool, units int, kind Errors) {
	k := len(g.Coef) - 1
	p.free, p.slopes = g.Degrees, g.Coef[1:]
	p.cov = make([]float64, k*k)
	if kind == Clustered {
		if p.free = float64(units - 1); units < 2 {
			p.slopes = nil
			return
		}
	}
	if exact {
		return
	}
	for i := range k {
		copy(p.cov[i*k:], g.Cov[(i+1)*(k+1)+1:][:k])
	}
	if kind == Clustered {
		p.pull(g, units)
	}
}

// pull computes how far each unit pulls each slope: (X'X)⁻¹·x'u over its rows. The correction
// for few units is that of Liang and Zeger as commonly programmed, with n − 1 over n − k − 1.
func (p *fitted) pull(g stat.Regression, units int) {
	k, noise := len(p.slopes), g.Sigma*g.Sigma
	all := len(p.sums) / p.size()
	p.pulls = make([]float64, all*k)
	for unit := range all {
		score := p.scores(unit)
		for i := range k {
			for j := range k {
				p.pulls[unit*k+i] += float64(p.cov[i*k+j] / noise * score[j+1])
			}
		}
	}
	n, m := float64(p.len()), float64(units)
	p.spread = math.Sqrt(m / (m - 1) * (n - 1) / (n - float64(k) - 1))
}

// scores returns, for the rows of a unit, the sum of what is left of the measure, u = y − Σ b·x,
// then that times each driver, about means:
//
//	Σ u·x_j = Σ y·x_j − Σ b_m·Σ x_m·x_j
//
// of which all sums are at hand.
func (p *fitted) scores(unit int) []float64 {
	k, s := len(p.slopes), p.of(unit)
	out := make([]float64, k+1)
	out[0] = s[1+k]
	for j, b := range p.slopes {
		out[0] -= float64(b * s[1+j])
		out[j+1] = p.product(s, j, k)
		for m, c := range p.slopes {
			out[j+1] -= float64(c * p.product(s, min(j, m), max(j, m)))
		}
	}
	return out
}

// product returns the sum of products of columns i ≤ j.
func (p *fitted) product(s []float64, i, j int) float64 {
	return s[1+p.columns+i*p.columns-i*(i-1)/2+j-i]
}

// se returns the standard error of a slope.
func (p *fitted) se(j int) float64 {
	gradient := make([]float64, len(p.slopes))
	gradient[j] = 1
	return math.Sqrt(p.variance(gradient))
}

// variance returns that of a sum of slopes with these weights: w'Vw, or the sum of squares of what
// units pull it by.
func (p *fitted) variance(weights []float64) (v float64) {
	k := len(weights)
	if p.pulls != nil {
		for unit := range len(p.pulls) / k {
			d := p.pulled(unit, weights)
			v += float64(d * d)
		}
		return v
	}
	for i, a := range weights {
		for j, b := range weights {
			v += float64(a * b * p.cov[i*k+j])
		}
	}
	return max(v, 0)
}

// pulled returns how far a unit pulls a sum of slopes with these weights.
func (p *fitted) pulled(unit int, weights []float64) (d float64) {
	if p.pulls == nil {
		return 0
	}
	for j, w := range weights {
		d += float64(w * p.pulls[unit*len(weights)+j])
	}
	return d * p.spread
}

// describe fills in what the line explains.
func (q *Equation) describe(g stat.Regression, exact bool, level float64) {
	q.R2, q.Adjusted, q.Sigma, q.Degrees = g.R2, g.AdjustedR2(), g.Sigma, g.Degrees
	if exact {
		q.R2, q.Adjusted, q.Sigma = 1, 1, 0
		return
	}
	f, p := g.F()
	q.Test = &servqual.FTest{F: f, Above: float64(len(g.Coef) - 1), Below: g.Degrees, P: p}
	if p >= 1-level {
		q.State = NoEvidence
	}
}

// intercept returns the value of the measure where all drivers are 0. With clustered errors a unit
// pulls it by Σ u/n, less what it pulls the slopes by times the means of their drivers.
func (p *fitted) intercept(g stat.Regression, exact bool, level float64) *Slope {
	se := g.SE[0]
	switch {
	case p.slopes == nil:
		return nil
	case exact:
		se = 0
	case p.pulls != nil:
		se = 0
		n, weights := float64(p.len()), p.mean[:len(p.slopes)]
		for unit := range len(p.pulls) / len(p.slopes) {
			d := p.scores(unit)[0]/n*p.spread - p.pulled(unit, weights)
			se += d * d
		}
		se = math.Sqrt(se)
	}
	return slope(g.Coef[0], se, p.free, level)
}

// slope gives a coefficient its interval and its test.
func slope(b, se, degrees, level float64) *Slope {
	half := stat.StudentT(level, degrees) * se
	s := &Slope{B: b, SE: se, Interval: servqual.Interval{Low: b - half, High: b + half}, Degrees: degrees}
	switch {
	case se > 0:
		s.T = new(b / se)
		s.P = stat.TTail(*s.T, degrees)
	case b == 0:
		s.P = 1
	}
	return s
}

// correlation returns that of a driver and the measure, as rows are used: within units about the
// means of units, which take a degree of freedom each but one.
func (p *fitted) correlation(j, units int, level float64) *Correlation {
	withdrawn := 0
	if p.within {
		withdrawn = units - 1
	}
	if p.len()-withdrawn < 3 {
		return nil
	}
	c, ok := correlate(p.column(j), p.column(p.columns-1), int64(withdrawn), level)
	if !ok {
		return nil
	}
	return &c
}

// holm adjusts p-values for the number of links that have one and, if asked to, judges by them: a
// link whose own interval leaves 0 out may then be without evidence.
func (f *Fit) holm() {
	var ps []float64
	for _, s := range f.Links {
		if s.Slope != nil {
			ps = append(ps, s.Slope.P)
		}
	}
	ps = stat.Holm(ps)
	for i := range f.Links {
		s := &f.Links[i]
		if s.Slope == nil {
			continue
		}
		s.PHolm, ps = new(ps[0]), ps[1:]
		if f.chain.params.Holm && *s.PHolm >= 1-f.chain.params.Level {
			s.State = NoEvidence
		}
	}
}

// Chain returns the chain that was estimated.
func (f *Fit) Chain() Chain { return f.chain }
