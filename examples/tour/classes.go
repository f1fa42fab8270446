package main

import (
	"strings"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/tier/abc"
)

// whoBringsTheMoney divides customers into classes by what they spent.
func (s *story) whoBringsTheMoney(r *report) error {
	r.heading("Who brings the money?", "tier/abc")
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
		g := classes.Groups.Of(class)
		rows = append(rows, []string{strings.ToUpper(string(class)), count(g.Customers), percent(g.CustomerShare), money(g.Value), percent(g.ValueShare)})
	}
	r.table([]string{"class", "customers", "share", "spent", "share"}, rows)
	sayConcentration(r, ranking.Curve())
	return nil
}

// sayConcentration says and draws how the money is spread over the customers.
func sayConcentration(r *report, curve abc.Curve) {
	if tenth, ok := curve.Top(decimal.NewFromInt(10)); ok {
		r.say("The best tenth brings %s of the money.", percent(tenth.Share))
	}
	gini, ok := curve.Gini()
	if !ok {
		r.say("Some returned more than they bought, or nobody paid anything: there is no Lorenz curve of that.")
		return
	}
	r.say("The Gini coefficient is %.2f (0: all alike, 1: one customer has it all).", gini)
	r.plot(lorenz(curve))
	r.say("* is how many of them, the smallest first, hold how much of the money; with . everybody would hold the same.")
}

// lorenz draws the share of the money that a share of the customers holds.
func lorenz(c abc.Curve) plot {
	held, equal := make([]float64, plotWidth), make([]float64, plotWidth)
	for i, p := range c.Lorenz(plotWidth - 1) {
		held[i], equal[i] = p.Value, p.Customers
	}
	return plot{
		curves: []curve{{'*', held}, {'.', equal}},
		top:    "100 %", begin: "0 % of the customers", end: "100 %",
	}
}
