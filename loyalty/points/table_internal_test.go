package points

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// colliding returns names of one hash: the bits that differ in the first eight bytes are
// taken out by the next eight.
func colliding(n int) []string {
	names := make([]string, 0, n)
	seen := map[uint64][]string{}
	for i := 0; ; i++ {
		name := fmt.Sprint(i)
		h := hashOf(name) & 0xFF
		if seen[h] = append(seen[h], name); len(seen[h]) == n {
			return append(names, seen[h]...)
		}
	}
}

// Names that collide are found all the same, by a map once there are many.
func TestNamesThatCollide(t *testing.T) {
	t.Parallel()
	names := colliding(400) // in a table of 256 slots they all want one place
	var x index[int]
	for i, name := range names {
		require.Nil(t, x.find(name))
		x.add(name, i)
		require.Equal(t, i, *x.find(name))
	}
	for i, name := range names {
		require.Equal(t, i, *x.find(name))
	}
	for i, name := range names[:150] {
		x.remove(name)
		require.Nil(t, x.find(name))
		require.Equal(t, 399, *x.find(names[399]), i)
	}
	count := 0
	for name, item := range x.all() {
		assert.Equal(t, names[*item], name)
		count++
	}
	assert.Equal(t, 250, count)
	twice := index[int]{names: append(names, names[0]), items: make([]int, 401)}
	assert.False(t, twice.build())
	short := index[int]{names: []string{"a", "b", "a"}, items: make([]int, 3)}
	assert.False(t, short.build())
	c := x.clone()
	c.remove(names[399])
	assert.NotNil(t, x.find(names[399]))
	var full table
	full.slots = make([]slot, 64)
	for i := range patience {
		_, placed := full.add(names[:i+1], i)
		assert.True(t, placed)
	}
	_, placed := full.add(names[:patience+1], patience)
	assert.False(t, placed)
}
