package cashback_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/cashback"
)

// A twin keeps a wallet as a child would: every cent by itself, moved by hand, nothing
// cached, every question answered by looking at all of them. It knows what commands do,
// and neither events, lots nor snapshots.
type twin struct {
	grace  *int
	cents  []*cent
	orders map[string]*twinOrder
	spends map[string][]*cent // in the order in which they were spent, without those that came back
	sizes  map[string]int     // of spendings
	names  map[string]*twinCredit
	debt   int
	gone   int // reversed
	births int
}

// A cent of a lot: those that were born together, and live to the same instant.
type cent struct {
	birth       int // order of the lots
	from, until time.Time
	source      string // the order or the credit that brought it
	spent, out  bool   // out: taken back or cancelled
	void        bool   // cancelled
}

type twinOrder struct{ net, granted, refunded, reversed int }

type twinCredit struct{ void bool }

func (x *twin) birth() int { x.births++; return x.births }

func (x *twin) add(n int, source string, from, until time.Time) {
	b := x.birth()
	for range n {
		x.cents = append(x.cents, &cent{birth: b, from: from, until: until, source: source})
	}
}

// there returns the cents that can be spent, the ones to be spent first in front.
func (x *twin) there(at time.Time) []*cent {
	var out []*cent
	for _, c := range x.cents {
		if !c.spent && !c.out && !at.Before(c.from) && (c.until.IsZero() || at.Before(c.until)) {
			out = append(out, c)
		}
	}
	slices.SortStableFunc(out, byEnd)
	return out
}

func byEnd(a, b *cent) int {
	switch {
	case a.until.IsZero() && !b.until.IsZero():
		return 1
	case b.until.IsZero() && !a.until.IsZero():
		return -1
	case !a.until.Equal(b.until):
		return a.until.Compare(b.until)
	}
	return a.birth - b.birth
}

func (x *twin) spend(key string, n int, at time.Time, name string) cashback.Reason {
	if name != "" && x.names[name] == nil {
		return cashback.UnknownCredit
	}
	if name != "" && x.names[name].void {
		return cashback.CreditCancelled
	}
	usable := slices.DeleteFunc(x.there(at), func(c *cent) bool { return name != "" && c.source != "credit "+name })
	if len(usable) < n {
		return cashback.Insufficient
	}
	for _, c := range usable[:n] {
		c.spent = true
	}
	x.spends[key], x.sizes[key] = slices.Clone(usable[:n]), n
	return ""
}

func (x *twin) giveBack(key string, n int, at time.Time) cashback.Reason {
	taken, known := x.spends[key]
	if !known {
		return cashback.UnknownSpend
	}
	if n > len(taken) {
		return cashback.ExceedsSpend
	}
	births := map[string]int{}
	for _, c := range slices.Backward(taken[len(taken)-n:]) {
		c.spent = false
		dead := !c.until.IsZero() && !at.Before(c.until)
		switch name, credit := cutCredit(c.source); {
		case credit && x.names[name].void:
			c.out, c.void = true, true
		case dead && x.grace != nil:
			day, _ := relmark.DateOf(at, berlin)
			c.from, c.until = at, day.AddDays(*x.grace+1).Start(berlin)
			c.birth = x.heir(c, births)
		}
	}
	x.spends[key] = taken[:len(taken)-n]
	return ""
}

// heir returns the lot that revived cents go to: the one of the same source and end that
// holds something, or a new one.
func (x *twin) heir(c *cent, births map[string]int) int {
	if b := births[c.source]; b != 0 {
		return b
	}
	b := 0
	for _, o := range x.cents {
		if o != c && o.source == c.source && o.until.Equal(c.until) && !o.spent && !o.out && o.birth > b && x.revived(o) {
			b = o.birth
		}
	}
	if b == 0 {
		b = x.birth()
	}
	births[c.source] = b
	return b
}

// revived reports whether a cent lives by grace: the first lot of a source is its oldest.
func (x *twin) revived(c *cent) bool {
	return slices.ContainsFunc(x.cents, func(o *cent) bool { return o.source == c.source && o.birth < c.birth })
}

func cutCredit(source string) (string, bool) {
	var name string
	n, _ := fmt.Sscanf(source, "credit %s", &name)
	return name, n == 1
}

func (x *twin) cancel(name string) cashback.Reason {
	c := x.names[name]
	if c == nil {
		return cashback.UnknownCredit
	}
	if c.void {
		return cashback.CreditCancelled
	}
	c.void = true
	for _, c := range x.cents {
		if c.source == "credit "+name && !c.spent && !c.out {
			c.out, c.void = true, true
		}
	}
	return ""
}

