package social

import (
	"cmp"
	"container/heap"
	"fmt"
	"slices"
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
)

// A FollowUpRule says how often the customers of a class are contacted. It is plain data.
type FollowUpRule struct {
	Class   string          `json:"class"` // as the host classes its customers: A, B, C, or tiers
	Every   int             `json:"every"` // days from one contact to the next, 1 to 3660
	Channel relmark.Channel `json:"channel"`
	Purpose relmark.Purpose `json:"purpose"`
}

// A FollowUpPolicy says who is contacted how often, on which days and how many a day. It is
// plain data.
type FollowUpPolicy struct {
	Rules    []FollowUpRule `json:"rules"`              // the most important class first; 1 to 100
	Weekdays []time.Weekday `json:"weekdays,omitempty"` // on which contacts are made, 0 for Sunday; empty: every day
	Closed   []relmark.Date `json:"closed,omitempty"`   // dates on which none are, such as holidays
	// PerDay is how many contacts can be made a day, 1 or more; nil: any number.
	PerDay *int `json:"per_day,omitempty"`
}

// Validate reports every rule that p breaks, in one error.
func (p FollowUpPolicy) Validate() error {
	var f fault.List
	f.Check(len(p.Rules) >= 1 && len(p.Rules) <= 100, "Rules", len(p.Rules), "must be 1 to 100")
	seen := map[string]bool{}
	for i, r := range p.Rules[:min(len(p.Rules), 100)] {
		var part fault.List
		part.Check(fault.ValidName(r.Class) && !seen[r.Class], "Class", nil, fault.NameRule+", once")
		part.Check(r.Every >= 1 && r.Every <= 3660, "Every", r.Every, "must be 1 to 3660")
		checkContact(&part, r.Channel, r.Purpose)
		f.Join(fmt.Sprintf("Rules[%d]", i), part.Err(""))
		seen[r.Class] = true
	}
	for i, d := range p.Weekdays {
		f.Check(d >= time.Sunday && d <= time.Saturday, fmt.Sprintf("Weekdays[%d]", i), int(d), "must be 0 to 6")
	}
	for i, d := range p.Closed {
		f.Check(!d.IsZero(), fmt.Sprintf("Closed[%d]", i), nil, "must be set")
	}
	if p.PerDay != nil {
		f.Check(*p.PerDay >= 1, "PerDay", *p.PerDay, "must be nil, or 1 or more")
	}
	return f.Err(room)
}

type plainFollowUp FollowUpPolicy

type followUpJSON struct {
	V int `json:"v"`
	plainFollowUp
}

// MarshalJSON encodes a valid policy:
//
//	{"v":1,"rules":[{"class":"A","every":30,"channel":"call","purpose":"care"}],
//	 "weekdays":[1,2,3,4,5],"closed":["2025-01-01"],"per_day":20}
//
// without the spaces, what is empty left out.
func (p FollowUpPolicy) MarshalJSON() ([]byte, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	return encode(followUpJSON{version, plainFollowUp(p)})
}

// UnmarshalJSON decodes and validates a policy of any version so far. It leaves p
// unchanged on error.
func (p *FollowUpPolicy) UnmarshalJSON(data []byte) error {
	var in followUpJSON
	if err := decode("follow-up policy", data, &in); err != nil {
		return err
	}
	if err := FollowUpPolicy(in.plainFollowUp).Validate(); err != nil {
		return err
	}
	*p = FollowUpPolicy(in.plainFollowUp)
	return nil
}

// A FollowUpCustomer is who is to be contacted. It is plain data.
type FollowUpCustomer[C relmark.ID] struct {
	ID    C            `json:"id"`
	Class string       `json:"class"`
	Last  relmark.Date `json:"last,omitzero"` // of the last contact; zero: there was none, so one is due at once
	// Due is when the habits of the customer ask for a contact, such as the date of
	// [CadenceReport.NextDue]; zero: not asked. The earlier of it and the rule holds.
	Due relmark.Date `json:"due,omitzero"`
}

// A Visit is a planned contact. It is plain data.
type Visit[C relmark.ID] struct {
	Customer C               `json:"customer"`
	Class    string          `json:"class"`
	Channel  relmark.Channel `json:"channel"`
	Purpose  relmark.Purpose `json:"purpose"`
	Due      relmark.Date    `json:"due"`  // by the rule or the habits
	Date     relmark.Date    `json:"date"` // on which it is planned
	Late     int             `json:"late"` // days from Due to Date
}

// A Left says why no contact, or no further one, is planned.
type Left string

// The reasons.
const (
	NoRule     Left = "no_rule"     // no rule is for the class
	NoCapacity Left = "no_capacity" // the days are full, or closed, to the end of the plan
)

// An Unplanned is a customer whom a plan leaves out, or leaves waiting at its end. It is
// plain data.
type Unplanned[C relmark.ID] struct {
	Customer C            `json:"customer"`
	Class    string       `json:"class"`
	Reason   Left         `json:"reason"`
	Due      relmark.Date `json:"due,omitzero"` // of the contact that waits; zero without a rule
}

// A FollowUpPlan is who is contacted when. It is plain data.
type FollowUpPlan[C relmark.ID] struct {
	Visits    []Visit[C]     `json:"visits"`    // by date, then due date, rule and customer
	Unplanned []Unplanned[C] `json:"unplanned"` // by customer
}

const maxPlanDays = 3660

