package canon_test

import (
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/canon"
)

// A failing value says something that must not be repeated.
type failing struct{}

var errFailing = errors.New("jane@example.com")

func (failing) MarshalJSON() ([]byte, error) { return nil, errFailing }

func TestMarshal(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		value any
		want  string
	}{
		"plain":                         {struct{ A, B string }{"x", "é\ufffd\u2028"}, `{"A":"x","B":"é` + "\ufffd" + `\u2028"}`},
		"text that spells the escape":   {[]string{`\ufffd`}, `["\\ufffd"]`},
		"backslashes before an escape":  {[]string{`\\` + "\n"}, `["\\\\\n"]`},
		"text that is not UTF-8":        {[]string{"a\xff"}, ""},
		"half a character":              {[]string{"\xc3"}, ""},
		"surrogate":                     {[]string{"\xed\xa0\x80"}, ""},
		"after a backslash":             {[]string{"\\\xff"}, ""},
		"key that is not UTF-8":         {map[string]int{"\xff": 1}, ""},
		"infinite":                      {math.Inf(1), ""},
		"year 10000":                    {time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC), ""},
		"a method that fails":           {failing{}, ""},
		"quotes and what HTML dislikes": {[]string{`"<`}, `["\"\u003c"]`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data, err := canon.Marshal(c.value)
			if c.want == "" {
				require.ErrorIs(t, err, relmark.ErrInvalid)
				require.NotContains(t, err.Error(), "jane")
				return
			}
			require.NoError(t, err)
			assert.Equal(t, c.want, string(data))
		})
	}
}

// A wrong part says which field is wrong.
type wrong struct{ field *relmark.FieldError }

func (w wrong) MarshalJSON() ([]byte, error) { return nil, fmt.Errorf("room: %w", w.field) }

func TestMarshalSaysWhichFieldIsWrong(t *testing.T) {
	t.Parallel()
	want := &relmark.FieldError{Field: "Levels[2].Min", Value: 3, Rule: "must be > 5"}
	for _, v := range []any{wrong{want}, []any{1, wrong{want}}, map[string]any{"a": struct{ W wrong }{wrong{want}}}} {
		_, err := canon.Marshal(v)
		require.ErrorIs(t, err, relmark.ErrInvalid)
		assert.Equal(t, want, err)
	}
}

func TestZones(t *testing.T) {
	t.Parallel()
	berlin := time.FixedZone("Europe/Berlin", 3600)
	name, err := canon.ZoneName(berlin)
	require.NoError(t, err)
	assert.Equal(t, "Europe/Berlin", name)
	loc, err := canon.LoadZone(name, func(string) (*time.Location, error) { return berlin, nil })
	require.NoError(t, err)
	assert.Same(t, berlin, loc)
	for _, loc := range []*time.Location{nil, time.Local, time.FixedZone("", 0)} {
		_, err := canon.ZoneName(loc)
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
	var field *relmark.FieldError
	_, err = canon.LoadZone("secret", func(string) (*time.Location, error) { return nil, errFailing })
	require.ErrorIs(t, err, errFailing)
	require.ErrorAs(t, err, &field)
	assert.Equal(t, relmark.FieldError{Field: "Zone", Rule: "must be the name of a zone that the loader knows"}, *field)
	_, err = canon.LoadZone("secret", nil)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	assert.NotContains(t, err.Error(), "secret")
}
