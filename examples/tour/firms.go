package main

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"

	"github.com/relmark/relmark/servqual"
	"github.com/relmark/relmark/servqual/compare"
)

// hotelRivals is made up: what guests weigh, and how they rate the houses of the town.
func hotelRivals() ([]compare.Attribute, []compare.Firm) {
	attributes := []compare.Attribute{
		{Name: "price", Weight: 30}, {Name: "quiet rooms", Weight: 25}, {Name: "the desk", Weight: 20}, {Name: "the spa", Weight: 10}, {Name: "the way", Weight: 15},
	}
	firm := func(name string, scores ...float64) compare.Firm {
		f := compare.Firm{Name: name}
		for _, score := range scores {
			f.Scores = append(f.Scores, new(score))
		}
		return f
	}
	return attributes, []compare.Firm{
		firm("our house", 6.1, 7.2, 4.9, 8.3, 7.4), firm("the Station", 7.9, 4.6, 6.2, 3.0, 9.1), firm("the Park", 4.2, 8.8, 8.1, 8.0, 5.2),
	}
}

// againstWhomWeLose compares the houses, and says at which price most is earned.
func (s *story) againstWhomWeLose(r *report) error {
	if !s.house {
		return nil
	}
	r.heading("Against whom do we lose, and at which price?", "servqual/compare")
	attributes, firms := hotelRivals()
	ratings, err := compare.Rate(attributes, firms)
	if err != nil {
		return err
	}
	var rows [][]string
	for _, rating := range ratings {
		rows = append(rows, []string{firms[rating.Firm].Name, fmt.Sprintf("%.2f", *rating.Score), strength(attributes, firms, rating.Firm, 1), strength(attributes, firms, rating.Firm, -1)})
	}
	r.table([]string{"house", "of 10", "gains most by", "loses most by"}, rows)
	if err := sayMoves(r, attributes, firms); err != nil {
		return err
	}
	return sayPrices(r)
}

// strength names the attribute by which a firm is furthest from the mean of the others,
// weighted, above or below.
func strength(attributes []compare.Attribute, firms []compare.Firm, own int, sign float64) string {
	name, most := "-", 0.0
	for a, attribute := range attributes {
		others := 0.0
		for f, firm := range firms {
			if f != own {
				others += *firm.Scores[a] / float64(len(firms)-1)
			}
		}
		if gain := sign * attribute.Weight * (*firms[own].Scores[a] - others); gain > most {
			name, most = attribute.Name, gain
		}
	}
	return name
}

// sayMoves says how little guests would have to weigh otherwise for us to win.
func sayMoves(r *report, attributes []compare.Attribute, firms []compare.Firm) error {
	moves, err := compare.Moves(context.Background(), attributes, firms)
	if err != nil {
		return err
	}
	winner, own := firms[moves[0].Firm].Name, compare.Move{}
	for _, m := range moves {
		if m.Firm == 0 {
			own = m
		}
	}
	if own.Distance == 0 {
		r.say("We are rated best as guests weigh now.")
		return nil
	}
	var changes []string
	for a, w := range own.Weights {
		if change := w - attributes[a].Weight; math.Abs(change) > 0.05 {
			changes = append(changes, fmt.Sprintf("%s %+.1f", attributes[a].Name, change))
		}
	}
	r.say("%s is first. We would be, if guests weighed a little otherwise, of 100 points: %s.", capital(winner), strings.Join(changes, ", "))
	return nil
}

func capital(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

// sayPrices says what guests find too cheap and too dear for a room, and what they pay.
func sayPrices(r *report) error {
	answers, ladder, err := askedPrices()
	if err != nil {
		return err
	}
	p, err := compare.PriceRange(answers, compare.PriceOptions{})
	if err != nil {
		return err
	}
	sure, err := compare.ResamplePrices(context.Background(), answers, compare.PriceOptions{}, servqual.Resampling{Replicates: 200, Level: 0.95}, rand.New(rand.NewPCG(2026, 16)))
	if err != nil {
		return err
	}
	demand, err := ladder.Demand(0.95)
	if err != nil {
		return err
	}
	r.say("A room may cost from %.0f (%.0f to %.0f) to %.0f (%.0f to %.0f), as %s say what is too cheap and too dear. Asked if they would pay it, %s take one at %.0f, where most is earned: %.2f for each guest asked.",
		p.From.Price, sure.From.Low, sure.From.High, p.To.Price, sure.To.Low, sure.To.High, plural(len(answers), "guest"), percent(demand.BestShare), demand.Best, demand.BestRevenue)
	return nil
}

// askedPrices lets 120 guests say what is cheap and dear, and what they would pay.
func askedPrices() (answers []compare.PriceAnswer, ladder compare.Ladder, err error) {
	rungs := []float64{90, 110, 130, 150, 170}
	if ladder, err = compare.NewLadder(rungs...); err != nil {
		return nil, ladder, err
	}
	source := rand.New(rand.NewPCG(2026, 17))
	for range 120 {
		fair := 5 * math.Round((125+18*source.NormFloat64())/5)
		answers = append(answers, compare.PriceAnswer{
			TooCheap: fair - 45 - float64(5*source.IntN(4)), Cheap: fair - 20, Expensive: fair + 15, TooExpensive: fair + 30 + float64(5*source.IntN(5)),
		})
		yes := make([]bool, len(rungs))
		for i, price := range rungs {
			yes[i] = price <= fair+10
		}
		if err := ladder.Add(yes...); err != nil {
			return nil, ladder, err
		}
	}
	return answers, ladder, nil
}
