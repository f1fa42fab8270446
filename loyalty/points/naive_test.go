package points_test

import (
	"math/big"
	"reflect"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/earning"
	"github.com/relmark/relmark/loyalty/points"
)

// A naive ledger: the conventions written down once more, with other means. It keeps
// everything for ever in plain lists and looks at all of it each time; time passes by
// visiting every lot and reservation; points are spent one by one; fractions are
// big.Rat; a date is the number 20250131. Nothing is shared with the package but the
// words of its interface.
type naive struct {
	p      points.Program
	all    *[]naiveGrant // to all members, for budgets
	lots   []*naiveLot   // by creation
	orders []*naiveOrder
	holds  []*naiveHold
	keys   []*naiveKey
	parked []naiveParked
	grants []naiveGrant
	goals  map[string]*naiveGoal
	pool   []*naiveMember
	deeds  []*naiveDeed

	events   int
	last     time.Time // at which the last event was processed
	activity int       // date
	closed   int       // date

	debt, issued, redeemed, expired, reversed, received, sent, lost int64
}

type naiveLot struct {
	n       int
	pending bool
	left    int64
	expired int64
	over    bool
	from    time.Time
	until   time.Time // zero: never
	rolls   bool
	owner   *naiveMember
}

type naiveOrder struct {
	name            string
	date            int
	forgotten       bool
	total, refunded int64 // cents
	granted, taken  int64
	lost, deducted  int64
	lot             *naiveLot
	paid            []naiveTake
	spent, restored int64
	value           int64 // cents
	lines           []*naiveLine
	bonus, fallen   int64        // of granted: of goals, in no line's points; and of that, taken back
	goals           []*naiveGoal // that act on it
}

type naiveTake struct {
	lot *naiveLot
	n   int64
}

type naiveHold struct {
	name     string
	takes    []naiveTake
	deadline time.Time
	over     string
	gone     bool
}

type naiveKey struct {
	key  string
	c    points.Command
	seq  int
	at   time.Time
	gone bool
}

type naiveParked struct {
	order string
	parts []naivePart
	date  int
}

type naiveGrant struct {
	date   int
	points int64
}

type naiveMember struct {
	name    string
	brought int64
}

// An outcome is what a command did, as far as others than the account notice.
type outcome struct {
	sums
	parcel []points.Moved
}

type sums struct {
	granted, cut, qualifying, settled, value    int64
	cash, deducted, owed, lost, restored, taken int64
	expired                                     int64
}

func (o *outcome) refund(b *points.Refunded) {
	o.cash += b.Cash
	o.deducted += b.Deducted
	o.owed += b.Debt
	o.lost += b.Unrecovered
	o.restored += b.Given()
	o.taken += b.Taken()
	if b.Parked {
		o.cash = 0
	}
}

// is compares outcomes.
func (o *outcome) is(x *outcome) bool {
	return o.sums == x.sums && slices.Equal(o.parcel, x.parcel)
}

// outcomeOf reads the outcome off an event.
func outcomeOf(ev *points.Event) (o outcome) {
	switch b := ev.Body.(type) {
	case *points.Earned:
		o.granted, o.cut, o.qualifying, o.settled, o.value = b.Award.Granted, b.Award.Cut, b.Award.Qualifying, b.Settled, b.PaidValue
		for i := range b.Refunds {
			o.refund(&b.Refunds[i])
		}
	case *points.Acted:
		o.granted, o.cut, o.settled = b.Award.Granted, b.Award.Cut, b.Settled
	case *points.Refunded:
		o.refund(b)
	case *points.LateRefunded:
		o.refund(&b.Refund)
	case *points.Sent:
		o.parcel = b.Parcel
	case *points.Swept:
		o.expired = b.Expired
	}
	return o
}

// ymd returns the date of an instant in the programme's zone.
func (m *naive) ymd(t time.Time) int {
	y, mon, d := t.In(m.zone()).Date()
	return y*10_000 + int(mon)*100 + d
}

