package structural

import (
	"cmp"
	"fmt"
	"math"
	"math/big"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/calendar"
	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/lot"
	"github.com/relmark/relmark/internal/money"
)

// A Band is one tier of the credit that a broken promise costs.
type Band struct {
	Below  decimal.Decimal // service level in percent below which it applies, above 0 to 100
	Credit decimal.Decimal // percent of the fee, above 0 to 100
}

// An SLA is what a service level agreement promises, and what it costs to break it. It is
// plain data, safe for concurrent use while nobody changes it. Percentages have at most nine
// fraction digits.
type SLA struct {
	Zone   *time.Location  // of the days of a period; required
	Digits int             // fraction digits of the currency, 0 to 9
	Fee    decimal.Decimal // for the period, 0 or more
	// Bands do not add: the highest credit of those that apply counts. Without any, nothing
	// is ever credited.
	Bands []Band
	Cap   *decimal.Decimal // most percent of the fee that is credited, above 0 to 100; nil: no cap but the fee
	Total *CreditCap       // what several periods come to at most, by [SLA.Settle]; nil: no such cap
}

// An Interval is the time from From until Until, which is not in it.
type Interval struct {
	From  time.Time `json:"from"`
	Until time.Time `json:"until"` // From or later
}

// An SLACredit is the service level of a period against the promise, and what is credited.
type SLACredit struct {
	Measured time.Duration   // of the period, without what is excluded
	Excluded time.Duration   // of the period
	Down     time.Duration   // of what is measured
	Level    float64         // percent of what is measured that was good, 0 to 100
	Breached bool            // whether a band applies
	Percent  decimal.Decimal // of the fee; 0 if no band applies
	Capped   bool            // whether a cap cut it
	Credit   decimal.Decimal // fee · percent/100, rounded half away from zero, less Cut
	Cut      decimal.Decimal // what [SLA.Settle] took away
}

const (
	percentRule = "must be above 0 and at most 100, with at most 9 fraction digits"
	hundred     = 100_000_000_000 // percent, in units of 10^-9
	longest     = 36_600          // days of a period, whose nanoseconds fit in 64 bits
)

// Validate reports every rule that s breaks, joined into one error.
func (s SLA) Validate() error {
	_, err := s.read()
	return err
}

// sla is an SLA in exact numbers: percentages in units of 10^-9.
type sla struct {
	fee   int64
	bands [][2]int64 // below, credit
	cap   int64
	total int64
}

func (s *SLA) read() (sla, error) {
	var c checker
	c.Check(s.Zone != nil, "Zone", nil, "must not be nil")
	c.digits(s.Digits)
	x := sla{fee: c.amount(s.Fee, s.Digits, "Fee"), cap: hundred}
	for i, b := range s.Bands {
		if c.Full() {
			break
		}
		x.bands = append(x.bands, [2]int64{
			c.percent(b.Below, fmt.Sprintf("Bands[%d].Below", i)), c.percent(b.Credit, fmt.Sprintf("Bands[%d].Credit", i)),
		})
	}
	if s.Cap != nil {
		x.cap = c.percent(*s.Cap, "Cap")
	}
	x.total = c.window(s.Total)
	return x, c.Err(room)
}

// percent reads a percentage.
func (c *checker) percent(d decimal.Decimal, field string) int64 {
	n, err := money.Minor(d, maxDigits)
	c.Check(err == nil && n > 0 && n <= hundred, field, nil, percentRule)
	return n
}

// Availability credits a period of local days, from the first through the last, for the time
// in which the service was down. Intervals are clipped to the period and united, so that
// what overlaps counts once, in any order; time that is excluded, such as planned
// maintenance, is neither measured nor down. It fails with [relmark.ErrInvalid] on an SLA, a
// period or an interval that breaks a rule, and with [relmark.ErrTooFew] if nothing is left
// to measure. It takes time n log n in the intervals.
func (s SLA) Availability(from, through relmark.Date, down, excluded []Interval) (SLACredit, error) {
	x, err := s.read()
	if err != nil {
		return SLACredit{}, err
	}
	p, err := s.period(from, through)
	if err != nil {
		return SLACredit{}, err
	}
	var c checker
	c.intervals("Down", down)
	c.intervals("Excluded", excluded)
	if err := c.Err(room); err != nil {
		return SLACredit{}, err
	}
	out := spans(p.clip(excluded))
	broken := spans(p.clip(down))
	off := union(out)
	measured := p.until - p.from - off
	bad := union(append(broken, out...)) - off
	if measured == 0 {
		return SLACredit{}, fmt.Errorf("%s: nothing measured: %w", room, relmark.ErrTooFew)
	}
	credit := s.judge(&x, measured-bad, measured)
	credit.Measured, credit.Excluded, credit.Down = time.Duration(measured), time.Duration(off), time.Duration(bad)
	return credit, nil
}

