package points

import "time"

// Processed returns a command with another processing time ([Head.Recorded]), for a
// retry after [TimeRunsBack] or [VersionConflict]: the last event may have been
// processed later than the time with which the command came. What the command asks
// for, its key and the time of its activity stay, so it is the same command: where it
// has been carried out after all, it is answered as a repetition. A pointer to a
// command gives a command of its own, and none gives none. A [Head.Version] that the
// caller insists on stays too.
func Processed(c Command, at time.Time) Command {
	if none(c) {
		return c
	}
	return c.processed(at)
}

func (c Adjust) processed(at time.Time) Command { c.Recorded = at; return c }

func (c Close) processed(at time.Time) Command { c.Recorded = at; return c }

func (c Commit) processed(at time.Time) Command { c.Recorded = at; return c }

func (c Earn) processed(at time.Time) Command { c.Recorded = at; return c }

func (c LateRefund) processed(at time.Time) Command { c.Recorded = at; return c }

func (c Leave) processed(at time.Time) Command { c.Recorded = at; return c }

func (c Open) processed(at time.Time) Command { c.Recorded = at; return c }

func (c Receive) processed(at time.Time) Command { c.Recorded = at; return c }

func (c Redeem) processed(at time.Time) Command { c.Recorded = at; return c }

func (c Refund) processed(at time.Time) Command { c.Recorded = at; return c }

func (c Reserve) processed(at time.Time) Command { c.Recorded = at; return c }

func (c Send) processed(at time.Time) Command { c.Recorded = at; return c }

func (c Sweep) processed(at time.Time) Command { c.Recorded = at; return c }

func (c Void) processed(at time.Time) Command { c.Recorded = at; return c }
