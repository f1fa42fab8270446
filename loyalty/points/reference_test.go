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
	"github.com/relmark/relmark/loyalty/points"
)

// The scenario file, format version 1. Fields that another room reads are kept
// raw, so that an unknown field is still an error.
type (
	scenarioFile struct {
		Version   int
		Scenarios []scenario
	}
	scenario struct {
		ID, Kind, Title, Note, Currency string
		Program                         program
		Steps                           []step
		Cases                           []splitCase
		Sale, Periods                   json.RawMessage
	}
	program struct {
		Zone, Currency, PointValue string
		Versions                   []version
		Expiry                     policy
		MaturityDays               int
		Shortfall                  string
		RestoreGraceDays           *int
		TransferFee                string
		PoolPolicy                 string
	}
	policy struct {
		Type string
		N    int
	}
	version struct {
		Version  string
		From, To relmark.Date
		Rates    []struct {
			Rule, Per string
			Points    int64
		}
		Multipliers []multiplier
		Bonuses     []bonus
		OrderCap    *int64
		PeriodCap   *struct {
			Period string
			Points int64
		}
	}
	when struct {
		From, To       relmark.Date
		Tier, Category string
		MinTotal       *decimal.Decimal
	}
	multiplier struct {
		when
		Rule, Factor string
		Exclusive    bool
		Priority     int
	}
	bonus struct {
		when
		Rule   string
		Points int64
	}
	step struct {
		At, ProcessedAt time.Time
		Member          string
		Command         *command
		Expect          expectation
		Balance         map[string]json.RawMessage
	}
	command struct {
		Type, Key, Order, Amount, Lot, Tier, Reservation, To, Pool string
		ExpectVersion                                              *uint64
		PayPoints, Points, TTLSeconds                              int64
		Lines                                                      []struct{ Amount, Category string }
		ExpiresAt                                                  json.RawMessage
		AvailableAt                                                time.Time
	}
	expectation struct {
		Error    *string
		Replayed bool
		Result   map[string]json.RawMessage
		Postings []posting
		Explain  []struct {
			Rule       string
			Points     int64
			Suppressed []string
		}
	}
	posting struct {
		From, To, Lot string
		Points        int64
	}
	splitCase struct {
		Total, Currency string
		Weights         []string
		Zone            string
		Policy          policy
		At              time.Time
		Expect          json.RawMessage
	}
)

func TestReferenceScenarios(t *testing.T) {
	t.Parallel()
	f := reference.Open(t, "loyalty/points", "loyalty_scenarios.json")
	var file scenarioFile
	strict(t, f.Bytes(), &file)
	require.Equal(t, 1, file.Version)
	for _, s := range file.Scenarios {
		if !f.Owns(s.ID) {
			continue
		}
		t.Run(s.ID, func(t *testing.T) {
			switch s.Kind {
			case "", "ledger":
				newRun(t, f, s).all(s.Steps)
			case "expiry":
				checkExpiry(t, f, s)
			case "split":
				checkSplit(t, f, s)
			case "accrual": // another room's
			default:
				t.Errorf("kind %q", s.Kind)
			}
		})
	}
}

// strict decodes JSON in which every key must be known.
func strict(t *testing.T, data []byte, v any) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(string(data)))
	d.DisallowUnknownFields()
	require.NoError(t, d.Decode(v))
}

func checkExpiry(t *testing.T, f *reference.File, s scenario) {
	t.Helper()
	for i, c := range s.Cases {
		zone, err := time.LoadLocation(orElse(c.Zone, "UTC"))
		require.NoError(t, err)
		date, err := relmark.DateOf(c.At, zone)
		require.NoError(t, err)
		x := c.Policy.expiry(t)
		var want struct {
			LocalDate, ValidThrough relmark.Date
			ExpiresAt               time.Time
		}
		strict(t, c.Expect, &want)
		if !want.LocalDate.IsZero() {
			f.Exact(want.LocalDate, date, "%s case %d localDate", s.ID, i)
		}
		f.Exact(want.ValidThrough, x.Through(date), "%s case %d validThrough", s.ID, i)
		f.Exact(want.ExpiresAt.UTC(), x.ExpiresAt(date, zone), "%s case %d expiresAt", s.ID, i)
	}
}

func checkSplit(t *testing.T, f *reference.File, s scenario) {
	t.Helper()
	for i, c := range s.Cases {
		digits := 0
		if c.Currency != "" {
			digits = digitsOf(c.Currency)
		}
		weights, scale := make([]int64, len(c.Weights)), 0
		for _, w := range c.Weights {
			_, fraction, _ := strings.Cut(w, ".")
			scale = max(scale, len(fraction))
		}
		for j, w := range c.Weights {
			var err error
			weights[j], err = money.Minor(dec(t, w), scale)
			require.NoError(t, err)
		}
		total, err := money.Minor(dec(t, c.Total), digits)
		require.NoError(t, err)
		shares, err := money.Allocate(total, weights)
		require.NoError(t, err)
		var want []string
		strict(t, c.Expect, &want)
		require.Len(t, shares, len(want))
		for j, share := range shares {
			f.Exact(want[j], string(money.AppendText(nil, share, digits)), "%s case %d share %d", s.ID, i, j)
		}
	}
}

