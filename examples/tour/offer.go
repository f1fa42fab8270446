package main

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell"
	"github.com/relmark/relmark/crosssell/basket"
)

// whatToOffer decides on the next offer for those addressed, and whom to leave alone.
func (s *story) whatToOffer(r *report) error {
	if len(s.rules) == 0 || len(s.addressed()) == 0 {
		return nil
	}
	r.heading("What to offer next, and to whom?", "crosssell")
	var err error
	if s.offers, err = s.decide(); err != nil {
		return err
	}
	r.table([]string{"offer", "because of", "chance", "worth", "customers", "such as"}, offerRows(s.offers))
	r.say("The best offer for each of those to call and of the twenty most valuable. Money that went back within 60 days stands for an open complaint. Chance is the share of those with the one who took the other with it, worth is chance times the usual price.")
	return s.whenToWrite(r)
}

// An offer is what was decided for one customer.
type offer struct {
	customer   string
	candidates []crosssell.Candidate[string]
	decision   crosssell.Decision
}

// decide weighs what the rules suggest for each of those addressed.
func (s *story) decide() ([]offer, error) {
	contact, err := s.contact()
	if err != nil {
		return nil, err
	}
	suggester, err := basket.NewSuggester(s.rules)
	if err != nil {
		return nil, err
	}
	f, complained := s.shelf, s.refundedLately()
	again := f.again()
	var offers []offer
	for _, id := range s.addressed() {
		customer := crosssell.Customer[string]{
			Contact:   []crosssell.ContactAnswer{{Channel: "e-mail", Purpose: "offers", Decision: contact}},
			Complaint: crosssell.NoComplaint,
			Owned:     f.owned[id],
		}
		if complained[id] {
			customer.Complaint = crosssell.ComplaintOpen
		}
		list, err := candidates(suggester, f, again, id)
		if err != nil {
			return nil, err
		}
		decision, err := crosssell.Decide(crosssell.Policy{}, customer, list)
		if err != nil {
			return nil, err
		}
		offers = append(offers, offer{id, list, decision})
	}
	return offers, nil
}

// addressed lists those to call and the twenty most valuable.
func (s *story) addressed() (list []string) {
	for _, c := range slices.Concat(s.quiet, s.worth[:min(20, len(s.worth))]) {
		if !slices.Contains(list, c.ID) {
			list = append(list, c.ID)
		}
	}
	return list
}

// candidates makes an offer of each thing that the rules suggest; what is bought again and
// again may be offered again.
func candidates(suggester *basket.Suggester[string], f shelf, again []string, customer string) (list []crosssell.Candidate[string], err error) {
	suggestions, err := suggester.Suggest(f.owned[customer], basket.SuggestParams[string]{Max: 10, MaxEvidence: 1, Repeatable: again})
	for _, s := range suggestions {
		c := crosssell.From(s, "e-mail", "offers", f.price[s.Item])
		c.Repeatable = slices.Contains(again, s.Item)
		list = append(list, c)
	}
	return list, err
}

// offerRows writes a line for each offer and each reason to make none, those that most
// customers have first.
func offerRows(offers []offer) [][]string {
	customers, first := map[string]int{}, map[string]offer{}
	for _, o := range offers {
		if customers[o.name()]++; customers[o.name()] == 1 {
			first[o.name()] = o
		}
	}
	names := slices.SortedFunc(maps.Keys(customers), func(a, b string) int {
		return cmp.Or(cmp.Compare(customers[b], customers[a]), cmp.Compare(a, b))
	})
	var rows [][]string
	for _, name := range names[:min(8, len(names))] {
		o := first[name]
		row := []string{name, "-", "-", "-", count(customers[name]), o.customer}
		if len(o.decision.Chosen) > 0 {
			i := o.decision.Chosen[0]
			c := o.candidates[i]
			row[1], row[2], row[3] = strings.Join(c.Because[0].Items, ", "), percent(c.Score), cash(o.decision.Verdicts[i].Worth)
		}
		rows = append(rows, row)
	}
	return rows
}

// name is what is offered, or why nothing is.
func (o offer) name() string {
	if len(o.decision.Chosen) == 0 {
		return "none: " + o.refusal()
	}
	return o.candidates[o.decision.Chosen[0]].Item
}

// refusal says why there is no offer.
func (o offer) refusal() string {
	if list := o.decision.Verdicts; len(list) > 0 {
		return strings.ReplaceAll(string(list[0].Reasons[0].Code), "_", " ")
	}
	return "nothing suits"
}

// refundedLately lists those who got money back within 60 days.
func (s *story) refundedLately() map[string]bool {
	list := map[string]bool{}
	for _, row := range s.sales.rows {
		if row.amount.IsNegative() && s.sales.last.Sub(row.on) <= 60 {
			list[row.customer] = true
		}
	}
	return list
}

// contact asks the contact policy for the day after the log, as soon as it allows it.
func (s *story) contact() (relmark.ContactDecision, error) {
	policy := relmark.ContactPolicy{
		Zone:  time.UTC,
		Quiet: []relmark.QuietHours{{From: 20 * time.Hour, To: 9 * time.Hour}},
		Caps:  []relmark.ContactCap{{Channel: relmark.AnyChannel, Max: 2, Window: 30 * 24 * time.Hour}},
	}
	facts := relmark.ContactFacts{Consents: []relmark.Consent{{Channel: "e-mail", Purpose: "offers"}}}
	d, err := policy.Decide("e-mail", "offers", facts, s.now())
	if err == nil && !d.Allowed && !d.Next.IsZero() {
		return policy.Decide("e-mail", "offers", facts, d.Next)
	}
	return d, err
}

// whenToWrite says from when on the offers may go out.
func (s *story) whenToWrite(r *report) error {
	contact, err := s.contact()
	if err != nil {
		return err
	}
	r.say("Suppose they have agreed to offers by e-mail: after the quiet hours of the night, from %s on, write to them.",
		contact.Next.Format("15:04 on 2 January"))
	return nil
}
