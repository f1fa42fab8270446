package crosssell

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
)

// Decide chooses the offer to make to one customer, or none, and says of every
// candidate what became of it. Among the candidates that pass all gates it
// chooses the one of greatest worth; of equal ones that of the lowest item, then
// channel, then purpose, so that the order of the candidates does not matter.
// Nothing it is given is changed.
//
// It fails as [Policy.Validate], [Customer.Validate] and [Candidate.Validate] do,
// all errors joined, and if two candidates have the same item, channel and
// purpose. No candidates are no error. With n candidates, m items owned and k
// contact answers it takes O((n + m)·log n + (n + k)·log k) time.
func Decide[I relmark.ID](p Policy, c Customer[I], candidates []Candidate[I]) (Decision, error) {
	var l fault.List
	p.check(&l)
	c.check(&l)
	answers := byContact(c.Contact)
	checkUniqueAnswers(&l, c.Contact, answers)
	for i := range candidates {
		var part fault.List
		if candidates[i].check(&part); part.Len() > 0 {
			l.Join(fmt.Sprintf("Candidates[%d]", i), part.Err(""))
		}
	}
	order := byItem(candidates)
	checkUnique(&l, candidates, order)
	if err := l.Err(room); err != nil {
		return Decision{}, err
	}
	d := decider[I]{policy: p, customer: c, candidates: candidates, order: order, answers: answers}
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

// checkUnique adds an error for each candidate that repeats an earlier one.
func checkUnique[I relmark.ID](l *fault.List, candidates []Candidate[I], order []int) {
	for k := 1; k < len(order); k++ {
		if compare(&candidates[order[k-1]], &candidates[order[k]]) == 0 {
			l.Add(fmt.Sprintf("Candidates[%d]", order[k]), nil, "must not repeat item, channel and purpose of another")
		}
	}
}

// A decider makes one decision about valid input.
type decider[I relmark.ID] struct {
	policy     Policy
	customer   Customer[I]
	candidates []Candidate[I]
	order      []int    // positions of the candidates by item
	answers    []int    // positions of the contact answers by channel and purpose
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
		if d.stop(i, v); v.Reasons != nil {
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

// stop asks every gate about candidate i and writes what stops it into the verdict.
func (d *decider[I]) stop(i int, v *Verdict) {
	start := len(d.reasons)
	stop := func(when bool, why Reason) {
		if when && !slices.Contains(d.reasons[start:], why) {
			d.reasons = append(d.reasons, why)
		}
	}
	c := &d.candidates[i]
	contact := answer(d.customer.Contact, d.answers, c.Channel, c.Purpose)
	stop(contact == nil, NotAsked)
	if contact != nil && !contact.Allowed {
		v.Breaches, v.Next = contact.Breaches, contact.Next.UTC()
		for _, b := range contact.Breaches {
			stop(true, Reason(b.Rule))
		}
	}
	stop(d.customer.OpenComplaint, OpenComplaint)
	stop(d.owned[i] && !c.Repeatable, Owned)
	stop(v.Worth <= d.policy.Floor, BelowFloor)
	if len(d.reasons) > start {
		v.Reasons = d.reasons[start:len(d.reasons):len(d.reasons)]
	}
}

// markOwned finds the candidates for each item owned.
func (d *decider[I]) markOwned() {
	d.owned = make([]bool, len(d.candidates))
	for _, item := range d.customer.Owned {
		for at := d.first(item); at < len(d.order) && d.candidates[d.order[at]].Item == item; at++ {
			if d.owned[d.order[at]] {
				break // the item was listed before
			}
			d.owned[d.order[at]] = true
		}
	}
}

// first returns where in the order an item begins, or would. It is the search of
// package sort without a call for each comparison, which took half of the time.
func (d *decider[I]) first(item I) int {
	low, high := 0, len(d.order)
	for low < high {
		if middle := int(uint(low+high) >> 1); d.candidates[d.order[middle]].Item < item {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low
}
