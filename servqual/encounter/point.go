package encounter

import (
	"math"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
	"github.com/relmark/relmark/servqual"
)

// A Moment is how a customer found one encounter at a contact point.
type Moment string

// The moments of truth.
const (
	Bad   Moment = "bad"
	Plain Moment = "plain" // as it should be
	Good  Moment = "good"
)

func moments() enum.Set[Moment] { return enum.Of(Bad, Plain, Good) }

// Scores are how satisfied some customers were with the whole: their number, the sum of whole
// points, and the sum of squares. They are plain data, and add up exactly.
type Scores struct {
	N       int64 `json:"n"`
	Sum     int64 `json:"sum"`
	Squares int64 `json:"squares"`
}

const (
	maxPoints    = 1000
	maxCustomers = 1 << 32
)

// check adds what no customers can have answered.
func (s Scores) check(l *fault.List, at string) {
	ok := s.N >= 0 && s.N <= maxCustomers && s.Sum >= 0 && s.Sum <= s.N*maxPoints && s.Squares >= 0 && s.Squares <= s.N*maxPoints*maxPoints
	l.Check(ok, at, nil, "must be the sums of 0 to 4294967296 scores of 0 to 1000")
	if ok {
		_, ok = stat.Spread(s.N, s.Sum, s.Squares)
		l.Check(ok, at+".Squares", s.Squares, "must be at least Sum squared / N")
	}
}

// sample returns the mean and its standard error.
func (s Scores) sample() stat.Sample {
	n := float64(s.N)
	out := stat.Sample{N: s.N, Mean: float64(s.Sum) / n}
	if s.N > 1 {
		spread, _ := stat.Spread(s.N, s.Sum, s.Squares)
		out.SE = math.Sqrt(spread/(n-1)) / n
	}
	return out
}

// A PointTally adds up encounters at one contact point and how satisfied these customers were
// with the service as a whole. It is plain data, and the zero PointTally is ready; merging is
// exact. It is not safe for concurrent mutation.
type PointTally struct {
	Bad   Scores `json:"bad"`
	Plain Scores `json:"plain"`
	Good  Scores `json:"good"`
}

// of returns the scores of a moment.
func (t *PointTally) of(m Moment) *Scores {
	switch m {
	case Bad:
		return &t.Bad
	case Plain:
		return &t.Plain
	case Good:
		return &t.Good
	}
	return nil // no moment
}

// Add counts one encounter, and the customer's overall satisfaction in whole points of 0 to
// 1000. It fails with a [relmark.FieldError] for another moment or score, and with
// [relmark.ErrLimit] past 2³² encounters of a kind.
func (t *PointTally) Add(m Moment, overall int) error {
	var l fault.List
	l.Join("", moments().Check("Moment", m))
	l.Check(overall >= 0 && overall <= maxPoints, "Overall", overall, "must be 0 to 1000")
	if err := l.Err(room); err != nil {
		return err
	}
	s := t.of(m)
	if s.N >= maxCustomers {
		return fault.Room(room, relmark.ErrLimit)
	}
	x := int64(overall)
	s.N, s.Sum, s.Squares = s.N+1, s.Sum+x, s.Squares+x*x
	return nil
}

func (t *PointTally) check(l *fault.List, at string) {
	t.Bad.check(l, at+"Bad")
	t.Plain.check(l, at+"Plain")
	t.Good.check(l, at+"Good")
}

// Merge adds what o counted. It fails with a [relmark.FieldError] where sums, of either, are
// of no encounters, and with [relmark.ErrLimit] past 2³² encounters of a kind; it then changes
// nothing.
func (t *PointTally) Merge(o PointTally) error {
	var l fault.List
	t.check(&l, "")
	o.check(&l, "Other.")
	if err := l.Err(room); err != nil {
		return err
	}
	for _, m := range moments().All() {
		if t.of(m).N+o.of(m).N > maxCustomers {
			return fault.Room(room, relmark.ErrLimit)
		}
	}
	for _, m := range moments().All() {
		a, b := t.of(m), o.of(m)
		*a = Scores{a.N + b.N, a.Sum + b.Sum, a.Squares + b.Squares}
	}
	return nil
}

// A Contrast is a difference of mean overall satisfaction. It is plain data.
type Contrast struct {
	Value    float64           `json:"value"`
	Interval servqual.Interval `json:"interval"`
	P        float64           `json:"p"` // Welch's test of no difference
}

// A PointReport is what one contact point does to satisfaction. It is plain data.
type PointReport struct {
	N    int64          `json:"n"`
	Bad  servqual.Share `json:"bad"`  // share of encounters that were bad
	Good servqual.Share `json:"good"` // and good
	// Penalty is what a bad encounter costs: the mean of plain ones less that of bad ones.
	// Reward is what a good one earns: its mean less that of plain ones. nil unless there are two
	// encounters of both kinds.
	Penalty *Contrast `json:"penalty"`
	Reward  *Contrast `json:"reward"`
	// Lost is the satisfaction that bad encounters here cost in the mean of all customers, the
	// share of bad ones times the penalty; nil without a penalty.
	Lost *float64 `json:"lost"`
}

// Report returns what the contact point does to satisfaction. It fails with a
// [relmark.FieldError] where sums are of no encounters and unless the level is 0.5 to 0.9999,
// and with [relmark.ErrTooFew] of no encounters.
func (t PointTally) Report(level float64) (PointReport, error) {
	var l fault.List
	l.Level("Level", level)
	t.check(&l, "")
	if err := l.Err(room); err != nil {
		return PointReport{}, err
	}
	n := t.Bad.N + t.Plain.N + t.Good.N
	if n == 0 {
		return PointReport{}, fault.Room(room, relmark.ErrTooFew)
	}
	r := PointReport{N: n, Bad: shareOf(t.Bad.N, n, level), Good: shareOf(t.Good.N, n, level)}
	r.Penalty, r.Reward = contrast(t.Bad, t.Plain, level), contrast(t.Plain, t.Good, level)
	if r.Penalty != nil {
		r.Lost = new(r.Bad.Value * r.Penalty.Value)
	}
	return r, nil
}

// contrast returns the mean of above less that of below; nil unless both have two.
func contrast(below, above Scores, level float64) *Contrast {
	if min(below.N, above.N) < 2 {
		return nil
	}
	d := stat.Welch(below.sample(), above.sample())
	c := &Contrast{Value: d.Value, P: d.P}
	c.Interval.Low, c.Interval.High = d.Interval(level)
	return c
}

// WorstPoint returns the position of the contact point that costs most satisfaction, the
// first of equal ones; false if none has a penalty above 0.
func WorstPoint(reports []PointReport) (int, bool) {
	worst, lost := -1, 0.0
	for i, r := range reports {
		if r.Lost != nil && *r.Lost > lost {
			worst, lost = i, *r.Lost
		}
	}
	return worst, worst >= 0
}
