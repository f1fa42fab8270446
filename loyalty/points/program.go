package points

import (
	"errors"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
	"github.com/relmark/relmark/loyalty/earning"
)

// A Program is a loyalty programme as plain data: store it, encode it, compare
// versions of it. [Compile] makes an [Engine] of it.
type Program struct {
	// Rules are the currency, what points are worth, and what orders earn.
	earning.Rules
	// Expiry says how long points live.
	Expiry Expiry
	// MaturityDays is how many days points are pending: they can be spent from the
	// start of the local date of the activity plus as many days; 0 is at once.
	MaturityDays int
	// Shortfall says what happens when points to be taken back are gone.
	Shortfall Shortfall
	// GraceDays is for how many days after a refund the points that it restores live
	// on when their lot has expired: through that local date. Nil is not at all.
	GraceDays *int
	// TransferFee is the share of a transfer that is kept, 0 to 1, rounded up.
	TransferFee decimal.Decimal
	// Payout says what a member takes along who leaves a pool.
	Payout Payout
}

// A Shortfall says what happens when points are to be taken back that the member
// no longer has. The zero value is [Debt].
type Shortfall string

// The shortfall policies.
const (
	Debt       Shortfall = ""            // the member owes them; the next points earned pay
	Clamp      Shortfall = "clamp"       // nobody owes them; they are counted as unrecovered
	CashDeduct Shortfall = "cash_deduct" // as Clamp, and the cash refund is lower by their value
)

// A Payout says what a member takes along who leaves a pool. The zero value is
// [ByContribution].
type Payout string

// The payout policies.
const (
	ByContribution Payout = ""       // the balance in proportion to what members brought
	ByLot          Payout = "by_lot" // what is left of the lots that the member brought
)

// Bounds of a programme.
const (
	maxDigits = 9 // fraction digits of a currency
	maxDays   = 36_500
	maxPoints = money.MaxExact // exact in float64 too, and so with any consumer of JSON
)

// Validate reports the rules that p breaks, in one error that lists some of them and
// counts the others.
func (p Program) Validate() error {
	var l fault.List
	if err := p.Expiry.Validate(); err != nil {
		l.Join("Expiry", errors.Unwrap(err))
	}
	if err := p.Rules.Validate(); err != nil {
		l.Join("Rules", err)
	}
	l.Check(p.MaturityDays >= 0 && p.MaturityDays <= maxDays, "MaturityDays", p.MaturityDays, "must be 0 to 36500")
	l.Join("", enum.Of(Debt, Clamp, CashDeduct).Check("Shortfall", p.Shortfall))
	l.Join("", enum.Of(ByContribution, ByLot).Check("Payout", p.Payout))
	if p.GraceDays != nil {
		l.Check(*p.GraceDays >= 0 && *p.GraceDays <= maxDays, "GraceDays", *p.GraceDays, "must be 0 to 36500")
	}
	l.Check(isShare(p.TransferFee), "TransferFee", nil, "must be 0 to 1 with at most 9 fraction digits")
	return l.Err("points")
}

// isShare reports whether d is a rate from 0 to 1.
func isShare(d decimal.Decimal) bool {
	if money.Bounded(d) != nil || d.Sign() < 0 {
		return false
	}
	r, err := money.RateOf(d)
	num, den := r.Fraction()
	return err == nil && num <= den
}
