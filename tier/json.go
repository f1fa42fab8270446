package tier

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/calendar"
	"github.com/relmark/relmark/internal/money"
)

// jsonVersion is the version of the encodings that are written. Every version that
// was ever written can be read.
const jsonVersion = 1

// The encoding of policies, version 1.
type (
	policiesJSON struct {
		V        int          `json:"v,omitempty"`
		Policies []policyJSON `json:"policies"`
	}
	policyJSON struct {
		Version   string                `json:"version"`
		From      relmark.Date          `json:"from,omitzero"`
		Zone      string                `json:"zone"`
		Metrics   map[string]MetricKind `json:"metrics"`
		Window    windowJSON            `json:"window"`
		Levels    []levelJSON           `json:"levels"`
		Validity  validityJSON          `json:"validity"`
		Upgrade   Upgrade               `json:"upgrade,omitempty"`
		Depth     Depth                 `json:"depth,omitempty"`
		GraceDays int                   `json:"grace_days,omitempty"`
		DwellDays int                   `json:"dwell_days,omitempty"`
		Reversal  ReversalRule          `json:"reversal,omitempty"`
		Rollover  *rolloverJSON         `json:"rollover,omitempty"`
	}
	windowJSON struct {
		Kind   WindowKind   `json:"kind"`
		Months int          `json:"months,omitempty"`
		Anchor relmark.Date `json:"anchor,omitzero"`
		N      int          `json:"n,omitempty"`
	}
	levelJSON struct {
		Code     string         `json:"code"`
		Enter    *conditionJSON `json:"enter,omitempty"`
		Keep     *conditionJSON `json:"keep,omitempty"`
		Lifetime *conditionJSON `json:"lifetime,omitempty"`
	}
	conditionJSON struct {
		Metric string           `json:"metric,omitempty"`
		Min    *amountJSON      `json:"min,omitempty"`
		All    []*conditionJSON `json:"all,omitempty"`
		Any    []*conditionJSON `json:"any,omitempty"`
	}
	validityJSON struct {
		Kind       ValidityKind `json:"kind"`
		PlusMonths int          `json:"plus_months,omitempty"`
		Months     int          `json:"months,omitempty"`
		Round      Rounding     `json:"round,omitempty"`
	}
	rolloverJSON struct {
		Metric  string      `json:"metric"`
		Cap     *amountJSON `json:"cap,omitempty"`
		Periods int         `json:"periods,omitempty"`
	}
)

// An amountJSON is an exact decimal: a JSON string, or a bare number where the
// metric is of whole numbers. Both are read for both kinds, without exponents.
type amountJSON struct {
	value decimal.Decimal
	bare  bool
}

var errShape = errors.New("not of this shape")

func (a amountJSON) MarshalJSON() ([]byte, error) {
	text, err := money.AppendDecimal(nil, a.value)
	if err != nil || a.bare {
		return text, err
	}
	return append(append([]byte{'"'}, text...), '"'), nil
}

func (a *amountJSON) UnmarshalJSON(data []byte) (err error) {
	text := string(data)
	if unquoted, ok := strings.CutPrefix(text, `"`); ok {
		text = strings.TrimSuffix(unquoted, `"`)
	}
	if a.value, err = money.Parse(text); err != nil {
		return errShape
	}
	return nil
}

// EncodePolicies encodes the versions of a policy in one canonical form:
//
//	{"v":1,"policies":[{"version":"v1","zone":"Europe/Berlin",
//	 "metrics":{"nights":"integer","spend":"decimal"},
//	 "window":{"kind":"calendar_year"},
//	 "levels":[{"code":"base"},{"code":"gold","enter":{"any":[{"metric":"nights","min":40},
//	 {"metric":"spend","min":"4000.5"}]}}],
//	 "validity":{"kind":"end_of_next_period","plus_months":2}}]}
//
// without the line breaks, in this order, with what is at its default left out
// behind "validity". Later versions have "from" behind "version". Amounts are exact:
// bare numbers for whole metrics, strings for decimal ones. It fails where [New]
// does, for a zone that no loader can find by its name, such as [time.Local], and for
// names that are not UTF-8.
func EncodePolicies(versions ...Policy) ([]byte, error) {
	p, err := New(versions...)
	if err != nil {
		return nil, err
	}
	if _, ok := calendar.ZoneName(p.zone); !ok {
		return nil, wrap(fault(zoneRule, nil, "Policies[0].Zone"))
	}
	out := policiesJSON{V: jsonVersion}
	for i := range p.policies {
		if !isText(p.policies[i].Version) || !isText(p.metrics.names...) || !isText(p.codes...) {
			return nil, wrap(fault("must have names in UTF-8", nil, "Policies[%d]", i))
		}
		out.Policies = append(out.Policies, p.policies[i].json())
	}
	return json.Marshal(out)
}

func (p *Policy) json() policyJSON {
	out := policyJSON{
		p.Version, p.From, p.Zone.String(), p.Metrics, windowJSON(p.Window), nil, validityJSON(p.Validity),
		p.Upgrade, p.Depth, p.GraceDays, p.DwellDays, p.Reversal, nil,
	}
	for _, l := range p.Levels {
		out.Levels = append(out.Levels, levelJSON{
			l.Code, l.Enter.json(p.Metrics), l.Keep.json(p.Metrics), l.Lifetime.json(p.Metrics),
		})
	}
	if o := p.Rollover; o != nil {
		out.Rollover = &rolloverJSON{Metric: o.Metric, Periods: o.Periods}
		if o.Cap != nil {
			out.Rollover.Cap = &amountJSON{*o.Cap, p.Metrics[o.Metric] == Integer}
		}
	}
	return out
}

