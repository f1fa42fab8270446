package points_test

import (
	"math/big"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/points"
)

// A naive ledger: the conventions written down once more, with other means. Time
// passes by looking at every lot and reservation, fractions are big.Rat, nothing is
// derived, and nothing is shared with the package but the words of its interface.
type naive struct {
	p         points.Program
	lots      []*naiveLot // by creation
	orders    map[string]*naiveOrder
	holds     map[string]*naiveHold
	parked    []naiveParked
	last      relmark.Date // qualifying activity
	months    map[string]int64
	debt      int64
	issued    int64
	redeemed  int64
	expired   int64
	reversed  int64
	received  int64
	sent      int64
	unrecover int64
	card      int             // orders so far
	gold      decimal.Decimal // cash so far with the tier
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
}

type naiveOrder struct {
	total, refunded decimal.Decimal
	granted, taken  int64
	lot             *naiveLot
	paid            []naiveTake
	spent, restored int64
	valueOf         decimal.Decimal
}

type naiveTake struct {
	lot *naiveLot
	n   int64
}

type naiveHold struct {
	takes    []naiveTake
	deadline time.Time
	over     string
}

type naiveParked struct {
	order  string
	amount decimal.Decimal
	date   relmark.Date
}

func newNaive(p points.Program) *naive {
	return &naive{p: p, orders: map[string]*naiveOrder{}, holds: map[string]*naiveHold{}, months: map[string]int64{}}
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
func (m *naive) burn(n int64) (takes []naiveTake) {
	for ; n > 0; n-- {
		var first *naiveLot
		for _, l := range m.lots {
			if l.pending || l.left == 0 {
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

func (m *naive) date(t time.Time) relmark.Date {
	d, err := relmark.DateOf(t, m.p.Zone)
	if err != nil {
		panic(err)
	}
	return d
}

func (m *naive) expiry(d relmark.Date) time.Time {
	if m.p.Expiry.Kind == points.NoExpiry {
		return time.Time{}
	}
	if m.p.Expiry.Kind == points.Inactivity && m.last.After(d) {
		d = m.last
	}
	return m.p.Expiry.Through(d).AddDays(1).Start(m.p.Zone)
}

func (m *naive) active(d relmark.Date) {
	if d.After(m.last) {
		m.last = d
	}
	if m.p.Expiry.Kind != points.Inactivity {
		return
	}
	for _, l := range m.lots {
		if to := m.expiry(d); l.rolls && !l.over && l.until.Before(to) {
			l.until = to
		}
	}
}

func (m *naive) lot(n int64, from, until time.Time, rolls bool, now time.Time) *naiveLot {
	l := &naiveLot{n: len(m.lots) + 1, left: n, from: from, until: until, rolls: rolls}
	m.lots = append(m.lots, l)
	m.pass(now)
	return l
}

// do carries out a command and returns the reason why not.
func (m *naive) do(c points.Command, at, now time.Time) string {
	m.pass(now)
	switch c := c.(type) {
	case points.Earn:
		return m.earn(c, now)
	case points.Redeem:
		if c.Points > m.available() {
			return "insufficient"
		}
		m.burn(c.Points)
		m.redeemed += c.Points
		m.active(m.date(at))
	case points.Refund:
		return m.refund(c, now)
	case points.Adjust:
		return m.adjust(c, now)
	case points.Reserve:
		if m.holds[c.Reservation] != nil {
			return "duplicate_reservation"
		}
		if !at.Add(c.TTL).After(now) {
			return "reservation_expired"
		}
		if c.Points > m.available() {
			return "insufficient"
		}
		m.holds[c.Reservation] = &naiveHold{takes: m.burn(c.Points), deadline: at.Add(c.TTL)}
	case points.Commit:
		return m.resolve(c.Reservation, c.Points, at, now)
	case points.Void:
		return m.resolve(c.Reservation, -1, at, now)
	case points.Send:
		if c.Points > m.available() {
			return "insufficient"
		}
		fee := new(big.Rat).Mul(m.p.TransferFee.Rat(), new(big.Rat).SetInt64(c.Points))
		kept := new(big.Int).Div(new(big.Int).Add(fee.Num(), new(big.Int).Sub(fee.Denom(), big.NewInt(1))), fee.Denom()).Int64()
		m.burn(c.Points)
		m.redeemed += kept
		m.sent += c.Points - kept
	case points.Receive:
		for _, p := range c.Parcel {
			m.received += p.Points
			m.lot(p.Points, p.AvailableAt, p.ExpiresAt, p.Rolls, now)
		}
	}
	return ""
}

func (m *naive) adjust(c points.Adjust, now time.Time) string {
	if c.Points < 0 {
		if -c.Points > m.available() {
			return "insufficient"
		}
		m.burn(-c.Points)
		m.reversed -= c.Points
		return ""
	}
	from, until, rolls := c.At, m.p.Expiry.ExpiresAt(m.date(c.At), m.p.Zone), false
	if m.p.Expiry.Kind == points.Inactivity {
		rolls = true
		if own := m.p.Expiry.ExpiresAt(m.last, m.p.Zone); !m.last.IsZero() && own.After(now) {
			until = own
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
	h := m.holds[name]
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
		m.active(m.date(at))
	}
	return ""
}

// floor returns floor(a · b / c).
func floor(a, b, c *big.Rat) int64 {
	if c.Sign() == 0 {
		return 0
	}
	x := new(big.Rat).Mul(a, b)
	x.Quo(x, c)
	return new(big.Int).Div(x.Num(), x.Denom()).Int64()
}

func whole(n int64) *big.Rat { return new(big.Rat).SetInt64(n) }

// earn knows the rules that the tests use: one rate, additive multipliers by tier,
// one bonus by total, and caps.
func (m *naive) earn(c points.Earn, now time.Time) string {
	if m.orders[c.Order] != nil {
		return "duplicate_source"
	}
	if c.PayPoints > m.available() {
		return "insufficient"
	}
	o := &naiveOrder{total: c.Amount, spent: c.PayPoints}
	o.paid = m.burn(c.PayPoints)
	m.redeemed += c.PayPoints
	o.valueOf = m.p.PointValue.Mul(decimal.NewFromInt(c.PayPoints)).RoundFloor(int32(m.p.Digits))
	cash := c.Amount.Sub(o.valueOf)
	v, date := m.p.Versions[0], m.date(c.At)
	factor := whole(1)
	for _, x := range v.Multipliers {
		if slices.Contains(x.When.Tiers, c.Tier) {
			factor.Add(factor, new(big.Rat).Sub(x.Factor.Rat(), whole(1)))
		}
	}
	base := new(big.Rat).Mul(cash.Rat(), whole(v.Rates[0].Points))
	granted := floor(base, factor, v.Rates[0].Per.Rat())
	for _, x := range v.Bonuses {
		if c.Amount.Cmp(*x.When.MinTotal) >= 0 {
			granted += x.Points
		}
	}
	for i, x := range v.Goals {
		switch {
		case i == 0:
			m.card++
			if m.card%3 == 0 {
				granted += x.Points
			}
		case c.Tier == "gold":
			before := m.gold
			m.gold = m.gold.Add(cash)
			if limit := decimal.New(50, 0); before.Cmp(limit) < 0 && m.gold.Cmp(limit) >= 0 {
				granted += x.Points
			}
		}
	}
	for _, x := range v.Caps {
		room := x.Points
		if x.Per == points.PerMonth {
			room -= m.months[date.String()[:7]]
		}
		granted = min(granted, max(0, room))
	}
	m.months[date.String()[:7]] += granted
	m.issued += granted
	o.granted = granted
	from := c.At
	if m.p.MaturityDays > 0 {
		from = date.AddDays(m.p.MaturityDays).Start(m.p.Zone)
	}
	if granted > 0 {
		settled := min(granted, m.debt)
		m.debt -= settled
		o.lot = m.lot(granted-settled, from, m.expiry(date), m.p.Expiry.Kind == points.Inactivity, now)
	}
	m.active(date)
	m.orders[c.Order] = o
	for _, p := range m.parked {
		if p.order == c.Order {
			amount := decimal.Min(p.amount, o.total.Sub(o.refunded))
			if amount.Sign() > 0 {
				m.takeBack(o, amount, p.date, now)
			}
		}
	}
	m.parked = slices.DeleteFunc(m.parked, func(p naiveParked) bool { return p.order == c.Order })
	return ""
}

func (m *naive) refund(c points.Refund, now time.Time) string {
	o := m.orders[c.Order]
	if o == nil {
		m.parked = append(m.parked, naiveParked{c.Order, c.Amount, m.date(c.At)})
		return ""
	}
	if o.refunded.Add(c.Amount).Cmp(o.total) > 0 {
		return "refund_exceeds_order"
	}
	m.takeBack(o, c.Amount, m.date(c.At), now)
	return ""
}

func (m *naive) takeBack(o *naiveOrder, amount decimal.Decimal, date relmark.Date, now time.Time) {
	o.refunded = o.refunded.Add(amount)
	back := floor(whole(o.spent), o.refunded.Rat(), o.total.Rat()) - o.restored
	o.restored += back
	m.redeemed -= back
	for i := len(o.paid) - 1; i >= 0 && back > 0; i-- {
		n := min(back, o.paid[i].n)
		back -= n
		o.paid[i].n -= n
		l := o.paid[i].lot
		if n > 0 && l.over && m.p.GraceDays != nil {
			m.lot(n, now, date.AddDays(*m.p.GraceDays+1).Start(m.p.Zone), false, now)
			continue
		}
		m.release([]naiveTake{{l, n}}, now)
	}
	target := floor(whole(o.granted), o.refunded.Rat(), o.total.Rat())
	if o.lot != nil {
		target = min(target, o.granted-o.lot.expired)
	}
	take := max(0, target-o.taken)
	o.taken += take
	if o.lot != nil {
		n := min(take, o.lot.left)
		o.lot.left -= n
		m.reversed += n
		take -= n
	}
	for _, t := range m.burn(take) {
		m.reversed += t.n
		take -= t.n
	}
	if m.p.Shortfall == points.Debt {
		m.debt += take
		m.reversed += take
	} else {
		m.unrecover += take
	}
}

// balance returns what the account should say now.
func (m *naive) balance() points.Balance {
	b := points.Balance{
		Debt: m.debt, Issued: m.issued, Redeemed: m.redeemed, Expired: m.expired, Reversed: m.reversed,
		Received: m.received, Sent: m.sent, Unrecovered: m.unrecover, ParkedRefunds: len(m.parked),
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
