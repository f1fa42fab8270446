package main

import (
	"strconv"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/loyalty/earning"
	"github.com/relmark/relmark/loyalty/points"
)

// programme grants a point for each unit of money, good for a year and a half and
// worth a hundredth of it.
func programme() points.Program {
	return points.Program{
		Rules: earning.Rules{
			Currency:   "EUR",
			Digits:     2,
			PointValue: decimal.New(1, -2),
			Versions:   []earning.Version{{Rates: []earning.Rate{{Rule: "base", Points: 1, Per: decimal.NewFromInt(1)}}}},
		},
		Expiry: points.Expiry{Kind: points.MonthsEOM, N: 18},
	}
}

// spends is how many points members pay with, whenever they have them.
const spends = 500

// A ledger is the accounts by customer, and what was granted to all of them.
type ledger struct {
	accounts map[string]*points.Account
	lots     []*granted
}

// whatTheyEarned replays the log into a programme and says what is owed.
func (s *story) whatTheyEarned(r *report) error {
	r.heading("What have they earned?", "loyalty/earning", "loyalty/points")
	engine, err := points.Compile(programme())
	if err != nil {
		return err
	}
	if s.ledger, err = s.replay(engine); err != nil {
		return err
	}
	var owed, issued, redeemed, expired, returned, soon int64
	for _, account := range s.ledger.accounts {
		b := account.Balance(s.now())
		owed, issued, redeemed = owed+b.Available, issued+b.Issued, redeemed+b.Redeemed
		expired, returned = expired+b.Expired, returned+b.Reversed
		soon += b.Available - account.Balance(s.now().AddDate(0, 0, 90)).Available
	}
	r.say("With a point for each unit of money, good to the end of the month a year and a half on, and if those who have %s pay with them, they would have earned %s points: %s are spent, %s have expired, %s went back with what was returned and %s are there, of which %s expire within 90 days.",
		plural(spends, "point"), count(int(issued)), count(int(redeemed)), count(int(expired)), count(int(returned)), count(int(owed)), count(int(soon)))
	if len(s.quiet) > 0 && issued > 0 {
		r.table([]string{"customer", "points", "next to expire", "on"}, s.expiryRows())
		r.say("Of those to call, %s points that expire within 90 days.", s.haveExpiring())
	}
	return nil
}

func (s *story) expiryRows() [][]string {
	var rows [][]string
	for _, c := range s.quiet[:min(5, len(s.quiet))] {
		b := s.ledger.accounts[c.ID].Balance(s.now())
		expiring, on := "-", "-"
		if !b.NextExpiry.IsZero() {
			expiring, on = count(int(b.NextExpiring)), b.NextExpiry.Format(time.DateOnly)
		}
		rows = append(rows, []string{c.ID, count(int(b.Available)), expiring, on})
	}
	return rows
}

// haveExpiring counts those to call who lose points within 90 days.
func (s *story) haveExpiring() string {
	n := 0
	for _, c := range s.quiet {
		account := s.ledger.accounts[c.ID]
		if account.Balance(s.now().AddDate(0, 0, 90)).Available < account.Balance(s.now()).Available {
			n++
		}
	}
	if n == 1 {
		return "1 has"
	}
	return count(n) + " have"
}

// now is the end of the last day of the log.
func (s *story) now() time.Time { return s.sales.last.AddDays(1).Start(time.UTC) }

// replay grants points for what each customer spent on each day, less returns.
func (s *story) replay(engine *points.Engine) (*ledger, error) {
	l := &ledger{accounts: map[string]*points.Account{}}
	own := map[uint64]*granted{} // lots of the customer whose turn it is, by number
	for i, o := range s.orders() {
		account := l.accounts[o.customer]
		if account == nil {
			account = new(points.Account)
			l.accounts[o.customer] = account
			clear(own)
		}
		d, err := engine.Decide(account, command(account, strconv.Itoa(i), o))
		if err != nil {
			return nil, err
		}
		if err := account.Apply(d.Event); err != nil {
			return nil, err
		}
		l.watch(own, o.on, d.Event)
	}
	return l, nil
}

// command grants points for an order, a part of which points pay for. The log does
// not say which order a return belongs to, so that takes back what it is worth, as
// far as there are points.
func command(account *points.Account, key string, o row) points.Command {
	at := o.on.Start(time.UTC)
	available := account.Balance(at).Available
	if back := min(-o.amount.IntPart(), available); o.amount.IsNegative() && back > 0 {
		return points.Command{Key: key, At: at, Do: points.Adjust{Points: -back, Reason: "return"}}
	}
	earn := points.Earn{Order: key, Amount: decimal.Max(o.amount, decimal.Decimal{})}
	if available >= spends && earn.Amount.IntPart() >= spends/100 {
		earn.PayPoints = spends
	}
	return points.Command{Key: key, At: at, Do: earn}
}
