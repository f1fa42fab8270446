package servqual

import (
	"fmt"
	"math"
	"slices"

	"github.com/relmark/relmark"
)

// A Report reads a survey under one rule for missing answers. Read it concurrently
// as long as nobody changes it. It does not encode: store the [Survey], and report
// again.
type Report struct {
	Respondents int64             // responses added, whatever they left blank
	Missing     Missing           // the rule
	Items       []ItemScores      // by position in the answers; the rule has no part in them
	Dimensions  []DimensionScores // in the order of the instrument

	Expected  Overall
	Perceived Overall // SERVPERF
	Gap       Overall // SERVQUAL

	// Totals are sums over all items, of those respondents who answered every
	// item twice: the form in which Cronin and Taylor (1992) compare both scores.
	Totals Scores
	// Pairs counts all items of all respondents.
	Pairs Disconfirmation
}

// Scores are expectations E, perceptions P and gaps P − E, each over those
// respondents who have it: where answers are missing, the mean gap is not the
// difference of the other two means. A negative gap is a shortfall.
type Scores struct{ Expected, Perceived, Gap Stat }

// ItemScores are what a report says of one item. Answers to an item worded negatively are reversed.
type ItemScores struct {
	Dimension int // position in the dimensions of the report
	Scores
	Disconfirmation // of the respondents, by their gap on the item
}

// DimensionScores are what a report says of one dimension. A respondent's score is
// the mean of the items answered, if these satisfy the rule.
type DimensionScores struct {
	Name string
	Scores
	Disconfirmation      // of the respondents, by their gap on the dimension
	Points          Stat // importance, of the respondents who gave points

	pooled moments // of the gaps of all its items
	span   int
}

// Disconfirmation counts by the sign of a gap: perceived below, at or above what
// was expected.
type Disconfirmation struct{ Worse, Equal, Better int64 }

// Gaps returns the number of gaps counted.
func (d Disconfirmation) Gaps() int64 { return d.Worse + d.Equal + d.Better }

// ShareWorse returns the share of negative gaps; false if there are no gaps.
func (d Disconfirmation) ShareWorse() (share float64, ok bool) {
	if d.Gaps() == 0 {
		return 0, false
	}
	return float64(d.Worse) / float64(d.Gaps()), true
}

// add counts n gaps of a sign.
func (d *Disconfirmation) add(sign int, n int64) {
	switch {
	case sign < 0:
		d.Worse += n
	case sign > 0:
		d.Better += n
	default:
		d.Equal += n
	}
}

// An Overall score is a mean over dimensions. It can be taken respondent by
// respondent, which allows an interval, or over the means of the dimensions, which
// uses the respondents who have scores on some of them only.
type Overall struct {
	Unweighted Stat // by respondent: mean of the scores on all dimensions
	Weighted   Stat // by respondent: Σ points/100 · score, with the respondent's own points
	means      []Stat
}

// OfMeans returns Σ points/100 · mean over the dimensions; points, one for each
// dimension, are not negative and add to 100, within 1e-9. With no points all
// dimensions count the same. It fails with a [relmark.FieldError] for other points
// and with [relmark.ErrTooFew] if there is a dimension on which nobody has a score.
// For the mean points of the respondents take [Report.MeanPoints].
func (o Overall) OfMeans(points []float64) (float64, error) {
	if len(o.means) == 0 {
		return 0, fmt.Errorf("servqual: no dimensions: %w", relmark.ErrTooFew)
	}
	weights, err := weights(points, len(o.means))
	if err != nil {
		return 0, fmt.Errorf("servqual: %w", err)
	}
	sum := 0.0
	for d, stat := range o.means {
		mean, ok := stat.Mean()
		if !ok {
			return 0, fmt.Errorf("servqual: dimension %d has no scores: %w", d, relmark.ErrTooFew)
		}
		sum += float64(weights[d] * mean)
	}
	return sum, nil
}

// weights returns points/100, or equal weights if there are no points.
func weights(points []float64, n int) ([]float64, error) {
	if len(points) == 0 {
		return slices.Repeat([]float64{1 / float64(n)}, n), nil
	}
	if len(points) != n {
		return nil, &relmark.FieldError{Field: "Points", Value: len(points), Rule: "must be one for each dimension"}
	}
	weights, sum := make([]float64, n), 0.0
	for d, p := range points {
		if !(p >= 0) || math.IsInf(p, 1) {
			return nil, &relmark.FieldError{Field: fmt.Sprintf("Points[%d]", d), Value: p, Rule: "must be finite and not negative"}
		}
		weights[d] = p / allPoints
		sum += p
	}
	if !(math.Abs(sum-allPoints) <= 1e-9) {
		return nil, &relmark.FieldError{Field: "Points", Value: sum, Rule: "must add to 100"}
	}
	return weights, nil
}

// MeanPoints returns the mean importance of each dimension over the respondents
// who gave points; false if nobody did.
func (r Report) MeanPoints() (points []float64, ok bool) {
	for _, d := range r.Dimensions {
		mean, ok := d.Points.Mean()
		if !ok {
			return nil, false
		}
		points = append(points, mean)
	}
	return points, len(points) > 0
}

// Dimension returns what the report says of the dimension of that name; a
// [relmark.FieldError] if there is none.
func (r Report) Dimension(name string) (DimensionScores, error) {
	for _, d := range r.Dimensions {
		if d.Name == name {
			return d, nil
		}
	}
	return DimensionScores{}, fmt.Errorf("servqual: %w", &relmark.FieldError{Field: "Name", Rule: "must be a dimension of the instrument"})
}

// PooledGap returns the mean of all gaps on items of the dimension, whatever the
// rule: a respondent counts as often as items were answered twice. False if there
// are no gaps. It has no interval, since answers of one respondent are not
// independent.
func (d DimensionScores) PooledGap() (mean float64, ok bool) { return d.pooled.stat(1, -d.span).Mean() }
