package tier

import "time"

// A Standing is where a member stands at an instant. It is plain data.
type Standing struct {
	AsOf      time.Time `json:"as_of"`               // the instant of the question
	Level     string    `json:"level"`               // code
	Since     time.Time `json:"since"`               // last change of the level, or the start of the join date
	Until     time.Time `json:"until,omitzero"`      // when what backs the level ends or is reviewed; zero: not by time
	Source    Source    `json:"source"`              // what backs the level; of several, what lasts longest
	Reason    Reason    `json:"reason"`              // of the last change
	Grace     bool      `json:"grace"`               // a drop of the earned level is pending
	Earned    string    `json:"earned"`              // code of the earned level, which may lie under an override
	NextCheck time.Time `json:"next_check,omitzero"` // ask again then: before, only new events change the level; zero: never
	Policy    string    `json:"policy,omitempty"`    // version that judges the window at the instant
}

// A Decision is a [Standing] with what is missing.
type Decision struct {
	Standing

	// Next is the next level above the present one that can be earned; nil: none.
	Next *Shortfall `json:"next,omitempty"`

	// Keep is what keeping the present level takes: every way to hold it, Keep and the
	// Enter of it and of each higher level, without those that ask for as much as
	// another or more. A period that has not begun is judged by the rules announced for
	// it, a rolling window by those of the moment. Nil where the level is not earned,
	// is given for life or pinned, and where nothing can hold it: then it ends at Until.
	Keep *Shortfall `json:"keep,omitempty"`
}

// Decide returns where a member stands at an instant, and what is missing for the
// next level and for keeping the present one. It is a pure function of the ladder
// and the set of events that happened by then. It fails when the instant lies
// before the join date ([relmark.ErrInvalid]) or the closing date
// ([relmark.ErrRefused]), or when the membership does not suit the ladder
// ([relmark.ErrInvalid]): a membership made by one ladder can be judged by another
// with the same zone if that knows its metrics and levels.
//
// It takes O(n log n) time for n events and the periods since the join or closing
// date, whatever the events are, with one exception. Under a [Rollover], an instant with
// refunds in periods that have ended takes O(Periods · log periods) while what they
// change is gone after some periods or stays one of a few amounts, and time in the order
// of all those periods where each sends another amount through them.
func (l *Ladder) Decide(s *Membership, asOf time.Time) (Decision, error) {
	return l.Runner().Decide(s, asOf)
}

// Decide is [Ladder.Decide].
func (r *Runner) Decide(s *Membership, asOf time.Time) (Decision, error) {
	standing, err := r.Standing(s, asOf)
	if err != nil {
		return Decision{}, err
	}
	return Decision{standing, r.toNext(), r.toKeep()}, nil
}

// Standing is [Runner.Decide] without what is missing. It allocates nothing once r
// has seen as large a member.
func (r *Runner) Standing(s *Membership, asOf time.Time) (Standing, error) {
	if err := r.seek(s, asOf); err != nil {
		return Standing{}, err
	}
	f, codes := &r.face, r.moment.ladder.codes
	return Standing{
		AsOf: r.moment.now.time(), Level: codes[f.level], Since: f.since.time(), Until: f.until().time(),
		Source: f.source, Reason: f.reason.reason(), Grace: r.track.pending(),
		Earned: codes[r.track.level], NextCheck: r.due().time(), Policy: r.view.version().name,
	}, nil
}

// Replay returns every change of the level of a member up to and including an
// instant, from the join or closing date. It fails as [Ladder.Decide] does.
func (l *Ladder) Replay(s *Membership, until time.Time) ([]Change, error) {
	return l.Runner().AppendReplay(nil, s, until)
}

// AppendReplay appends what [Ladder.Replay] returns. It allocates nothing but the
// room for it, once r has seen as large a member; list is unchanged on error.
func (r *Runner) AppendReplay(list []Change, s *Membership, until time.Time) ([]Change, error) {
	if err := r.seek(s, until); err != nil {
		return list, err
	}
	codes := r.moment.ladder.codes
	for _, c := range r.face.changes {
		list = append(list, Change{c.at.time(), codes[c.from], codes[c.to], c.reason.reason()})
	}
	return list, nil
}
