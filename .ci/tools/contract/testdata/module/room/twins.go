package room

import "errors"

// A Written is not read.
type Written struct{ A int } // want twin "MarshalJSON and no UnmarshalJSON" // want twin "MarshalText and no UnmarshalText" // want twin "AppendBinary and no UnmarshalBinary" // want twin "AppendText and no UnmarshalText" // want twin "AppendJSON and no UnmarshalJSON" // want twin "MarshalBinary and no UnmarshalBinary" // want probe "from JSON"

func (Written) MarshalJSON() ([]byte, error)          { return []byte(`{"a":1}`), nil }
func (Written) MarshalText() ([]byte, error)          { return nil, errors.ErrUnsupported }
func (Written) MarshalBinary() ([]byte, error)        { return nil, errors.ErrUnsupported }
func (Written) AppendJSON(b []byte) ([]byte, error)   { return b, nil }
func (Written) AppendText(b []byte) ([]byte, error)   { return b, nil }
func (Written) AppendBinary(b []byte) ([]byte, error) { return b, nil }

// A Read is not written.
type Read struct { // want twin "UnmarshalJSON and no MarshalJSON" // want twin "UnmarshalBinary and no MarshalBinary" // want probe "does not read"
	A int `json:"a"`
}

func (*Read) UnmarshalJSON([]byte) error   { return errors.ErrUnsupported }
func (*Read) UnmarshalBinary([]byte) error { return errors.ErrUnsupported }

// A Pointed is written through pointers only.
type Pointed struct { // want twin "for pointers only" // want probe "by value as"
	A int `json:"a"`
}

func (*Pointed) MarshalJSON() ([]byte, error) { return []byte(`{"a":1}`), nil }
func (*Pointed) UnmarshalJSON([]byte) error   { return nil }
