package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/social"
)

// A touch is one contact, so many days before the end of the log.
type touch struct {
	ago      int
	channel  relmark.Channel
	inbound  bool
	answered bool
}

// An acquaintance is what the reception has noted of a guest: made up.
type acquaintance struct {
	touches []touch
	consent bool // to calls
	control bool // left alone by lot, so that the others can be compared
}

// hotelContacts belong to those to call, in their order.
func hotelContacts() []acquaintance {
	return []acquaintance{
		{touches: []touch{{ago: 30, channel: "call", inbound: true}, {ago: 64, channel: "call", answered: true}, {ago: 95, channel: "call", answered: true}, {ago: 121, channel: "mail", inbound: true}}, consent: true},
		{touches: []touch{{ago: 150, channel: "call", answered: true}, {ago: 178, channel: "call", inbound: true}, {ago: 203, channel: "call", inbound: true}, {ago: 231, channel: "call", answered: true}}, consent: true},
		{touches: []touch{{ago: 9, channel: "call"}, {ago: 23, channel: "call"}, {ago: 41, channel: "mail"}, {ago: 77, channel: "mail"}}, consent: true},
		{touches: []touch{{ago: 61, channel: "call", answered: true}, {ago: 140, channel: "mail", inbound: true}, {ago: 190, channel: "mail", inbound: true}}},
		{touches: []touch{{ago: 70, channel: "call", answered: true}, {ago: 98, channel: "call", inbound: true}}, consent: true, control: true},
		{touches: []touch{{ago: 80, channel: "mail", inbound: true}, {ago: 118, channel: "call", answered: true}, {ago: 153, channel: "mail", inbound: true}}, consent: true},
	}
}

// whomToContact says how well contact was kept with those to call, who has been silent
// for longer than usual, and who gets a call.
func (s *story) whomToContact(r *report) error {
	known := hotelContacts()
	if !s.house || len(s.quiet) < len(known) {
		return nil
	}
	r.heading("Whom to contact, and whom not?", "loyalty/social")
	model, err := healthModel()
	if err != nil {
		return err
	}
	cadence, err := social.NewCadence(social.CadenceParams{Shrinkage: 4, DueLevel: 0.8}, gapsBetween(known))
	if err != nil {
		return err
	}
	verdicts, selected, err := s.selectCalls(known)
	if err != nil {
		return err
	}
	var rows [][]string
	for i, a := range known {
		row, err := s.contactRow(model, cadence, a)
		if err != nil {
			return err
		}
		rows = append(rows, slices.Concat([]string{s.quiet[i].ID}, row, []string{verdicts[i]}))
	}
	r.table([]string{"customer", "contact kept", "begun by them", "silent for", "usually", "overdue", "this week"}, rows)
	r.say("Contact kept is 100 %% with one good call a month, fades by half in 45 days, and calls without an answer take from it. Overdue is the share of silences, own ones and those of others, that were no longer. With time for three calls those are chosen that bring most, %s after cost.", money(selected.Net))
	return nil
}

func healthModel() (*social.HealthModel, error) {
	return social.NewHealthModel(social.HealthParams{
		HalfLife: 45, Fatigue: 0.2, Channels: map[relmark.Channel]float64{"call": 1, "mail": 0.4},
		Target: social.HealthTarget{Weight: 1, Quality: 1, Every: 30},
	})
}

// contactRow describes how contact with a guest was kept.
func (s *story) contactRow(model *social.HealthModel, cadence *social.Cadence, a acquaintance) ([]string, error) {
	var health social.Health
	var days []time.Time
	for _, t := range slices.Backward(a.touches) {
		x := social.Interaction{At: s.ago(t.ago), Channel: t.channel, Direction: social.Outbound, Answered: t.answered, Quality: 1}
		if t.inbound {
			x.Direction = social.Inbound
		}
		if err := model.Add(&health, x); err != nil {
			return nil, err
		}
		days = append(days, x.At)
	}
	kept, err := model.Report(health, s.now())
	if err != nil {
		return nil, err
	}
	silence, err := cadence.Report(days, s.now())
	if err != nil {
		return nil, err
	}
	return []string{
		percent(kept.Health), percent(*kept.Reciprocity), fmt.Sprintf("%.0f days", silence.GapDays), fmt.Sprintf("%.0f days", *silence.MedianDays), percent(silence.Overdue),
	}, nil
}

// ago is an instant so many days before the end of the log.
func (s *story) ago(days int) time.Time { return s.now().AddDate(0, 0, -days) }

// gapsBetween lists how long all of them were silent between two contacts.
func gapsBetween(known []acquaintance) (gaps []time.Duration) {
	for _, a := range known {
		for i := 1; i < len(a.touches); i++ {
			gaps = append(gaps, time.Duration(a.touches[i].ago-a.touches[i-1].ago)*24*time.Hour)
		}
	}
	return gaps
}

// selectCalls gives three calls to those for whom they do most: a call is taken to bring
// back one in ten of what is at stake. It says what becomes of each.
func (s *story) selectCalls(known []acquaintance) (verdicts []string, selected social.Selected, err error) {
	policy := relmark.ContactPolicy{Zone: time.UTC, Caps: []relmark.ContactCap{{Channel: "call", Max: 1, Window: 14 * 24 * time.Hour}}}
	choice := social.Selection[string]{Lambda: decimal.NewFromInt(1), Limits: social.Limits[string]{Quotas: map[string]int64{"call": 3}}}
	for i, a := range known {
		id := s.quiet[i].ID
		contact, err := policy.Decide("call", "care", a.facts(s), s.now().Add(10*time.Hour))
		if err != nil {
			return nil, selected, err
		}
		choice.Candidates = append(choice.Candidates, social.Candidate[string]{Customer: id, Contact: contact, Treatment: social.Treatment{
			ID: id, Kind: "call", Channel: "call", Purpose: "care", Value: decimal.NewFromFloat(s.quiet[i].value / 10).Round(2), Cost: decimal.NewFromInt(8),
		}})
		if a.control {
			choice.Control = append(choice.Control, id)
		}
	}
	if selected, err = social.Select(choice); err != nil {
		return nil, selected, err
	}
	for i := range known {
		verdicts = append(verdicts, verdictOn(s.quiet[i].ID, selected))
	}
	return verdicts, selected, nil
}

// facts are what the contact policy asks for.
func (a acquaintance) facts(s *story) (f relmark.ContactFacts) {
	if a.consent {
		f.Consents = []relmark.Consent{{Channel: "call", Purpose: "care"}}
	}
	for _, t := range a.touches {
		if !t.inbound {
			f.History = append(f.History, relmark.Contact{At: s.ago(t.ago), Channel: t.channel, Purpose: "care"})
		}
	}
	return f
}

// verdictOn says that a guest is called, or why not.
func verdictOn(id string, selected social.Selected) string {
	if slices.Contains(selected.Chosen, id) {
		return "call"
	}
	i, _ := slices.BinarySearchFunc(selected.Rejected, id, func(r social.Rejection, id string) int { return cmp.Compare(r.ID, id) })
	return "no: " + strings.ReplaceAll(string(selected.Rejected[i].Reasons[0]), "_", " ")
}