// Conformance credits a period for cases instead of time: how many of those that count kept
// the promise, such as calls that were answered within a minute. Measured, Excluded and Down
// are 0. It fails with [relmark.ErrInvalid] on an SLA that breaks a rule, on negative
// numbers and on more kept than there are, and with [relmark.ErrTooFew] without any.
func (s SLA) Conformance(kept, cases int64) (SLACredit, error) {
	x, err := s.read()
	if err != nil {
		return SLACredit{}, err
	}
	switch {
	case kept < 0 || cases < 0 || kept > cases:
		return SLACredit{}, invalid("Kept", kept, "must be 0 to the number of cases")
	case cases == 0:
		return SLACredit{}, fmt.Errorf("%s: no cases: %w", room, relmark.ErrTooFew)
	}
	return s.judge(&x, kept, cases), nil
}

// judge credits good of all, of which there are some.
func (s *SLA) judge(x *sla, good, all int64) SLACredit {
	level := new(big.Rat).Mul(big.NewRat(good, all), big.NewRat(100, 1))
	out := SLACredit{}
	out.Level, _ = level.Float64()
	percent := int64(0)
	for _, b := range x.bands {
		if level.Cmp(big.NewRat(b[0], 1_000_000_000)) < 0 {
			percent = max(percent, b[1])
		}
	}
	out.Breached, out.Capped = percent > 0, percent > x.cap
	percent = min(percent, x.cap)
	credit, _ := money.MulDiv(x.fee, percent, hundred, money.HalfUp) // at most the fee
	out.Percent, out.Credit = money.Decimal(percent, maxDigits), money.Decimal(credit, s.Digits)
	return out
}

// A span is an interval in nanoseconds.
type span struct{ from, until int64 }

type spans []span

// period returns the time of local days.
func (s *SLA) period(from, through relmark.Date) (span, error) {
	var c checker
	next := through.AddDays(1)
	start, end := from.Start(s.Zone), next.Start(s.Zone)
	c.Check(!from.IsZero() && calendar.InRange(start), "From", from, calendar.RangeRule)
	c.Check(!next.IsZero() && calendar.InRange(through.Start(s.Zone)), "Through", through, calendar.RangeRule)
	c.Check(!through.Before(from) && next.Sub(from) <= longest, "Through", through, "must not come before From, nor 36600 days after it")
	return span{start.UnixNano(), end.UnixNano()}, c.Err(room)
}

func (c *checker) intervals(field string, list []Interval) {
	for i, x := range list {
		if x.Until.Before(x.From) {
			c.Add(fmt.Sprintf("%s[%d]", field, i), nil, "must not end before it begins")
		}
	}
}

// clip returns what of intervals lies in a span.
func (s span) clip(list []Interval) []span {
	var out []span
	for _, x := range list {
		if p := (span{max(s.from, lot.Instant(x.From)), min(s.until, lot.Instant(x.Until))}); p.from < p.until {
			out = append(out, p)
		}
	}
	return out
}

// union returns how long intervals are together; it sorts them.
func union(list spans) int64 {
	slices.SortFunc(list, func(a, b span) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.until, b.until)) })
	total, end := int64(0), int64(math.MinInt64) // of what has been counted
	for _, s := range list {
		if from := max(s.from, end); from < s.until {
			total += s.until - from
			end = s.until
		}
	}
	return total
}