func (m *naive) zone() *time.Location {
	if m.p.Zone == nil {
		return time.UTC
	}
	return m.p.Zone
}

// ymdOf converts a date; none is 0.
func ymdOf(d relmark.Date) int {
	if d.IsZero() {
		return 0
	}
	y, mon, day := d.Civil()
	return y*10_000 + int(mon)*100 + day
}

// plusDays counts days by noons in UTC.
func plusDays(date, n int) int {
	y, mon, d := time.Date(date/10_000, time.Month(date/100%100), date%100+n, 12, 0, 0, 0, time.UTC).Date()
	return y*10_000 + int(mon)*100 + d
}

// plusMonths counts months, and goes back to the last day there is.
func plusMonths(date, n int) int {
	months := date/10_000*12 + date/100%100 - 1 + n
	y, mon := months/12, months%12+1
	last := time.Date(y, time.Month(mon+1), 0, 12, 0, 0, 0, time.UTC).Day()
	return y*10_000 + mon*100 + min(date%100, last)
}

// start goes through the night in quarters of an hour until it is that day.
func (m *naive) start(date int) time.Time {
	t := time.Date(date/10_000, time.Month(date/100%100), date%100, 0, 0, 0, 0, m.zone()).Add(-3 * time.Hour)
	for m.ymd(t) < date {
		t = t.Add(15 * time.Minute)
	}
	return t.UTC()
}

// rolls reports whether activity moves the expiry of points.
func (m *naive) rolls() bool {
	return m.p.Expiry.Kind == points.Inactivity || m.p.Expiry.Kind == points.InactivityDays
}

// yearEnd returns the last day of the programme year that ends in a year, year that in which
// the one of a date does.
func (m *naive) yearEnd(year int) int {
	end := m.p.YearEnd
	if end.IsZero() {
		return year*10_000 + 1231
	}
	return min(year*10_000+int(end.Month)*100+end.Day, plusDays(plusMonths(year*10_000+int(end.Month)*100+1, 1), -1))
}

func (m *naive) year(date int) int {
	if date > m.yearEnd(date/10_000) {
		return date/10_000 + 1
	}
	return date / 10_000
}

// expiry returns when points of an activity on a date expire; zero is never.
func (m *naive) expiry(date int) time.Time {
	n := m.p.Expiry.N
	switch m.p.Expiry.Kind {
	case points.Days, points.InactivityDays:
		date = plusDays(date, n)
	case points.Months, points.Inactivity:
		date = plusMonths(date, n)
	case points.MonthsEOM:
		date = plusDays(plusMonths(date-date%100+1, n+1), -1)
	case points.FixedYearEnd:
		date = m.yearEnd(m.year(date) + n)
	default:
		return time.Time{}
	}
	return m.start(plusDays(date, 1))
}

// pass lets time pass: deadlines, maturity, expiry.
func (m *naive) pass(now time.Time) {
	for _, h := range m.holds {
		if h.over == "" && !now.Before(h.deadline) {
			h.over = "reservation_expired"
			m.release(h.takes, now)
		}
	}
	for _, l := range m.lots {
		l.pending = now.Before(l.from)
		if !l.until.IsZero() && !now.Before(l.until) {
			l.over = true
			l.expired += l.left
			m.expired += l.left
			l.left = 0
		}
	}
}

// release returns points to lots, or to nowhere.
func (m *naive) release(takes []naiveTake, now time.Time) {
	for _, t := range takes {
		if t.lot.over || !t.lot.until.IsZero() && !now.Before(t.lot.until) {
			t.lot.over = true
			t.lot.expired += t.n
			m.expired += t.n
		} else {
			t.lot.left += t.n
		}
	}
}

func (m *naive) available() (n int64) {
	for _, l := range m.lots {
		if !l.pending {
			n += l.left
		}
	}
	return n
}

