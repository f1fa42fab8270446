package recovery

import (
	"maps"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
	"github.com/relmark/relmark/internal/stat"
)

const (
	maxCauses     = 100_000
	causesVersion = 1
)

// Causes add up complaints and what they cost by root cause. Obtain them from [NewCauses];
// the zero Causes take no complaints, but merge and decode. They are not safe for concurrent
// mutation. Memory is in proportion to causes, of which there are 100,000 at most.
type Causes struct {
	opaque

	made   bool
	digits int
	by     map[string]charge
	none   charge
}

// A charge is how many complaints there are, and what they cost in minor units.
type charge struct{ count, cost int64 }

// add is false, and changes nothing, where a sum would leave what is exact.
func (c *charge) add(o charge) (ok bool) {
	cost, ok := money.Add(c.cost, o.cost)
	if !ok || cost > money.MaxExact || c.count+o.count > maxCount {
		return false
	}
	c.count, c.cost = c.count+o.count, cost
	return true
}

// NewCauses returns causes of no complaints, whose costs have so many fraction digits, 0 to 9.
func NewCauses(digits int) (*Causes, error) {
	if digits < 0 || digits > 9 {
		return nil, broken("Digits", digits, "must be 0 to 9")
	}
	return &Causes{made: true, digits: digits, by: map[string]charge{}}, nil
}

// Add counts a complaint of a cause and what it cost. Where the cause is not known yet it is
// empty: such complaints are counted apart, and never ranked. It fails with a
// [relmark.FieldError] for a cause of more than 200 bytes or no UTF-8, a cost that is not 0
// or more, whole minor units, and for the zero Causes; and with [relmark.ErrLimit] where
// there are too many causes or complaints, or costs come to more than 2^53 − 1.
func (c *Causes) Add(cause string, cost decimal.Decimal) error {
	var l fault.List
	l.Check(c.made, "Causes", nil, "must come from NewCauses")
	l.Check(cause == "" || fault.ValidName(cause), "Cause", nil, fault.NameRule)
	minor, ok := money.Amount(cost, c.digits)
	l.Check(ok, "Cost", nil, money.AmountRule)
	if err := l.Err(room); err != nil {
		return err
	}
	return c.add(cause, charge{1, minor})
}

func (c *Causes) add(cause string, one charge) error {
	if cause == "" {
		if !c.none.add(one) {
			return errLimit()
		}
		return nil
	}
	sum, known := c.by[cause]
	if !sum.add(one) || !known && len(c.by) >= maxCauses {
		return errLimit()
	}
	c.by[cause] = sum
	return nil
}

// Merge adds the complaints of o, which stay as they are: exactly, in any order, the zero
// Causes being the identity. It fails with a [relmark.FieldError] unless both count in the
// same minor units, and as [Causes.Add] does at a limit, and leaves c as it was then.
func (c *Causes) Merge(o *Causes) error {
	if o == nil || !o.made {
		return nil
	}
	if c.made && c.digits != o.digits {
		return broken("Digits", o.digits, "must be the same in both")
	}
	out := Causes{made: true, digits: o.digits, by: maps.Clone(c.by), none: c.none}
	if out.by == nil {
		out.by = map[string]charge{}
	}
	if err := out.add("", o.none); err != nil {
		return err
	}
	for cause, sum := range o.by {
		if err := out.add(cause, sum); err != nil {
			return err
		}
	}
	*c = out
	return nil
}

// A CauseRow is one cause in a ranking. It is plain data.
type CauseRow struct {
	Cause      string          `json:"cause"`
	Amount     decimal.Decimal `json:"amount"`     // complaints, or what they cost
	Share      *float64        `json:"share"`      // of all that are ranked; nil where that is 0
	Cumulative *float64        `json:"cumulative"` // with those before
	Vital      bool            `json:"vital"`      // one of the few that make the share asked for
}

// CauseReport ranks causes. It is plain data.
type CauseReport struct {
	Unassigned     int64           `json:"unassigned"` // complaints without a cause
	UnassignedCost decimal.Decimal `json:"unassigned_cost"`
	ByCount        []CauseRow      `json:"by_count"`
	ByCost         []CauseRow      `json:"by_cost"`
}

