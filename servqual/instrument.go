package servqual

import (
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/relmark/relmark/internal/fault"
)

// What an instrument may hold. Within these limits every sum of a [Survey] of
// 4,294,967,295 respondents fits in 128 bits.
const (
	maxItems     = 100
	maxDimension = 24 // items of a dimension
	maxSpan      = 100
	maxName      = 200 // bytes of the name of a dimension
	minLow       = Blank + 1
	maxHigh      = 127
)

// A Dimension is one aspect of service quality and the items that measure it.
type Dimension struct {
	Name  string `json:"name"`  // UTF-8 text of 1 to 200 bytes, unique in the instrument
	Items []int  `json:"items"` // positions in the answers, from 0; 1 to 24 of them
}

// InstrumentParams describes a questionnaire. It is plain data: store it, encode
// it, or start from [Standard] and change it.
type InstrumentParams struct {
	Low        int         // lowest answer, -127 or more
	High       int         // highest answer, Low + 1 to Low + 100, at most 127
	Dimensions []Dimension // hold each item once: positions 0 to the highest, which is at most 99
	Reversed   []int       // items worded negatively: an answer a counts as Low + High − a
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
	var l fault.List
	p.checkScale(&l)
	if len(p.Dimensions) > maxItems { // each holds an item
		l.Add("Dimensions", len(p.Dimensions), "must be 100 at most")
		return l.Err(room)
	}
	p.checkNames(&l)
	p.checkReversed(&l, p.checkItems(&l))
	return l.Err(room)
}

// checkScale compares without computing High − Low, which may overflow.
func (p InstrumentParams) checkScale(l *fault.List) {
	l.Check(p.Low >= minLow && p.Low < maxHigh, "Low", p.Low, "must be -127 to 126")
	l.Check(p.High > p.Low && p.High <= maxHigh && p.High-maxSpan <= p.Low, "High", p.High, "must be Low + 1 to Low + 100, at most 127")
}

// checkNames does not repeat names in errors: they are the host's text.
func (p InstrumentParams) checkNames(l *fault.List) {
	seen := make(map[string]bool, len(p.Dimensions))
	for i, d := range p.Dimensions {
		field := fmt.Sprintf("Dimensions[%d].Name", i)
		if d.Name == "" || len(d.Name) > maxName || !utf8.ValidString(d.Name) {
			l.Add(field, nil, "must be UTF-8 text of 1 to 200 bytes")
		} else if seen[d.Name] {
			l.Add(field, nil, "must be unique")
		}
		seen[d.Name] = true
	}
}

// checkItems asks that the dimensions hold each position once and skip none. It
// also returns which positions are held.
func (p InstrumentParams) checkItems(l *fault.List) (held [maxItems]bool) {
	items := 0 // highest position + 1
	for i, d := range p.Dimensions {
		n := len(d.Items)
		l.Check(n >= 1 && n <= maxDimension, fmt.Sprintf("Dimensions[%d].Items", i), n, "must number 1 to 24")
		for j, item := range d.Items[:min(n, maxDimension)] {
			if rule := rejected(held, item); rule != "" {
				l.Add(fmt.Sprintf("Dimensions[%d].Items[%d]", i, j), item, rule)
				continue
			}
			held[item] = true
			items = max(items, item+1)
		}
	}
	l.Check(items > 0, "Dimensions", len(p.Dimensions), "must hold an item")
	for item, ok := range held[:items] {
		l.Check(ok, "Items", item, "must belong to a dimension")
	}
	return held
}

// rejected returns the rule that an item breaks in a list without repetition.
func rejected(listed [maxItems]bool, item int) (rule string) {
	switch {
	case item < 0 || item >= maxItems:
		return "must be 0 to 99"
	case listed[item]:
		return "must be listed once"
	}
	return ""
}

// checkReversed asks for a list of held items without repetition, in any order.
func (p InstrumentParams) checkReversed(l *fault.List, held [maxItems]bool) {
	if n := len(p.Reversed); n > maxItems {
		l.Add("Reversed", n, "must be 100 at most")
		return
	}
	var seen [maxItems]bool
	for i, item := range p.Reversed {
		rule := rejected(seen, item)
		if rule == "" && !held[item] {
			rule = "must belong to a dimension"
		}
		if rule != "" {
			l.Add(fmt.Sprintf("Reversed[%d]", i), item, rule)
			continue
		}
		seen[item] = true
	}
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
