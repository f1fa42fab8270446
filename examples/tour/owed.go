package main

import (
	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/accrual"
	"github.com/relmark/relmark/loyalty/points"
)

// granted is what became of the points of one order.
type granted struct {
	accrual.Lot
	paid  decimal.Decimal // in money, for the order
	until relmark.Date    // they can be spent before it
	moves []accrual.Dated
}

// watch follows the lots of one customer through an event.
func (l *ledger) watch(own map[uint64]*granted, on relmark.Date, ev points.Event) {
	var parts []points.Part
	move := accrual.Movement{}
	switch b := ev.Body.(type) {
	case *points.Earned:
		parts, move.Redeemed = b.Paid, 1
		if b.Lot > 0 {
			year, month, day := b.ExpiresAt.Date()
			until, _ := relmark.NewDate(year, month, day) // an instant of the ledger: it exists
			g := &granted{Lot: accrual.Lot{GrantedOn: on, Granted: b.Award.Granted}, paid: decimal.New(b.Facts.Cash, -2), until: until}
			own[b.Lot] = g
			l.lots = append(l.lots, g)
		}
	case *points.Adjusted:
		parts, move.Reversed = b.Parts, 1
	}
	for _, p := range parts {
		own[p.Lot].move(on, accrual.Movement{Redeemed: p.Points * move.Redeemed, Reversed: p.Points * move.Reversed})
	}
}

// move counts what happened on a day.
func (g *granted) move(on relmark.Date, m accrual.Movement) {
	g.moves = append(g.moves, accrual.Dated{On: on, Movement: m})
	g.Redeemed += m.Redeemed
	g.Expired += m.Expired
	g.Reversed += m.Reversed
}

// whatWeOwe says what the points are in the books.
func (s *story) whatWeOwe(r *report) error {
	r.heading("What do we owe for the points?", "loyalty/accrual")
	if s.ledger == nil || len(s.ledger.lots) == 0 {
		r.say("Needs orders that earn points.")
		return nil
	}
	var history accrual.History
	for _, g := range s.ledger.lots {
		if left := g.Left(); left > 0 && !g.until.After(s.sales.last) {
			g.move(g.until, accrual.Movement{Expired: left})
		}
		v, err := accrual.Watch(g.Granted, g.GrantedOn, g.moves, s.sales.last.AddDays(1))
		if err != nil {
			return err
		}
		if err := history.Add(v); err != nil {
			return err
		}
	}
	fit, err := history.Fit(accrual.FitOptions{})
	if err != nil {
		return err
	}
	rows, err := s.rollForward(fit.Curve)
	if err != nil {
		return err
	}
	r.table([]string{"in the books", "money"}, [][]string{
		{"paid for points with the orders", money(rows.Added)},
		{"of it earned by now", money(rows.Performance.Add(rows.CatchUp))},
		{"still owed to members", money(rows.Closing)},
	})
	r.say("The price of an order is divided between goods and points by what each is worth; the part of the points is revenue when they are used. By what members have done so far, that is %s of all points within %s of the order%s.",
		percent(fit.Curve.Ultimate()), plural(fit.Ages, "month"), undecided(fit.Open))
	return nil
}

// undecided says that some points may still be used later than was seen so far.
func undecided(share float64) string {
	if share < 0.005 {
		return ""
	}
	return "; of " + percent(share) + " it is too early to tell"
}

// rollForward divides the price of each order, and measures what is owed by now.
func (s *story) rollForward(curve accrual.Curve) (accrual.Rows, error) {
	model, err := accrual.NewModel(accrual.Policy{Digits: 2, Value: new(programme().PointValue), Curve: curve})
	if err != nil {
		return accrual.Rows{}, err
	}
	var table accrual.RollForward
	for _, g := range s.ledger.lots {
		worth, err := model.StandAlone(g.Granted)
		if err != nil {
			return accrual.Rows{}, err
		}
		price, err := accrual.Sale{Digits: 2, Price: g.paid, Goods: g.paid, Points: worth}.Allocate()
		if err != nil {
			return accrual.Rows{}, err
		}
		kept, err := accrual.Defer(price.Points, 2)
		if err != nil {
			return accrual.Rows{}, err
		}
		if kept, _, err = model.Measure(kept, g.Lot, s.sales.last); err != nil {
			return accrual.Rows{}, err
		}
		if err := table.Add(nil, kept); err != nil {
			return accrual.Rows{}, err
		}
	}
	return table.Rows(), nil
}