func (c *Condition) json(kinds map[string]MetricKind) *conditionJSON {
	if c == nil {
		return nil
	}
	if c.Metric != "" {
		return &conditionJSON{Metric: c.Metric, Min: &amountJSON{c.Min, kinds[c.Metric] == Integer}}
	}
	out := &conditionJSON{}
	for _, part := range c.All {
		out.All = append(out.All, part.json(kinds))
	}
	for _, part := range c.Any {
		out.Any = append(out.Any, part.json(kinds))
	}
	return out
}

// DecodePolicies decodes what [EncodePolicies] of any version so far encoded. The
// version may be left out, which is version 1, and a single policy may stand in the
// place of the object with the list. Zones are found through the loader that the
// host passes, such as [time.LoadLocation]. Keys that are unknown, in capitals or given
// twice are an error, and so is whatever [New] rejects ([relmark.ErrInvalid]); an
// unknown version is [relmark.ErrUnsupported], and an error of the loader is wrapped.
// No text of the input is repeated in errors.
func DecodePolicies(data []byte, zone func(name string) (*time.Location, error)) ([]Policy, error) {
	in, err := readPolicies(data)
	if err != nil {
		return nil, wrap(err)
	}
	out := make([]Policy, 0, len(in.Policies))
	for i := range in.Policies {
		p, err := in.Policies[i].policy(i, zone)
		if err != nil {
			return nil, wrap(err)
		}
		out = append(out, p)
	}
	if _, err := New(out...); err != nil {
		return nil, err
	}
	return out, nil
}

// readPolicies reads the version before anything else: what a later version adds
// is unsupported, not invalid.
func readPolicies(data []byte) (in policiesJSON, err error) {
	var head struct {
		V        *int
		Policies json.RawMessage
	}
	if json.Unmarshal(data, &head) != nil || !plainKeys(json.NewDecoder(bytes.NewReader(data)), false) {
		return in, fault("must be a JSON object of policies, with each key once and in lower case", nil, "JSON")
	}
	if head.V != nil && *head.V != jsonVersion {
		return in, unsupported(*head.V)
	}
	if head.Policies != nil {
		return in, strict(data, &in)
	}
	var one struct {
		V int `json:"v"`
		policyJSON
	}
	err = strict(data, &one)
	in.Policies = []policyJSON{one.policyJSON}
	return in, err
}

// strict decodes data and refuses keys that it does not know, so that a policy with
// a misspelt rule is no policy without it.
func strict(data []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil || d.More() {
		return fault("must have the keys and types of version 1", nil, "JSON")
	}
	return nil
}

const zoneRule = "must be the name of a zone that the loader knows"

func (in *policyJSON) policy(i int, load func(string) (*time.Location, error)) (Policy, error) {
	p := Policy{
		Version: in.Version, From: in.From, Metrics: in.Metrics, Window: Window(in.Window), Upgrade: in.Upgrade,
		Validity: Validity(in.Validity), Depth: in.Depth, GraceDays: in.GraceDays, DwellDays: in.DwellDays, Reversal: in.Reversal,
	}
	var err error
	if p.Zone, err = calendar.LoadZone(in.Zone, load); err != nil {
		return p, errors.Join(fault(zoneRule, nil, "Policies[%d].Zone", i), err)
	}
	for j, l := range in.Levels {
		level := Level{Code: l.Code}
		for _, c := range []struct {
			to   **Condition
			from *conditionJSON
		}{{&level.Enter, l.Enter}, {&level.Keep, l.Keep}, {&level.Lifetime, l.Lifetime}} {
			if *c.to, err = c.from.condition(); err != nil {
				return p, fault("must have a metric with min, or parts that all or any must hold", nil, "Policies[%d].Levels[%d]", i, j)
			}
		}
		p.Levels = append(p.Levels, level)
	}
	if o := in.Rollover; o != nil {
		p.Rollover = &Rollover{Metric: o.Metric, Periods: o.Periods}
		if o.Cap != nil {
			p.Rollover.Cap = &o.Cap.value
		}
	}
	return p, nil
}

// condition decodes c; what it asks for is for New to judge, but a threshold that
// is absent would become 0 there.
func (c *conditionJSON) condition() (*Condition, error) {
	if c == nil {
		return nil, nil //nolint:nilnil // no condition is what was read
	}
	if (c.Metric != "") != (c.Min != nil) {
		return nil, errShape
	}
	out := Condition{Metric: c.Metric}
	if c.Min != nil {
		out.Min = c.Min.value
	}
	var err error
	if out.All, err = conditions(c.All); err != nil {
		return nil, err
	}
	out.Any, err = conditions(c.Any)
	return &out, err
}

func conditions(parts []*conditionJSON) ([]*Condition, error) {
	var out []*Condition
	for _, part := range parts {
		c, err := part.condition()
		if err != nil || c == nil {
			return nil, errShape
		}
		out = append(out, c)
	}
	return out, nil
}
