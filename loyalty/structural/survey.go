package structural

import (
	"fmt"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
)

// An Item is an answer on five points, from 1, disagree, to 5, agree.
type Item struct {
	Points   int  `json:"points"`             // 1 to 5
	Reversed bool `json:"reversed,omitempty"` // whether agreeing means a lower cost, so that 5 counts as 1
}

// A Facet is one side of switching costs as customers perceive it, such as learning.
type Facet struct {
	Name  string   `json:"name"` // of the host's, or one of [SwitchingFacets]; unique, 1 to 200 bytes
	Type  CostType `json:"type"`
	Items []Item   `json:"items,omitempty"`
}

// A FacetIndex is how high customers perceive one facet of switching costs.
type FacetIndex struct {
	Name  string   `json:"name"`
	Type  CostType `json:"type"`
	Index float64  `json:"index"` // 0 to 100
	Items int      `json:"items"` // that were answered
}

// A PerceivedCost is how high customers perceive switching costs.
type PerceivedCost struct {
	Facets []FacetIndex `json:"facets"` // in the given order
	// Types are the means of their facets, by type; those without facets are left out.
	Types []TypeIndex `json:"types"`
}

// A TypeIndex is how high customers perceive one type of switching costs.
type TypeIndex struct {
	Type   CostType `json:"type"`
	Index  float64  `json:"index"`  // mean of its facets, 0 to 100
	Facets int      `json:"facets"` // how many
}

func costTypes() enum.Set[CostType] { return enum.Of(Procedural, Financial, Relational) }

// SwitchingFacets returns the eight facets of Burnham, Frels and Mahajan with their types
// and no items: the wording of those is theirs.
func SwitchingFacets() []Facet {
	return []Facet{
		{Name: "economic_risk", Type: Procedural},
		{Name: "evaluation", Type: Procedural},
		{Name: "learning", Type: Procedural},
		{Name: "set_up", Type: Procedural},
		{Name: "benefit_loss", Type: Financial},
		{Name: "monetary_loss", Type: Financial},
		{Name: "personal_relationship_loss", Type: Relational},
		{Name: "brand_relationship_loss", Type: Relational},
	}
}

// PerceivedCosts scores answers to a survey of switching costs: a facet is
//
//	100 · (mean - 1)/4
//
// of its items after those that are reversed are turned, and a type the mean of its facets.
// It fails with [relmark.ErrInvalid] on answers off the scale, an unknown type and a name
// that is none or there twice, and with [relmark.ErrTooFew] on a facet without items.
func PerceivedCosts(facets []Facet) (PerceivedCost, error) {
	if err := checkFacets(facets); err != nil {
		return PerceivedCost{}, err
	}
	var out PerceivedCost
	for i, f := range facets {
		if len(f.Items) == 0 {
			return PerceivedCost{}, fmt.Errorf("%s: Facets[%d]: no items: %w", room, i, relmark.ErrTooFew)
		}
		sum := 0
		for _, item := range f.Items {
			if item.Reversed {
				item.Points = 6 - item.Points
			}
			sum += item.Points - 1
		}
		n := len(f.Items)
		out.Facets = append(out.Facets, FacetIndex{f.Name, f.Type, 25 * float64(sum) / float64(n), n})
	}
	for _, t := range costTypes().All() {
		if x := typeIndex(t, out.Facets); x.Facets > 0 {
			out.Types = append(out.Types, x)
		}
	}
	return out, nil
}

func typeIndex(t CostType, facets []FacetIndex) TypeIndex {
	x := TypeIndex{Type: t}
	for _, f := range facets {
		if f.Type == t {
			x.Index += f.Index
			x.Facets++
		}
	}
	x.Index /= float64(max(1, x.Facets))
	return x
}

func checkFacets(facets []Facet) error {
	var c checker
	seen := make(map[string]bool, len(facets))
	for i := range facets {
		if c.Full() {
			break
		}
		f := &facets[i]
		var one fault.List
		one.Check(fault.ValidName(f.Name) && !seen[f.Name], "Name", nil, fault.NameRule+", once")
		one.Join("", costTypes().Check("Type", f.Type))
		for k, item := range f.Items {
			if item.Points < 1 || item.Points > 5 {
				one.Add(fmt.Sprintf("Items[%d].Points", k), item.Points, "must be 1 to 5")
			}
		}
		if one.Len() > 0 {
			c.Join(fmt.Sprintf("Facets[%d]", i), one.Err(""))
		}
		seen[f.Name] = true
	}
	return c.Err(room)
}
