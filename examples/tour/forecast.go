package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/tier/clv"
	"github.com/relmark/relmark/tier/rfm"
)

const year = 52 // weeks

// whoIsStillACustomer fits a model of purchase and churn and forecasts a year.
func (s *story) whoIsStillACustomer(r *report) error {
	r.heading("Who is still a customer, and what will they buy?", "tier/clv")
	customers, _, err := s.base.Summaries(s.sales.last, rfm.Options{Unit: rfm.Week})
	if err != nil {
		return err
	}
	patterns := make([]rfm.Pattern, len(customers))
	for i, c := range customers {
		patterns[i] = c.Pattern()
	}
	fit, err := learnPurchases(patterns)
	if few(err) {
		r.say("Needs more: some dozens of customers, of whom some came back (%v).", err)
		return nil
	}
	if err != nil {
		return err
	}
	alive := 0.0
	for _, p := range clv.AppendPAlive(nil, fit.Model, patterns) {
		alive += p
	}
	ahead := forecast(fit, patterns, year)
	r.say("About %s of %s are still customers; they are expected to buy on %s days in the next year, %s.",
		whole(alive), count(len(customers)), whole(ahead.Estimate), ahead.within())
	if text := warnings("purchases", fit.Warnings); text != "" {
		r.say("%s", text)
	}
	if err := s.sayTrackRecord(r); err != nil {
		return err
	}
	return s.value(r, fit.Model, customers)
}

// few reports whether an error says that a log is too small for a model.
func few(err error) bool {
	return errors.Is(err, relmark.ErrTooFew) || errors.Is(err, relmark.ErrNoConverge)
}

// learnPurchases fits how often customers buy and when they leave.
func learnPurchases(customers []rfm.Pattern) (clv.Fit[clv.MBGNBD], error) {
	var table rfm.Patterns
	for _, p := range customers {
		if err := table.Add(p, 1); err != nil {
			return clv.Fit[clv.MBGNBD]{}, err
		}
	}
	return clv.FitMBGNBD(context.Background(), &table, clv.FitOptions{})
}

// warnings says what the data do not tell a model of something; "" if they tell all.
func warnings(of string, list []clv.Warning) string {
	if len(list) == 0 {
		return ""
	}
	texts := make([]string, len(list))
	for i, w := range list {
		texts[i] = w.String()
	}
	return fmt.Sprintf("The model of %s warns: %s.", of, strings.Join(texts, "; "))
}

// An outlook is a forecast of a number of purchase days.
type outlook struct {
	clv.Interval
	sure bool // whether it knows how far off the parameters may be
}

// forecast sums up what customers are expected to buy within a time. Its interval
// of 95 % adds two variances: of what they do by chance if the model is right, and
// of the parameters, which were learned from some customers only.
func forecast(fit clv.Fit[clv.MBGNBD], customers []rfm.Pattern, within float64) outlook {
	expected := func(m clv.MBGNBD) float64 {
		sum := 0.0
		for _, e := range clv.AppendCondExpected(nil, m, customers, within) {
			sum += e
		}
		return sum
	}
	o := outlook{Interval: clv.Interval{Estimate: expected(fit.Model)}}
	const z = 1.959963984540054 // of the normal law
	variance := 0.0
	if learned, err := fit.Delta(0.95, expected); err == nil {
		o.sure = true
		deviation := (learned.High - learned.Estimate) / z
		variance = deviation * deviation
	}
	for _, c := range customers {
		variance += spread(fit.Model, c, within)
	}
	off := z * math.Sqrt(variance)
	o.Low, o.High = max(0, o.Estimate-off), o.Estimate+off
	return o
}

// spread is the variance of what one customer buys within a time.
func spread(m clv.MBGNBD, c rfm.Pattern, within float64) float64 {
	mass, mean, square := 0.0, 0.0, 0.0
	for n := 0; mass < 1-1e-9 && n < 1000; n++ {
		p := m.CondPMF(c, n, within)
		mass += p
		mean += p * float64(n)
		square += p * float64(n) * float64(n)
	}
	return max(0, square-mean*mean)
}

