package basket_test

import (
	"context"
	"encoding/json"
	"math"
	"math/big"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell/basket"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/near"
)

// antecedents lists the sets of the items in some basket without those of a consequent,
// with what each basket holds of it left out, and the number of different groups of
// baskets that hold a set of some count or more.
type antecedents struct {
	sets   [][]int8
	counts []int64
	covers []string
}

func antecedentsOf(baskets [][]int8, items []int8, consequent []int8) antecedents {
	var a antecedents
	items = slices.DeleteFunc(slices.Clone(items), func(x int8) bool { return slices.Contains(consequent, x) })
	for mask := 1; mask < 1<<len(items); mask++ {
		set := chosen(items, mask)
		cover := make([]byte, len(baskets))
		for i, b := range baskets {
			if within(set, b) {
				cover[i] = 1
			}
		}
		if n := holding(baskets, set); n > 0 {
			a.sets, a.counts, a.covers = append(a.sets, set), append(a.counts, n), append(a.covers, string(cover))
		}
	}
	return a
}

// distinct returns how many groups of baskets have a count or more; 1 if none.
func (a antecedents) distinct(count int64) int64 {
	seen := map[string]bool{}
	for i := range a.sets {
		if a.counts[i] >= count {
			seen[a.covers[i]] = true
		}
	}
	return max(1, int64(len(seen)))
}

// The highest support below which f(support − 1) > α/k, and all rules with p ≤ α/k, found
// by going through every antecedent.
func TestLampAgreesWithEveryAntecedent(t *testing.T) {
	t.Parallel()
	significant := 0
	rapid.Check(t, func(t *rapid.T) {
		baskets := related().Draw(t, "baskets")
		c := counterOf(t, baskets)
		p := basket.LampParams[int8]{
			Consequent: slices.Sorted(slices.Values(rapid.SliceOfNDistinct(rapid.Int8Range(1, 5), 1, 2, rapid.ID).Draw(t, "consequent"))),
			Alpha:      rapid.SampledFrom([]float64{0.9, 0.3, 0.05}).Draw(t, "alpha"),
		}
		got, err := c.Lamp(t.Context(), p)
		require.NoError(t, err)
		a, right, n := antecedentsOf(baskets, c.Items(), p.Consequent), c.Count(p.Consequent...), c.Baskets()
		support := right + 1
		for ; support > 1; support-- {
			x := min(support-1, right)
			if (basket.Table{Both: x, Left: x, Right: right, N: n}).LogP() > math.Log(p.Alpha/float64(a.distinct(support))) {
				break
			}
		}
		require.Equal(t, support, got.MinCount)
		require.Equal(t, big.NewInt(a.distinct(support)), got.Testable)
		near.Equal(t, math.Log(p.Alpha/float64(a.distinct(support))), got.LogCritical, 1e-15, 0)
		rules := map[string]basket.Table{}
		for i, set := range a.sets {
			table := basket.Table{Both: c.Count(append(slices.Clone(set), p.Consequent...)...), Left: a.counts[i], Right: right, N: n}
			if table.LogP() <= got.LogCritical {
				rules[string(bytesOf(set))] = table
			}
		}
		require.Len(t, got.Rules, len(rules))
		for _, r := range got.Rules {
			require.Equal(t, rules[string(bytesOf(r.Antecedent))], r.Table)
			require.Equal(t, p.Consequent, r.Consequent)
			significant++
		}
	})
	assert.Greater(t, significant, 50)
}

func bytesOf(items []int8) []byte {
	b := make([]byte, len(items))
	for i, item := range items {
		b[i] = byte(item)
	}
	return b
}

