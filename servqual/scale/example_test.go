package scale_test

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/relmark/relmark/servqual"
	"github.com/relmark/relmark/servqual/scale"
)

// rows are the answers of twelve customers to four questions on trust, from 1 to 7; one
// question is worded negatively, and one customer left a blank.
func rows() [][]int8 {
	return [][]int8{
		{6, 5, 2, 6},
		{4, 4, 4, 5},
		{7, 6, 1, 7},
		{3, 3, 5, 2},
		{5, 6, 3, 5},
		{2, 3, 6, 2},
		{6, 6, 2, 7},
		{4, 5, 3, scale.Blank},
		{5, 5, 4, 4},
		{7, 7, 2, 6},
		{3, 2, 5, 4},
		{5, 4, 3, 5},
	}
}

// Do four questions on trust measure one thing, and how reliably?
func Example() {
	battery, err := scale.New(scale.Params{Items: []int{0, 1, 2, 3}, Low: 1, High: 7, Reversed: []int{2}})
	if err != nil {
		fmt.Println(err)
		return
	}
	answers := battery.NewAnswers()
	for _, row := range rows() {
		if err := answers.Add(row); err != nil {
			fmt.Println(err)
			return
		}
	}
	c, err := answers.Covariance(scale.Listwise)
	if err != nil {
		fmt.Println(err)
		return
	}
	a, err := c.Alpha(0.95)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%d of %d customers answered all\n", c.Complete(), c.Respondents())
	fmt.Printf("alpha %.2f, with 95 %% confidence %.2f to %.2f\n", a.Raw, a.Feldt.Low, a.Feldt.High)
	// Output:
	// 11 of 12 customers answered all
	// alpha 0.97, with 95 % confidence 0.92 to 0.99
}

// One question lowers the reliability of our scale. Which one, and why?
func ExampleCovariance_Alpha() {
	battery, _ := scale.New(scale.Params{Items: []int{0, 1, 2, 3}, Low: 1, High: 7}) // the third is not declared
	answers := battery.NewAnswers()
	for _, row := range rows() {
		_ = answers.Add(row)
	}
	c, _ := answers.Covariance(scale.Listwise)
	a, err := c.Alpha(0.95)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, item := range a.Against {
		fmt.Printf("alpha %.2f, without question %d it is %.2f: it runs against the others\n", a.Raw, item+1, a.RawDropped[item])
	}
	// Output: alpha -0.05, without question 3 it is 0.94: it runs against the others
}

// What does a customer score on our trust scale, from 0 to 100, who left one blank?
func ExampleBattery_Score() {
	battery, _ := scale.New(scale.Params{Items: []int{0, 1, 2, 3}, Low: 1, High: 7, Reversed: []int{2}})
	score, ok, err := battery.Score([]int8{4, 5, 3, scale.Blank}, servqual.HalfAnswered)
	fmt.Printf("%.1f from %d answers, %v %v\n", score.Value, score.Answered, ok, err)
	// Output: 61.1 from 3 answers, true <nil>
}

// How much of what trust scores vary by is trust?
func ExampleCovariance_Omega() {
	c, _ := scale.FromMatrix(150, [][]float64{ // published correlations
		{1, 0.62, 0.55, 0.48}, {0.62, 1, 0.58, 0.51}, {0.55, 0.58, 1, 0.44}, {0.48, 0.51, 0.44, 1},
	})
	o, err := c.Omega()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("omega %.2f, variance extracted %.2f, one factor fits: p = %.2f\n", o.Model, o.AVE, o.P)
	// Output: omega 0.82, variance extracted 0.54, one factor fits: p = 0.98
}

