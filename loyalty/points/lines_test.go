package points_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/earning"
	"github.com/relmark/relmark/loyalty/points"
)

// pieces draws what comes back of an order, in pieces that each refund one thing.
func pieces(t *rapid.T, lines int) (list []points.Refund) {
	for range rapid.IntRange(1, 7).Draw(t, "pieces") {
		c := points.Refund{Order: "O"}
		line := points.RefundLine{ID: fmt.Sprint(rapid.IntRange(1, lines+1).Draw(t, "line"))}
		switch rapid.IntRange(0, 2).Draw(t, "what") {
		case 0:
			c.Amount = decimalOf(rapid.Int64Range(1, 2000).Draw(t, "cents"))
		case 1:
			line.Amount = new(decimalOf(rapid.Int64Range(1, 1500).Draw(t, "of the line")))
			c.Lines = append(c.Lines, line)
		default:
			line.Quantity = new(decimal.New(rapid.Int64Range(1, 25).Draw(t, "tenths"), -1))
			c.Lines = append(c.Lines, line)
		}
		list = append(list, c)
	}
	return list
}

// What an order gives back is a function of what has been named of its lines, and of what
// names none, in whatever order and slices it comes: slicing gains nobody anything.
func TestI05RefundsOfLinesInAnyOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := drawProgram(t)
		p.Versions = p.Versions[:1]
		p.Versions[0].To, p.Versions[0].Budgets, p.Versions[0].Goals = relmark.Date{}, nil, nil
		e, err := points.Compile(p)
		require.NoError(t, err)
		order := points.Earn{Order: "O", Amount: decimalOf(rapid.Int64Range(1, 6000).Draw(t, "total")), PayPoints: rapid.Int64Range(0, 90).Draw(t, "pay"), Tier: "gold"}
		for range rapid.IntRange(0, 3).Draw(t, "lines") {
			l := earning.OrderLine{Amount: decimalOf(rapid.Int64Range(0, 3000).Draw(t, "line")), Category: "coffee"}
			if rapid.Bool().Draw(t, "units") {
				l.Quantity = new(decimal.New(rapid.Int64Range(1, 40).Draw(t, "quantity"), -1))
			}
			order.Lines = append(order.Lines, l)
		}
		list := pieces(t, len(order.Lines))
		spend := rapid.Int64Range(0, 30).Draw(t, "spend")
		type end struct{ paid, restored, amount, taken, net int64 }
		run := func(list []points.Refund, drop bool) (got end, kept []points.Refund) {
			var a points.Account
			do(t, e, &a, with(head("gift", 0), points.Adjust{Points: 120, Expires: new(at(100))}))
			d, err := e.Decide(&a, with(head("earn", 1), order))
			if err != nil {
				require.ErrorIs(t, err, relmark.ErrRefused)
				return got, nil
			}
			require.NoError(t, a.Apply(d.Event))
			if spend > 0 && a.Balance(at(20)).Available >= spend {
				do(t, e, &a, with(head("spend", 20), points.Redeem{Points: spend}))
			}
			for i, c := range list {
				d, err := e.Decide(&a, with(head(fmt.Sprint(i), 20), c))
				if err != nil {
					require.ErrorIs(t, err, relmark.ErrRefused)
					if !drop {
						return got, nil
					}
					continue
				}
				require.NoError(t, a.Apply(d.Event))
				kept = append(kept, c)
				b := d.Event.Body.(*points.Refunded)
				got.paid, got.restored, got.amount = got.paid+b.Cash+b.Deducted, got.restored+b.Given(), got.amount+b.Amount
				got.taken += b.Taken() + b.Unrecovered
			}
			b := a.Balance(at(20))
			got.net = b.Pending + b.Available + b.Held - b.Debt - b.Unrecovered
			return got, kept
		}
		want, kept := run(list, true)
		if len(kept) == 0 {
			return
		}
		got, again := run(rapid.Permutation(kept).Draw(t, "order"), false)
		if again != nil { // an amount of a line is refused once its units are back
			require.Equal(t, want, got)
		}
	})
}

