package main

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell/evaluation"
)

// lifePeriods is how many parts the log has, half of which are compared with the others.
const lifePeriods = 8

// whatGrows says which services grow and which fall, and what goes if one is cut.
func (s *story) whatGrows(r *report) error {
	if len(s.shelf.visits) == 0 {
		return nil
	}
	r.heading("Which services grow, and which fall?", "crosssell/evaluation")
	services, err := s.services()
	if err != nil {
		return err
	}
	life, err := services.Life(evaluation.StandardStageRule(lifePeriods / 2))
	if err != nil {
		return err
	}
	slices.SortStableFunc(life, func(a, b evaluation.Service[string]) int {
		return cmp.Or(cmp.Compare(urgency(a), urgency(b)), cmp.Compare(sureGrowth(b), sureGrowth(a)), cmp.Compare(b.Penetration.Count, a.Penetration.Count))
	})
	shown := map[evaluation.Stage]int{}
	var rows [][]string
	for _, service := range life {
		if shown[service.Stage]++; service.Trend != nil && shown[service.Stage] <= 4 {
			rows = append(rows, lifeRow(service))
		}
	}
	r.table([]string{"service", "had by", "first half", "second half", "change", "95 % interval", "it is in"}, rows)
	r.say("The four that change most surely of each kind; customers who bought in both halves say nothing of a change.")
	if life[0].Stage != evaluation.Decline {
		return nil
	}
	cut, err := services.Cut(life[0].Service, evaluation.CutAssumption{Leave: 0.1, Replace: 0.5})
	if err != nil {
		return err
	}
	r.say("Cutting %s would cost %s if one in ten of its %s left for good and the others spent half of that on something else; %s if all of them left.",
		life[0].Service, cash(cut.Lost), plural(int(cut.Holders), "customer"), money(cut.AtRisk))
	return nil
}

// services counts who bought what in each part of the log.
func (s *story) services() (*evaluation.Services[string, string], error) {
	days := s.sales.last.Sub(s.sales.first) + 1
	if days < lifePeriods {
		return nil, fmt.Errorf("%s: %w", plural(days, "day"), relmark.ErrTooFew)
	}
	p := evaluation.ServiceParams{Digits: 2}
	for i := range lifePeriods + 1 {
		p.Edges = append(p.Edges, s.sales.first.AddDays(days*i/lifePeriods).Start(time.UTC))
	}
	services, err := evaluation.NewServices[string, string](p)
	if err != nil {
		return nil, err
	}
	for _, row := range s.sales.rows {
		if row.item == "" || !row.amount.IsPositive() {
			continue
		}
		if err := services.Add(evaluation.Purchase[string, string]{Customer: row.customer, Service: row.item, At: row.on.Start(time.UTC), Amount: row.amount}); err != nil {
			return nil, err
		}
	}
	return services, nil
}

// urgency puts what surely falls first, then what surely grows.
func urgency(s evaluation.Service[string]) int {
	return slices.Index([]evaluation.Stage{evaluation.Decline, evaluation.Introduction, evaluation.Growth, evaluation.Maturity, evaluation.Undetermined}, s.Stage)
}

// sureGrowth is the growth that a service has at the least.
func sureGrowth(s evaluation.Service[string]) float64 {
	if s.Trend == nil {
		return -1
	}
	return s.Trend.Low
}

func lifeRow(s evaluation.Service[string]) []string {
	t, growth, limits := s.Trend, "new", "-"
	if t.Growth != nil && t.High != nil {
		growth, limits = change(*t.Growth), change(t.Low)+" to "+change(*t.High)
	}
	stage := string(s.Stage)
	if s.Stage == evaluation.Undetermined {
		stage = "-"
	}
	return []string{
		s.Service, percent(s.Penetration.Value), count(int(t.Before)), count(int(t.Last)), growth, limits, stage,
	}
}

// change writes a growth in percent, or how many times as much it came to.
func change(growth float64) string {
	if growth > 9 {
		return fmt.Sprintf("%s-fold", whole(1+growth))
	}
	return fmt.Sprintf("%+.0f %%", 100*growth)
}
