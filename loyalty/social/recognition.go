package social

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
)

// A LeapDay says when a day of 29 February is kept in common years.
type LeapDay string

// The days.
const (
	Feb28    LeapDay = "feb28"     // on 28 February
	Mar1     LeapDay = "mar1"      // on 1 March
	LeapOnly LeapDay = "leap_only" // not at all
)

func leapDays() enum.Set[LeapDay] { return enum.Of(Feb28, Mar1, LeapOnly) }

// An OccasionType says what there is to congratulate on.
type OccasionType string

// The types, in the order in which occasions of one date come.
const (
	OnBirthday    OccasionType = "birthday"
	OnAnniversary OccasionType = "anniversary" // of the day on which a customer joined
	OnPurchase    OccasionType = "purchase"    // the k-th order
	OnReturn      OccasionType = "return"      // the first order after a long time without
	OnUpgrade     OccasionType = "upgrade"     // a higher tier
	OnDowngrade   OccasionType = "downgrade"   // a lower tier, a reason to win the customer back
)

func occasionTypes() enum.Set[OccasionType] {
	return enum.Of(OnBirthday, OnAnniversary, OnPurchase, OnReturn, OnUpgrade, OnDowngrade)
}

// RecognitionRules say which occasions are kept. They are plain data; [NewRecognition]
// makes a [Recognition] of them.
type RecognitionRules struct {
	Zone             *time.Location // in which orders and changes of tier have their dates; required
	Feb29            LeapDay        // required
	Birthdays        bool
	AnniversaryEvery *int  // years, 1 or more: with 5, the 5th, 10th, …; nil: none
	Purchases        []int // orders that count, such as 1, 10 and 100, each 1 or more and once
	ReturnAfterDays  *int  // days between the local dates of two orders, 1 or more; nil: no returns
	Upgrades         bool
	Downgrades       bool
}

// Validate reports every rule that r breaks, in one error.
func (r RecognitionRules) Validate() error {
	var f fault.List
	f.Check(r.Zone != nil, "Zone", nil, "must not be nil")
	word(&f, "Feb29", r.Feb29, leapDays())
	if r.AnniversaryEvery != nil {
		f.Check(*r.AnniversaryEvery >= 1, "AnniversaryEvery", *r.AnniversaryEvery, "must be 1 or more")
	}
	if r.ReturnAfterDays != nil {
		f.Check(*r.ReturnAfterDays >= 1, "ReturnAfterDays", *r.ReturnAfterDays, "must be 1 or more")
	}
	seen := map[int]bool{}
	for i, k := range r.Purchases {
		f.Check(k >= 1 && !seen[k], fmt.Sprintf("Purchases[%d]", i), k, "must be 1 or more, once")
		seen[k] = true
	}
	return f.Err(room)
}

type recognitionJSON struct {
	V                int     `json:"v"`
	Zone             string  `json:"zone"`
	Feb29            LeapDay `json:"feb29"`
	Birthdays        bool    `json:"birthdays,omitempty"`
	AnniversaryEvery *int    `json:"anniversary_every,omitempty"`
	Purchases        []int   `json:"purchases,omitempty"`
	ReturnAfterDays  *int    `json:"return_after_days,omitempty"`
	Upgrades         bool    `json:"upgrades,omitempty"`
	Downgrades       bool    `json:"downgrades,omitempty"`
}

// MarshalJSON encodes valid rules:
//
//	{"v":1,"zone":"Europe/Berlin","feb29":"feb28","birthdays":true,"anniversary_every":1,
//	 "purchases":[1,10],"return_after_days":180,"upgrades":true,"downgrades":true}
//
// without the spaces, what is not kept left out. The zone must have a name that a loader
// can find again: [time.Local] is an error.
func (r RecognitionRules) MarshalJSON() ([]byte, error) {
	if err := r.Validate(); err != nil {
		return nil, err
	}
	zone, err := canon.ZoneName(r.Zone)
	if err != nil {
		return nil, fault.Room(room, err)
	}
	return encode(recognitionJSON{version, zone, r.Feb29, r.Birthdays, r.AnniversaryEvery, r.Purchases, r.ReturnAfterDays, r.Upgrades, r.Downgrades})
}

// UnmarshalJSON fails with [relmark.ErrUnsupported]: decode rules with
// [DecodeRecognitionRules], which takes a loader of zones.
func (*RecognitionRules) UnmarshalJSON([]byte) error {
	return fault.Room(room, canon.NeedsZone("DecodeRecognitionRules"))
}

