package main

import (
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/tier/clv"
	"github.com/relmark/relmark/tier/rfm"
)

// sayTrackRecord learns from the first half of the log, forecasts the second, judges
// the forecast and draws it.
func (s *story) sayTrackRecord(r *report) error {
	middle := s.sales.first.AddDays(s.sales.last.Sub(s.sales.first) / 2)
	if middle == s.sales.last {
		r.say("How good is that? The log is too short to tell.")
		return nil
	}
	splits, err := s.base.Splits(middle, s.sales.last, rfm.Options{Unit: rfm.Week})
	if err != nil {
		return err
	}
	patterns := make([]rfm.Pattern, len(splits))
	bought := 0
	for i, split := range splits {
		patterns[i] = split.Calibration.Pattern()
		bought += split.Purchases
	}
	fit, err := learnPurchases(patterns)
	if few(err) {
		r.say("How good is that? The first half of the log, up to %s, is too little to learn from (%v).", middle, err)
		return nil
	}
	if err != nil {
		return err
	}
	ahead := forecast(fit, patterns, splits[0].Length)
	r.say("How good is that? Learning from the log up to %s only, it forecasts %s purchase days of the same %s customers after it, %s; there were %s, %s.",
		middle, whole(ahead.Estimate), count(len(splits)), ahead.within(), count(bought), verdict(ahead, bought))
	if err := s.drawTracking(r, fit.Model, splits); err != nil {
		return err
	}
	return compareModels(r, fit.Model, splits)
}

// verdict says whether a forecast held.
func verdict(o outlook, bought int) string {
	off := (o.Estimate - float64(bought)) / float64(max(1, bought))
	switch {
	case float64(bought) > o.High:
		return "more than the interval holds. The forecast missed, " + percent(-off) + " too low: read that of the next year with this in mind"
	case float64(bought) < o.Low:
		return "fewer than the interval holds. The forecast missed, " + percent(off) + " too high: read that of the next year with this in mind"
	}
	return "within the interval, so the forecast held"
}

// drawTracking draws the repeat purchase days of customers known by the middle of
// the log, and what the model expects of them, week by week from the first day on.
func (s *story) drawTracking(r *report, model clv.MBGNBD, customers []rfm.CustomerSplit[string]) error {
	var tracking clv.Tracking
	for _, c := range customers {
		history, _ := s.base.History(c.ID)
		days, err := history.PurchaseDays(s.sales.last, rfm.Options{})
		if err != nil {
			return err
		}
		var weeks []float64
		for on := range days {
			weeks = append(weeks, s.week(on))
		}
		if err := tracking.Add(weeks[0], weeks[1:]...); err != nil {
			return err
		}
	}
	at := make([]float64, plotWidth)
	for i := range at {
		at[i] = s.week(s.sales.last) * float64(i) / (plotWidth - 1)
	}
	actual, expected := make([]float64, plotWidth), make([]float64, plotWidth)
	for i, p := range clv.Curve(model, tracking, at) {
		actual[i], expected[i] = float64(p.Actual), p.Expected
	}
	r.plot(plot{
		curves: []curve{{'*', actual}, {'o', expected}},
		top:    whole(max(slices.Max(actual), slices.Max(expected))), begin: s.sales.first.String(), end: s.sales.last.String(),
	})
	r.say("* are their repeat purchase days so far, o what the model of the first half expects.")
	return nil
}

// week returns the time since the first day of the log.
func (s *story) week(on relmark.Date) float64 { return float64(on.Sub(s.sales.first)) / 7 }
