package crosssell_test

import (
	"slices"
	"time"

	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/crosssell"
)

// A situation is all that one decision depends on.
type situation struct {
	policy     crosssell.Policy
	customer   crosssell.Customer[string]
	candidates []crosssell.Candidate[string]
}

func (s situation) clone() situation {
	s.customer.Contact = slices.Clone(s.customer.Contact)
	s.customer.Owned = slices.Clone(s.customer.Owned)
	s.customer.Facts = slices.Clone(s.customer.Facts)
	s.candidates = slices.Clone(s.candidates)
	return s
}

func identity[I relmark.ID](c crosssell.Candidate[I]) any {
	return struct {
		any
		relmark.Channel
		relmark.Purpose
	}{c.Item, c.Channel, c.Purpose}
}

func about(a crosssell.ContactAnswer) [2]string {
	return [2]string{string(a.Channel), string(a.Purpose)}
}

// maybe draws a pointer to what g draws, or nil.
func maybe[T any](g *rapid.Generator[T]) *rapid.Generator[*T] {
	return rapid.OneOf(rapid.Just[*T](nil), rapid.Map(g, func(v T) *T { return &v }))
}

var (
	channels  = rapid.SampledFrom([]relmark.Channel{email, call})
	purposes  = rapid.SampledFrom([]relmark.Purpose{offers, advice})
	amounts   = rapid.SampledFrom([]float64{0, 0.5, 1, 2})
	numbers   = rapid.SampledFrom([]float64{-1, 0, 0.25, 1, 2})
	factNames = rapid.SampledFrom([]string{"age", "market", "tier"})
	words     = rapid.SampledFrom([]string{"de", "fr", "gold"})
)

// contactAnswers draws what a contact policy might say.
func contactAnswers(t *rapid.T) crosssell.ContactAnswer {
	rules := []relmark.ContactRule{relmark.RuleConsent, relmark.RuleQuietHours, relmark.RuleCap, relmark.RuleMinGap}
	a := crosssell.ContactAnswer{Channel: channels.Draw(t, "channel"), Purpose: purposes.Draw(t, "purpose")}
	a.Decision.Allowed = rapid.IntRange(0, 3).Draw(t, "allowed") > 0
	for !a.Decision.Allowed && len(a.Decision.Breaches) < 1+rapid.IntRange(0, 2).Draw(t, "breaches") {
		a.Decision.Breaches = append(a.Decision.Breaches, relmark.ContactBreach{
			Rule: rapid.SampledFrom(rules).Draw(t, "rule"), Index: rapid.IntRange(0, 2).Draw(t, "index"),
		})
		if hour := rapid.IntRange(0, 3).Draw(t, "next"); hour > 0 {
			a.Decision.Next = utc(hour).In(time.FixedZone("", 3600))
		}
	}
	return a
}

func requirements(t *rapid.T) crosssell.Requirement {
	r := crosssell.Requirement{Fact: factNames.Draw(t, "fact")}
	if rapid.Bool().Draw(t, "words") {
		r.OneOf = rapid.SliceOfN(words, 1, 2).Draw(t, "one of")
		return r
	}
	r.Min = maybe(rapid.Just(0.5)).Draw(t, "min")
	if r.Max = maybe(rapid.Just(1.5)).Draw(t, "max"); r.Min == nil && r.Max == nil {
		r.Min = new(1.0)
	}
	return r
}

func facts(t *rapid.T) crosssell.Fact {
	f := crosssell.Fact{Name: factNames.Draw(t, "fact")}
	if rapid.Bool().Draw(t, "is word") {
		f.Word = words.Draw(t, "word")
	} else {
		f.Number = amounts.Draw(t, "number")
	}
	return f
}

func drawPolicy(t *rapid.T) crosssell.Policy {
	return crosssell.Policy{
		Floor: rapid.SampledFrom([]float64{0, 0, 0.5}).Draw(t, "floor"), MinMargin: maybe(numbers).Draw(t, "least margin"),
		MinSatisfaction: maybe(amounts).Draw(t, "least satisfaction"), MaxFatigue: maybe(amounts).Draw(t, "most fatigue"),
		FatigueWeight: rapid.SampledFrom([]float64{0, 0, 0.25}).Draw(t, "weight"), Slots: rapid.IntRange(0, 4).Draw(t, "slots"),
		MaxPerCategory: maybe(rapid.IntRange(1, 2)).Draw(t, "per category"), Variety: rapid.SampledFrom([]float64{0, 0, 0.5, 1}).Draw(t, "variety"),
	}
}

func drawCustomer(t *rapid.T) crosssell.Customer[string] {
	states := []crosssell.ComplaintState{
		crosssell.NoComplaint, crosssell.NoComplaint, crosssell.NoComplaint, crosssell.ComplaintOpen, crosssell.InRecovery, crosssell.ComplaintUnknown,
	}
	return crosssell.Customer[string]{
		Erased: rapid.IntRange(0, 9).Draw(t, "erased") == 9, Control: rapid.IntRange(0, 3).Draw(t, "control") == 3,
		Contact:   rapid.SliceOfNDistinct(rapid.Custom(contactAnswers), 2, 4, about).Draw(t, "contact"),
		Complaint: rapid.SampledFrom(states).Draw(t, "complaint"), Satisfaction: maybe(amounts).Draw(t, "satisfaction"),
		Owned:   rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c", "d"}), 0, 3).Draw(t, "owned"),
		Facts:   rapid.SliceOfNDistinct(rapid.Custom(facts), 0, 3, func(f crosssell.Fact) string { return f.Name }).Draw(t, "facts"),
		Fatigue: maybe(amounts).Draw(t, "fatigue"),
	}
}

func drawCandidate(t *rapid.T) crosssell.Candidate[string] {
	item := rapid.SampledFrom([]string{"a", "b", "c", "d", "e", "f"}).Draw(t, "item")
	kinds := []crosssell.Kind{crosssell.Sale, crosssell.Sale, crosssell.Sale, crosssell.Thanks, crosssell.Service, crosssell.Recovery}
	rarely := rapid.SampledFrom([]int{0, 0, 0, 1})
	return crosssell.Candidate[string]{
		Item: item, Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), Channel: channels.Draw(t, "channel"), Purpose: purposes.Draw(t, "purpose"),
		Score: amounts.Draw(t, "score"), Margin: rapid.SampledFrom([]float64{-1, 1, 2, 4}).Draw(t, "margin"),
		Relationship: rapid.SampledFrom([]float64{-1, 0, 0, 1}).Draw(t, "relationship"),
		Lever:        rapid.SampledFrom([]float64{-2, 0, 0, 0.5}).Draw(t, "lever"), Priority: rarely.Draw(t, "priority"),
		Category: []string{"", "x", "y"}[item[0]%3], Repeatable: rapid.Bool().Draw(t, "repeatable"), Stock: maybe(rapid.Int64Range(0, 3)).Draw(t, "stock"),
		Legal:    rapid.SliceOfN(rapid.Custom(requirements), 0, rarely.Draw(t, "legal")).Draw(t, "asks"),
		Standing: rapid.SliceOfN(rapid.Custom(requirements), 0, rarely.Draw(t, "standing")).Draw(t, "asks too"),
	}
}

// situations draws few items, channels and worths, so that gates and ties happen.
func situations() *rapid.Generator[situation] {
	return rapid.Custom(func(t *rapid.T) situation {
		return situation{
			policy: drawPolicy(t), customer: drawCustomer(t),
			candidates: rapid.SliceOfNDistinct(rapid.Custom(drawCandidate), 0, 10, identity).Draw(t, "candidates"),
		}
	})
}
