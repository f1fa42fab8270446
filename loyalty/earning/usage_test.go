package earning_test

import (
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/hostile"
	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/loyalty/earning"
)

func budgeted() earning.Version {
	return earning.Version{
		Rates:   []earning.Rate{{Rule: "base", Points: 1, Per: euros(1)}},
		Budgets: []earning.Cap{{Per: earning.PerMonth, Points: 100}, {Per: earning.PerYear, Points: 150}, {Per: earning.PerLife, Points: 400}},
	}
}

// Members share what a budget leaves, and the explanation says what it cut.
func TestBudgetsLimitAllMembersTogether(t *testing.T) {
	t.Parallel()
	e := compiled(t, budgeted())
	var u earning.Usage
	for _, c := range []struct {
		day           int
		amount, grant int64
	}{
		{0, 70, 70}, {1, 70, 30}, {2, 1, 0}, // January has 100
		{30, 70, 50},                                               // the year has 150
		{400, 90, 90}, {430, 90, 60}, {800, 90, 90}, {801, 90, 10}, // the programme has 400
		{1300, 90, 0},
	} {
		out, err := e.Earn(&earning.Order{At: at(c.day), Amount: euros(c.amount), Budget: e.BudgetLeft(&u, at(c.day))}, nil)
		require.NoError(t, err)
		require.Equal(t, c.grant, out.Award.Granted, c.day)
		if cut := c.amount - c.grant; cut > 0 {
			assert.Equal(t, earning.Grant{Rule: "cap", Points: -cut}, out.Award.Grants[len(out.Award.Grants)-1])
		}
		require.NoError(t, u.Add(out.Facts.Date, out.Award.Granted))
	}
	none := relmark.Date{}
	assert.Equal(t, int64(400), u.Granted(none, none))
	assert.Equal(t, int64(150), u.Granted(none, date("2025-12-31")))
	assert.Equal(t, int64(250), u.Granted(date("2026-01-01"), none))
	assert.Equal(t, int64(100), u.Granted(date("2025-01-01"), date("2025-01-31")))
	assert.Equal(t, int64(30), u.Granted(day(1), day(2)))
	assert.Zero(t, u.Granted(day(2), day(1)))

	_, err := e.Quote(&earning.Order{At: at(0), Amount: euros(1)})
	require.ErrorIs(t, err, relmark.ErrInvalid, "a budget that nobody looks at is none")
	assert.Nil(t, compiled(t).BudgetLeft(&u, at(0)))
	assert.Nil(t, compiled(t, earning.Version{From: day(5)}).BudgetLeft(&u, at(0)))
	assert.Nil(t, e.BudgetLeft(&u, time.Date(20_000, 1, 1, 0, 0, 0, 0, time.UTC)))
	assert.Equal(t, []earning.Warning{{Rule: "big", Kind: earning.AlwaysCapped}}, compiled(t, earning.Version{
		Bonuses: []earning.Bonus{{Rule: "big", Points: 9}}, Budgets: []earning.Cap{{Per: earning.PerMonth, Points: 8}},
	}).Warnings())
}

func TestBudgetsAreData(t *testing.T) {
	t.Parallel()
	r := compiled(t, budgeted()).Rules()
	data := marshalled(t, r)
	reference.Pin(t, "rules_budgets_v1.json", []byte(data+"\n"))
	back, err := earning.DecodeRules([]byte(data), nil)
	require.NoError(t, err)
	assert.Equal(t, r.Versions, back.Versions)
	for _, bad := range []earning.Cap{{Per: earning.PerOrder, Points: 1}, {Per: "week", Points: 1}, {Per: earning.PerLife, Points: -1}, {Per: earning.PerLife, Points: 1 << 53}} {
		r.Versions[0].Budgets = []earning.Cap{bad}
		assert.ErrorIs(t, r.Validate(), relmark.ErrInvalid)
	}
}

// I11: any partition of the events, merged in any order, is the same usage.
func TestI11UsageMerges(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var parts [3]earning.Usage
		var all earning.Usage
		want := map[string]int64{}
		for range rapid.IntRange(0, 30).Draw(t, "events") {
			on := day(rapid.IntRange(-400, 400).Draw(t, "day"))
			n := rapid.Int64Range(0, 1<<53).Draw(t, "points")
			require.NoError(t, all.Add(on, n))
			require.NoError(t, parts[rapid.IntRange(0, 2).Draw(t, "part")].Add(on, n))
			want[on.String()] += n
			want[on.String()[:4]] += n
			want[""] += n
			year, _, _ := on.Civil()
			require.Equal(t, want[on.String()], all.Granted(on, on))
			require.Equal(t, want[on.String()[:4]], all.Granted(date(fmt.Sprint(year, "-01-01")), date(fmt.Sprint(year, "-12-31"))))
			require.Equal(t, want[""], all.Granted(relmark.Date{}, relmark.Date{}))
		}
		var sum earning.Usage
		for _, i := range rapid.Permutation([]int{0, 1, 2}).Draw(t, "order") {
			require.NoError(t, sum.Merge(parts[i]))
		}
		require.Equal(t, encodedUsage(t, &all), encodedUsage(t, &sum))
		var back earning.Usage
		require.NoError(t, back.UnmarshalBinary(encodedUsage(t, &all)))
		require.Equal(t, all, back)
	})
}

func encodedUsage(t require.TestingT, u *earning.Usage) []byte {
	data, err := u.MarshalBinary()
	require.NoError(t, err)
	return data
}

