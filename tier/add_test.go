package tier_test

import (
	"encoding/json"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/tier"
)

func ladder(t testing.TB, policies ...tier.Policy) *tier.Ladder {
	t.Helper()
	p, err := tier.New(policies...)
	require.NoError(t, err)
	return p
}

func nights(n int64) tier.Amounts { return tier.Amounts{"nights": decimal.NewFromInt(n)} }

func TestAddRejects(t *testing.T) {
	t.Parallel()
	p := ladder(t, simple())
	at := instant(t, "2025-03-01T10:00:00Z")
	s := state(t, p, relmark.MustParseDate("2025-01-01"),
		tier.Event{ID: "a", At: at, Amounts: tier.Amounts{"nights": d("3"), "spend": d("10.50")}},
		tier.Event{ID: "o", At: at, Override: &tier.Override{Level: "gold", Mode: tier.Floor, Reason: "gift"}},
		tier.Event{ID: "r", At: at, Reverse: "a", Amounts: nights(1)})
	before, err := s.MarshalBinary()
	require.NoError(t, err)
	for name, e := range map[string]tier.Event{
		"no id":                   {At: at, Amounts: nights(1)},
		"nothing":                 {ID: "x", At: at},
		"two things":              {ID: "x", At: at, Amounts: nights(1), Override: &tier.Override{Level: "gold", Mode: tier.Floor}},
		"reverses itself":         {ID: "x", At: at, Reverse: "x"},
		"unknown metric":          {ID: "x", At: at, Amounts: tier.Amounts{"nights": d("1"), "stays": d("1")}},
		"negative":                {ID: "x", At: at, Amounts: nights(-1)},
		"half a night":            {ID: "x", At: at, Amounts: tier.Amounts{"nights": d("0.5")}},
		"seven digits":            {ID: "x", At: at, Amounts: tier.Amounts{"spend": d("0.0000001")}},
		"endless":                 {ID: "x", At: at, Amounts: tier.Amounts{"spend": decimal.New(1, math.MaxInt32)}},
		"before joining":          {ID: "x", At: instant(t, "2024-12-31T23:59:59Z"), Amounts: nights(1)},
		"before the calendar":     {ID: "x", At: time.Time{}, Amounts: nights(1)},
		"after the calendar":      {ID: "x", At: time.Date(12000, 1, 1, 0, 0, 0, 0, time.UTC), Amounts: nights(1)},
		"unknown level":           {ID: "x", At: at, Override: &tier.Override{Level: "black", Mode: tier.Floor}},
		"unknown mode":            {ID: "x", At: at, Override: &tier.Override{Level: "gold", Mode: "roof"}},
		"until not after from":    {ID: "x", At: at, Override: &tier.Override{Level: "gold", Mode: tier.Floor, Until: at}},
		"until before from":       {ID: "x", At: at, Override: &tier.Override{Level: "gold", Mode: tier.Floor, From: at.Add(2), Until: at.Add(1)}},
		"from past the end":       {ID: "x", At: at, Override: &tier.Override{Level: "gold", Mode: tier.Floor, From: time.Date(12000, 1, 1, 0, 0, 0, 0, time.UTC)}},
		"same id, other amount":   {ID: "a", At: at, Amounts: tier.Amounts{"nights": d("3"), "spend": d("10.51")}},
		"same id, other time":     {ID: "a", At: at.Add(1), Amounts: tier.Amounts{"nights": d("3"), "spend": d("10.50")}},
		"same id, other kind":     {ID: "a", At: at, Reverse: "o"},
		"same id, other original": {ID: "r", At: at, Reverse: "o", Amounts: nights(1)},
		"same id, other level":    {ID: "o", At: at, Override: &tier.Override{Level: "silver", Mode: tier.Floor, Reason: "gift"}},
	} {
		err := s.Add(e)
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
		assert.NotContains(t, err.Error(), `"x"`, name)
		after, err := s.MarshalBinary()
		require.NoError(t, err)
		assert.Equal(t, before, after, name)
	}
	// The same content, told otherwise.
	require.NoError(t, s.Add(tier.Event{ID: "a", At: at.In(time.FixedZone("", 3600)), Amounts: tier.Amounts{"nights": d("3.0"), "spend": d("10.5")}}))
	require.NoError(t, s.Add(tier.Event{ID: "o", At: at, Override: &tier.Override{Level: "gold", Mode: tier.Floor, Reason: "gift", From: at}}))
	assert.Equal(t, 3, s.Len())
	last, ok := s.Last()
	assert.True(t, ok)
	assert.Equal(t, at, last)
	assert.Equal(t, relmark.MustParseDate("2025-01-01"), s.Joined())
}

