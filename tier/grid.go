package tier

import "github.com/relmark/relmark/internal/fault"

// A grid is what counts in the periods of one member, from the first that still
// matters to the current one.
type grid struct {
	m          *moment
	first, cur int
	begin, end instant // of the current period
	ver        int     // version that judges the current period
	own        []int64 // what was earned in each period, net; a row each
	before     []uint8 // level just before the end of each period that has ended

	// Only if the ladder carries:
	carried []int64 // what was carried into each period
	told    []int   // epoch in which that was found out
	epoch   int     // begins when an ended period changes
	lots    []lot   // at the start of the current period
	base    []lot   // at the start of the first period
	room    []lot
	relay   relay
	stale   bool // an ended period has changed: what was carried from it may be another amount

	zero, sum []int64
	width     int
}

// reset makes the period of t the first and current one.
func (g *grid) reset(t instant) { g.start(g.m.grid.locate(t)) }

// start makes k the first and current period.
func (g *grid) start(k int) {
	g.width = g.m.ladder.metrics.len()
	g.first, g.cur = k, k
	g.own, g.zero, g.sum = resize(g.own, g.width), resize(g.zero, g.width), resize(g.sum, g.width)
	g.before, g.lots, g.base, g.stale = g.before[:0], g.lots[:0], g.base[:0], false
	if g.m.ladder.carries {
		g.carried, g.told, g.epoch = resize(g.carried, g.width), resize(g.told, 1), 0
		g.relay.reset()
	}
	g.bound()
}

// bound finds the bounds of the current period.
func (g *grid) bound() {
	g.begin, g.end = g.m.grid.opening(g.cur, 0), g.m.grid.opening(g.cur+1, 0)
	g.ver = g.m.ladder.at(g.begin)
}

// offset returns where the row of period k starts, -1 if there is none.
func (g *grid) offset(k int) int {
	if k < g.first || k > g.cur {
		return -1
	}
	return (k - g.first) * g.width
}

func (g *grid) due() instant { return g.end }

func (g *grid) advance(t instant, level int) bool {
	if t.before(g.end) {
		return false
	}
	for !t.before(g.end) {
		g.turn(level)
	}
	return true
}

// turn ends the current period and begins the next. What is remembered of the end is
// the level held just before it, on which the level reached may depend.
func (g *grid) turn(level int) {
	g.before = append(g.before, uint8(level))
	if g.m.ladder.carries {
		g.lots = g.carryOver(g.cur, g.lots)
	}
	g.cur++
	g.own = append(g.own, g.zero...)
	g.bound()
	if g.m.ladder.carries {
		g.carried = append(g.carried, g.zero...)
		g.told = append(g.told, g.epoch)
		carry(g.carried[g.offset(g.cur):], g.lots)
	}
}

func (g *grid) count(_ instant, row []int64) {
	own := g.own[g.offset(g.cur):]
	for i, v := range row {
		own[i] += v
	}
}

// discount reverses amounts of an instant, however long ago. A refund in a period that
// has ended changes what later periods were given to carry; one in a period that is
// closed for good changes nothing.
func (g *grid) discount(at instant, row []int64) {
	k := g.within(at)
	from := g.offset(k)
	if from < 0 {
		return
	}
	for i, v := range row {
		g.own[from+i] -= v
	}
	if k < g.cur && g.m.ladder.carries {
		g.stale = true
		g.relay.change(k - g.first)
	}
}

// within returns the period that t lies in, which is often the current one.
func (g *grid) within(t instant) int {
	if !t.before(g.begin) && t.before(g.end) {
		return g.cur
	}
	return g.m.grid.locate(t)
}

func (g *grid) conclude() {
	if g.stale {
		g.retell()
	}
}

func (g *grid) sums() ([]int64, rungs) { return g.in(g.cur), g.version().levels }

func (g *grid) version() *version { return &g.m.ladder.versions[g.ver] }

// in returns what counts in period k. The result is valid until the next call.
func (g *grid) in(k int) []int64 {
	row := g.offset(k)
	if row < 0 {
		return g.zero
	}
	own := g.own[row : row+g.width]
	if !g.m.ladder.carries {
		return own
	}
	for i, v := range g.brought(k) {
		g.sum[i] = v + own[i]
	}
	return g.sum
}

// judge returns the version that judges period k: the one in force when it began.
func (g *grid) judge(k int) *version {
	ver := 0
	switch {
	case len(g.m.ladder.versions) == 1:
	case k == g.cur:
		ver = g.ver
	default:
		ver = g.m.ladder.at(g.m.grid.opening(k, 0))
	}
	return &g.m.ladder.versions[ver]
}

func (g *grid) present() basis { return basis{kind: onPeriod, period: g.cur} }

func (g *grid) ended(i, top int) (int, basis) {
	k := g.cur - 1
	return g.judge(k).levels.entered(i, top, g.in(k)), basis{kind: onPeriod, period: k}
}

