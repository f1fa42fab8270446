package social

import (
	"fmt"
	"math"
	"slices"
	"sort"
	"time"

	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/fault"
)

// CadenceParams say how much the habits of a segment count beside those of a customer,
// and when a contact is due. They are plain data.
type CadenceParams struct {
	// Shrinkage is the number k of own gaps that the segment is worth: a customer with n
	// gaps counts n/(n+k). 0, or 1e-9 to 1e9; with 0 the segment is not looked at.
	Shrinkage float64 `json:"shrinkage"`
	// DueLevel is the overdue score at which a contact is due, above 0 and at most 1: with
	// 0.8 it is due once four of five gaps have been shorter.
	DueLevel float64 `json:"due_level"`
}

// Validate reports every rule that p breaks, in one error.
func (p CadenceParams) Validate() error {
	var f fault.List
	f.Check(p.Shrinkage == 0 || finite(p.Shrinkage, least, 1e9), "Shrinkage", p.Shrinkage, "must be 0, or 1e-9 to 1e9")
	f.Check(p.DueLevel > 0 && p.DueLevel <= 1, "DueLevel", p.DueLevel, "must be above 0, at most 1")
	return f.Err(room)
}

// MarshalJSON encodes valid parameters: {"v":1,"shrinkage":4,"due_level":0.8}.
func (p CadenceParams) MarshalJSON() ([]byte, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	return encode(cadenceJSON{version, plainCadence(p)})
}

// UnmarshalJSON decodes and validates parameters of any version so far. It leaves p
// unchanged on error.
func (p *CadenceParams) UnmarshalJSON(data []byte) error {
	var in cadenceJSON
	if err := decode("cadence parameters", data, &in); err != nil {
		return err
	}
	if err := CadenceParams(in.plainCadence).Validate(); err != nil {
		return err
	}
	*p = CadenceParams(in.plainCadence)
	return nil
}

type plainCadence CadenceParams

type cadenceJSON struct {
	V int `json:"v"`
	plainCadence
}

// A Cadence judges whether a customer has been silent for longer than usual, by the gaps
// between contacts of the customer and of a segment. It is an immutable value, safe for
// concurrent use. Obtain one from [NewCadence].
type Cadence struct {
	opaque
	p       CadenceParams
	segment []time.Duration // ascending
}

// NewCadence prepares a cadence for the customers of a segment whose gaps between
// contacts are given, in any order, 0 or more each; it keeps a copy. Without shrinkage
// there may be none.
func NewCadence(p CadenceParams, segment []time.Duration) (*Cadence, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	var f fault.List
	for i, gap := range segment {
		if gap < 0 && !f.Full() {
			f.Add(fmt.Sprintf("Segment[%d]", i), gap, "must be 0 or more")
		}
	}
	if err := f.Err(room); err != nil {
		return nil, err
	}
	c := &Cadence{p: p, segment: slices.Clone(segment)}
	slices.Sort(c.segment)
	return c, nil
}

// A CadenceReport says how a customer keeps contact. It is plain data.
type CadenceReport struct {
	Gaps       int       `json:"gaps"`        // n, own gaps
	GapDays    float64   `json:"gap_days"`    // days of 24 hours since the last contact
	MedianDays *float64  `json:"median_days"` // of own gaps; nil if there are none
	MADDays    *float64  `json:"mad_days"`    // median of |gap - median|, unscaled; nil likewise
	Weight     float64   `json:"weight"`      // n/(n+k), of own gaps against the segment
	Overdue    float64   `json:"overdue"`     // the score, 0 to 1: the share of gaps that were no longer than this one
	NextDue    time.Time `json:"next_due"`    // when the score reaches the due level, also if that is past; UTC
}

