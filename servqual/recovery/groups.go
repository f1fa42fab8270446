package recovery

import (
	"maps"
	"math"
	"slices"

	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
	"github.com/relmark/relmark/servqual"
)

const (
	maxGroups     = 1000
	groupsVersion = 1
)

// An Outcome is what groups are compared on.
type Outcome string

// The outcomes.
const (
	Satisfaction Outcome = "satisfaction"
	Loyalty      Outcome = "loyalty"
)

func outcomes() enum.Set[Outcome] { return enum.Of(Satisfaction, Loyalty) }

// Groups add up the satisfaction and the loyalty of groups of customers, such as those whom
// nothing has happened to, and those recovered well and badly. Sums are whole: parts collected
// apart merge to the last bit. Obtain them from [NewGroups]; the zero Groups take nobody, but
// merge and decode. They are not safe for concurrent mutation. There are 1000 groups at most.
type Groups struct {
	opaque

	unit uint64
	by   map[string]*[2]*stat.Cross // by outcome
}

// NewGroups returns groups of nobody, whose scores are whole numbers of 1/unit, 1 to 1000.
func NewGroups(unit int) (*Groups, error) {
	if unit < 1 || unit > maxUnit {
		return nil, broken("Unit", unit, unitRule)
	}
	return &Groups{unit: uint64(unit), by: map[string]*[2]*stat.Cross{}}, nil
}

// Add adds a customer to a group, with scores within ±10^6 or [Blank]. It fails with
// a [relmark.FieldError] for other scores, a group that is no name of 1 to 200 bytes of
// UTF-8, and the zero Groups; and with [relmark.ErrLimit] for too many groups and after
// 4,294,967,295 customers of one.
func (g *Groups) Add(group string, satisfaction, loyalty int32) error {
	var l fault.List
	l.Check(g.unit > 0, "Groups", nil, "must come from NewGroups")
	l.Name("Group", group)
	l.Check(satisfaction == Blank || isScore(int64(satisfaction)), "Satisfaction", satisfaction, scoreRule)
	l.Check(loyalty == Blank || isScore(int64(loyalty)), "Loyalty", loyalty, scoreRule)
	if err := l.Err(room); err != nil {
		return err
	}
	of := g.by[group]
	if of == nil {
		if len(g.by) >= maxGroups {
			return errLimit()
		}
		of = &[2]*stat.Cross{stat.NewCross(1), stat.NewCross(1)}
		g.by[group] = of
	}
	if of[0].N() >= maxRespondents || of[1].N() >= maxRespondents {
		return errLimit()
	}
	for i, score := range []int32{satisfaction, loyalty} {
		if score != Blank {
			of[i].Add([]int64{int64(score)})
		}
	}
	return nil
}

// Merge adds the customers of o, which stay as they are: exactly, in any order, the zero
// Groups being the identity. It fails with a [relmark.FieldError] if the units differ, and
// with [relmark.ErrLimit], and leaves g as it was then.
func (g *Groups) Merge(o *Groups) error {
	switch {
	case o == nil || o.unit == 0:
		return nil
	case g.unit != 0 && g.unit != o.unit:
		return broken("Unit", o.unit, "must be the same in both")
	case !g.fits(o):
		return errLimit()
	case g.unit == 0:
		g.unit, g.by = o.unit, map[string]*[2]*stat.Cross{}
	}
	for name, theirs := range o.by {
		of := g.by[name]
		if of == nil {
			of = &[2]*stat.Cross{stat.NewCross(1), stat.NewCross(1)}
			g.by[name] = of
		}
		for i := range of {
			of[i].Merge(theirs[i])
		}
	}
	return nil
}

// fits reports whether both together stay within the limits.
func (g *Groups) fits(o *Groups) bool {
	n := len(g.by)
	for name, theirs := range o.by {
		mine := g.by[name]
		if mine == nil {
			n++
			continue
		}
		for i := range mine {
			if mine[i].N()+theirs[i].N() > maxRespondents {
				return false
			}
		}
	}
	return n <= maxGroups
}

// Names returns the groups that there are, ascending.
func (g *Groups) Names() []string { return slices.Sorted(maps.Keys(g.by)) }

func (g *Groups) summary(name string, of Outcome) stat.Summary {
	i, _ := outcomes().Index(of)
	if both := g.by[name]; both != nil {
		return both[i].Summary(0, g.unit)
	}
	return stat.Summary{}
}

// A GroupTest compares the mean of one group with that of a baseline, by Welch's t: other
// customers, and variances that may differ. It is plain data.
type GroupTest struct {
	N          int64   `json:"n"`
	Mean       float64 `json:"mean"`
	NBaseline  int64   `json:"n_baseline"`
	Baseline   float64 `json:"baseline"` // its mean
	Difference float64 `json:"difference"`
	SE         float64 `json:"se"`
	Low        float64 `json:"low"`
	High       float64 `json:"high"`
	T          float64 `json:"t"`       // 0 where nothing varies
	Degrees    float64 `json:"degrees"` // of freedom
	P          float64 `json:"p"`       // two-sided; where nothing varies, 0 or, of no difference, 1
	CohenD     float64 `json:"cohen_d"` // difference in pooled standard deviations; 0 where nothing varies
}

