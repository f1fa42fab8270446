package compare

import (
	"fmt"
	"math"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
)

// A Ladder counts customers by how many of its prices they would pay (Gabor-Granger). It
// is plain data; obtain an empty one from [NewLadder]. Merging is exact. It is not safe for
// concurrent mutation.
type Ladder struct {
	Prices []float64 `json:"prices"` // ascending, each 0 to 1e12, 2 to 1000 of them
	// Accepted counts, by number of prices that were accepted, none to all: one more than
	// there are prices.
	Accepted []int64 `json:"accepted"`
}

const (
	maxRungs  = 1000
	maxLadder = 1 << 40
)

// NewLadder returns a ladder without answers. It fails as [Ladder.Validate] does.
func NewLadder(prices ...float64) (Ladder, error) {
	l := Ladder{Prices: slices.Clone(prices), Accepted: make([]int64, len(prices)+1)}
	if err := l.Validate(); err != nil {
		return Ladder{}, err
	}
	return l, nil
}

// Validate reports every rule that l breaks, joined into one error.
func (l Ladder) Validate() error {
	var wrong fault.List
	l.check(&wrong)
	return wrong.Err(room)
}

func (l Ladder) check(wrong *fault.List) {
	wrong.Check(len(l.Prices) >= 2 && len(l.Prices) <= maxRungs, "Prices", len(l.Prices), "must be 2 to 1000")
	for i, p := range l.Prices[:min(len(l.Prices), maxRungs)] {
		if wrong.Full() {
			break
		}
		if !(p >= 0 && p <= maxPrice) {
			wrong.Add(fmt.Sprintf("Prices[%d]", i), p, "must be 0 to 1e12")
		} else if i > 0 && p <= l.Prices[i-1] {
			wrong.Add(fmt.Sprintf("Prices[%d]", i), p, "must be above the price before it")
		}
	}
	wrong.Check(len(l.Accepted) == len(l.Prices)+1, "Accepted", len(l.Accepted), "must be one more than Prices")
	sum := int64(0)
	for i, n := range l.Accepted {
		if n >= 0 && n <= maxLadder-sum {
			sum += n
			continue
		}
		if wrong.Full() {
			break
		}
		wrong.Add(fmt.Sprintf("Accepted[%d]", i), n, "must be 0 or more, 2^40 at most with the others")
	}
}

// Add counts one customer's answers, yes or no to each price of the ladder. It fails with
// a [relmark.FieldError] where there is not one answer for each price, or a higher price
// was accepted than one that was refused, and with [relmark.ErrLimit] past 2⁴⁰ customers;
// the ladder is then unchanged. The ladder is valid, as [NewLadder] makes it.
func (l *Ladder) Add(yes ...bool) error {
	if len(yes) != len(l.Prices) || len(l.Accepted) != len(yes)+1 {
		return fault.Room(room, fault.New("Yes", len(yes), "must be one for each price"))
	}
	accepted := 0
	for i, y := range yes {
		if !y {
			continue
		}
		if accepted < i {
			return fault.Room(room, fault.New(fmt.Sprintf("Yes[%d]", i), nil, "must not accept a price above one that was refused"))
		}
		accepted++
	}
	if l.n() >= maxLadder {
		return fault.Room(room, relmark.ErrLimit)
	}
	l.Accepted[accepted]++
	return nil
}

// Merge adds the customers of o. It fails as [Ladder.Validate] does of both, with a
// [relmark.FieldError] where o has other prices, and with [relmark.ErrLimit] past 2⁴⁰
// customers; the ladder is then unchanged.
func (l *Ladder) Merge(o Ladder) error {
	var wrong, other fault.List
	l.check(&wrong)
	o.check(&other)
	wrong.Join("Other", other.Err(""))
	if err := wrong.Err(room); err != nil {
		return err
	}
	if !slices.Equal(l.Prices, o.Prices) {
		return fault.Room(room, fault.New("Prices", nil, "must be those of the other ladder"))
	}
	if l.n() > maxLadder-o.n() {
		return fault.Room(room, relmark.ErrLimit)
	}
	for i, n := range o.Accepted {
		l.Accepted[i] += n
	}
	return nil
}

func (l Ladder) n() int64 {
	sum := int64(0)
	for _, n := range l.Accepted {
		sum += n
	}
	return sum
}

// A Rung is the demand at one price of a ladder. It is plain data.
type Rung struct {
	Price   float64 `json:"price"`
	Share   float64 `json:"share"`   // of customers who would pay it
	Low     float64 `json:"low"`     // of Wilson's interval of the share; times Price, of the revenue
	High    float64 `json:"high"`    //
	Revenue float64 `json:"revenue"` // per customer asked
	Surplus float64 `json:"surplus"` // mean consumer surplus per customer asked, as far as the ladder goes
	// SurplusLow and SurplusHigh are of Student's interval of the surplus, cut at 0 and at what
	// it can be; of one customer they are these.
	SurplusLow  float64 `json:"surplus_low"`
	SurplusHigh float64 `json:"surplus_high"`
}

