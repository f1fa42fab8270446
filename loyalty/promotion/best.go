package promotion

import (
	"fmt"

	"github.com/relmark/relmark"
)

// maxChoices is how many offers in best groups are tried in all combinations.
const maxChoices = 12

// A search goes through all choices of offers in best groups: at the turn of each that
// gives a discount it tries the order with it, then without.
type search struct {
	*till
	with    []bool  // the choice at hand, by rule
	best    []bool  // the best one so far
	most    int64   // what that takes off; -1: there is none yet
	buffers [][]run // two for each depth
}

// choose leaves those members of best groups in with which the order costs least. Of
// choices with equal totals that one wins that uses the offer of the earlier turn where
// they first differ, which is the one that is found first.
func (t *till) choose() error {
	choices := 0
	for i := range t.rules {
		if st := &t.standings[i]; t.rules[i].best && !st.skip && !st.why.early() {
			choices++
		}
	}
	switch {
	case choices > maxChoices:
		return fmt.Errorf("%s: more than 12 offers to choose from in best groups: %w", room, relmark.ErrLimit)
	case choices == 0:
		return nil
	}
	s := search{till: t, with: make([]bool, len(t.rules)), best: make([]bool, len(t.rules)), most: -1}
	s.from(0, t.basket.runs, 0)
	for i := range t.standings {
		t.standings[i].chosen = s.best[i]
	}
	return nil
}

// early reports whether a reason comes before all those that look at the order.
func (why Reason) early() bool {
	return why == NoCode || why == OtherTier || why == LimitReached || why == OverBudget
}

// from goes through the choices from a turn on. It does not write to the runs, and leaves
// the state of the till as it was.
func (s *search) from(i int, runs []run, depth int) {
	for len(s.buffers) < 2*depth+2 {
		s.buffers = append(s.buffers, make([]run, 0, 2*len(runs)+8))
	}
	before, free := s.state, 2*depth // the buffer that does not hold the runs
	var linear []int                 // groups of which a member was used without a choice
	for ; i < len(s.rules) && !s.alone; i++ {
		r := &s.rules[i]
		if s.standings[i].skip || r.best && s.used[r.group] >= s.groups[r.group].Limit {
			continue
		}
		discount, st := s.turn(i, runs)
		if st.why != "" {
			continue
		}
		here := s.state
		next := s.use(r, discount, s.buffers[free][:0])
		s.buffers[free] = next
		if !r.best {
			if runs, free = next, free^1; r.group >= 0 {
				linear = append(linear, r.group)
			}
			continue
		}
		s.with[i] = true
		s.from(i+1, next, depth+1)
		s.with[i], s.state = false, here
		s.used[r.group]--
	}
	if s.given > s.most {
		s.most = s.given
		copy(s.best, s.with)
	}
	for _, g := range linear {
		s.used[g]--
	}
	s.state = before
}
