package sequence

import (
	"context"
	"errors"
	"fmt"
	"math"
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
	longest int     // of the lists
	levels  []*level
	tallies []uint64 // by item; 0 between uses
	slots   []slot   // by item; zero between uses
	items   []uint32 // of one prefix

	byCount []int // patterns found, by their count
	known   int   // patterns found that at least minCount customers have
	over    bool  // there were more than max
}

// roomy is how much the stacks of a search may hold as it goes on to the next place, whose
// positions in them are 32 bits wide. It takes tens of gigabytes to get there.
const roomy = 1 << 30

// A level holds what one prefix grows to and reuses its memory for the next.
type level struct {
	items         []uint32 // with a bucket, ascending: nothing else comes back in what grows from there
	longer, wider buckets
}

// A tally counts the places that an item may go on after, and, from bit 32 on, those of which
// it may widen the last element.
const widened = 32

// errStopped unwinds a search that the caller has had enough of.
var errStopped = errors.New("stopped")

func newMiner(ctx context.Context, db *database, p PatternParams) *miner {
	most := db.customers() + 1
	m := &miner{
		ctx: ctx, db: db, gaps: p.Limits.compile(db), max: p.MaxPatterns, maxLen: value(p.MaxLen, limit),
		minCount: int(min(p.MinCount, int64(most))), byCount: make([]int, most),
		tallies: make([]uint64, db.items), slots: make([]slot, db.items),
		arena: reach{ends: db.visits}, entries: db.entries,
	}
	if m.max == 0 {
		m.max = DefaultMaxPatterns
	}
	for c := range db.customers() {
		m.longest = max(m.longest, int(db.lots[c+1]-db.lots[c])+1)
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
		m.closed = (&matcher{db: db, gaps: m.gaps, ends: m.ends}).closed
	}
	return m
}