func (o outlook) within() string {
	text := fmt.Sprintf("with 95 %% between %s and %s", whole(o.Low), whole(o.High))
	if !o.sure {
		text += " if the parameters are right"
	}
	return text
}

// value lists the most valuable customers and remembers what each is worth.
func (s *story) value(r *report, model clv.MBGNBD, customers []rfm.Customer[string]) error {
	spend, notes, err := learnSpend(customers)
	if err != nil {
		return err
	}
	if s.worth, err = worth(model, spend, customers); err != nil {
		return err
	}
	var rows [][]string
	for _, w := range s.worth[:min(5, len(s.worth))] {
		rows = append(rows, []string{w.ID, percent(w.alive), fmt.Sprintf("%.1f", w.purchases), cash(w.value)})
	}
	r.table([]string{"customer", "still there", "purchases in a year", "worth today"}, rows)
	r.say("The most valuable ones: what the purchases of a year are worth today, before cost, discounted at 10 %% a year.")
	if notes != "" {
		r.say("%s", notes)
	}
	return nil
}

// learnSpend fits what customers spend on a purchase. Where amounts are too few or
// too much alike for a model, the average of the customer's own purchases and one
// average purchase of all does instead. Notes tell what there is to know of it.
func learnSpend(customers []rfm.Customer[string]) (model clv.GammaGamma, notes string, err error) {
	var spend clv.Spend
	sum := 0.0
	for _, c := range customers {
		if _, err := spend.AddSummary(c.Summary); err != nil {
			return model, "", err
		}
		sum += c.MeanDay()
	}
	fit, err := clv.FitGammaGamma(context.Background(), &spend, clv.FitOptions{})
	if _, known := fit.Model.Mean(); err == nil && known {
		return fit.Model, warnings("spend", fit.Warnings) + dependence(&spend), nil
	}
	if err != nil && !few(err) {
		return model, "", err
	}
	mean := sum / float64(len(customers))
	if !(mean > 0) {
		return model, "", &relmark.FieldError{Field: "Amount", Rule: "must be > 0 somewhere"}
	}
	if model, err = clv.NewGammaGamma(clv.GammaGammaParams{P: 1, Q: 2, V: mean}); err != nil {
		return model, "", err
	}
	return model, fmt.Sprintf("What they spend on a purchase says too little for a model of it: each is taken to spend the average of the own repeat purchases and one average purchase of all, %.2f.", mean), nil
}

// dependence says what the model of spend takes for granted and is not so here.
func dependence(spend *clv.Spend) string {
	r, err := spend.Dependence(0.95)
	switch {
	case err != nil || r.Low <= 0 && r.High >= 0:
		return ""
	case r.Low > 0:
		return fmt.Sprintf(" Those who buy often spend more on a purchase (correlation %.3f to %.3f), which the model of spend does not know: the most frequent buyers are worth more than that.", r.Low, r.High)
	}
	return fmt.Sprintf(" Those who buy often spend less on a purchase (correlation %.3f to %.3f), which the model of spend does not know: the most frequent buyers are worth less than that.", r.Low, r.High)
}

// An asset is a customer and what the purchases of a year are worth.
type asset struct {
	rfm.Customer[string]
	alive     float64 // the chance that this still is a customer
	purchases float64 // expected in a year
	value     float64 // expected, so it counts that chance
}

// worth values every customer over a year, the most valuable first.
func worth(model clv.MBGNBD, spend clv.GammaGamma, customers []rfm.Customer[string]) ([]asset, error) {
	valuer, err := clv.NewValuer(model, spend, clv.ValueOptions{Horizon: 12, Period: year / 12.0, Discount: 0.008}) // 10 % a year
	if err != nil {
		return nil, err
	}
	list := make([]asset, len(customers))
	for i, c := range customers {
		v := valuer.Value(clv.CustomerOf(c.Summary))
		list[i] = asset{c, v.PAlive, model.CondExpected(c.Pattern(), year), v.Value}
	}
	slices.SortFunc(list, func(a, b asset) int {
		return cmp.Or(cmp.Compare(b.value, a.value), cmp.Compare(a.ID, b.ID))
	})
	return list, nil
}
