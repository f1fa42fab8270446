package codec_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/internal/codec"
)

type policy struct {
	V     int
	Floor float64  `json:"floor"`
	Tiers []policy `json:"minTiers"`
}

func TestJSON(t *testing.T) {
	t.Parallel()
	var p policy
	require.NoError(t, codec.JSON([]byte(` {"floor":2.5,"minTiers":[{"v":3,"floor":1}], "v":2}`), 2, &p))
	assert.Equal(t, policy{V: 2, Floor: 2.5, Tiers: []policy{{V: 3, Floor: 1}}}, p)
}

func TestJSONRefuses(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]error{
		``:                                 codec.ErrCorrupt,
		`null`:                             codec.ErrCorrupt,
		`[]`:                               codec.ErrCorrupt,
		`{}`:                               codec.ErrVersion,
		`{"v":0}`:                          codec.ErrVersion,
		`{"v":3,"new":1}`:                  codec.ErrVersion,
		`{"v":"1"}`:                        codec.ErrCorrupt,
		`{"v":1.5}`:                        codec.ErrCorrupt,
		`{"v":1} {}`:                       codec.ErrCorrupt,
		`{"v":1`:                           codec.ErrCorrupt,
		`{"V":1}`:                          codec.ErrCorrupt,
		`{"v":1,"v":2}`:                    codec.ErrCorrupt,
		`{"v":1,"floor":1,"flooR":2}`:      codec.ErrCorrupt,
		`{"v":1,"minTier\u017f":[]}`:       codec.ErrCorrupt,
		`{"v":1,"new":1}`:                  codec.ErrCorrupt,
		`{"v":1,"floor":"1"}`:              codec.ErrCorrupt,
		`{"v":1,"minTiers":[{"Floor":1}]}`: codec.ErrCorrupt,
		`{"v":1,"minTiers":[{"floor":1},{"floor":1,"floor":1}]}`: codec.ErrCorrupt,
	} {
		var p policy
		require.ErrorIs(t, codec.JSON([]byte(text), 2, &p), want, text)
	}
}

func FuzzJSON(f *testing.F) {
	f.Add([]byte(`{"v":1,"floor":2.5,"minTiers":[{"v":3}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var p policy
		if codec.JSON(data, 1, &p) == nil {
			assert.Equal(t, 1, p.V)
		}
	})
}
