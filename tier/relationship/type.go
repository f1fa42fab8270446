package relationship

import (
	"fmt"
	"math"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
)

// A Type is the relationship that a customer wants.
type Type string

// The types of relationships.
const (
	Undetermined  Type = "undetermined"  // too little is known, or contact without attachment
	Transactional Type = "transactional" // wants the product and no contact
	Active        Type = "active"        // wants contact and answers it
	Passive       Type = "passive"       // wants to know that contact is possible, seldom asks for it
)

func types() enum.Set[Type] { return enum.Of(Undetermined, Transactional, Active, Passive) }

// A Reason is a fact that decided about a [Type].
type Reason string

// The reasons, in the order in which a [Verdict] lists them.
const (
	FewPurchases             Reason = "few_purchases"              // fewer purchase days than Policy.MinPurchaseDays
	FewContacts              Reason = "few_contacts"               // fewer contacts than Policy.MinContacts
	Initiates                Reason = "initiates"                  // the customer starts enough of the contacts
	Responds                 Reason = "responds"                   // the customer answers enough of the firm's
	Regular                  Reason = "regular"                    // purchases come evenly enough
	UsesServices             Reason = "uses_services"              // enough of the services on offer are used
	ContactWithoutAttachment Reason = "contact_without_attachment" // wants contact, but neither buys regularly nor uses services
)

func reasons() enum.Set[Reason] {
	return enum.Of(FewPurchases, FewContacts, Initiates, Responds, Regular, UsesServices, ContactWithoutAttachment)
}

// A Policy says how much evidence a type takes, and from when on a share counts.
// Every field is read as it is: a threshold of 0 is met by any share there is. It
// is plain data; [StandardPolicy] is one to start from.
type Policy struct {
	MinPurchaseDays int     `json:"min_purchase_days"` // distinct purchase dates, 0 or more
	MinContacts     int     `json:"min_contacts"`      // contacts of both sides, 0 or more
	InitiationMin   float64 `json:"initiation_min"`    // share of contacts that the customer starts, 0 to 1
	ResponseMin     float64 `json:"response_min"`      // share of the firm's contacts that are answered, 0 to 1
	VariationMax    float64 `json:"variation_max"`     // cv of the gaps between purchases, finite, 0 or more
	ServiceMin      float64 `json:"service_min"`       // share of services used, 0 to 1
}

// StandardPolicy returns a policy to start from: four purchase days, three contacts,
// three contacts in ten started by the customer or four in ten of the firm's
// answered, gaps with a cv of at most 0.75, half of the services used. They are a
// convention, not a finding; tune them to a sample judged by hand.
func StandardPolicy() Policy {
	return Policy{MinPurchaseDays: 4, MinContacts: 3, InitiationMin: 0.3, ResponseMin: 0.4, VariationMax: 0.75, ServiceMin: 0.5}
}

// Validate reports every rule that p breaks, joined into one error.
func (p Policy) Validate() error {
	var wrong fault.List
	wrong.Check(p.MinPurchaseDays >= 0, "MinPurchaseDays", p.MinPurchaseDays, "must be 0 or more")
	wrong.Check(p.MinContacts >= 0, "MinContacts", p.MinContacts, "must be 0 or more")
	wrong.Between("InitiationMin", p.InitiationMin, 0, 1)
	wrong.Between("ResponseMin", p.ResponseMin, 0, 1)
	wrong.Check(p.VariationMax >= 0 && fault.Finite(p.VariationMax), "VariationMax", p.VariationMax, "must be finite and 0 or more")
	wrong.Between("ServiceMin", p.ServiceMin, 0, 1)
	return wrong.Err(room)
}

// Evidence is what is known about one customer up to a date. It is plain data.
type Evidence struct {
	FirmContacts     int            `json:"firm_contacts"`     // started by the firm
	Responses        int            `json:"responses"`         // of those answered
	CustomerContacts int            `json:"customer_contacts"` // started by the customer
	Purchases        []relmark.Date `json:"purchases"`         // in any order; repeated dates count once
	ServicesUsed     int            `json:"services_used"`
	ServicesOffered  int            `json:"services_offered"`
}

