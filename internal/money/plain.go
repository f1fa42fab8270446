package money

import (
	"encoding/json"

	"github.com/shopspring/decimal"
)

// A Plain is a decimal that JSON holds as a string: the exact text of [Text] when it
// is written, what [Parse] takes when it is read. It converts from and to decimals, and
// pointers to it too. Nothing else is one, neither a bare number nor null, and a value
// of zero is left out by omitzero. Its errors are those of the two functions and of
// encoding/json.
type Plain decimal.Decimal

// IsZero reports whether the value is zero, at any scale.
func (p Plain) IsZero() bool { return decimal.Decimal(p).Sign() == 0 }

// MarshalJSON writes the exact text.
func (p Plain) MarshalJSON() ([]byte, error) {
	text, err := Text(decimal.Decimal(p))
	if err != nil {
		return nil, err
	}
	return json.Marshal(text)
}

// UnmarshalJSON reads plain notation. An error leaves p as it was.
func (p *Plain) UnmarshalJSON(data []byte) error {
	var text string
	if err := json.Unmarshal(data, &text); err != nil {
		return err
	}
	d, err := Parse(text) // null leaves the text empty, which is no number
	if err == nil {
		*p = Plain(d)
	}
	return err
}
