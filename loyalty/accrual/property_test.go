package accrual_test

import (
	"cmp"
	"encoding/json"
	"math/big"
	"slices"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/loyalty/accrual"
)

// A naive order: what was sold, and what has been posted for it.
type order struct {
	deferral           accrual.Deferral
	started            accrual.Deferral // as it was when the period began
	old                bool
	points             int64
	goods, part        decimal.Decimal // of the price
	cancelled, revenue decimal.Decimal
}

// I12 over orders: at the end of every period revenue, liability and what is reserved
// are what was allocated and not cancelled, for each order and for all of them, and
// the revenue of each is at least 0 and at most its allocation; in the end it is the
// allocation. No unit is lost between the price and the last posting.
func TestOrdersAddUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var orders []*order
		posted := map[accrual.LedgerAccount]decimal.Decimal{}
		post := func(entries []accrual.Entry) {
			for _, e := range entries {
				posted[e.Account] = posted[e.Account].Add(e.Amount)
			}
		}
		cash := decimal.Decimal{}
		sell := func() {
			price := cents(rapid.Int64Range(0, 1<<40).Draw(t, "price"))
			alone := cents(rapid.Int64Range(1, 1<<40).Draw(t, "goods"))
			a, err := accrual.Sale{Digits: 2, Price: price, Goods: alone, Points: cents(rapid.Int64Range(0, 1<<30).Draw(t, "alone"))}.Allocate()
			require.NoError(t, err)
			require.True(t, a.Goods.Add(a.Points).Equal(price))
			d, err := accrual.Defer(a.Points, 2)
			require.NoError(t, err)
			post(posting(a.Entries()))
			cash = cash.Add(price)
			orders = append(orders, &order{deferral: d, points: rapid.Int64Range(0, 1000).Draw(t, "points"), goods: a.Goods, part: a.Points})
		}
		cancel := func(o *order) {
			most := o.deferral.Allocated().Sub(o.deferral.Reserved()).Shift(2).IntPart()
			part := cents(rapid.Int64Range(0, most).Draw(t, "cancelled"))
			d, err := o.deferral.Cancel(part)
			require.NoError(t, err)
			text, err := json.Marshal(d)
			require.NoError(t, err)
			require.NoError(t, json.Unmarshal(text, &o.deferral))
			require.Equal(t, d, o.deferral)
			o.cancelled = o.cancelled.Add(part)
			posted[accrual.ContractLiability] = posted[accrual.ContractLiability].Add(part) // the host's posting
			cash = cash.Sub(part)
		}
		measure := func(o *order, e accrual.Estimate) {
			d, p, err := o.deferral.Measure(e)
			require.NoError(t, err)
			o.deferral, o.revenue = d, o.revenue.Add(p.Revenue)
			post(posting(p.Entries()))
			require.False(t, o.revenue.IsNegative() || o.revenue.GreaterThan(d.Allocated()))
			require.True(t, o.revenue.Equal(d.Recognised()))
			require.True(t, decimal.Sum(d.Recognised(), d.Liability(), d.Reserved(), o.cancelled).Equal(o.part))
		}
		for range rapid.IntRange(1, 5).Draw(t, "periods") {
			for _, o := range orders {
				o.started, o.old = o.deferral, true
			}
			for range rapid.IntRange(0, 3).Draw(t, "sales") {
				sell()
			}
			for _, o := range orders {
				if rapid.IntRange(0, 4).Draw(t, "returned") == 0 {
					cancel(o)
				}
				most := o.deferral.Allocated().Shift(2).IntPart()
				measure(o, accrual.Estimate{
					Redeemed: rapid.Int64Range(0, o.points).Draw(t, "redeemed"), Expected: rapid.Int64Range(0, o.points).Draw(t, "expected"),
					Reserved: cents(rapid.Int64Range(0, most).Draw(t, "reserved")),
				})
			}
			requireTable(t, orders)
		}
		for _, o := range orders { // all that will ever be redeemed has been
			measure(o, accrual.Estimate{Redeemed: o.points, Expected: o.points})
			require.True(t, o.revenue.Add(o.cancelled).Equal(o.part))
		}
		goods, revenue := decimal.Decimal{}, decimal.Decimal{}
		for _, o := range orders {
			goods, revenue = goods.Add(o.goods), revenue.Add(o.revenue)
		}
		require.True(t, posted[accrual.RevenueGoods].Equal(goods.Neg()))
		require.True(t, posted[accrual.RevenuePoints].Equal(revenue.Neg()))
		require.True(t, posted[accrual.ContractLiability].IsZero())
		require.True(t, posted[accrual.Unclaimed].IsZero())
		require.True(t, cash.Equal(goods.Add(revenue)), "what came in is revenue")
	})
}

