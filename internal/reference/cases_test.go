package reference_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/internal/reference"
)

var errInvalid = errors.New("invalid")

// A case that fails is told, and those after it run.
func TestGoldenRunsEveryCase(t *testing.T) {
	t.Setenv("RELMARK_REFERENCE", write(t, "bonds_golden.json", `{"cases":[
		{"id":"a","kind":"economics","in":1,"expect":{"value":2.5,"n":3,"text":"1.50","list":[1,null],"other":true}},
		{"id":"b","kind":"economics","in":2,"expect":{"value":1}},
		{"id":"c","kind":"economics","in":3,"expect":{"error":"invalid"}},
		{"id":"d","kind":"economics","in":4,"expect":{"error":"invalid"}},
		{"id":"e","kind":"economics","in":5,"expect":{"error":"unheard_of"}},
		{"id":"f","kind":"referral","in":6,"expect":{}},
		{"id":"g","kind":"economics","in":7,"expect":{"value":2,"text":"one","list":[1]}}]}`))
	r := &recorder{}
	f := reference.Open(r, "loyalty", "bonds_golden.json")
	var seen []string
	f.Golden(map[string]error{"invalid": errInvalid}, func(c reference.Case) (any, error) {
		seen = append(seen, c.ID)
		switch c.ID {
		case "a":
			return map[string]any{"value": 2.5 + 1e-13, "n": 3, "text": "1.5", "list": []*int{new(1), nil}, "other": true, "more": 1}, nil
		case "b", "e":
			return nil, errInvalid
		case "c":
			return nil, errors.Join(errInvalid)
		case "g":
			return map[string]any{"value": 2.0000001, "text": "two", "list": []int{1, 2}}, nil
		}
		return nil, nil
	})
	assert.Equal(t, []string{"a", "b", "c", "d", "e", "g"}, seen, "those of the room, in their order")
	require.Len(t, r.failures, 6)
	for i, part := range []string{"b: invalid", "d: error", "e: error", "g.", "g.", "g."} {
		assert.Contains(t, r.failures[i], part)
	}
	r.end()
	assert.Contains(t, r.logs[0], "15 values, 0 pending")
}

func TestNumbersAreTextsOrNumbers(t *testing.T) {
	t.Parallel()
	var list []reference.Number
	require.NoError(t, json.Unmarshal([]byte(`["0.1", 2, "-3e2"]`), &list))
	assert.Equal(t, []reference.Number{0.1, 2, -300}, list)
	for _, text := range []string{`["x"]`, `[true]`, `[{}]`} {
		require.Error(t, json.Unmarshal([]byte(text), &list))
	}
	var in struct{ Known int }
	require.NoError(t, reference.Strict([]byte(`{"known":1}`), &in))
	require.Error(t, reference.Strict([]byte(`{"known":1,"unknown":2}`), &in))
}
