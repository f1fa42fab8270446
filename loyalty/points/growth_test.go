package points_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/earning"
	"github.com/relmark/relmark/loyalty/points"
)

// A life is what happens to one account, event after event.
type life struct {
	expiry points.Expiry
	rules  func(v *earning.Version) // more of them; nil is none
	// next returns the i-th command; one that is refused is left out.
	next func(l *living, i int) points.Command
}

// living is an account on its way.
type living struct {
	a      points.Account
	e      *points.Engine
	random *rand.Rand
	now    time.Time
	// What has been spent on it: steps and time of decisions, and of changes.
	events, decideSteps int64
	deciding, applying  time.Duration
}

func start(t testing.TB, from life) *living {
	t.Helper()
	p := twoRules(t).Program()
	p.Expiry = from.expiry
	if from.rules != nil {
		from.rules(&p.Versions[0])
	}
	e, err := points.Compile(p)
	require.NoError(t, err)
	return &living{e: e, random: rand.New(rand.NewPCG(7, 11)), now: time.Date(1990, 1, 10, 12, 0, 0, 0, time.UTC)}
}

func (l *living) step(t testing.TB, c points.Command) {
	t.Helper()
	before := time.Now()
	d, steps, err := l.e.DecideCounting(&l.a, c)
	l.decideSteps += steps
	decided := time.Now()
	l.deciding += decided.Sub(before)
	if errors.Is(err, relmark.ErrRefused) {
		return
	}
	require.NoError(t, err)
	decided = time.Now()
	require.NoError(t, l.a.Apply(d.Event))
	l.applying += time.Since(decided)
	l.events++
}

// earn is an order of some 80 points.
func earn(i int) points.Earn {
	return points.Earn{Order: fmt.Sprintf("order-%07d", i), Amount: decimal.New(int64(4999+i%7000), -2), Tier: "gold"}
}

func (l *living) command(i int, do points.Action) points.Command {
	l.now = l.now.Add(4 * time.Hour)
	return points.Command{Key: fmt.Sprintf("key-%07d", i), At: l.now, Do: do}
}

