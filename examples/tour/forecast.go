package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/tier/clv"
	"github.com/relmark/relmark/tier/rfm"
)

// whoIsStillACustomer fits a model of purchase and churn and forecasts a year.
func (s *story) whoIsStillACustomer(r *report) error {
	r.heading("Who is still a customer, and what will they buy?")
	customers, _, err := s.base.Summaries(s.sales.last, rfm.Options{Unit: rfm.Week})
	if err != nil {
		return err
	}
	purchases, spend, err := learn(customers)
	if errors.Is(err, relmark.ErrTooFew) || errors.Is(err, relmark.ErrNoConverge) {
		r.say("Needs more: some dozens of customers, of whom some came back (%v).", err)
		return nil
	}
	if err != nil {
		return err
	}
	if err := s.sayForecast(r, purchases, customers); err != nil {
		return err
	}
	if err := s.sayTrackRecord(r); err != nil {
		return err
	}
	rows, err := valuable(purchases, spend, customers)
	if err != nil {
		return err
	}
	r.table([]string{"customer", "still there", "purchases in a year", "worth today"}, rows)
	r.say("The most valuable ones: what the purchases of a year are worth today, before cost, discounted at 10 %% a year.")
	return nil
}

// learn fits how often customers buy and when they leave, and what they spend.
func learn(customers []rfm.Customer[string]) (clv.MBGNBD, clv.GammaGamma, error) {
	var patterns rfm.Patterns
	var spend clv.Spend
	for _, c := range customers {
		if err := patterns.Add(c.Pattern(), 1); err != nil {
			return clv.MBGNBD{}, clv.GammaGamma{}, err
		}
		if _, err := spend.AddSummary(c.Summary); err != nil {
			return clv.MBGNBD{}, clv.GammaGamma{}, err
		}
	}
	ctx := context.Background()
	purchases, err := clv.FitMBGNBD(ctx, &patterns, clv.FitOptions{})
	if err != nil {
		return clv.MBGNBD{}, clv.GammaGamma{}, err
	}
	amounts, err := clv.FitGammaGamma(ctx, &spend, clv.FitOptions{})
	return purchases.Model, amounts.Model, err
}

const year = 52 // weeks

func (s *story) sayForecast(r *report, model clv.MBGNBD, customers []rfm.Customer[string]) error {
	alive, expected := 0.0, 0.0
	for _, c := range customers {
		alive += model.PAlive(c.Pattern())
		expected += model.CondExpected(c.Pattern(), year)
	}
	r.say("About %s of %s are still customers; they are expected to buy on %s days in the next year.",
		count(int(alive+0.5)), count(len(customers)), count(int(expected+0.5)))
	return nil
}

// sayTrackRecord learns from the first half of the log and forecasts the second.
func (s *story) sayTrackRecord(r *report) error {
	middle := s.sales.first.AddDays(s.sales.last.Sub(s.sales.first) / 2)
	splits, err := s.base.Splits(middle, s.sales.last, rfm.Options{Unit: rfm.Week})
	if err != nil {
		return err
	}
	early := make([]rfm.Customer[string], len(splits))
	for i, split := range splits {
		early[i] = rfm.Customer[string]{ID: split.ID, Summary: split.Calibration}
	}
	model, _, err := learn(early)
	if errors.Is(err, relmark.ErrTooFew) || errors.Is(err, relmark.ErrNoConverge) {
		return nil // no record to speak of
	}
	if err != nil {
		return err
	}
	evaluation, err := clv.Evaluate(model, func(yield func(clv.Holdout) bool) {
		for _, split := range splits {
			if !yield(clv.HoldoutOf(split.Split)) {
				return
			}
		}
	})
	if err != nil {
		return err
	}
	total := evaluation.Total()
	r.say("How good is that? Learning from the log up to %s only, it forecasts %s purchase days of the same %s customers after it; there were %s.",
		middle, count(int(total.Expected+0.5)), count(int(total.N)), count(int(total.Actual)))
	return nil
}

// valuable lists the customers of the highest value over a year.
func valuable(model clv.MBGNBD, spend clv.GammaGamma, customers []rfm.Customer[string]) ([][]string, error) {
	valuer, err := clv.NewValuer(model, spend, clv.ValueOptions{Horizon: 12, Period: year / 12.0, Discount: 0.008}) // 10 % a year
	if err != nil {
		return nil, err
	}
	type ranked struct {
		customer rfm.Customer[string]
		value    clv.Valuation
	}
	list := make([]ranked, len(customers))
	for i, c := range customers {
		list[i] = ranked{c, valuer.Value(clv.CustomerOf(c.Summary))}
	}
	slices.SortFunc(list, func(a, b ranked) int {
		return cmp.Or(cmp.Compare(b.value.Value, a.value.Value), cmp.Compare(a.customer.ID, b.customer.ID))
	})
	var rows [][]string
	for _, v := range list[:min(5, len(list))] {
		worth, _ := v.value.Amount(2)
		pattern := v.customer.Pattern()
		rows = append(rows, []string{
			v.customer.ID, percent(model.PAlive(pattern)), fmt.Sprintf("%.1f", model.CondExpected(pattern, year)), money(worth),
		})
	}
	return rows, nil
}
