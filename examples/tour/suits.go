package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/relmark/relmark/crosssell"
	"github.com/relmark/relmark/crosssell/affinity"
)

// whatSuitsWhom says what goes with what a guest has had, and why.
func (s *story) whatSuitsWhom(r *report) error {
	f := s.shelf
	if len(f.visits) == 0 || len(s.addressed()) == 0 {
		return nil
	}
	r.heading("What suits this customer, and why?", "crosssell/affinity")
	who, err := owners(f.visits).AsOf(s.sales.last, affinity.MatrixOptions{})
	if err != nil {
		return err
	}
	model, err := bestKnown(who)
	if err != nil {
		return err
	}
	var rows [][]string
	for _, id := range s.addressed() {
		if len(rows) >= 5 {
			break
		}
		list, err := model.Suggest(affinity.Query[string]{Owned: f.owned[id], N: 2, Reasons: new(2)})
		if err != nil {
			return err
		}
		for _, suggestion := range list {
			rows = append(rows, []string{id, suggestion.Item, fmt.Sprintf("%.2f", suggestion.Score), reasons(suggestion)})
		}
	}
	if len(rows) == 0 {
		r.say("Those to call and the most valuable have had all there is.")
		return nil
	}
	r.table([]string{"customer", "has not had", "score", "because of"}, rows)
	r.say("The score adds up what each thing they have had says for the new one.")
	return nil
}

// neighbours finds the twenty items that go best with each.
func neighbours(who *affinity.Matrix[string, string]) (*affinity.Model[string], error) {
	return who.Neighbours(context.Background(), affinity.NeighbourParams{Similarity: affinity.ShrunkCosine, Shrink: 10, K: new(20)})
}

// weighed lets all items explain each one together, so that what everybody has says little.
func weighed(who *affinity.Matrix[string, string]) (*affinity.Model[string], error) {
	return who.EASE(context.Background(), affinity.EASEParams{Lambda: 50})
}

// weighable is how many items can be weighed in no time.
const weighable = 500

// bestKnown weighs the items unless they are too many.
func bestKnown(who *affinity.Matrix[string, string]) (*affinity.Model[string], error) {
	if len(who.Items()) > weighable {
		return neighbours(who)
	}
	return weighed(who)
}

// owners counts who got what when.
func owners(visits []visit) *affinity.Ownership[string, string] {
	var who affinity.Ownership[string, string]
	for _, v := range visits {
		for _, item := range v.items {
			// A visit has a customer, a day and items: nothing that could be refused.
			_ = who.Add(affinity.Event[string, string]{Customer: v.customer, Item: item, On: v.on, Times: 1})
		}
	}
	return &who
}

func reasons(s crosssell.Suggestion[string]) string {
	var parts []string
	for _, e := range s.Because {
		name := "others"
		if len(e.Items) == 1 {
			name = e.Items[0]
		}
		parts = append(parts, fmt.Sprintf("%s %.2f", name, e.Weight))
	}
	return strings.Join(parts, ", ")
}
