package canon_test

import (
	"encoding/json"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/canon"
)

type opaque = canon.Opaque

type model struct {
	opaque

	slope float64
}

// Neither a value nor a pointer nor a field of such a type is written or read, and the
// value stays as it was.
func TestOpaque(t *testing.T) {
	t.Parallel()
	m := model{slope: 2}
	for _, v := range []any{m, &m, []model{m}, struct{ M model }{m}, map[string]*model{"m": &m}} {
		_, err := json.Marshal(v)
		require.ErrorIs(t, err, relmark.ErrUnsupported)
	}
	require.ErrorIs(t, json.Unmarshal([]byte(`{}`), &m), relmark.ErrUnsupported)
	assert.Equal(t, model{slope: 2}, m)
	assert.Equal(t, unsafe.Sizeof(m.slope), unsafe.Sizeof(m))
}
