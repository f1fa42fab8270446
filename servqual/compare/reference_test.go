package compare_test

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/servqual/compare"
)

const tolerance = 1e-12

type arith struct {
	Firms *struct {
		Weights map[string]float64
		Scores  map[string]struct {
			Score    *float64 `json:"score_renormalised_over_answered"` // null where nothing is answered
			Complete bool
		}
		Ranking []string `json:"ranking_all"`
	}
	Values []struct {
		Results, Price float64
		Process        float64 `json:"process_quality"`
		Effort         float64 `json:"acquisition_cost"`
		Value          float64
	} `json:"value_equation"`
}

func TestReferenceArith(t *testing.T) {
	t.Parallel()
	for _, f := range reference.Glob(t, "servqual/compare", "servqual_arith_expected.json") {
		var want arith
		f.JSON(&want)
		if f.Owns("value_equation") {
			for i, v := range want.Values {
				got, err := compare.Offer{Results: v.Results, Process: v.Process, Price: v.Price, Effort: v.Effort}.Value()
				require.NoError(t, err)
				f.Near(v.Value, got, tolerance, 1, "value %d", i)
			}
		}
		if f.Owns("firms") {
			require.NotNil(t, want.Firms)
			rateFirms(t, f, want)
		}
	}
}

// rateFirms reads the firms beside the figures: a row of weights, then a row a firm.
func rateFirms(t *testing.T, f *reference.File, want arith) {
	t.Helper()
	var as []compare.Attribute
	var fs []compare.Firm
	rows := reference.InputRows(t, "servqual_firms.csv")
	var names []string
	for name := range want.Firms.Weights {
		names = append(names, name)
	}
	for _, row := range rows {
		if row["firm"] == "weight" {
			for _, name := range names {
				w, err := strconv.ParseFloat(row[name], 64)
				require.NoError(t, err)
				f.Near(want.Firms.Weights[name], w, 0, 1, "weight of %s", name)
				as = append(as, compare.Attribute{Name: name, Weight: w})
			}
			continue
		}
		firm := compare.Firm{Name: row["firm"]}
		for _, name := range names {
			var score *float64
			if x, err := strconv.ParseFloat(row[name], 64); err == nil {
				score = &x
			}
			firm.Scores = append(firm.Scores, score)
		}
		fs = append(fs, firm)
	}
	ratings, err := compare.Rate(as, fs)
	require.NoError(t, err)
	f.Exact(len(want.Firms.Ranking), len(ratings), "firms")
	for i, r := range ratings {
		name := fs[r.Firm].Name
		f.Exact(want.Firms.Ranking[i], name, "rank %d", i+1)
		score := want.Firms.Scores[name].Score
		f.Exact(score == nil, r.Score == nil, "score of %s", name)
		if score != nil && r.Score != nil {
			f.Near(*score, *r.Score, tolerance, 1, "score of %s", name)
		}
		f.Exact(want.Firms.Scores[name].Complete, r.Complete, "complete %s", name)
	}
}
