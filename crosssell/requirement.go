package crosssell

import (
	"slices"
	"unicode/utf8"

	"github.com/relmark/relmark/internal/fault"
)

// A Fact is one thing that a host states about a customer, under a name of its own: an
// age, a market, the rank of a tier, the kind of a relationship. It is a word where Word
// is set and a number otherwise. It is plain data.
type Fact struct {
	Name   string  `json:"name"`            // UTF-8 and not empty
	Number float64 `json:"number,omitzero"` // finite; 0 where there is a word
	Word   string  `json:"word,omitempty"`  // UTF-8
}

func (f *Fact) check(l *fault.List) {
	l.Check(isName(f.Name), "Name", nil, "must be UTF-8 text and not empty")
	checkFinite(l, "Number", f.Number)
	l.Check(utf8.ValidString(f.Word), "Word", nil, "must be UTF-8")
	l.Check(f.Word == "" || f.Number == 0, "Number", nil, "must be 0 where there is a word")
}

// A Requirement is what a candidate asks of one fact about the customer: a number from
// Min to Max, both included, or one of some words. A fact that nobody states, or that
// is a word where a number is asked for or the other way round, does not meet it. It is
// plain data, and may be shared by many candidates.
type Requirement struct {
	Fact  string   `json:"fact"`          // the name of the fact; UTF-8 and not empty
	Min   *float64 `json:"min,omitempty"` // finite; nil: no lower limit
	Max   *float64 `json:"max,omitempty"` // finite, at least Min; nil: no upper limit
	OneOf []string `json:"one_of,omitempty"`
}

// checkRequirements adds what is wrong with a list of requirements.
func checkRequirements(l *fault.List, field string, list []Requirement) {
	for i := range list {
		if list[i].valid() {
			continue
		}
		var part fault.List
		list[i].check(&part)
		l.Join(at(field, i), part.Err(""))
	}
}

func (r *Requirement) valid() bool {
	numbers := r.Min != nil || r.Max != nil
	ok := isName(r.Fact) && numbers != (len(r.OneOf) > 0)
	ok = ok && (r.Min == nil || isFinite(*r.Min)) && (r.Max == nil || isFinite(*r.Max))
	if r.Min != nil && r.Max != nil {
		ok = ok && *r.Min <= *r.Max
	}
	for _, word := range r.OneOf {
		ok = ok && isName(word)
	}
	return ok
}

// check adds what makes r invalid.
func (r *Requirement) check(l *fault.List) {
	l.Check(isName(r.Fact), "Fact", nil, "must be UTF-8 text and not empty")
	numbers := r.Min != nil || r.Max != nil
	l.Check(numbers != (len(r.OneOf) > 0), "OneOf", nil, "must be given, or Min or Max, and not both")
	if r.Min != nil {
		checkFinite(l, "Min", *r.Min)
	}
	if r.Max != nil {
		checkFinite(l, "Max", *r.Max)
	}
	if r.Min != nil && r.Max != nil {
		l.Check(*r.Min <= *r.Max, "Max", *r.Max, "must be at least Min")
	}
	for i, word := range r.OneOf {
		if !isName(word) {
			l.Add(at("OneOf", i), nil, "must be UTF-8 text and not empty")
		}
	}
}

// meet says what of the facts does not meet r; ok if they do.
func (r *Requirement) meet(facts []Fact) (code Code, value, limit float64, ok bool) {
	i := slices.IndexFunc(facts, func(f Fact) bool { return f.Name == r.Fact })
	switch {
	case i < 0 || (facts[i].Word != "") != (len(r.OneOf) > 0):
		return NotAsked, 0, 0, false
	case len(r.OneOf) > 0:
		return NotOneOf, 0, 0, slices.Contains(r.OneOf, facts[i].Word)
	case r.Min != nil && facts[i].Number < *r.Min:
		return TooLow, facts[i].Number, *r.Min, false
	case r.Max != nil && facts[i].Number > *r.Max:
		return TooHigh, facts[i].Number, *r.Max, false
	}
	return "", 0, 0, true
}
