package compare_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/servqual/compare"
)

// By hand: 14/5 against 12/6 is 1.4, of which (14/12 and 6/5) the results are 2 of the 2 that
// are got more, and the price 2 less, and the effort 1 more, of the 1 that is given less.
func TestContrastByHand(t *testing.T) {
	t.Parallel()
	c, err := compare.Offer{Results: 8, Process: 6, Price: 3, Effort: 2}.Against(compare.Offer{Results: 6, Process: 6, Price: 5, Effort: 1})
	require.NoError(t, err)
	near.Slice(t, []float64{1.4, 14.0 / 12, 1, 1.2 * 1.2, 1 / 1.2}, []float64{c.Ratio, c.Results, c.Process, c.Price, c.Effort}, 1e-14, 0)
}

// Factors multiply to the ratio of the values, and turn about with the offers.
func TestContrastProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) compare.Offer {
			part := func(least float64) float64 {
				return rapid.OneOf(rapid.Float64Range(least, 10), rapid.Float64Range(least, 1e6)).Draw(t, name)
			}
			return compare.Offer{Results: part(0.01), Process: part(0), Price: part(0), Effort: part(0.01)}
		}
		a, b := draw("a"), draw("b")
		if rapid.Bool().Draw(t, "near") {
			b = a
			b.Results *= 1 + 1e-9
		}
		c, err := a.Against(b)
		require.NoError(t, err)
		va, err := a.Value()
		require.NoError(t, err)
		vb, err := b.Value()
		require.NoError(t, err)
		near.Equal(t, va/vb, c.Ratio, 1e-12, 0)
		near.Equal(t, math.Log(c.Ratio), math.Log(c.Results)+math.Log(c.Process)+math.Log(c.Price)+math.Log(c.Effort), 1e-10, 1e-12)
		back, err := b.Against(a)
		require.NoError(t, err)
		for i, x := range []float64{c.Ratio, c.Results, c.Process, c.Price, c.Effort} {
			y := []float64{back.Ratio, back.Results, back.Process, back.Price, back.Effort}[i]
			near.Equal(t, 0, math.Log(x)+math.Log(y), 0, 1e-9)
		}
		same, err := a.Against(a)
		require.NoError(t, err)
		assert.Equal(t, compare.Contrast{Ratio: 1, Results: 1, Process: 1, Price: 1, Effort: 1}, same)
	})
}

func TestContrastRefuses(t *testing.T) {
	t.Parallel()
	good := compare.Offer{Results: 1, Price: 1}
	for want, pair := range map[string][2]compare.Offer{
		"compare: Price = 0: must be above 0 together with Effort":                           {{Results: 1}, good},
		"compare: Other.Price = NaN: must be 0 to 1e300":                                     {good, {Results: 1, Price: math.NaN()}},
		"compare: Results = 0: must be above 0 together with Process":                        {{Price: 1}, good},
		"compare: Other.Results = 0: must be above 0 together with Process":                  {good, {Price: 1}},
		"compare: Other: must be near enough for a ratio above 0 that is finite":             {{Results: 1e300, Price: 1}, {Results: 1, Price: 1e300}},
		"compare: Results = -1: must be 0 to 1e300; Other.Effort = +Inf: must be 0 to 1e300": {{Results: -1, Price: 1}, {Results: 1, Price: 1, Effort: math.Inf(1)}},
	} {
		_, err := pair[0].Against(pair[1])
		require.ErrorIs(t, err, relmark.ErrInvalid)
		assert.EqualError(t, err, want)
	}
}

// By hand: to families the cheap hotel is worth 10/4 and the grand one 14/7; to guests on
// business, who pay little of it and dislike the way to the cheap one, 8/8 and 15/5.
func TestValuesByHand(t *testing.T) {
	t.Parallel()
	v, err := compare.Values([]compare.Segment{
		{Name: "families", Customers: 300, Offers: []compare.Offer{{Results: 6, Process: 4, Price: 3, Effort: 1}, {Results: 8, Process: 6, Price: 6, Effort: 1}}},
		{Name: "business", Customers: 100, Offers: []compare.Offer{{Results: 5, Process: 3, Price: 3, Effort: 5}, {Results: 9, Process: 6, Price: 4, Effort: 1}}},
	})
	require.NoError(t, err)
	assert.Equal(t, []float64{2.5, 2}, v.Segments[0].Values)
	assert.Equal(t, []float64{1, 3}, v.Segments[1].Values)
	assert.Equal(t, []int{0, 1}, []int{v.Segments[0].Best, v.Segments[1].Best})
	near.Slice(t, []float64{0.25, 2}, []float64{*v.Segments[0].Margin, *v.Segments[1].Margin}, 1e-15, 0)
	near.Slice(t, []float64{2.125, 2.25}, v.Mean, 1e-15, 0)
	assert.Equal(t, []float64{0.75, 0.25}, v.Best)
}

