package main

import (
	"fmt"
	"strings"

	"github.com/relmark/relmark/loyalty"
)

// A bondTrial is one element of the programme that half a year was tried on some guests,
// by lot, and not on others: made up for the simulated hotel.
type bondTrial struct {
	loyalty.Element
	loyalty.Trial
}

func hotelBonds() []bondTrial {
	trial := func(name string, tactic loyalty.Tactic, cost, margin float64, treated, control loyalty.Group) bondTrial {
		return bondTrial{
			loyalty.Element{Name: name, Tactic: tactic, Cost: int64(100 * cost)},
			loyalty.Trial{Level: tactic.Level(), Treated: treated, Control: control, MarginPerRetained: margin, RewardCost: cost},
		}
	}
	return []bondTrial{
		trial("points", loyalty.VolumeRewards, 5200, 110, loyalty.Group{N: 1500, Retained: 930}, loyalty.Group{N: 500, Retained: 295}),
		trial("the host knows your name", loyalty.PersonalContact, 1800, 110, loyalty.Group{N: 900, Retained: 603}, loyalty.Group{N: 300, Retained: 177}),
		trial("booking system of the firm", loyalty.SharedSystems, 2600, 480, loyalty.Group{N: 160, Retained: 138}, loyalty.Group{N: 80, Retained: 57}),
	}
}

// whichBondsTie says what the programme ties guests with, and what each bond earned.
func (s *story) whichBondsTie(r *report) error {
	if !s.house {
		return nil
	}
	r.heading("Which bonds tie our guests, and what does each earn?", "loyalty")
	var programme loyalty.Programme
	var trials []loyalty.Trial
	for _, b := range hotelBonds() {
		programme.Elements = append(programme.Elements, b.Element)
		trials = append(trials, b.Trial)
	}
	coverage, err := programme.Coverage()
	if err != nil {
		return err
	}
	uplifts, err := loyalty.Uplifts(loyalty.Random, 0.95, trials)
	if err != nil {
		return err
	}
	var rows [][]string
	for i, u := range uplifts {
		rows = append(rows, bondRow(programme.Elements[i].Name, leadOf(coverage, u.Level), u))
	}
	r.table([]string{"bond", "level", "hard to copy", "come again", "95 % interval", "earned", "95 % interval"}, rows)
	r.say("Beside guests who by lot went without, in points of a hundred within a year; earned is after what the bond cost. Nothing ties them by %s.", gapsOf(coverage))
	return sayControl(r, 2000)
}

func bondRow(name string, lead loyalty.Lead, u loyalty.Uplift) []string {
	return []string{
		name, string(u.Level), string(lead),
		fmt.Sprintf("%+.1f", 100*u.Uplift), fmt.Sprintf("%+.1f to %+.1f", 100*u.Interval.Low, 100*u.Interval.High),
		whole(u.Profit), whole(u.ProfitInterval.Low) + " to " + whole(u.ProfitInterval.High),
	}
}

func leadOf(c loyalty.Coverage, level loyalty.Level) loyalty.Lead {
	for _, l := range c.Levels {
		if l.Level == level {
			return l.Lead
		}
	}
	return ""
}

func gapsOf(c loyalty.Coverage) string {
	var gaps []string
	for _, level := range c.Gaps {
		gaps = append(gaps, string(level))
	}
	return strings.Join(gaps, ", ")
}

// sayControl says how many must go without for a difference to be seen.
func sayControl(r *report, guests int64) error {
	hope := loyalty.Hope{Base: 0.6, Uplift: 0.08, Confidence: 0.95, Power: 0.8}
	plan, err := hope.ControlOf(guests)
	if err != nil {
		return err
	}
	r.say("To see whether a bond keeps %.0f points more of %s guests, %s of them must go without: then the chance to see it, if it is so, is %s.",
		100*hope.Uplift, count(int(guests)), count(int(plan.Control)), percent(plan.Power))
	return nil
}
