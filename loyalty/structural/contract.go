package structural

import (
	"fmt"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
)

// A Party is one of the two sides of a contract.
type Party string

// The parties.
const (
	Provider Party = "provider" // we
	Customer Party = "customer"
)

func parties() enum.Set[Party] { return enum.Of(Provider, Customer) }

// A Renewal says what becomes of a contract when a term ends and nobody says anything.
type Renewal string

// The renewals.
const (
	Manual    Renewal = "manual"    // it ends, unless an extension was agreed on
	Automatic Renewal = "automatic" // another term begins, unless notice was given in time
)

func renewals() enum.Set[Renewal] { return enum.Of(Manual, Automatic) }

// A Contract is what the register keeps of one. It is plain data, safe for concurrent use
// while nobody changes it. Terms follow each other without a gap, and each begins as many
// months after the start as those before it have together, on the same day of the month or
// on the last one where that month is shorter.
type Contract[C relmark.ID] struct {
	ID            C            `json:"id"`
	Start         relmark.Date `json:"start"`  // first day in force, in years 1700 to 2150
	Months        int          `json:"months"` // of the first term, 1 or more
	Renewal       Renewal      `json:"renewal"`
	RenewalMonths int          `json:"renewal_months,omitempty"` // of each term that begins by itself, 1 to 1200 if Automatic
	// NoticeMonths and NoticeDays are how long before the end of a term notice must have
	// been given, months counted first, 0 to 1200 and 0 to 36,500; both 0: by its last day.
	NoticeMonths int `json:"notice_months,omitempty"`
	NoticeDays   int `json:"notice_days,omitempty"`
	// Extensions were agreed on, in the order of their dates: each before the end of what it
	// extends, and none after notice. They and the first term come to at most 1200 months.
	Extensions  []Extension  `json:"extensions,omitempty"`
	Notice      *Notice      `json:"notice,omitempty"`      // nil: none was given
	Obligations []Obligation `json:"obligations,omitempty"` // of either side
}

// An Extension is a further term that both sides agreed on.
type Extension struct {
	On     relmark.Date `json:"on"`     // day of the agreement
	Months int          `json:"months"` // 1 or more
}

// A Notice says that a contract shall end.
type Notice struct {
	On relmark.Date `json:"on"` // day on which the other side had it
	By Party        `json:"by"` // who gave it
	// Last is the last day in force where that does not follow from the notice period, as
	// when a contract ends for cause or by agreement: not before On, nor after the end of one
	// that runs out; zero if it follows.
	Last relmark.Date `json:"last,omitzero"`
}

// A ContractState says where a contract stands.
type ContractState string

// The states of a contract, in the order of its life.
const (
	Pending     ContractState = "pending"      // it has not begun, and will
	InForce     ContractState = "in_force"     // it goes on, or ends with the term
	NoticeGiven ContractState = "notice_given" // it will end by notice
	Ended       ContractState = "ended"
)

// A Standing is where a contract stands on a day. Of one that has ended, it shows the last
// term.
type Standing struct {
	State   ContractState `json:"state"`
	Term    int           `json:"term"`    // which one it is, from 1; of a pending contract, the first
	From    relmark.Date  `json:"from"`    // first day of the term
	Through relmark.Date  `json:"through"` // last day of the term, if it is not cut short
	// NoticeBy is the last day, from that day on, on which notice can be given: for the end
	// of the term or, where it is too late for that, of one that follows. NoticeEnds is the
	// last day in force then. Both are zero if the contract ends anyhow.
	NoticeBy   relmark.Date `json:"notice_by,omitzero"`
	NoticeEnds relmark.Date `json:"notice_ends,omitzero"`
	Renews     relmark.Date `json:"renews,omitzero"` // first day of the term that begins by itself; zero if none does
	Ends       relmark.Date `json:"ends,omitzero"`   // last day in force; zero if the contract renews itself
}

// DecideBy returns the last day to negotiate: the one by which notice must be given or the
// contract runs on, or the last one of a contract that runs out. It is zero once that is
// decided, by notice or by the end.
func (s Standing) DecideBy() relmark.Date {
	switch {
	case !s.NoticeBy.IsZero():
		return s.NoticeBy
	case s.State == InForce || s.State == Pending:
		return s.Ends
	}
	return relmark.Date{}
}

