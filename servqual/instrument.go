package servqual

import (
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/relmark/relmark"
)

// What an instrument may hold. Within these limits every sum of a [Survey] of
// 4,294,967,295 respondents fits in 128 bits.
const (
	maxItems     = 100
	maxDimension = 24 // items of a dimension
	maxSpan      = 100
	minLow       = Blank + 1
	maxHigh      = 127
)

// A Dimension is one aspect of service quality and the items that measure it.
type Dimension struct {
	Name  string `json:"name"`  // not empty, unique in the instrument
	Items []int  `json:"items"` // positions in the answers, from 0; 1 to 24 of them
}

// InstrumentParams describes a questionnaire. It is plain data: store it, encode
// it, or start from [Standard] and change it.
type InstrumentParams struct {
	Low        int         `json:"low"`                // lowest answer, -127 or more
	High       int         `json:"high"`               // highest answer, Low + 1 to Low + 100, at most 127
	Dimensions []Dimension `json:"dimensions"`         // hold each item once: positions 0 to the highest, which is at most 99
	Reversed   []int       `json:"reversed,omitempty"` // items worded negatively: an answer a counts as Low + High − a
}

// Standard describes the 22 items of SERVQUAL in their published order: 4 on
// tangibles, 5 on reliability, 4 on responsiveness, 4 on assurance, 5 on empathy.
// The published scale is 1 to 7. All items are worded positively, as in 1991; for
// the wording of 1988 set Reversed to positions 9 to 12 and 17 to 21.
func Standard(low, high int) InstrumentParams {
	return InstrumentParams{Low: low, High: high, Dimensions: []Dimension{
		{"tangibles", []int{0, 1, 2, 3}},
		{"reliability", []int{4, 5, 6, 7, 8}},
		{"responsiveness", []int{9, 10, 11, 12}},
		{"assurance", []int{13, 14, 15, 16}},
		{"empathy", []int{17, 18, 19, 20, 21}},
	}}
}

// Validate reports every rule that p breaks, joined into one error.
func (p InstrumentParams) Validate() error {
	held, broken := p.checkItems()
	if errs := slices.Concat(p.checkScale(), p.checkNames(), broken, p.checkReversed(held)); len(errs) > 0 {
		return fmt.Errorf("servqual: %w", errors.Join(errs...))
	}
	return nil
}

// checkScale compares without computing High − Low, which may overflow.
func (p InstrumentParams) checkScale() (errs []error) {
	if p.Low < minLow || p.Low >= maxHigh {
		errs = append(errs, &relmark.FieldError{Field: "Low", Value: p.Low, Rule: "must be -127 to 126"})
	}
	if p.High <= p.Low || p.High > maxHigh || p.High-maxSpan > p.Low {
		errs = append(errs, &relmark.FieldError{Field: "High", Value: p.High, Rule: "must be Low + 1 to Low + 100, at most 127"})
	}
	return errs
}

// checkNames does not repeat names in errors: they are the host's text.
func (p InstrumentParams) checkNames() (errs []error) {
	seen := make(map[string]bool, len(p.Dimensions))
	for i, d := range p.Dimensions {
		field := fmt.Sprintf("Dimensions[%d].Name", i)
		if d.Name == "" || !utf8.ValidString(d.Name) {
			errs = append(errs, &relmark.FieldError{Field: field, Rule: "must be UTF-8 text and not empty"})
		} else if seen[d.Name] {
			errs = append(errs, &relmark.FieldError{Field: field, Rule: "must be unique"})
		}
		seen[d.Name] = true
	}
	return errs
}

// checkItems asks that the dimensions hold each position once and skip none. It
// also returns which positions are held.
func (p InstrumentParams) checkItems() (held [maxItems]bool, errs []error) {
	items := 0 // highest position + 1
	for i, d := range p.Dimensions {
		if n := len(d.Items); n < 1 || n > maxDimension {
			errs = append(errs, &relmark.FieldError{Field: fmt.Sprintf("Dimensions[%d].Items", i), Value: n, Rule: "must number 1 to 24"})
		}
		for j, item := range d.Items {
			if rule := broken(held, item); rule != "" {
				errs = append(errs, &relmark.FieldError{Field: fmt.Sprintf("Dimensions[%d].Items[%d]", i, j), Value: item, Rule: rule})
				continue
			}
			held[item] = true
			items = max(items, item+1)
		}
	}
	if items == 0 {
		errs = append(errs, &relmark.FieldError{Field: "Dimensions", Value: len(p.Dimensions), Rule: "must hold an item"})
	}
	for item, ok := range held[:items] {
		if !ok {
			errs = append(errs, &relmark.FieldError{Field: "Items", Value: item, Rule: "must belong to a dimension"})
		}
	}
	return held, errs
}

// broken returns the rule that an item breaks in a list without repetition.
func broken(listed [maxItems]bool, item int) (rule string) {
	switch {
	case item < 0 || item >= maxItems:
		return "must be 0 to 99"
	case listed[item]:
		return "must be listed once"
	}
	return ""
}

// checkReversed asks for a list of held items without repetition, in any order.
func (p InstrumentParams) checkReversed(held [maxItems]bool) (errs []error) {
	var seen [maxItems]bool
	for i, item := range p.Reversed {
		rule := broken(seen, item)
		if rule == "" && !held[item] {
			rule = "must belong to a dimension"
		}
		if rule != "" {
			errs = append(errs, &relmark.FieldError{Field: fmt.Sprintf("Reversed[%d]", i), Value: item, Rule: rule})
			continue
		}
		seen[item] = true
	}
	return errs
}

// canonical returns a deep copy with Reversed in ascending order.
func (p InstrumentParams) canonical() InstrumentParams {
	p.Dimensions = slices.Clone(p.Dimensions)
	for i := range p.Dimensions {
		p.Dimensions[i].Items = slices.Clone(p.Dimensions[i].Items)
	}
	p.Reversed = slices.Sorted(slices.Values(p.Reversed))
	return p
}

// equal compares canonical params. Names count: answers on "speed" are not to be
// added to answers on "price" because both have four items.
func (p InstrumentParams) equal(o InstrumentParams) bool {
	return p.Low == o.Low && p.High == o.High && slices.Equal(p.Reversed, o.Reversed) &&
		slices.EqualFunc(p.Dimensions, o.Dimensions, func(a, b Dimension) bool {
			return a.Name == b.Name && slices.Equal(a.Items, b.Items)
		})
}

// An Instrument is a questionnaire ready for answers. It is an immutable value,
// safe for concurrent use. Obtain one from [NewInstrument]; the zero Instrument
// has no items, and its surveys take no answers.
type Instrument struct{ plan *plan }

// NewInstrument prepares the questionnaire described by p. It fails exactly when
// [InstrumentParams.Validate] does.
func NewInstrument(p InstrumentParams) (Instrument, error) {
	if err := p.Validate(); err != nil {
		return Instrument{}, err
	}
	return Instrument{newPlan(p.canonical())}, nil
}

// Params returns a copy of what the instrument was made from, with Reversed in
// ascending order; the zero InstrumentParams for the zero Instrument.
func (in Instrument) Params() InstrumentParams {
	if in.plan == nil {
		return InstrumentParams{}
	}
	return in.plan.params.canonical()
}

// Items returns the number of items, which is the length of a respondent's
// answers; 0 for the zero Instrument.
func (in Instrument) Items() int {
	if in.plan == nil {
		return 0
	}
	return in.plan.items
}
