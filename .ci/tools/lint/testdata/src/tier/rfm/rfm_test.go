package rfm_test

import (
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	_ "github.com/relmark/relmark/loyalty"
	"github.com/relmark/relmark/tier/rfm"
)

func TestMeasures(t *testing.T) {
	t.Parallel()
	loc, err := time.LoadLocation("Europe/Madrid")
	require.NoError(t, err)
	start := time.Now().In(loc)
	require.NotEmpty(t, os.TempDir())
	assert.Positive(t, time.Since(start))
	assert.Less(t, rand.IntN(6), 6)                         // want forbidigo "no global randomness"
	assert.InDelta(t, 1.0, 1.0, 0.1)                        // want forbidigo "use internal/near"
	assert.InEpsilon(t, 1.0, 1.0, 0.1)                      // want forbidigo "use internal/near"
	require.InDeltaSlice(t, []float64{1}, []float64{1}, .1) // want forbidigo "use internal/near"
}

func TestAlone(t *testing.T) { // want paralleltest "missing the call to method parallel"
	rfm.Loop()
}

func TestLoopDoesNotAllocate(t *testing.T) {
	assert.Zero(t, testing.AllocsPerRun(10, func() { rfm.Loop() }))
}

func ExampleLoop() { // want testableexamples "missing output"
	rfm.Loop()
}
