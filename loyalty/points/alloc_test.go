package points_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/loyalty/points"
)

func TestFoldDoesNotAlloc(t *testing.T) {
	events := member(t, twoRules(t))
	var a points.Account
	allocs := testing.AllocsPerRun(50, func() {
		a.Reset()
		for i := range events {
			if a.Apply(events[i]) != nil {
				t.Fail()
			}
		}
	})
	assert.Zero(t, allocs)
	assert.Equal(t, uint64(40), a.Version())
}

// Decoding into reused memory allocates a piece for names now and then.
func TestReusingDecoderHardlyAllocs(t *testing.T) {
	var text, compact [][]byte
	for _, ev := range member(t, twoRules(t)) {
		data, err := ev.AppendJSON(nil)
		require.NoError(t, err)
		text = append(text, data)
		data, err = ev.AppendBinary(nil)
		require.NoError(t, err)
		compact = append(compact, data)
	}
	d := points.Decoder{Reuse: true}
	var ev points.Event
	allocs := testing.AllocsPerRun(50, func() {
		for i := range text {
			if d.Decode(text[i], &ev) != nil || d.DecodeBinary(compact[i], &ev) != nil {
				t.Fail()
			}
		}
	})
	assert.LessOrEqual(t, allocs, 4.0, "for eighty events")
}

// A what-if keeps its memory from member to member.
func TestWhatIfDoesNotAlloc(t *testing.T) {
	e := twoRules(t)
	events := member(t, e)
	w, err := points.NewWhatIf(e, e)
	require.NoError(t, err)
	assert.LessOrEqual(t, testing.AllocsPerRun(50, func() {
		for i := range events {
			if w.Event(&events[i]) != nil {
				t.Fail()
			}
		}
		if w.Member(at(9)) != nil {
			t.Fail()
		}
	}), 1.0, "for eighty events")
}
