package points_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/money"
	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/loyalty/earning"
	"github.com/relmark/relmark/loyalty/points"
)

// A stream is one member with everything that was stored.
type stream struct {
	account points.Account
	events  []points.Event
	labels  map[uint64]string // of lots
}

// A run executes one scenario.
type run struct {
	t       *testing.T
	f       *reference.File
	id      string
	e       *points.Engine
	zone    *time.Location
	digits  int
	streams map[string]*stream
	now     time.Time
	step    int
}

func newRun(t *testing.T, f *reference.File, s scenario) *run {
	t.Helper()
	e := s.Program.compile(t)
	return &run{t: t, f: f, id: s.ID, e: e, zone: e.Program().Zone, digits: e.Program().Digits, streams: map[string]*stream{}}
}

func (r *run) stream(member string) *stream {
	if r.streams[member] == nil {
		r.streams[member] = &stream{labels: map[uint64]string{}}
	}
	return r.streams[member]
}

func (r *run) all(steps []step) {
	for i, s := range steps {
		r.step = i
		s.Member = orElse(s.Member, "m")
		if r.now = s.ProcessedAt; r.now.IsZero() {
			r.now = s.At
		}
		if s.Command != nil {
			r.command(s)
		}
		for _, key := range slices.Sorted(maps.Keys(s.Balance)) {
			r.balance(s.Member, key, s.Balance[key])
		}
		r.identity()
	}
}

// done is one event that a command caused, and whose.
type done struct {
	member string
	event  points.Event
}

func (r *run) command(s step) {
	c := s.Command
	c.Key = orElse(c.Key, fmt.Sprintf("step-%d", r.step))
	events, replayed, err := r.do(s.Member, s.At, c)
	if s.Expect.Error != nil && *s.Expect.Error == "*" {
		return
	}
	got := reasonOf(err)
	want := ""
	if s.Expect.Error != nil {
		want = *s.Expect.Error
	}
	if want == "duplicate_source" && c.Type == "earn" { // the file's word for it
		want = string(points.DuplicateOrder)
	}
	if !r.exact(want, got, "error") || err != nil {
		return
	}
	r.exact(s.Expect.Replayed, replayed, "replayed")
	for _, key := range slices.Sorted(maps.Keys(s.Expect.Result)) {
		value, ok := r.result(key, events)
		if !ok {
			r.t.Errorf("%s step %d: unknown result %q", r.id, r.step, key)
			continue
		}
		r.same(key, s.Expect.Result[key], value)
	}
	if s.Expect.Postings != nil {
		r.postings(s.Expect.Postings, events)
	}
	if s.Expect.Explain != nil {
		r.explain(s.Expect, events)
	}
}

