package affinity_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell/affinity"
	"github.com/relmark/relmark/internal/reference"
)

const (
	room = "crosssell/affinity"
	topK = 10
)

// A split is a data set: who had what before, and what each test user got then.
type split[I relmark.ID] struct {
	matrix  *affinity.Matrix[int64, I]
	users   []int64 // of the test, ascending
	wanted  []map[I]bool
	owned   [][]I
	holders map[I]int
	id      func(string) I
	ease    map[string]*affinity.Model[I] // by λ; only those that two files ask for are kept
}

func load[I relmark.ID](tb testing.TB, name string, id func(string) I) *split[I] {
	tb.Helper()
	users, items := purchases(tb, name+"_train")
	ids := make([]I, len(items))
	s := &split[I]{holders: map[I]int{}, id: id, ease: map[string]*affinity.Model[I]{}}
	for k, item := range items {
		ids[k] = id(item)
	}
	s.matrix = matrix(tb, own(tb, users, ids))
	for _, i := range s.matrix.Items() {
		s.holders[i] = int(s.matrix.Together(i, i).Left)
	}
	testUsers, testItems := purchases(tb, name+"_test")
	wanted := map[int64]map[I]bool{}
	for k, u := range testUsers {
		if wanted[u] == nil {
			wanted[u] = map[I]bool{}
			s.users = append(s.users, u)
		}
		wanted[u][id(testItems[k])] = true
	}
	slices.Sort(s.users)
	for _, u := range s.users {
		s.wanted = append(s.wanted, wanted[u])
		s.owned = append(s.owned, s.matrix.AppendOwned(nil, u))
	}
	return s
}

// eachSplit runs f with a data set whose item ids are numbers if all of them are, and
// else texts.
func eachSplit(tb testing.TB, name string, numbers func(*split[int64]), texts func(*split[string])) {
	tb.Helper()
	if _, items := purchases(tb, name+"_train"); numeric(items) {
		numbers(load(tb, name, number))
	} else {
		texts(load(tb, name, text))
	}
}

// params reads "K=20 sum" or "K=100 shrink=10".
func params(tb testing.TB, s string) map[string]string {
	tb.Helper()
	values := map[string]string{}
	for part := range strings.FieldsSeq(s) {
		name, value, found := strings.Cut(part, "=")
		require.True(tb, found || part == "sum", s)
		values[name] = value
	}
	return values
}

func float(tb testing.TB, s string) float64 {
	tb.Helper()
	x, err := strconv.ParseFloat(s, 64)
	require.NoError(tb, err, s)
	return x
}

// similarity returns the words of this package for those of the files.
func similarity(model string) affinity.Similarity {
	name := strings.TrimPrefix(model, "knn-")
	switch name {
	case "tfidf_norm":
		return affinity.TFIDF
	case "cosine_shrink":
		return affinity.ShrunkCosine
	}
	return affinity.Similarity(name)
}

// lists returns what a model of a row recommends to the test users.
func (s *split[I]) lists(tb testing.TB, model, settings string) [][]I {
	tb.Helper()
	if model == "popularity" {
		return s.popular(tb)
	}
	p := params(tb, settings)
	if model == "EASE" {
		return s.top(tb, s.fit(tb, p["lambda"]))
	}
	n := affinity.NeighbourParams{Similarity: similarity(model), Workers: 2}
	if shrink, ok := p["shrink"]; ok {
		n.Shrink = float(tb, shrink)
	}
	return s.top(tb, s.neighbours(tb, n, p["K"]))
}

// fit returns the model of EASE for a λ. It takes seconds: one that is kept is made once.
func (s *split[I]) fit(tb testing.TB, lambda string) *affinity.Model[I] {
	tb.Helper()
	kept, keep := s.ease[lambda]
	if kept != nil {
		return kept
	}
	m, err := s.matrix.EASE(tb.Context(), affinity.EASEParams{Lambda: float(tb, lambda)})
	require.NoError(tb, err)
	if keep {
		s.ease[lambda] = m
	}
	return m
}

func (s *split[I]) top(tb testing.TB, m *affinity.Model[I]) [][]I {
	tb.Helper()
	r := m.Ranker()
	all := make([][]I, len(s.users))
	var scored []affinity.Scored[I]
	for u := range s.users {
		var err error
		scored, err = r.AppendTop(scored[:0], affinity.Query[I]{Owned: s.owned[u], N: topK})
		if errors.Is(err, affinity.ErrNoHistory) { // a stranger: every item has score 0
			all[u] = m.Items()[:min(topK, len(m.Items()))]
			continue
		}
		require.NoError(tb, err)
		for _, x := range scored {
			all[u] = append(all[u], x.Item)
		}
	}
	return all
}

func (s *split[I]) popular(tb testing.TB) [][]I {
	tb.Helper()
	p, err := affinity.NewPopularity(s.matrix, func(int64) string { return "" }, affinity.PopularityParams{})
	require.NoError(tb, err)
	all := make([][]I, len(s.users))
	for u := range s.users {
		list, err := p.Suggest("", s.owned[u], topK, nil)
		require.NoError(tb, err)
		for _, x := range list {
			all[u] = append(all[u], x.Item)
		}
	}
	return all
}

