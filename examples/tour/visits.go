package main

import (
	"cmp"
	"maps"
	"slices"

	"github.com/relmark/relmark"
)

// A visit is what one customer bought on one day, each item once.
type visit struct {
	customer string
	on       relmark.Date
	items    []string // ascending
}

// visits lists what was bought together, by customer and day, as far as the log names
// items; returns are left out.
func (l *salesLog) visits() []visit {
	type key struct {
		customer string
		on       relmark.Date
	}
	bought := map[key][]string{}
	for _, row := range l.rows {
		if row.item != "" && row.amount.IsPositive() {
			k := key{row.customer, row.on}
			bought[k] = append(bought[k], row.item)
		}
	}
	list := make([]visit, 0, len(bought))
	for k, items := range bought {
		slices.Sort(items)
		list = append(list, visit{k.customer, k.on, slices.Compact(items)})
	}
	slices.SortFunc(list, func(a, b visit) int { return cmp.Or(cmp.Compare(a.customer, b.customer), a.on.Compare(b.on)) })
	return list
}

// A shelf is what is known of the items: who has which, and what one costs.
type shelf struct {
	visits []visit
	owned  map[string][]string // by customer, ascending
	price  map[string]float64  // what one line of an item came to on average
}

func (l *salesLog) shelf() shelf {
	f := shelf{visits: l.visits(), owned: map[string][]string{}, price: map[string]float64{}}
	for _, v := range f.visits {
		f.owned[v.customer] = append(f.owned[v.customer], v.items...)
	}
	for customer, items := range f.owned {
		slices.Sort(items)
		f.owned[customer] = slices.Compact(items)
	}
	lines := map[string]float64{}
	for _, row := range l.rows {
		if row.item != "" && row.amount.IsPositive() {
			f.price[row.item] += row.amount.InexactFloat64()
			lines[row.item]++
		}
	}
	for item := range lines {
		f.price[item] /= lines[item]
	}
	return f
}

// favourites returns the n items that most customers have.
func (f shelf) favourites(n int) map[string]bool {
	customers := map[string]int{}
	for _, items := range f.owned {
		for _, item := range items {
			customers[item]++
		}
	}
	items := slices.SortedFunc(maps.Keys(customers), func(a, b string) int {
		return cmp.Or(cmp.Compare(customers[b], customers[a]), cmp.Compare(a, b))
	})
	list := map[string]bool{}
	for _, item := range items[:min(n, len(items))] {
		list[item] = true
	}
	return list
}

// again returns the items that one in four of those who have them bought more than once.
func (f shelf) again() (list []string) {
	holders, days := map[string]int{}, map[[2]string]int{}
	for _, v := range f.visits {
		for _, item := range v.items {
			days[[2]string{v.customer, item}]++
		}
	}
	repeated := map[string]int{}
	for key, n := range days {
		holders[key[1]]++
		if n > 1 {
			repeated[key[1]]++
		}
	}
	for item, n := range repeated {
		if 4*n >= holders[item] {
			list = append(list, item)
		}
	}
	slices.Sort(list)
	return list
}