func TestSumsHaveALimit(t *testing.T) {
	t.Parallel()
	p := ladder(t, simple())
	joined, at := relmark.MustParseDate("2025-01-01"), instant(t, "2025-03-01T10:00:00Z")
	half := tier.Amounts{"nights": decimal.NewFromInt(math.MaxInt64/2 + 1)}
	s := state(t, p, joined, tier.Event{ID: "a", At: at, Amounts: half})
	require.ErrorIs(t, s.Add(tier.Event{ID: "b", At: at, Amounts: half}), relmark.ErrLimit)
	other := state(t, p, joined, tier.Event{ID: "b", At: at, Amounts: half})
	require.ErrorIs(t, s.Merge(other), relmark.ErrLimit)
	two := state(t, p, joined, tier.Event{ID: "c", At: at, Amounts: nights(1)}, tier.Event{ID: "d", At: at, Amounts: tier.Amounts{"nights": decimal.NewFromInt(math.MaxInt64 / 2)}})
	require.ErrorIs(t, s.Merge(two), relmark.ErrLimit)
	assert.Equal(t, 1, s.Len())
	_, err := p.Open(joined, tier.Opening{
		On: relmark.MustParseDate("2025-06-01"), Lifetime: half, Events: []tier.Event{{ID: "a", At: at, Amounts: half}},
	})
	require.ErrorIs(t, err, relmark.ErrLimit)
}

func TestMergeRejects(t *testing.T) {
	t.Parallel()
	p := ladder(t, simple())
	joined, at := relmark.MustParseDate("2025-01-01"), instant(t, "2025-03-01T10:00:00Z")
	s := state(t, p, joined, tier.Event{ID: "a", At: at, Amounts: nights(3)})
	closed := func(on string, n int64) *tier.Membership {
		c := state(t, p, joined, tier.Event{ID: "c", At: at, Amounts: nights(n)})
		require.NoError(t, c.Close(relmark.MustParseDate(on)))
		return c
	}
	for name, c := range map[string]struct {
		into, from *tier.Membership
		want       error
	}{
		"nothing":          {s, nil, relmark.ErrInvalid},
		"zero state":       {s, &tier.Membership{}, relmark.ErrInvalid},
		"another ladder":   {s, state(t, ladder(t, simple()), joined), relmark.ErrInvalid},
		"another member":   {s, state(t, p, joined.AddDays(1)), relmark.ErrInvalid},
		"other content":    {s, state(t, p, joined, tier.Event{ID: "a", At: at, Amounts: nights(4)}), relmark.ErrInvalid},
		"into closed":      {closed("2026-01-01", 3), s, relmark.ErrRefused},
		"closed into open": {s, closed("2026-01-01", 3), relmark.ErrRefused},
		"closed otherwise": {closed("2026-01-01", 3), closed("2027-01-01", 3), relmark.ErrConflict},
		"other past":       {closed("2029-01-01", 3), closed("2029-01-01", 4), relmark.ErrConflict},
	} {
		before := c.into.Len()
		require.ErrorIs(t, c.into.Merge(c.from), c.want, name)
		assert.Equal(t, before, c.into.Len(), name)
	}
	// What was closed in the same way merges, in either direction with an open one.
	a, b := closed("2026-01-01", 3), closed("2026-01-01", 3)
	late := state(t, p, joined, tier.Event{ID: "late", At: instant(t, "2026-02-01T00:00:00Z"), Amounts: nights(40)})
	require.NoError(t, a.Merge(b))
	require.NoError(t, late.Merge(a))
	got, err := p.Decide(late, instant(t, "2026-02-01T00:00:00Z"))
	require.NoError(t, err)
	assert.Equal(t, "gold", got.Level)
}

func TestZeroValuesAreRefused(t *testing.T) {
	t.Parallel()
	var s tier.Membership
	var p tier.Ladder
	at := instant(t, "2025-03-01T10:00:00Z")
	require.ErrorIs(t, s.Add(tier.Event{ID: "a", At: at, Amounts: nights(1)}), relmark.ErrInvalid)
	require.ErrorIs(t, s.Merge(&tier.Membership{}), relmark.ErrInvalid)
	require.ErrorIs(t, s.Close(relmark.MustParseDate("2025-01-01")), relmark.ErrInvalid)
	_, err := s.MarshalBinary()
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, ok := s.Last()
	assert.False(t, ok)
	assert.Empty(t, s.Waiting())
	_, err = p.Join(relmark.MustParseDate("2025-01-01"))
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = p.DecodeMembership(nil)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = p.Decide(&s, at)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = ladder(t, simple()).Decide(nil, at)
	require.ErrorIs(t, err, relmark.ErrInvalid)
}

