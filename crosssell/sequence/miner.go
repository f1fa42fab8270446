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
type miner struct {
	ctx      context.Context //nolint:containedctx // a miner lives for one call
	db       *database
	gaps     gaps
	minCount int // raised where there are more than max patterns
	max      int
	maxLen   int
	emit     func(prefix []uint32, count int) bool // false stops the search
	closed   func(prefix []uint32, places []place) (closed, prune bool)

	prefix []uint32
	arena  reach // visits of the database, on top those of the present places; starts only within limits
	levels []*level
	counts []int    // of items, all 0 between uses
	seen   []uint64 // tick at which an item was counted last
	tick   uint64

	byCount []int // patterns found, by their count
	known   int   // patterns found that at least minCount customers have
	over    bool  // there were more than max
}

// A place is a customer who has the prefix: it may end at the visits that the arena holds
// at from and before to.
type place struct {
	from, to int
	customer int
}

// A level holds the extensions of one prefix and reuses its memory for the next.
type level struct {
	items  []uint32 // that extend it, ascending
	starts []int    // place in items → start and end of its places
	ends   []int
	places []place
	wide   []uint32 // items that widen its last element, ascending
	wider  []place  // of one of them
}

// errStopped unwinds a search that the caller has had enough of.
var errStopped = errors.New("stopped")

