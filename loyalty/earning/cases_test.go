package earning_test

import (
	"fmt"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/earning"
)

// What property tests find in some of their runs, found in each.

// More points than there can be are an error, wherever they arise, and never 0.
func TestOverflowsAreErrors(t *testing.T) {
	t.Parallel()
	const most = 1<<53 - 1
	rate := func(n int64) []earning.Rate { return []earning.Rate{{Rule: "base", Points: n, Per: decimalOf(1)}} }
	twice := []earning.Multiplier{{Rule: "double", Factor: euros(2)}}
	for name, c := range map[string]struct {
		rules earning.Version
		cents int64
		want  int64 // 0 is an error
	}{
		"all there can be":             {earning.Version{Rates: rate(most)}, 1, most},
		"past 2^53 by the rate":        {earning.Version{Rates: rate(most)}, 2, 0},
		"past int64 by the rate":       {earning.Version{Rates: rate(1 << 52)}, 1 << 20, 0},
		"past int64 by the factor":     {earning.Version{Rates: rate(1 << 51), Multipliers: twice}, 1 << 11, 0},
		"past 2^53 by the factor":      {earning.Version{Rates: rate(1 << 51), Multipliers: twice}, 3, 0},
		"base past 2^53, nothing left": {earning.Version{Rates: rate(most), Multipliers: []earning.Multiplier{{Rule: "none"}}}, 2, 0},
		"base past int64, nothing":     {earning.Version{Rates: rate(1 << 52), Multipliers: []earning.Multiplier{{Rule: "none"}}}, 1 << 20, 0},
		"past 2^53 by a bonus":         {earning.Version{Rates: rate(most - 5), Bonuses: []earning.Bonus{{Rule: "b", Points: 6}}}, 1, 0},
		"just within, with a bonus":    {earning.Version{Rates: rate(most - 5), Bonuses: []earning.Bonus{{Rule: "b", Points: 5}}}, 1, most},
		"past 2^53 by a goal":          {earning.Version{Rates: rate(most), Goals: []earning.Goal{{Rule: "g", Target: 1, Points: 1}}}, 1, 0},
		"past 2^53 by a goal, often":   {earning.Version{Goals: []earning.Goal{{Rule: "g", Count: earning.CountSpend, Target: 1, Points: 1 << 52, Repeat: true}}}, 2, 0},
		"past int64 by a goal, often":  {earning.Version{Goals: []earning.Goal{{Rule: "g", Count: earning.CountSpend, Target: 1, Points: 1 << 52, Repeat: true}}}, 1 << 20, 0},
		"past 2^53 under a cap":        {earning.Version{Rates: rate(most), Caps: []earning.Cap{{Per: earning.PerOrder, Points: 10}}}, 2, 0},
	} {
		e := compiled(t, c.rules)
		order := earning.Order{At: at(1), Amount: decimalOf(c.cents)}
		out, err := e.Earn(&order, nil)
		award, errQuote := e.Quote(&order)
		judged := earning.Award{Version: "before"}
		_, errJudge := e.Judge(&judged, &earning.Facts{Date: day(1), Total: c.cents, Cash: c.cents}, new(member))
		if c.want == 0 {
			require.ErrorIs(t, err, relmark.ErrLimit, name)
			require.ErrorIs(t, errQuote, relmark.ErrLimit, name)
			require.ErrorIs(t, errJudge, relmark.ErrLimit, name)
			assert.Equal(t, earning.Award{Version: "before"}, judged, name)
			assert.Zero(t, out, name)
			assert.Zero(t, award, name)
			continue
		}
		require.NoError(t, err, name)
		require.NoError(t, errQuote, name)
		require.NoError(t, errJudge, name)
		assert.Equal(t, c.want, out.Award.Granted, name)
		assert.Equal(t, c.want, judged.Granted, name)
		assert.Equal(t, c.want, award.Granted, name)
	}
}

