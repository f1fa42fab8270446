package tier

import "time"

// A Shortfall is a level and what it still takes. It is plain data.
type Shortfall struct {
	Level string `json:"level"` // code

	// Alternatives are the ways to get there; each one suffices, and all of its
	// amounts are needed. None: nothing is missing, the level waits for its time.
	Alternatives []Amounts `json:"alternatives"`

	// By is the instant until which the alternatives count, not included: where the
	// level waits for its drop the drop, else when the window moves. While a drop is
	// pending a period may end or an event leave the window before By, and the
	// alternatives differ then. Zero: there is no such instant.
	By time.Time `json:"by,omitzero"`
}

// toNext returns what is missing for the next level; nil if there is none.
func (r *Runner) toNext() *Shortfall {
	sums, levels := r.view.sums()
	j, ok := levels.next(r.face.level)
	if !ok {
		return nil
	}
	enter := levels[j].enter
	ways := enter.wants(sums)
	return r.shortfall(j, ways, r.view.stays(enter, ways))
}

// toKeep returns what keeping the earned level takes, if that is what backs the
// present one and if anything can.
func (r *Runner) toKeep() *Shortfall {
	t, f := &r.track, &r.face
	if t.level == 0 || t.level != f.level || f.source == SourceLifetime || f.pinned() {
		return nil
	}
	if t.pending() {
		sums, levels := r.view.sums()
		return r.toHold(levels, sums, t.drop)
	}
	if !r.moment.ladder.dated || t.until == never() { // the date lies past the calendar
		return r.shortfall(t.level, nil, t.ends())
	}
	levels, sums, by, held := r.view.review(t.level, t.until)
	if held {
		return r.shortfall(t.level, nil, by)
	}
	return r.toHold(levels, sums, by)
}

// toHold returns what holding the earned level takes on sums, by an instant; nil if
// nothing can hold it.
func (r *Runner) toHold(levels rungs, sums []int64, by instant) *Shortfall {
	if !levels.holdable(r.track.level) {
		return nil
	}
	return r.shortfall(r.track.level, levels.waysToHold(r.track.level, sums), by)
}

func (r *Runner) shortfall(level int, ways []want, by instant) *Shortfall {
	l := r.moment.ladder
	g := &Shortfall{Level: l.codes[level], Alternatives: make([]Amounts, 0, len(ways)), By: by.time()}
	for _, w := range ways {
		g.Alternatives = append(g.Alternatives, l.metrics.amounts(w))
	}
	return g
}
