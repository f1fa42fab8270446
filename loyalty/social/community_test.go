package social_test

import (
	"fmt"
	"math/big"
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/social"
)

var begin = when("2025-01-01T00:00:00Z")

func review(id string, days int) social.Activity {
	return social.Activity{ID: id, Kind: "review", At: begin.Add(time.Duration(days) * day), Accepted: true, Quality: dec("1")}
}

// drawActivities draws what a member does: IDs that come again have one content.
func drawActivities(t *rapid.T) []social.Activity {
	list := make([]social.Activity, rapid.IntRange(0, 20).Draw(t, "n"))
	for i := range list {
		id := rapid.IntRange(0, 12).Draw(t, "id")
		list[i] = review(fmt.Sprint("r", id), 0)
		list[i].At = begin.Add(time.Duration(rapid.IntRange(0, 30).Draw(t, "at")) * day)
		list[i].Kind = []string{"review", "post"}[id%2]
		list[i].Accepted = id%5 > 0
		list[i].Quality = decimal.New(int64(id*7%11), -1)
		if id*7%11 > 10 {
			list[i].Quality = dec("1")
		}
	}
	return list
}

func TestActivitiesComeInAnyOrderAndCountOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		list := drawActivities(t)
		encode := func(a *social.Activities) []byte {
			data, err := a.MarshalBinary()
			require.NoError(t, err)
			return data
		}
		var one social.Activities
		for _, x := range list {
			require.NoError(t, one.Add(x))
			require.NoError(t, one.Add(x))
		}
		shards := make([]social.Activities, 3)
		for _, x := range rapid.Permutation(list).Draw(t, "order") {
			require.NoError(t, shards[rapid.IntRange(0, 2).Draw(t, "shard")].Add(x))
		}
		var forth, back social.Activities
		for i := range shards {
			require.NoError(t, forth.Merge(&shards[i]))
			require.NoError(t, back.Merge(&shards[2-i]))
		}
		require.NoError(t, shards[1].Merge(&shards[2]))
		require.NoError(t, shards[0].Merge(&shards[1]))
		for _, a := range []*social.Activities{&forth, &back, &shards[0]} {
			require.Equal(t, encode(&one), encode(a))
		}
		var again social.Activities
		require.NoError(t, again.UnmarshalBinary(encode(&one)))
		require.Equal(t, encode(&one), encode(&again))
		n := 0
		var before social.Activity
		for x, removed := range one.All() {
			require.True(t, removed.IsZero())
			require.False(t, x.At.Before(before.At))
			before = x
			n++
		}
		require.Equal(t, one.Len(), n)
	})
}

func TestActivitiesRefuse(t *testing.T) {
	t.Parallel()
	var a social.Activities
	require.NoError(t, a.Add(review("r", 5)))
	data, err := a.MarshalBinary()
	require.NoError(t, err)
	refused := func(why social.Refusal, err error) {
		t.Helper()
		checkRefused(t, why, err)
		after, err := a.MarshalBinary()
		require.NoError(t, err)
		assert.Equal(t, data, after)
	}
	for _, change := range []func(x *social.Activity){
		func(x *social.Activity) { x.Kind = "post" }, func(x *social.Activity) { x.Accepted = false }, func(x *social.Activity) { x.Quality = dec("0.5") },
	} {
		x := review("r", 5)
		change(&x)
		refused(social.KeyConflict, a.Add(x))
		var other social.Activities
		require.NoError(t, other.Add(x))
		require.NoError(t, other.Add(review("another", 1)))
		refused(social.KeyConflict, a.Merge(&other))
	}
	refused(social.UnknownActivity, a.Remove("q", begin))
	refused(social.NotBefore, a.Remove("r", begin))
	checkField(t, a.Remove("r", time.Time{}), "At")
	for field, x := range map[string]social.Activity{
		"ID": {Kind: "k", At: begin}, "Kind": {ID: "x", At: begin}, "At": {ID: "x", Kind: "k"}, "Quality": {ID: "x", Kind: "k", At: begin, Quality: dec("1.1")},
	} {
		checkField(t, a.Add(x), field)
	}
	var none *social.Activities
	require.ErrorIs(t, none.Add(review("r", 1)), relmark.ErrInvalid)
	require.ErrorIs(t, none.Remove("r", begin), relmark.ErrInvalid)
	require.ErrorIs(t, a.Merge(nil), relmark.ErrInvalid)
	require.ErrorIs(t, a.Collect(nil), relmark.ErrInvalid)
	err = a.Collect(func(yield func(social.Activity, error) bool) {
		_ = yield(review("s", 1), nil) && yield(social.Activity{}, assert.AnError)
	})
	require.ErrorIs(t, err, assert.AnError)
	assert.Contains(t, err.Error(), "activity 2")
	require.NoError(t, a.Remove("r", begin.Add(6*day)))
	require.NoError(t, a.Remove("r", begin.Add(7*day)))
	for x, removed := range a.All() {
		if x.ID == "r" {
			assert.Equal(t, begin.Add(6*day), removed, "the earlier removal holds")
		}
	}
	for range a.All() {
		break
	}
	assert.Equal(t, 1, a.Forget(begin.Add(2*day)))
	assert.Equal(t, 1, a.Len())
}

