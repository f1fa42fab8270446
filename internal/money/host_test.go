package money_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/internal/hostile"
	"github.com/relmark/relmark/internal/money"
)

// A host may set every variable of the decimal package to anything. The test
// sets them, so it must not run in parallel: parallel tests wait until it has
// put them back.
//
//nolint:paralleltest // see above
func TestHostSettingsChangeNothing(t *testing.T) {
	want := everything(t)
	hostile.Settings(t)
	assert.Equal(t, want, everything(t))
}

// everything calls each function that takes or gives a decimal, on its fast and
// on its slow path.
func everything(t *testing.T) string {
	t.Helper()
	var out strings.Builder
	texts := []string{
		"0", "0.00", "-1.50", "12.345", "1200", "99999999999999999.995",
		"-9223372036854775808", "1234567890123456789012.5", "0.0000000000000000000000001",
	}
	for _, text := range texts {
		d, err := money.Parse(text)
		require.NoError(t, err)
		for _, shift := range []int32{0, 3, -3} {
			d := d.Shift(shift)
			coef, scale, ok := money.Coefficient(d)
			fmt.Fprintln(&out, coef, scale, ok, d.Exponent(), d.Coefficient())
			canonical, err := money.Text(d)
			fmt.Fprintln(&out, canonical, err)
			minor, err := money.Minor(d, 2)
			fmt.Fprintln(&out, minor, err, string(money.AppendText(nil, minor, 2)), money.Decimal(minor, 2).Exponent())
			rate, err := money.RateOf(d)
			fmt.Fprintln(&out, rate, err)
			for _, mode := range modes {
				rounded, err := money.Round(d, 2, mode)
				fmt.Fprintln(&out, rounded, err)
			}
		}
	}
	return out.String()
}
