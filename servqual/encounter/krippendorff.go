package encounter

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
	"github.com/relmark/relmark/servqual"
)

// A Scale says what a difference of two ratings means.
type Scale string

// The scales of measurement.
const (
	Nominal       Scale = "nominal"  // equal or not
	Ordinal       Scale = "ordinal"  // how many ratings lie between
	IntervalScale Scale = "interval" // the difference
	Ratio         Scale = "ratio"    // the difference over the sum; ratings are 0 or more
)

func scales() enum.Set[Scale] { return enum.Of(Nominal, Ordinal, IntervalScale, Ratio) }

// An Alpha is Krippendorff's alpha. It is plain data.
type Alpha struct {
	Units    int      `json:"units"`    // rated twice or more
	Values   int      `json:"values"`   // ratings of these
	Observed float64  `json:"observed"` // disagreement within units
	Expected float64  `json:"expected"` // disagreement of all ratings among each other
	Alpha    *float64 `json:"alpha"`    // 1 − Observed/Expected; nil where nothing varies
}

// Krippendorff returns Krippendorff's alpha of any number of raters: a row of ratings each,
// in the order of units, nil where one was not given. It fails with a [relmark.FieldError]
// where the scale is none, rows differ in length, a rating is not within ±1e100, or negative
// on a ratio scale, and there are more than 1e7 in all, or more than 1,000 different ones on a
// ratio scale; with [relmark.ErrTooFew] where no unit was rated twice. It takes O(n log n) time
// for n ratings, and on a ratio scale the square of the number of different ones besides.
func Krippendorff(scale Scale, raters [][]*float64) (Alpha, error) {
	c, err := newCoincidences(scale, raters)
	if err != nil {
		return Alpha{}, err
	}
	return c.counter().alpha(nil), nil
}

// AlphaInterval is an interval of Krippendorff's alpha. It is plain data.
type AlphaInterval struct {
	servqual.Interval

	Failed int `json:"failed"` // resamples in which nothing varies, which have no alpha and are left out
}

// ResampleAlpha returns a percentile interval of Krippendorff's alpha, from units drawn again:
// two numbers are drawn from rng. It fails as [Krippendorff] and [servqual.Resampling.Validate]
// do, with a [relmark.FieldError] for a nil rng, with [relmark.ErrTooFew] where fewer than two
// units were rated twice or more than half of the resamples have no alpha, and with the error
// of ctx, at which it looks once a replicate.
func ResampleAlpha(ctx context.Context, scale Scale, raters [][]*float64, r servqual.Resampling, rng *rand.Rand) (AlphaInterval, error) {
	var l fault.List
	l.Join("", r.Validate())
	l.Check(rng != nil, "Rand", nil, "must not be nil")
	if err := l.Err(room); err != nil {
		return AlphaInterval{}, err
	}
	c, err := newCoincidences(scale, raters)
	if err != nil {
		return AlphaInterval{}, err
	}
	if c.units() < 2 {
		return AlphaInterval{}, fault.Room(room, relmark.ErrTooFew)
	}
	resamples := stat.Seeded(c.units(), r.Replicates, [2]uint64{rng.Uint64(), rng.Uint64()})
	replicates, err := resamples.Replicates(ctx, r.Workers, func() func(rows []int) ([]float64, error) {
		counter := c.counter()
		return func(rows []int) ([]float64, error) {
			a := counter.alpha(rows)
			if a.Alpha == nil {
				return nil, relmark.ErrTooFew
			}
			return []float64{*a.Alpha}, nil
		}
	})
	if err != nil {
		return AlphaInterval{}, fault.Room(room, err)
	}
	var alphas []float64
	for _, replicate := range replicates {
		if replicate.Err == nil {
			alphas = append(alphas, replicate.Values[0])
		}
	}
	out := AlphaInterval{Failed: r.Replicates - len(alphas)}
	if 2*out.Failed > r.Replicates {
		return AlphaInterval{}, fault.Room(room, fmt.Errorf("resamples without alpha = %d of %d: %w", out.Failed, r.Replicates, relmark.ErrTooFew))
	}
	i := stat.Bootstrap{Replicates: alphas}.Plain(r.Level)
	out.Interval = servqual.Interval{Low: i.Low, High: i.High}
	return out, nil
}

// Coincidences are the ratings of units that were rated twice or more, as places among the
// different ratings.
type coincidences struct {
	scale  Scale
	values []float64
	places []int32 // of all units, back to back
	ends   []int   // where those of each unit end
}

