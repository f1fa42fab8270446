package sequence_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell/sequence"
)

// A customer of the oracle: visits on days, which ascend.
type shopper struct {
	days   []int
	visits [][]int8
}

// few draws small histories, with days far apart and days in a row.
func few() *rapid.Generator[[]shopper] {
	return rapid.Custom(func(t *rapid.T) []shopper {
		var all []shopper
		items := rapid.Int8Range(0, rapid.Int8Range(1, 3).Draw(t, "items"))
		for range rapid.IntRange(0, 6).Draw(t, "customers") {
			var s shopper
			at := 0
			for range rapid.IntRange(0, 5).Draw(t, "visits") {
				at += rapid.IntRange(1, 4).Draw(t, "days")
				s.days = append(s.days, at)
				bought := rapid.SliceOfNDistinct(items, 1, 3, rapid.ID).Draw(t, "bought")
				slices.Sort(bought)
				s.visits = append(s.visits, bought)
			}
			all = append(all, s)
		}
		return all
	})
}

func shop(t require.TestingT, all []shopper) *sequence.Histories[int, int8] {
	h := &sequence.Histories[int, int8]{}
	for c, s := range all {
		require.NoError(t, h.Add(c, day(0)))
		for v := range s.visits {
			require.NoError(t, h.Add(c, day(s.days[v]), s.visits[v]...))
		}
	}
	return h
}

func limitsDrawn(t *rapid.T, short bool) sequence.Limits {
	maybe := func(name string, lo, hi int) *int {
		if rapid.Bool().Draw(t, name) {
			return nil
		}
		return new(rapid.IntRange(lo, hi).Draw(t, name))
	}
	l := sequence.Limits{MinVisits: maybe("min visits", 1, 2), MinDays: maybe("min days", 1, 4), Span: maybe("span", 0, 9)}
	if short {
		l.MaxVisits, l.MaxDays = maybe("max visits", 2, 3), maybe("max days", 4, 8)
	}
	return l
}

// embeds tries every embedding of elements from visit v on, the one before at last.
func embeds(s shopper, elements [][]int8, l sequence.Limits, start, last int) bool {
	if len(elements) == 0 {
		return true
	}
	for v := last + 1; v < len(s.visits); v++ {
		within := func(lo, hi *int, n int) bool { return (lo == nil || n >= *lo) && (hi == nil || n <= *hi) }
		from := start
		if last < 0 {
			from = v
		} else if !within(l.MinVisits, l.MaxVisits, v-last) || !within(l.MinDays, l.MaxDays, s.days[v]-s.days[last]) {
			continue
		}
		if !within(nil, l.Span, s.days[v]-s.days[from]) || slices.ContainsFunc(elements[0], func(i int8) bool { return !slices.Contains(s.visits[v], i) }) {
			continue
		}
		if embeds(s, elements[1:], l, from, v) {
			return true
		}
	}
	return false
}

func support(all []shopper, elements [][]int8, l sequence.Limits) int64 {
	var n int64
	for _, s := range all {
		if embeds(s, elements, l, -1, -1) {
			n++
		}
	}
	return n
}

// oracle lists every part of every history and counts it.
func oracle(all []shopper, l sequence.Limits) []sequence.Pattern[int8] {
	seen := map[string]bool{}
	var out []sequence.Pattern[int8]
	var grow func(s shopper, v int, elements [][]int8)
	grow = func(s shopper, v int, elements [][]int8) {
		if v == len(s.visits) {
			key := fmt.Sprint(elements)
			if len(elements) == 0 || seen[key] {
				return
			}
			seen[key] = true
			if n := support(all, elements, l); n > 0 {
				out = append(out, sequence.Pattern[int8]{Elements: slices.Clone(elements), Count: n})
			}
			return
		}
		grow(s, v+1, elements)
		for mask := 1; mask < 1<<len(s.visits[v]); mask++ {
			var element []int8
			for i, item := range s.visits[v] {
				if mask>>i&1 == 1 {
					element = append(element, item)
				}
			}
			grow(s, v+1, append(slices.Clip(elements), element))
		}
	}
	for _, s := range all {
		grow(s, 0, nil)
	}
	slices.SortFunc(out, sequence.Pattern[int8].Compare)
	return out
}

// contains says whether p is a part of q.
func contains(q, p sequence.Pattern[int8]) bool {
	return embeds(shopper{make([]int, len(q.Elements)), q.Elements}, p.Elements, sequence.Limits{}, -1, -1)
}

