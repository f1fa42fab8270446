package social

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

// A Candidate is one treatment that a customer might get, and whether there may be a
// contact for it. It is plain data.
type Candidate[C relmark.ID] struct {
	Customer  C         `json:"customer"`
	Treatment Treatment `json:"treatment"` // its ID is unique among all candidates
	// Contact is what [relmark.ContactPolicy.Decide] answers about the customer, the channel
	// and the purpose. The zero decision, of who was not asked, allows nothing.
	Contact relmark.ContactDecision `json:"contact"`
}

// Limits are what is left for a selection; what is absent is not limited, and 0 leaves
// nothing. They are plain data.
type Limits[C relmark.ID] struct {
	PerCustomer *int64                    // contacts of each customer who has no own entry, 0 or more
	Customers   map[C]int64               // own entries
	Channels    map[relmark.Channel]int64 // contacts of each customer on a channel
	Quotas      map[string]int64          // treatments of a kind
	Budget      *decimal.Decimal          // sum of costs, 0 or more
}

type limitsJSON[C relmark.ID] struct {
	PerCustomer *int64                    `json:"per_customer,omitempty"`
	Customers   map[C]int64               `json:"customers,omitempty"`
	Channels    map[relmark.Channel]int64 `json:"channels,omitempty"`
	Quotas      map[string]int64          `json:"quotas,omitempty"`
	Budget      *money.Plain              `json:"budget,omitempty"`
}

// MarshalJSON encodes the limits, the budget as exact text.
func (l Limits[C]) MarshalJSON() ([]byte, error) {
	return encode(limitsJSON[C]{l.PerCustomer, l.Customers, l.Channels, l.Quotas, (*money.Plain)(l.Budget)})
}

// UnmarshalJSON decodes what [Limits.MarshalJSON] writes. It leaves l unchanged on error.
func (l *Limits[C]) UnmarshalJSON(data []byte) error {
	var in limitsJSON[C]
	if err := decodeNamed("limits", data, &in); err != nil {
		return err
	}
	*l = Limits[C]{in.PerCustomer, in.Customers, in.Channels, in.Quotas, (*decimal.Decimal)(in.Budget)}
	return nil
}

// A Selection asks which candidates to choose. It is plain data.
type Selection[C relmark.ID] struct {
	Lambda     decimal.Decimal // λ, what a unit of cost must bring to be worth it, 0 or more
	Candidates []Candidate[C]  // at most a million
	Control    []C             // customers who are left alone, so that the effect can be measured
	Limits     Limits[C]
}

type selectionJSON[C relmark.ID] struct {
	Lambda     money.Plain    `json:"lambda,omitzero"`
	Candidates []Candidate[C] `json:"candidates"`
	Control    []C            `json:"control,omitempty"`
	Limits     Limits[C]      `json:"limits"`
}

// MarshalJSON encodes the selection, its amounts as exact text.
func (s Selection[C]) MarshalJSON() ([]byte, error) {
	return encode(selectionJSON[C]{money.Plain(s.Lambda), s.Candidates, s.Control, s.Limits})
}

// UnmarshalJSON decodes what [Selection.MarshalJSON] writes. It leaves s unchanged on
// error.
func (s *Selection[C]) UnmarshalJSON(data []byte) error {
	var in selectionJSON[C]
	if err := decodeNamed("selection", data, &in); err != nil {
		return err
	}
	*s = Selection[C]{decimal.Decimal(in.Lambda), in.Candidates, in.Control, in.Limits}
	return nil
}

// A Rejection is a candidate that is not chosen, and why. It is plain data.
type Rejection struct {
	ID string `json:"id"`
	// Reasons are the first gate that the candidate does not pass or, of one that passes
	// all, the limits that it would break beside those that are chosen.
	Reasons []Reason                `json:"reasons"`
	Contact relmark.ContactDecision `json:"contact"` // as asked: why not now, and when again
}

