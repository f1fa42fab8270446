package profitchain

import (
	"math"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
	"github.com/relmark/relmark/servqual"
)

const (
	maxScore = 1000
	maxCount = 1 << 32
)

// Sums are ratings added up: their number, the sum of whole points, and the sum of squares. They
// are plain data, add up exactly, and the zero Sums are those of no ratings.
type Sums struct {
	N       int64 `json:"n"` // 0 to 2³²
	Sum     int64 `json:"sum"`
	Squares int64 `json:"squares"`
}

// A Scale says which ratings there are: Low to High. It is plain data.
type Scale struct {
	Low  int `json:"low"`  // −1000 or more
	High int `json:"high"` // above Low, 1000 at most
}

func (s Scale) check(l *fault.List) {
	l.Check(s.Low >= -maxScore, "Scale.Low", s.Low, "must be -1000 or more")
	l.Check(s.High > s.Low && s.High <= maxScore, "Scale.High", s.High, "must be above Low, 1000 at most")
}

// holds adds a rating off the scale.
func (s Scale) holds(l *fault.List, field string, rating int) {
	l.Check(rating >= s.Low && rating <= s.High, field, rating, "must be on the scale")
}

// check adds sums that no ratings can have.
func (s Sums) check(l *fault.List, at string) {
	ok := s.N >= 0 && s.N <= maxCount && s.Sum >= -s.N*maxScore && s.Sum <= s.N*maxScore && s.Squares >= 0 && s.Squares <= s.N*maxScore*maxScore
	l.Check(ok, at, nil, "must be the sums of 0 to 4294967296 ratings within ±1000")
	if ok {
		_, ok = stat.Spread(s.N, s.Sum, s.Squares)
		l.Check(ok, at+".Squares", s.Squares, "must be at least Sum squared / N")
	}
}

// on adds sums that no ratings on a scale can have.
func (s Sums) on(l *fault.List, at string, scale Scale) {
	before := l.Len()
	s.check(l, at)
	if l.Len() == before {
		l.Check(s.Sum >= s.N*int64(scale.Low) && s.Sum <= s.N*int64(scale.High), at+".Sum", s.Sum, "must be that of ratings on the scale")
	}
}

// Add adds one rating. It fails, and changes nothing, with a [relmark.FieldError] unless that is
// within ±1000, and with [relmark.ErrLimit] past 2³² ratings.
func (s *Sums) Add(rating int) error {
	if rating < -maxScore || rating > maxScore {
		return broken("Rating", rating, "must be within ±1000")
	}
	if s.N >= maxCount {
		return fault.Room(room, relmark.ErrLimit)
	}
	s.add(rating)
	return nil
}

func (s *Sums) add(rating int) {
	x := int64(rating)
	s.N, s.Sum, s.Squares = s.N+1, s.Sum+x, s.Squares+x*x
}

// Merge adds the ratings of o. It fails, and changes nothing, with a [relmark.FieldError] where
// either has sums that no ratings have, and with [relmark.ErrLimit] past 2³² ratings.
func (s *Sums) Merge(o Sums) error {
	var l fault.List
	s.check(&l, "Sums")
	o.check(&l, "Sums")
	if err := l.Err(room); err != nil {
		return err
	}
	if s.N+o.N > maxCount {
		return fault.Room(room, relmark.ErrLimit)
	}
	*s = Sums{s.N + o.N, s.Sum + o.Sum, s.Squares + o.Squares}
	return nil
}

// mean returns the mean of one rating or more.
func (s Sums) mean() float64 { return float64(s.Sum) / float64(s.N) }

// sample returns the mean of two ratings or more with its standard error.
func (s Sums) sample() stat.Sample {
	n := float64(s.N)
	spread, _ := stat.Spread(s.N, s.Sum, s.Squares)
	return stat.Sample{N: s.N, Mean: s.mean(), SE: math.Sqrt(spread / n / n / (n - 1))}
}

// A Mean is a mean rating with its interval. It is plain data.
type Mean struct {
	N        int64              `json:"n"`
	Mean     *float64           `json:"mean"`     // nil of no ratings
	Interval *servqual.Interval `json:"interval"` // Student's, cut to the scale; nil below two ratings
}

// meanOf returns the mean of ratings on a scale.
func meanOf(s Sums, scale Scale, level float64) Mean {
	if s.N == 0 {
		return Mean{}
	}
	m := Mean{N: s.N, Mean: new(s.mean())}
	if s.N > 1 {
		half := stat.StudentT(level, float64(s.N-1)) * s.sample().SE
		m.Interval = &servqual.Interval{Low: max(*m.Mean-half, float64(scale.Low)), High: min(*m.Mean+half, float64(scale.High))}
	}
	return m
}

// A Difference of two means has its interval and the test of none. It is plain data.
type Difference struct {
	Value    float64            `json:"value"`
	SE       float64            `json:"se"`
	Interval *servqual.Interval `json:"interval"` // nil where the state is too_few
	T        *float64           `json:"t"`        // nil where nothing varies, or next to nothing
	Degrees  float64            `json:"degrees"`
	P        *float64           `json:"p"` // two-sided
	State    State              `json:"state"`
}

// surely reports whether the difference has a sign, and it is that of sign.
func (d *Difference) surely(sign float64) bool {
	return d != nil && d.State == Evidence && d.Value*sign > 0
}

// compare returns later − earlier of independent samples by Welch's test; nil if one is empty. Below
// two ratings in either there is a difference, and nothing that says how sure it is.
func compare(earlier, later Sums, level float64) *Difference {
	switch {
	case earlier.N == 0 || later.N == 0:
		return nil
	case earlier.N < 2 || later.N < 2:
		return &Difference{Value: later.mean() - earlier.mean(), State: TooFew}
	}
	return differ(stat.Welch(earlier.sample(), later.sample()), level)
}

// within returns the mean of differences and whether it is 0; nil if there are none.
func within(d Sums, level float64) *Difference {
	switch {
	case d.N == 0:
		return nil
	case d.N < 2:
		return &Difference{Value: d.mean(), State: TooFew}
	}
	return differ(paired(d.sample()), level)
}

// paired makes a test of a sample of differences.
func paired(s stat.Sample) stat.Difference {
	return tested(stat.Difference{Value: s.Mean, SE: s.SE, Degrees: float64(s.N - 1)})
}

// tested adds the test of no difference.
func tested(d stat.Difference) stat.Difference {
	switch {
	case d.SE > 0:
		d.T = d.Value / d.SE
		d.P = stat.TTail(d.T, d.Degrees)
	case d.Value == 0:
		d.P = 1
	}
	return d
}

// differ gives a difference its interval, and its state by that.
func differ(d stat.Difference, level float64) *Difference {
	out := &Difference{Value: d.Value, SE: d.SE, Degrees: d.Degrees, P: new(d.P)}
	if d.SE > 0 && !math.IsInf(d.T, 0) {
		out.T = new(d.T)
	}
	low, high := d.Interval(level)
	out.Interval = &servqual.Interval{Low: low, High: high}
	out.State = stateOf(*out.Interval)
	return out
}
