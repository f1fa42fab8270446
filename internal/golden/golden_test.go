package golden_test

import (
	"errors"
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

func (r *recorder) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	panic(r)
}

// failuresOf returns what a test would fail with.
func failuresOf(t *testing.T, f func(golden.TB)) []string {
	t.Helper()
	r := &recorder{T: t}
	func() {
		defer func() {
			if p := recover(); p != nil && p != any(r) {
				panic(p)
			}
		}()
		f(r)
	}()
	return r.failures
}

func TestGolden(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "[1,2]\n", string(golden.Read(t, "list.json")))
	assert.Equal(t, "[1,2]", string(golden.Text(t, "list.json")))
	golden.Equal(t, "list.json", []byte("[1,2]\n"))
	golden.JSON(t, "list.json", []int{1, 2}, new([]int))
	golden.Hex(t, "pair.hex", []byte{1, 2})
	golden.Encoding(t, "pair.hex", pair{1, 2}, new(pair))
}

// A pair is encoded as it is, the odd ones are not written and 9 is not read.
type pair [2]byte

func (p pair) MarshalBinary() ([]byte, error) {
	if p[0] == 3 {
		return nil, errors.New("odd")
	}
	return p[:], nil
}

func (p *pair) UnmarshalBinary(data []byte) error {
	if data[1] == 9 {
		return errors.New("nine")
	}
	copy(p[:], data)
	p[1] = min(p[1], 5)
	return nil
}

func TestWhatIsWrong(t *testing.T) {
	t.Parallel()
	for name, fails := range map[string]func(golden.TB){
		"absent":          func(t golden.TB) { golden.Read(t, "absent") },
		"is\n[1,2]":       func(t golden.TB) { golden.Equal(t, "list.json", nil) },
		"unsupported":     func(t golden.TB) { golden.JSON(t, "list.json", func() {}, nil) },
		"cannot unmarsh":  func(t golden.TB) { golden.JSON(t, "list.json", []int{1, 2}, new(string)) },
		"odd":             func(t golden.TB) { golden.Encoding(t, "pair.hex", pair{3}, new(pair)) },
		"nine":            func(t golden.TB) { golden.Encoding(t, "pair.hex", pair{0, 9}, new(pair)) },
		"back as 0205":    func(t golden.TB) { golden.Encoding(t, "pair.hex", pair{2, 7}, new(pair)) },
		"is\n0102":        func(t golden.TB) { golden.Hex(t, "pair.hex", nil) },
		"comes back as [": func(t golden.TB) { golden.JSON(t, "list.json", []int{1, 2}, new([1]int)) },
	} {
		assert.Contains(t, fmt.Sprint(failuresOf(t, fails)), name)
	}
}

// A file that is absent is written if one says so, and one that is there is not.
func TestWriting(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.Mkdir("testdata", 0o755))
	require.Len(t, failuresOf(t, func(t golden.TB) { golden.Equal(t, "new", []byte("1")) }), 1)
	t.Setenv("RELMARK_GOLDEN", "write")
	golden.Equal(t, "new", []byte("1"))
	require.Len(t, failuresOf(t, func(t golden.TB) { golden.Equal(t, "new", []byte("2")) }), 1)
	text, err := os.ReadFile(filepath.Join("testdata", "new"))
	require.NoError(t, err)
	assert.Equal(t, "1", string(text))
}
