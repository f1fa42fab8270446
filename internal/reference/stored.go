package reference

import (
	"bytes"
	"encoding"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// Stored returns a file in testdata of the package under test. No later version may change
// such a file, as what was ever written stays readable.
func Stored(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatalf("%v; RELMARK_GOLDEN=write writes it", err)
	}
	return data
}

// StoredText returns a file in testdata without the white space around it.
func StoredText(t testing.TB, name string) []byte {
	t.Helper()
	return bytes.TrimSpace(Stored(t, name))
}

// Pin fails the test unless a file in testdata is got, to the byte. With
// RELMARK_GOLDEN=write one that is not there yet is written.
func Pin(t testing.TB, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if _, err := os.Stat(path); os.IsNotExist(err) && os.Getenv("RELMARK_GOLDEN") == "write" {
		if err := os.WriteFile(path, got, 0o644); err != nil { //nolint:gosec // others read it
			t.Fatalf("%v", err)
		}
	}
	if want := Stored(t, name); !bytes.Equal(want, got) {
		t.Errorf("%s is\n%s\nand now it would be\n%s", name, want, got)
	}
}

// PinJSON fails the test unless a line in testdata is the JSON of v, and decodes into back,
// a pointer to a zero value, so that the same is written again.
func PinJSON(t testing.TB, name string, v, back any) {
	t.Helper()
	got, err := json.Marshal(v)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	Pin(t, name, append(got, '\n'))
	if err := json.Unmarshal(got, back); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if again, err := json.Marshal(back); err != nil || !bytes.Equal(again, got) {
		t.Errorf("%s comes back as %s: %v", name, again, err)
	}
}

// PinHex fails the test unless a line in testdata is got in hexadecimal digits.
func PinHex(t testing.TB, name string, got []byte) {
	t.Helper()
	Pin(t, name, append(hex.AppendEncode(nil, got), '\n'))
}

// A binary is what has a binary encoding.
type binary interface {
	encoding.BinaryMarshaler
	encoding.BinaryUnmarshaler
}

// PinEncoding fails the test unless a line in testdata is the encoding of v in hexadecimal
// digits, and decodes into back, a pointer to a zero value, so that the same is written
// again.
func PinEncoding(t testing.TB, name string, v encoding.BinaryMarshaler, back binary) {
	t.Helper()
	got, err := v.MarshalBinary()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	PinHex(t, name, got)
	if err := back.UnmarshalBinary(got); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if again, err := back.MarshalBinary(); err != nil || !bytes.Equal(again, got) {
		t.Errorf("%s comes back as %x: %v", name, again, err)
	}
}
