package scale

import (
	"fmt"
	"math"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
	"github.com/relmark/relmark/servqual"
)

// An Alpha is Cronbach's alpha of a battery with what belongs beside it. Lists are by item.
// It is plain data.
type Alpha struct {
	N      int64             `json:"n"`      // complete rows, which intervals are made from
	Raw    float64           `json:"raw"`    // from covariances, as the scale is scored
	Std    float64           `json:"std"`    // from correlations, as if all items had one variance
	Feldt  servqual.Interval `json:"feldt"`  // of Raw, by the F distribution
	ASE    float64           `json:"ase"`    // asymptotic standard error of Raw, for normal answers with any covariances
	Normal servqual.Interval `json:"normal"` // Raw ± z·ASE, at most 1

	Lambda6     float64 `json:"lambda6"`      // Guttman's: each item predicted by the others; NaN where they are collinear
	MeanR       float64 `json:"mean_r"`       // of the correlations of different items
	MedianR     float64 `json:"median_r"`     // of the same
	SignalNoise float64 `json:"signal_noise"` // k·MeanR/(1 − MeanR)

	RawDropped []float64 `json:"raw_dropped,omitempty"` // alpha without the item; none of two items
	StdDropped []float64 `json:"std_dropped,omitempty"`
	Rest       []float64 `json:"rest"`              // correlation of the item with the sum of the others; NaN where that does not vary
	Against    []int     `json:"against,omitempty"` // items that run against the others: see [Covariance.Against]
}

// Alpha returns the reliability of the sum, or the mean, of all items. It may be negative:
// then items run against each other, and [Alpha.Against] names them; none is reversed. It
// fails with a [relmark.FieldError] unless the level is 0.5 to 0.9999 and the sum of the
// items varies, and with [relmark.ErrTooFew] below two complete rows.
func (c Covariance) Alpha(level float64) (Alpha, error) {
	if err := c.check(); err != nil {
		return Alpha{}, err
	}
	if c.of.N < 2 {
		return Alpha{}, fmt.Errorf("%s: alpha of %d complete rows: %w", room, c.of.N, relmark.ErrTooFew)
	}
	raw, std := c.of.Cov, c.of.Correlation()
	k := c.size()
	if total(raw) <= 1e-14*trace(raw, k)*float64(k) {
		return Alpha{}, fault.Room(room, fault.New("Items", k, "must not add to the same in all rows"))
	}
	a := Alpha{N: c.of.N, Raw: alpha(raw, k), Std: alpha(std, k), ASE: ase(raw, k, c.of.N), Rest: c.rest()}
	var err error
	if a.Feldt.Low, a.Feldt.High, err = Feldt(a.Raw, k, a.N, level); err != nil {
		return Alpha{}, err
	}
	half := stat.Normal(level) * a.ASE
	a.Normal = servqual.Interval{Low: a.Raw - half, High: min(a.Raw+half, 1)}
	a.correlations(std, k)
	a.Lambda6 = c.lambda6(std)
	a.RawDropped, a.StdDropped = dropped(raw, k), dropped(std, k)
	a.Against, err = c.Against()
	return a, err
}

// alpha is k/(k − 1)·(1 − trace/sum) of a matrix of k rows.
func alpha(m []float64, k int) float64 {
	return float64(k) / float64(k-1) * (1 - trace(m, k)/total(m))
}

func trace(m []float64, k int) (sum float64) {
	for i := range k {
		sum += m[i*k+i]
	}
	return sum
}

func total(m []float64) (sum float64) {
	for _, v := range m {
		sum += v
	}
	return sum
}

// Feldt returns the confidence interval of an alpha of so many items from n rows,
// 1 − (1 − alpha)·F with n − 1 and (n − 1)(items − 1) degrees of freedom. It fails with a
// [relmark.FieldError] unless alpha is at most 1, there are 2 items or more, n is 2 to
// 2^53 and the level 0.5 to 0.9999.
func Feldt(alpha float64, items int, n int64, level float64) (low, high float64, err error) {
	var l fault.List
	l.Between("Alpha", alpha, -1e100, 1)
	l.Check(items >= 2, "Items", items, "must be 2 or more")
	l.Check(n >= 2 && n <= 1<<53, "N", n, "must be 2 to 2^53")
	l.Level("Level", level)
	if err := l.Err(room); err != nil {
		return 0, 0, err
	}
	one := float64(n - 1)
	many := one * float64(items-1)
	f := func(a, b float64) float64 { return stat.FQuantile((1+level)/2, a, b) }
	return 1 - (1-alpha)*f(one, many), 1 - (1-alpha)/f(many, one), nil
}

// ase is the asymptotic standard error of van Zyl, Neudecker and Nel: with the sum s of
// all covariances C of k items,
//
//	k²/(k−1)²·2/(n·s³)·(s·(tr C² + tr² C) − 2·tr C·sum C²)
func ase(c []float64, k int, n int64) float64 {
	trSquare, square := 0.0, 0.0 // tr C² is the sum of squares, sum C² that of squared row sums
	for i := range k {
		row := total(c[i*k : (i+1)*k])
		square += row * row
		for _, v := range c[i*k : (i+1)*k] {
			trSquare += v * v
		}
	}
	tr, s, kk := trace(c, k), total(c), float64(k)/float64(k-1)
	q := 2 * kk * kk / (s * s * s) * (s*(trSquare+tr*tr) - 2*tr*square)
	return math.Sqrt(max(q, 0) / float64(n))
}