func TestCreditIsExact(t *testing.T) {
	t.Parallel()
	rat := func(d decimal.Decimal) *big.Rat { return d.Rat() }
	rapid.Check(t, func(t *rapid.T) {
		p := social.CreditPolicy{
			Base:   decimal.New(rapid.Int64Range(0, 1000).Draw(t, "base"), int32(-rapid.IntRange(0, 2).Draw(t, "scale"))),
			Ratio:  decimal.New(rapid.SampledFrom([]int64{0, 1, 2, 5, 7, 9}).Draw(t, "ratio"), -1),
			Window: time.Duration(rapid.IntRange(1, 20).Draw(t, "window")) * day,
		}
		var a social.Activities
		for _, x := range drawActivities(t) {
			require.NoError(t, a.Add(x))
		}
		asOf := begin.Add(time.Duration(rapid.IntRange(0, 40).Draw(t, "as of")) * day)
		var all []social.Activity
		removals := map[string]time.Time{}
		for x := range a.All() {
			if rapid.IntRange(0, 4).Draw(t, "removed") == 0 {
				removals[x.ID] = x.At.Add(time.Duration(rapid.IntRange(0, 9).Draw(t, "after")) * day)
			}
			if x.Accepted && !x.At.After(asOf) {
				all = append(all, x)
			}
		}
		for id, at := range removals {
			require.NoError(t, a.Remove(id, at))
		}
		s, err := p.Statement(&a, asOf)
		require.NoError(t, err)
		require.Len(t, s.Credits, len(all))
		var granted, reversed int64
		for i, x := range all {
			k := 1
			for _, before := range all[:i] {
				if x.At.Sub(before.At) < p.Window {
					k++
				}
			}
			want := new(big.Rat).Mul(rat(p.Base), rat(x.Quality))
			for range k - 1 {
				want.Mul(want, rat(p.Ratio))
			}
			points := new(big.Int).Quo(want.Num(), want.Denom()).Int64()
			c := s.Credits[i]
			require.Equal(t, []any{x.ID, k, points}, []any{c.ID, c.K, c.Points})
			granted += points
			at, removed := removals[x.ID]
			if removed = removed && !at.After(asOf); removed {
				reversed += points
				require.Equal(t, at, *c.ReversedAt)
			} else {
				require.Nil(t, c.ReversedAt)
			}
		}
		require.Equal(t, []int64{granted, reversed, granted - reversed}, []int64{s.Granted, s.Reversed, s.Balance})
	})
}

// No window earns more than b/(1-r), and a thousand posts are no more work than they are.
func TestCreditIsBounded(t *testing.T) {
	t.Parallel()
	p := social.CreditPolicy{Base: dec("1000000000"), Ratio: dec("0.999999999"), Window: 10_000 * day}
	var a social.Activities
	for i := range 3000 {
		x := review(fmt.Sprint(i), 0)
		x.At = x.At.Add(time.Duration(i) * time.Minute)
		require.NoError(t, a.Add(x))
	}
	s, err := p.Statement(&a, begin.Add(100*day))
	require.NoError(t, err)
	last := s.Credits[len(s.Credits)-1]
	want := new(big.Int).Exp(big.NewInt(999_999_999), big.NewInt(2999), nil)
	want.Mul(want, big.NewInt(1e9)).Quo(want, new(big.Int).Exp(big.NewInt(10), big.NewInt(9*2999), nil))
	assert.Equal(t, want.Int64(), last.Points)
	p.Ratio = dec("0.5")
	s, err = p.Statement(&a, begin.Add(100*day))
	require.NoError(t, err)
	assert.LessOrEqual(t, s.Granted, int64(2e9))
	assert.Zero(t, s.Credits[40].Points)
}