func keep(patterns []sequence.Pattern[int8], p sequence.PatternParams) []sequence.Pattern[int8] {
	out := []sequence.Pattern[int8]{}
	for _, x := range patterns {
		if x.Count < p.MinCount || p.MaxLen != nil && x.Len() > *p.MaxLen {
			continue
		}
		if p.Family == sequence.Closed && slices.ContainsFunc(patterns, func(y sequence.Pattern[int8]) bool {
			return y.Count == x.Count && y.Len() > x.Len() && contains(y, x)
		}) {
			continue
		}
		out = append(out, x)
	}
	return out
}

func TestFrequentAgreesWithOracle(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		all := few().Draw(t, "all")
		p := sequence.PatternParams{
			MinCount: rapid.Int64Range(1, 4).Draw(t, "min count"),
			Family:   rapid.SampledFrom([]sequence.Family{"", sequence.All, sequence.Closed}).Draw(t, "family"),
		}
		if rapid.Bool().Draw(t, "limited") {
			p.Limits = limitsDrawn(t, p.Family != sequence.Closed)
		}
		if n := rapid.IntRange(0, 4).Draw(t, "max len"); n > 0 {
			p.MaxLen = &n
		}
		every := oracle(all, p.Limits)
		want := keep(every, p)
		h := shop(t, all)
		got, err := h.Frequent(t.Context(), p)
		require.NoError(t, err)
		require.Equal(t, want, got)
		require.Equal(t, want, streamed(t, h, p))
		for _, x := range got {
			n, err := h.Count(p.Limits, x.Elements...)
			require.NoError(t, err)
			require.Equal(t, x.Count, n)
		}
		if len(want) > 1 {
			checkLimit(t, h, p, every, want)
		}
	})
}

// checkLimit asks for fewer patterns than there are: what comes is all of a higher count.
func checkLimit(t *rapid.T, h *sequence.Histories[int, int8], p sequence.PatternParams, every, want []sequence.Pattern[int8]) {
	p.MaxPatterns = rapid.IntRange(1, len(want)-1).Draw(t, "max patterns")
	got, err := h.Frequent(t.Context(), p)
	var over *sequence.LimitError
	require.ErrorAs(t, err, &over)
	require.ErrorIs(t, err, relmark.ErrLimit)
	require.Equal(t, p.MaxPatterns, over.MaxPatterns)

	q := p
	q.MinCount = over.Complete
	require.Equal(t, keep(every, q), got, "complete from there on")
	q.MinCount--
	require.Greater(t, len(keep(every, q)), p.MaxPatterns, "and not from one less on")

	var n int
	for x, err := range h.Patterns(t.Context(), p) {
		if n == p.MaxPatterns {
			require.Equal(t, over, err)
			continue
		}
		require.NoError(t, err)
		require.Equal(t, want[n], x)
		n++
	}
	require.Equal(t, p.MaxPatterns, n)
}

func streamed(t require.TestingT, h *sequence.Histories[int, int8], p sequence.PatternParams) []sequence.Pattern[int8] {
	out := []sequence.Pattern[int8]{}
	for x, err := range h.Patterns(context.Background(), p) {
		require.NoError(t, err)
		out = append(out, x)
	}
	return out
}

func TestCountAgreesWithOracle(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		all := few().Draw(t, "all")
		l := limitsDrawn(t, true)
		elements := rapid.SliceOfN(rapid.SliceOfN(rapid.Int8Range(0, 3), 1, 3), 0, 3).Draw(t, "elements")
		n, err := shop(t, all).Count(l, elements...)
		require.NoError(t, err)
		require.Equal(t, support(all, elements, l), n)
	})
}

// With an upper limit of gaps a longer pattern can have customers whom a part of it has not.
func TestLongerPatternsCanHaveMoreCustomers(t *testing.T) {
	t.Parallel()
	h := historiesOf(t, [][][]string{{{"a"}, {"b"}, {"c"}}})
	next := sequence.Limits{MaxVisits: new(1)}
	long, err := h.Count(next, []string{"a"}, []string{"b"}, []string{"c"})
	require.NoError(t, err)
	short, err := h.Count(next, []string{"a"}, []string{"c"})
	require.NoError(t, err)
	assert.Equal(t, []int64{1, 0}, []int64{long, short})
	p := sequence.PatternParams{MinCount: 1, Family: sequence.Closed, Limits: next}
	_, err = h.Frequent(t.Context(), p)
	assert.EqualError(t, err, "sequence: Family = closed: must be all where Limits.MaxVisits or Limits.MaxDays is given")
}

