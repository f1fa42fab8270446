package tier

import "slices"

// A lot is what a period has carried, less what was used up since. Lots are kept in
// the order of their periods, so the oldest is used first, and a lot that outlives
// a version of the policy that made it counts on.
type lot struct {
	period, last int // where it is from, the last period in which it counts
	metric       int
	amount       int64
}

// carryIn counts the lots that count in period k.
func (g *grid) carryIn(k int) {
	row := g.carried[g.offset(k):][:g.width]
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
func (g *grid) carryOver(k int) {
	v := g.judge(k)
	if o := v.rollover; o != nil {
		if met := v.levels.reached(int(g.before[k-g.first]), g.in(k)); met != nil {
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
func (g *grid) recarry() {
	g.stale = false
	g.lots = append(g.lots[:0], g.base...)
	for k := g.first; ; k++ {
		g.carryIn(k)
		if k == g.cur {
			return
		}
		g.carryOver(k)
	}
}

// lotsAt returns what was carried into period k. It leaves g unfit for anything else.
func (g *grid) lotsAt(k int) []lot {
	if !g.m.ladder.carries {
		return nil
	}
	g.lots = append(g.lots[:0], g.base...)
	for j := g.first; j < k; j++ {
		g.carryIn(j)
		g.carryOver(j)
	}
	return append([]lot(nil), g.lots...)
}