// requireTable compares a roll-forward with the orders that it counts.
func requireTable(t *rapid.T, orders []*order) {
	var table accrual.RollForward
	opening, closing, reserved := decimal.Decimal{}, decimal.Decimal{}, decimal.Decimal{}
	for _, o := range orders {
		var before *accrual.Deferral
		if o.old {
			before = &o.started
			opening, reserved = opening.Add(before.Liability()), reserved.Sub(before.Reserved())
		}
		require.NoError(t, table.Add(before, o.deferral))
		closing, reserved = closing.Add(o.deferral.Liability()), reserved.Add(o.deferral.Reserved())
	}
	r := table.Rows()
	require.True(t, r.Opening.Equal(opening) && r.Closing.Equal(closing) && r.Reserved.Equal(reserved))
	require.Equal(t, int64(len(orders)), r.Deferrals)
}

// naive divides by largest remainders in exact fractions: it rounds all down, then
// gives one unit to each of the largest remainders, ties to the lower index.
func naive(price int64, weights []int64) (shares []int64, rests []*big.Rat) {
	sum := new(big.Rat)
	for _, w := range weights {
		sum.Add(sum, big.NewRat(w, 1))
	}
	left := price
	var index []int
	for i, w := range weights {
		exact := new(big.Rat).Quo(new(big.Rat).Mul(big.NewRat(price, 1), big.NewRat(w, 1)), sum)
		down := new(big.Int).Quo(exact.Num(), exact.Denom())
		shares, index = append(shares, down.Int64()), append(index, i)
		rests = append(rests, exact.Sub(exact, new(big.Rat).SetInt(down)))
		left -= down.Int64()
	}
	slices.SortFunc(index, func(i, k int) int { return cmp.Or(rests[k].Cmp(rests[i]), cmp.Compare(i, k)) })
	for _, i := range index[:left] {
		shares[i]++
	}
	return shares, rests
}

// I14: the shares are those of a naive division, in any order of the weights, and
// where an order moves a unit, it is between equal remainders.
func TestPermutedWeightsPermuteShares(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		price := rapid.OneOf(rapid.Int64Range(0, 100), rapid.Int64Range(0, 1<<53-1)).Draw(t, "price")
		few := rapid.SampledFrom([]int64{0, 1, 1, 2, 3, 5, 1e9})
		weights := rapid.SliceOfN(few, 1, 12).Draw(t, "weights")
		if slices.Max(weights) == 0 {
			weights[0] = 1
		}
		places := make([]int, len(weights))
		for i := range places {
			places[i] = i
		}
		places = rapid.Permutation(places).Draw(t, "order")
		permuted := make([]int64, len(weights))
		for to, from := range places {
			permuted[to] = weights[from]
		}
		first, rests := naive(price, weights)
		requireShares(t, price, weights, first)
		second, _ := naive(price, permuted)
		requireShares(t, price, permuted, second)
		for to, from := range places {
			moved := second[to] - first[from]
			ties := slices.ContainsFunc(rests, func(r *big.Rat) bool { return r != rests[from] && r.Cmp(rests[from]) == 0 })
			require.True(t, moved == 0 || ties && (moved == 1 || moved == -1))
			for k := range to { // equal weights differ by index only
				require.True(t, permuted[k] != permuted[to] || second[k] == second[to] || second[k] == second[to]+1)
			}
		}
	})
}

func requireShares(t *rapid.T, price int64, weights, want []int64) {
	var alone []decimal.Decimal
	for _, w := range weights {
		alone = append(alone, cents(w))
	}
	parts, err := accrual.Allocate(cents(price), 2, alone...)
	require.NoError(t, err)
	for i, p := range parts {
		require.True(t, p.Equal(cents(want[i])), "share %d", i)
	}
}
