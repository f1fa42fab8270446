package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell"
	"github.com/relmark/relmark/crosssell/basket"
)

// whatToOffer decides on the next offer for those gone quiet, and whom to leave alone.
func (s *story) whatToOffer(r *report) error {
	if len(s.rules) == 0 || len(s.quiet) == 0 {
		return nil
	}
	r.heading("What to offer next, and to whom?")
	var err error
	if s.offers, err = s.decide(); err != nil {
		return err
	}
	var rows [][]string
	alone := map[string]int{}
	for i, o := range s.offers {
		if i < 6 {
			rows = append(rows, o.row())
		}
		if len(o.decision.Chosen) == 0 {
			alone[o.refusal()]++
		}
	}
	r.table([]string{"customer", "offer", "because of", "chance", "worth"}, rows)
	r.say("Chance is the share of those who have the one and took the other with it, worth is chance times the usual price. %s",
		leftAlone(len(s.offers), alone))
	return s.whenToWrite(r)
}

// An offer is what was decided for one customer.
type offer struct {
	customer   string
	candidates []crosssell.Candidate[string]
	decision   crosssell.Decision
}

// decide weighs what the rules suggest for each of those gone quiet. Suppose that all
// agreed to offers by e-mail, and that money which went back within 60 days stands for
// a complaint.
func (s *story) decide() ([]offer, error) {
	contact, err := s.contact()
	if err != nil {
		return nil, err
	}
	f, complained := s.shelf(), s.refundedLately()
	decider, err := crosssell.NewDecider[string](crosssell.Policy{})
	if err != nil {
		return nil, err
	}
	var offers []offer
	for _, c := range s.quiet {
		customer := crosssell.Customer[string]{
			Contact:   []crosssell.ContactAnswer{{Channel: "e-mail", Purpose: "offers", Decision: contact}},
			Complaint: crosssell.NoComplaint,
			Owned:     f.owned[c.ID],
		}
		if complained[c.ID] {
			customer.Complaint = crosssell.ComplaintOpen
		}
		o := offer{customer: c.ID, candidates: candidates(s.rules, f, customer.Owned)}
		decision, err := decider.Decide(&customer, o.candidates)
		if err != nil {
			return nil, err
		}
		o.decision = decision.Clone()
		offers = append(offers, o)
	}
	return offers, nil
}

// candidates turns the rules that speak to what a customer has into offers, each item
// with its best rule.
func candidates(rules []basket.Rule[string], f shelf, owned []string) (list []crosssell.Candidate[string]) {
	best := map[string]basket.Rule[string]{}
	for _, rule := range rules {
		item := rule.Consequent[0]
		known, ok := best[item]
		if slices.Contains(owned, rule.Antecedent[0]) && (!ok || rule.Confidence() > known.Confidence()) {
			best[item] = rule
		}
	}
	for _, item := range slices.Sorted(maps.Keys(best)) {
		rule := best[item]
		suggestion := crosssell.Suggestion[string]{Item: item, Score: rule.Confidence(), Because: []crosssell.Evidence[string]{
			{Source: crosssell.FromRule, Items: rule.Antecedent, Weight: rule.Confidence()},
		}}
		list = append(list, crosssell.From(suggestion, "e-mail", "offers", f.price[item]))
	}
	return list
}

func (o offer) row() []string {
	if len(o.decision.Chosen) == 0 {
		return []string{o.customer, "none", o.refusal(), "-", "-"}
	}
	i := o.decision.Chosen[0]
	c := o.candidates[i]
	return []string{o.customer, c.Item, strings.Join(c.Because[0].Items, ", "), percent(c.Score), cash(o.decision.Verdicts[i].Worth)}
}

// refusal says why there is no offer: what stops those that nothing else stops first.
func (o offer) refusal() string {
	for _, v := range o.decision.Verdicts {
		if code := v.Reasons[0].Code; code != crosssell.AlreadyOwned {
			return strings.ReplaceAll(string(code), "_", " ")
		}
	}
	return "has had all that suits"
}

// leftAlone says how many get no offer, and why.
func leftAlone(of int, reasons map[string]int) string {
	if len(reasons) == 0 {
		return fmt.Sprintf("All %s get one.", count(of))
	}
	var parts []string
	for _, reason := range slices.SortedFunc(maps.Keys(reasons), func(a, b string) int {
		return cmp.Or(cmp.Compare(reasons[b], reasons[a]), cmp.Compare(a, b))
	}) {
		parts = append(parts, fmt.Sprintf("%s (%s)", count(reasons[reason]), reason))
	}
	return fmt.Sprintf("Of %s, left alone: %s.", plural(of, "customer"), strings.Join(parts, ", "))
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
