package points

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/calendar"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

// programVersion is the version of the encoding that is written. Every version
// that was ever written can be read.
const programVersion = 1

// The encoding, version 1. Amounts and fractions are decimal strings, weekdays are
// 1 for Monday to 7 for Sunday, as in ISO 8601.
type (
	programJSON struct {
		V            int           `json:"v"`
		Zone         string        `json:"zone,omitempty"`
		Currency     string        `json:"currency"`
		Digits       int           `json:"digits,omitempty"`
		PointValue   money.Plain   `json:"point_value,omitzero"`
		Versions     []versionJSON `json:"versions"`
		Expiry       Expiry        `json:"expiry,omitzero"`
		MaturityDays int           `json:"maturity_days,omitempty"`
		Shortfall    Shortfall     `json:"shortfall,omitempty"`
		GraceDays    *int          `json:"grace_days,omitempty"`
		TransferFee  money.Plain   `json:"transfer_fee,omitzero"`
		Payout       Payout        `json:"payout,omitempty"`
	}
	versionJSON struct {
		Name        string           `json:"name,omitempty"`
		From        relmark.Date     `json:"from,omitzero"`
		To          relmark.Date     `json:"to,omitzero"`
		Rates       []rateJSON       `json:"rates,omitempty"`
		Multipliers []multiplierJSON `json:"multipliers,omitempty"`
		Bonuses     []bonusJSON      `json:"bonuses,omitempty"`
		Goals       []goalJSON       `json:"goals,omitempty"`
		Caps        []capJSON        `json:"caps,omitempty"`
		Budgets     []capJSON        `json:"budgets,omitempty"`
		Stacking    Stacking         `json:"stacking,omitempty"`
		Rounding    Rounding         `json:"rounding,omitempty"`
	}
	rateJSON struct {
		Rule   string         `json:"rule"`
		Points int64          `json:"points"`
		Per    money.Plain    `json:"per"`
		When   *conditionJSON `json:"when,omitempty"`
	}
	multiplierJSON struct {
		Rule      string         `json:"rule"`
		Factor    money.Plain    `json:"factor"`
		Exclusive bool           `json:"exclusive,omitempty"`
		Priority  int            `json:"priority,omitempty"`
		When      *conditionJSON `json:"when,omitempty"`
	}
	bonusJSON struct {
		Rule   string         `json:"rule"`
		Points int64          `json:"points"`
		When   *conditionJSON `json:"when,omitempty"`
	}
	goalJSON struct {
		Rule   string         `json:"rule"`
		Count  Counting       `json:"count,omitempty"`
		Target int64          `json:"target"`
		Points int64          `json:"points"`
		Repeat bool           `json:"repeat,omitempty"`
		When   *conditionJSON `json:"when,omitempty"`
	}
	capJSON struct {
		Per    Period `json:"per"`
		Points int64  `json:"points"`
	}
	conditionJSON struct {
		From       relmark.Date    `json:"from,omitzero"`
		To         relmark.Date    `json:"to,omitzero"`
		Weekdays   []int           `json:"weekdays,omitempty"`
		Tiers      []string        `json:"tiers,omitempty"`
		Categories []string        `json:"categories,omitempty"`
		MinTotal   *money.Plain    `json:"min_total,omitempty"`
		MaxTotal   *money.Plain    `json:"max_total,omitempty"`
		Tag        string          `json:"tag,omitempty"`
		Values     []string        `json:"values,omitempty"`
		Any        []conditionJSON `json:"any,omitempty"`
		Not        []conditionJSON `json:"not,omitempty"`
	}
)

// MarshalJSON encodes a valid programme in one canonical form:
//
//	{"v":1,"zone":"Europe/Berlin","currency":"EUR","digits":2,"point_value":"0.01",
//	 "versions":[{"name":"2025","from":"2025-01-01","to":"2025-12-31",
//	  "rates":[{"rule":"base","points":1,"per":"1"}],
//	  "multipliers":[{"rule":"weekend","factor":"2","exclusive":true,"priority":7,
//	   "when":{"weekdays":[6,7],"tiers":["gold"],"any":[{"min_total":"50"},{"tag":"app"}]}}],
//	  "bonuses":[{"rule":"big","points":50,"when":{"min_total":"100"}}],
//	  "goals":[{"rule":"card","target":10,"points":25,"repeat":true}],
//	  "caps":[{"per":"month","points":5000}],"budgets":[{"per":"year","points":900000}]}],
//	 "expiry":{"kind":"months","n":24},"maturity_days":14,"shortfall":"clamp",
//	 "grace_days":30,"transfer_fee":"0.05","payout":"by_lot"}
//
// without the spaces, in this order, what has its default left out. Fractions and
// amounts are decimal strings, weekdays count from 1 for Monday. The zone is encoded
// by its name, which must be one that a loader can find again: [time.Local] is an
// error.
func (p Program) MarshalJSON() ([]byte, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	out := programJSON{
		V: programVersion, Currency: p.Currency, Digits: p.Digits, PointValue: money.Plain(p.PointValue),
		Expiry: p.Expiry, MaturityDays: p.MaturityDays, Shortfall: p.Shortfall, GraceDays: p.GraceDays,
		TransferFee: money.Plain(p.TransferFee), Payout: p.Payout,
	}
	if p.Zone != nil {
		var ok bool
		if out.Zone, ok = calendar.ZoneName(p.Zone); !ok {
			return nil, invalid("Zone", nil, zoneRule)
		}
	}
	for _, v := range p.Versions {
		out.Versions = append(out.Versions, v.encode())
	}
	return json.Marshal(out)
}

const zoneRule = "must be the name of a zone that the loader knows"