// Validate reports every rule that c breaks, joined into one error.
func (c Contract[C]) Validate() error {
	return fault.Room(room, c.validate())
}

func (c *Contract[C]) validate() error {
	var f checker
	year, _, _ := c.Start.Civil()
	f.Check(year >= 1700 && year <= 2150, "Start", nil, "must be set, in years 1700 to 2150")
	f.Check(c.Months >= 1 && c.Months <= mostMonths, "Months", c.Months, "must be 1 to 1200")
	f.Join("", renewals().Check("Renewal", c.Renewal))
	renews := c.Renewal == Automatic
	f.Check(renews && c.RenewalMonths >= 1 && c.RenewalMonths <= mostMonths || !renews && c.RenewalMonths == 0, "RenewalMonths", c.RenewalMonths, "must be 1 to 1200 if automatic, and 0 if not")
	f.Check(c.NoticeMonths >= 0 && c.NoticeMonths <= mostMonths, "NoticeMonths", c.NoticeMonths, "must be 0 to 1200")
	f.Check(c.NoticeDays >= 0 && c.NoticeDays <= mostDays, "NoticeDays", c.NoticeDays, "must be 0 to 36500")
	if f.Len() == 0 {
		c.agreed(&f)
	}
	seen := map[string]bool{}
	for i := range c.Obligations {
		if f.Full() {
			break
		}
		o := &c.Obligations[i]
		if err := o.validate(seen[o.ID]); err != nil {
			f.Join(fmt.Sprintf("Obligations[%d]", i), err)
		}
		seen[o.ID] = true
	}
	return f.Err("")
}

// agreed checks what was agreed on and said after the contract was made.
func (c *Contract[C]) agreed(f *checker) {
	t := c.first()
	months := c.Months
	var before relmark.Date
	for i, x := range c.Extensions {
		field := fmt.Sprintf("Extensions[%d]", i)
		f.Check(centuries(x.On), field+".On", x.On, "must be set, in years 1700 to 2255")
		f.Check(!x.On.Before(before) && (c.Notice == nil || !x.On.After(c.Notice.On)), field+".On", x.On, "must not come before the last one, nor after notice")
		f.Check(x.Months >= 1 && x.Months <= mostMonths-months, field+".Months", x.Months, "must be 1 or more, and 1200 at most in all")
		if f.Len() > 0 {
			return
		}
		t = c.until(t, x.On)
		f.Check(x.On.Before(t.end), field+".On", x.On, "must come before the end of what it extends")
		t = c.extend(t, x.Months)
		months += x.Months
		before = x.On
	}
	n := c.Notice
	if n == nil {
		return
	}
	f.Check(centuries(n.On), "Notice.On", n.On, "must be set, in years 1700 to 2255")
	f.Join("Notice", parties().Check("By", n.By))
	if f.Len() == 0 {
		f.Check(n.On.Before(c.until(t, n.On).end), "Notice.On", n.On, "must come before the contract ends")
		within := c.Renewal == Automatic || n.Last.Before(t.end) // what lasts longer is an extension
		f.Check(n.Last.IsZero() || centuries(n.Last) && within && !n.Last.Before(n.On) && !n.Last.Before(c.Start), "Notice.Last", n.Last, "must not come before On and Start, nor after the end of a contract that runs out")
	}
}

// centuries reports whether a date is one that contracts have.
func centuries(d relmark.Date) bool { y, _, _ := d.Civil(); return y >= 1700 && y <= 2255 }

// A term is one term of a contract.
type term struct {
	number int
	months int // from the start of the contract to the end of the term
	from   relmark.Date
	end    relmark.Date // the day after the last
}

// first returns the first term.
func (c *Contract[C]) first() term {
	return term{1, c.Months, c.Start, c.Start.AddMonths(c.Months)}
}

// extend returns the term after one, of some months.
func (c *Contract[C]) extend(t term, months int) term {
	return term{t.number + 1, t.months + months, t.end, c.Start.AddMonths(t.months + months)}
}

