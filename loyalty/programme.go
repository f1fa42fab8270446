package loyalty

import (
	"github.com/relmark/relmark/internal/fault"
)

// An Element is one thing that a programme does for its customers. It is plain data.
type Element struct {
	Name   string `json:"name"`   // 1 to 200 bytes of UTF-8, once in a programme
	Tactic Tactic `json:"tactic"` // one of [Tactics]
	Cost   int64  `json:"cost"`   // in a period, in the smallest unit of money, such as cents; 0 to 1e15
}

// A Programme is a portfolio of bonds: everything done to keep customers, with what it
// costs in one period. It is plain data.
type Programme struct {
	Elements []Element `json:"elements"`
}

const (
	maxElements = 1000
	maxCost     = 1_000_000_000_000_000
)

// Validate reports every rule that p breaks, joined into one error.
func (p Programme) Validate() error {
	var l fault.List
	l.Check(len(p.Elements) <= maxElements, "Elements", len(p.Elements), "must be 1000 at most")
	seen := map[string]bool{}
	for i := range p.Elements[:min(len(p.Elements), maxElements)] {
		if l.Full() {
			break
		}
		e := &p.Elements[i]
		at := fault.Item("Elements", i)
		l.NameOnce(seen, "Elements", i, ".Name", e.Name)
		l.Join(at, tactics().Check("Tactic", e.Tactic))
		l.Check(e.Cost >= 0 && e.Cost <= maxCost, at+".Cost", e.Cost, "must be 0 to 1e15")
	}
	return l.Err(room)
}

// A LevelCoverage is what a programme does on one level. It is plain data.
type LevelCoverage struct {
	Level    Level    `json:"level"`
	Lead     Lead     `json:"lead"`              // how long such bonds set a firm apart
	Elements []string `json:"elements"`          // names, in the order of the programme
	Missing  []Tactic `json:"missing,omitempty"` // tactics of the level that no element uses
	Cost     int64    `json:"cost"`              // of its elements
	Share    *float64 `json:"share,omitempty"`   // of the cost of the programme; nil where that is 0
}

// A Coverage is what a programme does and leaves undone, level by level. It is plain
// data.
type Coverage struct {
	Levels []LevelCoverage `json:"levels"` // all four, the easiest to copy first
	Gaps   []Level         `json:"gaps"`   // levels without any element
	Cost   int64           `json:"cost"`   // of the whole programme
}

// Coverage returns which levels and tactics the programme covers, what each level costs
// and where nothing is done. It fails as [Programme.Validate] does. The empty programme
// has four gaps.
func (p Programme) Coverage() (Coverage, error) {
	if err := p.Validate(); err != nil {
		return Coverage{}, err
	}
	out := Coverage{Levels: make([]LevelCoverage, levels().Len()), Gaps: []Level{}}
	used := map[Tactic]bool{}
	for i := range p.Elements {
		e := &p.Elements[i]
		used[e.Tactic] = true
		k, _ := levels().Index(e.Tactic.Level())
		l := &out.Levels[k]
		l.Elements = append(l.Elements, e.Name)
		l.Cost += e.Cost
		out.Cost += e.Cost
	}
	for k, level := range levels().All() {
		l := &out.Levels[k]
		l.Level, l.Lead, l.Share = level, level.Lead(), costShare(l.Cost, out.Cost)
		if l.Elements == nil {
			l.Elements = []string{}
			out.Gaps = append(out.Gaps, level)
		}
	}
	for i, t := range tactics().All() {
		if !used[t] {
			l := &out.Levels[i/3]
			l.Missing = append(l.Missing, t)
		}
	}
	return out, nil
}

// costShare returns part of whole as a share; nil if the whole is 0.
func costShare(part, whole int64) *float64 {
	if whole == 0 {
		return nil
	}
	return new(float64(part) / float64(whole))
}