// burn takes points one at a time, from whichever lot is first then.
func (m *naive) burn(n int64, ok func(*naiveLot) bool) (takes []naiveTake) {
	for ; n > 0; n-- {
		var first *naiveLot
		for _, l := range m.lots {
			if l.pending || l.left == 0 || ok != nil && !ok(l) {
				continue
			}
			if first == nil || !l.until.IsZero() && (first.until.IsZero() || l.until.Before(first.until)) {
				first = l
			}
		}
		if first == nil {
			break
		}
		first.left--
		if k := len(takes); k > 0 && takes[k-1].lot == first {
			takes[k-1].n++
		} else {
			takes = append(takes, naiveTake{first, 1})
		}
	}
	return takes
}

// active notes an activity, which prolongs what lives.
func (m *naive) active(date int) {
	m.activity = max(m.activity, date)
	if !m.rolls() {
		return
	}
	to := m.expiry(m.activity)
	for _, l := range m.lots {
		if l.rolls && !l.over && l.until.Before(to) {
			l.until = to
		}
	}
}

func (m *naive) lot(n int64, from, until time.Time, rolls bool, now time.Time) *naiveLot {
	l := &naiveLot{n: len(m.lots) + 1, left: n, from: from.UTC(), until: until.UTC(), rolls: rolls}
	m.lots = append(m.lots, l)
	m.pass(now)
	return l
}

// samePayload compares what commands ask for.
func samePayload(a, b points.Command) bool {
	plain := func(c points.Command) points.Command {
		c.Recorded, c.Version = time.Time{}, nil
		switch do := c.Do.(type) {
		case points.Earn:
			do.Budget, do.Tier = nil, ""
			c.Do = do
		case points.Act:
			do.Budget, do.Tier = nil, ""
			c.Do = do
		case points.LateRefund:
			c.Do = points.Refund{Order: "late " + do.Recalled.Order(), Amount: do.Amount, Lines: do.Lines}
		}
		return c
	}
	return reflect.DeepEqual(plain(a), plain(b))
}

// do carries out a command, or says why not; the reason "replayed" comes with the
// number of the event.
func (m *naive) do(h points.Command) (reason string, seq int, o outcome) {
	now := h.Recorded
	if now.IsZero() {
		now = h.At
	}
	for _, k := range m.keys {
		if k.key == h.Key && !k.gone {
			if !samePayload(k.c, h) {
				return "key_conflict", 0, o
			}
			return "replayed", k.seq, o
		}
	}
	switch {
	case h.Version != nil && int(*h.Version) != m.events:
		return "version_conflict", 0, o
	case m.ymd(h.At) < m.closed:
		return "period_closed", 0, o
	case m.events > 0 && now.Before(m.last):
		return "time_runs_back", 0, o
	}
	m.pass(now)
	if reason = m.carryOut(h.Do, h.At, now, &o); reason == "" {
		m.events++
		m.last = now
		m.keys = append(m.keys, &naiveKey{key: h.Key, c: h, seq: m.events, at: h.At})
		m.pass(now)
	}
	return reason, m.events, o
}

func (m *naive) carryOut(c points.Action, at, now time.Time, o *outcome) string {
	switch c := c.(type) {
	case points.Earn:
		return m.earn(c, at, now, o)
	case points.Redeem:
		if c.Points > m.available() {
			return "insufficient"
		}
		m.burn(c.Points, nil)
		m.redeemed += c.Points
		m.active(m.ymd(at))
	case points.Act:
		return m.act(c, at, now, o)
	case points.Refund:
		return m.refund(c, at, now, o)
	case points.LateRefund:
		for _, x := range slices.Backward(m.orders) {
			if x.name == c.Recalled.Order() {
				if !x.forgotten {
					return "not_forgotten"
				}
				return m.takeBackLate(x, partsAsked(points.Refund{Amount: c.Amount, Lines: c.Lines}), m.ymd(at), now, o)
			}
		}
		return "invalid"
	case points.Adjust:
		return m.adjust(c, at, now)
	case points.Reserve:
		if m.hold(c.Reservation) != nil {
			return "duplicate_reservation"
		}
		if !at.Add(c.TTL).After(now) {
			return "reservation_expired"
		}
		if c.Points > m.available() {
			return "insufficient"
		}
		m.holds = append(m.holds, &naiveHold{name: c.Reservation, takes: m.burn(c.Points, nil), deadline: at.Add(c.TTL)})
	case points.Commit:
		return m.resolve(c.Reservation, c.Points, at, now)
	case points.Void:
		return m.resolve(c.Reservation, -1, at, now)
	case points.Send:
		return m.send(c, o)
	case points.Receive:
		var owner *naiveMember
		if c.Contributor != "" {
			if owner = m.member(c.Contributor); owner == nil {
				owner = &naiveMember{name: c.Contributor}
				m.pool = append(m.pool, owner)
			}
		}
		for _, p := range c.Parcel {
			m.received += p.Points
			l := m.lot(p.Points, p.AvailableAt, p.ExpiresAt, p.Rolls, now)
			if l.owner = owner; owner != nil {
				owner.brought += p.Points
			}
		}
	case points.Leave:
		return m.leave(c, o)
	case points.Open:
		return m.open(c, at, now)
	case points.Close:
		return m.close(c, at)
	case points.Sweep:
		o.expired = m.expired
	}
	return ""
}