// correlations fills in what the correlations of different items come to.
func (a *Alpha) correlations(r []float64, k int) {
	var list []float64
	for i := range k {
		list = append(list, r[i*k:i*k+i]...)
	}
	a.MeanR = total(list) / float64(len(list))
	a.SignalNoise = float64(k) * a.MeanR / (1 - a.MeanR)
	slices.Sort(list)
	n := len(list)
	a.MedianR = (list[(n-1)/2] + list[n/2]) / 2
}

// lambda6 is 1 − Σ(1 − smc)/sum R, where 1 − smc, the share of an item that the others
// do not determine, is one over the diagonal of the inverse of R.
func (c Covariance) lambda6(r []float64) float64 {
	inverse, _, err := c.inverse()
	if err != nil {
		return math.NaN()
	}
	own := 0.0
	for i := range c.size() {
		own += 1 / inverse.At(i, i)
	}
	return 1 - own/total(r)
}

// rest returns the correlation of each item with the sum of the others.
func (c Covariance) rest() []float64 {
	k, all := c.size(), total(c.of.Cov)
	list := make([]float64, k)
	for i := range list {
		row := total(c.of.Cov[i*k : (i+1)*k])
		own := c.of.At(i, i)
		others := all - 2*row + own
		list[i] = (row - own) / (math.Sqrt(own) * math.Sqrt(others))
		if !(others > 1e-14*all) {
			list[i] = math.NaN()
		}
	}
	return list
}

// dropped returns alpha without each row and column.
func dropped(m []float64, k int) []float64 {
	if k < 3 {
		return nil
	}
	list := make([]float64, k)
	for i := range list {
		tr := trace(m, k) - m[i*k+i]
		sum := total(m) - 2*total(m[i*k:(i+1)*k]) + m[i*k+i]
		list[i] = float64(k-1) / float64(k-2) * (1 - tr/sum)
	}
	return list
}

// A Difference is the reliability of differences of two scores, such as perceived less
// expected. It is plain data.
type Difference struct {
	N           int64   `json:"n"`          // complete rows
	First       float64 `json:"first"`      // alpha of the first score
	Second      float64 `json:"second"`     // of the second
	FirstVar    float64 `json:"first_var"`  // variance of the mean of the first items
	SecondVar   float64 `json:"second_var"` // of the second
	R           float64 `json:"r"`          // correlation of the two scores
	Reliability float64 `json:"reliability"`
}

// Difference returns the reliability of the second score less the first, each the mean
// of some items of the battery, two or more in either and none in both: with variances v,
// alphas a and correlation r,
//
//	(v1·a1 + v2·a2 − 2·r·√(v1·v2)) / (v1 + v2 − 2·r·√(v1·v2))
//
// Two reliable scores that go together have an unreliable difference. It fails with a
// [relmark.FieldError] for other items, and where a score or the difference does not vary.
func (c Covariance) Difference(first, second []int) (Difference, error) {
	if err := c.checkSides(first, second); err != nil {
		return Difference{}, err
	}
	a, b := c.of.Of(first...), c.of.Of(second...)
	ka, kb := float64(len(first)), float64(len(second))
	d := Difference{N: c.of.N, FirstVar: total(a.Cov) / (ka * ka), SecondVar: total(b.Cov) / (kb * kb)}
	both := 0.0
	for _, i := range first {
		for _, j := range second {
			both += c.of.At(i, j)
		}
	}
	both /= ka * kb
	of := d.FirstVar + d.SecondVar - 2*both
	if least := 1e-14 * (trace(a.Cov, len(first)) + trace(b.Cov, len(second))); !(d.FirstVar > least && d.SecondVar > least && of > least) {
		return Difference{}, fault.Room(room, fault.New("Items", nil, "must make scores and differences that vary"))
	}
	d.First, d.Second = alpha(a.Cov, len(first)), alpha(b.Cov, len(second))
	d.R = both / (math.Sqrt(d.FirstVar) * math.Sqrt(d.SecondVar))
	d.Reliability = (d.FirstVar*d.First + d.SecondVar*d.Second - 2*both) / of
	return d, nil
}

func (c Covariance) checkSides(first, second []int) error {
	if err := c.check(); err != nil {
		return err
	}
	var l fault.List
	seen := map[int]bool{}
	for _, side := range []struct {
		name  string
		items []int
	}{{"First", first}, {"Second", second}} {
		l.Check(len(side.items) >= 2, side.name, len(side.items), "must have 2 items or more")
		for i, item := range side.items {
			ok := item >= 0 && item < c.size() && !seen[item]
			l.Check(ok, fmt.Sprintf("%s[%d]", side.name, i), item, "must be an item of the battery, once")
			if seen[item] = true; l.Full() {
				break
			}
		}
	}
	return l.Err(room)
}
