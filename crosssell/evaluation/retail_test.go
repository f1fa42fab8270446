package evaluation_test

import (
	"cmp"
	"encoding/csv"
	"iter"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell/evaluation"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/internal/reference"
)

// records returns the lines of a data set below its header.
func records(t testing.TB, content []byte) [][]string {
	t.Helper()
	lines, err := csv.NewReader(strings.NewReader(string(content))).ReadAll()
	require.NoError(t, err)
	require.NotEmpty(t, lines)
	return lines[1:]
}

func retailTime(t testing.TB, text string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02T15:04", text, time.UTC)
	require.NoError(t, err)
	return at
}

// isProduct reports whether a stock code is five digits and up to two letters.
func isProduct(stock string) bool {
	letters := strings.TrimLeft(stock, "0123456789")
	return len(stock)-len(letters) == 5 && len(letters) <= 2 &&
		strings.Trim(letters, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// retail yields the purchases of Online Retail by known customers: no cancellations, no
// adjustments, products only.
func retail(t testing.TB) iter.Seq2[evaluation.Event[int, string], error] {
	t.Helper()
	_, content := reference.Data(t, "crosssell/online_retail.csv.gz")
	lines := records(t, content)
	return func(yield func(evaluation.Event[int, string], error) bool) {
		for _, line := range lines {
			quantity, err := strconv.ParseFloat(line[2], 64)
			require.NoError(t, err)
			price, err := strconv.ParseFloat(line[4], 64)
			require.NoError(t, err)
			user, err := strconv.Atoi(line[5])
			if err != nil || !isProduct(line[1]) || strings.ContainsAny(line[0][:1], "CA") || quantity <= 0 || price <= 0 {
				continue
			}
			e := evaluation.Event[int, string]{User: user, Item: strings.ToUpper(line[1]), At: retailTime(t, line[3])}
			if !yield(e, nil) {
				return
			}
		}
	}
}

// eventsOf reads user, item, time of a data set of which the file is a part.
func eventsOf(t *testing.T, content []byte) []evaluation.Event[int, string] {
	t.Helper()
	var events []evaluation.Event[int, string]
	for _, line := range records(t, content) {
		user, err := strconv.Atoi(line[0])
		require.NoError(t, err)
		events = append(events, evaluation.Event[int, string]{User: user, Item: line[1], At: retailTime(t, line[2])})
	}
	slices.SortFunc(events, func(a, b evaluation.Event[int, string]) int {
		return cmp.Or(cmp.Compare(a.User, b.User), a.At.Compare(b.At), cmp.Compare(a.Item, b.Item))
	})
	return events
}

func TestReferenceSplitOfOnlineRetail(t *testing.T) {
	t.Parallel()
	_, train := reference.Data(t, "crosssell/online_retail_train.csv.gz")
	_, test := reference.Data(t, "crosssell/online_retail_test.csv.gz")
	s, err := evaluation.SplitEvents(evaluation.SplitParams{
		Cutoff: time.Date(2011, 10, 1, 0, 0, 0, 0, time.UTC), MinBuyers: 5,
	}, retail(t))
	require.NoError(t, err)
	require.Equal(t, eventsOf(t, train), slices.Collect(s.Train()))
	require.Equal(t, eventsOf(t, test), slices.Collect(s.Test()))
	users, items := map[int]bool{}, map[string]bool{}
	for e := range s.Train() {
		users[e.User], items[e.Item] = true, true
	}
	require.Equal(t, int64(len(users)), s.Catalogue().Users())
	require.Len(t, s.Catalogue().Items(), len(items))
}

// The popularity rows of the file: figures of the manifest's protocol that need no model.
func TestReferencePopularity(t *testing.T) {
	t.Parallel()
	rows := reference.InputRows(t, "crosssell_recommender_metrics.csv")
	for _, row := range rows {
		if row["model"] != "popularity" {
			continue
		}
		t.Run(row["dataset"], func(t *testing.T) {
			t.Parallel()
			_, train := reference.Data(t, filepath.Join("crosssell", row["dataset"]+"_train.csv.gz"))
			_, test := reference.Data(t, filepath.Join("crosssell", row["dataset"]+"_test.csv.gz"))
			past, future := records(t, train), records(t, test)
			if numeric(past) {
				popularity(t, row, pairs(t, past, strconv.Atoi), pairs(t, future, strconv.Atoi))
				return
			}
			same := func(s string) (string, error) { return s, nil }
			popularity(t, row, pairs(t, past, same), pairs(t, future, same))
		})
	}
}

func numeric(lines [][]string) bool {
	return !slices.ContainsFunc(lines, func(line []string) bool { return strings.Trim(line[1], "0123456789") != "" })
}

func pairs[I relmark.ID](t *testing.T, lines [][]string, item func(string) (I, error)) map[int][]I {
	t.Helper()
	out := map[int][]I{}
	for _, line := range lines {
		user, err := strconv.Atoi(line[0])
		require.NoError(t, err)
		i, err := item(line[1])
		require.NoError(t, err)
		if !slices.Contains(out[user], i) {
			out[user] = append(out[user], i)
		}
	}
	return out
}

// popularity ranks by buyers in train what a user has not got.
func popularity[I relmark.ID](t *testing.T, row map[string]string, train, test map[int][]I) {
	t.Helper()
	buyers := map[I]int64{}
	for _, items := range train {
		for _, item := range items {
			buyers[item]++
		}
	}
	c, err := evaluation.NewCatalogue(int64(len(train)), buyers)
	require.NoError(t, err)
	r, err := evaluation.NewRanking[int](c, 10)
	require.NoError(t, err)
	popular := c.Popular()
	for user, relevant := range test {
		require.NoError(t, r.Add(user, unowned(popular, train[user], 10), relevant))
	}
	m, err := r.Metrics()
	require.NoError(t, err)
	require.Equal(t, row["test_users"], strconv.FormatInt(m.Users, 10))
	for name, got := range map[string]float64{
		"precision": m.Precision, "recall": m.Recall, "recall_min": m.RecallMin, "ndcg": m.NDCG, "map": m.MAP,
		"mrr": m.MRR, "hit": m.Hit, "coverage": m.Exposure.Coverage, "gini": m.Exposure.Gini,
		"mean_popularity": m.Exposure.Popularity,
	} {
		want, err := strconv.ParseFloat(row[name+"@10"], 64)
		require.NoError(t, err)
		near.Equal(t, want, got, 1e-12, 0, name)
	}
}

// unowned returns the first k items of a list that are not owned.
func unowned[I relmark.ID](list, owned []I, k int) []I {
	out := make([]I, 0, k)
	for _, item := range list {
		if len(out) < k && !slices.Contains(owned, item) {
			out = append(out, item)
		}
	}
	return out
}