// Tens of thousands of contributions in one window, with a ratio so near to 1 that floats
// are not sure: each costs the same few multiplications, and none a power of a million
// digits. The first and the last are those of whole numbers.
func TestCreditOfManyInOneWindow(t *testing.T) {
	t.Parallel()
	const n = 20_000
	var a social.Activities
	for i := range n {
		x := review(fmt.Sprintf("%05d", i), 0)
		x.At = x.At.Add(time.Duration(i) * time.Second)
		require.NoError(t, a.Add(x))
	}
	for _, ratio := range []int64{999_999_999, 999_999_873, 999_900_000} {
		p := social.CreditPolicy{Base: dec("1000000000"), Ratio: decimal.New(ratio, -9), Window: 100 * day}
		s, err := p.Statement(&a, begin.Add(50*day))
		require.NoError(t, err)
		require.Len(t, s.Credits, n)
		for _, k := range []int{1, 2, 90, 91, 92, 93, 94, 500, 7_777, n} {
			want := new(big.Int).Exp(big.NewInt(ratio), big.NewInt(int64(k-1)), nil)
			want.Mul(want, big.NewInt(1e9)).Quo(want, new(big.Int).Exp(big.NewInt(10), big.NewInt(9*int64(k-1)), nil))
			assert.Equal(t, want.Int64(), s.Credits[k-1].Points, k)
		}
	}
}

