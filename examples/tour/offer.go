package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell"
	"github.com/relmark/relmark/crosssell/basket"
)

// whatToOffer finds what sells together and what to offer those gone quiet.
func (s *story) whatToOffer(r *report) error {
	r.heading("What sells together?")
	visits := s.visits()
	if len(visits) == 0 {
		r.say("Needs items: a fifth column that names what was bought.")
		return nil
	}
	rules, err := togetherness(visits)
	if err != nil {
		return err
	}
	r.table([]string{"who buys", "also buys", "how many of them", "against chance"}, ruleRows(rules))
	r.say("From %s: what is bought together on one day.", plural(len(visits), "visit"))

	if len(s.quiet) == 0 {
		return nil
	}
	r.heading("What to offer next, and to whom?")
	rows, err := s.offers(rules, visits)
	if err != nil {
		return err
	}
	r.table([]string{"customer", "offer", "because of", "chance"}, rows)
	return s.whenToWrite(r)
}

// A visit is what one customer bought on one day.
type visit struct {
	customer string
	on       relmark.Date
}

func (s *story) visits() map[visit][]string {
	visits := map[visit][]string{}
	for _, row := range s.sales.rows {
		if row.item != "" && row.amount.IsPositive() {
			v := visit{row.customer, row.on}
			visits[v] = append(visits[v], row.item)
		}
	}
	return visits
}

// togetherness returns the rules of one item for another, the strongest first.
func togetherness(visits map[visit][]string) ([]basket.Rule[string], error) {
	var counter basket.Counter[string]
	for _, items := range visits {
		if err := counter.Add(items...); err != nil {
			return nil, err
		}
	}
	ctx := context.Background()
	least := max(2, counter.Baskets()/200)
	sets, err := counter.Frequent(ctx, basket.SetParams{MinCount: least, MaxLen: new(2)})
	if err != nil {
		return nil, err
	}
	rules, err := basket.Rules(ctx, sets, counter.Baskets(), basket.RuleParams{MinConfidence: 0.1, MaxConsequent: new(1)})
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(rules, func(a, b basket.Rule[string]) int { return cmp.Compare(b.Lift(), a.Lift()) })
	return rules, nil
}

func ruleRows(rules []basket.Rule[string]) [][]string {
	var rows [][]string
	for _, rule := range rules[:min(5, len(rules))] {
		rows = append(rows, []string{
			rule.Antecedent[0], rule.Consequent[0], percent(rule.Confidence()), fmt.Sprintf("%.1f times", rule.Lift()),
		})
	}
	return rows
}

// offers decides on the next offer for each of those gone quiet.
func (s *story) offers(rules []basket.Rule[string], visits map[visit][]string) ([][]string, error) {
	var rows [][]string
	for _, c := range s.quiet[:min(5, len(s.quiet))] {
		contact, err := s.contact()
		if err != nil {
			return nil, err
		}
		customer := crosssell.Customer[string]{
			Contact:   []crosssell.ContactAnswer{{Channel: "e-mail", Purpose: "offers", Decision: contact}},
			Complaint: crosssell.NoComplaint,
			Owned:     owned(c.ID, visits),
		}
		if s.refundedLately(c.ID) {
			customer.Complaint = crosssell.ComplaintOpen
		}
		candidates, because := candidates(rules, customer.Owned)
		decision, err := crosssell.Decide(crosssell.Policy{}, customer, candidates)
		if err != nil {
			return nil, err
		}
		rows = append(rows, offerRow(c.ID, decision, candidates, because))
	}
	return rows, nil
}

func offerRow(customer string, d crosssell.Decision, candidates []crosssell.Candidate[string], because []string) []string {
	if len(d.Chosen) > 0 {
		i := d.Chosen[0]
		return []string{customer, candidates[i].Item, because[i], percent(candidates[i].Score)}
	}
	reason := "nothing suits"
	if len(d.Verdicts) > 0 {
		reason = strings.ReplaceAll(string(d.Verdicts[0].Reasons[0].Code), "_", " ")
	}
	return []string{customer, "none", reason, "-"}
}

// candidates turns the rules that speak to what a customer bought into offers, each
// item with its best rule.
func candidates(rules []basket.Rule[string], owned []string) (list []crosssell.Candidate[string], because []string) {
	best := map[string]basket.Rule[string]{}
	for _, rule := range rules {
		item := rule.Consequent[0]
		known, ok := best[item]
		if slices.Contains(owned, rule.Antecedent[0]) && (!ok || rule.Confidence() > known.Confidence()) {
			best[item] = rule
		}
	}
	for _, item := range slices.Sorted(maps.Keys(best)) {
		list = append(list, crosssell.Candidate[string]{
			Item: item, Channel: "e-mail", Purpose: "offers", Score: best[item].Confidence(), Margin: 1,
		})
		because = append(because, best[item].Antecedent[0])
	}
	return list, because
}

func owned(customer string, visits map[visit][]string) []string {
	items := map[string]bool{}
	for v, bought := range visits {
		if v.customer == customer {
			for _, item := range bought {
				items[item] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(items))
}

// refundedLately stands for an open complaint: money went back within 60 days.
func (s *story) refundedLately(customer string) bool {
	return slices.ContainsFunc(s.sales.rows, func(row row) bool {
		return row.customer == customer && row.amount.IsNegative() && s.sales.last.Sub(row.on) <= 60
	})
}

// contact asks the contact policy for the day after the log, as soon as it allows it.
// Suppose that everybody has agreed to offers by e-mail.
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
