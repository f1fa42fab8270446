package structural

import (
	"math"
	"math/big"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/internal/money"
)

// A CostType says what kind of a barrier keeps a customer, as Burnham, Frels and Mahajan
// divide them.
type CostType string

// The types of switching costs.
const (
	Procedural CostType = "procedural" // time and trouble: to compare, to set up, to learn
	Financial  CostType = "financial"  // money and benefits that are lost
	Relational CostType = "relational" // people and a name that one leaves
)

// Switching is what a customer would gain and lose by leaving. It is plain data, safe for
// concurrent use while nobody changes it. Amounts are money, 0 or more; quantities are
// exact, and rates have at most nine fraction digits.
type Switching struct {
	Digits int // fraction digits of the currency, 0 to 9

	// Positive barriers: what staying gives on.
	TierBenefits decimal.Decimal // worth of what the tier gives, a year, at the end of each
	Years        int             // over which they are counted, 1 to 100
	Discount     decimal.Decimal // rate a year, 0 to 1
	Relational   decimal.Decimal // worth of the people who know the customer

	// Negative barriers: what leaving costs or destroys.
	Points        decimal.Decimal // quantity of points that would be forfeited
	PointValue    decimal.Decimal // worth of one, exact
	Breakage      decimal.Decimal // share that would never be redeemed anyhow, 0 to 1
	PrepaidUnits  decimal.Decimal // quantity of entitlements that were paid for
	PrepaidValue  decimal.Decimal // worth of one
	ExitFee       decimal.Decimal
	SetupHours    decimal.Decimal // quantity
	LearningHours decimal.Decimal // quantity
	HourRate      decimal.Decimal // worth of an hour of the customer's

	Offer decimal.Decimal // what a competitor offers for coming

	// Attitude is how much better the customer thinks of us than of others, on any scale on
	// which less than AttitudeCut is low; both finite.
	Attitude, AttitudeCut float64
	// NegativeMin is the share of negative barriers from which on they keep the customer, 0
	// to 1.
	NegativeMin decimal.Decimal
}

// A SwitchingStatement says in money what leaving would cost a customer. Components are
// rounded once each, half away from zero; the rest are their sums.
type SwitchingStatement struct {
	TierBenefits decimal.Decimal // Σ benefits/(1 + discount)^t over the years, positive
	Relational   decimal.Decimal // positive
	Points       decimal.Decimal // points · value · (1 - breakage), negative as those below
	Prepaid      decimal.Decimal
	ExitFee      decimal.Decimal
	Setup        decimal.Decimal
	Learning     decimal.Decimal

	Positive decimal.Decimal // barriers that staying gives on
	Negative decimal.Decimal // barriers that leaving destroys or costs
	Offer    decimal.Decimal // of the competitor
	Net      decimal.Decimal // Positive + Negative - Offer: what leaving costs; below 0, it pays

	ProceduralCost decimal.Decimal // Setup + Learning
	FinancialCost  decimal.Decimal // TierBenefits + Points + Prepaid + ExitFee
	RelationalCost decimal.Decimal // Relational

	// NegativeShare is Negative/(Positive + Negative); nil without any barrier.
	NegativeShare *float64
	// Spurious says that loyalty is: barriers that punish keep a customer whose attitude is
	// low, who leaves once they fall.
	Spurious bool
}

// Statement adds up what leaving would cost. It fails with [relmark.ErrInvalid] on input
// that breaks a rule, and with [relmark.ErrLimit] where a sum comes to more than 2^53-1
// minor units.
func (s Switching) Statement() (SwitchingStatement, error) {
	x, err := s.read()
	if err != nil {
		return SwitchingStatement{}, err
	}
	n, ok := x.components(s.Digits, s.Years)
	if !ok {
		return SwitchingStatement{}, tooMuch()
	}
	m := func(minor int64) decimal.Decimal { return money.Decimal(minor, s.Digits) }
	positive := n.tier + x.relational
	negative := n.points + n.prepaid + x.exit + n.setup + n.learning
	out := SwitchingStatement{
		TierBenefits: m(n.tier), Relational: m(x.relational), Points: m(n.points), Prepaid: m(n.prepaid),
		ExitFee: m(x.exit), Setup: m(n.setup), Learning: m(n.learning),
		Positive: m(positive), Negative: m(negative), Offer: m(x.offer), Net: m(positive + negative - x.offer),
		ProceduralCost: m(n.setup + n.learning), FinancialCost: m(n.tier + n.points + n.prepaid + x.exit), RelationalCost: m(x.relational),
	}
	if all := positive + negative; all > 0 {
		share := big.NewRat(negative, all)
		f, _ := share.Float64()
		out.NegativeShare = &f
		out.Spurious = share.Cmp(x.least) >= 0 && s.Attitude < s.AttitudeCut-1e-12*max(1, math.Abs(s.AttitudeCut))
	}
	return out, nil
}

