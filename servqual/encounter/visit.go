package encounter

import (
	"math"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/servqual"
)

// Visits are spot checks of one standard in one unit: how often it was looked at and how
// often it was kept. They are plain data; visits of shards add up.
type Visits struct {
	Standard    string `json:"standard"` // 1 to 200 bytes of UTF-8
	Unit        string `json:"unit"`     // the same; once with a standard
	Announced   Checks `json:"announced"`
	Unannounced Checks `json:"unannounced"` // mystery visits among them
}

// Checks are how often a standard was looked at and kept. They are plain data.
type Checks struct {
	N    int64 `json:"n"`    // 0 to 2⁴⁰
	Kept int64 `json:"kept"` // 0 to N
}

func (c Checks) valid() bool { return c.N >= 0 && c.N <= maxCount && c.Kept >= 0 && c.Kept <= c.N }

func (c Checks) check(l *fault.List, at string) {
	l.Check(c.N >= 0 && c.N <= maxCount, at+".N", c.N, "must be 0 to 2^40")
	l.Check(c.Kept >= 0 && c.Kept <= c.N, at+".Kept", c.Kept, "must be 0 to N")
}

// check adds what is wrong with v, at a position, and whether it comes again. It does not allocate where
// nothing is.
func (v *Visits) check(l *fault.List, i int, again bool) {
	if fault.ValidName(v.Standard) && fault.ValidName(v.Unit) && !again && v.Announced.valid() && v.Unannounced.valid() {
		return
	}
	at := fault.Item("Visits", i)
	l.Name(at+".Standard", v.Standard)
	l.Name(at+".Unit", v.Unit)
	l.Check(!again, at, nil, "must not repeat a standard in a unit")
	v.Announced.check(l, at+".Announced")
	v.Unannounced.check(l, at+".Unannounced")
}

// A Kept is how a standard is kept in a unit. It is plain data.
type Kept struct {
	Standard    string          `json:"standard"`
	Unit        string          `json:"unit"`
	Announced   *servqual.Share `json:"announced"`   // nil where nobody looked
	Unannounced *servqual.Share `json:"unannounced"` // the one to believe; nil where nobody looked
	// Show is by how much more the standard is kept when a visit is announced, with Newcombe's
	// interval; nil unless there were visits of both kinds.
	Show *Difference `json:"show"`
}

// A Difference of two shares with its interval. It is plain data.
type Difference struct {
	Value    float64           `json:"value"`
	Interval servqual.Interval `json:"interval"`
	Surely   bool              `json:"surely"` // the interval does not contain 0
}

// Conformance returns how each standard is kept in each unit, in the order given. It fails
// with a [relmark.FieldError] where visits are not as [Visits] say, a standard and unit come
// twice, and unless the level is 0.5 to 0.9999; with [relmark.ErrTooFew] of no visits.
func Conformance(visits []Visits, level float64) ([]Kept, error) {
	var l fault.List
	l.Level("Level", level)
	l.Check(len(visits) <= most*most, "Visits", len(visits), "must be a million at most")
	seen := map[[2]string]bool{}
	for i := range visits[:min(len(visits), most*most)] {
		if l.Full() {
			break
		}
		key := [2]string{visits[i].Standard, visits[i].Unit}
		visits[i].check(&l, i, seen[key])
		seen[key] = true
	}
	if err := l.Err(room); err != nil {
		return nil, err
	}
	if len(visits) == 0 {
		return nil, fault.Room(room, relmark.ErrTooFew)
	}
	out := make([]Kept, len(visits))
	for i, v := range visits {
		k := Kept{Standard: v.Standard, Unit: v.Unit, Announced: v.Announced.share(level), Unannounced: v.Unannounced.share(level)}
		if k.Announced != nil && k.Unannounced != nil {
			k.Show = difference(*k.Announced, *k.Unannounced)
		}
		out[i] = k
	}
	return out, nil
}

func (c Checks) share(level float64) *servqual.Share {
	if c.N == 0 {
		return nil
	}
	return new(shareOf(c.Kept, c.N, level))
}

// difference returns a − b with the interval of Newcombe (1998), from Wilson's of both.
func difference(a, b servqual.Share) *Difference {
	d := &Difference{Value: a.Value - b.Value}
	d.Interval = servqual.Interval{
		Low:  d.Value - math.Hypot(a.Value-a.Low, b.High-b.Value),
		High: d.Value + math.Hypot(a.High-a.Value, b.Value-b.Low),
	}
	d.Surely = d.Interval.Low > 0 || d.Interval.High < 0
	return d
}

// PlanVisits returns how many visits show a share of conformance within half a width at a
// level, where there are so many encounters a period; nil for more than matters. It is
// [servqual.PlanShare], and fails as that does. A share of 0.5 needs most.
func PlanVisits(share, halfWidth, level float64, encounters *int64) (servqual.Planned, error) {
	return servqual.PlanShare(share, servqual.Precision{HalfWidth: halfWidth, Level: level, Population: encounters})
}
