// Package golden is for tests: it holds what is written today to files in testdata, which
// no later version may change, as what was ever written stays readable.
package golden

import (
	"bytes"
	"encoding"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
)

// TB is what golden needs of a *testing.T, *testing.F or *testing.B.
type TB interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// Read returns a file in testdata.
func Read(t TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatalf("%v; RELMARK_GOLDEN=write writes it", err)
	}
	return data
}

// Text returns a file in testdata without the white space around it.
func Text(t TB, name string) []byte {
	t.Helper()
	return bytes.TrimSpace(Read(t, name))
}

// Equal fails the test unless a file in testdata is got, to the byte. With
// RELMARK_GOLDEN=write one that is not there yet is written.
func Equal(t TB, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if _, err := os.Stat(path); os.IsNotExist(err) && os.Getenv("RELMARK_GOLDEN") == "write" {
		if err := os.WriteFile(path, got, 0o644); err != nil { //nolint:gosec // others read it
			t.Fatalf("%v", err)
		}
	}
	if want := Read(t, name); !bytes.Equal(want, got) {
		t.Errorf("%s is\n%s\nand now it would be\n%s", name, want, got)
	}
}

// JSON fails the test unless a line in testdata is the JSON of v, and decodes into back,
// a pointer to a zero value, so that the same is written again.
func JSON(t TB, name string, v, back any) {
	t.Helper()
	got, err := json.Marshal(v)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	Equal(t, name, append(got, '\n'))
	if err := json.Unmarshal(got, back); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if again, err := json.Marshal(back); err != nil || !bytes.Equal(again, got) {
		t.Errorf("%s comes back as %s: %v", name, again, err)
	}
}

// Hex fails the test unless a line in testdata is got in hexadecimal digits.
func Hex(t TB, name string, got []byte) {
	t.Helper()
	Equal(t, name, append(hex.AppendEncode(nil, got), '\n'))
}

// A Binary is what has a binary encoding.
type Binary interface {
	encoding.BinaryMarshaler
	encoding.BinaryUnmarshaler
}

// Encoding fails the test unless a line in testdata is the encoding of v in hexadecimal
// digits, and decodes into back, a pointer to a zero value, so that the same is written
// again.
func Encoding(t TB, name string, v encoding.BinaryMarshaler, back Binary) {
	t.Helper()
	got, err := v.MarshalBinary()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	Hex(t, name, got)
	if err := back.UnmarshalBinary(got); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if again, err := back.MarshalBinary(); err != nil || !bytes.Equal(again, got) {
		t.Errorf("%s comes back as %x: %v", name, again, err)
	}
}
