package points

import (
	"slices"
	"strconv"
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/loyalty/earning"
)

// Act grants points for an activity that is no purchase: a review, an installation, a
// birthday. The version that is valid on its local date has a rule for its kind, which
// says what it is worth, and how often. It is not refunded, but corrected by [Adjust].
type Act struct {
	Kind string `json:"kind,omitzero"`
	// Source tells it from others of its kind, such as the review that it is; empty if
	// nothing does. One that has earned is not to earn again, under whatever key.
	Source string        `json:"source,omitzero"`
	Points *int64        `json:"points,omitempty"` // what it is worth where the rule does not say; 0 or more
	Tier   string        `json:"tier,omitzero"`    // of the member, for conditions; not part of the payload
	Tags   []earning.Tag `json:"tags,omitempty"`   // further facts, for conditions; a set
	// Budget is what is left for the programme as a whole, as [Earn.Budget]; not part of
	// the payload.
	Budget *int64 `json:"budget,omitempty"`
}

// payload leaves out what the host has looked up, as that of [Earn] does.
func (c Act) payload(f *digest) {
	f.Text("act", &c.Kind)
	f.Text("source", &c.Source)
	if c.Points != nil {
		given := true
		f.Flag("given", &given)
		f.Int("points", c.Points)
	}
	tagsPayload(&f.Form, c.Tags)
}

// Acted is the body of an event that granted points for an activity, if only 0 of them.
type Acted struct {
	Kind        string        `json:"kind,omitzero"`
	Source      string        `json:"source,omitzero"`
	Facts       earning.Facts `json:"facts,omitzero"`
	Rule        string        `json:"rule,omitzero"`      // that granted them
	Given       bool          `json:"given,omitzero"`     // the command said what it is worth
	Points      int64         `json:"points,omitzero"`    // what it said
	Award       earning.Award `json:"award,omitzero"`     // the points are a bonus
	Lot         uint64        `json:"lot,omitzero"`       // the new lot, 0 if nothing was granted
	AvailableAt time.Time     `json:"available,omitzero"` // of the lot
	ExpiresAt   time.Time     `json:"expires,omitzero"`   // of the lot, zero if never
	Rolls       bool          `json:"rolls,omitzero"`     // the lot's expiry moves with activity
	Rolled      time.Time     `json:"rolled,omitzero"`    // what activity moves the expiry of rolling lots to, zero if nothing
	Settled     int64         `json:"settled,omitzero"`   // of what was granted, paid off debt
}

func (*Acted) kind() string { return "acted" }

func (b *Acted) code(f *canon.Form) {
	f.Name("kind", &b.Kind)
	f.Text("source", &b.Source)
	canon.Object(f, "facts", &b.Facts, codeFacts)
	f.Name("rule", &b.Rule)
	f.Flag("given", &b.Given)
	f.Int("points", &b.Points)
	canon.Object(f, "award", &b.Award, codeAward)
	f.ID("lot", &b.Lot)
	f.Time("available", &b.AvailableAt)
	f.Time("expires", &b.ExpiresAt)
	f.Flag("rolls", &b.Rolls)
	f.Time("rolled", &b.Rolled)
	f.Int("settled", &b.Settled)
}

// decide asks for the source first, then for the rule, and then for what the member has
// done before.
func (c Act) decide(d *decider) (Body, error) {
	if !canon.IsName(c.Kind) {
		return nil, invalid("Kind", nil, nameRule)
	}
	if !canon.IsNote(c.Source) {
		return nil, invalid("Source", nil, nameRule)
	}
	out, err := d.e.earning.Act(&earning.Activity{At: d.at, Kind: c.Kind, Points: c.Points, Tier: c.Tier, Tags: c.Tags, Budget: c.Budget}, d.a)
	switch refused := asRefusal(err); {
	case err != nil && refused == nil:
		return nil, within("", err)
	case c.Source != "" && d.a.sources.find(sourceOf(c.Kind, c.Source)) != nil:
		return nil, refuse(DuplicateSource)
	case refused != nil:
		return nil, refused
	case out.Award.Granted > d.a.room():
		return nil, refuse(TooMany)
	}
	b := &Acted{Kind: c.Kind, Source: c.Source, Facts: out.Facts, Rule: out.Rule, Award: out.Award, Given: c.Points != nil}
	if b.Given {
		b.Points = *c.Points
	}
	d.lodge(b)
	return b, nil
}

// lodge says in which lot the points are, and how long they live.
func (d *decider) lodge(b *Acted) {
	if b.Award.Granted > 0 {
		b.Lot, b.Settled = d.a.book.Next(), min(d.a.debt, b.Award.Granted)
	}
	var like Earned
	d.life(&like)
	b.AvailableAt, b.ExpiresAt, b.Rolls, b.Rolled = like.AvailableAt, like.ExpiresAt, like.Rolls, like.Rolled
}