// Selected is the best choice, with a reason for every candidate that is not in it. It is
// plain data.
type Selected struct {
	Chosen   []string        // IDs, ascending
	Net      decimal.Decimal // Σ value - λ·cost of the chosen
	Cost     decimal.Decimal // Σ cost of the chosen
	Rejected []Rejection     // by ID
	// Optimal says that no feasible choice is better by the order of [Select]. It is false
	// only beside [relmark.ErrNoConverge].
	Optimal bool
}

type selectedJSON struct {
	Chosen   []string    `json:"chosen"`
	Net      money.Plain `json:"net"`
	Cost     money.Plain `json:"cost"`
	Rejected []Rejection `json:"rejected"`
	Optimal  bool        `json:"optimal"`
}

// MarshalJSON encodes the result, its amounts as exact text.
func (s Selected) MarshalJSON() ([]byte, error) {
	return encode(selectedJSON{s.Chosen, money.Plain(s.Net), money.Plain(s.Cost), s.Rejected, s.Optimal})
}

// UnmarshalJSON decodes what [Selected.MarshalJSON] writes. It leaves s unchanged on error.
func (s *Selected) UnmarshalJSON(data []byte) error {
	var in selectedJSON
	if err := alone("selected", data, &in); err != nil {
		return err
	}
	*s = Selected{in.Chosen, decimal.Decimal(in.Net), decimal.Decimal(in.Cost), in.Rejected, in.Optimal}
	return nil
}

const maxCandidates = 1_000_000

// Select chooses the candidates of a campaign. Each passes gates in this order: the
// customer is not in the control group, the contact policy allows the contact, and the net
// value = value - λ·cost is above 0. Of the rest it chooses the feasible set with (1) the
// largest sum of net values, (2) the smallest cost and (3) the smallest ascending list of
// IDs, compared element by element.
//
// It fails if an ID is empty or comes twice, if a candidate has no kind, channel or
// purpose, if a cost, a limit or λ is negative, or if an amount has more than 9 fraction
// digits; and with [relmark.ErrLimit] if amounts have too many digits for exact sums.
//
// Where neither quota nor budget is scarce it takes time n log n. Otherwise it searches:
// thousands of candidates are usual, but as with every knapsack there are cases that
// take too long. After four million steps it gives up, with [relmark.ErrNoConverge] and
// the best choice found, which is feasible.
func Select[C relmark.ID](s Selection[C]) (Selected, error) {
	p, err := newProgram(&s)
	if err != nil {
		return Selected{}, err
	}
	chosen, optimal := p.solve()
	out := p.answer(chosen)
	if out.Optimal = optimal; !optimal {
		return out, fault.Room(room, fmt.Errorf("selection: %w", relmark.ErrNoConverge))
	}
	return out, nil
}

// A program is a selection in whole units: rows of limits over items that passed the
// gates.
type program[C relmark.ID] struct {
	s        *Selection[C]
	l        ledger
	order    []int // candidates by ID
	amounts  []amounts
	items    []item  // those that passed the gates, by ID
	rows     []int64 // limits, without the budget
	budget   int64
	rejected map[int]Reason
}

// An item is a candidate that passed the gates.
type item struct {
	candidate int
	net, cost int64
	customer  int      // among all customers
	rows      [3]int32 // its limits by customer, by channel and by kind; -1: none
}

// newProgram checks a selection and opens the gates.
func newProgram[C relmark.ID](s *Selection[C]) (*program[C], error) {
	p := &program[C]{s: s, rejected: map[int]Reason{}, budget: money.MaxExact}
	var f fault.List
	f.Check(len(s.Candidates) <= maxCandidates, "Candidates", len(s.Candidates), "must be at most 1000000")
	f.Check(p.l.open(s.Lambda), "Lambda", nil, "must be 0 or more, with 9 fraction digits at most")
	s.Limits.check(&f)
	p.amounts = make([]amounts, len(s.Candidates))
	for i := range s.Candidates {
		t := &s.Candidates[i].Treatment
		if !t.ok() {
			t.fault(&f, "Candidates", i)
		}
		if !p.l.see(t.Value, t.Cost, &p.amounts[i]) {
			f.Add(fmt.Sprintf("Candidates[%d].Cost", i), nil, "must be 0 or more, as Value "+amountRule)
		}
		if f.Full() {
			break
		}
	}
	if err := f.Err(room); err != nil {
		return nil, err
	}
	if !p.sort() {
		return nil, invalid("Candidates", "must have IDs that differ")
	}
	if !p.count() {
		return nil, errAmounts()
	}
	p.gate()
	return p, nil
}

