package tier

// A moment is where a fold stands: at which instant, in which of its two steps, and
// by which rules. Its parts share it; only the sequencer moves it.
type moment struct {
	ladder *Ladder
	clock  clock
	grid   periods // of the member

	now    instant
	events bool // whether the second step of now is under way or done
	began  bool // whether this step began a period
	rules  *version
	ver    int
}

// force makes the version in force at t the rules.
func (m *moment) force(t instant) {
	m.ver = m.ladder.at(t)
	m.rules = &m.ladder.versions[m.ver]
}

// next returns when the next version begins.
func (m *moment) next() instant {
	if m.ver+1 < len(m.ladder.versions) {
		return m.ladder.versions[m.ver+1].from
	}
	return never()
}