// DecodeRecognitionRules decodes and validates rules of any version so far and looks up
// their zone by name, such as by [time.LoadLocation]. An unknown version is
// [relmark.ErrUnsupported], anything else that is wrong [relmark.ErrInvalid]; the error of
// the loader is wrapped.
func DecodeRecognitionRules(data []byte, zone func(name string) (*time.Location, error)) (RecognitionRules, error) {
	var in recognitionJSON
	if err := decode("recognition rules", data, &in); err != nil {
		return RecognitionRules{}, err
	}
	loc, err := canon.LoadZone(in.Zone, zone)
	if err != nil {
		return RecognitionRules{}, fault.Room(room, err)
	}
	r := RecognitionRules{loc, in.Feb29, in.Birthdays, in.AnniversaryEvery, in.Purchases, in.ReturnAfterDays, in.Upgrades, in.Downgrades}
	if err := r.Validate(); err != nil {
		return RecognitionRules{}, err
	}
	return r, nil
}

// An Order is a purchase of a customer. It is plain data.
type Order struct {
	ID string    `json:"id"`
	At time.Time `json:"at"`
}

// A TierChange says that a customer came into another tier of a programme. It is plain data.
type TierChange struct {
	At   time.Time `json:"at"`
	Tier string    `json:"tier"` // the new one
	Up   bool      `json:"up"`   // whether it is higher than the one before
}

// A Person is what is known of a customer for whom occasions are looked for. It is plain
// data.
type Person struct {
	Birthday Birthday     `json:"birthday,omitzero"` // zero: not known
	Joined   relmark.Date `json:"joined,omitzero"`   // zero: not known
	Orders   []Order      `json:"orders,omitempty"`  // all that there were, in any order; an ID that comes again is ignored
	Tiers    []TierChange `json:"tiers,omitempty"`   // those from the first date asked for on, in any order
}

// An Occasion is a reason to congratulate or to welcome a customer. It is plain data.
type Occasion struct {
	Date relmark.Date `json:"date"`
	Type OccasionType `json:"type"`
	// Key names the occasion among all of one customer, for ever: "birthday:2025",
	// "anniversary:5", "purchase:10", "return:2025-07-31", "upgrade:2025-07-31:gold". Store
	// it with what was sent, and the occasion does not come again.
	Key string `json:"key"`
	// N is the age, the years since joining, the number of the order or the days since the
	// order before; nil of a tier, and where the year of birth is not known.
	N    *int   `json:"n"`
	Tier string `json:"tier,omitempty"` // the new one, of an upgrade or a downgrade
}

// Recognition finds occasions. It is an immutable value, safe for concurrent use. Obtain
// one from [NewRecognition].
type Recognition struct {
	opaque
	r RecognitionRules
}

// NewRecognition prepares rules, of which it keeps nothing. It fails exactly when
// [RecognitionRules.Validate] does.
func NewRecognition(r RecognitionRules) (*Recognition, error) {
	if err := r.Validate(); err != nil {
		return nil, err
	}
	r.Purchases = slices.Clone(r.Purchases)
	return &Recognition{r: r}, nil
}

// Occasions returns the occasions of a customer with dates from one to another, both
// included, ordered by date, type and key; those whose keys are in issued are left out.
// All orders count, also before from. A tier that a customer came into twice on one date is
// one occasion. It fails if a date is missing or they are in the wrong order, if an order
// has no ID or time, or if a change of tier has no name or time. It takes time n log n in the
// orders and changes, and linear in the years.
func (g *Recognition) Occasions(p Person, from, through relmark.Date, issued []string) ([]Occasion, error) {
	if g == nil || g.r.Zone == nil {
		return nil, unmade("Recognition")
	}
	if err := p.check(from, through); err != nil {
		return nil, err
	}
	s := search{Recognition: g, from: from, through: through, issued: map[string]bool{}}
	for _, key := range issued {
		s.issued[key] = true
	}
	s.birthdays(p.Birthday)
	s.anniversaries(p.Joined)
	s.orders(p.Orders)
	s.tiers(p.Tiers)
	slices.SortFunc(s.found, func(a, b Occasion) int {
		i, _ := occasionTypes().Index(a.Type)
		j, _ := occasionTypes().Index(b.Type)
		return cmp.Or(a.Date.Compare(b.Date), cmp.Compare(i, j), cmp.Compare(a.Key, b.Key))
	})
	return s.found, nil
}

