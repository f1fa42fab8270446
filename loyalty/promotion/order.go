package promotion

import "github.com/shopspring/decimal"

// A Reason says why an offer or a price is not used. It is part of the interface:
// hosts branch on it.
type Reason string

// The reasons why an offer is not used, in the order in which they are asked for.
// Each holds for this order and these offers only.
const (
	NoEligibleLines Reason = "no_eligible_lines" // no line is of its categories
	BelowMinimum    Reason = "below_minimum"     // the eligible lines come to too little
	Excluded        Reason = "excluded"          // an exclusive offer is used alone
	GroupUsed       Reason = "group"             // another one of its group is used
	NoDiscount      Reason = "no_discount"       // nothing is left to take off
)

// A Line is a position of an order. It is plain data.
type Line struct {
	Quantity int64           `json:"quantity"`           // 1 or more
	Price    decimal.Decimal `json:"price"`              // of one unit, 0 or more, whole minor units
	Category string          `json:"category,omitempty"` // that offers can ask for
}

// A Discount is what an offer takes off.
type Discount struct {
	ID     string            `json:"id"`
	Amount decimal.Decimal   `json:"amount"` // the sum of Lines
	Lines  []decimal.Decimal `json:"lines"`  // by position in the order
}

// A Rejection says why an offer is not used.
type Rejection struct {
	ID     string `json:"id"`
	Reason Reason `json:"reason"`
	// Missing is by how much the eligible lines fall short where the reason is
	// [BelowMinimum]; zero otherwise.
	Missing decimal.Decimal `json:"missing,omitzero"`
}

// A Receipt is a priced order. It is plain data and the caller's own.
type Receipt struct {
	Applied    []Discount        `json:"applied,omitempty"`  // in the order in which they were used
	Rejected   []Rejection       `json:"rejected,omitempty"` // in ascending order of ID
	Discount   decimal.Decimal   `json:"discount"`           // of all offers
	LineTotals []decimal.Decimal `json:"line_totals"`        // what is left of each line, never below 0
	Total      decimal.Decimal   `json:"total"`              // the sum of LineTotals
}
