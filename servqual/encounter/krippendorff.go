package encounter

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
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
// where the scale is none, rows differ in length, a rating is not finite, or negative on a
// ratio scale, and there are more than 1,000 different ratings or 1e7 in all; with
// [relmark.ErrTooFew] where no unit was rated twice. It takes time in proportion to the
// ratings, and to the square of the number of different ones.
func Krippendorff(scale Scale, raters [][]*float64) (Alpha, error) {
	c, err := newCoincidences(scale, raters)
	if err != nil {
		return Alpha{}, err
	}
	return c.alpha(nil), nil
}

// AlphaInterval is an interval of Krippendorff's alpha. It is plain data.
type AlphaInterval struct {
	Interval

	Failed int `json:"failed"` // resamples in which nothing varies, which have no alpha and are left out
}

// ResampleParams say how an interval is found by drawing units again. They are plain data.
type ResampleParams struct {
	Replicates int       `json:"replicates"` // 100 to 100,000
	Seed       [2]uint64 `json:"seed"`       // equal seeds give equal intervals, for any number of workers
	Level      float64   `json:"level"`      // 0.5 to 0.9999
	Workers    int       `json:"workers,omitempty"`
}

// ResampleAlpha returns a percentile interval of Krippendorff's alpha, from units drawn again.
// It fails as [Krippendorff] does, with a [relmark.FieldError] where p is not as it says, and
// with [relmark.ErrTooFew] where fewer than two units were rated twice or more than half of
// the resamples have no alpha.
func ResampleAlpha(scale Scale, raters [][]*float64, p ResampleParams) (AlphaInterval, error) {
	var l fault.List
	l.Check(p.Replicates >= 100 && p.Replicates <= 100_000, "Replicates", p.Replicates, "must be 100 to 100000")
	checkLevel(&l, p.Level)
	l.Check(p.Workers >= 0 && p.Workers <= 1024, "Workers", p.Workers, "must be 0 to 1024")
	if err := l.Err(room); err != nil {
		return AlphaInterval{}, err
	}
	c, err := newCoincidences(scale, raters)
	if err != nil {
		return AlphaInterval{}, err
	}
	if len(c.units) < 2 {
		return AlphaInterval{}, fault.Room(room, relmark.ErrTooFew)
	}
	var alphas []float64
	replicates := stat.Seeded(len(c.units), p.Replicates, p.Seed).Replicates(p.Workers, func() func(rows []int) ([]float64, error) {
		return func(rows []int) ([]float64, error) {
			a := c.alpha(rows)
			if a.Alpha == nil {
				return nil, relmark.ErrTooFew
			}
			return []float64{*a.Alpha}, nil
		}
	})
	for _, r := range replicates {
		if r.Err == nil {
			alphas = append(alphas, r.Values[0])
		}
	}
	out := AlphaInterval{Failed: p.Replicates - len(alphas)}
	if 2*out.Failed > p.Replicates {
		return AlphaInterval{}, fault.Room(room, fmt.Errorf("resamples without alpha = %d of %d: %w", out.Failed, p.Replicates, relmark.ErrTooFew))
	}
	i := stat.Bootstrap{Replicates: alphas}.Plain(p.Level)
	out.Interval = Interval{i.Low, i.High}
	return out, nil
}

// Coincidences are the ratings of units that were rated twice or more, as places among the
// different ratings.
type coincidences struct {
	scale  Scale
	values []float64
	units  [][]int32
}

func newCoincidences(scale Scale, raters [][]*float64) (*coincidences, error) {
	if err := checkRaters(scale, raters); err != nil {
		return nil, err
	}
	c := &coincidences{scale: scale}
	for _, row := range raters {
		for _, v := range row {
			if v != nil {
				c.values = append(c.values, *v)
			}
		}
	}
	slices.Sort(c.values)
	c.values = slices.Compact(c.values)
	if len(c.values) > maxGrades {
		return nil, fault.Room(room, fault.New("Raters", len(c.values), "must have at most 1000 different ratings"))
	}
	for u := range unitsOf(raters) {
		var places []int32
		for _, row := range raters {
			if row[u] != nil {
				place, _ := slices.BinarySearchFunc(c.values, *row[u], cmp.Compare[float64])
				places = append(places, int32(place))
			}
		}
		if len(places) > 1 {
			c.units = append(c.units, places)
		}
	}
	if len(c.units) == 0 {
		return nil, fault.Room(room, relmark.ErrTooFew)
	}
	return c, nil
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
	l.Check(len(raters)*unitsOf(raters) <= maxRatings, "Raters", len(raters), "must have 1e7 ratings at most")
	for i, row := range raters {
		l.Check(len(row) == len(raters[0]), indexed("Raters", i), len(row), "must have one rating for each unit")
		for u, v := range row {
			if l.Full() {
				break
			}
			if v != nil && (!finite(*v) || scale == Ratio && *v < 0) {
				l.Add(fmt.Sprintf("Raters[%d][%d]", i, u), *v, "must be finite, and 0 or more on a ratio scale")
			}
		}
	}
	return l.Err(room)
}

// alpha computes some units, with repetition; all of them if rows is nil. With o_cd the
// number of pairs of c and d within units, each unit of m ratings counting m in all, and n_c
// their sums, n in all,
//
//	D_o = Σ o_cd·δ²/n,  D_e = Σ n_c·n_d·δ²/(n(n − 1))
func (c *coincidences) alpha(rows []int) Alpha {
	v := len(c.values)
	pairs, counts := make([]float64, v*v), make([]int, v)
	out := Alpha{}
	add := func(unit []int32) {
		out.Units++
		out.Values += len(unit)
		for i, a := range unit {
			counts[a]++
			for j, b := range unit {
				if i != j {
					pairs[int(a)*v+int(b)] += 1 / float64(len(unit)-1)
				}
			}
		}
	}
	if rows == nil {
		for _, unit := range c.units {
			add(unit)
		}
	} else {
		for _, r := range rows {
			add(c.units[r])
		}
	}
	n := float64(out.Values)
	between := c.between(counts)
	for a := range v {
		for b := range v {
			d := c.difference(a, b, between)
			out.Observed += float64(pairs[a*v+b] * d)
			out.Expected += float64(float64(counts[a]) * float64(counts[b]) * d)
		}
	}
	out.Observed /= n
	out.Expected /= n * (n - 1)
	if out.Expected > 0 {
		out.Alpha = new(1 - out.Observed/out.Expected)
	}
	return out
}

// between returns, for an ordinal scale, how many ratings lie below the middle of each value.
func (c *coincidences) between(counts []int) []float64 {
	out, below := make([]float64, len(counts)), 0
	for i, n := range counts {
		out[i] = float64(below) + float64(n)/2
		below += n
	}
	return out
}

// difference returns δ² of two values, by the metric of the scale.
func (c *coincidences) difference(a, b int, between []float64) float64 {
	if a == b {
		return 0
	}
	x, y := c.values[a], c.values[b]
	d := 1.0
	switch c.scale {
	case Nominal:
	case Ordinal:
		d = between[a] - between[b]
	case IntervalScale:
		d = x - y
	case Ratio:
		d = (x - y) / (x + y)
	}
	return d * d
}
