package relmark

import (
	"slices"
	"time"

	"github.com/relmark/relmark/internal/calendar"
)

const (
	day            = 24 * time.Hour
	week           = 7 * day
	contactHorizon = 400 * day
)

// A contactQuery is one valid question: may this contact be made?
type contactQuery struct {
	policy  ContactPolicy
	facts   ContactFacts
	asOf    time.Time
	channel Channel
	purpose Purpose
	exempt  bool // from all rules but consent

	steps int // consents, contacts and quiet hours gone through so far, which tests count
}

// query is a question whose arguments were checked.
func (p *ContactPolicy) query(channel Channel, purpose Purpose, facts ContactFacts, asOf time.Time) contactQuery {
	return contactQuery{
		policy: *p, facts: facts, asOf: asOf.UTC(), channel: channel, purpose: purpose,
		exempt: slices.Contains(p.Exempt, purpose),
	}
}

func (q *contactQuery) decide() ContactDecision {
	breaches := q.breaches()
	if len(breaches) == 0 {
		return ContactDecision{Allowed: true, Next: q.asOf}
	}
	return ContactDecision{Breaches: breaches, Next: q.next()}
}

// breaches lists the rules in the way at asOf.
func (q *contactQuery) breaches() []ContactBreach {
	var found []ContactBreach
	if !q.consented() {
		found = append(found, ContactBreach{Rule: RuleConsent})
	}
	if i, left := q.quiet(calendar.OfWeek(q.asOf, q.facts.Zone)); left > 0 {
		found = append(found, ContactBreach{RuleQuietHours, i})
	}
	for i, c := range q.policy.Caps {
		if q.capFrees(c).After(q.asOf) {
			found = append(found, ContactBreach{RuleCap, i})
		}
	}
	for i, g := range q.policy.MinGaps {
		if q.gapFrees(g).After(q.asOf) {
			found = append(found, ContactBreach{RuleMinGap, i})
		}
	}
	return found
}

// next returns the earliest instant from asOf on that breaks no rule, or the zero
// time. Nothing is added to the history meanwhile, so a cap or gap that frees
// once stays free: together they are one lower bound. From there consent and
// quiet hours push the instant on by turns until neither does.
func (q *contactQuery) next() time.Time {
	last := q.asOf.Add(contactHorizon)
	consents := q.timeline()
	for t := q.frees(); !t.After(last); {
		q.steps++
		from, ok := consents.from(t)
		if !ok {
			break
		}
		if t, ok = q.calm(from, last); !ok {
			break
		}
		if t.Equal(from) {
			return t.UTC()
		}
	}
	return time.Time{}
}

// consented reports whether there is consent at asOf.
func (q *contactQuery) consented() bool {
	for i := range q.facts.Consents {
		q.steps++
		if c := &q.facts.Consents[i]; q.isAbout(c) && !c.From.After(q.asOf) && (c.Until.IsZero() || q.asOf.Before(c.Until)) {
			return true
		}
	}
	return false
}

func (q *contactQuery) isAbout(c *Consent) bool {
	return c.Channel == q.channel && c.Purpose == q.purpose
}

// A timeline is the consents of a question in the order in which they begin, none
// of them empty. It is asked about ever later instants.
type timeline struct {
	consents []Consent
	begun    int       // how many of them have begun
	until    time.Time // the end of those that have
	open     bool      // whether one of those has no end
}

func (q *contactQuery) timeline() timeline {
	var line timeline
	q.steps += len(q.facts.Consents)
	for i := range q.facts.Consents {
		if c := &q.facts.Consents[i]; q.isAbout(c) && (c.Until.IsZero() || c.From.Before(c.Until)) {
			line.consents = append(line.consents, *c)
		}
	}
	slices.SortFunc(line.consents, func(a, b Consent) int { return a.From.Compare(b.From) })
	return line
}

// from returns the earliest instant from t on with consent; false if there is none.
func (l *timeline) from(t time.Time) (time.Time, bool) {
	for ; l.begun < len(l.consents) && !l.consents[l.begun].From.After(t); l.begun++ {
		c := &l.consents[l.begun]
		l.open = l.open || c.Until.IsZero()
		l.until = later(l.until, c.Until)
	}
	switch {
	case l.open || t.Before(l.until):
		return t, true
	case l.begun < len(l.consents):
		return l.consents[l.begun].From, true
	}
	return time.Time{}, false
}

