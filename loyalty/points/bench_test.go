package points_test

import (
	"encoding/json"
	"fmt"
	"math/bits"
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/earning"
	"github.com/relmark/relmark/loyalty/points"
)

// member returns the forty events of a usual member: earning, redeeming every
// third time, refunding every eighth order.
func member(t testing.TB, e *points.Engine) []points.Event {
	t.Helper()
	var a points.Account
	var events []points.Event
	at := time.Date(2025, 1, 10, 12, 0, 0, 0, time.UTC)
	for i := range 40 {
		at = at.Add(50 * time.Hour)
		h := points.Command{Key: fmt.Sprintf("key-%06d", i), At: at}
		c := with(h, points.Earn{Order: fmt.Sprintf("order-%06d", i), Amount: decimal.New(int64(4999+i), -2), Tier: "gold"})
		switch {
		case i%3 == 2:
			c = with(h, points.Redeem{Points: 40})
		case i%8 == 7:
			earned := i - 1
			if earned%3 == 2 {
				earned--
			}
			c = with(h, points.Refund{Order: fmt.Sprintf("order-%06d", earned), Amount: decimal.New(1000, -2)})
		}
		d, err := e.Decide(&a, c)
		require.NoError(t, err)
		require.NoError(t, a.Apply(d.Event))
		events = append(events, d.Event)
	}
	return events
}

// twoRules is a usual programme: a point for each euro, more for some members.
func twoRules(t testing.TB) *points.Engine {
	t.Helper()
	e, err := points.Compile(points.Program{
		Rules: earning.Rules{
			Currency:   "EUR",
			Digits:     2,
			PointValue: decimal.New(1, -2),
			Versions: []earning.Version{{
				Rates:       []earning.Rate{{Rule: "base", Points: 1, Per: decimal.New(1, 0)}},
				Multipliers: []earning.Multiplier{{Rule: "gold", Factor: decimal.New(15, -1), When: earning.Condition{Tiers: []string{"gold"}}}},
			}},
		},
		Expiry: points.Expiry{Kind: points.Months, N: 24},
	})
	require.NoError(t, err)
	return e
}

// tenRules is a programme with ten rules of all kinds.
func tenRules(t testing.TB) *points.Engine {
	t.Helper()
	v := earning.Version{
		Rates: []earning.Rate{{Rule: "base", Points: 1, Per: decimal.New(1, 0)}, {Rule: "extra", Points: 1, Per: decimal.New(10, 0), When: earning.Condition{Tiers: []string{"gold"}}}},
		Caps:  []earning.Cap{{Per: earning.PerMonth, Points: 100_000}},
	}
	for i := range 5 {
		v.Multipliers = append(v.Multipliers, earning.Multiplier{Rule: fmt.Sprint("m", i), Factor: decimal.New(int64(11+i), -1), When: earning.Condition{Tiers: []string{"gold"}}})
	}
	for i := range 3 {
		v.Bonuses = append(v.Bonuses, earning.Bonus{Rule: fmt.Sprint("b", i), Points: 5, When: earning.Condition{MinTotal: new(decimal.New(int64(40*i), 0))}})
	}
	e, err := points.Compile(points.Program{
		Rules: earning.Rules{
			Currency:   "EUR",
			Digits:     2,
			PointValue: decimal.New(1, -2),
			Versions:   []earning.Version{v},
		},
		Expiry: points.Expiry{Kind: points.Months, N: 24},
	})
	require.NoError(t, err)
	return e
}

// The yardstick: the same bookkeeping by one loop over plain structs: sequence,
// time, keys, orders that earn once, lots in burn order, months, totals in range.
type (
	handLot struct {
		id          uint64
		left        int64
		from, until int64
	}
	handOrder struct {
		name                            string
		date                            relmark.Date
		lot                             uint64
		total, granted, refunded, taken int64
	}
	handKey struct {
		key              string
		fingerprint, seq uint64
		at               int64
	}
	handMonth struct {
		year, granted int
		month         time.Month
	}
	handAccount struct {
		seq                        uint64
		last                       int64
		activity                   relmark.Date
		lots                       []handLot
		orders                     []handOrder
		keys                       []handKey
		months                     []handMonth
		issued, redeemed, reversed int64
	}
)

