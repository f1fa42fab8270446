package points_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

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