// do carries a command out on every account it concerns.
func (r *run) do(member string, at time.Time, c *command) (events []done, replayed bool, err error) {
	head := points.Command{Key: c.Key, At: at, Recorded: r.now, Version: c.ExpectVersion}
	var n int64
	if c.Points != nil {
		n = *c.Points
	}
	var expires *time.Time
	if c.ExpiresAt != nil {
		expires = new(time.Time)
		require.NoError(r.t, json.Unmarshal(c.ExpiresAt, expires)) // null leaves the zero time
	}
	switch c.Type {
	case "earn":
		lines := make([]earning.OrderLine, len(c.Lines))
		for i, l := range c.Lines {
			lines[i] = earning.OrderLine{ID: l.ID, Amount: *l.Amount, Quantity: l.Quantity, Category: l.Category, Item: l.Item, Tags: l.Tags}
			for _, name := range slices.Sorted(maps.Keys(l.Measures)) {
				lines[i].Measures = append(lines[i].Measures, earning.Measure{Name: name, Value: l.Measures[name]})
			}
		}
		return r.one(member, c, with(head, points.Earn{
			Order: c.Order, Amount: dec(r.t, c.Amount), Budget: c.Budget,
			PayPoints: c.PayPoints, Lines: lines, Tier: c.Tier, Expires: expires,
		}))
	case "activity":
		return r.one(member, c, with(head, points.Act{Kind: c.Kind, Source: c.Source, Points: c.Points, Tier: c.Tier, Budget: c.Budget}))
	case "redeem":
		return r.one(member, c, with(head, points.Redeem{Points: n}))
	case "refund":
		refund := points.Refund{Order: c.Order}
		if c.Amount != "" {
			refund.Amount = dec(r.t, c.Amount)
		}
		for _, l := range c.Lines {
			refund.Lines = append(refund.Lines, points.RefundLine{ID: l.ID, Amount: l.Amount, Quantity: l.Quantity})
		}
		return r.one(member, c, with(head, refund))
	case "adjust":
		return r.one(member, c, with(head, points.Adjust{Points: n, AvailableAt: c.AvailableAt, Expires: expires}))
	case "reserve":
		return r.one(member, c, with(head, points.Reserve{
			Reservation: c.Reservation,
			Points:      n, TTL: time.Duration(c.TTLSeconds) * time.Second,
		}))
	case "commit":
		if c.Points != nil && n == 0 { // which the SDK calls a void, as it leaves nothing redeemed
			return r.one(member, c, with(head, points.Void{Reservation: c.Reservation}))
		}
		return r.one(member, c, with(head, points.Commit{Reservation: c.Reservation, Points: n, All: c.Points == nil}))
	case "void":
		return r.one(member, c, with(head, points.Void{Reservation: c.Reservation}))
	case "transfer":
		return r.both(member, c.To, c, with(head, points.Send{From: member, To: c.To, Points: n}), "")
	case "contribute":
		return r.both(member, c.Pool, c, with(head, points.Send{From: member, To: c.Pool, Points: n, Pool: true}), member)
	case "leave":
		if v := c.ExpectVersion; v != nil { // it is the member's, but the pool decides
			head.Version = new(r.stream(c.Pool).account.Version() + *v - r.stream(member).account.Version())
		}
		return r.both(c.Pool, member, c, with(head, points.Leave{Member: member}), "")
	case "sweep":
		return r.one(member, c, with(head, points.Sweep{}))
	}
	r.t.Fatalf("%s step %d: unknown command %q", r.id, r.step, c.Type)
	return nil, false, nil
}

// one carries a command out on one account, through the encoding of its event.
func (r *run) one(member string, c *command, cmd points.Command) ([]done, bool, error) {
	s := r.stream(member)
	decision, err := r.e.Decide(&s.account, cmd)
	if err != nil {
		return nil, false, err
	}
	if decision.Replayed {
		return []done{{member, s.events[decision.Seq-1]}}, true, nil
	}
	encoded, err := decision.Event.AppendJSON(nil)
	require.NoError(r.t, err)
	var ev points.Event
	require.NoError(r.t, ev.UnmarshalJSON(encoded), string(encoded))
	require.Equal(r.t, decision.Event, ev, string(encoded))
	require.NoError(r.t, s.account.Apply(ev))
	s.events = append(s.events, ev)
	r.label(s, c, ev)
	return []done{{member, ev}}, false, nil
}

// both carries a command out on one account and delivers what it sends to another,
// under a key that no command of the other account's own has.
func (r *run) both(from, to string, c *command, cmd points.Command, contributor string) ([]done, bool, error) {
	out, replayed, err := r.one(from, c, cmd)
	if err != nil {
		return nil, false, err
	}
	sent := out[0].event.Body.(*points.Sent)
	if len(sent.Parcel) == 0 {
		return out, replayed, nil
	}
	head := points.Command{Key: "from " + from + ": " + c.Key, At: out[0].event.At, Recorded: r.now}
	in, again, err := r.one(to, c, with(head, points.Receive{Parcel: sent.Parcel, Contributor: contributor}))
	require.NoError(r.t, err)
	require.Equal(r.t, replayed, again)
	if !again {
		b := in[0].event.Body.(*points.Received)
		for i, m := range b.Parcel {
			r.stream(to).labels[b.First+uint64(i)] = r.stream(from).labels[m.Lot]
		}
	}
	return append(out, in...), replayed, nil
}