func (a *handAccount) draw(parts []points.Part, now int64) (n int64, ok bool) {
	for _, p := range parts {
		for i := range a.lots {
			if l := &a.lots[i]; l.id == p.Lot {
				if p.Points > l.left || now < l.from || now >= l.until {
					return 0, false
				}
				l.left -= p.Points
				n += p.Points
				break
			}
		}
	}
	return n, true
}

func (a *handAccount) earn(b *points.Earned) bool {
	for i := range a.orders {
		if a.orders[i].name == b.Order {
			return false
		}
	}
	a.orders = append(a.orders, handOrder{b.Order, b.Facts.Date, b.Lot, b.Facts.Total, b.Award.Granted, 0, 0})
	l := handLot{b.Lot, b.Award.Granted, b.AvailableAt.UnixNano(), b.ExpiresAt.UnixNano()}
	i := len(a.lots)
	for i > 0 && a.lots[i-1].until > l.until {
		i--
	}
	a.lots = slices.Insert(a.lots, i, l)
	year, month, _ := b.Facts.Date.Civil()
	if n := len(a.months); n == 0 || a.months[n-1].year != year || a.months[n-1].month != month {
		a.months = append(a.months, handMonth{year: year, month: month})
	}
	a.months[len(a.months)-1].granted += int(b.Award.Granted)
	a.issued += b.Award.Granted
	a.activity = b.Facts.Date
	return a.issued <= 1<<53-1
}

func (a *handAccount) refund(b *points.Refunded, now int64) bool {
	n, ok := a.draw(b.Reversed, now)
	a.reversed += n
	for i := range a.orders {
		if o := &a.orders[i]; o.name == b.Order {
			o.refunded += b.Amount
			o.taken += n
			return ok && o.refunded <= o.total && o.taken <= o.granted
		}
	}
	return false
}

func (a *handAccount) fold(events []points.Event) bool {
	a.lots, a.orders, a.keys, a.months = a.lots[:0], a.orders[:0], a.keys[:0], a.months[:0]
	a.seq, a.issued, a.redeemed, a.reversed = 0, 0, 0, 0
	a.last = 0
	for i := range events {
		ev := &events[i]
		now, ok := ev.Recorded.UnixNano(), false
		if ev.Seq != a.seq+1 || now < a.last {
			return false
		}
		switch b := ev.Body.(type) {
		case *points.Earned:
			ok = a.earn(b)
		case *points.Redeemed:
			var n int64
			n, ok = a.draw(b.Parts, now)
			a.redeemed += n
			a.activity = b.Date
		case *points.Refunded:
			ok = a.refund(b, now)
		}
		if !ok {
			return false
		}
		a.keys = append(a.keys, handKey{ev.Key, ev.Fingerprint, ev.Seq, ev.At.UnixNano()})
		a.seq, a.last = ev.Seq, now
	}
	return true
}

func BenchmarkFold40Events(b *testing.B) {
	events := member(b, twoRules(b))
	var a points.Account
	b.ReportAllocs()
	for b.Loop() {
		a.Reset()
		for i := range events {
			if err := a.Apply(events[i]); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(events)), "ns/event")
}

func BenchmarkFold40EventsByHand(b *testing.B) {
	events := member(b, twoRules(b))
	var a handAccount
	b.ReportAllocs()
	for b.Loop() {
		if !a.fold(events) {
			b.Fatal("refused")
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(events)), "ns/event")
}

// encoded returns the events of a member in both encodings.
func encoded(b *testing.B) (text, compact [][]byte) {
	b.Helper()
	for _, ev := range member(b, twoRules(b)) {
		data, err := ev.AppendJSON(nil)
		require.NoError(b, err)
		text = append(text, data)
		data, err = ev.AppendBinary(nil)
		require.NoError(b, err)
		compact = append(compact, data)
	}
	return text, compact
}

