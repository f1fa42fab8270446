package evaluation

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"math/bits"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

const (
	// MaxPeriods is how many periods a log may be divided into.
	MaxPeriods = 64

	maxDigits = 9
)

// A Purchase says that a customer bought a service, or paid for it again. It is plain data.
type Purchase[U, I relmark.ID] struct {
	Customer U               `json:"customer"` // UTF-8 if it is text
	Service  I               `json:"service"`  // UTF-8 if it is text
	At       time.Time       `json:"at"`
	Amount   decimal.Decimal `json:"amount"` // 0 or more, in the one currency of the log; leave out what was returned
}

// ServiceParams say which periods a log has and in which money it is. It is plain data.
type ServiceParams struct {
	// Edges are the beginnings of the periods, ascending, and the end of the last one, such
	// as the firsts of months: 3 to 65 of them.
	Edges  []time.Time `json:"edges"`
	Digits int         `json:"digits"` // fraction digits of amounts, 0 to 9
}

// Validate reports every rule that p breaks, joined into one error.
func (p ServiceParams) Validate() error {
	var l fault.List
	l.Check(len(p.Edges) >= 3 && len(p.Edges) <= MaxPeriods+1, "Edges", len(p.Edges), "must be 3 to 65")
	for i := range p.Edges {
		if !isTime(p.Edges[i]) {
			l.Add(fmt.Sprintf("Edges[%d]", i), nil, timeRule)
		} else if i > 0 && !p.Edges[i].After(p.Edges[i-1]) {
			l.Add(fmt.Sprintf("Edges[%d]", i), nil, "must be after the one before")
		}
	}
	l.Check(p.Digits >= 0 && p.Digits <= maxDigits, "Digits", p.Digits, "must be 0 to 9")
	return l.Err(room)
}

// Services keep who bought what in which periods, and for how much. Memory grows with
// customers and the services that they have, not with purchases. All of it is whole, so
// that parts of a log merge exactly. Obtain it from [NewServices]. It is not safe for
// concurrent mutation.
type Services[U, I relmark.ID] struct {
	opaque

	edges     []time.Time
	digits    int
	customers map[U]map[I]held
	total     int64 // minor units: all sums of some purchases are within it
}

// A held service is one that a customer bought: in which periods, a bit for each, and for
// how many minor units.
type held struct {
	periods uint64
	paid    int64
}

// NewServices returns a log without purchases. It fails exactly when
// [ServiceParams.Validate] does.
func NewServices[U, I relmark.ID](p ServiceParams) (*Services[U, I], error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	s := &Services[U, I]{digits: p.Digits, customers: map[U]map[I]held{}}
	for _, edge := range p.Edges {
		s.edges = append(s.edges, edge.UTC())
	}
	return s, nil
}

// Add adds a purchase, in any order. It fails with a [relmark.FieldError] for an identifier
// that is no UTF-8, for an amount that is below 0 or no whole minor units, and for a time
// outside all periods; and with [relmark.ErrLimit] where all amounts together pass an int64
// of minor units. s is unchanged then.
func (s *Services[U, I]) Add(p Purchase[U, I]) error {
	if s.customers == nil {
		return errZero("Services")
	}
	var l fault.List
	l.Check(codec.IsUTF8(&p.Customer), "Customer", nil, utf8Rule)
	l.Check(codec.IsUTF8(&p.Service), "Service", nil, utf8Rule)
	period, ok := s.period(p.At)
	l.Check(ok, "At", nil, "must be within the periods")
	paid, ok := money.Amount(p.Amount, s.digits)
	l.Check(ok, "Amount", nil, money.AmountRule)
	if l.Len() > 0 {
		return l.Err(room)
	}
	total, ok := money.Add(s.total, paid)
	if !ok {
		return overLimit("more money than an int64 holds")
	}
	s.total = total
	s.put(p.Customer, p.Service, held{1 << period, paid})
	return nil
}

// period returns the number of the period that a time is in, from 0.
func (s *Services[U, I]) period(at time.Time) (int, bool) {
	i, exact := slices.BinarySearchFunc(s.edges, at, time.Time.Compare)
	if !exact {
		i--
	}
	return i, i >= 0 && i < len(s.edges)-1
}

func (s *Services[U, I]) put(customer U, service I, h held) {
	services := s.customers[customer]
	if services == nil {
		services = map[I]held{}
		s.customers[customer] = services
	}
	old := services[service]
	services[service] = held{old.periods | h.periods, old.paid + h.paid}
}

// Merge adds the purchases of o, which stays as it is: exact, associative and commutative.
// It fails with a [relmark.FieldError] where o has other periods or digits, and with
// [relmark.ErrLimit] as [Services.Add] does; s is unchanged then.
func (s *Services[U, I]) Merge(o *Services[U, I]) error {
	if s.customers == nil || o == nil || o.customers == nil {
		return errZero("Services")
	}
	if s.digits != o.digits || !slices.EqualFunc(s.edges, o.edges, time.Time.Equal) {
		return invalid("Other", nil, "must have the same periods and digits")
	}
	total, ok := money.Add(s.total, o.total)
	if !ok {
		return overLimit("more money than an int64 holds")
	}
	s.total = total
	for customer, services := range o.customers {
		for service, h := range maps.Clone(services) { // o may be s itself
			s.put(customer, service, h)
		}
	}
	return nil
}