func lives() map[string]life {
	months := points.Expiry{Kind: points.Months, N: 24}
	card := earning.Goal{Rule: "card", Target: 5, Points: 10, Repeat: true}
	kept := card
	kept.Reversal = earning.KeepBonus
	return map[string]life{
		"a card of stamps": {months, func(v *earning.Version) { v.Goals = []earning.Goal{card} }, func(l *living, i int) points.Command {
			if i%7 == 6 { // an order of long ago comes back
				return l.command(i, points.Refund{Order: earn(l.random.IntN(i/7+1) * 7).Order, Amount: euros(49)})
			}
			return l.command(i, earn(i))
		}},
		"a card that is kept": {months, func(v *earning.Version) { v.Goals = []earning.Goal{kept} }, func(l *living, i int) points.Command {
			if i%2 == 1 && i > 100 {
				return l.command(i, points.Refund{Order: earn(i - 1).Order, Amount: earn(i - 1).Amount})
			}
			return l.command(i, earn(i))
		}},
		"streaks": {months, func(v *earning.Version) {
			v.Goals = []earning.Goal{{Rule: "streak", Count: earning.CountMonths, Target: 3, Points: 10, Repeat: true}}
		}, func(l *living, i int) points.Command {
			if i%5 == 4 {
				return l.command(i, points.Refund{Order: earn(i - 4).Order, Amount: earn(i - 4).Amount})
			}
			return l.command(i, earn(i))
		}},
		"activities": {months, func(v *earning.Version) {
			v.Activities = []earning.ActivityRule{{Rule: "visit", Kind: "visit", Points: new(int64(5)), Once: earning.PerDay}, {Rule: "review", Kind: "review", Points: new(int64(9))}}
		}, func(l *living, i int) points.Command {
			if i%2 == 1 {
				return l.command(i, points.Act{Kind: "review", Source: fmt.Sprint("review-", i)})
			}
			return l.command(i, points.Act{Kind: "visit"})
		}},
		"lines come back": {months, nil, func(l *living, i int) points.Command {
			if i%2 == 1 {
				return l.command(i, points.Refund{Order: earn(i - 1).Order, Lines: []points.RefundLine{{ID: "2", Quantity: new(decimal.New(1, 0))}}})
			}
			o := earn(i)
			o.Lines = []earning.OrderLine{{Amount: decimal.New(2000, -2)}, {Amount: decimal.New(1999, -2), Quantity: new(decimal.New(3, 0))}}
			return l.command(i, o)
		}},
		"two orders, one redemption": {months, nil, func(l *living, i int) points.Command {
			if i%3 == 2 {
				return l.command(i, points.Redeem{Points: 150})
			}
			return l.command(i, earn(i))
		}},
		"never spent": {points.Expiry{}, nil, func(l *living, i int) points.Command { return l.command(i, earn(i)) }},
		"a cart in ten times out": {months, nil, func(l *living, i int) points.Command {
			if i%10 == 9 {
				return l.command(i, points.Reserve{Reservation: fmt.Sprint("cart-", i), Points: 20, TTL: time.Minute})
			}
			return l.command(i, earn(i))
		}},
		"every second cart times out": {months, nil, func(l *living, i int) points.Command {
			if i%2 == 1 {
				return l.command(i, points.Reserve{Reservation: fmt.Sprint("cart-", i), Points: 60, TTL: time.Duration(1+i%100) * time.Hour})
			}
			return l.command(i, earn(i))
		}},
		"carts stay open": {points.Expiry{}, nil, func(l *living, i int) points.Command {
			switch i % 4 {
			case 1, 3:
				return l.command(i, points.Reserve{Reservation: fmt.Sprint("cart-", i), Points: 20, TTL: 36500 * 24 * time.Hour})
			case 2:
				return l.command(i, points.Void{Reservation: fmt.Sprint("cart-", i/2+i/2%2-1)})
			}
			return l.command(i, earn(i))
		}},
		"expiry rolls": {points.Expiry{Kind: points.Inactivity, N: 6}, nil, func(l *living, i int) points.Command {
			if i%5 == 4 {
				return l.command(i, points.Redeem{Points: 30})
			}
			return l.command(i, earn(i))
		}},
		"expiry rolls, with gaps": {points.Expiry{Kind: points.Inactivity, N: 1}, nil, func(l *living, i int) points.Command {
			if i%50 == 49 && l.now.Year() < 2100 {
				l.now = l.now.Add(40 * 24 * time.Hour)
			}
			if i%3 == 2 {
				return l.command(i, points.Adjust{Points: 5})
			}
			return l.command(i, earn(i))
		}},
		"parked refunds, never claimed": {months, nil, func(l *living, i int) points.Command {
			if i%2 == 1 {
				return l.command(i, points.Refund{Order: fmt.Sprint("lost-", i), Amount: euros(1)})
			}
			return l.command(i, earn(i))
		}},
		"refunds come first": {months, nil, func(l *living, i int) points.Command {
			if i%2 == 0 {
				return l.command(i, points.Refund{Order: earn(i + 1).Order, Amount: euros(1)})
			}
			o := earn(i)
			o.PayPoints = int64(i % 3)
			return l.command(i, o)
		}},
		"every order is refunded": {months, nil, func(l *living, i int) points.Command {
			if i%2 == 1 {
				return l.command(i, points.Refund{Order: earn(i - 1).Order, Amount: euros(20)})
			}
			o := earn(i)
			o.PayPoints = int64(i % 40)
			return l.command(i, o)
		}},
		"a pool": {months, nil, func(l *living, i int) points.Command {
			if i%2 == 1 {
				return l.command(i, points.Redeem{Points: 3})
			}
			at := l.now.Add(-time.Hour)
			return l.command(i, points.Receive{Contributor: fmt.Sprint("member-", i), Parcel: []points.Moved{{Lot: 1, Points: 5, AvailableAt: at, ExpiresAt: at.AddDate(1, 0, 0), Rolls: i%4 == 0}}})
		}},
		"activity comes late": {months, nil, func(l *living, i int) points.Command {
			c := l.command(i, earn(i))
			if i%4 == 3 {
				c.Do = points.Redeem{Points: 100}
			}
			c.Recorded = c.At
			c.At = c.At.Add(-time.Duration(l.random.IntN(20000)) * time.Hour)
			return c
		}},
		"expiry of any kind": {points.Expiry{Kind: points.Inactivity, N: 12}, nil, func(l *living, i int) points.Command {
			expires := l.now.Add(time.Duration(1+l.random.IntN(100_000)) * time.Hour)
			switch i % 5 {
			case 0:
				return l.command(i, points.Adjust{Points: 7, Expires: &expires})
			case 1:
				return l.command(i, points.Receive{Parcel: []points.Moved{{Lot: 1, Points: 5, AvailableAt: l.now, ExpiresAt: expires, Rolls: true}}})
			case 2:
				return l.command(i, points.Redeem{Points: 60})
			case 3:
				return l.command(i, points.Adjust{Points: -4})
			}
			return l.command(i, earn(i))
		}},
	}
}