func benchmarkDecode(b *testing.B, events [][]byte, decode func([]byte, *points.Event) error) {
	b.Helper()
	b.ReportAllocs()
	size := 0
	var ev points.Event
	for b.Loop() {
		size = 0
		for _, data := range events {
			if err := decode(data, &ev); err != nil {
				b.Fatal(err)
			}
			size += len(data)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(events)), "ns/event")
	b.ReportMetric(float64(size)/float64(len(events)), "B/event")
}

func BenchmarkDecodeJSON40Events(b *testing.B) {
	text, _ := encoded(b)
	benchmarkDecode(b, text, new(points.Decoder).Decode)
}

// plainEvent is what encoding/json needs to read the events of [member]: the yardstick
// of decoders on another machine.
type plainEvent struct {
	V        int       `json:"v"`
	Type     string    `json:"type"`
	Seq      uint64    `json:"seq"`
	Key      string    `json:"key"`
	FP       string    `json:"fp"`
	At       time.Time `json:"at"`
	Recorded time.Time `json:"rec"`
	Data     struct {
		Order string `json:"order"`
		Facts struct {
			Date     string `json:"date"`
			Currency string `json:"currency"`
			Digits   int    `json:"digits"`
			Total    string `json:"total"`
			Cash     string `json:"cash"`
			Tier     string `json:"tier"`
		} `json:"facts"`
		Price struct {
			Version    string `json:"version"`
			Rate       int64  `json:"rate"`
			BaseDen    int64  `json:"base_den"`
			Factor     int64  `json:"factor"`
			FactorDen  int64  `json:"factor_den"`
			Product    int64  `json:"product"`
			Bonus      int64  `json:"bonus"`
			Cut        int64  `json:"cut"`
			Granted    int64  `json:"granted"`
			Qualifying int64  `json:"qualifying"`
			Grants     []struct {
				Rule   string `json:"rule"`
				Points int64  `json:"points"`
			} `json:"grants"`
		} `json:"price"`
		Lot       uint64      `json:"lot"`
		Available time.Time   `json:"available"`
		Expires   time.Time   `json:"expires"`
		Digits    int         `json:"digits"`
		Amount    string      `json:"amount"`
		Cash      string      `json:"cash"`
		Date      string      `json:"date"`
		Parts     []plainPart `json:"parts"`
		Reversed  []plainPart `json:"reversed"`
	} `json:"data"`
}

type plainPart struct {
	Lot    uint64 `json:"lot"`
	Points int64  `json:"points"`
	State  string `json:"state"`
}

func BenchmarkDecodeJSON40EventsByEncodingJSON(b *testing.B) {
	text, _ := encoded(b)
	benchmarkDecode(b, text, func(data []byte, _ *points.Event) error { return json.Unmarshal(data, new(plainEvent)) })
}

func BenchmarkDecodeCompact40Events(b *testing.B) {
	_, compact := encoded(b)
	benchmarkDecode(b, compact, new(points.Decoder).DecodeBinary)
}

func BenchmarkDecodeReusingJSON40Events(b *testing.B) {
	text, _ := encoded(b)
	d := points.Decoder{Reuse: true}
	benchmarkDecode(b, text, d.Decode)
}

func BenchmarkDecodeReusingCompact40Events(b *testing.B) {
	_, compact := encoded(b)
	d := points.Decoder{Reuse: true}
	benchmarkDecode(b, compact, d.DecodeBinary)
}