// Customers returns how many customers bought anything.
func (s *Services[U, I]) Customers() int64 { return int64(len(s.customers)) }

// Periods returns how many periods there are.
func (s *Services[U, I]) Periods() int { return max(len(s.edges)-1, 0) }

// Services returns the services that anybody bought, ascending.
func (s *Services[U, I]) Services() []I { return slices.Sorted(maps.Keys(s.spans())) }

// spans returns the periods in which anybody bought each service.
func (s *Services[U, I]) spans() map[I]uint64 {
	spans := map[I]uint64{}
	for _, services := range s.customers {
		for service, h := range services {
			spans[service] |= h.periods
		}
	}
	return spans
}

// An Attached service is one that holders of another one have. It is plain data.
type Attached[I relmark.ID] struct {
	Service I     `json:"service"`
	Rate    Share `json:"rate"` // of the holders of the other one who have it
	// Lift is the rate over the share of all customers who have the service: above 1 where
	// the two go together.
	Lift float64 `json:"lift"`
}

// Attach returns the attach rates of a service, the highest first, ties ascending: of those
// who hold it, the share who hold each other one, with an interval at a level above 0 and
// below 1. It fails with [relmark.ErrTooFew] where nobody holds the service.
func (s *Services[U, I]) Attach(service I, level float64) ([]Attached[I], error) {
	if err := levelError(level); err != nil {
		return nil, err
	}
	all, both, holders := map[I]int64{}, map[I]int64{}, int64(0)
	for _, services := range s.customers {
		_, holds := services[service]
		if holds {
			holders++
		}
		for other := range services {
			all[other]++
			if holds && other != service {
				both[other]++
			}
		}
	}
	if holders == 0 {
		return nil, tooFew("nobody holds the service")
	}
	list := make([]Attached[I], 0, len(all)-1)
	for other, n := range all {
		if other != service {
			rate := share(both[other], holders, level)
			list = append(list, Attached[I]{other, rate, rate.Value / (float64(n) / float64(len(s.customers)))})
		}
	}
	slices.SortFunc(list, func(a, b Attached[I]) int {
		return cmp.Or(cmp.Compare(b.Rate.Count, a.Rate.Count), cmp.Compare(a.Service, b.Service))
	})
	return list, nil
}

// A CutAssumption says what holders of a service do once it is gone. It is plain data.
type CutAssumption struct {
	Leave   float64 `json:"leave"`   // share of them who leave the firm altogether, 0 to 1
	Replace float64 `json:"replace"` // of what those who stay paid for it, the share that they spend on other services instead, 0 to 1
}

// Validate reports every rule that a breaks, joined into one error.
func (a CutAssumption) Validate() error {
	var l fault.List
	l.Between("Leave", a.Leave, 0, 1)
	l.Between("Replace", a.Replace, 0, 1)
	return l.Err(room)
}

// A Cut is what falls if a service is cut, in the money of the log, over the whole of it. It
// is plain data.
type Cut struct {
	Holders int64           `json:"holders"` // customers who have it
	Alone   int64           `json:"alone"`   // of them, those who have nothing else
	Own     decimal.Decimal `json:"own"`     // revenue of the service
	Others  decimal.Decimal `json:"others"`  // revenue of other services with its holders
	AtRisk  decimal.Decimal `json:"at_risk"` // Own + Others: no more can be lost than with all its holders
	Total   decimal.Decimal `json:"total"`   // revenue of everything
	// Lost and Remains are what follows from the assumption: lost are Leave·(Own + Others)
	// and (1 − Leave)·(1 − Replace)·Own, and the total less that remains. They are
	// estimates, within rounding.
	Lost    float64 `json:"lost"`
	Remains float64 `json:"remains"`
}

// Cut returns what falls if a service is cut. It fails as [CutAssumption.Validate] does, and
// with [relmark.ErrTooFew] where nobody holds the service.
func (s *Services[U, I]) Cut(service I, a CutAssumption) (Cut, error) {
	if err := a.Validate(); err != nil {
		return Cut{}, err
	}
	var c Cut
	var own, others int64
	for _, services := range s.customers {
		h, holds := services[service]
		if !holds {
			continue
		}
		c.Holders++
		if len(services) == 1 {
			c.Alone++
		}
		own += h.paid
		for _, other := range services {
			others += other.paid
		}
	}
	if c.Holders == 0 {
		return Cut{}, tooFew("nobody holds the service")
	}
	unit := math.Pow10(s.digits)
	lost := float64(a.Leave*float64(others)) + float64((1-a.Leave)*(1-a.Replace)*float64(own))
	c.Lost, c.Remains = lost/unit, (float64(s.total)-lost)/unit
	c.Own, c.Others = money.Decimal(own, s.digits), money.Decimal(others-own, s.digits)
	c.AtRisk, c.Total = money.Decimal(others, s.digits), money.Decimal(s.total, s.digits)
	return c, nil
}

// first returns the number of the first of some periods.
func first(periods uint64) int { return bits.TrailingZeros64(periods) }

// last returns the number of the last of some periods.
func last(periods uint64) int { return 63 - bits.LeadingZeros64(periods) }
