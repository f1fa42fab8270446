package csi

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// A Measure is what a fit says of one construct. What is nil does not exist for it: R² of a
// construct nothing acts on, reliabilities of one of mode B, whose items need not agree.
// With one item, reliabilities are 1. It is plain data.
type Measure struct {
	Name        string   `json:"name"`
	Mode        Mode     `json:"mode,omitempty"`
	Items       int      `json:"items"`
	Index       *float64 `json:"index,omitempty"`       // 0 to 100; nil where the weights of items as answered add to nothing or less
	R2          *float64 `json:"r2,omitempty"`          // share of its variance that antecedents account for
	AdjustedR2  *float64 `json:"adjusted_r2,omitempty"` // what another sample would show, by the number of rows
	Communality float64  `json:"communality"`           // mean of loadings²
	Redundancy  *float64 `json:"redundancy,omitempty"`  // communality × R²

	AVE             *float64 `json:"ave,omitempty"`              // average variance extracted: the communality, of mode A
	Alpha           *float64 `json:"alpha,omitempty"`            // Cronbach's, of standardised items
	RhoC            *float64 `json:"rho_c,omitempty"`            // composite reliability by loadings: (Σl)²/((Σl)² + Σ(1 − l²))
	RhoA            *float64 `json:"rho_a,omitempty"`            // Dijkstra and Henseler's, by weights
	DillonGoldstein *float64 `json:"dillon_goldstein,omitempty"` // the form of RhoC with the loadings on the first principal component

	// Eigenvalues are those of the correlations of its items, the greatest first: of a
	// construct of mode A the first should be above 1 and the others below.
	Eigenvalues []float64 `json:"eigenvalues"`
}

// Measures returns what the fit says of each construct, in their order; nil for the zero
// Fit.
func (f Fit) Measures() (list []Measure) {
	if f.model.plan == nil {
		return nil
	}
	for j := range f.model.plan.constructs() {
		list = append(list, f.measure(j))
	}
	return list
}

func (f Fit) measure(j int) Measure {
	m := f.model.plan
	c, l := m.params.Constructs[j], f.loadings(j)
	v := Measure{Name: c.Name, Mode: c.Mode, Items: len(l), Index: number(m.index(j, f.share, f.sample.mean)), Communality: squares(l) / float64(len(l))}
	if n := len(m.from[j]); n > 0 {
		r2 := f.r2[j]
		v.R2, v.Redundancy = number(r2), number(v.Communality*r2)
		v.AdjustedR2 = number(1 - (1-r2)*(f.sample.n-1)/(f.sample.n-float64(n)-1))
	}
	values, first := f.principal(j)
	v.Eigenvalues = values
	if c.Mode == ModeA {
		v.AVE, v.Alpha = number(v.Communality), number(f.alpha(j))
		v.RhoC, v.RhoA, v.DillonGoldstein = number(composite(l)), number(f.rhoA(j)), number(composite(first))
	}
	return v
}

// loadings returns those of the items of a construct.
func (f Fit) loadings(j int) []float64 {
	first, last := f.model.plan.block(j)
	l := make([]float64, last-first)
	for a := range l {
		l[a] = f.cross[(first+a)*f.model.plan.constructs()+j]
	}
	return l
}

func squares(l []float64) (sum float64) {
	for _, x := range l {
		sum += float64(x * x)
	}
	return sum
}

// composite returns (Σl)²/((Σl)² + Σ(1 − l²)).
func composite(l []float64) float64 {
	sum := 0.0
	for _, x := range l {
		sum += x
	}
	sum *= sum
	return sum / (sum + float64(len(l)) - squares(l))
}

// inside returns the mean correlation of each item of a construct with its others, and that
// of all pairs; NaN with one item.
func (f Fit) inside(j int) (item []float64, all float64) {
	first, last := f.model.plan.block(j)
	n, p := last-first, f.model.plan.items()
	item = make([]float64, n)
	for a := range n {
		for b := range n {
			if a != b {
				item[a] += f.sample.r[(first+a)*p+first+b]
			}
		}
		all += item[a] / float64(n*(n-1))
		item[a] /= float64(n - 1)
	}
	if n == 1 {
		all = math.NaN()
	}
	return item, all
}

// alpha returns k·r/(1 + (k − 1)·r) for a mean correlation r of k items; 1 for one item.
func (f Fit) alpha(j int) float64 {
	item, r := f.inside(j)
	if k := float64(len(item)); k > 1 {
		return k * r / (1 + (k-1)*r)
	}
	return 1
}

// rhoA returns (w'w)²·w'(R − I)w/w'(ww' − diag)w; 1 for one item.
func (f Fit) rhoA(j int) float64 {
	first, last := f.model.plan.block(j)
	if last-first == 1 {
		return 1
	}
	p, w := f.model.plan.items(), f.weight[first:last]
	own, above, below := squares(w), 0.0, 0.0
	for a, x := range w {
		for b, y := range w {
			if a != b {
				above += float64(x * y * f.sample.r[(first+a)*p+first+b])
				below += float64(x * x * y * y)
			}
		}
	}
	return own * own * above / below
}

// principal returns the eigenvalues of the correlations of a construct's items, and the
// loadings on the first component, of a sum above 0.
func (f Fit) principal(j int) (values, loadings []float64) {
	first, last := f.model.plan.block(j)
	n, p := last-first, f.model.plan.items()
	part := mat.NewSymDense(n, nil)
	for a := range n {
		for b := range a + 1 {
			part.SetSym(a, b, f.sample.r[(first+a)*p+first+b])
		}
	}
	var e mat.EigenSym
	values, loadings = make([]float64, n), make([]float64, n)
	if !e.Factorize(part, true) {
		for i := range n {
			values[i], loadings[i] = math.NaN(), math.NaN()
		}
		return values, loadings
	}
	var vectors mat.Dense
	e.VectorsTo(&vectors)
	for i, v := range e.Values(nil) {
		values[n-1-i] = v
	}
	for i := range n {
		loadings[i] = vectors.At(i, n-1) * math.Sqrt(values[0])
	}
	return values, loadings
}

// GoF returns the goodness of fit of Tenenhaus: √(mean communality × mean R²), the former
// over the items of constructs that have several, the latter over constructs that others
// act on. It is false where each construct has one item. It is no test of fit, and can be
// high for a wrong model.
func (f Fit) GoF() (gof float64, ok bool) {
	if f.model.plan == nil {
		return 0, false
	}
	sum, items, r2, acted := 0.0, 0, 0.0, 0
	for j := range f.model.plan.constructs() {
		if l := f.loadings(j); len(l) > 1 {
			sum += squares(l)
			items += len(l)
		}
		if len(f.model.plan.from[j]) > 0 {
			r2 += f.r2[j]
			acted++
		}
	}
	if items == 0 {
		return 0, false
	}
	return math.Sqrt(sum / float64(items) * r2 / float64(acted)), true
}
