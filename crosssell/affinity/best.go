package affinity

import (
	"cmp"
	"math"
	"slices"
)

// A pick is a position with a score.
type pick struct {
	score float64
	at    int32
}

func compare(a, b pick) int {
	return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.at, b.at))
}

// before reports whether a ranks above b: the higher score, and of equals the first
// position.
func (a pick) before(b pick) bool {
	return a.score > b.score || a.score == b.score && a.at < b.at
}

// A best keeps the n best of many picks: it gathers some times n, drops all but the n
// best of them, and from then on passes over what ranks behind the last of these. That
// takes O(1) time for a pick, on average. The picks come in ascending order of
// position, so that one that only equals the last is too late.
type best struct {
	picks []pick
	n     int
	least float64 // what a score has to exceed
}

// reset empties b and makes it keep n picks, 1 or more, with scores above the least.
func (b *best) reset(n int, least float64) {
	b.picks, b.n, b.least = b.picks[:0], n, least
}

// beats reports whether the next pick may be among the best with this score.
func (b *best) beats(score float64) bool { return score > b.least }

// take takes a pick in.
func (b *best) take(score float64, at int32) {
	b.picks = append(b.picks, pick{score, at})
	if len(b.picks) >= 4*b.n+32 {
		b.cut()
	}
}

// cut drops all but the n best.
func (b *best) cut() {
	if len(b.picks) < b.n {
		return
	}
	b.least = nth(b.picks, b.n-1).score
	b.picks = b.picks[:b.n]
}

// last returns the pick that ranks last among the n best; an impossible one, before
// any other, if there are none.
func (b *best) last() pick {
	b.cut()
	if len(b.picks) == 0 {
		return pick{math.Inf(1), -1}
	}
	return nth(b.picks, len(b.picks)-1)
}

// ranked returns the n best of all picks, the best first.
func (b *best) ranked() []pick {
	b.cut()
	slices.SortFunc(b.picks, compare)
	return b.picks
}

// nth puts the pick that ranks n-th, from 0 on, in its place, those before it below
// and those after it above, and returns it. Positions differ, so no two picks are equal.
// It takes time in proportion to their number, on average over their orders: the pivot
// is the median of three.
func nth(picks []pick, n int) pick {
	low, high := 0, len(picks)-1
	for low < high {
		pivot := median(picks[low], picks[(low+high)/2], picks[high])
		i, j := low, high
		for i <= j {
			for picks[i].before(pivot) {
				i++
			}
			for pivot.before(picks[j]) {
				j--
			}
			if i <= j {
				picks[i], picks[j] = picks[j], picks[i]
				i++
				j--
			}
		}
		switch {
		case n <= j:
			high = j
		case n >= i:
			low = i
		default:
			return picks[n]
		}
	}
	return picks[n]
}

func median(a, b, c pick) pick {
	if b.before(a) {
		a, b = b, a
	}
	switch {
	case c.before(a):
		return a
	case c.before(b):
		return c
	}
	return b
}
