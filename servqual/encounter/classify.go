package encounter

import (
	"math"

	"github.com/relmark/relmark/internal/fault"
)

// ServiceFacts are what is known of how a service is made. They are plain data.
type ServiceFacts struct {
	ContactTime float64 `json:"contact_time"` // time that customers are there or on the line; finite, 0 or more
	TotalTime   float64 `json:"total_time"`   // time that making the service takes, in the same unit; above 0, ContactTime or more
	Variants    []int64 `json:"variants"`     // how often each form of the service was delivered; each 0 to 2⁴⁰, one above 0
	GoodsValue  float64 `json:"goods_value"`  // what goods are worth in it, 0 or more
	TotalValue  float64 `json:"total_value"`  // of goods and service; above 0, GoodsValue or more
}

func (f ServiceFacts) check(l *fault.List) {
	l.Check(f.ContactTime >= 0 && f.ContactTime <= f.TotalTime, "ContactTime", f.ContactTime, "must be 0 to TotalTime")
	l.Check(f.TotalTime > 0 && fault.Finite(f.TotalTime), "TotalTime", f.TotalTime, "must be finite and > 0")
	l.Check(f.GoodsValue >= 0 && f.GoodsValue <= f.TotalValue, "GoodsValue", f.GoodsValue, "must be 0 to TotalValue")
	l.Check(f.TotalValue > 0 && fault.Finite(f.TotalValue), "TotalValue", f.TotalValue, "must be finite and > 0")
	l.Check(len(f.Variants) <= most, "Variants", len(f.Variants), "must be 1000 at most")
	some := false
	for i, n := range f.Variants[:min(len(f.Variants), most)] {
		if n < 0 || n > maxCount {
			l.Add(fault.Item("Variants", i), n, "must be 0 to 2^40")
		}
		some = some || n > 0
	}
	l.Check(some, "Variants", nil, "must have one above 0")
}

// A Degree is high, medium or low.
type Degree string

// The degrees.
const (
	Low    Degree = "low"
	Medium Degree = "medium"
	High   Degree = "high"
)

// Cuts say from where on an index is medium and high, 0 ≤ Medium ≤ High ≤ 1. nil is a third
// and two thirds. They are plain data.
type Cuts struct {
	Medium *float64 `json:"medium,omitempty"`
	High   *float64 `json:"high,omitempty"`
}

func (c Cuts) values() (medium, high float64) {
	medium, high = 1.0/3, 2.0/3
	if c.Medium != nil {
		medium = *c.Medium
	}
	if c.High != nil {
		high = *c.High
	}
	return medium, high
}

// degree returns what an index is: one on a cut has the higher degree.
func (c Cuts) degree(x float64) Degree {
	switch medium, high := c.values(); {
	case x >= high:
		return High
	case x >= medium:
		return Medium
	}
	return Low
}

// A Class is what kind of service it is. It is plain data.
type Class struct {
	Contact       float64 `json:"contact"` // share of time in which the customer is there (Chase 1978)
	ContactDegree Degree  `json:"contact_degree"`
	// Customisation is how evenly the forms of the service are delivered: Shannon's entropy over
	// the most that there could be for so many forms; 0 where all get the same.
	Customisation       float64 `json:"customisation"`
	CustomisationDegree Degree  `json:"customisation_degree"`
	Intangibility       float64 `json:"intangibility"` // share of the value that is service, not goods
	IntangibilityDegree Degree  `json:"intangibility_degree"`
	Kind                Kind    `json:"kind"`
	Points              Weights `json:"points"` // what to ask first: a prior for the questionnaire
}

// A Kind is a cell of the service process matrix (Schmenner 1986), by contact and
// customisation; an index of a half or more is high.
type Kind string

// The kinds of service.
const (
	ServiceFactory      Kind = "service_factory"      // little contact, standard: airlines, budget hotels
	ServiceShop         Kind = "service_shop"         // little contact, customised: repair shops
	MassService         Kind = "mass_service"         // much contact, standard: retail, schools
	ProfessionalService Kind = "professional_service" // much contact, customised: advisers, doctors
)

// Weights are points on the five dimensions of service quality, 100 in all. They are plain
// data.
type Weights struct {
	Tangibles      int `json:"tangibles"`
	Reliability    int `json:"reliability"`
	Responsiveness int `json:"responsiveness"`
	Assurance      int `json:"assurance"`
	Empathy        int `json:"empathy"`
}