func (c *coincidences) units() int { return len(c.ends) }

// unit returns the places of unit u.
func (c *coincidences) unit(u int) []int32 {
	if u == 0 {
		return c.places[:c.ends[0]]
	}
	return c.places[c.ends[u-1]:c.ends[u]]
}

// newCoincidences replaces ratings by their places, so that a resample takes whole numbers alone, and
// drops the units that say nothing of agreement.
func newCoincidences(scale Scale, raters [][]*float64) (*coincidences, error) {
	if err := checkRaters(scale, raters); err != nil {
		return nil, err
	}
	c := &coincidences{scale: scale, values: different(raters)}
	if scale == Ratio && len(c.values) > maxGrades {
		return nil, fault.Room(room, fault.New("Raters", len(c.values), "must have at most 1000 different ratings on a ratio scale"))
	}
	for u := range unitsOf(raters) {
		start := len(c.places)
		for _, row := range raters {
			if row[u] != nil {
				place, _ := slices.BinarySearch(c.values, *row[u])
				c.places = append(c.places, int32(place))
			}
		}
		if len(c.places)-start < 2 {
			c.places = c.places[:start]
			continue
		}
		c.ends = append(c.ends, len(c.places))
	}
	if c.units() == 0 {
		return nil, fault.Room(room, relmark.ErrTooFew)
	}
	return c, nil
}

// different returns the different ratings, ascending.
func different(raters [][]*float64) []float64 {
	var values []float64
	for _, row := range raters {
		for _, v := range row {
			if v != nil {
				values = append(values, *v)
			}
		}
	}
	slices.Sort(values)
	return slices.Compact(values)
}

func unitsOf(raters [][]*float64) int {
	if len(raters) == 0 {
		return 0
	}
	return len(raters[0])
}

func checkRaters(scale Scale, raters [][]*float64) error {
	var l fault.List
	l.Join("", scales().Check("Scale", scale))
	if !fewEnough(raters) {
		l.Add("Raters", len(raters), "must have 1e7 ratings at most")
		return l.Err(room)
	}
	for i, row := range raters {
		if len(row) != len(raters[0]) {
			l.Add(fault.Item("Raters", i), len(row), "must have one rating for each unit")
		}
		for u, v := range row {
			if l.Full() {
				return l.Err(room)
			}
			if v != nil && (!(math.Abs(*v) <= maxRating) || scale == Ratio && *v < 0) {
				l.Add(fmt.Sprintf("Raters[%d][%d]", i, u), *v, "must be within ±1e100, and 0 or more on a ratio scale")
			}
		}
	}
	return l.Err(room)
}

// fewEnough reports whether a table has no more rows and places for ratings than are taken.
func fewEnough(rows [][]*float64) bool {
	return len(rows) <= maxRatings && int64(len(rows))*int64(unitsOf(rows)) <= maxRatings
}

// A counter computes alpha of some units after others, in memory of its own.
type counter struct {
	*coincidences

	counts []int     // of each different rating
	at     []float64 // where each lies, in a unit in which squares neither overflow nor vanish
	square float64   // of that unit
	pairs  []float64 // of two ratings within units, on a ratio scale
	seen   []int     // of each rating in one unit, on a nominal scale
}

// counter returns memory for one worker. Ratings on an interval scale are moved and scaled to 0 to 1,
// which changes no alpha: the disagreements are scaled back at the end.
func (c *coincidences) counter() *counter {
	v := len(c.values)
	out := &counter{coincidences: c, counts: make([]int, v), at: make([]float64, v), square: 1}
	switch c.scale {
	case Nominal:
		out.seen = make([]int, v)
	case Ordinal:
	case IntervalScale:
		low, wide := c.values[0], c.values[v-1]-c.values[0]
		for i, x := range c.values {
			if wide > 0 {
				out.at[i] = (x - low) / wide
			}
		}
		out.square = wide * wide
	case Ratio:
		out.pairs = make([]float64, v*v)
	}
	return out
}

