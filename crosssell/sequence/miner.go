package sequence

import (
	"context"
	"errors"
	"fmt"
	"slices"
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
	counts  []int // of items, all 0 between uses
	wide    []int // the same, of items that widen

	byCount []int // patterns found, by their count
	known   int   // patterns found that at least minCount customers have
	over    bool  // there were more than max
}

// A place is a customer who has the prefix. It may end at the visits that the arena holds
// at from and before to, and grow by the entries at list and before listEnd.
type place struct {
	from, to      int
	list, listEnd int
	customer      int
}

// A level holds what one prefix grows to and reuses its memory for the next.
type level struct{ longer, wider buckets }

// errStopped unwinds a search that the caller has had enough of.
var errStopped = errors.New("stopped")

func newMiner(ctx context.Context, db *database, p PatternParams) *miner {
	most := db.customers() + 1
	m := &miner{
		ctx: ctx, db: db, gaps: p.Limits.compile(), max: p.MaxPatterns, maxLen: value(p.MaxLen, limit),
		minCount: int(min(p.MinCount, int64(most))), byCount: make([]int, most),
		counts: make([]int, db.items), wide: make([]int, db.items),
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
		m.closed = (&judge{db: db, arena: &m.arena}).closed
	default:
		m.closed = newMatcher(db, m.gaps).closed
	}
	return m
}

// run finds everything. Patterns of one item extend the empty one.
func (m *miner) run() error {
	b := &m.level(0).longer
	for _, e := range m.db.entries {
		b.count(m.counts, e.item)
	}
	b.open(m.counts, m.minCount)
	for c := range m.db.customers() {
		list, end := m.db.lots[c], m.db.lots[c+1]
		for _, e := range m.db.entries[list:end] {
			b.put(m.counts, e.item, place{int(e.from), int(e.to), int(list), int(end), c})
		}
	}
	b.seal(m.counts)
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
	m.levels[d].longer.reset()
	m.levels[d].wider.reset()
	return m.levels[d]
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
// count until those that still reach it are few enough, and the search goes on with that.
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

// grow visits all that grows from the prefix.
func (m *miner) grow(places []place) error {
	d := len(m.prefix)
	l := m.level(d)
	m.tally(l, places)
	if len(l.longer.items)+len(l.wider.items) == 0 {
		return nil
	}
	top, lists := len(m.arena.ends), len(m.entries)
	for i := range places {
		m.project(l, &places[i])
	}
	l.longer.seal(m.counts)
	l.wider.seal(m.wide)
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

// tally finds the items by which enough places can grow, on either side. The counts of
// those that go on after the prefix are upper bounds where there are limits.
func (m *miner) tally(l *level, places []place) {
	last := code(m.prefix[len(m.prefix)-1])
	for i := range places {
		p := &places[i]
		ends := m.arena.ends[p.from:p.to]
		for _, e := range m.entries[p.list:p.listEnd] {
			if e.last < ends[0] {
				break // entries descend by their last visit
			}
			if e.last > ends[0] {
				l.longer.count(m.counts, e.item)
			}
			if e.item > last && meet(ends, m.db.visits[e.from:e.to]) {
				l.wider.count(m.wide, e.item)
			}
		}
	}
	l.longer.open(m.counts, m.minCount)
	l.wider.open(m.wide, m.minCount)
}

// meet reports whether two ascending lists of visits have one in common.
func meet(a, b []int32) bool {
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] == b[j]:
			return true
		case a[i] < b[j]:
			i++
		default:
			j++
		}
	}
	return false
}

// project puts the places that a place grows to into their buckets.
func (m *miner) project(l *level, p *place) {
	start := m.arena.ends[p.from]
	longer := len(m.entries)
	for i := p.list; i < p.listEnd && m.entries[i].last > start; i++ {
		if m.counts[m.entries[i].item] > 0 {
			m.entries = append(m.entries, m.entries[i])
		}
	}
	wider := len(m.entries)
	for i := longer; i < wider; i++ {
		m.extend(&l.longer, p, m.entries[i], longer, wider)
	}
	if len(l.wider.items) == 0 {
		return
	}
	for i := p.list; i < p.listEnd && m.entries[i].last >= start; i++ {
		if e := &m.entries[i]; m.wide[e.item] > 0 || m.counts[e.item] > 0 {
			m.entries = append(m.entries, *e)
		}
	}
	end := len(m.entries)
	for i := wider; i < end; i++ {
		if e := m.entries[i]; m.wide[e.item] > 0 {
			m.widen(&l.wider, p, e, wider, end)
		}
	}
}

// extend notes at which visits an entry goes on after a place: at all behind the first one
// where the prefix ends, but for limits.
func (m *miner) extend(b *buckets, p *place, e entry, list, listEnd int) {
	if m.gaps.none {
		from := int(e.from)
		for m.db.visits[from] <= m.arena.ends[p.from] {
			from++
		}
		b.put(m.counts, e.item, place{from, int(e.to), list, listEnd, p.customer})
		return
	}
	top := len(m.arena.ends)
	r := reach{m.arena.ends[p.from:p.to], m.arena.starts[p.from:p.to]}
	m.arena = m.gaps.follow(m.arena, r, m.db.visits[e.from:e.to], m.db.days)
	if end := len(m.arena.ends); end > top {
		b.put(m.counts, e.item, place{top, end, list, listEnd, p.customer})
	}
}

// widen notes at which of the visits of a place there is an entry, too.
func (m *miner) widen(b *buckets, p *place, e entry, list, listEnd int) {
	top := len(m.arena.ends)
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
	if end := len(m.arena.ends); end > top {
		b.put(m.wide, e.item, place{top, end, list, listEnd, p.customer})
	}
}
