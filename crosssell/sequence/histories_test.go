package sequence_test

import (
	"encoding/json"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell/sequence"
)

type histories = sequence.Histories[string, string]

func encode(t require.TestingT, m interface{ MarshalBinary() ([]byte, error) }) []byte {
	b, err := m.MarshalBinary()
	require.NoError(t, err)
	return b
}

func TestHistoriesZeroIsReady(t *testing.T) {
	t.Parallel()
	var h histories
	assert.Zero(t, h.Customers())
	assert.Empty(t, h.Items())
	assert.Nil(t, h.Visits("ann"))
	for range h.All() {
		t.Error("nobody is there")
	}
	found, err := h.Frequent(t.Context(), sequence.PatternParams{MinCount: 1})
	require.NoError(t, err)
	assert.Empty(t, found)
	n, err := h.Count(sequence.Limits{}, []string{"tea"})
	require.NoError(t, err)
	assert.Zero(t, n)
}

func TestHistoriesGroupByDay(t *testing.T) {
	t.Parallel()
	var h histories
	require.NoError(t, h.Add("bob", day(3), "tea"))
	require.NoError(t, h.Add("ann", day(9), "pot", "cup", "pot"))
	require.NoError(t, h.Add("bob", day(1), "pot", "cup"))
	require.NoError(t, h.Add("bob", day(3), "milk", "tea"))
	require.NoError(t, h.Add("cid", day(0)))
	bob := []sequence.Visit[string]{{day(1), []string{"cup", "pot"}}, {day(3), []string{"milk", "tea"}}}
	assert.Equal(t, bob, h.Visits("bob"))
	assert.Nil(t, h.Visits("cid"))
	assert.Equal(t, 3, h.Customers())
	assert.Equal(t, []string{"cup", "milk", "pot", "tea"}, h.Items())
	var names []string
	for name, visits := range h.All() {
		names = append(names, name)
		assert.Equal(t, h.Visits(name), visits)
		if name == "bob" {
			break
		}
	}
	assert.Equal(t, []string{"ann", "bob"}, names)
	assert.Equal(t, [][]string{{"cup", "pot"}, {"milk", "tea"}}, sequence.Baskets(bob))

	before := h.Before(day(3))
	assert.Equal(t, bob[:1], before.Visits("bob"))
	assert.Equal(t, 3, before.Customers())
	assert.Equal(t, []string{"cup", "pot"}, before.Items())
	assert.Empty(t, h.Before(relmark.Date{}).Items())
	assert.Equal(t, encode(t, &h), encode(t, h.Before(relmark.MustParseDate("9999-12-31"))))

	h.Forget("nobody", "bob")
	assert.Nil(t, h.Visits("bob"))
	assert.Equal(t, 2, h.Customers())
	assert.Equal(t, []string{"cup", "pot"}, h.Items())
}

func TestHistoriesRefuse(t *testing.T) {
	t.Parallel()
	var h histories
	require.NoError(t, h.Add("ann", day(1), "tea"))
	before := encode(t, &h)
	err := h.Add("\xff", relmark.Date{}, "milk", "\xfe")
	require.ErrorIs(t, err, relmark.ErrInvalid)
	assert.Equal(t, []string{"On", "Customer", "Items[1]"}, fields(err))
	assert.NotContains(t, err.Error(), "milk")
	assert.Equal(t, before, encode(t, &h))
	require.NoError(t, h.Merge(nil))
	require.NoError(t, h.Merge(&h))
	assert.Equal(t, before, encode(t, &h))

	_, err = h.Count(sequence.Limits{MinVisits: new(0)}, []string{"\xff"}, nil)
	assert.Equal(t, []string{"Limits.MinVisits", "Elements[0][0]", "Elements[1]"}, fields(err))
	_, err = json.Marshal(&h)
	require.ErrorIs(t, err, relmark.ErrUnsupported)
}

// Whatever the order, the repetition and the split of purchases, and the order of merging:
// the histories are the same.
func TestHistoriesMergeLaws(t *testing.T) {
	t.Parallel()
	type event struct {
		C, Item int8
		Day     int
	}
	events := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) event {
		return event{rapid.Int8Range(0, 4).Draw(t, "c"), rapid.Int8Range(0, 4).Draw(t, "i"), rapid.IntRange(0, 5).Draw(t, "d")}
	}), 0, 200)
	rapid.Check(t, func(t *rapid.T) {
		all := events.Draw(t, "all")
		of := func(part []event) *sequence.Histories[int8, int8] {
			h := &sequence.Histories[int8, int8]{}
			for _, e := range part {
				require.NoError(t, h.Add(e.C, day(e.Day), e.Item))
			}
			return h
		}
		want := encode(t, of(all))
		mixed := rapid.Permutation(append(all, all[:len(all)/3]...)).Draw(t, "mixed")
		i := rapid.IntRange(0, len(mixed)).Draw(t, "i")
		j := rapid.IntRange(i, len(mixed)).Draw(t, "j")
		a, b, c := of(mixed[:i]), of(mixed[i:j]), of(mixed[j:])
		kept := encode(t, b)
		require.NoError(t, a.Merge(b))
		require.NoError(t, a.Merge(c))
		require.Equal(t, want, encode(t, a))
		require.Equal(t, kept, encode(t, b))
		require.NoError(t, c.Merge(b))
		require.NoError(t, c.Merge(of(mixed[:i])))
		zero := &sequence.Histories[int8, int8]{}
		require.NoError(t, zero.Merge(c))
		require.NoError(t, zero.Merge(&sequence.Histories[int8, int8]{}))
		require.Equal(t, want, encode(t, zero))

		var back sequence.Histories[int8, int8]
		require.NoError(t, back.UnmarshalBinary(want))
		require.Equal(t, want, encode(t, &back))
		for customer, visits := range back.All() {
			require.Equal(t, visits, zero.Visits(customer))
		}
	})
}

