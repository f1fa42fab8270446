package voucher_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/loyalty/voucher"
)

// Days are whole local days, limits are counts that are reached, and all that is against
// a redemption is listed, in order.
func TestReasonsAreAllListed(t *testing.T) {
	t.Parallel()
	one := func() *int64 { return new(int64(1)) }
	c, err := voucher.NewCampaign(voucher.Terms{
		Zone: berlin, From: relmark.MustParseDate("2025-03-30"), Through: relmark.MustParseDate("2025-03-30"),
		Codes: []string{"X", "Y"}, Audience: []string{"gold", "vip"}, Limits: voucher.Limits{Code: one(), Member: one(), Campaign: one()},
	})
	require.NoError(t, err)
	first, end := when("2025-03-29T23:00:00Z"), when("2025-03-30T22:00:00Z") // a day of 23 hours
	assert.Equal(t, first, c.ValidFrom())
	assert.Equal(t, end, c.ValidUntil())
	for name, x := range map[string]struct {
		at   time.Time
		code string
		of   []string
		uses voucher.Uses
		want []voucher.Reason
	}{
		"first instant": {first, "X", []string{"new", "vip"}, voucher.Uses{}, nil},
		"last instant":  {end.Add(-1), "Y", []string{"gold"}, voucher.Uses{}, nil},
		"too early":     {first.Add(-1), "X", []string{"gold"}, voucher.Uses{}, []voucher.Reason{voucher.NotStarted}},
		"too late":      {end, "X", []string{"gold"}, voucher.Uses{}, []voucher.Reason{voucher.Expired}},
		"code used":     {first, "X", []string{"gold"}, voucher.Uses{Code: 1}, []voucher.Reason{voucher.CodeLimit}},
		"member has":    {first, "X", []string{"gold"}, voucher.Uses{Member: 1}, []voucher.Reason{voucher.MemberLimit}},
		"all used":      {first, "X", []string{"gold"}, voucher.Uses{Campaign: 1}, []voucher.Reason{voucher.CampaignLimit}},
		"everything": {end, "x", nil, voucher.Uses{Code: 1, Member: 1, Campaign: 1}, []voucher.Reason{
			voucher.UnknownCode, voucher.Expired, voucher.NotEligible, voucher.CodeLimit, voucher.MemberLimit, voucher.CampaignLimit,
		}},
	} {
		got, err := c.Check(voucher.Redemption{Key: "k", Code: x.code, Member: "m", Labels: x.of, At: x.at}, x.uses)
		require.NoError(t, err)
		assert.Equal(t, x.want, got, name)
	}
	for _, u := range []voucher.Uses{{Code: -1}, {Member: -1}, {Campaign: -1}} {
		_, err := c.Check(voucher.Redemption{Key: "k", Code: "X", Member: "m", At: first}, u)
		assert.ErrorIs(t, err, relmark.ErrInvalid)
	}
	for _, l := range []voucher.Limits{{Code: new(int64(0))}, {Member: new(int64(0))}, {Campaign: new(int64(0))}} {
		assert.ErrorIs(t, voucher.Terms{Zone: berlin, Limits: l}.Validate(), relmark.ErrInvalid)
	}
	day := relmark.MustParseDate("2025-03-30")
	assert.ErrorIs(t, voucher.Terms{Zone: berlin, From: day, Through: day.AddDays(-1)}.Validate(), relmark.ErrInvalid)
	assert.ErrorIs(t, voucher.Terms{}.Validate(), relmark.ErrInvalid)
}

// Commands and events lie in years that a register knows.
func TestTimesHaveEnds(t *testing.T) {
	t.Parallel()
	c := campaign(t, voucher.Terms{AnyCode: true})
	first, last := when("1700-01-01T00:00:00Z"), when("2150-12-31T23:59:59.999999999Z")
	for at, ok := range map[time.Time]bool{first: true, last: true, first.Add(-1): false, last.Add(1): false, {}: false} {
		var g voucher.Register
		_, errRedeem := c.Redeem(&g, voucher.Redemption{Key: "k", Code: "X", Member: "m", At: at})
		_, errVoid := g.Void(voucher.Voiding{Key: "k", Redemption: "r", At: at})
		errApply := g.Apply(voucher.Event{Seq: 1, Type: voucher.Redeemed, Key: "k", Code: "X", Member: "m", At: at})
		for _, err := range []error{errRedeem, errVoid, errApply} {
			assert.Equal(t, ok, err == nil, at)
			assert.Equal(t, !ok, errors.Is(err, relmark.ErrInvalid), at)
		}
	}
	day := relmark.MustParseDate("2025-03-01")
	for _, x := range []voucher.Closing{
		{"k", day, last.Add(1)}, {"k", relmark.MustParseDate("1700-01-01"), last}, {"k", relmark.MustParseDate("2151-01-02"), last.Add(48 * time.Hour)}, {"", day, last}, {"k", relmark.Date{}, last},
	} {
		_, err := c.Close(&voucher.Register{}, x)
		assert.ErrorIs(t, err, relmark.ErrInvalid)
	}
	d, err := c.Close(&voucher.Register{}, voucher.Closing{"k", relmark.MustParseDate("1700-01-02"), last})
	require.NoError(t, err)
	assert.True(t, d.Accepted)
}

