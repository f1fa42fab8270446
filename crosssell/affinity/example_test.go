package affinity_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell"
	"github.com/relmark/relmark/crosssell/affinity"
)

// coffee is who bought what in a coffee shop online, and in which month.
func coffee() *affinity.Ownership[string, string] {
	shop := &affinity.Ownership[string, string]{}
	for customer, items := range map[string][]string{
		"ann": {"machine", "grinder", "beans", "beans", "beans"}, "bob": {"machine", "grinder", "descaler"},
		"cem": {"machine", "beans", "beans"}, "dee": {"teapot", "tea", "tea"}, "eve": {"teapot", "tea", "beans"},
		"fay": {"machine", "grinder", "beans"}, "gil": {"teapot", "tea"}, "hal": {"tea", "beans"},
	} {
		for month, item := range items {
			on := relmark.MustParseDate("2026-01-01").AddMonths(month)
			if err := shop.Add(affinity.Event[string, string]{Customer: customer, Item: item, On: on, Times: 1}); err != nil {
				panic(err)
			}
		}
	}
	return shop
}

func show(list []crosssell.Suggestion[string]) {
	for _, s := range list {
		fmt.Printf("%s %.2f by", s.Item, s.Score)
		for _, e := range s.Because {
			fmt.Printf(" %s %v %.2f", e.Source, e.Items, e.Weight)
			if e.Counts != nil {
				fmt.Printf(" (%d of %d)", e.Counts.Both, e.Counts.Left)
			}
		}
		fmt.Println()
	}
}