// sourceOf names an activity among all of an account: after the length of its kind, so
// that no two have one name.
func sourceOf(kind, source string) string {
	return string([]byte{'0' + byte(len(kind)/100), '0' + byte(len(kind)/10%10), '0' + byte(len(kind)%10)}) + kind + source
}

// isSource reports whether an activity can have a name.
func isSource(name string) bool {
	n, err := strconv.Atoi(name[:min(3, len(name))])
	return err == nil && n > 0 && 3+n < len(name) && canon.IsName(name[3:3+n]) && canon.IsName(name[3+n:]) && sourceOf(name[3:3+n], name[3+n:]) == name
}

// apply checks the source, and opens the lot.
func (b *Acted) apply(a *Account, _ int64) error {
	granted := b.Award.Granted
	if !canon.IsName(b.Kind) || !canon.IsNote(b.Source) || !canon.IsNote(b.Rule) ||
		b.Source != "" && a.sources.find(sourceOf(b.Kind, b.Source)) != nil {
		return errEvent("Source")
	}
	if granted < 0 || granted > a.room() || (granted > 0) != (b.Lot > 0) || b.Settled < 0 || b.Settled > min(granted, a.debt) ||
		b.Facts.Date.IsZero() || b.Points < 0 || b.Points > maxPoints {
		return errEvent("Acted")
	}
	l := Lot{ID: b.Lot, Points: granted - b.Settled, AvailableAt: b.AvailableAt, ExpiresAt: b.ExpiresAt}
	if b.Lot != 0 && !grow(&a.book, &l, b.Rolls, 0) {
		return errEvent("Lot")
	}
	a.issued += granted
	a.debt -= b.Settled
	return nil
}

// note remembers what has been done, and that it counts towards caps and as activity.
func (b *Acted) note(a *Account, now int64) {
	a.roll(now, b.Facts.Date, b.Rolled)
	a.count(b.Facts.Date, b.Award.Granted)
	if b.Source != "" {
		a.sources.add(sourceOf(b.Kind, b.Source), b.Facts.Date)
	}
	a.take(b.Rule, b.Facts.Date)
}

// A record is when the member has taken part in the activity of a rule.
type record struct {
	rule string
	days []relmark.Date // ascending, each once
}

// take notes that the member has taken part in an activity.
func (a *Account) take(rule string, on relmark.Date) {
	if rule == "" { // of a what-if in which no rule holds
		return
	}
	i := slices.IndexFunc(a.took, func(r record) bool { return r.rule == rule })
	if i < 0 {
		i = len(a.took)
		a.took = append(a.took, record{rule: rule})
	}
	r := &a.took[i]
	if j, found := slices.BinarySearchFunc(r.days, on, relmark.Date.Compare); !found {
		r.days = slices.Insert(r.days, j, on)
	}
}

// Took reports whether the member has taken part in the activity of a rule on dates from
// one to another; a zero date is an open end.
func (a *Account) Took(rule string, from, to relmark.Date) bool {
	i := slices.IndexFunc(a.took, func(r record) bool { return r.rule == rule })
	if i < 0 {
		return false
	}
	days := a.took[i].days
	j, _ := slices.BinarySearchFunc(days, from, relmark.Date.Compare)
	return j < len(days) && (to.IsZero() || !days[j].After(to))
}

// An activity posts what it was granted, and what of that paid off debt.
func (b *Acted) postings(p *poster) {
	place := p.state(b.AvailableAt, b.ExpiresAt).place()
	p.move(AtIssued, place, b.Award.Granted, b.Lot)
	p.move(place, AtDebt, b.Settled, b.Lot)
}

func (*Acted) about() string { return "" }

// again grants what the programme says of the activity, which has taken place in any
// case.
func (b *Acted) again(_ *WhatIf, d *decider, _ int) error {
	n := Acted{Kind: b.Kind, Source: b.Source, Facts: b.Facts}
	n.Facts.Date = d.date
	var points *int64
	if b.Given {
		points = &b.Points
	}
	n.Rule, n.Award = d.e.earning.JudgeActivity(&n.Facts, b.Kind, points, d.a)
	if n.Award.Granted > d.a.room() {
		return refuse(TooMany)
	}
	d.lodge(&n)
	return d.a.undergo(&n, d.now)
}

func (b *Acted) redacted(rename func(string) string) Body {
	c := *b
	c.Source = renamed(b.Source, rename)
	c.Facts.Tier, c.Facts.Tags, c.Award.Grants = "", nil, nil
	return &c
}
