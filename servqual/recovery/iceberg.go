package recovery

import (
	"math"

	"github.com/relmark/relmark/internal/fault"
)

// Numbers of the studies of complaint behaviour by TARP for the White House Office of
// Consumer Affairs, 1979 and 1986, as priors for [IcebergParams]. Measure your own.
const (
	TARPComplaintRate = 0.04 // of the dissatisfied, those who complain
	TARPTellers       = 10   // people who hear of it from each
)

// IcebergParams describe what lies below the complaints that are received. They are plain
// data.
type IcebergParams struct {
	Complaints       float64 `json:"complaints"`        // received in a period, 0 or more; an expected number need not be whole
	ComplaintRate    float64 `json:"complaint_rate"`    // of the dissatisfied, those who complain; above 0, 1 at most
	ResolvedShare    float64 `json:"resolved_share"`    // of the complaints, those resolved to content; 0 to 1
	DefectSilent     float64 `json:"defect_silent"`     // of the silent, those who leave; 0 to 1
	DefectResolved   float64 `json:"defect_resolved"`   // of the resolved, those who leave; 0 to 1
	DefectUnresolved float64 `json:"defect_unresolved"` // of the unresolved, those who leave; 0 to 1
	Tellers          float64 `json:"tellers"`           // people who hear of it from each who is not content, 0 or more
	Conversion       float64 `json:"conversion"`        // of those who hear, those lost as customers; 0 to 1
	CustomerValue    float64 `json:"customer_value"`    // what a customer is worth, in money; finite
}

// Validate reports every rule that p breaks, joined into one error.
func (p IcebergParams) Validate() error {
	var l fault.List
	count := func(field string, x float64) {
		l.Check(x >= 0 && fault.Finite(x), field, x, "must be finite and 0 or more")
	}
	count("Complaints", p.Complaints)
	l.Check(p.ComplaintRate > 0 && p.ComplaintRate <= 1, "ComplaintRate", p.ComplaintRate, "must be above 0 and at most 1")
	l.Between("ResolvedShare", p.ResolvedShare, 0, 1)
	l.Between("DefectSilent", p.DefectSilent, 0, 1)
	l.Between("DefectResolved", p.DefectResolved, 0, 1)
	l.Between("DefectUnresolved", p.DefectUnresolved, 0, 1)
	count("Tellers", p.Tellers)
	l.Between("Conversion", p.Conversion, 0, 1)
	l.Check(fault.Finite(p.CustomerValue), "CustomerValue", p.CustomerValue, "must be finite")
	return l.Err(room)
}

// An Iceberg is what dissatisfaction costs in a period: the complaints are its tip. It is
// plain data; numbers of customers are expected ones, and not whole.
type Iceberg struct {
	Dissatisfied float64 `json:"dissatisfied"`
	Silent       float64 `json:"silent"`        // dissatisfied, and did not complain
	Lost         float64 `json:"lost"`          // customers who leave
	Told         float64 `json:"told"`          // people who hear of it; the well resolved do not complain to others
	LostByWord   float64 `json:"lost_by_word"`  // of those, lost
	Loss         float64 `json:"loss"`          // in money
	OneResolved  float64 `json:"one_resolved"`  // what Loss falls by if one complaint more is resolved
	OneComplaint float64 `json:"one_complaint"` // what Loss falls by if one of the silent complains, resolved with ResolvedShare
}

// NewIceberg estimates silent loss and word of mouth:
//
//	dissatisfied = complaints/rate,  silent = dissatisfied − complaints
//	lost = silent·d_silent + complaints·(r·d_resolved + (1 − r)·d_unresolved)
//	told = (dissatisfied − complaints·r)·tellers,  lost by word = told·conversion
//
// It fails as [IcebergParams.Validate] does, and with a [relmark.FieldError] where a result
// is not finite.
func NewIceberg(p IcebergParams) (Iceberg, error) {
	if err := p.Validate(); err != nil {
		return Iceberg{}, err
	}
	r := p.ResolvedShare
	heard := r*p.DefectResolved + (1-r)*p.DefectUnresolved // who leave, of those who complain
	i := Iceberg{Dissatisfied: p.Complaints / p.ComplaintRate}
	i.Silent = i.Dissatisfied - p.Complaints
	i.Lost = i.Silent*p.DefectSilent + p.Complaints*heard
	i.Told = (i.Dissatisfied - p.Complaints*r) * p.Tellers
	i.LostByWord = i.Told * p.Conversion
	i.Loss = (i.Lost + i.LostByWord) * p.CustomerValue
	word := p.Tellers * p.Conversion
	i.OneResolved = (p.DefectUnresolved - p.DefectResolved + word) * p.CustomerValue
	i.OneComplaint = (p.DefectSilent - heard + r*word) * p.CustomerValue
	for _, x := range []float64{i.Dissatisfied, i.Told, i.Loss, i.OneResolved, i.OneComplaint} {
		if math.IsNaN(x) || !fault.Finite(x) {
			return Iceberg{}, broken("CustomerValue", p.CustomerValue, "must give a finite loss")
		}
	}
	return i, nil
}
