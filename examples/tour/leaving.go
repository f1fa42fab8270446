package main

import (
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/structural"
)

// whatLeavingCosts says what a member has left, and what would be lost by leaving.
func (s *story) whatLeavingCosts(r *report) error {
	if !s.house {
		return nil
	}
	r.heading("What has a gold member left, and what would leaving cost?", "loyalty/structural")
	visits, err := loungeVisits(s.sales.last)
	if err != nil {
		return err
	}
	if err := sayVisits(r, visits, s.now()); err != nil {
		return err
	}
	cost, err := goldMember().Statement()
	if err != nil {
		return err
	}
	r.say("Who leaves loses %s of what the house gives and %s of what is already earned or has to be learned anew, less %s that the house next door pays for coming: %s in all.%s",
		money(cost.Positive), money(cost.Negative), money(cost.Offer), money(cost.Net), spurious(cost))
	return s.sayContract(r)
}

// spurious says what keeps the member.
func spurious(cost structural.SwitchingStatement) string {
	if cost.Spurious {
		return " Penalties keep this member, not the house: once they fall, so does the loyalty."
	}
	return fmt.Sprintf(" Penalties are %s of it: it is the house that keeps this member.", percent(*cost.NegativeShare))
}

// goldMember is made up: what a member gets, has earned and would have to do anew.
func goldMember() structural.Switching {
	d := decimal.RequireFromString
	return structural.Switching{
		Digits: 2, TierBenefits: d("310"), Years: 3, Discount: d("0.1"), Relational: d("120"),
		Points: d("2400"), PointValue: d("0.01"), Breakage: d("0.2"), PrepaidUnits: d("2"), PrepaidValue: d("35"),
		LearningHours: d("3"), HourRate: d("40"),
		Offer: d("150"), Attitude: 0.8, AttitudeCut: 0.5, NegativeMin: d("0.6"),
	}
}

// A loungeCard is the ledger of one card: four visits a quarter, of which two stay good
// for the next.
type loungeCard struct {
	card   *structural.Entitlement
	ledger structural.Ledger
}

// loungeVisits follows a card through the last year of the log.
func loungeVisits(last relmark.Date) (*loungeCard, error) {
	terms := structural.EntitlementTerms{Zone: time.UTC, Units: 4, Months: 3, Periods: 8, Rollover: 2}
	card, err := structural.NewEntitlement(terms)
	if err != nil {
		return nil, err
	}
	c := &loungeCard{card: card}
	start := last.AddDays(-300)
	d, err := c.card.Grant(&c.ledger, structural.Grant{Key: "card", Start: start, At: start.Start(time.UTC)})
	if err := c.do(d, err); err != nil {
		return nil, err
	}
	for i, day := range []int{20, 41, 130, 220, 290} {
		at := start.AddDays(day).Start(time.UTC).Add(18 * time.Hour)
		d, err := c.card.Consume(&c.ledger, structural.Consumption{Key: fmt.Sprint("visit ", i), Units: 1, At: at})
		if err := c.do(d, err); err != nil {
			return nil, err
		}
	}
	d, err = c.card.Reserve(&c.ledger, structural.Reservation{Key: "a guest", Units: 1, TTL: 48 * time.Hour, At: last.Start(time.UTC)})
	return c, c.do(d, err)
}

// do keeps what was decided.
func (c *loungeCard) do(d structural.Decision, err error) error {
	if err != nil {
		return err
	}
	return c.ledger.Apply(d.Event)
}

func sayVisits(r *report, c *loungeCard, now time.Time) error {
	b, err := c.ledger.Balance(now)
	if err != nil {
		return err
	}
	expiries, err := c.ledger.Expiries(now)
	if err != nil {
		return err
	}
	r.say("Visits to the lounge: %d left and %d booked, %d used and %d expired.", b.Available, b.Held, b.Used, b.Expired)
	for _, x := range expiries {
		r.say("%d are good until %s, of which %d stay good for the quarter after.", x.Units, x.Until.Format(time.DateOnly), x.Rolls)
	}
	return nil
}

// sayContract says until when the firm next door must be asked to stay.
func (s *story) sayContract(r *report) error {
	rooms := structural.Contract[string]{
		ID: "rooms of the firm next door", Start: s.sales.last.AddMonths(-20), Months: 24,
		Renewal: structural.Automatic, RenewalMonths: 12, NoticeMonths: 3,
	}
	status, err := rooms.At(s.sales.last)
	if err != nil {
		return err
	}
	r.say("The contract for the %s renews on %s, unless they give notice by %s: talk to them before.", rooms.ID, status.Renews, status.DecideBy())
	return nil
}