// frees returns the earliest instant from asOf on at which every cap and gap
// allows the contact.
func (q *contactQuery) frees() time.Time {
	t := q.asOf
	for _, c := range q.policy.Caps {
		t = later(t, q.capFrees(c))
	}
	for _, g := range q.policy.MinGaps {
		t = later(t, q.gapFrees(g))
	}
	return t
}

// capFrees returns the earliest instant from asOf on at which fewer than Max
// contacts lie in the window: once all but the latest Max−1 of them are out.
func (q *contactQuery) capFrees(c ContactCap) time.Time {
	if !q.asks(c.Channel) {
		return q.asOf
	}
	inside := 0
	q.steps += len(q.facts.History)
	for i := range q.facts.History {
		if q.end(i, c.Channel, c.Window).After(q.asOf) {
			inside++
		}
	}
	if inside < c.Max {
		return q.asOf
	}
	ends := make([]time.Time, 0, inside)
	for i := range q.facts.History {
		if end := q.end(i, c.Channel, c.Window); end.After(q.asOf) {
			ends = append(ends, end)
		}
	}
	slices.SortFunc(ends, time.Time.Compare)
	return ends[inside-c.Max]
}

// gapFrees returns the earliest instant from asOf on at which the latest contact
// is as long ago as the gap asks for.
func (q *contactQuery) gapFrees(g ContactGap) time.Time {
	t := q.asOf
	if !q.asks(g.Channel) {
		return t
	}
	q.steps += len(q.facts.History)
	for i := range q.facts.History {
		t = later(t, q.end(i, g.Channel, g.Least))
	}
	return t
}

// asks reports whether a cap or gap for channel is about the contact in question.
func (q *contactQuery) asks(channel Channel) bool { return !q.exempt && channel.covers(q.channel) }

// end returns the instant at which a contact leaves the rolling window of a cap
// or a gap for channel; asOf if it has left by then or does not count there.
func (q *contactQuery) end(i int, channel Channel, window time.Duration) time.Time {
	c := &q.facts.History[i]
	end := c.At.Add(window)
	if !end.After(q.asOf) || !channel.covers(c.Channel) || slices.Contains(q.policy.Exempt, c.Purpose) {
		return q.asOf
	}
	return end
}

// calm returns the earliest instant from t on outside quiet hours; false if there
// is none up to last. Clocks run without a jump from t to the end of a steady
// stretch, so within it the wall clock tells how long quiet hours last; at its
// end the question starts afresh, which is all there is to gaps and overlaps.
func (q *contactQuery) calm(t, last time.Time) (time.Time, bool) {
	for !t.After(last) {
		wait, ever := q.quietFor(calendar.OfWeek(t, q.facts.Zone))
		if !ever {
			break
		}
		free := t.Add(wait)
		end, jumps := calendar.SteadyUntil(t, q.facts.Zone)
		if !jumps || free.Before(end) {
			return free, true
		}
		t = end
	}
	return time.Time{}, false
}

// quietFor returns for how long a clock that shows w and runs without a jump will
// show quiet hours; false if every reading of the week is one. Each step takes
// the clock to the end of quiet hours it shows; after a week they come round.
func (q *contactQuery) quietFor(w time.Duration) (wait time.Duration, ever bool) {
	for wait < week {
		_, left := q.quiet((w + wait) % week)
		if left == 0 {
			return wait, true
		}
		wait += left
	}
	return wait, false
}

// quiet returns the first quiet hours that apply at the reading w of the week and
// how much of them is left, 0 if none do.
func (q *contactQuery) quiet(w time.Duration) (index int, left time.Duration) {
	if q.exempt {
		return 0, 0
	}
	for i := range q.policy.Quiet {
		q.steps++
		h := &q.policy.Quiet[i]
		if left = h.left(w); left > 0 && h.keeps(q.channel) {
			return i, left
		}
	}
	return 0, 0
}

// left returns how long the hours go on when the clock shows w, a duration since
// Monday midnight; 0 if it does not show them.
func (h *QuietHours) left(w time.Duration) time.Duration {
	length := (h.To - h.From + day) % day
	if length == 0 { // 00:00 to 24:00
		length = day
	}
	since := (w - h.From + day) % day
	if since >= length {
		return 0
	}
	begun := (w - since + week) % week / day // 0 is Monday
	if len(h.Days) > 0 && !slices.Contains(h.Days, time.Weekday((begun+1)%7)) {
		return 0
	}
	return length - since
}

func (h *QuietHours) keeps(asked Channel) bool {
	return len(h.Channels) == 0 || slices.ContainsFunc(h.Channels, func(c Channel) bool { return c.covers(asked) })
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
