package money_test

import (
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/internal/money"
)

// How many points does a purchase of 129.95 earn at 5 points for 4 euros?
func Example() {
	cents, _ := money.Minor(decimal.RequireFromString("129.95"), 2)
	perEuro, _ := money.NewRate(5, 4)
	perCent, _ := perEuro.Rescaled(2, 0)
	points, _ := perCent.Apply(cents, money.Floor)
	fmt.Println(points)
	// Output: 162
}

// How is a voucher of 10.00 spread over three lines of an order, so that a refund
// of one line gives back its part?
func ExampleAllocate() {
	shares, _ := money.Allocate(1000, []int64{1999, 1999, 500})
	for _, share := range shares {
		fmt.Println(string(money.AppendText(nil, share, 2)))
	}
	// Output:
	// 4.45
	// 4.44
	// 1.11
}
