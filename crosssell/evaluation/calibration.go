package evaluation

import (
	"fmt"
	"iter"
	"math"

	"github.com/relmark/relmark/internal/fault"
)

// A Forecast is a probability that a customer would accept, and whether they did. It is
// plain data.
type Forecast struct {
	P        float64 `json:"p"`        // above 0 and below 1: nobody is certain of a customer
	Happened bool    `json:"happened"` // the outcome y, 1 for true
}

// MaxBins is how many bins a [Calibration] may have.
const MaxBins = 1000

// A Calibration says whether probabilities can be taken at their word. It is plain data.
type Calibration struct {
	N       int64   `json:"n"`
	MeanP   float64 `json:"mean_p"`
	MeanY   float64 `json:"mean_y"`
	Brier   float64 `json:"brier"`    // mean of (p − y)²; 0 is best
	LogLoss float64 `json:"log_loss"` // mean of −ln of the probability of what happened; 0 is best
	// Error is the expected calibration error, Σ n/N·|mean p − mean y| over the bins.
	Error float64 `json:"expected_calibration_error"`
	Bins  []Bin   `json:"bins"` // the reliability table, ascending, without bins that nobody is in
	// InTheLarge says by how much probabilities are too low (above 0) or too high on the
	// whole. It is nil where all outcomes are equal.
	InTheLarge *InTheLarge `json:"in_the_large,omitempty"`
	// Slope says whether probabilities are too extreme (below 1) or too timid (above 1). It
	// is nil where all outcomes are equal, all probabilities are, or some probability
	// divides those with whom it happened from all others, so that no slope is steep enough,
	// and with the error of [Calibrate] where the search for it ended in no number.
	Slope *SlopeFit `json:"slope_fit,omitempty"`
}

// A Bin has the forecasts from Bin/k to below (Bin + 1)/k, of k bins. It is plain data.
type Bin struct {
	Bin   int     `json:"bin"` // from 0
	N     int64   `json:"n"`
	MeanP float64 `json:"mean_p"`
	MeanY float64 `json:"mean_y"`
}

// InTheLarge is the fit of logit P(y) = intercept + logit p. It is plain data.
type InTheLarge struct {
	Intercept float64 `json:"intercept"` // 0 of probabilities that are right on the whole
	SE        float64 `json:"se"`
}

// A SlopeFit is the fit of logit P(y) = intercept + slope·logit p. It is plain data.
type SlopeFit struct {
	Intercept   float64 `json:"intercept"`
	InterceptSE float64 `json:"intercept_se"`
	Slope       float64 `json:"slope"` // 1 of probabilities that mean what they say
	SlopeSE     float64 `json:"slope_se"`
}

// Calibrate compares a stream of forecasts with what happened, in bins of equal width, 1 to
// [MaxBins] of them. It fails with the first error of the stream, with a
// [relmark.FieldError] for a probability that is not above 0 and below 1, with
// [relmark.ErrTooFew] without forecasts. It fails with [relmark.ErrNoConverge], and the best so
// far, where a fit does not come to rest in 200 steps: where outcomes are all but divided,
// by probabilities that agree in some ten digits. It keeps what it reads until it returns.
func Calibrate(forecasts iter.Seq2[Forecast, error], bins int) (Calibration, error) {
	if bins < 1 || bins > MaxBins {
		return Calibration{}, invalid("Bins", bins, "must be 1 to 1000")
	}
	table := make([]bin, bins)
	var all []Forecast
	for f, err := range forecasts {
		if err == nil && !(f.P > 0 && f.P < 1) {
			err = fault.New("P", f.P, "must be above 0 and below 1")
		}
		if err != nil {
			return Calibration{}, fmt.Errorf("%s: forecast %d: %w", room, len(all), err)
		}
		all = append(all, f)
		table[binOf(f.P, bins)].add(f)
	}
	if len(all) == 0 {
		return Calibration{}, tooFew("no forecasts")
	}
	c := summarise(all)
	c.tabulate(table)
	return c, c.fit(all)
}

// binOf returns j where p is from j/k to below (j + 1)/k, each rounded once: p·k may miss
// the beginning of a bin.
func binOf(p float64, k int) int {
	n := float64(k)
	j := min(math.Floor(p*n), n-1)
	for j+1 < n && (j+1)/n <= p {
		j++
	}
	for j/n > p {
		j--
	}
	return int(j)
}

// A bin counts forecasts, of which so many happened, and adds them up.
type bin struct {
	n, happened int64
	p           total
}

func (b *bin) add(f Forecast) {
	b.n++
	b.p.add(f.P)
	if f.Happened {
		b.happened++
	}
}

func summarise(all []Forecast) Calibration {
	var p, brier, loss total
	happened := 0
	for _, f := range all {
		p.add(f.P)
		off := f.residual(f.P)
		brier.add(float64(off * off))
		if f.Happened {
			happened++
			loss.add(-math.Log(f.P))
		} else {
			loss.add(-math.Log1p(-f.P))
		}
	}
	n := float64(len(all))
	return Calibration{
		N: int64(len(all)), MeanP: p.value() / n, MeanY: float64(happened) / n,
		Brier: brier.value() / n, LogLoss: loss.value() / n,
	}
}

// tabulate keeps the means of bins that somebody is in.
func (c *Calibration) tabulate(table []bin) {
	for i, b := range table {
		if b.n == 0 {
			continue
		}
		n := float64(b.n)
		row := Bin{i, b.n, b.p.value() / n, float64(b.happened) / n}
		c.Bins = append(c.Bins, row)
		c.Error += float64(n / float64(c.N) * math.Abs(row.MeanP-row.MeanY))
	}
}

// fit adds the fits that exist.
func (c *Calibration) fit(all []Forecast) error {
	if c.MeanY == 0 || c.MeanY == 1 {
		return nil
	}
	x := make([]float64, len(all))
	yes, no := limits(), limits()
	for i, f := range all {
		x[i] = math.Log(f.P) - math.Log1p(-f.P)
		if f.Happened {
			yes.widen(x[i])
		} else {
			no.widen(x[i])
		}
	}
	a, se, ok := shift(x, all, c.MeanY)
	c.InTheLarge = &InTheLarge{a, se}
	if ok && yes.low < no.high && no.low < yes.high {
		var slope SlopeFit
		if slope, ok = slopeOf(x, all, c.MeanY); slope.finite() {
			c.Slope = &slope
		}
	}
	if !ok {
		return errNoRest
	}
	return nil
}

// finite reports whether all of a fit is numbers: where it went so far that all probabilities
// are 0 or 1, no information is left to divide by.
func (s SlopeFit) finite() bool {
	sum := math.Abs(s.Intercept) + math.Abs(s.Slope) + s.InterceptSE + s.SlopeSE
	return sum <= math.MaxFloat64
}

// A reach is the least and the greatest of some numbers.
type reach struct{ low, high float64 }

func limits() reach { return reach{math.Inf(1), math.Inf(-1)} }

func (r *reach) widen(x float64) { r.low, r.high = min(r.low, x), max(r.high, x) }
