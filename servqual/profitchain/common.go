package profitchain

import (
	"fmt"
	"math"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/servqual"
)

const (
	room     = "profitchain" // whose errors these are
	most     = 1000          // measures, links, scales, outcomes, promises
	maxValue = 1e50          // so that squares of products are numbers
	rounding = 1e-13
)

// opaque makes encoding/json refuse what has no JSON.
type opaque = canon.Opaque

// A State says what the data tell about a link, a gap or a correlation.
type State string

// The states.
const (
	Evidence     State = "evidence"     // the interval does not hold 0
	NoEvidence   State = "no_evidence"  // it does: the sign is open
	TooFew       State = "too_few"      // there are too few rows for an interval
	Undetermined State = "undetermined" // what is asked about does not vary, or follows from other drivers
)

// stateOf says whether an interval tells a sign.
func stateOf(i servqual.Interval) State {
	if i.Contains(0) {
		return NoEvidence
	}
	return Evidence
}

// checkNames adds names that are wrong, come twice, or are too few or too many.
func checkNames(l *fault.List, field string, names []string) {
	if len(names) < 1 || len(names) > most {
		l.Add(field, len(names), "must be 1 to 1000")
		return
	}
	l.Names(field, names)
}

func inRange(x float64) bool { return math.Abs(x) <= maxValue }

const rangeRule = "must be finite and within ±1e50"

// few returns the error of too little data for something.
func few(format string, args ...any) error {
	return fault.Room(room, fmt.Errorf(format+": %w", append(args, relmark.ErrTooFew)...))
}

// broken returns the error of one field that breaks a rule.
func broken(field string, value any, rule string) error {
	return fault.Room(room, fault.New(field, value, rule))
}
