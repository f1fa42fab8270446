package points_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/earning"
	"github.com/relmark/relmark/loyalty/points"
)

// Random histories: three members and a pool under a random programme, with every kind
// of command, repeated, late, contradictory and in vain.

// A dice draws a number from 0 to n-1. Drawn by rapid it shrinks; seeded it is fast.
type dice func(n int, what string) int

func rapidDice(t *rapid.T) dice {
	return func(n int, what string) int { return rapid.IntRange(0, n-1).Draw(t, what) }
}

func seededDice(seed, stream uint64) dice {
	r := rand.New(rand.NewPCG(seed, stream))
	return func(n int, _ string) int { return r.IntN(n) }
}

// one in n.
func (d dice) one(n int, what string) bool { return d(n, what) == 0 }

// number from a to b.
func (d dice) number(a, b int, what string) int64 { return int64(a + d(b-a+1, what)) }

func among[T any](d dice, what string, list ...T) T { return list[d(len(list), what)] }

func (d dice) cents(a, b int, what string) decimal.Decimal {
	return decimal.New(d.number(a, b, what), -2)
}

// zones are loaded once: histories are many.
var zones = sync.OnceValue(func() (all []*time.Location) {
	for _, name := range []string{"UTC", "America/New_York", "Africa/Cairo"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			panic(err)
		}
		all = append(all, zone)
	}
	return all
})

// drawProgram draws a programme without budgets, which what-ifs know nothing of.
func drawProgram(t *rapid.T) points.Program {
	p := rapidDice(t).program()
	for i := range p.Versions {
		p.Versions[i].Budgets = nil
	}
	return p
}

func (d dice) program() points.Program {
	p := points.Program{
		Rules: earning.Rules{
			Zone:       among(d, "zone", zones()...),
			Currency:   "EUR",
			Digits:     2,
			PointValue: decimal.New(d.number(1, 30, "value"), -3),
		},
		Expiry: among(d, "expiry", points.Expiry{}, points.Expiry{Kind: points.Months, N: 1}, points.Expiry{Kind: points.MonthsEOM},
			points.Expiry{Kind: points.FixedYearEnd}, points.Expiry{Kind: points.Inactivity, N: 1}, points.Expiry{Kind: points.Days, N: 40}, points.Expiry{Kind: points.InactivityDays, N: 25}),
		MaturityDays: among(d, "maturity", 0, 0, 3, 12),
		Shortfall:    among(d, "shortfall", points.Debt, points.Clamp, points.CashDeduct),
		TransferFee:  decimal.New(d.number(0, 40, "fee"), -2),
		Payout:       among(d, "payout", points.ByContribution, points.ByLot),
	}
	p.YearEnd = among(d, "year end", earning.YearEnd{}, earning.YearEnd{Month: time.March, Day: 31}, earning.YearEnd{Month: time.February, Day: 29})
	if d.one(2, "grace") {
		p.GraceDays = new(int(d.number(0, 20, "grace days")))
	}
	// One version, two, or three with a gap of four days.
	date := func(m time.Month, day int) relmark.Date {
		x, _ := relmark.NewDate(2025, m, day)
		return x
	}
	from, to := []relmark.Date{{}, date(1, 1), date(3, 5)}, []relmark.Date{date(1, 1).AddDays(-1), date(2, 28), {}}
	switch d(3, "versions") {
	case 0:
		from, to = from[:1], to[2:]
	case 1:
		from, to = from[:2], []relmark.Date{to[0], {}}
	}
	for i := range from {
		v := d.version()
		v.Name, v.From, v.To = fmt.Sprint("v", i), from[i], to[i]
		p.Versions = append(p.Versions, v)
	}
	return p
}

