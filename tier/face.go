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
	m      *moment
	track  *track
	roster *roster
	tally  *tally

	level   int
	since   instant
	reason  why
	source  Source
	backing int // override that counts, of floors the one that gives most; -1 if none does

	edge    instant // when the next override begins or ends
	changes []change
}

// A change is a [Change] by position.
type change struct {
	at       instant
	from, to int
	reason   why
}

// reset makes f that of a member who has been at the base since an instant.
func (f *face) reset(since instant) {
	f.level, f.since, f.reason, f.source, f.backing = 0, since, none, SourceComputed, -1
	f.edge, f.changes = never(), f.changes[:0]
}

// resume makes f that of a base. The source of the level follows from what is known.
func (f *face) resume(b *base) {
	f.level, f.since, f.reason = b.level, b.since, b.reason
	_, f.source, f.backing = f.backed()
}

// show brings the face up to date after a step.
func (f *face) show() {
	level, source, backing := f.backed()
	if level != f.level {
		f.reason = f.why(level, source, backing)
		f.changes = append(f.changes, change{f.m.now, f.level, level, f.reason})
		f.since, f.level = f.m.now, level
	}
	f.source, f.backing = source, backing
}

// backed returns the level that is shown, what backs it, and the override that
// counts. Of those that give the level the one with the latest end backs it; of
// equal ends lifetime comes first, then what is earned, then the override. Most
// members have neither override nor lifetime level: they are answered at once.
func (f *face) backed() (level int, source Source, counts int) {
	counts, f.edge = -1, never()
	if !f.roster.empty() {
		counts, f.edge = f.roster.sweep()
	}
	lifelong := 0
	if f.m.ladder.lifelong {
		lifelong = f.m.rules.levels.lifelong(f.tally.life)
	}
	if counts < 0 && lifelong == 0 {
		return f.track.level, SourceComputed, counts
	}
	level, source = max(f.track.level, lifelong), SourceComputed
	if counts >= 0 {
		o, gives := f.roster.override(int32(counts)), f.roster.gives(int32(counts))
		if o.pins {
			return gives, SourceOverride, counts
		}
		level = max(level, gives)
		// What lasts longest backs the level; what has no end lasts longest.
		if gives == level && (f.track.level < level || f.track.ends().before(o.until)) {
			source = SourceOverride
		}
	}
	if lifelong == level && level > 0 {
		source = SourceLifetime
	}
	return level, source, counts
}

// pinned reports whether a pin counts.
func (f *face) pinned() bool { return f.backing >= 0 && f.roster.override(int32(f.backing)).pins }

// until returns when what backs the level ends or is reviewed.
func (f *face) until() instant {
	switch f.source {
	case SourceOverride:
		return f.roster.override(int32(f.backing)).until
	case SourceLifetime:
		return never()
	case SourceComputed:
	}
	return f.track.ends()
}

// why returns the reason of a change to a level: the first that applies, in the
// order in which [Reason] lists them. A level that was lifelong can only be lost by
// a refund, since sums of a life do not fall otherwise.
func (f *face) why(level int, source Source, counts int) why {
	switch {
	case source == SourceOverride:
		return given
	case f.source == SourceOverride && !f.roster.counting(f.backing, counts):
		return takenBack
	case level > f.level && source == SourceLifetime:
		return forLife
	case level > f.level:
		return entered
	case f.source == SourceLifetime:
		return reversed
	}
	return f.track.cause
}

// A Change is one change of the level shown to a member. It is plain data.
type Change struct {
	At     time.Time `json:"at"`
	From   string    `json:"from"` // code of the level before
	To     string    `json:"to"`
	Reason Reason    `json:"reason"`
}