// label names the lots that an event created.
func (r *run) label(s *stream, c *command, ev points.Event) {
	grace := func(b *points.Refunded) {
		for _, x := range b.Restored {
			if x.New != 0 {
				s.labels[x.New] = s.labels[x.Lot] + "'"
			}
		}
	}
	switch b := ev.Body.(type) {
	case *points.Earned:
		s.labels[b.Lot] = orElse(c.Lot, c.Order)
		for i := range b.Refunds {
			grace(&b.Refunds[i])
		}
	case *points.Adjusted:
		s.labels[b.Lot] = c.Lot
	case *points.Acted:
		s.labels[b.Lot] = c.Lot
	case *points.Refunded:
		grace(b)
	}
}

// result returns what an event says under a key of the format.
func (r *run) result(key string, events []done) (any, bool) {
	switch b := events[0].event.Body.(type) {
	case *points.Earned:
		return r.earned(key, b)
	case *points.Acted:
		return r.acted(key, b)
	case *points.Refunded:
		return r.refunded(key, b)
	case *points.Reserved:
		return b.Deadline, key == "deadline"
	case *points.Resolved:
		switch key {
		case "redeemed":
			return sum(b.Redeemed), true
		case "released":
			return sum(b.Released), true
		}
	case *points.Sent:
		switch key {
		case "fee":
			return sum(b.Fee), true
		case "received":
			n := int64(0)
			for _, m := range b.Parcel {
				n += m.Points
			}
			return n, true
		}
	case *points.Adjusted:
		switch key {
		case "availableAt":
			return b.AvailableAt, true
		case "expiresAt":
			return b.ExpiresAt, true
		}
	}
	return nil, false
}

func sum(parts []points.Part) (n int64) {
	for _, p := range parts {
		n += p.Points
	}
	return n
}

func (r *run) earned(key string, b *points.Earned) (any, bool) {
	p := &b.Award
	switch key {
	case "base":
		return new(big.Rat).SetFrac64(p.BaseNum, p.BaseDen), true
	case "factor":
		return new(big.Rat).SetFrac64(p.FactorNum, p.FactorDen), true
	case "product":
		return p.Product, true
	case "bonus":
		return p.Bonus, true
	case "beforeCap":
		return p.Product + p.Bonus + p.GoalBonus, true
	case "granted":
		return p.Granted, true
	case "cut":
		return p.Cut, true
	case "qualifying":
		return p.Qualifying, true
	case "localDate":
		return b.Facts.Date.String(), true
	case "ruleVersion":
		return p.Version, true
	case "validThrough":
		return r.through(b), true
	case "availableAt":
		return b.AvailableAt, true
	case "expiresAt":
		return b.ExpiresAt, true
	case "cashByLine":
		var cash []int64
		for i := range b.Facts.Lines {
			cash = append(cash, b.Facts.Lines[i].Cash())
		}
		if amount, paid, ok := b.Facts.Rest(); ok {
			cash = append(cash, amount-paid)
		}
		texts := make([]string, len(cash))
		for i, n := range cash {
			texts[i] = string(money.AppendText(nil, n, r.digits))
		}
		return texts, true
	case "goalBonus":
		return p.GoalBonus, true
	case "byLine":
		return b.Award.ByLine, true
	case "settled":
		return b.Settled, true
	}
	return nil, false
}

func (r *run) acted(key string, b *points.Acted) (any, bool) {
	like := points.Earned{Facts: b.Facts, Award: b.Award, AvailableAt: b.AvailableAt, ExpiresAt: b.ExpiresAt, Settled: b.Settled}
	switch key {
	case "granted", "cut", "localDate", "ruleVersion", "validThrough", "availableAt", "expiresAt", "settled":
		return r.earned(key, &like)
	}
	return nil, false
}

// through returns the last date on which the points of an order can be spent, "null"
// if there is none. By a policy that date need not exist in the zone.
func (r *run) through(b *points.Earned) string {
	policy := r.e.Program().Expiry
	if d := policy.Through(b.Facts.Date, r.e.Program().YearEnd); !b.Stated && d.AddDays(1).Start(r.zone).Equal(b.ExpiresAt) {
		return orElse(d.String(), "null")
	}
	if b.ExpiresAt.IsZero() {
		return "null"
	}
	d, err := relmark.DateOf(b.ExpiresAt.Add(-1), r.zone)
	require.NoError(r.t, err)
	return d.String()
}

