package encounter_test

import (
	"encoding/json"
	"math"
	"math/big"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/servqual/encounter"
)

// distance returns δ² by its definition (Krippendorff 2011), of places among sorted values.
func distance(scale encounter.Scale, values []float64, counts map[float64]float64, a, b float64) float64 {
	d := 1.0
	switch {
	case a == b:
		return 0
	case scale == encounter.Ordinal:
		d = -(counts[a] + counts[b]) / 2
		for _, v := range values {
			if v >= min(a, b) && v <= max(a, b) {
				d += counts[v]
			}
		}
	case scale == encounter.IntervalScale:
		d = a - b
	case scale == encounter.Ratio:
		d = (a - b) / (a + b)
	}
	return d * d
}

// Alpha of every scale is what its definition by pairs says.
func TestAlphaOfEveryScale(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		raters := drawTable(t, rapid.IntRange(2, 4).Draw(t, "raters"))
		counts, all := map[float64]float64{}, []float64{}
		units := [][]float64{}
		for u := range raters[0] {
			var unit []float64
			for _, row := range raters {
				if row[u] != nil {
					unit = append(unit, math.Abs(*row[u]))
					row[u] = new(math.Abs(*row[u]))
				}
			}
			if len(unit) > 1 {
				units, all = append(units, unit), append(all, unit...)
			}
		}
		for _, x := range all {
			counts[x]++
		}
		var values []float64
		for v := range counts {
			values = append(values, v)
		}
		for _, scale := range []encounter.Scale{encounter.Nominal, encounter.Ordinal, encounter.IntervalScale, encounter.Ratio} {
			a, err := encounter.Krippendorff(scale, raters)
			if len(units) == 0 {
				require.ErrorIs(t, err, relmark.ErrTooFew)
				continue
			}
			require.NoError(t, err)
			n, observed, expected := float64(len(all)), 0.0, 0.0
			for _, unit := range units {
				for i, x := range unit {
					for j, y := range unit {
						if i != j {
							observed += distance(scale, values, counts, x, y) / float64(len(unit)-1) / n
						}
					}
				}
			}
			for _, x := range all {
				for _, y := range all {
					expected += distance(scale, values, counts, x, y) / (n * (n - 1))
				}
			}
			near.Equal(t, observed, a.Observed, 1e-12, 1e-13, string(scale))
			near.Equal(t, expected, a.Expected, 1e-12, 1e-13, string(scale))
			require.Equal(t, expected == 0, a.Alpha == nil)
			if a.Alpha != nil {
				near.Equal(t, 1-observed/expected, *a.Alpha, 1e-11, 1e-12)
			}
		}
	})
}

// Alpha does not depend on the unit of ratings, and encodes.
func TestAlphaInAnyUnit(t *testing.T) {
	t.Parallel()
	for _, unit := range []float64{1e-320, 1e-300, 1e-200, 1, 1e99} {
		for _, scale := range []encounter.Scale{encounter.IntervalScale, encounter.Ratio} {
			if scale == encounter.Ratio && unit == 1e-320 {
				continue // of few digits
			}
			a, err := encounter.Krippendorff(scale, table([]float64{unit, 2 * unit, 3 * unit}, []float64{unit, 2 * unit, 2 * unit}))
			require.NoError(t, err)
			b, err := encounter.Krippendorff(scale, table([]float64{1, 2, 3}, []float64{1, 2, 2}))
			require.NoError(t, err)
			digits := 1e-9
			if unit == 1e-320 {
				digits = 1e-3
			}
			near.Equal(t, *b.Alpha, *a.Alpha, digits, 0)
			_, err = json.Marshal(a)
			require.NoError(t, err)
		}
	}
	_, err := encounter.Krippendorff(encounter.IntervalScale, table([]float64{1e200}, []float64{2e200}))
	require.ErrorIs(t, err, relmark.ErrInvalid)
}

// Raters who agree on everything do not disagree by the rounding of a mean.
func TestAlphaOfRatersWhoAgree(t *testing.T) {
	t.Parallel()
	row := []float64{0, 0.1, 0.7, 1}
	for _, scale := range []encounter.Scale{encounter.Nominal, encounter.Ordinal, encounter.IntervalScale, encounter.Ratio} {
		a, err := encounter.Krippendorff(scale, table(row, row, row))
		require.NoError(t, err)
		assert.Zero(t, a.Observed, scale)
		near.Equal(t, 1, *a.Alpha, 0, 0)
	}
}

// Grades of an appraisal may all differ: their agreement is still known.
func TestAppraisalOfManyDifferentGrades(t *testing.T) {
	t.Parallel()
	grades := make([][]*float64, 1500)
	for m := range grades {
		grades[m] = []*float64{new(float64(m) / 100), new(float64(m)/100 + 0.005)}
	}
	r, err := encounter.Appraisal{Qualities: []string{"manner"}, High: 20, Grades: [][][]*float64{grades}}.Report(0.95)
	require.NoError(t, err)
	require.NotNil(t, r[0].Alpha)
	assert.Greater(t, *r[0].Alpha, 0.999)
}

