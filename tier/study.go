package tier

import (
	"context"
	"fmt"
	"iter"
	"math/bits"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/calendar"
)

// A Study is a question about a member base: who held which level from a date up
// to, not including, another, and what the benefits of the levels cost. It is plain
// data.
type Study struct {
	From     relmark.Date `json:"from"`
	To       relmark.Date `json:"to"`
	Benefits []Benefit    `json:"benefits,omitempty"`
}

// A Benefit is something that members get from a level on. Its cost has up to
// three parts, each 0 or more. It is plain data.
type Benefit struct {
	Name     string          // in the host's words; unique
	Level    string          // code of the lowest level that has it
	PerEntry decimal.Decimal // each time a member rises to Level or above from below, such as a welcome gift
	PerDay   decimal.Decimal // each local date that begins at Level or above, such as a lounge fee
	Metric   string          // "" if PerUnit is 0
	PerUnit  decimal.Decimal // each unit of Metric that is earned while at Level or above, such as bonus points
}

const maxBenefits = 1000

// check names the first rule that y breaks for a ladder.
func (y Study) check(l *Ladder) error {
	if a, _, _ := y.From.Civil(); a < 2 {
		return wrong("Study.From", y.From, "must lie in years 2 to 9998")
	}
	if b, _, _ := y.To.Civil(); b > 9998 || !y.To.After(y.From) {
		return wrong("Study.To", y.To, "must be after From and lie in years up to 9998")
	}
	if len(y.Benefits) > maxBenefits {
		return wrong("Study.Benefits", len(y.Benefits), "must be at most 1000")
	}
	names := map[string]bool{}
	for i, b := range y.Benefits {
		switch {
		case !isName(b.Name) || names[b.Name]:
			return wrong(fmt.Sprintf("Study.Benefits[%d].Name", i), nil, "must be 1 to 200 bytes of UTF-8, and unique")
		case l.level(b.Level) < 1:
			return wrong(fmt.Sprintf("Study.Benefits[%d].Level", i), nil, "must be a level above the base")
		case b.PerEntry.Sign() < 0 || b.PerDay.Sign() < 0 || b.PerUnit.Sign() < 0 || !small(b.PerEntry) || !small(b.PerDay) || !small(b.PerUnit):
			return wrong(fmt.Sprintf("Study.Benefits[%d]", i), nil, "must cost 0 or more, and below 1e18")
		case b.PerUnit.Sign() > 0 && l.metrics.index(b.Metric) < 0:
			return wrong(fmt.Sprintf("Study.Benefits[%d].Metric", i), nil, "must be a metric of the ladder")
		}
		names[b.Name] = true
	}
	return nil
}

// A Simulation runs a study over members one by one. It is an accumulator: shards
// of a base run apart and [Simulation.Merge]. It is not safe for concurrent
// mutation. Obtain one from [Ladder.Simulation].
type Simulation struct {
	opaque

	ladder   *Ladder
	study    Study
	runner   *Runner
	from, to instant
	sums     totals
	spans    []span
}

// totals are the sums of a simulation.
type totals struct {
	members int64
	before  []int64 // members at each level at the start
	after   []int64 // at the end
	moves   []int64 // a row of levels at the end for each level at the start
	reached []int64 // members who held the level at some time
	ups     []int64 // changes to the level from below
	downs   []int64 // from above
	days    []int64 // dates that began at the level
	reasons []int64 // changes by reason
	entries []int64 // by benefit
	holders []int64 // by benefit
	earned  []tall  // by level and metric, earned while at the level
}

// lists returns the sums that are lists, always in the same order.
func (c *totals) lists() [10][]int64 {
	return [10][]int64{
		c.before, c.after, c.moves, c.reached, c.ups,
		c.downs, c.days, c.reasons, c.entries, c.holders,
	}
}

// tall is a sum that may outgrow an int64: high · 2^64 + low.
type tall struct{ high, low uint64 }

func (t *tall) add(v uint64) {
	var carry uint64
	t.low, carry = bits.Add64(t.low, v, 0)
	t.high += carry
}