type (
	slaJSON struct {
		V      int          `json:"v"`
		Zone   string       `json:"zone"`
		Digits int          `json:"digits"`
		Fee    money.Plain  `json:"fee"`
		Bands  []bandJSON   `json:"bands,omitempty"`
		Cap    *money.Plain `json:"cap,omitempty"`
		Total  *CreditCap   `json:"total,omitempty"`
	}
	bandJSON struct {
		Below  money.Plain `json:"below"`
		Credit money.Plain `json:"credit"`
	}
	slaCreditJSON struct {
		Measured time.Duration `json:"measured"`
		Excluded time.Duration `json:"excluded,omitempty"`
		Down     time.Duration `json:"down,omitempty"`
		Level    float64       `json:"level"`
		Breached bool          `json:"breached,omitempty"`
		Percent  money.Plain   `json:"percent"`
		Capped   bool          `json:"capped,omitempty"`
		Credit   money.Plain   `json:"credit"`
		Cut      money.Plain   `json:"cut,omitzero"`
	}
)

// MarshalJSON encodes the band as its fields, as exact text.
func (b Band) MarshalJSON() ([]byte, error) {
	return encode(bandJSON{money.Plain(b.Below), money.Plain(b.Credit)})
}

// UnmarshalJSON decodes what [Band.MarshalJSON] writes; whether it is valid, [SLA.Validate]
// says. It fails with [relmark.ErrInvalid], and leaves b unchanged then.
func (b *Band) UnmarshalJSON(data []byte) error {
	var in bandJSON
	if err := alone("band", data, &in); err != nil {
		return err
	}
	*b = Band{decimal.Decimal(in.Below), decimal.Decimal(in.Credit)}
	return nil
}

// MarshalJSON encodes a valid SLA in one canonical form:
//
//	{"v":1,"zone":"Europe/Berlin","digits":2,"fee":"1000","bands":[{"below":"99.9","credit":"10"}],
//	 "cap":"50","total":{"periods":12,"percent":"25"}}
//
// without the space. The zone must have a name that a loader can find again: [time.Local] is an error.
func (s SLA) MarshalJSON() ([]byte, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	zone, err := canon.ZoneName(s.Zone)
	if err != nil {
		return nil, fault.Room(room, err)
	}
	out := slaJSON{version, zone, s.Digits, money.Plain(s.Fee), nil, (*money.Plain)(s.Cap), s.Total}
	for _, b := range s.Bands {
		out.Bands = append(out.Bands, bandJSON{money.Plain(b.Below), money.Plain(b.Credit)})
	}
	return encode(out)
}

// UnmarshalJSON fails with [relmark.ErrUnsupported]: decode an SLA with [DecodeSLA], which
// takes a loader of zones.
func (*SLA) UnmarshalJSON([]byte) error { return fault.Room(room, canon.NeedsZone("DecodeSLA")) }

// DecodeSLA decodes an SLA of any version that was ever written and looks up its zone by
// name with zone, such as [time.LoadLocation]. It fails as [DecodeEntitlementTerms] does.
func DecodeSLA(data []byte, zone func(name string) (*time.Location, error)) (SLA, error) {
	var in slaJSON
	if err := decode("SLA", data, &in); err != nil {
		return SLA{}, err
	}
	loc, err := canon.LoadZone(in.Zone, zone)
	if err != nil {
		return SLA{}, fault.Room(room, err)
	}
	s := SLA{loc, in.Digits, decimal.Decimal(in.Fee), nil, (*decimal.Decimal)(in.Cap), in.Total}
	for _, b := range in.Bands {
		s.Bands = append(s.Bands, Band{decimal.Decimal(b.Below), decimal.Decimal(b.Credit)})
	}
	if err := s.Validate(); err != nil {
		return SLA{}, err
	}
	return s, nil
}

// MarshalJSON encodes the credit as its fields, amounts as exact text, durations in
// nanoseconds.
func (c SLACredit) MarshalJSON() ([]byte, error) {
	return encode(slaCreditJSON{c.Measured, c.Excluded, c.Down, c.Level, c.Breached, money.Plain(c.Percent), c.Capped, money.Plain(c.Credit), money.Plain(c.Cut)})
}

// UnmarshalJSON decodes what [SLACredit.MarshalJSON] writes. It fails with
// [relmark.ErrInvalid] on anything else, and leaves c unchanged then.
func (c *SLACredit) UnmarshalJSON(data []byte) error {
	var in slaCreditJSON
	if err := alone("credit", data, &in); err != nil {
		return err
	}
	*c = SLACredit{in.Measured, in.Excluded, in.Down, in.Level, in.Breached, decimal.Decimal(in.Percent), in.Capped, decimal.Decimal(in.Credit), decimal.Decimal(in.Cut)}
	return nil
}
