package cashback_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/cashback"
)

// sizes are numbers of events; the largest takes its time.
func sizes(t *testing.T) []int {
	t.Helper()
	if testing.Short() {
		return []int{1e2, 1e3, 1e4}
	}
	return []int{1e2, 1e3, 1e4, 1e5}
}

// A life is a wallet with a history that some host has, one event after the other.
type life struct {
	*cashback.Wallet
	engine *cashback.Engine
	t      *testing.T
	at     time.Time
	n      int // events so far
}

func (x *life) do(d cashback.Decision, err error) {
	require.NoError(x.t, err)
	require.NoError(x.t, x.Apply(d.Event))
	x.n++
}

func (x *life) key() string { return fmt.Sprint(x.n) }

func (x *life) buy(at time.Time) {
	x.do(x.engine.Purchase(x.Wallet, cashback.Purchase{x.key(), x.key(), dec("10"), at}))
}

func (x *life) credit(amount string, until time.Time) {
	x.do(x.engine.Credit(x.Wallet, cashback.Credit{x.key(), dec(amount), x.at, until}))
}

func (x *life) spend(amount, name string) {
	x.do(x.engine.Spend(x.Wallet, cashback.Spending{Key: x.key(), Amount: dec(amount), At: x.at, Credit: name}))
}

func (x *life) giveBack(spending, amount string) {
	x.do(x.engine.GiveBack(x.Wallet, cashback.GiveBack{x.key(), spending, dec(amount), x.at}))
}

// What one event costs does not grow with the lots that are spent, nor with the life of
// the wallet, whatever a host makes of it.
func TestGrowthOfAWallet(t *testing.T) {
	t.Parallel()
	for name, live := range map[string]func(x *life, events int){
		"spent as earned": func(x *life, events int) {
			for x.n < events-2 {
				x.at = x.at.Add(time.Hour)
				x.buy(x.at)
				x.buy(x.at)
				x.spend("2", "")
			}
		},
		"never spent": func(x *life, events int) {
			for x.n < events {
				x.at = x.at.Add(6 * time.Hour)
				x.buy(x.at)
			}
		},
		"gift cards without end, spent in the order of their purchase, among cashback": func(x *life, events int) {
			for x.n < events-4 {
				x.at = x.at.Add(time.Hour)
				card := x.key()
				x.credit("5", time.Time{})
				x.buy(x.at)
				x.spend("5", card)
				x.spend("1", "")
			}
		},
		"gift cards, spent by name when all are there": func(x *life, events int) {
			for x.n < events/2 {
				x.credit("5", time.Time{})
			}
			for i := range events / 2 {
				x.spend("5", fmt.Sprint(i*7919%(events/2)))
			}
		},
		"late, and in any order": func(x *life, events int) {
			for x.n < events-1 {
				x.at = x.at.Add(time.Minute)
				x.buy(x.at.Add(-time.Duration(x.n*7919%500) * time.Hour))
				x.spend("0.5", "")
			}
		},
		"one spending over all, given back by the cent": func(x *life, events int) {
			n := events / 3
			for range n {
				x.credit("0.02", time.Time{})
			}
			spending := x.key()
			x.spend(fmt.Sprintf("%d.%02d", n/50, n%50*2), "")
			for x.n < events {
				x.giveBack(spending, "0.01")
			}
		},
		"given back with grace": func(x *life, events int) {
			for x.n < events-4 {
				card := x.key()
				x.credit("5", x.at.Add(time.Hour))
				spending := x.key()
				x.spend("5", card)
				x.at = x.at.Add(2 * time.Hour)
				x.giveBack(spending, "2")
				x.giveBack(spending, "3")
			}
		},
		"one card, revived every day": func(x *life, events int) {
			x.credit("1000", x.at.Add(time.Minute))
			for range events / 3 {
				x.spend("0.01", "0")
			}
			for i := 1; x.n < events-2; i++ {
				x.at = x.at.Add(5 * time.Hour)
				x.giveBack(fmt.Sprint(i), "0.01")
				x.spend("0.01", "0")
			}
		},
		"pending before what can be spent": func(x *life, events int) {
			x.engine = engine(x.t, cashback.Terms{Rate: dec("0.1"), Months: new(1), MaturityDays: 14})
			for x.n < events-3 {
				x.at = x.at.Add(3 * time.Hour) // 112 are pending
				x.buy(x.at)
				x.credit("0.5", time.Time{})
				x.spend("0.5", "")
			}
		},
		"closed every month": func(x *life, events int) {
			for x.n < events-3 {
				x.at = x.at.Add(7 * time.Hour)
				x.buy(x.at)
				x.spend("1", "")
				if x.n%200 < 2 {
					day, err := relmark.DateOf(x.at, berlin)
					require.NoError(x.t, err)
					x.do(x.engine.Close(x.Wallet, cashback.Closing{x.key(), day.AddDays(-9), x.at}))
				}
			}
		},
		"refunded into debt": func(x *life, events int) {
			for x.n < events-3 {
				x.at = x.at.Add(time.Hour)
				order := x.key()
				x.buy(x.at)
				if b := x.Balance(x.at).Available; x.n < 100 && b.IsPositive() { // asking takes time
					x.spend(b.String(), "")
				}
				x.do(x.engine.Refund(x.Wallet, cashback.Refund{x.key(), order, dec("10"), x.at}))
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			engine := engine(t, cashback.Terms{Rate: dec("0.1"), Months: new(1), GraceDays: new(20)})
			for _, n := range sizes(t) {
				x := &life{Wallet: new(cashback.Wallet), engine: engine, t: t, at: began}
				cashback.CountSteps(x.Wallet)
				start := time.Now()
				live(x, n)
				t.Logf("%7d events: %5.1f steps, %6d ns an event", x.n, float64(cashback.Steps(x.Wallet))/float64(x.n), time.Since(start).Nanoseconds()/int64(x.n))
				assert.Less(t, cashback.Steps(x.Wallet), 300*x.n)
			}
		})
	}
}
