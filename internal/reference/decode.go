package reference

import (
	"bytes"
	"encoding/json"
	"strconv"
)

// A Number is one that files hold as an exact decimal, in a text, or as a JSON number.
type Number float64

// UnmarshalJSON reads either.
func (n *Number) UnmarshalJSON(data []byte) error {
	var text string
	if json.Unmarshal(data, &text) != nil {
		text = string(data)
	}
	x, err := strconv.ParseFloat(text, 64)
	if err == nil {
		*n = Number(x)
	}
	return err
}

// Strict decodes a part of a file into a value that must know every key of it: what
// nothing reads must not pass for right.
func Strict(data []byte, v any) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	return decoder.Decode(v)
}

// MinorUnits returns the fraction digits of a currency by ISO 4217:2015: two, also for
// no currency, unless it lists others.
func MinorUnits(currency string) int {
	switch currency {
	case "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF":
		return 0
	case "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND":
		return 3
	case "CLF", "UYW":
		return 4
	}
	return 2
}