// until returns the term in which a day lies, from a term on: the same one if the contract
// does not renew itself.
func (c *Contract[C]) until(t term, day relmark.Date) term {
	if c.Renewal != Automatic || day.Before(t.end) {
		return t
	}
	y, m, _ := day.Civil()
	sy, sm, _ := c.Start.Civil()
	passed := 12*(y-sy) + int(m-sm) - t.months  // whole months, or one more
	if n := passed/c.RenewalMonths - 1; n > 0 { // terms that are over for certain
		t = term{t.number + n, t.months + n*c.RenewalMonths, c.Start.AddMonths(t.months + (n-1)*c.RenewalMonths), c.Start.AddMonths(t.months + n*c.RenewalMonths)}
	}
	for !day.Before(t.end) { // thrice at most
		t = c.extend(t, c.RenewalMonths)
	}
	return t
}

// lastNotice returns the last day on which notice ends a contract with a term: what begins
// on the day after it and lasts as long as the notice period is over when the term is.
func (c *Contract[C]) lastNotice(t term) relmark.Date {
	return t.end.AddMonths(-c.NoticeMonths).AddDays(-c.NoticeDays - 1)
}

// noticed returns the first term from one on that notice of a day ends.
func (c *Contract[C]) noticed(t term, day relmark.Date) term {
	if c.Renewal != Automatic {
		return t
	}
	t = c.until(t, day)
	if c.lastNotice(t).Before(day) { // no term that ends before the notice period does
		t = c.until(t, day.AddDays(c.NoticeDays).AddMonths(c.NoticeMonths))
	}
	for c.lastNotice(t).Before(day) { // where months end differently, a term or two more
		t = c.extend(t, c.RenewalMonths)
	}
	return t
}

// At returns where the contract stands on a day, as far as it was known then: what was
// agreed on or said later does not count. It fails with [relmark.ErrInvalid] on a contract
// that breaks a rule and on a day outside the years 1700 to 2255. It takes time linear in
// the contract.
func (c Contract[C]) At(asOf relmark.Date) (Standing, error) {
	if err := c.validate(); err != nil {
		return Standing{}, fault.Room(room, err)
	}
	if !centuries(asOf) {
		return Standing{}, invalid("AsOf", asOf, "must be set, in years 1700 to 2255")
	}
	return c.at(asOf), nil
}

func (c *Contract[C]) at(asOf relmark.Date) Standing {
	t := c.first()
	for _, x := range c.Extensions {
		if x.On.After(asOf) {
			break
		}
		t = c.extend(c.until(t, x.On), x.Months)
	}
	// A term that an extension adds may lie ahead: the contract is in the one before.
	given := c.Notice != nil && !c.Notice.On.After(asOf)
	switch {
	case given && !c.Notice.Last.IsZero():
		return c.ending(c.Notice.Last, asOf, true)
	case given:
		return c.ending(c.noticed(t, c.Notice.On).end.AddDays(-1), asOf, true)
	case c.Renewal == Manual:
		return c.ending(t.end.AddDays(-1), asOf, false)
	}
	s := c.standing(asOf, asOf)
	last := c.noticed(t, asOf)
	s.NoticeBy, s.NoticeEnds = c.lastNotice(last), last.end.AddDays(-1)
	s.Renews = c.until(t, asOf).end
	return s
}

// ending is the standing of a contract that ends on a day.
func (c *Contract[C]) ending(last, asOf relmark.Date, notice bool) Standing {
	s := c.standing(earlier(asOf, last), asOf)
	s.Ends = last
	switch {
	case asOf.After(last):
		s.State = Ended
	case notice:
		s.State = NoticeGiven
	}
	return s
}

// standing returns the term in which a day lies, with what was agreed on by another one.
func (c *Contract[C]) standing(day, asOf relmark.Date) Standing {
	t := c.first()
	for _, x := range c.Extensions {
		if x.On.After(asOf) {
			break
		}
		// Terms that renew themselves come before an extension that is agreed on later.
		t = c.until(t, earlier(x.On, day))
		if day.Before(t.end) {
			break
		}
		t = c.extend(t, x.Months)
	}
	t = c.until(t, day)
	s := Standing{State: InForce, Term: t.number, From: t.from, Through: t.end.AddDays(-1)}
	if day.Before(c.Start) {
		s.State = Pending
	}
	return s
}

func earlier(a, b relmark.Date) relmark.Date {
	if a.Before(b) {
		return a
	}
	return b
}
