package main

import (
	"github.com/relmark/relmark/loyalty/social"
)

// whatAReferralIsWorth adds up what the guests are worth whom others have brought.
func (s *story) whatAReferralIsWorth(r *report) error {
	if !s.house || len(s.worth) < 60 {
		return nil
	}
	r.heading("Who brings others, and what is that worth?", "loyalty/social")
	brought := s.brought()
	tree, err := social.NewReferralTree(social.ReferralValueParams{Discount: 0.1, Indirect: 0.5}, brought)
	if err != nil {
		return err
	}
	own := map[string]float64{}
	for _, w := range s.worth {
		own[w.ID] = w.value
	}
	var rows [][]string
	for _, best := range tree.Best(4) {
		rows = append(rows, []string{best.Member, cash(own[best.Member]), cash(best.Value.Direct), cash(best.Value.Indirect), cash(best.Value.Total)})
	}
	r.table([]string{"customer", "worth by own stays", "by friends", "by their friends", "referrals in all"}, rows)
	r.say("Of %s who were recommended the house, what they are worth in a year and 30.00 of advertising saved, less 15.00 of reward; who would have come anyway counts for what is saved only, friends of friends by half.", plural(len(brought), "guest"))
	return nil
}

// brought is made up: who came on whose word. Every fifth would have come anyway.
func (s *story) brought() (list []social.ReferralEdge[string]) {
	for i := range 20 {
		edge := social.ReferralEdge[string]{
			Referrer: s.worth[i*i%23].ID, Friend: s.worth[30+i].ID, Class: social.Caused,
			Value: s.worth[30+i].value, AcquisitionSaved: 30, RewardCost: 15, Years: 1,
		}
		if i%4 == 3 {
			edge.Referrer = s.worth[30+i-2].ID
		}
		if i%5 == 4 {
			edge.Class = social.Anyway
		}
		list = append(list, edge)
	}
	return list
}