// A report is the caller's own: it shares no memory with grades.
func TestAppraisalSharesNoMemory(t *testing.T) {
	t.Parallel()
	grade := 3.0
	a := encounter.Appraisal{Qualities: []string{"manner"}, Low: 1, High: 5, Grades: [][][]*float64{{{&grade, nil}}}}
	r, err := a.Report(0.9)
	require.NoError(t, err)
	*r[0].Members[0].Mean = 5
	assert.Equal(t, 3.0, grade) //nolint:testifylint // exactly as it was
}

// Kappa of raters who nearly always agree on one of many grades keeps its digits.
func TestKappaOfNearlyPerfectRaters(t *testing.T) {
	t.Parallel()
	const n, grades = 200_000, 1000
	first, second := make([]int, n), make([]int, n)
	for i := range 10 {
		second[i] = 1
	}
	for i := range 3 {
		first[i] = 1
	}
	// D_o = 7/n and D_e = (3·(n − 10) + 10·(n − 3))/n² in units of the least disagreement.
	ratio := big.NewRat(7*n, 3*(n-10)+10*(n-3))
	kappa, _ := new(big.Rat).Sub(big.NewRat(1, 1), ratio).Float64()
	two, err := encounter.Kappa(first, second, encounter.KappaOptions{Grades: 2, Level: 0.95})
	require.NoError(t, err)
	near.Equal(t, kappa, *two.Kappa, 1e-13, 0)
	for _, w := range []encounter.Weighting{encounter.LinearWeights, encounter.QuadraticWeights} {
		a, err := encounter.Kappa(first, second, encounter.KappaOptions{Grades: grades, Weights: w, Level: 0.95})
		require.NoError(t, err)
		near.Equal(t, kappa, *a.Kappa, 1e-13, 0)
		near.Equal(t, *two.SE, *a.SE, 1e-12, 0, "weights of two grades alone are all or nothing")
	}
}

// Sums that no encounters gave are not merged, and what is merged is not changed by them.
func TestMergeRefusesWhatIsNoTally(t *testing.T) {
	t.Parallel()
	for _, bad := range []encounter.Scores{{N: -50}, {N: math.MaxInt64}, {N: 1, Sum: 2000}, {N: 1, Sum: 2, Squares: 1}, {N: 0, Squares: 3}} {
		var tally encounter.PointTally
		require.NoError(t, tally.Add(encounter.Bad, 5))
		before := tally
		require.ErrorIs(t, tally.Merge(encounter.PointTally{Bad: bad}), relmark.ErrInvalid)
		assert.Equal(t, before, tally)
		bent := encounter.PointTally{Good: bad}
		require.ErrorIs(t, bent.Merge(tally), relmark.ErrInvalid)
	}
	full := encounter.PointTally{Bad: encounter.Scores{N: 1 << 32}}
	require.ErrorIs(t, full.Merge(encounter.PointTally{Bad: encounter.Scores{N: 1}}), relmark.ErrLimit)
}

func TestMergeRefusesWhatIsNoLog(t *testing.T) {
	t.Parallel()
	good := encounter.StepsTally{Steps: []encounter.StepTally{{Cases: 1, Visits: 1}}, Cases: 1, Open: 1}
	for name, bad := range map[string]encounter.StepsTally{
		"many":    {Steps: []encounter.StepTally{{Cases: 1, Visits: math.MaxInt64}}, Cases: 1},
		"open":    {Steps: []encounter.StepTally{{Cases: 1, Visits: 1}}, Cases: 1, Open: -7},
		"cases":   {Steps: []encounter.StepTally{{Cases: 1, Visits: 1}}, Cases: 5},
		"wrapped": {Steps: []encounter.StepTally{{Cases: 1, Visits: math.MaxInt64, Passed: math.MaxInt64, Lost: 1}}, Cases: 1},
		"times":   {Steps: []encounter.StepTally{{Cases: 1, Visits: 1, Work: encounter.Times{N: 1, Mean: math.NaN()}}}, Cases: 1},
		"steps":   {Steps: make([]encounter.StepTally, 2)},
		"none":    {Cases: 1},
	} {
		tally := encounter.StepsTally{Steps: []encounter.StepTally{good.Steps[0]}, Cases: 1, Open: 1}
		require.ErrorIs(t, tally.Merge(bad), relmark.ErrInvalid, name)
		assert.Equal(t, good, tally, name)
		_, err := encounter.Process{Steps: []string{"a"}}.Report(bad, 0.95)
		require.ErrorIs(t, err, relmark.ErrInvalid, name)
	}
	full := encounter.StepsTally{Steps: []encounter.StepTally{{Cases: 1 << 39, Visits: 1 << 40}}, Cases: 1 << 39}
	require.ErrorIs(t, full.Merge(full), relmark.ErrLimit)
	assert.Equal(t, int64(1<<39), full.Cases)
}