// encode returns the encoding of a version of a valid programme.
func (v Version) encode() versionJSON {
	out := versionJSON{Name: v.Name, From: v.From, To: v.To, Stacking: v.Stacking, Rounding: v.Rounding}
	for _, r := range v.Rates {
		out.Rates = append(out.Rates, rateJSON{r.Rule, r.Points, money.Plain(r.Per), r.When.encoded()})
	}
	for _, m := range v.Multipliers {
		out.Multipliers = append(out.Multipliers, multiplierJSON{m.Rule, money.Plain(m.Factor), m.Exclusive, m.Priority, m.When.encoded()})
	}
	for _, b := range v.Bonuses {
		out.Bonuses = append(out.Bonuses, bonusJSON{b.Rule, b.Points, b.When.encoded()})
	}
	for _, g := range v.Goals {
		out.Goals = append(out.Goals, goalJSON{g.Rule, g.Count, g.Target, g.Points, g.Repeat, g.When.encoded()})
	}
	for _, c := range v.Caps {
		out.Caps = append(out.Caps, capJSON(c))
	}
	for _, c := range v.Budgets {
		out.Budgets = append(out.Budgets, capJSON(c))
	}
	return out
}

// encoded returns the encoding of a condition, nil if it always holds.
func (c Condition) encoded() *conditionJSON {
	if t := c.compile(0); t.always {
		return nil
	}
	return new(c.encode())
}

// encode returns the encoding of a condition. Go counts weekdays from 0 for Sunday.
func (c Condition) encode() conditionJSON {
	out := conditionJSON{
		From: c.From, To: c.To, Tiers: c.Tiers, Categories: c.Categories,
		MinTotal: (*money.Plain)(c.MinTotal), MaxTotal: (*money.Plain)(c.MaxTotal), Tag: c.Tag, Values: c.Values,
	}
	for _, d := range c.Weekdays {
		out.Weekdays = append(out.Weekdays, (int(d)+6)%7+1)
	}
	for _, a := range c.Any {
		out.Any = append(out.Any, a.encode())
	}
	for _, n := range c.Not {
		out.Not = append(out.Not, n.encode())
	}
	return out
}

// DecodeProgram decodes a programme of any version that [Program.MarshalJSON] has
// ever written, and looks up its zone by name with zone, such as
// [time.LoadLocation]; zone may be nil if the programme has none. Spaces and the
// order of keys do not matter; empty lists decode as nil.
//
// An unknown version is [relmark.ErrUnsupported]. Text that is not JSON, keys that
// are unknown or repeated, an unknown zone and a programme that is not valid are
// [relmark.ErrInvalid]. The error of zone is wrapped; nothing else of the text is
// repeated.
func DecodeProgram(data []byte, zone func(name string) (*time.Location, error)) (Program, error) {
	var in programJSON
	if err := fault.Decode("points", "programme", codec.JSON(data, programVersion, &in)); err != nil {
		return Program{}, err
	}
	p := Program{
		Currency: in.Currency, Digits: in.Digits, PointValue: decimal.Decimal(in.PointValue),
		Expiry: in.Expiry, MaturityDays: in.MaturityDays, Shortfall: in.Shortfall, GraceDays: in.GraceDays,
		TransferFee: decimal.Decimal(in.TransferFee), Payout: in.Payout,
	}
	for _, v := range in.Versions {
		p.Versions = append(p.Versions, v.decode())
	}
	if in.Zone != "" {
		var err error
		if p.Zone, err = calendar.LoadZone(in.Zone, zone); err != nil {
			return Program{}, fmt.Errorf("%w: %w", invalid("Zone", nil, zoneRule), err)
		}
	}
	if err := p.Validate(); err != nil {
		return Program{}, err
	}
	return p, nil
}

// decode returns the version that is encoded, valid or not.
func (v versionJSON) decode() Version {
	out := Version{Name: v.Name, From: v.From, To: v.To, Stacking: v.Stacking, Rounding: v.Rounding}
	for _, r := range v.Rates {
		out.Rates = append(out.Rates, Rate{r.Rule, r.Points, decimal.Decimal(r.Per), r.When.condition()})
	}
	for _, m := range v.Multipliers {
		out.Multipliers = append(out.Multipliers, Multiplier{m.Rule, decimal.Decimal(m.Factor), m.Exclusive, m.Priority, m.When.condition()})
	}
	for _, b := range v.Bonuses {
		out.Bonuses = append(out.Bonuses, Bonus{b.Rule, b.Points, b.When.condition()})
	}
	for _, g := range v.Goals {
		out.Goals = append(out.Goals, Goal{g.Rule, g.Count, g.Target, g.Points, g.Repeat, g.When.condition()})
	}
	for _, c := range v.Caps {
		out.Caps = append(out.Caps, Cap(c))
	}
	for _, c := range v.Budgets {
		out.Budgets = append(out.Budgets, Cap(c))
	}
	return out
}

// condition returns the condition that is encoded; none always holds.
func (c *conditionJSON) condition() Condition {
	if c == nil {
		return Condition{}
	}
	out := Condition{
		From: c.From, To: c.To, Tiers: c.Tiers, Categories: c.Categories,
		MinTotal: (*decimal.Decimal)(c.MinTotal), MaxTotal: (*decimal.Decimal)(c.MaxTotal), Tag: c.Tag, Values: c.Values,
	}
	for _, d := range c.Weekdays {
		out.Weekdays = append(out.Weekdays, weekday(d))
	}
	for i := range c.Any {
		out.Any = append(out.Any, c.Any[i].condition())
	}
	for i := range c.Not {
		out.Not = append(out.Not, c.Not[i].condition())
	}
	return out
}

// weekday returns the day with an ISO number; one that does not exist stays so.
func weekday(iso int) time.Weekday {
	if iso < 1 || iso > 7 {
		return -1
	}
	return time.Weekday(iso % 7)
}
