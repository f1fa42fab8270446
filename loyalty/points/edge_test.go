package points_test

import (
	"bytes"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/earning"
	"github.com/relmark/relmark/loyalty/points"
)

// A decoder that has read good events is as strict as a new one.
func TestDecodersRememberNothingOfTheEventBefore(t *testing.T) {
	t.Parallel()
	l := closedLedger(t)
	data, err := l.events[1].AppendJSON(nil)
	require.NoError(t, err)
	var ev points.Event
	for _, reuse := range []bool{false, true} {
		d := points.Decoder{Reuse: reuse}
		require.NoError(t, d.Decode(data, &ev))
		bare := append([]byte("{"), bytes.TrimPrefix(data, []byte(`{"v":1,`))...)
		require.ErrorIs(t, d.Decode(bare, &ev), relmark.ErrUnsupported, "no version")
	}
	none := bytes.ReplaceAll(data, []byte(day(1).String()), make([]byte, 10))
	require.NotEqual(t, data, none)
	require.ErrorIs(t, new(points.Decoder).Decode(none, &ev), relmark.ErrInvalid, "a date of no characters")
}

// Whatever one encoding can say, the other can say too.
func TestNumbersHaveOneRangeInBothEncodings(t *testing.T) {
	t.Parallel()
	const most = 1e18 - 1
	for points1, ok := range map[int64]bool{most: true, -most: true, most + 1: false, -most - 1: false, math.MaxInt64: false, math.MinInt64: false} {
		ev := points.Event{Seq: 1, Key: "k", At: at(0), Recorded: at(0), Body: &points.Adjusted{Points: points1}}
		text, err := ev.AppendJSON(nil)
		compact, errCompact := ev.AppendBinary(nil)
		require.Equal(t, ok, err == nil, points1)
		require.Equal(t, ok, errCompact == nil, points1)
		if ok {
			var a, b points.Event
			require.NoError(t, a.UnmarshalJSON(text))
			require.NoError(t, b.UnmarshalBinary(compact))
			require.Equal(t, a, b)
		}
	}
	for cash, ok := range map[int64]bool{1<<53 - 1: true, 1 - 1<<53: true, 1 << 53: false, math.MaxInt64: false, math.MinInt64: false} {
		ev := points.Event{Seq: 1, Key: "k", At: at(0), Recorded: at(0), Body: &points.Refunded{Order: "O", Digits: 2, Cash: cash}}
		_, err := ev.AppendJSON(nil)
		_, errCompact := ev.AppendBinary(nil)
		require.Equal(t, ok, err == nil, cash)
		require.Equal(t, ok, errCompact == nil, cash)
	}
}

// What is decided can be stored, read again and applied, at the edge of what commands
// may say.
func TestWhatIsDecidedCanBeRead(t *testing.T) {
	t.Parallel()
	e := compiled(t, points.Program{})
	first := relmark.MustParseDate("1700-01-01")
	parcel := func(id uint64) points.Command {
		return with(head("k", 0), points.Receive{Parcel: []points.Moved{{Lot: id, Points: 1, AvailableAt: at(0)}}})
	}
	for name, c := range map[string]points.Command{
		"far lot": parcel(1<<53 - 1),
		"1700":    with(head("k", 0), points.Close{Before: first}),
	} {
		var a points.Account
		d, err := e.Decide(&a, c)
		require.NoError(t, err, name)
		data, err := d.Event.AppendJSON(nil)
		require.NoError(t, err, name)
		var back points.Event
		require.NoError(t, back.UnmarshalJSON(data), name)
		require.NoError(t, a.Apply(back), name)
	}
	for name, c := range map[string]points.Command{
		"lot past 2^53": parcel(1 << 53),
		"lot past 2^63": parcel(1 << 63),
		"before 1700":   with(head("k", 0), points.Close{Before: first.AddDays(-1)}),
	} {
		_, err := e.Decide(new(points.Account), c)
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
	}
}

// An event that an account takes leaves one whose snapshot can be read, and that a
// usage can count.
func TestEarnedThatCannotBe(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]func(b *points.Earned){
		"no date":         func(b *points.Earned) { b.Facts.Date = relmark.Date{} },
		"month before 0":  func(b *points.Earned) { b.Steps[0].Month = -1 },
		"count before 0":  func(b *points.Earned) { b.Steps[0].Counts = -1 },
		"negative points": func(b *points.Earned) { b.Award.Granted, b.Lot = -1, 0 },
	} {
		b := &points.Earned{Order: "O", Facts: earning.Facts{Date: day(0)}, Steps: []earning.Step{{Rule: "g", Month: 12*2025 + 1}}}
		var a points.Account
		require.NoError(t, a.Clone().Apply(next(&a, 0, b)))
		c(b)
		ev := next(&a, 0, b)
		refused(t, &a, ev, name)
		var u earning.Usage
		require.Equal(t, name == "negative points", u.Add(ev.Granted()) != nil, name)
		assert.Zero(t, u)
	}
}

// BenchmarkRecall looks up an order among thousands that have been closed often.
func BenchmarkRecall(b *testing.B) {
	l := &ledger{e: compiled(b, points.Program{})}
	for i := range 4000 {
		l.do(b, with(head(fmt.Sprint("e", i), i/8), points.Earn{Order: fmt.Sprint("O", i), Amount: euros(1)}))
		l.do(b, with(head(fmt.Sprint("r", i), i/8), points.Redeem{Points: 1}))
		if i%16 == 15 {
			l.do(b, with(head(fmt.Sprint("c", i), i/8), points.Close{Before: day(i / 8)}))
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		l.recall(b, "O5")
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(l.events)), "ns/event")
}

// An event says when it took place and when it was processed: without, it would be
// written and not read.
func TestEventsWithoutInstantsAreNotWritten(t *testing.T) {
	t.Parallel()
	at := time.Date(2025, 1, 10, 12, 0, 0, 0, time.UTC)
	for _, ev := range []points.Event{{Recorded: at}, {At: at}, {}} {
		ev.Seq, ev.Key, ev.Body = 1, "k", &points.Swept{}
		_, err := ev.AppendJSON(nil)
		require.ErrorIs(t, err, relmark.ErrInvalid)
		_, err = ev.AppendBinary(nil)
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
}
