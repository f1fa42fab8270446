package pulse_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func BenchmarkTallyAdd(b *testing.B) {
	y := tally(b, 0, 10)
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		if err := y.Add(i % 11); err != nil {
			b.Fatal(err)
		}
		i++
	}
}

// Not parallel: AllocsPerRun panics in parallel tests.
func TestAddAllocatesNothing(t *testing.T) {
	y, w := tally(t, 0, 10), weighted(t, 0, 10)
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		_ = y.Add(7)
		_ = w.Add(7, 0.5)
	}))
}