func (d dice) version() earning.Version {
	v := earning.Version{
		Stacking: among(d, "stacking", earning.Additive, earning.Compounding),
		Rounding: among(d, "rounding", earning.Floor, earning.Floor, earning.Ceiling, earning.HalfUp, earning.HalfEven),
	}
	for i := range d.number(1, 2, "rates") {
		v.Rates = append(v.Rates, earning.Rate{Rule: fmt.Sprint("rate", i), Points: d.number(1, 5, "rate"), Per: decimal.New(d.number(1, 30, "per"), -1), When: d.condition(int(i))})
	}
	for i := range d.number(0, 3, "multipliers") {
		v.Multipliers = append(v.Multipliers, earning.Multiplier{
			Rule: fmt.Sprint("times", i), Factor: decimal.New(d.number(0, 30, "factor"), -1),
			Exclusive: d.one(4, "exclusive"), Priority: int(d.number(0, 1, "priority")), When: d.condition(2),
		})
	}
	for i := range d.number(0, 2, "bonuses") {
		v.Bonuses = append(v.Bonuses, earning.Bonus{Rule: fmt.Sprint("bonus", i), Points: d.number(1, 9, "bonus"), When: d.condition(2)})
	}
	if d.one(2, "card") {
		v.Goals = append(v.Goals, earning.Goal{Rule: "card", Target: d.number(2, 3, "target"), Points: 4, Repeat: d.one(2, "repeat"), Reversal: among(d, "reversal", "", "", earning.KeepBonus)})
	}
	if d.one(2, "spender") {
		v.Goals = append(v.Goals, earning.Goal{Rule: "spender", Count: earning.CountSpend, Target: 5000, Points: 11, Repeat: d.one(2, "repeat"), Reversal: among(d, "reversal", "", "", earning.KeepBonus), When: d.condition(1)})
	}
	if d.one(2, "streak") {
		v.Goals = append(v.Goals, earning.Goal{Rule: "streak", Count: earning.CountMonths, Target: 2, Points: 6, Repeat: d.one(2, "repeat"), Reversal: among(d, "reversal", "", "", earning.KeepBonus)})
	}
	if d.one(2, "activities") {
		v.Activities = append(v.Activities, earning.ActivityRule{
			Rule: "review", Kind: "review", Once: among(d, "once", "", earning.PerDay, earning.PerMonth, earning.PerYear, earning.PerLife),
			When: earning.Condition{Tiers: among(d, "tiers", nil, []string{"gold"})},
		}, earning.ActivityRule{Rule: "visit", Kind: "visit", Points: new(d.number(0, 9, "visit"))})
	}
	if d.one(3, "caps") {
		v.Caps = append(v.Caps, earning.Cap{Per: among(d, "per", earning.PerOrder, earning.PerDay, earning.PerMonth, earning.PerYear, earning.PerLife), Points: d.number(10, 120, "cap")})
		v.Caps = append(v.Caps, earning.Cap{Per: among(d, "per", earning.PerDay, earning.PerMonth, earning.PerYear), Points: d.number(60, 150, "cap")})
	}
	if d.one(5, "budgets") {
		v.Budgets = append(v.Budgets, earning.Cap{Per: among(d, "per", earning.PerDay, earning.PerMonth, earning.PerYear, earning.PerLife), Points: d.number(0, 300, "budget")})
	}
	return v
}

// condition draws one that holds more often than not; always at level 0.
func (d dice) condition(level int) (c earning.Condition) {
	if level == 0 {
		return c
	}
	switch d(9, "condition") {
	case 0:
		c.Tiers = []string{"gold", "silver"}
	case 1:
		c.MinTotal = new(d.cents(500, 2000, "at least"))
	case 2:
		c.MaxTotal = new(d.cents(1500, 3000, "at most"))
	case 3:
		c.Weekdays = []time.Weekday{time.Weekday(d(7, "day")), time.Sunday, time.Tuesday}
	case 4:
		c.Categories = []string{"coffee"}
	case 5:
		if c.Tag = "channel"; d.one(2, "value") {
			c.Values = []string{"app", "web"}
		}
	case 6:
		c.From = relmark.MustParseDate("2025-01-15")
		c.To = c.From.AddDays(d(60, "days"))
	case 7:
		if level > 1 {
			c.Any = []earning.Condition{d.condition(level - 1), d.condition(level - 1)}
		}
	case 8:
		if level > 1 {
			c.Not = []earning.Condition{{Tiers: []string{"gold"}}}
		}
	}
	return c
}

// A world is what a history takes place in.
type world struct {
	p       points.Program
	e       *points.Engine
	now     time.Time
	parties []*party // the last one is the pool
	usage   earning.Usage
	grants  []naiveGrant
	steps   int
	calm    bool // no command names a version or runs back in time
	free    bool // no order has a budget
}

// A party is a member or the pool, with the naive ledger beside the account.
type party struct {
	name   string
	a      points.Account
	naive  *naive
	events []points.Event
	done   []points.Command
	inbox  []points.Receive // what was sent and has not been received yet
}

// A turn is a command of a history and what came of it.
type turn struct {
	who *party
	c   points.Command
	now time.Time // of processing
	d   points.Decision
	err error
	was *points.Account // before
}

