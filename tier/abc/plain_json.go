package abc

import (
	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
)

// What plain data with amounts is stored as: its own keys, with the amounts as exact
// text. The encoding of the decimal package itself depends on variables that a host may
// set, and of some decimals it never ends.
type (
	memberFields Member
	memberJSON   struct {
		memberFields
		Values []text `json:"values"`
	}
	whaleFields Whale
	whaleJSON   struct {
		whaleFields
		Peak  text `json:"peak"`
		Total text `json:"total"`
		Drain text `json:"drain"`
	}
	stepFields Step
	stepJSON   struct {
		stepFields
		Value text `json:"value"`
	}
	groupFields Group
	groupJSON   struct {
		groupFields
		Value text `json:"value"`
		Least text `json:"least"`
	}
	pyramidParamsFields PyramidParams
	pyramidParamsJSON   struct {
		pyramidParamsFields
		LeadCost text `json:"lead_cost,omitzero"`
	}
	tradeFields Trade
	tradeJSON   struct {
		tradeFields
		Revenue text `json:"revenue"`
		Cost    text `json:"cost"`
	}
	standingFields[ID relmark.ID] Standing[ID]
	standingJSON[ID relmark.ID]   struct {
		standingFields[ID]
		Margin text `json:"margin"`
	}
	stratumFields Stratum
	stratumJSON   struct {
		stratumFields
		Revenue text `json:"revenue"`
		Cost    text `json:"cost"`
		Margin  text `json:"margin"`
	}
	profileFields Profile
	profileJSON   struct {
		profileFields
		Value text `json:"value"`
	}
	reportFields Report
	reportJSON   struct {
		reportFields
		Value   text   `json:"value"`
		Periods []text `json:"periods"`
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
	return encode(whaleJSON{whaleFields(w), text{w.Peak}, text{w.Total}, text{w.Drain}})
}

// UnmarshalJSON decodes a whale. Unknown or repeated keys and anything else that is
// none match [relmark.ErrInvalid]; w is unchanged then.
func (w *Whale) UnmarshalJSON(data []byte) error {
	in, err := read[whaleJSON]("whale", data)
	if err == nil {
		*w = Whale(in.whaleFields)
		w.Peak, w.Total, w.Drain = in.Peak.Decimal, in.Total.Decimal, in.Drain.Decimal
	}
	return err
}

// MarshalJSON encodes a step, with its amount as exact text. It fails for an amount of
// more than a thousand digits.
func (s Step) MarshalJSON() ([]byte, error) {
	return encode(stepJSON{stepFields(s), text{s.Value}})
}

// UnmarshalJSON decodes a step. Unknown or repeated keys and anything else that is
// none match [relmark.ErrInvalid]; s is unchanged then.
func (s *Step) UnmarshalJSON(data []byte) error {
	in, err := read[stepJSON]("step", data)
	if err == nil {
		*s = Step(in.stepFields)
		s.Value = in.Value.Decimal
	}
	return err
}

// MarshalJSON encodes a group, with its amounts as exact text. It fails for an amount of
// more than a thousand digits.
func (g Group) MarshalJSON() ([]byte, error) {
	return encode(groupJSON{groupFields(g), text{g.Value}, text{g.Least}})
}

// UnmarshalJSON decodes a group. Unknown or repeated keys and anything else that is
// none match [relmark.ErrInvalid]; g is unchanged then.
func (g *Group) UnmarshalJSON(data []byte) error {
	in, err := read[groupJSON]("group", data)
	if err == nil {
		*g = Group(in.groupFields)
		g.Value, g.Least = in.Value.Decimal, in.Least.Decimal
	}
	return err
}

// MarshalJSON encodes parameters, with its amount as exact text. It fails for an amount of
// more than a thousand digits.
func (p PyramidParams) MarshalJSON() ([]byte, error) {
	return encode(pyramidParamsJSON{pyramidParamsFields(p), text{p.LeadCost}})
}

// UnmarshalJSON decodes parameters. Unknown or repeated keys and anything else that is
// none match [relmark.ErrInvalid]; p is unchanged then.
func (p *PyramidParams) UnmarshalJSON(data []byte) error {
	in, err := read[pyramidParamsJSON]("parameters", data)
	if err == nil {
		*p = PyramidParams(in.pyramidParamsFields)
		p.LeadCost = in.LeadCost.Decimal
	}
	return err
}

// MarshalJSON encodes a trade, with its amounts as exact text. It fails for an amount of
// more than a thousand digits.
func (t Trade) MarshalJSON() ([]byte, error) {
	return encode(tradeJSON{tradeFields(t), text{t.Revenue}, text{t.Cost}})
}

// UnmarshalJSON decodes a trade. Unknown or repeated keys and anything else that is
// none match [relmark.ErrInvalid]; t is unchanged then.
func (t *Trade) UnmarshalJSON(data []byte) error {
	in, err := read[tradeJSON]("trade", data)
	if err == nil {
		*t = Trade(in.tradeFields)
		t.Revenue, t.Cost = in.Revenue.Decimal, in.Cost.Decimal
	}
	return err
}

// MarshalJSON encodes a standing, with its amount as exact text. It fails for an amount of
// more than a thousand digits.
func (s Standing[ID]) MarshalJSON() ([]byte, error) {
	return encode(standingJSON[ID]{standingFields[ID](s), text{s.Margin}})
}

// UnmarshalJSON decodes a standing. Unknown or repeated keys and anything else that is
// none match [relmark.ErrInvalid]; s is unchanged then.
func (s *Standing[ID]) UnmarshalJSON(data []byte) error {
	in, err := read[standingJSON[ID]]("standing", data)
	if err == nil {
		*s = Standing[ID](in.standingFields)
		s.Margin = in.Margin.Decimal
	}
	return err
}

// MarshalJSON encodes a stratum, with its amounts as exact text. It fails for an amount of
// more than a thousand digits.
func (s Stratum) MarshalJSON() ([]byte, error) {
	return encode(stratumJSON{stratumFields(s), text{s.Revenue}, text{s.Cost}, text{s.Margin}})
}

// UnmarshalJSON decodes a stratum. Unknown or repeated keys and anything else that is
// none match [relmark.ErrInvalid]; s is unchanged then.
func (s *Stratum) UnmarshalJSON(data []byte) error {
	in, err := read[stratumJSON]("stratum", data)
	if err == nil {
		*s = Stratum(in.stratumFields)
		s.Revenue, s.Cost, s.Margin = in.Revenue.Decimal, in.Cost.Decimal, in.Margin.Decimal
	}
	return err
}

// MarshalJSON encodes a profile, with its amount as exact text. It fails for an amount of
// more than a thousand digits.
func (p Profile) MarshalJSON() ([]byte, error) {
	return encode(profileJSON{profileFields(p), text{p.Value}})
}

// UnmarshalJSON decodes a profile. Unknown or repeated keys and anything else that is
// none match [relmark.ErrInvalid]; p is unchanged then.
func (p *Profile) UnmarshalJSON(data []byte) error {
	in, err := read[profileJSON]("profile", data)
	if err == nil {
		*p = Profile(in.profileFields)
		p.Value = in.Value.Decimal
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
	return reportJSON{reportFields(r), text{r.Value}, texts(r.Periods)}
}

func (r reportJSON) report() Report {
	out := Report(r.reportFields)
	out.Value, out.Periods = r.Value.Decimal, decimals(r.Periods)
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
func texts(list []decimal.Decimal) []text {
	if list == nil {
		return nil
	}
	out := make([]text, len(list))
	for i, d := range list {
		out[i].Decimal = d
	}
	return out
}

func decimals(list []text) []decimal.Decimal {
	if list == nil {
		return nil
	}
	out := make([]decimal.Decimal, len(list))
	for i, d := range list {
		out[i] = d.Decimal
	}
	return out
}
