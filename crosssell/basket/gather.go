package basket

import "sync"

// A gatherer counts the sets that one worker finds against the quota of all, and keeps
// those that may stay.
type gatherer struct {
	*gathering
	store   *store // nil if sets are counted only
	floor   int64  // below which nothing stays, as far as is known here
	cleaned int64  // the floor of the store
	size    int    // of the store when it was cleaned
	fresh   []shape
}

// A gathering is what the gatherers of a query have in common.
type gathering struct {
	*job
	quota  *quota
	keep   bool
	minLen int
	mu     sync.Mutex // of the quota, and of all
	all    []*gatherer
}

// A shape is what the quota needs to know of a set.
type shape struct {
	items int
	count int64
}

// mostFresh is how many sets a gatherer finds between two looks at the quota.
const mostFresh = 1 << 10

// gather counts the sets of minLen items or more against the quota, and returns what is
// within it if that is to be kept. What stays does not depend on who finds it when.
func (q *query[I]) gather(keep bool, minLen int) ([]*store, error) {
	g := &gathering{job: q.job, quota: &q.quota, keep: keep, minLen: minLen}
	var err error
	if q.kind == generators { // of which a worker finds some that are none
		err = q.run(g.sink(len(q.names)))
	} else {
		sink := func() sink { return g.sink(len(q.names)) }
		err = q.search(sink(), func(*miner) error { return q.scatter(sink) })
	}
	var stores []*store
	for _, one := range g.all {
		one.flush()
	}
	for _, one := range g.all {
		if keep {
			one.clean(g.quota.floor)
			stores = append(stores, one.store)
		}
	}
	return stores, err
}

// sink returns the sink of a new gatherer of sets of so many places.
func (g *gathering) sink(places int) sink {
	one := &gatherer{gathering: g, floor: g.quota.floor, cleaned: g.quota.floor, fresh: make([]shape, 0, mostFresh)}
	if g.keep {
		one.store = newStore(places)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.all = append(g.all, one)
	return one.take
}

// take is the sink of a gatherer.
func (g *gatherer) take(places []uint32, _ int, count int64) verdict {
	if count < g.floor || len(places) < g.minLen {
		return onward
	}
	if g.store != nil {
		g.store.add(places, count)
	}
	g.fresh = append(g.fresh, shape{len(places), count})
	if len(g.fresh) == mostFresh {
		g.flush()
	}
	return onward
}

// flush tells the quota of the sets found last, and cleans the store once it is twice what
// it was after the last time.
func (g *gatherer) flush() {
	g.mu.Lock()
	for _, s := range g.fresh {
		g.quota.take(s.items, s.count)
	}
	floor := g.quota.floor
	g.least.Store(floor)
	g.mu.Unlock()
	g.fresh, g.floor = g.fresh[:0], floor
	if g.store != nil && g.store.sets > 2*g.size+mostFresh {
		g.clean(floor)
	}
}

// clean takes out of the store what is below the floor, unless it is clean.
func (g *gatherer) clean(floor int64) {
	if floor > g.cleaned {
		g.store.drop(floor)
		g.cleaned, g.size = floor, g.store.sets
	}
}
