package tier

import (
	"cmp"
	"slices"

	"github.com/relmark/relmark/internal/fault"
)

// A tally is the amounts of the events of a member, less what was reversed so far, and
// their sums of a life.
type tally struct {
	s       *Membership
	ladder  *Ladder
	rows    []int64
	life    []int64
	perm    []int32 // metric of the ladder for each metric of the membership; none if they are the same
	early   []int32 // reversals older than what they reverse, by that; found when first asked for
	scratch []int64
}

// adopt copies the amounts of s, in the order of the ladder's metrics, so that
// reversals can lower them, and checks that the ladder can judge s. A membership made
// by another ladder is what studies of a new policy run on.
func (a *tally) adopt(s *Membership) error {
	l := a.ladder
	if s == nil || s.ladder == nil || l == nil || l.zone == nil {
		return misfit("must come from a ladder that New has made")
	}
	a.s = s
	a.perm, a.early = a.perm[:0], a.early[:0]
	if s.ladder == l || s.ladder.metrics.equal(l.metrics) {
		a.rows = append(a.rows[:0], s.amounts...)
	} else if err := a.translate(); err != nil {
		return err
	}
	a.life = resize(a.life, l.metrics.len())
	if s.ladder == l {
		return nil
	}
	return l.suits(s)
}

// suits says why l cannot judge a membership that another ladder has made, metrics
// aside.
func (l *Ladder) suits(s *Membership) error {
	if s.ladder.zone.String() != l.zone.String() {
		return misfit("must come from a ladder in the same zone")
	}
	for i := range s.overrides {
		if l.level(s.overrides[i].level) < 0 {
			return misfit("must have overrides to levels of the ladder")
		}
	}
	if s.base != nil && (s.ladder.window != l.window || s.ladder.kind != l.kind || !slices.Equal(s.base.codes, l.codes)) {
		return misfit("must, once closed, come from a ladder with the same window, levels and kind of validity")
	}
	return nil
}

func misfit(rule string) error { return fault.New("Membership", nil, rule) }

// translate copies the amounts of a membership whose ladder has other metrics.
func (a *tally) translate() error {
	from, to := a.s.ladder.metrics, a.ladder.metrics
	for i, name := range from.names {
		j := to.index(name)
		if j < 0 || to.kinds[j] != from.kinds[i] {
			return misfit("must have metrics that the ladder knows, of the same kind")
		}
		a.perm = append(a.perm, int32(j))
	}
	a.rows = resize(a.rows, len(a.s.entries)*to.len())
	for i := range a.s.entries {
		row := a.row(i)
		for j, v := range a.s.row(i) {
			row[a.perm[j]] = v
		}
	}
	return nil
}

// metric returns the ladder's index of a metric of the membership.
func (a *tally) metric(i int) int {
	if len(a.perm) == 0 {
		return i
	}
	return int(a.perm[i])
}

// row returns what is left of the amounts of event i.
func (a *tally) row(i int) []int64 {
	n := a.ladder.metrics.len()
	return a.rows[i*n : (i+1)*n]
}

// earn lets the amounts of event i count in the sums of a life and returns them, less
// the reversals that came before the event: those count from the later of the two
// instants, which is now.
func (a *tally) earn(i int) []int64 {
	if a.s.entries[i].early {
		a.forestall(i)
	}
	row := a.row(i)
	for m, v := range row {
		a.life[m] += v
	}
	return row
}

func (a *tally) forestall(i int) {
	if len(a.early) == 0 {
		a.findEarly()
	}
	at, _ := slices.BinarySearchFunc(a.early, int32(i), func(j, i int32) int { return cmp.Compare(a.s.entries[j].link, i) })
	for ; at < len(a.early) && int(a.s.entries[a.early[at]].link) == i; at++ {
		a.lessen(i, int(a.early[at]))
	}
}

// findEarly lists the reversals that are older than what they reverse, by that. Few
// members have any; where there are none nobody asks.
func (a *tally) findEarly() {
	entries := a.s.entries
	for j := range entries {
		if e := &entries[j]; e.kind.reverses() && e.link >= 0 && e.at.before(entries[e.link].at) {
			a.early = append(a.early, int32(j))
		}
	}
	slices.SortFunc(a.early, func(i, j int32) int { return cmp.Compare(entries[i].link, entries[j].link) })
}

// lessen takes from event i what reversal j reverses, no further than to zero, and
// returns it; valid until the next call. Several reversals of one event take
//
//	min(amount, r1 + r2 + …)
//
// together, in whatever order they come.
func (a *tally) lessen(i, j int) []int64 {
	row := a.row(i)
	a.scratch = append(a.scratch[:0], row...)
	taken := a.scratch
	for m, v := range a.row(j) {
		if a.s.entries[j].kind == lessen {
			taken[m] = min(taken[m], v)
		}
		row[m] -= taken[m]
	}
	return taken
}

// undo reverses event i, which has counted, by reversal j in the sums of a life, and
// returns what was taken.
func (a *tally) undo(i, j int) []int64 {
	taken := a.lessen(i, j)
	for m, v := range taken {
		a.life[m] -= v
	}
	return taken
}

// resize returns a slice of n zeros that reuses the memory of b.
func resize[T any](b []T, n int) []T {
	b = slices.Grow(b[:0], n)[:n]
	clear(b)
	return b
}

// translated returns b with its lots in the metrics of the ladder.
func (a *tally) translated(b *base) *base {
	if len(a.perm) == 0 {
		return b
	}
	out := *b
	out.lots = slices.Clone(b.lots)
	for i := range out.lots {
		out.lots[i].metric = a.metric(out.lots[i].metric)
	}
	return &out
}
