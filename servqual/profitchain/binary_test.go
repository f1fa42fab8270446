package profitchain_test

import (
	"encoding"
	"encoding/hex"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/servqual/profitchain"
)

type accumulator interface {
	encoding.BinaryMarshaler
	encoding.BinaryUnmarshaler
}

// goldens are what the files of version 1 hold.
func goldens(t require.TestingT) map[string]accumulator {
	p := panel(t, []string{"satisfaction", "profit"}, row{7, 3, values(1.5, -2)}, row{-1, 4, []*float64{nil, new(0.25)}}, row{7, -2, []*float64{nil, nil}})
	a := profitchain.NewAnswers[string](questions(t))
	require.NoError(t, a.Add("north", []int8{1, 2, 3, 4, 5, 4, 3}))
	require.NoError(t, a.Add("north", []int8{5, 2, 3, profitchain.Blank, 5, 4, 1}))
	require.NoError(t, a.Add("south", []int8{1, profitchain.Blank, profitchain.Blank, 4, 5, profitchain.Blank, 3}))
	s := service(t, rating{"it", profitchain.Modifiers, new(6), new(3)}, rating{"it", profitchain.Modifiers, new(7), nil}, rating{"pay", profitchain.Isolateds, nil, new(2)})
	return map[string]accumulator{"panel": p, "answers": a, "service": s}
}

func empty() map[string]accumulator {
	return map[string]accumulator{"panel": &profitchain.Panel[int]{}, "answers": &profitchain.Answers[string]{}, "service": &profitchain.Service[string]{}}
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
			for _, by := range []byte{1, 2, 3, 4, 128, 255} {
				changed := append([]byte(nil), data[:len(data)-4]...)
				changed[i] += by
				if readsBack(t, name, codec.Seal(append(changed, 0, 0, 0, 0))) {
					continue
				}
				refused++
			}
		}
		assert.Greater(t, refused, len(data), name)
		for n := range data {
			assert.Error(t, empty()[name].UnmarshalBinary(data[:n]), name)
		}
	}
}

// readsBack reports whether an encoding can be read, and then is written the same.
func readsBack(t require.TestingT, name string, data []byte) bool {
	again := empty()[name]
	if err := again.UnmarshalBinary(data); err != nil {
		assert.Equal(t, empty()[name], again, name)
		return false
	}
	assert.Equal(t, data, encoded(t, again), name)
	return true
}

// Another kind of identifiers is another encoding.
func TestKindsOfIdentifiers(t *testing.T) {
	t.Parallel()
	for name, v := range map[string]encoding.BinaryUnmarshaler{
		"panel": &profitchain.Panel[string]{}, "answers": &profitchain.Answers[int]{}, "service": &profitchain.Service[uint]{},
	} {
		require.ErrorIs(t, v.UnmarshalBinary(encoded(t, goldens(t)[name])), relmark.ErrInvalid, name)
	}
	require.NoError(t, new(profitchain.Panel[int32]).UnmarshalBinary(encoded(t, goldens(t)["panel"])))
}

// Counts stop where they would no longer be exact.
func TestLimits(t *testing.T) {
	t.Parallel()
	w := codec.NewWriter(nil, codec.KindEmployees, 1)
	w.Byte(codec.IDText)
	w.Count(1)
	w.Varint(1)
	w.Varint(5)
	w.String("trust")
	w.Count(1)
	w.Uvarint(0)
	w.Count(0)
	w.Count(1)
	w.String("north")
	w.Uvarint(1<<32 - 1) // employees, who answered nothing
	for range 10 {
		w.Uvarint(0)
	}
	var a profitchain.Answers[string]
	require.NoError(t, a.UnmarshalBinary(w.Data()))
	require.ErrorIs(t, a.Add("north", []int8{3}), relmark.ErrLimit)
	require.NoError(t, a.Add("south", []int8{3}))
	require.ErrorIs(t, a.Merge(&a), relmark.ErrLimit)
	require.Equal(t, int64(1<<32), a.Employees())

	w = codec.NewWriter(nil, codec.KindService, 1)
	w.Byte(codec.IDText)
	w.Varint(0)
	w.Varint(1)
	w.Count(1)
	w.String("it")
	w.Uvarint(2)
	for _, n := range []uint64{1 << 32, 0, 0} {
		w.Uvarint(n)
		w.Varint(0)
		w.Uvarint(0)
	}
	var s profitchain.Service[string]
	require.NoError(t, s.UnmarshalBinary(w.Data()))
	require.ErrorIs(t, s.Add(rating{"it", profitchain.Influencers, nil, new(1)}), relmark.ErrLimit)
	require.NoError(t, s.Add(rating{"it", profitchain.Modifiers, nil, new(1)}))
	require.ErrorIs(t, s.Merge(&s), relmark.ErrLimit)
}

// What breaks a rule that no primitive of the codec knows is refused.
func TestBinaryRules(t *testing.T) {
	t.Parallel()
	write := func(kind byte, fill func(w *codec.Writer)) []byte {
		w := codec.NewWriter(nil, kind, 1)
		fill(&w)
		return w.Data()
	}
	var p profitchain.Panel[int]
	for name, fill := range map[string]func(w *codec.Writer){
		"rows without measures": func(w *codec.Writer) { w.Count(0); w.Count(1); w.Varint(1); w.Varint(1) },
		"a measure twice":       func(w *codec.Writer) { w.Count(2); w.String("a"); w.String("a"); w.Count(0) },
		"descending":            func(w *codec.Writer) { w.Count(1); w.String("a"); w.Count(2); two(w, 1, 2); two(w, 1, 1) },
		"a period too late":     func(w *codec.Writer) { w.Count(1); w.String("a"); w.Count(1); two(w, 1, 1_000_000_001) },
		"beyond the range": func(w *codec.Writer) {
			w.Count(1)
			w.String("a")
			w.Count(1)
			w.Varint(1)
			w.Varint(1)
			w.Bool(true)
			w.Float64(1e51)
		},
	} {
		data := write(codec.KindPanel, func(w *codec.Writer) { w.Byte(codec.IDSigned); fill(w) })
		require.ErrorIs(t, p.UnmarshalBinary(data), relmark.ErrInvalid, name)
	}
	var s profitchain.Service[int]
	for name, ends := range map[string][2]int64{"no span": {3, 3}, "too wide": {-600, 600}, "too low": {-1001, 0}} {
		data := write(codec.KindService, func(w *codec.Writer) {
			w.Byte(codec.IDSigned)
			w.Varint(ends[0])
			w.Varint(ends[1])
			w.Count(0)
		})
		require.ErrorIs(t, s.UnmarshalBinary(data), relmark.ErrInvalid, name)
	}
}

// two writes a row of one measure that is not there.
func two(w *codec.Writer, unit, period int64) {
	w.Varint(unit)
	w.Varint(period)
	w.Bool(false)
}