// Report judges the silence of a customer at asOf by the instants of all contacts, in any
// order; equal instants are one contact. A contact after asOf, 100 years before or before the
// year 1700 is an error. It fails with
// [relmark.ErrTooFew] without a contact, with shrinkage and no gap of the segment, and
// without shrinkage and no own gap. It takes time n log n in the contacts and log m in
// the gaps of the segment.
func (c *Cadence) Report(contacts []time.Time, asOf time.Time) (CadenceReport, error) {
	if c == nil || c.p.DueLevel == 0 {
		return CadenceReport{}, unmade("Cadence")
	}
	var buffer [64]int64 // most customers need no more
	at, err := instants(buffer[:0], contacts, asOf)
	if err != nil {
		return CadenceReport{}, err
	}
	if len(at) == 0 {
		return CadenceReport{}, tooFew("no contact")
	}
	last := time.Unix(0, at[len(at)-1]).UTC()
	own := gaps(at)
	switch {
	case c.p.Shrinkage > 0 && len(c.segment) == 0:
		return CadenceReport{}, tooFew("no gap of the segment")
	case c.p.Shrinkage == 0 && len(own) == 0:
		return CadenceReport{}, tooFew("no gap between contacts")
	}
	q := habits{c, own}
	gap := asOf.Sub(last)
	n := float64(len(own))
	r := CadenceReport{Gaps: len(own), GapDays: days(gap), Weight: n / (n + c.p.Shrinkage), Overdue: q.score(int64(gap))}
	r.NextDue = last.Add(time.Duration(q.due()))
	r.MedianDays, r.MADDays = medians(own)
	return r, nil
}

// instants appends the distinct instants of contacts to buffer, ascending.
func instants(buffer []int64, contacts []time.Time, asOf time.Time) ([]int64, error) {
	if !canon.IsActivity(asOf) {
		return nil, invalid("AsOf", "must be set, in years 1700 to 2150")
	}
	oldest := asOf.AddDate(-100, 0, 0) // twice as long fits in nanoseconds
	for i, t := range contacts {
		if t.After(asOf) || t.Before(oldest) || !canon.IsActivity(t) {
			return nil, fault.Room(room, fault.New(fmt.Sprintf("Contacts[%d]", i), t, "must not come after AsOf, nor 100 years before, nor before year 1700"))
		}
		buffer = append(buffer, t.UnixNano())
	}
	slices.Sort(buffer)
	return slices.Compact(buffer), nil
}

// gaps makes the gaps between ascending instants of them, ascending, in their memory.
func gaps(at []int64) []int64 {
	for i := 1; i < len(at); i++ {
		at[i-1] = at[i] - at[i-1]
	}
	at = at[:len(at)-1]
	slices.Sort(at)
	return at
}

// medians returns the median of ascending gaps and the median deviation from it, which
// it computes in their memory.
func medians(own []int64) (median, deviation *float64) {
	n := len(own)
	if n == 0 {
		return nil, nil
	}
	twice := own[(n-1)/2] + own[n/2] // the median, in halves of nanoseconds
	for i, g := range own {
		own[i] = max(2*g-twice, twice-2*g)
	}
	slices.Sort(own)
	half := float64(day) * 2
	return new(float64(twice) / half), new((float64(own[(n-1)/2]) + float64(own[n/2])) / (2 * half))
}

// habits are the gaps by which a silence is judged.
type habits struct {
	c   *Cadence
	own []int64 // ascending
}

// score returns S(x) = (n·F(own) + k·F(segment)) / (n+k), F(x) being the share of gaps of
// at most x.
func (q habits) score(x int64) float64 {
	k, n := q.c.p.Shrinkage, len(q.own)
	sum := float64(sort.Search(n, func(i int) bool { return q.own[i] > x }))
	if k > 0 {
		m := len(q.c.segment)
		sum += k * float64(sort.Search(m, func(i int) bool { return int64(q.c.segment[i]) > x })) / float64(m)
	}
	return sum / (float64(n) + k)
}

// due returns the smallest gap seen whose score reaches the due level; scores within
// 1e-12 of it count as equal. The longest of all has the score 1.
func (q habits) due() int64 {
	const slack = 1e-12
	least := int64(math.MaxInt64)
	reached := func(x int64) bool { return q.score(x) >= q.c.p.DueLevel-slack }
	if i := sort.Search(len(q.own), func(i int) bool { return reached(q.own[i]) }); i < len(q.own) {
		least = q.own[i]
	}
	if q.c.p.Shrinkage == 0 {
		return least
	}
	if i := sort.Search(len(q.c.segment), func(i int) bool { return reached(int64(q.c.segment[i])) }); i < len(q.c.segment) {
		least = min(least, int64(q.c.segment[i]))
	}
	return least
}
