package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/relmark/relmark/crosssell/sequence"
)

// whatComesNext says what customers buy the next time, and if the order matters.
func (s *story) whatComesNext(r *report) error {
	f := s.shelf
	if len(f.visits) == 0 {
		return nil
	}
	r.heading("What do they buy next?", "crosssell/sequence")
	var histories sequence.Histories[string, string]
	known := f.favourites(300) // work grows with the square of what a visit brings
	for _, v := range f.visits {
		items := slices.DeleteFunc(slices.Clone(v.items), func(item string) bool { return !known[item] })
		if err := histories.Add(v.customer, v.on, items...); err != nil {
			return err
		}
	}
	steps, err := nextSteps(&histories)
	if err != nil {
		return err
	}
	if len(steps) == 0 {
		r.say("Needs customers who came back.")
		return nil
	}
	var rows [][]string
	for _, n := range steps[:min(5, len(steps))] {
		rows = append(rows, []string{n.after, n.item, fine(n.chance), fine(n.anyway), fmt.Sprintf("%.1f times", n.chance/n.anyway)})
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

// nextSteps lists the steps that one customer in fifty has taken and that stand out most.
func nextSteps(h *sequence.Histories[string, string]) ([]step, error) {
	taken, err := h.Frequent(context.Background(), sequence.PatternParams{
		MinCount: int64(max(2, h.Customers()/50)), MaxLen: new(2), Limits: sequence.Limits{MaxVisits: new(1)},
	})
	if err != nil {
		return nil, err
	}
	counts, err := h.Transitions(sequence.TransitionParams{Order: 1})
	if err != nil {
		return nil, err
	}
	chain, err := counts.Chain(sequence.Smoothing{Prior: 10})
	if err != nil {
		return nil, err
	}
	var steps []step
	anyway, chances := chancesOf(chain), map[string]map[string]float64{}
	for _, p := range taken {
		if len(p.Elements) < 2 || p.Elements[0][0] == p.Elements[1][0] {
			continue
		}
		after, item := p.Elements[0][0], p.Elements[1][0]
		if chances[after] == nil {
			chances[after] = chancesOf(chain, []string{after})
		}
		if chance := chances[after][item]; chance > anyway[item] {
			steps = append(steps, step{after, item, chance, anyway[item]})
		}
	}
	slices.SortFunc(steps, func(a, b step) int {
		return cmp.Or(cmp.Compare(b.chance/b.anyway, a.chance/a.anyway), cmp.Compare(a.after, b.after), cmp.Compare(a.item, b.item))
	})
	return steps, nil
}

// chancesOf returns the chance of each item to be taken next.
func chancesOf(chain *sequence.Chain[string], visits ...[]string) map[string]float64 {
	chances := map[string]float64{}
	for _, next := range chain.Next(visits...) {
		chances[next.Item] = next.P
	}
	return chances
}

// fine writes a small share in percent.
func fine(share float64) string { return fmt.Sprintf("%.1f %%", 100*share) }