func (x *twin) refund(order string, n int, at time.Time) cashback.Reason {
	o := x.orders[order]
	if o == nil {
		return cashback.UnknownOrder
	}
	if n > o.net-o.refunded {
		return cashback.RefundExceedsOrder
	}
	if n == 0 {
		return ""
	}
	o.refunded += n
	take := o.granted*o.refunded/o.net - o.reversed
	o.reversed += take
	x.gone += take
	own := slices.DeleteFunc(slices.Clone(x.cents), func(c *cent) bool { return c.source != "order "+order || c.spent || c.out })
	slices.SortStableFunc(own, byEnd)
	others := slices.DeleteFunc(x.there(at), func(c *cent) bool { return c.source == "order "+order })
	for _, c := range append(own, others...) {
		if take > 0 {
			c.out = true
			take--
		}
	}
	x.debt += take
	return ""
}

func (x *twin) buy(order string, net, rate int, at time.Time) {
	granted := net * rate / 100
	settled := min(x.debt, granted)
	x.debt -= settled
	x.orders[order] = &twinOrder{net: net, granted: granted}
	day, _ := relmark.DateOf(at, berlin)
	x.add(granted-settled, "order "+order, at, day.AddMonths(1).AddDays(1).Start(berlin))
}

// balance counts the cents.
func (x *twin) balance(at time.Time) map[string]int {
	b := map[string]int{"debt": x.debt, "reversed": x.gone}
	for _, c := range x.cents {
		switch {
		case c.void:
			b["cancelled"]++
		case c.out:
		case c.spent:
			b["spent"]++
		case at.Before(c.from):
			b["pending"]++
		case c.until.IsZero() || at.Before(c.until):
			b["available"]++
		default:
			b["expired"]++
		}
	}
	return b
}

// A wallet does what one does that moves every cent by hand: the same reasons, the same
// balance at any instant, and the same cents in the same order.
func TestWalletAgreesWithANaiveOne(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		grace := rapid.Ptr(rapid.IntRange(0, 25), true).Draw(t, "grace")
		rate := rapid.IntRange(0, 100).Draw(t, "rate")
		c, err := cashback.New(cashback.Terms{Zone: berlin, Digits: 2, Rate: cents(int64(rate)), Months: new(1), GraceDays: grace})
		require.NoError(t, err)
		x := &twin{grace: grace, orders: map[string]*twinOrder{}, spends: map[string][]*cent{}, sizes: map[string]int{}, names: map[string]*twinCredit{}}
		w := new(cashback.Wallet)
		now := began
		for i := range rapid.IntRange(1, 40).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.SampledFrom([]int{0, 1, 9, 24, 200, 700}).Draw(t, "hours")) * time.Hour)
			back := rapid.OneOf(rapid.IntRange(1, 4), rapid.IntRange(0, i)).Draw(t, "back")
			key, target := fmt.Sprint(i), fmt.Sprint(i-back)
			n := rapid.IntRange(0, 40).Draw(t, "amount")
			amount := cents(int64(n))
			var want cashback.Reason
			var d cashback.Decision
			switch rapid.IntRange(0, 6).Draw(t, "what") {
			case 0:
				d, err = c.Purchase(w, cashback.Purchase{key, key, amount, now})
				x.buy(key, n, rate, now)
			case 1:
				until := rapid.SampledFrom([]time.Time{{}, now.AddDate(0, 0, 10), now.AddDate(0, 0, 40)}).Draw(t, "until")
				d, err = c.Credit(w, cashback.Credit{key, amount, now, until})
				x.names[key] = &twinCredit{}
				x.add(n, "credit "+key, now, until)
			case 2:
				d, err = c.Refund(w, cashback.Refund{key, target, amount, now})
				want = x.refund(target, n, now)
			case 3:
				d, err = c.Cancel(w, cashback.Cancellation{key, target, now})
				want = x.cancel(target)
			case 4:
				d, err = c.GiveBack(w, cashback.GiveBack{key, target, amount, now})
				want = x.giveBack(target, n, now)
			case 5:
				d, err = c.Spend(w, cashback.Spending{Key: key, Amount: amount, At: now, Credit: target})
				want = x.spend(key, n, now, target)
			default:
				d, err = c.Spend(w, cashback.Spending{Key: key, Amount: amount, At: now})
				want = x.spend(key, n, now, "")
			}
			require.Equal(t, want, reason(err))
			if err == nil {
				do(t, w, d, err)
			} else {
				_, refused := errors.AsType[*cashback.CommandError](err)
				require.True(t, refused, err)
			}
			if rapid.IntRange(0, 4).Draw(t, "snapshot") == 0 {
				w, _ = reloaded(t, w, new(cashback.Wallet))
			}
			for _, at := range []time.Time{now, now.AddDate(0, 0, 15), now.AddDate(0, 2, 0)} {
				b, n := w.Balance(at), x.balance(at)
				got := map[string]int64{"pending": minor(b.Pending), "available": minor(b.Available), "expired": minor(b.Expired), "debt": minor(b.Debt), "spent": minor(b.Spent), "reversed": minor(b.Reversed), "cancelled": minor(b.Cancelled)}
				for name, v := range got {
					require.Equal(t, int64(n[name]), v, name)
				}
			}
		}
	})
}
