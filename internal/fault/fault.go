package fault

import (
	"errors"
	"fmt"
	"strings"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
)

// New returns the [relmark.FieldError] of a field that breaks a rule. Value is nil
// where it must not be repeated.
func New(field string, value any, rule string) error {
	return &relmark.FieldError{Field: field, Value: value, Rule: rule}
}

// Room returns err with the name of the room before it; nil if err is nil.
func Room(room string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", room, err)
}

// Decode returns the error of an encoding of something that could not be read: it
// matches [relmark.ErrUnsupported] for [codec.ErrVersion], as a newer program may
// read it, and [relmark.ErrInvalid] otherwise, unless err matches an error of the
// root already. It is nil if err is nil.
func Decode(room, what string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, codec.ErrVersion):
		return fmt.Errorf("%s: %s: %w", room, what, relmark.ErrUnsupported)
	case known(err):
		return fmt.Errorf("%s: %s: %w", room, what, err)
	}
	return fmt.Errorf("%s: %s: %w: %w", room, what, err, relmark.ErrInvalid)
}

// known reports whether err matches an error of the root.
func known(err error) bool {
	for _, root := range [...]error{
		relmark.ErrInvalid, relmark.ErrUnsupported, relmark.ErrLimit, relmark.ErrRefused,
		relmark.ErrConflict, relmark.ErrTooFew, relmark.ErrNoConverge,
	} {
		if errors.Is(err, root) {
			return true
		}
	}
	return false
}

// At returns err with a path before the fields that it names: each
// [relmark.FieldError] in a list of this package, or err itself if it is one, gets
// the path and a point before its field, unless the field begins with a bracket or
// is empty. Another error gets the path and a colon. It is nil if err is nil.
func At(path string, err error) error {
	switch e := err.(type) { //nolint:errorlint // what is wrapped has its text already
	case nil:
		return nil
	case *relmark.FieldError:
		return New(join(path, e.Field), e.Value, e.Rule)
	case *faults:
		moved := &faults{errs: make([]error, len(e.errs)), more: e.more}
		for i, part := range e.errs {
			moved.errs[i] = At(path, part)
		}
		return moved
	}
	return fmt.Errorf("%s: %w", path, err)
}

func join(path, field string) string {
	if field == "" || path == "" || field[0] == '[' {
		return path + field
	}
	return path + "." + field
}

// faults are the errors of a list.
type faults struct {
	room string
	errs []error
	more int
}

// Error joins the faults by semicolons.
func (e *faults) Error() string {
	var b strings.Builder
	if e.room != "" {
		b.WriteString(e.room + ": ")
	}
	for i, err := range e.errs {
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteString(err.Error())
	}
	if e.more > 0 {
		fmt.Fprintf(&b, "; and %d more", e.more)
	}
	return b.String()
}

// Unwrap returns the faults that are listed.
func (e *faults) Unwrap() []error { return e.errs }

// Item returns the path of an element of a list: "Weights[3]". A check of a long list asks
// for it only where something is wrong.
func Item(list string, i int) string { return fmt.Sprintf("%s[%d]", list, i) }