func (t *tall) merge(o tall) {
	t.add(o.low)
	t.high += o.high
}

// decimal returns t with some fraction digits.
func (t tall) decimal(digits int) decimal.Decimal {
	word := decimal.NewFromUint64(1 << 63).Add(decimal.NewFromUint64(1 << 63))
	sum := word.Mul(decimal.NewFromUint64(t.high)).Add(decimal.NewFromUint64(t.low))
	return sum.Shift(int32(-digits))
}

// A span is a stretch of the study at one level, [from, to).
type span struct {
	level    int
	from, to instant
}

// Simulation returns an empty simulation. It fails when the study breaks a rule
// stated there.
func (l *Ladder) Simulation(y Study) (*Simulation, error) {
	if l.zone == nil {
		return nil, errZero
	}
	if err := y.check(l); err != nil {
		return nil, err
	}
	n, k := len(l.codes), len(y.Benefits)
	sim := &Simulation{ladder: l, study: y, runner: l.Runner()}
	sim.study.Benefits = append([]Benefit(nil), y.Benefits...)
	sim.runner.noted = true
	sim.from, sim.to = startOf(dayOf(y.From), l.zone), startOf(dayOf(y.To), l.zone)
	list := func(n int) []int64 { return make([]int64, n) }
	sim.sums = totals{
		before: list(n), after: list(n), moves: list(n * n), reached: list(n), ups: list(n), downs: list(n), days: list(n),
		reasons: list(reasons().Len()), entries: list(k), holders: list(k), earned: make([]tall, n*l.metrics.len()),
	}
	return sim, nil
}

// Add replays a member through the study. Members who join on or after Study.To
// count for nothing; those who join within it start at the base. It fails, leaving
// the sums unchanged, where [Ladder.Replay] does. It allocates nothing once the
// simulation has seen as large a member.
func (m *Simulation) Add(s *Membership) error {
	_, err := m.add(s)
	return err
}

// add is Add; it returns the level at the end, -1 if the member does not count.
func (m *Simulation) add(s *Membership) (int, error) {
	if s != nil && !s.begins.before(m.to) {
		return -1, nil
	}
	r := m.runner
	if err := r.load(s); err != nil {
		return -1, room(err)
	}
	if s.base != nil && m.from.before(s.base.at) {
		return -1, room(refuse(relmark.ErrRefused, "a member is closed behind the start of the study"))
	}
	r.run(justBefore(m.to))
	m.split(s)
	last := m.spans[len(m.spans)-1].level
	m.tallyLevels()
	m.tallyChanges()
	m.tallyBenefits()
	m.tallyAmounts()
	return last, nil
}

// split cuts the study into stretches of one level, at least one. It begins with the
// level after both steps of the first instant. A level that was held for no time,
// between the two steps of one instant, is a change but no stretch.
func (m *Simulation) split(s *Membership) {
	begins := later(m.from, s.begins)
	current := span{level: 0, from: begins}
	if s.base != nil {
		current.level = s.base.level
	}
	m.spans = m.spans[:0]
	for _, c := range m.runner.face.changes {
		if current.from.before(c.at) { // else both steps of one instant, or before the start
			current.to = c.at
			m.spans = append(m.spans, current)
			current.from = c.at
		}
		current.level = c.to
	}
	current.to = m.to
	m.spans = append(m.spans, current)
}

// tallyLevels counts the member by level: at both ends, at any time, and by date.
func (m *Simulation) tallyLevels() {
	c, n := &m.sums, len(m.ladder.codes)
	start, end := m.spans[0].level, m.spans[len(m.spans)-1].level
	c.members++
	c.before[start]++
	c.after[end]++
	c.moves[start*n+end]++
	for i, s := range m.spans {
		c.days[s.level] += int64(m.dates(s.to) - m.dates(s.from))
		seen := false
		for _, t := range m.spans[:i] {
			seen = seen || t.level == s.level
		}
		if !seen {
			c.reached[s.level]++
		}
	}
}