func TestUsageKeepsItsRange(t *testing.T) {
	t.Parallel()
	var u earning.Usage
	require.NoError(t, u.Add(day(0), math.MaxInt64-5))
	require.NoError(t, u.Add(day(40), 3))
	before := encodedUsage(t, &u)
	var other earning.Usage
	require.NoError(t, other.Add(day(80), 3))
	require.ErrorIs(t, u.Merge(other), relmark.ErrLimit)
	require.ErrorIs(t, u.Add(day(40), 3), relmark.ErrLimit)
	require.ErrorIs(t, u.Add(day(40), -4), relmark.ErrRefused)
	require.ErrorIs(t, u.Add(day(80), math.MinInt64), relmark.ErrRefused)
	require.ErrorIs(t, u.Add(relmark.Date{}, 1), relmark.ErrInvalid)
	require.NoError(t, u.Add(relmark.Date{}, 0), "nothing needs no date")
	assert.Equal(t, before, encodedUsage(t, &u))
	require.NoError(t, u.Add(day(40), -3))
	assert.Zero(t, u.Granted(day(40), day(40)))
}

// Two usages of very many days are read and merged at once: what a decoder
// reads costs no more than its bytes.
//
//nolint:paralleltest // it counts what is allocated
func TestUsagesOfManyDaysMerge(t *testing.T) {
	w := codec.NewWriter(nil, codec.KindUsage, 1)
	w.Count(12 * 9999)
	for n := range uint64(12 * 9999) {
		w.Uvarint(30 * n)
		w.Uvarint(1 + n%7)
	}
	var a, b earning.Usage
	require.NoError(t, a.UnmarshalBinary(w.Data()))
	require.NoError(t, b.UnmarshalBinary(w.Data()))
	hostile.Within(t, 100, "merging", func() { assert.NoError(t, a.Merge(b)) })
	assert.Equal(t, 2*b.Granted(relmark.Date{}, day(0)), a.Granted(relmark.Date{}, day(0)))
	assert.Equal(t, 2*b.Granted(day(0), day(99)), a.Granted(day(0), day(99)))
	require.NoError(t, a.Merge(earning.Usage{}))
	var c earning.Usage
	require.NoError(t, c.Merge(b))
	assert.Equal(t, encodedUsage(t, &b), encodedUsage(t, &c))
}

func TestUsageEncoding(t *testing.T) {
	t.Parallel()
	var u earning.Usage
	require.NoError(t, u.Add(day(40), 1<<40))
	require.NoError(t, u.Add(day(0), 7))
	data := encodedUsage(t, &u)
	reference.Pin(t, "usage_v1.hex", append(hex.AppendEncode(nil, data), '\n'))
	for n := range len(data) {
		assert.ErrorIs(t, new(earning.Usage).UnmarshalBinary(codec.Seal(data[:n])), relmark.ErrInvalid)
	}
	rest, _ := codec.CutSum(data)
	for name, bad := range map[string][]byte{
		"more":         append(slices.Clip(rest), 0),
		"out of order": {15, 1, 2, 25, 1, 25, 1},
		"nothing":      {15, 1, 1, 25, 0},
		"past 9999":    {15, 1, 1, 0xDB, 0xF3, 0xDE, 1, 1},
		"past int64":   {15, 1, 1, 25, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1},
		"sum":          {15, 1, 2, 25, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 26, 1},
	} {
		before := u
		require.ErrorIs(t, u.UnmarshalBinary(codec.AppendSum(bad, 0)), relmark.ErrInvalid, name)
		assert.Equal(t, before, u)
	}
	assert.ErrorIs(t, u.UnmarshalBinary([]byte{15, 2, 0}), relmark.ErrUnsupported)
	assert.ErrorIs(t, u.UnmarshalBinary([]byte{14, 1, 0}), relmark.ErrUnsupported)
}

// Servers that take slices of a budget never grant more than it, without asking each
// other for every order.
func TestSlicesOfABudget(t *testing.T) {
	t.Parallel()
	const budget, slice = 1000, 64
	e := compiled(t, earning.Version{
		Rates: []earning.Rate{{Rule: "base", Points: 1, Per: euros(1)}}, Budgets: []earning.Cap{{Per: earning.PerMonth, Points: budget}},
	})
	var lock sync.Mutex // stands for a row of the database
	var taken, really earning.Usage
	take := func() int64 {
		lock.Lock()
		defer lock.Unlock()
		n := min(slice, *e.BudgetLeft(&taken, at(0)))
		assert.NoError(t, taken.Add(day(0), n))
		return n
	}
	var servers sync.WaitGroup
	for server := range 8 {
		servers.Go(func() {
			left := int64(0)
			for i := range 60 {
				if left == 0 {
					left = take()
				}
				award, err := e.Quote(&earning.Order{At: at(0), Amount: euros(int64(1 + (i*7+server)%13)), Budget: new(left)})
				if !assert.NoError(t, err) {
					return
				}
				left -= award.Granted
				lock.Lock()
				assert.NoError(t, really.Add(day(0), award.Granted))
				lock.Unlock()
			}
			lock.Lock()
			defer lock.Unlock()
			assert.NoError(t, taken.Add(day(0), -left))
		})
	}
	servers.Wait()
	assert.Equal(t, int64(budget), really.Granted(day(0), day(0)), "there was demand for thrice as much")
	assert.Equal(t, encodedUsage(t, &really), encodedUsage(t, &taken))
}

func FuzzDecodeUsage(f *testing.F) {
	f.Add([]byte{15, 1, 2, 25, 1, 26, 1, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		data = codec.Seal(data)
		var u earning.Usage
		if u.UnmarshalBinary(data) != nil {
			return
		}
		again, err := u.MarshalBinary()
		if err != nil || string(again) != string(data) {
			t.Fatalf("%x\nencodes to\n%x", data, again)
		}
	})
}
