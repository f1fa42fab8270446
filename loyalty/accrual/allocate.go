package accrual

import (
	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/internal/money"
)

// Allocate divides a price among performance obligations in proportion to their
// stand-alone selling prices (IFRS 15.74, ASC 606-10-32-31), with the largest
// remainder method, ties to the lower index: the parts are whole minor units,
// each within one of its exact share, and add up to the price.
//
// Stand-alone prices may have up to 18 fraction digits. It fails if the price is
// negative or no whole number of minor units, or if stand-alone prices are
// negative, all zero or too long to compute with exactly.
func Allocate(price decimal.Decimal, digits int, standAlone ...decimal.Decimal) ([]decimal.Decimal, error) {
	var c checker
	c.digits(digits)
	if len(c) > 0 {
		return nil, c.err()
	}
	total := c.amount(price, digits, "Price")
	weights, ok := level(standAlone)
	c.check(ok, "StandAlone", nil, "must be 0 or more, one of them above 0, with at most 18 digits in all")
	if err := c.err(); err != nil {
		return nil, err
	}
	shares, err := money.Allocate(total, weights)
	if err != nil {
		return nil, invalid("StandAlone", nil, "must be 0 or more, one of them above 0")
	}
	out := make([]decimal.Decimal, len(shares))
	for i, s := range shares {
		out[i] = money.Decimal(s, digits)
	}
	return out, nil
}

// level brings decimals to integers of one scale, so that a price of a hundredth of
// a cent for a point weighs what it should.
func level(values []decimal.Decimal) ([]int64, bool) {
	scale := 0
	for _, v := range values {
		_, s, ok := money.Coefficient(v)
		if !ok {
			return nil, false
		}
		scale = max(scale, s)
	}
	out := make([]int64, len(values))
	for i, v := range values {
		n, err := money.Minor(v, scale)
		if err != nil {
			return nil, false
		}
		out[i] = n
	}
	return out, true
}

// A Sale is goods sold together with points.
type Sale struct {
	Digits int             // fraction digits of the currency
	Price  decimal.Decimal // what the customer pays
	Goods  decimal.Decimal // stand-alone selling price of the goods
	Points decimal.Decimal // and of the points: see [Model.StandAlone]
}

// An Allocation is the price of a sale by obligation.
type Allocation struct {
	Goods  decimal.Decimal // revenue at once
	Points decimal.Decimal // contract liability, revenue as points are redeemed
}

// Allocate divides the price as the function [Allocate] does.
func (s Sale) Allocate() (Allocation, error) {
	parts, err := Allocate(s.Price, s.Digits, s.Goods, s.Points)
	if err != nil {
		return Allocation{}, err
	}
	return Allocation{parts[0], parts[1]}, nil
}

// Given returns the allocation of a price whose part for the points is known. It
// fails unless 0 ≤ points ≤ price and both are whole minor units.
func Given(price, points decimal.Decimal, digits int) (Allocation, error) {
	var c checker
	c.digits(digits)
	if len(c) > 0 {
		return Allocation{}, c.err()
	}
	all, part := c.amount(price, digits, "Price"), c.amount(points, digits, "Points")
	c.check(part <= all, "Points", nil, "must not exceed the price")
	if err := c.err(); err != nil {
		return Allocation{}, err
	}
	return Allocation{money.Decimal(all-part, digits), money.Decimal(part, digits)}, nil
}

// An Account is where an entry is posted.
type Account string

// The accounts.
const (
	Cash              Account = "cash"
	RevenueGoods      Account = "revenueGoods"
	RevenuePoints     Account = "revenuePoints"
	ContractLiability Account = "contractLiability"
	Unclaimed         Account = "unclaimedProperty" // owed to the state, not to members
	RewardExpense     Account = "rewardExpense"
	RewardProvision   Account = "rewardProvision"
)

// An Entry is one line of a posting, debits positive. The lines of a posting add
// up to zero.
type Entry struct {
	Account Account
	Amount  decimal.Decimal
}

// Entries returns the posting of the sale: cash against revenue and liability.
// Zero amounts are left out.
func (a Allocation) Entries() []Entry {
	return entries(Entry{Cash, a.Goods.Add(a.Points)}, Entry{RevenueGoods, a.Goods.Neg()}, Entry{ContractLiability, a.Points.Neg()})
}

// ProvisionEntries returns the posting that takes a provision from one amount to
// another; see [Model.Provision].
func ProvisionEntries(before, after decimal.Decimal) []Entry {
	more := after.Sub(before)
	return entries(Entry{RewardExpense, more}, Entry{RewardProvision, more.Neg()})
}

// entries leaves zero amounts out.
func entries(all ...Entry) []Entry {
	var out []Entry
	for _, e := range all {
		if e.Amount.Sign() != 0 {
			out = append(out, e)
		}
	}
	return out
}
