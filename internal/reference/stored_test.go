package reference_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/internal/reference"
)

// failuresOf returns what a test would fail with.
func failuresOf(t *testing.T, f func(*recorder)) (failures []string) {
	t.Helper()
	r := &recorder{}
	defer func() {
		failures = r.failures
		if fatal := recover(); fatal != nil {
			failures = append(failures, fmt.Sprint(fatal))
		}
	}()
	f(r)
	return nil
}

func TestPinned(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "[1,2]\n", string(reference.Stored(t, "list.json")))
	assert.Equal(t, "[1,2]", string(reference.StoredText(t, "list.json")))
	reference.Pin(t, "list.json", []byte("[1,2]\n"))
	reference.PinJSON(t, "list.json", []int{1, 2}, new([]int))
	reference.PinHex(t, "pair.hex", []byte{1, 2})
	reference.PinEncoding(t, "pair.hex", pair{1, 2}, new(pair))
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

func TestWhatIsNotAsPinned(t *testing.T) {
	t.Parallel()
	for name, fails := range map[string]func(*recorder){
		"absent":          func(r *recorder) { reference.Stored(r, "absent") },
		"is\n[1,2]":       func(r *recorder) { reference.Pin(r, "list.json", nil) },
		"unsupported":     func(r *recorder) { reference.PinJSON(r, "list.json", func() {}, nil) },
		"cannot unmarsh":  func(r *recorder) { reference.PinJSON(r, "list.json", []int{1, 2}, new(string)) },
		"odd":             func(r *recorder) { reference.PinEncoding(r, "pair.hex", pair{3}, new(pair)) },
		"nine":            func(r *recorder) { reference.PinEncoding(r, "pair.hex", pair{0, 9}, new(pair)) },
		"back as 0205":    func(r *recorder) { reference.PinEncoding(r, "pair.hex", pair{2, 7}, new(pair)) },
		"is\n0102":        func(r *recorder) { reference.PinHex(r, "pair.hex", nil) },
		"comes back as [": func(r *recorder) { reference.PinJSON(r, "list.json", []int{1, 2}, new([1]int)) },
	} {
		assert.Contains(t, fmt.Sprint(failuresOf(t, fails)), name)
	}
}

// A file that is absent is written if one says so, and one that is there is not.
func TestWriting(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.Mkdir("testdata", 0o755))
	require.Len(t, failuresOf(t, func(r *recorder) { reference.Pin(r, "new", []byte("1")) }), 1)
	t.Setenv("RELMARK_GOLDEN", "write")
	reference.Pin(t, "new", []byte("1"))
	require.Len(t, failuresOf(t, func(r *recorder) { reference.Pin(r, "new", []byte("2")) }), 1)
	text, err := os.ReadFile(filepath.Join("testdata", "new"))
	require.NoError(t, err)
	assert.Equal(t, "1", string(text))
}
