package compare

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
)

// A Lead is what a firm can be ahead by.
type Lead string

// The kinds of lead.
const (
	NoLead         Lead = ""           // the attribute counts for none
	ProductLead    Lead = "product"    // a better service
	TechnologyLead Lead = "technology" // better means
	CostLead       Lead = "cost"       // cheaper, also in time and trouble
	ServiceLead    Lead = "service"    // better treatment
)

func leads() enum.Set[Lead] {
	return enum.Of(NoLead, ProductLead, TechnologyLead, CostLead, ServiceLead)
}

// An Attribute is what firms are rated on. It is plain data.
type Attribute struct {
	Name   string  `json:"name"`           // 1 to 200 bytes of UTF-8, each once
	Weight float64 `json:"weight"`         // finite, 0 or more; the weights are not all 0
	Lead   Lead    `json:"lead,omitempty"` // what it is a sign of
}

// A Firm is how one firm was rated. It is plain data.
type Firm struct {
	Name   string     `json:"name"`   // 1 to 200 bytes of UTF-8, each once
	Scores []*float64 `json:"scores"` // by attribute, the higher the better; nil where it was not rated
}

const (
	maxAttributes = 100
	maxFirms      = 1000
	maxScore      = 1e12
	tie           = 1e-12 // of the scale
	holds         = 1e-9  // how far from the truth an answer of a linear programme may be
)

// A Rating is what one firm comes to. It is plain data.
type Rating struct {
	Firm     int      `json:"firm"`  // position
	Score    *float64 `json:"score"` // Σ w·s/Σ w over what was rated; nil where nothing with weight was
	Rank     int      `json:"rank"`  // 1 for the best; those that tie share one; 0 without a score
	Complete bool     `json:"complete"`
	// DominatedBy lists the firms that are as good everywhere and better somewhere, whatever
	// the weights; only complete firms dominate and are dominated.
	DominatedBy []int `json:"dominated_by,omitempty"`
	// Leads lists what the firm is ahead of all others by: the weighted mean of the
	// attributes of that kind is the best, alone.
	Leads []LeadMargin `json:"leads,omitempty"`
}

// A LeadMargin is a lead and how far the next firm is behind. It is plain data.
type LeadMargin struct {
	Lead   Lead    `json:"lead"`
	Margin float64 `json:"margin"` // in points; above 0
}

// Rate rates firms on weighted attributes. The ratings are in order of rank; firms that
// tie in the order given, those without a score last. It fails with a [relmark.FieldError]
// where an attribute or a firm is not as it says, or there is none. It takes O(f²·a) time
// for f firms and a attributes.
func Rate(attributes []Attribute, firms []Firm) ([]Rating, error) {
	if err := check(attributes, firms); err != nil {
		return nil, err
	}
	out := make([]Rating, len(firms))
	every := func(int) bool { return true }
	weights, largest := weightsOf(attributes), 0.0
	for i := range firms {
		r := &out[i]
		r.Firm, r.Score = i, mean(weights, firms[i].Scores, every)
		largest = max(largest, largestOf(firms[i].Scores))
		r.Complete = !slices.Contains(firms[i].Scores, nil)
		r.DominatedBy = dominators(firms, i)
	}
	addLeads(out, attributes, firms, tie*largest)
	slices.SortStableFunc(out, func(a, b Rating) int { return compareScores(b.Score, a.Score) })
	rank(out, tie*largest)
	// Of those that tie, rounding must not say who is named first.
	slices.SortStableFunc(out, func(a, b Rating) int {
		if a.Rank != b.Rank || a.Rank == 0 {
			return 0
		}
		return cmp.Compare(a.Firm, b.Firm)
	})
	return out, nil
}

// weightsOf returns the weights in a unit in which sums keep their digits.
func weightsOf(attributes []Attribute) []float64 {
	weights := make([]float64, len(attributes))
	for k, a := range attributes {
		weights[k] = a.Weight
	}
	return stat.Unit(weights)
}

// largestOf returns the largest score, without its sign; 0 of none.
func largestOf(scores []*float64) float64 {
	largest := 0.0
	for _, s := range scores {
		if s != nil {
			largest = max(largest, math.Abs(*s))
		}
	}
	return largest
}