// All rules of a version count, also beyond the bits of a word, and each explains its
// part.
func TestMoreThan64RulesOfAKind(t *testing.T) {
	t.Parallel()
	for _, n := range []int{63, 64, 65, 128, 129, 1000} {
		var v earning.Version
		for i := range n {
			v.Rates = append(v.Rates, earning.Rate{Rule: fmt.Sprint("r", i), Points: 1, Per: euros(1)})
			v.Multipliers = append(v.Multipliers, earning.Multiplier{Rule: fmt.Sprint("m", i), Factor: decimal.New(11, -1)})
			v.Bonuses = append(v.Bonuses, earning.Bonus{Rule: fmt.Sprint("b", i), Points: int64(i + 1)})
		}
		e := compiled(t, v)
		award := earned(t, e, earning.Order{Amount: euros(10)})
		base, bonus := int64(10*n), int64(n*(n+1)/2)
		assert.Equal(t, base, award.Qualifying, n)
		assert.Equal(t, base+base*int64(n)/10, award.Product, n)
		assert.Equal(t, bonus, award.Bonus, n)
		require.Len(t, award.Grants, 3*n)
		for i, g := range award.Grants {
			switch k := i % n; i / n {
			case 0:
				assert.Equal(t, earning.Grant{Rule: fmt.Sprint("r", k), Points: 10}, g)
			case 1:
				assert.Equal(t, earning.Grant{Rule: fmt.Sprint("m", k), Points: base / 10}, g)
			case 2:
				assert.Equal(t, earning.Grant{Rule: fmt.Sprint("b", k), Points: int64(k + 1)}, g)
			}
		}
	}
}

// The exclusive multiplier of the highest priority wins wherever it stands, and names
// all that gave way.
func TestTheLastOf130MultipliersWins(t *testing.T) {
	t.Parallel()
	v := earning.Version{Rates: []earning.Rate{{Rule: "base", Points: 1, Per: euros(1)}}}
	for i := range 130 {
		v.Multipliers = append(v.Multipliers, earning.Multiplier{Rule: fmt.Sprint("m", i), Factor: euros(2), Exclusive: true, Priority: i})
	}
	award := earned(t, compiled(t, v), earning.Order{Amount: euros(7)})
	require.Len(t, award.Grants, 2)
	assert.Equal(t, "m129", award.Grants[1].Rule)
	assert.Equal(t, int64(7), award.Grants[1].Points)
	assert.Len(t, award.Grants[1].Suppressed, 129)
	assert.Equal(t, int64(14), award.Granted)
}

// Each version is its own: an order is judged by that of its date, whichever stands
// first, and one that no version covers by none.
func TestEachVersionIsCompiled(t *testing.T) {
	t.Parallel()
	rules := func(from, to, n int) earning.Version {
		return earning.Version{
			Name: fmt.Sprint(n), From: day(from), To: day(to),
			Rates:       []earning.Rate{{Rule: "base", Points: int64(n), Per: euros(1)}},
			Multipliers: []earning.Multiplier{{Rule: "gold", Factor: euros(int64(n)), When: earning.Condition{Tiers: []string{"gold"}}}},
			Bonuses:     []earning.Bonus{{Rule: "shop", Points: int64(n), When: earning.Condition{MinTotal: new(euros(int64(n)))}}},
			Caps:        []earning.Cap{{Per: earning.PerOrder, Points: int64(100 * n)}},
		}
	}
	for _, versions := range [][]earning.Version{
		{rules(0, 9, 2), rules(10, 19, 3), rules(20, 29, 5)},
		{rules(20, 29, 5), rules(10, 19, 3), rules(0, 9, 2)},
	} {
		e := compiled(t, versions...)
		for n, c := range map[int]struct{ plain, gold, capped int64 }{
			0: {22, 42, 200}, 9: {22, 42, 200}, 10: {33, 93, 300}, 19: {33, 93, 300}, 20: {55, 255, 500}, 29: {55, 255, 500},
		} {
			for tier, want := range map[string]int64{"": c.plain, "gold": c.gold} {
				award, err := e.Quote(&earning.Order{At: at(n), Amount: euros(10), Tier: tier})
				require.NoError(t, err)
				assert.Equal(t, want, award.Granted, "day %d, %s", n, tier)
			}
			award, err := e.Quote(&earning.Order{At: at(n), Amount: euros(1000), Tier: "gold"})
			require.NoError(t, err)
			assert.Equal(t, c.capped, award.Granted)
		}
		for _, n := range []int{-1, 30} {
			_, err := e.Quote(&earning.Order{At: at(n), Amount: euros(10)})
			require.ErrorIs(t, err, relmark.ErrInvalid)
		}
	}
}
