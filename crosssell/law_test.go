package crosssell_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/crosssell"
	"github.com/relmark/relmark/internal/near"
)

// Every verdict and every choice follows from the words of the documentation, and comes
// back from JSON.
func TestDecideIsNaive(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := situations().Draw(t, "situation")
		before := s.clone()
		d, err := crosssell.Decide(s.policy, s.customer, s.candidates)
		require.NoError(t, err)
		require.Equal(t, before, s, "nothing is changed")
		require.Equal(t, naive(s.policy, s.customer, s.candidates), d)

		text, err := json.Marshal(d)
		require.NoError(t, err)
		var back crosssell.Decision
		require.NoError(t, json.Unmarshal(text, &back))
		require.Equal(t, d, back)
	})
}

// Without priorities no other choice has a greater sum, with variety discounted.
func TestChoiceIsTheBest(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := situations().Draw(t, "situation")
		s.customer.Control, s.customer.Complaint = false, crosssell.NoComplaint
		for i := range s.candidates {
			s.candidates[i].Priority = 0
			s.candidates[i].Legal, s.candidates[i].Standing = nil, nil
		}
		d, err := crosssell.Decide(s.policy, s.customer, s.candidates)
		require.NoError(t, err)
		require.LessOrEqual(t, len(d.Chosen), max(1, s.policy.Slots))
		finals := map[string][]float64{}
		for _, i := range d.Chosen {
			finals[s.candidates[i].Category] = append(finals[s.candidates[i].Category], d.Verdicts[i].Final)
		}
		near.Equal(t, bestSum(s.policy, s.candidates, d), discounted(s.policy, finals), 1e-12, 0)
	})
}

// The order of what is given does not matter, and a decider remembers nothing.
func TestDecideOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := situations().Draw(t, "situation")
		d, err := crosssell.Decide(s.policy, s.customer, s.candidates)
		require.NoError(t, err)
		place := make([]int, len(s.candidates))
		for i := range place {
			place[i] = i
		}
		place = rapid.Permutation(place).Draw(t, "place")
		mixed := s.clone()
		for i, k := range place {
			mixed.candidates[i] = s.candidates[k]
		}
		mixed.customer.Contact = rapid.Permutation(s.customer.Contact).Draw(t, "contact")
		mixed.customer.Owned = rapid.Permutation(s.customer.Owned).Draw(t, "owned")
		mixed.customer.Facts = rapid.Permutation(s.customer.Facts).Draw(t, "facts")
		decider, err := crosssell.NewDecider[string](s.policy)
		require.NoError(t, err)
		first, err := decider.Decide(&s.customer, s.candidates)
		require.NoError(t, err)
		kept := first.Clone()
		again, err := decider.Decide(&mixed.customer, mixed.candidates)
		require.NoError(t, err)
		require.Equal(t, d, kept)
		for i, k := range place {
			require.Equal(t, d.Verdicts[k], again.Verdicts[i])
		}
		require.Len(t, again.Chosen, len(d.Chosen))
		for slot, i := range again.Chosen {
			require.Equal(t, d.Chosen[slot], place[i])
		}
	})
}

// Whatever else is so, nothing is sold into a dispute, and nothing at all is done for those
// who are erased; a recovery goes on.
func TestNothingIsSoldIntoADispute(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := situations().Draw(t, "situation")
		states := []crosssell.ComplaintState{crosssell.ComplaintOpen, crosssell.InRecovery, crosssell.ComplaintUnknown}
		d, err := crosssell.Decide(s.policy, s.customer, s.candidates)
		require.NoError(t, err)
		s.customer.Complaint = rapid.SampledFrom(states).Draw(t, "state")
		disputed, err := crosssell.Decide(s.policy, s.customer, s.candidates)
		require.NoError(t, err)
		for i, v := range disputed.Verdicts {
			if s.candidates[i].Kind == crosssell.Sale {
				require.Equal(t, crosssell.Rejected, v.Outcome)
			} else {
				require.Equal(t, d.Verdicts[i].Reasons, v.Reasons)
			}
		}
		s.customer.Erased = true
		d, err = crosssell.Decide(s.policy, s.customer, s.candidates)
		require.NoError(t, err)
		require.Empty(t, d.Chosen)
		require.Empty(t, d.Withheld)
	})
}

// A gate that is taken away lets pass whoever passed, and the reasons of the others stay.
func TestGatesOnlyStop(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := situations().Draw(t, "situation")
		d, err := crosssell.Decide(s.policy, s.customer, s.candidates)
		require.NoError(t, err)
		gates := map[crosssell.Gate]func(*situation){
			crosssell.GateMargin:       func(s *situation) { s.policy.MinMargin = nil },
			crosssell.GateSatisfaction: func(s *situation) { s.policy.MinSatisfaction = nil },
			crosssell.GateFatigue:      func(s *situation) { s.policy.MaxFatigue, s.customer.Fatigue = nil, new(0.0) },
			crosssell.GateComplaint:    func(s *situation) { s.customer.Complaint = crosssell.NoComplaint },
			crosssell.GateOwned:        func(s *situation) { s.customer.Owned = nil },
			crosssell.GateStock:        func(s *situation) { s.each(func(c *crosssell.Candidate[string]) { c.Stock = nil }) },
			crosssell.GateLegal:        func(s *situation) { s.each(func(c *crosssell.Candidate[string]) { c.Legal = nil }) },
			crosssell.GateStanding:     func(s *situation) { s.each(func(c *crosssell.Candidate[string]) { c.Standing = nil }) },
		}
		for gate, remove := range gates {
			open := s.clone()
			remove(&open)
			again, err := crosssell.Decide(open.policy, open.customer, open.candidates)
			require.NoError(t, err)
			for i, v := range d.Verdicts {
				var left []crosssell.Gate
				for _, r := range v.Reasons {
					if r.Gate != gate {
						left = append(left, r.Gate)
					}
				}
				if gate == crosssell.GateFatigue { // without fatigue more is worth something
					require.True(t, v.Outcome == crosssell.Rejected || again.Verdicts[i].Outcome != crosssell.Rejected)
					continue
				}
				var now []crosssell.Gate
				for _, r := range again.Verdicts[i].Reasons {
					now = append(now, r.Gate)
				}
				require.Equal(t, left, now)
			}
		}
	})
}

func (s *situation) each(f func(c *crosssell.Candidate[string])) {
	for i := range s.candidates {
		f(&s.candidates[i])
	}
}

// A member of the control group is judged like any other, and gets nothing.
func TestControlArm(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := situations().Draw(t, "situation")
		s.customer.Control = false
		d, err := crosssell.Decide(s.policy, s.customer, s.candidates)
		require.NoError(t, err)
		s.customer.Control = true
		control, err := crosssell.Decide(s.policy, s.customer, s.candidates)
		require.NoError(t, err)
		require.Empty(t, control.Chosen)
		require.Equal(t, d.Chosen, control.Withheld)
		for i := range d.Verdicts {
			if d.Verdicts[i].Outcome == crosssell.Chosen {
				d.Verdicts[i].Outcome = crosssell.Withheld
			}
		}
		require.Equal(t, d.Verdicts, control.Verdicts)
	})
}
