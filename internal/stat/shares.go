package stat

import "math/bits"

// MaxShares is how many regressors [Shares] takes at most.
const MaxShares = 16

// Shares splits R² of the regression of column y on some columns among these: each has
// what it adds to R², on average over all orders in which they may enter (Lindeman,
// Merenda and Gold 1980; the value of Shapley). They add up to R² within rounding. It
// takes the time of 2^k small eliminations for k columns, 10 ms for 16, and fails as
// [Regress] does.
func Shares(c Covariance, y int, x ...int) ([]float64, error) {
	if _, err := Regress(c, y, x...); err != nil {
		return nil, err
	}
	explained := make([]float64, 1<<len(x))
	sweep(explained, c.Of(append(append([]int(nil), x...), y)...).Correlation(), len(x), 0, 0)
	weights, shares := orders(len(x)), make([]float64, len(x))
	for i := range x {
		for set := range explained {
			if set>>i&1 == 0 {
				gain := explained[set|1<<i] - explained[set]
				shares[i] += float64(weights[bits.OnesCount(uint(set))] * gain)
			}
		}
	}
	return shares, nil
}

// sweep fills in R² of every set of regressors that adds some of the last left ones to a
// set, whose R² is given: m are the correlations of those and of y, the last, as far as
// the set does not determine them. Each regressor is eliminated in turn, and leaves those
// after it.
func sweep(explained, m []float64, left, set int, r2 float64) {
	n, k := left+1, bits.TrailingZeros(uint(len(explained)))
	explained[set] = r2
	rest := make([]float64, left*left)
	for j := range left {
		row := m[j*n : (j+1)*n]
		gain := 0.0
		if row[j] > 0 {
			gain = row[left] * row[left] / row[j]
		}
		part := rest[:0]
		for a := j + 1; a < n; a++ {
			share := 0.0
			if row[j] > 0 {
				share = row[a] / row[j]
			}
			for b := j + 1; b < n; b++ {
				part = append(part, m[a*n+b]-float64(share*row[b]))
			}
		}
		sweep(explained, part, left-j-1, set|1<<(k-left+j), r2+gain)
	}
}

// orders returns, by the number of columns that come before one, the share of all orders
// of k in which given ones do: s!(k−1−s)!/k!.
func orders(k int) []float64 {
	w := make([]float64, k)
	for s := range w {
		w[s] = 1 / float64(k)
		for i := 1; i <= s; i++ {
			w[s] *= float64(i) / float64(k-i)
		}
	}
	return w
}
