package tier

import "fmt"

// A WarningKind is a way in which a policy is legal but odd.
type WarningKind string

// The kinds of warnings.
const (
	NoEnter        WarningKind = "no_enter"         // the level cannot be earned: only overrides, a lifetime or a soft landing give it
	KeepAboveEnter WarningKind = "keep_above_enter" // Keep asks for more than Enter, or than the Enter of a higher level, and has no effect
	NotNested      WarningKind = "not_nested"       // the level can be entered without what a lower one asks for
	AlwaysHolds    WarningKind = "always_holds"     // Enter asks for nothing: every member has the level at once
)

// A Warning points at a level that is legal but odd. It is plain data.
type Warning struct {
	Kind  WarningKind `json:"kind"`
	Level string      `json:"level"`           // code of the level
	Lower string      `json:"lower,omitempty"` // for [NotNested], the lower level
}

// String returns the warning as a phrase, such as "gold: not_nested over silver".
func (w Warning) String() string {
	if w.Lower == "" {
		return fmt.Sprintf("%s: %v", w.Level, w.Kind)
	}
	return fmt.Sprintf("%s: %v over %s", w.Level, w.Kind, w.Lower)
}

// Warnings lists what is legal but odd about p, from the base upwards; nil if
// there is nothing, or if p is not valid. Conditions are compared by their
// thresholds, each way of meeting them on its own.
func (p Policy) Warnings() []Warning {
	v, err := p.compile(nil)
	if err != nil {
		return nil
	}
	var out []Warning
	n := len(p.Metrics)
	for i := 1; i < len(v.levels); i++ {
		level, code := v.levels[i], p.Levels[i].Code
		switch {
		case level.enter == nil:
			out = append(out, Warning{NoEnter, code, ""})
		case level.enter.holds(make([]int64, n)):
			out = append(out, Warning{AlwaysHolds, code, ""})
		}
		if level.keep != nil && v.levels.idle(i, n) && (level.enter == nil || !level.enter.implies(level.keep, n)) {
			out = append(out, Warning{KeepAboveEnter, code, ""})
		}
		if level.enter == nil {
			continue
		}
		for j := i - 1; j > 0; j-- {
			if lower := v.levels[j].enter; lower != nil && !level.enter.implies(lower, n) {
				out = append(out, Warning{NotNested, code, p.Levels[j].Code})
				break
			}
		}
	}
	return out
}