func newWorld(p points.Program, t require.TestingT) *world {
	e, err := points.Compile(p)
	require.NoError(t, err)
	w := &world{p: p, e: e, now: time.Date(2024, 12, 20, 12, 0, 0, 0, time.UTC)}
	for _, name := range []string{"anna", "bert", "cleo", "pool"} {
		w.parties = append(w.parties, &party{name: name, naive: &naive{p: p, all: &w.grants, goals: map[string]*naiveGoal{}}})
	}
	return w
}

// tick lets time pass.
func (w *world) tick(d dice) { w.now = w.now.Add(time.Duration(d(200, "hours later")) * time.Hour) }

// next draws the next command and decides it. The account is as it was: the caller
// applies the event, by [world.apply].
func (w *world) next(d dice) *turn {
	who := w.parties[among(d, "who", 0, 0, 0, 0, 0, 1, 1, 2, 3, 3)]
	h := points.Command{
		Key: fmt.Sprint("key", w.steps), Recorded: w.now,
		At: w.now.Add(-time.Duration(among(d, "hours late", 0, 0, 0, 30, 900)) * time.Hour),
	}
	if !w.calm && who.a.Version() > 0 && d.one(40, "back in time") {
		h.Recorded = who.naive.last.Add(-time.Duration(1+d(300, "hours back")) * time.Hour)
	}
	if !w.calm && d.one(20, "version") {
		h.Version = new(who.a.Version() + uint64(d(2, "other version")))
	}
	c := w.command(d, who, h)
	s := &turn{who: who, c: c, now: c.Recorded}
	if s.now.IsZero() {
		s.now = c.At
	}
	s.was = who.a.Clone()
	s.d, s.err = w.e.Decide(&who.a, c)
	return s
}

// apply lets a step happen.
func (w *world) apply(t require.TestingT, s *turn) {
	if s.err != nil || s.d.Replayed {
		return
	}
	require.NoError(t, s.who.a.Apply(s.d.Event))
	s.who.events = append(s.who.events, s.d.Event)
	s.who.done = append(s.who.done, s.c)
	require.NoError(t, w.usage.Add(s.d.Event.Granted()))
	b, ok := s.d.Event.Body.(*points.Sent)
	if !ok || len(b.Parcel) == 0 {
		return
	}
	// What was sent waits for who it was sent to.
	to, receive := w.parties[0], points.Receive{Parcel: b.Parcel}
	name := b.Leaver
	if send, ok := s.c.Do.(points.Send); ok {
		if name = send.To; send.Pool {
			receive.Contributor = s.who.name
		}
	}
	for _, p := range w.parties {
		if p.name == name {
			to = p
		}
	}
	to.inbox = append(to.inbox, receive)
}

// carriedOut picks a command of a kind that has been carried out; false if there is none.
func carriedOut[C points.Action](d dice, who *party) (c C, ok bool) {
	var all [64]int
	n := 0
	for i, x := range who.done {
		if _, ok = x.Do.(C); ok && n < len(all) {
			all[n] = i
			n++
		}
	}
	if n == 0 {
		return c, false
	}
	return who.done[all[d(n, "done")]].Do.(C), true
}

// points draws how many: mostly what there is, all or less, or a little more.
func (w *world) points(d dice, who *party) int64 {
	if n := who.a.Balance(w.now).Available; n > 0 && !d.one(6, "any") {
		if d.one(3, "all") {
			return n
		}
		return 1 + int64(d(int(min(n, 100))+1, "points"))
	}
	return d.number(1, 60, "points")
}

