package sequence

import (
	"context"
	"errors"
	"fmt"
	"math/bits"
	"slices"

	"github.com/relmark/relmark"
)

// A miner grows patterns depth first (PrefixSpan). The prefix is projected on the
// customers who have it: a place says at which of their visits it may end. An item
// extends the prefix by an element of its own, at a later visit, or widens its last
// element, at the same visit. No purchase is copied: where nothing is limited, the places
// of a pattern whose last element is one item are parts of the visits of that item.
//
// An item that too few customers bought after the first end of the prefix does not come
// back in what grows from it. So each place lists the entries that still may, and the
// lists get shorter on the way down.
type miner struct {
	ctx      context.Context //nolint:containedctx // a miner lives for one call
	db       *database
	gaps     gaps
	minCount int // raised where there are more than max patterns
	max      int
	maxLen   int
	emit     func(prefix []uint32, count int) bool // false stops the search
	closed   func(prefix []uint32, places []place) (closed, prune bool)

	prefix  []uint32
	arena   reach   // visits of the database, on top those of the present places; starts only within limits
	entries []entry // of the database, on top the lists of the present places
	levels  []*level
	tallies []tally  // by item; zero between uses
	items   []uint32 // those with a tally
	longer  []int    // by item that goes on after the prefix: of its bucket; 0 between uses
	wider   []int    // the same, of one that widens its last element

	byCount []int // patterns found, by their count
	known   int   // patterns found that at least minCount customers have
	over    bool  // there were more than max
}

// A place is a customer who has the prefix. It may end at the visits of which mask has the
// bits, and at start first; where that does not say it all (see [miner.exact]), at those that
// the arena holds at from and before to. It may grow by the entries at list and before listEnd.
type place struct {
	mask          uint64
	from, to      int32
	list, listEnd int32
	start         int32
	customer      int32
}

// roomy is how much the stacks of a search may hold as it goes on to the next place, whose
// positions in them are 32 bits wide. It takes tens of gigabytes to get there.
const roomy = 1 << 30

// A level holds what one prefix grows to and reuses its memory for the next.
type level struct{ longer, wider buckets }

// A tally counts places that an item may go on after, and of which it may widen the last
// element.
type tally struct {
	longer, wider int32
	noted         bool // in the list of items with a tally
}

// errStopped unwinds a search that the caller has had enough of.
var errStopped = errors.New("stopped")

func newMiner(ctx context.Context, db *database, p PatternParams) *miner {
	most := db.customers() + 1
	m := &miner{
		ctx: ctx, db: db, gaps: p.Limits.compile(), max: p.MaxPatterns, maxLen: value(p.MaxLen, limit),
		minCount: int(min(p.MinCount, int64(most))), byCount: make([]int, most),
		longer: make([]int, db.items), wider: make([]int, db.items), tallies: make([]tally, db.items),
		arena: reach{ends: db.visits}, entries: db.entries,
	}
	if m.max == 0 {
		m.max = DefaultMaxPatterns
	}
	if !m.gaps.none {
		m.arena.starts = slices.Clone(db.visits)
	}
	switch {
	case p.Family != Closed:
		m.closed = func([]uint32, []place) (closed, prune bool) { return true, false }
	case m.gaps.none:
		m.closed = (&judge{db: db, ends: m.ends}).closed
	default:
		m.closed = newMatcher(db, m.gaps).closed
	}
	return m
}

// run finds everything. Patterns of one item extend the empty one.
func (m *miner) run() error {
	b := &m.level(0).longer
	for _, e := range m.db.entries {
		m.note(e.item).longer++
	}
	b.open(m.longer, m.noted(), m.minCount)
	for c := range m.db.customers() {
		list, end := m.db.lots[c], m.db.lots[c+1]
		for _, e := range m.db.entries[list:end] {
			b.put(m.longer, e.item, place{e.mask, e.from, e.to, list, end, m.db.visits[e.from], int32(c)})
		}
	}
	b.seal(m.longer)
	err := m.each(b, 0, first)
	if errors.Is(err, errStopped) {
		return nil
	}
	return err
}

// limitError says whether there were more patterns than allowed.
func (m *miner) limitError() error {
	if !m.over {
		return nil
	}
	return &LimitError{m.max, int64(m.minCount)}
}

func (m *miner) level(d int) *level {
	if d == len(m.levels) {
		m.levels = append(m.levels, &level{})
	}
	return m.levels[d]
}

