package priority_test

import (
	"encoding"
	"encoding/hex"
	"encoding/json"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/servqual/priority"
)

type accumulator interface {
	encoding.BinaryMarshaler
	encoding.BinaryUnmarshaler
}

// goldens are what the files of version 1 hold.
func goldens(t require.TestingT) map[string]accumulator {
	k := kano(t, priority.Like, priority.Dislike, priority.Expect, priority.Dislike)
	nine := 9
	require.NoError(t, k.Add(priority.KanoAnswer{With: priority.Like, Without: priority.Neutral, Importance: &nine}))
	w, err := priority.NewWindow([]string{"billing", "delivery"})
	require.NoError(t, err)
	require.NoError(t, w.Add(1, priority.Using, true, false))
	require.NoError(t, w.Add(0, priority.Advice, false, true))
	r := ratingsOf(t, 1, 5, "staff", "speed")
	require.NoError(t, r.Add([]int8{3, 5}, []int8{5, 4}))
	require.NoError(t, r.Add([]int8{blank, 2}, []int8{4, 4}))
	d := drivers(t, twoAttributes())
	add(t, d, customers(1, 5, 2))
	overall := -7
	require.NoError(t, d.Add([]int8{1, blank}, &overall))
	require.NoError(t, d.Add([]int8{1, 1}, &overall))
	return map[string]accumulator{"kano": k, "window": w, "ratings": r, "drivers": d}
}

func empty() map[string]accumulator {
	return map[string]accumulator{"kano": &priority.Kano{}, "window": &priority.Window{}, "ratings": &priority.Ratings{}, "drivers": &priority.Drivers{}}
}

func TestGolden(t *testing.T) {
	t.Parallel()
	for name, v := range goldens(t) {
		file, err := os.ReadFile("testdata/" + name + ".v1.hex")
		require.NoError(t, err)
		assert.Equal(t, strings.TrimSpace(string(file)), hex.EncodeToString(encoded(t, v)), name)
		again := empty()[name]
		require.NoError(t, again.UnmarshalBinary(encoded(t, v)), name)
		assert.Equal(t, encoded(t, v), encoded(t, again), name)
		require.NoError(t, again.UnmarshalBinary(encoded(t, empty()[name])), name)
		assert.Equal(t, empty()[name], again, name)
		require.ErrorIs(t, again.UnmarshalBinary([]byte{encoded(t, v)[0], 2}), relmark.ErrUnsupported, name)
		_, err = json.Marshal(v)
		require.Error(t, err, name)
	}
}

// Whatever byte changes, what is read is what is written, or refused.
func TestBinaryRefuses(t *testing.T) {
	t.Parallel()
	for name, v := range goldens(t) {
		data, refused := encoded(t, v), 0
		for i := range data[:len(data)-4] {
			for _, by := range []byte{1, 3, 128, 255} {
				changed := append([]byte(nil), data...)
				changed[i] += by
				changed = codec.Seal(changed)
				again := empty()[name]
				if again.UnmarshalBinary(changed) != nil {
					refused++
					assert.Equal(t, empty()[name], again, name)
					continue
				}
				assert.Equal(t, changed, encoded(t, again), name)
			}
		}
		assert.Positive(t, refused, name)
	}
}

// What is read has no more names than what is made, and the largest unit is read.
func TestBounds(t *testing.T) {
	t.Parallel()
	for _, n := range []int{100, 101} {
		w := codec.NewWriter(nil, codec.KindWindow, 1)
		w.Count(n)
		for i := range n {
			w.String(strconv.Itoa(i))
		}
		for range 12 * n {
			w.Uvarint(0)
		}
		assert.Equal(t, n == 100, new(priority.Window).UnmarshalBinary(w.Data()) == nil)
	}
	p := twoAttributes()
	p.Unit = 1000
	var d priority.Drivers
	require.NoError(t, d.UnmarshalBinary(encoded(t, drivers(t, p))))
	assert.Equal(t, p, d.Params())
}

