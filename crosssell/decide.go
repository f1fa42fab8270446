package crosssell

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/relmark/relmark"
)

// Decide chooses the offer to make to one customer, or none, and says of every
// candidate what became of it. Among the candidates that pass all gates it
// chooses the one of greatest worth; of equal ones that of the lowest item, then
// channel, then purpose, so that the order of the candidates does not matter.
// Nothing it is given is changed.
//
// It fails as [Policy.Validate], [Customer.Validate] and [Candidate.Validate] do,
// all errors joined, and if two candidates have the same item, channel and
// purpose. No candidates are no error. With n candidates and m items owned it
// takes O((n + m)·log n) time, and looks for each candidate through the permissions.
func Decide[I relmark.ID](p Policy, c Customer[I], candidates []Candidate[I]) (Decision, error) {
	errs := c.check(p.check(nil))
	for i := range candidates {
		if candidates[i].check(nil, "") != nil {
			errs = candidates[i].check(errs, fmt.Sprintf("Candidates[%d].", i))
		}
	}
	order := byItem(candidates)
	errs = checkUnique(errs, candidates, order)
	if errs != nil {
		return Decision{}, joined(errs)
	}
	d := decider[I]{policy: p, customer: c, candidates: candidates, order: order}
	return d.decide(), nil
}

// byItem returns the positions of the candidates in order of item, channel,
// purpose and position.
func byItem[I relmark.ID](candidates []Candidate[I]) []int {
	order := make([]int, len(candidates))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int { return cmp.Or(compare(&candidates[i], &candidates[j]), cmp.Compare(i, j)) })
	return order
}

// compare orders candidates by item, channel and purpose.
func compare[I relmark.ID](a, b *Candidate[I]) int {
	if by := cmp.Compare(a.Item, b.Item); by != 0 {
		return by
	}
	return cmp.Or(cmp.Compare(a.Channel, b.Channel), cmp.Compare(a.Purpose, b.Purpose))
}

// checkUnique appends an error for each candidate that repeats an earlier one.
func checkUnique[I relmark.ID](errs []error, candidates []Candidate[I], order []int) []error {
	for k := 1; k < len(order); k++ {
		if compare(&candidates[order[k-1]], &candidates[order[k]]) == 0 {
			errs = append(errs, fault("", fmt.Sprintf("Candidates[%d]", order[k]), nil,
				"must not repeat item, channel and purpose of another"))
		}
	}
	return errs
}

// A decider makes one decision about valid input.
type decider[I relmark.ID] struct {
	policy     Policy
	customer   Customer[I]
	candidates []Candidate[I]
	order      []int    // positions of the candidates by item
	owned      []bool   // by position of the candidate
	reasons    []Reason // of all verdicts, back to back
}

func (d *decider[I]) decide() Decision {
	d.markOwned()
	verdicts := make([]Verdict, len(d.candidates))
	passed := d.order[:0] // still by item
	for _, i := range d.order {
		v := &verdicts[i]
		v.Worth = d.candidates[i].Worth()
		if v.Reasons = d.stops(i, v.Worth); v.Reasons != nil {
			v.Outcome = Rejected
			continue
		}
		passed = append(passed, i)
		v.Outcome, v.Rank = LowerValue, len(passed) // by item, to tell equal worths apart
	}
	slices.SortFunc(passed, func(i, j int) int {
		a, b := &verdicts[i], &verdicts[j]
		return cmp.Or(cmp.Compare(b.Worth, a.Worth), cmp.Compare(a.Rank, b.Rank))
	})
	for k, i := range passed {
		verdicts[i].Rank = k + 1
	}
	if len(passed) > 0 {
		verdicts[passed[0]].Outcome = Chosen
	}
	return Decision{verdicts}
}

// stops returns what stops candidate i, in order of the gates; nil if nothing does.
func (d *decider[I]) stops(i int, worth float64) []Reason {
	start := len(d.reasons)
	stop := func(when bool, why Reason) {
		if when {
			d.reasons = append(d.reasons, why)
		}
	}
	c := &d.candidates[i]
	stop(!slices.Contains(d.customer.Permissions, Permission{c.Channel, c.Purpose}), NoConsent)
	stop(d.customer.OpenComplaint, OpenComplaint)
	stop(d.owned[i] && !c.Repeatable, Owned)
	stop(worth <= d.policy.Floor, BelowFloor)
	if len(d.reasons) == start {
		return nil
	}
	return d.reasons[start:len(d.reasons):len(d.reasons)]
}

// markOwned finds the candidates for each item owned.
func (d *decider[I]) markOwned() {
	d.owned = make([]bool, len(d.candidates))
	for _, item := range d.customer.Owned {
		at, _ := slices.BinarySearchFunc(d.order, item, func(i int, item I) int { return cmp.Compare(d.candidates[i].Item, item) })
		for ; at < len(d.order) && d.candidates[d.order[at]].Item == item; at++ {
			if d.owned[d.order[at]] {
				break // the item was listed before
			}
			d.owned[d.order[at]] = true
		}
	}
}
