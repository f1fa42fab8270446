package abc

import (
	"math"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

// A Test is one of the four that a segment must pass to be worth a strategy of its
// own. The zero Test is none.
type Test string

// The tests.
const (
	Measurable Test = "measurable" // size and value can be told with precision
	Reachable  Test = "reachable"  // it can be contacted, and answers
	Profitable Test = "profitable" // it brings enough
	Growing    Test = "growing"    // it brings more from period to period
)

func tests() enum.Set[Test] { return enum.Of(Measurable, Reachable, Profitable, Growing) }

// An Outcome is what came of a test. The zero Outcome is none.
type Outcome string

// The outcomes.
const (
	Unknown Outcome = "unknown" // the data do not say
	Pass    Outcome = "pass"
	Fail    Outcome = "fail"
)

// and returns the outcome of two conditions that must both hold.
func (o Outcome) and(p Outcome) Outcome {
	switch {
	case o == Fail || p == Fail:
		return Fail
	case o == Unknown || p == Unknown:
		return Unknown
	default:
		return Pass
	}
}

// A Criterion is one condition of a test. The zero Criterion is none.
type Criterion string

// The criteria, with the figure of the [Report] that each looks at.
const (
	Size       Criterion = "size"       // Measurable: Customers ≥ MinCustomers
	Precision  Criterion = "precision"  // Measurable: Error ≤ MaxError
	Retention  Criterion = "retention"  // Measurable: Stability ≥ MinStability
	Access     Criterion = "access"     // Reachable: Reach ≥ MinReach
	Response   Criterion = "response"   // Reachable: Response ≥ MinResponse
	Profit     Criterion = "profit"     // Profitable: Value > MinValue
	Weight     Criterion = "weight"     // Profitable: ValueShare ≥ MinShare
	Growth     Criterion = "growth"     // Growing: Growth > MinGrowth
	Steadiness Criterion = "steadiness" // Growing: Variation ≤ MaxVariation
)

const allCriteria = 9

// Test returns the test that the criterion belongs to, the zero Test for a word that
// is no criterion.
func (c Criterion) Test() Test {
	switch c {
	case Size, Precision, Retention:
		return Measurable
	case Access, Response:
		return Reachable
	case Profit, Weight:
		return Profitable
	case Growth, Steadiness:
		return Growing
	default:
		return ""
	}
}

// Criteria says what a segment must reach. It is plain data; the zero value is the
// documented default. A limit that is nil is not tested, unless it has a default; one
// of 0 is a limit like any other.
type Criteria struct {
	MinCustomers int             // 1 or more; 0 is 30
	MaxError     float64         // relative error of the mean value, > 0; 0 is 0.20
	MinStability *float64        // 0 to 1; nil tests nothing
	MinReach     *float64        // 0 to 1; nil is 0.50
	MinResponse  *float64        // 0 to 1; nil tests nothing
	MinValue     decimal.Decimal // total contribution to exceed; may be negative
	MinShare     *float64        // 0 to 1; nil tests nothing
	MinGrowth    float64         // growth per period to exceed, > −1; 0 asks for any growth
	MaxVariation *float64        // 0 or more; nil tests nothing
}

// Validate reports the first rule that c breaks as a [relmark.FieldError].
func (c Criteria) Validate() error { return wrap(c.validate()) }

func (c Criteria) validate() error {
	if c.MinCustomers < 0 {
		return fault.New("MinCustomers", c.MinCustomers, "must be 1 or more, or 0 for 30")
	}
	for _, share := range [...]struct {
		field string
		v     *float64
	}{
		{"MinStability", c.MinStability},
		{"MinReach", c.MinReach},
		{"MinResponse", c.MinResponse},
		{"MinShare", c.MinShare},
	} {
		if share.v != nil && !(*share.v >= 0 && *share.v <= 1) {
			return fault.New(share.field, *share.v, "must be 0 to 1")
		}
	}
	switch {
	case !(c.MaxError >= 0) || !fault.Finite(c.MaxError):
		return fault.New("MaxError", c.MaxError, "must be finite and > 0, or 0 for 0.20")
	case !(c.MinGrowth > -1) || !fault.Finite(c.MinGrowth):
		return fault.New("MinGrowth", c.MinGrowth, "must be finite and above -1")
	case c.MaxVariation != nil && (!(*c.MaxVariation >= 0) || !fault.Finite(*c.MaxVariation)):
		return fault.New("MaxVariation", *c.MaxVariation, "must be finite and 0 or more")
	}
	_, err := exact("MinValue", c.MinValue)
	return err
}

// or returns valid c with its defaults filled in and MinValue in its own digits: a
// zero may come with an exponent that nothing should be scaled to.
func (c Criteria) or() Criteria {
	if c.MinCustomers == 0 {
		c.MinCustomers = 30
	}
	if c.MaxError == 0 {
		c.MaxError = 0.20
	}
	if c.MinReach == nil {
		c.MinReach = new(0.50)
	}
	least, _ := exact("MinValue", c.MinValue)
	c.MinValue = money.Decimal(least.units, least.digits)
	return c
}

// A Finding is the outcome of one criterion: what was found against its limit.
// Amounts are rounded to float64 here, not where they are compared. It is plain data.
type Finding struct {
	Criterion Criterion `json:"criterion"`
	Outcome   Outcome   `json:"outcome"`
	Found     Measure   `json:"found"`
	Limit     float64   `json:"limit"`
}

// judge returns the findings on a report, in the order of the criteria.
func (c Criteria) judge(r *Report) []Finding {
	list := make([]Finding, 0, allCriteria)
	least := func(k Criterion, found Measure, limit *float64) {
		if limit != nil {
			list = append(list, Finding{k, outcome(found, found.Value >= *limit), found, *limit})
		}
	}
	most := func(k Criterion, found Measure, limit *float64) {
		if limit != nil {
			list = append(list, Finding{k, outcome(found, found.Value <= *limit), found, *limit})
		}
	}
	least(Size, Measured(float64(r.Customers)), new(float64(c.MinCustomers)))
	most(Precision, r.Error, &c.MaxError)
	least(Retention, r.Stability, c.MinStability)
	least(Access, r.Reach, c.MinReach)
	least(Response, r.Response, c.MinResponse)
	value, limit := Measured(r.Value.InexactFloat64()), c.MinValue.InexactFloat64()
	list = append(list, Finding{Profit, outcome(value, r.Value.Cmp(c.MinValue) > 0), value, limit})
	least(Weight, r.ValueShare, c.MinShare)
	list = append(list, Finding{Growth, outcome(r.Growth, r.Growth.Value > c.MinGrowth), r.Growth, c.MinGrowth})
	most(Steadiness, r.Variation, c.MaxVariation)
	return list
}

func outcome(found Measure, holds bool) Outcome {
	switch {
	case !found.Known || math.IsNaN(found.Value):
		return Unknown
	case holds:
		return Pass
	default:
		return Fail
	}
}
