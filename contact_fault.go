package relmark

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// mostFaults is how many faults an error lists; it counts those that follow.
const mostFaults = 16

// contactFaults collects what is wrong with a contact policy or with facts.
type contactFaults struct {
	errs []error
	more int
}

// add notes a broken rule at a field such as "Quiet[%d].Days[%d]". Positions are
// plain integers so that good input costs no allocation.
func (f *contactFaults) add(value any, rule, field string, at ...int) {
	if len(f.errs) == mostFaults {
		f.more++
		return
	}
	positions := make([]any, len(at))
	for i := range at {
		positions[i] = at[i]
	}
	f.errs = append(f.errs, &FieldError{Field: fmt.Sprintf(field, positions...), Value: value, Rule: rule})
}

// name notes a channel or a purpose that cannot be one. U+FFFD is what decoders put
// for what is no text, so that two names would fall together.
func (f *contactFaults) name(name, field string, at ...int) {
	if name == "" || strings.ContainsRune(name, utf8.RuneError) { // which finds what is no UTF-8, too
		f.add(nil, "must be UTF-8 text without U+FFFD and not empty", field, at...)
	}
}

// length notes a list that is too long.
func (f *contactFaults) length(n, most int, field string, at ...int) bool {
	if n <= most {
		return true
	}
	f.add(n, fmt.Sprintf("must have %d entries at most", most), field, at...)
	return false
}

// err returns one error of all faults; nil if there are none.
func (f *contactFaults) err() error {
	if len(f.errs) == 0 {
		return nil
	}
	return contactError{f.errs, f.more}
}

// A contactError says on one line what is wrong.
type contactError struct {
	errs []error
	more int
}

func (e contactError) Error() string {
	texts := make([]string, len(e.errs), len(e.errs)+1)
	for i, err := range e.errs {
		texts[i] = err.Error()
	}
	if e.more > 0 {
		texts = append(texts, fmt.Sprintf("and %d more", e.more))
	}
	return "relmark: contact policy: " + strings.Join(texts, "; ")
}

func (e contactError) Unwrap() []error { return e.errs }
