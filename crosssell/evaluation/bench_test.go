package evaluation_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/crosssell/evaluation"
)

// perUnit reports what one of so many units of an iteration takes.
func perUnit(b *testing.B, n int, unit string) {
	b.Helper()
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), unit)
}

// lists returns a list of k items and so many relevant ones for each user, of n items.
func lists(users, k, relevant, n int) (ranked, wanted [][]string) {
	rng, names := source(1), make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("item%05d", i)
	}
	for range users {
		order := rng.Perm(n)
		var a, b []string
		for i := range k {
			a = append(a, names[order[i]])
		}
		for i := range relevant {
			b = append(b, names[order[k/2+i]])
		}
		ranked, wanted = append(ranked, a), append(wanted, b)
	}
	return ranked, wanted
}

// As many users, items and relevant items as in Online Retail.
func BenchmarkRankingAdd(b *testing.B) {
	const users, n = 1752, 2923
	buyers := map[string]int64{}
	ranked, wanted := lists(users, 10, 27, n)
	for i := range n {
		buyers[fmt.Sprintf("item%05d", i)] = 5
	}
	c, err := evaluation.NewCatalogue(3612, buyers)
	require.NoError(b, err)
	b.Run("k=10/relevant=27/users=1752", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			r, err := evaluation.NewRanking[int](c, 10)
			require.NoError(b, err)
			r.Grow(users)
			for u := range users {
				if err := r.Add(u, ranked[u], wanted[u]); err != nil {
					b.Fatal(err)
				}
			}
		}
		perUnit(b, users, "ns/user")
	})
	b.Run("metrics/users=1752", func(b *testing.B) {
		r, err := evaluation.NewRanking[int](c, 10)
		require.NoError(b, err)
		for u := range users {
			require.NoError(b, r.Add(u, ranked[u], wanted[u]))
		}
		b.ReportAllocs()
		for b.Loop() {
			_, err := r.Metrics()
			require.NoError(b, err)
		}
		perUnit(b, users, "ns/user")
	})
}

func BenchmarkSplit(b *testing.B) {
	const events = 100_000
	rng := source(2)
	list := make([]evaluation.Event[int, int], events)
	for i := range list {
		list[i] = evaluation.Event[int, int]{
			User: rng.IntN(4000), Item: rng.IntN(3000), At: time.Unix(int64(rng.IntN(1000)), 0),
		}
	}
	b.Run("events=100000", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, err := evaluation.SplitEvents(evaluation.SplitParams{Cutoff: time.Unix(800, 0), MinBuyers: 5}, stream(list...))
			require.NoError(b, err)
		}
		perUnit(b, events, "ns/event")
	})
}

func BenchmarkUplift(b *testing.B) {
	list, _ := experiment(source(1), 100_000)
	b.Run("customers=100000", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, err := evaluation.NewUplift(list)
			require.NoError(b, err)
		}
		perUnit(b, len(list), "ns/customer")
	})
	u, err := evaluation.NewUplift(list)
	require.NoError(b, err)
	b.Run("bootstrap/replicates=20/customers=100000", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, err := u.Bootstrap(b.Context(), evaluation.Qini, evaluation.Resampling{Replicates: 20, Level: 0.9}, source(1))
			require.NoError(b, err)
		}
		perUnit(b, 20*len(list), "ns/customer")
	})
}

func BenchmarkCalibrate(b *testing.B) {
	const n = 100_000
	rng := source(1)
	list := make([]evaluation.Forecast, n)
	for i := range list {
		p := 0.01 + 0.98*rng.Float64()
		list[i] = evaluation.Forecast{P: p, Happened: rng.Float64() < p}
	}
	b.Run("forecasts=100000", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, err := evaluation.Calibrate(stream(list...), 10)
			require.NoError(b, err)
		}
		perUnit(b, n, "ns/forecast")
	})
}
