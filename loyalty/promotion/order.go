package promotion

import "github.com/shopspring/decimal"

// MaxQuantity is how many units a line has at most.
const MaxQuantity = 1_000_000

// A Line is a position of an order. It is plain data. Lines of one item at one price are
// one article, whose floor, categories and tags must be the same on all of them: a piece
// that is gift-wrapped is another item.
type Line struct {
	Item     string          `json:"item"`           // what is sold, 1 to 200 bytes
	Price    decimal.Decimal `json:"price"`          // of one unit, 0 or more, whole minor units
	Quantity int64           `json:"quantity"`       // 1 to [MaxQuantity]
	Floor    decimal.Decimal `json:"floor,omitzero"` // what a unit costs at least; at most Price, which says that it is never discounted
	// Categories and Tags are sets of names that selectors ask for.
	Categories []string `json:"categories,omitempty"`
	Tags       []string `json:"tags,omitempty"`
}

// An Order is what a customer is about to buy, and what the host knows about the
// customer. It is plain data.
type Order struct {
	Lines []Line   `json:"lines,omitempty"`
	Tier  string   `json:"tier,omitempty"`  // of the member; empty: none
	Codes []string `json:"codes,omitempty"` // that the customer presented
	// MaxDiscount is what all offers together take off at most; nil: no maximum.
	MaxDiscount *decimal.Decimal `json:"max_discount,omitempty"`
	// Remaining says what is left of the limits and budgets of offers, by their IDs. An
	// offer that is limited must be here if its code was presented and its tiers include
	// the member's: what is not known is not taken for unlimited. Package voucher counts.
	Remaining map[string]Remaining `json:"remaining,omitempty"`
	// Without are the IDs of offers that do not hold now or not for this customer:
	// dates, hours, first orders, channels and audiences are the host's. The answer is
	// that of a stack that does not have them.
	Without []string `json:"without,omitempty"`
}

// Remaining is what is left of an offer. It is plain data.
type Remaining struct {
	// Limits are the uses left by the names of limits, such as "member" or "day"; 0 or more
	// each, nil: none.
	Limits map[string]int64 `json:"limits,omitempty"`
	Budget *decimal.Decimal `json:"budget,omitempty"` // money left, 0 or more; nil: no budget
	// Applications replace [Offer.MaxApplications] for this order, such as what is left of
	// six a week; 1 or more, nil: as the offer says. An offer of which none is left is one
	// of the order's Without.
	Applications *int64 `json:"applications,omitempty"`
}
