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

// carryOver uses up the threshold of the level reached in period k, which ends, and
// returns what lots are left, with what is carried of its own amount:
//
//	rest  = max(threshold − carried in, 0)
//	carry = min(max(own − rest, 0), cap)
//
// Who reached nothing uses up nothing and carries nothing; what was carried in and
// not used stays until its last period is over. The rules are those of the version
// that judges the period. It takes O(lots).
func (g *grid) carryOver(k int, lots []lot) []lot {
	g.m.steps += 1 + len(lots)
	v := g.judge(k)
	if o := v.rollover; o != nil {
		carried := carry(g.sum, lots)
		own := g.own[g.offset(k):][:g.width]
		for i, v := range own {
			carried[i] += v
		}
		if met := v.levels.reached(int(g.before[k-g.first]), carried); met != nil {
			rest := use(lots, o.metric, met.threshold(o.metric))
			lots = append(lots, lot{k, k + o.periods, o.metric, min(max(own[o.metric]-rest, 0), o.most)})
		}
	}
	return slices.DeleteFunc(lots, func(l lot) bool { return l.last <= k || l.amount == 0 })
}

// carry sets a row to the amounts of lots.
func carry(row []int64, lots []lot) []int64 {
	clear(row)
	for _, l := range lots {
		row[l.metric] += l.amount
	}
	return row
}

// use takes an amount from lots, the oldest first, and returns what they lack.
func use(lots []lot, metric int, amount int64) int64 {
	for i := range lots {
		l := &lots[i]
		if l.metric != metric {
			continue
		}
		taken := min(l.amount, amount)
		l.amount -= taken
		amount -= taken
	}
	return amount
}

// brought returns what was carried into period k, valid until the next call.
func (g *grid) brought(k int) []int64 {
	row := g.carried[g.offset(k):][:g.width]
	if told := &g.told[k-g.first]; *told != g.epoch {
		*told = g.epoch
		carry(row, g.lotsAt(k))
	}
	return row
}

// retell finds out anew what is carried into the current period, after a refund in one
// that has ended, once for all refunds of an instant. The levels before the ends of
// periods stay as they were; only the amounts are told again.
func (g *grid) retell() {
	g.stale = false
	g.epoch++
	g.lots = append(g.lots[:0], g.lotsAt(g.cur)...)
}
