package affinity

import (
	"cmp"
	"slices"
)

// A pick is a position with a score.
type pick struct {
	score float64
	at    int32
}

// A best keeps the n best of many picks: those with the highest scores, and of equals
// the first. It gathers a few times n, drops all but the n best of them, and from then
// on passes over what does not exceed the last of these. That takes O(1) time for a
// pick, on average. Picks come, and are kept, in ascending order of position, so that
// one that only equals the last is too late.
type best struct {
	picks  []pick
	n      int
	least  float64 // what a score has to exceed
	scores []float64
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

// cut drops all but the n best picks.
func (b *best) cut() {
	if len(b.picks) < b.n {
		return
	}
	b.scores = b.scores[:0]
	for _, p := range b.picks {
		b.scores = append(b.scores, p.score)
	}
	b.least = nth(b.scores, b.n-1)
	equals := b.n // how many picks with the least score there is room for
	for _, p := range b.picks {
		if p.score > b.least {
			equals--
		}
	}
	kept := b.picks[:0]
	for _, p := range b.picks {
		if p.score < b.least || p.score == b.least && equals == 0 {
			continue
		}
		if p.score == b.least {
			equals--
		}
		kept = append(kept, p)
	}
	b.picks = kept
}

// inOrder returns the n best picks in ascending order of position.
func (b *best) inOrder() []pick {
	b.cut()
	return b.picks
}

// ranked returns the n best picks, the best first. Others can no longer be taken in.
func (b *best) ranked() []pick {
	b.cut()
	slices.SortFunc(b.picks, func(x, y pick) int {
		return cmp.Or(cmp.Compare(y.score, x.score), cmp.Compare(x.at, y.at))
	})
	return b.picks
}

// nth returns which of some numbers is in place n, from 0 on, if the greatest comes
// first, and reorders them. It takes time in proportion to how many there are, on average
// over their orders: the pivot is the median of three. Its loops have no branches that
// depend on the numbers, which no processor could predict.
func nth(x []float64, n int) float64 {
	for {
		pivot := median(x[0], x[len(x)/2], x[len(x)-1])
		above := 0
		for i, v := range x {
			x[i], x[above] = x[above], v
			above += one(v > pivot)
		}
		if n < above {
			x = x[:above]
			continue
		}
		x, n = x[above:], n-above
		equal := 0
		for i, v := range x {
			x[i], x[equal] = x[equal], v
			equal += one(v == pivot)
		}
		if n < equal {
			return pivot
		}
		x, n = x[equal:], n-equal
	}
}

// one returns 1 for true and 0 for false, without a branch where it is inlined.
func one(yes bool) int {
	n := 0
	if yes {
		n = 1
	}
	return n
}

func median(a, b, c float64) float64 { return max(min(a, b), min(max(a, b), c)) }
