package waiting

import "math"

// A Stage is the part of a service that a wait belongs to.
type Stage string

// The stages. A wait of no stated stage counts as one during the service.
const (
	BeforeService Stage = "before"
	DuringService Stage = "during"
	AfterService  Stage = "after"
)

// A Situation is what is known of a wait beside its length. The zero Situation is
// the plain one: nothing to do, no news, nobody pushes in, nothing to fear. It is
// plain data.
type Situation struct {
	Stage      Stage   `json:"stage,omitempty"`
	Filled     float64 `json:"filled,omitempty"`     // share of the wait that is filled, 0 to 1; for waits up to ten minutes
	Anxious    float64 `json:"anxious,omitempty"`    // 0 calm to 1
	Informed   bool    `json:"informed,omitempty"`   // live information on the wait that is left
	Positioned bool    `json:"positioned,omitempty"` // place in line or progress is shown
	Explained  bool    `json:"explained,omitempty"`
	Apologised bool    `json:"apologised,omitempty"`
	Slips      int     `json:"slips,omitempty"` // how many who came later were served first, 0 to 1000
	Alone      bool    `json:"alone,omitempty"`
	Sheltered  bool    `json:"sheltered,omitempty"` // roof or seat; for waits up to ten minutes
	Behind     int     `json:"behind,omitempty"`    // people behind in line, 0 to 1000
	Value      float64 `json:"value,omitempty"`     // of the service, relative to the usual one, 0.001 to 1000; 0 means usual
}

// Validate reports every rule that s breaks, joined into one error.
func (s Situation) Validate() error { return joined(s.check(nil)) }

func (s Situation) check(errs []error) []error {
	switch s.Stage {
	case "", BeforeService, DuringService, AfterService:
	default:
		errs = append(errs, fault("Stage", nil, "must be before, during, after or empty"))
	}
	errs = checkRange(errs, "Filled", s.Filled, 0, 1)
	errs = checkRange(errs, "Anxious", s.Anxious, 0, 1)
	errs = checkRange(errs, "Slips", float64(s.Slips), 0, 1000)
	errs = checkRange(errs, "Behind", float64(s.Behind), 0, 1000)
	if s.Value != 0 {
		errs = checkRange(errs, "Value", s.Value, 1e-3, 1e3)
	}
	return errs
}

// strength returns z, how strongly a factor is at work. It is 0 for the exponent
// and the aversion, which are no matter of degree.
func (s Situation) strength(f Factor, e Effect) float64 {
	switch f {
	case Base:
		return 1
	case Filled:
		return s.Filled
	case Outside:
		return indicator(s.Stage == BeforeService || s.Stage == AfterService)
	case Anxious:
		return s.Anxious
	case Informed:
		return indicator(s.Informed)
	case Positioned:
		return indicator(s.Positioned)
	case Explained:
		return indicator(s.Explained)
	case Apologised:
		return indicator(s.Apologised)
	case Overtaken:
		if e == OnLoss {
			return float64(s.Slips)
		}
		return indicator(s.Slips > 0)
	case Valuable:
		if s.Value == 0 {
			return 0
		}
		return math.Log(s.Value)
	case Alone:
		return indicator(s.Alone)
	case Sheltered:
		return indicator(s.Sheltered)
	case Followed:
		return float64(s.Behind) / 5
	case Exponent, Aversion:
	}
	return 0
}

func indicator(there bool) float64 {
	if there {
		return 1
	}
	return 0
}
