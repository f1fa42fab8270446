package loyalty_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/loyalty"
)

type number = reference.Number

func TestReferenceBonds(t *testing.T) {
	t.Parallel()
	f := reference.Open(t, "loyalty", "bonds_golden.json")
	roots := map[string]error{"invalid": relmark.ErrInvalid, "too_few": relmark.ErrTooFew}
	f.Golden(roots, func(c reference.Case) (any, error) { return run(t, c) })
}

// run returns what our code says, under the keys of the file.
func run(t *testing.T, c reference.Case) (any, error) {
	t.Helper()
	switch c.Kind {
	case "economics":
		return economics(t, c)
	case "loyalty_quadrant":
		return quadrant(t, c)
	case "benefit_gap":
		return benefitGap(t, c)
	case "practice_audit":
		return practiceAudit(t, c)
	}
	t.Fatalf("%s: kind %q has no test", c.ID, c.Kind)
	return nil, nil
}

func strict(t *testing.T, c reference.Case, v any) {
	t.Helper()
	require.NoError(t, reference.Strict(c.In, v), c.ID)
}

func economics(t *testing.T, c reference.Case) (any, error) {
	t.Helper()
	var what struct{ What string }
	require.NoError(t, json.Unmarshal(c.In, &what), c.ID)
	switch what.What {
	case "value":
		return valueCase(t, c)
	case "payback":
		return paybackCase(t, c)
	case "uplift":
		return upliftCase(t, c)
	case "did":
		return didCase(t, c)
	}
	t.Fatalf("%s: nothing computes %q", c.ID, what.What)
	return nil, nil
}

func valueCase(t *testing.T, c reference.Case) (any, error) {
	t.Helper()
	var in struct {
		What          string
		Margin        number
		Retention     number
		Discount      number
		ProgrammeCost number  `json:"programme_cost"`
		RetentionWith *number `json:"retention_with"`
	}
	strict(t, c, &in)
	r := loyalty.Retention{Margin: float64(in.Margin), Retention: float64(in.Retention), Discount: float64(in.Discount)}
	v, err := r.WithProgramme(float64(in.ProgrammeCost), (*float64)(in.RetentionWith))
	return map[string]any{"value": v.Value, "break_even_retention": v.BreakEven, "value_with": v.With, "gain": v.Gain}, err
}

func paybackCase(t *testing.T, c reference.Case) (any, error) {
	t.Helper()
	var in struct {
		What       string
		Investment number
		Discount   number
		Flows      []number
	}
	strict(t, c, &in)
	return loyalty.PaybackOf(float64(in.Investment), float64(in.Discount), floats(in.Flows))
}

func floats(ns []number) []float64 {
	xs := make([]float64, len(ns))
	for i, n := range ns {
		xs[i] = float64(n)
	}
	return xs
}

func upliftCase(t *testing.T, c reference.Case) (any, error) {
	t.Helper()
	var in struct {
		What       string
		Assignment loyalty.Assignment
		Confidence number
		Levels     []struct {
			Level      loyalty.Level
			Treated    loyalty.Group
			Control    loyalty.Group
			Margin     number `json:"margin_per_retained"`
			Reward     number `json:"reward_cost"`
			Deadweight number `json:"deadweight_discounts"`
			Operating  number `json:"operating_cost"`
			Breakage   number
		}
	}
	strict(t, c, &in)
	trials := []loyalty.Trial{}
	for _, l := range in.Levels {
		trials = append(trials, loyalty.Trial{
			Level: l.Level, Treated: l.Treated, Control: l.Control, MarginPerRetained: float64(l.Margin),
			RewardCost: float64(l.Reward), DeadweightCost: float64(l.Deadweight), OperatingCost: float64(l.Operating), Breakage: float64(l.Breakage),
		})
	}
	ups, err := loyalty.Uplifts(in.Assignment, float64(in.Confidence), trials)
	out := []any{}
	for _, u := range ups {
		out = append(out, map[string]any{
			"level": u.Level, "uplift": u.Uplift, "se": u.SE, "lo": u.Interval.Low, "hi": u.Interval.High,
			"profit": u.Profit, "profit_lo": u.ProfitInterval.Low, "profit_hi": u.ProfitInterval.High,
			"cost_per_retained": u.CostPerRetained, "break_even_uplift": u.BreakEvenUplift,
		})
	}
	return map[string]any{"levels": out}, err
}

type cell struct {
	N        int64
	Mean, SD number
}