func fuzz(f *testing.F, name string, read func(t *testing.T, a accumulator)) {
	f.Helper()
	f.Add(encoded(f, goldens(f)[name]))
	f.Add(encoded(f, empty()[name]))
	f.Fuzz(func(t *testing.T, data []byte) {
		data = codec.Seal(data)
		a := empty()[name]
		if a.UnmarshalBinary(data) != nil {
			require.Equal(t, empty()[name], a)
			return
		}
		require.Equal(t, data, encoded(t, a))
		read(t, a)
	})
}

func FuzzKanoUnmarshalBinary(f *testing.F) {
	fuzz(f, "kano", func(t *testing.T, a accumulator) {
		t.Helper()
		k := a.(*priority.Kano)
		if k.N() > 0 {
			r, err := k.Report(0.95)
			require.NoError(t, err)
			require.Equal(t, k.N(), r.Counts.N())
		}
	})
}

func FuzzWindowUnmarshalBinary(f *testing.F) {
	fuzz(f, "window", func(t *testing.T, a accumulator) {
		t.Helper()
		w := a.(*priority.Window)
		list, err := w.Report(0.95)
		require.Equal(t, w.N() > 0, err == nil)
		require.True(t, err != nil || len(list) == len(w.Needs()))
	})
}

func FuzzRatingsUnmarshalBinary(f *testing.F) {
	fuzz(f, "ratings", func(t *testing.T, a accumulator) {
		t.Helper()
		r := a.(*priority.Ratings)
		if m, err := r.Map(priority.GrandMeans, 0.95); err == nil {
			require.Len(t, m.Positions, len(r.Params().Attributes))
			for _, p := range m.Positions {
				require.True(t, p.Performance.Low <= p.Performance.High && p.Importance.Value >= float64(r.Params().Low), "%v", p)
			}
		}
	})
}

func FuzzDriversUnmarshalBinary(f *testing.F) {
	fuzz(f, "drivers", func(t *testing.T, a accumulator) {
		t.Helper()
		d := a.(*priority.Drivers)
		if len(d.Params().Attributes) > 6 {
			return
		}
		_, _, _ = d.PenaltyReward(0.95)
		if list, fit, err := d.Shapley(0.95); err == nil {
			require.Len(t, list, len(d.Params().Attributes))
			require.True(t, fit.R2 >= 0 && fit.R2 <= 1+1e-9, "%v", fit)
		}
	})
}

func FuzzNewDrivers(f *testing.F) {
	f.Add("staff", "speed", 1, 5, 2, 4, 10, []byte{1, 5}, 73)
	f.Fuzz(func(t *testing.T, a, b string, low, high, penalty, reward, unit int, row []byte, overall int) {
		p := priority.DriverParams{Attributes: []string{a, b}, Low: low, High: high, Penalty: penalty, Reward: reward, Unit: unit}
		d, err := priority.NewDrivers(p)
		require.Equal(t, p.Validate() == nil, err == nil)
		r, ratingsErr := priority.NewRatings(priority.RatingParams{Attributes: p.Attributes, Low: low, High: high})
		if err != nil {
			return
		}
		require.NoError(t, ratingsErr)
		answers := make([]int8, len(row))
		for i, v := range row {
			answers[i] = int8(v)
		}
		if d.Add(answers, &overall) == nil {
			require.NoError(t, r.Add(answers, answers))
		}
		var again priority.Drivers
		require.NoError(t, again.UnmarshalBinary(encoded(t, d)))
	})
}

// Not parallel: AllocsPerRun panics in parallel tests.
func TestAddAllocatesNothing(t *testing.T) {
	d, r, overall := drivers(t, twoAttributes()), ratingsOf(t, 1, 5, "staff", "speed"), 50
	var k priority.Kano
	row := []int8{3, 4}
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		_ = d.Add(row, &overall)
		_ = r.Add(row, row)
		_ = k.Add(priority.KanoAnswer{With: priority.Like, Without: priority.Neutral, Importance: &overall})
	}))
}
