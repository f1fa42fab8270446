package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/relmark/relmark/tier/clv"
	"github.com/relmark/relmark/tier/rfm"
)

// compareModels lets two other models forecast the same half of the log.
func compareModels(r *report, own clv.MBGNBD, splits []rfm.CustomerSplit[string]) error {
	var table rfm.Patterns
	for _, s := range splits {
		if err := table.Add(s.Calibration.Pattern(), 1); err != nil {
			return err
		}
	}
	rivals := []clv.Rival{{Name: "MBG/NBD, as above", Model: own}}
	if fit, err := clv.FitBGNBD(context.Background(), &table, clv.FitOptions{}); err == nil {
		rivals = append(rivals, clv.Rival{Name: "BG/NBD", Model: fit.Model})
	}
	if fit, err := clv.FitParetoNBD(context.Background(), &table, clv.FitOptions{}); err == nil {
		rivals = append(rivals, clv.Rival{Name: "Pareto/NBD", Model: fit.Model})
	}
	if len(rivals) == 1 {
		return nil
	}
	list, err := clv.CompareHoldout(0.95, func(yield func(clv.Holdout) bool) {
		for _, s := range splits {
			if !yield(clv.HoldoutOf(s.Split)) {
				return
			}
		}
	}, rivals...)
	if err != nil {
		return err
	}
	var rows [][]string
	var behind []string
	for _, c := range list {
		total := c.Evaluation.Total()
		rows = append(rows, []string{c.Name, whole(total.Expected), fmt.Sprintf("%.2f", total.RMSE())})
		if c.Behind.Low > 0 {
			behind = append(behind, c.Name)
		}
	}
	r.table([]string{"model", "forecast", "off by"}, rows)
	r.say("Off by is the root of the mean squared error per customer. %s", surely(behind))
	return nil
}

// surely names the models that are behind the first by more than chance.
func surely(behind []string) string {
	if len(behind) == 0 {
		return "These customers do not tell the models apart."
	}
	return "Behind the first by more than chance: " + strings.Join(behind, "; ") + "."
}
