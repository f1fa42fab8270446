package affinity_test

import (
	"maps"
	"math"
	"slices"

	"github.com/relmark/relmark"
)

// metrics computes the ten figures of the reference files from ranked lists, by the
// definitions beside the files and independently of package evaluation. Lists and wanted
// items are by test user; holders are the train users of each train item.
func metrics[I relmark.ID](k int, lists [][]I, wanted []map[I]bool, holders map[I]int, users int) map[string]float64 {
	sum := map[string]float64{}
	shown := map[I]int{}
	n := 0
	for u, list := range lists {
		hits, dcg, ap, first := 0, 0.0, 0.0, 0.0
		for rank, item := range list {
			shown[item]++
			sum["mean_popularity@10"] += float64(holders[item]) / float64(users)
			n++
			if !wanted[u][item] {
				continue
			}
			hits++
			dcg += 1 / math.Log2(float64(rank)+2)
			ap += float64(hits) / float64(rank+1)
			if first == 0 {
				first = 1 / float64(rank+1)
			}
		}
		ideal := 0.0
		most := min(k, len(wanted[u]))
		for rank := range most {
			ideal += 1 / math.Log2(float64(rank)+2)
		}
		sum["precision@10"] += float64(hits) / float64(k)
		sum["recall@10"] += float64(hits) / float64(len(wanted[u]))
		sum["recall_min@10"] += float64(hits) / float64(most)
		sum["ndcg@10"] += dcg / ideal
		sum["map@10"] += ap / float64(most)
		sum["mrr@10"] += first
		sum["hit@10"] += float64(min(hits, 1))
	}
	for name := range sum {
		sum[name] /= float64(len(lists))
	}
	sum["mean_popularity@10"] *= float64(len(lists)) / float64(n)
	sum["coverage@10"] = float64(len(shown)) / float64(len(holders))
	sum["gini@10"] = gini(shown, len(holders))
	return sum
}

// gini is that of how often each of so many items was shown.
func gini[I relmark.ID](shown map[I]int, items int) float64 {
	counts := append(make([]int, items-len(shown)), slices.Sorted(maps.Values(shown))...)
	weighted, total := 0.0, 0.0
	for i, x := range counts {
		weighted += float64(2*(i+1)-items-1) * float64(x)
		total += float64(x)
	}
	return weighted / (float64(items) * total)
}
