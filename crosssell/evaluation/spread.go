package evaluation

import "math"

// A spread is the mean of values with weights and the sum of squares around it, kept so
// that no digits are lost where values are alike (Chan, Golub and LeVeque 1983).
type spread struct {
	n       float64 // sum of weights
	mean    float64
	squares float64 // Σ weight·(value − mean)²
}

// add adds a value with a weight of 0 or more.
func (s *spread) add(x, weight float64) { s.merge(spread{n: weight, mean: x}) }

func (s *spread) merge(o spread) {
	if o.n == 0 {
		return
	}
	if s.n == 0 {
		*s = o
		return
	}
	n, d := s.n+o.n, o.mean-s.mean
	s.squares += o.squares + float64(d*d*s.n)*(o.n/n)
	s.mean += float64(d * (o.n / n))
	s.n = n
}

// around returns Σ weight·(value − centre)².
func (s spread) around(centre float64) float64 {
	d := s.mean - centre
	return s.squares + float64(s.n*d*d)
}

// se returns the standard error of the mean of two values or more, each of weight 1.
func (s spread) se() float64 { return math.Sqrt(s.squares / (s.n - 1) / s.n) }