// check checks what is asked for, and of whom.
func (p *Person) check(from, through relmark.Date) error {
	var f fault.List
	f.Check(!from.IsZero() && !through.IsZero() && !through.Before(from), "Through", through, "must be set, as must From, and not come before it")
	for i, o := range p.Orders {
		if f.Full() {
			break
		}
		f.Name(fmt.Sprintf("Orders[%d].ID", i), o.ID)
		instant(&f, fmt.Sprintf("Orders[%d].At", i), o.At)
	}
	for i, c := range p.Tiers {
		if f.Full() {
			break
		}
		f.Name(fmt.Sprintf("Tiers[%d].Tier", i), c.Tier)
		instant(&f, fmt.Sprintf("Tiers[%d].At", i), c.At)
	}
	return f.Err(room)
}

// A search collects occasions.
type search struct {
	*Recognition
	from, through relmark.Date
	issued        map[string]bool
	found         []Occasion
}

// add adds an occasion under a key, once, unless it lies outside or was issued.
func (s *search) add(o Occasion, name string) {
	o.Key = string(o.Type) + ":" + name
	if o.Date.IsZero() || o.Date.Before(s.from) || o.Date.After(s.through) || s.issued[o.Key] {
		return
	}
	s.issued[o.Key] = true
	s.found = append(s.found, o)
}

func (s *search) birthdays(b Birthday) {
	if !s.r.Birthdays || b.IsZero() {
		return
	}
	year, month, day := b.on.Civil()
	for y := range s.years() {
		o := Occasion{Date: s.in(y, month, day), Type: OnBirthday}
		if b.full {
			o.N = new(y - year)
		}
		if !b.full || y > year {
			s.add(o, yearText(y))
		}
	}
}

func (s *search) anniversaries(joined relmark.Date) {
	if s.r.AnniversaryEvery == nil || joined.IsZero() {
		return
	}
	year, month, day := joined.Civil()
	for y := range s.years() {
		if n := y - year; n >= 1 && n%*s.r.AnniversaryEvery == 0 {
			s.add(Occasion{Date: s.in(y, month, day), Type: OnAnniversary, N: &n}, strconv.Itoa(n))
		}
	}
}

// years yields the years that the dates lie in.
func (s *search) years() iter.Seq[int] {
	first, _, _ := s.from.Civil()
	last, _, _ := s.through.Civil()
	return func(yield func(int) bool) {
		for y := first; y <= last; y++ {
			if !yield(y) {
				return
			}
		}
	}
}

func yearText(y int) string { return fmt.Sprintf("%04d", y) }

// in returns the date on which a day is kept in a year, zero if it is not.
func (s *search) in(year int, month time.Month, day int) relmark.Date {
	date, err := relmark.NewDate(year, month, day)
	if err == nil || s.r.Feb29 == LeapOnly {
		return date
	}
	if s.r.Feb29 == Mar1 {
		month, day = time.March, 1
	} else {
		day = 28
	}
	date, _ = relmark.NewDate(year, month, day)
	return date
}

// orders finds the k-th order and the returns.
func (s *search) orders(orders []Order) {
	seen := make(map[string]bool, len(orders))
	distinct := make([]Order, 0, len(orders))
	for _, o := range orders {
		if !seen[o.ID] {
			seen[o.ID] = true
			distinct = append(distinct, o)
		}
	}
	slices.SortFunc(distinct, func(a, b Order) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) })
	var before relmark.Date
	for i, o := range distinct {
		date, _ := relmark.DateOf(o.At, s.r.Zone) // which is there for every such instant
		if slices.Contains(s.r.Purchases, i+1) {
			s.add(Occasion{Date: date, Type: OnPurchase, N: new(i + 1)}, strconv.Itoa(i+1))
		}
		if s.r.ReturnAfterDays != nil && i > 0 && date.Sub(before) >= *s.r.ReturnAfterDays {
			s.add(Occasion{Date: date, Type: OnReturn, N: new(date.Sub(before))}, date.String())
		}
		before = date
	}
}

// tiers finds the changes of tier.
func (s *search) tiers(changes []TierChange) {
	for _, c := range changes {
		date, _ := relmark.DateOf(c.At, s.r.Zone)
		o, kept := Occasion{Date: date, Type: OnDowngrade, Tier: c.Tier}, s.r.Downgrades
		if c.Up {
			o.Type, kept = OnUpgrade, s.r.Upgrades
		}
		if kept {
			s.add(o, date.String()+":"+c.Tier)
		}
	}
}