// check reports limits that are negative.
func (l *Limits[C]) check(f *fault.List) {
	least := func(field string, n int64) { f.Check(n >= 0, field, n, "must be 0 or more") } // in an order, so that errors are alike
	if l.PerCustomer != nil {
		least("Limits.PerCustomer", *l.PerCustomer)
	}
	for _, n := range slices.Sorted(maps.Values(l.Customers)) {
		least("Limits.Customers", n)
	}
	for _, c := range slices.Sorted(maps.Keys(l.Channels)) {
		least("Limits.Channels", l.Channels[c])
		checkChannel(f, "Limits.Channels", c)
	}
	for _, n := range slices.Sorted(maps.Values(l.Quotas)) {
		least("Limits.Quotas", n)
	}
	if l.Budget != nil {
		_, scale, ok := money.Coefficient(*l.Budget)
		f.Check(ok && scale <= 9 && l.Budget.Sign() >= 0, "Limits.Budget", nil, "must be 0 or more, and "+amountRule)
	}
}

// sort orders the candidates by ID; false if one comes twice.
func (p *program[C]) sort() bool {
	all := p.s.Candidates
	p.order = make([]int, len(all))
	for i := range p.order {
		p.order[i] = i
	}
	slices.SortFunc(p.order, func(i, j int) int { return cmp.Compare(all[i].Treatment.ID, all[j].Treatment.ID) })
	for k := 1; k < len(p.order); k++ {
		if all[p.order[k-1]].Treatment.ID == all[p.order[k]].Treatment.ID {
			return false
		}
	}
	return true
}

// count brings all amounts to units; false if they, or their sums, do not fit.
func (p *program[C]) count() bool {
	if b := p.s.Limits.Budget; b != nil {
		_, scale, _ := money.Coefficient(*b)
		p.l.costScale = max(p.l.costScale, scale)
		minor, err := money.Minor(*b, p.l.costScale)
		if p.budget = minor; err != nil {
			p.budget = money.MaxExact
		}
	}
	var nets, costs int64
	ok := true
	for i := range p.amounts {
		a := &p.amounts[i]
		p.l.convert(a)
		var fits [2]bool
		nets, fits[0] = money.Add(nets, max(a.net, 0))
		costs, fits[1] = money.Add(costs, a.cost)
		ok = ok && fits[0] && fits[1]
	}
	p.budget = min(p.budget, costs)
	return ok && p.l.ok
}

// gate lets the candidates through the gates, and finds the limits of those that pass.
func (p *program[C]) gate() {
	control := make(map[C]bool, len(p.s.Control))
	for _, c := range p.s.Control {
		control[c] = true
	}
	rows := rows[C]{p: p, customers: map[C]int{}, own: map[C]int32{}, channels: map[onChannel[C]]int32{}, kinds: map[string]int32{}}
	for _, i := range p.order {
		c := &p.s.Candidates[i]
		why := blocked(&c.Contact)
		switch {
		case control[c.Customer]:
			why = InControl
		case why == "" && p.amounts[i].net <= 0:
			why = NoValue
		}
		if why != "" {
			p.rejected[i] = why
			continue
		}
		p.items = append(p.items, rows.item(i))
	}
}

// onChannel is a customer on a channel.
type onChannel[C relmark.ID] struct {
	customer C
	channel  relmark.Channel
}

// rows numbers the limits that candidates fall under.
type rows[C relmark.ID] struct {
	p         *program[C]
	customers map[C]int
	own       map[C]int32
	channels  map[onChannel[C]]int32
	kinds     map[string]int32
}

