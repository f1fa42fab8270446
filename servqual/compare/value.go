package compare

import (
	"github.com/relmark/relmark/internal/fault"
)

const room = "compare" // whose errors these are

// An Offer is what customers get of a service and what they give for it. Results and
// Process have one unit, Price and Effort another. It is plain data.
type Offer struct {
	Results float64 `json:"results"` // what the service did for them; 0 to 1e300
	Process float64 `json:"process"` // how it was done; 0 to 1e300
	Price   float64 `json:"price"`   // 0 to 1e300
	Effort  float64 `json:"effort"`  // cost of obtaining the service: travel, waiting, trouble; 0 to 1e300
}

const maxPart = 1e300

// Validate reports every rule that o breaks, joined into one error: something must be
// given for the service.
func (o Offer) Validate() error {
	var l fault.List
	o.check(&l)
	return l.Err(room)
}

func (o Offer) check(l *fault.List) {
	part := func(field string, x float64) {
		l.Check(x >= 0 && x <= maxPart, field, x, "must be 0 to 1e300")
	}
	part("Results", o.Results)
	part("Process", o.Process)
	part("Price", o.Price)
	part("Effort", o.Effort)
	if l.Len() == 0 {
		l.Check(o.given() > 0, "Price", o.Price, "must be above 0 together with Effort")
		l.Check(!(o.given() > 0) || fault.Finite(o.value()), "Price", o.Price, "must give a finite value")
	}
}

func (o Offer) got() float64   { return o.Results + o.Process }
func (o Offer) given() float64 { return o.Price + o.Effort }
func (o Offer) value() float64 { return o.got() / o.given() }

// Value returns (Results + Process)/(Price + Effort). It fails as [Offer.Validate] does.
func (o Offer) Value() (float64, error) {
	if err := o.Validate(); err != nil {
		return 0, err
	}
	return o.value(), nil
}

// A Sensitivity says what moves the value of an offer: by how many percent it changes
// when one part rises by one percent. It is plain data.
type Sensitivity struct {
	Value   float64 `json:"value"`
	Results float64 `json:"results"` // 0 to 1; with Process 1 in all
	Process float64 `json:"process"`
	Price   float64 `json:"price"` // −1 to 0; with Effort −1 in all
	Effort  float64 `json:"effort"`
}

// Sensitivity returns the value and its elasticities. Of an offer that gives nothing the
// elasticities of results and process are 0. It fails as [Offer.Validate] does.
func (o Offer) Sensitivity() (Sensitivity, error) {
	if err := o.Validate(); err != nil {
		return Sensitivity{}, err
	}
	s := Sensitivity{Value: o.value(), Price: 0 - o.Price/o.given(), Effort: 0 - o.Effort/o.given()} // 0, never −0
	if got := o.got(); got > 0 {
		s.Results, s.Process = o.Results/got, o.Process/got
	}
	return s, nil
}

// PriceFor returns the price at which the offer has a value, with everything else as it is;
// false where no price of 0 or more has, as of an offer that gives nothing. It fails as
// [Offer.Validate] does, and with a [relmark.FieldError] unless the value is finite and above
// 0.
func (o Offer) PriceFor(value float64) (price float64, ok bool, err error) {
	var l fault.List
	o.check(&l)
	l.Check(value > 0 && fault.Finite(value), "Value", value, "must be finite and > 0")
	if err := l.Err(room); err != nil {
		return 0, false, err
	}
	price = o.got()/value - o.Effort
	if o.Price = price; !(price >= 0) || !fault.Finite(price) || !(o.given() > 0) {
		return 0, false, nil
	}
	return price, true, nil
}
