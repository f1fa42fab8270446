package maximum

import "math"

// A Result is what [Problem.Maximise] found. Its slices are the caller's. Status,
// findings and covariance agree: each is derived from the findings, and only here.
type Result struct {
	Status      Status
	Theta       []float64
	LogLik      float64
	GradNorm    float64 // by u, of what is not held
	Evaluations int
	Findings    []Finding // of a search that did not converge, what it met on the way
	// Cov is the covariance of the parameters. Rows and columns are NaN for those that
	// a finding other than Within moves, and all are if the search did not converge.
	// Everything else is finite, and variances are above 0.
	Cov [][]float64
}

// result writes an outcome down in parameters.
func (o *outcome) result() Result {
	theta := o.unlog(o.shown(o.y))
	r := Result{
		Theta: theta, LogLik: o.logLik, GradNorm: norm(o.grad),
		Evaluations: o.evals, Findings: o.findings, Cov: o.spread(theta),
	}
	r.settle(o.arrived)
	return r
}

// spread returns the covariance of all parameters over what is not held; nil if the
// search has none.
func (o *outcome) spread(theta []float64) [][]float64 {
	n := len(o.Axes)
	if o.cov == nil {
		return nil
	}
	jacobian := square(n)
	for i := range n {
		for j, u := range o.shown(unit(n, i)) {
			jacobian[j][i] = u
		}
	}
	for i, a := range o.Axes {
		if !a.Slope {
			scale(jacobian[i], theta[i])
		}
	}
	cov := square(n)
	for i := range n {
		for j := range i + 1 {
			cov[i][j] = dot(jacobian[i], times(o.cov, jacobian[j]))
			cov[j][i] = cov[i][j]
		}
	}
	return cov
}

// settle derives status and covariance from the findings. A parameter that a finding
// moves has no variance; where any other has none that is finite and above 0, for
// whatever reason, the search has not converged.
func (r *Result) settle(arrived bool) {
	moved := r.Moved()
	if !arrived || !finite(r.LogLik) || !determined(r.Cov, moved) {
		r.Reject()
		return
	}
	r.Status = worst(r.Findings)
	for i := range r.Cov {
		for j := range r.Cov {
			if moved[i] || moved[j] {
				r.Cov[i][j] = math.NaN()
			}
		}
	}
}

// Reject says that the search did not converge, whatever it found: nothing has a
// variance.
func (r *Result) Reject() {
	r.Status, r.Cov = NotConverged, square(len(r.Theta))
	for _, row := range r.Cov {
		for j := range row {
			row[j] = math.NaN()
		}
	}
}

// Rescale gives the parameters of these numbers in another unit, by times as large.
func (r *Result) Rescale(by float64, params ...int) {
	for _, i := range params {
		r.Theta[i] *= by
		for j := range r.Cov {
			r.Cov[i][j] *= by
			r.Cov[j][i] *= by
		}
	}
	r.settle(r.Status != NotConverged)
}

// Moved says of each parameter whether a finding other than Within moves it.
func (r *Result) Moved() []bool {
	moved := make([]bool, len(r.Theta))
	for _, f := range r.Findings {
		if f.Kind == Within {
			continue
		}
		for i, by := range f.Direction {
			moved[i] = moved[i] || by != 0
		}
	}
	return moved
}

// determined reports whether what is not moved has a covariance, with variances above 0.
func determined(cov [][]float64, moved []bool) bool {
	if cov == nil {
		return false
	}
	for i := range cov {
		for j := range cov {
			switch {
			case moved[i] || moved[j]:
			case !finite(cov[i][j]), i == j && !(cov[i][i] > 0):
				return false
			}
		}
	}
	return true
}

// worst returns the status that findings bring.
func worst(findings []Finding) Status {
	status := Converged
	for _, f := range findings {
		switch f.Kind {
		case Endless:
			return Unbounded
		case Reached:
			status = AtBoundary
		case Level:
			if status == Converged {
				status = NotIdentified
			}
		case Within:
		}
	}
	return status
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
