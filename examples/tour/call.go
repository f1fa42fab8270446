package main

import (
	"cmp"
	"slices"
	"strconv"
)

// whomToCallFirst lists those more likely gone than not, by what there is to win.
func (s *story) whomToCallFirst(r *report) error {
	r.heading("Call these first", "tier/clv")
	if len(s.worth) == 0 {
		r.say("Needs the forecast above.")
		return nil
	}
	stake := 0.0
	var gone int
	for _, w := range s.worth {
		switch {
		case w.alive >= 0.5: // no reason to worry
		case w.alive < 0.05 || w.value <= 0:
			gone++
		default:
			s.quiet = append(s.quiet, w)
			stake += w.value
		}
	}
	slices.SortFunc(s.quiet, func(a, b asset) int { return cmp.Or(cmp.Compare(b.value, a.value), cmp.Compare(a.ID, b.ID)) })
	if len(s.quiet) == 0 {
		r.say("Nobody is more likely gone than not and yet worth a call. %s", hopeless(gone))
		return nil
	}
	var rows [][]string
	for _, w := range s.quiet[:min(5, len(s.quiet))] {
		rows = append(rows, []string{
			w.ID, strconv.Itoa(w.Purchases), strconv.Itoa(w.AsOf.Sub(w.Last)), percent(w.alive), cash(w.value / w.alive), cash(w.value),
		})
	}
	r.table([]string{"customer", "purchases", "days away", "still there", "worth if so", "at stake"}, rows)
	r.say("More likely gone than not: %s. At stake is what each is worth in the next year if still there, times the chance of that: %s in all. %s",
		plural(len(s.quiet), "customer"), cash(stake), hopeless(gone))
	return nil
}

func hopeless(gone int) string {
	if gone == 0 {
		return ""
	}
	return "Left out: " + plural(gone, "customer") + " with a chance below 5 %."
}
