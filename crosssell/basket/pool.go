package basket

import (
	"context"
	"sync"
	"sync/atomic"
)

// A pool lets workers search parts of a job. Each part has a queue of its own, so
// that sets can be delivered in the order in which one worker would find them.
type pool struct {
	*job
	ctx   context.Context //nolint:containedctx // ends with the delivery, or before
	parts []part
	next  atomic.Int64 // first part that nobody has taken
	spare sync.Pool    // of *batch
}

// A part is a run of branches.
type part struct {
	from, to int
	queue    chan *batch
	err      error // once the queue is closed
}

// A batch is some of the sets of a part, in order; of one branch where maximal sets
// are searched.
type batch struct {
	found
	branch int
}

const (
	mostParts  = 512
	batchCells = 1 << 14
	mostAhead  = 64 // batches that a worker may be ahead of the sink
)

// share divides the branches among workers and delivers what they find. No worker
// is left when it returns.
func (j *job) share(s sink) error {
	ctx, cancel := context.WithCancel(j.ctx)
	p := newPool(ctx, j)
	var done sync.WaitGroup
	for range min(j.workers, len(p.parts)) {
		done.Go(p.work)
	}
	defer done.Wait()
	defer cancel()
	d := delivery{sink: s}
	if j.kind == maximal {
		d.frontier = newFrontier(len(j.places))
	}
	for i := range p.parts {
		for b := range p.parts[i].queue {
			if err := ctx.Err(); err != nil {
				return err
			}
			if !d.deliver(j, b) {
				return errHalt
			}
			p.spare.Put(b)
		}
		if p.parts[i].err != nil {
			return ctx.Err() // for want of which no worker stops before its part is done
		}
	}
	return nil
}

func newPool(ctx context.Context, j *job) *pool {
	n := len(j.root.items)
	p := &pool{job: j, ctx: ctx, parts: make([]part, min(n, mostParts))}
	for i := range p.parts {
		p.parts[i] = part{from: i * n / len(p.parts), to: (i + 1) * n / len(p.parts), queue: make(chan *batch, mostAhead)}
	}
	return p
}

// A delivery passes batches to a sink. A worker knows only the maximal sets that it
// has found itself; so what it takes for maximal may be part of another's.
type delivery struct {
	sink     sink
	frontier *frontier // of maximal sets
	branch   int       // begun last, plus 1
}

func (d *delivery) deliver(j *job, b *batch) bool {
	if d.frontier != nil && d.branch != b.branch+1 {
		d.branch = b.branch + 1
		d.frontier.begin(j.branch(b.branch))
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
			return false
		}
	}
	return true
}

// A worker searches part after part.
type worker struct {
	*pool
	batch *batch
	queue chan<- *batch
}

// work searches parts until none is left. A worker whose context has ended goes on
// closing queues, so that nobody waits for them.
func (p *pool) work() {
	w := &worker{pool: p}
	w.renew()
	m := newMiner(p.ctx, p.job, w.take)
	for i := int(p.next.Add(1)) - 1; i < len(p.parts); i = int(p.next.Add(1)) - 1 {
		t := &p.parts[i]
		w.queue = t.queue
		for branch := t.from; branch < t.to; branch++ {
			w.batch.branch = branch
			m.branches(branch, branch+1)
			if p.kind == maximal && m.err == nil && w.flush() == halt {
				m.err = errHalt
			}
		}
		if m.err == nil && w.flush() == halt {
			m.err = errHalt
		}
		t.err = m.err
		close(t.queue)
	}
}

// take is the sink of a worker.
func (w *worker) take(places []uint32, count int64) verdict {
	w.batch.add(places, count)
	if len(w.batch.cells) >= batchCells {
		return w.flush()
	}
	return onward
}

// flush sends the batch on its way, unless the search is over.
func (w *worker) flush() verdict {
	if len(w.batch.counts) == 0 {
		return onward
	}
	branch := w.batch.branch // which is no longer ours once sent
	select {
	case w.queue <- w.batch:
		w.renew()
		w.batch.branch = branch
		return onward
	case <-w.ctx.Done():
		return halt
	}
}

// renew provides an empty batch.
func (w *worker) renew() {
	b, ok := w.spare.Get().(*batch)
	if !ok {
		b = &batch{}
	}
	b.clear()
	w.batch = b
}
