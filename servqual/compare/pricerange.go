package compare

import (
	"fmt"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
)

// A PriceAnswer is the four prices of one customer (van Westendorp): 0 ≤ TooCheap ≤ Cheap
// ≤ Expensive ≤ TooExpensive. It is plain data.
type PriceAnswer struct {
	TooCheap     float64 `json:"too_cheap"`     // so cheap that something must be wrong with it
	Cheap        float64 `json:"cheap"`         // a bargain
	Expensive    float64 `json:"expensive"`     // to be thought over
	TooExpensive float64 `json:"too_expensive"` // not to be considered
}

// A Disorder says what becomes of customers whose four prices are out of order.
type Disorder string

// What can become of them.
const (
	RefuseDisorder Disorder = ""          // the default: an error names the first
	LeaveOut       Disorder = "leave_out" // they are left out, and counted
)

// A Meeting says which price it is where two curves meet along a stretch.
type Meeting string

// The rules for stretches.
const (
	Middle  Meeting = "" // the default: half-way between both ends
	Lowest  Meeting = "lowest"
	Highest Meeting = "highest"
)

// A RangeRule says between which curves the acceptable range lies.
type RangeRule string

// The rules for the range.
const (
	Original RangeRule = ""       // the default: van Westendorp's, not cheap and not expensive
	Narrow   RangeRule = "narrow" // expensive and cheap instead
)

// PriceOptions are the choices of [PriceRange]; zero for the defaults. They are plain data.
type PriceOptions struct {
	Disorder Disorder  `json:"disorder,omitempty"`
	Meeting  Meeting   `json:"meeting,omitempty"`
	Range    RangeRule `json:"range,omitempty"`
}

func (o PriceOptions) check(l *fault.List) {
	l.Join("", enum.Of(RefuseDisorder, LeaveOut).Check("Disorder", o.Disorder))
	l.Join("", enum.Of(Middle, Lowest, Highest).Check("Meeting", o.Meeting))
	l.Join("", enum.Of(Original, Narrow).Check("Range", o.Range))
}

// A PricePoint is where two curves meet. It is plain data.
type PricePoint struct {
	Price float64 `json:"price"` // by the rule, from Low to High
	Low   float64 `json:"low"`   // they meet from here
	High  float64 `json:"high"`  // to here
	Share float64 `json:"share"` // of customers on each of the curves, at Price
}

// PriceShares are the curves at one price. They are plain data.
type PriceShares struct {
	Price        float64 `json:"price"`
	TooCheap     float64 `json:"too_cheap"`     // share who find it too cheap: their price is above it
	Cheap        float64 `json:"cheap"`         // the same for cheap
	Expensive    float64 `json:"expensive"`     // share who find it expensive: their price is this or below
	TooExpensive float64 `json:"too_expensive"` // the same for too expensive
	Acceptable   float64 `json:"acceptable"`    // share who find it neither too cheap nor too expensive
}

// Prices are what customers think of prices. It is plain data.
type Prices struct {
	N            int           `json:"n"`
	LeftOut      int           `json:"left_out"`     // customers whose prices are out of order
	From         PricePoint    `json:"from"`         // point of marginal cheapness: below it quality is in doubt
	To           PricePoint    `json:"to"`           // point of marginal expensiveness
	Optimal      PricePoint    `json:"optimal"`      // as many find it too cheap as too expensive
	Indifference PricePoint    `json:"indifference"` // as many find it cheap as expensive: the price they expect
	Curves       []PriceShares `json:"curves"`       // at every price named, ascending
}

const (
	maxCustomers = 1_000_000
	maxPrice     = 1e12
)

// PriceRange returns the range of prices that customers accept, the optimal price and the
// price of indifference. It fails with a [relmark.FieldError] where an option is none of
// its kind, a price is not 0 to 1e12, prices are out of order and are not to be left out,
// or there are more than a million customers; with [relmark.ErrTooFew] where none is left.
// It takes O(n log n) time.
func PriceRange(answers []PriceAnswer, o PriceOptions) (Prices, error) {
	kept, err := ordered(answers, o)
	if err != nil {
		return Prices{}, err
	}
	g := newGrid(kept)
	c := g.curves(nil)
	out := c.points(o)
	out.LeftOut = len(answers) - len(kept)
	for i, p := range g.prices {
		s := c.shares(i)
		s.Price = p
		out.Curves = append(out.Curves, s)
	}
	return out, nil
}

// ordered returns the answers whose prices are in order.
func ordered(answers []PriceAnswer, o PriceOptions) ([]PriceAnswer, error) {
	var l fault.List
	o.check(&l)
	l.Check(len(answers) <= maxCustomers, "Answers", len(answers), "must be a million at most")
	kept := make([]PriceAnswer, 0, len(answers))
	for i, a := range answers {
		if l.Full() {
			break
		}
		switch rule := a.wrong(); {
		case rule == "":
			kept = append(kept, a)
		case rule != orderRule || o.Disorder == RefuseDisorder:
			l.Add(fmt.Sprintf("Answers[%d]", i), nil, rule)
		}
	}
	if err := l.Err(room); err != nil {
		return nil, err
	}
	if len(kept) == 0 {
		return nil, fault.Room(room, relmark.ErrTooFew)
	}
	return kept, nil
}

