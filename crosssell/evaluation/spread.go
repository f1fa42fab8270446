package evaluation

import "math"

// A spread is the mean of values with weights and the sum of squares around it, kept so
// that no digits are lost where values are alike (Chan, Golub and LeVeque 1983).
type spread struct {
	n       total // of weights
	mean    float64
	squares float64 // Σ weight·(value − mean)²
}

// add adds a value with a weight of 0 or more.
func (s *spread) add(x, weight float64) { s.merge(spread{n: total{sum: weight}, mean: x}) }

func (s *spread) merge(o spread) {
	if o.n == (total{}) {
		return
	}
	if s.n == (total{}) {
		*s = o
		return
	}
	before, d := s.n.value(), o.mean-s.mean
	s.n.merge(o.n)
	share := o.n.value() / s.n.value()
	s.squares += o.squares + float64(d*d*before)*share
	s.mean += float64(d * share)
}

// around returns Σ weight·(value − centre)².
func (s spread) around(centre float64) float64 {
	d := s.mean - centre
	return s.squares + float64(s.n.value()*d*d)
}

// se returns the standard error of the mean of two values or more, each of weight 1.
func (s spread) se() float64 {
	n := s.n.value()
	return math.Sqrt(s.squares / (n - 1) / n)
}
