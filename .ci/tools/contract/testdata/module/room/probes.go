package room

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"example.com/planted"
)

// A Fading is written and read, and something is lost.
type Fading struct{ A, B int } // want probe "does not come back equal from JSON: .B"

func (f Fading) MarshalJSON() ([]byte, error)  { return json.Marshal(f.A) }
func (f *Fading) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &f.A) }

// A Lax reads any version.
type Lax struct{ A int } // want probe "without a version" // want probe "of version 99"

func (l Lax) MarshalJSON() ([]byte, error) { return fmt.Appendf(nil, `{"v":1,"a":%d}`, l.A), nil }
func (l *Lax) UnmarshalJSON(b []byte) error {
	var in struct {
		V int
		A int `json:"a"`
	}
	err := json.Unmarshal(b, &in)
	l.A = in.A
	return err
}

// A Strict is right.
type Strict struct{ A int }

// MarshalJSON writes a version:
//
//	{"v":1,"a":7}
func (s Strict) MarshalJSON() ([]byte, error) { return fmt.Appendf(nil, `{"v":1,"a":%d}`, s.A), nil }

// UnmarshalJSON wants it.
func (s *Strict) UnmarshalJSON(b []byte) error {
	var in struct {
		V int
		A int `json:"a"`
	}
	if err := json.Unmarshal(b, &in); err != nil {
		return err
	}
	if in.V != 1 {
		return planted.ErrUnsupported
	}
	s.A = in.A
	return nil
}

// A Shown is not what its comment shows.
type Shown struct{ A int } // want probe "as its comment shows" // want probe "does not read what its comment shows"

// MarshalJSON writes
//
//	{"a" : 7,
//	 "b":1}
//
// or
//
//	{"a":"seven"}
func (s Shown) MarshalJSON() ([]byte, error) { return fmt.Appendf(nil, `{"a":%d}`, s.A), nil }

// UnmarshalJSON reads it.
func (s *Shown) UnmarshalJSON(b []byte) error {
	var in struct {
		A int `json:"a"`
	}
	err := json.Unmarshal(b, &in)
	s.A = in.A
	return err
}

// A Zoned says what reads it.
type Zoned struct{ A int }

// MarshalJSON writes
//
//	{"v":1,"zone":"Europe/Berlin"}
func (Zoned) MarshalJSON() ([]byte, error) { return []byte(`{"v":1,"zone":"Europe/Berlin"}`), nil }

// UnmarshalJSON refuses.
func (*Zoned) UnmarshalJSON([]byte) error { return errors.New("takes DecodeZoned") }

// A Camel writes keys that no tag shows.
type Camel struct{ A int } // want probe "graceDays"

func (c Camel) MarshalJSON() ([]byte, error) { return fmt.Appendf(nil, `{"graceDays":%d}`, c.A), nil }
func (c *Camel) UnmarshalJSON(b []byte) error {
	_, err := fmt.Sscanf(string(b), `{"graceDays":%d}`, &c.A)
	return err
}

// A Panicking panics on some values.
type Panicking struct{ A int } // want probe "panics"

func (p Panicking) MarshalText() ([]byte, error)  { return []byte{"abc"[p.A]}, nil }
func (p *Panicking) UnmarshalText(b []byte) error { p.A = int(b[0] - 'a'); return nil }

// A Text is lost as text.
type Text struct{ A, B int } // want probe "from text" // want probe "from JSON: .B was 2"

func (t Text) MarshalText() ([]byte, error)  { return fmt.Append(nil, t.A), nil }
func (t *Text) UnmarshalText(b []byte) error { _, err := fmt.Sscan(string(b), &t.A); return err }

// A Deaf does not read its text.
type Deaf struct{ A int } // want probe "text that it does not read" // want probe "JSON that it does not read"

func (t Deaf) MarshalText() ([]byte, error) { return fmt.Append(nil, t.A), nil }
func (t *Deaf) UnmarshalText([]byte) error  { return errors.ErrUnsupported }

// A Flipped reads what is damaged.
type Flipped struct { // want probe "of which a bit is wrong"
	A byte `json:"a"`
}

func (f Flipped) MarshalBinary() ([]byte, error)  { return []byte{f.A}, nil }
func (f *Flipped) UnmarshalBinary(b []byte) error { f.A = b[0]; return nil }

// A Lossy loses in binary.
type Lossy struct { // want probe "from its binary encoding: .B"
	A byte `json:"a"`
	B byte `json:"b"`
}

func (l Lossy) MarshalBinary() ([]byte, error) { return []byte{l.A, ^l.A}, nil }
func (l *Lossy) UnmarshalBinary(b []byte) error {
	if len(b) != 2 || b[0] != ^b[1] {
		return errors.ErrUnsupported
	}
	l.A = b[0]
	return nil
}

// A Closed does not read its binary encoding.
type Closed struct { // want probe "binary encoding that it does not read"
	A byte `json:"a"`
}

func (Closed) MarshalBinary() ([]byte, error) { return []byte{1}, nil }
func (*Closed) UnmarshalBinary([]byte) error  { return errors.ErrUnsupported }

// A Twofold has two encodings of one value, and appends another one.
type Twofold struct { // want probe "from its binary" // want probe "two binary encodings" // want probe "appends another" // want probe "of which a bit is wrong"
	A byte `json:"a"`
}

func (t Twofold) AppendBinary(b []byte) ([]byte, error) { return append(b, t.A, 1), nil }
func (t Twofold) MarshalBinary() ([]byte, error)        { return []byte{t.A, 0}, nil }
func (t *Twofold) UnmarshalBinary(b []byte) error {
	if len(bytes.TrimSpace(b)) < 1 {
		return errors.ErrUnsupported
	}
	t.A = b[0] | 1
	return nil
}

// A Generic is made with a type that fits.
type Generic[T fmt.Stringer, N ~int | ~string] struct {
	A N `json:"a"`
}

// A Counter is made with strings.
type Counter[N ~int | ~string] struct{ n N } // want loss "encodes as {}"

// N returns it.
func (c Counter[N]) N() N { return c.n }
