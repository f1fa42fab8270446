package main

import (
	"cmp"
	"iter"
	"slices"
	"strconv"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/tier/rfm"
)

// whoMatters segments the customers by recency, frequency and amount.
func (s *story) whoMatters(r *report) error {
	r.heading("Who matters, and who is slipping away?")
	base, err := rfm.Collect(s.purchases())
	if err != nil {
		return err
	}
	s.base = base
	customers, idle, err := s.base.Summaries(s.sales.last, rfm.Options{})
	if err != nil {
		return err
	}
	s.customers = customers
	s.customers = customers
	if len(customers) == 0 {
		r.say("Needs customers who bought more than they returned.")
		return nil
	}
	named, err := nameSegments(customers)
	if err != nil {
		return err
	}
	r.table([]string{"segment", "customers", "share", "spent", "share", "median days away"}, segmentRows(named))
	if lead := named["champions"]; len(lead.days) > 0 {
		r.say("Champions are %s of the customers and %s of the money.", percent(lead.share(len(customers))), percent(lead.shareOfMoney(named)))
	}
	if slipping := named["cannot lose"].plus(named["at risk"]); len(slipping.days) > 0 {
		r.say("%s worth %s have gone quiet (cannot lose, at risk): a call costs less than replacing them.",
			plural(len(slipping.days), "good customer"), money(slipping.spent))
	}
	if len(idle) > 0 {
		r.say("%s with returns but no purchase left: counted nowhere.", plural(len(idle), "customer"))
	}
	s.quiet = goneQuiet(named, customers)
	if len(s.quiet) == 0 {
		return nil
	}
	r.heading("Call these first")
	r.table([]string{"customer", "purchases", "spent", "days away"}, quietRows(s.quiet))
	r.say("The biggest spenders among those who have gone quiet.")
	return nil
}

func (s *story) purchases() iter.Seq2[rfm.Purchase[string], error] {
	return func(yield func(rfm.Purchase[string], error) bool) {
		for _, row := range s.sales.rows {
			if !yield(rfm.Purchase[string]{Customer: row.customer, On: row.on, Amount: row.amount}, nil) {
				return
			}
		}
	}
}

// A group is one segment: its members and what they add up to.
type group struct {
	days    []int // since the last purchase, by member
	members []int // positions among the customers
	spent   decimal.Decimal
}

// nameSegments scores the customers in quintiles and groups them by segment.
func nameSegments(customers []rfm.Customer[string]) (map[string]group, error) {
	cuts, err := rfm.FitCuts(customers, 5)
	if err != nil {
		return nil, err
	}
	scorer, err := rfm.NewScorer(cuts)
	if err != nil {
		return nil, err
	}
	segments, err := rfm.NewSegments(5, rfm.StandardSegments())
	if err != nil {
		return nil, err
	}
	groups := map[string]group{}
	for i, c := range customers {
		name, _ := segments.Of(scorer.Score(c.Summary))
		g := groups[name]
		g.days = append(g.days, c.AsOf.Sub(c.Last))
		g.members = append(g.members, i)
		g.spent = g.spent.Add(c.Total())
		groups[name] = g
	}
	return groups, nil
}

func segmentRows(groups map[string]group) [][]string {
	n := 0
	for _, g := range groups {
		n += len(g.days)
	}
	var rows [][]string
	for _, segment := range rfm.StandardSegments() {
		g := groups[segment.Name]
		if len(g.days) == 0 {
			continue
		}
		slices.Sort(g.days)
		rows = append(rows, []string{
			segment.Name, count(len(g.days)), percent(g.share(n)), money(g.spent), percent(g.shareOfMoney(groups)),
			strconv.Itoa(g.days[len(g.days)/2]),
		})
	}
	return rows
}

// goneQuiet lists the good customers gone quiet, the biggest spenders first.
func goneQuiet(groups map[string]group, customers []rfm.Customer[string]) []rfm.Customer[string] {
	var quiet []rfm.Customer[string]
	for _, i := range slices.Concat(groups["cannot lose"].members, groups["at risk"].members) {
		quiet = append(quiet, customers[i])
	}
	slices.SortFunc(quiet, func(a, b rfm.Customer[string]) int {
		return cmp.Or(b.Total().Cmp(a.Total()), cmp.Compare(a.ID, b.ID))
	})
	return quiet
}

func quietRows(quiet []rfm.Customer[string]) [][]string {
	var rows [][]string
	for _, c := range quiet[:min(5, len(quiet))] {
		rows = append(rows, []string{c.ID, strconv.Itoa(c.Purchases), money(c.Total()), strconv.Itoa(c.AsOf.Sub(c.Last))})
	}
	return rows
}

func (g group) plus(h group) group {
	return group{slices.Concat(g.days, h.days), slices.Concat(g.members, h.members), g.spent.Add(h.spent)}
}

func (g group) share(of int) float64 { return float64(len(g.days)) / float64(max(1, of)) }

func (g group) shareOfMoney(groups map[string]group) float64 {
	var all decimal.Decimal
	for _, h := range groups {
		all = all.Add(h.spent)
	}
	if !all.IsPositive() {
		return 0
	}
	return g.spent.InexactFloat64() / all.InexactFloat64()
}