// A Demand is what customers would buy at which price. It is plain data; its methods are
// for demands that [Ladder.Demand] made.
type Demand struct {
	N     int64  `json:"n"`
	Rungs []Rung `json:"rungs"` // by price, ascending
	// Best is the price of greatest revenue along the curve, the lowest of equal ones.
	Best        float64 `json:"best"`
	BestShare   float64 `json:"best_share"`
	BestRevenue float64 `json:"best_revenue"`
	// AtTop says that Best is the highest price of the ladder: it should have gone on.
	AtTop bool `json:"at_top"`
}

// Demand returns the demand curve of a ladder with its revenue and the surplus that customers
// keep, with intervals of the shares and surpluses at a level of confidence. It fails as
// [Ladder.Validate] does, unless the level is 0.5 to 0.9999, and with [relmark.ErrTooFew] of
// no customers.
func (l Ladder) Demand(level float64) (Demand, error) {
	if err := l.Validate(); err != nil {
		return Demand{}, err
	}
	if !(level >= 0.5 && level <= 0.9999) {
		return Demand{}, fault.Room(room, fault.New("Level", level, "must be 0.5 to 0.9999"))
	}
	n := l.n()
	if n == 0 {
		return Demand{}, fault.Room(room, relmark.ErrTooFew)
	}
	d := demand(l.Prices, l.Accepted, n)
	for i := range d.Rungs {
		r := &d.Rungs[i]
		r.Low, r.High = stat.Wilson(int64(math.Round(r.Share*float64(n))), n, level)
		most := l.Prices[len(l.Prices)-1] - r.Price
		r.SurplusLow, r.SurplusHigh = 0, most
		if low, high, ok := stat.NewSummary(n, r.Surplus, l.spreadOfSurplus(i, r.Surplus)).Interval(level); ok {
			r.SurplusLow, r.SurplusHigh = max(low, 0), min(high, most)
		}
	}
	return d, nil
}

// spreadOfSurplus returns the variance among customers of the surplus at a rung, given its
// mean. As demand is straight, who refuses a price would pay up to half-way between it and
// the one before.
func (l Ladder) spreadOfSurplus(rung int, mean float64) float64 {
	sum, price := 0.0, l.Prices[rung]
	for accepted, n := range l.Accepted {
		keeps := 0.0
		if accepted > rung {
			keeps = l.Prices[accepted-1] - price
			if accepted < len(l.Prices) {
				keeps += (l.Prices[accepted] - l.Prices[accepted-1]) / 2
			}
		}
		sum += float64(n) * (keeps - mean) * (keeps - mean)
	}
	return sum / float64(max(l.n()-1, 1))
}

// demand returns the curve without intervals.
func demand(prices []float64, accepted []int64, n int64) Demand {
	d := Demand{N: n, Rungs: make([]Rung, len(prices))}
	buyers := n
	for i, p := range prices {
		buyers -= accepted[i] // who accepted fewer prices
		share := float64(buyers) / float64(n)
		d.Rungs[i] = Rung{Price: p, Share: share, Revenue: p * share}
	}
	for i := len(prices) - 2; i >= 0; i-- {
		a, b := &d.Rungs[i], &d.Rungs[i+1]
		a.Surplus = b.Surplus + (b.Price-a.Price)*(a.Share+b.Share)/2
	}
	d.best()
	return d
}

// best finds the price of greatest revenue: at a rung, or between two, where the straight
// demand a − b·p has its greatest revenue at a/(2b).
func (d *Demand) best() {
	d.BestRevenue = -1
	try := func(price, share float64) {
		if r := price * share; r > d.BestRevenue {
			d.Best, d.BestShare, d.BestRevenue = price, share, r
		}
	}
	for i, r := range d.Rungs {
		if i > 0 {
			before := d.Rungs[i-1]
			slope := (before.Share - r.Share) / (r.Price - before.Price)
			if top := (before.Share/slope + before.Price) / 2; slope > 0 && top > before.Price && top < r.Price {
				try(top, slope*top)
			}
		}
		try(r.Price, r.Share)
	}
	d.AtTop = d.Best == d.Rungs[len(d.Rungs)-1].Price
}

// Share returns the share who would pay a price, straight between the prices of the
// ladder; false outside of it.
func (d Demand) Share(price float64) (share float64, ok bool) {
	i := d.below(price)
	if i < 0 {
		return 0, false
	}
	a := d.Rungs[i]
	if price == a.Price {
		return a.Share, true
	}
	b := d.Rungs[i+1]
	return a.Share + (price-a.Price)/(b.Price-a.Price)*(b.Share-a.Share), true
}

// Surplus returns the mean surplus that customers keep at a price, the area under the
// demand curve from it to the highest price of the ladder; false outside of the ladder.
func (d Demand) Surplus(price float64) (surplus float64, ok bool) {
	share, ok := d.Share(price)
	if !ok {
		return 0, false
	}
	i := d.below(price)
	if i == len(d.Rungs)-1 {
		return 0, true
	}
	next := d.Rungs[i+1]
	return next.Surplus + (next.Price-price)*(share+next.Share)/2, true
}

// below returns the last rung that is not above a price; -1 outside of the ladder.
func (d Demand) below(price float64) int {
	last := len(d.Rungs) - 1
	if last < 0 || !(price >= d.Rungs[0].Price && price <= d.Rungs[last].Price) {
		return -1
	}
	i := 0
	for i < last && d.Rungs[i+1].Price <= price {
		i++
	}
	return i
}
