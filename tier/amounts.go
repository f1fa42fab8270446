package tier

import (
	"bytes"
	"encoding/json"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/internal/money"
)

// Amounts are amounts by metric: what an event brings, what a goal lacks. They are
// plain data. Their encoding does not depend on the settings of the decimal
// package, which a host may change.
type Amounts map[string]decimal.Decimal

// MarshalJSON encodes amounts as exact strings, by metric in order of name:
//
//	{"nights":"3","spend":"450.5"}
//
// It fails for an amount of more than a thousand digits and a name that is not UTF-8.
func (a Amounts) MarshalJSON() ([]byte, error) {
	out := make(map[string]amountJSON, len(a))
	for name, v := range a {
		if !isText(name) {
			return nil, wrap(fault("must have names in UTF-8", nil, "Amounts"))
		}
		out[name] = amountJSON{value: v}
	}
	data, err := json.Marshal(out)
	if err != nil {
		return nil, wrap(fault("must have a thousand digits at most", nil, "Amounts"))
	}
	return data, nil
}

// UnmarshalJSON decodes amounts that are strings or bare numbers, without
// exponents, each metric once. Anything else is an error that matches
// [relmark.ErrInvalid]; a is unchanged then.
func (a *Amounts) UnmarshalJSON(data []byte) error {
	var in map[string]amountJSON
	if json.Unmarshal(data, &in) != nil || !plainKeys(json.NewDecoder(bytes.NewReader(data)), true) {
		return wrap(fault("must be exact amounts by metric", nil, "Amounts"))
	}
	if in == nil {
		*a = nil
		return nil
	}
	out := make(Amounts, len(in))
	for name, v := range in {
		out[name] = v.value
	}
	*a = out
	return nil
}

// amounts returns the metrics of a row that are not absent.
func (m *metrics) amounts(row []int64) Amounts {
	out := make(Amounts, len(row))
	for i, v := range row {
		if v != absent {
			out[m.names[i]] = money.Decimal(v, m.kinds[i].digits())
		}
	}
	return out
}
