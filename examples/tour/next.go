package main

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/relmark/relmark/crosssell/sequence"
)

// whatComesNext says what customers buy the next time, and if the order matters.
func (s *story) whatComesNext(r *report) error {
	f := s.shelf()
	if len(f.visits) == 0 {
		return nil
	}
	r.heading("What do they buy next?")
	var histories sequence.Histories[string, string]
	for _, v := range f.visits {
		if err := histories.Add(v.customer, v.on, v.items...); err != nil {
			return err
		}
	}
	steps, err := nextSteps(&histories, f.items())
	if err != nil {
		return err
	}
	if len(steps) == 0 {
		r.say("Needs customers who came back.")
		return nil
	}
	var rows [][]string
	for _, n := range steps[:min(5, len(steps))] {
		rows = append(rows, []string{n.after, n.item, percent(n.chance), percent(n.anyway), fmt.Sprintf("%.1f times", n.chance/n.anyway)})
	}
	r.table([]string{"after", "the next time", "of what they take", "in any case", "as often"}, rows)
	return sayOrder(r, &histories, steps[0])
}

// sayOrder counts who took two things in this order, and who in the other one.
func sayOrder(r *report, h *sequence.Histories[string, string], n step) error {
	very := sequence.Limits{MaxVisits: new(1)}
	forward, err := h.Count(very, []string{n.after}, []string{n.item})
	if err != nil {
		return err
	}
	back, err := h.Count(very, []string{n.item}, []string{n.after})
	if err != nil {
		return err
	}
	r.say("%s took %s and on the very next visit %s, %s the other way round. Shares are drawn towards what is taken in any case as if by ten things more, so that a few coincidences count for little.",
		plural(int(forward), "customer"), n.after, n.item, count(int(back)))
	return nil
}

// A step says how often an item is among what is taken on the visit after another one.
type step struct {
	after, item    string
	chance, anyway float64
}

// nextSteps lists the steps that stand out most, after any of the hundred items that
// most customers have.
func nextSteps(h *sequence.Histories[string, string], items []string) ([]step, error) {
	counts, err := h.Transitions(sequence.TransitionParams{Order: 1})
	if err != nil {
		return nil, err
	}
	chain, err := counts.Chain(sequence.Smoothing{Prior: 10})
	if err != nil {
		return nil, err
	}
	var steps []step
	anyway := chain.Next()
	for _, after := range items[:min(100, len(items))] {
		for i, next := range chain.Next([]string{after}) {
			if next.Item != after && next.P > anyway[i].P {
				steps = append(steps, step{after, next.Item, next.P, anyway[i].P})
			}
		}
	}
	slices.SortFunc(steps, func(a, b step) int {
		return cmp.Or(cmp.Compare(b.chance/b.anyway, a.chance/a.anyway), cmp.Compare(a.after, b.after), cmp.Compare(a.item, b.item))
	})
	return steps, nil
}
