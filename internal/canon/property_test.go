package canon_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/canon"
)

func records() *rapid.Generator[record] {
	return rapid.Custom(func(t *rapid.T) record {
		instants := rapid.Custom(func(t *rapid.T) time.Time {
			nanos := rapid.SampledFrom([]int64{0, 0, 1, 500_000_000, 999_999_999}).Draw(t, "nanos")
			return time.Unix(rapid.Int64Range(-8_520_336_000, 9_214_646_399).Draw(t, "second"), nanos).UTC()
		})
		amounts := rapid.Int64Range(-canon.MaxExact, canon.MaxExact)
		lines := rapid.Custom(func(t *rapid.T) line {
			return line{amounts.Draw(t, "amount"), some(rapid.SliceOfN(rapid.String(), 0, 3).Draw(t, "tags"))}
		})
		r := record{
			Kind: rapid.SampledFrom([]string{"sale", "visit"}).Draw(t, "kind"), Key: rapid.String().Draw(t, "key"),
			Rule: rapid.StringMatching(`[a-c]{0,2}`).Draw(t, "rule"), Big: rapid.Int64Range(-canon.MaxInt, canon.MaxInt).Draw(t, "big"),
			Small: int(rapid.Int32().Draw(t, "small")), Seq: rapid.Uint64Range(0, canon.MaxInt).Draw(t, "seq"), Print: rapid.Uint64().Draw(t, "print"),
			Done: rapid.Bool().Draw(t, "done"), Digits: rapid.IntRange(0, canon.MaxDigits).Draw(t, "digits"), Amount: amounts.Draw(t, "total"),
			Mode: rapid.SampledFrom([]mode{"", "full", "part"}).Draw(t, "mode"), Level: rapid.SampledFrom([]level{"base", "gold"}).Draw(t, "level"),
			Head: lines.Draw(t, "head"), Lines: some(rapid.SliceOfN(lines, 0, 80).Draw(t, "lines")),
		}
		if rapid.Bool().Draw(t, "dated") {
			r.Day, _ = relmark.DateOf(instants.Draw(t, "day"), time.UTC)
			r.At = instants.Draw(t, "at")
		}
		return r
	})
}

func some[T any](s []T) []T {
	if len(s) == 0 {
		return nil
	}
	return s
}

// What is written is read again, by a form that has read others too, and equal values
// have equal encodings.
func TestRoundTrips(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var f canon.Form
		if rapid.Bool().Draw(t, "remember") {
			f.Remember()
		}
		for _, r := range rapid.SliceOfN(records(), 1, 4).Draw(t, "records") {
			text, err := r.text(newest)
			require.NoError(t, err)
			back, err := read(&f, text)
			require.NoError(t, err, string(text))
			require.Equal(t, r, back)
			packed, err := r.packed(newest)
			require.NoError(t, err)
			back, err = readPacked(&f, packed)
			require.NoError(t, err)
			require.Equal(t, r, back)
		}
	})
}

// Instants of any zone are written in UTC.
func TestZonesDoNotMatter(t *testing.T) {
	t.Parallel()
	r := full(t)
	want, err := r.text(newest)
	require.NoError(t, err)
	r.At = r.At.In(time.FixedZone("x", 5*3600+1800))
	got, err := r.text(newest)
	require.NoError(t, err)
	require.Equal(t, string(want), string(got))
}

// A host that encodes a value with its method inside its own JSON gets the same text.
func TestHostsKeepTheText(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text, err := records().Draw(t, "record").text(newest)
		require.NoError(t, err)
		inside, err := json.Marshal(json.RawMessage(text))
		require.NoError(t, err)
		require.Equal(t, string(text), string(inside))
	})
	r := full(t)
	r.Key, r.Rule = "<>&\u2028\u2029\u2027\u202a\xe2\x80\xb0 \x00\x1f\x7f\"\\/", "\u2028"
	text, err := r.text(newest)
	require.NoError(t, err)
	inside, err := json.Marshal(json.RawMessage(text))
	require.NoError(t, err)
	require.Equal(t, string(text), string(inside))
	back, err := read(new(canon.Form), text)
	require.NoError(t, err)
	require.Equal(t, r, back)
}