func digitsOf(currency string) int {
	switch currency {
	case "JPY", "KRW":
		return 0
	case "BHD", "KWD", "TND", "JOD", "OMR":
		return 3
	}
	return 2
}

func dec(t *testing.T, s string) decimal.Decimal {
	t.Helper()
	d, err := money.Parse(s)
	require.NoError(t, err, s)
	return d
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func (p policy) expiry(t *testing.T) points.Expiry {
	t.Helper()
	x := points.Expiry{Kind: points.ExpiryKind(p.Type), N: p.N}
	if p.Type == "never" || p.Type == "" {
		x = points.Expiry{}
	}
	require.NoError(t, x.Validate())
	return x
}

func (w when) condition() points.Condition {
	c := points.Condition{From: w.From, To: w.To, MinTotal: w.MinTotal}
	if w.Tier != "" {
		c.Tiers = []string{w.Tier}
	}
	if w.Category != "" {
		c.Categories = []string{w.Category}
	}
	return c
}

func (p program) compile(t *testing.T) *points.Engine {
	t.Helper()
	zone, err := time.LoadLocation(orElse(p.Zone, "UTC"))
	require.NoError(t, err)
	currency := orElse(p.Currency, "EUR")
	out := points.Program{
		Zone: zone, Currency: currency, Digits: digitsOf(currency),
		PointValue: dec(t, orElse(p.PointValue, "0.01")), TransferFee: dec(t, orElse(p.TransferFee, "0")),
		Expiry: p.Expiry.expiry(t), MaturityDays: p.MaturityDays, GraceDays: p.RestoreGraceDays,
		Shortfall: points.Shortfall(p.Shortfall), Payout: points.Payout(p.PoolPolicy),
	}
	if p.Shortfall == "debt" {
		out.Shortfall = points.Debt
	}
	if p.PoolPolicy == "byContribution" {
		out.Payout = points.ByContribution
	}
	if p.Versions == nil {
		p.Versions = []version{{}}
	}
	for _, v := range p.Versions {
		out.Versions = append(out.Versions, v.rules(t))
	}
	e, err := points.Compile(out)
	require.NoError(t, err)
	return e
}

func (v version) rules(t *testing.T) points.Version {
	t.Helper()
	out := points.Version{Name: v.Version, From: v.From, To: v.To}
	if v.Rates == nil {
		out.Rates = []points.Rate{{Rule: "base", Points: 1, Per: dec(t, "1")}}
	}
	for _, r := range v.Rates {
		out.Rates = append(out.Rates, points.Rate{Rule: r.Rule, Points: r.Points, Per: dec(t, r.Per)})
	}
	for _, m := range v.Multipliers {
		out.Multipliers = append(out.Multipliers, points.Multiplier{
			Rule: m.Rule, Factor: dec(t, m.Factor),
			Exclusive: m.Exclusive, Priority: m.Priority, When: m.condition(),
		})
	}
	for _, b := range v.Bonuses {
		out.Bonuses = append(out.Bonuses, points.Bonus{Rule: b.Rule, Points: b.Points, When: b.condition()})
	}
	if v.OrderCap != nil {
		out.Caps = append(out.Caps, points.Cap{Per: points.PerOrder, Points: *v.OrderCap})
	}
	if v.PeriodCap != nil {
		out.Caps = append(out.Caps, points.Cap{Per: points.Period(v.PeriodCap.Period), Points: v.PeriodCap.Points})
	}
	return out
}

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
	head := points.Head{Key: c.Key, At: at, Recorded: r.now, Version: c.ExpectVersion}
	var expires *time.Time
	if c.ExpiresAt != nil {
		expires = new(time.Time)
		require.NoError(r.t, json.Unmarshal(c.ExpiresAt, expires)) // null leaves the zero time
	}
	switch c.Type {
	case "earn":
		lines := make([]points.OrderLine, len(c.Lines))
		for i, l := range c.Lines {
			lines[i] = points.OrderLine{Amount: dec(r.t, l.Amount), Category: l.Category}
		}
		return r.one(member, c, points.Earn{
			Head: head, Order: c.Order, Amount: dec(r.t, c.Amount),
			PayPoints: c.PayPoints, Lines: lines, Tier: c.Tier, Expires: expires,
		})
	case "redeem":
		return r.one(member, c, points.Redeem{Head: head, Points: c.Points})
	case "refund":
		return r.one(member, c, points.Refund{Head: head, Order: c.Order, Amount: dec(r.t, c.Amount)})
	case "adjust":
		return r.one(member, c, points.Adjust{Head: head, Points: c.Points, AvailableAt: c.AvailableAt, Expires: expires})
	case "reserve":
		return r.one(member, c, points.Reserve{
			Head: head, Reservation: c.Reservation,
			Points: c.Points, TTL: time.Duration(c.TTLSeconds) * time.Second,
		})
	case "commit":
		return r.one(member, c, points.Commit{Head: head, Reservation: c.Reservation, Points: c.Points})
	case "void":
		return r.one(member, c, points.Void{Head: head, Reservation: c.Reservation})
	case "transfer":
		return r.both(member, c.To, c, points.Send{Head: head, From: member, To: c.To, Points: c.Points}, "")
	case "contribute":
		return r.both(member, c.Pool, c, points.Send{Head: head, From: member, To: c.Pool, Points: c.Points, Pool: true}, member)
	case "leave":
		return r.both(c.Pool, member, c, points.Leave{Head: head, Member: member}, "")
	case "sweep":
		return r.one(member, c, points.Sweep{Head: head})
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
		return []done{{member, s.events[decision.Event.Seq-1]}}, true, nil
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

// both carries a command out on one account and delivers what it sends to another.
func (r *run) both(from, to string, c *command, cmd points.Command, contributor string) ([]done, bool, error) {
	out, replayed, err := r.one(from, c, cmd)
	if err != nil {
		return nil, false, err
	}
	sent := out[0].event.Body.(*points.Sent)
	head := points.Head{Key: c.Key, At: out[0].event.At, Recorded: r.now}
	in, again, err := r.one(to, c, points.Receive{Head: head, Parcel: sent.Parcel, Contributor: contributor})
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
	case *points.Refunded:
		grace(b)
	}
}

// result returns what an event says under a key of the format.
func (r *run) result(key string, events []done) (any, bool) {
	switch b := events[0].event.Body.(type) {
	case *points.Earned:
		return r.earned(key, b)
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
	p := &b.Price
	switch key {
	case "base":
		base := new(big.Rat).SetFrac64(p.RateNum, p.RateDen)
		return base.Mul(base, new(big.Rat).SetInt64(b.Facts.Cash)), true
	case "factor":
		return new(big.Rat).SetFrac64(p.FactorNum, p.FactorDen), true
	case "product":
		return p.Product, true
	case "bonus":
		return p.Bonus, true
	case "beforeCap":
		return p.Product + p.Bonus, true
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
		d, err := relmark.DateOf(b.ExpiresAt.Add(-1), r.zone)
		require.NoError(r.t, err)
		return d.String(), true
	case "availableAt":
		return b.AvailableAt, true
	case "expiresAt":
		return b.ExpiresAt, true
	case "byLine":
		return b.ByLine(), true
	case "settled":
		return b.Settled, true
	}
	return nil, false
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
	case []int64:
		r.exact(strings.Join(strings.Fields(string(want)), ""), strings.ReplaceAll(fmt.Sprint(got), " ", ","), key)
	default:
		r.exact(text, fmt.Sprint(got), key)
	}
}

func (r *run) exact(want, got any, key string) bool {
	r.t.Helper()
	return r.f.Exact(want, got, "%s step %d %s", r.id, r.step, key)
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
			if _, kind, member := strings.Cut(place, "."); !member || kind == "debt" {
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
	require.Len(r.t, b.Price.Grants, len(want.Explain))
	sum := int64(0)
	for i, g := range b.Price.Grants {
		r.exact(want.Explain[i].Rule, g.Rule, "explain rule")
		r.exact(want.Explain[i].Points, g.Points, "explain points of "+g.Rule)
		r.exact(strings.Join(want.Explain[i].Suppressed, ","), strings.Join(g.Suppressed, ","), "suppressed by "+g.Rule)
		sum += g.Points
	}
	r.exact(b.Price.Granted, sum, "sum of explain")
}

// members returns the streams that a member of the format stands for.
func (r *run) members(member string) []*stream {
	if member != "*" {
		return []*stream{r.stream(member)}
	}
	return slices.Collect(maps.Values(r.streams))
}

func (r *run) balance(member, key string, want json.RawMessage) {
	if key == "lots" {
		r.lots(member, want)
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

func (r *run) lots(member string, want json.RawMessage) {
	var list []struct {
		Lot                    string
		Points                 int64
		ExpiresAt, AvailableAt *time.Time
	}
	strict(r.t, want, &list)
	type life struct {
		label   string
		expires time.Time
	}
	net := map[life]int64{}
	for _, s := range r.members(member) {
		for l := range s.account.Lots(r.now) {
			net[life{s.labels[l.ID], l.ExpiresAt}] += l.Points
			for _, w := range list {
				if w.Lot == s.labels[l.ID] && w.AvailableAt != nil {
					r.exact(w.AvailableAt.UTC(), l.AvailableAt, "availableAt of "+w.Lot)
				}
			}
		}
	}
	for _, w := range list {
		key := life{label: w.Lot}
		if w.ExpiresAt != nil {
			key.expires = w.ExpiresAt.UTC()
		}
		net[key] -= w.Points
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
