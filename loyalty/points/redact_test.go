package points_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/points"
)

// Every name that a redacted event gets is a name, or there is no redacted event.
func TestRedactChecksTheNames(t *testing.T) {
	t.Parallel()
	events, _ := everyKind(t)
	for _, ev := range events {
		red, err := ev.Redact(digest)
		require.NoError(t, err, ev.Kind())
		assert.Equal(t, ev.Kind(), red.Kind())
		for name, rename := range map[string]func(string) string{
			"nil": nil, "empty": func(string) string { return "" }, "long": func(string) string { return strings.Repeat("x", 201) },
			"but the key": func(name string) string {
				if name == ev.Key {
					return name
				}
				return "\xff"
			},
		} {
			red, err := ev.Redact(rename)
			if name == "but the key" && err == nil {
				assert.Equal(t, ev.Key, red.Key, "it has no other name")
				continue
			}
			require.ErrorIs(t, err, relmark.ErrInvalid, "%s %s", ev.Kind(), name)
			assert.Equal(t, points.Event{}, red)
		}
	}
	good := events[0]
	for name, spoil := range map[string]func(*points.Event){
		"no body": func(ev *points.Event) { ev.Body = nil },
		"no key":  func(ev *points.Event) { ev.Key = "" },
		"no time": func(ev *points.Event) { ev.At = time.Time{} },
	} {
		ev := good
		spoil(&ev)
		_, err := ev.Redact(digest)
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
	}
}
