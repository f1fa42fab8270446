package affinity_test

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell/affinity"
)

type event = affinity.Event[int8, string]

// events draws who got what of few, so that much falls together.
func events() *rapid.Generator[[]event] {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) event {
		return event{
			Customer: rapid.Int8Range(-2, 5).Draw(t, "customer"),
			Item:     rapid.SampledFrom([]string{"a", "b", "c", "d", "e", "f", "ö"}).Draw(t, "item"),
			On:       day(rapid.IntRange(-3, 30).Draw(t, "day")),
			Times:    rapid.Int64Range(1, 3).Draw(t, "times"),
		}
	}), 0, 60)
}

func count(tb require.TestingT, list []event) *affinity.Ownership[int8, string] {
	w := &affinity.Ownership[int8, string]{}
	for _, e := range list {
		require.NoError(tb, w.Add(e))
	}
	return w
}

// encode returns the encoding of counts, which tells any two apart.
func encode[U, I relmark.ID](tb require.TestingT, w *affinity.Ownership[U, I]) []byte {
	data, err := w.MarshalBinary()
	require.NoError(tb, err)
	return data
}

func TestEventValidate(t *testing.T) {
	t.Parallel()
	type sku string
	good := affinity.Event[string, sku]{"ann", "tea", day(0), 1}
	require.NoError(t, good.Validate())
	for name, c := range map[string]struct {
		event affinity.Event[string, sku]
		field string
	}{
		"customer of bytes": {affinity.Event[string, sku]{"\xff", "tea", day(0), 1}, "Customer"},
		"item of bytes":     {affinity.Event[string, sku]{"ann", "\xff", day(0), 1}, "Item"},
		"no day":            {affinity.Event[string, sku]{"ann", "tea", relmark.Date{}, 1}, "On"},
		"never":             {affinity.Event[string, sku]{"ann", "tea", day(0), 0}, "Times"},
		"returned":          {affinity.Event[string, sku]{"ann", "tea", day(0), -1}, "Times"},
	} {
		var w affinity.Ownership[string, sku]
		require.NoError(t, w.Add(good))
		before := encode(t, &w)
		err := w.Add(c.event)
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
		require.EqualError(t, err, c.event.Validate().Error())
		var field *relmark.FieldError
		require.ErrorAs(t, err, &field)
		assert.Equal(t, c.field, field.Field, name)
		assert.Equal(t, before, encode(t, &w), "%s: unchanged", name)
	}
}

// Counts of any split of the events merge into those of one pass, in any order.
func TestOwnershipMergeLaws(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		list := events().Draw(t, "events")
		parts := make([][]event, 3)
		for _, e := range list {
			k := rapid.IntRange(0, 2).Draw(t, "part")
			parts[k] = append(parts[k], e)
		}
		whole := encode(t, count(t, list))
		for _, order := range [][]int{{0, 1, 2}, {2, 1, 0}, {1, 0, 2}} {
			left := &affinity.Ownership[int8, string]{} // ((zero + a) + b) + c
			for _, k := range order {
				require.NoError(t, left.Merge(count(t, parts[k])))
			}
			require.Equal(t, whole, encode(t, left))
			right := count(t, parts[order[2]]) // a + (b + c)
			middle := count(t, parts[order[1]])
			kept := encode(t, right)
			require.NoError(t, middle.Merge(right))
			require.Equal(t, kept, encode(t, right), "stays as it is")
			first := count(t, parts[order[0]])
			require.NoError(t, first.Merge(middle))
			require.Equal(t, whole, encode(t, first))
			require.Equal(t, count(t, list).Events(), first.Events())
			require.Equal(t, count(t, list).Customers(), first.Customers())
		}
	})
}

func TestOwnershipMergesWithItselfAndNothing(t *testing.T) {
	t.Parallel()
	once, twice := count(t, []event{{1, "a", day(0), 2}, {2, "b", day(1), 1}}), count(t, []event{{1, "a", day(0), 4}, {2, "b", day(1), 2}})
	require.NoError(t, once.Merge(once))
	assert.Equal(t, encode(t, twice), encode(t, once))
	require.NoError(t, once.Merge(nil))
	assert.Equal(t, encode(t, twice), encode(t, once))
}

// A customer who was forgotten was never there.
func TestOwnershipForget(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		list := events().Draw(t, "events")
		gone := rapid.Int8Range(-3, 5).Draw(t, "gone")
		var others []event
		for _, e := range list {
			if e.Customer != gone {
				others = append(others, e)
			}
		}
		w := count(t, list)
		require.Equal(t, len(others) < len(list), w.Forget(gone))
		require.Equal(t, encode(t, count(t, others)), encode(t, w))
		require.Equal(t, count(t, others).Events(), w.Events())
		require.False(t, w.Forget(gone))
	})
}

func TestOwnershipLimit(t *testing.T) {
	t.Parallel()
	w := count(t, []event{{1, "a", day(0), math.MaxInt64 - 1}})
	before := encode(t, w)
	require.ErrorIs(t, w.Add(event{1, "a", day(0), 2}), relmark.ErrLimit)
	require.ErrorIs(t, w.Merge(w), relmark.ErrLimit)
	assert.Equal(t, before, encode(t, w), "unchanged")
	require.NoError(t, w.Add(event{2, "b", day(0), 1}))
	assert.Equal(t, int64(math.MaxInt64), w.Events())
}

// An event of a customer with a long life costs what one of a customer with a short one
// does, and what is kept grows with the days, not with the events.
func TestGrowthOfOwnership(t *testing.T) {
	t.Parallel()
	sizes := []int{1e2, 1e3, 1e4, 1e5}
	if testing.Short() {
		sizes = sizes[:3]
	}
	for _, n := range sizes {
		w := &affinity.Ownership[int, int]{}
		start := time.Now()
		for i := range n {
			require.NoError(t, w.Add(affinity.Event[int, int]{Customer: 1, Item: i * 7919 % 50, On: day(i * 104729 % n / 10), Times: 1}))
		}
		t.Logf("%d events of one customer: %v each", n, time.Since(start)/time.Duration(n))
		size := len(encode(t, w))
		for i := range n {
			require.NoError(t, w.Add(affinity.Event[int, int]{Customer: 1, Item: i * 7919 % 50, On: day(i * 104729 % n / 10), Times: 1}))
		}
		assert.InDelta(t, size, len(encode(t, w)), float64(n)/100+20) //nolint:forbidigo // lengths, no NaN
	}
}