// What looks for associations itself sees the baskets that are not giant, and no others.
func TestTestsLeaveGiantsOut(t *testing.T) {
	t.Parallel()
	found := 0
	rapid.Check(t, func(t *rapid.T) {
		most := rapid.IntRange(2, 4).Draw(t, "most")
		with, err := basket.NewCounter[int8](basket.CounterParams{MaxBasket: &most})
		require.NoError(t, err)
		without := &basket.Counter[int8]{}
		for _, b := range related().Draw(t, "baskets") {
			require.NoError(t, with.Add(b...))
			if len(b) <= most {
				require.NoError(t, without.Add(b...))
			}
		}
		lamp := basket.LampParams[int8]{Consequent: []int8{rapid.Int8Range(1, 5).Draw(t, "item")}, Alpha: 0.3}
		want, err := without.Lamp(t.Context(), lamp)
		require.NoError(t, err)
		got, err := with.Lamp(t.Context(), lamp)
		require.NoError(t, err)
		require.Equal(t, want, got)
		if len(with.Items()) != len(without.Items()) { // of which the critical values depend
			return
		}
		p := basket.AssociationParams{Alpha: 0.3, MinCount: 1, Explained: true}
		pairs, err := without.Associations(t.Context(), p)
		require.NoError(t, err)
		same, err := with.Associations(t.Context(), p)
		require.NoError(t, err)
		require.Equal(t, pairs, same)
		found += len(want.Rules) * len(pairs)
	})
	assert.Positive(t, found)
}

// Counts in the range of int64, where steps of one between supports would not end.
func TestLampOfHighCounts(t *testing.T) {
	t.Parallel()
	for _, n := range []int64{1 << 40, 1<<62 - 1<<30} {
		var c basket.Counter[string]
		require.NoError(t, c.AddN(n, "a", "b"))
		require.NoError(t, c.AddN(n, "b"))
		require.NoError(t, c.AddN(1<<20, "a"))
		p := basket.LampParams[string]{Consequent: []string{"b"}, Alpha: 0.05}
		got, err := c.Lamp(t.Context(), p)
		require.NoError(t, err)
		least := func(x int64) float64 {
			return basket.Table{Both: x, Left: x, Right: c.Count("b"), N: c.Baskets()}.LogP()
		}
		assert.Greater(t, least(got.MinCount-1), got.LogCritical)
		assert.LessOrEqual(t, least(got.MinCount), got.LogCritical, "the highest such support")
	}
}

// Version 1 let blanks in labels pass; whoever counts on with them can ask on too.
func TestLampOfOldLabels(t *testing.T) {
	t.Parallel()
	const rows = "\x03\x01 \x02a \x01b\x02\x20\x02\x00\x00\x20\x02\x01\x00" // 32 of {blank, a}, 32 of {a, b}
	var c basket.Counter[string]
	require.NoError(t, c.UnmarshalBinary(codec.AppendSum([]byte("\x04\x01\x01\x50"+rows), 0)))
	got, err := c.Lamp(t.Context(), basket.LampParams[string]{Consequent: []string{"b"}, Alpha: 0.05})
	require.NoError(t, err)
	require.Len(t, got.Rules, 1)
	assert.Equal(t, []string{"a "}, got.Rules[0].Antecedent)
}

func TestLampRefuses(t *testing.T) {
	t.Parallel()
	bad := basket.LampParams[string]{Consequent: []string{"b", "a"}, Alpha: 0, MaxAntecedent: new(0), MaxSets: -1}
	assert.Equal(t, []string{"Consequent[1]", "Alpha", "MaxAntecedent", "MaxSets"}, fields(bad.Validate()))
	c := count(t, "a b c", "a b", "c d", "b d", "a c", "a b", "a b", "d")
	_, err := c.Lamp(t.Context(), bad)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	p := basket.LampParams[string]{Consequent: []string{"a"}, Alpha: 0.9, MaxSets: 1}
	_, err = c.Lamp(t.Context(), p)
	require.ErrorIs(t, err, relmark.ErrLimit)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	p.MaxSets = 0
	_, err = c.Lamp(ctx, p)
	require.ErrorIs(t, err, context.Canceled)
	found, err := c.Lamp(t.Context(), p)
	require.NoError(t, err)
	require.NotEmpty(t, found.Rules)
	data, err := json.Marshal(found)
	require.NoError(t, err)
	var back basket.Lamp[string]
	require.NoError(t, json.Unmarshal(data, &back))
	require.Equal(t, found, back)
	p.MaxAntecedent = new(1)
	short, err := c.Lamp(t.Context(), p)
	require.NoError(t, err)
	require.GreaterOrEqual(t, short.LogCritical, found.LogCritical)
	for _, unknown := range []*basket.Counter[string]{c, {}} {
		nothing, err := unknown.Lamp(t.Context(), basket.LampParams[string]{Consequent: []string{"tea"}, Alpha: 0.05})
		require.NoError(t, err)
		assert.Empty(t, nothing.Rules)
		assert.Positive(t, nothing.Testable.Sign())
	}
}
