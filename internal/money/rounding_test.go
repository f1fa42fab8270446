package money_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/internal/money"
)

// The rows are those of the table in the documentation of java.math.RoundingMode
// (HALF_UP, HALF_EVEN, HALF_DOWN, DOWN, UP, FLOOR, CEILING), typed in.
func TestRoundingModes(t *testing.T) {
	t.Parallel()
	rows := []struct {
		input string
		want  [7]int64 // in the order of modes
	}{
		{"5.5", [7]int64{6, 6, 5, 5, 6, 5, 6}},
		{"2.5", [7]int64{3, 2, 2, 2, 3, 2, 3}},
		{"1.6", [7]int64{2, 2, 2, 1, 2, 1, 2}},
		{"1.1", [7]int64{1, 1, 1, 1, 2, 1, 2}},
		{"1.0", [7]int64{1, 1, 1, 1, 1, 1, 1}},
		{"-1.0", [7]int64{-1, -1, -1, -1, -1, -1, -1}},
		{"-1.1", [7]int64{-1, -1, -1, -1, -2, -2, -1}},
		{"-1.6", [7]int64{-2, -2, -2, -1, -2, -2, -1}},
		{"-2.5", [7]int64{-3, -2, -2, -2, -3, -3, -2}},
		{"-5.5", [7]int64{-6, -6, -5, -5, -6, -6, -5}},
	}
	for _, row := range rows {
		tenths, err := money.Minor(parse(row.input), 1)
		require.NoError(t, err)
		for i, mode := range modes {
			rounded, err := money.Round(parse(row.input), 0, mode)
			require.NoError(t, err)
			assert.Equal(t, row.want[i], rounded, "Round(%s, %v)", row.input, mode)
			divided, err := money.MulDiv(tenths, 1, 10, mode)
			require.NoError(t, err)
			assert.Equal(t, row.want[i], divided, "MulDiv(%d, 1, 10, %v)", tenths, mode)
		}
	}
}

func TestRoundingNames(t *testing.T) {
	t.Parallel()
	var zero money.Rounding
	assert.Equal(t, money.HalfUp, zero)
	names := []string{"half-up", "half-even", "half-down", "down", "up", "floor", "ceiling"}
	for i, mode := range modes {
		assert.True(t, mode.Valid())
		assert.Equal(t, names[i], mode.String())
		text, err := json.Marshal(mode)
		require.NoError(t, err)
		assert.Equal(t, `"`+names[i]+`"`, string(text))
		var back money.Rounding
		require.NoError(t, json.Unmarshal(text, &back))
		assert.Equal(t, mode, back)
	}
	bad := money.Rounding(len(modes))
	assert.False(t, bad.Valid())
	assert.Equal(t, "invalid", bad.String())
	_, err := bad.MarshalText()
	require.ErrorIs(t, err, money.ErrRounding)
	for _, name := range []string{"", "HALF-UP", "half_up", "half-up ", "invalid"} {
		mode := money.Floor
		require.ErrorIs(t, mode.UnmarshalText([]byte(name)), money.ErrRounding, name)
		assert.Equal(t, money.Floor, mode)
	}
}
