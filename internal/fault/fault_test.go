package fault_test

import (
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
)

func TestNew(t *testing.T) {
	t.Parallel()
	err := fault.New("Servers", 0, "must be 1 or more")
	require.ErrorIs(t, err, relmark.ErrInvalid)
	require.EqualError(t, err, "Servers = 0: must be 1 or more")
	require.EqualError(t, fault.Room("queue", err), "queue: Servers = 0: must be 1 or more")
	require.NoError(t, fault.Room("queue", nil))
}

func TestDecode(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err, want error
		text      string
	}{
		{codec.ErrVersion, relmark.ErrUnsupported, "rfm: history: unsupported encoding"},
		{fmt.Errorf("x: %w", codec.ErrVersion), relmark.ErrUnsupported, "rfm: history: unsupported encoding"},
		{codec.ErrCorrupt, relmark.ErrInvalid, "rfm: history: corrupt encoding: invalid input"},
		{io.EOF, relmark.ErrInvalid, "rfm: history: EOF: invalid input"},
		{relmark.ErrLimit, relmark.ErrLimit, "rfm: history: limit reached"},
		{fault.New("Days", 1, "must ascend"), relmark.ErrInvalid, "rfm: history: Days = 1: must ascend"},
	} {
		err := fault.Decode("rfm", "history", c.err)
		require.ErrorIs(t, err, c.want)
		require.EqualError(t, err, c.text)
	}
	require.NoError(t, fault.Decode("rfm", "history", nil))
}

func TestAt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ path, field, want string }{
		{"Levels[2]", "Min", "Levels[2].Min: r"},
		{"Levels", "[2]", "Levels[2]: r"},
		{"Levels", "", "Levels: r"},
		{"", "Min", "Min: r"},
	} {
		require.EqualError(t, fault.At(c.path, fault.New(c.field, nil, "r")), c.want)
	}
	require.EqualError(t, fault.At("Zone", io.EOF), "Zone: EOF")
	require.ErrorIs(t, fault.At("Zone", io.EOF), io.EOF)
	require.NoError(t, fault.At("Zone", nil))
	var l fault.List
	l.Add("A", 1, "r")
	l.Join("", io.EOF)
	require.EqualError(t, fault.At("P", l.Err("room")), "P.A = 1: r; P: EOF", "the room is said once, by whoever is outermost")
}

func TestListOfNothingIsNoError(t *testing.T) {
	t.Parallel()
	var l fault.List
	l.Check(true, "A", 1, "r")
	l.Between("B", 1, 0, 1)
	l.Level("Level", 0.5)
	l.Level("Level", 0.9999)
	l.Join("C", nil)
	l.Join("D", new(fault.List).Err("x"))
	require.NoError(t, l.Err("room"))
	assert.Zero(t, l.Len())
}

func TestList(t *testing.T) {
	t.Parallel()
	var part, l fault.List
	part.Between("Share", 1.5, 0, 1)
	part.Between("Share", nan(), 0, 1)
	l.Check(false, "A", nil, "must be there")
	l.Join("Parts[0]", part.Err("room"))
	l.Join("Zone", io.EOF)
	err := l.Err("room")
	require.EqualError(t, err, "room: A: must be there; Parts[0].Share = 1.5: must be 0 to 1; Parts[0].Share = NaN: must be 0 to 1; Zone: EOF")
	require.ErrorIs(t, err, relmark.ErrInvalid)
	require.ErrorIs(t, err, io.EOF)
	field, ok := errors.AsType[*relmark.FieldError](err)
	require.True(t, ok)
	assert.Equal(t, "A", field.Field)
	l.Add("B", 1, "r")
	assert.NotContains(t, err.Error(), "B", "an error does not grow with its list")
}

// The text of an error is bounded, whatever goes wrong, and no fault is lost: those
// that are not listed are counted, once each.
func TestListIsBoundedAndCounts(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var l fault.List
		total := 0
		for range rapid.IntRange(0, 8).Draw(t, "parts") {
			var part fault.List
			n := rapid.IntRange(0, 3*fault.Most).Draw(t, "faults")
			for i := range n {
				part.Add(fmt.Sprintf("[%d]", i), i, "r")
			}
			total += n
			if rapid.Bool().Draw(t, "nested") {
				l.Join("P", part.Err("room"))
			} else {
				l.Join("", part.Err(""))
			}
			assert.Equal(t, n >= fault.Most, part.Full())
		}
		require.Equal(t, total, l.Len())
		err := l.Err("room")
		if total == 0 {
			require.NoError(t, err)
			return
		}
		text := err.Error()
		listed := strings.Count(text, ": r")
		require.Equal(t, min(total, fault.Most), listed)
		more := 0
		if i := strings.Index(text, "; and "); i >= 0 {
			_, serr := fmt.Sscanf(text[i:], "; and %d more", &more)
			require.NoError(t, serr)
		}
		require.Equal(t, total, listed+more)
	})
}

func nan() float64 {
	zero := 0.0
	return zero / zero
}

func FuzzList(f *testing.F) {
	f.Add("Levels", "Min", "must be there", 3)
	f.Fuzz(func(t *testing.T, path, field, rule string, n int) {
		var l fault.List
		for range min(max(n, 1), 100) {
			l.Join(path, fault.New(field, nil, rule))
		}
		err := l.Err("room")
		require.ErrorIs(t, err, relmark.ErrInvalid)
		require.LessOrEqual(t, len(err.Error()), 40+fault.Most*(len(path)+len(field)+len(rule)+8))
	})
}

func TestLevel(t *testing.T) {
	t.Parallel()
	var l fault.List
	for _, x := range []float64{0.4999, 0.99991, 95, nan()} {
		l.Level("Level", x)
	}
	require.Equal(t, 4, l.Len())
	require.ErrorContains(t, l.Err("room"), "room: Level = 0.4999: must be 0.5 to 0.9999; ")
}

func TestFinite(t *testing.T) {
	t.Parallel()
	for _, x := range []float64{0, -1e308, math.MaxFloat64, math.SmallestNonzeroFloat64} {
		assert.True(t, fault.Finite(x), x)
	}
	for _, x := range []float64{nan(), math.Inf(1), math.Inf(-1)} {
		assert.False(t, fault.Finite(x), x)
	}
}

func TestItem(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "Weights[3]", fault.Item("Weights", 3))
}
