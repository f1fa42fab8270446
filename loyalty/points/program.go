package points

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

// A Program is a loyalty programme as plain data: store it, encode it, compare
// versions of it. [Compile] makes an [Engine] of it.
type Program struct {
	// Zone is where the programme's calendar hangs; nil is UTC.
	Zone *time.Location
	// Currency names the unit of all amounts, such as "EUR".
	Currency string
	// Digits is the number of fraction digits of the currency: 2 for EUR, 0 for JPY.
	Digits int
	// PointValue is what a point is worth when it pays, in the currency; ≥ 0. Zero
	// means that points cannot pay for orders.
	PointValue decimal.Decimal
	// Versions are the rules, each for its own dates; at least one.
	Versions []Version
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
	maxDigits = 9    // fraction digits of a currency
	maxRules  = 1000 // rules of one kind in a version, versions, and entries of a list in a condition
	maxName   = 200  // bytes of a name, key or identifier
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
	l.Check(validName(p.Currency), "Currency", nil, nameRule)
	l.Check(p.Digits >= 0 && p.Digits <= maxDigits, "Digits", p.Digits, "must be 0 to 9")
	l.Check(isRate(p.PointValue), "PointValue", nil, "must be ≥ 0 with at most 9 fraction digits")
	l.Check(p.MaturityDays >= 0 && p.MaturityDays <= maxDays, "MaturityDays", p.MaturityDays, "must be 0 to 36500")
	l.Check(p.Shortfall == Debt || p.Shortfall == Clamp || p.Shortfall == CashDeduct, "Shortfall", nil, "must be a known policy")
	l.Check(p.Payout == ByContribution || p.Payout == ByLot, "Payout", nil, "must be a known policy")
	if p.GraceDays != nil {
		l.Check(*p.GraceDays >= 0 && *p.GraceDays <= maxDays, "GraceDays", *p.GraceDays, "must be 0 to 36500")
	}
	l.Check(isShare(p.TransferFee), "TransferFee", nil, "must be 0 to 1 with at most 9 fraction digits")
	if n := len(p.Versions); n == 0 || n > maxRules {
		l.Add("Versions", n, "must be 1 to 1000")
		return l.Err("points")
	}
	for i := range p.Versions {
		v := &p.Versions[i]
		l.Join(fmt.Sprintf("Versions[%d]", i), v.validate())
		if j := slices.IndexFunc(p.Versions[:i], v.overlaps); j >= 0 {
			l.Add(fmt.Sprintf("Versions[%d]", i), nil, fmt.Sprintf("must not share dates with Versions[%d]", j))
		}
	}
	return l.Err("points")
}

const nameRule = "must be 1 to 200 bytes of UTF-8"

// isRate reports whether d is 0 or more and a fraction that [money.RateOf] can hold.
func isRate(d decimal.Decimal) bool {
	_, ok := rateOf(d)
	return ok
}

// isShare reports whether d is a rate from 0 to 1.
func isShare(d decimal.Decimal) bool {
	r, ok := rateOf(d)
	num, den := r.Fraction()
	return ok && num <= den
}

// rateOf returns d as a rate, false if it is negative or none, such as a decimal that
// no text can say.
func rateOf(d decimal.Decimal) (r money.Rate, ok bool) {
	if money.Bounded(d) != nil || d.Sign() < 0 {
		return r, false
	}
	r, err := money.RateOf(d)
	return r, err == nil
}

// A Version is the set of earning rules that is valid on a range of local dates.
type Version struct {
	Name        string       `json:"name,omitempty"`        // appears in events; may be empty
	From        relmark.Date `json:"from,omitzero"`         // first date; zero is open
	To          relmark.Date `json:"to,omitzero"`           // last date; zero is open
	Rates       []Rate       `json:"rates,omitempty"`       // points per amount, added up
	Multipliers []Multiplier `json:"multipliers,omitempty"` // factors on those
	Bonuses     []Bonus      `json:"bonuses,omitempty"`     // fixed points on top
	Goals       []Goal       `json:"goals,omitempty"`       // bonuses for what several orders add up to
	Caps        []Cap        `json:"caps,omitempty"`        // limits on what a member is granted
	Budgets     []Cap        `json:"budgets,omitempty"`     // limits on what all members are granted together; see [Usage]
	Stacking    Stacking     `json:"stacking,omitempty"`    // how multipliers combine
	Rounding    Rounding     `json:"rounding,omitempty"`    // of base times factor
}

// covers reports whether d lies in the dates of v.
func (v *Version) covers(d relmark.Date) bool {
	return !d.Before(v.From) && (v.To.IsZero() || !d.After(v.To))
}

// overlaps reports whether a date lies in both versions.
func (v *Version) overlaps(w Version) bool {
	return (v.To.IsZero() || !w.From.After(v.To)) && (w.To.IsZero() || !v.From.After(w.To))
}
