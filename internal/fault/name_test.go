package fault_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/internal/fault"
)

func TestNameOnce(t *testing.T) { //nolint:paralleltest // it counts allocations
	var l fault.List
	seen := map[string]bool{}
	for i, name := range []string{"a", "", "a", "b", "b"} {
		l.NameOnce(seen, "Firms", i, ".Name", name)
	}
	require.EqualError(t, l.Err("room"), "room: Firms[1].Name: must be 1 to 200 bytes of UTF-8; "+
		"Firms[2].Name: must not repeat another; Firms[4].Name: must not repeat another")
	assert.Zero(t, testing.AllocsPerRun(10, func() {
		clear(seen)
		l.NameOnce(seen, "Firms", 0, ".Name", "a")
	}))
}

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
