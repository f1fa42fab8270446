package rfm

// A list is a slice in blocks that never move: it grows without copying, and without
// leaving what it has outgrown to the collector.
type list[T any] struct {
	blocks [][]T // all full but the last
	n      int
}

const block = 512 // elements

func (l *list[T]) len() int { return l.n }

func (l *list[T]) at(i int) *T { return &l.blocks[i/block][i%block] }

func (l *list[T]) push(v T) {
	if l.n%block == 0 {
		l.blocks = append(l.blocks, make([]T, 0, block))
	}
	last := &l.blocks[len(l.blocks)-1]
	*last = append(*last, v)
	l.n++
}

// remove puts the last element in the place of another and shortens the list by one.
func (l *list[T]) remove(i int) {
	l.n--
	k := l.n / block
	tail := l.blocks[k]
	*l.at(i) = tail[l.n%block]
	clear(tail[l.n%block:])
	if l.blocks[k] = tail[:l.n%block]; l.n%block == 0 {
		l.blocks = l.blocks[:k]
	}
}
