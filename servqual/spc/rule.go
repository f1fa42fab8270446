package spc

import (
	"fmt"

	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
)

// A Pattern is what a rule looks for in the last points.
type Pattern string

// The patterns. Z is in σ, and beyond is strictly beyond.
const (
	Beyond      Pattern = "beyond"      // K of the last Of points, the last among them, beyond Z on one side
	Trending    Pattern = "trending"    // Of points in a row, each above the one before, or each below
	Alternating Pattern = "alternating" // Of points in a row, up and down by turns
	Inside      Pattern = "inside"      // Of points in a row within Z of the centre, the edge included
	Outside     Pattern = "outside"     // Of points in a row beyond Z, some on either side
)

func patterns() enum.Set[Pattern] { return enum.Of(Beyond, Trending, Alternating, Inside, Outside) }

// A Rule is a pattern that chance seldom makes. It is plain data, so that a host can
// choose, change and store its rules.
type Rule struct {
	Name    string  `json:"name"` // what a signal is called; 1 to 200 bytes of UTF-8, unique among the rules
	Pattern Pattern `json:"pattern"`
	K       int     `json:"k,omitempty"` // of Beyond: 1 to Of; no other pattern has it
	Of      int     `json:"of"`          // how many points: 1 to 64, 3 at least of Alternating, 2 of Trending and Outside
	Z       float64 `json:"z,omitempty"` // of Beyond, Inside and Outside: 0 or more; no other pattern has it
}

// Nelson returns the eight tests of Nelson (1984), named nelson_1 to nelson_8: a
// point beyond 3σ; nine on one side; six in a trend; fourteen by turns; two of three
// beyond 2σ; four of five beyond 1σ; fifteen within 1σ; eight beyond 1σ on both sides.
func Nelson() []Rule {
	return []Rule{
		{Name: "nelson_1", Pattern: Beyond, K: 1, Of: 1, Z: 3},
		{Name: "nelson_2", Pattern: Beyond, K: 9, Of: 9},
		{Name: "nelson_3", Pattern: Trending, Of: 6},
		{Name: "nelson_4", Pattern: Alternating, Of: 14},
		{Name: "nelson_5", Pattern: Beyond, K: 2, Of: 3, Z: 2},
		{Name: "nelson_6", Pattern: Beyond, K: 4, Of: 5, Z: 1},
		{Name: "nelson_7", Pattern: Inside, Of: 15, Z: 1},
		{Name: "nelson_8", Pattern: Outside, Of: 8, Z: 1},
	}
}

// WesternElectric returns the four zone rules of the handbook, named
// western_electric_1 to western_electric_4: a point beyond 3σ; two of three beyond 2σ;
// four of five beyond 1σ; eight on one side.
func WesternElectric() []Rule {
	return []Rule{
		{Name: "western_electric_1", Pattern: Beyond, K: 1, Of: 1, Z: 3},
		{Name: "western_electric_2", Pattern: Beyond, K: 2, Of: 3, Z: 2},
		{Name: "western_electric_3", Pattern: Beyond, K: 4, Of: 5, Z: 1},
		{Name: "western_electric_4", Pattern: Beyond, K: 8, Of: 8},
	}
}

// Validate reports every rule of its own that r breaks, in one error.
func (r Rule) Validate() error { return fault.Room("spc", r.check()) }

func (r Rule) check() error {
	var l fault.List
	l.Name("Name", r.Name)
	l.Join("", patterns().Check("Pattern", r.Pattern))
	least := map[Pattern]int{Trending: 2, Alternating: 3, Outside: 2}[r.Pattern]
	l.Check(r.Of >= max(least, 1) && r.Of <= 64, "Of", r.Of, fmt.Sprintf("must be %d to 64", max(least, 1)))
	if r.Pattern == Beyond {
		l.Check(r.K >= 1 && r.K <= r.Of, "K", r.K, "must be 1 to Of")
	} else {
		l.Check(r.K == 0, "K", r.K, "must not be given for this pattern")
	}
	if r.Pattern == Trending || r.Pattern == Alternating {
		l.Check(r.Z == 0, "Z", r.Z, "must not be given for this pattern")
	} else {
		l.Between("Z", r.Z, 0, most)
	}
	return l.Err("")
}

// checkRules reports what is wrong with a list of rules, of 64 at most.
func checkRules(rules []Rule) error {
	var l fault.List
	l.Check(len(rules) >= 1 && len(rules) <= 64, "Rules", len(rules), "must be 1 to 64")
	names := map[string]bool{}
	for i, r := range rules {
		at := fmt.Sprintf("Rules[%d]", i)
		l.Join(at, r.check())
		l.Check(!names[r.Name], at+".Name", nil, "must be unique")
		if names[r.Name] = true; l.Full() {
			break
		}
	}
	return l.Err("spc")
}
