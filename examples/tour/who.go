package main

import (
	"iter"
	"slices"
	"strconv"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/tier/rfm"
)

// whoMatters segments the customers by recency, frequency and amount.
func (s *story) whoMatters(r *report) error {
	r.heading("Who matters, and who is slipping away?", "tier/rfm")
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
	if len(customers) == 0 {
		r.say("Needs customers who bought more than they returned.")
		return nil
	}
	named, err := nameSegments(customers)
	if err != nil {
		return err
	}
	rows, shares := segmentRows(named)
	r.bars([]string{"segment", "customers", "share", "spent", "share", "median days away"}, rows, shares)
	r.say("The bars are shares of the money.")
	if lead := named["champions"]; len(lead.days) > 0 {
		r.say("Champions are %s of the customers and %s of the money.", percent(lead.share(len(customers))), percent(lead.shareOfMoney(named)))
	}
	if slipping := named["cannot lose"].plus(named["at risk"]); len(slipping.days) > 0 {
		r.say("Away for longer than most (cannot lose, at risk): %s, who spent %s.", plural(len(slipping.days), "good customer"), money(slipping.spent))
	}
	if len(idle) > 0 {
		r.say("Counted nowhere: %s with returns but no purchase left.", plural(len(idle), "customer"))
	}
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
	days  []int // since the last purchase, by member
	spent decimal.Decimal
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
	for _, c := range customers {
		name, _ := segments.Of(scorer.Score(c.Summary))
		g := groups[name]
		g.days = append(g.days, c.AsOf.Sub(c.Last))
		g.spent = g.spent.Add(c.Total())
		groups[name] = g
	}
	return groups, nil
}

func segmentRows(groups map[string]group) (rows [][]string, shares []float64) {
	n := 0
	for _, g := range groups {
		n += len(g.days)
	}
	for _, segment := range rfm.StandardSegments() {
		g := groups[segment.Name]
		if len(g.days) == 0 {
			continue
		}
		slices.Sort(g.days)
		shares = append(shares, g.shareOfMoney(groups))
		rows = append(rows, []string{
			segment.Name, count(len(g.days)), percent(g.share(n)), money(g.spent), percent(g.shareOfMoney(groups)),
			strconv.Itoa(g.days[len(g.days)/2]),
		})
	}
	return rows, shares
}

func (g group) plus(h group) group {
	return group{slices.Concat(g.days, h.days), g.spent.Add(h.spent)}
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
