package main

import (
	"context"
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
	f := s.shelf
	if len(f.visits) == 0 {
		return nil
	}
	r.heading("Would these suggestions have been right?", "crosssell/evaluation")
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
	verdict, source := "Here none gains more than chance would do.", rand.New(rand.NewPCG(2026, 15))
	for i, g := range guesses {
		if err := g.judge(guesses[0].Ranking, source); err != nil {
			return err
		}
		rows = append(rows, g.row(i > 0))
		if g.gain.Low > 0 {
			verdict = ""
		}
	}
	r.table([]string{"a list of " + fmt.Sprint(guesses[0].K()), "one was right", "95 % interval", "NDCG", "gain", "95 % interval"}, rows)
	r.say("Learned up to %s, for %s who later bought something for the first time. NDCG is 1 if what they bought heads the list; its gain is over what sells best. %s",
		cutoff.AddDays(-1), plural(int(guesses[0].Users()), "customer"), verdict)
	return nil
}

// A guesser is a way to make lists, and what its lists were worth.
type guesser struct {
	name string
	*evaluation.Ranking[string, string]
	ndcg, hit, gain evaluation.Interval
}

// guess lets what sells best, neighbours and weights suggest, who know the log before a day.
func guess(split *evaluation.Split[string, string], visits []visit, cutoff relmark.Date) (list []*guesser, err error) {
	known, err := knownBefore(visits, cutoff)
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
		list = append(list, &guesser{name: []string{"what sells best", "goes with what they had, singly", "goes with all they had"}[i], Ranking: ranking})
	}
	return list, nil
}

// knownBefore is who had what on the eve of a day.
func knownBefore(visits []visit, day relmark.Date) (*affinity.Matrix[string, string], error) {
	return owners(visits).AsOf(day.AddDays(-1), affinity.MatrixOptions{MinCustomers: 2})
}

// nothing learns nothing, so that what sells best is suggested.
func nothing(*affinity.Matrix[string, string]) (*affinity.Model[string], error) {
	return &affinity.Model[string]{}, nil
}

// judge finds how often a list was right, and what it gains over another way.
func (g *guesser) judge(over *evaluation.Ranking[string, string], source *rand.Rand) (err error) {
	ctx, resampling := context.Background(), evaluation.Resampling{Replicates: 500, Level: 0.95}
	if g.ndcg, err = g.Bootstrap(ctx, evaluation.NDCG, resampling, source); err != nil {
		return err
	}
	if g.hit, err = g.Bootstrap(ctx, evaluation.Hit, resampling, source); err != nil {
		return err
	}
	g.gain, err = g.Compare(ctx, over, evaluation.NDCG, resampling, source)
	return err
}

func (g *guesser) row(gains bool) []string {
	row := []string{g.name, percent(g.hit.Value), fmt.Sprintf("%.0f to %s", 100*g.hit.Low, percent(g.hit.High)), fmt.Sprintf("%.3f", g.ndcg.Value), "-", "-"}
	if gains {
		row[4], row[5] = fmt.Sprintf("%+.3f", g.gain.Value), fmt.Sprintf("%+.3f to %+.3f", g.gain.Low, g.gain.High)
	}
	return row
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