func (m *naive) hold(name string) *naiveHold {
	for _, h := range m.holds {
		if h.name == name && !h.gone {
			return h
		}
	}
	return nil
}

func (m *naive) order(name string) *naiveOrder {
	for _, o := range m.orders {
		if o.name == name && !o.forgotten {
			return o
		}
	}
	return nil
}

func (m *naive) member(name string) *naiveMember {
	for _, x := range m.pool {
		if x.name == name {
			return x
		}
	}
	return nil
}

func (m *naive) open(c points.Open, at, now time.Time) string {
	if m.events > 0 {
		return "not_empty"
	}
	for _, x := range c.Lots {
		from := x.AvailableAt
		if from.IsZero() {
			from = at
		}
		m.issued += x.Points
		m.lot(x.Points, from, x.ExpiresAt, x.Rolls, now)
	}
	m.debt, m.reversed, m.activity = c.Debt, c.Debt, ymdOf(c.Activity)
	return ""
}

// close only marks what is forgotten.
func (m *naive) close(c points.Close, at time.Time) string {
	before := ymdOf(c.Before)
	if before > m.ymd(at) {
		return "invalid"
	}
	if before < m.closed {
		return "period_closed"
	}
	m.closed = before
	start := m.start(before)
	for _, o := range m.orders {
		o.forgotten = o.forgotten || o.date < before
	}
	for _, g := range m.goals {
		g.close()
	}
	for _, d := range m.deeds {
		d.gone = d.gone || d.date < before
	}
	for _, h := range m.holds {
		h.gone = h.gone || h.over != "" && h.deadline.Before(start)
	}
	for _, k := range m.keys {
		k.gone = k.gone || k.at.Before(start)
	}
	return ""
}

func (m *naive) adjust(c points.Adjust, at, now time.Time) string {
	if c.Points < 0 {
		if -c.Points > m.available() {
			return "insufficient"
		}
		m.burn(-c.Points, nil)
		m.reversed -= c.Points
		return ""
	}
	from, until, rolls := at, m.expiry(m.ymd(at)), false
	if m.rolls() {
		rolls = true
		if m.activity > 0 {
			if own := m.expiry(m.activity); own.After(now) {
				until = own
			}
		}
	}
	if c.Expires != nil {
		until, rolls = *c.Expires, false
	}
	if !c.AvailableAt.IsZero() {
		from = c.AvailableAt
	}
	m.issued += c.Points
	m.lot(c.Points, from, until, rolls, now)
	return ""
}

func (m *naive) resolve(name string, n int64, at, now time.Time) string {
	h := m.hold(name)
	if h == nil {
		return "unknown_reservation"
	}
	if h.over != "" {
		return h.over
	}
	all := int64(0)
	for _, t := range h.takes {
		all += t.n
	}
	use := n
	if n == 0 {
		use = all
	}
	if use > all {
		return "exceeds_reservation"
	}
	h.over = "already_resolved"
	m.redeemed += max(0, use)
	left := max(0, use)
	for _, t := range h.takes {
		used := min(left, t.n)
		left -= used
		m.release([]naiveTake{{t.lot, t.n - used}}, now)
	}
	if n >= 0 {
		m.active(m.ymd(at))
	}
	return ""
}

