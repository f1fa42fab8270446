package golden_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/internal/golden"
)

// recorder keeps what a test would fail with.
type recorder struct {
	*testing.T

	failures []string
}

func (r *recorder) Errorf(format string, args ...any) {
	r.failures = append(r.failures, fmt.Sprintf(format, args...))
}

func (r *recorder) Fatalf(format string, args ...any) { r.Errorf(format, args...) }

func TestGolden(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "[1,2]\n", string(golden.Read(t, "list.json")))
	assert.Equal(t, "[1,2]", string(golden.Text(t, "list.json")))
	golden.Equal(t, "list.json", []byte("[1,2]\n"))
	golden.JSON(t, "list.json", []int{1, 2}, new([]int))
}

func TestWhatIsWrong(t *testing.T) {
	t.Parallel()
	for name, fails := range map[string]func(golden.TB){
		"absent":          func(t golden.TB) { golden.Read(t, "absent") },
		"is\n[1,2]":       func(t golden.TB) { golden.Equal(t, "list.json", nil) },
		"unsupported":     func(t golden.TB) { golden.JSON(t, "list.json", func() {}, nil) },
		"cannot unmarsh":  func(t golden.TB) { golden.JSON(t, "list.json", []int{1, 2}, new(string)) },
		"comes back as [": func(t golden.TB) { golden.JSON(t, "list.json", []int{1, 2}, new([1]int)) },
	} {
		r := &recorder{T: t}
		fails(r)
		require.NotEmpty(t, r.failures, name)
		assert.Contains(t, fmt.Sprint(r.failures), name)
	}
}

// A file that is absent is written if one says so, and one that is there is not.
func TestWriting(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.Mkdir("testdata", 0o755))
	r := &recorder{T: t}
	golden.Equal(r, "new", []byte("1"))
	require.NotEmpty(t, r.failures)
	t.Setenv("RELMARK_GOLDEN", "write")
	golden.Equal(t, "new", []byte("1"))
	r = &recorder{T: t}
	golden.Equal(r, "new", []byte("2"))
	require.Len(t, r.failures, 1)
	text, err := os.ReadFile(filepath.Join("testdata", "new"))
	require.NoError(t, err)
	assert.Equal(t, "1", string(text))
}