func (e Evidence) check(asOf relmark.Date) error {
	var wrong fault.List
	wrong.Check(!asOf.IsZero(), "AsOf", nil, "must be a date")
	for _, count := range []struct {
		name      string
		part, all int
	}{
		{"Responses", e.Responses, e.FirmContacts},
		{"CustomerContacts", e.CustomerContacts, math.MaxInt},
		{"ServicesUsed", e.ServicesUsed, e.ServicesOffered},
	} {
		ok := count.part >= 0 && count.all >= 0 && count.part <= count.all
		wrong.Check(ok, count.name, count.part, "must be 0 or more, and no more than there are")
	}
	for i, d := range e.Purchases {
		if d.IsZero() || d.After(asOf) {
			wrong.Add(fmt.Sprintf("Purchases[%d]", i), d, "must be a date, not after the date of the question")
		}
	}
	return wrong.Err(room)
}

// A Verdict is a type with the facts behind it. It is plain data. Shares that are
// not defined are NaN.
type Verdict struct {
	Type    Type
	Reasons []Reason // those that hold, in the order of the constants; may be none

	Initiation float64 // customer contacts / all contacts
	Response   float64 // responses / firm contacts
	Variation  float64 // cv of the gaps between purchase dates; needs two gaps
	ServiceUse float64 // services used / offered
}

// Classify returns the type of relationship that a customer wants, from evidence
// up to and including a date. It fails when the policy is not valid, a count is
// negative or larger than what it is a part of, or a purchase lies after the date
// ([relmark.ErrInvalid]). Thin data are no error: they are [Undetermined].
func (p Policy) Classify(e Evidence, asOf relmark.Date) (Verdict, error) {
	if err := p.Validate(); err != nil {
		return Verdict{}, err
	}
	if err := e.check(asOf); err != nil {
		return Verdict{}, err
	}
	days := distinct(e.Purchases)
	contacts := float64(e.FirmContacts) + float64(e.CustomerContacts)
	v := Verdict{
		Type:       Undetermined,
		Initiation: share(float64(e.CustomerContacts), contacts),
		Response:   share(float64(e.Responses), float64(e.FirmContacts)),
		Variation:  variation(days),
		ServiceUse: share(float64(e.ServicesUsed), float64(e.ServicesOffered)),
	}
	if len(days) < p.MinPurchaseDays {
		v.Reasons = append(v.Reasons, FewPurchases)
	}
	if contacts < float64(p.MinContacts) {
		v.Reasons = append(v.Reasons, FewContacts)
	}
	if len(v.Reasons) == 0 {
		p.judge(&v)
	}
	return v, nil
}

// judge sets the type and the reasons from the shares.
func (p Policy) judge(v *Verdict) {
	facts := [...]struct {
		holds  bool
		reason Reason
	}{
		{reaches(v.Initiation, p.InitiationMin), Initiates},
		{reaches(v.Response, p.ResponseMin), Responds},
		{reaches(p.VariationMax, v.Variation), Regular},
		{reaches(v.ServiceUse, p.ServiceMin), UsesServices},
	}
	for _, f := range facts {
		if f.holds {
			v.Reasons = append(v.Reasons, f.reason)
		}
	}
	contact, attached := facts[0].holds || facts[1].holds, facts[2].holds || facts[3].holds
	switch {
	case contact && attached:
		v.Type = Active
	case attached:
		v.Type = Passive
	case !contact:
		v.Type = Transactional
	default:
		v.Reasons = append(v.Reasons, ContactWithoutAttachment)
	}
}

// distinct returns the dates in order, each once.
func distinct(dates []relmark.Date) []relmark.Date {
	sorted := slices.SortedFunc(slices.Values(dates), relmark.Date.Compare)
	return slices.Compact(sorted)
}

// variation returns the sample standard deviation over the mean of the gaps
// between dates that are in order; NaN with fewer than two gaps.
func variation(days []relmark.Date) float64 {
	n := len(days) - 1
	if n < 2 {
		return math.NaN()
	}
	mean := float64(days[n].Sub(days[0])) / float64(n)
	squares := 0.0
	for i := range n {
		off := float64(days[i+1].Sub(days[i])) - mean
		squares += float64(off * off)
	}
	return math.Sqrt(squares/float64(n-1)) / mean
}