// moved says what is on its way.
func (o *outcome) moved(takes []naiveTake) (n int64) {
	for _, t := range takes {
		o.parcel = append(o.parcel, points.Moved{Lot: uint64(t.lot.n), Points: t.n, AvailableAt: t.lot.from, ExpiresAt: t.lot.until, Rolls: t.lot.rolls})
		n += t.n
	}
	return n
}

func (m *naive) send(c points.Send, o *outcome) string {
	fee := int64(0)
	if !c.Pool {
		share := new(big.Rat).Mul(m.p.TransferFee.Rat(), whole(c.Points))
		fee = -below(share.Neg(share))
	}
	switch {
	case c.From == c.To:
		return "self_transfer"
	case c.Points > m.available():
		return "insufficient"
	}
	m.burn(fee, nil)
	m.redeemed += fee
	m.sent += o.moved(m.burn(c.Points-fee, nil))
	return ""
}

// leave shares by giving each member the whole points, and the odd ones to who lacks
// most, the first of them where it is the same.
func (m *naive) leave(c points.Leave, o *outcome) string {
	who := m.member(c.Member)
	if who == nil {
		return "not_a_member"
	}
	own := func(l *naiveLot) bool { return l.owner == who }
	balance := m.available()
	if m.p.Payout == points.ByLot {
		m.sent += o.moved(m.burn(balance, own))
	} else {
		brought := int64(0)
		for _, x := range m.pool {
			brought += x.brought
		}
		odd := balance
		shares, lacks := map[*naiveMember]int64{}, map[*naiveMember]*big.Rat{}
		for _, x := range m.pool {
			exact := new(big.Rat).Mul(whole(balance), big.NewRat(x.brought, brought))
			shares[x] = below(exact)
			odd -= shares[x]
			lacks[x] = exact.Sub(exact, whole(shares[x]))
		}
		for ; odd > 0; odd-- {
			most := m.pool[0]
			for _, x := range m.pool {
				if lacks[x].Cmp(lacks[most]) > 0 {
					most = x
				}
			}
			shares[most]++
			lacks[most] = new(big.Rat)
		}
		got := o.moved(m.burn(shares[who], own))
		m.sent += got + o.moved(m.burn(shares[who]-got, func(l *naiveLot) bool { return !own(l) }))
	}
	m.pool = slices.DeleteFunc(m.pool, func(x *naiveMember) bool { return x == who })
	return ""
}

func whole(n int64) *big.Rat { return new(big.Rat).SetInt64(n) }

// below returns the next integer below.
func below(x *big.Rat) int64 { return new(big.Int).Div(x.Num(), x.Denom()).Int64() }

// rounded rounds by the name of the way.
func rounded(x *big.Rat, how earning.Rounding) int64 {
	n := below(x)
	rest := new(big.Rat).Sub(x, whole(n))
	half := rest.Cmp(big.NewRat(1, 2))
	if how == earning.Ceiling && rest.Sign() > 0 || how == earning.HalfUp && half >= 0 ||
		how == earning.HalfEven && (half > 0 || half == 0 && n%2 != 0) {
		n++
	}
	return n
}

// cents converts what has two digits at most.
func cents(d decimal.Decimal) int64 { return d.Mul(decimal.New(100, 0)).IntPart() }

