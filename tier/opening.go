package tier

import (
	"fmt"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
)

// An Opening is what a host knows about a member who comes from another system, at
// the start of a date. It is plain data.
type Opening struct {
	On    relmark.Date `json:"on"`              // first date that it answers for; after the join date
	Level string       `json:"level,omitempty"` // code of the level earned by then; "" is the base

	// Since is the date of the last change of the level; zero is the join date.
	// Renewals of a level that lasts [MonthsFromEntry] count from it.
	Since relmark.Date `json:"since,omitzero"`

	// Until is the date at whose start the level is reviewed, after On; zero where
	// levels have no date, and for the base.
	Until relmark.Date `json:"until,omitzero"`

	// Lifetime are the sums of everything before On, Events excepted.
	Lifetime Amounts `json:"lifetime,omitzero"`

	// Events lie before On and still count, such as the stays of this year; they can
	// be reversed. Overrides belong here too.
	Events []Event `json:"events,omitempty"`
}

// Open returns the membership of a member who joined on a date and is taken over on a
// later one, as if [Membership.Close] had been called then. It fails when the opening
// breaks a rule stated there, when one of its events is not valid, or when the
// dates lie outside years 2 to 9998.
func (l *Ladder) Open(joined relmark.Date, o Opening) (*Membership, error) {
	s, err := l.Join(joined)
	if err != nil {
		return nil, err
	}
	b, err := l.opening(s, o)
	if err != nil {
		return nil, room(err)
	}
	for i, e := range o.Events {
		err := s.add(e)
		if err == nil && !instantOf(e.At).before(b.at) {
			err = fault.New("At", e.At, "must lie before the opening")
		}
		if err != nil {
			return nil, room(fault.At(fmt.Sprintf("Opening.Events[%d]", i), err))
		}
	}
	for m, v := range b.dropped {
		if s.gross[m]+v < v {
			return nil, room(errSum)
		}
		s.gross[m] += v
	}
	l.openGrid(s, b)
	s.base = b
	return s, nil
}

// opening turns o into a base, periods aside.
func (l *Ladder) opening(s *Membership, o Opening) (*base, error) {
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
	b := &base{date: o.On, codes: l.codes, track: nothingEarned(), dropped: make([]int64, l.metrics.len())}
	b.at, b.since = startOf(dayOf(o.On), l.zone), startOf(dayOf(since), l.zone)
	if o.Level != "" {
		b.level = l.level(o.Level)
	}
	if b.level < 0 {
		return nil, fault.New("Opening.Level", nil, "must be a level of the ladder")
	}
	if b.level > 0 {
		b.reason = entered
	}
	b.track.level = b.level
	if dated := l.dated && b.level > 0; dated != !o.Until.IsZero() || dated && !o.Until.After(o.On) {
		return nil, fault.New("Opening.Until", o.Until, "must be after the opening where levels have dates, and absent elsewhere")
	} else if dated {
		b.track.until, b.track.entered = startOf(dayOf(o.Until), l.zone), dayOf(since)
	}
	if l.kind != MonthsFromEntry {
		b.track.entered = 0
	}
	return b, l.checkAmounts("Opening.Lifetime", o.Lifetime, b.dropped)
}

// openGrid gives b the periods of the events of s, with the level of the opening
// at the end of each.
func (l *Ladder) openGrid(s *Membership, b *base) {
	if l.rolls {
		return
	}
	clock := newClock(l.zone)
	grid := l.gridOf(s, &clock)
	cur := grid.locate(justBefore(b.at))
	b.first = cur
	var room []int32
	if order := s.order.sorted(&room, s.compare); len(order) > 0 {
		b.first = grid.locate(s.entries[order[0]].at)
	}
	for k := b.first; k < cur; k++ {
		b.before = append(b.before, uint8(b.level))
	}
}