func TestDecideRejects(t *testing.T) {
	t.Parallel()
	p := ladder(t, simple())
	s := state(t, p, relmark.MustParseDate("2025-01-01"))
	for _, at := range []time.Time{{}, instant(t, "2024-12-31T23:59:59Z"), time.Date(12000, 1, 1, 0, 0, 0, 0, time.UTC)} {
		_, err := p.Decide(s, at)
		require.ErrorIs(t, err, relmark.ErrInvalid)
		_, err = p.Replay(s, at)
		require.ErrorIs(t, err, relmark.ErrInvalid)
		_, err = p.Explain(s, at)
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
	for _, on := range []string{"0001-12-31", "9999-01-01"} {
		_, err := p.Join(relmark.MustParseDate(on))
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
}

// A state made by one ladder is judged by another that knows its words.
func TestAnotherLadder(t *testing.T) {
	t.Parallel()
	at := instant(t, "2025-03-01T10:00:00Z")
	made := ladder(t, simple())
	s := state(t, made, relmark.MustParseDate("2025-01-01"), tier.Event{ID: "a", At: at, Amounts: tier.Amounts{"nights": d("12"), "spend": d("90.5")}},
		tier.Event{ID: "o", At: at, Override: &tier.Override{Level: "silver", Mode: tier.Floor, Until: at.AddDate(0, 1, 0)}})
	other := simple()
	other.Metrics["a first one"] = tier.Decimal
	other.Levels = append(other.Levels, tier.Level{Code: "diamond", Enter: tier.AtLeastInt("spend", 90)})
	got, err := ladder(t, other).Decide(s, at)
	require.NoError(t, err)
	assert.Equal(t, "diamond", got.Level)
	for name, change := range map[string]func(p *tier.Policy){
		"zone":           func(p *tier.Policy) { p.Zone = zones(t)[1] },
		"metric":         func(p *tier.Policy) { delete(p.Metrics, "spend") },
		"kind":           func(p *tier.Policy) { p.Metrics["spend"] = tier.Integer },
		"override level": func(p *tier.Policy) { p.Levels[1].Code = "bronze" },
	} {
		p := simple()
		change(&p)
		_, err := ladder(t, p).Decide(s, at)
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
	}
	closed := state(t, made, relmark.MustParseDate("2025-01-01"), tier.Event{ID: "a", At: at, Amounts: nights(12)})
	require.NoError(t, closed.Close(relmark.MustParseDate("2026-01-01")))
	_, err = ladder(t, other).Decide(closed, instant(t, "2026-03-01T10:00:00Z"))
	require.ErrorIs(t, err, relmark.ErrInvalid, "another ladder")
	higher := simple()
	higher.Metrics["a first one"] = tier.Decimal
	higher.Levels[1].Enter = tier.AtLeastInt("nights", 20)
	got, err = ladder(t, higher).Decide(closed, instant(t, "2026-03-01T10:00:00Z"))
	require.NoError(t, err)
	assert.Equal(t, "silver", got.Level, "what was closed stands")
	got, err = ladder(t, higher).Decide(closed, instant(t, "2027-03-01T10:00:00Z"))
	require.NoError(t, err)
	assert.Equal(t, "base", got.Level)
}

func TestCloseAndWaiting(t *testing.T) {
	t.Parallel()
	p := ladder(t, simple())
	s := state(t, p, relmark.MustParseDate("2025-01-01"))
	for year := 2025; year < 2045; year++ {
		for k := range 20 {
			at := time.Date(year, 3, 1+k, 0, 0, 0, 0, time.UTC)
			require.NoError(t, s.Add(tier.Event{ID: fmt.Sprint(year, "-", k), At: at, Amounts: nights(2)}))
		}
		require.NoError(t, s.Close(relmark.MustParseDate(fmt.Sprintf("%d-01-01", year+1))))
		assert.LessOrEqual(t, s.Len(), 40)
	}
	require.NoError(t, s.Close(relmark.MustParseDate("2030-01-01")), "an earlier date changes nothing")
	old := tier.Event{ID: "2025-0", At: time.Date(2025, 3, 1, 0, 0, 0, 0, time.UTC), Amounts: nights(2)}
	require.ErrorIs(t, s.Add(old), relmark.ErrRefused)
	require.NoError(t, s.Add(tier.Event{ID: "r", At: time.Date(2045, 3, 1, 0, 0, 0, 0, time.UTC), Reverse: "2025-0"}))
	require.NoError(t, s.Add(tier.Event{ID: "q", At: time.Date(2045, 3, 1, 0, 0, 0, 0, time.UTC), Reverse: "2044-0"}))
	assert.Equal(t, []string{"r"}, s.Waiting())
	x, err := p.Explain(s, time.Date(2045, 3, 1, 0, 0, 0, 0, time.UTC))
	require.NoError(t, err)
	assert.True(t, x.Sums[0].Lifetime.Equal(d("798")), "all but the stay that was reversed")
	for _, on := range []string{"2025-01-01", "9999-12-31"} {
		require.ErrorIs(t, s.Close(relmark.MustParseDate(on)), relmark.ErrInvalid)
	}
}

func TestOpen(t *testing.T) {
	t.Parallel()
	p := simple()
	p.Levels[1].Lifetime = tier.AtLeastInt("nights", 300)
	pr := ladder(t, p)
	joined := relmark.MustParseDate("2015-05-05")
	o := tier.Opening{
		On: relmark.MustParseDate("2026-07-01"), Level: "gold", Since: relmark.MustParseDate("2024-08-01"), Until: relmark.MustParseDate("2027-01-01"),
		Lifetime: nights(290),
		Events: []tier.Event{
			{ID: "spring", At: instant(t, "2026-04-01T00:00:00Z"), Amounts: nights(25)},
			{ID: "match", At: instant(t, "2026-04-01T00:00:00Z"), Override: &tier.Override{Level: "gold", Mode: tier.Floor, Until: instant(t, "2026-08-01T00:00:00Z")}},
			{ID: "over", At: instant(t, "2026-04-02T00:00:00Z"), Override: &tier.Override{Level: "base", Mode: tier.Pin}},
			{ID: "end", At: instant(t, "2026-04-03T00:00:00Z"), Reverse: "over"},
		},
	}
	s, err := pr.Open(joined, o)
	require.NoError(t, err)
	got, err := pr.Decide(s, instant(t, "2026-07-01T00:00:00Z"))
	require.NoError(t, err)
	assert.Equal(t, "gold", got.Level)
	assert.Equal(t, instant(t, "2024-08-01T00:00:00Z"), got.Since)
	assert.Equal(t, instant(t, "2027-01-01T00:00:00Z"), got.Until)
	assert.Equal(t, tier.SourceComputed, got.Source)
	assert.Equal(t, []tier.Amounts{nights(5)}[0]["nights"].String(), got.Keep.Alternatives[0]["nights"].String(), "25 of 30")
	history, err := pr.Replay(s, instant(t, "2028-07-01T00:00:00Z"))
	require.NoError(t, err)
	assert.Equal(t, []tier.Change{{At: instant(t, "2027-01-01T00:00:00Z"), From: "gold", To: "silver", Reason: tier.ReasonExpired}}, history)
	require.NoError(t, s.Add(tier.Event{ID: "refund", At: instant(t, "2026-09-01T00:00:00Z"), Reverse: "spring"}))
	history, err = pr.Replay(s, instant(t, "2028-07-01T00:00:00Z"))
	require.NoError(t, err)
	assert.Equal(t, "base", history[0].To, "315 nights of a life were 25 too many")
	_, err = pr.Decide(s, instant(t, "2026-06-30T23:00:00Z"))
	require.ErrorIs(t, err, relmark.ErrRefused)
	data, err := s.MarshalBinary()
	require.NoError(t, err)
	_, err = pr.DecodeMembership(data)
	require.NoError(t, err)

	for name, change := range map[string]func(o *tier.Opening){
		"not after joining": func(o *tier.Opening) { o.On = joined },
		"unknown level":     func(o *tier.Opening) { o.Level = "black" },
		"since too early":   func(o *tier.Opening) { o.Since = joined.AddDays(-1) },
		"since too late":    func(o *tier.Opening) { o.Since = o.On.AddDays(1) },
		"no until":          func(o *tier.Opening) { o.Until = relmark.Date{} },
		"until over":        func(o *tier.Opening) { o.Until = o.On },
		"until of the base": func(o *tier.Opening) { o.Level = "" },
		"unknown metric":    func(o *tier.Opening) { o.Lifetime = tier.Amounts{"stays": d("1")} },
		"event after": func(o *tier.Opening) {
			o.Events = []tier.Event{{ID: "x", At: instant(t, "2026-07-01T00:00:00Z"), Amounts: nights(1)}}
		},
		"event invalid": func(o *tier.Opening) { o.Events = []tier.Event{{ID: "x"}} },
	} {
		bad := o
		change(&bad)
		_, err := pr.Open(joined, bad)
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
	}
	_, err = pr.Open(relmark.Date{}, o)
	require.ErrorIs(t, err, relmark.ErrInvalid)
}

// A level that lasts months from entry is renewed from the day before the opening
// on which it was entered; levels without a date are opened without one.
func TestOpenOtherKinds(t *testing.T) {
	t.Parallel()
	p := simple()
	p.Validity = tier.Validity{Kind: tier.MonthsFromEntry, Months: 12}
	p.Window = tier.Window{Kind: tier.RollingMonths, N: 12}
	pr := ladder(t, p)
	s, err := pr.Open(relmark.MustParseDate("2015-05-05"), tier.Opening{
		On: relmark.MustParseDate("2026-07-01"), Level: "silver", Since: relmark.MustParseDate("2025-09-10"), Until: relmark.MustParseDate("2026-09-11"),
		Events: []tier.Event{{ID: "a", At: instant(t, "2026-02-01T00:00:00Z"), Amounts: nights(11)}},
	})
	require.NoError(t, err)
	got, err := pr.Decide(s, instant(t, "2026-10-01T00:00:00Z"))
	require.NoError(t, err)
	assert.Equal(t, instant(t, "2027-09-11T00:00:00Z"), got.Until)
	p.Validity = tier.Validity{Kind: tier.WhileHolds}
	pr = ladder(t, p)
	s, err = pr.Open(relmark.MustParseDate("2015-05-05"), tier.Opening{On: relmark.MustParseDate("2026-07-01"), Level: "silver"})
	require.NoError(t, err)
	got, err = pr.Decide(s, instant(t, "2026-07-01T00:00:00Z"))
	require.NoError(t, err)
	assert.Equal(t, "base", got.Level, "nothing holds it")
}

func TestErrorsNameNobody(t *testing.T) {
	t.Parallel()
	s := state(t, ladder(t, simple()), relmark.MustParseDate("2025-01-01"))
	secret := "alice@example.com"
	for _, e := range []tier.Event{
		{ID: secret, At: time.Time{}, Amounts: nights(1)},
		{ID: secret, At: asOf, Reverse: secret},
		{ID: secret, At: asOf, Amounts: tier.Amounts{secret: d("1")}},
		{ID: secret, At: asOf, Override: &tier.Override{Level: secret, Mode: tier.Floor, Reason: secret}},
	} {
		err := s.Add(e)
		require.Error(t, err)
		assert.NotContains(t, err.Error(), secret)
		var field *relmark.FieldError
		require.ErrorAs(t, err, &field)
	}
}

// A refund that comes to nothing takes back nothing, also after a round trip.
func TestEmptyAmountsAreNotAbsent(t *testing.T) {
	t.Parallel()
	p := ladder(t, simple())
	at := instant(t, "2025-03-01T10:00:00Z")
	bought := tier.Event{ID: "a", At: at, Amounts: nights(10)}
	for name, c := range map[string]struct {
		refund tier.Event
		lacks  string
	}{
		"some of it": {tier.Event{ID: "r", At: at, Reverse: "a", Amounts: nights(4)}, "4"},
		"all of it":  {tier.Event{ID: "r", At: at, Reverse: "a"}, "10"},
		"none of it": {tier.Event{ID: "r", At: at, Reverse: "a", Amounts: tier.Amounts{}}, "0"},
	} {
		data, err := json.Marshal(c.refund)
		require.NoError(t, err)
		var again tier.Event
		require.NoError(t, json.Unmarshal(data, &again))
		assert.Equal(t, c.refund, again, name)
		s := state(t, p, relmark.MustParseDate("2025-01-01"), bought, c.refund)
		data, err = s.MarshalBinary()
		require.NoError(t, err)
		s, err = p.DecodeMembership(data)
		require.NoError(t, err)
		require.NoError(t, s.Add(again), name)
		got, err := p.Decide(s, at)
		require.NoError(t, err)
		lacks := decimal.Zero
		if len(got.Next.Alternatives) > 0 && got.Next.Level == "silver" {
			lacks = got.Next.Alternatives[0]["nights"]
		}
		assert.True(t, lacks.Equal(d(c.lacks)), "%s: %s", name, lacks)
	}
	s := state(t, p, relmark.MustParseDate("2025-01-01"), tier.Event{ID: "a", At: at, Amounts: tier.Amounts{}})
	assert.Equal(t, 1, s.Len(), "an event may bring nothing")
}
