package stat

import "math"

// A Covariance is what rows of several columns come to. It is plain data.
type Covariance struct {
	N    int64     // rows
	Mean []float64 // by column
	Cov  []float64 // by row and column, one row after another; divisor N − 1
}

// At returns the covariance of two columns.
func (c Covariance) At(i, j int) float64 { return c.Cov[i*len(c.Mean)+j] }

// Correlation returns the correlations, one row after another, with a diagonal of
// exactly 1. A column that does not vary has NaN.
func (c Covariance) Correlation() []float64 {
	k := len(c.Mean)
	r, sd := make([]float64, k*k), make([]float64, k)
	for i := range sd {
		sd[i] = math.Sqrt(c.At(i, i))
	}
	for i := range sd {
		for j := range sd {
			r[i*k+j] = c.At(i, j) / (sd[i] * sd[j])
		}
		if sd[i] > 0 {
			r[i*k+i] = 1
		}
	}
	return r
}

// Of returns the part of c for some columns, in their order.
func (c Covariance) Of(columns ...int) Covariance {
	out := Covariance{N: c.N}
	for _, i := range columns {
		out.Mean = append(out.Mean, c.Mean[i])
		for _, j := range columns {
			out.Cov = append(out.Cov, c.At(i, j))
		}
	}
	return out
}
