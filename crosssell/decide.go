package crosssell

import (
	"cmp"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/fault"
)

// Decide chooses what to offer to one customer, or nothing, and says of every candidate
// what became of it. Among the candidates that pass all gates it chooses as many as the
// policy has slots for, by priority and then by what they are worth with their levers;
// of equal ones that of the lowest item, then channel, then purpose, so that the order
// of the candidates does not matter. Of one item it chooses one candidate at most. For a
// customer in the control group it chooses nothing, and says what it would have chosen.
// Nothing it is given is changed.
//
// It fails as [Policy.Validate], [Customer.Validate] and [Candidate.Validate] do,
// all errors joined, if two candidates have the same item, channel and purpose, and if
// those of one item have several categories. No candidates are no error. With n candidates, m items owned, k
// contact answers and s slots it takes O(n·(log n + s) + m + k·log k) time.
func Decide[I relmark.ID](p Policy, c Customer[I], candidates []Candidate[I]) (Decision, error) {
	d := Decider[I]{policy: p, invalid: p.faults()}
	return d.Decide(&c, candidates)
}

// An opaque has no JSON.
type opaque = canon.Opaque

// A Decider decides for one customer after another under one policy and keeps its
// memory, so that a decision allocates nothing once it has seen some as large. It is not
// safe for concurrent use; make one for each goroutine with [NewDecider].
type Decider[I relmark.ID] struct {
	opaque
	policy  Policy
	invalid error // of the policy

	customer   *Customer[I]
	fatigue    float64 // what the policy takes off a sale for it
	candidates []Candidate[I]
	answers    []int       // positions of the contact answers by channel and purpose
	heads      map[I]int32 // the first candidate of an item
	next       []int32     // the next candidate of the same item; -1
	owned      []bool      // by position of the candidate
	passed     []contender // those that pass the gates
	chosen     []int
	taken      []bool           // chosen, by position in passed
	categories map[string]int32 // numbers of categories
	counts     []int            // chosen ones of each category

	verdicts []Verdict
	reasons  []Reason // of all verdicts, back to back
	ends     []int32  // where those of each candidate end
}

// A contender is a candidate that passed all gates.
type contender struct {
	final    float64
	priority int
	at       int32 // its position
	category int32
}

// NewDecider returns a decider for a policy. It fails as [Policy.Validate] does.
func NewDecider[I relmark.ID](p Policy) (*Decider[I], error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	return &Decider[I]{policy: p}, nil
}

// Decide decides as [Decide] does. The decision is good until the next call; what is to
// be kept, [Decision.Clone] copies.
func (d *Decider[I]) Decide(c *Customer[I], candidates []Candidate[I]) (Decision, error) {
	if err := d.judge(c, candidates); err != nil {
		return Decision{}, err
	}
	d.choose(-1)
	return d.decision(), nil
}

// judge validates, asks every gate about every candidate and ranks those that pass.
func (d *Decider[I]) judge(c *Customer[I], candidates []Candidate[I]) error {
	var l fault.List
	if c == nil {
		l.Add("Customer", nil, "must not be nil")
		return l.Err(room)
	}
	d.customer, d.candidates = c, candidates
	l.Join("", d.invalid)
	c.check(&l)
	d.answers = byContact(d.answers[:0], c.Contact)
	checkUniqueAnswers(&l, c.Contact, d.answers)
	d.checkCandidates(&l)
	d.index(&l)
	if err := l.Err(room); err != nil {
		return err
	}
	d.markOwned()
	d.askAll()
	d.rank()
	return nil
}

// checkCandidates adds what is wrong with each candidate.
func (d *Decider[I]) checkCandidates(l *fault.List) {
	d.fatigue = 0
	if f := d.customer.Fatigue; f != nil {
		d.fatigue = float64(d.policy.FatigueWeight * *f)
	}
	none := &Candidate[I]{}
	before := none // what was found valid
	for i := range d.candidates {
		c := &d.candidates[i]
		var part fault.List
		c.check(&part, before)
		before = c
		if d.fatigue != 0 && part.Len() == 0 {
			worth := c.Worth() - d.fatigue
			if !(isFinite(worth) && isFinite(worth+c.Lever)) {
				part.Add("Margin", c.Margin, "must leave the worth finite with fatigue taken off")
			}
		}
		if part.Len() > 0 {
			l.Join(at("Candidates", i), part.Err(""))
			before = none
		}
	}
}

