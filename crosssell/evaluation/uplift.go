package evaluation

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
)

// A Group says whether a customer got the offer. Who did is drawn by lot: otherwise
// nothing here is caused by the offer.
type Group string

// The groups.
const (
	Treated Group = "treated" // got the offer
	Control Group = "control" // was held out
)

func groups() enum.Set[Group] { return enum.Of(Treated, Control) }

// A Trial is a customer of an experiment. It is plain data.
type Trial struct {
	Score   float64 `json:"score"`   // what a model says the offer is worth with them, on any scale; finite
	Group   Group   `json:"group"`   // required
	Outcome float64 `json:"outcome"` // what then happened: 0 or 1, or an amount of −1e50 to 1e50
}

func (t *Trial) check(l *fault.List, at int) {
	if math.Abs(t.Score) <= math.MaxFloat64 && groups().Valid(t.Group) && isValue(t.Outcome) {
		return
	}
	path := fmt.Sprintf("Trials[%d]", at)
	l.Check(math.Abs(t.Score) <= math.MaxFloat64, path+".Score", t.Score, "must be finite")
	l.Join(path, groups().Check("Group", t.Group))
	l.Check(isValue(t.Outcome), path+".Outcome", t.Outcome, valueRule)
}

// An Uplift is an experiment with customers in order of a score: what the offer caused, and
// whether the score finds those with whom it does. It is an immutable value, safe for
// concurrent use. Obtain one from [NewUplift]; methods of the zero Uplift fail. It does not
// encode: keep the trials.
type Uplift struct {
	opaque

	trials []Trial
	blocks []block // of equal scores, descending
	binary bool
}

// A block is the customers of one score, or what they add up to.
type block struct {
	treated, control float64 // how many
	gained, held     float64 // sums of outcomes of treated and control
	end              int     // where the trials of the block end
}

// NewUplift puts customers in order. It keeps no reference to trials, whose order does not
// matter. It fails with a [relmark.FieldError] for a trial that breaks a rule, and with
// [relmark.ErrTooFew] below two customers of either group: without control nothing can be
// said about what would have happened anyway. It takes O(n log n) time.
func NewUplift(trials []Trial) (*Uplift, error) {
	var l fault.List
	for i := range trials {
		if trials[i].check(&l, i); l.Full() {
			break
		}
	}
	if l.Len() > 0 {
		return nil, l.Err(room)
	}
	u := &Uplift{trials: slices.Clone(trials), binary: true}
	slices.SortFunc(u.trials, func(a, b Trial) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Group, b.Group), cmp.Compare(a.Outcome, b.Outcome))
	})
	all := block{}
	for _, t := range u.trials {
		all.add(t, 1)
		u.binary = u.binary && (t.Outcome == 0 || t.Outcome == 1)
	}
	if all.treated < 2 || all.control < 2 {
		return nil, tooFew(fmt.Sprintf("%v treated and %v control customers", all.treated, all.control))
	}
	u.blocks = blocksOf(u.trials, func(t Trial) float64 { return t.Score })
	return u, nil
}

// add adds a customer so many times.
func (b *block) add(t Trial, times float64) {
	if t.Group == Treated {
		b.treated += times
		b.gained += float64(times * t.Outcome)
	} else {
		b.control += times
		b.held += float64(times * t.Outcome)
	}
}

func (b *block) join(o block, share float64) {
	b.treated += float64(share * o.treated)
	b.control += float64(share * o.control)
	b.gained += float64(share * o.gained)
	b.held += float64(share * o.held)
}

func (b block) n() float64 { return b.treated + b.control }

// blocksOf returns the blocks of trials that are in descending order of a score.
func blocksOf(trials []Trial, score func(Trial) float64) []block {
	var blocks []block
	for i, t := range trials {
		if i == 0 || score(t) != score(trials[i-1]) {
			blocks = append(blocks, block{})
		}
		last := &blocks[len(blocks)-1]
		last.add(t, 1)
		last.end = i + 1
	}
	return blocks
}

// An Effect is what the offer caused on average, if it was given by lot. It is plain data.
type Effect struct {
	Treated     int64   `json:"treated"` // customers
	Control     int64   `json:"control"`
	MeanTreated float64 `json:"mean_treated"` // outcome
	MeanControl float64 `json:"mean_control"`
	// ATE is the average treatment effect, the difference of means, with
	// se = √(s²/n of treated + s²/n of control).
	ATE Estimate `json:"ate"`
}

// Effect returns the average effect, with an interval at a level above 0 and below 1.
func (u *Uplift) Effect(level float64) (Effect, error) {
	if len(u.trials) == 0 {
		return Effect{}, errZero("Uplift")
	}
	if err := levelError(level); err != nil {
		return Effect{}, err
	}
	var with, without spread
	for _, t := range u.trials {
		if t.Group == Treated {
			with.add(t.Outcome, 1)
		} else {
			without.add(t.Outcome, 1)
		}
	}
	se := math.Hypot(with.se(), without.se())
	return Effect{
		int64(with.n.value()), int64(without.n.value()), with.mean, without.mean,
		estimate(with.mean-without.mean, se, level),
	}, nil
}

// A Top is what the offer does with the customers of the highest scores. It is plain data.
type Top struct {
	Share     float64 `json:"share"`     // of all customers
	Customers float64 `json:"customers"` // that many; the block at the cut counts in proportion
	Treated   float64 `json:"treated"`
	Control   float64 `json:"control"`
	// Uplift is the difference of mean outcomes, treated less control; nil where one of
	// the groups is empty.
	Uplift *float64 `json:"uplift,omitempty"`
}

// Top returns the uplift among a share of customers, those of the highest scores. Where
// the cut falls within customers of one score, each of them counts in part. It fails with
// a [relmark.FieldError] unless share is above 0 and at most 1.
func (u *Uplift) Top(share float64) (Top, error) {
	if len(u.trials) == 0 {
		return Top{}, errZero("Uplift")
	}
	if !(share > 0 && share <= 1) {
		return Top{}, invalid("Share", share, "must be above 0 and at most 1")
	}
	want := float64(share * float64(len(u.trials)))
	var sum block
	for _, b := range u.blocks {
		left := want - sum.n()
		if !(left > 0) {
			break
		}
		sum.join(b, min(left/b.n(), 1))
	}
	top := Top{Share: share, Customers: want, Treated: sum.treated, Control: sum.control}
	if sum.treated > 0 && sum.control > 0 {
		uplift := sum.gained/sum.treated - sum.held/sum.control
		top.Uplift = &uplift
	}
	return top, nil
}
