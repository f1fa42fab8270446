package points

import (
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/money"
	"github.com/relmark/relmark/loyalty/earning"
)

// An Engine is a compiled programme. It is an immutable value, safe for concurrent
// use. Obtain one from [Compile].
type Engine struct {
	opaque

	program Program
	earning *earning.Engine
	zone    *time.Location
	fee     money.Rate
}

// Compile validates a programme and prepares it. It keeps p's slices, which must
// not be changed afterwards. It fails with everything [Program.Validate] reports,
// and with [relmark.ErrLimit] where [earning.Compile] does.
func Compile(p Program) (*Engine, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	e := &Engine{program: p, zone: p.Zone}
	if e.zone == nil {
		e.zone = time.UTC
	}
	var err error
	if e.earning, err = earning.Compile(p.Rules); err != nil {
		return nil, within("", err)
	}
	if e.fee, err = money.RateOf(p.TransferFee); err != nil {
		return nil, fmt.Errorf("points: TransferFee: %w", relmark.ErrLimit)
	}
	return e, nil
}

// minor converts an amount of the programme's currency into minor units.
func (e *Engine) minor(field string, d decimal.Decimal, currency string) (int64, error) {
	n, err := e.earning.Minor(field, d, currency)
	return n, within("", err)
}

// Program returns the programme that was compiled.
func (e *Engine) Program() Program { return e.program }

// Earning returns what says how much orders earn, for quotes, warnings and budgets.
func (e *Engine) Earning() *earning.Engine { return e.earning }
