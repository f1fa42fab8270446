package crosssell

import (
	"fmt"
	"math"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
)

// A Source says where a suggestion comes from.
type Source string

// The sources.
const (
	FromRule       Source = "rule"       // an association rule: who bought these also bought it
	FromAffinity   Source = "affinity"   // an item-item model: it goes with what the customer has
	FromSequence   Source = "sequence"   // what customers buy next, or in which order
	FromPopularity Source = "popularity" // what others in the segment buy, where nothing else is known
	FromFavourite  Source = "favourite"  // what this customer buys again and again
	FromHost       Source = "host"       // the host's own model, or a person
)

// An Evidence is one reason why an item is suggested, as data that a host renders:
// "because you own a grinder: 551 of 1,372 who have one bought it". It is plain data.
type Evidence[I relmark.ID] struct {
	Source Source `json:"source"`
	Items  []I    `json:"items,omitempty"` // what the customer has that speaks for the item, ascending
	// Weight is what this evidence adds to the score: the weights of a suggestion add
	// up to its score. Finite; evidence that only supports another one weighs 0.
	Weight float64  `json:"weight"`
	Counts *Counts  `json:"counts,omitempty"` // what was counted; nil where the evidence is no count
	LogP   *float64 `json:"log_p,omitempty"`  // natural logarithm of the p-value, at most 0; nil where none was computed
}

// Counts are the customers or baskets behind a piece of evidence: 0 ≤ Both ≤ Left,
// Right ≤ N. It is plain data.
type Counts struct {
	Both  int64 `json:"both"`  // with the items of the evidence and the one suggested
	Left  int64 `json:"left"`  // with the items of the evidence
	Right int64 `json:"right"` // with the one suggested
	N     int64 `json:"n"`     // all
}

// A Suggestion is an item that suits a customer and why: what rooms that look for
// candidates return. It knows no channel and no money; a [Candidate] adds them. It is
// plain data.
type Suggestion[I relmark.ID] struct {
	Item    I             `json:"item"`
	Score   float64       `json:"score"`             // finite, at least 0; a probability where the room says so
	Because []Evidence[I] `json:"because,omitempty"` // the strongest first
}

// Validate reports every rule that s breaks, joined into one error. That the weights
// add up is the promise of the room that made it; it is not checked.
func (s Suggestion[I]) Validate() error {
	var l fault.List
	l.Check(codec.IsUTF8(&s.Item), "Item", nil, "must be UTF-8")
	checkAmount(&l, "Score", s.Score)
	checkEvidence(&l, s.Because)
	return l.Err(room)
}

func checkEvidence[I relmark.ID](l *fault.List, because []Evidence[I]) {
	for i := range because {
		if err := because[i].Validate(); err != nil {
			l.Join(fmt.Sprintf("Because[%d]", i), err)
		}
	}
}

// Validate reports every rule that e breaks, joined into one error.
func (e Evidence[I]) Validate() error {
	var l fault.List
	switch e.Source {
	case FromRule, FromAffinity, FromSequence, FromPopularity, FromFavourite, FromHost:
	default:
		l.Add("Source", nil, "must be one of rule, affinity, sequence, popularity, favourite, host")
	}
	for i := range e.Items {
		if !codec.IsUTF8(&e.Items[i]) {
			l.Add(fmt.Sprintf("Items[%d]", i), nil, "must be UTF-8")
		}
	}
	l.Check(isFinite(e.Weight), "Weight", e.Weight, "must be finite")
	if c := e.Counts; c != nil {
		ok := 0 <= c.Both && c.Both <= min(c.Left, c.Right) && max(c.Left, c.Right) <= c.N
		l.Check(ok, "Counts", nil, "must be 0 <= Both <= Left, Right <= N")
	}
	if e.LogP != nil {
		l.Check(*e.LogP <= 0 && *e.LogP >= -math.MaxFloat64, "LogP", *e.LogP, "must be finite and <= 0")
	}
	return l.Err(room)
}
