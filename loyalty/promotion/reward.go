package promotion

import (
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/money"
)

// A Kind says what the units that an offer is for get.
type Kind string

// The kinds. No unit gets more than its room: what is left of it above its floor, and
// [Offer.MaxUnitDiscount] at most.
const (
	KindPercent    Kind = "percent"     // a share of what is left of each, or of its price
	KindFree       Kind = "free"        // all of its room
	KindAmount     Kind = "amount"      // an amount off all of them together, once
	KindUnitAmount Kind = "unit_amount" // an amount off each
	KindUnitPrice  Kind = "unit_price"  // a new price of each; one that is cheaper gets nothing
	KindBundle     Kind = "bundle"      // a price of several together
)

func kinds() enum.Set[Kind] {
	return enum.Of(KindPercent, KindFree, KindAmount, KindUnitAmount, KindUnitPrice, KindBundle)
}

// A Reward is what the units that an offer is for get. It is plain data, made by
// [Percent], [Free], [Amount], [UnitAmount], [UnitPrice] or [Bundle]; the zero Reward is
// none.
type Reward struct {
	Kind  Kind             `json:"kind"`
	Value *decimal.Decimal `json:"value,omitempty"` // the percentage, the amount or the price; nil for free
	Slots []Slot           `json:"slots,omitempty"` // of a bundle
}

// A Slot is a place in a bundle.
type Slot struct {
	Select Selector `json:"select,omitzero"` // a unit belongs to the first slot that selects it: the narrower comes first
	Units  int64    `json:"units"`           // 1 or more
}

// Percent is a share of what is left of each unit, or of its price ([Offer.Of]): above 0
// to 100, with at most 7 fraction digits.
func Percent(percent decimal.Decimal) Reward { return Reward{Kind: KindPercent, Value: &percent} }

// Free makes the units free, down to their floors.
func Free() Reward { return Reward{Kind: KindFree} }

// Amount is an amount off all units together, however many.
func Amount(amount decimal.Decimal) Reward { return Reward{Kind: KindAmount, Value: &amount} }

// UnitAmount is an amount off each unit.
func UnitAmount(amount decimal.Decimal) Reward {
	return Reward{Kind: KindUnitAmount, Value: &amount}
}

// UnitPrice is a new price of each unit.
func UnitPrice(price decimal.Decimal) Reward { return Reward{Kind: KindUnitPrice, Value: &price} }

// Bundle is one price for the units of all slots together.
func Bundle(price decimal.Decimal, slots ...Slot) Reward {
	return Reward{Kind: KindBundle, Value: &price, Slots: slots}
}

// isZero reports whether there is no reward.
func (w *Reward) isZero() bool { return w.Kind == "" && w.Value == nil && w.Slots == nil }

// A reward is a compiled [Reward].
type reward struct {
	kind     Kind
	value    int64  // an amount or a price, in minor units
	num, den uint64 // a percentage as a fraction
	slots    []slot
}

// A slot is a compiled [Slot].
type slot struct {
	selector int32
	units    int64
}

// reward compiles a reward.
func (c *checker) reward(w *Reward, digits int, x *index) reward {
	out := reward{kind: w.Kind, den: 1}
	if err := kinds().Check("Kind", w.Kind); err != nil {
		c.Join("", err)
		return out
	}
	switch {
	case w.Kind == KindFree:
		c.Check(w.Value == nil, "Value", nil, "must be nil where units are free")
	case w.Value == nil:
		c.Add("Value", nil, "must not be nil")
	case w.Kind == KindPercent:
		out.num, out.den = c.percent(*w.Value)
	default:
		out.value = c.amount(*w.Value, digits, "Value")
	}
	if w.Kind != KindBundle {
		c.Check(w.Slots == nil, "Slots", len(w.Slots), "must be nil but in a bundle")
		return out
	}
	if c.Check(len(w.Slots) >= 1 && len(w.Slots) <= maxSlots, "Slots", len(w.Slots), "must be 1 to 20"); len(w.Slots) > maxSlots {
		return out
	}
	for i := range w.Slots {
		field := fmt.Sprintf("Slots[%d]", i)
		out.slots = append(out.slots, slot{x.add(w.Slots[i].Select, field+".Select", c), w.Slots[i].Units})
		c.count(w.Slots[i].Units, field+".Units")
	}
	return out
}

// percent returns a share of 1 as an exact fraction in lowest terms: 12.5 is 1/8.
func (c *checker) percent(p decimal.Decimal) (num, den uint64) {
	err := money.Bounded(p)
	var rate money.Rate
	if err == nil {
		rate, err = money.RateOf(p)
	}
	if err == nil {
		rate, err = rate.Rescaled(2, 0)
	}
	n, d := rate.Fraction()
	c.Check(err == nil && n > 0 && n <= d, "Value", nil, "must be above 0 to 100, with at most 7 fraction digits")
	return uint64(n), uint64(d)
}
