package affinity_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/crosssell/affinity"
)

// retail loads the customers of Online Retail: 3,612 of 2,923 items, 187,175 holdings.
func retail(b *testing.B) *split[string] {
	b.Helper()
	s := load(b, "online_retail", text)
	s.owned = s.owned[:0]
	for _, u := range s.matrix.Customers() {
		s.owned = append(s.owned, s.matrix.AppendOwned(nil, u))
	}
	return s
}

func BenchmarkAsOf187kHoldings(b *testing.B) {
	users, items := purchases(b, "online_retail_train")
	w := own(b, users, items)
	b.ReportAllocs()
	for b.Loop() {
		_, err := w.AsOf(day(0), affinity.MatrixOptions{})
		require.NoError(b, err)
	}
}

func BenchmarkNeighboursK100Of2923(b *testing.B) {
	s := retail(b)
	for _, name := range []affinity.Similarity{affinity.Cosine, affinity.Jaccard, affinity.TFIDF, affinity.BM25} {
		b.Run(string(name), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, err := s.matrix.Neighbours(b.Context(), affinity.NeighbourParams{Similarity: name, K: new(100)})
				require.NoError(b, err)
			}
		})
	}
}

func BenchmarkEASE2923(b *testing.B) {
	s := retail(b)
	b.ReportAllocs()
	for b.Loop() {
		_, err := s.matrix.EASE(b.Context(), affinity.EASEParams{Lambda: 250})
		require.NoError(b, err)
	}
}

func BenchmarkTop10Of3612Customers(b *testing.B) {
	s := retail(b)
	knn, err := s.matrix.Neighbours(b.Context(), affinity.NeighbourParams{Similarity: affinity.Cosine, K: new(100)})
	require.NoError(b, err)
	ease, err := s.matrix.EASE(b.Context(), affinity.EASEParams{Lambda: 250})
	require.NoError(b, err)
	for name, m := range map[string]*affinity.Model[string]{"cosine100": knn, "EASE": ease} {
		b.Run(name, func(b *testing.B) {
			r := m.Ranker()
			var top []affinity.Scored[string]
			b.ReportAllocs()
			for b.Loop() {
				for _, owned := range s.owned {
					top, err = r.AppendTop(top[:0], affinity.Query[string]{Owned: owned, N: topK})
					require.NoError(b, err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(s.owned)), "ns/customer")
		})
	}
}

func BenchmarkSuggest(b *testing.B) {
	s := retail(b)
	m, err := s.matrix.Neighbours(b.Context(), affinity.NeighbourParams{Similarity: affinity.Cosine, K: new(100)})
	require.NoError(b, err)
	r := m.Ranker()
	b.ReportAllocs()
	k := 0
	for b.Loop() {
		_, err := r.Suggest(affinity.Query[string]{Owned: s.owned[k%len(s.owned)], N: topK})
		require.NoError(b, err)
		k++
	}
}

// BenchmarkErlangB is the yardstick that figures of other machines are rescaled by: the
// textbook recursion for 10,000 servers.
func BenchmarkErlangB10000(b *testing.B) {
	var blocking float64
	for b.Loop() {
		blocking = 1
		for n := 1; n <= 10_000; n++ {
			blocking = 9_900 * blocking / (float64(n) + 9_900*blocking)
		}
	}
	require.Positive(b, blocking)
}
