package structural

import (
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/internal/money"
)

// A CreditCap is what an agreement credits at most over several periods, such as a quarter
// of the fees of any twelve months. It is plain data.
type CreditCap struct {
	Periods int             // that follow each other, 1 to 1000
	Percent decimal.Decimal // of their fees together, above 0 to 100, with at most nine fraction digits
}

const mostWindow = 1000 // periods, whose fees together fit in 64 bits

func (c *checker) window(x *CreditCap) int64 {
	if x == nil {
		return 0
	}
	c.Check(x.Periods >= 1 && x.Periods <= mostWindow, "Total.Periods", x.Periods, "must be 1 to 1000")
	return c.percent(x.Percent, "Total.Percent")
}

// Settle returns the credits of periods that follow each other, cut to what Total leaves:
// none takes those of the Periods that end with it above Percent of their fees, rounded half
// away from zero. Earlier periods have their credits first, and those before the list are
// taken to have had none: for a cap on each year of the contract settle the periods of one
// year, for one on any twelve months settle them from the first on. Without a Total the
// credits come back as they are. It fails with [relmark.ErrInvalid] on an SLA that breaks a
// rule and on a credit that is no amount up to the fee. It takes linear time.
func (s SLA) Settle(credits []SLACredit) ([]SLACredit, error) {
	x, err := s.read()
	if err != nil {
		return nil, err
	}
	var c checker
	due := make([]int64, len(credits))
	for i := range credits {
		if c.Full() {
			break
		}
		n, ok := money.Amount(credits[i].Credit, s.Digits)
		c.Check(ok && n <= x.fee, fmt.Sprintf("Credits[%d].Credit", i), nil, "must be an amount up to the fee")
		due[i] = n
	}
	if err := c.Err(room); err != nil {
		return nil, err
	}
	out := slices.Clone(credits)
	if s.Total != nil {
		s.cut(&x, due, out)
	}
	return out, nil
}

// cut cuts credits that are due to the total of each window.
func (s *SLA) cut(x *sla, due []int64, out []SLACredit) {
	total, _ := money.MulDiv(x.fee, x.total*int64(s.Total.Periods), hundred, money.HalfUp) // at most a thousand fees
	left := total
	for i, n := range due {
		if first := i - s.Total.Periods; first >= 0 {
			left += due[first] // what it was cut to
		}
		due[i] = min(n, left)
		left -= due[i]
		if due[i] < n {
			out[i].Capped = true
			out[i].Cut = money.Decimal(n-due[i], s.Digits)
			out[i].Credit = money.Decimal(due[i], s.Digits)
		}
	}
}

type creditCapJSON struct {
	Periods int         `json:"periods"`
	Percent money.Plain `json:"percent"`
}

// MarshalJSON encodes the cap as its fields, as exact text.
func (x CreditCap) MarshalJSON() ([]byte, error) {
	return encode(creditCapJSON{x.Periods, money.Plain(x.Percent)})
}

// UnmarshalJSON decodes what [CreditCap.MarshalJSON] writes; whether it is valid,
// [SLA.Validate] says. It fails with [relmark.ErrInvalid], and leaves x unchanged then.
func (x *CreditCap) UnmarshalJSON(data []byte) error {
	var in creditCapJSON
	if err := alone("credit cap", data, &in); err != nil {
		return err
	}
	*x = CreditCap{in.Periods, decimal.Decimal(in.Percent)}
	return nil
}
