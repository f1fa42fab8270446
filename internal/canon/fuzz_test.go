package canon_test

import (
	"encoding/json"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/codec"
)

// FuzzRead reads any text: what is read is what would have been written, and is JSON.
func FuzzRead(f *testing.F) {
	r := record{Kind: "visit", Level: "base"}
	for version := range 3 {
		text, _ := r.text(version)
		f.Add(text)
	}
	f.Add([]byte(`{"v":2,"type":"sale","key":"k\"\u0001","big":-1,"print":"00000000000000ff","digits":2,"amount":"1.50","day":"2025-01-10",` +
		`"at":"2025-01-10T12:00:00.5Z","mode":"full","level":"gold","head":{"tags":[{"tag":"x"}]},"lines":[{},{"amount":"0.01"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var f canon.Form
		r, err := read(&f, data)
		if err != nil {
			return
		}
		text, err := r.text(f.Version())
		require.NoError(t, err)
		require.Equal(t, string(data), string(text))
		require.True(t, json.Valid(data) && utf8.Valid(data))
	})
}

// FuzzReadPacked reads any bytes, with a checksum that fits them.
func FuzzReadPacked(f *testing.F) {
	for _, r := range []record{{Kind: "visit", Level: "base"}, {Kind: "sale", Level: "gold", Mode: "part", Key: "key", Big: -7, Lines: []line{{}, {Amount: 5}}}} {
		data, _ := r.packed(2)
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		_, err := readPacked(new(canon.Form), data)
		sealed := codec.Seal(append([]byte{}, data...))
		var f canon.Form
		r, sealedErr := readPacked(&f, sealed)
		if err == nil {
			require.NoError(t, sealedErr)
		}
		if sealedErr != nil {
			return
		}
		packed, err := r.packed(f.Version())
		require.NoError(t, err)
		require.Equal(t, sealed, packed)
	})
}

// FuzzMarshal writes any text: what comes back is what went in, or it was refused.
func FuzzMarshal(f *testing.F) {
	f.Add("plain", "\\ufffd")
	f.Add("\xff", "a")
	f.Add("a\\\\\xc3\"", "\ufffd")
	f.Fuzz(func(t *testing.T, key, text string) {
		data, err := canon.Marshal(map[string]string{key: text})
		require.Equal(t, utf8.ValidString(key) && utf8.ValidString(text), err == nil)
		if err != nil {
			return
		}
		var back map[string]string
		require.NoError(t, json.Unmarshal(data, &back))
		require.Equal(t, map[string]string{key: text}, back)
	})
}
