package csi_test

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/relmark/relmark/servqual/csi"
)

// hotel is a model of its guests: three questions on quality, two on value, three on
// satisfaction, two on loyalty, all from 1 to 10.
func hotel() csi.Model {
	m, err := csi.New(csi.Params{
		Constructs: []csi.Construct{
			{Name: "Quality", Items: []int{0, 1, 2}, Low: 1, High: 10},
			{Name: "Value", Items: []int{3, 4}, Low: 1, High: 10},
			{Name: "Satisfaction", Items: []int{5, 6, 7}, Low: 1, High: 10},
			{Name: "Loyalty", Items: []int{8, 9}, Low: 1, High: 10},
		},
		Links: []csi.Link{
			{From: "Quality", To: "Value"},
			{From: "Quality", To: "Satisfaction"},
			{From: "Value", To: "Satisfaction"},
			{From: "Satisfaction", To: "Loyalty"},
		},
	})
	if err != nil {
		panic(err)
	}
	return m
}

// guests answered as follows.
var guests = [][]float64{
	{6, 5, 5, 7, 6, 4, 4, 5, 6, 6},
	{10, 9, 8, 10, 10, 10, 10, 10, 10, 10},
	{10, 10, 10, 9, 9, 10, 10, 10, 9, 10},
	{5, 4, 7, 5, 5, 6, 5, 4, 6, 6},
	{7, 6, 5, 8, 7, 8, 6, 8, 7, 7},
	{7, 9, 9, 9, 9, 10, 7, 9, 7, 9},
	{9, 7, 9, 10, 10, 8, 9, 9, 10, 9},
	{10, 10, 10, 9, 10, 10, 10, 10, 10, 10},
	{7, 10, 6, 7, 7, 6, 7, 8, 8, 7},
	{7, 10, 8, 9, 10, 8, 9, 8, 7, 8},
	{7, 6, 9, 6, 7, 6, 8, 5, 6, 7},
	{8, 6, 5, 7, 8, 7, 6, 6, 7, 8},
	{6, 7, 6, 7, 9, 7, 8, 7, 7, 7},
	{6, 6, 6, 6, 6, 7, 7, 8, 6, 7},
	{8, 9, 9, 7, 9, 8, 7, 6, 5, 5},
	{9, 8, 8, 8, 8, 8, 8, 9, 7, 7},
	{6, 8, 8, 6, 7, 9, 9, 7, 8, 7},
	{6, 7, 6, 5, 6, 6, 6, 5, 8, 7},
	{9, 9, 10, 6, 7, 9, 8, 7, 9, 8},
	{9, 9, 9, 8, 10, 9, 7, 8, 7, 8},
}

// How satisfied are our guests, from 0 to 100, and what does it come from?
func Example() {
	model := hotel()
	moments := model.NewMoments()
	for _, row := range guests {
		if err := moments.Add(row); err != nil {
			panic(err)
		}
	}
	fit, err := model.Fit(moments, csi.Options{})
	if err != nil {
		panic(err)
	}
	for _, m := range fit.Measures() {
		fmt.Printf("%-12s %5.1f  AVE %.2f  rho %.2f", m.Name, *m.Index, *m.AVE, *m.RhoC)
		if m.R2 != nil {
			fmt.Printf("  R² %.2f", *m.R2)
		}
		fmt.Println()
	}
	for _, p := range fit.Paths() {
		fmt.Printf("%s → %s %.2f\n", p.From, p.To, p.Value)
	}
	// Output:
	// Quality       74.0  AVE 0.75  rho 0.90
	// Value         74.8  AVE 0.92  rho 0.96  R² 0.51
	// Satisfaction  73.4  AVE 0.83  rho 0.94  R² 0.76
	// Loyalty       73.1  AVE 0.91  rho 0.95  R² 0.62
	// Quality → Value 0.72
	// Quality → Satisfaction 0.58
	// Value → Satisfaction 0.36
	// Satisfaction → Loyalty 0.79
}

// What should we mend first?
func ExampleFit_Map() {
	model := hotel()
	moments := model.NewMoments()
	for _, row := range guests {
		if err := moments.Add(row); err != nil {
			panic(err)
		}
	}
	fit, err := model.Fit(moments, csi.Options{})
	if err != nil {
		panic(err)
	}
	list, err := fit.Map("Loyalty")
	if err != nil {
		panic(err)
	}
	for _, place := range list {
		fmt.Printf("%-12s at %.1f, one point more is worth %.2f points of loyalty\n", place.Construct, place.Performance, place.Importance)
	}
	// Output:
	// Quality      at 74.0, one point more is worth 0.60 points of loyalty
	// Value        at 74.8, one point more is worth 0.25 points of loyalty
	// Satisfaction at 73.4, one point more is worth 0.68 points of loyalty
}

// Which questions does the American index ask, and which links does it have?
func ExampleReady() {
	params, err := csi.Ready(csi.American, 1, 10)
	if err != nil {
		panic(err)
	}
	for i, indicator := range csi.American.Indicators()[6:11] {
		fmt.Printf("%d %s: %s\n", i+6, indicator.Construct, indicator.Asks)
	}
	// Complaints are counted as yes or no here.
	params.Constructs[4].Low, params.Constructs[4].High = 0, 1
	model, err := csi.New(params)
	if err != nil {
		panic(err)
	}
	fmt.Println(model.Matrix()[3], "acts on satisfaction")
	// Output:
	// 6 Value: quality given the price
	// 7 Value: price given the quality
	// 8 Satisfaction: satisfaction overall
	// 9 Satisfaction: against expectations
	// 10 Satisfaction: against the ideal
	// [1 1 1 0 0 0] acts on satisfaction
}