// Classify returns what kind of service the facts show, and the weights of the five
// dimensions with which to begin until customers have been asked: reliability always counts
// most; goods make tangibles count more, contact responsiveness, customisation empathy, and
// what cannot be seen before makes assurance count more. It fails with a
// [relmark.FieldError] where facts or cuts are not as they say.
func Classify(f ServiceFacts, c Cuts) (Class, error) {
	var l fault.List
	f.check(&l)
	medium, high := c.values()
	l.Check(medium >= 0 && medium <= high && high <= 1, "Cuts", nil, "must be 0 <= Medium <= High <= 1")
	if err := l.Err(room); err != nil {
		return Class{}, err
	}
	out := Class{Contact: f.ContactTime / f.TotalTime, Customisation: evenness(f.Variants), Intangibility: 1 - f.GoodsValue/f.TotalValue}
	out.ContactDegree, out.CustomisationDegree, out.IntangibilityDegree = c.degree(out.Contact), c.degree(out.Customisation), c.degree(out.Intangibility)
	out.Kind = kindOf(out.Contact >= 0.5, out.Customisation >= 0.5)
	out.Points = weights(out)
	return out, nil
}

// kindOf returns the cell of the matrix.
func kindOf(contact, customised bool) Kind {
	switch {
	case contact && customised:
		return ProfessionalService
	case contact:
		return MassService
	case customised:
		return ServiceShop
	}
	return ServiceFactory
}

// evenness returns the entropy of counts over that of as many equal ones; 0 for one.
func evenness(counts []int64) float64 {
	sum, entropy := 0.0, 0.0
	for _, n := range counts {
		sum += float64(n)
	}
	for _, n := range counts {
		if p := float64(n) / sum; p > 0 {
			entropy -= float64(p * math.Log(p))
		}
	}
	if len(counts) < 2 {
		return 0
	}
	return min(max(entropy/math.Log(float64(len(counts))), 0), 1)
}

// weights splits 100 points by largest remainder; ties go to the dimension named first.
func weights(c Class) Weights {
	parts := [5]float64{1.5 - c.Intangibility, 2, 0.5 + c.Contact, 0.5 + c.Intangibility, 0.5 + (c.Contact+c.Customisation)/2}
	sum := 0.0
	for _, p := range parts {
		sum += p
	}
	var points [5]int
	var rest [5]float64
	left := 100
	for i, p := range parts {
		exact := 100 * p / sum
		points[i] = int(exact)
		rest[i] = exact - float64(points[i])
		left -= points[i]
	}
	for range left {
		largest := 0
		for i, r := range rest {
			if r > rest[largest]+1e-9 {
				largest = i
			}
		}
		points[largest]++
		rest[largest] = -1
	}
	return Weights{points[0], points[1], points[2], points[3], points[4]}
}

// Contingencies are the five on which it depends how much freedom front-line staff should
// have (Bowen and Lawler 1992), each from 1, which speaks for a production line, to 5, which
// speaks for empowerment. They are plain data.
type Contingencies struct {
	Strategy    float64 `json:"strategy"`    // low cost and volume, to differentiation and personal service
	Tie         float64 `json:"tie"`         // single transactions, to long relationships
	Technology  float64 `json:"technology"`  // routine and simple, to complex and not routine
	Environment float64 `json:"environment"` // predictable, to full of surprises
	People      float64 `json:"people"`      // staff who want rules and little growth, to staff who want growth and have the skills
}

// A Design is how to lead front-line staff.
type Design string

// The designs.
const (
	ProductionLine Design = "production_line" // simple tasks, clear rules, equipment in place of people
	Involvement    Design = "involvement"     // between the two: suggestions, enriched jobs
	Empowerment    Design = "empowerment"     // discretion, information, rewards
)

// A Fit is how far a design fits. It is plain data.
type Fit struct {
	Score   float64 `json:"score"` // 5 to 25: the sum
	Design  Design  `json:"design"`
	Against int     `json:"against"` // contingencies that speak for the other side: 2 or less for empowerment, 4 or more for a production line
}

// rounding5 is more than what rounding five contingencies and their sum makes of it.
const rounding5 = 1e-12

// DesignFor returns which design the five contingencies speak for: their sum up to 11⅔ a
// production line, from 18⅓ on empowerment, thirds of the range from 5 to 25. It fails with a
// [relmark.FieldError] unless each is 1 to 5.
func DesignFor(c Contingencies) (Fit, error) {
	var l fault.List
	list := []float64{c.Strategy, c.Tie, c.Technology, c.Environment, c.People}
	for i, field := range []string{"Strategy", "Tie", "Technology", "Environment", "People"} {
		l.Between(field, list[i], 1, 5)
	}
	if err := l.Err(room); err != nil {
		return Fit{}, err
	}
	f := Fit{Design: Involvement}
	low, high := 0, 0
	for _, x := range list {
		f.Score += x
		if x <= 2 {
			low++
		}
		if x >= 4 {
			high++
		}
	}
	switch {
	case f.Score <= 5+20.0/3+rounding5:
		f.Design, f.Against = ProductionLine, high
	case f.Score >= 5+40.0/3-rounding5:
		f.Design, f.Against = Empowerment, low
	}
	return f, nil
}
