package basket_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/crosssell/basket"
)

// A trial is a small counter with everything that can matter to a search, and the
// baskets that it holds, each as often as it counts.
type trial struct {
	counter *basket.Counter[int8]
	baskets [][]int8
	most    int // items of a basket that counts as a whole
}

// trials draws counters of at most seven items, with weights, giants, equal baskets
// and items that every basket holds.
func trials() *rapid.Generator[trial] {
	return rapid.Custom(func(t *rapid.T) trial {
		tr := trial{most: rapid.SampledFrom([]int{0, 0, 0, 3, 5}).Draw(t, "most")}
		c, err := basket.NewCounter[int8](basket.CounterParams{MaxBasket: bound(tr.most)})
		require.NoError(t, err)
		tr.counter = c
		common := rapid.SliceOfN(rapid.Int8Range(-3, 3), 0, 2).Draw(t, "common")
		for _, b := range few().Draw(t, "baskets") {
			b = append(b, common...)
			n := rapid.SampledFrom([]int64{1, 1, 1, 2, 5}).Draw(t, "n")
			require.NoError(t, c.AddN(n, b...))
			for range n {
				tr.baskets = append(tr.baskets, b)
			}
		}
		return tr
	})
}

// count counts by definition.
func (tr trial) count(items []int8) int64 {
	var n int64
	for _, b := range tr.baskets {
		distinct := slices.Compact(slices.Sorted(slices.Values(b)))
		giant := tr.most > 0 && len(distinct) > tr.most
		if holding([][]int8{b}, items) == 1 && (!giant || len(items) < 2) {
			n++
		}
	}
	return n
}

// family returns the sets of a family by its definition.
func (tr trial) family(f basket.Family, minCount int64, maxLen int) []basket.Set[int8] {
	every := map[string]int64{}
	var sets []basket.Set[int8]
	const items = 7
	for mask := range 1 << items {
		set := basket.Set[int8]{}
		for i := range items {
			if mask>>i&1 == 1 {
				set.Items = append(set.Items, int8(i-3))
			}
		}
		set.Count = tr.count(set.Items)
		every[key(set.Items)] = set.Count
		if mask > 0 && set.Count >= minCount {
			sets = append(sets, set)
		}
	}
	wanted := []basket.Set[int8]{}
	for _, s := range sets {
		if (maxLen == 0 || len(s.Items) <= maxLen) && tr.belongs(f, s, sets, every) {
			wanted = append(wanted, s)
		}
	}
	slices.SortFunc(wanted, func(a, b basket.Set[int8]) int { return slices.Compare(a.Items, b.Items) })
	return wanted
}

func key(items []int8) string {
	b := make([]byte, len(items))
	for i, item := range items {
		b[i] = byte(item)
	}
	return string(b)
}

// belongs reports whether a frequent set is of a family.
func (tr trial) belongs(f basket.Family, s basket.Set[int8], frequent []basket.Set[int8], every map[string]int64) bool {
	switch f {
	case basket.FamilyClosed, basket.FamilyMaximal:
		return !slices.ContainsFunc(frequent, func(o basket.Set[int8]) bool {
			return len(o.Items) > len(s.Items) && holding([][]int8{o.Items}, s.Items) == 1 &&
				(f == basket.FamilyMaximal || o.Count == s.Count)
		})
	case basket.FamilyGenerators:
		for mask := range 1<<len(s.Items) - 1 {
			var part []int8
			for i, item := range s.Items {
				if mask>>i&1 == 1 {
					part = append(part, item)
				}
			}
			if every[key(part)] == s.Count {
				return false
			}
		}
	case basket.FamilyAll:
	}
	return true
}

func families() *rapid.Generator[basket.Family] { return rapid.SampledFrom(basket.Families()) }

// least draws a minimum count that a counter allows.
func (tr trial) least(t *rapid.T) int64 {
	return rapid.Int64Range(1, max(1, int64(len(tr.baskets)))).Draw(t, "minCount")
}

func TestFamiliesAreAsDefined(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		tr := trials().Draw(t, "trial")
		f := families().Draw(t, "family")
		maxLen := rapid.IntRange(0, 4).Draw(t, "maxLen")
		p := basket.SetParams{MinCount: tr.least(t), Family: f, MaxLen: bound(maxLen), Workers: rapid.IntRange(0, 3).Draw(t, "workers")}
		got, err := tr.counter.Frequent(t.Context(), p)
		require.NoError(t, err)
		require.Equal(t, tr.family(f, p.MinCount, maxLen), got)
	})
}

