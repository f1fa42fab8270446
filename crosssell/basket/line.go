package basket

import (
	"context"
	"sync"
)

// A line brings what workers find to the one who delivers it, part after part, in the
// order in which one worker would find it. What waits in it is bounded, however slow the
// delivery and however unlike the parts are.
type line[T any] struct {
	*pool
	put func(f *found[T], places []uint32, count int64)

	mu      sync.Mutex
	moved   sync.Cond
	queues  []queue[T] // of each part
	present int        // part that is delivered
	ahead   int        // cells that wait in later parts
	over    bool       // whether the delivery is
	spare   []*batch[T]
}

// A queue is what waits to be delivered of a part.
type queue[T any] struct {
	batches []*batch[T]
	done    bool
}

// A batch is some of the sets of a part, in order; of one branch where maximal sets
// are searched.
type batch[T any] struct {
	found[T]
	branch int
}

const (
	batchCells = 1 << 12
	mostAhead  = 1 << 20 // cells that wait in parts that are not yet delivered
	mostReady  = 1 << 4  // batches that wait in the part that is
)

// inLine searches a job with several workers. They put what they find into batches, which
// deliver takes in order, until it says halt. No worker is left when it returns.
func inLine[T any](j *job, put func(f *found[T], places []uint32, count int64), deliver func(*batch[T]) verdict) error {
	ctx, cancel := context.WithCancel(j.ctx)
	l := &line[T]{pool: newPool(ctx, j), put: put}
	l.moved.L = &l.mu
	l.queues = make([]queue[T], l.parts)
	defer l.crowd(l.work)()
	defer l.end()
	defer cancel() // before the end: a worker that has stopped must not take its part for searched
	for b := l.first(); b != nil; b = l.after(b) {
		if err := ctx.Err(); err != nil {
			return err
		}
		if deliver(b) == halt {
			return errHalt
		}
	}
	return ctx.Err() // for want of which no worker stops before its part is done
}

// end lets all workers go that wait.
func (l *line[T]) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.over = true
	l.moved.Broadcast()
}

// first returns the batch to deliver first, nil if there is none.
func (l *line[T]) first() *batch[T] {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.pull()
}

// after takes a batch back and returns the one to deliver after it, nil if there is none.
func (l *line[T]) after(b *batch[T]) *batch[T] {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.spare = append(l.spare, b)
	return l.pull()
}

// pull waits for the next batch. The caller holds the lock.
func (l *line[T]) pull() *batch[T] {
	for l.present < l.parts {
		q := &l.queues[l.present]
		switch {
		case len(q.batches) > 0:
			b := q.batches[0]
			q.batches = q.batches[1:]
			l.moved.Broadcast()
			return b
		case q.done:
			l.advance()
		default:
			l.moved.Wait()
		}
	}
	return nil
}

// advance goes on to the next part, of which nothing is ahead any more.
func (l *line[T]) advance() {
	l.queues[l.present] = queue[T]{}
	l.present++
	if l.present < l.parts {
		for _, b := range l.queues[l.present].batches {
			l.ahead -= len(b.cells)
		}
	}
	l.moved.Broadcast()
}

// push adds a batch to the queue of a part once there is room, and returns an empty one:
// nil if the delivery is over.
func (l *line[T]) push(part int, b *batch[T]) *batch[T] {
	l.mu.Lock()
	defer l.mu.Unlock()
	q := &l.queues[part]
	for !l.over && l.full(part) {
		l.moved.Wait()
	}
	if l.over {
		return nil
	}
	if part != l.present {
		l.ahead += len(b.cells)
	}
	q.batches = append(q.batches, b)
	if part == l.present {
		l.moved.Broadcast()
	}
	return l.empty(b.branch)
}

// full reports whether a part has to wait for the delivery.
func (l *line[T]) full(part int) bool {
	if part == l.present {
		return len(l.queues[part].batches) >= mostReady
	}
	return l.ahead >= mostAhead
}

// empty returns an empty batch of a branch. The caller holds the lock.
func (l *line[T]) empty(branch int) *batch[T] {
	b := &batch[T]{}
	if last := len(l.spare) - 1; last >= 0 {
		b, l.spare = l.spare[last], l.spare[:last]
		b.clear()
	}
	b.branch = branch
	return b
}

// finish notes that a part has been searched.
func (l *line[T]) finish(part int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.queues[part].done = true
	l.moved.Broadcast()
}

// A runner is a worker of a line.
type runner[T any] struct {
	*line[T]
	part  int
	batch *batch[T]
}

// work searches part after part. A worker whose context has ended goes on finishing parts,
// so that nobody waits for them.
func (l *line[T]) work() {
	r := &runner[T]{line: l, batch: &batch[T]{}}
	m := newMiner(l.ctx, l.job, r.sink)
	for part, ok := l.take(); ok; part, ok = l.take() {
		r.part = part
		from, to := l.branchesOf(part)
		for branch := from; branch < to && m.err == nil; branch++ {
			r.batch.branch = branch
			m.branches(branch, branch+1)
			if (branch == to-1 || l.kind == maximal) && m.err == nil && r.flush() == halt {
				m.err = errHalt
			}
		}
		l.finish(part)
	}
}

// sink puts a set into the batch.
func (r *runner[T]) sink(places []uint32, count int64) verdict {
	r.put(&r.batch.found, places, count)
	if len(r.batch.cells) >= batchCells {
		return r.flush()
	}
	return onward
}

// flush sends the batch on its way.
func (r *runner[T]) flush() verdict {
	if len(r.batch.counts) == 0 {
		return onward
	}
	b := r.push(r.part, r.batch)
	if b == nil {
		return halt
	}
	r.batch = b
	return onward
}

// A delivery passes batches of places to a sink. A worker knows only the maximal sets that
// it has found itself; so what it takes for maximal may be part of another's.
type delivery struct {
	*job
	sink     sink
	frontier *frontier // of maximal sets
	branch   int       // begun last, plus 1
}

func (d *delivery) deliver(b *batch[uint32]) verdict {
	if d.frontier != nil && d.branch != b.branch+1 {
		d.branch = b.branch + 1
		d.frontier.begin(d.job.branch(b.branch))
	}
	for i, count := range b.counts {
		places := b.set(i)
		if d.frontier != nil {
			if d.frontier.covers(places) {
				continue
			}
			d.frontier.add(places)
		}
		if d.sink(places, count) == halt {
			return halt
		}
	}
	return onward
}