// item returns a candidate with its limits.
func (r *rows[C]) item(i int) item {
	c, l := &r.p.s.Candidates[i], &r.p.s.Limits
	it := item{candidate: i, net: r.p.amounts[i].net, cost: r.p.amounts[i].cost, rows: [3]int32{-1, -1, -1}}
	var known bool
	if it.customer, known = r.customers[c.Customer]; !known {
		it.customer = len(r.customers)
		r.customers[c.Customer] = it.customer
	}
	if most, limited := l.Customers[c.Customer]; limited {
		it.rows[0] = row(r.p, r.own, c.Customer, most)
	} else if l.PerCustomer != nil {
		it.rows[0] = row(r.p, r.own, c.Customer, *l.PerCustomer)
	}
	if most, limited := l.Channels[c.Treatment.Channel]; limited {
		it.rows[1] = row(r.p, r.channels, onChannel[C]{c.Customer, c.Treatment.Channel}, most)
	}
	if most, limited := l.Quotas[c.Treatment.Kind]; limited {
		it.rows[2] = row(r.p, r.kinds, c.Treatment.Kind, most)
	}
	return it
}

// row returns the number of a limit.
func row[C relmark.ID, K comparable](p *program[C], of map[K]int32, key K, most int64) int32 {
	n, known := of[key]
	if !known {
		n = int32(len(p.rows))
		of[key] = n
		p.rows = append(p.rows, most)
	}
	return n
}

// solve returns which items are chosen, and whether that is the optimum.
func (p *program[C]) solve() (chosen []bool, optimal bool) {
	chosen = greedy(p.items, p.rows)
	if left := p.left(chosen); left.feasible() {
		return chosen, true
	}
	return branchAndBound(p.items, p.rows, p.budget)
}

// A remainder is what is left of limits; negative where one is broken.
type remainder struct {
	rows   []int64
	budget int64
}

func (r *remainder) feasible() bool {
	return r.budget >= 0 && !slices.ContainsFunc(r.rows, func(n int64) bool { return n < 0 })
}

// left returns what a choice leaves of the limits.
func (p *program[C]) left(chosen []bool) remainder {
	r := remainder{slices.Clone(p.rows), p.budget}
	for k := range p.items {
		if chosen[k] {
			r.take(&p.items[k], 1)
		}
	}
	return r
}

// take takes an item off the limits n times: 1, or -1 to give it back.
func (r *remainder) take(it *item, n int64) {
	for _, row := range it.rows {
		if row >= 0 {
			r.rows[row] -= n
		}
	}
	r.budget -= n * it.cost
}

// fits reports whether an item can be added.
func (r *remainder) fits(it *item) bool {
	for _, row := range it.rows {
		if row >= 0 && r.rows[row] <= 0 {
			return false
		}
	}
	return it.cost <= r.budget
}

// answer says what is chosen and why the others are not.
func (p *program[C]) answer(chosen []bool) Selected {
	left := p.left(chosen)
	out := Selected{Chosen: []string{}, Rejected: []Rejection{}}
	var net, cost int64
	k := 0
	for _, i := range p.order {
		c := &p.s.Candidates[i]
		if why, gated := p.rejected[i]; gated {
			out.Rejected = append(out.Rejected, Rejection{c.Treatment.ID, []Reason{why}, c.Contact})
			continue
		}
		if it := &p.items[k]; chosen[k] {
			out.Chosen = append(out.Chosen, c.Treatment.ID)
			net += it.net
			cost += it.cost
		} else {
			out.Rejected = append(out.Rejected, Rejection{c.Treatment.ID, left.broken(it), c.Contact})
		}
		k++
	}
	out.Net, out.Cost = money.Decimal(net, p.l.netScale()), money.Decimal(cost, p.l.costScale)
	return out
}

// broken lists the limits that an item would break.
func (r *remainder) broken(it *item) []Reason {
	var why []Reason
	for k, reason := range [...]Reason{AtCap, AtChannelCap, AtQuota} {
		if row := it.rows[k]; row >= 0 && r.rows[row] <= 0 {
			why = append(why, reason)
		}
	}
	if it.cost > r.budget {
		why = append(why, AtBudget)
	}
	return why
}

// decodeNamed decodes limits, or what has them: their keys are names of the host.
func decodeNamed(what string, data []byte, in any) error {
	return fault.Decode(room, what, codec.Object(data, in, "customers", "channels", "quotas"))
}