// applies judges a condition by reading it aloud.
func (m *naive) applies(c *earning.Condition, order *points.Earn, date int) bool {
	ok := true
	ok = ok && (c.From.IsZero() || date >= ymdOf(c.From))
	ok = ok && (c.To.IsZero() || date <= ymdOf(c.To))
	if len(c.Weekdays) > 0 {
		noon := time.Date(date/10_000, time.Month(date/100%100), date%100, 12, 0, 0, 0, time.UTC)
		ok = ok && slices.Contains(c.Weekdays, noon.Weekday())
	}
	ok = ok && (len(c.Tiers) == 0 || slices.Contains(c.Tiers, order.Tier))
	ok = ok && (len(c.Categories) == 0 || slices.ContainsFunc(order.Lines, func(l earning.OrderLine) bool { return slices.Contains(c.Categories, l.Category) }))
	ok = ok && (c.MinTotal == nil || cents(order.Amount) >= cents(*c.MinTotal))
	ok = ok && (c.MaxTotal == nil || cents(order.Amount) <= cents(*c.MaxTotal))
	ok = ok && (c.Tag == "" || slices.ContainsFunc(order.Tags, func(t earning.Tag) bool {
		return t.Name == c.Tag && (len(c.Values) == 0 || slices.Contains(c.Values, t.Value))
	}))
	ok = ok && (len(c.Any) == 0 || slices.ContainsFunc(c.Any, func(x earning.Condition) bool { return m.applies(&x, order, date) }))
	return ok && !slices.ContainsFunc(c.Not, func(x earning.Condition) bool { return m.applies(&x, order, date) })
}

// version returns the rules of a date.
func (m *naive) version(date int) *earning.Version {
	for i, v := range m.p.Versions {
		if (v.From.IsZero() || date >= ymdOf(v.From)) && (v.To.IsZero() || date <= ymdOf(v.To)) {
			return &m.p.Versions[i]
		}
	}
	return nil
}

// counted adds up grants of the period around a date.
func (m *naive) counted(grants []naiveGrant, per earning.Period, date int) (n int64) {
	for _, g := range grants {
		if per == earning.PerLife || per == earning.PerYear && m.year(g.date) == m.year(date) || per == earning.PerMonth && g.date/100 == date/100 ||
			per == earning.PerDay && g.date == date {
			n += g.points
		}
	}
	return n
}

// left returns what budgets leave on a date, -1 where there are none.
func (m *naive) left(date int) int64 {
	v := m.version(date)
	if v == nil || len(v.Budgets) == 0 {
		return -1
	}
	left := int64(1) << 53
	for _, b := range v.Budgets {
		left = min(left, max(0, b.Points-m.counted(*m.all, b.Per, date)))
	}
	return left
}

func (m *naive) earn(c points.Earn, at, now time.Time, o *outcome) string {
	date := m.ymd(at)
	x := &naiveOrder{name: c.Order, date: date, total: cents(c.Amount), spent: c.PayPoints}
	x.value = below(new(big.Rat).Mul(m.p.PointValue.Rat(), whole(100*c.PayPoints)))
	v := m.version(date)
	switch {
	case v == nil || len(v.Budgets) > 0 && c.Budget == nil:
		return "invalid"
	case c.PayPoints > 0 && x.value == 0:
		return "below_minimum"
	case x.value > x.total:
		return "exceeds_payable"
	case m.order(c.Order) != nil:
		return "duplicate_order"
	case c.PayPoints > m.available():
		return "insufficient"
	}
	x.lines = m.split(&c, x)
	sum, goals := m.price(v, &c, x, date, o)
	x.granted = sum
	for _, k := range v.Caps {
		x.granted = min(x.granted, max(0, k.Points-m.counted(m.grants, k.Per, date)))
	}
	if c.Budget != nil {
		x.granted = min(x.granted, max(0, *c.Budget))
	}
	o.granted, o.cut, o.value = x.granted, sum-x.granted, x.value
	x.bonus = x.granted - min(x.granted, sum-goals)
	x.bear()
	m.divide(v, &c, x, date)
	m.grants = append(m.grants, naiveGrant{date, x.granted})
	*m.all = append(*m.all, naiveGrant{date, x.granted})
	m.issued += x.granted
	x.paid = m.burn(c.PayPoints, nil)
	m.redeemed += c.PayPoints
	m.grantLot(x, &c, at, now, o)
	m.active(date)
	m.orders = append(m.orders, x)
	for _, p := range m.parked {
		if p.order == c.Order {
			m.takeBack(x, x.fitting(p.parts), p.date, now, o)
		}
	}
	m.parked = slices.DeleteFunc(m.parked, func(p naiveParked) bool { return p.order == c.Order })
	return ""
}

