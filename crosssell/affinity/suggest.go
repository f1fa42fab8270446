package affinity

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell"
	"github.com/relmark/relmark/internal/codec"
)

// defaultReasons is how many pieces of evidence are named singly.
const defaultReasons = 3

// Suggest returns the N items that suit the customer best, with the reasons: what the
// customer has that speaks for them, how many customers have both, and how much of the
// score that is. The last of these sums up what is not named singly, so that the weights
// add up to the score. Where nothing speaks for an item on the whole, its score is 0
// and no evidence of affinity is named; such items come last. What is returned are first
// purchases, and where [Query.Again] says so repeat purchases, which have evidence of the
// source favourite that adds nothing to the score. It fails as [Ranker.AppendTop] does.
// It allocates memory for the scores of all items; who asks often asks [Ranker.Suggest].
func (m *Model[I]) Suggest(q Query[I]) ([]crosssell.Suggestion[I], error) {
	return m.Ranker().Suggest(q)
}

// Suggest does as [Model.Suggest] does, with memory of the ranker where it can.
func (r *Ranker[I]) Suggest(q Query[I]) ([]crosssell.Suggestion[I], error) {
	picks, err := r.top(&q)
	if err != nil {
		return nil, err
	}
	list := make([]crosssell.Suggestion[I], 0, len(picks))
	for _, p := range picks {
		s := crosssell.Suggestion[I]{Item: r.model.in.items[p.at]}
		if p.score > 0 {
			s.Score, s.Because = p.score, r.model.because(r.owned, p.at, or(q.Reasons, defaultReasons))
		}
		if r.owns(p.at) {
			s.Because = append(s.Because, crosssell.Evidence[I]{Source: crosssell.FromFavourite, Items: []I{s.Item}})
		}
		list = append(list, s)
	}
	return list, nil
}

// Why returns what each item that a customer has adds to the score of another one, the
// strongest first, of equals the lower item: the weights add up to the score. Items that
// add nothing, and such that the model does not know, are left out. It fails with
// [ErrUnknownItem] and, where the model knows nothing of what the customer has, with
// [ErrNoHistory].
func (m *Model[I]) Why(owned []I, item I) ([]crosssell.Evidence[I], error) {
	j, err := m.find(item)
	if err != nil {
		return nil, err
	}
	r := Ranker[I]{model: m}
	if err := r.resolve(&Query[I]{Owned: owned}); err != nil {
		return nil, err
	}
	return m.because(r.owned, j, len(owned)), nil
}

// because returns the evidence for item j: so many pieces singly, the rest as one.
func (m *Model[I]) because(owned []link, j int32, singly int) []crosssell.Evidence[I] {
	parts := make([]link, 0, len(owned))
	for _, o := range owned {
		if w := o.weight * m.table[o.item].at(j); w != 0 && o.item != j {
			parts = append(parts, link{w, o.item})
		}
	}
	slices.SortFunc(parts, func(a, b link) int {
		return cmp.Or(cmp.Compare(b.weight, a.weight), cmp.Compare(a.item, b.item))
	})
	singly = min(singly, len(parts))
	list := make([]crosssell.Evidence[I], 0, singly+1)
	for _, p := range parts[:singly] {
		counts := m.in.together(p.item, j)
		list = append(list, crosssell.Evidence[I]{
			Source: crosssell.FromAffinity, Items: []I{m.in.items[p.item]}, Weight: p.weight, Counts: &counts,
		})
	}
	if rest := parts[singly:]; len(rest) > 0 {
		list = append(list, m.summary(rest))
	}
	return list
}

// summary returns one piece of evidence for many.
func (m *Model[I]) summary(parts []link) crosssell.Evidence[I] {
	e := crosssell.Evidence[I]{Source: crosssell.FromAffinity, Items: make([]I, 0, len(parts))}
	for _, p := range parts {
		e.Items = append(e.Items, m.in.items[p.item])
		e.Weight += p.weight
	}
	slices.Sort(e.Items)
	return e
}

// Favourites returns the n items that a customer gets most often of those that are
// bought again and again, as the host says of each: the baseline for repeat purchases,
// as [Model.Suggest] is for first ones. The score is how often, with times long past
// counting less where the matrix has a half-life; of equals the one bought last comes
// first, then the lower item. There are fewer where the customer has fewer. It fails with
// a [relmark.FieldError] unless n ≥ 1, for a nil function and for holdings that no
// [Matrix.Holdings] gives, such as an item twice, and with [ErrNoHistory] for a customer
// without holdings. It takes O(k log k) time for k holdings.
func Favourites[I relmark.ID](holdings []Holding[I], n int, again func(I) bool) ([]crosssell.Suggestion[I], error) {
	if n < 1 {
		return nil, invalid("N", n, "must be 1 or more")
	}
	if again == nil {
		return nil, invalid("Again", nil, "must say what is bought again and again")
	}
	if len(holdings) == 0 {
		return nil, wrapped(ErrNoHistory)
	}
	if err := checkHoldings(holdings); err != nil {
		return nil, err
	}
	kept := make([]Holding[I], 0, len(holdings))
	for _, h := range holdings {
		if again(h.Item) {
			kept = append(kept, h)
		}
	}
	slices.SortFunc(kept, func(a, b Holding[I]) int {
		return cmp.Or(cmp.Compare(b.Frequency, a.Frequency), b.Last.Compare(a.Last), cmp.Compare(a.Item, b.Item))
	})
	list := make([]crosssell.Suggestion[I], 0, min(n, len(kept)))
	for _, h := range kept[:min(n, len(kept))] {
		list = append(list, crosssell.Suggestion[I]{Item: h.Item, Score: h.Frequency, Because: []crosssell.Evidence[I]{
			{Source: crosssell.FromFavourite, Items: []I{h.Item}, Weight: h.Frequency},
		}})
	}
	return list, nil
}

// checkHoldings reports the first of some holdings that no matrix gives.
func checkHoldings[I relmark.ID](holdings []Holding[I]) error {
	seen := make(map[I]bool, len(holdings))
	for i, h := range holdings {
		if !(h.Frequency >= 0 && h.Frequency <= maxFrequency) {
			return invalid(fmt.Sprintf("Holdings[%d].Frequency", i), h.Frequency, "must be 0 to 2^63")
		}
		if seen[h.Item] || !codec.IsUTF8(&h.Item) {
			return invalid(fmt.Sprintf("Holdings[%d].Item", i), nil, "must be UTF-8 and come once")
		}
		seen[h.Item] = true
	}
	return nil
}

// maxFrequency is more often than anything can have happened.
const maxFrequency = 1 << 63
