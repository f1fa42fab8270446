package tier

import "time"

// A face is what is shown to the member: the highest of what is earned, given for
// life and given by an override,
//
//	level = max(earned, lifetime, floor), or the level of a pin
//
// Its history is what [Ladder.Replay] returns. Each of the two steps of an instant
// leaves at most one change, from what was shown before it to what is shown after.
type face struct {
	level   int
	since   instant
	reason  Reason
	source  Source
	backing int // override that counts, of floors the one that gives most; -1 if none does

	edge    instant // when the next override begins or ends
	changes []change
}

// A change is a [Change] by position.
type change struct {
	at       instant
	from, to int
	reason   Reason
}

func (f *face) reset() {
	*f = face{reason: ReasonJoined, source: SourceComputed, backing: -1, edge: never(), changes: f.changes[:0]}
}

// show brings the face up to date after a step.
func (r *Runner) show() {
	f := &r.face
	level, source, backing := r.backing()
	if level != f.level {
		f.reason = r.why(level, source, backing)
		f.changes = append(f.changes, change{r.now, f.level, level, f.reason})
		f.since, f.level = r.now, level
	}
	f.source, f.backing = source, backing
}

// backing returns the level that is shown, what backs it, and the override that
// counts. Of those that give the level the one with the latest end backs it; of
// equal ends lifetime comes first, then what is earned, then the override. Most
// members have neither override nor lifetime level: they are answered at once.
func (r *Runner) backing() (level int, source Source, counts int) {
	counts, r.face.edge = -1, never()
	if !r.roster.empty() {
		counts, r.face.edge = r.sweep()
	}
	lifelong := 0
	if r.p.lifelong {
		lifelong = r.rules.levels.lifelong(r.life)
	}
	if counts < 0 && lifelong == 0 {
		return r.track.level, SourceComputed, counts
	}
	level, source = max(r.track.level, lifelong), SourceComputed
	if counts >= 0 {
		o := r.override(int32(counts))
		given := r.given(int32(counts))
		if o.mode == Pin {
			return given, SourceOverride, counts
		}
		level = max(level, given)
		// What lasts longest backs the level; what has no end lasts longest.
		if given == level && (r.track.level < level || r.ends().before(o.until)) {
			source = SourceOverride
		}
	}
	if lifelong == level && level > 0 {
		source = SourceLifetime
	}
	return level, source, counts
}

// ends returns when the earned level ends or is reviewed, as far as is known; never
// if that is not by time. Without dates that is the end of the period, which resets
// the sums, or the first instant at which the events known now, leaving one after
// the other, hold the level no more. Later versions are not anticipated.
func (r *Runner) ends() instant {
	t := &r.track
	switch {
	case t.level == 0:
		return never()
	case t.pending():
		return t.drop
	case r.p.dated():
		return t.until
	case !r.p.window.Kind.Rolling():
		return r.grid.end
	}
	end := never()
	r.rolling.ahead(func(at instant, left []int64) bool {
		if r.rules.levels.held(t.level, left) {
			return true
		}
		end = at
		return false
	})
	return end
}

// why returns the reason of a change to a level: the first that applies, in the
// order in which [Reason] lists them. A level that was lifelong can only be lost by
// a refund, since sums of a life do not fall otherwise.
func (r *Runner) why(level int, source Source, counts int) Reason {
	f := &r.face
	switch {
	case source == SourceOverride:
		return ReasonOverride
	case f.source == SourceOverride && !r.counting(f.backing, counts):
		return ReasonOverrideEnd
	case level > f.level && source == SourceLifetime:
		return ReasonLifetime
	case level > f.level:
		return ReasonEarned
	case f.source == SourceLifetime:
		return ReasonReversal
	}
	return r.track.cause
}

// A Change is one change of the level shown to a member. It is plain data.
type Change struct {
	At     time.Time `json:"at"`
	From   string    `json:"from"` // code of the level before
	To     string    `json:"to"`
	Reason Reason    `json:"reason"`
}
