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

// before reports whether a ranks above b: the higher score, and of equals the first
// position.
func (a pick) before(b pick) bool {
	return a.score > b.score || a.score == b.score && a.at < b.at
}

// A best keeps the n best of many picks, in a heap with the worst of them on top. They
// come in ascending order of position, so that one that only equals the worst is too late.
type best struct {
	heap []pick
	n    int
}

func (b *best) reset(n int) { b.heap, b.n = b.heap[:0], n }

// beats reports whether the next pick would be among the best with this score.
func (b *best) beats(score float64) bool {
	return len(b.heap) < b.n || score > b.heap[0].score
}

// take takes a pick in, which beats the worst.
func (b *best) take(score float64, at int32) {
	if len(b.heap) < b.n {
		b.heap = append(b.heap, pick{score, at})
		b.up(len(b.heap) - 1)
		return
	}
	b.heap[0] = pick{score, at}
	b.down()
}

func (b *best) up(i int) {
	for i > 0 {
		parent := (i - 1) / 2
		if !b.heap[parent].before(b.heap[i]) {
			return
		}
		b.heap[parent], b.heap[i] = b.heap[i], b.heap[parent]
		i = parent
	}
}

func (b *best) down() {
	i := 0
	for {
		child := 2*i + 1
		if child >= len(b.heap) {
			return
		}
		if right := child + 1; right < len(b.heap) && b.heap[child].before(b.heap[right]) {
			child = right
		}
		if !b.heap[i].before(b.heap[child]) {
			return
		}
		b.heap[i], b.heap[child] = b.heap[child], b.heap[i]
		i = child
	}
}

// ranked returns the picks, the best first. The heap is one no more.
func (b *best) ranked() []pick {
	slices.SortFunc(b.heap, func(x, y pick) int {
		if c := cmp.Compare(y.score, x.score); c != 0 {
			return c
		}
		return cmp.Compare(x.at, y.at)
	})
	return b.heap
}