// holding looks at the open periods, the latest first:
//
//	end of next period   every period whose own validity would end after now
//	months from entry    the current period and the last ended one
//	while holds          the current period
//
// With no PlusMonths the open periods at the end of a year are the year that ends
// and the one that begins, which has what was carried over and nothing else. Periods
// before the first that is kept do not count: they were over before the member joined,
// or closed when nothing could reopen them.
func (g *grid) holding(i int) (basis, bool) {
	for k := g.cur; g.open(k); k-- {
		g.m.steps++
		if g.held(i, k) {
			return basis{kind: onPeriod, period: k}, true
		}
	}
	return basis{}, false
}

// open reports whether period k, which has begun, counts in a review now.
func (g *grid) open(k int) bool {
	switch {
	case !g.m.ladder.dated:
		return k == g.cur
	case g.m.ladder.byEntry:
		return k >= g.cur-1
	}
	return k >= g.first-1 && g.m.now.before(g.m.grid.opening(k+2, g.m.rules.validity.PlusMonths))
}

// held reports whether level i is held in period k.
func (g *grid) held(i, k int) bool { return g.judge(k).levels.held(i, g.in(k)) }

func (g *grid) on(i int, b basis) bool { return b.kind == onPeriod && g.held(i, b.period) }

func (g *grid) rest(basis) {}

// landing is the last ended period, as if the level had been earned there, so that it
// lasts through the current one.
func (g *grid) landing() basis { return basis{kind: onPeriod, period: g.cur - 1} }

func (g *grid) lapse(int) instant { return g.end }

func (g *grid) stays(*node, []want) instant { return g.end }

// review looks at the periods that the review will count, from the first one, F, on.
// Before F begins all is to be done in it, by the rules that are announced for it; once
// a period from F on holds the level nothing is missing; else it is what lacks in the
// current one.
func (g *grid) review(i int, until instant) (levels rungs, sums []int64, by instant, held bool) {
	first := g.reviewed(until)
	if first > g.cur {
		return g.judge(first).levels, g.zero, earlier(g.m.grid.opening(first+1, 0), until), false
	}
	for k := first; k <= g.cur; k++ {
		if g.held(i, k) {
			return nil, nil, until, true
		}
	}
	sums, levels = g.sums()
	return levels, sums, earlier(g.end, until), false
}

// reviewed returns the first period that a review at an instant will count, by the
// rules announced for that instant.
func (g *grid) reviewed(until instant) int {
	k := g.m.grid.locate(until)
	if g.m.ladder.byEntry {
		return k - 1
	}
	plus := g.m.ladder.versions[g.m.ladder.at(until)].validity.PlusMonths
	for until.before(g.m.grid.opening(k+1, plus)) {
		k--
	}
	return k
}

func (g *grid) bounds() (from, to instant) { return g.begin, g.end }

func (g *grid) carriedIn(metric int) int64 {
	if !g.m.ladder.carries {
		return 0
	}
	return g.brought(g.cur)[metric]
}

// reopen makes room for the periods since the first that is kept.
func (g *grid) reopen(b *base) error {
	cur := g.m.grid.locate(g.m.now)
	if cur-b.first != len(b.before) {
		return fault.New("Membership", nil, "must have a level for each period since the first")
	}
	g.start(b.first)
	g.cur = cur
	g.own = resize(g.own, (cur-b.first+1)*g.width)
	g.before = append(g.before, b.before...)
	g.base = append(g.base, b.lots...)
	if g.m.ladder.carries {
		g.carried, g.told = resize(g.carried, len(g.own)), resize(g.told, cur-b.first+1)
	}
	g.bound()
	return nil
}

func (g *grid) recount(at instant, row []int64) {
	k := g.offset(g.m.grid.locate(at))
	if k < 0 {
		return
	}
	for i, v := range row {
		g.own[k+i] += v
	}
}

func (g *grid) resume() {
	if g.m.ladder.carries {
		g.retell()
	}
}

func (g *grid) close(b *base, earliest instant) (needs func(at instant) bool) {
	b.first = g.firstKept(b, earliest)
	b.before = append(b.before, g.before[b.first-g.first:]...)
	if g.m.ladder.carries {
		b.lots = append(b.lots, g.lotsAt(b.first)...)
	}
	opens := g.m.grid.opening(b.first, 0)
	return func(at instant) bool { return !at.before(opens) }
}

// firstKept returns the first period that a review, the basis of the level, a rollover
// or a refund that is known already may look at from b.at on.
func (g *grid) firstKept(b *base, earliest instant) int {
	first, at := g.cur, b.at
	plus, carried := 0, 0
	for _, v := range g.m.ladder.versions[g.m.ladder.at(at):] {
		plus = max(plus, v.validity.PlusMonths)
	}
	for _, v := range g.m.ladder.versions {
		if v.rollover != nil {
			carried = max(carried, v.rollover.periods)
		}
	}
	switch g.m.ladder.kind {
	case EndOfNextPeriod:
		for !g.m.grid.opening(first+1, plus).before(at) {
			first--
		}
	case MonthsFromEntry:
		first--
	case WhileHolds:
	}
	if b.track.basis.kind == onPeriod {
		first = min(first, b.track.basis.period)
	}
	first = min(first-carried, g.m.grid.locate(earlier(earliest, at)))
	return max(first, g.first)
}
