package basket

import (
	"context"
	"sync"
)

// A line lets one worker deliver what it finds itself, in the order of the search, and
// others help it: they search parts that it will come to later. What they find waits in
// batches. How much waits is bounded, however slow the delivery and however unlike the
// parts are.
type line[T any] struct {
	*job
	ctx   context.Context //nolint:containedctx // ends with the delivery, or before
	put   putter[T]
	parts []part

	mu      sync.Mutex
	moved   sync.Cond
	queues  []queue[T] // of each part
	present int        // part that is delivered
	free    int        // no part before it is
	ahead   int        // how much waits in later parts
	over    bool       // whether the delivery is
	spare   []*batch[T]
}

// A putter adds a set to what a worker has found. If some is there, the first places, so
// many as same says, are those of the last set.
type putter[T any] func(f *found[T], places []uint32, same int, count int64)

// A queue is what waits to be delivered of a part.
type queue[T any] struct {
	batches []*batch[T]
	taken   bool // by a worker
	done    bool
}

// A batch is some of the sets of a part, in order; of one branch where maximal sets are
// searched.
type batch[T any] struct {
	found[T]
	branch int
}

const (
	batchCells = 1 << 11
	mostAhead  = 16 * batchCells // that wait in parts which are not yet delivered
	mostReady  = 16              // batches that wait in the part which is
	apart      = 64              // a helper leaves one in so many parts to the one who delivers
)

// weight is what a batch counts for while it waits: its cells, and some for its memory.
func (b *batch[T]) weight() int { return len(b.cells) + batchCells/16 }

// inLine searches a job with several workers. One of them is the caller, who searches with
// m, and has the batches of the others delivered until that says halt. No worker is left
// when it returns.
func inLine[T any](m *miner, put putter[T], deliver func(*batch[T]) verdict) error {
	ctx, cancel := context.WithCancel(m.ctx)
	l := &line[T]{job: m.job, ctx: ctx, put: put, parts: m.parts()}
	l.moved.L = &l.mu
	l.queues = make([]queue[T], len(l.parts))
	var done sync.WaitGroup
	defer done.Wait()
	defer l.end()
	defer cancel()
	for range min(m.workers, len(l.parts)) - 1 {
		done.Go(l.help)
	}
	for l.present < len(l.parts) {
		if l.claim(l.present) {
			m.search(l.parts[l.present])
		} else if l.drain(deliver) == halt {
			return errHalt
		}
		if m.err == nil {
			m.err = ctx.Err() // for want of which no worker stops before its part is done
		}
		if m.err != nil {
			return m.err
		}
		l.advance()
	}
	return nil
}

// claim takes a part unless it has been taken.
func (l *line[T]) claim(part int) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	free := !l.queues[part].taken
	l.queues[part].taken = true
	return free
}

// drain delivers what another worker finds in the present part.
func (l *line[T]) drain(deliver func(*batch[T]) verdict) verdict {
	for batches, more := l.pull(nil); more; batches, more = l.pull(batches) {
		for _, b := range batches {
			if l.ctx.Err() != nil {
				return onward
			}
			if deliver(b) == halt {
				return halt
			}
		}
	}
	return onward
}

// pull takes batches back that have been delivered and waits for others, of which there
// are no more once the part has been searched.
func (l *line[T]) pull(used []*batch[T]) (batches []*batch[T], more bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.spare = append(l.spare, used...)
	q := &l.queues[l.present]
	for len(q.batches) == 0 && !q.done {
		l.moved.Wait()
	}
	batches, q.batches = q.batches, used[:0]
	l.moved.Broadcast()
	return batches, len(batches) > 0
}

// advance goes on to the next part, of which nothing is ahead any more.
func (l *line[T]) advance() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.queues[l.present].batches = nil
	l.present++
	if l.present < len(l.parts) {
		for _, b := range l.queues[l.present].batches {
			l.ahead -= b.weight()
		}
	}
	l.moved.Broadcast()
}

// end lets all workers go that wait.
func (l *line[T]) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.over = true
	l.moved.Broadcast()
}

