package tier

import "fmt"

// A WarningKind is a way in which a policy is legal but odd.
type WarningKind uint8

// The kinds of warnings.
const (
	NoEnter        WarningKind = iota // the level cannot be earned: only overrides, a lifetime or a soft landing give it
	KeepAboveEnter                    // Keep asks for more than Enter, or than the Enter of a higher level, and has no effect
	NotNested                         // the level can be entered without what a lower one asks for
	AlwaysHolds                       // Enter asks for nothing: every member has the level at once
)

func (WarningKind) names() []string {
	return []string{"no_enter", "keep_above_enter", "not_nested", "always_holds"}
}

// String returns the kind in lower case, such as "no_enter"; "invalid" for
// another WarningKind.
func (k WarningKind) String() string { return nameOf(k) }

// MarshalText returns what [WarningKind.String] returns, or an error for another
// kind.
func (k WarningKind) MarshalText() ([]byte, error) { return appendName(nil, k) }

// UnmarshalText reads the text of a kind; k is unchanged on error.
func (k *WarningKind) UnmarshalText(text []byte) error { return parseName(k, text) }

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
	v, errs := p.compile(nil)
	if len(errs) > 0 {
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