// BenchmarkSnapshot reads and writes an account of ten thousand events.
func BenchmarkSnapshot(b *testing.B) {
	life := lives()["two orders, one redemption"]
	l := start(b, life)
	for i := range 10_000 {
		l.step(b, life.next(l, i))
	}
	data := snapshot(b, &l.a)
	b.Run("read/events=10000", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if new(points.Account).UnmarshalBinary(data) != nil {
				b.Fatal("refused")
			}
		}
		b.ReportMetric(float64(len(data)), "B")
	})
	b.Run("write/events=10000", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := l.a.AppendBinary(nil); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkDecideEarn10Rules(b *testing.B) {
	e := tenRules(b)
	var a points.Account
	for _, ev := range member(b, e) {
		require.NoError(b, a.Apply(ev))
	}
	c := with(points.Command{Key: "new", At: time.Date(2025, 8, 1, 12, 0, 0, 0, time.UTC)}, points.Earn{
		Order: "new", Amount: decimal.New(4999, -2), Tier: "gold",
	})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := e.Decide(&a, c); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkWhatIf runs forty encoded events under programmes that differ in rate.
func BenchmarkWhatIf(b *testing.B) {
	text, compact := encoded(b)
	d := points.Decoder{Reuse: true}
	for _, n := range []int{1, 10} {
		b.Run(fmt.Sprintf("JSON/programmes=%d", n), func(b *testing.B) { benchmarkWhatIf(b, n, text, d.Decode) })
		b.Run(fmt.Sprintf("compact/programmes=%d", n), func(b *testing.B) { benchmarkWhatIf(b, n, compact, d.DecodeBinary) })
	}
}

func benchmarkWhatIf(b *testing.B, n int, encoded [][]byte, decode func([]byte, *points.Event) error) {
	b.Helper()
	var engines []*points.Engine
	for i := range n {
		p := twoRules(b).Program()
		p.Versions[0].Rates[0].Points = int64(i + 1)
		e, err := points.Compile(p)
		require.NoError(b, err)
		engines = append(engines, e)
	}
	w, err := points.NewWhatIf(engines...)
	require.NoError(b, err)
	var ev points.Event
	b.ReportAllocs()
	for b.Loop() {
		for _, data := range encoded {
			if err := decode(data, &ev); err != nil {
				b.Fatal(err)
			}
			if err := w.Event(&ev); err != nil {
				b.Fatal(err)
			}
		}
		if err := w.Member(at(800)); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(encoded)), "ns/event")
}

// The yardstick of [points.Engine.Quote]: the same pricing by hand, on minor units, of
// rules that are data as well, with the checks that money calls for: amounts and
// products in range, the local date in those of the rules, one rounding, what counts for
// tiers, and the most that a cap leaves.
type (
	handPurchase struct {
		at    time.Time
		cents int64
		tier  string
	}
	handRule struct {
		num, den int64
		from, to relmark.Date
		min, max int64 // cents
		tiers    []string
	}
	handProgram struct {
		zone               *time.Location
		from, to           relmark.Date
		rates, multipliers []handRule
		limit              int64
	}
)

func (r *handRule) holds(o *handPurchase, day relmark.Date) bool {
	return !day.Before(r.from) && (r.to.IsZero() || !day.After(r.to)) && o.cents >= r.min && o.cents <= r.max && (len(r.tiers) == 0 || slices.Contains(r.tiers, o.tier))
}

func (p *handProgram) price(o *handPurchase) (granted, qualifying int64, ok bool) {
	const most = 1<<53 - 1
	day, err := relmark.DateOf(o.at, p.zone)
	if err != nil || o.cents < 0 || o.cents > most || day.Before(p.from) || !p.to.IsZero() && day.After(p.to) {
		return 0, 0, false
	}
	rate, rateDen, factor, factorDen := int64(0), int64(1), int64(1), int64(1)
	for i := range p.rates {
		if r := &p.rates[i]; r.holds(o, day) {
			rate, rateDen = rate+r.num, r.den
		}
	}
	for i := range p.multipliers {
		if m := &p.multipliers[i]; m.holds(o, day) {
			factor, factorDen = factor*m.den+m.num-m.den, m.den
		}
	}
	num, den := rate*factor, rateDen*factorDen
	hi, lo := bits.Mul64(uint64(o.cents), uint64(num))
	if hi >= uint64(den) {
		return 0, 0, false
	}
	product, _ := bits.Div64(hi, lo, uint64(den))
	hi, lo = bits.Mul64(uint64(o.cents), uint64(rate))
	if hi >= uint64(rateDen) {
		return 0, 0, false
	}
	base, _ := bits.Div64(hi, lo, uint64(rateDen))
	if max(product, base) > most {
		return 0, 0, false
	}
	return min(int64(product), max(0, p.limit)), int64(base), true
}

// BenchmarkEarnLoop prices a thousand orders: as quotes of amounts that come in as
// decimals, as decisions for a new member, and by hand on minor units.
func BenchmarkEarnLoop(b *testing.B) {
	const orders = 1000
	e := twoRules(b)
	at := time.Date(2025, 8, 1, 12, 0, 0, 0, time.UTC)
	var amounts [orders]decimal.Decimal
	for i := range amounts {
		amounts[i] = decimal.New(int64(4999+i), -2)
	}
	c := points.Earn{Order: "O", Tier: "gold"}
	command := points.Command{Key: "k", At: at, Do: &c}
	order := earning.Order{At: at, Tier: "gold"}
	o := handPurchase{at: at, tier: "gold"}
	loop := func(name string, earn func(i int) (int64, error)) {
		b.Run(name, func(b *testing.B) {
			var sum int64
			b.ReportAllocs()
			for b.Loop() {
				for i := range orders {
					n, err := earn(i)
					if err != nil {
						b.Fatal(err)
					}
					sum += n
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*orders), "ns/order")
			require.Positive(b, sum)
		})
	}
	loop("quote", func(i int) (int64, error) {
		order.Amount = amounts[i]
		p, err := e.Earning().Quote(&order)
		return p.Granted, err
	})
	var empty points.Account
	loop("decide", func(i int) (int64, error) {
		c.Amount = amounts[i]
		d, err := e.Decide(&empty, command)
		if err != nil {
			return 0, err
		}
		return d.Event.Body.(*points.Earned).Award.Granted, nil
	})
	always := handRule{num: 1, den: 100, max: 1 << 53}
	gold := handRule{num: 3, den: 2, max: 1 << 53, tiers: []string{"gold"}}
	p := handProgram{zone: time.UTC, rates: []handRule{always}, multipliers: []handRule{gold}, limit: 1<<53 - 1}
	loop("int64", func(i int) (int64, error) {
		o.cents = int64(4999 + i)
		n, _, ok := p.price(&o)
		if !ok {
			return 0, relmark.ErrLimit
		}
		return n, nil
	})
}

// BenchmarkSummarise1000Members folds members of forty events each, from compact
// encodings that differ in their names, and adds them up. What it reports is a
// thousand times that, for a million.
func BenchmarkSummarise1000Members(b *testing.B) {
	e := twoRules(b)
	members := make([][][]byte, 1000)
	for i := range members {
		for _, ev := range member(b, e) {
			ev, err := ev.Redact(func(name string) string { return fmt.Sprintf("%s-%04d", name, i) })
			require.NoError(b, err)
			data, err := ev.AppendBinary(nil)
			require.NoError(b, err)
			members[i] = append(members[i], data)
		}
	}
	decoder := points.Decoder{Reuse: true}
	var a points.Account
	var ev points.Event
	b.ReportAllocs()
	for b.Loop() {
		var s points.Summary
		for i := range members {
			a.Reset()
			for _, data := range members[i] {
				if err := decoder.DecodeBinary(data, &ev); err != nil {
					b.Fatal(err)
				}
				if err := a.Apply(ev); err != nil {
					b.Fatal(err)
				}
			}
			if err := s.Add(&a, at(400)); err != nil {
				b.Fatal(err)
			}
		}
		require.Equal(b, int64(len(members)), s.Accounts)
	}
	b.ReportMetric(1000*b.Elapsed().Seconds()/float64(b.N), "s/million")
}

// BenchmarkSummarise40Events folds a member from encoded events and adds it up; a million
// such members are a million times as much.
func BenchmarkSummarise40Events(b *testing.B) {
	_, encoded := encoded(b)
	decoder := points.Decoder{Reuse: true}
	var a points.Account
	var s points.Summary
	var ev points.Event
	b.ReportAllocs()
	for b.Loop() {
		a.Reset()
		for _, data := range encoded {
			if err := decoder.DecodeBinary(data, &ev); err != nil {
				b.Fatal(err)
			}
			if err := a.Apply(ev); err != nil {
				b.Fatal(err)
			}
		}
		if err := s.Add(&a, at(400)); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N), "ns/member")
}
