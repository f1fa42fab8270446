package compare

import "github.com/relmark/relmark/internal/fault"

// A Segment is a group of customers, and what each offer is to them. It is plain data.
type Segment struct {
	Name      string  `json:"name"`      // 1 to 200 bytes of UTF-8, each once
	Customers float64 `json:"customers"` // how many, or their share; above 0, up to 1e12
	Offers    []Offer `json:"offers"`    // 1 to 1,000, as many for each segment and in one order
}

// A SegmentValue is what the offers are worth to one segment. It is plain data.
type SegmentValue struct {
	Values []float64 `json:"values"` // by offer
	Best   int       `json:"best"`   // the offer that is worth most; of those that tie within 1e-12 the first
	// Margin is by what part the best is above the next: 0.1 for a tenth; nil of one offer, and
	// where all others are worth nothing.
	Margin *float64 `json:"margin,omitempty"`
}

// SegmentValues are what offers are worth to segments of customers. They are plain data.
type SegmentValues struct {
	Segments []SegmentValue `json:"segments"` // in their order
	Mean     []float64      `json:"mean"`     // by offer, over all customers
	Best     []float64      `json:"best"`     // share of customers in segments to which the offer is the best; they add up to 1
}

const maxSegments = 1000

// Values returns what each offer is worth to each segment, which are best where, and for how
// many customers. It fails with a [relmark.FieldError] where a segment or an offer is not as
// it says, or there are none, or more than 1,000 segments.
func Values(segments []Segment) (SegmentValues, error) {
	if err := checkSegments(segments); err != nil {
		return SegmentValues{}, err
	}
	n, all := len(segments[0].Offers), 0.0
	for _, s := range segments {
		all += s.Customers
	}
	out := SegmentValues{Mean: make([]float64, n), Best: make([]float64, n)}
	for _, s := range segments {
		v := s.values()
		for i, value := range v.Values {
			out.Mean[i] += value * (s.Customers / all)
		}
		out.Best[v.Best] += s.Customers / all
		out.Segments = append(out.Segments, v)
	}
	return out, nil
}

func (s Segment) values() SegmentValue {
	v := SegmentValue{Values: make([]float64, len(s.Offers))}
	for i, o := range s.Offers {
		v.Values[i] = o.value()
		if v.Values[i] > v.Values[v.Best]*(1+tie) {
			v.Best = i
		}
	}
	next := 0.0
	for i, value := range v.Values {
		if i != v.Best {
			next = max(next, value)
		}
	}
	if margin := v.Values[v.Best]/next - 1; next > 0 && fault.Finite(margin) {
		v.Margin = new(max(margin, 0))
	}
	return v
}

func checkSegments(segments []Segment) error {
	var l fault.List
	l.Check(len(segments) >= 1 && len(segments) <= maxSegments, "Segments", len(segments), "must be 1 to 1000")
	seen := map[string]bool{}
	for i, s := range segments[:min(len(segments), maxSegments)] {
		if l.Full() {
			break
		}
		var part fault.List
		l.NameOnce(seen, "Segments", i, ".Name", s.Name)
		part.Check(s.Customers > 0 && s.Customers <= maxScore, "Customers", s.Customers, "must be above 0, up to 1e12")
		part.Check(len(s.Offers) >= 1 && len(s.Offers) <= maxFirms && len(s.Offers) == len(segments[0].Offers), "Offers", len(s.Offers), "must be 1 to 1000, as many for each segment")
		for k, o := range s.Offers[:min(len(s.Offers), maxFirms)] {
			var wrong fault.List
			if o.check(&wrong); wrong.Len() > 0 {
				part.Join(fault.Item("Offers", k), wrong.Err(""))
			}
			if part.Full() {
				break
			}
		}
		if part.Len() > 0 {
			l.Join(fault.Item("Segments", i), part.Err(""))
		}
	}
	return l.Err(room)
}
