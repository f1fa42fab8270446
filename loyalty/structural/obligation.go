package structural

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
)

// An Obligation is what one side of a contract owes the other by a date, once or again and
// again, such as a report every quarter.
type Obligation struct {
	ID  string       `json:"id"` // unique in the contract, 1 to 200 bytes
	By  Party        `json:"by"` // who owes it
	Due relmark.Date `json:"due"`
	// Months are those from one due date to the next, each counted from Due, 1 to 1200; 0 if
	// it is due once.
	Months int `json:"months,omitempty"`
	// Through is the last day on which one that comes again is due; zero: as long as the
	// contract lasts. What is due once is due also when the contract has ended.
	Through relmark.Date `json:"through,omitzero"`
	Kept    []Fulfilment `json:"kept,omitempty"` // each due date once at most
}

// A Fulfilment says when an obligation was kept.
type Fulfilment struct {
	Due relmark.Date `json:"due"` // which one it was
	On  relmark.Date `json:"on"`  // when; it may be before
}

// A DutyState says whether what is due on a date was done.
type DutyState string

// The states of a duty.
const (
	Kept     DutyState = "kept"      // by its date
	KeptLate DutyState = "kept_late" // after it
	Open     DutyState = "open"      // its date has not passed
	Overdue  DutyState = "overdue"   // its date has passed
)

// A Duty is an obligation with one of its dates.
type Duty[C relmark.ID] struct {
	Contract   C            `json:"contract"`
	Obligation string       `json:"obligation"`
	By         Party        `json:"by"`
	Due        relmark.Date `json:"due"`
	State      DutyState    `json:"state"`
	On         relmark.Date `json:"on,omitzero"` // when it was kept; zero if it was not
}

func (o *Obligation) validate(twice bool) error {
	var f fault.List
	f.Check(fault.ValidName(o.ID) && !twice, "ID", nil, fault.NameRule+", once")
	f.Join("", parties().Check("By", o.By))
	f.Check(centuries(o.Due), "Due", nil, "must be set, in years 1700 to 2255")
	f.Check(o.Months >= 0 && o.Months <= mostMonths, "Months", o.Months, "must be 0 to 1200")
	f.Check(o.Through.IsZero() || o.Months > 0 && centuries(o.Through) && !o.Through.Before(o.Due), "Through", o.Through, "must be zero, or for what comes again, not before Due")
	seen := make(map[relmark.Date]bool, len(o.Kept))
	for i, k := range o.Kept {
		if f.Full() {
			break
		}
		if !o.falls(k.Due) || seen[k.Due] {
			f.Add(fmt.Sprintf("Kept[%d].Due", i), k.Due, "must be a due date, once")
		}
		if !centuries(k.On) {
			f.Add(fmt.Sprintf("Kept[%d].On", i), nil, "must be set, in years 1700 to 2255")
		}
		seen[k.Due] = true
	}
	return f.Err("")
}

// due returns the k-th due date, from 0; the zero date if there is none.
func (o *Obligation) due(k int) relmark.Date {
	if k == 0 {
		return o.Due
	}
	if o.Months == 0 {
		return relmark.Date{}
	}
	d := o.Due.AddMonths(k * o.Months)
	if !o.Through.IsZero() && d.After(o.Through) {
		return relmark.Date{}
	}
	return d
}

// falls reports whether a day is one of the due dates.
func (o *Obligation) falls(day relmark.Date) bool {
	if day == o.Due {
		return true
	}
	if o.Months < 1 || o.Months > mostMonths || day.Before(o.Due) || !centuries(day) || !centuries(o.Due) {
		return false
	}
	y, m, _ := day.Civil()
	sy, sm, _ := o.Due.Civil()
	n := 12*(y-sy) + int(m-sm)
	return n%o.Months == 0 && o.due(n/o.Months) == day
}

// Duties returns what either side has owed under the contract up to a day, with what became
// of it as far as it was known on another, asOf: sorted by due date, then in the order of
// the obligations. Through may lie ahead of asOf or before it. It fails as [Contract.At]
// does. It takes time n log n in the due dates.
func (c Contract[C]) Duties(through, asOf relmark.Date) ([]Duty[C], error) {
	now, err := c.At(asOf)
	if err != nil {
		return nil, err
	}
	if !centuries(through) {
		return nil, invalid("Through", through, "must be set, in years 1700 to 2255")
	}
	return c.duties(asOf, through, now.Ends), nil
}

// duties is Duties for a contract that ends on a day, or never if that is zero.
func (c *Contract[C]) duties(asOf, through, ends relmark.Date) []Duty[C] {
	var list []Duty[C]
	for i := range c.Obligations {
		o := &c.Obligations[i]
		kept := make(map[relmark.Date]relmark.Date, len(o.Kept))
		for _, k := range o.Kept {
			if !k.On.After(asOf) {
				kept[k.Due] = k.On
			}
		}
		for k := 0; ; k++ {
			due := o.due(k)
			over := o.Months > 0 && !ends.IsZero() && due.After(ends)
			if due.IsZero() || due.After(through) || over {
				break
			}
			d := Duty[C]{Contract: c.ID, Obligation: o.ID, By: o.By, Due: due, On: kept[due]}
			d.State = d.judge(asOf)
			list = append(list, d)
		}
	}
	slices.SortStableFunc(list, func(a, b Duty[C]) int { return a.Due.Compare(b.Due) })
	return list
}

// judge says what has become of a duty by a day.
func (d *Duty[C]) judge(asOf relmark.Date) DutyState {
	switch {
	case d.On.IsZero() && d.Due.Before(asOf):
		return Overdue
	case d.On.IsZero():
		return Open
	case d.On.After(d.Due):
		return KeptLate
	}
	return Kept
}

// A Conduct counts how one side of a contract has kept its obligations.
type Conduct struct {
	Kept    int `json:"kept"` // by their dates
	Late    int `json:"late"` // kept, but late
	Overdue int `json:"overdue"`
	Open    int `json:"open"`
}

// Conduct counts the duties of one side that were due up to a day, that day included. It
// fails as [Contract.At] does, and on an unknown party.
func (c Contract[C]) Conduct(by Party, asOf relmark.Date) (Conduct, error) {
	if err := parties().Check("By", by); err != nil {
		return Conduct{}, fault.Room(room, err)
	}
	list, err := c.Duties(asOf, asOf)
	var out Conduct
	for _, d := range list {
		if d.By != by {
			continue
		}
		switch d.State {
		case Kept:
			out.Kept++
		case KeptLate:
			out.Late++
		case Overdue:
			out.Overdue++
		case Open:
			out.Open++
		}
	}
	return out, err
}

// byDue orders duties of several contracts.
func byDue[C relmark.ID](a, b Duty[C]) int {
	return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.Contract, b.Contract))
}