// price returns what an order earns before caps, and how much of that is of goals.
func (m *naive) price(v *earning.Version, c *points.Earn, x *naiveOrder, date int, o *outcome) (sum, goals int64) {
	cash := x.total - x.value
	base := new(big.Rat)
	for _, r := range v.Rates {
		if m.applies(&r.When, c, date) {
			rate := new(big.Rat).Quo(whole(r.Points), r.Per.Rat())
			base.Add(base, rate.Mul(rate, big.NewRat(cash, 100)))
		}
	}
	o.qualifying = below(base)
	sum = rounded(base.Mul(base, m.factor(v, c, date)), v.Rounding)
	for _, b := range v.Bonuses {
		if m.applies(&b.When, c, date) {
			sum += b.Points
		}
	}
	for _, g := range v.Goals {
		if !m.applies(&g.When, c, date) {
			continue
		}
		p := m.goals[g.Rule]
		if p == nil {
			p = &naiveGoal{kind: g.Count}
			m.goals[g.Rule] = p
		}
		act := &naiveAct{order: x}
		if g.When.MinTotal != nil {
			act.least = cents(*g.When.MinTotal)
		}
		p.acts = append(p.acts, act)
		x.goals = append(x.goals, p)
		if goals += p.reach(g, x); goals > 1<<53-1 {
			return goals, goals
		}
	}
	return sum + goals, goals
}

func (m *naive) factor(v *earning.Version, c *points.Earn, date int) *big.Rat {
	var holding []earning.Multiplier
	var alone *earning.Multiplier
	for i, x := range v.Multipliers {
		if !m.applies(&x.When, c, date) {
			continue
		}
		holding = append(holding, x)
		if x.Exclusive && (alone == nil || x.Priority > alone.Priority) {
			alone = &v.Multipliers[i]
		}
	}
	if alone != nil {
		return alone.Factor.Rat()
	}
	factor := whole(1)
	for _, x := range holding {
		if v.Stacking == earning.Compounding {
			factor.Mul(factor, x.Factor.Rat())
		} else {
			factor.Add(factor, new(big.Rat).Sub(x.Factor.Rat(), whole(1)))
		}
	}
	if factor.Sign() < 0 {
		return new(big.Rat)
	}
	return factor
}

// grantLot gives an order its lot, and pays the debt first.
func (m *naive) grantLot(x *naiveOrder, c *points.Earn, at, now time.Time, o *outcome) {
	if x.granted == 0 {
		return
	}
	from := at
	if m.p.MaturityDays > 0 {
		from = m.start(plusDays(x.date, m.p.MaturityDays))
	}
	until, rolls := m.expiry(max(x.date, m.activity)), true
	if !m.rolls() {
		until, rolls = m.expiry(x.date), false
	}
	if c.Expires != nil {
		until, rolls = *c.Expires, false
	}
	o.settled = min(x.granted, m.debt)
	m.debt -= o.settled
	x.lot = m.lot(x.granted-o.settled, from, until, rolls, now)
}

func (m *naive) refund(c points.Refund, at, now time.Time, out *outcome) string {
	o, parts := m.order(c.Order), partsAsked(c)
	switch {
	case o != nil:
		return m.takeBack(o, parts, m.ymd(at), now, out)
	case ymdOf(c.Ordered) < m.closed:
		return "period_closed"
	}
	m.parked = append(m.parked, naiveParked{c.Order, parts, m.ymd(at)})
	return ""
}