// command draws a command. It mostly fits what has happened, so that histories lead
// somewhere; names repeat, so that it clashes now and then.
func (w *world) command(d dice, who *party, h points.Command) points.Command {
	pool := w.parties[len(w.parties)-1]
	if who.a.Version() == 0 && d.one(4, "open") {
		return with(h, w.opening(d, h))
	}
	if len(who.inbox) > 0 && d.one(3, "receive") {
		c := who.inbox[0]
		who.inbox = who.inbox[1:]
		h.Version, h.Recorded, h.At = nil, w.now, w.now // so that it succeeds
		return with(h, c)
	}
	if c, ok := carriedOut[points.Receive](d, who); ok && who == pool && d.one(5, "leave") {
		return with(h, points.Leave{Member: c.Contributor})
	}
	kind := d(30, "command")
	_, ordered := carriedOut[points.Earn](d, who)
	_, reserved := carriedOut[points.Reserve](d, who)
	broke := who.a.Balance(w.now).Available == 0
	if reserved && d.one(8, "resolve") {
		kind = 21 + d(2, "void")
	}
	if (broke && kind >= 14 && kind <= 24 && kind != 17 || !ordered && kind <= 13 || !reserved && (kind == 21 || kind == 22)) && !d.one(6, "in vain") {
		kind = 0
	}
	switch kind {
	case 0, 1, 2, 3, 4, 5, 6, 7:
		return with(h, w.order(d, who, h))
	case 8, 9, 10, 11:
		return with(h, w.refund(d, who, h))
	case 12, 13:
		order, ok := carriedOut[points.Earn](d, who)
		if !ok {
			return with(h, points.Sweep{})
		}
		r, err := points.Recall(stored(who.events), order.Order)
		if err != nil {
			return with(h, points.Sweep{})
		}
		late := points.LateRefund{Recalled: r, Amount: d.cents(1, 1500, "cents"), Suspense: "late"}
		if d.one(2, "lines") {
			late.Amount, late.Lines = decimal.Decimal{}, d.named(order)
		}
		return with(h, late)
	case 14, 15, 16:
		return with(h, points.Redeem{Points: w.points(d, who)})
	case 17:
		c := points.Adjust{Points: d.number(1, 60, "points")}
		if d.one(2, "own") {
			c.Expires = new(h.At.AddDate(0, 0, d(50, "days")+1))
		}
		if d.one(4, "later") {
			c.AvailableAt = h.At.AddDate(0, 0, d(30, "days"))
		}
		return with(h, c)
	case 18:
		return with(h, points.Adjust{Points: -w.points(d, who)})
	case 19, 20:
		ttl := time.Duration(d(among(d, "long", 300, 5000), "hours")+1) * time.Hour
		return with(h, points.Reserve{Reservation: fmt.Sprint("hold", d(6, "hold")), Points: w.points(d, who), TTL: h.Recorded.Sub(h.At) + ttl})
	case 21:
		n := int64(d(31, "points"))
		return with(h, points.Commit{Reservation: w.reservation(d, who), Points: n, All: n == 0})
	case 22:
		return with(h, points.Void{Reservation: w.reservation(d, who)})
	case 23, 24:
		to := among(d, "to", pool, pool, w.parties[0], w.parties[1], w.parties[2])
		if to == who && !d.one(6, "in vain") {
			to = w.parties[(d(2, "to")+1)%2]
		}
		return with(h, points.Send{From: who.name, To: to.name, Points: w.points(d, who), Pool: to == pool})
	case 25:
		if d.one(6, "leave") {
			return with(h, points.Leave{Member: w.parties[d(len(w.parties)-1, "member")].name})
		}
		return with(h, points.Sweep{})
	case 26:
		date, _ := relmark.DateOf(h.At, w.p.Zone)
		return with(h, points.Close{Before: date.AddDays(1 - int(d.number(0, 20, "days")))})
	case 27:
		if !d.one(4, "idle") {
			c := points.Act{
				Kind: among(d, "kind", "review", "visit", "visit", "nothing"), Points: new(int64(d(20, "worth"))),
				Source: among(d, "source", "", "a", "b", "c"), Tier: among(d, "tier", "", "gold"), Budget: w.e.Earning().BudgetLeft(&w.usage, h.At),
			}
			return with(h, c)
		}
		if d.one(8, "open") {
			return with(h, points.Open{})
		}
		return with(h, points.Sweep{})
	case 28: // delivered once more, as it was or processed later
		if len(who.done) == 0 {
			return with(h, points.Sweep{})
		}
		again := who.done[d(len(who.done), "again")]
		if d.one(2, "later") {
			again.Recorded = w.now
		}
		return again
	default: // another command with a key that may have been used
		h.Key = fmt.Sprint("key", d(w.steps, "key"))
		return with(h, points.Redeem{Points: w.points(d, who)})
	}
}

// refund draws one: mostly a slice of an order that there is.
func (w *world) refund(d dice, who *party, h points.Command) points.Refund {
	c := points.Refund{Order: fmt.Sprint("order", d(9, "order")), Amount: d.cents(1, 2500, "cents")}
	if order, ok := carriedOut[points.Earn](d, who); ok && !d.one(6, "any") {
		c.Order = order.Order
		if d.one(3, "all") && order.Amount.Sign() > 0 {
			c.Amount = order.Amount
		}
		if d.one(2, "lines") {
			c.Lines, c.Amount = d.named(order), decimal.Decimal{}
		}
	}
	if d.one(3, "dated") {
		c.Ordered, _ = relmark.DateOf(h.At, w.p.Zone)
	}
	return c
}

