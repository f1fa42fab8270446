package priority

import (
	"fmt"
	"math"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
)

// A Share is a part of answers with Wilson's interval. It is plain data.
type Share struct {
	Count int64   `json:"count"`
	N     int64   `json:"n"`
	Value float64 `json:"value"` // 0 where N is 0: then there is no share
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

func share(count, n int64, level float64) Share {
	s := Share{Count: count, N: n}
	if n > 0 {
		s.Value = float64(count) / float64(n)
		s.Low, s.High = stat.Wilson(count, n, level)
	}
	return s
}

// negative returns the share below 0.
func (s Share) negative() Share {
	s.Value, s.Low, s.High = 0-s.Value, 0-s.High, 0-s.Low // and 0 rather than −0
	return s
}

// A KanoReport is what a feature is to its customers. It is plain data.
type KanoReport struct {
	N        int64    `json:"n"`
	Counts   Counts   `json:"counts"`
	Shares   Shares   `json:"shares"`   // of the categories; they add up to 1
	Category Category `json:"category"` // the most frequent one; of equals the first of must-be, one-dimensional, attractive, indifferent, reverse, questionable
	Grouped  Category `json:"grouped"`  // the same within the group of the first three, or of the last three, that has more answers (Berger 1993)
	Layer    Layer    `json:"layer"`    // of Category

	Strength      float64 `json:"strength"`       // share of the most frequent category less that of the next
	TotalStrength float64 `json:"total_strength"` // share of the first three categories
	Fong          Fong    `json:"fong"`

	// Better is (A + O)/(A + O + M + I), how far having it satisfies, 0 to 1, and Worse
	// −(O + M) over the same, how far not having it dissatisfies, −1 to 0 (Berger 1993).
	Better Share `json:"better"`
	Worse  Share `json:"worse"`
	// BetterOfAll is (A + O) over all answers but questionable ones, those who do not want
	// it included.
	BetterOfAll Share `json:"better_of_all"`

	// With and Without are the means of DuMouchel's values: like 4, expect 2, neutral 0,
	// tolerate −1, dislike −2 with the feature, and −2, −1, 0, 2, 4 without it. A feature is
	// must-be near (0, 4), attractive near (4, 0), one-dimensional near (4, 4).
	With    Mean `json:"with"`
	Without Mean `json:"without"`

	Importance Mean `json:"importance"` // of those who were asked
}

// A Mean is that of some answers, with Student's interval. It is plain data.
type Mean struct {
	N     int64   `json:"n"`
	Value float64 `json:"value"` // 0 where N is 0: then there is no mean
	Low   float64 `json:"low"`   // both ends are Value below two answers
	High  float64 `json:"high"`
}

func meanOf(s stat.Summary, level, least, most float64) Mean {
	m := Mean{N: s.N()}
	m.Value, _ = s.Mean()
	m.Low, m.High = m.Value, m.Value
	if low, high, ok := s.Interval(level); ok {
		m.Low, m.High = max(low, least), min(high, most)
	}
	return m
}

// A Fong is the test that the most frequent category is more than chance over the next
// (Fong 1996). It is plain data.
type Fong struct {
	Difference  int64   `json:"difference"`  // of the two largest counts a and b
	Threshold   float64 `json:"threshold"`   // 1.65·√((a + b)(2n − a − b)/(2n))
	Significant bool    `json:"significant"` // at the threshold or above
}

// Report reads the answers. It fails with a [relmark.FieldError] unless the level of
// confidence is 0.5 to 0.9999, and with [relmark.ErrTooFew] without answers.
func (k *Kano) Report(level float64) (KanoReport, error) {
	if err := checkLevel(level); err != nil {
		return KanoReport{}, err
	}
	c := k.Counts()
	n := c.N()
	if n == 0 {
		return KanoReport{}, fmt.Errorf("%s: no answers: %w", room, relmark.ErrTooFew)
	}
	r := KanoReport{N: n, Counts: c, Shares: c.shares(level), Category: c.winner(0, 6), Grouped: c.winner(3, 6)}
	named := c.MustBe + c.OneDimensional + c.Attractive
	if 2*named > n {
		r.Grouped = c.winner(0, 3)
	}
	r.Layer = r.Category.Layer()
	r.Fong = c.fong()
	r.Strength, r.TotalStrength = float64(r.Fong.Difference)/float64(n), float64(named)/float64(n)
	of := named + c.Indifferent
	r.Better, r.Worse = share(c.Attractive+c.OneDimensional, of, level), share(c.OneDimensional+c.MustBe, of, level).negative()
	r.BetterOfAll = share(c.Attractive+c.OneDimensional, n-c.Questionable, level)
	with, without := k.values()
	r.With, r.Without = meanOf(with, level, -2, 4), meanOf(without, level, -2, 4)
	r.Importance = meanOf(k.importance.Summary(1, 0), level, 0, 100)
	return r, nil
}

func checkLevel(level float64) error {
	var l fault.List
	l.Level("Level", level)
	return l.Err(room)
}

// Shares are those of the categories. It is plain data.
type Shares struct {
	MustBe         Share `json:"must_be"`
	OneDimensional Share `json:"one_dimensional"`
	Attractive     Share `json:"attractive"`
	Indifferent    Share `json:"indifferent"`
	Reverse        Share `json:"reverse"`
	Questionable   Share `json:"questionable"`
}

func (c Counts) shares(level float64) Shares {
	n := c.N()
	of := func(count int64) Share { return share(count, n, level) }
	return Shares{of(c.MustBe), of(c.OneDimensional), of(c.Attractive), of(c.Indifferent), of(c.Reverse), of(c.Questionable)}
}

// winner returns the most frequent category from one position to before another, the first
// of equals.
func (c Counts) winner(from, to int) Category {
	list, best := c.list(), from
	for i := from; i < to; i++ {
		if list[i] > list[best] {
			best = i
		}
	}
	w, _ := categories().At(best)
	return w
}

func (c Counts) fong() Fong {
	first, second := int64(0), int64(0)
	for _, v := range c.list() {
		first, second = max(first, v), max(second, min(first, v))
	}
	n, both := float64(c.N()), float64(first+second)
	f := Fong{Difference: first - second, Threshold: 1.65 * math.Sqrt(both*(2*n-both)/(2*n))}
	f.Significant = float64(f.Difference) >= f.Threshold
	return f
}

// values returns DuMouchel's values of the answers.
func (k *Kano) values() (with, without stat.Summary) {
	value := [5]uint64{6, 4, 2, 1, 0} // and 2 more: moments are of no numbers below 0
	var a, b stat.Moments
	for i, c := range k.cells {
		a.AddTimes(value[i/5], c)
		b.AddTimes(value[4-i%5], c)
	}
	return a.Summary(1, -2), b.Summary(1, -2)
}
