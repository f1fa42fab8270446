package abc

import (
	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

// What plain data with amounts is stored as: its own keys, with the amounts as exact
// text. The encoding of the decimal package itself depends on variables that a host may
// set, and of some decimals it never ends.
type (
	memberFields Member
	memberJSON   struct {
		memberFields
		Values []money.Plain `json:"values"`
	}
	whaleFields Whale
	whaleJSON   struct {
		whaleFields
		Peak  money.Plain `json:"peak"`
		Total money.Plain `json:"total"`
		Drain money.Plain `json:"drain"`
	}
	stepFields Step
	stepJSON   struct {
		stepFields
		Value money.Plain `json:"value"`
	}
	groupFields Group
	groupJSON   struct {
		groupFields
		Value money.Plain `json:"value"`
		Least money.Plain `json:"least"`
	}
	pyramidParamsFields PyramidParams
	pyramidParamsJSON   struct {
		pyramidParamsFields
		LeadCost money.Plain `json:"lead_cost,omitzero"`
	}
	tradeFields Trade
	tradeJSON   struct {
		tradeFields
		Revenue money.Plain `json:"revenue"`
		Cost    money.Plain `json:"cost"`
	}
	standingFields[ID relmark.ID] Standing[ID]
	standingJSON[ID relmark.ID]   struct {
		standingFields[ID]
		Margin money.Plain `json:"margin"`
	}
	stratumFields Stratum
	stratumJSON   struct {
		stratumFields
		Revenue money.Plain `json:"revenue"`
		Cost    money.Plain `json:"cost"`
		Margin  money.Plain `json:"margin"`
	}
	profileFields Profile
	profileJSON   struct {
		profileFields
		Value money.Plain `json:"value"`
	}
	reportFields Report
	reportJSON   struct {
		reportFields
		Value   money.Plain   `json:"value"`
		Periods []money.Plain `json:"periods"`
	}
	segmentReportJSON[K relmark.ID] struct {
		Key K `json:"key"`
		reportJSON
	}
)

// MarshalJSON encodes a member, with its amounts as exact text. It fails for an amount of
// more than a thousand digits.
func (m Member) MarshalJSON() ([]byte, error) {
	return encode(memberJSON{memberFields(m), texts(m.Values)})
}

// UnmarshalJSON decodes a member. Unknown or repeated keys and anything else that is
// none match [relmark.ErrInvalid]; m is unchanged then.
func (m *Member) UnmarshalJSON(data []byte) error {
	in, err := read[memberJSON]("member", data)
	if err == nil {
		*m = Member(in.memberFields)
		m.Values = decimals(in.Values)
	}
	return err
}

// MarshalJSON encodes a whale, with its amounts as exact text. It fails for an amount of
// more than a thousand digits.
func (w Whale) MarshalJSON() ([]byte, error) {
	return encode(whaleJSON{whaleFields(w), money.Plain(w.Peak), money.Plain(w.Total), money.Plain(w.Drain)})
}

// UnmarshalJSON decodes a whale. Unknown or repeated keys and anything else that is
// none match [relmark.ErrInvalid]; w is unchanged then.
func (w *Whale) UnmarshalJSON(data []byte) error {
	in, err := read[whaleJSON]("whale", data)
	if err == nil {
		*w = Whale(in.whaleFields)
		w.Peak, w.Total, w.Drain = decimal.Decimal(in.Peak), decimal.Decimal(in.Total), decimal.Decimal(in.Drain)
	}
	return err
}

// MarshalJSON encodes a step, with its amount as exact text. It fails for an amount of
// more than a thousand digits.
func (s Step) MarshalJSON() ([]byte, error) {
	return encode(stepJSON{stepFields(s), money.Plain(s.Value)})
}

// UnmarshalJSON decodes a step. Unknown or repeated keys and anything else that is
// none match [relmark.ErrInvalid]; s is unchanged then.
func (s *Step) UnmarshalJSON(data []byte) error {
	in, err := read[stepJSON]("step", data)
	if err == nil {
		*s = Step(in.stepFields)
		s.Value = decimal.Decimal(in.Value)
	}
	return err
}

// MarshalJSON encodes a group, with its amounts as exact text. It fails for an amount of
// more than a thousand digits.
func (g Group) MarshalJSON() ([]byte, error) {
	return encode(groupJSON{groupFields(g), money.Plain(g.Value), money.Plain(g.Least)})
}

// UnmarshalJSON decodes a group. Unknown or repeated keys and anything else that is
// none match [relmark.ErrInvalid]; g is unchanged then.
func (g *Group) UnmarshalJSON(data []byte) error {
	in, err := read[groupJSON]("group", data)
	if err == nil {
		*g = Group(in.groupFields)
		g.Value, g.Least = decimal.Decimal(in.Value), decimal.Decimal(in.Least)
	}
	return err
}

// MarshalJSON encodes parameters, with its amount as exact text. It fails for an amount of
// more than a thousand digits.
func (p PyramidParams) MarshalJSON() ([]byte, error) {
	return encode(pyramidParamsJSON{pyramidParamsFields(p), money.Plain(p.LeadCost)})
}

// UnmarshalJSON decodes parameters. Unknown or repeated keys and anything else that is
// none match [relmark.ErrInvalid]; p is unchanged then.
func (p *PyramidParams) UnmarshalJSON(data []byte) error {
	in, err := read[pyramidParamsJSON]("parameters", data)
	if err == nil {
		*p = PyramidParams(in.pyramidParamsFields)
		p.LeadCost = decimal.Decimal(in.LeadCost)
	}
	return err
}

// MarshalJSON encodes a trade, with its amounts as exact text. It fails for an amount of
// more than a thousand digits.
func (t Trade) MarshalJSON() ([]byte, error) {
	return encode(tradeJSON{tradeFields(t), money.Plain(t.Revenue), money.Plain(t.Cost)})
}

// UnmarshalJSON decodes a trade. Unknown or repeated keys and anything else that is
// none match [relmark.ErrInvalid]; t is unchanged then.
func (t *Trade) UnmarshalJSON(data []byte) error {
	in, err := read[tradeJSON]("trade", data)
	if err == nil {
		*t = Trade(in.tradeFields)
		t.Revenue, t.Cost = decimal.Decimal(in.Revenue), decimal.Decimal(in.Cost)
	}
	return err
}

// MarshalJSON encodes a standing, with its amount as exact text. It fails for an amount of
// more than a thousand digits.
func (s Standing[ID]) MarshalJSON() ([]byte, error) {
	return encode(standingJSON[ID]{standingFields[ID](s), money.Plain(s.Margin)})
}

// UnmarshalJSON decodes a standing. Unknown or repeated keys and anything else that is
// none match [relmark.ErrInvalid]; s is unchanged then.
func (s *Standing[ID]) UnmarshalJSON(data []byte) error {
	in, err := read[standingJSON[ID]]("standing", data)
	if err == nil {
		*s = Standing[ID](in.standingFields)
		s.Margin = decimal.Decimal(in.Margin)
	}
	return err
}

// MarshalJSON encodes a stratum, with its amounts as exact text. It fails for an amount of
// more than a thousand digits.
func (s Stratum) MarshalJSON() ([]byte, error) {
	return encode(stratumJSON{stratumFields(s), money.Plain(s.Revenue), money.Plain(s.Cost), money.Plain(s.Margin)})
}

// UnmarshalJSON decodes a stratum. Unknown or repeated keys and anything else that is
// none match [relmark.ErrInvalid]; s is unchanged then.
func (s *Stratum) UnmarshalJSON(data []byte) error {
	in, err := read[stratumJSON]("stratum", data)
	if err == nil {
		*s = Stratum(in.stratumFields)
		s.Revenue, s.Cost, s.Margin = decimal.Decimal(in.Revenue), decimal.Decimal(in.Cost), decimal.Decimal(in.Margin)
	}
	return err
}

// MarshalJSON encodes a profile, with its amount as exact text. It fails for an amount of
// more than a thousand digits.
func (p Profile) MarshalJSON() ([]byte, error) {
	return encode(profileJSON{profileFields(p), money.Plain(p.Value)})
}

// UnmarshalJSON decodes a profile. Unknown or repeated keys and anything else that is
// none match [relmark.ErrInvalid]; p is unchanged then.
func (p *Profile) UnmarshalJSON(data []byte) error {
	in, err := read[profileJSON]("profile", data)
	if err == nil {
		*p = Profile(in.profileFields)
		p.Value = decimal.Decimal(in.Value)
	}
	return err
}

// MarshalJSON encodes a report, with its amounts as exact text. It fails for an amount of
// more than a thousand digits.
func (r Report) MarshalJSON() ([]byte, error) {
	return encode(r.json())
}

// UnmarshalJSON decodes a report. Unknown or repeated keys and anything else that is
// none match [relmark.ErrInvalid]; r is unchanged then.
func (r *Report) UnmarshalJSON(data []byte) error {
	in, err := read[reportJSON]("report", data)
	if err == nil {
		*r = in.report()
	}
	return err
}

func (r Report) json() reportJSON {
	return reportJSON{reportFields(r), money.Plain(r.Value), texts(r.Periods)}
}

func (r reportJSON) report() Report {
	out := Report(r.reportFields)
	out.Value, out.Periods = decimal.Decimal(r.Value), decimals(r.Periods)
	return out
}

// MarshalJSON encodes a report with the key of its segment beside its own keys, as
// [Report.MarshalJSON] does.
func (r SegmentReport[K]) MarshalJSON() ([]byte, error) {
	return encode(segmentReportJSON[K]{r.Key, r.json()})
}

// UnmarshalJSON decodes a report with its key, as [Report.UnmarshalJSON] does.
func (r *SegmentReport[K]) UnmarshalJSON(data []byte) error {
	in, err := read[segmentReportJSON[K]]("report", data)
	if err == nil {
		*r = SegmentReport[K]{in.Key, in.report()}
	}
	return err
}

// MarshalJSON encodes cuts, with their shares as exact text. It fails for a share of more
// than a thousand digits.
func (k Cuts) MarshalJSON() ([]byte, error) { return encode(k.json()) }

// UnmarshalJSON decodes cuts. Unknown or repeated keys and anything else that is none match
// [relmark.ErrInvalid]; k is unchanged then.
func (k *Cuts) UnmarshalJSON(data []byte) error {
	in, err := read[cutsJSON]("cuts", data)
	if err == nil {
		*k = in.cuts()
	}
	return err
}

// read decodes an object without a version.
func read[T any](what string, data []byte) (in T, err error) {
	err = fault.Decode(room, what, codec.Object(data, &in))
	return in, err
}

// texts and decimals keep nil, which JSON tells from an empty list.
func texts(list []decimal.Decimal) []money.Plain {
	if list == nil {
		return nil
	}
	out := make([]money.Plain, len(list))
	for i, d := range list {
		out[i] = money.Plain(d)
	}
	return out
}

func decimals(list []money.Plain) []decimal.Decimal {
	if list == nil {
		return nil
	}
	out := make([]decimal.Decimal, len(list))
	for i, d := range list {
		out[i] = decimal.Decimal(d)
	}
	return out
}
