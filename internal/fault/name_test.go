package fault_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/internal/fault"
)

func TestNames(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"a", "é", strings.Repeat("x", 200)} {
		assert.True(t, fault.ValidName(good), good)
	}
	for _, bad := range []string{"", "\xff", strings.Repeat("x", 201)} {
		assert.False(t, fault.ValidName(bad), bad)
	}
	var l fault.List
	l.Name("Key", "k")
	set := l.Names("Codes", []string{"a", "b"})
	require.NoError(t, l.Err("room"))
	assert.Equal(t, map[string]bool{"a": true, "b": true}, set)
	l.Name("Key", "")
	l.Names("Codes", []string{"a", "", "a"})
	assert.EqualError(t, l.Err("room"), "room: Key: must be 1 to 200 bytes of UTF-8; "+
		"Codes[1]: must be 1 to 200 bytes of UTF-8, once; Codes[2]: must be 1 to 200 bytes of UTF-8, once")
}