// run finds everything. Patterns of one item extend the empty one.
func (m *miner) run() error {
	l := m.level(0)
	for _, e := range m.db.byItem {
		m.tallies[e.item]++
	}
	for item := range m.db.items {
		l.items = append(l.items, uint32(item))
	}
	m.open(l, l.items, first)
	for c := range m.db.customers() {
		list := m.db.lots[c] + int32(c)
		for i := m.db.lots[c]; i < m.db.lots[c+1]; i++ {
			e, r := &m.db.byItem[i], m.db.runs[i]
			l.longer.put(&m.slots[e.item].longer, place{e.mask, r, list, m.db.visits[r.from], int32(c)})
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
	return m.levels[d]
}

// each visits what the prefix of d items grows to.
func (m *miner) each(l *level, d int) error {
	for i, item := range l.longer.items {
		m.prefix = append(m.prefix[:d], item|first)
		if err := m.visit(l.longer.of(i)); err != nil {
			return err
		}
	}
	for i, item := range l.wider.items {
		m.prefix = append(m.prefix[:d], item)
		if err := m.visit(l.wider.of(i)); err != nil {
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
	items := m.levels[d-1].items
	if looked := m.tally(places); looked < len(items) {
		items = m.met(places)
	}
	m.open(l, items, code(m.prefix[d-1])+1)
	if len(l.items) == 0 {
		return nil
	}
	top, lists := len(m.arena.ends), len(m.entries)
	for i := range places {
		if len(m.entries) > roomy || len(m.arena.ends) > roomy {
			return fmt.Errorf("sequence: projections of %d purchases: %w", len(m.db.cells), relmark.ErrLimit)
		}
		m.project(l, &places[i])
	}
	m.seal(l)
	if err := m.each(l, d); err != nil {
		return err
	}
	m.entries, m.arena.ends = m.entries[:lists], m.arena.ends[:top]
	if !m.gaps.none {
		m.arena.starts = m.arena.starts[:top]
	}
	return nil
}

// tally counts for each item the places that can grow by it, on either side. The counts are
// upper bounds: within limits, and of customers with more than 64 visits, fewer places may be
// left when all is looked at. It returns how many entries it looked at. This is where the time
// goes: it is free of branches but for the ends of lists, whose entries descend by their last
// visits.
func (m *miner) tally(places []place) (looked int) {
	tallies, entries := m.tallies, m.entries
	for i := range places {
		p := &places[i]
		start, mask := p.start, p.mask
		for k, e := range entries[p.list:] {
			if e.last < start {
				looked += k
				break
			}
			later := uint64(uint32(start-e.last) >> 31) // 1 if its last visit is later
			common := e.mask & mask
			with := uint64(int64(common|-common)) >> 63 // 1 if a visit may be in common
			tallies[e.item] += later | with<<widened
		}
	}
	return looked
}

// met lists the items that tally looked at, ascending: where they are few, going through all
// that there are would take longer than the work itself.
func (m *miner) met(places []place) []uint32 {
	m.items = m.items[:0]
	for i := range places {
		for _, e := range m.entries[places[i].list:] {
			if e.last < places[i].start {
				break
			}
			m.items = append(m.items, e.item)
		}
	}
	slices.Sort(m.items)
	return slices.Compact(m.items)
}

// open makes buckets for those of the items that enough places can grow by. Items before above
// do not widen: they are in the last element, or their turn was before.
func (m *miner) open(l *level, items []uint32, above uint32) {
	l.longer.reset()
	l.wider.reset()
	kept := l.items[:0]
	for _, item := range items {
		n := m.tallies[item]
		if n == 0 {
			continue
		}
		m.tallies[item] = 0
		longer, wider := int(uint32(n)), int(n>>widened)
		if longer >= m.minCount {
			m.slots[item].longer = l.longer.open(item, longer)
		}
		if wider >= m.minCount && item >= above {
			m.slots[item].wider = l.wider.open(item, wider)
		}
		if m.slots[item] != (slot{}) {
			kept = append(kept, item)
		}
	}
	l.items = kept
	l.longer.grow()
	l.wider.grow()
}

// seal ends all buckets of a level where they are filled to.
func (m *miner) seal(l *level) {
	for _, item := range l.longer.items {
		l.longer.seal(&m.slots[item].longer)
	}
	for _, item := range l.wider.items {
		l.wider.seal(&m.slots[item].wider)
	}
}

// project puts the places that a place grows to into their buckets. All of them share one list.
func (m *miner) project(l *level, p *place) {
	list := len(m.entries)
	m.keep(p)
	exact := m.exact(p.customer)
	for _, e := range m.entries[list : len(m.entries)-1] {
		at := &m.slots[e.item]
		if at.longer > 0 && e.last > p.start {
			grown := place{list: int32(list), customer: p.customer}
			if exact {
				m.db.later(&grown, p, &e)
			} else {
				m.extend(&grown, p, &e)
			}
			if grown.mask != 0 {
				l.longer.put(&at.longer, grown)
			}
		}
		if at.wider > 0 && e.mask&p.mask != 0 {
			grown := place{list: int32(list), customer: p.customer}
			if exact {
				m.db.with(&grown, p, &e)
			} else {
				m.widen(&grown, p, &e)
			}
			if grown.mask != 0 {
				l.wider.put(&at.wider, grown)
			}
		}
	}
}

// keep copies, to the top of the stack of lists, those entries of a place that have a bucket. It
// copies each and moves on if it is to be kept: no processor could foretell which are.
func (m *miner) keep(p *place) {
	top := len(m.entries)
	m.entries = slices.Grow(m.entries, m.longest)
	list, kept := m.entries[p.list:top], m.entries[top:top+m.longest]
	n := 0
	for _, e := range list {
		if e.last < p.start {
			break
		}
		kept[n] = e
		at := m.slots[e.item]
		n += int((uint64(at.longer|at.wider) + math.MaxUint32) >> 32) // 1 if it has a bucket
	}
	kept[n] = entry{last: -1}
	m.entries = m.entries[:top+n+1]
}