func (r *run) refunded(key string, b *points.Refunded) (any, bool) {
	switch key {
	case "parked":
		return b.Parked, true
	case "restored":
		return b.Given(), true
	case "reversed":
		return b.Taken(), true
	case "debt":
		return b.Debt, true
	case "unrecovered":
		return b.Unrecovered, true
	case "cash":
		return money.Decimal(b.Cash, b.Digits), true
	case "amount":
		return money.Decimal(b.Amount, b.Digits), true
	case "goals":
		n := int64(0)
		for _, g := range b.Goals {
			n += g.Points
		}
		return n, true
	}
	return nil, false
}

// same compares a value with what the file says.
func (r *run) same(key string, want json.RawMessage, got any) {
	r.t.Helper()
	text := strings.Trim(string(want), `"`)
	switch got := got.(type) {
	case *big.Rat:
		number, ok := new(big.Rat).SetString(text)
		require.True(r.t, ok)
		r.exact(0, number.Cmp(got), key+" "+text+" "+got.String())
	case decimal.Decimal:
		exact, err := money.Text(got)
		require.NoError(r.t, err)
		canonical, err := money.Text(dec(r.t, text))
		require.NoError(r.t, err)
		r.exact(canonical, exact, key)
	case time.Time:
		if text == "null" {
			r.exact(true, got.IsZero(), key)
			return
		}
		at, err := time.Parse(time.RFC3339Nano, text)
		require.NoError(r.t, err)
		r.exact(at.UTC(), got, key)
	case []string:
		var list []string
		require.NoError(r.t, json.Unmarshal(want, &list))
		r.exact(strings.Join(list, " "), strings.Join(got, " "), key)
	case []int64:
		r.exact(strings.Join(strings.Fields(string(want)), ""), strings.ReplaceAll(fmt.Sprint(got), " ", ","), key)
	default:
		r.exact(text, fmt.Sprint(got), key)
	}
}

func (r *run) exact(want, got any, key string) bool {
	r.t.Helper()
	return exact(r.t, r.f, want, got, "%s step %d %s", r.id, r.step, key)
}

// account names a place as the file does, and the label of its lot where the
// format compares it.
func (r *run) account(member string, p points.Place, id uint64) [2]string {
	label := r.stream(member).labels[id]
	switch p {
	case points.AtPending, points.AtAvailable, points.AtHeld:
		return [2]string{member + "." + string(p), label}
	case points.AtDebt:
		return [2]string{member + ".debt", ""}
	}
	return [2]string{string(p), ""}
}

func (r *run) postings(want []posting, events []done) {
	net := map[[2]string]int64{}
	for _, d := range events {
		for _, p := range points.Journal(d.event) {
			net[r.account(d.member, p.From, p.Lot)] -= p.Points
			net[r.account(d.member, p.To, p.Lot)] += p.Points
		}
	}
	for _, p := range want {
		for place, sign := range map[string]int64{p.From: 1, p.To: -1} {
			label := p.Lot
			if !strings.Contains(place, ".") || strings.HasSuffix(place, ".debt") {
				label = ""
			}
			net[[2]string{place, label}] += sign * p.Points
		}
	}
	for place, n := range net {
		r.exact(int64(0), n, "posting to "+place[0]+" "+place[1])
	}
}

func (r *run) explain(want expectation, events []done) {
	b, ok := events[0].event.Body.(*points.Earned)
	require.True(r.t, ok)
	require.Len(r.t, b.Award.Grants, len(want.Explain))
	sum := int64(0)
	for i, g := range b.Award.Grants {
		var others []string
		for _, s := range g.Suppressed {
			others = append(others, inFile(s))
		}
		r.exact(want.Explain[i].Rule, inFile(g.Rule), "explain rule")
		r.exact(want.Explain[i].Points, g.Points, "explain points of "+g.Rule)
		r.exact(strings.Join(want.Explain[i].Suppressed, ","), strings.Join(others, ","), "suppressed by "+g.Rule)
		sum += g.Points
	}
	r.exact(b.Award.Granted, sum, "sum of explain")
}

