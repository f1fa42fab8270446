package clv

import (
	"fmt"
	"strings"

	"github.com/relmark/relmark/internal/maximum"
)

// Status says how a fit ended: one of the values below, which a [Fit] never leaves
// empty.
type Status string

const (
	// NotConverged means that the optimiser stopped short; the model is the best
	// it had seen.
	NotConverged Status = "not_converged"
	// Converged means that the model maximises the likelihood, at a point where
	// every parameter is finite and above 0 and has a standard error.
	Converged Status = "converged"
	// AtBoundary means that the likelihood keeps rising, or stays level, as some
	// parameter or combination of parameters goes to 0 or to infinity. The model is
	// as close as floats allow; a [Warning] names what goes where.
	AtBoundary Status = "at_boundary"
	// Unidentified means that the model maximises the likelihood, but others do as
	// well: a [Warning] names the combination that any value of fits as well.
	Unidentified Status = "not_identified"
	// Unbounded means that the likelihood has no maximum: it rises without end, as a
	// [Warning] says. The model is one on the way, or the best maximum beside it.
	Unbounded Status = "unbounded"
)

// WarningKind says how bad a [Warning] is.
type WarningKind string

const (
	// Within means that the limit costs less than 1.92 in log likelihood: a 95 %
	// interval of the parameter has no end on that side.
	Within WarningKind = "within_reach"
	// Reached means that the likelihood is highest at the limit.
	Reached WarningKind = "reached"
	// NotIdentified means that every value fits as well as any other.
	NotIdentified WarningKind = "not_identified"
	// Endless means that the likelihood rises without end on the way to the limit.
	Endless WarningKind = "endless"
)

// A Warning says what the data do not tell about a parameter, a ratio of two, or a
// combination.
type Warning struct {
	Kind  WarningKind `json:"kind"`
	Param string      `json:"param"` // such as "R" or "A/B"; of a combination, the parameter that moves most, slopes by the spread of their covariates
	Limit float64     `json:"limit"` // 0 or ±Inf: what the parameter runs to; NaN where any value fits
	Means string      `json:"means"` // what the limit means, such as "nobody drops out"
	// Moves is what moves on the way; every other parameter stays where it is, and one
	// that no warning but [Within] moves has a standard error.
	Moves []Move `json:"moves"`
}

// A Move is the share of a parameter in a combination: the change of its logarithm, or
// of a slope itself, the largest of which is 1 or −1.
type Move struct {
	Param string  `json:"param"`
	By    float64 `json:"by"`
}

// String returns the warning as a sentence.
func (w Warning) String() string {
	what, goes := w.Param, "goes to"
	if w.Means == "" && len(w.Moves) > 1 {
		what = w.combination()
	}
	if w.Kind == NotIdentified {
		return what + " is not identified: any value fits as well"
	}
	if w.Kind == Within {
		goes = "may go to"
	}
	text := fmt.Sprintf("%s %s %v", what, goes, w.Limit)
	if w.Means != "" {
		text += ": " + w.Means
	}
	return text
}

// combination names the parameters that move, the first of them the one that the limit
// is of.
func (w Warning) combination() string {
	names := make([]string, 0, len(w.Moves))
	for _, m := range w.Moves {
		if m.Param != w.Param {
			names = append(names, fmt.Sprintf("%s (%+.3g)", m.Param, m.By))
		}
	}
	for _, m := range w.Moves {
		if m.Param == w.Param {
			return fmt.Sprintf("%s (%+.3g) with %s", m.Param, m.By, strings.Join(names, ", "))
		}
	}
	return w.Param
}

func statusOf(s maximum.Status) Status {
	return map[maximum.Status]Status{
		maximum.NotConverged: NotConverged, maximum.Converged: Converged, maximum.AtBoundary: AtBoundary,
		maximum.NotIdentified: Unidentified, maximum.Unbounded: Unbounded,
	}[s]
}

// warningsOf says in the words of this package what a search found.
func warningsOf(axes []maximum.Axis, findings []maximum.Finding) []Warning {
	kinds := map[maximum.Kind]WarningKind{
		maximum.Within: Within, maximum.Reached: Reached, maximum.Level: NotIdentified, maximum.Endless: Endless,
	}
	var warnings []Warning
	for _, f := range findings {
		w := Warning{Kind: kinds[f.Kind], Param: f.Limit.Param, Limit: f.Limit.Value, Means: f.Limit.Means}
		for i, by := range f.Direction {
			if by != 0 {
				w.Moves = append(w.Moves, Move{axes[i].Name, by})
			}
		}
		if f.Coordinate && f.Kind == maximum.Level {
			w.Means = "any value fits as well"
		}
		warnings = append(warnings, w)
	}
	return warnings
}
