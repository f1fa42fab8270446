package cashback

import (
	"time"

	"github.com/relmark/relmark/internal/money"
)

// A Cancellation takes one store credit out of the wallet, as when the gift card was
// refunded, the voucher was a fraud or the credit a mistake. What an order paid back,
// [Refund] takes back.
type Cancellation struct {
	Key    string    `json:"key"`
	Credit string    `json:"credit"` // its key
	At     time.Time `json:"at"`
}

// Cancel takes all that is left of a credit, expired or not, and no more: what of it was
// spent stays spent, and is cancelled if it is given back. Event.Cancelled says how much
// was left. A credit that is not known is [UnknownCredit], or [PeriodClosed] once a period
// is closed, and one that was cancelled before is [CreditCancelled].
func (e *Engine) Cancel(w *Wallet, x Cancellation) (Decision, error) {
	d := e.start(w, Event{Type: Cancelled, Key: x.Key, Credit: x.Credit, At: x.At})
	d.Name("Credit", x.Credit)
	return d.decide(func(ev *Event) error {
		c, err := w.credit(x.Credit)
		if err != nil {
			return err
		}
		var short int64
		ev.Parts, short = w.plan(c.lot, money.MaxExact, 0, true)
		ev.Cancelled = money.MaxExact - short
		return nil
	})
}

// credit returns the credit with a name, if it can be used.
func (w *Wallet) credit(name string) (credit, error) {
	c, known := w.credits[name]
	switch {
	case !known:
		return credit{}, refuse(w.forgotten(UnknownCredit))
	case c.void:
		return credit{}, refuse(CreditCancelled)
	}
	return c, nil
}