// Test compares a group with a baseline on an outcome. It fails with a [relmark.FieldError]
// for an unknown outcome, for the same group twice, and unless the level is 0.5 to 0.9999;
// with [relmark.ErrTooFew] below two scores of either.
func (g *Groups) Test(of Outcome, group, baseline string, level float64) (GroupTest, error) {
	var l fault.List
	l.Join("", outcomes().Check("Outcome", of))
	l.Check(group != baseline, "Baseline", nil, "must be another group")
	l.Level("Level", level)
	if err := l.Err(room); err != nil {
		return GroupTest{}, err
	}
	x, y := g.summary(group, of), g.summary(baseline, of)
	if x.N() < 2 || y.N() < 2 {
		return GroupTest{}, few("fewer than two scores of a group")
	}
	d := stat.Welch(sample(y), sample(x))
	out := GroupTest{N: x.N(), NBaseline: y.N(), Difference: d.Value, SE: d.SE, T: d.T, Degrees: d.Degrees, P: d.P}
	out.Mean, _ = x.Mean()
	out.Baseline, _ = y.Mean()
	out.Low, out.High = d.Interval(level)
	vx, _ := x.Variance()
	vy, _ := y.Variance()
	n, m := float64(x.N()-1), float64(y.N()-1)
	if pooled := (n*vx + m*vy) / (n + m); pooled > 0 {
		out.CohenD = d.Value / math.Sqrt(pooled)
	}
	return out, nil
}

func sample(s stat.Summary) stat.Sample {
	mean, _ := s.Mean()
	se, _ := s.SE()
	return stat.Sample{N: s.N(), Mean: mean, SE: se}
}

// A Paradox says whether customers who were recovered are more content, or more loyal, than
// those to whom nothing has happened. Studies find the first now and then and the second
// rarely, so they are tested apart. It is plain data.
type Paradox struct {
	Satisfaction GroupTest `json:"satisfaction"`
	Loyalty      GroupTest `json:"loyalty"`
	// InSatisfaction and InLoyalty say that the recovered are above the others, and that chance
	// alone would rarely do it: P is at most 1 − level.
	InSatisfaction bool `json:"in_satisfaction"`
	InLoyalty      bool `json:"in_loyalty"`
}

// Paradox tests the recovery paradox of a group that was recovered against one without
// failure. It fails as [Groups.Test] does.
func (g *Groups) Paradox(recovered, noFailure string, level float64) (Paradox, error) {
	s, err := g.Test(Satisfaction, recovered, noFailure, level)
	if err != nil {
		return Paradox{}, err
	}
	l, err := g.Test(Loyalty, recovered, noFailure, level)
	if err != nil {
		return Paradox{}, err
	}
	above := func(t GroupTest) bool { return t.Difference > 0 && t.P <= 1-level }
	return Paradox{s, l, above(s), above(l)}, nil
}

// Compare tests whether all groups have one mean of an outcome: classic, by one-way analysis
// of variance, and Welch's, for any variances; each nil where it does not exist. It fails
// with a [relmark.FieldError] for an unknown outcome, and with [relmark.ErrTooFew] below two
// groups or below two scores in one.
func (g *Groups) Compare(of Outcome) (servqual.Comparison, error) {
	if err := outcomes().Check("Outcome", of); err != nil {
		return servqual.Comparison{}, fault.Room(room, err)
	}
	var out servqual.Comparison
	var samples []stat.Summary
	for _, name := range g.Names() {
		s := g.summary(name, of)
		if s.N() < 2 {
			return servqual.Comparison{}, few("fewer than two scores of a group")
		}
		samples = append(samples, s)
		out.N += s.N()
	}
	if len(samples) < 2 {
		return servqual.Comparison{}, few("fewer than two groups")
	}
	out.Classic, out.Welch = test(stat.Anova(samples)), test(stat.WelchAnova(samples))
	return out, nil
}

func test(r stat.Ratio, ok bool) *servqual.FTest {
	if !ok {
		return nil
	}
	return &servqual.FTest{F: r.F, Above: r.Above, Below: r.Below, P: r.P}
}

// AppendBinary appends the encoding of g, version 1; it never fails. Equal groups have equal
// encodings.
func (g *Groups) AppendBinary(b []byte) ([]byte, error) {
	w := codec.NewWriter(b, codec.KindGroups, groupsVersion)
	w.Uvarint(g.unit)
	if g.unit > 0 {
		codec.WriteMap(&w, g.by, func(_ string, of *[2]*stat.Cross) {
			for _, c := range of {
				writeCross(&w, c)
			}
		})
	}
	return w.Data(), nil
}

// MarshalBinary returns what [Groups.AppendBinary] appends.
func (g *Groups) MarshalBinary() ([]byte, error) { return g.AppendBinary(nil) }

// UnmarshalBinary reads an encoding of any version. It fails with [relmark.ErrUnsupported]
// for an unknown version and with [relmark.ErrInvalid] for anything else that no scores can
// have made; g stays as it is then.
func (g *Groups) UnmarshalBinary(data []byte) error {
	r := codec.NewReader(data, codec.KindGroups, groupsVersion)
	var out Groups
	if out.unit = uint64(r.UpTo(maxUnit)); out.unit > 0 {
		out.by = codec.ReadMap(&r, fault.MaxName, 12, func(string) *[2]*stat.Cross {
			both := [2]*stat.Cross{readCross(&r, 1), readCross(&r, 1)}
			r.Check(both[0] != nil && both[1] != nil && both[0].N() <= maxRespondents && both[1].N() <= maxRespondents)
			return &both
		})
		r.Check(len(out.by) <= maxGroups)
	}
	if err := r.Done(); err != nil {
		return fault.Decode(room, "groups", err)
	}
	*g = out
	return nil
}
