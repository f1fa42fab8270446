package tier

import (
	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/codec"
)

// The encodings of what has decimals: those are exact strings, which need no settings
// of the decimal package.
type (
	sumJSON struct {
		Metric   string `json:"metric"`
		Counted  exact  `json:"counted"`
		Carried  exact  `json:"carried"`
		Lifetime exact  `json:"lifetime"`
	}
	benefitJSON struct {
		Name     string `json:"name"`
		Level    string `json:"level"`
		PerEntry exact  `json:"per_entry"`
		PerDay   exact  `json:"per_day"`
		Metric   string `json:"metric,omitempty"`
		PerUnit  exact  `json:"per_unit"`
	}
	benefitReportJSON struct {
		Name    string `json:"name"`
		Reach   int64  `json:"reach"`
		Entries int64  `json:"entries"`
		Days    int64  `json:"days"`
		Amount  exact  `json:"amount"`
		Cost    exact  `json:"cost"`
	}
	comparisonJSON struct {
		Before Report    `json:"before"`
		After  Report    `json:"after"`
		Cross  [][]int64 `json:"cross"`
		Better int64     `json:"better"`
		Same   int64     `json:"same"`
		Worse  int64     `json:"worse"`
		Saved  exact     `json:"saved"`
	}
)

// MarshalJSON encodes a sum, with its amounts as exact strings.
func (s Sum) MarshalJSON() ([]byte, error) {
	return marshal(sumJSON{s.Metric, exact{s.Counted}, exact{s.Carried}, exact{s.Lifetime}})
}

// UnmarshalJSON decodes what [Sum.MarshalJSON] encodes; a key that is absent is zero.
// Keys that are unknown, in capitals or given twice, values of other types and text that
// is not UTF-8 match [relmark.ErrInvalid] and leave s unchanged.
func (s *Sum) UnmarshalJSON(data []byte) error {
	var in sumJSON
	if err := unmarshal(data, &in, "Sum"); err != nil {
		return err
	}
	*s = Sum{in.Metric, in.Counted.Decimal, in.Carried.Decimal, in.Lifetime.Decimal}
	return nil
}

// MarshalJSON encodes a benefit, with its costs as exact strings.
func (b Benefit) MarshalJSON() ([]byte, error) {
	return marshal(benefitJSON{b.Name, b.Level, exact{b.PerEntry}, exact{b.PerDay}, b.Metric, exact{b.PerUnit}})
}

// UnmarshalJSON decodes what [Benefit.MarshalJSON] encodes; a key that is absent is zero.
// Keys that are unknown, in capitals or given twice, values of other types and text that
// is not UTF-8 match [relmark.ErrInvalid] and leave b unchanged.
func (b *Benefit) UnmarshalJSON(data []byte) error {
	var in benefitJSON
	if err := unmarshal(data, &in, "Benefit"); err != nil {
		return err
	}
	*b = Benefit{in.Name, in.Level, in.PerEntry.Decimal, in.PerDay.Decimal, in.Metric, in.PerUnit.Decimal}
	return nil
}

// MarshalJSON encodes a report of a benefit, with its amounts as exact strings.
func (b BenefitReport) MarshalJSON() ([]byte, error) {
	return marshal(benefitReportJSON{b.Name, b.Reach, b.Entries, b.Days, exact{b.Amount}, exact{b.Cost}})
}

// UnmarshalJSON decodes what [BenefitReport.MarshalJSON] encodes; a key that is absent is zero.
// Keys that are unknown, in capitals or given twice, values of other types and text that
// is not UTF-8 match [relmark.ErrInvalid] and leave b unchanged.
func (b *BenefitReport) UnmarshalJSON(data []byte) error {
	var in benefitReportJSON
	if err := unmarshal(data, &in, "BenefitReport"); err != nil {
		return err
	}
	*b = BenefitReport{in.Name, in.Reach, in.Entries, in.Days, in.Amount.Decimal, in.Cost.Decimal}
	return nil
}

// MarshalJSON encodes a comparison, with its amounts as exact strings.
func (c Comparison) MarshalJSON() ([]byte, error) {
	return marshal(comparisonJSON{c.Before, c.After, c.Cross, c.Better, c.Same, c.Worse, exact{c.Saved}})
}

// UnmarshalJSON decodes what [Comparison.MarshalJSON] encodes; a key that is absent is zero.
// Keys that are unknown, in capitals or given twice, values of other types and text that
// is not UTF-8 match [relmark.ErrInvalid] and leave c unchanged.
func (c *Comparison) UnmarshalJSON(data []byte) error {
	var in comparisonJSON
	if err := unmarshal(data, &in, "Comparison"); err != nil {
		return err
	}
	*c = Comparison{in.Before, in.After, in.Cross, in.Better, in.Same, in.Worse, in.Saved.Decimal}
	return nil
}

// MarshalJSON encodes a study. It fails for a text that is not UTF-8 and for a cost of
// more than a thousand digits.
func (y Study) MarshalJSON() ([]byte, error) {
	type fields Study
	return marshal(fields(y))
}

// UnmarshalJSON decodes a study; a key that is absent is zero. Keys that are unknown, in
// capitals or given twice, values of other types and text that is not UTF-8 match
// [relmark.ErrInvalid] and leave y unchanged. What it asks is for [Ladder.Simulation] to
// judge.
func (y *Study) UnmarshalJSON(data []byte) error {
	type fields Study
	var in fields
	if err := unmarshal(data, &in, "Study"); err != nil {
		return err
	}
	*y = Study(in)
	return nil
}

func marshal(v any) ([]byte, error) {
	data, err := canon.Marshal(v)
	return data, room(err)
}

// unmarshal decodes an object by its keys, each at most once.
func unmarshal(data []byte, into any, what string) error {
	if codec.Object(data, into) != nil {
		return wrong(what, nil, "must have the keys and types of its encoding")
	}
	return nil
}
