package canon

import (
	"bytes"
	"encoding/json"
	"errors"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
)

// Marshal returns the JSON of v, a struct that names its keys, as encoding/json writes
// it: in the order of the fields, without spaces. It fails with a FieldError on
// a text that is not UTF-8, in the bytes of which encoding/json puts one and the same
// character, so that two identifiers fall together; and on what JSON does not have, such
// as NaN, a year above 9999, or a value whose own method fails; where that says which
// field is wrong, with that FieldError. It does not repeat what it was given.
func Marshal(v any) ([]byte, error) {
	data, err := json.Marshal(v)
	if field, ok := errors.AsType[*relmark.FieldError](err); ok {
		return nil, field
	}
	if err != nil {
		return nil, fault.New("JSON", nil, "must have finite numbers and years 0 to 9999")
	}
	if replaced(data) {
		return nil, fault.New("JSON", nil, "must have texts in UTF-8")
	}
	return data, nil
}

// replaced reports whether JSON has the escape that encoding/json puts in the place of
// bytes that are not UTF-8. The character that it stands for is otherwise written as it
// is.
func replaced(data []byte) bool {
	for {
		i := bytes.IndexByte(data, '\\')
		if i < 0 {
			return false
		}
		if bytes.HasPrefix(data[i+1:], []byte("ufffd")) {
			return true
		}
		data = data[i+2:] // what is escaped may be a backslash
	}
}