// PlanFollowUp plans the contacts of customers from one date through another, both
// included. A contact is due so many days after the last one as the rule of the class says,
// or when habits ask for it if that is earlier, and what is overdue is due on the first day. It is planned
// on the first open day on which there is room: the earliest due first, then the class that
// comes first in the policy, then the smaller identifier. The next one is counted from the
// day on which it is planned.
//
// It fails if p is not valid, if the dates are not set, in the wrong order or more than
// 3660 days apart, if a customer comes twice, or if a last contact comes after from. It
// takes time n log n in customers and visits. Equal input in any order gives equal plans.
func PlanFollowUp[C relmark.ID](p FollowUpPolicy, customers []FollowUpCustomer[C], from, through relmark.Date) (FollowUpPlan[C], error) {
	if err := p.Validate(); err != nil {
		return FollowUpPlan[C]{}, err
	}
	var f fault.List
	f.Check(!from.IsZero() && !through.IsZero() && !through.Before(from) && through.Sub(from) <= maxPlanDays,
		"Through", through, "must be set, as must From, and follow it by at most 3660 days")
	seen := make(map[C]bool, len(customers))
	for i := range customers {
		c := &customers[i]
		f.Check(!seen[c.ID], fmt.Sprintf("Customers[%d].ID", i), nil, "must not come twice")
		f.Check(!c.Last.After(from), fmt.Sprintf("Customers[%d].Last", i), c.Last, "must not come after From")
		if seen[c.ID] = true; f.Full() {
			break
		}
	}
	if err := f.Err(room); err != nil {
		return FollowUpPlan[C]{}, err
	}
	d := diary[C]{p: &p, plan: FollowUpPlan[C]{Visits: []Visit[C]{}, Unplanned: []Unplanned[C]{}}}
	d.enter(customers, from, through)
	for n := range through.Sub(from) + 1 { // the calendar may end with through
		if day := from.AddDays(n); d.open(day) {
			d.fill(day, through)
		}
	}
	d.close()
	return d.plan, nil
}

// A diary is a plan in the making.
type diary[C relmark.ID] struct {
	p       *FollowUpPolicy
	waiting queue[C]
	plan    FollowUpPlan[C]
}

// enter puts customers into the queue whose contact is due in time.
func (d *diary[C]) enter(customers []FollowUpCustomer[C], from, through relmark.Date) {
	for _, c := range customers {
		rule := slices.IndexFunc(d.p.Rules, func(r FollowUpRule) bool { return r.Class == c.Class })
		if rule < 0 {
			d.plan.Unplanned = append(d.plan.Unplanned, Unplanned[C]{c.ID, c.Class, NoRule, relmark.Date{}})
			continue
		}
		due := from
		if !c.Last.IsZero() {
			due = c.Last.AddDays(d.p.Rules[rule].Every)
		}
		if !c.Due.IsZero() && (c.Due.Before(due) || due.IsZero()) {
			due = c.Due
		}
		if due.IsZero() { // after the end of the calendar
			continue
		}
		if due.Before(from) {
			due = from
		}
		if !due.After(through) {
			d.waiting = append(d.waiting, waiting[C]{c.ID, rule, due})
		}
	}
	heap.Init(&d.waiting)
}

// open reports whether contacts are made on a day.
func (d *diary[C]) open(day relmark.Date) bool {
	return (len(d.p.Weekdays) == 0 || slices.Contains(d.p.Weekdays, day.Weekday())) && !slices.Contains(d.p.Closed, day)
}

// fill plans the contacts of a day.
func (d *diary[C]) fill(day, through relmark.Date) {
	for n := 0; len(d.waiting) > 0 && !d.waiting[0].due.After(day); n++ {
		if d.p.PerDay != nil && n == *d.p.PerDay {
			return
		}
		w := &d.waiting[0]
		r := &d.p.Rules[w.rule]
		d.plan.Visits = append(d.plan.Visits, Visit[C]{w.id, r.Class, r.Channel, r.Purpose, w.due, day, day.Sub(w.due)})
		if w.due = day.AddDays(r.Every); w.due.IsZero() || w.due.After(through) {
			heap.Pop(&d.waiting)
			continue
		}
		heap.Fix(&d.waiting, 0)
	}
}

// close lists those who still wait.
func (d *diary[C]) close() {
	for _, w := range d.waiting {
		d.plan.Unplanned = append(d.plan.Unplanned, Unplanned[C]{w.id, d.p.Rules[w.rule].Class, NoCapacity, w.due})
	}
	slices.SortFunc(d.plan.Unplanned, func(a, b Unplanned[C]) int { return cmp.Compare(a.Customer, b.Customer) })
}

// waiting is a customer whose next contact is due.
type waiting[C relmark.ID] struct {
	id   C
	rule int
	due  relmark.Date
}

// A queue is a heap by due date, rule and customer.
type queue[C relmark.ID] []waiting[C]

func (q queue[C]) Len() int      { return len(q) }
func (q queue[C]) Swap(i, j int) { q[i], q[j] = q[j], q[i] }

func (q queue[C]) Less(i, j int) bool {
	return cmp.Or(q[i].due.Compare(q[j].due), cmp.Compare(q[i].rule, q[j].rule), cmp.Compare(q[i].id, q[j].id)) < 0
}

func (q *queue[C]) Push(x any) { *q = append(*q, x.(waiting[C])) } //nolint:forcetypeassert // nothing else is in it

func (q *queue[C]) Pop() any {
	old := *q
	last := old[len(old)-1]
	*q = old[:len(old)-1]
	return last
}