// How many things do our eight questions ask about, and which goes with which?
func ExampleCovariance_Factors() {
	c, _ := scale.FromMatrix(300, [][]float64{ // four on speed, four on tone
		{1, .56, .48, .52, .12, .10, .14, .11},
		{.56, 1, .50, .49, .09, .12, .10, .13},
		{.48, .50, 1, .47, .11, .08, .12, .10},
		{.52, .49, .47, 1, .10, .11, .09, .12},
		{.12, .09, .11, .10, 1, .61, .55, .58},
		{.10, .12, .08, .11, .61, 1, .57, .54},
		{.14, .10, .12, .09, .55, .57, 1, .52},
		{.11, .13, .10, .12, .58, .54, .52, 1},
	})
	many, err := c.Parallel(context.Background(), 200, 0.95, rand.New(rand.NewPCG(1, 2)))
	if err != nil {
		fmt.Println(err)
		return
	}
	f, err := c.Factors(many.Factors, scale.Oblimin)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%d factors, which correlate by %.2f\n", many.Factors, f.Correlation[0][1])
	for i, l := range f.Loadings {
		strongest := 0
		if l[1] > l[0] {
			strongest = 1
		}
		fmt.Printf("question %d belongs to factor %d by %.2f\n", i+1, strongest+1, l[strongest])
	}
	// Output:
	// 2 factors, which correlate by 0.20
	// question 1 belongs to factor 2 by 0.75
	// question 2 belongs to factor 2 by 0.74
	// question 3 belongs to factor 2 by 0.67
	// question 4 belongs to factor 2 by 0.69
	// question 5 belongs to factor 1 by 0.79
	// question 6 belongs to factor 1 by 0.78
	// question 7 belongs to factor 1 by 0.72
	// question 8 belongs to factor 1 by 0.72
}

// Are there enough correlations for a factor analysis?
func ExampleCovariance_Suitability() {
	c, _ := scale.FromMatrix(150, [][]float64{
		{1, 0.62, 0.55, 0.48}, {0.62, 1, 0.58, 0.51}, {0.55, 0.58, 1, 0.44}, {0.48, 0.51, 0.44, 1},
	})
	s, err := c.Suitability()
	fmt.Printf("KMO %.2f, Bartlett p < 0.001: %v %v\n", s.KMO, s.P < 0.001, err)
	// Output: KMO 0.80, Bartlett p < 0.001: true <nil>
}

// Expectations and perceptions are reliable. Is their difference?
func ExampleCovariance_Difference() {
	c, _ := scale.FromMatrix(150, [][]float64{ // two expectations, two perceptions
		{1, .7, .4, .4}, {.7, 1, .4, .4}, {.4, .4, 1, .7}, {.4, .4, .7, 1},
	})
	d, err := c.Difference([]int{0, 1}, []int{2, 3})
	fmt.Printf("%.2f and %.2f, the difference %.2f %v\n", d.First, d.Second, d.Reliability, err)
	// Output: 0.82 and 0.82, the difference 0.67 <nil>
}

// How sure is alpha of few customers whose answers are anything but normal?
func ExampleBattery_Bootstrap() {
	battery, _ := scale.New(scale.Params{Items: []int{0, 1, 2, 3}, Low: 1, High: 7, Reversed: []int{2}})
	var complete [][]int8
	for _, row := range rows() {
		if _, all, _ := battery.Score(row, servqual.AllAnswered); all {
			complete = append(complete, row)
		}
	}
	b, err := battery.Bootstrap(context.Background(), complete, scale.AlphaStatistic, scale.Resampling{Replicates: 999}, rand.New(rand.NewPCG(1, 2)))
	if err != nil {
		fmt.Println(err)
		return
	}
	i, err := b.Interval(scale.BCa, 0.95)
	fmt.Printf("%.2f, %.2f to %.2f %v\n", b.Value(), i.Low, i.High, err)
	// Output: 0.97, 0.94 to 0.98 <nil>
}

// Branches count their own answers. What do all of them say?
func ExampleAnswers_Merge() {
	battery, _ := scale.New(scale.Params{Items: []int{0, 1, 2, 3}, Low: 1, High: 7})
	north, south := battery.NewAnswers(), battery.NewAnswers()
	_ = north.Add([]int8{6, 5, 2, 6})
	_ = south.Add([]int8{4, 4, 4, scale.Blank})
	fmt.Println(north.Merge(south), north.Respondents(), north.Complete())
	// Output: <nil> 2 1
}

// How much do all customers trust us, from 0 to 100?
func ExampleAnswers_Scores() {
	battery, _ := scale.New(scale.Params{Items: []int{0, 1, 2, 3}, Low: 1, High: 7, Reversed: []int{2}})
	answers := battery.NewAnswers()
	for _, row := range rows() {
		_ = answers.Add(row)
	}
	s, err := answers.Scores(servqual.HalfAnswered)
	if err != nil {
		fmt.Println(err)
		return
	}
	i, err := s.Interval(0.95)
	fmt.Printf("trust %.0f, of %d customers, with 95 %% confidence %.0f to %.0f %v\n", s.Mean, s.N, i.Low, i.High, err)
	// Output: trust 62, of 12 customers, with 95 % confidence 46 to 78 <nil>
}