// rank numbers sorted ratings. A firm ties with the first of its rank if it is so near.
func rank(sorted []Rating, near float64) {
	first := 0
	for i := range sorted {
		if sorted[i].Score == nil {
			return
		}
		if i == 0 || *sorted[first].Score-*sorted[i].Score > near {
			first = i
		}
		sorted[i].Rank = first + 1
	}
}

// compareScores puts a score that does not exist below all others.
func compareScores(a, b *float64) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return -1
	case b == nil:
		return 1
	}
	return cmp.Compare(*a, *b)
}

// mean returns the weighted mean of scores on some attributes; nil if none was rated that
// has weight.
func mean(weights []float64, scores []*float64, counts func(attribute int) bool) *float64 {
	var sum, weight float64
	for k, s := range scores {
		if s != nil && counts(k) {
			sum += float64(weights[k] * *s)
			weight += weights[k]
		}
	}
	if weight == 0 {
		return nil
	}
	return new(sum / weight)
}

// dominators returns the firms that dominate firm i.
func dominators(firms []Firm, i int) []int {
	var out []int
	for j := range firms {
		if j != i && dominates(firms[j].Scores, firms[i].Scores) {
			out = append(out, j)
		}
	}
	return out
}

// dominates reports whether a is as good as b everywhere and better somewhere; nothing
// that was not rated is.
func dominates(a, b []*float64) bool {
	better := false
	for k := range a {
		if a[k] == nil || b[k] == nil || *a[k] < *b[k] {
			return false
		}
		better = better || *a[k] > *b[k]
	}
	return better
}

// addLeads finds the firm ahead in each kind by more than near, if one is, of those rated in it.
func addLeads(out []Rating, attributes []Attribute, firms []Firm, near float64) {
	weights := weightsOf(attributes)
	for _, lead := range leads().All() {
		if lead == NoLead {
			continue
		}
		counts := func(k int) bool { return attributes[k].Lead == lead }
		best, first, second := -1, math.Inf(-1), math.Inf(-1)
		for i := range firms {
			s := mean(weights, firms[i].Scores, counts)
			switch {
			case s == nil:
			case *s > first:
				best, first, second = i, *s, first
			case *s > second:
				second = *s
			}
		}
		if margin := first - second; best >= 0 && fault.Finite(second) && margin > near {
			out[best].Leads = append(out[best].Leads, LeadMargin{lead, margin})
		}
	}
}

func check(attributes []Attribute, firms []Firm) error {
	var l fault.List
	checkAttributes(&l, attributes)
	l.Check(len(firms) >= 1 && len(firms) <= maxFirms, "Firms", len(firms), "must be 1 to 1000")
	seen := map[string]bool{}
	for i, f := range firms[:min(len(firms), maxFirms)] {
		if l.Full() {
			break
		}
		at := fmt.Sprintf("Firms[%d]", i)
		l.NameOnce(seen, "Firms", i, ".Name", f.Name)
		l.Check(len(f.Scores) == len(attributes), at+".Scores", len(f.Scores), "must be one for each attribute")
		for k, s := range f.Scores {
			if s != nil && !(math.Abs(*s) <= maxScore) {
				l.Add(fmt.Sprintf("%s.Scores[%d]", at, k), *s, "must be finite and within ±1e12")
			}
		}
	}
	return l.Err(room)
}

func checkAttributes(l *fault.List, attributes []Attribute) {
	l.Check(len(attributes) >= 1 && len(attributes) <= maxAttributes, "Attributes", len(attributes), "must be 1 to 100")
	seen, sum := map[string]bool{}, 0.0
	for k, a := range attributes[:min(len(attributes), maxAttributes)] {
		if l.Full() {
			break
		}
		at := fmt.Sprintf("Attributes[%d]", k)
		l.NameOnce(seen, "Attributes", k, ".Name", a.Name)
		l.Check(a.Weight >= 0 && a.Weight <= maxScore, at+".Weight", a.Weight, "must be 0 to 1e12")
		l.Join(at, leads().Check("Lead", a.Lead))
		sum += a.Weight
	}
	if l.Len() == 0 {
		l.Check(sum > 0, "Weights", nil, "must not all be 0")
	}
}