func (m *naive) takeBack(o *naiveOrder, parts []naivePart, date int, now time.Time, out *outcome) string {
	if len(parts) == 0 {
		return ""
	}
	cash := -o.cashBack()
	if reason := o.give(parts); reason != "" {
		return reason
	}
	cash += o.cashBack()
	back := o.pointsBack() - o.restored
	o.restored += back
	m.redeemed -= back
	out.restored += back
	for i := len(o.paid) - 1; i >= 0 && back > 0; i-- {
		n := min(back, o.paid[i].n)
		back -= n
		o.paid[i].n -= n
		l := o.paid[i].lot
		if n > 0 && l.over && m.p.GraceDays != nil {
			m.lot(n, now, m.start(plusDays(date, *m.p.GraceDays+1)), false, now)
			continue
		}
		m.release([]naiveTake{{l, n}}, now)
	}
	take := m.reclaim(o, out)
	for _, g := range o.goals {
		for _, b := range g.fall() {
			b.order.fallen += b.points
			take += m.reclaim(b.order, out)
		}
	}
	if m.p.Shortfall == points.Debt {
		m.debt += take
		m.reversed += take
		out.owed += take
		out.taken += take
	} else {
		m.lost += take
		o.lost += take
		out.lost += take
	}
	if m.p.Shortfall == points.CashDeduct {
		worth := below(new(big.Rat).Mul(m.p.PointValue.Rat(), whole(100*o.lost)))
		keep := max(0, min(worth-o.deducted, cash))
		o.deducted += keep
		out.deducted += keep
		cash -= keep
	}
	out.cash += cash
	return ""
}

// takeBackLate leaves goals alone.
func (m *naive) takeBackLate(o *naiveOrder, parts []naivePart, date int, now time.Time, out *outcome) string {
	goals := o.goals
	o.goals = nil
	defer func() { o.goals = goals }()
	return m.takeBack(o, parts, date, now, out)
}

// reclaim takes back what is due of the points of an order, and returns how many there
// are not.
func (m *naive) reclaim(o *naiveOrder, out *outcome) int64 {
	target := below(o.sum(func(l *naiveLine) int64 { return l.earned })) + o.fallen
	if o.lot != nil {
		target = min(target, o.granted-o.lot.expired)
	}
	take := max(0, target-o.taken)
	o.taken += take
	if o.lot != nil {
		n := min(take, o.lot.left)
		o.lot.left -= n
		m.reversed += n
		out.taken += n
		take -= n
	}
	for _, t := range m.burn(take, nil) {
		m.reversed += t.n
		out.taken += t.n
		take -= t.n
	}
	return take
}

// balance returns what the account should say now.
func (m *naive) balance() points.Balance {
	b := points.Balance{
		Debt: m.debt, Issued: m.issued, Redeemed: m.redeemed, Expired: m.expired, Reversed: m.reversed,
		Received: m.received, Sent: m.sent, Unrecovered: m.lost, ParkedRefunds: len(m.parked),
	}
	for _, l := range m.lots {
		if l.pending {
			b.Pending += l.left
		} else {
			b.Available += l.left
		}
		if l.left == 0 || l.until.IsZero() {
			continue
		}
		if b.NextExpiry.IsZero() || l.until.Before(b.NextExpiry) {
			b.NextExpiry, b.NextExpiring = l.until, 0
		}
		if l.until.Equal(b.NextExpiry) {
			b.NextExpiring += l.left
		}
	}
	for _, h := range m.holds {
		if h.over == "" {
			for _, t := range h.takes {
				b.Held += t.n
			}
		}
	}
	return b
}

// list returns the lots as the account should list them: by picking the next to burn.
func (m *naive) list() (lots []points.Lot) {
	var seen []*naiveLot
	for {
		var next *naiveLot
		for _, l := range m.lots {
			if l.left > 0 && !slices.Contains(seen, l) && (next == nil || !l.until.IsZero() && (next.until.IsZero() || l.until.Before(next.until))) {
				next = l
			}
		}
		if next == nil {
			return lots
		}
		seen = append(seen, next)
		state := points.Available
		if next.pending {
			state = points.Pending
		}
		lots = append(lots, points.Lot{ID: uint64(next.n), Points: next.left, AvailableAt: next.from, ExpiresAt: next.until, State: state})
	}
}
