package points

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
)

// Only version 1 was ever written. These tests lift what it wrote as later versions
// would.

// golden1 returns the events of version 1, in both encodings.
func golden1(t *testing.T) (text, compact [][]byte) {
	t.Helper()
	lines := func(name string) [][]byte {
		data, err := os.ReadFile("testdata/" + name)
		require.NoError(t, err)
		return bytes.Split(bytes.TrimSpace(data), []byte("\n"))
	}
	for _, line := range lines("events_v1.hex") {
		data, err := hex.DecodeString(string(line))
		require.NoError(t, err)
		compact = append(compact, data)
	}
	return lines("events_v1.jsonl"), compact
}

// note appends a mark to the key, so that a test sees which upcasters ran.
func note(mark string) upcaster {
	return func(ev Event) Event {
		ev.Key += mark
		return ev
	}
}

func TestUpcastersRunInOrderFromTheVersionOfTheEvent(t *testing.T) {
	t.Parallel()
	text, compact := golden1(t)
	require.Len(t, compact, len(text))
	steps := []upcaster{note("a"), note("b")} // as if version 3 were written now
	for i := range text {
		var plain, ev Event
		require.NoError(t, plain.UnmarshalJSON(text[i]))
		for version, marks := range []string{1: "ab", 2: "b", 3: ""} {
			want, unknown := plain, version == 0
			want.Key += marks
			text := bytes.Replace(text[i], []byte(`{"v":1`), fmt.Appendf(nil, `{"v":%d`, version), 1)
			compact := codec.Seal(append([]byte{byte(version)}, compact[i][1:]...))
			errs := []error{new(form).event(text, &ev, steps), new(form).packedEvent(compact, &ev, steps)}
			for _, err := range errs {
				if unknown {
					require.Error(t, err) // a zero is left out of JSON
					continue
				}
				require.NoError(t, err)
				assert.Equal(t, want, ev)
			}
		}
		later := bytes.Replace(text[i], []byte(`{"v":1`), []byte(`{"v":4`), 1)
		require.ErrorIs(t, new(form).event(later, &ev, steps), relmark.ErrUnsupported)
		require.ErrorIs(t, new(form).packedEvent(append([]byte{4}, compact[i][1:]...), &ev, steps), relmark.ErrUnsupported)
	}
}

// A probe is a type whose layout has changed: what version 1 wrote as two flags is a
// name since version 2, and version 3 has a count besides.
type probe struct {
	Level string
	Count int64
}

func (p *probe) code(f *form) {
	if f.version <= 1 {
		var gold, silver bool
		f.flag("gold", &gold)
		f.flag("silver", &silver)
		switch {
		case gold:
			p.Level = "gold"
		case silver:
			p.Level = "silver"
		}
	} else {
		f.name("level", &p.Level)
	}
	if f.version > 2 {
		f.int("count", &p.Count)
	}
}

func TestLayoutsOfOldVersionsAreRead(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		version int64
		text    string
		compact string
		want    probe
		bad     bool
	}{
		{1, `{"gold":true}`, "0200", probe{Level: "gold"}, false},
		{1, `{"silver":true}`, "0002", probe{Level: "silver"}, false},
		{1, `{}`, "0000", probe{}, false},
		{2, `{"level":"gold"}`, "04676f6c64", probe{Level: "gold"}, false},
		{3, `{"level":"gold","count":5}`, "04676f6c640a", probe{"gold", 5}, false},
		{1, `{"level":"gold"}`, "04676f6c64", probe{}, true},
		{2, `{"level":"gold","count":5}`, "04676f6c640a", probe{}, true},
		{3, `{"gold":true}`, "0200", probe{}, true},
	} {
		compact, err := hex.DecodeString(c.compact)
		require.NoError(t, err)
		text := form{in: []byte(c.text), reading: true, version: c.version}
		packed := form{in: compact, reading: true, compact: true, version: c.version}
		for _, f := range []*form{&text, &packed} {
			var p probe
			outer := f.open()
			p.code(f)
			f.close(outer)
			if c.bad {
				assert.True(t, f.bad || f.i < len(f.in), c.text)
				continue
			}
			assert.Equal(t, c.want, p)
			assert.False(t, f.bad || f.i < len(f.in), c.text)
		}
	}
}

// What is written is the version after the last upcaster, and there is a golden file
// for it.
func TestVersionThatIsWritten(t *testing.T) {
	t.Parallel()
	assert.Equal(t, int64(len(upcasters())+1), eventVersion())
	for _, ext := range []string{"jsonl", "hex"} {
		_, err := os.Stat(fmt.Sprintf("testdata/events_v%d.%s", eventVersion(), ext))
		require.NoError(t, err)
	}
}
