package earning

import (
	"encoding/json"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

// rulesVersion is the version of the encoding that is written. Every version that was
// ever written can be read.
const rulesVersion = 1

// rulesJSON is the encoding, version 1. Amounts and fractions are decimal strings,
// weekdays are 1 for Monday to 7 for Sunday, as in ISO 8601.
type rulesJSON struct {
	V          int         `json:"v"`
	Zone       string      `json:"zone,omitempty"`
	Currency   string      `json:"currency"`
	Digits     int         `json:"digits,omitempty"`
	PointValue money.Plain `json:"point_value,omitzero"`
	Spending   Spending    `json:"spending,omitzero"`
	YearEnd    YearEnd     `json:"year_end,omitzero"`
	Versions   []Version   `json:"versions"`
}

// MarshalJSON encodes valid rules in one canonical form:
//
//	{"v":1,"zone":"Europe/Berlin","currency":"EUR","digits":2,"point_value":"0.01",
//	 "spending":{"min_points":100,"step":50,"max_share":"0.5"},"year_end":"03-31",
//	 "versions":[{"name":"2025","from":"2025-01-01","to":"2025-12-31",
//	  "exclusions":[{"rule":"no gift cards","lines":{"categories":["gift card"]}}],
//	  "rates":[{"rule":"base","points":1,"per":"1"},
//	   {"rule":"night","points":500,"per":"1","measure":"nights","lines":{"exclude":{"tags":["group"]}}}],
//	  "multipliers":[{"rule":"weekend","factor":"2","exclusive":true,"priority":7,
//	   "when":{"weekdays":[6,7],"tiers":["gold"],"any":[{"min_total":"50"},{"tag":"app"}]}}],
//	  "bonuses":[{"rule":"big","points":50,"when":{"min_total":"100"}}],
//	  "goals":[{"rule":"card","target":10,"points":25,"repeat":true}],
//	  "activities":[{"rule":"review","kind":"review","points":20,"once":"month"}],
//	  "caps":[{"per":"month","points":5000}],"budgets":[{"per":"year","points":900000}]}]}
//
// without the spaces, in this order, what has its default left out. Fractions and
// amounts are decimal strings, weekdays count from 1 for Monday. The zone is encoded
// by its name, which must be one that a loader can find again: [time.Local] is an
// error.
func (r Rules) MarshalJSON() ([]byte, error) {
	if err := r.Validate(); err != nil {
		return nil, err
	}
	out := rulesJSON{
		V: rulesVersion, Currency: r.Currency, Digits: r.Digits, PointValue: money.Plain(r.PointValue), Spending: r.Spending,
		YearEnd: r.YearEnd, Versions: r.Versions,
	}
	if r.Zone != nil {
		var err error
		if out.Zone, err = canon.ZoneName(r.Zone); err != nil {
			return nil, fault.Room("earning", err)
		}
	}
	return json.Marshal(out)
}

// UnmarshalJSON fails with [relmark.ErrUnsupported]: rules name their zone, which a
// loader has to find. Use [DecodeRules].
func (r *Rules) UnmarshalJSON([]byte) error {
	return fault.Room("earning", canon.NeedsZone("DecodeRules"))
}

// DecodeRules decodes rules of any version that [Rules.MarshalJSON] has ever written,
// and looks up their zone by name with zone, such as [time.LoadLocation]; zone may be
// nil if the rules have none. Spaces and the order of keys do not matter; empty lists
// decode as nil, but for those of conditions, which are refused.
//
// An unknown version is [relmark.ErrUnsupported]. Text that is not JSON, keys that
// are unknown or repeated, an unknown zone and rules that are not valid are
// [relmark.ErrInvalid]. The error of zone is wrapped; nothing else of the text is
// repeated. What it takes, in memory and in time, is proportional to the text.
func DecodeRules(data []byte, zone func(name string) (*time.Location, error)) (Rules, error) {
	var in rulesJSON
	if err := fault.Decode("earning", "rules", codec.JSON(data, rulesVersion, &in)); err != nil {
		return Rules{}, err
	}
	r := Rules{Currency: in.Currency, Digits: in.Digits, PointValue: decimal.Decimal(in.PointValue), Spending: in.Spending, YearEnd: in.YearEnd, Versions: in.Versions}
	if in.Zone != "" {
		var err error
		if r.Zone, err = canon.LoadZone(in.Zone, zone); err != nil {
			return Rules{}, fault.Room("earning", err)
		}
	}
	for i := range r.Versions {
		r.Versions[i].tidy()
	}
	if err := r.Validate(); err != nil {
		return Rules{}, err
	}
	return r, nil
}

// tidy makes empty lists nil, as which they are written.
func (v *Version) tidy() {
	v.Rates, v.Multipliers, v.Bonuses, v.Goals = some(v.Rates), some(v.Multipliers), some(v.Bonuses), some(v.Goals)
	v.Exclusions, v.Activities, v.Caps, v.Budgets = some(v.Exclusions), some(v.Activities), some(v.Caps), some(v.Budgets)
}

// some returns a list, nil if it is empty.
func some[T any](list []T) []T {
	if len(list) == 0 {
		return nil
	}
	return list
}

// The encodings of rules whose fields are not those of JSON.
type (
	rateJSON struct {
		Rule    string      `json:"rule"`
		Points  int64       `json:"points"`
		Per     money.Plain `json:"per"`
		Measure string      `json:"measure,omitempty"`
		Steps   Steps       `json:"steps,omitempty"`
		Lines   Selector    `json:"lines,omitzero"`
		When    Condition   `json:"when,omitzero"`
	}
	multiplierJSON struct {
		Rule      string      `json:"rule"`
		Factor    money.Plain `json:"factor"`
		Exclusive bool        `json:"exclusive,omitempty"`
		Priority  int         `json:"priority,omitempty"`
		Lines     Selector    `json:"lines,omitzero"`
		When      Condition   `json:"when,omitzero"`
	}
	spendingJSON struct {
		MinPoints int64        `json:"min_points,omitempty"`
		Step      int64        `json:"step,omitempty"`
		MaxShare  *money.Plain `json:"max_share,omitempty"`
		Lines     Selector     `json:"lines,omitzero"`
	}
	conditionJSON struct {
		From       relmark.Date    `json:"from,omitzero"`
		To         relmark.Date    `json:"to,omitzero"`
		Weekdays   []int           `json:"weekdays,omitzero"`
		Tiers      []string        `json:"tiers,omitzero"`
		Categories []string        `json:"categories,omitzero"`
		MinTotal   *money.Plain    `json:"min_total,omitempty"`
		MaxTotal   *money.Plain    `json:"max_total,omitempty"`
		Tag        string          `json:"tag,omitempty"`
		Values     []string        `json:"values,omitzero"`
		Any        []conditionJSON `json:"any,omitzero"`
		Not        []conditionJSON `json:"not,omitzero"`
	}
)

// strict decodes the JSON of a part: an object in UTF-8 with no keys but its own, each
// once and as it is written. Its error says no more than that there is none, since that
// of encoding/json quotes its input.
func strict(data []byte, v any) error {
	return fault.Decode("earning", "rule", codec.Object(data, v))
}

// marshal encodes a value that names its keys, and refuses what could not be read back
// as it is.
func marshal(v any) ([]byte, error) {
	data, err := canon.Marshal(v)
	return data, fault.Room("earning", err)
}

// MarshalJSON encodes the rate as rules have it.
func (r Rate) MarshalJSON() ([]byte, error) {
	return marshal(rateJSON{r.Rule, r.Points, money.Plain(r.Per), r.Measure, r.Steps, r.Lines, r.When})
}

// UnmarshalJSON decodes what [Rate.MarshalJSON] writes; whether the rate is valid,
// [Rules.Validate] says. An error leaves r unchanged.
func (r *Rate) UnmarshalJSON(data []byte) error {
	var in rateJSON
	if err := strict(data, &in); err != nil {
		return err
	}
	*r = Rate{in.Rule, in.Points, decimal.Decimal(in.Per), in.Measure, in.Steps, in.Lines, in.When}
	return nil
}

// MarshalJSON encodes the multiplier as rules have it.
func (m Multiplier) MarshalJSON() ([]byte, error) {
	return marshal(multiplierJSON{m.Rule, money.Plain(m.Factor), m.Exclusive, m.Priority, m.Lines, m.When})
}

// UnmarshalJSON decodes what [Multiplier.MarshalJSON] writes; whether the multiplier is
// valid, [Rules.Validate] says. An error leaves m unchanged.
func (m *Multiplier) UnmarshalJSON(data []byte) error {
	var in multiplierJSON
	if err := strict(data, &in); err != nil {
		return err
	}
	*m = Multiplier{in.Rule, decimal.Decimal(in.Factor), in.Exclusive, in.Priority, in.Lines, in.When}
	return nil
}

// MarshalJSON encodes the spending rules as rules have them.
func (s Spending) MarshalJSON() ([]byte, error) {
	return marshal(spendingJSON{s.MinPoints, s.Step, (*money.Plain)(s.MaxShare), s.Lines})
}

// UnmarshalJSON decodes what [Spending.MarshalJSON] writes; whether the spending rules are
// valid, [Rules.Validate] says. An error leaves s unchanged.
func (s *Spending) UnmarshalJSON(data []byte) error {
	var in spendingJSON
	if err := strict(data, &in); err != nil {
		return err
	}
	*s = Spending{in.MinPoints, in.Step, (*decimal.Decimal)(in.MaxShare), in.Lines}
	return nil
}

// IsZero reports whether nothing is set, so that the condition always holds. An empty
// list is not nothing: [Rules.Validate] refuses it.
func (c Condition) IsZero() bool {
	return c.From.IsZero() && c.To.IsZero() && c.Weekdays == nil && c.Tiers == nil && c.Categories == nil &&
		c.MinTotal == nil && c.MaxTotal == nil && c.Tag == "" && c.Values == nil && c.Any == nil && c.Not == nil
}

// MarshalJSON encodes the condition as rules have it.
func (c Condition) MarshalJSON() ([]byte, error) {
	if depth := c.depth(); depth > maxDepth {
		return nil, invalid("Any", depth, nestRule)
	}
	return marshal(c.encode())
}

// UnmarshalJSON decodes what [Condition.MarshalJSON] writes; whether the condition is
// valid, [Rules.Validate] says. An error leaves c unchanged.
func (c *Condition) UnmarshalJSON(data []byte) error {
	var in conditionJSON
	if err := strict(data, &in); err != nil {
		return err
	}
	*c = in.condition()
	return nil
}

// encode returns the encoding of a condition. Go counts weekdays from 0 for Sunday.
func (c *Condition) encode() conditionJSON {
	out := conditionJSON{
		From: c.From, To: c.To, Tiers: c.Tiers, Categories: c.Categories,
		MinTotal: (*money.Plain)(c.MinTotal), MaxTotal: (*money.Plain)(c.MaxTotal), Tag: c.Tag, Values: c.Values,
	}
	out.Weekdays = each(c.Weekdays, func(d *time.Weekday) int { return (int(*d)+6)%7 + 1 })
	out.Any, out.Not = each(c.Any, (*Condition).encode), each(c.Not, (*Condition).encode)
	return out
}

// condition returns the condition that is encoded.
func (c *conditionJSON) condition() Condition {
	out := Condition{
		From: c.From, To: c.To, Tiers: c.Tiers, Categories: c.Categories,
		MinTotal: (*decimal.Decimal)(c.MinTotal), MaxTotal: (*decimal.Decimal)(c.MaxTotal), Tag: c.Tag, Values: c.Values,
	}
	out.Weekdays = each(c.Weekdays, weekday)
	out.Any, out.Not = each(c.Any, (*conditionJSON).condition), each(c.Not, (*conditionJSON).condition)
	return out
}

// weekday returns the day with an ISO number; one that does not exist stays so.
func weekday(iso *int) time.Weekday {
	if *iso < 1 || *iso > 7 {
		return -1
	}
	return time.Weekday(*iso % 7)
}

// each returns what f makes of the entries of a list, nil for nil and empty for empty.
func each[S, T any](list []S, f func(*S) T) []T {
	if list == nil {
		return nil
	}
	out := make([]T, len(list))
	for i := range list {
		out[i] = f(&list[i])
	}
	return out
}
