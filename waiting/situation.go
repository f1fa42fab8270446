package waiting

import (
	"math"

	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
)

// A Stage is the part of a service that a wait belongs to.
type Stage string

// The stages.
const (
	DuringService Stage = "" // the default
	BeforeService Stage = "before"
	AfterService  Stage = "after"
)

func stages() enum.Set[Stage] { return enum.Of(DuringService, BeforeService, AfterService) }

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

	// Value is what the service is worth relative to the usual one, 0.001 to 1000; nil
	// for the usual one.
	Value *float64 `json:"value,omitempty"`

	// Hidden says that the line cannot be seen, as on the telephone: who slips past and who
	// stands behind then has no effect.
	Hidden bool `json:"hidden,omitempty"`
}

// Validate reports every rule that s breaks, joined into one error.
func (s Situation) Validate() error {
	var l fault.List
	s.check(&l)
	return l.Err(room)
}

func (s Situation) check(l *fault.List) {
	if !stages().Valid(s.Stage) {
		l.Add("Stage", nil, stages().Rule())
	}
	l.Between("Filled", s.Filled, 0, 1)
	l.Between("Anxious", s.Anxious, 0, 1)
	l.Between("Slips", float64(s.Slips), 0, 1000)
	l.Between("Behind", float64(s.Behind), 0, 1000)
	if s.Value != nil {
		l.Between("Value", *s.Value, 1e-3, 1e3)
	}
}

// strength returns z, how strongly a factor is at work. It is 0 for the exponent
// and the aversion, which are no matter of degree.
func (s Situation) strength(f Factor, e Effect) float64 {
	if s.Hidden && (f == Overtaken || f == Followed) {
		return 0
	}
	switch f {
	case Base:
		return 1
	case Filled:
		return s.Filled
	case Outside:
		return indicator(s.Stage != DuringService)
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
		if s.Value == nil {
			return 0
		}
		return math.Log(*s.Value)
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