func (c cell) cell() loyalty.Cell {
	return loyalty.Cell{N: c.N, Mean: float64(c.Mean), SD: float64(c.SD)}
}

func didCase(t *testing.T, c reference.Case) (any, error) {
	t.Helper()
	var in struct {
		What       string
		Confidence number
		Cells      *struct {
			TreatedBefore cell `json:"treated_before"`
			TreatedAfter  cell `json:"treated_after"`
			ControlBefore cell `json:"control_before"`
			ControlAfter  cell `json:"control_after"`
		}
		Changes *struct{ Treated, Control []number }
	}
	strict(t, c, &in)
	var e loyalty.Effect
	var err error
	if in.Cells != nil {
		cells := loyalty.Cells{
			TreatedBefore: in.Cells.TreatedBefore.cell(), TreatedAfter: in.Cells.TreatedAfter.cell(),
			ControlBefore: in.Cells.ControlBefore.cell(), ControlAfter: in.Cells.ControlAfter.cell(),
		}
		e, err = cells.Effect(float64(in.Confidence))
	} else {
		require.NotNil(t, in.Changes, c.ID)
		e, err = loyalty.Changes(floats(in.Changes.Treated), floats(in.Changes.Control), float64(in.Confidence))
	}
	return map[string]any{"effect": e.Effect, "se": e.SE, "lo": e.Interval.Low, "hi": e.Interval.High, "no_evidence": e.NoEvidence}, err
}

func quadrant(t *testing.T, c reference.Case) (any, error) {
	t.Helper()
	var in struct {
		Attitude     number
		AttitudeSE   number `json:"attitude_se"`
		AttitudeCut  number `json:"attitude_cut"`
		Patronage    number
		PatronageSE  number `json:"patronage_se"`
		PatronageCut number `json:"patronage_cut"`
	}
	strict(t, c, &in)
	s, err := loyalty.StateOf(
		loyalty.Measurement{Value: float64(in.Attitude), SE: float64(in.AttitudeSE), Cut: float64(in.AttitudeCut)},
		loyalty.Measurement{Value: float64(in.Patronage), SE: float64(in.PatronageSE), Cut: float64(in.PatronageCut)})
	return map[string]any{"state": s.State, "probability": s}, err
}

func benefitGap(t *testing.T, c reference.Case) (any, error) {
	t.Helper()
	var in struct {
		Scale  [2]int
		Facets []struct {
			Benefit loyalty.Benefit
			Ratings [][2]*int
		}
	}
	strict(t, c, &in)
	scale := loyalty.AnswerScale{Low: in.Scale[0], High: in.Scale[1]}
	answers := []loyalty.BenefitAnswer{}
	for _, facet := range in.Facets {
		a := loyalty.BenefitAnswer{Benefit: facet.Benefit}
		for _, r := range facet.Ratings {
			if err := a.Tally.Add(scale, r[0], r[1]); err != nil {
				return nil, err
			}
		}
		answers = append(answers, a)
	}
	r, err := loyalty.BenefitGaps(scale, answers)
	return map[string]any{"facets": r.Benefits, "benefit": r.Benefit, "gap": r.Gap, "priority": r.Priority}, err
}

func practiceAudit(t *testing.T, c reference.Case) (any, error) {
	t.Helper()
	var in struct {
		Missing     string
		MinCoverage number `json:"min_coverage"`
		Indicators  map[string]struct {
			Value          *number
			Lo, Hi, Weight number
		}
	}
	strict(t, c, &in)
	if in.Missing == "renormalise" {
		in.Missing = ""
	}
	a := loyalty.PracticeAudit()
	a.Missing, a.MinCoverage = loyalty.MissingRule(in.Missing), float64(in.MinCoverage)
	values := map[string]*float64{}
	for name, i := range in.Indicators {
		values[name] = (*float64)(i.Value)
		for k := range a.Indicators {
			if a.Indicators[k].Name == name {
				a.Indicators[k] = loyalty.Indicator{Name: name, Low: float64(i.Lo), High: float64(i.Hi), Weight: float64(i.Weight)}
			}
		}
	}
	r, err := a.Score(values)
	scores, missing, clamped := map[string]any{}, []string{}, []string{}
	for _, s := range r.Scores {
		scores[s.Name] = s.Score
		if s.Score == nil {
			missing = append(missing, s.Name)
		}
		if s.Clamped {
			clamped = append(clamped, s.Name)
		}
	}
	return map[string]any{"index": r.Index, "coverage": r.Coverage, "components": scores, "missing": missing, "clamped": clamped}, err
}
