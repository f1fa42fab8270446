package basket

import (
	"context"
	"sync"
)

// A line lets one worker deliver what it finds itself, in the order of the search, and
// others help it: they search parts that it will come to later. What they find waits in
// batches. How much waits is bounded, however slow the delivery and however unlike the
// parts are.
type line struct {
	*job
	ctx   context.Context //nolint:containedctx // ends with the delivery, or before
	parts []part

	mu      sync.Mutex
	moved   sync.Cond
	queues  []queue // of each part
	present int     // part that is delivered
	free    int     // no part before it is
	ahead   int     // batches that wait in later parts
	over    bool    // whether the delivery is
	spare   []*batch
}

// A queue is what waits to be delivered of a part.
type queue struct {
	batches []*batch
	taken   bool // by a worker
	done    bool
}

// A batch is some of the sets of a part, in order; of one branch where maximal sets are
// searched. Of each only those places are there which differ from the set before.
type batch struct {
	branch int
	sets   []change
	cells  []uint32 // new places of all sets, back to back
}

// A change makes a set of the one before it.
type change struct {
	same, more uint32 // places that stay, and new ones behind them
	count      int64
}

const (
	batchSets  = 1 << 9
	batchCells = 1 << 11
	mostAhead  = 256 // batches that wait in parts which are not yet delivered
	mostReady  = 16  // batches that wait in the part which is
	apart      = 64  // a helper leaves one in so many parts to the one who delivers
)

func newBatch() *batch {
	return &batch{sets: make([]change, 0, batchSets), cells: make([]uint32, 0, batchCells)}
}

// full reports whether there is no room for a set of so many places.
func (b *batch) full(places int) bool {
	return len(b.sets) == batchSets || len(b.sets) > 0 && len(b.cells)+places > batchCells
}

// add appends a set that shares so many places with the one before it, if there is one.
func (b *batch) add(places []uint32, same int, count int64) {
	if len(b.sets) == 0 {
		same = 0
	}
	b.sets = append(b.sets, change{uint32(same), uint32(len(places) - same), count})
	b.cells = append(b.cells, places[same:]...)
}

// inLine searches a job with several workers. One of them is the caller, who searches with
// m, and delivers the batches of the others until its sink says halt. No worker is left when
// it returns.
func inLine(m *miner) error {
	ctx, cancel := context.WithCancel(m.ctx)
	l := &line{job: m.job, ctx: ctx, parts: m.parts()}
	l.moved.L = &l.mu
	l.queues = make([]queue, len(l.parts))
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
		} else if l.drain(m) == halt {
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
func (l *line) claim(part int) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	free := !l.queues[part].taken
	l.queues[part].taken = true
	return free
}

// drain delivers what another worker finds in the present part.
func (l *line) drain(m *miner) verdict {
	for batches, more := l.pull(nil); more; batches, more = l.pull(batches) {
		for _, b := range batches {
			if l.ctx.Err() != nil {
				return onward
			}
			if m.accept(b) == halt {
				return halt
			}
		}
	}
	return onward
}

// pull takes batches back that have been delivered and waits for others, of which there
// are no more once the part has been searched.
func (l *line) pull(used []*batch) (batches []*batch, more bool) {
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
func (l *line) advance() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.queues[l.present].batches = nil
	l.present++
	if l.present < len(l.parts) {
		l.ahead -= len(l.queues[l.present].batches)
	}
	l.moved.Broadcast()
}

// end lets all workers go that wait.
func (l *line) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.over = true
	l.moved.Broadcast()
}

// choose takes a part for a helper: not one of the first that are free, since they are
// soon the turn of the one who delivers, unless there are no others.
func (l *line) choose() (part int, ok bool) {
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
type helper struct {
	*line
	part  int
	batch *batch
}

// help searches part after part. A helper whose context has ended goes on finishing parts,
// so that nobody waits for them.
func (l *line) help() {
	h := &helper{line: l, batch: newBatch()}
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
func (l *line) finish(part int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.queues[part].done = true
	if part == l.present {
		l.moved.Broadcast()
	}
}

// sink puts a set into the batch.
func (h *helper) sink(places []uint32, same int, count int64) verdict {
	if h.batch.full(len(places)) && h.flush() == halt {
		return halt
	}
	h.batch.add(places, same, count)
	return onward
}

// flush sends the batch on its way, and takes an empty one.
func (h *helper) flush() verdict {
	if len(h.batch.sets) == 0 {
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
func (l *line) push(part int, b *batch) *batch {
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
		l.ahead++
	}
	last := len(l.spare) - 1
	if last < 0 {
		return newBatch()
	}
	b, l.spare = l.spare[last], l.spare[:last]
	b.sets, b.cells = b.sets[:0], b.cells[:0]
	return b
}

// full reports whether a part has to wait for the delivery.
func (l *line) full(part int) bool {
	if part == l.present {
		return len(l.queues[part].batches) >= mostReady
	}
	return l.ahead >= mostAhead
}

// accept delivers places that another worker has found. It knows only the maximal sets
// that it has found itself; so what it takes for maximal may be part of another's.
func (m *miner) accept(b *batch) verdict {
	if m.kind == maximal {
		m.frontier.begin(m.branch(b.branch))
	}
	m.same = 0
	places, rest := m.taken, b.cells
	for _, c := range b.sets {
		places = append(places[:c.same], rest[:c.more]...)
		rest = rest[c.more:]
		if m.kind == maximal {
			if m.frontier.covers(places) {
				continue
			}
			m.frontier.add(places)
		}
		if m.sink(places, 0, c.count) == halt {
			return halt
		}
	}
	m.taken = places
	return onward
}
