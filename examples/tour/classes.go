package main

import (
	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/tier/abc"
)

// whoBringsTheMoney divides customers into classes by what they spent.
func (s *story) whoBringsTheMoney(r *report) error {
	r.heading("Who brings the money?")
	if len(s.customers) == 0 {
		r.say("Needs customers who bought more than they returned.")
		return nil
	}
	ranking, err := abc.NewRanking(func(yield func(string, decimal.Decimal) bool) {
		for _, c := range s.customers {
			if !yield(c.ID, c.Total()) {
				return
			}
		}
	})
	if err != nil {
		return err
	}
	classes, err := ranking.ABC(abc.Cuts{})
	if err != nil {
		return err
	}
	var rows [][]string
	for _, class := range []abc.Class{abc.A, abc.B, abc.C} {
		g := classes.Summary.Of(class)
		rows = append(rows, []string{class.String(), count(g.Customers), percent(g.CustomerShare), money(g.Value), percent(g.ValueShare)})
	}
	r.table([]string{"class", "customers", "share", "spent", "share"}, rows)
	curve := ranking.Curve()
	tenth, _ := curve.Top(decimal.NewFromInt(10))
	if gini, ok := curve.Gini(); ok {
		r.say("The best tenth brings %s of the money; the Gini coefficient is %.2f (0: all alike, 1: one customer has it all).",
			percent(tenth.Share), gini)
	}
	return nil
}
