package promotion

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

// An article is an item at a price: the smallest thing of which all units are alike.
type article struct {
	line  *Line // the first one
	lines []int32
	price int64
	floor int64
	n     int64 // units
}

// A run is a number of units of one article, next to each other, of which the same is
// left. An article of millions of units has as many runs as discounts were split unevenly
// over it.
type run struct {
	n       int64 // units, 1 or more
	left    int64 // of each, in minor units
	article int32
	locked  bool // out of reach of later offers
}

// A basket is an order as offers see it: articles in unit order, and what each selector
// selects of them.
type basket struct {
	lines    []Line
	articles []article
	selected []uint64 // for each selector a set of articles
	words    int      // of one such set
	runs     []run    // before any discount
	subtotal int64
}

// read checks an order, and reports all lines that are wrong, not the first only. With a
// total of at most 2^53-1 no later sum overflows.
func (p *Pricer) read(lines []Line) (*basket, error) {
	n := len(lines)
	b := &basket{lines: lines, articles: make([]article, 0, n), runs: make([]run, 0, n)}
	amounts := make([]int64, 2*n) // the price and the floor of each line
	if err := p.amounts(lines, amounts); err != nil {
		return nil, err
	}
	for i := range lines {
		full := amounts[2*i] * lines[i].Quantity // checked below: a quantity has 20 bits
		if hi := amounts[2*i] > money.MaxExact/lines[i].Quantity; hi || full > money.MaxExact-b.subtotal {
			return nil, fmt.Errorf("%s: order above 2^53-1 minor units: %w", room, relmark.ErrLimit)
		}
		b.subtotal += full
	}
	if err := b.gather(lines, amounts); err != nil {
		return nil, err
	}
	b.sort(p.index)
	return b, nil
}

// amounts converts and checks the lines one by one.
func (p *Pricer) amounts(lines []Line, amounts []int64) error {
	var c checker
	for i := range lines {
		l := &lines[i]
		price, ok := money.Amount(l.Price, p.digits)
		floor, fine := money.Amount(l.Floor, p.digits)
		amounts[2*i], amounts[2*i+1] = price, floor
		if ok && fine && floor <= price && l.Quantity >= 1 && l.Quantity <= MaxQuantity && l.named() {
			continue
		}
		var part checker
		part.Name("Item", l.Item)
		part.Check(ok, "Price", nil, money.AmountRule)
		part.Check(fine, "Floor", nil, money.AmountRule)
		part.Check(floor <= price || !ok || !fine, "Floor", nil, "must not be above Price")
		part.Check(l.Quantity >= 1 && l.Quantity <= MaxQuantity, "Quantity", l.Quantity, "must be 1 to 1000000")
		part.each(l.Categories, "Categories")
		part.each(l.Tags, "Tags")
		if c.Join(fmt.Sprintf("Lines[%d]", i), part.Err("")); c.Full() {
			break
		}
	}
	return c.Err(room)
}

// named reports whether all names of a line are some.
func (l *Line) named() bool {
	invalid := func(s string) bool { return !fault.ValidName(s) }
	return fault.ValidName(l.Item) && !slices.ContainsFunc(l.Categories, invalid) && !slices.ContainsFunc(l.Tags, invalid)
}

// each checks names that may come more than once.
func (c *checker) each(names []string, field string) {
	for i, s := range names {
		if !fault.ValidName(s) {
			c.Name(fmt.Sprintf("%s[%d]", field, i), s)
		}
	}
}

// gather makes articles of the lines, in unit order: by item, then price.
func (b *basket) gather(lines []Line, amounts []int64) error {
	order := make([]int32, len(lines))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(i, k int32) int {
		return cmp.Or(cmp.Compare(lines[i].Item, lines[k].Item), cmp.Compare(amounts[2*i], amounts[2*k]), cmp.Compare(i, k))
	})
	for at := 0; at < len(order); {
		first := order[at]
		a := article{line: &lines[first], price: amounts[2*first], floor: amounts[2*first+1]}
		end := at
		for ; end < len(order) && lines[order[end]].Item == a.line.Item && amounts[2*order[end]] == a.price; end++ {
			if err := a.alike(lines, int(order[end]), amounts); err != nil {
				return err
			}
			a.n += lines[order[end]].Quantity
		}
		a.lines, at = order[at:end], end
		b.runs = append(b.runs, run{n: a.n, left: a.price, article: int32(len(b.articles))})
		b.articles = append(b.articles, a)
	}
	return nil
}

// alike checks that a line of an article is as the first one: else it would matter which
// unit of the article is which.
func (a *article) alike(lines []Line, i int, amounts []int64) error {
	var c checker
	l := &lines[i]
	rule := "must be that of the other lines of this item at this price"
	c.Check(amounts[2*i+1] == a.floor, "Floor", nil, rule)
	c.Check(sameSet(l.Categories, a.line.Categories), "Categories", nil, rule)
	c.Check(sameSet(l.Tags, a.line.Tags), "Tags", nil, rule)
	if c.Len() == 0 {
		return nil
	}
	return fault.Room(room, fault.At(fmt.Sprintf("Lines[%d]", i), c.Err("")))
}

// sameSet reports whether two lists have the same names.
func sameSet(a, b []string) bool { return slices.Equal(a, b) || subset(a, b) && subset(b, a) }

func subset(a, b []string) bool {
	if len(a)*len(b) <= 256 {
		return !slices.ContainsFunc(a, func(s string) bool { return !slices.Contains(b, s) })
	}
	sorted := slices.Sorted(slices.Values(b))
	return !slices.ContainsFunc(a, func(s string) bool { _, found := slices.BinarySearch(sorted, s); return !found })
}

// sort finds out which articles each selector selects.
func (b *basket) sort(x *index) {
	b.words = (len(b.articles) + 63) / 64
	b.selected = make([]uint64, (len(x.needs)+len(x.unions))*b.words)
	var buffer [256]uint8
	hits := append(buffer[:0], make([]uint8, len(x.needs))...)
	for i := range b.articles {
		l := b.articles[i].line
		clear(hits)
		hit(hits, x.items[l.Item])
		for _, s := range l.Categories {
			hit(hits, x.categories[s])
		}
		for _, s := range l.Tags {
			hit(hits, x.tags[s])
		}
		for s, need := range x.needs {
			if hits[s] == need {
				b.selected[s*b.words+i>>6] |= 1 << (i & 63)
			}
		}
	}
	for u, of := range x.unions {
		to := b.set(int32(len(x.needs) + u))
		for _, s := range of {
			for w, bits := range b.set(s) {
				to[w] |= bits
			}
		}
	}
}

func hit(hits []uint8, marks []mark) {
	for _, m := range marks {
		hits[m.selector] |= m.list
	}
}

// A set is a set of articles.
type set []uint64

// set returns the articles that a selector selects.
func (b *basket) set(selector int32) set {
	at := int(selector) * b.words
	return b.selected[at : at+b.words]
}

func (s set) has(article int32) bool { return s[article>>6]>>(article&63)&1 != 0 }

func (s set) empty() bool {
	for _, w := range s {
		if w != 0 {
			return false
		}
	}
	return true
}