// A hotel bill of three lines: what each earned goes back with it.
func TestRefundsThatNameLines(t *testing.T) {
	t.Parallel()
	e := compiled(t, points.Program{Rules: earning.Rules{Versions: []earning.Version{{
		Rates:       []earning.Rate{{Rule: "base", Points: 1, Per: decimal.New(1, 0)}},
		Multipliers: []earning.Multiplier{{Rule: "spa", Factor: decimal.New(3, 0), Lines: earning.Selector{Categories: []string{"spa"}}}},
	}}}})
	var a points.Account
	do(t, e, &a, with(head("bill", 0), points.Earn{Order: "stay", Amount: euros(320), Lines: []earning.OrderLine{
		{ID: "nights", Amount: euros(270), Quantity: new(decimal.New(3, 0))}, {ID: "spa", Amount: euros(50), Category: "spa"},
	}}))
	require.Equal(t, int64(420), a.Balance(at(0)).Available)
	refund := func(key string, lines ...points.RefundLine) (*points.Refunded, error) {
		d, err := e.Decide(&a, with(head(key, 1), points.Refund{Order: "stay", Lines: lines}))
		if err != nil {
			return nil, err
		}
		require.NoError(t, a.Apply(d.Event))
		return d.Event.Body.(*points.Refunded), nil
	}
	b, err := refund("one night", points.RefundLine{ID: "nights", Quantity: new(decimal.New(1, 0))})
	require.NoError(t, err)
	assert.Equal(t, int64(90), b.Taken())
	assert.Equal(t, int64(9000), b.Cash)
	b, err = refund("spa", points.RefundLine{ID: "spa", Amount: new(euros(25))})
	require.NoError(t, err)
	assert.Equal(t, int64(75), b.Taken(), "three times as many")
	for name, lines := range map[string][]points.RefundLine{
		"unknown_line":         {{ID: "bar", Amount: new(euros(1))}},
		"refund_exceeds_order": {{ID: "nights", Quantity: new(decimal.New(21, -1))}},
		"invalid":              {{ID: "nights", Quantity: new(decimal.New(1, 0))}, {ID: "nights", Amount: new(euros(1))}},
		"invalid 2":            {{ID: "nights"}},
		"invalid 3":            {{ID: "nights", Amount: new(euros(1)), Quantity: new(decimal.New(1, 0))}},
		"invalid 4":            {{Amount: new(euros(1))}},
		"invalid 5":            {{ID: "nights", Amount: new(decimal.Decimal)}},
		"invalid 6":            {{ID: "nights", Quantity: new(decimal.New(1, -10))}},
		"invalid 7":            {{ID: "nights", Quantity: new(decimal.New(-1, 0))}},
		"invalid 8":            {{ID: "nights", Quantity: new(decimal.New(1, 1_000_000_000))}},
		"invalid 9":            {{ID: "nights", Amount: new(decimal.New(1, -3))}},
	} {
		before := snapshot(t, &a)
		_, err := refund(name, lines...)
		if strings.HasPrefix(name, "invalid") {
			require.ErrorIs(t, err, errInvalid, name)
			assert.Contains(t, err.Error(), "Lines", name)
		} else {
			assert.Equal(t, name, reasonOf(err))
		}
		assert.Equal(t, before, snapshot(t, &a))
	}
	for name, c := range map[string]points.Refund{
		"both":    {Order: "stay", Amount: euros(1), Lines: []points.RefundLine{{ID: "spa", Amount: new(euros(1))}}},
		"neither": {Order: "stay"},
	} {
		_, err := e.Decide(&a, with(head(name, 1), c))
		require.ErrorIs(t, err, errInvalid, name)
	}
	d, err := e.Decide(&a, with(head("one night", 1), points.Refund{Order: "stay", Lines: []points.RefundLine{{ID: "nights", Quantity: new(decimal.New(10, -1))}}}))
	require.NoError(t, err)
	assert.True(t, d.Replayed, "1.0 night is one night")
}

// Units that cost nothing can come back after all of the money has: what had expired by
// then is not taken, whether the account has forgotten its lot or not.
func TestFreeUnitsAfterAFullRefund(t *testing.T) {
	t.Parallel()
	e := compiled(t, points.Program{})
	var a points.Account
	do(t, e, &a, with(points.Command{Key: "late", At: at(0), Recorded: at(10)}, points.Earn{
		Order: "O", Amount: euros(30), Expires: new(at(5)), Lines: []earning.OrderLine{{ID: "gift"}, {Amount: euros(30)}},
	}))
	do(t, e, &a, with(head("more", 10), points.Adjust{Points: 500}))
	b := do(t, e, &a, with(head("all", 11), points.Refund{Order: "O", Amount: euros(30)})).Body.(*points.Refunded)
	assert.Zero(t, b.Taken(), "they have expired")
	var back points.Account
	require.NoError(t, back.UnmarshalBinary(snapshot(t, &a)))
	for _, a := range []*points.Account{&a, &back} {
		b := do(t, e, a, with(head("gift", 12), points.Refund{Order: "O", Lines: []points.RefundLine{{ID: "gift", Quantity: new(decimal.New(1, 0))}}})).Body.(*points.Refunded)
		assert.Zero(t, b.Taken()+b.Unrecovered+b.Cash+b.Amount)
	}
	assert.Equal(t, a.Balance(at(12)), back.Balance(at(12)))
}
