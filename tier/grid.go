package tier

import (
	"slices"

	"github.com/relmark/relmark/internal/calendar"
)

// A grid is the periods of one member, from the first that still matters to the
// current one. Period k is the local dates from D(k) to D(k+1),
//
//	D(k) = anchor + k·Months, each counted from the anchor
//
// and an event is in it if start(D(k)) ≤ At < start(D(k+1)). Where a clock goes back
// over midnight, the date that an event shows may lie in another period than the
// event: the instants decide.
type grid struct {
	first, cur int
	begin, end instant // of the current period
	ver        int     // version that judges the current period
	own        []int64 // what was earned in each period, net; a row each
	carried    []int64 // what was carried into each period; only if the ladder carries
	before     []uint8 // level just before the end of each period that has ended
	lots       []lot
	base       []lot // lots at the start of the first period
	zero, sum  []int64
	m          int
	stale      bool // an ended period has changed: what was carried from it may be another amount
}

// A lot is what a period has carried, less what was used up since. Lots are kept in
// the order of their periods, so the oldest is used first, and a lot that outlives
// a version of the policy that made it counts on.
type lot struct {
	period, last int // where it is from, the last period in which it counts
	metric       int
	amount       int64
}

// months returns where period k starts, in months after the anchor.
func (r *Runner) months(k int) int { return k * r.p.window.Months }

// anchor returns the first day of period 0.
func (r *Runner) anchor() calendar.Day {
	if r.p.anchor != 0 {
		return r.p.anchor
	}
	return dayOf(r.s.joined)
}

// opening returns the start of period k, moved by some months.
func (r *Runner) opening(k, plus int) instant {
	return r.monthsAfter(r.anchor(), r.months(k)+plus)
}

// within returns the period that t lies in, which is often the current one.
func (r *Runner) within(t instant) int {
	if g := &r.grid; !t.before(g.begin) && t.before(g.end) {
		return g.cur
	}
	return r.locate(t)
}

// locate returns the period that t lies in. The date alone does not decide where a
// clock goes back over midnight.
func (r *Runner) locate(t instant) int {
	k := r.onGrid(r.day(t))
	for r.opening(k+1, 0).compare(t) <= 0 {
		k++
	}
	for t.before(r.opening(k, 0)) {
		k--
	}
	return k
}

// onGrid returns the period of a date, or one beside it.
func (r *Runner) onGrid(d calendar.Day) int {
	months, n := monthsBetween(r.anchor(), d), r.p.window.Months
	k := months / n
	if months%n < 0 {
		k--
	}
	return k
}

// reset makes k the first and current period.
func (g *grid) reset(r *Runner, k int) {
	g.m = r.p.metrics.len()
	g.first, g.cur = k, k
	g.own, g.zero, g.sum = resize(g.own, g.m), resize(g.zero, g.m), resize(g.sum, g.m)
	g.before, g.lots, g.base, g.stale = g.before[:0], g.lots[:0], g.base[:0], false
	if r.p.carries {
		g.carried = resize(g.carried, g.m)
	}
	g.bound(r)
}

// bound finds the bounds of the current period.
func (g *grid) bound(r *Runner) {
	g.begin, g.end = r.opening(g.cur, 0), r.opening(g.cur+1, 0)
	g.ver = r.p.at(g.begin)
}

// offset returns where the row of period k starts, -1 if there is none.
func (g *grid) offset(k int) int {
	if k < g.first || k > g.cur {
		return -1
	}
	return (k - g.first) * g.m
}

// turn ends the current period and begins the next. What is remembered of the end is
// the level held just before it, on which the level reached may depend.
func (r *Runner) turn() {
	g := &r.grid
	g.before = append(g.before, uint8(r.track.level))
	if r.p.carries {
		r.carryOver(g.cur)
	}
	g.cur++
	g.own = append(g.own, g.zero...)
	g.bound(r)
	if r.p.carries {
		g.carried = append(g.carried, g.zero...)
		g.carryIn(g.cur)
	}
}

// carryIn counts the lots that count in period k.
func (g *grid) carryIn(k int) {
	row := g.carried[g.offset(k):][:g.m]
	clear(row)
	for _, l := range g.lots {
		if l.last >= k {
			row[l.metric] += l.amount
		}
	}
}

// carryOver uses up the threshold of the level reached in period k, which ends,
// and carries what is left of its own amount:
//
//	rest  = max(threshold − carried in, 0)
//	carry = min(max(own − rest, 0), cap)
//
// Who reached nothing uses up nothing and carries nothing; what was carried in and
// not used stays until its last period is over. The rules are those of the version
// that judges the period.
func (r *Runner) carryOver(k int) {
	g := &r.grid
	v := &r.p.versions[r.judge(k)]
	if o := v.rollover; o != nil {
		if met := v.levels.reached(int(g.before[k-g.first]), r.sums(k)); met != nil {
			rest := g.use(o.metric, k, met.threshold(o.metric))
			own := g.own[g.offset(k)+o.metric]
			g.lots = append(g.lots, lot{k, k + o.periods, o.metric, min(max(own-rest, 0), o.most)})
		}
	}
	g.lots = slices.DeleteFunc(g.lots, func(l lot) bool { return l.last <= k || l.amount == 0 })
}

// use takes an amount from the lots that count in period k, the oldest first, and
// returns what they lack.
func (g *grid) use(metric, k int, amount int64) int64 {
	for i := range g.lots {
		l := &g.lots[i]
		if l.metric != metric || l.last < k {
			continue
		}
		taken := min(l.amount, amount)
		l.amount -= taken
		amount -= taken
	}
	return amount
}

// recarry computes anew what the ended periods have carried, after a refund: from
// the first on, since what one period uses changes what is left for the next. The
// levels before their ends stay as they were; only the amounts are told again. It
// takes O(periods · lots), once for all refunds of an instant.
func (r *Runner) recarry() {
	g := &r.grid
	g.stale = false
	g.lots = append(g.lots[:0], g.base...)
	for k := g.first; ; k++ {
		g.carryIn(k)
		if k == g.cur {
			return
		}
		r.carryOver(k)
	}
}

// judge returns the version that judges period k: the one in force when it began.
func (r *Runner) judge(k int) int {
	switch {
	case len(r.p.versions) == 1:
		return 0
	case k == r.grid.cur:
		return r.grid.ver
	}
	return r.p.at(r.opening(k, 0))
}

// sums returns what counts in period k. The result is valid until the next call.
func (r *Runner) sums(k int) []int64 {
	g := &r.grid
	row := g.offset(k)
	if row < 0 {
		return g.zero
	}
	own := g.own[row : row+g.m]
	if !r.p.carries {
		return own
	}
	for m, v := range own {
		g.sum[m] = v + g.carried[row+m]
	}
	return g.sum
}
