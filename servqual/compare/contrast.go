package compare

import (
	"math"

	"github.com/relmark/relmark/internal/fault"
)

// A Contrast says why one offer is worth more than another: factors that multiply to the
// ratio of their values, each above 1 where that part speaks for the first offer. It is
// plain data.
type Contrast struct {
	Ratio   float64 `json:"ratio"` // value of the first over that of the second
	Results float64 `json:"results"`
	Process float64 `json:"process"`
	Price   float64 `json:"price"`
	Effort  float64 `json:"effort"`
}

// Against compares the offer with another one, whose parts have the same units. With got
// and given the sums of an offer, the logarithm of the ratio is divided among the parts by
// what they differ in, over the logarithmic mean of the sums,
//
//	ln(got/got') = Σ (part − part')/L(got, got'), L(a, b) = (a − b)/ln(a/b)
//
// which leaves nothing over, and turns about with the offers. It fails as [Offer.Validate]
// does of both, and with a [relmark.FieldError] where one of them gives nothing, or the ratio
// is not finite.
func (o Offer) Against(other Offer) (Contrast, error) {
	var l, wrong fault.List
	o.check(&l)
	other.check(&wrong)
	l.Join("Other", wrong.Err(""))
	if l.Len() == 0 {
		l.Check(o.got() > 0, "Results", o.Results, "must be above 0 together with Process")
		l.Check(other.got() > 0, "Other.Results", other.Results, "must be above 0 together with Process")
	}
	c := Contrast{Ratio: o.got() / other.got() * (other.given() / o.given())}
	if l.Len() == 0 {
		l.Check(c.Ratio > 0 && fault.Finite(c.Ratio), "Other", nil, "must be near enough for a ratio above 0 that is finite")
	}
	if err := l.Err(room); err != nil {
		return Contrast{}, err
	}
	got, given := logMean(o.got(), other.got()), logMean(o.given(), other.given())
	c.Results, c.Process = math.Exp((o.Results-other.Results)/got), math.Exp((o.Process-other.Process)/got)
	c.Price, c.Effort = math.Exp((other.Price-o.Price)/given), math.Exp((other.Effort-o.Effort)/given)
	return c, nil
}

// logMean returns (a − b)/ln(a/b) of two numbers above 0; a where they are equal.
func logMean(a, b float64) float64 {
	switch near := (a - b) / b; {
	case a == b:
		return a
	case math.Abs(near) < 0.5:
		return (a - b) / math.Log1p(near)
	}
	return (a - b) / (math.Log(a) - math.Log(b)) // whose ratio may be beyond all numbers
}