// Validate reports every rule that s breaks, joined into one error.
func (s Switching) Validate() error {
	_, err := s.read()
	return err
}

// switching is a Switching in exact numbers: money in minor units, and worth as fractions of
// whole ones.
type switching struct {
	tier, hour, prepaidValue               *big.Rat
	relational, exit, offer                int64
	points, pointValue, breakage, discount *big.Rat
	prepaid, setup, learning, least        *big.Rat
}

func (s *Switching) read() (switching, error) {
	var c checker
	c.digits(s.Digits)
	worth := func(d decimal.Decimal, field string) *big.Rat {
		return fraction(c.amount(d, s.Digits, field), max(0, min(s.Digits, maxDigits)))
	}
	c.Check(s.Years >= 1 && s.Years <= 100, "Years", s.Years, "must be 1 to 100")
	x := switching{
		tier: worth(s.TierBenefits, "TierBenefits"), discount: c.ratio(s.Discount, "Discount"),
		relational: c.amount(s.Relational, s.Digits, "Relational"),
		points:     c.quantity(s.Points, "Points"), pointValue: c.quantity(s.PointValue, "PointValue"), breakage: c.ratio(s.Breakage, "Breakage"),
		prepaid: c.quantity(s.PrepaidUnits, "PrepaidUnits"), prepaidValue: worth(s.PrepaidValue, "PrepaidValue"),
		exit:  c.amount(s.ExitFee, s.Digits, "ExitFee"),
		setup: c.quantity(s.SetupHours, "SetupHours"), learning: c.quantity(s.LearningHours, "LearningHours"), hour: worth(s.HourRate, "HourRate"),
		offer: c.amount(s.Offer, s.Digits, "Offer"), least: c.ratio(s.NegativeMin, "NegativeMin"),
	}
	c.Check(math.Abs(s.Attitude) <= math.MaxFloat64, "Attitude", s.Attitude, "must be finite")
	c.Check(math.Abs(s.AttitudeCut) <= math.MaxFloat64, "AttitudeCut", s.AttitudeCut, "must be finite")
	return x, c.Err(room)
}

// components are amounts in minor units, each rounded once.
type components struct{ tier, points, prepaid, setup, learning int64 }

// components computes and rounds; false if anything, or all together, is too much.
func (x *switching) components(digits, years int) (n components, ok bool) {
	one := big.NewRat(1, 1)
	total := x.relational + x.exit // of at most 2^53 each
	ok = true
	round := func(value *big.Rat) int64 {
		minor, fits := rounded(value, digits)
		ok = ok && fits
		total += minor
		return minor
	}
	n.tier = round(present(x.tier, x.discount, years))
	n.points = round(product(x.points, x.pointValue, new(big.Rat).Sub(one, x.breakage)))
	n.prepaid = round(product(x.prepaid, x.prepaidValue))
	n.setup = round(product(x.setup, x.hour))
	n.learning = round(product(x.learning, x.hour))
	return n, ok && total <= money.MaxExact
}

// present returns the present value of an amount at the end of each of some years, by
// Horner's rule.
func present(amount, discount *big.Rat, years int) *big.Rat {
	sum := new(big.Rat)
	factor := new(big.Rat).Inv(new(big.Rat).Add(big.NewRat(1, 1), discount))
	for range years {
		sum.Mul(sum.Add(sum, amount), factor)
	}
	return sum
}

func product(first *big.Rat, more ...*big.Rat) *big.Rat {
	out := new(big.Rat).Set(first)
	for _, x := range more {
		out.Mul(out, x)
	}
	return out
}

type switchingJSON struct {
	V             int         `json:"v"`
	Digits        int         `json:"digits"`
	TierBenefits  money.Plain `json:"tier_benefits,omitzero"`
	Years         int         `json:"years"`
	Discount      money.Plain `json:"discount,omitzero"`
	Relational    money.Plain `json:"relational,omitzero"`
	Points        money.Plain `json:"points,omitzero"`
	PointValue    money.Plain `json:"point_value,omitzero"`
	Breakage      money.Plain `json:"breakage,omitzero"`
	PrepaidUnits  money.Plain `json:"prepaid_units,omitzero"`
	PrepaidValue  money.Plain `json:"prepaid_value,omitzero"`
	ExitFee       money.Plain `json:"exit_fee,omitzero"`
	SetupHours    money.Plain `json:"setup_hours,omitzero"`
	LearningHours money.Plain `json:"learning_hours,omitzero"`
	HourRate      money.Plain `json:"hour_rate,omitzero"`
	Offer         money.Plain `json:"offer,omitzero"`
	Attitude      float64     `json:"attitude"`
	AttitudeCut   float64     `json:"attitude_cut"`
	NegativeMin   money.Plain `json:"negative_min"`
}

