package lot

import "slices"

// Begin starts to note changes, so that [Book.Undo] can take them back. Until then, or
// until [Book.Keep], no time may pass, nothing roll and nothing be dropped.
func (b *Book) Begin() { b.noting, b.log = true, b.log[:0] }

// Keep ends what [Book.Begin] began: the changes stay.
func (b *Book) Keep() { b.noting = false }

// Undo ends what [Book.Begin] began, and takes the changes back, the last first. It
// takes as long as they took.
func (b *Book) Undo() {
	b.noting = false
	for _, c := range slices.Backward(b.log) {
		b.revert(c)
	}
}

// note remembers what a lot had.
func (b *Book) note(id uint64, left int64) {
	if b.noting {
		b.log = append(b.log, change{id, left})
	}
}

// revert takes one change back.
func (b *Book) revert(c change) {
	at := b.place(c.id)
	if c.left >= 0 {
		b.set(&b.cells[at], c.left)
		return
	}
	b.set(&b.cells[at], 0)
	copy(b.cells[at:], b.cells[at+1:])
	b.cells = b.cells[:len(b.cells)-1]
	if c.left == added {
		b.last--
	}
}