// A stream ends at the first event that does not fit; those before it stay.
func TestFoldStopsAtTheFirstMisfit(t *testing.T) {
	t.Parallel()
	var g voucher.Register
	at := when("2025-03-05T10:00:00Z")
	events := []voucher.Event{
		{Seq: 1, Type: voucher.Redeemed, Key: "1", Code: "X", Member: "m", At: at},
		{Seq: 2, Type: voucher.Voided, Key: "2", Redemption: "9", At: at},
		{Seq: 2, Type: voucher.Voided, Key: "2", Redemption: "1", At: at},
	}
	fold := func(events ...voucher.Event) error {
		return g.Fold(func(yield func(voucher.Event, error) bool) {
			for _, ev := range events {
				if !yield(ev, nil) {
					return
				}
			}
		})
	}
	err := fold(events...)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	assert.EqualError(t, err, "voucher: event 2: Redemption: must be one that is live")
	assert.Equal(t, uint64(1), g.Version())
	require.NoError(t, fold(events[2]))
	assert.Empty(t, g.Live())
}

// The first instant that stays open is kept: what happened then is answered as before.
func TestClosingsKeepTheirFirstInstant(t *testing.T) {
	t.Parallel()
	c := campaign(t, voucher.Terms{AnyCode: true})
	var g voucher.Register
	first := when("2025-02-28T23:00:00Z") // 1 March in Berlin
	do := func(d voucher.Decision, err error) voucher.Decision {
		require.NoError(t, err)
		if d.Accepted && !d.Replayed {
			require.NoError(t, g.Apply(d.Event))
		}
		return d
	}
	before := voucher.Redemption{Key: "0", Code: "X", Member: "m", At: first.Add(-1)}
	at := voucher.Redemption{Key: "1", Code: "X", Member: "m", At: first}
	do(c.Redeem(&g, before))
	do(c.Redeem(&g, at))
	do(c.Close(&g, voucher.Closing{"close", relmark.MustParseDate("2025-03-01"), first}))
	assert.Equal(t, voucher.Decision{Accepted: true, Replayed: true}, do(c.Redeem(&g, at)))
	assert.Equal(t, closed, do(c.Redeem(&g, before)).Reasons)
	assert.Equal(t, closed, do(g.Void(voucher.Voiding{Key: "v", Redemption: "0", At: first})).Reasons)
	assert.True(t, do(g.Void(voucher.Voiding{Key: "v", Redemption: "1", At: first})).Accepted)
	assert.True(t, do(c.Close(&g, voucher.Closing{"again", relmark.MustParseDate("2025-03-01"), first})).Accepted)
	assert.Equal(t, voucher.Uses{Code: 1, Member: 1, Campaign: 1}, g.Uses("X", "m"))
	_, _ = reloaded(t, &g, &voucher.Register{})
}

// The start is what to wait for only if nothing else is in the way.
func TestNextIsGivenForTheStartAlone(t *testing.T) {
	t.Parallel()
	c, err := voucher.NewCampaign(voucher.Terms{Zone: berlin, From: relmark.MustParseDate("2025-03-01"), Codes: []string{"X"}})
	require.NoError(t, err)
	r := voucher.Redemption{Key: "k", Code: "X", Member: "m", At: when("2025-02-01T10:00:00Z")}
	d, err := c.Redeem(&voucher.Register{}, r)
	require.NoError(t, err)
	assert.Equal(t, c.ValidFrom(), d.Next)
	r.Code = "Y"
	d, err = c.Redeem(&voucher.Register{}, r)
	require.NoError(t, err)
	assert.True(t, d.Next.IsZero())
	r.At = when("2025-04-01T10:00:00Z")
	d, err = c.Redeem(&voucher.Register{}, r)
	require.NoError(t, err)
	assert.True(t, d.Next.IsZero())
}

