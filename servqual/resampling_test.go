package servqual_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/servqual"
)

func TestIntervalsContainTheirEnds(t *testing.T) {
	t.Parallel()
	i := servqual.Interval{Low: -1, High: 2}
	for x, want := range map[float64]bool{-1: true, 0: true, 2: true, math.Nextafter(2, 3): false, math.Nextafter(-1, -2): false, math.Inf(1): false} {
		assert.Equal(t, want, i.Contains(x), x)
	}
	assert.False(t, i.Contains(math.NaN()))
}

func TestResamplingSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	require.NoError(t, servqual.Resampling{Replicates: 100, Level: 0.5}.Validate())
	require.NoError(t, servqual.Resampling{Replicates: 100_000, Level: 0.9999, Workers: 64}.Validate())
	for field, r := range map[string]servqual.Resampling{
		"Replicates": {Replicates: 99, Level: 0.9}, "Level": {Replicates: 100, Level: math.NaN()}, "Workers": {Replicates: 100, Level: 0.9, Workers: 65},
	} {
		err := r.Validate()
		require.ErrorIs(t, err, relmark.ErrInvalid)
		require.ErrorContains(t, err, field)
	}
	require.ErrorContains(t, servqual.Resampling{}.Validate(), "Replicates = 0: must be 100 to 100000; Level = 0: must be 0.5 to 0.9999")
}