func newMiner(ctx context.Context, db *database, p PatternParams) *miner {
	most := db.customers() + 1
	m := &miner{
		ctx: ctx, db: db, gaps: p.Limits.compile(), max: p.MaxPatterns, maxLen: value(p.MaxLen, limit),
		minCount: int(min(p.MinCount, int64(most))), byCount: make([]int, most),
		counts: make([]int, db.items), seen: make([]uint64, db.items),
		arena: reach{ends: db.visits},
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
	l := m.level(0)
	for c := range m.db.customers() {
		for _, e := range m.db.own(c) {
			m.count(&l.items, e.item)
		}
	}
	m.bucket(l)
	for c := range m.db.customers() {
		for _, e := range m.db.own(c) {
			m.put(l, e.item, place{int(e.from), int(e.to), c})
		}
	}
	m.seal(l)
	err := m.each(l, 0)
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
	l := m.levels[d]
	l.items, l.starts, l.ends, l.wide = l.items[:0], l.starts[:0], l.ends[:0], l.wide[:0]
	return l
}

// count counts an item, and lists it where it is the first time.
func (m *miner) count(items *[]uint32, item uint32) {
	if m.counts[item] == 0 {
		*items = append(*items, item)
	}
	m.counts[item]++
}

// keep returns those of the items counted that are frequent, ascending. The counts of the
// others are 0 again.
func (m *miner) keep(items []uint32) []uint32 {
	kept := items[:0]
	for _, item := range items {
		if m.counts[item] >= m.minCount {
			kept = append(kept, item)
			continue
		}
		m.counts[item] = 0
	}
	slices.Sort(kept)
	return kept
}

// bucket makes room for the places of the frequent items counted. From here to [miner.seal]
// the count of an item is where its next place goes, plus 1.
func (m *miner) bucket(l *level) {
	l.items = m.keep(l.items)
	next := 0
	for _, item := range l.items {
		n := m.counts[item]
		m.counts[item] = next + 1
		l.starts = append(l.starts, next)
		next += n
	}
	l.places = slices.Grow(l.places[:0], next)[:next]
}

// put notes a place of an item that has a bucket.
func (m *miner) put(l *level, item uint32, p place) {
	at := m.counts[item]
	l.places[at-1] = p
	m.counts[item] = at + 1
}

// seal ends the filling of buckets.
func (m *miner) seal(l *level) {
	for _, item := range l.items {
		l.ends = append(l.ends, m.counts[item]-1)
		m.counts[item] = 0
	}
}

// each visits the patterns that the items of a level make of the prefix of d items.
func (m *miner) each(l *level, d int) error {
	for i, item := range l.items {
		m.prefix = append(m.prefix[:d], mark(item, true))
		if err := m.visit(l.places[l.starts[i]:l.ends[i]]); err != nil {
			return err
		}
	}
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
	d := len(m.prefix)
	if prune || d == m.maxLen {
		return nil
	}
	l, top := m.level(d), len(m.arena.ends)
	m.extend(l, places)
	if err := m.each(l, d); err != nil {
		return err
	}
	m.cut(top)
	m.prefix = m.prefix[:d]
	return m.widen(l, places)
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

// cut takes off what lies on top of the arena.
func (m *miner) cut(top int) {
	m.arena.ends = m.arena.ends[:top]
	if !m.gaps.none {
		m.arena.starts = m.arena.starts[:top]
	}
}

// extend fills a level with the items that later visits hold.
func (m *miner) extend(l *level, places []place) {
	for i := range places {
		first := m.arena.ends[places[i].from]
		for _, e := range m.db.own(places[i].customer) {
			if m.db.visits[e.to-1] <= first {
				break // entries descend by their last visit
			}
			m.count(&l.items, e.item)
		}
	}
	m.bucket(l)
	for i := range places {
		first := m.arena.ends[places[i].from]
		for _, e := range m.db.own(places[i].customer) {
			if m.db.visits[e.to-1] <= first {
				break
			}
			if m.counts[e.item] > 0 {
				m.project(l, &places[i], e, first)
			}
		}
	}
	m.seal(l)
}

// project notes at which visits an entry extends a place: at all after the first one where
// the prefix ends, but for limits.
func (m *miner) project(l *level, p *place, e entry, first int32) {
	if m.gaps.none {
		from := int(e.from)
		for m.db.visits[from] <= first {
			from++
		}
		m.put(l, e.item, place{from, int(e.to), p.customer})
		return
	}
	top := len(m.arena.ends)
	r := reach{m.arena.ends[p.from:p.to], m.arena.starts[p.from:p.to]}
	m.arena = m.gaps.follow(m.arena, r, m.db.visits[e.from:e.to], m.db.days)
	if end := len(m.arena.ends); end > top {
		m.put(l, e.item, place{top, end, p.customer})
	}
}

// widen visits the patterns with one more item in the last element, above those it has.
func (m *miner) widen(l *level, places []place) error {
	last := code(m.prefix[len(m.prefix)-1])
	for i := range places {
		m.tick++
		for _, v := range m.arena.ends[places[i].from:places[i].to] {
			m.countAbove(l, v, last)
		}
	}
	l.wide = m.keep(l.wide)
	for _, item := range l.wide {
		m.counts[item] = 0
	}
	d, top := len(m.prefix), len(m.arena.ends)
	for _, item := range l.wide {
		m.narrow(l, places, item)
		m.prefix = append(m.prefix[:d], item)
		if err := m.visit(l.wider); err != nil {
			return err
		}
		m.cut(top)
	}
	m.prefix = m.prefix[:d]
	return nil
}

// countAbove counts the items of a visit above one, for each customer once.
func (m *miner) countAbove(l *level, v int32, last uint32) {
	basket := m.db.basket(v)
	for i := len(basket) - 1; basket[i] > last; i-- { // last is there
		if item := basket[i]; m.seen[item] != m.tick {
			m.seen[item] = m.tick
			m.count(&l.wide, item)
		}
	}
}

// narrow keeps the visits that hold an item, too.
func (m *miner) narrow(l *level, places []place, item uint32) {
	l.wider = l.wider[:0]
	for i := range places {
		p, top := &places[i], len(m.arena.ends)
		for at := p.from; at < p.to; at++ {
			v := m.arena.ends[at]
			if _, there := slices.BinarySearch(m.db.basket(v), item); !there {
				continue
			}
			m.arena.ends = append(m.arena.ends, v)
			if !m.gaps.none {
				m.arena.starts = append(m.arena.starts, m.arena.starts[at])
			}
		}
		if end := len(m.arena.ends); end > top {
			l.wider = append(l.wider, place{top, end, p.customer})
		}
	}
}