// named draws what a refund names of an order: mostly lines that there are.
func (d dice) named(order points.Earn) (lines []points.RefundLine) {
	for i := range d.number(1, 2, "named") {
		l := points.RefundLine{ID: fmt.Sprint(int64(d(max(1, len(order.Lines)), "line")) + 1 - i)}
		if n := d(max(1, len(order.Lines)), "line"); n < len(order.Lines) && order.Lines[n].ID != "" {
			l.ID = order.Lines[n].ID
		}
		if d.one(2, "units") {
			l.Quantity = new(decimal.New(d.number(1, 12, "quantity"), int32(-d.number(0, 1, "tenths"))))
		} else {
			l.Amount = new(d.cents(1, 1500, "cents"))
		}
		if l.ID != "0" && (len(lines) == 0 || lines[0].ID != l.ID) {
			lines = append(lines, l)
		}
	}
	if lines == nil {
		lines = append(lines, points.RefundLine{ID: "1", Quantity: new(decimal.New(1, 0))})
	}
	return lines
}

// reservation draws a name, mostly of one that there is.
func (w *world) reservation(d dice, who *party) string {
	if c, ok := carriedOut[points.Reserve](d, who); ok && !d.one(8, "any") {
		return c.Reservation
	}
	return fmt.Sprint("hold", d(6, "hold"))
}

// order draws an order, with what the budgets leave.
func (w *world) order(d dice, who *party, h points.Command) points.Earn {
	c := points.Earn{
		Order: fmt.Sprint("order", d(9, "order")), Amount: d.cents(0, 4000, "cents"),
		Tier: among(d, "tier", "", "gold", "silver"), Budget: w.e.Earning().BudgetLeft(&w.usage, h.At),
	}
	if d.one(2, "pays") && who.a.Balance(w.now).Available > 0 || d.one(20, "in vain") {
		c.PayPoints = w.points(d, who)
		c.Amount = c.Amount.Add(decimal.New(2, 0))
	}
	for range d(3, "lines") {
		l := earning.OrderLine{Amount: d.cents(0, among(d, "much", 0, 900, 3000), "line"), Category: among(d, "category", "coffee", "tea")}
		if d.one(3, "called") {
			l.ID = fmt.Sprint("line", len(c.Lines))
		}
		if d.one(2, "units") {
			l.Quantity = new(decimal.New(d.number(1, 40, "quantity"), -1))
		}
		c.Lines = append(c.Lines, l)
	}
	if d.one(3, "tagged") {
		c.Tags = []earning.Tag{{Name: "channel", Value: among(d, "channel", "app", "shop")}}
	}
	if d.one(6, "own") {
		c.Expires = new(time.Time)
		if d.one(2, "ends") {
			*c.Expires = h.At.AddDate(0, 0, d(50, "days")+1)
		}
	}
	if c.Budget == nil && !w.free && d.one(8, "budget") {
		c.Budget = new(int64(d(30, "left")))
	}
	return c
}

// opening draws an account of an older programme.
func (w *world) opening(d dice, h points.Command) points.Open {
	c := points.Open{Debt: int64(d(3, "owing") * d(30, "debt"))}
	for range d(4, "lots") {
		o := points.Opening{Points: d.number(1, 60, "points")}
		if d.one(2, "later") {
			o.AvailableAt = h.At.AddDate(0, 0, d(40, "days")-10)
		}
		if d.one(2, "ends") {
			o.ExpiresAt, o.Rolls = h.At.AddDate(0, 0, d(60, "days")-5), d.one(2, "rolls")
		}
		c.Lots = append(c.Lots, o)
	}
	if d.one(2, "active") {
		c.Activity, _ = relmark.DateOf(h.At.AddDate(0, 0, -d(40, "days")), time.UTC)
	}
	return c
}

// history draws the commands of one member, without budgets and repetitions, and lets
// each be seen, with what was decided and the account after it.
func history(t *rapid.T, p points.Program, seen func(c points.Command, now time.Time, d points.Decision, err error, a *points.Account)) {
	w, d := newWorld(p, t), rapidDice(t)
	w.free, w.calm = true, true
	for range d.number(1, 60, "steps") {
		w.steps++
		w.tick(d)
		s := w.next(d)
		w.apply(t, s)
		if s.who == w.parties[0] && !s.d.Replayed {
			seen(s.c, w.now, s.d, s.err, &s.who.a)
		}
	}
}
