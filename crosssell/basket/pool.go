package basket

import (
	"context"
	"sync"
	"sync/atomic"
)

// A pool divides the branches of a job into parts, of which each worker takes the next.
type pool struct {
	*job
	ctx   context.Context //nolint:containedctx // ends with the search, or before
	parts int
	next  atomic.Int64 // first part that nobody has taken
}

// mostParts bounds what is spent on parts where there are many branches.
const mostParts = 512

func newPool(ctx context.Context, j *job) *pool {
	return &pool{job: j, ctx: ctx, parts: min(len(j.root.items), mostParts)}
}

// take returns a part that nobody has taken, if there is one.
func (p *pool) take() (part int, ok bool) {
	part = int(p.next.Add(1)) - 1
	return part, part < p.parts
}

// branchesOf returns the branches of a part.
func (p *pool) branchesOf(part int) (from, to int) {
	n := len(p.root.items)
	return part * n / p.parts, (part + 1) * n / p.parts
}

// crowd runs so many workers as the job asks for, or as there are parts, and returns a
// function that waits for them.
func (p *pool) crowd(work func()) (wait func()) {
	var done sync.WaitGroup
	for range min(p.workers, p.parts) {
		done.Go(work)
	}
	return done.Wait
}

// scatter lets each worker search parts for a sink of its own, in no order. It fails with
// the error of the context.
func (j *job) scatter(sink func() sink) error {
	p := newPool(j.ctx, j)
	p.crowd(func() {
		m := newMiner(p.ctx, j, sink())
		for part, ok := p.take(); ok && m.err == nil; part, ok = p.take() {
			m.branches(p.branchesOf(part))
		}
	})()
	return j.ctx.Err()
}
