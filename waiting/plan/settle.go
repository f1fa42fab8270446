package plan

import (
	"fmt"
	"math"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/waiting"
	"github.com/relmark/relmark/waiting/queue"
)

// A Reaction says how soon people give up who have been told a wait: the rate of giving
// up, per unit of the queue. A host has it from its own log; a rate that falls as the
// announced wait rises lets people settle in, one that rises drives them away.
type Reaction func(told waiting.Minutes) (leaving float64)

// An Equilibrium is a queue and an announcement that agree: customers who have heard it make
// the queue in which it is true. It is plain data but for the queue.
type Equilibrium struct {
	opaque

	Queue queue.ErlangA
	Told  waiting.Minutes // to those who have to wait
	Steps int             // taken
}

const (
	mostSteps = 500
	damping   = 0.5
	settled   = 1e-10
)

// Settle looks for the wait to announce to those who wait that is true when they have
// heard it, from the queue as it is without an announcement: each step solves the queue,
// takes the announcement of r in it, and moves the rate of giving up half way, by its
// logarithm, to what the reaction to that announcement is. It fails with a [relmark.FieldError] if
// p or r breaks a rule or the reaction is not a rate that p may have, and with [relmark.ErrNoConverge], beside the
// last step, if 500 do not come to rest within 1e-10: announcements then swing.
func Settle(p queue.ErlangAParams, r waiting.Regret, reaction Reaction) (Equilibrium, error) {
	if reaction == nil {
		return Equilibrium{}, fault.Room(room, fault.New("reaction", nil, "must not be nil"))
	}
	var b Equilibrium
	for b.Steps = 1; b.Steps <= mostSteps; b.Steps++ {
		var err error
		if b.Queue, err = queue.NewErlangA(p); err != nil {
			return Equilibrium{}, fault.Room(room, err)
		}
		told, err := waiting.Announce(b.Queue, r)
		if err != nil {
			return Equilibrium{}, fault.Room(room, err)
		}
		b.Told = told.IfDelayed
		leaving := reaction(b.Told)
		if !(leaving > 0 && leaving <= math.MaxFloat64) {
			return Equilibrium{}, fault.Room(room, fault.New("reaction", leaving, "must be finite and above 0"))
		}
		gap := math.Log(leaving / p.Leaving)
		if math.Abs(gap) <= settled {
			return b, nil
		}
		p.Leaving *= math.Exp(damping * gap)
	}
	b.Steps = mostSteps
	return b, fmt.Errorf("%s: announcement and patience do not come to rest: %w", room, relmark.ErrNoConverge)
}