// What has been recorded forbids is refused; a key for two commands is a mistake.
func TestRefusalsAreNoMistakes(t *testing.T) {
	t.Parallel()
	for reason, want := range map[voucher.Reason]error{
		voucher.UnknownCode: relmark.ErrRefused, voucher.NotStarted: relmark.ErrRefused, voucher.Expired: relmark.ErrRefused,
		voucher.NotEligible: relmark.ErrRefused, voucher.CodeLimit: relmark.ErrRefused, voucher.MemberLimit: relmark.ErrRefused,
		voucher.CampaignLimit: relmark.ErrRefused, voucher.UnknownRedemption: relmark.ErrRefused, voucher.PeriodClosed: relmark.ErrRefused,
		voucher.KeyConflict: relmark.ErrInvalid,
	} {
		err := voucher.Decision{Reasons: []voucher.Reason{reason}}.Err()
		assert.ErrorIs(t, err, want)
		assert.NotErrorIs(t, err, map[error]error{relmark.ErrRefused: relmark.ErrInvalid, relmark.ErrInvalid: relmark.ErrRefused}[want])
		assert.EqualError(t, err, "voucher: "+string(reason))
	}
}

// Instants that are not in UTC are the same instants: events come out in UTC.
func TestInstantsComeInAnyZone(t *testing.T) {
	t.Parallel()
	c := campaign(t, voucher.Terms{AnyCode: true})
	apia := time.FixedZone("", 13*3600)
	at := when("2025-03-05T10:00:00Z")
	var g, o voucher.Register
	d, err := c.Redeem(&g, voucher.Redemption{Key: "1", Code: "X", Member: "m", At: at.In(apia)})
	require.NoError(t, err)
	assert.Equal(t, time.UTC, d.Event.At.Location())
	ev := d.Event
	ev.At = ev.At.In(apia)
	require.NoError(t, g.Apply(ev))
	require.NoError(t, o.Apply(d.Event))
	d, err = g.Void(voucher.Voiding{Key: "2", Redemption: "1", At: at.In(apia)})
	require.NoError(t, err)
	assert.Equal(t, time.UTC, d.Event.At.Location())
	require.NoError(t, g.Apply(d.Event))
	require.NoError(t, o.Apply(d.Event))
	d, err = c.Close(&g, voucher.Closing{"3", relmark.MustParseDate("2025-03-01"), at.In(apia)})
	require.NoError(t, err)
	ev = d.Event
	ev.At, ev.From = ev.At.In(apia), ev.From.In(apia)
	text, err := ev.MarshalJSON()
	require.NoError(t, err)
	utc, err := d.Event.MarshalJSON()
	require.NoError(t, err)
	assert.Equal(t, string(utc), string(text))
	require.NoError(t, g.Apply(ev))
	require.NoError(t, o.Apply(d.Event))
	assert.Equal(t, o, g)
}

// A key of a snapshot.
type key struct {
	name  string
	state byte
	at    int64
	rest  []any // names, or the end of a closing
}

func snapshot(version uint64, closed time.Time, keys []key, forgotten ...map[string]int64) []byte {
	w := codec.NewWriter(nil, codec.KindRegister, 1)
	w.Uvarint(version)
	w.Bool(!closed.IsZero())
	if !closed.IsZero() {
		w.Varint(closed.UnixNano())
	}
	w.Count(len(keys))
	for _, k := range keys {
		w.String(k.name)
		w.Byte(k.state)
		w.Varint(k.at)
		for _, r := range k.rest {
			switch r := r.(type) {
			case string:
				w.String(r)
			case int64:
				w.Varint(r)
			}
		}
	}
	for i := range 2 {
		counts := map[string]int64{}
		if i < len(forgotten) {
			counts = forgotten[i]
		}
		codec.WriteMap(&w, counts, func(_ string, n int64) { w.Uvarint(uint64(n)) })
	}
	return w.Data()
}

