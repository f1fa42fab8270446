package social

import (
	"cmp"
	"fmt"
	"maps"
	"math/bits"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

// DeskParams say by which rules a customer is treated. They are plain data, without JSON:
// what is worth storing is the policy, which has its own, and λ.
type DeskParams struct {
	opaque
	Policy relmark.ContactPolicy // when a customer may be contacted
	Lambda decimal.Decimal       // λ, what a unit of cost must bring to be worth it, 0 or more
}

// A Desk chooses the one treatment that is best for a customer now. It is an immutable
// value, safe for concurrent use. Obtain one from [NewDesk].
type Desk struct {
	opaque
	policy  relmark.ContactPolicy
	lambda  decimal.Decimal
	longest time.Duration // window of a cap, or gap
}

// NewDesk prepares parameters. It fails if the policy is not valid, which includes a cap
// below 1, or if λ is negative or has more than 9 fraction digits. It keeps the lists of
// the policy, which must not change any more.
func NewDesk(p DeskParams) (*Desk, error) {
	var f fault.List
	f.Join("Policy", p.Policy.Validate())
	var l ledger
	f.Check(l.open(p.Lambda), "Lambda", nil, "must be 0 or more, with 9 fraction digits at most")
	if err := f.Err(room); err != nil {
		return nil, err
	}
	d := &Desk{policy: p.Policy, lambda: p.Lambda}
	for _, c := range p.Policy.Caps {
		d.longest = max(d.longest, c.Window)
	}
	for _, g := range p.Policy.MinGaps {
		d.longest = max(d.longest, g.Least)
	}
	return d, nil
}

// A Case is a customer for whom a treatment is looked for. It is plain data, without JSON
// as its facts are.
type Case struct {
	opaque
	Treatments []Treatment          // with IDs that differ; at most 10,000
	Facts      relmark.ContactFacts // consents, and contacts that were made
	Control    bool                 // the customer is in the control group
	// Quotas are how many treatments of a kind are left, 0 or more; kinds that are absent
	// are not limited.
	Quotas map[string]int64
	Budget *decimal.Decimal // what is left of it, 0 or more; nil: not limited
}

// A Verdict says what is decided about one treatment. It is plain data.
type Verdict struct {
	ID      string                  `json:"id"`
	Chosen  bool                    `json:"chosen"`
	Reason  Reason                  `json:"reason,omitempty"` // why not; empty if chosen
	Contact relmark.ContactDecision `json:"contact"`          // of the policy: which rules are in the way, and when to ask again
}

// A Choice is what is decided about a customer. The zero Choice is ready for
// [Desk.Choose], which uses its memory again. It is not safe for concurrent mutation.
type Choice struct {
	opaque
	Verdicts []Verdict // in the order of the treatments
	Best     int       // position of the treatment that is chosen; -1: none is

	amounts []amounts // of each treatment
	pairs   []int     // of each treatment, its channel and purpose among those asked
	asked   []asked
	ids     []int32 // a table of treatments by the hashes of their IDs
	history []relmark.Contact
}

// asked is what the policy says about a channel and a purpose.
type asked struct {
	channel  relmark.Channel
	purpose  relmark.Purpose
	decision relmark.ContactDecision
}

// pair returns the position of a channel and a purpose among those asked, where it adds
// them; false if they cannot be asked.
func (x *Choice) pair(t *Treatment) (int, bool) {
	for i := range x.asked {
		if a := &x.asked[i]; a.channel == t.Channel && a.purpose == t.Purpose {
			return i, true
		}
	}
	x.asked = append(x.asked, asked{channel: t.Channel, purpose: t.Purpose})
	return len(x.asked) - 1, isText(string(t.Channel)) && t.Channel != relmark.AnyChannel && isText(string(t.Purpose))
}

// unique enters a treatment into the table of IDs; false if its ID is there.
func (x *Choice) unique(c *Case, i int) bool {
	id := c.Treatments[i].ID
	h := uint32(2166136261) // FNV-1a
	for k := range len(id) {
		h = (h ^ uint32(id[k])) * 16777619
	}
	for mask := uint32(len(x.ids) - 1); ; h++ {
		switch k := x.ids[h&mask]; {
		case k == 0:
			x.ids[h&mask] = int32(i + 1)
			return true
		case c.Treatments[k-1].ID == id:
			return false
		}
	}
}

// reset makes room for n treatments.
func (x *Choice) reset(n int) {
	size := 1 << bits.Len(uint(2*n)) // at most half of it is taken
	x.ids = slices.Grow(x.ids[:0], size)[:size]
	clear(x.ids)
	x.amounts, x.pairs, x.asked = x.amounts[:0], x.pairs[:0], x.asked[:0]
}

// Chosen returns the treatment that was chosen for c; false if none was.
func (x *Choice) Chosen(c *Case) (Treatment, bool) {
	if x.Best < 0 || x.Best >= len(x.Verdicts) || x.Best >= len(c.Treatments) {
		return Treatment{}, false
	}
	return c.Treatments[x.Best], true
}

// Choose decides about all treatments for a customer at asOf and fills x. Each passes gates
// in this order: the customer is not in the control group, the policy allows the contact,
// the net value = value - λ·cost is above 0, the quota of its kind and the budget suffice.
// The best of the rest is chosen: the largest net value, then the smallest cost, then the
// smallest ID; the others are [Outranked]. One contact is one treatment: who has made it
// adds it to the history and asks again.
//
// It fails, leaving nothing of use in x, if a treatment has no ID, kind, channel or purpose,
// if an ID comes twice, if a cost, a quota or the budget is negative, if an amount has more
// than 9 fraction digits or does not fit, and where [relmark.ContactPolicy.Decide] does.
//
// It takes time linear in the treatments and in the past contacts, times the caps and gaps,
// and for each pair of channel and purpose asks the policy once, about the few contacts that
// its rules can depend on. Once x has its size, it allocates only what the policy does for
// a contact that it does not allow.
func (d *Desk) Choose(x *Choice, c *Case, asOf time.Time) error {
	if d == nil || x == nil || c == nil {
		return errNil("Desk")
	}
	x.Verdicts, x.Best = x.Verdicts[:0], -1
	budget, err := d.weigh(x, c)
	if err == nil {
		err = d.recall(x, c.Facts.History, asOf)
	}
	if err != nil {
		return err
	}
	facts := c.Facts
	facts.History = x.history
	for i := range x.asked {
		a := &x.asked[i]
		if a.decision, err = d.policy.Decide(a.channel, a.purpose, facts, asOf); err != nil {
			return fault.Room(room, err)
		}
	}
	for i := range c.Treatments {
		contact := &x.asked[x.pairs[i]].decision
		why := x.gate(c, i, budget, contact)
		x.Verdicts = append(x.Verdicts, Verdict{ID: c.Treatments[i].ID, Reason: why, Contact: *contact})
		if why == "" {
			x.rank(c, i)
		}
	}
	return nil
}

// gate returns the first gate that a treatment does not pass; empty if it passes all.
func (x *Choice) gate(c *Case, i int, budget int64, contact *relmark.ContactDecision) Reason {
	a := &x.amounts[i]
	switch why := blocked(contact); {
	case c.Control:
		return InControl
	case why != "":
		return why
	case a.net <= 0:
		return NoValue
	}
	if left, limited := c.Quotas[c.Treatments[i].Kind]; limited && left == 0 {
		return AtQuota
	}
	if a.cost > budget {
		return AtBudget
	}
	return ""
}

// rank makes a treatment the best if it is better than the best so far, and outranks the
// other.
func (x *Choice) rank(c *Case, i int) {
	if b := x.Best; b >= 0 {
		mine, other := &x.amounts[i], &x.amounts[b]
		if cmp.Or(cmp.Compare(mine.net, other.net), cmp.Compare(other.cost, mine.cost), cmp.Compare(c.Treatments[b].ID, c.Treatments[i].ID)) < 0 {
			x.Verdicts[i].Reason = Outranked
			return
		}
		x.Verdicts[b].Chosen, x.Verdicts[b].Reason = false, Outranked
	}
	x.Best, x.Verdicts[i].Chosen = i, true
}

// weigh checks the treatments, brings their net values and costs to whole units and
// returns the budget.
func (d *Desk) weigh(x *Choice, c *Case) (budget int64, err error) {
	var l ledger
	l.open(d.lambda)
	if len(c.Treatments) > maxTreatments {
		return 0, fault.Room(room, fault.New("Treatments", len(c.Treatments), "must be at most 10000"))
	}
	x.reset(len(c.Treatments))
	sound := c.Budget == nil || l.see(decimal.Decimal{}, *c.Budget, new(amounts))
	for i := range c.Treatments {
		t := &c.Treatments[i]
		var a amounts
		pair, known := x.pair(t)
		sound = known && fault.ValidName(t.ID) && fault.ValidName(t.Kind) && l.see(t.Value, t.Cost, &a) && x.unique(c, i) && sound
		x.pairs, x.amounts = append(x.pairs, pair), append(x.amounts, a)
	}
	for _, left := range c.Quotas {
		sound = sound && left >= 0
	}
	if !sound {
		return 0, c.fault()
	}
	if budget = money.MaxExact; c.Budget != nil {
		if minor, err := money.Minor(*c.Budget, l.costScale); err == nil {
			budget = minor // else it is more than any cost
		}
	}
	for i := range x.amounts {
		l.convert(&x.amounts[i])
	}
	if !l.ok {
		return 0, errAmounts()
	}
	return budget, nil
}

const maxTreatments = 10_000

// fault says what is wrong with a case.
func (c *Case) fault() error {
	var f fault.List
	var l ledger
	ids := map[string]bool{}
	for i := range c.Treatments {
		t := &c.Treatments[i]
		t.fault(&f, "Treatments", i)
		f.Check(l.see(t.Value, t.Cost, new(amounts)), fmt.Sprintf("Treatments[%d].Cost", i), nil, "must be 0 or more, as Value "+amountRule)
		f.Check(!ids[t.ID], fmt.Sprintf("Treatments[%d].ID", i), nil, "must not come twice")
		ids[t.ID] = true
	}
	for _, left := range slices.Sorted(maps.Values(c.Quotas)) { // errors are alike
		f.Check(left >= 0, "Quotas", left, "must be 0 or more")
	}
	f.Check(c.Budget == nil || l.see(decimal.Decimal{}, *c.Budget, new(amounts)), "Budget", nil, "must be 0 or more, and "+amountRule)
	return f.Err(room)
}

// recall keeps of the past contacts those that a cap or a gap of the policy can depend on
// at asOf: all others may be left out, and few are left where the policy was kept. It
// checks them all, as the policy would.
func (d *Desk) recall(x *Choice, history []relmark.Contact, asOf time.Time) error {
	x.history = x.history[:0]
	oldest := asOf.Add(-d.longest)
	var channel relmark.Channel // the last ones that were checked
	var purpose relmark.Purpose
	for i := range history {
		h := &history[i]
		if h.At.IsZero() || h.At.After(asOf) ||
			h.Channel != channel && !isWord(string(h.Channel)) || h.Purpose != purpose && !isWord(string(h.Purpose)) {
			return pastFault(h, i, asOf)
		}
		channel, purpose = h.Channel, h.Purpose
		if h.At.After(oldest) && d.counts(h, asOf) {
			x.history = append(x.history, *h)
		}
	}
	return nil
}

// counts reports whether a contact lies in the window of a cap or a gap at asOf.
func (d *Desk) counts(h *relmark.Contact, asOf time.Time) bool {
	age := asOf.Sub(h.At)
	covers := func(c relmark.Channel) bool { return c == h.Channel || c == relmark.AnyChannel }
	for _, c := range d.policy.Caps {
		if age < c.Window && covers(c.Channel) {
			return !slices.Contains(d.policy.Exempt, h.Purpose)
		}
	}
	for _, g := range d.policy.MinGaps {
		if age < g.Least && covers(g.Channel) {
			return !slices.Contains(d.policy.Exempt, h.Purpose)
		}
	}
	return false
}

// isWord reports whether s can be a channel or purpose of a contact policy.
func isWord(s string) bool { return s != "" && !strings.ContainsRune(s, '\uFFFD') }

// pastFault says what is wrong with a past contact.
func pastFault(h *relmark.Contact, i int, asOf time.Time) error {
	var f fault.List
	path := fmt.Sprintf("Facts.History[%d]", i)
	f.Check(!h.At.IsZero() && !h.At.After(asOf), path+".At", h.At, "must be set and not come after the decision")
	f.Check(isWord(string(h.Channel)), path+".Channel", nil, "must be UTF-8 text without U+FFFD and not empty")
	f.Check(isWord(string(h.Purpose)), path+".Purpose", nil, "must be UTF-8 text without U+FFFD and not empty")
	return f.Err(room)
}
