package structural_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/loyalty/structural"
)

// A twin keeps entitlements as a child would: every visit is a slip of paper, moved by hand.
// It remembers nothing but the commands that were carried out: every question is answered by
// living through all of them again, minute by minute where something happens. It knows
// neither events, lots nor snapshots.
type twin struct{ commands []order }

// An order is a command of any kind.
type order struct {
	kind, key, of string
	n             int
	at            time.Time
	ttl           time.Duration
	bounds        []time.Time // of grants; one without end has one
	cap           int
}

// A slip is one unit.
type slip struct {
	grant  string
	period int
	until  time.Time // zero: never
	rolled bool
	birth  int
	where  string // "" in the drawer, "held KEY", "used KEY"
}

func (s *slip) ended(now time.Time) bool { return !s.until.IsZero() && !now.Before(s.until) }

// A life is what has become of the slips by an instant.
type twinLife struct {
	now     time.Time
	slips   []*slip
	grants  []order
	holds   []order
	stacks  map[string][]*slip // of reservations and uses, in the order in which they were taken
	over    map[string]bool    // grants that were revoked, reservations that are resolved
	late    map[string]bool    // reservations that have timed out
	begun   map[string]int     // periods
	rolled  int
	births  int
	granted int
}

// live lives through the commands until an instant.
func (x *twin) live(until time.Time) *twinLife {
	l := &twinLife{stacks: map[string][]*slip{}, over: map[string]bool{}, late: map[string]bool{}, begun: map[string]int{}}
	for _, c := range x.commands {
		l.pass(c.at)
		l.try(c)
	}
	l.pass(until)
	return l
}

// pass lets time pass, from one thing that happens to the next.
func (l *twinLife) pass(until time.Time) {
	for {
		var next time.Time
		var do func()
		see := func(at time.Time, f func()) { // the first of those at one instant stays
			if !at.After(until) && (do == nil || at.Before(next)) {
				next, do = at, f
			}
		}
		for _, g := range l.grants {
			if p := l.begun[g.key]; !l.over[g.key] && p < max(1, len(g.bounds)-1) {
				see(g.bounds[p], func() { l.begin(g, p) })
			}
		}
		for _, h := range l.holds {
			if !l.over[h.key] && !l.late[h.key] {
				see(h.at.Add(h.ttl), func() { l.late[h.key] = true; l.drawer(l.stacks[h.key]) })
			}
		}
		if do == nil {
			l.now = until
			return
		}
		do()
	}
}

func (l *twinLife) drawer(slips []*slip) {
	for _, s := range slips {
		s.where = ""
	}
}

func (l *twinLife) begin(g order, p int) {
	var until time.Time
	if p+1 < len(g.bounds) {
		until = g.bounds[p+1]
	}
	left := g.cap
	birth := l.births
	l.births += 2
	for _, s := range l.slips {
		if left > 0 && s.grant == g.key && s.period == p-1 && !s.rolled && s.where == "" {
			s.period, s.until, s.rolled, s.birth = p, until, true, birth
			left--
			l.rolled++
		}
	}
	for range g.n {
		l.slips = append(l.slips, &slip{grant: g.key, period: p, until: until, birth: birth + 1})
	}
	l.granted += g.n
	l.begun[g.key] = p + 1
}

// there returns the slips that can be used, those to be used first in front.
func (l *twinLife) there() []*slip {
	out := slices.DeleteFunc(slices.Clone(l.slips), func(s *slip) bool { return s.where != "" || s.ended(l.now) || l.over[s.grant] })
	slices.SortStableFunc(out, func(a, b *slip) int {
		switch {
		case a.until.IsZero() != b.until.IsZero():
			return map[bool]int{true: 1, false: -1}[a.until.IsZero()]
		case !a.until.Equal(b.until):
			return a.until.Compare(b.until)
		}
		return a.birth - b.birth
	})
	return out
}

func (l *twinLife) find(list []order, key string) *order {
	if i := slices.IndexFunc(list, func(o order) bool { return o.key == key }); i >= 0 {
		return &list[i]
	}
	return nil
}