// A snapshot that no events can make has been changed.
func TestSnapshotsAreOfEvents(t *testing.T) {
	t.Parallel()
	at, closed := began.UnixNano(), began.Add(-time.Hour)
	live, dead := key{"1", 0, at, []any{"X", "m"}}, key{"1", 1, at, []any{"X", "m"}}
	void, end := key{"2", 2, at, []any{"1"}}, key{"3", 3, at, []any{closed.UnixNano()}}
	one := map[string]int64{"X": 1}
	read := func(data []byte) error { return new(voucher.Register).UnmarshalBinary(data) }
	for name, data := range map[string][]byte{
		"one":            snapshot(1, time.Time{}, []key{live}),
		"voided":         snapshot(2, time.Time{}, []key{dead, void}),
		"closed":         snapshot(2, closed, []key{live, end}),
		"forgotten":      snapshot(2, closed, []key{end}, one, map[string]int64{"m": 1}),
		"void forgotten": snapshot(3, closed, []key{void, end}),
	} {
		require.NoError(t, read(data), name)
	}
	for name, data := range map[string][]byte{
		"version below":            snapshot(0, time.Time{}, []key{live}),
		"version above":            snapshot(2, time.Time{}, []key{live}),
		"voided by nobody":         snapshot(1, time.Time{}, []key{dead}),
		"voids what is live":       snapshot(2, time.Time{}, []key{live, void}),
		"voids nothing":            snapshot(1, time.Time{}, []key{void}),
		"voids itself":             snapshot(1, time.Time{}, []key{{"2", 2, at, []any{"2"}}}),
		"closed, but open":         snapshot(2, time.Time{}, []key{live, end}),
		"forgotten, but open":      snapshot(1, time.Time{}, nil, one, map[string]int64{"m": 1}),
		"no closing":               snapshot(1, closed, []key{live}),
		"another closing":          snapshot(2, closed, []key{live, {"3", 3, at, []any{closed.UnixNano() - 1}}}),
		"a closing too many":       snapshot(3, closed, []key{live, end, {"4", 3, at, []any{at}}}),
		"a closing ahead":          snapshot(1, closed, []key{{"3", 3, at, []any{at + 1}}}),
		"a key before the closing": snapshot(2, closed, []key{{"1", 0, closed.UnixNano() - 1, []any{"X", "m"}}, end}),
		"codes without members":    snapshot(2, closed, []key{end}, one),
		"members without codes":    snapshot(2, closed, []key{end}, nil, map[string]int64{"m": 1}),
		"more than events":         snapshot(2, closed, []key{end}, map[string]int64{"X": 2}, map[string]int64{"m": 2}),
		"a count of 0":             snapshot(2, closed, []key{end}, map[string]int64{"X": 0}, map[string]int64{"m": 0}),
		"no state":                 snapshot(1, time.Time{}, []key{{"1", 4, at, []any{"X", "m"}}}),
		"no code":                  snapshot(1, time.Time{}, []key{{"1", 0, at, []any{"", "m"}}}),
		"out of range":             snapshot(1, time.Time{}, []key{{"1", 0, 1<<63 - 1, []any{"X", "m"}}}),
	} {
		assert.ErrorIs(t, read(data), relmark.ErrInvalid, name)
	}
}

// An alphabet has up to 256 letters of any length, an even number of them.
func TestAlphabetsHaveEnds(t *testing.T) {
	t.Parallel()
	var letters []rune
	for i := range rune(258) {
		letters = append(letters, 0x1F300+i) // four bytes each
	}
	for n, ok := range map[int]bool{0: false, 1: false, 2: true, 255: false, 256: true, 257: false, 258: false} {
		f := voucher.CodeFormat{voucher.LuhnModN, string(letters[:n])}
		assert.Equal(t, ok, f.Validate() == nil, n)
	}
}

// Numbers of codes and letters have ends, which count.
func TestBatchesHaveEnds(t *testing.T) {
	t.Parallel()
	k := checker(t, voucher.LuhnModN, "01")
	codes, err := k.Draw(newSource(), voucher.Batch{Count: 1, Length: 1})
	require.NoError(t, err)
	assert.Len(t, codes[0], 2)
	_, err = k.Draw(newSource(), voucher.Batch{Count: 2, Length: 1})
	assert.ErrorIs(t, err, relmark.ErrLimit, "more than half")
	codes, err = k.Draw(newSource(), voucher.Batch{Count: 2, Length: 2})
	require.NoError(t, err)
	assert.NotEqual(t, codes[0], codes[1])
	_, err = k.Draw(newSource(), voucher.Batch{Count: 10_000_000, Length: 1})
	assert.ErrorIs(t, err, relmark.ErrLimit)
	_, err = k.Draw(newSource(), voucher.Batch{Count: 10_000_001, Length: 64})
	assert.ErrorIs(t, err, relmark.ErrInvalid)
	calls := 0
	_, err = k.Draw(newSource(), voucher.Batch{Count: 3, Length: 9, Taken: func(string) bool { calls++; return true }})
	assert.ErrorIs(t, err, relmark.ErrLimit)
	assert.Equal(t, 3*64, calls)
	codes, err = k.Draw(newSource(), voucher.Batch{Count: 1, Length: 1, Prefix: strings.Repeat("0", 198)})
	require.NoError(t, err)
	assert.Len(t, codes[0], 200)
	_, err = k.Draw(newSource(), voucher.Batch{Count: 1, Length: 1, Prefix: strings.Repeat("0", 199)})
	assert.ErrorIs(t, err, relmark.ErrInvalid)
	codes, err = k.Draw(newSource(), voucher.Batch{Count: 1, Length: 64, Prefix: "01"})
	require.NoError(t, err)
	assert.Len(t, codes[0], 67)
	assert.True(t, k.Valid(codes[0]))
}
