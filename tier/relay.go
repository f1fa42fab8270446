package tier

import (
	"math/bits"
	"slices"
)

// A relay knows what lots come out of a stretch of periods, given those that go in. A
// refund in a long-ended period changes what one stretch does, and those that contain
// it; all others do what they did, so that what reaches the current period is found in
// few passages:
//
//	leg h, i: periods [i, i+1)·2^h·legPeriods, counted from the first
//
// A passage is known for the lots that went in lately. What a refund changes is mostly
// gone within a few periods, or stays one of a few amounts; where each refund sends other
// lots through all the periods behind it, all are gone through.
type relay struct {
	legs [][]leg
}

const (
	legPeriods   = 16 // that are gone through one by one
	mostPassages = 16 // that a leg knows
)

type leg struct {
	known []passage
	next  int // which to forget
}

type passage struct{ in, out []lot }

// reset forgets everything and keeps the room.
func (y *relay) reset() {
	for h := range y.legs {
		y.legs[h] = y.legs[h][:0]
	}
}

// at returns leg h, i, which knows nothing if it is new.
func (y *relay) at(h, i int) *leg {
	for len(y.legs) <= h {
		y.legs = append(y.legs, nil)
	}
	for n := len(y.legs[h]); n <= i; n++ {
		y.legs[h] = slices.Grow(y.legs[h], 1)[:n+1] // with the room that another member has left
		y.legs[h][n].forget()
	}
	return &y.legs[h][i]
}

// change forgets the passages through a period, counted from the first.
func (y *relay) change(period int) {
	for h, i := 0, period/legPeriods; h < len(y.legs); h, i = h+1, i/2 {
		if i < len(y.legs[h]) {
			y.legs[h][i].forget()
		}
	}
}

func (l *leg) forget() { l.known, l.next = l.known[:0], 0 }

// passage returns what comes out if lots go in; false if that is not known.
func (l *leg) passage(in []lot) ([]lot, bool) {
	for i := range l.known {
		if slices.Equal(l.known[i].in, in) {
			return l.known[i].out, true
		}
	}
	return nil, false
}

// begin returns where to note what comes out if lots go in.
func (l *leg) begin(in []lot) int {
	i := len(l.known)
	if i < mostPassages {
		l.known = slices.Grow(l.known, 1)[:i+1]
	} else {
		i, l.next = l.next, (l.next+1)%mostPassages
	}
	l.known[i].in = append(l.known[i].in[:0], in...)
	return i
}

// lotsAt returns the lots that count in period k, valid until the next call: by the longest
// leg that ends before it, then the longest of what is left, and so on. It takes
// O(log k) passages.
func (g *grid) lotsAt(k int) []lot {
	g.room = append(g.room[:0], g.base...)
	lots := g.room
	n, at := k-g.first, 0
	for n-at >= legPeriods {
		h := bits.Len(uint((n-at)/legPeriods)) - 1
		lots = g.pass(h, at/(legPeriods<<h), lots)
		at += legPeriods << h
	}
	for ; at < n; at++ {
		lots = g.carryOver(g.first+at, lots)
	}
	g.room = lots
	return lots
}

// pass turns the lots that go into a leg into those that come out.
func (g *grid) pass(h, i int, lots []lot) []lot {
	g.m.steps += 1 + len(lots)
	if out, known := g.relay.at(h, i).passage(lots); known {
		return append(lots[:0], out...)
	}
	to := g.relay.at(h, i).begin(lots)
	if h == 0 {
		for k := range legPeriods {
			lots = g.carryOver(g.first+i*legPeriods+k, lots)
		}
	} else {
		lots = g.pass(h-1, 2*i+1, g.pass(h-1, 2*i, lots))
	}
	p := &g.relay.at(h, i).known[to]
	p.out = append(p.out[:0], lots...)
	return lots
}
