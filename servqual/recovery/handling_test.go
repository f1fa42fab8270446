package recovery_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/servqual/recovery"
)

// Remission of leukaemia under 6-MP (Freireich et al. 1963), weeks as days: the survival and
// its log-log limits, as Stata's manual of sts list prints them, come down to a half and to
// three quarters where the limits below say.
func TestPromiseOfPublishedData(t *testing.T) {
	t.Parallel()
	var h recovery.Handling
	add := func(open bool, days ...int) {
		for _, d := range days {
			require.NoError(t, h.Add("x", time.Duration(d)*24*time.Hour, open))
		}
	}
	add(false, 6, 6, 6, 7, 10, 13, 16, 22, 23)
	add(true, 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)
	days := func(d int) *time.Duration { return new(time.Duration(d) * 24 * time.Hour) }
	p, err := h.Promise("x", 0.5, 0.95)
	require.NoError(t, err)
	assert.Equal(t, recovery.Promise{N: 21, Done: 9, Time: days(23), Low: days(13)}, p)
	p, err = h.Promise("x", 0.25, 0.95)
	require.NoError(t, err)
	assert.Equal(t, recovery.Promise{N: 21, Done: 9, Time: days(13), Low: days(6), High: days(22)}, p)
	p, err = h.Promise("x", 0.9, 0.95)
	require.NoError(t, err)
	assert.Nil(t, p.Time)

	k, err := h.Kept("x", 10*24*time.Hour, 0.95)
	require.NoError(t, err)
	assert.Equal(t, []int64{5, 13, 3}, []int64{k.Kept, k.Broken, k.Pending})
	near.Equal(t, 5.0/18, k.Share.Value, 1e-15, 0)
	k, err = h.Kept("x", time.Hour, 0.95)
	require.NoError(t, err)
	assert.Zero(t, k.Kept)
}

// Where nothing is open, a promise is the least time by which the share is done, and shards
// merge to the byte.
func TestHandlingProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfN(rapid.IntRange(0, 30), 1, 40).Draw(t, "hours")
		one, parts := &recovery.Handling{}, []*recovery.Handling{{}, {}}
		for i, hours := range list {
			took := time.Duration(hours) * time.Hour
			require.NoError(t, one.Add("a", took, false))
			require.NoError(t, parts[i%2].Add("a", took, false))
		}
		require.NoError(t, parts[1].Merge(parts[0]))
		require.NoError(t, parts[1].Merge(&recovery.Handling{}))
		require.Equal(t, encoded(t, one), encoded(t, parts[1]))
		var back recovery.Handling
		require.NoError(t, back.UnmarshalBinary(encoded(t, one)))
		require.Equal(t, encoded(t, one), encoded(t, &back))

		share := float64(rapid.IntRange(1, 99).Draw(t, "percent")) / 100
		p, err := one.Promise("a", share, 0.9)
		require.NoError(t, err)
		slices.Sort(list)
		need := int(math.Ceil(share*float64(len(list)) - 1e-9))
		require.Equal(t, time.Duration(list[need-1])*time.Hour, *p.Time)
		require.True(t, p.Low == nil || *p.Low <= *p.Time)
		require.True(t, p.High == nil || *p.High >= *p.Time && *p.High < time.Duration(list[len(list)-1])*time.Hour)

		s, err := one.Summary("a", 0, share, 1)
		require.NoError(t, err)
		place := share * float64(len(list)-1)
		i := int(place)
		a, b := float64(list[i]), float64(list[min(i+1, len(list)-1)])
		near.Equal(t, a+(place-float64(i))*(b-a), s.Quantiles[1].Hours(), 1e-9, 1e-9)
		require.Equal(t, []time.Duration{time.Duration(list[0]) * time.Hour, time.Duration(list[len(list)-1]) * time.Hour}, []time.Duration{s.Quantiles[0], s.Quantiles[2]})
		k, err := one.Kept("a", *p.Time, 0.9)
		require.NoError(t, err)
		require.GreaterOrEqual(t, k.Share.Value, share-1e-12)

		require.NoError(t, one.Merge(one))
		s, err = one.Summary("a")
		require.NoError(t, err)
		require.Equal(t, int64(2*len(list)), s.N, "with itself")
	})
}

// One complaint says nothing of how much others vary: there is a time, and no limits.
func TestPromiseOfOne(t *testing.T) {
	t.Parallel()
	var h recovery.Handling
	require.NoError(t, h.Add("x", time.Hour, false))
	p, err := h.Promise("x", 0.9, 0.95)
	require.NoError(t, err)
	assert.Equal(t, recovery.Promise{N: 1, Done: 1, Time: new(time.Hour)}, p)
}

func TestHandlingRefuses(t *testing.T) {
	t.Parallel()
	var h recovery.Handling
	require.ErrorIs(t, h.Add("\xff", 1, false), relmark.ErrInvalid)
	require.ErrorIs(t, h.Add("a", -1, false), relmark.ErrInvalid)
	require.NoError(t, h.Merge(nil))
	assert.Empty(t, h.Topics())
	_, err := h.Promise("a", 0.9, 0.95)
	require.ErrorIs(t, err, relmark.ErrTooFew)
	require.NoError(t, h.Add("a", time.Hour, true))
	for _, share := range []float64{0, 1, math.NaN()} {
		_, err = h.Promise("a", share, 0.95)
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
	_, err = h.Kept("a", -1, 0.95)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = h.Summary("a", 2)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = h.Summary("a")
	require.ErrorIs(t, err, relmark.ErrTooFew, "none is done")
	k, err := h.Kept("a", time.Hour, 0.95)
	require.NoError(t, err)
	assert.Equal(t, recovery.Kept{Pending: 1}, k)
	for i := range 9_999 {
		require.NoError(t, h.Add(string(rune(0x4e00+i)), time.Hour, true))
	}
	require.ErrorIs(t, h.Add("b", time.Hour, true), relmark.ErrLimit)
	var other recovery.Handling
	require.NoError(t, other.Add("b", time.Hour, true))
	require.ErrorIs(t, h.Merge(&other), relmark.ErrLimit)
	assert.Len(t, h.Topics(), 10_000)
}