// What an event costs does not grow with those before it: the lots and places that a
// decision or a change looks at stay within a logarithm and two blocks of a queue,
// whatever the life.
func TestGrowthOfAnAccount(t *testing.T) { //nolint:paralleltest // it logs times
	sizes := []int{1e2, 1e3, 1e4, 3e4, 1e5}
	if testing.Short() {
		sizes = sizes[:3]
	}
	for name, life := range lives() {
		t.Run(name, func(t *testing.T) {
			for _, n := range sizes {
				l := start(t, life)
				for i := range n {
					l.step(t, life.next(l, i))
				}
				per := func(d time.Duration) int64 { return d.Nanoseconds() / int64(n) }
				t.Logf("%6d events: decide %6.1f steps %6d ns, apply %6.1f steps %6d ns", n,
					float64(l.decideSteps)/float64(n), per(l.deciding), float64(l.a.Steps())/float64(n), per(l.applying))
				assert.LessOrEqual(t, l.decideSteps, 60*int64(n))
				assert.LessOrEqual(t, l.a.Steps(), 400*int64(n))
				assert.Greater(t, l.events, int64(n/2))
			}
		})
	}
}

// One redemption over very many lots looks at each of them once.
func TestGrowthOfOneRedemption(t *testing.T) { //nolint:paralleltest // it logs times
	for _, n := range []int{1e2, 1e3, 3e4} {
		l := start(t, life{expiry: points.Expiry{Kind: points.Months, N: 600}})
		for i := range n {
			l.step(t, l.command(i, points.Adjust{Points: 1}))
		}
		before, decided, started := l.a.Steps(), l.decideSteps, time.Now()
		l.step(t, l.command(n, points.Earn{Order: "big", Amount: euros(int64(n)), PayPoints: int64(n)}))
		t.Logf("%6d lots: %v", n, time.Since(started))
		assert.LessOrEqual(t, l.decideSteps-decided, 2*int64(n)+10)
		assert.LessOrEqual(t, l.a.Steps()-before, 30*int64(n))
		before, started = l.a.Steps(), time.Now()
		l.step(t, l.command(n+1, points.Refund{Order: "big", Amount: euros(int64(n))}))
		t.Logf("%6d lots restored: %v", n, time.Since(started))
		assert.LessOrEqual(t, l.a.Steps()-before, 120*int64(n))
	}
}

// A snapshot keeps what can still matter: lots that are spent or have expired take no
// place in it unless something can come back to them.
func TestGrowthOfASnapshot(t *testing.T) { //nolint:paralleltest // it measures memory
	sizes := []int{1e2, 1e3, 1e4}
	for _, n := range sizes {
		var m0, m1 runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m0)
		life := lives()["two orders, one redemption"]
		l := start(t, life)
		for i := range n {
			l.step(t, life.next(l, i))
		}
		runtime.GC()
		runtime.ReadMemStats(&m1)
		data := snapshot(t, &l.a)
		var back points.Account
		started := time.Now()
		require.NoError(t, back.UnmarshalBinary(data))
		took := time.Since(started)
		t.Logf("%6d events: %d bytes of snapshot, read in %v; %d bytes of memory", n, len(data), took, int64(m1.HeapAlloc)-int64(m0.HeapAlloc))
		assert.Equal(t, data, snapshot(t, &back))
		assert.Less(t, len(data), 40*n+200)
		runtime.KeepAlive(l)
	}
}