// try carries a command out, or says why not.
func (l *twinLife) try(c order) structural.Reason {
	switch c.kind {
	case "grant":
		l.grants = append(l.grants, c)
		l.pass(c.at)
	case "reserve", "consume":
		there := l.there()
		if len(there) < c.n {
			return structural.Insufficient
		}
		l.stacks[c.key] = there[:c.n]
		for _, s := range there[:c.n] {
			s.where = c.kind + " " + c.key
		}
		if c.kind == "reserve" {
			l.holds = append(l.holds, c)
		}
	case "commit", "release":
		h := l.find(l.holds, c.of)
		switch {
		case h == nil:
			return structural.UnknownReservation
		case l.over[c.of]:
			return structural.AlreadyResolved
		case l.late[c.of]:
			return structural.ReservationExpired
		case c.n > h.n:
			return structural.Insufficient
		}
		l.over[c.of] = true
		stack := l.stacks[c.of]
		l.drawer(stack)
		if c.kind == "commit" {
			l.stacks[c.key] = stack[:c.n]
			for _, s := range stack[:c.n] {
				s.where = "consume " + c.key
			}
		}
	case "reverse":
		stack, known := l.stacks[c.of]
		if !known || l.find(l.holds, c.of) != nil {
			return structural.UnknownUse
		}
		if c.n > len(stack) {
			return structural.ExceedsUse
		}
		l.drawer(stack[len(stack)-c.n:])
		l.stacks[c.of] = stack[:len(stack)-c.n]
	case "revoke":
		g := l.find(l.grants, c.of)
		if g == nil {
			return structural.UnknownGrant
		}
		if last := g.bounds[len(g.bounds)-1]; l.over[c.of] || len(g.bounds) > 1 && !l.now.Before(last) {
			return structural.GrantOver
		}
		l.over[c.of] = true
	}
	return ""
}

// balance counts the slips.
func (l *twinLife) balance() structural.Balance {
	b := structural.Balance{Granted: int64(l.granted), Rolled: int64(l.rolled)}
	for _, s := range l.slips {
		switch {
		case s.where == "" && !s.ended(l.now) && !l.over[s.grant]:
			b.Available++
		case s.where == "":
			b.Expired++
		case s.where[0] == 'r':
			b.Held++
		default:
			b.Used++
		}
	}
	return b
}

// expiries counts what can be used by its end, and what of it would roll over.
func (l *twinLife) expiries() []structural.Expiry {
	var list []structural.Expiry
	left := map[string]int{}
	for _, s := range l.there() {
		if n := len(list); n == 0 || !list[n-1].Until.Equal(s.until) {
			list = append(list, structural.Expiry{Until: s.until.UTC()})
		}
		e := &list[len(list)-1]
		e.Units++
		g := l.find(l.grants, s.grant)
		if id := fmt.Sprint(s.grant, s.period); !s.rolled && s.period+1 < max(1, len(g.bounds)-1) && left[id] < g.cap {
			left[id]++
			e.Rolls++
		}
	}
	return list
}

// A command asks a ledger at an instant.
type command func(l *structural.Ledger, at time.Time) (structural.Decision, error)

// drawCommand draws the next command.
func drawCommand(t *rapid.T, x *twin, now time.Time) (order, command) {
	i := len(x.commands)
	some := func() string {
		if i == 0 {
			return "k0"
		}
		return x.commands[rapid.IntRange(max(0, i-12), i-1).Draw(t, "of")].key
	}
	c := order{key: fmt.Sprint("k", i), n: rapid.IntRange(1, 6).Draw(t, "n"), at: now}
	n := int64(c.n)
	e, err := structural.NewEntitlement(structural.EntitlementTerms{Zone: berlin, Units: 1, Days: 1, Periods: 1})
	require.NoError(t, err)
	switch rapid.SampledFrom([]string{"grant", "gift", "reserve", "reserve", "consume", "consume", "commit", "release", "reverse", "revoke"}).Draw(t, "kind") {
	case "grant":
		terms := structural.EntitlementTerms{Zone: berlin, Units: n, Periods: rapid.IntRange(1, 5).Draw(t, "periods"), Rollover: int64(rapid.IntRange(0, 4).Draw(t, "cap"))}
		if rapid.Bool().Draw(t, "monthly") {
			terms.Months = rapid.IntRange(1, 2).Draw(t, "months")
		} else {
			terms.Days = rapid.IntRange(1, 20).Draw(t, "days")
		}
		e, err = structural.NewEntitlement(terms)
		require.NoError(t, err)
		start := date("2025-01-31").AddDays(rapid.IntRange(-60, 90).Draw(t, "start"))
		d, err := e.Grant(new(structural.Ledger), structural.Grant{c.key, start, now})
		require.NoError(t, err)
		c.kind, c.bounds, c.cap = "grant", d.Event.Bounds, int(terms.Rollover)
		return c, func(l *structural.Ledger, at time.Time) (structural.Decision, error) {
			return e.Grant(l, structural.Grant{c.key, start, at})
		}
	case "gift":
		g := structural.Gift{Key: c.key, Units: n, From: now.AddDate(0, 0, rapid.IntRange(-3, 9).Draw(t, "from")), At: now}
		c.kind, c.bounds = "grant", []time.Time{g.From}
		if rapid.Bool().Draw(t, "ends") {
			g.Until = g.From.AddDate(0, 0, rapid.IntRange(1, 30).Draw(t, "until"))
			c.bounds = append(c.bounds, g.Until)
		}
		return c, func(l *structural.Ledger, at time.Time) (structural.Decision, error) {
			g.At = at
			return e.Give(l, g)
		}
	case "reserve":
		c.kind, c.ttl = "reserve", time.Duration(rapid.SampledFrom([]int{1, 12, 24, 800}).Draw(t, "ttl"))*time.Hour
		return c, func(l *structural.Ledger, at time.Time) (structural.Decision, error) {
			return e.Reserve(l, structural.Reservation{c.key, n, c.ttl, at})
		}
	case "consume":
		c.kind = "consume"
		return c, func(l *structural.Ledger, at time.Time) (structural.Decision, error) {
			return e.Consume(l, structural.Consumption{c.key, n, at})
		}
	case "commit":
		c.kind, c.of = "commit", some()
		return c, func(l *structural.Ledger, at time.Time) (structural.Decision, error) {
			return e.Commit(l, structural.Commitment{c.key, c.of, n, at})
		}
	case "release":
		c.kind, c.of, c.n = "release", some(), 0
		return c, func(l *structural.Ledger, at time.Time) (structural.Decision, error) {
			return e.Release(l, structural.Release{c.key, c.of, at})
		}
	case "reverse":
		c.kind, c.of = "reverse", some()
		return c, func(l *structural.Ledger, at time.Time) (structural.Decision, error) {
			return e.Reverse(l, structural.Reversal{c.key, c.of, n, at})
		}
	default:
		c.kind, c.of = "revoke", some()
		return c, func(l *structural.Ledger, at time.Time) (structural.Decision, error) {
			return e.Revoke(l, structural.Revocation{c.key, c.of, at})
		}
	}
}

