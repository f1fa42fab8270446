package main

import (
	"cmp"
	"context"
	"slices"

	"github.com/relmark/relmark/crosssell"
)

// whoGetsTheFew allocates offers of which there are too few for all.
func (s *story) whoGetsTheFew(r *report) error {
	problem, items := s.scarcity()
	if len(problem.Pairs) == 0 {
		return nil
	}
	r.heading("What if there are only a few of each?", "crosssell")
	best, err := crosssell.Allocate(context.Background(), problem, crosssell.AllocateOptions{})
	if err != nil {
		return err
	}
	got := make([]int, len(items))
	for _, i := range best.Chosen {
		got[problem.Pairs[i].Offer]++
	}
	order := upTo(len(items))
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(best.StockPrices[b], best.StockPrices[a]), cmp.Compare(got[b], got[a]), cmp.Compare(items[a], items[b]))
	})
	var rows [][]string
	for _, i := range order[:min(5, len(order))] {
		rows = append(rows, []string{items[i], count(int(*problem.Offers[i].Stock)), count(got[i]), cash(best.StockPrices[i])})
	}
	r.table([]string{"offer", "there are", "given", "one more adds"}, rows)
	r.say("One offer a customer, to whom it does most: worth %s. Whatever is done, it cannot be worth more than %s. Serving the customers in the order of the list above makes %s.",
		cash(best.Value), cash(best.Bound), cash(firstCome(problem)))
	return nil
}

// scarcity supposes that of each item there are as many as a tenth of those asked for
// an offer: what passed the gates may be given to whom.
func (s *story) scarcity() (p crosssell.Problem, items []string) {
	offer := map[string]int{}
	stock := int64(max(1, len(s.offers)/10))
	for customer, o := range s.offers {
		p.Caps = append(p.Caps, 1)
		for i, v := range o.decision.Verdicts {
			item := o.candidates[i].Item
			if v.Outcome == crosssell.Rejected {
				continue
			}
			if _, ok := offer[item]; !ok {
				offer[item] = len(items)
				items = append(items, item)
				p.Offers = append(p.Offers, crosssell.Supply{Stock: new(stock)})
			}
			p.Pairs = append(p.Pairs, crosssell.Pair{Customer: customer, Offer: offer[item], Value: v.Final})
		}
	}
	return p, items
}

// firstCome is what it is worth to give each customer in turn the best that is left.
func firstCome(p crosssell.Problem) (worth float64) {
	left := make([]int64, len(p.Offers))
	for i, offer := range p.Offers {
		left[i] = *offer.Stock
	}
	best := map[int]crosssell.Pair{}
	for i, pair := range p.Pairs {
		if known, ok := best[pair.Customer]; left[pair.Offer] > 0 && (!ok || pair.Value > known.Value) {
			best[pair.Customer] = pair
		}
		if i+1 == len(p.Pairs) || p.Pairs[i+1].Customer != pair.Customer {
			if given, ok := best[pair.Customer]; ok {
				left[given.Offer]--
				worth += given.Value
			}
		}
	}
	return worth
}