func TestValuesThatTieOrAreNone(t *testing.T) {
	t.Parallel()
	third := compare.Offer{Results: 1, Price: 3}
	v, err := compare.Values([]compare.Segment{
		{Name: "a", Customers: 1, Offers: []compare.Offer{third, {Results: 0.1, Price: 0.3}}},
		{Name: "b", Customers: 1, Offers: []compare.Offer{{Price: 1}, {Price: 2}}},
	})
	require.NoError(t, err)
	assert.Equal(t, 0, v.Segments[0].Best, "rounding does not win")
	near.Equal(t, 0, *v.Segments[0].Margin, 0, 1e-12)
	assert.Nil(t, v.Segments[1].Margin)
	one, err := compare.Values([]compare.Segment{{Name: "a", Customers: 1e12, Offers: []compare.Offer{third}}})
	require.NoError(t, err)
	assert.Nil(t, one.Segments[0].Margin)
	assert.Equal(t, []float64{1}, one.Best)
}

func TestValuesRefuse(t *testing.T) {
	t.Parallel()
	good := []compare.Offer{{Results: 1, Price: 1}}
	for want, list := range map[string][]compare.Segment{
		"compare: Segments = 0: must be 1 to 1000": nil,
		"compare: Segments[0].Name: must be 1 to 200 bytes of UTF-8; Segments[0].Customers = 0: must be above 0, up to 1e12": {{Offers: good}},
		"compare: Segments[1].Offers = 2: must be 1 to 1000, as many for each segment":                                       {{Name: "a", Customers: 1, Offers: good}, {Name: "b", Customers: 1, Offers: slices.Repeat(good, 2)}},
		"compare: Segments[0].Offers[0].Price = -1: must be 0 to 1e300":                                                      {{Name: "a", Customers: 1, Offers: []compare.Offer{{Results: 1, Price: -1}}}},
		"compare: Segments[1].Name: must not repeat another":                                                                 {{Name: "a", Customers: 1, Offers: good}, {Name: "a", Customers: 1, Offers: good}},
	} {
		_, err := compare.Values(list)
		require.ErrorIs(t, err, relmark.ErrInvalid)
		assert.EqualError(t, err, want)
	}
	_, err := compare.Values(slices.Repeat([]compare.Segment{{Name: "a", Customers: math.NaN(), Offers: slices.Repeat([]compare.Offer{{}}, 2000)}}, 2000))
	require.ErrorIs(t, err, relmark.ErrInvalid)
	assert.Less(t, len(err.Error()), 2000)
}

// Why do customers find the other hotel worth more, and which of them?
func ExampleOffer_Against() {
	ours := compare.Offer{Results: 7, Process: 7, Price: 5, Effort: 2}
	theirs := compare.Offer{Results: 8, Process: 6, Price: 4, Effort: 1}
	c, err := ours.Against(theirs)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("ours is worth %.2f of theirs: results %.2f, process %.2f, price %.2f, effort %.2f\n", c.Ratio, c.Results, c.Process, c.Price, c.Effort)
	v, err := compare.Values([]compare.Segment{
		{Name: "families", Customers: 300, Offers: []compare.Offer{ours, theirs}},
		{Name: "business", Customers: 100, Offers: []compare.Offer{{Results: 9, Process: 7, Price: 3, Effort: 1}, {Results: 8, Process: 6, Price: 3, Effort: 1}}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("ours is the best for %.0f %% of the customers, by %.0f %%\n", 100*v.Best[0], 100**v.Segments[1].Margin)
	// Output:
	// ours is worth 0.71 of theirs: results 0.93, process 1.07, price 0.85, effort 0.85
	// ours is the best for 25 % of the customers, by 14 %
}
