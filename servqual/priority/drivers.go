package priority

import (
	"fmt"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
)

const (
	maxDrivers = 16 // attributes: shares take time by 2^attributes
	maxOverall = 1_000_000_000
)

// DriverParams describe a questionnaire in which customers rate attributes of a service,
// and the service overall. It is plain data.
type DriverParams struct {
	Attributes []string `json:"attributes"` // 1 to 16 names of 1 to 200 bytes of UTF-8, each once
	Low        int      `json:"low"`        // lowest rating of an attribute, -127 or more
	High       int      `json:"high"`       // highest one, Low + 1 to Low + 100, at most 127
	Penalty    int      `json:"penalty"`    // a rating up to this one is bad: Low to High − 1
	Reward     int      `json:"reward"`     // a rating from this one on is good: above Penalty, at most High
	Unit       int      `json:"unit"`       // overall ratings are whole numbers of 1/Unit, 1 to 1,000: 10 where they have one decimal
}

// Validate reports every rule that p breaks, in one error.
func (p DriverParams) Validate() error {
	var l fault.List
	checkNames(&l, "Attributes", p.Attributes, maxDrivers)
	checkScale(&l, p.Low, p.High)
	l.Check(p.Penalty >= p.Low && p.Penalty < p.High, "Penalty", p.Penalty, "must be Low or more, and below High")
	l.Check(p.Reward > p.Penalty && p.Reward <= p.High, "Reward", p.Reward, "must be above Penalty, and High at most")
	l.Check(p.Unit >= 1 && p.Unit <= 1000, "Unit", p.Unit, "must be 1 to 1000")
	return l.Err(room)
}

func (p DriverParams) equal(o DriverParams) bool {
	return slices.Equal(p.Attributes, o.Attributes) && p.Low == o.Low && p.High == o.High &&
		p.Penalty == o.Penalty && p.Reward == o.Reward && p.Unit == o.Unit
}

// Drivers add up the ratings of attributes and of the service overall, with the products
// that regressions need, of customers who gave all of them. Sums are whole: parts collected
// apart merge to the last bit. Obtain them from [NewDrivers]; the zero Drivers take no
// rows, but merge and decode. They are not safe for concurrent mutation.
type Drivers struct {
	opaque

	params DriverParams
	rows   uint64
	cross  *stat.Cross // ratings, then bad ones, then good ones, of all attributes; overall
	row    []int64     // being added
}

// NewDrivers returns drivers of nobody. It fails exactly when [DriverParams.Validate] does.
func NewDrivers(p DriverParams) (*Drivers, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	p.Attributes = slices.Clone(p.Attributes)
	columns := 3*len(p.Attributes) + 1
	return &Drivers{params: p, cross: stat.NewCross(columns), row: make([]int64, columns)}, nil
}

// Params returns a copy of what the drivers were made from.
func (d *Drivers) Params() DriverParams {
	p := d.params
	p.Attributes = slices.Clone(p.Attributes)
	return p
}

// N returns how many customers were added.
func (d *Drivers) N() int64 { return int64(d.rows) }

// Complete returns how many customers rated everything: all figures are of them.
func (d *Drivers) Complete() int64 {
	if d.cross == nil {
		return 0
	}
	return d.cross.N()
}

// Add adds the ratings of one customer, one for each attribute, on the scale or [Blank],
// and the overall one in its unit, nil if it is missing. Who left one blank is counted, and
// no more. It fails with a [relmark.FieldError], and leaves d as it was, for other lengths
// and ratings and an overall one beyond ±10^9, and with [relmark.ErrLimit] after
// 4,294,967,295 customers. It does not allocate.
func (d *Drivers) Add(ratings []int8, overall *int) error {
	if d.cross == nil {
		return fault.Room(room, fault.New("Drivers", nil, "must come from NewDrivers"))
	}
	p := &d.params
	if err := p.check(ratings, overall); err != nil {
		return fault.Room(room, err)
	}
	if d.rows >= limit {
		return errLimit()
	}
	d.rows++
	if overall == nil || slices.Contains(ratings, Blank) {
		return nil
	}
	k := len(ratings)
	for i, a := range ratings {
		d.row[i] = int64(a)
		d.row[k+i], d.row[2*k+i] = 0, 0
		if int(a) <= p.Penalty {
			d.row[k+i] = 1
		}
		if int(a) >= p.Reward {
			d.row[2*k+i] = 1
		}
	}
	d.row[3*k] = int64(*overall)
	d.cross.Add(d.row)
	return nil
}

// check checks what one customer rated.
func (p *DriverParams) check(ratings []int8, overall *int) error {
	if err := checkAnswers("Ratings", ratings, len(p.Attributes), p.Low, p.High); err != nil {
		return err
	}
	if overall != nil && (*overall < -maxOverall || *overall > maxOverall) {
		return fault.New("Overall", *overall, "must be within ±1e9")
	}
	return nil
}

// Merge adds the customers of o, which stay as they are: exactly, in any order, the zero
// Drivers being the identity; a nil o adds nobody. It fails with a [relmark.FieldError] if
// the questionnaires differ, and with [relmark.ErrLimit].
func (d *Drivers) Merge(o *Drivers) error {
	switch {
	case o == nil || o.cross == nil:
		return nil
	case d.cross == nil:
		made, err := NewDrivers(o.params)
		if err != nil {
			return err
		}
		*d = *made
	case !d.params.equal(o.params):
		return fault.Room(room, fault.New("Params", nil, "must be the same in both"))
	case d.rows+o.rows > limit:
		return errLimit()
	}
	d.rows += o.rows
	d.cross.Merge(o.cross)
	return nil
}

// covariance returns what complete rows come to, overall ratings in their own size.
func (d *Drivers) covariance() (stat.Covariance, error) {
	if d.cross == nil {
		return stat.Covariance{}, fault.Room(room, fault.New("Drivers", nil, "must come from NewDrivers"))
	}
	units := slices.Repeat([]uint64{1}, d.cross.Columns())
	units[len(units)-1] = uint64(max(d.params.Unit, 1))
	c, ok := d.cross.Covariance(units)
	if !ok {
		return stat.Covariance{}, fmt.Errorf("%s: %d customers who rated everything: %w", room, d.cross.N(), relmark.ErrTooFew)
	}
	return c, nil
}
