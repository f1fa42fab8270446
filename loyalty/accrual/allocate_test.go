package accrual_test

import (
	"math/big"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/accrual"
)

func TestAllocateRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		price  string
		digits int
		alone  []string
	}{
		"negative price": {"-1", 2, []string{"1"}}, "fraction": {"0.001", 2, []string{"1"}}, "nothing to weigh": {"1", 2, nil},
		"zero weights": {"1", 2, []string{"0", "0"}}, "negative weight": {"1", 2, []string{"2", "-1"}}, "digits": {"1", 10, []string{"1"}},
		"too long": {"1", 2, []string{"1e18", "1e-18"}}, "too fine": {"1", 2, []string{"1e-19"}},
	} {
		var alone []decimal.Decimal
		for _, a := range c.alone {
			alone = append(alone, dec(a))
		}
		_, err := accrual.Allocate(dec(c.price), c.digits, alone...)
		assert.ErrorIs(t, err, relmark.ErrInvalid, name)
	}
	_, err := accrual.Sale{Digits: 2, Price: dec("1")}.Allocate()
	assert.ErrorIs(t, err, relmark.ErrInvalid)
	for _, c := range [][2]string{{"1", "1.01"}, {"1", "-1"}, {"1", "0.001"}} {
		_, err = accrual.Given(dec(c[0]), dec(c[1]), 2)
		assert.ErrorIs(t, err, relmark.ErrInvalid)
	}
	_, err = accrual.Given(dec("1"), dec("1"), 10)
	assert.ErrorIs(t, err, relmark.ErrInvalid)
}

// I14: the parts add up, each within a unit of its exact share, and equal weights
// differ by index only.
func TestAllocationIsExact(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		price := rapid.Int64Range(0, 1<<53-1).Draw(t, "price")
		var alone []decimal.Decimal
		sum := new(big.Rat)
		for range rapid.IntRange(1, 6).Draw(t, "obligations") {
			a := decimal.New(rapid.Int64Range(0, 1e9).Draw(t, "alone"), -rapid.Int32Range(0, 6).Draw(t, "scale"))
			alone = append(alone, a)
			sum.Add(sum, a.Rat())
		}
		parts, err := accrual.Allocate(cents(price), 2, alone...)
		if sum.Sign() == 0 {
			require.ErrorIs(t, err, relmark.ErrInvalid)
			return
		}
		require.NoError(t, err)
		total := decimal.Decimal{}
		for i, p := range parts {
			total = total.Add(p)
			exact := new(big.Rat).Mul(big.NewRat(price, 100), new(big.Rat).Quo(alone[i].Rat(), sum))
			off := exact.Sub(exact, p.Rat())
			require.Negative(t, off.Abs(off).Cmp(big.NewRat(1, 100)))
			for j := range i {
				if alone[i].Equal(alone[j]) {
					require.False(t, p.GreaterThan(parts[j]), "the odd unit goes to the lower index")
				}
			}
		}
		require.True(t, total.Equal(cents(price)))
	})
}

func TestEntriesAddUpToZero(t *testing.T) {
	t.Parallel()
	a, err := accrual.Sale{Digits: 2, Price: dec("100"), Goods: dec("100"), Points: dec("9.5")}.Allocate()
	require.NoError(t, err)
	sum := decimal.Decimal{}
	for _, e := range posting(a.Entries()) {
		sum = sum.Add(e.Amount)
	}
	assert.True(t, sum.IsZero())
	assert.Empty(t, posting(accrual.Allocation{}.Entries()))
	up := posting(accrual.ProvisionEntries(dec("5"), dec("7.5"), 2))
	require.Len(t, up, 2)
	assert.Equal(t, accrual.RewardExpense, up[0].Account)
	assert.Equal(t, "2.5", up[0].Amount.String())
	assert.Equal(t, "-2.5", up[1].Amount.String())
}
