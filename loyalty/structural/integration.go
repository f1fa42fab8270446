package structural

import (
	"fmt"
	"math"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
)

// A Link ties a process of the customer's to one of ours, such as an interface to their
// orders, a single sign-on or a shared stock.
type Link[L relmark.ID] struct {
	ID L `json:"id"`
	// Weight is how much a link in full use binds, as the share of what could leave that it
	// would keep: above 0 and below 1.
	Weight   float64 `json:"weight"`
	Active   float64 `json:"active"`   // days on which it was used, 0 or more
	Expected float64 `json:"expected"` // days on which full use would have, more than 0
}

// Use returns how much of the expected use there is, 0 to 1.
func (l Link[L]) Use() float64 { return min(1, l.Active/l.Expected) }

// A LinkEffect is what one link does for the depth of all.
type LinkEffect[L relmark.ID] struct {
	ID   L       `json:"id"`
	Use  float64 `json:"use"`  // 0 to 1
	Loss float64 `json:"loss"` // what the depth would be less without the link, 0 to 1
	Gain float64 `json:"gain"` // and more if it were in full use
}

// An Integration is how deeply the processes of a customer and ours have grown into one
// another.
type Integration[L relmark.ID] struct {
	Depth float64         `json:"depth"` // 0 without links, always below 1 but for rounding
	Links []LinkEffect[L] `json:"links"` // in the given order
}

// Integrate measures the depth of integration over links j of weight w and use u,
//
//	depth = 1 - Π (1 - w·u)
//
// which no order of the links changes, each link raises, and each raises less the more there
// are. The loss of one is the depth less that without it. It fails with [relmark.ErrInvalid]
// on a weight that is not between 0 and 1, on days that are negative, none or not finite,
// and on a link that is there twice. It takes time linear in the links.
func Integrate[L relmark.ID](links []Link[L]) (Integration[L], error) {
	if err := checkLinks(links); err != nil {
		return Integration[L]{}, err
	}
	out := Integration[L]{Links: make([]LinkEffect[L], len(links))}
	// The free share without a link is the product of what comes before it and after it:
	// no division, which a weight near 1 would spoil.
	before := 1.0
	for i, l := range links {
		out.Links[i] = LinkEffect[L]{ID: l.ID, Use: l.Use(), Loss: before}
		before *= 1 - float64(l.Weight*l.Use())
		out.Depth += float64(float64(l.Weight*l.Use()) * (1 - out.Depth)) // sums of what is positive lose no digits
	}
	after := 1.0
	for i := len(links) - 1; i >= 0; i-- {
		l, e := &links[i], &out.Links[i]
		free := e.Loss * after
		e.Loss = float64(l.Weight*e.Use) * free
		e.Gain = float64(l.Weight*(1-e.Use)) * free
		after *= 1 - float64(l.Weight*e.Use)
	}
	return out, nil
}

func checkLinks[L relmark.ID](links []Link[L]) error {
	var c checker
	seen := make(map[L]bool, len(links))
	for i, l := range links {
		if c.Full() {
			break
		}
		var one fault.List
		one.Check(l.Weight > 0 && l.Weight < 1, "Weight", l.Weight, "must be between 0 and 1")
		one.Check(l.Active >= 0 && l.Active <= math.MaxFloat64, "Active", l.Active, "must be finite and 0 or more")
		one.Check(l.Expected > 0 && l.Expected <= math.MaxFloat64, "Expected", l.Expected, "must be finite and > 0")
		one.Check(!seen[l.ID], "ID", nil, "must not be there twice")
		if one.Len() > 0 {
			c.Join(fmt.Sprintf("Links[%d]", i), one.Err(""))
		}
		seen[l.ID] = true
	}
	return c.Err(room)
}
