package scale_test

import (
	"math/rand/v2"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/servqual/scale"
)

// battery returns one of so many items on a scale, the first positions of a row.
func battery(t require.TestingT, items, low, high int) scale.Battery {
	p := scale.Params{Low: low, High: high}
	for i := range items {
		p.Items = append(p.Items, i)
	}
	b, err := scale.New(p)
	require.NoError(t, err)
	return b
}

// collect adds rows to new answers of a battery.
func collect(t require.TestingT, b scale.Battery, rows [][]int8) *scale.Answers {
	a := b.NewAnswers()
	for _, row := range rows {
		require.NoError(t, a.Add(row))
	}
	return a
}

// covariance returns that of rows on a scale of low to high.
func covariance(t require.TestingT, low, high int, use scale.Use, rows [][]int8) scale.Covariance {
	c, err := collect(t, battery(t, len(rows[0]), low, high), rows).Covariance(use)
	require.NoError(t, err)
	return c
}

// respondents returns n rows of answers 1 to 7 to items that share as many factors as
// there are groups of items of equal size; one in so many answers is missing, none for 0.
func respondents(seed uint64, n, items, factors, missing int) [][]int8 {
	r := rand.New(rand.NewPCG(seed, 5))
	rows := make([][]int8, n)
	for i := range rows {
		common := make([]float64, factors)
		for f := range common {
			common[f] = r.NormFloat64()
		}
		for item := range items {
			x := 4 + 1.2*common[item*factors/items] + r.NormFloat64()
			answer := int8(min(max(x+0.5, 1), 7))
			if missing > 0 && r.IntN(missing) == 0 {
				answer = scale.Blank
			}
			rows[i] = append(rows[i], answer)
		}
	}
	return rows
}
