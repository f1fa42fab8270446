package encounter_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/servqual/encounter"
)

type number = reference.Number

func TestReferenceAgreement(t *testing.T) {
	t.Parallel()
	f := reference.Open(t, "servqual/encounter", "servqual_agreement_golden.json")
	roots := map[string]error{"invalid": relmark.ErrInvalid, "too_few": relmark.ErrTooFew}
	f.Golden(roots, func(c reference.Case) (any, error) { return run(t, c) })
}

func run(t *testing.T, c reference.Case) (any, error) {
	t.Helper()
	switch c.Kind {
	case "kappa":
		return kappa(t, c)
	case "krippendorff":
		return krippendorff(t, c)
	case "icc":
		return icc(t, c)
	case "incident_rate":
		return incidentRate(t, c)
	}
	t.Fatalf("%s: kind %q has no test", c.ID, c.Kind)
	return nil, nil
}

func kappa(t *testing.T, c reference.Case) (any, error) {
	t.Helper()
	var in struct {
		Categories    int
		First, Second []*int
		Level         number
		Weights       string
	}
	require.NoError(t, reference.Strict(c.In, &in), c.ID)
	if in.Weights == "none" {
		in.Weights = ""
	}
	grades := func(list []*int) []int {
		var out []int
		for _, g := range list {
			if g == nil {
				out = append(out, encounter.NotRated)
			} else {
				out = append(out, *g)
			}
		}
		return out
	}
	return encounter.Kappa(grades(in.First), grades(in.Second), encounter.KappaOptions{
		Grades: in.Categories, Weights: encounter.Weighting(in.Weights), Level: float64(in.Level),
	})
}

func ratings(rows [][]*number) [][]*float64 {
	var out [][]*float64
	for _, row := range rows {
		line := make([]*float64, len(row))
		for i, v := range row {
			line[i] = (*float64)(v)
		}
		out = append(out, line)
	}
	return out
}

func krippendorff(t *testing.T, c reference.Case) (any, error) {
	t.Helper()
	var in struct {
		Ratings [][]*number
		Scale   encounter.Scale
	}
	require.NoError(t, reference.Strict(c.In, &in), c.ID)
	return encounter.Krippendorff(in.Scale, ratings(in.Ratings))
}

func icc(t *testing.T, c reference.Case) (any, error) {
	t.Helper()
	var in struct {
		Ratings [][]*number
		Level   number
	}
	require.NoError(t, reference.Strict(c.In, &in), c.ID)
	return encounter.IntraclassOf(ratings(in.Ratings), float64(in.Level))
}

func incidentRate(t *testing.T, c reference.Case) (any, error) {
	t.Helper()
	var in struct {
		Groups []struct {
			Count    int64
			Exposure number
		}
		Level number
	}
	require.NoError(t, reference.Strict(c.In, &in), c.ID)
	var groups []encounter.Group
	for _, g := range in.Groups {
		groups = append(groups, encounter.Group{Count: g.Count, Exposure: float64(g.Exposure)})
	}
	if len(groups) == 1 {
		r, err := encounter.IncidentRate(groups[0], float64(in.Level))
		return map[string]any{"groups": []any{r}}, err
	}
	require.Len(t, groups, 2, c.ID)
	r, err := encounter.CompareRates(groups[0], groups[1], float64(in.Level))
	return map[string]any{"groups": []any{r.First, r.Second}, "ratio": r.Ratio, "ratio_low": r.Low, "ratio_high": r.High, "p": r.P}, err
}
