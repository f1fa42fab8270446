package main

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/relmark/relmark/servqual/csi"
)

// hotelIndex is what guests are asked, from 1 to 10: three questions on the room, three on
// the desk, two on what it was worth, three on satisfaction, two on coming again.
func hotelIndex() csi.Params {
	construct := func(name string, items ...int) csi.Construct {
		return csi.Construct{Name: name, Items: items, Low: 1, High: 10}
	}
	return csi.Params{
		Constructs: []csi.Construct{
			construct("the room", 0, 1, 2), construct("the desk", 3, 4, 5), construct("value", 6, 7), construct("satisfaction", 8, 9, 10), construct("loyalty", 11, 12),
		},
		Links: []csi.Link{
			{From: "the room", To: "value"},
			{From: "the desk", To: "value"},
			{From: "the room", To: "satisfaction"},
			{From: "the desk", To: "satisfaction"},
			{From: "value", To: "satisfaction"},
			{From: "satisfaction", To: "loyalty"},
		},
	}
}

// indexAnswers are made up: 150 guests, content with the room and less so with the desk,
// on which more depends.
func indexAnswers() (rows [][]float64) {
	source := rand.New(rand.NewPCG(2026, 19))
	for range 150 {
		var row []float64
		ask := func(items int, level float64) {
			for range items {
				row = append(row, math.Round(min(10, max(1, level+0.7*source.NormFloat64()))))
			}
		}
		room, desk := 8.2+source.NormFloat64(), 6.1+1.3*source.NormFloat64()
		value := 0.3*room + 0.3*desk + 2.7 + 0.8*source.NormFloat64()
		satisfaction := 0.2*room + 0.45*desk + 0.25*value + 0.9 + 0.5*source.NormFloat64()
		ask(3, room)
		ask(3, desk)
		ask(2, value)
		ask(3, satisfaction)
		ask(2, 0.9*satisfaction+0.6+0.6*source.NormFloat64())
		rows = append(rows, row)
	}
	return rows
}

// howContentTheyAre says how satisfied guests are, what it comes from and what to mend.
func (s *story) howContentTheyAre(r *report) error {
	if !s.house {
		return nil
	}
	r.heading("How content are they, and what does that come from?", "servqual/csi")
	model, err := csi.New(hotelIndex())
	if err != nil {
		return err
	}
	rows := indexAnswers()
	moments := model.NewMoments()
	for _, row := range rows {
		if err := moments.Add(row); err != nil {
			return err
		}
	}
	fit, err := model.Fit(moments, csi.Options{})
	if err != nil {
		return err
	}
	boot, err := model.Bootstrap(context.Background(), rows, csi.Options{}, csi.Resampling{Replicates: 200}, rand.New(rand.NewPCG(2026, 20)))
	if err != nil {
		return err
	}
	index, within, err := indexOf(boot, "satisfaction")
	if err != nil {
		return err
	}
	r.say("Satisfaction stands at %.0f of 100 (%s).", index, within)
	return sayPlaces(r, fit, boot)
}

// sayPlaces writes the importance-performance map.
func sayPlaces(r *report, fit csi.Fit, boot *csi.Boot) error {
	places, err := fit.Map("loyalty")
	if err != nil {
		return err
	}
	var rows [][]string
	first, most := "", 0.0
	for _, p := range places {
		_, within, err := indexOf(boot, p.Construct)
		if err != nil {
			return err
		}
		rows = append(rows, []string{p.Construct, fmt.Sprintf("%.0f", p.Performance), within, fmt.Sprintf("%.2f", p.Importance)})
		if room := p.Importance * (100 - p.Performance); p.Construct != "satisfaction" && room > most {
			first, most = p.Construct, room
		}
	}
	r.table([]string{"", "of 100", "95 % interval", "a point adds to loyalty"}, rows)
	r.say("Begin with %s: what it lacks to 100, times what a point of it does to loyalty, is most.", first)
	return nil
}

// indexOf returns an index and its interval.
func indexOf(boot *csi.Boot, construct string) (index float64, within string, err error) {
	d, err := boot.Of(csi.Parameter{Quantity: csi.IndexScore, Construct: construct})
	if err != nil {
		return 0, "", err
	}
	i, err := d.Interval(csi.Percentile, 0.95)
	return d.Value(), fmt.Sprintf("%.0f to %.0f", i.Low, i.High), err
}