// Purchases that come by customers and days, or nearly so, several to a receipt, some visits
// large: the histories hold each once, day by day.
func TestHistoriesHoldWhatCame(t *testing.T) {
	t.Parallel()
	source := rand.New(rand.NewPCG(1, 2))
	for _, disorder := range []float64{0, 0.001, 0.05, 1} {
		h := &sequence.Histories[int, int]{}
		want := map[int]map[relmark.Date]map[int]bool{}
		customer, date := 0, 0
		for range 3000 {
			switch x := source.Float64(); {
			case source.Float64() < disorder:
				customer, date = source.IntN(30), source.IntN(100)
			case x < 0.01:
				customer, date = customer+1, 0
			case x < 0.3:
				date++
			}
			items := make([]int, source.IntN(4))
			for k := range items {
				items[k] = source.IntN(200)
			}
			require.NoError(t, h.Add(customer, day(date), items...))
			if want[customer] == nil {
				want[customer] = map[relmark.Date]map[int]bool{}
			}
			for _, item := range items {
				if want[customer][day(date)] == nil {
					want[customer][day(date)] = map[int]bool{}
				}
				want[customer][day(date)][item] = true
			}
		}
		require.Equal(t, len(want), h.Customers())
		for customer, visits := range h.All() {
			require.Len(t, visits, len(want[customer]))
			require.Equal(t, visits, h.Visits(customer))
			for i, v := range visits {
				require.Equal(t, slices.Sorted(maps.Keys(want[customer][v.On])), v.Items)
				require.True(t, i == 0 || visits[i-1].On.Before(v.On))
			}
		}
	}
}

func TestPatternParamsValidate(t *testing.T) {
	t.Parallel()
	p := sequence.PatternParams{Family: "maximal", MaxLen: new(0), MaxPatterns: -1, Limits: sequence.Limits{
		MinVisits: new(3), MaxVisits: new(2), MinDays: new(0), MaxDays: new(0), Span: new(-1),
	}}
	want := []string{"MinCount", "Family", "MaxLen", "Limits.MaxVisits", "Limits.MinDays", "Limits.MaxDays", "Limits.Span", "MaxPatterns"}
	assert.Equal(t, want, fields(p.Validate()))
	var h histories
	_, err := h.Frequent(t.Context(), p)
	require.EqualError(t, err, p.Validate().Error())
	for _, err := range h.Patterns(t.Context(), p) {
		require.EqualError(t, err, p.Validate().Error())
	}
	require.ErrorIs(t, p.Limits.Validate(), relmark.ErrInvalid)
	require.NoError(t, sequence.Limits{MaxVisits: new(1), Span: new(0)}.Validate())
}

func TestPatternsStop(t *testing.T) {
	t.Parallel()
	h := historiesOf(t, [][][]string{{{"a", "b"}, {"a"}, {"c"}}})
	ctx, cancel := contextOf(t)
	n := 0
	for _, err := range h.Patterns(ctx, sequence.PatternParams{MinCount: 1}) {
		if n++; n == 3 {
			cancel()
		}
		if n == 4 {
			require.Error(t, err)
		}
	}
	assert.Equal(t, 4, n, "three patterns and an error")
	_, err := h.Frequent(ctx, sequence.PatternParams{MinCount: 1})
	require.ErrorIs(t, err, ctx.Err())
	n = 0
	for _, err := range h.Patterns(t.Context(), sequence.PatternParams{MinCount: 1}) {
		require.NoError(t, err)
		n++
		break
	}
	assert.Equal(t, 1, n)
}

// A history of many items has more patterns than memory: the limit stops it at once.
func TestPatternsOfGiantHistories(t *testing.T) {
	t.Parallel()
	giant := make([][]int, 200)
	for v := range giant {
		for i := range 200 {
			giant[v] = append(giant[v], 1000*v+i)
		}
	}
	h := historiesOf(t, [][][]int{giant, {{1, 2}, {3}}, {{1}, {3}}})
	got, err := h.Frequent(t.Context(), sequence.PatternParams{MinCount: 1, MaxPatterns: 100})
	var over *sequence.LimitError
	require.ErrorAs(t, err, &over)
	assert.Equal(t, &sequence.LimitError{MaxPatterns: 100, Complete: 2}, over)
	assert.Equal(t, "sequence: more than 100 patterns; complete from 2 customers on: limit reached", err.Error())
	assert.Len(t, got, 5) // 1, 2, 3, {1,2} and … of two or three customers
}

// A count of customers above all there are finds nothing, however large.
func TestPatternsAboveAll(t *testing.T) {
	t.Parallel()
	h := historiesOf(t, [][][]string{{{"a"}}})
	got, err := h.Frequent(t.Context(), sequence.PatternParams{MinCount: math.MaxInt64, Family: sequence.Closed})
	require.NoError(t, err)
	assert.Empty(t, got)
	_, err = h.Frequent(t.Context(), sequence.PatternParams{MinCount: 1, MaxPatterns: math.MaxInt})
	require.NoError(t, err)
}