const orderRule = "must have TooCheap <= Cheap <= Expensive <= TooExpensive"

// wrong returns the rule that an answer breaks; "" for none.
func (a PriceAnswer) wrong() string {
	prices := a.list()
	for _, p := range prices {
		if !(p >= 0 && p <= maxPrice) {
			return "must have prices of 0 to 1e12"
		}
	}
	if !slices.IsSorted(prices[:]) {
		return orderRule
	}
	return ""
}

func (a PriceAnswer) list() [4]float64 {
	return [4]float64{a.TooCheap, a.Cheap, a.Expensive, a.TooExpensive}
}

// The four prices, in order.
const (
	tooCheap = iota
	cheap
	expensive
	tooExpensive
)

// A grid is every price that somebody named, and where each customer's four lie on it.
type grid struct {
	prices []float64
	places [][4]int32
}

func newGrid(answers []PriceAnswer) *grid {
	g := &grid{prices: make([]float64, 0, 4*len(answers)), places: make([][4]int32, len(answers))}
	for _, a := range answers {
		list := a.list()
		g.prices = append(g.prices, list[:]...)
	}
	slices.Sort(g.prices)
	g.prices = slices.Compact(g.prices)
	for i, a := range answers {
		for k, p := range a.list() {
			place, _ := slices.BinarySearch(g.prices, p)
			g.places[i][k] = int32(place)
		}
	}
	return g
}

// curves count customers at each price of a grid: in upTo[k] those whose price k is it or
// less.
type curves struct {
	*grid

	n    int
	upTo [4][]int
}

// curves counts some customers, with repetition; all of them if rows is nil.
func (g *grid) curves(rows []int) *curves {
	c := &curves{grid: g}
	for k := range c.upTo {
		c.upTo[k] = make([]int, len(g.prices))
	}
	c.count(rows)
	return c
}

// count counts anew.
func (c *curves) count(rows []int) {
	for k := range c.upTo {
		clear(c.upTo[k])
	}
	add := func(customer int) {
		for k, place := range c.places[customer] {
			c.upTo[k][place]++
		}
	}
	if rows == nil {
		c.n = len(c.places)
		for i := range c.places {
			add(i)
		}
	} else {
		c.n = len(rows)
		for _, i := range rows {
			add(i)
		}
	}
	for k := range c.upTo {
		for i := 1; i < len(c.prices); i++ {
			c.upTo[k][i] += c.upTo[k][i-1]
		}
	}
}

func (c *curves) shares(i int) PriceShares {
	at := func(k int) float64 { return float64(c.upTo[k][i]) / float64(c.n) }
	above := func(k int) float64 { return float64(c.n-c.upTo[k][i]) / float64(c.n) }
	return PriceShares{
		TooCheap: above(tooCheap), Cheap: above(cheap), Expensive: at(expensive), TooExpensive: at(tooExpensive),
		Acceptable: float64(c.upTo[tooCheap][i]-c.upTo[tooExpensive][i]) / float64(c.n),
	}
}

// points finds the four points.
func (c *curves) points(o PriceOptions) Prices {
	out := Prices{
		N: c.n, Optimal: c.meet(tooCheap, tooExpensive, o.Meeting), Indifference: c.meet(cheap, expensive, o.Meeting),
	}
	if o.Range == Narrow {
		out.From, out.To = c.meet(tooCheap, expensive, o.Meeting), c.meet(cheap, tooExpensive, o.Meeting)
	} else {
		out.From, out.To = c.meet(tooCheap, cheap, o.Meeting), c.meet(expensive, tooExpensive, o.Meeting)
	}
	return out
}

// meet returns where the share whose price falling is above p meets the share whose price
// rising is p or less. One falls and the other rises, so their difference rises with the
// price, and is 1 at the last one: they meet in one point, or along one stretch.
func (c *curves) meet(falling, rising int, rule Meeting) PricePoint {
	ahead := func(i int) int { return c.upTo[rising][i] + c.upTo[falling][i] - c.n }
	first := 0
	for ahead(first) < 0 {
		first++
	}
	last := first
	for last+1 < len(c.prices) && ahead(last+1) == 0 {
		last++
	}
	share := func(i int) float64 { return float64(c.upTo[rising][i]) / float64(c.n) }
	if over := ahead(first); over > 0 && first > 0 { // between two prices
		under := ahead(first - 1)
		part := float64(-under) / float64(over-under)
		p := c.prices[first-1] + part*(c.prices[first]-c.prices[first-1])
		return PricePoint{p, p, p, share(first-1) + part*(share(first)-share(first-1))}
	}
	low, high := c.prices[first], c.prices[last]
	out := PricePoint{Low: low, High: high, Share: share(first)}
	switch rule {
	case Lowest:
		out.Price = low
	case Highest:
		out.Price = high
	case Middle:
		out.Price = low + (high-low)/2
	}
	return out
}
