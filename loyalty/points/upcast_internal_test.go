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
	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/enum"
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
			errs := []error{new(reader).event(text, &ev, steps), new(reader).packed(compact, &ev, steps)}
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
		require.ErrorIs(t, new(reader).event(later, &ev, steps), relmark.ErrUnsupported)
		require.ErrorIs(t, new(reader).packed(append([]byte{4}, compact[i][1:]...), &ev, steps), relmark.ErrUnsupported)
	}
}

// A probe is a type whose layout has changed: what version 1 wrote as two flags is a
// name since version 2, and version 3 has a count besides.
type probe struct {
	Level string
	Count int64
}

func (p *probe) code(f *canon.Form) {
	kind := "probe"
	canon.Head(f, 3, enum.Of("probe"), &kind)
	if f.Version() <= 1 {
		var gold, silver bool
		f.Flag("gold", &gold)
		f.Flag("silver", &silver)
		switch {
		case gold:
			p.Level = "gold"
		case silver:
			p.Level = "silver"
		}
	} else {
		f.Name("level", &p.Level)
	}
	if f.Version() > 2 {
		f.Int("count", &p.Count)
	}
}

func TestLayoutsOfOldVersionsAreRead(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text    string
		compact string
		want    probe
		bad     bool
	}{
		{`{"v":1,"type":"probe","gold":true}`, "01000200", probe{Level: "gold"}, false},
		{`{"v":1,"type":"probe","silver":true}`, "01000002", probe{Level: "silver"}, false},
		{`{"v":1,"type":"probe"}`, "01000000", probe{}, false},
		{`{"v":2,"type":"probe","level":"gold"}`, "020004676f6c64", probe{Level: "gold"}, false},
		{`{"v":3,"type":"probe","level":"gold","count":5}`, "030004676f6c640a", probe{"gold", 5}, false},
		{`{"v":1,"type":"probe","level":"gold"}`, "010004676f6c64", probe{}, true},
		{`{"v":2,"type":"probe","level":"gold","count":5}`, "020004676f6c640a", probe{}, true},
		{`{"v":3,"type":"probe","gold":true}`, "03000200", probe{}, true},
	} {
		compact, err := hex.DecodeString(c.compact)
		require.NoError(t, err)
		var text, packed canon.Form
		text.Read([]byte(c.text))
		packed.ReadPacked(codec.AppendSum(compact, 0))
		for _, f := range []*canon.Form{&text, &packed} {
			var p probe
			if p.code(f); c.bad {
				require.Error(t, f.Done(), c.text)
				continue
			}
			require.NoError(t, f.Done(), c.text)
			assert.Equal(t, c.want, p)
		}
	}
}

// What is written is the version after the last upcaster, and there is a golden file
// for it.
func TestVersionThatIsWritten(t *testing.T) {
	t.Parallel()
	assert.Equal(t, len(upcasters())+1, eventVersion())
	for _, ext := range []string{"jsonl", "hex"} {
		_, err := os.Stat(fmt.Sprintf("testdata/events_v%d.%s", eventVersion(), ext))
		require.NoError(t, err)
	}
}