// Closed patterns of visits of many items, and of many visits under limits that nothing
// exceeds: their parts are far too many to be looked at one by one.
func TestClosedLeavesWhatCannotBe(t *testing.T) {
	t.Parallel()
	large := make([]int, 40)
	for i := range large {
		large[i] = i
	}
	many := make([][]int, 50)
	for v := range many {
		many[v] = []int{v}
	}
	h := historiesOf(t, [][][]int{{large, {7}, large}})
	p := sequence.PatternParams{MinCount: 1, Family: sequence.Closed, Limits: sequence.Limits{MinVisits: new(2)}}
	found, err := h.Frequent(t.Context(), p)
	require.NoError(t, err)
	require.Equal(t, []sequence.Pattern[int]{{Elements: [][]int{large, large}, Count: 1}}, found[:1])

	h = historiesOf(t, [][][]int{many})
	p.Limits = sequence.Limits{MinVisits: new(1), MinDays: new(1), Span: new(49)}
	found, err = h.Frequent(t.Context(), p)
	require.NoError(t, err)
	require.Equal(t, []sequence.Pattern[int]{{Elements: many, Count: 1}}, found)
}

// A limit that is never reached costs nothing, however large it is: twice it may not be a
// number.
func TestLargeLimits(t *testing.T) {
	t.Parallel()
	const items = 17
	var h sequence.Histories[int, int]
	for i := range items {
		require.NoError(t, h.Add(1, day(i), i))
	}
	for _, limit := range []int{1 << items, math.MaxInt/2 + 1, math.MaxInt} {
		found, err := h.Frequent(t.Context(), sequence.PatternParams{MinCount: 1, MaxPatterns: limit})
		require.NoError(t, err)
		assert.Len(t, found, 1<<items-1)
	}
}

// Customers with more visits than a mask has bits have patterns as all others do: counts are
// those of looking for each pattern, none up to three items is missing, and a pattern is closed
// where no item more leaves it as many customers.
func TestFrequentOfCustomersWithManyVisits(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		const items = 3
		var h sequence.Histories[int, int]
		for c := range rapid.IntRange(2, 5).Draw(t, "customers") {
			visits := rapid.SampledFrom([]int{3, 63, 64, 65, 130}).Draw(t, "visits")
			every := rapid.IntRange(1, visits).Draw(t, "every") // so that purchases are far apart
			for v := range visits {
				require.NoError(t, h.Add(c, day(v), 9+v%2)) // a visit in any case
				if v%every == 0 {
					require.NoError(t, h.Add(c, day(v), rapid.SliceOfN(rapid.IntRange(0, items-1), 0, 2).Draw(t, "items")...))
				}
			}
		}
		p := sequence.PatternParams{MinCount: 2, MaxLen: new(items)}
		family := rapid.SampledFrom([]sequence.Family{sequence.All, sequence.Closed}).Draw(t, "family")
		p.Family = family
		found, err := h.Frequent(t.Context(), p)
		require.NoError(t, err)
		count := func(elements [][]int) int64 {
			n, err := h.Count(sequence.Limits{}, elements...)
			require.NoError(t, err)
			return n
		}
		var want []sequence.Pattern[int]
		for _, elements := range grown(nil, items, h.Items()) {
			n := count(elements)
			open := family == sequence.Closed && slices.ContainsFunc(oneMore(elements, h.Items()), func(more [][]int) bool { return count(more) == n })
			if n >= p.MinCount && !open {
				want = append(want, sequence.Pattern[int]{Elements: elements, Count: n})
			}
		}
		slices.SortFunc(want, sequence.Pattern[int].Compare)
		require.Len(t, found, len(want))
		for i := range want {
			require.Equal(t, want[i], found[i])
		}
	})
}

// grown returns all patterns that begin with one and have up to so many items more.
func grown(from [][]int, left int, items []int) [][][]int {
	if left == 0 {
		return nil
	}
	var out [][][]int
	for _, item := range items {
		longer := append(slices.Clone(from), []int{item})
		out = append(append(out, longer), grown(longer, left-1, items)...)
		if k := len(from) - 1; k >= 0 && item > from[k][len(from[k])-1] {
			wider := slices.Clone(from)
			wider[k] = append(slices.Clone(from[k]), item)
			out = append(append(out, wider), grown(wider, left-1, items)...)
		}
	}
	return out
}

// oneMore returns the patterns that one item more makes of one.
func oneMore(elements [][]int, items []int) [][][]int {
	var out [][][]int
	for _, item := range items {
		for k := range len(elements) + 1 {
			out = append(out, slices.Insert(slices.Clone(elements), k, []int{item}))
			if k < len(elements) && !slices.Contains(elements[k], item) {
				wider := slices.Clone(elements)
				wider[k] = append(slices.Clone(elements[k]), item)
				out = append(out, wider)
			}
		}
	}
	return out
}