// choose takes a part for a helper: not one of the first that are free, since they are
// soon the turn of the one who delivers, unless there are no others.
func (l *line[T]) choose() (part int, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	left := 1 + len(l.parts)/apart
	for i := l.free; i < len(l.parts) && left >= 0; i++ {
		if !l.queues[i].taken {
			if !ok {
				l.free = i
			}
			part, ok = i, true
			left--
		}
	}
	if !ok {
		return 0, false
	}
	l.queues[part].taken = true
	return part, true
}

// A helper is a worker of a line that does not deliver.
type helper[T any] struct {
	*line[T]
	part  int
	batch *batch[T]
}

// help searches part after part. A helper whose context has ended goes on finishing parts,
// so that nobody waits for them.
func (l *line[T]) help() {
	h := &helper[T]{line: l, batch: newBatch[T]()}
	m := newMiner(l.ctx, l.job, h.sink)
	for part, ok := l.choose(); ok; part, ok = l.choose() {
		h.part = part
		p := l.parts[part]
		for p.from < p.to && m.err == nil {
			piece := p
			if l.kind == maximal {
				piece.to = p.from + 1
			}
			h.batch.branch = piece.from
			m.search(piece)
			if m.err == nil && h.flush() == halt {
				m.err = errHalt
			}
			p.from = piece.to
		}
		l.finish(part)
	}
}

// finish notes that a part has been searched.
func (l *line[T]) finish(part int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.queues[part].done = true
	if part == l.present {
		l.moved.Broadcast()
	}
}

// sink puts a set into the batch.
func (h *helper[T]) sink(places []uint32, same int, count int64) verdict {
	b := h.batch
	if len(b.cells)+len(places) > cap(b.cells) && len(b.counts) > 0 {
		if h.flush() == halt {
			return halt
		}
		b = h.batch
	}
	h.put(&b.found, places, same, count)
	return onward
}

// flush sends the batch on its way, and takes an empty one.
func (h *helper[T]) flush() verdict {
	if len(h.batch.counts) == 0 {
		return onward
	}
	branch := h.batch.branch // which is no longer ours once sent
	b := h.push(h.part, h.batch)
	if b == nil {
		return halt
	}
	b.branch, h.batch = branch, b
	return onward
}

// push adds a batch to the queue of a part once there is room, and returns an empty one:
// nil if the delivery is over.
func (l *line[T]) push(part int, b *batch[T]) *batch[T] {
	l.mu.Lock()
	defer l.mu.Unlock()
	for !l.over && l.full(part) {
		l.moved.Wait()
	}
	if l.over {
		return nil
	}
	q := &l.queues[part]
	q.batches = append(q.batches, b)
	if part == l.present {
		l.moved.Broadcast()
	} else {
		l.ahead += b.weight()
	}
	last := len(l.spare) - 1
	if last < 0 {
		return newBatch[T]()
	}
	b, l.spare = l.spare[last], l.spare[:last]
	b.clear()
	return b
}

// full reports whether a part has to wait for the delivery.
func (l *line[T]) full(part int) bool {
	if part == l.present {
		return len(l.queues[part].batches) >= mostReady
	}
	return l.ahead >= mostAhead
}

func newBatch[T any]() *batch[T] {
	const usual = 4 // items of a set, or more
	return &batch[T]{found: found[T]{
		cells: make([]T, 0, batchCells), ends: make([]int, 0, batchCells/usual), counts: make([]int64, 0, batchCells/usual),
	}}
}

// putPlaces is a putter of places.
func putPlaces(f *found[uint32], places []uint32, _ int, count int64) { f.add(places, count) }

// accept delivers places that another worker has found. It knows only the maximal sets
// that it has found itself; so what it takes for maximal may be part of another's.
func (m *miner) accept(b *batch[uint32]) verdict {
	if m.kind == maximal {
		m.frontier.begin(m.branch(b.branch))
	}
	m.same = 0
	for i, count := range b.counts {
		places := b.set(i)
		if m.kind == maximal {
			if m.frontier.covers(places) {
				continue
			}
			m.frontier.add(places)
		}
		if m.sink(places, 0, count) == halt {
			return halt
		}
	}
	return onward
}
