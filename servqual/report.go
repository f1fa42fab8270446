package servqual

import (
	"fmt"
	"math"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
)

// A Report reads a survey under one rule for missing answers. Read it concurrently
// as long as nobody changes it. It does not encode: store the [Survey], and report
// again.
type Report struct {
	opaque

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
	Importance      Stat // points of 100, of the respondents who gave them

	pooled stat.Moments // of the gaps of all its items
	span   int
}

// Disconfirmation counts by the sign of a gap: perceived below, at or above what
// was expected.
type Disconfirmation struct {
	Worse  int64 `json:"worse"`
	Equal  int64 `json:"equal"`
	Better int64 `json:"better"`
}

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
	Weighted   Stat // by respondent: Σ importance/100 · score, with the respondent's own
	means      []Stat
}

// OfMeans returns the mean over the means of the dimensions, all of which count the
// same. It fails with [relmark.ErrTooFew] if there is a dimension on which nobody has
// a score.
func (o Overall) OfMeans() (float64, error) {
	n := len(o.means)
	return o.ofMeans(slices.Repeat([]float64{1 / float64(n)}, n)) // of nothing if there are none
}

// OfMeansWeighted returns Σ importance/100 · mean over the dimensions; the importance
// of each dimension is not negative, and they add to 100, within 1e-9. It fails with a
// [relmark.FieldError] for others and with [relmark.ErrTooFew] if there is a dimension
// on which nobody has a score. For what the respondents find important take
// [Report.MeanImportance].
func (o Overall) OfMeansWeighted(importance []float64) (float64, error) {
	if len(o.means) > 0 {
		if err := checkImportance(importance, len(o.means)); err != nil {
			return 0, fault.Room(room, err)
		}
	}
	weights := make([]float64, len(importance))
	for d, points := range importance {
		weights[d] = points / allPoints
	}
	return o.ofMeans(weights)
}

// ofMeans returns Σ weight · mean.
func (o Overall) ofMeans(weights []float64) (float64, error) {
	if len(o.means) == 0 {
		return 0, fault.Room(room, fmt.Errorf("no dimensions: %w", relmark.ErrTooFew))
	}
	sum := 0.0
	for d, stat := range o.means {
		mean, ok := stat.Mean()
		if !ok {
			return 0, fault.Room(room, fmt.Errorf("dimension %d has no scores: %w", d, relmark.ErrTooFew))
		}
		sum += float64(weights[d] * mean)
	}
	return sum, nil
}

// checkImportance asks for n numbers, none negative, that add to 100.
func checkImportance(importance []float64, n int) error {
	if len(importance) != n {
		return fault.New("Importance", len(importance), "must be one for each dimension")
	}
	sum := 0.0
	for d, points := range importance {
		if !(points >= 0) || math.IsInf(points, 1) {
			return fault.New(fmt.Sprintf("Importance[%d]", d), points, "must be finite and not negative")
		}
		sum += points
	}
	if !(math.Abs(sum-allPoints) <= 1e-9) {
		return fault.New("Importance", sum, "must add to 100")
	}
	return nil
}

// MeanImportance returns the mean importance of each dimension, in points of 100, over
// the respondents who gave points; false if nobody did.
func (r Report) MeanImportance() (points []float64, ok bool) {
	for _, d := range r.Dimensions {
		mean, ok := d.Importance.Mean()
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
	return DimensionScores{}, broken("Name", nil, "must be a dimension of the instrument")
}

// PooledGap returns the mean of all gaps on items of the dimension, whatever the
// rule: a respondent counts as often as items were answered twice. False if there
// are no gaps. It has no interval, since answers of one respondent are not
// independent.
func (d DimensionScores) PooledGap() (mean float64, ok bool) {
	return d.pooled.Summary(1, int64(-d.span)).Mean()
}