// How sure are we of the index and of the paths?
func ExampleModel_Bootstrap() {
	boot, err := hotel().Bootstrap(context.Background(), guests, csi.Options{}, csi.Resampling{Replicates: 999}, rand.New(rand.NewPCG(2024, 6)))
	if err != nil {
		panic(err)
	}
	for _, p := range []csi.Parameter{
		{Quantity: csi.IndexScore, Construct: "Satisfaction"},
		{Quantity: csi.Coefficient, Construct: "Quality", To: "Satisfaction"},
		{Quantity: csi.Coefficient, Construct: "Value", To: "Satisfaction"},
	} {
		d, err := boot.Of(p)
		if err != nil {
			panic(err)
		}
		i, err := d.Interval(csi.Percentile, 0.95)
		if err != nil {
			panic(err)
		}
		fmt.Printf("%s %s %.2f (%.2f to %.2f)\n", p.Quantity, p.Construct, d.Value(), i.Low, i.High)
	}
	fmt.Println(boot.Failed(), "resamples failed")
	// Output:
	// index Satisfaction 73.35 (65.52 to 80.51)
	// coefficient Quality 0.58 (0.27 to 0.81)
	// coefficient Value 0.36 (0.08 to 0.64)
	// 0 resamples failed
}

// Do guests tell satisfaction and loyalty apart, and does quality surely work through others?
func ExampleBoot_Of() {
	boot, err := hotel().Bootstrap(context.Background(), guests, csi.Options{}, csi.Resampling{Replicates: 999}, rand.New(rand.NewPCG(2024, 6)))
	if err != nil {
		panic(err)
	}
	for _, p := range []csi.Parameter{
		{Quantity: csi.HTMT, Construct: "Satisfaction", To: "Loyalty"}, // 1 would be one and the same
		{Quantity: csi.IndirectEffect, Construct: "Quality", To: "Loyalty"},
		{Quantity: csi.MapImportance, Construct: "Quality", To: "Loyalty"},
		{Quantity: csi.RhoC, Construct: "Quality"},
	} {
		d, err := boot.Of(p)
		if err != nil {
			panic(err)
		}
		i, err := d.Interval(csi.Percentile, 0.95)
		if err != nil {
			panic(err)
		}
		fmt.Printf("%s %.2f (%.2f to %.2f)\n", p.Quantity, d.Value(), i.Low, i.High)
	}
	// Output:
	// htmt 0.87 (0.67 to 1.04)
	// indirect_effect 0.66 (0.43 to 0.83)
	// importance 0.60 (0.35 to 0.80)
	// rho_c 0.90 (0.81 to 0.95)
}

// Has satisfaction risen from one wave to the next, and do guests still mean the same by it?
func ExampleModel_Compare() {
	var before, after [][]float64
	for i, row := range guests {
		if i%2 == 0 {
			before = append(before, row)
			continue
		}
		row = append([]float64(nil), row...)
		for item := 5; item < 8; item++ { // what the new front desk is for
			row[item] = min(row[item]+2, 10)
		}
		after = append(after, row)
	}
	c, err := hotel().Compare(context.Background(), before, after, csi.Options{}, csi.Permutation{Replicates: 499, Level: 0.95}, rand.New(rand.NewPCG(5, 5)))
	if err != nil {
		panic(err)
	}
	for _, v := range c.Invariance {
		fmt.Printf("%-12s measured alike: %v\n", v.Construct, v.Same)
	}
	for _, d := range c.Differences {
		if d.Parameter.Quantity == csi.IndexScore {
			fmt.Printf("%-12s %5.1f → %5.1f  p = %.3f\n", d.Parameter.Construct, d.First, d.Second, d.P)
		}
	}
	// Output:
	// Quality      measured alike: true
	// Value        measured alike: true
	// Satisfaction measured alike: true
	// Loyalty      measured alike: true
	// Quality       73.4 →  74.5  p = 0.900
	// Value         73.3 →  76.5  p = 0.694
	// Satisfaction  71.3 →  91.1  p = 0.006
	// Loyalty       71.0 →  75.8  p = 0.484
}

// Can branches add up their answers apart?
func ExampleMoments_Merge() {
	model := hotel()
	north, south := model.NewMoments(), model.NewMoments()
	for i, row := range guests {
		branch := north
		if i%2 == 1 {
			branch = south
		}
		if err := branch.Add(row); err != nil {
			panic(err)
		}
	}
	data, err := south.MarshalBinary()
	if err != nil {
		panic(err)
	}
	var arrived csi.Moments
	if err := arrived.UnmarshalBinary(data); err != nil {
		panic(err)
	}
	if err := north.Merge(&arrived); err != nil {
		panic(err)
	}
	fit, err := model.Fit(north, csi.Options{})
	if err != nil {
		panic(err)
	}
	index, err := fit.Index("Satisfaction")
	fmt.Printf("%d guests, satisfaction %.1f %v\n", fit.N(), index, err)
	// Output:
	// 20 guests, satisfaction 73.4 <nil>
}
