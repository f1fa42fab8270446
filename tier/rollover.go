package tier

import (
	"math"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/internal/fault"
)

// A Rollover carries what a member did beyond the level reached into the periods
// that follow. At the end of a period the threshold of the level reached is used
// up, the oldest carried amounts first; what is left of the period's own amount
// is carried. Nothing is carried by who reached nothing, nothing is used twice,
// and nothing carried counts for a lifetime. It is plain data.
type Rollover struct {
	Metric  string           // what is carried
	Cap     *decimal.Decimal // most that one period carries, 0 or more; nil: no limit
	Periods int              // in how many following periods it counts, 1 to 100; 0 is 1
}

// A roll is a compiled rollover.
type roll struct {
	metric  int
	most    int64
	periods int
}

const maxPeriods = 100

// compile turns o into a roll, nil if o is nil or wrong.
func (o *Rollover) compile(m *metrics, w Window) (*roll, error) {
	if o == nil {
		return nil, nil //nolint:nilnil // nothing is carried over
	}
	var errs fault.List
	out := roll{m.index(o.Metric), math.MaxInt64, max(o.Periods, 1)}
	errs.Check(!w.Kind.Rolling(), "", nil, "must be absent: the window rolls")
	errs.Check(o.Periods >= 0 && o.Periods <= maxPeriods, "Periods", o.Periods, "must be 0 to 100")
	if out.metric < 0 {
		errs.Add("Metric", nil, "must be a metric of the policy")
	} else if o.Cap != nil {
		var err error
		if out.most, err = m.units(out.metric, *o.Cap); err != nil {
			errs.Add("Cap", nil, err.Error())
		}
	}
	return &out, errs.Err("")
}

func (o *Rollover) clone() *Rollover {
	if o == nil {
		return nil
	}
	copied := *o
	if o.Cap != nil {
		most := *o.Cap
		copied.Cap = &most
	}
	return &copied
}
