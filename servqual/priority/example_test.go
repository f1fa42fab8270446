package priority_test

import (
	"fmt"

	"github.com/relmark/relmark/servqual/priority"
)

// Is online booking a delight, or do our guests take it for granted by now?
func Example() {
	var k priority.Kano
	for _, a := range []struct {
		with, without priority.Feeling
		times         int
	}{
		{priority.Like, priority.Dislike, 12},
		{priority.Expect, priority.Dislike, 31},
		{priority.Like, priority.Neutral, 9},
		{priority.Neutral, priority.Tolerate, 6},
	} {
		for range a.times {
			if err := k.Add(priority.KanoAnswer{With: a.with, Without: a.without}); err != nil {
				fmt.Println(err)
				return
			}
		}
	}
	r, err := k.Report(0.95)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s, in the %s layer; more than chance: %v\n", r.Category, r.Layer, r.Fong.Significant)
	fmt.Printf("having it satisfies %.0f %%, not having it dissatisfies %.0f %%\n", 100*r.Better.Value, -100*r.Worse.Value)
	// Output:
	// must_be, in the basic layer; more than chance: true
	// having it satisfies 36 %, not having it dissatisfies 74 %
}

// What does a guest think of a welcome drink who likes it and would not miss it?
func ExampleClassify() {
	category, err := priority.Classify(priority.Like, priority.Neutral)
	fmt.Println(category, category.Layer(), err)
	// Output: attractive delight <nil>
}

// Which needs do customers have that we do not meet, and when?
func ExampleWindow() {
	w, err := priority.NewWindow(priority.Needs())
	if err != nil {
		fmt.Println(err)
		return
	}
	const billing = 4 // its position
	for i := range 40 {
		_ = w.Add(billing, priority.Using, i < 30, i%3 == 0)
		_ = w.Add(billing, priority.Advice, i < 10, true)
	}
	list, err := w.Report(0.95)
	if err != nil {
		fmt.Println(err)
		return
	}
	need := list[billing]
	d := need.Using.Dissatisfied
	fmt.Printf("%s: while it is used, %.0f %% expect what is not there (%.0f to %.0f %%)\n", need.Need, 100*d.Value, 100*d.Low, 100*d.High)
	fmt.Printf("for advice, %.0f %% are delighted\n", 100*need.Advice.Delighted.Value)
	// Output:
	// billing: while it is used, 50 % expect what is not there (35 to 65 %)
	// for advice, 75 % are delighted
}

// Where does good work count for little, and bad work for much?
func ExampleRatings_Map() {
	r, err := priority.NewRatings(priority.RatingParams{Attributes: []string{"clean room", "fast check-in", "app", "parking"}, Low: 1, High: 5})
	if err != nil {
		fmt.Println(err)
		return
	}
	_ = r.Add([]int8{3, 4, 5, 3}, []int8{5, 5, 3, 4})
	_ = r.Add([]int8{2, 5, 4, priority.Blank}, []int8{5, 4, 2, 2})
	_ = r.Add([]int8{4, 4, 4, 2}, []int8{5, 5, 3, 3})
	m, err := r.Map(priority.GrandMeans, 0.95)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range m.Positions {
		fmt.Printf("%s: %s\n", p.Attribute, p.Quadrant)
	}
	// Output:
	// clean room: concentrate_here
	// fast check-in: keep_up
	// app: possible_overkill
	// parking: low_priority
}

// hotel returns the ratings of cleanliness, staff and breakfast, from 1 to 5, and of the
// stay, from 0 to 10 with one decimal: dirt costs much, a good breakfast earns something.
func hotel() *priority.Drivers {
	d, err := priority.NewDrivers(priority.DriverParams{
		Attributes: []string{"clean", "staff", "breakfast"}, Low: 1, High: 5, Penalty: 2, Reward: 5, Unit: 10,
	})
	if err != nil {
		panic(err)
	}
	for i := range 300 {
		clean, staff, breakfast := 1+i%5, 1+i/5%5, 1+i/25%5
		overall := 60 + i*37%9 + 2*staff
		if clean <= 2 {
			overall -= 25
		}
		if breakfast == 5 {
			overall += 10
		}
		if err := d.Add([]int8{int8(clean), int8(staff), int8(breakfast)}, &overall); err != nil {
			panic(err)
		}
	}
	return d
}

// What must not fail, and what can delight?
func ExampleDrivers_PenaltyReward() {
	list, _, err := hotel().PenaltyReward(0.95)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, m := range list {
		fmt.Printf("%s: %s, %.1f points in all\n", m.Attribute, m.Role, m.Range)
	}
	// Output:
	// clean: basic, 2.5 points in all
	// staff: performance, 0.7 points in all
	// breakfast: excitement, 1.0 points in all
}

// What drives the overall rating of a stay?
func ExampleDrivers_Shapley() {
	list, fit, err := hotel().Shapley(0.95)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("three attributes explain %.0f %%:\n", 100*fit.R2)
	for _, d := range list {
		fmt.Printf("%-9s %.0f %%\n", d.Attribute, 100*d.Share)
	}
	// Output:
	// three attributes explain 72 %:
	// clean     63 %
	// staff     4 %
	// breakfast 4 %
}