// alpha computes some units, with repetition; all of them if rows is nil. With o_cd the
// number of pairs of c and d within units, each unit of m ratings counting m in all, and n_c
// their sums, n in all,
//
//	D_o = Σ o_cd·δ²/n,  D_e = Σ n_c·n_d·δ²/(n(n − 1))
//
// Where δ is a distance on a line, the sum of δ² over all pairs of m points is 2m times their
// squares about the mean; where it is "equal or not", m² less the squares of counts.
func (c *counter) alpha(rows []int) Alpha {
	clear(c.counts)
	clear(c.pairs)
	units := len(rows)
	if rows == nil {
		units = c.units()
	}
	unit := func(i int) []int32 {
		if rows == nil {
			return c.unit(i)
		}
		return c.unit(rows[i])
	}
	out := Alpha{Units: units}
	for i := range units {
		for _, place := range unit(i) {
			c.counts[place]++
			out.Values++
		}
	}
	if c.scale == Ordinal {
		c.order()
	}
	for i := range units {
		out.Observed += c.within(unit(i))
	}
	n := float64(out.Values)
	expected := c.among()
	out.Observed += c.ofPairs()
	out.Observed /= n
	expected /= n * (n - 1)
	if expected > 0 {
		out.Alpha = new(1 - out.Observed/expected)
	}
	out.Observed, out.Expected = out.Observed*c.square, expected*c.square
	return out
}

// order puts each rating where it lies on an ordinal scale: at the ratings below the middle
// of those that are equal to it.
func (c *counter) order() {
	below := 0
	for i, n := range c.counts {
		c.at[i] = float64(below) + float64(n)/2
		below += n
	}
}

// within returns Σ δ² over pairs of one unit of m ratings, divided by m − 1. On a ratio scale it
// counts the pairs instead: see [counter.ofPairs].
func (c *counter) within(unit []int32) float64 {
	m := float64(len(unit))
	switch c.scale {
	case Nominal:
		return (m*m - c.same(unit)) / (m - 1)
	case Ordinal, IntervalScale:
		return 2 * m * c.aboutMean(unit) / (m - 1)
	case Ratio:
		for i, a := range unit {
			for _, b := range unit[:i] {
				c.pairs[int(min(a, b))*len(c.values)+int(max(a, b))] += 2 / (m - 1)
			}
		}
	}
	return 0
}

// same returns the squares of how often each rating stands in a unit.
func (c *counter) same(unit []int32) float64 {
	for _, place := range unit {
		c.seen[place]++
	}
	sum := 0.0
	for _, place := range unit {
		sum += float64(c.seen[place])
	}
	for _, place := range unit {
		c.seen[place] = 0
	}
	return sum
}

// aboutMean returns the squares about their mean of where the ratings of a unit lie.
func (c *counter) aboutMean(unit []int32) float64 {
	if allEqual(unit) {
		return 0
	}
	mean, squares := 0.0, 0.0
	for _, place := range unit {
		mean += c.at[place]
	}
	mean /= float64(len(unit))
	for _, place := range unit {
		squares += square(c.at[place] - mean)
	}
	return squares
}

// allEqual reports whether all places are one: no rounding of their mean is a difference.
func allEqual(places []int32) bool {
	for _, p := range places {
		if p != places[0] {
			return false
		}
	}
	return true
}

// among returns Σ n_c·n_d·δ².
func (c *counter) among() float64 {
	n, mean, sum := 0.0, 0.0, 0.0
	for i, count := range c.counts {
		n += float64(count)
		mean += float64(float64(count) * c.at[i])
	}
	mean /= n
	switch c.scale {
	case Nominal:
		for _, count := range c.counts {
			sum += float64(float64(count) * (n - float64(count)))
		}
	case Ordinal, IntervalScale:
		some := 0
		for i, count := range c.counts {
			sum += float64(float64(count) * square(c.at[i]-mean))
			some += min(count, 1)
		}
		if some < 2 {
			return 0
		}
		sum *= 2 * n
	case Ratio:
		for b, count := range c.counts {
			for a := range b {
				sum += 2 * float64(c.counts[a]) * float64(count) * c.ratio(a, b)
			}
		}
	}
	return sum
}

// ofPairs returns Σ o_cd·δ² of the pairs that were counted on a ratio scale.
func (c *counter) ofPairs() float64 {
	sum, v := 0.0, len(c.values)
	for i, n := range c.pairs {
		if n > 0 {
			sum += float64(n * c.ratio(i/v, i%v))
		}
	}
	return sum
}

// ratio returns δ² of two values of a ratio scale.
func (c *counter) ratio(a, b int) float64 {
	if a == b {
		return 0
	}
	x, y := c.values[a], c.values[b]
	return square((x - y) / (x + y))
}