// note returns the tally of an item and lists the item, once: a tally is looked at and cleared
// for the items that the places have, not for all there are.
func (m *miner) note(item uint32) *tally {
	t := &m.tallies[item]
	if !t.noted {
		t.noted = true
		m.items = append(m.items, item)
	}
	return t
}

// noted returns the items listed, ascending, with their counts, and begins a new list.
func (m *miner) noted() []uint32 {
	items := m.items
	slices.Sort(items)
	for _, item := range items {
		t := &m.tallies[item]
		m.longer[item], m.wider[item] = int(t.longer), int(t.wider)
		*t = tally{}
	}
	m.items = m.items[:0]
	return items
}

// each visits the patterns that the items of buckets make of the prefix of d items.
func (m *miner) each(b *buckets, d int, flag uint32) error {
	for i, item := range b.items {
		m.prefix = append(m.prefix[:d], item|flag)
		if err := m.visit(b.places[b.starts[i]:b.ends[i]]); err != nil {
			return err
		}
	}
	m.prefix = m.prefix[:d]
	return nil
}

// visit reports the prefix, if it is frequent, and all that grows from it: first what goes
// on after it, then what has a wider last element, which is the order of [Pattern.Compare].
func (m *miner) visit(places []place) error {
	if err := m.ctx.Err(); err != nil {
		return fmt.Errorf("sequence: %w", err)
	}
	if len(places) < m.minCount {
		return nil
	}
	closed, prune := m.closed(m.prefix, places)
	if closed && !m.report(len(places)) {
		return errStopped
	}
	if prune || len(m.prefix) == m.maxLen {
		return nil
	}
	return m.grow(places)
}

// report hands out the prefix. Where there are too many patterns it raises the minimum
// count until those that still reach it are few enough, and the search goes on with that. As
// no pattern has more customers than its parts, what a higher minimum leaves out leads to
// nothing that it asks for: so the answer is complete from the count that it ends with.
func (m *miner) report(count int) bool {
	m.byCount[count]++
	m.known++
	for m.known > m.max {
		m.over = true
		m.known -= m.byCount[m.minCount]
		m.minCount++
	}
	return m.emit(m.prefix, count)
}

// grow visits all that grows from the prefix: it counts first, and copies only what belongs to
// an item that is frequent. On the way back the stacks shrink to what they were.
func (m *miner) grow(places []place) error {
	d := len(m.prefix)
	l := m.level(d)
	m.tally(l, places)
	if len(l.longer.items)+len(l.wider.items) == 0 {
		return nil
	}
	top, lists := len(m.arena.ends), len(m.entries)
	for i := range places {
		if len(m.entries) > roomy || len(m.arena.ends) > roomy {
			return fmt.Errorf("sequence: projections of %d purchases: %w", len(m.db.cells), relmark.ErrLimit)
		}
		m.project(l, &places[i])
	}
	l.longer.seal(m.longer)
	l.wider.seal(m.wider)
	if err := m.each(&l.longer, d, first); err != nil {
		return err
	}
	if err := m.each(&l.wider, d, 0); err != nil {
		return err
	}
	m.entries, m.arena.ends = m.entries[:lists], m.arena.ends[:top]
	if !m.gaps.none {
		m.arena.starts = m.arena.starts[:top]
	}
	return nil
}

// tally finds the items by which enough places can grow, on either side. Its counts are
// upper bounds: within limits, and of customers with more than 64 visits, fewer places may
// be left when all is looked at.
func (m *miner) tally(l *level, places []place) {
	for i := range places {
		p := &places[i]
		start, mask := p.start, p.mask
		list := m.entries[p.list:p.listEnd]
		for k := range list {
			e := &list[k]
			if e.last < start {
				break // entries descend by their last visit
			}
			t := m.note(e.item)
			t.longer += int32(uint32(start-e.last) >> 31) // 1 if the last one is later: no branch to mispredict
			common := e.mask & mask
			t.wider += int32((common | -common) >> 63) // 1 if there is one
		}
	}
	items := m.noted()
	l.longer.open(m.longer, items, m.minCount)
	last := code(m.prefix[len(m.prefix)-1])
	above, there := slices.BinarySearch(items, last)
	if there {
		above++
	}
	for _, item := range items[:above] {
		m.wider[item] = 0 // it is there, or its turn was before
	}
	l.wider.open(m.wider, items[above:], m.minCount)
}

