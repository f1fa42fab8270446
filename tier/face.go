package tier

import "time"

// A face is what is shown to the member: the highest of what is earned, given for
// life and given by an override,
//
//	level = max(earned, lifetime, floor), or the level of a pin
//
// Its history is what [Program.Replay] returns. Each of the two steps of an instant
// leaves at most one change, from what was shown before it to what is shown after.
type face struct {
	level   int
	since   instant
	reason  Reason
	source  Source
	backing int // override that counts; -1 if none does

	active  []int32 // overrides that have happened and not ended for good
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
	*f = face{backing: -1, edge: never(), active: f.active[:0], changes: f.changes[:0]}
}

// open lets the override of event i take effect, unless it was taken back before it
// happened. It may begin later than its event, never earlier.
func (f *face) open(r *Runner, i int) {
	if r.s.entries[i].early {
		return
	}
	f.active = append(f.active, int32(i))
}

// close ends the override of event i.
func (f *face) close(i int) {
	kept := f.active[:0]
	for _, j := range f.active {
		if int(j) != i {
			kept = append(kept, j)
		}
	}
	f.active = kept
}

// override returns the override of event i.
func (r *Runner) override(i int32) *override { return &r.s.overrides[r.s.entries[i].link] }

// sweep forgets overrides that are over, finds the next edge and returns the event
// whose override counts, -1 if none does. An override holds in [From, Until): at
// Until it is over, and what happens then belongs to what comes after it.
func (r *Runner) sweep() int {
	f := &r.face
	best, kept := -1, f.active[:0]
	f.edge = never()
	for _, i := range f.active {
		o := r.override(i)
		if !r.now.before(o.until) {
			continue
		}
		kept = append(kept, i)
		if r.now.before(o.from) {
			f.edge = earlier(f.edge, o.from)
			continue
		}
		f.edge = earlier(f.edge, o.until)
		if best < 0 || r.outranks(i, int32(best)) {
			best = int(i)
		}
	}
	f.active = kept
	return best
}

// outranks reports whether the override of event i counts before that of event j:
// by priority, then by the later event, then by the greater id. Ids are unique, so
// the order is total and no order of arrival can show through.
func (r *Runner) outranks(i, j int32) bool {
	a, b := r.override(i), r.override(j)
	if a.priority != b.priority {
		return a.priority > b.priority
	}
	x, y := &r.s.entries[i], &r.s.entries[j]
	if x.at != y.at {
		return y.at.before(x.at)
	}
	return x.id > y.id
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
	counts = -1
	if len(r.face.active) > 0 {
		counts = r.sweep()
	} else {
		r.face.edge = never()
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
		given := r.p.level(o.level)
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
	case f.source == SourceOverride && f.backing != counts:
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
