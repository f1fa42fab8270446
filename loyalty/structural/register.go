package structural

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"slices"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
)

// A Register keeps contracts by their identifiers. The zero Register is ready and empty. It
// is not safe for concurrent mutation. It encodes as JSON, sorted by identifier.
type Register[C relmark.ID] struct {
	contracts map[C]Contract[C]
}

// Add enters a contract. It fails, with [relmark.ErrInvalid] and leaving g unchanged, on one
// that breaks a rule, on an identifier that is entered already, and on a nil register. The
// register keeps the slices of c: do not change them.
func (g *Register[C]) Add(c Contract[C]) error { return fault.Room(room, g.set(c, false)) }

// Replace changes a contract, as when notice was given or an obligation kept. It fails as
// Add does, but for an identifier that is not entered.
func (g *Register[C]) Replace(c Contract[C]) error { return fault.Room(room, g.set(c, true)) }

func (g *Register[C]) set(c Contract[C], known bool) error {
	if g == nil {
		return fault.New("Register", nil, "must not be nil")
	}
	if err := c.validate(); err != nil {
		return err
	}
	if _, there := g.contracts[c.ID]; there != known {
		rule := "must not be entered twice"
		if known {
			rule = "must be entered"
		}
		return fault.New("ID", nil, rule)
	}
	if g.contracts == nil {
		g.contracts = map[C]Contract[C]{}
	}
	g.contracts[c.ID] = c
	return nil
}

// Find returns the contract with an identifier; false if there is none.
func (g *Register[C]) Find(id C) (Contract[C], bool) {
	if g == nil {
		return Contract[C]{}, false
	}
	c, ok := g.contracts[id]
	return c, ok
}

// Len returns how many contracts there are.
func (g *Register[C]) Len() int {
	if g == nil {
		return 0
	}
	return len(g.contracts)
}

// All returns the contracts in ascending order of their identifiers. It sorts them.
func (g *Register[C]) All() iter.Seq[Contract[C]] {
	return func(yield func(Contract[C]) bool) {
		if g == nil {
			return
		}
		for _, id := range slices.Sorted(maps.Keys(g.contracts)) {
			if !yield(g.contracts[id]) {
				return
			}
		}
	}
}

// Due returns what is owed up to a day and not done as far as it is known on another, asOf:
// what is overdue, and what is due between them. It is sorted by due date, then by contract, then in the
// order of the obligations; nil if there is nothing. It fails with [relmark.ErrInvalid] on
// days outside the years 1700 to 2255. It takes time n log n in the due dates so far.
func (g *Register[C]) Due(through, asOf relmark.Date) ([]Duty[C], error) {
	var list []Duty[C]
	for c := range g.All() {
		duties, err := c.Duties(through, asOf)
		if err != nil {
			return nil, err
		}
		for _, d := range duties {
			if d.State == Open || d.State == Overdue {
				list = append(list, d)
			}
		}
	}
	slices.SortStableFunc(list, byDue)
	return list, nil
}

// A RiskReason says why a contract may be lost.
type RiskReason string

// The reasons, in the order in which a risk lists them.
const (
	Leaving   RiskReason = "leaving"    // the customer has given notice
	Lapsing   RiskReason = "lapsing"    // it runs out, and no extension was agreed on
	MayLeave  RiskReason = "may_leave"  // the last day to give notice is near
	InBreach  RiskReason = "in_breach"  // we are late with what we owe
	InDefault RiskReason = "in_default" // the customer is late
)

// wholeRange is more days than there are dates.
const wholeRange = 10_000 * 366

// A Risk is a contract that may be lost.
type Risk[C relmark.ID] struct {
	Contract C            `json:"contract"`
	Reasons  []RiskReason `json:"reasons"`
	// By is the last day to act: that of negotiations, the last one in force after notice,
	// or, where only obligations are late, the day of the question.
	By       relmark.Date `json:"by"`
	Overdue  int          `json:"overdue,omitempty"` // obligations of either side
	Standing Standing     `json:"standing"`
}

// AtRisk returns the contracts that have not ended and that the customer has given notice
// to; that run out, or come to the last day of notice, within some days; or under which
// somebody is late. It is sorted by the last day to act, then by identifier; nil if there
// is none. It fails with [relmark.ErrInvalid] on a day outside the years 1700 to 2255 and on
// negative days. It takes time n log n in the contracts and their due dates so far.
func (g *Register[C]) AtRisk(days int, asOf relmark.Date) ([]Risk[C], error) {
	if days < 0 || !centuries(asOf) {
		return nil, invalid("Days", days, "must be 0 or more, from a day in years 1700 to 2255")
	}
	var list []Risk[C]
	for c := range g.All() {
		if r := c.risk(asOf, asOf.AddDays(min(days, wholeRange))); len(r.Reasons) > 0 {
			list = append(list, r)
		}
	}
	slices.SortStableFunc(list, func(a, b Risk[C]) int {
		return cmp.Or(a.By.Compare(b.By), cmp.Compare(a.Contract, b.Contract))
	})
	return list, nil
}

// risk returns why a contract may be lost by a day.
func (c *Contract[C]) risk(asOf, horizon relmark.Date) Risk[C] {
	s := c.at(asOf)
	r := Risk[C]{Contract: c.ID, Standing: s, By: asOf}
	if s.State == Ended {
		return r
	}
	act := s.DecideBy()
	near := !act.IsZero() && (horizon.IsZero() || !act.After(horizon))
	switch {
	case act.IsZero() && c.Notice.By == Customer:
		r.add(Leaving, s.Ends)
	case near && c.Renewal == Manual:
		r.add(Lapsing, act)
	case near:
		r.add(MayLeave, act)
	}
	late := map[Party]int{}
	for _, d := range c.duties(asOf, asOf, s.Ends) {
		if d.State == Overdue {
			late[d.By]++
			r.Overdue++
		}
	}
	if late[Provider] > 0 {
		r.Reasons = append(r.Reasons, InBreach)
	}
	if late[Customer] > 0 {
		r.Reasons = append(r.Reasons, InDefault)
	}
	return r
}

func (r *Risk[C]) add(reason RiskReason, by relmark.Date) {
	r.Reasons, r.By = append(r.Reasons, reason), by
}

type registerJSON[C relmark.ID] struct {
	V         int           `json:"v"`
	Contracts []Contract[C] `json:"contracts"`
}

// MarshalJSON encodes the register in one canonical form, {"v":1,"contracts":[…]}, sorted by
// identifier. It fails with [relmark.ErrInvalid] on a text that is not UTF-8.
func (g Register[C]) MarshalJSON() ([]byte, error) {
	return encode(registerJSON[C]{version, slices.AppendSeq([]Contract[C]{}, g.All())})
}

// UnmarshalJSON decodes a register of any version that was ever written. It fails with
// [relmark.ErrUnsupported] on an unknown version and with [relmark.ErrInvalid] on anything
// else that is no register, and leaves g unchanged then.
func (g *Register[C]) UnmarshalJSON(data []byte) error {
	var in registerJSON[C]
	if err := decode("register", data, &in); err != nil {
		return err
	}
	if in.Contracts == nil {
		return fault.Decode(room, "register", codec.ErrCorrupt)
	}
	var out Register[C]
	for i, c := range in.Contracts {
		if err := out.set(c, false); err != nil {
			return fault.Decode(room, "register", fault.At(fmt.Sprintf("Contracts[%d]", i), err))
		}
	}
	*g = out
	return nil
}
