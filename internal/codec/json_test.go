package codec_test

import (
	"encoding/json"
	"strings"
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

func TestObject(t *testing.T) {
	t.Parallel()
	var p policy
	require.NoError(t, codec.Object([]byte(` {"floor":2.5,"minTiers":[{"v":3,"floor":1}]} `), &p))
	assert.Equal(t, policy{Floor: 2.5, Tiers: []policy{{V: 3, Floor: 1}}}, p)
	require.NoError(t, codec.Object([]byte(`{}`), &p), "absent keys change nothing")
	assert.Equal(t, policy{Floor: 2.5, Tiers: []policy{{V: 3, Floor: 1}}}, p)
	var hosts struct {
		Metrics map[string]int `json:"metrics"`
	}
	require.NoError(t, codec.Object([]byte(`{"metrics":{"Spend":1,"spend":2}}`), &hosts, "metrics"))
	assert.Equal(t, map[string]int{"Spend": 1, "spend": 2}, hosts.Metrics)
}

func TestObjectRefuses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		``, `null`, `[]`, `"{}"`, `{`, `{} {}`, `{}x`, `{"new":1}`, `{"floor":"1"}`, `{"Floor":1}`, `{"floor":1,"floor":1}`,
		`{"floor":1,"flooR":2}`, `{"minTier\u017f":[]}`, `{"minTiers":[{"Floor":1}]}`, `{"minTiers":[{"floor":1,"floor":1}]}`,
		`{"minTiers":[{"new":1}]}`, "{\"\xff\":1}", `{"new":"\ud800"}`, strings.Repeat(`{"minTiers":[`, 20_000),
	} {
		var p policy
		require.ErrorIs(t, codec.Object([]byte(text), &p), codec.ErrCorrupt, "%.50s", text)
	}
}

// Text comes in as it is or not at all: of what encoding/json would put U+FFFD for,
// nothing is read.
func TestJSONReadsTextAsItIs(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`é`: "é", `\u00e9`: "é", `\ud83d\ude00`: "😀", `\uD83D\uDE00\ud83d\ude00`: "😀😀", "�": "�", `\ufffd`: "�", `\\ud800`: `\ud800`,
		`\\\ud83d\ude00`: `\😀`, `\ud7ff\ue000`: "퟿", `\"`: `"`,
		"\xff": "", "\xc3": "", "\xed\xa0\x80": "", `\ud800`: "", `\udc00`: "", `\ud800x`: "", `\udc00\ud800`: "", `\ud800\ud800\udc00`: "",
		`\ud800\u0041`: "", `\uDBFF\uDBFF`: "", `x\ud83d\\ude00`: "", `\\\ud800`: "",
	} {
		var in struct {
			V    int
			Text string `json:"text"`
		}
		err := codec.JSON([]byte(`{"v":1,"text":"`+text+`"}`), 1, &in)
		if want == "" {
			require.ErrorIs(t, err, codec.ErrCorrupt, "%q reads as %q", text, in.Text)
			continue
		}
		require.NoError(t, err, text)
		assert.Equal(t, want, in.Text)
	}
}

// FuzzJSONText compares with encoding/json, which puts U+FFFD for what is no text.
func FuzzJSONText(f *testing.F) {
	f.Add(`\ud83d\ude00`)
	f.Add("\xff")
	f.Fuzz(func(t *testing.T, text string) {
		data := []byte(`{"v":1,"text":"` + text + `"}`)
		var plain, in struct {
			V    int
			Text string `json:"text"`
		}
		if json.Unmarshal(data, &plain) != nil || strings.Contains(strings.ToLower(text), "fffd") || strings.Contains(text, "�") || strings.Contains(text, `"`) {
			return
		}
		require.Equal(t, !strings.Contains(plain.Text, "�"), codec.JSON(data, 1, &in) == nil, "%q", text)
	})
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

// FuzzObject compares with JSON, which asks for a version besides.
func FuzzObject(f *testing.F) {
	f.Add([]byte(`{"v":1,"floor":2.5,"minTiers":[{"v":3}]}`))
	f.Add([]byte(`{"Floor":1}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var p, q policy
		err := codec.Object(data, &p)
		if codec.JSON(data, 1, &q) == nil {
			require.NoError(t, err)
			require.Equal(t, q, p)
		}
	})
}
