package tier

import (
	"fmt"
	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
)

// An Opening is what a host knows about a member who comes from another system, at
// the start of a date. It is plain data.
type Opening struct {
	On    relmark.Date // first date that the state answers for; after the join date
	Level string       // code of the level earned by then; "" is the base

	// Since is the date of the last change of the level; zero is the join date.
	// Renewals of a level that lasts [MonthsFromEntry] count from it.
	Since relmark.Date

	// Until is the date at whose start the level is reviewed, after On; zero where
	// levels have no date, and for the base.
	Until relmark.Date

	// Lifetime are the sums of everything before On, Events excepted.
	Lifetime Amounts

	// Events lie before On and still count, such as the stays of this year; they can
	// be reversed. Overrides belong here too.
	Events []Event
}

// Open returns the state of a member who joined on a date and is taken over on a
// later one, as if [Membership.Close] had been called then. It fails when the opening
// breaks a rule stated there, when one of its events is not valid, or when the
// dates lie outside years 2 to 9998.
func (p *Ladder) Open(joined relmark.Date, o Opening) (*Membership, error) {
	s, err := p.Join(joined)
	if err != nil {
		return nil, err
	}
	b, err := p.opening(s, o)
	if err != nil {
		return nil, room(err)
	}
	for i, e := range o.Events {
		if err := s.Add(e); err != nil {
			return nil, wrong(fmt.Sprintf("Opening.Events[%d]", i), nil, "must be a valid event")
		}
		if !instantOf(e.At).before(b.at) {
			return nil, wrong(fmt.Sprintf("Opening.Events[%d].At", i), e.At, "must lie before the opening")
		}
	}
	for m, v := range b.dropped {
		if s.gross[m]+v < v {
			return nil, room(errSum)
		}
		s.gross[m] += v
	}
	p.openGrid(s, b)
	s.base = b
	return s, nil
}

// opening turns o into a base, periods aside.
func (p *Ladder) opening(s *Membership, o Opening) (*base, error) {
	if y, _, _ := o.On.Civil(); !o.On.After(s.joined) || y > 9998 {
		return nil, fault.New("Opening.On", o.On, "must be after the join date and lie in years up to 9998")
	}
	since := o.Since
	if since.IsZero() {
		since = s.joined
	}
	if since.Before(s.joined) || since.After(o.On) {
		return nil, fault.New("Opening.Since", o.Since, "must lie between the join date and the opening")
	}
	b := &base{date: o.On, codes: p.codes, track: newTrack(), reason: ReasonJoined, dropped: make([]int64, p.metrics.len())}
	b.at, b.since = startOf(dayOf(o.On), p.zone), startOf(dayOf(since), p.zone)
	if o.Level != "" {
		b.level = p.level(o.Level)
	}
	if b.level < 0 {
		return nil, fault.New("Opening.Level", nil, "must be a level of the ladder")
	}
	if b.level > 0 {
		b.reason = ReasonEarned
	}
	b.track.level = b.level
	if dated := p.dated() && b.level > 0; dated != !o.Until.IsZero() || dated && !o.Until.After(o.On) {
		return nil, fault.New("Opening.Until", o.Until, "must be after the opening where levels have dates, and absent elsewhere")
	} else if dated {
		b.track.until, b.track.entered = startOf(dayOf(o.Until), p.zone), dayOf(since)
	}
	if p.kind != MonthsFromEntry {
		b.track.entered = 0
	}
	return b, p.checkAmounts("Opening.Lifetime", o.Lifetime, b.dropped)
}

// openGrid gives b the periods of the events of s, with the level of the opening
// at the end of each.
func (p *Ladder) openGrid(s *Membership, b *base) {
	if p.window.Kind.Rolling() {
		return
	}
	r := p.Runner()
	r.s = s
	cur := r.locate(justBefore(b.at))
	b.first = cur
	if len(s.order) > 0 {
		b.first = r.locate(s.entries[s.order[0]].at)
	}
	for k := b.first; k < cur; k++ {
		b.before = append(b.before, uint8(b.level))
	}
}