// dates returns how many dates begin before t, counted from a fixed one: the first
// date that does not. Starts of dates never decrease, so the dates that begin in
// [a, b) are dates(b) − dates(a), exact and free of hours, and stretches that touch
// count every date once. A date that a zone skips begins with the one after it.
func (m *Simulation) dates(t instant) int {
	c := &m.runner.moment.clock
	d := c.day(t)
	for d > calendar.First && !c.start(d-1).before(t) {
		d--
	}
	for c.start(d).before(t) {
		d++
	}
	return int(d)
}

// tallyChanges counts the changes after the first instant of the study.
func (m *Simulation) tallyChanges() {
	c := &m.sums
	for _, change := range m.runner.face.changes {
		if !m.from.before(change.at) {
			continue
		}
		c.reasons[change.reason]++
		if change.to > change.from {
			c.ups[change.to]++
		} else {
			c.downs[change.to]++
		}
	}
}

// tallyBenefits counts who has each benefit, and the rises into it. Between two
// levels that both have it nobody enters anything.
func (m *Simulation) tallyBenefits() {
	c := &m.sums
	for i := range m.study.Benefits {
		from := m.ladder.level(m.study.Benefits[i].Level)
		had, has := false, false
		for j, s := range m.spans {
			now := s.level >= from
			if now && !has && j > 0 {
				c.entries[i]++
			}
			has = now
			had = had || now
		}
		if had {
			c.holders[i]++
		}
	}
}

// tallyAmounts adds what was earned within the study, net of what was reversed
// within it, to the level that the member had when it was earned.
func (m *Simulation) tallyAmounts() {
	r, width := m.runner, m.ladder.metrics.len()
	for _, i := range r.order[:r.pos] {
		if e := &r.s.entries[i]; e.kind != earn || e.at.before(m.from) {
			continue
		}
		for j, v := range r.tally.row(int(i)) {
			m.sums.earned[int(r.shown[i])*width+j].add(uint64(v))
		}
	}
}

// Merge adds the members of o, which has run the same study of the same ladder.
// Any split of a base gives the same sums. It fails for another study or ladder,
// leaving m unchanged.
func (m *Simulation) Merge(o *Simulation) error {
	if o == nil || m.ladder != o.ladder || !m.study.equal(o.study) {
		return wrong("Simulation", nil, "must be of the same study and ladder")
	}
	a, b := &m.sums, &o.sums
	a.members += b.members
	to, from := a.lists(), b.lists()
	for j := range to {
		for i, v := range from[j] {
			to[j][i] += v
		}
	}
	for i, v := range b.earned {
		a.earned[i].merge(v)
	}
	return nil
}

// equal compares what was asked. Amounts compare as numbers.
func (y Study) equal(o Study) bool {
	if y.From != o.From || y.To != o.To || len(y.Benefits) != len(o.Benefits) {
		return false
	}
	for i, a := range y.Benefits {
		b := o.Benefits[i]
		if a.Name != b.Name || a.Level != b.Level || a.Metric != b.Metric ||
			!a.PerEntry.Equal(b.PerEntry) || !a.PerDay.Equal(b.PerDay) || !a.PerUnit.Equal(b.PerUnit) {
			return false
		}
	}
	return true
}

// Simulate runs a study over a stream of members, up to the stream's first error,
// which it returns. It looks at ctx every 1024 members.
func (l *Ladder) Simulate(ctx context.Context, members iter.Seq2[*Membership, error], y Study) (Report, error) {
	sim, err := l.Simulation(y)
	if err != nil {
		return Report{}, err
	}
	if err := each(ctx, members, sim.Add); err != nil {
		return Report{}, err
	}
	return sim.Report(), nil
}

// each calls add with every member of a stream, and stops at the first error of
// either or when the context is over.
func each(ctx context.Context, members iter.Seq2[*Membership, error], add func(*Membership) error) error {
	n := 0
	for s, err := range members {
		if err == nil && n%1024 == 0 {
			err = ctx.Err()
		}
		if err == nil {
			err = add(s)
		}
		if err != nil {
			return err
		}
		n++
	}
	return nil
}