// compare holds a row against the metrics of our lists.
func (s *split[I]) compare(tb testing.TB, f *reference.File, row map[string]string) {
	tb.Helper()
	model, what := row["model"], row["dataset"]+" "+row["model"]+" "+row["params"]
	got := metrics(topK, s.lists(tb, model, row["params"]), s.wanted, s.holders, len(s.matrix.Customers()))
	got["test_users"] = float64(len(s.users))
	tolerance := 1e-9
	if model == "knn-lift" { // near ties of scores
		tolerance = 1e-4
	}
	for name, want := range row {
		if name == "dataset" || name == "model" || name == "params" || want == "" {
			continue
		}
		value, known := got[name]
		require.True(tb, known, "no metric %s", name)
		f.Near(float(tb, want), value, tolerance, 0, "%s %s", what, name)
	}
}

// The metrics of models on each data set; and of some models the lists of the first test
// users with their scores, and single weights.
func TestReferenceRecommenders(t *testing.T) {
	t.Parallel()
	f := reference.Open(t, room, "crosssell_recommender_metrics.csv")
	byData, lists := map[string][]map[string]string{}, map[string]*reference.File{}
	for _, row := range f.Rows() {
		if f.Owns(row["model"]) {
			byData[row["dataset"]] = append(byData[row["dataset"]], row)
		}
	}
	for _, file := range reference.Glob(t, room, "crosssell_recommender_*.json*") {
		name, _, _ := strings.Cut(strings.TrimPrefix(file.Name, "crosssell_recommender_"), ".")
		lists[name] = file
		byData[name] = append(byData[name], nil...) // there may be no metrics
	}
	for name, rows := range byData {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachSplit(t, name,
				func(s *split[int64]) { compareAll(t, s, f, rows, lists[name]) },
				func(s *split[string]) { compareAll(t, s, f, rows, lists[name]) })
		})
	}
}

// compareAll holds one data set against metrics and lists, which may be nil.
func compareAll[I relmark.ID](tb testing.TB, s *split[I], f *reference.File, rows []map[string]string, lists *reference.File) {
	tb.Helper()
	var contents map[string]json.RawMessage
	if lists != nil {
		lists.JSON(&contents)
		for key := range contents {
			if lambda, ok := strings.CutPrefix(key, "ease"); ok {
				s.ease[strings.TrimSuffix(lambda, "_B")] = nil
			}
		}
	}
	for _, row := range rows {
		s.compare(tb, f, row)
	}
	if lists != nil {
		compareLists(tb, s, lists, contents)
	}
}

func compareLists[I relmark.ID](tb testing.TB, s *split[I], f *reference.File, contents map[string]json.RawMessage) {
	tb.Helper()
	for key, content := range contents {
		if !f.Owns(key) {
			continue
		}
		kind, weights := strings.CutSuffix(key, "_B")
		if weights {
			s.compareWeights(tb, f, s.model(tb, kind), content)
		} else {
			s.compareScores(tb, f, s.model(tb, kind), key, content)
		}
	}
}

// model reads "ease250" or "cosine_K100".
func (s *split[I]) model(tb testing.TB, kind string) *affinity.Model[I] {
	tb.Helper()
	if lambda, ok := strings.CutPrefix(kind, "ease"); ok {
		return s.fit(tb, lambda)
	}
	name, k, _ := strings.Cut(kind, "_K")
	return s.neighbours(tb, affinity.NeighbourParams{Similarity: similarity(name)}, k)
}

// neighbours fits a model with so many neighbours by item, or "all".
func (s *split[I]) neighbours(tb testing.TB, p affinity.NeighbourParams, k string) *affinity.Model[I] {
	tb.Helper()
	if k != "all" {
		p.K = new(int(float(tb, k)))
	}
	m, err := s.matrix.Neighbours(tb.Context(), p)
	require.NoError(tb, err)
	return m
}

// A tuple is a JSON array of texts, numbers and tuples.
type tuple []any

func (s *split[I]) compareScores(tb testing.TB, f *reference.File, m *affinity.Model[I], key string, content []byte) {
	tb.Helper()
	var lists []tuple // [user, [[item, score] …]]
	require.NoError(tb, json.Unmarshal(content, &lists))
	r := m.Ranker()
	for _, l := range lists {
		user := fmt.Sprint(l[0])
		list, _ := l[1].([]any)
		owned := s.matrix.AppendOwned(nil, number(user))
		got, err := r.AppendTop(nil, affinity.Query[I]{Owned: owned, N: max(topK, len(list))})
		require.NoError(tb, err)
		f.Exact(len(list), len(got), "%s: user %s: length", key, user)
		for rank, x := range list[:min(len(list), len(got))] {
			want, _ := x.([]any)
			f.Exact(s.id(fmt.Sprint(want[0])), got[rank].Item, "%s: user %s: rank %d", key, user, rank)
			f.Near(want[1].(float64), got[rank].Score, 1e-9, 0, "%s: user %s: score %d", key, user, rank)
		}
	}
}

func (s *split[I]) compareWeights(tb testing.TB, f *reference.File, m *affinity.Model[I], content []byte) {
	tb.Helper()
	var weights []tuple // [i, j, B]
	require.NoError(tb, json.Unmarshal(content, &weights))
	for _, w := range weights {
		got, err := m.Weight(s.id(fmt.Sprint(w[0])), s.id(fmt.Sprint(w[1])))
		require.NoError(tb, err)
		f.Near(w[2].(float64), got, 1e-9, 0, "B of %v and %v", w[0], w[1])
	}
}
