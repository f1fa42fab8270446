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
	total := c.amount(price, digits, "Price")
	shares, err := money.Allocate(total, level(standAlone))
	c.Check(err == nil, "StandAlone", nil, "must be 0 or more, one of them above 0, with at most 18 digits in all")
	if err := c.Err(room); err != nil {
		return nil, err
	}
	out := make([]decimal.Decimal, len(shares))
	for i, s := range shares {
		out[i] = money.Decimal(s, digits)
	}
	return out, nil
}

// level brings decimals to integers of one scale, so that a price of a hundredth of
// a cent for a point weighs what it should; nil if there are none.
func level(values []decimal.Decimal) []int64 {
	scale := 0
	for _, v := range values {
		if money.Bounded(v) != nil {
			return nil
		}
		_, s, _ := money.Coefficient(v) // 0 where there is no pair: then Minor fails, too
		scale = max(scale, s)
	}
	out := make([]int64, len(values))
	for i, v := range values {
		n, err := money.Minor(v, scale)
		if err != nil {
			return nil
		}
		out[i] = n
	}
	return out
}

// A Sale is goods sold together with points.
type Sale struct {
	Digits int             `json:"digits"` // fraction digits of the currency
	Price  decimal.Decimal `json:"price"`  // what the customer pays
	Goods  decimal.Decimal `json:"goods"`  // stand-alone selling price of the goods
	Points decimal.Decimal `json:"points"` // and of the points: see [Model.StandAlone]
}

// An Allocation is the price of a sale by obligation.
type Allocation struct {
	Goods  decimal.Decimal `json:"goods"`  // revenue at once
	Points decimal.Decimal `json:"points"` // contract liability, revenue as points are redeemed
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
	all, part := c.amount(price, digits, "Price"), c.amount(points, digits, "Points")
	c.Check(part <= all, "Points", nil, "must not exceed the price")
	if err := c.Err(room); err != nil {
		return Allocation{}, err
	}
	return Allocation{money.Decimal(all-part, digits), money.Decimal(part, digits)}, nil
}
