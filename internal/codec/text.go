package codec

import (
	"bytes"
	"encoding"
	"encoding/base64"
)

// Text returns the encoding of v as base64, so that it can be a string in JSON. Types
// with a binary encoding alone would be {} there, or nothing.
func Text(v encoding.BinaryMarshaler) ([]byte, error) {
	data, err := v.MarshalBinary()
	if err != nil {
		return nil, err
	}
	return base64.StdEncoding.AppendEncode(nil, data), nil
}

// ReadText decodes what [Text] returned into v. Text that is not the one base64 of
// some bytes is [ErrCorrupt]; for the rest it fails as v does.
func ReadText(text []byte, v encoding.BinaryUnmarshaler) error {
	data, err := base64.StdEncoding.Strict().AppendDecode(nil, text)
	if err != nil || bytes.ContainsAny(text, "\r\n") {
		return ErrCorrupt
	}
	return v.UnmarshalBinary(data)
}
