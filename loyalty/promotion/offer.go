package promotion

import (
	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/internal/enum"
)

// An Offer says who gets what on which units. It is plain data; every field but ID and
// one of Reward and Steps may be left out.
type Offer struct {
	ID string `json:"id"` // unique in a stack

	// Who.

	Code    string   `json:"code,omitempty"`    // that the customer must present, byte by byte; empty: automatic
	Tiers   []string `json:"tiers,omitempty"`   // of which the member must have one; nil: for everybody
	Limited bool     `json:"limited,omitempty"` // its uses or its money are limited: [Order.Remaining] must say what is left
	Whole   bool     `json:"whole,omitempty"`   // a budget that does not suffice is not touched; otherwise the discount is cut to it

	// From which basket on.

	Buy      *Selector     `json:"buy,omitempty"`      // what Min, Steps and Sets count; nil: the units that are got
	Min      Minimum       `json:"min,omitzero"`       // of Buy
	Requires []Requirement `json:"requires,omitempty"` // further minima, all of which must hold; nil: none
	MinOf    Basis         `json:"min_of,omitempty"`   // what minima look at: list prices by default, so that one offer does not switch another off

	// What.

	Get    *Selector `json:"get,omitempty"`   // the units that are got; nil: all. A bundle has slots instead
	Reward Reward    `json:"reward,omitzero"` // what they get
	Steps  []Step    `json:"steps,omitempty"` // or by how much is bought; the last that is reached counts

	// Which of them.

	Sets            *Sets     `json:"sets,omitempty"`             // so many bought, so many got; nil: all units that Get selects
	MaxApplications *int64    `json:"max_applications,omitempty"` // units, or sets, or bundles at most; 1 or more, nil: no maximum
	Selection       Selection `json:"selection,omitempty"`        // which come first: the cheapest by default
	Of              Basis     `json:"of,omitempty"`               // what ranks units and what a percentage is of: what is left by default

	// How much at most.

	MaxDiscount     *decimal.Decimal `json:"max_discount,omitempty"`      // of the offer; nil: no maximum
	MaxUnitDiscount *decimal.Decimal `json:"max_unit_discount,omitempty"` // of each unit; nil: no maximum

	// Beside others.

	Priority  int       `json:"priority,omitempty"`  // the highest takes its turn first, ties by ID
	Group     string    `json:"group,omitempty"`     // of which [Group] it is a member; empty: none
	Exclusive Exclusive `json:"exclusive,omitempty"` // what it keeps from later offers; nothing by default
}

// A Minimum is what must be bought. It is plain data; nil is no minimum.
type Minimum struct {
	Amount *decimal.Decimal `json:"amount,omitempty"` // of money, 0 or more
	Units  *int64           `json:"units,omitempty"`  // 1 or more
}

// A Requirement is a minimum of some units: a jacket and trousers are two requirements.
// One minimum or both are given.
type Requirement struct {
	Select Selector `json:"select,omitzero"`
	Min    Minimum  `json:"min"`
}

// A Step is a reward from a minimum on. All steps of an offer have either an amount or
// units, ascending.
type Step struct {
	Min    Minimum `json:"min"`
	Reward Reward  `json:"reward"` // not a bundle
}

// Sets pair units that are bought, which [Offer.Buy] selects, with units that are got,
// which [Offer.Get] selects: two bought and one got is three for two. As many sets are
// formed as can be, and no unit is in two places.
type Sets struct {
	Buy int64 `json:"buy"` // 1 or more
	Get int64 `json:"get"` // 1 or more
	// Spread shares the discount over the units got and bought, by the room of each, so
	// that each carries its part on the receipt and in returns.
	Spread bool `json:"spread,omitempty"`
}

// A Basis is what an offer looks at.
type Basis string

// The bases.
const (
	List Basis = "list" // prices before any discount
	Left Basis = "left" // what earlier offers left
)

// A Selection says which units come first.
type Selection string

// The selections.
const (
	Cheapest Selection = "cheapest" // the default
	Dearest  Selection = "dearest"
)

// An Exclusive says what an offer keeps from later ones if it is used. Exclusive offers
// take their turns before all others, those of the order first.
type Exclusive string

// The exclusivities.
const (
	NotExclusive   Exclusive = ""
	ExclusiveOrder Exclusive = "order" // no later offer is used
	ExclusiveUnits Exclusive = "units" // later ones do not reach the units it took something off, nor those bought for its sets
)

func bases() enum.Set[Basis]          { return enum.Of("", List, Left) }
func selections() enum.Set[Selection] { return enum.Of("", Cheapest, Dearest) }
func exclusives() enum.Set[Exclusive] {
	return enum.Of(NotExclusive, ExclusiveOrder, ExclusiveUnits)
}