// The vital few are exact at the cut, for counts of any size.
func TestParetoAtTheCut(t *testing.T) {
	t.Parallel()
	for _, count := range []int64{1, 3, 7, 1<<39 + 1, 1 << 40} {
		counts := make([]encounter.KindCount, 10)
		for i := range counts {
			counts[i] = encounter.KindCount{Kind: string(rune('a' + i)), Count: count}
		}
		for tenths := 1; tenths <= 10; tenths++ {
			rows, err := encounter.Pareto(counts, float64(tenths)/10)
			require.NoError(t, err)
			vital := 0
			for _, r := range rows {
				if r.Vital {
					vital++
				}
			}
			assert.Equal(t, tenths, vital, "%d of %d", tenths, count)
		}
	}
	rows, err := encounter.Pareto([]encounter.KindCount{{"often", 1 << 40}, {"once", 1}}, 1)
	require.NoError(t, err)
	assert.True(t, rows[1].Vital)
}

// Tables and lists beyond the limits are refused at once: a row may be given many times over.
func TestTablesBeyondTheLimit(t *testing.T) {
	t.Parallel()
	row := make([]*float64, 1<<16)
	rows := make([][]*float64, 1<<16)
	for i := range rows {
		rows[i] = row
	}
	_, err := encounter.Krippendorff(encounter.Nominal, rows)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = encounter.IntraclassOf(rows, 0.95)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = encounter.Appraisal{Qualities: []string{"q"}, High: 1, Grades: [][][]*float64{rows}}.Report(0.95)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	_, err = encounter.Pareto(make([]encounter.KindCount, 1<<20), 0.8)
	require.ErrorIs(t, err, relmark.ErrInvalid)
	assert.LessOrEqual(t, strings.Count(err.Error(), ";"), 20)
}

// A ratio of rates that is too small for a number is refused, not 0.
func TestCompareRatesOfTooDifferentExposure(t *testing.T) {
	t.Parallel()
	_, err := encounter.CompareRates(encounter.Group{Count: 1, Exposure: 1e200}, encounter.Group{Count: 1, Exposure: 1e-200}, 0.95)
	require.ErrorIs(t, err, relmark.ErrInvalid)
}

// Equal contingencies at a third of the range are a production line, at two thirds empowerment.
func TestDesignAtTheThirds(t *testing.T) {
	t.Parallel()
	for x, want := range map[float64]encounter.Design{7.0 / 3: encounter.ProductionLine, 11.0 / 3: encounter.Empowerment, 3: encounter.Involvement} {
		f, err := encounter.DesignFor(encounter.Contingencies{x, x, x, x, x})
		require.NoError(t, err)
		assert.Equal(t, want, f.Design)
	}
}

// Checks of valid visits allocate nothing for each.
func TestConformanceDoesNotAllocateInChecks(t *testing.T) {
	visits := make([]encounter.Visits, 2000)
	for i := range visits {
		visits[i] = encounter.Visits{Standard: "greets", Unit: strings.Repeat("u", 1+i%200) + strings.Repeat("v", i/200), Announced: encounter.Checks{N: 2, Kept: 1}}
	}
	n := testing.AllocsPerRun(5, func() { _, _ = encounter.Conformance(visits, 0.95) })
	assert.Less(t, n, 1.2*float64(len(visits)), "one for each result, and a map")
}

// Whatever is compared, limits are around the ratio and chance is a probability.
func FuzzCompareRates(f *testing.F) {
	f.Add(int64(10), 4000.0, int64(9), 950.0, 0.95)
	f.Add(int64(1<<40), 1.0, int64(1<<40), 1.0, 0.9999)
	f.Add(int64(0), 1e-300, int64(3), 1e300, 0.5)
	f.Fuzz(func(t *testing.T, a int64, x float64, b int64, y, level float64) {
		r, err := encounter.CompareRates(encounter.Group{Count: a, Exposure: x}, encounter.Group{Count: b, Exposure: y}, level)
		if err != nil {
			require.ErrorIs(t, err, relmark.ErrInvalid)
			require.Equal(t, encounter.RateRatio{}, r)
			return
		}
		require.True(t, r.First.Low <= r.First.Rate && r.First.Rate <= r.First.High)
		if a+b > 0 {
			require.True(t, *r.P >= 0 && *r.P <= 1 && *r.Low >= 0)
		}
		if b > 0 {
			require.True(t, *r.Low <= *r.Ratio*(1+1e-12) && *r.Ratio <= *r.High*(1+1e-12))
		}
	})
}