// project puts the places that a place grows to into their buckets. All of them share one
// list.
func (m *miner) project(l *level, p *place) {
	list := int32(len(m.entries))
	m.keep(p)
	end := int32(len(m.entries))
	exact := m.exact(p.customer)
	for i := list; i < end; i++ {
		e := m.entries[i]
		if m.longer[e.item] > 0 && e.last > p.start {
			grown := place{list: list, listEnd: end, customer: p.customer}
			if exact {
				m.db.later(&grown, p, &e)
			} else {
				m.extend(&grown, p, &e)
			}
			if grown.mask != 0 {
				l.longer.put(m.longer, e.item, grown)
			}
		}
		if m.wider[e.item] > 0 && e.mask&p.mask != 0 {
			grown := place{list: list, listEnd: end, customer: p.customer}
			if exact {
				m.db.with(&grown, p, &e)
			} else {
				m.widen(&grown, p, &e)
			}
			if grown.mask != 0 {
				l.wider.put(m.wider, e.item, grown)
			}
		}
	}
}

// exact reports whether masks say all of where a customer's patterns may end.
func (m *miner) exact(c int32) bool { return m.gaps.none && m.db.exact(c) }

// keep copies, to the top of the stack of lists, those entries of a place that have a bucket and a
// visit at its start or later.
func (m *miner) keep(p *place) {
	top, most := len(m.entries), int(p.listEnd-p.list)
	m.entries = slices.Grow(m.entries, most)
	list, kept := m.entries[p.list:p.listEnd], m.entries[top:top+most]
	n := 0
	for k := range list {
		e := &list[k]
		if e.last < p.start {
			break
		}
		kept[n] = *e
		n += int(uint(-(m.longer[e.item] | m.wider[e.item])) >> (bits.UintSize - 1)) // 1 if one is above 0
	}
	m.entries = m.entries[:top+n]
}

// later fills in where an entry goes on after a place, by masks alone: at every visit after
// the start.
func (db *database) later(grown, p *place, e *entry) {
	first := db.firsts[p.customer]
	grown.mask = e.mask &^ (2<<(p.start-first) - 1)
	grown.start = first + int32(bits.TrailingZeros64(grown.mask))
}

// with fills in at which of the visits of a place there is an entry, too, by masks alone.
func (db *database) with(grown, p *place, e *entry) {
	grown.mask = e.mask & p.mask
	grown.start = db.firsts[p.customer] + int32(bits.TrailingZeros64(grown.mask))
}

// extend does as later does within limits, or of a customer with many visits.
func (m *miner) extend(grown, p *place, e *entry) {
	own := m.db.visits[e.from:e.to]
	if m.gaps.none {
		grown.from, grown.to = e.from, e.to
		for own[0] <= p.start {
			own = own[1:]
			grown.from++
		}
		grown.mask, grown.start = e.mask, own[0]
		return
	}
	grown.from = int32(len(m.arena.ends))
	r := reach{m.arena.ends[p.from:p.to], m.arena.starts[p.from:p.to]}
	m.arena = m.gaps.follow(m.arena, r, own, m.db.days)
	m.ended(grown, e.mask)
}

// widen does as with does within limits, or of a customer with many visits.
func (m *miner) widen(grown, p *place, e *entry) {
	grown.from = int32(len(m.arena.ends))
	own := m.db.visits[e.from:e.to]
	for at := p.from; at < p.to; at++ {
		v := m.arena.ends[at]
		for len(own) > 0 && own[0] < v {
			own = own[1:]
		}
		if len(own) == 0 {
			break
		}
		if own[0] > v {
			continue
		}
		m.arena.ends = append(m.arena.ends, v)
		if !m.gaps.none {
			m.arena.starts = append(m.arena.starts, m.arena.starts[at])
		}
	}
	m.ended(grown, e.mask&p.mask)
}

// ended fills in a place whose ends are on top of the arena, from its own on; without any it
// has no mask.
func (m *miner) ended(grown *place, mask uint64) {
	grown.to = int32(len(m.arena.ends))
	if grown.to > grown.from {
		grown.mask, grown.start = mask, m.arena.ends[grown.from]
	}
}

// ends appends the visits at which a place may end, ascending.
func (m *miner) ends(out []int32, p *place) []int32 {
	if !m.exact(p.customer) {
		return append(out, m.arena.ends[p.from:p.to]...)
	}
	first := m.db.firsts[p.customer]
	for mask := p.mask; mask != 0; mask &= mask - 1 {
		out = append(out, first+int32(bits.TrailingZeros64(mask)))
	}
	return out
}
