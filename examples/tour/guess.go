package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell/affinity"
	"github.com/relmark/relmark/crosssell/evaluation"
)

// wouldItHaveGuessedRight learns from the first part of the log only, suggests, and
// looks what customers then bought for the first time.
func (s *story) wouldItHaveGuessedRight(r *report) error {
	f := s.shelf()
	if len(f.visits) == 0 {
		return nil
	}
	r.heading("Would these suggestions have been right?")
	cutoff := s.sales.first.AddDays(s.sales.last.Sub(s.sales.first) * 3 / 4)
	split, err := evaluation.SplitEvents(evaluation.SplitParams{Cutoff: cutoff.Start(time.UTC), MinBuyers: 2}, events(f.visits))
	if err != nil {
		return err
	}
	guesses, err := guess(split, f.visits, cutoff)
	if err != nil {
		return err
	}
	var rows [][]string
	source := rand.New(rand.NewPCG(2026, 15))
	for _, g := range guesses {
		row, err := g.row(guesses[0].Ranking, source)
		if err != nil {
			return err
		}
		rows = append(rows, row)
	}
	r.table([]string{"a list of " + fmt.Sprint(guesses[0].K()), "one was right", "95 % interval", "NDCG", "gain", "95 % interval"}, rows)
	r.say("Learned up to %s, for %s who later bought something for the first time. NDCG is 1 if what they bought heads the list; its gain is over what sells best.",
		cutoff.AddDays(-1), plural(int(guesses[0].Users()), "customer"))
	return nil
}

// A guesser is a way to make lists, and what its lists were worth.
type guesser struct {
	name string
	*evaluation.Ranking[string, string]
}

// guess lets what sells best, neighbours and weights suggest, who know the log before a day.
func guess(split *evaluation.Split[string, string], visits []visit, cutoff relmark.Date) (list []guesser, err error) {
	known, err := owners(visits).AsOf(cutoff.AddDays(-1), affinity.MatrixOptions{MinCustomers: 2})
	if err != nil {
		return nil, err
	}
	models := []func(*affinity.Matrix[string, string]) (*affinity.Model[string], error){nothing, neighbours}
	if len(known.Items()) <= weighable {
		models = append(models, weighed)
	}
	k := min(10, max(1, len(known.Items())/4))
	for i, learn := range models {
		model, err := learn(known)
		if err != nil {
			return nil, err
		}
		ranking, err := split.Evaluate(k, suggest(model, split.Catalogue().Popular()))
		if err != nil {
			return nil, err
		}
		list = append(list, guesser{[]string{"what sells best", "goes with what they had, singly", "goes with all they had"}[i], ranking})
	}
	return list, nil
}

// nothing learns nothing, so that what sells best is suggested.
func nothing(*affinity.Matrix[string, string]) (*affinity.Model[string], error) {
	return &affinity.Model[string]{}, nil
}

// row says how often a list was right and what it gains over another way.
func (g guesser) row(over *evaluation.Ranking[string, string], source *rand.Rand) ([]string, error) {
	resampling := evaluation.Resampling{Replicates: 500, Level: 0.95}
	m, err := g.Metrics()
	if err != nil {
		return nil, err
	}
	hit, err := g.Bootstrap(evaluation.Hit, resampling, source)
	if err != nil {
		return nil, err
	}
	gain, err := g.Compare(over, evaluation.NDCG, resampling, source)
	if err != nil {
		return nil, err
	}
	row := []string{g.name, percent(hit.Value), fmt.Sprintf("%.0f to %s", 100*hit.Low, percent(hit.High)), fmt.Sprintf("%.3f", m.NDCG), "-", "-"}
	if g.Ranking != over {
		row[4], row[5] = fmt.Sprintf("%+.3f", gain.Value), fmt.Sprintf("%+.3f to %+.3f", gain.Low, gain.High)
	}
	return row, nil
}

// suggest lists what suits a customer by a model; who has nothing that it knows gets what
// sells best.
func suggest(model *affinity.Model[string], popular []string) func(string, []string, int) ([]string, error) {
	ranker := model.Ranker()
	return func(_ string, owned []string, k int) ([]string, error) {
		top, err := ranker.AppendTop(nil, affinity.Query[string]{Owned: owned, N: k})
		if errors.Is(err, affinity.ErrNoHistory) {
			return without(popular, owned, k), nil
		}
		var list []string
		for _, scored := range top {
			list = append(list, scored.Item)
		}
		return list, err
	}
}

// without returns the first k of a list that a customer has not had.
func without(list, owned []string, k int) (rest []string) {
	for _, item := range list {
		if len(rest) < k && !slices.Contains(owned, item) {
			rest = append(rest, item)
		}
	}
	return rest
}

func events(visits []visit) func(func(evaluation.Event[string, string], error) bool) {
	return func(yield func(evaluation.Event[string, string], error) bool) {
		for _, v := range visits {
			for _, item := range v.items {
				if !yield(evaluation.Event[string, string]{User: v.customer, Item: item, At: v.on.Start(time.UTC)}, nil) {
					return
				}
			}
		}
	}
}
