package tier

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/money"
)

// Amounts are amounts by metric: what an event brings, what is lacking. They are
// plain data. Their encoding does not depend on the settings of the decimal
// package, which a host may change.
type Amounts map[string]decimal.Decimal

// MarshalJSON encodes amounts as exact strings, by metric in order of name:
//
//	{"nights":"3","spend":"450.5"}
//
// It fails for an amount of more than a thousand digits and a name that is not UTF-8.
func (a Amounts) MarshalJSON() ([]byte, error) {
	if a == nil {
		return []byte("null"), nil
	}
	out := make(map[string]exact, len(a))
	for name, v := range a {
		out[name] = exact{v}
	}
	return marshal(out)
}

// UnmarshalJSON decodes amounts that are strings or bare numbers, without
// exponents, each metric once. Anything else is an error that matches
// [relmark.ErrInvalid]; a is unchanged then.
func (a *Amounts) UnmarshalJSON(data []byte) error {
	out, err := readAmounts(data)
	if err != nil {
		return wrong("Amounts", nil, "must be exact amounts by metric")
	}
	*a = out
	return nil
}

var errShape = errors.New("not of this shape")

// readAmounts reads an object, in which package encoding/json alone takes the last of
// two equal keys.
func readAmounts(data []byte) (Amounts, error) {
	var in map[string]exact
	if !codec.IsText(data) || json.Unmarshal(data, &in) != nil {
		return nil, errShape
	}
	if in == nil {
		return nil, nil //nolint:nilnil // null is no amounts
	}
	d := json.NewDecoder(bytes.NewReader(data))
	tokens := 0
	for _, err := d.Token(); err == nil; _, err = d.Token() {
		tokens++
	}
	if tokens != 2+2*len(in) {
		return nil, errShape
	}
	out := make(Amounts, len(in))
	for name, v := range in {
		out[name] = v.Decimal
	}
	return out, nil
}

// An exact is a decimal as a JSON string, which needs no settings of the decimal
// package. A bare number is read too, without an exponent.
type exact struct{ decimal.Decimal }

// MarshalJSON writes the decimal as a string.
func (a exact) MarshalJSON() ([]byte, error) {
	if err := money.Bounded(a.Decimal); err != nil {
		return nil, err
	}
	text, err := money.AppendDecimal([]byte{'"'}, a.Decimal)
	return append(text, '"'), err
}

// UnmarshalJSON reads a string or a bare number.
func (a *exact) UnmarshalJSON(data []byte) (err error) {
	text := string(data)
	if unquoted, ok := strings.CutPrefix(text, `"`); ok {
		text = strings.TrimSuffix(unquoted, `"`)
	}
	if a.Decimal, err = money.Parse(text); err != nil {
		return errShape
	}
	return nil
}

// exactly returns a pointer to an exact; nil stays nil.
func exactly(d *decimal.Decimal) *exact {
	if d == nil {
		return nil
	}
	return &exact{*d}
}