// What goes with what this customer has, what does he buy again, and what do we show
// somebody of whom we know nothing?
func Example() {
	asOf := relmark.MustParseDate("2026-06-01")
	matrix, err := coffee().AsOf(asOf, affinity.MatrixOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	model, err := matrix.Neighbours(context.Background(), affinity.NeighbourParams{Similarity: affinity.Cosine})
	if err != nil {
		fmt.Println(err)
		return
	}
	first, err := model.Suggest(affinity.Query[string]{Owned: matrix.AppendOwned(nil, "cem"), N: 2})
	fmt.Println("first purchases:", err)
	show(first)

	repeatable := func(item string) bool { return item == "beans" || item == "tea" || item == "descaler" }
	again, err := affinity.Favourites(matrix.Holdings("cem"), 2, repeatable)
	fmt.Println("again:", err)
	show(again)

	if _, err := model.Suggest(affinity.Query[string]{N: 2}); errors.Is(err, affinity.ErrNoHistory) {
		popular, err := affinity.NewPopularity(matrix, func(string) string { return "online" }, affinity.PopularityParams{})
		if err != nil {
			fmt.Println(err)
			return
		}
		list, err := popular.Suggest("online", nil, 2, nil)
		fmt.Println("to a stranger:", err)
		show(list)
	}
	// Output:
	// first purchases: <nil>
	// grinder 1.38 by affinity [machine] 0.87 (3 of 4) affinity [beans] 0.52 (2 of 5)
	// descaler 0.50 by affinity [machine] 0.50 (1 of 4)
	// again: <nil>
	// beans 2.00 by favourite [beans] 2.00
	// to a stranger: <nil>
	// beans 0.62 by popularity [] 0.62 (5 of 8)
	// machine 0.50 by popularity [] 0.50 (4 of 8)
}

// Why is a grinder suggested to this customer?
func ExampleModel_Why() {
	matrix, err := coffee().AsOf(relmark.MustParseDate("2026-06-01"), affinity.MatrixOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	model, err := matrix.EASE(context.Background(), affinity.EASEParams{Lambda: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	why, err := model.Why([]string{"machine", "beans"}, "grinder")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, e := range why {
		fmt.Printf("%s adds %.3f: %d of %d who have it have a grinder\n", e.Items[0], e.Weight, e.Counts.Both, e.Counts.Left)
	}
	// Output:
	// machine adds 0.486: 3 of 4 who have it have a grinder
	// beans adds 0.105: 2 of 5 who have it have a grinder
}

// Which products are alike, in the eyes of those who buy them?
func ExampleModel_Similar() {
	matrix, err := coffee().AsOf(relmark.MustParseDate("2026-06-01"), affinity.MatrixOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	model, err := matrix.Neighbours(context.Background(), affinity.NeighbourParams{Similarity: affinity.Jaccard, K: new(2)})
	if err != nil {
		fmt.Println(err)
		return
	}
	similar, err := model.Similar("machine", 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range similar {
		fmt.Printf("%s %.2f\n", s.Item, s.Score)
	}
	// Output:
	// grinder 0.75
	// beans 0.50
}

// How much memory would EASE take for our assortment, and what do we do if it is too much?
func ExampleMatrix_EASE() {
	fmt.Println(affinity.EASEBytes(30_000)/1_000_000, "MB for 30,000 items")
	matrix, err := coffee().AsOf(relmark.MustParseDate("2026-06-01"), affinity.MatrixOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	model, err := matrix.EASE(context.Background(), affinity.EASEParams{Lambda: 1, MaxBytes: new(int64(100))})
	if errors.Is(err, relmark.ErrLimit) {
		fmt.Println(err)
		model, err = matrix.Neighbours(context.Background(), affinity.NeighbourParams{Similarity: affinity.BM25})
	}
	fmt.Println(len(model.Items()), "items,", err)
	// Output:
	// 7200 MB for 30,000 items
	// affinity: model of 288 bytes, budget 100: limit reached
	// 6 items, <nil>
}

// What do regular customers have, in a segment of which we have seen only a few?
func ExampleNewPopularity() {
	matrix, err := coffee().AsOf(relmark.MustParseDate("2026-06-01"), affinity.MatrixOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	segmentOf := func(customer string) string {
		if customer < "c" {
			return "club"
		}
		return "guest"
	}
	popular, err := affinity.NewPopularity(matrix, segmentOf, affinity.PopularityParams{Prior: 2})
	if err != nil {
		fmt.Println(err)
		return
	}
	list, err := popular.Suggest("club", []string{"machine"}, 3, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range list {
		c := s.Because[0].Counts
		fmt.Printf("%s %.2f: %d of %d in the club, %d of %d in all\n", s.Item, s.Score, c.Both, c.Left, c.Right, c.N)
	}
	// Output:
	// grinder 0.69: 2 of 2 in the club, 3 of 8 in all
	// beans 0.56: 1 of 2 in the club, 5 of 8 in all
	// descaler 0.31: 1 of 2 in the club, 1 of 8 in all
}

// What do we know of a customer now, when what was bought half a year ago counts half?
func ExampleOwnership_AsOf() {
	matrix, err := coffee().AsOf(relmark.MustParseDate("2026-07-01"), affinity.MatrixOptions{HalfLife: new(181.0)})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, h := range matrix.Holdings("ann") {
		fmt.Printf("%s: %d times, last on %v, weight %.2f\n", h.Item, h.Times, h.Last, h.Weight)
	}
	// Output:
	// beans: 3 times, last on 2026-05-01, weight 0.79
	// grinder: 1 times, last on 2026-02-01, weight 0.56
	// machine: 1 times, last on 2026-01-01, weight 0.50
}

// How do several servers count together?
func ExampleOwnership_Merge() {
	var monday, tuesday affinity.Ownership[int64, string]
	on := relmark.MustParseDate("2026-06-01")
	err := errors.Join(
		monday.Add(affinity.Event[int64, string]{Customer: 7, Item: "machine", On: on, Times: 1}),
		tuesday.Add(affinity.Event[int64, string]{Customer: 7, Item: "beans", On: on.AddDays(1), Times: 2}),
	)
	data, _ := tuesday.MarshalBinary() // as it travels
	var received affinity.Ownership[int64, string]
	err = errors.Join(err, received.UnmarshalBinary(data), monday.Merge(&received))
	fmt.Println(monday.Customers(), "customer,", monday.Events(), "events,", err)
	// Output:
	// 1 customer, 3 events, <nil>
}

// How do we rank all customers at night?
func ExampleRanker_AppendTop() {
	matrix, err := coffee().AsOf(relmark.MustParseDate("2026-06-01"), affinity.MatrixOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	model, err := matrix.EASE(context.Background(), affinity.EASEParams{Lambda: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	ranker := model.Ranker() // one for each goroutine
	var owned []string
	var top []affinity.Scored[string]
	for _, customer := range matrix.Customers()[:3] {
		owned = matrix.AppendOwned(owned[:0], customer)
		top, err = ranker.AppendTop(top[:0], affinity.Query[string]{Owned: owned, N: 1})
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%s: %s %.2f\n", customer, top[0].Item, top[0].Score)
	}
	// Output:
	// ann: descaler 0.20
	// bob: beans 0.37
	// cem: grinder 0.59
}

// What does a customer buy again and again?
func ExampleFavourites() {
	matrix, err := coffee().AsOf(relmark.MustParseDate("2026-06-01"), affinity.MatrixOptions{HalfLife: new(30.0)})
	if err != nil {
		fmt.Println(err)
		return
	}
	list, err := affinity.Favourites(matrix.Holdings("ann"), 3, func(item string) bool { return item == "beans" })
	if err != nil {
		fmt.Println(err)
		return
	}
	show(list)
	// Output:
	// beans 0.85 by favourite [beans] 0.85
}