func TestCreditRefuses(t *testing.T) {
	t.Parallel()
	var a social.Activities
	good := social.CreditPolicy{Base: dec("100"), Ratio: dec("0.5"), Window: 30 * day}
	for field, change := range map[string]func(p *social.CreditPolicy){
		"Base": func(p *social.CreditPolicy) { p.Base = dec("-1") }, "Ratio": func(p *social.CreditPolicy) { p.Ratio = dec("1") },
		"Window": func(p *social.CreditPolicy) { p.Window = 0 },
	} {
		p := good
		change(&p)
		_, err := p.Statement(&a, begin)
		checkField(t, err, field)
		_, err = p.MarshalJSON()
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
	_, err := good.Statement(&a, time.Time{})
	checkField(t, err, "AsOf")
	_, err = good.Statement(nil, begin)
	checkField(t, err, "Activities")
	s, err := good.Statement(&a, begin)
	require.NoError(t, err)
	assert.Equal(t, social.CreditStatement{Credits: []social.Credit{}}, s)
}

func TestBadges(t *testing.T) {
	t.Parallel()
	p := social.BadgePolicy{Rules: []social.BadgeRule{
		{Name: "critic", Kind: "review", Count: 2, WithinDays: new(10), ValidDays: new(30)},
		{Name: "veteran", Kind: "review", Count: 3},
		{Name: "host", Kind: "meeting", Count: 1},
	}}
	var a social.Activities
	for i, d := range []int{0, 5, 20, 29, 100} {
		require.NoError(t, a.Add(review(fmt.Sprint("r", i), d)))
	}
	rejected := review("no", 6)
	rejected.Accepted = false
	require.NoError(t, a.Add(rejected))
	at := func(days int) time.Time { return begin.Add(time.Duration(days) * day) }
	for _, c := range []struct {
		days int
		want []social.Badge
	}{
		{0, []social.Badge{{Name: "critic", State: social.BadgeOpen, Have: 1, Need: 2}, {Name: "veteran", State: social.BadgeOpen, Have: 1, Need: 3}}},
		{5, []social.Badge{
			{Name: "critic", State: social.BadgeHeld, Have: 2, Need: 2, Since: at(5), Until: at(35), Because: []string{"r0", "r1"}},
			{Name: "veteran", State: social.BadgeOpen, Have: 2, Need: 3},
		}},
		{29, []social.Badge{ // earned anew while it holds: since the first time
			{Name: "critic", State: social.BadgeHeld, Have: 2, Need: 2, Since: at(5), Until: at(59), Because: []string{"r2", "r3"}},
			{Name: "veteran", State: social.BadgeHeld, Have: 4, Need: 3, Since: at(20), Because: []string{"r0", "r1", "r2"}},
		}},
		{59, []social.Badge{
			{Name: "critic", State: social.BadgeExpired, Have: 0, Need: 2, Since: at(5), Until: at(59), Because: []string{"r2", "r3"}},
			{Name: "veteran", State: social.BadgeHeld, Have: 4, Need: 3, Since: at(20), Because: []string{"r0", "r1", "r2"}},
		}},
	} {
		got, err := p.Badges(&a, at(c.days))
		require.NoError(t, err)
		c.want = append(c.want, social.Badge{Name: "host", State: social.BadgeOpen, Need: 1})
		assert.Equal(t, c.want, got, "day %d", c.days)
	}
	require.NoError(t, a.Remove("r0", at(50)))
	got, err := p.Badges(&a, at(59))
	require.NoError(t, err)
	assert.Equal(t, at(29), got[0].Since, "what was earned by a removed review is gone")
	for _, p := range []social.BadgePolicy{
		{Rules: []social.BadgeRule{{Name: "a", Kind: "k", Count: 0}}},
		{Rules: []social.BadgeRule{{Name: "a", Kind: "", Count: 1}}},
		{Rules: []social.BadgeRule{{Name: "a", Kind: "k", Count: 1, WithinDays: new(0)}}},
		{Rules: []social.BadgeRule{{Name: "a", Kind: "k", Count: 1, ValidDays: new(-1)}}},
		{Rules: []social.BadgeRule{{Name: "a", Kind: "k", Count: 1}, {Name: "a", Kind: "k", Count: 1}}},
		{Rules: make([]social.BadgeRule, 1001)},
	} {
		_, err := p.Badges(&a, begin)
		require.ErrorIs(t, err, relmark.ErrInvalid)
		_, err = p.MarshalJSON()
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
	_, err = p.Badges(nil, begin)
	checkField(t, err, "Activities")
	_, err = p.Badges(&a, time.Time{})
	checkField(t, err, "AsOf")
}

func TestChallenges(t *testing.T) {
	t.Parallel()
	c := social.Challenge{Name: "may", Steps: []social.Step{{"review", 2}, {"check_in", 1}}, From: begin, Until: begin.Add(31 * day)}
	var a social.Activities
	at := func(days int) time.Time { return begin.Add(time.Duration(days) * day) }
	progress := func(days int) social.Progress {
		t.Helper()
		p, err := c.Progress(&a, at(days))
		require.NoError(t, err)
		return p
	}
	assert.Equal(t, social.ChallengeUpcoming, progress(-1).State)
	require.NoError(t, a.Add(review("early", -1)))
	require.NoError(t, a.Add(review("r1", 1)))
	require.NoError(t, a.Add(review("late", 31)))
	p := progress(2)
	assert.Equal(t, social.Progress{State: social.ChallengeOpen, Steps: []social.StepProgress{{"review", 1, 2}, {"check_in", 0, 1}}, Share: 1.0 / 3}, p)
	assert.Equal(t, social.ChallengeExpired, progress(31).State)
	require.NoError(t, a.Add(review("r2", 2)))
	require.NoError(t, a.Add(review("r3", 3)))
	check := review("c", 30)
	check.Kind = "check_in"
	require.NoError(t, a.Add(check))
	p = progress(40)
	assert.Equal(t, social.Progress{State: social.ChallengeCompleted, Steps: []social.StepProgress{{"review", 2, 2}, {"check_in", 1, 1}}, Share: 1, CompletedAt: at(30), Key: "challenge:may"}, p)
	require.NoError(t, a.Remove("c", at(35)))
	assert.Equal(t, social.ChallengeCompleted, progress(34).State)
	assert.Equal(t, social.ChallengeExpired, progress(36).State)
	for field, change := range map[string]func(c *social.Challenge){
		"Name": func(c *social.Challenge) { c.Name = "" }, "Steps": func(c *social.Challenge) { c.Steps = nil }, "Steps[1].Kind": func(c *social.Challenge) { c.Steps[1].Kind = "review" },
		"Steps[0].Count": func(c *social.Challenge) { c.Steps[0].Count = 0 }, "From": func(c *social.Challenge) { c.From = time.Time{} }, "Until": func(c *social.Challenge) { c.Until = c.From },
	} {
		x := c
		x.Steps = slices.Clone(c.Steps)
		change(&x)
		_, err := x.Progress(&a, begin)
		checkField(t, err, field)
		_, err = x.MarshalJSON()
		require.ErrorIs(t, err, relmark.ErrInvalid)
	}
	_, err := c.Progress(nil, begin)
	checkField(t, err, "Activities")
	_, err = c.Progress(&a, time.Time{})
	checkField(t, err, "AsOf")
}

// Any instant may be the one before which activities are forgotten, also one that has no
// nanoseconds: the zero time forgets nothing, and a far one everything.
func TestForgetOfAnyYear(t *testing.T) {
	t.Parallel()
	var a social.Activities
	for i, at := range []string{"1700-01-01T00:00:00Z", "1740-01-01T00:00:00Z", "2025-01-01T00:00:00Z", "2150-12-31T00:00:00Z"} {
		x := review(fmt.Sprint(i), 0)
		x.At = when(at)
		require.NoError(t, a.Add(x))
	}
	assert.Zero(t, a.Forget(time.Time{}))
	assert.Zero(t, a.Forget(when("1600-01-01T00:00:00Z")))
	assert.Equal(t, 1, a.Forget(when("1740-01-01T00:00:00Z")))
	assert.Equal(t, 3, a.Forget(when("9999-01-01T00:00:00Z")))
}
