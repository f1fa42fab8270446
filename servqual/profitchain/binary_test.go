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
