package abc

import (
	"cmp"
	"fmt"
	"iter"
	"math"
	"math/big"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

const (
	maxDigits    = 9             // fraction digits of an amount, trailing zeros apart
	maxCustomers = math.MaxInt32 // keeps every exact sum below 2^127
)

// An amount is units · 10^-digits.
type amount struct {
	units  int64
	digits int
}

// exact returns an amount in units of its own digits.
func exact(field string, d decimal.Decimal) (amount, error) {
	units, digits, ok := money.Coefficient(d)
	if !ok {
		return amount{}, fault.New(field, nil, "must be below 9.2e18 with at most 9 fraction digits")
	}
	for ; digits > maxDigits && units%10 == 0; digits-- {
		units /= 10
	}
	if digits > maxDigits {
		return amount{}, fault.New(field, nil, "must have at most 9 fraction digits")
	}
	return amount{units, digits}, nil
}

// in returns the units of a with more digits; false if they do not fit.
func (a amount) in(digits int) (int64, bool) { return money.Rescale(a.units, a.digits, digits) }

// needed returns the digits of a without zeros at the end.
func (a amount) needed() int {
	for a.digits > 0 && a.units%10 == 0 {
		a.units, a.digits = a.units/10, a.digits-1
	}
	return a.digits
}

// wide returns a in units of 10^-9, where it always fits.
func (a amount) wide() wide {
	unit, _ := money.Rescale(1, 0, maxDigits-a.digits)
	return product(a.units, unit)
}

func (a amount) cmp(b amount) int { return a.wide().cmp(b.wide()) }

// minus returns a − b; false if that does not fit.
func (a amount) minus(b amount) (amount, bool) {
	digits := max(a.digits, b.digits)
	x, ok := a.in(digits)
	y, okToo := b.in(digits)
	diff, fits := money.Sub(x, y)
	return amount{diff, digits}, ok && okToo && fits
}

// decimalOf returns a sum of units with the given digits.
func decimalOf(sum wide, digits int) decimal.Decimal {
	return decimal.NewFromBigInt(sum.big(), int32(-digits))
}

// fraction returns a decimal of at most 18 fraction digits as a big fraction.
func fraction(field string, d decimal.Decimal) (num, den *big.Int, err error) {
	coef, scale, ok := money.Coefficient(d)
	if !ok {
		return nil, nil, fault.New(field, nil, "must have at most 18 digits")
	}
	unit, _ := money.Rescale(1, 0, scale)
	return big.NewInt(coef), big.NewInt(unit), nil
}

// A row is what was made of one customer.
type row[ID relmark.ID, V any] struct {
	id ID
	v  V
}

// gather converts a stream of customers and says whether they came in ascending
// order. It fails with the position of the first input that convert refuses.
func gather[ID relmark.ID, V, W any](stream iter.Seq2[ID, V], convert func(V) (W, error)) (rows []row[ID, W], sorted bool, err error) {
	sorted = true
	for id, in := range stream {
		out, err := convert(in)
		if err != nil {
			return nil, false, fmt.Errorf("customer %d: %w", len(rows), err)
		}
		if n := len(rows); n == maxCustomers {
			return nil, false, errTooMany
		} else if n > 0 && rows[n-1].id >= id {
			sorted = false
		}
		if len(rows) == cap(rows) {
			rows = slices.Grow(rows, len(rows)+1) // doubled: append adds a quarter only
		}
		rows = append(rows, row[ID, W]{id, out})
		if !codec.IsUTF8(&rows[len(rows)-1].id) {
			return nil, false, fmt.Errorf("customer %d: %w", len(rows)-1, fault.New("ID", nil, "must be UTF-8"))
		}
	}
	return rows, sorted, nil
}

// ordered is gather with the customers sorted. It fails if one comes twice.
func ordered[ID relmark.ID, V, W any](stream iter.Seq2[ID, V], convert func(V) (W, error)) ([]row[ID, W], error) {
	rows, sorted, err := gather(stream, convert)
	if err != nil || sorted {
		return rows, err
	}
	slices.SortFunc(rows, func(a, b row[ID, W]) int { return cmp.Compare(a.id, b.id) })
	for i := 1; i < len(rows); i++ {
		if rows[i-1].id == rows[i].id {
			return nil, errTwice()
		}
	}
	return rows, nil
}

// distinct fails if a customer comes twice.
func distinct[ID relmark.ID, V any](rows []row[ID, V]) error {
	seen := make(map[ID]struct{}, len(rows))
	for i := range rows {
		seen[rows[i].id] = struct{}{}
	}
	if len(seen) < len(rows) {
		return errTwice()
	}
	return nil
}

func errTwice() error { return fault.New("Customers", nil, "must hold each customer once") }
