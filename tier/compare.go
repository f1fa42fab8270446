package tier

import (
	"context"
	"iter"
	"slices"

	"github.com/shopspring/decimal"
)

// A Comparison is two policies on the same history. It is plain data.
type Comparison struct {
	Before Report `json:"before"` // under the first program
	After  Report `json:"after"`  // under the second

	// Cross counts members by their level just before the start of Study.To: under
	// the first program, then under the second.
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
		return Comparison{}, wrap(fault("must list the same levels and benefits", nil, "Comparison"))
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

// A Trial compares two programs on the same members, one by one. It is an
// accumulator, as a [Simulation] is. It is not safe for concurrent mutation. Obtain
// one from [NewTrial].
type Trial struct {
	before, after *Simulation
	cross         []int64
}

// NewTrial returns an empty trial. The programs must share the zone and the codes
// of the levels that have benefits; it fails when the study breaks a rule of either.
func NewTrial(before, after *Program, y Study) (*Trial, error) {
	a, err := before.Simulation(y)
	if err != nil {
		return nil, err
	}
	b, err := after.Simulation(y)
	if err != nil {
		return nil, err
	}
	if before.zone.String() != after.zone.String() {
		return nil, wrap(fault("must be the same in both programs", nil, "Zone"))
	}
	return &Trial{before: a, after: b, cross: make([]int64, len(before.codes)*len(after.codes))}, nil
}

// Add replays a member under both programs. It fails where [Simulation.Add] does
// under either, leaving the sums unchanged: so the second program must know the
// metrics of the member's events and the levels of the overrides.
func (t *Trial) Add(s *State) error {
	if err := t.after.runner.adopt(s); err != nil {
		return wrap(err)
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
		t.cross[a*len(t.after.p.codes)+b]++
	}
	return nil
}

// Merge adds the members of o, which has compared the same programs in the same
// study. It fails otherwise, leaving t unchanged.
func (t *Trial) Merge(o *Trial) error {
	if o == nil || t.after.p != o.after.p {
		return wrap(fault("must be of the same programs", nil, "Trial"))
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

// Comparison returns what the trial has found so far.
func (t *Trial) Comparison() Comparison {
	out := Comparison{Before: t.before.Report(), After: t.after.Report()}
	width := len(t.after.p.codes)
	for i := range t.before.p.codes {
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

// Compare runs a trial over a stream of members, up to the stream's first error,
// which it returns. It looks at ctx every 1024 members.
func Compare(ctx context.Context, before, after *Program, members iter.Seq2[*State, error], y Study) (Comparison, error) {
	t, err := NewTrial(before, after, y)
	if err != nil {
		return Comparison{}, err
	}
	if err := each(ctx, members, t.Add); err != nil {
		return Comparison{}, err
	}
	return t.Comparison(), nil
}