// A ledger does what one does that moves every unit by hand: the same reasons, the same
// balance and the same expiries at any instant from the last event on, whether it was kept
// in memory, in a snapshot or as events; nothing is ever negative, lost or counted twice.
func TestLedgerAgreesWithANaiveOne(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		x, l := new(twin), new(structural.Ledger)
		var events []structural.Event
		var done []command
		now := when("2025-01-20T23:00:00Z") // midnight in Berlin, where periods begin
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.SampledFrom([]int{0, 0, 1, 12, 24, 200, 700}).Draw(t, "hours")) * time.Hour)
			c, ask := drawCommand(t, x, now)
			d, err := ask(l, now)
			life := x.live(now)
			require.Equal(t, life.try(c), reason(err), "%+v", c)
			if err == nil {
				require.NoError(t, l.Apply(d.Event))
				events = append(events, d.Event)
				x.commands = append(x.commands, c)
				done = append(done, ask)
			}
			if rapid.IntRange(0, 3).Draw(t, "snapshot") == 0 {
				l = reloaded(t, l)
			}
			if i := rapid.IntRange(0, 20).Draw(t, "again"); i < len(done) {
				d, err := done[i](l, now)
				require.NoError(t, err)
				require.Equal(t, structural.Decision{Seq: uint64(i) + 1, Replayed: true}, d, "a command that comes again")
			}
			for _, asOf := range []time.Time{now, now.Add(25 * time.Hour), now.AddDate(0, 1, 3), now.AddDate(1, 0, 0)} {
				life := x.live(asOf)
				b := balance(t, l, asOf)
				require.Equal(t, life.balance(), b)
				require.Equal(t, b.Granted, b.Available+b.Held+b.Used+b.Expired)
				require.GreaterOrEqual(t, min(b.Available, b.Held, b.Used, b.Expired, b.Rolled), int64(0))
				list, err := l.Expiries(asOf)
				require.NoError(t, err)
				require.Equal(t, life.expiries(), list)
			}
		}
		folded := new(structural.Ledger)
		require.NoError(t, folded.Fold(stream(events)))
		require.Equal(t, snapshot(t, l), snapshot(t, folded), "a ledger is the fold of its events")
	})
}

func snapshot(t require.TestingT, l *structural.Ledger) []byte {
	data, err := l.MarshalBinary()
	require.NoError(t, err)
	return data
}

// reloaded returns what a host has that keeps snapshots.
func reloaded(t require.TestingT, l *structural.Ledger) *structural.Ledger {
	data := snapshot(t, l)
	back := new(structural.Ledger)
	require.NoError(t, back.UnmarshalBinary(data))
	require.Equal(t, data, snapshot(t, back))
	return back
}
