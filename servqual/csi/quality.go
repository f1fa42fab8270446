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
	m, e := f.model.plan, f.estimate()
	c := m.params.Constructs[j]
	v := Measure{
		Name: c.Name, Mode: c.Mode, Items: len(c.Items),
		Index: number(m.index(j, f.share, f.sample.mean)), Communality: e.communality(j),
	}
	if n := len(m.from[j]); n > 0 {
		r2 := f.r2[j]
		v.R2, v.Redundancy = number(r2), number(v.Communality*r2)
		v.AdjustedR2 = number(1 - (1-r2)*(f.sample.n-1)/(f.sample.n-float64(n)-1))
	}
	values, first := f.principal(j)
	v.Eigenvalues = values
	if c.Mode == ModeA {
		v.AVE, v.Alpha, v.RhoC, v.RhoA = number(v.Communality), number(e.alpha(j)), number(e.rhoC(j)), number(e.rhoA(j))
		sum, squares := 0.0, 0.0
		for _, l := range first {
			sum += l
			squares += float64(l * l)
		}
		v.DillonGoldstein = number(composite(sum, squares, len(first)))
	}
	return v
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
	for j, c := range f.model.plan.params.Constructs {
		if k := len(c.Items); k > 1 {
			sum += float64(k) * f.estimate().communality(j)
			items += k
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
