package basket

import (
	"context"
	"encoding/binary"
	"sync"
)

// A line brings what workers find to the one who delivers it, part after part, in the
// order in which one worker would find it. What waits in it is bounded, however slow the
// delivery and however unlike the parts are.
type line struct {
	*pool

	mu      sync.Mutex
	moved   sync.Cond
	queues  []queue // of each part
	present int     // part that is delivered
	ahead   int     // bytes that wait in later parts
	over    bool    // whether the delivery is
	spare   []*batch
}

// A queue is what waits to be delivered of a part.
type queue struct {
	batches []*batch
	done    bool
}

// A batch is some of the sets of a part, in order; of one branch where maximal sets are
// searched. A set is its count, how many places are as in the set before it, and the steps
// of the others, as in a store.
type batch struct {
	sets   []byte
	branch int
}

const (
	batchSize = 1 << 14 // bytes
	mostAhead = 1 << 22 // bytes that wait in parts that are not yet delivered
	mostReady = 1 << 4  // batches that wait in the part that is
)

// inLine searches a job with several workers. What they find is delivered in order, until
// the sink says halt. No worker is left when it returns.
func (j *job) inLine(s sink) error {
	ctx, cancel := context.WithCancel(j.ctx)
	l := &line{pool: newPool(ctx, j)}
	l.moved.L = &l.mu
	l.queues = make([]queue, l.parts)
	defer l.crowd(l.work)()
	defer l.end()
	defer cancel()
	d := &delivery{job: j, sink: s}
	if j.kind == maximal {
		d.frontier = newFrontier(len(j.places))
	}
	for b := l.first(); b != nil; b = l.after(b) {
		if err := ctx.Err(); err != nil {
			return err
		}
		if d.deliver(b) == halt {
			return errHalt
		}
	}
	return ctx.Err() // for want of which no worker stops before its part is done
}

// end lets all workers go that wait.
func (l *line) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.over = true
	l.moved.Broadcast()
}

// first returns the batch to deliver first, nil if there is none.
func (l *line) first() *batch {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.pull()
}

// after takes a batch back and returns the one to deliver after it, nil if there is none.
func (l *line) after(b *batch) *batch {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.spare = append(l.spare, b)
	return l.pull()
}

// pull waits for the next batch. The caller holds the lock.
func (l *line) pull() *batch {
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
func (l *line) advance() {
	l.queues[l.present] = queue{}
	l.present++
	if l.present < l.parts {
		for _, b := range l.queues[l.present].batches {
			l.ahead -= len(b.sets)
		}
	}
	l.moved.Broadcast()
}

// push adds a batch to the queue of a part once there is room, and returns an empty one:
// nil if the delivery is over.
func (l *line) push(part int, b *batch) *batch {
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
		l.ahead += len(b.sets)
	}
	q.batches = append(q.batches, b)
	if part == l.present {
		l.moved.Broadcast()
	}
	return l.empty(b.branch)
}

// full reports whether a part has to wait for the delivery.
func (l *line) full(part int) bool {
	if part == l.present {
		return len(l.queues[part].batches) >= mostReady
	}
	return l.ahead >= mostAhead
}

// empty returns an empty batch of a branch. The caller holds the lock.
func (l *line) empty(branch int) *batch {
	b := &batch{}
	if last := len(l.spare) - 1; last >= 0 {
		b, l.spare = l.spare[last], l.spare[:last]
		b.sets = b.sets[:0]
	}
	b.branch = branch
	return b
}

// finish notes that a part has been searched.
func (l *line) finish(part int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.queues[part].done = true
	l.moved.Broadcast()
}

// A runner is a worker of a line.
type runner struct {
	*line
	part  int
	batch *batch
}

// work searches part after part. A worker whose context has ended goes on finishing parts,
// so that nobody waits for them.
func (l *line) work() {
	r := &runner{line: l, batch: &batch{}}
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
func (r *runner) sink(places []uint32, same int, count int64) verdict {
	b := r.batch
	if len(b.sets) == 0 {
		same = 0
	}
	b.sets = binary.AppendUvarint(b.sets, uint64(count))
	b.sets = binary.AppendUvarint(b.sets, uint64(same))
	b.sets = appendSteps(b.sets, stepFrom(places, same), places[same:])
	if len(b.sets) >= batchSize {
		return r.flush()
	}
	return onward
}

// stepFrom returns the place before position i, and for the first one what makes no step 0.
func stepFrom(places []uint32, i int) uint32 {
	if i == 0 {
		return ^uint32(0)
	}
	return places[i-1]
}

// flush sends the batch on its way.
func (r *runner) flush() verdict {
	if len(r.batch.sets) == 0 {
		return onward
	}
	b := r.push(r.part, r.batch)
	if b == nil {
		return halt
	}
	r.batch = b
	return onward
}

// A delivery passes batches to a sink. A worker knows only the maximal sets that it has
// found itself; so what it takes for maximal may be part of another's.
type delivery struct {
	*job
	sink     sink
	places   []uint32  // of the last set
	same     int       // of them, as many are as the sink had them last
	frontier *frontier // of maximal sets
	branch   int       // begun last, plus 1
}

func (d *delivery) deliver(b *batch) verdict {
	if d.frontier != nil && d.branch != b.branch+1 {
		d.branch = b.branch + 1
		d.frontier.begin(d.job.branch(b.branch))
	}
	for rest := b.sets; len(rest) > 0; {
		count, size := binary.Uvarint(rest)
		rest = d.read(rest[size:])
		if d.frontier != nil {
			if d.frontier.covers(d.places) {
				continue
			}
			d.frontier.add(d.places)
		}
		same := d.same
		d.same = len(d.places)
		if d.sink(d.places, same, int64(count)) == halt {
			return halt
		}
	}
	return onward
}

// read reads the places of the next set.
func (d *delivery) read(b []byte) (rest []byte) {
	kept, size := binary.Uvarint(b)
	same := int(kept)
	place := stepFrom(d.places, same)
	places := d.places[:same]
	by, rest := step(b[size:])
	for ; by > 0; by, rest = step(rest) {
		place += by
		places = append(places, place)
	}
	d.places, d.same = places, min(d.same, same)
	return rest
}
