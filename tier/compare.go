package tier

import (
	"context"
	"iter"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/internal/money"
)

// A Comparison is two policies on the same history. It is plain data.
type Comparison struct {
	Before Report `json:"before"` // under the first ladder
	After  Report `json:"after"`  // under the second

	// Cross counts members by their level just before the start of Study.To: under
	// the first ladder, then under the second.
	Cross [][]int64 `json:"cross"`

	// Better, Same and Worse count members by position in the ladder at that instant.
	// They mean little where the two ladders differ.
	Better int64 `json:"better"`
	Same   int64 `json:"same"`
	Worse  int64 `json:"worse"`

	Saved decimal.Decimal `json:"saved"` // cost of all benefits under the first, less that under the second
}

// Merge returns the comparison of the members of both, as [Report.Merge] does for
// reports. The zero Comparison is the identity.
func (c Comparison) Merge(o Comparison) (Comparison, error) {
	switch {
	case len(c.Cross) == 0:
		return o, nil
	case len(o.Cross) == 0:
		return c, nil
	case !slices.EqualFunc(c.Cross, o.Cross, func(a, b []int64) bool { return len(a) == len(b) }):
		return Comparison{}, wrong("Comparison", nil, "must list the same levels and benefits")
	}
	if money.Bounded(c.Saved) != nil || money.Bounded(o.Saved) != nil {
		return Comparison{}, wrong("Comparison.Saved", nil, "must have a thousand digits at most")
	}
	before, err := c.Before.Merge(o.Before)
	if err != nil {
		return Comparison{}, err
	}
	after, err := c.After.Merge(o.After)
	if err != nil {
		return Comparison{}, err
	}
	return Comparison{
		Before: before, After: after, Cross: addMatrix(c.Cross, o.Cross),
		Better: c.Better + o.Better, Same: c.Same + o.Same, Worse: c.Worse + o.Worse, Saved: c.Saved.Add(o.Saved),
	}, nil
}

// A PairedSimulation compares two ladders on the same members, one by one. It is an
// accumulator, as a [Simulation] is. It is not safe for concurrent mutation. Obtain
// one from [NewPairedSimulation].
type PairedSimulation struct {
	opaque

	before, after *Simulation
	cross         []int64
}

// NewPairedSimulation returns an empty one. The ladders must share the zone and the codes
// of the levels that have benefits; it fails when the study breaks a rule of either.
func NewPairedSimulation(before, after *Ladder, y Study) (*PairedSimulation, error) {
	a, err := before.Simulation(y)
	if err != nil {
		return nil, err
	}
	b, err := after.Simulation(y)
	if err != nil {
		return nil, err
	}
	if before.zone.String() != after.zone.String() {
		return nil, wrong("Zone", nil, "must be the same in both ladders")
	}
	return &PairedSimulation{before: a, after: b, cross: make([]int64, len(before.codes)*len(after.codes))}, nil
}

// Add replays a member under both ladders. It fails where [Simulation.Add] does
// under either, leaving the sums unchanged: so the second ladder must know the
// metrics of the member's events and the levels of the overrides.
func (t *PairedSimulation) Add(s *Membership) error {
	if err := t.after.runner.tally.adopt(s); err != nil {
		return room(err)
	}
	a, err := t.before.add(s)
	if err != nil {
		return err
	}
	b, err := t.after.add(s)
	if err != nil {
		return err
	}
	if a >= 0 {
		t.cross[a*len(t.after.ladder.codes)+b]++
	}
	return nil
}

// Merge adds the members of o, which has compared the same ladders in the same
// study. It fails otherwise, leaving t unchanged.
func (t *PairedSimulation) Merge(o *PairedSimulation) error {
	if o == nil || t.after.ladder != o.after.ladder {
		return wrong("PairedSimulation", nil, "must be of the same ladders")
	}
	if err := t.before.Merge(o.before); err != nil {
		return err
	}
	if err := t.after.Merge(o.after); err != nil {
		return err
	}
	for i, v := range o.cross {
		t.cross[i] += v
	}
	return nil
}

// Comparison returns what the comparison has found so far.
func (t *PairedSimulation) Comparison() Comparison {
	out := Comparison{Before: t.before.Report(), After: t.after.Report()}
	width := len(t.after.ladder.codes)
	for i := range t.before.ladder.codes {
		row := append([]int64(nil), t.cross[i*width:(i+1)*width]...)
		out.Cross = append(out.Cross, row)
		for j, members := range row {
			switch {
			case j > i:
				out.Better += members
			case j < i:
				out.Worse += members
			default:
				out.Same += members
			}
		}
	}
	out.Saved = out.Before.Cost().Sub(out.After.Cost())
	return out
}

// Compare runs a comparison over a stream of members, up to the stream's first error,
// which it returns. It looks at ctx every 1024 members.
func Compare(ctx context.Context, before, after *Ladder, members iter.Seq2[*Membership, error], y Study) (Comparison, error) {
	t, err := NewPairedSimulation(before, after, y)
	if err != nil {
		return Comparison{}, err
	}
	if err := each(ctx, members, t.Add); err != nil {
		return Comparison{}, err
	}
	return t.Comparison(), nil
}
