package spc

import (
	"fmt"
	"math/bits"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
)

// maxStates bounds the chain of a set of rules: solving it takes their cube.
const maxStates = 1500

// RunLength returns the average run length of a chart that is judged by rules, when
// the mean has moved by shift σ: from the first point to the first signal of any of
// them. It is exact, by the chain of what the rules remember. It fails with a
// [relmark.FieldError] for rules that are not valid, for patterns other than [Beyond]
// and for shifts beyond 10 σ, with [relmark.ErrLimit] where the rules together
// remember more than 1,500 states, and with [relmark.ErrNoConverge] where a signal is
// too rare to be told from none.
func RunLength(rules []Rule, shift float64) (float64, error) {
	if err := checkShift(checkRules(rules), shift); err != nil {
		return 0, err
	}
	for i, r := range rules {
		if r.Pattern != Beyond {
			return 0, fault.Room("spc", fault.New(fmt.Sprintf("Rules[%d].Pattern", i), nil, "must be beyond for a run length"))
		}
	}
	c := chain{rules: rules, zones: zonesOf(rules), index: map[string]int{}}
	for _, r := range rules {
		c.checks = append(c.checks, newCheck(r))
	}
	if err := c.explore(); err != nil {
		return 0, err
	}
	return absorbed(c.matrix(shift))
}

// registers are those of one rule.
type registers struct{ a, b uint64 }

// A chain of what rules remember: for each, the registers of the points that can
// still help to complete its pattern.
type chain struct {
	rules  []Rule
	checks []check   // of the rules
	zones  []float64 // edges, ascending; zone i lies above edge i−1 and up to edge i
	index  map[string]int
	states [][]registers // by rule
	next   [][]int       // by state and zone; −1 for a signal
}

// zonesOf returns the edges between which all rules see the same.
func zonesOf(rules []Rule) []float64 {
	var edges []float64
	for _, r := range rules {
		edges = append(edges, -r.Z, r.Z)
	}
	slices.Sort(edges)
	return slices.Compact(edges)
}

// explore finds all states that can be reached without a signal.
func (c *chain) explore() error {
	c.visit(make([]registers, len(c.rules)))
	for i := 0; i < len(c.states); i++ {
		row := make([]int, len(c.zones)+1)
		for zone := range row {
			state, signal := c.step(c.states[i], c.inside(zone))
			if row[zone] = -1; !signal {
				row[zone] = c.visit(state)
			}
		}
		if c.next = append(c.next, row); len(c.states) > maxStates {
			return fmt.Errorf("spc: rules with more than %d states: %w", maxStates, relmark.ErrLimit)
		}
	}
	return nil
}

// visit returns the number of a state, a new one if it is new.
func (c *chain) visit(state []registers) int {
	key := fmt.Sprint(state)
	i, known := c.index[key]
	if !known {
		i = len(c.states)
		c.index[key], c.states = i, append(c.states, state)
	}
	return i
}

// inside returns a z within a zone.
func (c *chain) inside(zone int) float64 {
	switch {
	case zone == 0:
		return c.zones[0] - 1
	case zone == len(c.zones):
		return c.zones[zone-1] + 1
	}
	return (c.zones[zone-1] + c.zones[zone]) / 2
}

// step returns the state after a point, and whether it completes a pattern.
func (c *chain) step(state []registers, z float64) (after []registers, signal bool) {
	after = slices.Clone(state)
	for i, r := range c.rules {
		above, below := state[i].a<<1|bit(z > r.Z), state[i].b<<1|bit(z < -r.Z)
		if c.checks[i].beyond(above, below) == 1 {
			return nil, true
		}
		after[i] = registers{r.useful(above), r.useful(below)}
	}
	return after, false
}

// useful drops points of a register that can no longer help: there are fewer than K
// from any of them on, even if all points to come were beyond.
func (r *Rule) useful(register uint64) uint64 {
	for age := r.Of - 1; age >= 0; age-- { // of a point that is age points old
		upTo := register & (1<<(age+1) - 1)
		left := r.Of - 1 - age // points to come while it is in the window
		if register = upTo; register>>age&1 == 1 && bits.OnesCount64(upTo)+left >= r.K && left > 0 {
			return register
		}
		register &^= 1 << age
	}
	return 0
}

// matrix returns the probabilities of going from state to state.
func (c *chain) matrix(shift float64) *mat.Dense {
	share := make([]float64, len(c.zones)+1)
	for zone := range share {
		share[zone] = c.share(zone, shift)
	}
	m := mat.NewDense(len(c.states), len(c.states), nil)
	for from, row := range c.next {
		for zone, to := range row {
			if to >= 0 {
				m.Set(from, to, m.At(from, to)+share[zone])
			}
		}
	}
	return m
}

// share returns the probability of a zone.
func (c *chain) share(zone int, shift float64) float64 {
	switch {
	case zone == 0:
		return upper(shift - c.zones[0])
	case zone == len(c.zones):
		return upper(c.zones[zone-1] - shift)
	}
	low, high := c.zones[zone-1]-shift, c.zones[zone]-shift
	if low > 0 {
		return upper(low) - upper(high)
	}
	return upper(-high) - upper(-low)
}
