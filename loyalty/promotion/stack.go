package promotion

import (
	"fmt"

	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
)

// A Stack is a set of offers that are used together on one order. It is plain data, safe
// for concurrent use while nobody changes it; [NewPricer] makes a [Pricer] of it.
type Stack struct {
	Digits   int      // fraction digits of the currency: 2 for EUR, 0 for JPY; up to 4
	Rounding Rounding // of percentages
	Groups   []Group  // whose mode or limit is not the default; each once
	Offers   []Offer  // at most 1000
}

// Most offers of a stack, names of a list and steps of an offer: an order is priced in
// time proportional to their numbers.
const most = 1000

// Most units that are counted, and slots of a bundle.
const (
	maxCount = 1_000_000_000
	maxSlots = 20
)

// Rounding says how and where percentages are rounded. It is plain data; the zero
// Rounding rounds half a minor unit up, once for the order.
type Rounding struct {
	Mode  Mode  `json:"mode,omitempty"`
	Level Level `json:"level,omitempty"`
}

// A Mode says which neighbour a discount goes to that is no whole number of minor units.
type Mode string

// The modes, for the discount: down favours the seller.
const (
	HalfUp   Mode = "half_up" // the default
	HalfEven Mode = "half_even"
	HalfDown Mode = "half_down"
	Down     Mode = "down"
	Up       Mode = "up"
)

// A Level says what is rounded.
type Level string

// The levels.
const (
	PerOrder Level = "order" // the discount of an offer: the default
	PerLine  Level = "line"  // what it takes off each article, so that a line that is split is rounded once
	PerUnit  Level = "unit"  // what it takes off each unit
)

// A Group is a set of offers of which only some are used. A group that a stack does not
// list uses the first that gives a discount. It is plain data.
type Group struct {
	Name  string    `json:"name"`           // as [Offer.Group] has it
	Mode  GroupMode `json:"mode,omitempty"` // the first by default
	Limit int64     `json:"limit"`          // how many are used at most; 1 or more
}

// A GroupMode says which members of a group are used.
type GroupMode string

// The modes of groups.
const (
	First GroupMode = "first" // the first in turn that give a discount: the default
	Best  GroupMode = "best"  // those with which the whole order costs least
)

func modes() enum.Set[Mode]           { return enum.Of("", HalfUp, HalfEven, HalfDown, Down, Up) }
func levels() enum.Set[Level]         { return enum.Of("", PerOrder, PerLine, PerUnit) }
func groupModes() enum.Set[GroupMode] { return enum.Of("", First, Best) }

// Validate reports the rules that s breaks in one error.
func (s Stack) Validate() error {
	_, err := NewPricer(s)
	return err
}

// check checks all but the offers.
func (s *Stack) check(c *checker) {
	c.Check(s.Digits >= 0 && s.Digits <= maxDigits, "Digits", s.Digits, digitsRule)
	c.Check(len(s.Offers) <= most, "Offers", len(s.Offers), "must be at most 1000")
	c.Check(len(s.Groups) <= most, "Groups", len(s.Groups), "must be at most 1000")
	c.Join("", modes().Check("Rounding.Mode", s.Rounding.Mode))
	c.Join("", levels().Check("Rounding.Level", s.Rounding.Level))
	if len(s.Groups) > most {
		return
	}
	seen := map[string]bool{}
	for i, g := range s.Groups {
		field := fmt.Sprintf("Groups[%d]", i)
		c.Check(fault.ValidName(g.Name) && !seen[g.Name], field+".Name", nil, fault.NameRule+", once")
		c.Join("", groupModes().Check(field+".Mode", g.Mode))
		c.count(g.Limit, field+".Limit")
		seen[g.Name] = true
	}
}