// Report ranks causes by number of complaints and by cost, the largest first and equal ones
// by name, and marks the vital few: those taken while the ones before them come to less
// than cut of the total. Who crosses the cut is in; after an exact hit nobody follows. It fails
// with a [relmark.FieldError] unless the cut is above 0, at most 1, and has nine fraction
// digits at most, and with [relmark.ErrTooFew] of no complaint with a cause.
func (c *Causes) Report(cut decimal.Decimal) (CauseReport, error) {
	share, err := money.Minor(cut, shareDigits)
	if err != nil || share <= 0 || share > billion {
		return CauseReport{}, broken("Cut", nil, "must be above 0 and at most 1, with 9 fraction digits at most")
	}
	if len(c.by) == 0 {
		return CauseReport{}, few("no complaint with a cause")
	}
	out := CauseReport{Unassigned: c.none.count, UnassignedCost: money.Decimal(c.none.cost, c.digits)}
	names := slices.Sorted(maps.Keys(c.by))
	counts, costs := make([]int64, len(names)), make([]int64, len(names))
	for i, name := range names {
		counts[i], costs[i] = c.by[name].count, c.by[name].cost
	}
	out.ByCount = ranked(names, counts, 0, share)
	out.ByCost = ranked(names, costs, c.digits, share)
	return out, nil
}

const billion = 1_000_000_000

// ranked ranks causes by their amounts. The cut is in 10^-9.
func ranked(names []string, amounts []int64, digits int, cut int64) []CauseRow {
	rows, total := stat.Pareto(names, amounts, func(before, total int64) bool {
		least, _ := money.MulDiv(total, cut, billion, money.Ceiling) // before is whole, so that nothing is lost
		return before < least
	})
	out := make([]CauseRow, len(rows))
	for i, r := range rows {
		out[i] = CauseRow{Cause: names[r.Index], Amount: money.Decimal(amounts[r.Index], digits), Vital: r.Vital}
		if total > 0 {
			out[i].Share, out[i].Cumulative = new(r.Share), new(r.Cumulative)
		}
	}
	return out
}

// AppendBinary appends the encoding of c, version 1; it never fails. Equal causes have equal
// encodings.
func (c *Causes) AppendBinary(b []byte) ([]byte, error) {
	w := codec.NewWriter(b, codec.KindCauses, causesVersion)
	w.Bool(c.made)
	if !c.made {
		return w.Data(), nil
	}
	w.Byte(byte(c.digits))
	write := func(_ string, s charge) {
		w.Uvarint(uint64(s.count))
		w.Uvarint(uint64(s.cost))
	}
	write("", c.none)
	codec.WriteMap(&w, c.by, write)
	return w.Data(), nil
}

// MarshalBinary returns what [Causes.AppendBinary] appends.
func (c *Causes) MarshalBinary() ([]byte, error) { return c.AppendBinary(nil) }

// UnmarshalBinary reads an encoding of any version. It fails with [relmark.ErrUnsupported]
// for an unknown version and with [relmark.ErrInvalid] for anything else that no causes
// write; c stays as it is then.
func (c *Causes) UnmarshalBinary(data []byte) error {
	r := codec.NewReader(data, codec.KindCauses, causesVersion)
	out := Causes{made: r.Bool()}
	if out.made {
		out.digits = int(r.Byte())
		r.Check(out.digits <= 9)
		read := func(string) charge { return charge{r.UpTo(maxCount), r.UpTo(money.MaxExact)} }
		out.none = read("")
		r.Check(out.none.count > 0 || out.none.cost == 0)
		out.by = codec.ReadMap(&r, fault.MaxName, 4, func(name string) charge {
			s := read(name)
			r.Check(s.count > 0)
			return s
		})
		r.Check(len(out.by) <= maxCauses)
	}
	if err := r.Done(); err != nil {
		return fault.Decode(room, "causes", err)
	}
	*c = out
	return nil
}