// chain is how many candidates of one item are compared with each other one by one; of
// more, [Decider.checkUnique] finds those that come twice.
const chain = 32

// index links the candidates of each item and adds what is wrong between them.
func (d *Decider[I]) index(l *fault.List) {
	long := false
	if d.heads == nil {
		d.heads = make(map[I]int32, len(d.candidates))
	}
	clear(d.heads)
	d.next = slices.Grow(d.next[:0], len(d.candidates))
	for i := range d.candidates {
		c := &d.candidates[i]
		head, known := d.heads[c.Item]
		if !known {
			head = -1
		}
		if head >= 0 && d.candidates[head].Category != c.Category {
			l.Add(at("Candidates", i)+".Category", nil, "must be that of the other candidates of the item")
		}
		links, j := 0, head
		for ; j >= 0 && links < chain; j = d.next[j] {
			if other := &d.candidates[j]; other.Channel == c.Channel && other.Purpose == c.Purpose {
				l.Add(at("Candidates", i), nil, repeats)
			}
			links++
		}
		long = long || j >= 0
		d.next = append(d.next, head)
		d.heads[c.Item] = int32(i)
	}
	if long {
		d.checkUnique(l)
	}
}

const repeats = "must not repeat item, channel and purpose of another"

// checkUnique adds an error for each candidate that repeats one further before it than a
// chain.
func (d *Decider[I]) checkUnique(l *fault.List) {
	type contact struct {
		item    I
		channel relmark.Channel
		purpose relmark.Purpose
	}
	seen := make(map[contact]bool, len(d.candidates))
	for i := range d.candidates {
		if l.Full() {
			return
		}
		c := &d.candidates[i]
		key := contact{c.Item, c.Channel, c.Purpose}
		if seen[key] && !d.repeatsNear(i) {
			l.Add(at("Candidates", i), nil, repeats)
		}
		seen[key] = true
	}
}

// repeatsNear reports whether a candidate repeats one of those that it was compared with.
func (d *Decider[I]) repeatsNear(i int) bool {
	c := &d.candidates[i]
	j := d.next[i]
	for range chain {
		if j < 0 {
			return false
		}
		if other := &d.candidates[j]; other.Channel == c.Channel && other.Purpose == c.Purpose {
			return true
		}
		j = d.next[j]
	}
	return false
}

// markOwned finds the candidates for each item owned.
func (d *Decider[I]) markOwned() {
	d.owned = slices.Grow(d.owned[:0], len(d.candidates))[:len(d.candidates)]
	clear(d.owned)
	for _, item := range d.customer.Owned {
		head, known := d.heads[item]
		if !known || d.owned[head] {
			continue
		}
		for j := head; j >= 0; j = d.next[j] {
			d.owned[j] = true
		}
	}
}

// rank sorts what passed: by priority, final worth, item, channel and purpose.
func (d *Decider[I]) rank() {
	slices.SortFunc(d.passed, func(a, b contender) int {
		switch {
		case a.priority != b.priority:
			return cmp.Compare(b.priority, a.priority)
		case a.final > b.final:
			return -1
		case a.final < b.final:
			return 1
		}
		return compare(&d.candidates[a.at], &d.candidates[b.at])
	})
	for k := range d.passed {
		d.verdicts[d.passed[k].at].Rank = k + 1
	}
}

// decision returns what was decided.
func (d *Decider[I]) decision() Decision {
	out := Decision{Verdicts: d.verdicts}
	if len(d.chosen) == 0 {
		return out
	}
	if d.customer.Control {
		out.Withheld = d.chosen
	} else {
		out.Chosen = d.chosen
	}
	return out
}
