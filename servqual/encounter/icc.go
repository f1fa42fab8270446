package encounter

import (
	"fmt"
	"math"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
)

// An ICC is one intraclass correlation with its test against 0. It is plain data.
type ICC struct {
	ICC  float64  `json:"icc"`
	F    float64  `json:"f"`
	DF1  float64  `json:"df1"`
	DF2  float64  `json:"df2"`
	P    float64  `json:"p"`
	Low  *float64 `json:"low"` // nil where there is no such limit: the degrees of freedom of absolute agreement may leave none
	High *float64 `json:"high"`
}

// An Intraclass is how reliable raters are (Shrout and Fleiss 1979), from the mean squares of
// a two-way table. The coefficients are nil where raters do not differ within targets, or
// differ by constants alone, so that there is no error to compare with. It is plain data.
type Intraclass struct {
	Targets   int     `json:"targets"` // rated by all
	Raters    int     `json:"raters"`
	Dropped   int     `json:"dropped"` // targets with a gap
	MSBetween float64 `json:"ms_between"`
	MSRaters  float64 `json:"ms_raters"`
	MSWithin  float64 `json:"ms_within"`
	MSError   float64 `json:"ms_error"`
	One       *ICC    `json:"icc1"`  // each target has raters of its own; one rating
	Two       *ICC    `json:"icc2"`  // raters are drawn from many, levels count: absolute agreement
	Three     *ICC    `json:"icc3"`  // just these raters, levels do not count: consistency
	OneMean   *ICC    `json:"icc1k"` // the same for the mean of all raters; nil also where targets do not differ enough
	TwoMean   *ICC    `json:"icc2k"`
	ThreeMean *ICC    `json:"icc3k"`
}

// IntraclassOf returns the intraclass correlations of targets, one row each, rated by the
// same raters in order; nil where a rating was not given: the target is dropped, and counted.
// It fails with a [relmark.FieldError] unless there are two raters or more, rows are equally
// long with 1e7 ratings at most, ratings are finite and within ±1e100 and the level is 0.5 to
// 0.9999, and with [relmark.ErrTooFew] unless two targets are complete.
func IntraclassOf(targets [][]*float64, level float64) (Intraclass, error) {
	var l fault.List
	l.Level("Level", level)
	raters := unitsOf(targets)
	l.Check(raters >= 2, "Raters", raters, "must be 2 or more")
	if !fewEnough(targets) {
		l.Add("Targets", len(targets), "must have 1e7 ratings at most")
		return Intraclass{}, l.Err(room)
	}
	var rows [][]*float64
	for i, row := range targets {
		if l.Full() {
			break
		}
		if len(row) != raters {
			l.Add(fault.Item("Targets", i), len(row), "must have one rating of each rater")
		}
		complete := true
		for j, v := range row {
			switch {
			case v == nil:
				complete = false
			case !(math.Abs(*v) <= maxRating):
				l.Add(fmt.Sprintf("Targets[%d][%d]", i, j), *v, "must be finite and within ±1e100")
			}
		}
		if complete {
			rows = append(rows, row)
		}
	}
	if err := l.Err(room); err != nil {
		return Intraclass{}, err
	}
	if len(rows) < 2 {
		return Intraclass{}, fault.Room(room, fmt.Errorf("complete targets = %d, must be 2 or more: %w", len(rows), relmark.ErrTooFew))
	}
	out := meanSquares(rows)
	out.Dropped = len(targets) - len(rows)
	out.correlate(level)
	return out, nil
}

// meanSquares takes the variance apart, about means.
func meanSquares(rows [][]*float64) Intraclass {
	n, k := float64(len(rows)), float64(len(rows[0]))
	grand, byRater := 0.0, make([]float64, len(rows[0]))
	byTarget := make([]float64, len(rows))
	for i, row := range rows {
		for j, v := range row {
			byTarget[i] += *v / k
			byRater[j] += *v / n
		}
		grand += byTarget[i] / n
	}
	var between, raters, within, rest float64
	for i, row := range rows {
		between += square(byTarget[i] - grand)
		for j, v := range row {
			within += square(*v - byTarget[i])
			rest += square(*v - byTarget[i] - byRater[j] + grand)
		}
	}
	for _, m := range byRater {
		raters += square(m - grand)
	}
	out := Intraclass{
		Targets: len(rows), Raters: len(rows[0]),
		MSBetween: k * between / (n - 1), MSRaters: n * raters / (k - 1), MSWithin: within / (n * (k - 1)), MSError: rest / ((n - 1) * (k - 1)),
	}
	// What rounding of ratings themselves leaves is no error.
	if scale := out.MSBetween + out.MSRaters + out.MSWithin; out.MSError <= 1e-25*scale || out.MSError <= rounding(rows) {
		out.MSError = 0
	}
	if out.MSWithin <= rounding(rows) {
		out.MSWithin = 0
	}
	return out
}

