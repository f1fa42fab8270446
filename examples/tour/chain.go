package main

import (
	"fmt"
	"math/rand/v2"

	"github.com/relmark/relmark/servqual/profitchain"
)

// fromEmployeesToProfit says what content employees do to guests, and guests to profit.
func (s *story) fromEmployeesToProfit(r *report) error {
	if !s.house {
		return nil
	}
	r.heading("What do content employees bring?", "servqual/profitchain")
	chain, err := profitchain.NewChain(profitchain.Params{
		Links: []profitchain.Link{{From: "employees", To: "guests", Lag: 1}, {From: "guests", To: "return"}, {From: "return", To: "profit", Lag: 1}},
		Level: 0.95, Errors: profitchain.Clustered,
	})
	if err != nil {
		return err
	}
	panel, err := profitchain.Collect([]string{"employees", "guests", "return", "profit"}, houses)
	if err != nil {
		return err
	}
	fit, err := profitchain.Estimate(chain, panel)
	if err != nil {
		return err
	}
	var rows [][]string
	for _, l := range fit.Links {
		if l.Slope == nil {
			continue
		}
		rows = append(rows, []string{
			fmt.Sprintf("%s to %s", l.From, l.To), plural(l.Lag, "quarter"), fmt.Sprintf("%.2f", l.Slope.B),
			fmt.Sprintf("%.2f to %.2f", l.Slope.Interval.Low, l.Slope.Interval.High), evidence(l.State),
		})
	}
	r.table([]string{"from one to the next", "after", "a point brings", "95 % interval", "that is"}, rows)
	return sayEffect(r, fit)
}

// evidence says if a link is more than chance.
func evidence(state profitchain.State) string {
	if state == profitchain.Evidence {
		return "more than chance"
	}
	return "may be chance"
}

// sayEffect follows half a point of employees down the chain.
func sayEffect(r *report, fit *profitchain.Fit) error {
	effect, err := fit.Effect("employees", "profit", 0.5)
	if err != nil || effect.Value == nil {
		return err
	}
	r.say("Employees who are half a point more content, of 7, bring %.1f thousand more profit a quarter in each house (%.1f to %.1f), %s later. Links show what goes together in time; only an experiment shows causes.",
		*effect.Value, effect.Interval.Low, effect.Interval.High, plural(effect.Paths[0].Lag, "quarter"))
	return nil
}

// houses are made up: eight quarters of twelve houses of the group. Employees and guests
// on 1 to 7, guests who return in percent, profit in thousands.
func houses(yield func(profitchain.Row[int], error) bool) {
	source := rand.New(rand.NewPCG(2026, 23))
	for house := range 12 {
		employees, back := 4.8+0.4*source.NormFloat64(), 40.0
		for quarter := range 8 {
			guests := 2.4 + 0.6*employees + 0.2*source.NormFloat64()
			profit := 20 + 1.5*back + 6*source.NormFloat64()
			back = 5 + 7*guests + 2*source.NormFloat64()
			employees = 2.4 + 0.5*employees + 0.35*source.NormFloat64()
			row := profitchain.Row[int]{Unit: house, Period: quarter, Values: []*float64{new(employees), new(guests), new(back), new(profit)}}
			if !yield(row, nil) {
				return
			}
		}
	}
}
