package servqual

import (
	"fmt"
	"math"

	"github.com/relmark/relmark/internal/stat"
)

// A Change is the difference of two scores, the later less the earlier, with its
// interval and the test of no difference. It is plain data.
type Change struct {
	Earlier    int64   `json:"earlier"` // respondents with the earlier score
	Later      int64   `json:"later"`   // respondents with the later score
	Difference float64 `json:"difference"`
	SE         float64 `json:"se"`
	Low        float64 `json:"low"`
	High       float64 `json:"high"`
	T          float64 `json:"t"`       // 0 where nothing varies
	Degrees    float64 `json:"degrees"` // of freedom of Student's t
	P          float64 `json:"p"`       // two-sided; where nothing varies 1 for no difference, or else 0
}

// Change compares the score of a later wave, or of another group, with s, by Welch's
// t: other respondents, and variances that may differ. The interval is cut where no
// difference of two scores on the scale can lie. It fails with a [relmark.FieldError]
// unless the level is 0.5 to 0.9999 and both are on one scale, and with
// [relmark.ErrTooFew] below two respondents in either.
func (s Stat) Change(later Stat, level float64) (Change, error) {
	if err := checkLevel(level); err != nil {
		return Change{}, err
	}
	if s.N() < 2 || later.N() < 2 {
		return Change{}, few("change from %d scores to %d", s.N(), later.N())
	}
	if s.ends != later.ends {
		return Change{}, broken("Scale", nil, "must be the same for both scores")
	}
	d := stat.Welch(s.sample(), later.sample())
	return change(s, later, d, level), nil
}

// change gives a difference its interval.
func change(earlier, later Stat, d stat.Difference, level float64) Change {
	low, high := earlier.ends.gap().cut(d.Interval(level))
	return Change{earlier.N(), later.N(), d.Value, d.SE, low, high, d.T, d.Degrees, d.P}
}

func (s Stat) sample() stat.Sample {
	mean, _ := s.Mean()
	se, _ := s.SE()
	return stat.Sample{N: s.N(), Mean: mean, SE: se}
}

// pairs compares two scores of which some respondents have both, whose differences are
// given: with n1 and n2 respondents, of whom n have both,
//
//	SE² = s1²/n1 + s2²/n2 − 2·n·c/(n1·n2),  c = (s1² + s2² − sd²)/2
//
// which is sd²/n where all have both. There are n − 1 degrees of freedom.
func pairs(earlier, later, both Stat, level float64) Change {
	v1, _ := earlier.of.Variance()
	v2, _ := later.of.Variance()
	vd, _ := both.of.Variance()
	a, _ := earlier.Mean()
	b, _ := later.Mean()
	n, n1, n2 := float64(both.N()), float64(earlier.N()), float64(later.N())
	d := stat.Difference{Value: b - a, Degrees: n - 1}
	if both.N() == earlier.N() && both.N() == later.N() {
		d.Value, _ = both.Mean()
		d.SE = math.Sqrt(vd / n)
	} else {
		d.SE = math.Sqrt(max(v1/n1+v2/n2-n*(v1+v2-vd)/(n1*n2), 0))
	}
	return change(earlier, later, tested(d), level)
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

// An FTest is an F statistic with its degrees of freedom. It is plain data.
type FTest struct {
	F     float64 `json:"f"`
	Above float64 `json:"above"` // degrees of freedom of what is tested
	Below float64 `json:"below"` // degrees of freedom of what is left
	P     float64 `json:"p"`
}

// A Comparison tests whether the mean scores of groups are one. It is plain data.
type Comparison struct {
	N       int64  `json:"n"`
	Classic *FTest `json:"classic,omitempty"` // one-way analysis of variance, for equal variances; nil if no group varies
	Welch   *FTest `json:"welch,omitempty"`   // Welch's, for any variances; nil if a group does not vary
}

// CompareGroups compares the scores of groups of different respondents, such as those
// of branches. It fails with a [relmark.FieldError] unless all are on one scale, and
// with [relmark.ErrTooFew] below two groups or below two respondents in one. Which
// groups differ is for [Stat.Change] to say, with a stricter level for each the more
// of them are compared.
func CompareGroups(groups []Stat) (Comparison, error) {
	if len(groups) < 2 {
		return Comparison{}, few("comparison of %d groups", len(groups))
	}
	var c Comparison
	samples := make([]stat.Summary, len(groups))
	for i, g := range groups {
		if g.N() < 2 {
			return Comparison{}, few("group %d of %d scores", i, g.N())
		}
		if g.ends != groups[0].ends {
			return Comparison{}, broken(fmt.Sprintf("Groups[%d].Scale", i), nil, "must be that of the first group")
		}
		samples[i] = g.of
		c.N += g.N()
	}
	c.Classic, c.Welch = test(stat.Anova(samples)), test(stat.WelchAnova(samples))
	return c, nil
}

func test(r stat.Ratio, ok bool) *FTest {
	if !ok {
		return nil
	}
	return &FTest{r.F, r.Above, r.Below, r.P}
}