// inFile returns the name that a rule has in the file; that of caps has no number.
func inFile(rule string) string {
	if i := strings.LastIndexByte(rule, '#'); i >= 0 {
		return rule[:i]
	}
	return rule
}

// members returns the streams that a member of the format stands for.
func (r *run) members(member string) []*stream {
	if member != "*" {
		return []*stream{r.stream(member)}
	}
	return slices.Collect(maps.Values(r.streams))
}

func (r *run) balance(member, key string, want json.RawMessage) {
	switch key {
	case "lots":
		r.lots(member, want)
		return
	case "goals":
		r.goals(member, want)
		return
	}
	var sum int64
	for _, s := range r.members(member) {
		b := s.account.Balance(r.now)
		value, ok := map[string]int64{
			"pending": b.Pending, "available": b.Available, "held": b.Held, "debt": b.Debt,
			"issued": b.Issued, "redeemed": b.Redeemed, "expired": b.Expired, "reversed": b.Reversed,
			"unrecovered": b.Unrecovered, "parkedRefunds": int64(b.ParkedRefunds), "version": int64(s.account.Version()),
		}[key]
		require.True(r.t, ok, "unknown balance %q", key)
		sum += value
	}
	r.same("balance "+member+"."+key, want, sum)
}

// goals compares progress and how many bonuses stand.
func (r *run) goals(member string, want json.RawMessage) {
	var list []struct {
		Rule     string
		Progress json.RawMessage
		Standing int64
	}
	require.NoError(r.t, reference.Strict(want, &list))
	got := r.stream(member).account.Goals()
	r.exact(len(list), len(got), "number of goals")
	for _, w := range list {
		i := slices.IndexFunc(got, func(p earning.Progress) bool { return p.Rule == w.Rule })
		if !r.exact(true, i >= 0, "goal "+w.Rule) {
			continue
		}
		var value any = got[i].Value()
		if got[i].Kind == earning.CountSpend {
			value = money.Decimal(got[i].Count, r.digits)
		}
		r.same("progress of "+w.Rule, w.Progress, value)
		r.exact(w.Standing, got[i].Standing(), "standing of "+w.Rule)
	}
}

func (r *run) lots(member string, want json.RawMessage) {
	var list []struct {
		Lot                    string
		Points                 int64
		ExpiresAt, AvailableAt *time.Time
	}
	require.NoError(r.t, reference.Strict(want, &list))
	type life struct {
		label   string
		expires time.Time
	}
	net, from := map[life]int64{}, map[life][]time.Time{}
	for _, s := range r.members(member) {
		for l := range s.account.Lots(r.now) {
			net[life{s.labels[l.ID], l.ExpiresAt}] += l.Points
			from[life{s.labels[l.ID], l.ExpiresAt}] = append(from[life{s.labels[l.ID], l.ExpiresAt}], l.AvailableAt)
		}
	}
	for _, w := range list {
		key := life{label: w.Lot}
		if w.ExpiresAt != nil {
			key.expires = w.ExpiresAt.UTC()
		}
		net[key] -= w.Points
		if w.AvailableAt != nil { // of one of the lots that have the label
			r.exact(true, slices.Contains(from[key], w.AvailableAt.UTC()), fmt.Sprint("availableAt of ", w.Lot, ": ", from[key]))
		}
	}
	for key, n := range net {
		r.exact(int64(0), n, fmt.Sprintf("points of lot %s until %v", key.label, key.expires))
	}
}

// identity checks C4 over all members, and that no account is negative.
func (r *run) identity() {
	var left, right int64
	for _, s := range r.streams {
		b := s.account.Balance(r.now)
		require.GreaterOrEqual(r.t, min(b.Pending, b.Available, b.Held, b.Debt, b.Issued, b.Redeemed, b.Expired, b.Reversed), int64(0))
		left += b.Issued
		right += b.Pending + b.Available + b.Held - b.Debt + b.Redeemed + b.Expired + b.Reversed
	}
	r.exact(left, right, "identity")
}
