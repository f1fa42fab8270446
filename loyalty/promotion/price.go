package promotion

import (
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

// A PriceList holds prices by tier, quantity and date. It is plain data, safe for
// concurrent use while nobody changes it; [NewPrices] makes [Prices] of it.
type PriceList struct {
	Zone    *time.Location // where the dates are judged; required
	Digits  int            // fraction digits of the currency
	Ladder  []string       // the tiers, lowest first
	Entries []PriceEntry
}

// A PriceEntry is one price of one item.
type PriceEntry struct {
	Item        string          `json:"item"`
	Tier        string          `json:"tier,omitempty"`  // the lowest tier that may use it, so those above may too; empty: everybody
	Group       string          `json:"group,omitempty"` // of customers, such as staff or resellers, that may use it; empty: everybody
	MinQuantity int64           `json:"min_quantity"`    // 1 or more
	Price       decimal.Decimal `json:"price"`
	From        relmark.Date    `json:"from,omitzero"`    // first local date; zero is open
	Through     relmark.Date    `json:"through,omitzero"` // last local date; zero is open
}

// Validate reports the rules that l breaks in one error.
func (l PriceList) Validate() error {
	_, err := NewPrices(l)
	return err
}

// Prices answer what an item costs a member. They are immutable, safe for
// concurrent use. Obtain them from [NewPrices].
type Prices struct {
	opaque
	list   PriceList
	prices []int64          // of the entries, in minor units
	rank   map[string]int   // of a tier on the ladder, from 1; 0 for no tier
	items  map[string][]int // entries of an item, in order
}

// NewPrices prepares a price list, whose slices must not be changed afterwards.
// It fails exactly when [PriceList.Validate] does.
func NewPrices(l PriceList) (*Prices, error) {
	var c checker
	c.Check(l.Zone != nil, "Zone", nil, "must not be nil")
	c.Check(l.Digits >= 0 && l.Digits <= maxDigits, "Digits", l.Digits, digitsRule)
	c.Names("Ladder", l.Ladder)
	if c.Len() > 0 {
		return nil, c.Err(room)
	}
	p := &Prices{list: l, prices: make([]int64, len(l.Entries)), rank: map[string]int{"": 0}, items: map[string][]int{}}
	for i, tier := range l.Ladder {
		p.rank[tier] = i + 1
	}
	for i := range l.Entries {
		if err := p.add(i); err != nil {
			c.Join(fmt.Sprintf("Entries[%d]", i), err)
		}
	}
	if c.Len() > 0 {
		return nil, c.Err(room)
	}
	return p, nil
}

// add checks an entry and files it under its item. A tier that is not on the ladder
// is an error: the price would silently be for nobody, or for everybody.
func (p *Prices) add(i int) error {
	e := &p.list.Entries[i]
	var c checker
	_, known := p.rank[e.Tier]
	c.Name("Item", e.Item)
	c.Check(known, "Tier", nil, "must be empty or on the ladder")
	c.Check(e.Group == "" || fault.ValidName(e.Group), "Group", nil, nameOrEmpty)
	c.Check(e.MinQuantity >= 1, "MinQuantity", e.MinQuantity, "must be 1 or more")
	c.Check(e.Through.IsZero() || !e.Through.Before(e.From), "Through", e.Through, "must not come before From")
	p.prices[i] = c.amount(e.Price, p.list.Digits, "Price")
	p.items[e.Item] = append(p.items[e.Item], i)
	return c.Err("")
}

// A PriceQuery asks for the price of an item.
type PriceQuery struct {
	Item     string   `json:"item"`
	Tier     string   `json:"tier,omitempty"`   // of the member, on the ladder; empty: none
	Groups   []string `json:"groups,omitempty"` // of the customer; nil: none
	Quantity int64    `json:"quantity"`         // 1 or more
}

// A Quote is a price.
type Quote struct {
	Entry int             `json:"entry"` // position in the list
	Price decimal.Decimal `json:"price"`
	Total decimal.Decimal `json:"total"` // price times quantity
}

// A PriceReason says why an entry of an item is not used.
type PriceReason string

// The reasons, in the order in which they are asked for.
const (
	TierTooLow    PriceReason = "tier_too_low"    // it is for a higher tier than the member's
	OtherGroup    PriceReason = "other_group"     // it is for a group that the customer is not in
	QuantityBelow PriceReason = "quantity_below"  // it is for more units
	NotYetValid   PriceReason = "not_yet_valid"   // the local date lies before From
	NoLongerValid PriceReason = "no_longer_valid" // or after Through
	Beaten        PriceReason = "beaten"          // another one is lower, or comes first among equals
)

// A PriceVerdict says why an entry is not used; the Reason of the one that is, is
// empty.
type PriceVerdict struct {
	Entry  int         `json:"entry"`
	Reason PriceReason `json:"reason,omitempty"`
}

// Quote returns the lowest price that the member may have on the local date of an
// instant, false if there is none. Among equal prices it names the entry of the highest tier, then of the
// largest quantity, then the first. It fails on nil prices, an unknown tier, a quantity below
// 1 and a time that is not set, and with [relmark.ErrLimit] if the total exceeds
// 2^53-1 minor units. It takes time linear in the entries of the item.
func (p *Prices) Quote(q PriceQuery, asOf time.Time) (Quote, bool, error) {
	date, err := p.check(q, asOf)
	if err != nil {
		return Quote{}, false, err
	}
	best := p.best(q, date)
	if best < 0 {
		return Quote{}, false, nil
	}
	total, ok := money.Mul(p.prices[best], q.Quantity)
	if !ok || total > money.MaxExact {
		return Quote{}, false, fmt.Errorf("promotion: total above 2^53-1 minor units: %w", relmark.ErrLimit)
	}
	digits := p.list.Digits
	return Quote{best, money.Decimal(p.prices[best], digits), money.Decimal(total, digits)}, true, nil
}

// Fill returns the lines of an order with the unit prices that a customer has, which are
// those before offers: of an item, the price for the units of all its lines, so that a line
// that is split costs the same. Of q the Item and the Quantity are not looked at. It fails as
// [Prices.Quote] does, and on a line whose item has no price for this customer. It takes
// time proportional to the lines and the entries of their items.
func (p *Prices) Fill(lines []Line, q PriceQuery, asOf time.Time) ([]Line, error) {
	if p == nil {
		return nil, errNil("Prices")
	}
	var c checker
	units := map[string]int64{}
	for i := range lines {
		n := lines[i].Quantity
		c.Check(n >= 1 && n <= MaxQuantity, fmt.Sprintf("Lines[%d].Quantity", i), n, "must be 1 to 1000000")
		units[lines[i].Item] += n
	}
	if err := c.Err(room); err != nil {
		return nil, err
	}
	out := slices.Clone(lines)
	for i := range out {
		q.Item, q.Quantity = out[i].Item, units[out[i].Item]
		quote, found, err := p.Quote(q, asOf)
		if err == nil && !found {
			err = fault.Room(room, fault.New("Item", nil, "must have a price for this customer"))
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", i, err)
		}
		out[i].Price = quote.Price
	}
	return out, nil
}

// Explain returns a verdict on every entry of the item, in the order of the list.
// It fails as [Prices.Quote] does, the limit of the total aside.
func (p *Prices) Explain(q PriceQuery, asOf time.Time) ([]PriceVerdict, error) {
	date, err := p.check(q, asOf)
	if err != nil {
		return nil, err
	}
	best := p.best(q, date)
	verdicts := make([]PriceVerdict, 0, len(p.items[q.Item]))
	for _, i := range p.items[q.Item] {
		why := p.against(i, q, date)
		if why == "" && i != best {
			why = Beaten
		}
		verdicts = append(verdicts, PriceVerdict{i, why})
	}
	return verdicts, nil
}

// check checks a query and returns its local date.
func (p *Prices) check(q PriceQuery, asOf time.Time) (relmark.Date, error) {
	if p == nil {
		return relmark.Date{}, errNil("Prices")
	}
	var c checker
	_, known := p.rank[q.Tier]
	c.Name("Item", q.Item)
	c.Check(known, "Tier", nil, "must be empty or on the ladder")
	c.each(q.Groups, "Groups")
	c.Check(q.Quantity >= 1, "Quantity", q.Quantity, "must be 1 or more")
	date, err := relmark.DateOf(asOf, p.list.Zone)
	c.Check(err == nil && !asOf.IsZero(), "AsOf", nil, "must be set, in years 1 to 9999")
	return date, c.Err(room)
}

// best returns the entry that is used, -1 if there is none. Entries are looked at
// in order, and a later one must be better: so the first of equals wins.
func (p *Prices) best(q PriceQuery, date relmark.Date) int {
	best := -1
	for _, i := range p.items[q.Item] {
		if p.against(i, q, date) == "" && (best < 0 || p.beats(i, best)) {
			best = i
		}
	}
	return best
}

// against says why an entry cannot be used, "" if it can. It gives one reason:
// the first of tier, group, quantity and date.
func (p *Prices) against(i int, q PriceQuery, date relmark.Date) PriceReason {
	switch e := &p.list.Entries[i]; {
	case p.rank[e.Tier] > p.rank[q.Tier]:
		return TierTooLow
	case e.Group != "" && !slices.Contains(q.Groups, e.Group):
		return OtherGroup
	case e.MinQuantity > q.Quantity:
		return QuantityBelow
	case date.Before(e.From):
		return NotYetValid
	case !e.Through.IsZero() && date.After(e.Through):
		return NoLongerValid
	}
	return ""
}

// beats reports whether an entry is to be preferred to an earlier one: by a lower
// price, then a higher tier, then a larger quantity. So the answer names the entry
// that is closest to the member, and does not depend on the order of the list but
// where two entries say the same. Differences are of numbers of at least 0, so they
// do not overflow.
func (p *Prices) beats(i, earlier int) bool {
	a, b := &p.list.Entries[i], &p.list.Entries[earlier]
	order := []int64{
		p.prices[earlier] - p.prices[i],
		int64(p.rank[a.Tier] - p.rank[b.Tier]),
		a.MinQuantity - b.MinQuantity,
	}
	k := slices.IndexFunc(order, func(d int64) bool { return d != 0 })
	return k >= 0 && order[k] > 0
}