// The count of a set is the largest count of a closed set that includes it, and a
// set is frequent if a maximal one includes it.
func TestClosedAndMaximalDetermineAll(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		tr := trials().Draw(t, "trial")
		p := basket.SetParams{MinCount: tr.least(t)}
		mine := func(f basket.Family) []basket.Set[int8] {
			p.Family = f
			sets, err := tr.counter.Frequent(t.Context(), p)
			require.NoError(t, err)
			return sets
		}
		all, closed, maximal := mine(basket.FamilyAll), mine(basket.FamilyClosed), mine(basket.FamilyMaximal)
		for _, s := range all {
			var count int64
			for _, c := range closed {
				if holding([][]int8{c.Items}, s.Items) == 1 {
					count = max(count, c.Count)
				}
			}
			require.Equal(t, s.Count, count)
			require.True(t, slices.ContainsFunc(maximal, func(m basket.Set[int8]) bool {
				return holding([][]int8{m.Items}, s.Items) == 1
			}))
		}
	})
}

// A set is in no more baskets than any part of it.
func TestSupportIsAntitone(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		tr := trials().Draw(t, "trial")
		sets, err := tr.counter.Frequent(t.Context(), basket.SetParams{MinCount: 1})
		require.NoError(t, err)
		counts := map[string]int64{}
		for _, s := range sets {
			counts[key(s.Items)] = s.Count
		}
		for _, s := range sets {
			for i := range s.Items {
				if part := slices.Delete(slices.Clone(s.Items), i, i+1); len(part) > 0 {
					require.GreaterOrEqual(t, counts[key(part)], s.Count)
				}
			}
		}
	})
}

// Enough items and baskets for levels below levels, in every family.
func TestFamiliesOverWideData(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		items := rapid.IntRange(15, 40).Draw(t, "items")
		shape := rapid.SliceOfN(rapid.SliceOfN(rapid.IntRange(0, items-1), items/3, items), 5, 60).Draw(t, "baskets")
		c := counterOf(t, shape)
		p := basket.SetParams{MinCount: rapid.Int64Range(c.Baskets()/3+1, c.Baskets()).Draw(t, "minCount"), MaxSets: 5000}
		all, err := c.Frequent(t.Context(), p)
		if err != nil {
			t.Skip("too many")
		}
		for _, f := range basket.Families()[1:] {
			p.Family = f
			got, err := c.Frequent(t.Context(), p)
			require.NoError(t, err)
			require.Equal(t, reduce(f, all, c.Baskets()), got, f)
		}
	})
}

// reduce takes from all frequent sets those of a family, by comparing each with
// those of one item more.
func reduce(f basket.Family, all []basket.Set[int], baskets int64) []basket.Set[int] {
	type flags struct{ closed, maximal, generator bool }
	at := map[string]int{}
	name := func(items []int) string {
		b := make([]byte, len(items))
		for i, item := range items {
			b[i] = byte(item)
		}
		return string(b)
	}
	is := make([]flags, len(all))
	for i, s := range all {
		at[name(s.Items)] = i
		is[i] = flags{true, true, s.Count < baskets}
	}
	for i, s := range all {
		for j := range s.Items {
			part, there := at[name(slices.Delete(slices.Clone(s.Items), j, j+1))]
			if !there {
				continue
			}
			is[part].maximal = false
			if all[part].Count == s.Count {
				is[part].closed, is[i].generator = false, false
			}
		}
	}
	out := []basket.Set[int]{}
	for i, s := range all {
		if f == basket.FamilyClosed && is[i].closed || f == basket.FamilyMaximal && is[i].maximal || f == basket.FamilyGenerators && is[i].generator {
			out = append(out, s)
		}
	}
	return out
}

func TestFamilyWords(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []basket.Family{"all", "closed", "maximal", "generators"}, basket.Families())
	for _, f := range append(basket.Families(), "") {
		require.NoError(t, basket.SetParams{MinCount: 1, Family: f}.Validate())
	}
	require.EqualError(t, basket.SetParams{MinCount: 1, Family: "Closed"}.Validate(), "basket: Family: must be all, closed, maximal or generators")
}