// rounding returns the mean square that rounding of the largest rating leaves.
func rounding(rows [][]*float64) float64 {
	largest := 0.0
	for _, row := range rows {
		for _, v := range row {
			largest = max(largest, math.Abs(*v))
		}
	}
	return square(8 * largest * 0x1p-53)
}

// leastDegrees is how few degrees of freedom quantiles of F are asked for: below, they are
// next to infinite.
const leastDegrees = 0.01

func square(x float64) float64 { return x * x }

// correlate fills in the six coefficients.
func (i *Intraclass) correlate(level float64) {
	if i.MSWithin == 0 || i.MSError == 0 {
		return
	}
	n, k, upper := float64(i.Targets), float64(i.Raters), (1+level)/2
	i.One, i.OneMean = consistency(i.MSBetween, i.MSWithin, n-1, n*(k-1), k, upper)
	i.Three, i.ThreeMean = consistency(i.MSBetween, i.MSError, n-1, (n-1)*(k-1), k, upper)
	i.Two, i.TwoMean = i.absolute(n, k, upper)
}

// consistency returns the coefficients whose error is one mean square, for one rating and for
// the mean of k.
func consistency(between, rest, df1, df2, k, upper float64) (one, mean *ICC) {
	f := between / rest
	low, high := f/stat.FQuantile(upper, df1, df2), f*stat.FQuantile(upper, df2, df1)
	one = &ICC{F: f, DF1: df1, DF2: df2, P: stat.FTail(f, df1, df2)}
	mean = new(*one)
	single := func(f float64) float64 { return (f - 1) / (f + k - 1) }
	one.ICC, one.Low, one.High = single(f), new(single(low)), new(single(high))
	many := func(f float64) float64 { return 1 - 1/f }
	mean.ICC, mean.Low, mean.High = many(f), new(many(low)), new(many(high))
	if !fault.Finite(*mean.Low) { // nothing between targets: 1 − 1/F has no value
		return one, nil
	}
	return one, mean
}

// absolute returns the coefficients in which levels of raters count, with the degrees of
// freedom of Satterthwaite for their limits.
func (i *Intraclass) absolute(n, k, upper float64) (one, mean *ICC) {
	b, j, e := i.MSBetween, i.MSRaters, i.MSError
	f := b / e
	one = &ICC{F: f, DF1: n - 1, DF2: (n - 1) * (k - 1), P: stat.FTail(f, n-1, (n-1)*(k-1))}
	mean = new(*one)
	total, totalMean := b+(k-1)*e+k*(j-e)/n, b+(j-e)/n
	if !(total > 0) {
		return nil, nil
	}
	one.ICC = (b - e) / total
	if totalMean > 0 {
		mean.ICC = (b - e) / totalMean
	} else { // targets differ less than raters err: there is no variance to take a share of
		mean = nil
	}
	fj, rho := j/e, one.ICC
	rest := n*(1+(k-1)*rho) - k*rho
	v := (k - 1) * (n - 1) * square(k*rho*fj+rest) / ((n-1)*square(k*rho*fj) + square(rest))
	if !(v >= leastDegrees) {
		return one, mean
	}
	above, below := stat.FQuantile(upper, n-1, v), stat.FQuantile(upper, v, n-1)
	raters := k*j + (k*n-k-n)*e
	low := n * (b - above*e) / (above*raters + n*b)
	high := n * (below*b - e) / (raters + n*below*b)
	if !(low <= rho && rho <= high) { // the approximation does not hold
		return one, mean
	}
	one.Low, one.High = &low, &high
	if mean == nil {
		return one, nil
	}
	spread := func(x float64) float64 { return x * k / (1 + x*(k-1)) } // has a pole
	mean.High = new(spread(high))
	if 1+low*(k-1) > 0 {
		mean.Low = new(spread(low))
	}
	return one, mean
}
