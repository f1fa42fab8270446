package social

import (
	"cmp"
	"slices"
)

// rounds is how often all prices are improved, at most.
const rounds = 40

// price finds prices of the limits that make the Lagrangian bound small: one limit after
// the other gets the price at which just as many items are worth it as fit, until nothing
// changes. Any prices are valid; better ones cut the search earlier.
func (b *branching) price() {
	members := make([][]int, len(b.left.rows))
	for k := range b.items {
		for _, row := range b.items[k].rows {
			if row >= 0 && b.fixed[k] == 0 {
				members[row] = append(members[row], k)
			}
		}
	}
	prices, money := make([]int64, len(members)), int64(0)
	b.reduced = slices.Clone(b.weight)
	for k, fixed := range b.fixed {
		if fixed != 0 {
			b.reduced[k] = 0
		}
	}
	for range rounds {
		changed := b.priceBudget(&money)
		for row, list := range members {
			changed = b.priceRow(&prices[row], list, b.left.rows[row]) || changed
		}
		if !changed {
			break
		}
	}
	b.bound = money * b.left.budget
	for row, p := range prices {
		b.bound += p * min(b.left.rows[row], int64(len(members[row])))
	}
	for _, r := range b.reduced {
		b.bound += max(0, r)
	}
}

// priceRow sets the price of a limit of so many items; true if it has changed.
func (b *branching) priceRow(price *int64, list []int, most int64) bool {
	var next int64
	if int64(len(list)) > most {
		sorted := make([]int64, len(list))
		for i, k := range list {
			sorted[i] = b.reduced[k] + *price
		}
		slices.Sort(sorted)
		next = max(0, sorted[int64(len(list))-1-most]) // the largest that does not fit
	}
	return b.move(price, next, list, func(int) int64 { return 1 })
}

// priceBudget sets the price of a unit of cost; true if it has changed.
func (b *branching) priceBudget(price *int64) bool {
	type offer struct{ worth, cost int64 }
	var offers []offer
	list := make([]int, 0, len(b.items))
	for k := range b.items {
		if c := b.items[k].cost; c > 0 && b.fixed[k] == 0 {
			list = append(list, k)
			if w := b.reduced[k] + *price*c; w > 0 {
				offers = append(offers, offer{w, c})
			}
		}
	}
	slices.SortFunc(offers, func(x, y offer) int { return cmp.Compare(y.worth/y.cost, x.worth/x.cost) })
	var next, spent int64
	for _, o := range offers {
		if spent += o.cost; spent > b.left.budget {
			next = o.worth / o.cost
			break
		}
	}
	return b.move(price, next, list, func(k int) int64 { return b.items[k].cost })
}

// move sets a price and the reduced weights of what it is paid for.
func (b *branching) move(price *int64, next int64, list []int, units func(k int) int64) bool {
	by := next - *price
	if by == 0 {
		return false
	}
	*price = next
	for _, k := range list {
		b.reduced[k] -= by * units(k)
	}
	return true
}