// MarshalJSON encodes valid input, amounts as exact text, with the version in front.
func (s Switching) MarshalJSON() ([]byte, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	p := func(d decimal.Decimal) money.Plain { return money.Plain(d) }
	return encode(switchingJSON{
		version, s.Digits, p(s.TierBenefits), s.Years, p(s.Discount), p(s.Relational), p(s.Points), p(s.PointValue), p(s.Breakage),
		p(s.PrepaidUnits), p(s.PrepaidValue), p(s.ExitFee), p(s.SetupHours), p(s.LearningHours), p(s.HourRate), p(s.Offer), s.Attitude, s.AttitudeCut, p(s.NegativeMin),
	})
}

// UnmarshalJSON decodes what [Switching.MarshalJSON] writes, of any version that was ever
// written. It fails with [relmark.ErrUnsupported] on an unknown version and with
// [relmark.ErrInvalid] on anything else, and leaves s unchanged then.
func (s *Switching) UnmarshalJSON(data []byte) error {
	var in switchingJSON
	if err := decode("switching", data, &in); err != nil {
		return err
	}
	d := func(p money.Plain) decimal.Decimal { return decimal.Decimal(p) }
	out := Switching{
		in.Digits, d(in.TierBenefits), in.Years, d(in.Discount), d(in.Relational), d(in.Points), d(in.PointValue), d(in.Breakage),
		d(in.PrepaidUnits), d(in.PrepaidValue), d(in.ExitFee), d(in.SetupHours), d(in.LearningHours), d(in.HourRate), d(in.Offer), in.Attitude, in.AttitudeCut, d(in.NegativeMin),
	}
	if err := out.Validate(); err != nil {
		return err
	}
	*s = out
	return nil
}

type statementJSON struct {
	TierBenefits  money.Plain `json:"tier_benefits"`
	Relational    money.Plain `json:"relational"`
	Points        money.Plain `json:"points"`
	Prepaid       money.Plain `json:"prepaid"`
	ExitFee       money.Plain `json:"exit_fee"`
	Setup         money.Plain `json:"setup"`
	Learning      money.Plain `json:"learning"`
	Positive      money.Plain `json:"positive"`
	Negative      money.Plain `json:"negative"`
	Offer         money.Plain `json:"offer"`
	Net           money.Plain `json:"net"`
	Procedural    money.Plain `json:"procedural_cost"`
	Financial     money.Plain `json:"financial_cost"`
	RelationalSum money.Plain `json:"relational_cost"`
	NegativeShare *float64    `json:"negative_share"`
	Spurious      bool        `json:"spurious"`
}

// MarshalJSON encodes the statement as its fields, amounts as exact text, a missing share as
// null.
func (s SwitchingStatement) MarshalJSON() ([]byte, error) {
	p := func(d decimal.Decimal) money.Plain { return money.Plain(d) }
	return encode(statementJSON{
		p(s.TierBenefits), p(s.Relational), p(s.Points), p(s.Prepaid), p(s.ExitFee), p(s.Setup), p(s.Learning), p(s.Positive), p(s.Negative),
		p(s.Offer), p(s.Net), p(s.ProceduralCost), p(s.FinancialCost), p(s.RelationalCost), s.NegativeShare, s.Spurious,
	})
}

// UnmarshalJSON decodes what [SwitchingStatement.MarshalJSON] writes. It fails with
// [relmark.ErrInvalid] on anything else, and leaves s unchanged then.
func (s *SwitchingStatement) UnmarshalJSON(data []byte) error {
	var in statementJSON
	if err := alone("statement", data, &in); err != nil {
		return err
	}
	d := func(p money.Plain) decimal.Decimal { return decimal.Decimal(p) }
	*s = SwitchingStatement{
		d(in.TierBenefits), d(in.Relational), d(in.Points), d(in.Prepaid), d(in.ExitFee), d(in.Setup), d(in.Learning), d(in.Positive), d(in.Negative),
		d(in.Offer), d(in.Net), d(in.Procedural), d(in.Financial), d(in.RelationalSum), in.NegativeShare, in.Spurious,
	}
	return nil
}
