package spc_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/servqual/spc"
)

func answered() spc.Standard {
	return spc.Standard{Measure: "seconds_to_answer", Target: 20, Direction: spc.AtMost, Share: 0.8}
}

// The target itself is met, and data decide or say that they do not.
func TestConformance(t *testing.T) {
	t.Parallel()
	of := func(met, missed int) []spc.Reading {
		var list []spc.Reading
		for range met {
			list = append(list, spc.Reading{Value: 20})
		}
		for range missed {
			list = append(list, spc.Reading{Value: 20.5})
		}
		return append(list, gap())
	}
	for _, c := range []struct {
		met, missed int
		want        spc.Finding
	}{{98, 2, spc.Kept}, {85, 15, spc.Open}, {60, 40, spc.Broken}} {
		got, err := answered().Conformance(of(c.met, c.missed), 0.95)
		require.NoError(t, err)
		assert.Equal(t, c.want, got.Finding)
		assert.EqualValues(t, c.met, got.Met)
		assert.EqualValues(t, c.met+c.missed, got.N)
	}
	up := spc.Standard{Measure: "m", Target: 20.5, Direction: spc.AtLeast, Share: 0.5}
	got, err := up.Conformance(of(3, 4), 0.95)
	require.NoError(t, err)
	assert.EqualValues(t, 4, got.Met)
	_, err = up.Conformance([]spc.Reading{gap()}, 0.95)
	require.ErrorIs(t, err, relmark.ErrTooFew)
	_, err = up.Conformance(of(1, 1), 1)
	assert.Equal(t, "Level", field(err))
	_, err = up.Conformance(spc.Readings(math.NaN()), 0.95)
	assert.Equal(t, "[0].Value", field(err))
	for want, change := range map[string]func(*spc.Standard){
		"Measure":   func(s *spc.Standard) { s.Measure = "\xff" },
		"Target":    func(s *spc.Standard) { s.Target = math.Inf(1) },
		"Direction": func(s *spc.Standard) { s.Direction = "" },
		"Share":     func(s *spc.Standard) { s.Share = 0 },
	} {
		s := answered()
		change(&s)
		assert.Equal(t, want, field(s.Validate()))
		_, err := s.Conformance(of(1, 1), 0.95)
		assert.Equal(t, want, field(err))
		_, err = s.Assurance(spc.Limits{Kind: spc.Values}, 1)
		assert.Equal(t, want, field(err))
	}
}

func TestAssurance(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		centre float64
		want   spc.Assurance
	}{{10, spc.Always}, {14, spc.Always}, {15, spc.ByChance}, {26, spc.ByChance}, {27, spc.Never}} {
		got, err := answered().Assurance(spc.Limits{Kind: spc.Values, Center: c.centre, Sigma: 2}, 1)
		require.NoError(t, err)
		assert.Equal(t, c.want, got, "%v", c.centre)
	}
	resolved := spc.Standard{Measure: "resolved", Target: 0.8, Direction: spc.AtLeast, Share: 1}
	shares := spc.Limits{Kind: spc.Shares, Center: 0.85}
	few, err := resolved.Assurance(shares, 50)
	require.NoError(t, err)
	many, err := resolved.Assurance(shares, 5000)
	require.NoError(t, err)
	assert.Equal(t, []spc.Assurance{spc.ByChance, spc.Always}, []spc.Assurance{few, many})
	_, err = resolved.Assurance(shares, 0)
	assert.Equal(t, "Size", field(err))
	_, err = resolved.Assurance(spc.Limits{}, 1)
	assert.Equal(t, "Kind", field(err))
	assert.Equal(t, []string{"b", "c"}, spc.Without([]string{"b", "a", "c"}, []spc.Standard{{Measure: "a"}}))
}

func TestSplit(t *testing.T) {
	t.Parallel()
	parts, err := spc.Plan{Target: 100, Season: []int64{1, 1, 1, 0, 3}}.Split()
	require.NoError(t, err)
	assert.Equal(t, []int64{17, 17, 16, 0, 50}, parts)
	for want, p := range map[string]spc.Plan{
		"Target":    {Target: -1, Season: []int64{1, 1}},
		"Season":    {Target: 1, Season: []int64{1}},
		"Season[1]": {Target: 1, Season: []int64{1, -1}},
	} {
		_, err := p.Split()
		assert.Equal(t, want, field(err))
		_, err = p.Project([]int64{1}, 0.95)
		assert.Equal(t, want, field(err))
	}
	_, err = spc.Plan{Target: 1, Season: []int64{0, 0}}.Split()
	require.ErrorIs(t, err, relmark.ErrInvalid)
	rapid.Check(t, func(t *rapid.T) {
		p := spc.Plan{
			Target: rapid.Int64Range(0, 1<<53-1).Draw(t, "target"),
			Season: append(rapid.SliceOfN(rapid.Int64Range(0, 1e9), 1, 30).Draw(t, "season"), 1),
		}
		parts, err := p.Split()
		require.NoError(t, err)
		sum := int64(0)
		for _, part := range parts {
			require.GreaterOrEqual(t, part, int64(0))
			sum += part
		}
		require.Equal(t, p.Target, sum)
	})
}

// Two quarters of 90 and 110 in a flat year: by hand, ratio 100, residuals ±10,
// noise √200, and two quarters to come are off by √200·√(2 + 4/2).
func TestProjectByHand(t *testing.T) {
	t.Parallel()
	p := spc.Plan{Target: 440, Season: []int64{1, 1, 1, 1}}
	got, err := p.Project([]int64{90, 110}, 0.95)
	require.NoError(t, err)
	assert.EqualValues(t, 200, got.Done)
	assert.EqualValues(t, 220, got.Due)
	near.Equal(t, 200.0/440, got.Attained, 1e-15, 0)
	near.Equal(t, 400, got.Total, 1e-15, 0)
	se := math.Sqrt(200 * 4)
	near.Equal(t, 400-12.706204736174694*se, got.Low, 1e-11, 0)
	near.Equal(t, 0.5+math.Atan(-40/se)/math.Pi, got.ProbReach, 1e-12, 0) // t of one degree is Cauchy's
	done, err := p.Project([]int64{90, 110, 120, 119}, 0.95)
	require.NoError(t, err)
	assert.Equal(t, [4]float64{439, 439, 439, 0}, [4]float64{done.Total, done.Low, done.High, done.ProbReach})
	done, err = p.Project([]int64{90, 110, 120, 120}, 0.95)
	require.NoError(t, err)
	assert.Equal(t, 1.0, done.ProbReach) //nolint:testifylint // exactly
	_, err = p.Project([]int64{90}, 0.95)
	require.ErrorIs(t, err, relmark.ErrTooFew)
	_, err = p.Project(make([]int64, 5), 0.95)
	assert.Equal(t, "Actual", field(err))
	_, err = p.Project([]int64{1, 1 << 45}, 0.95)
	assert.Equal(t, "Actual[1]", field(err))
	_, err = p.Project([]int64{1, 1}, 0)
	assert.Equal(t, "Level", field(err))
	nothing, err := spc.Plan{Season: []int64{1, 1, 0, 1}}.Project([]int64{0, 0, 0}, 0.95)
	require.NoError(t, err)
	assert.Equal(t, [2]float64{1, 1}, [2]float64{nothing.Attained, nothing.ProbReach})
}

// In a year that follows the model the interval holds the end as often as it says,
// and the probability is that of reaching the target.
func TestProjectionIsCalibrated(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(11, 3))
	season := []int64{60, 80, 120, 140, 100, 90, 110, 150}
	const runs = 4000
	held, reached, promised := 0, 0, 0.0
	for range runs {
		actual, total := make([]int64, len(season)), int64(0)
		for i, w := range season {
			actual[i] = int64(math.Round(50*float64(w) + 40*math.Sqrt(float64(w))*r.NormFloat64()))
			total += actual[i]
		}
		p := spc.Plan{Target: 42600, Season: season}
		got, err := p.Project(actual[:4], 0.9)
		require.NoError(t, err)
		promised += got.ProbReach
		if got.Low <= float64(total) && float64(total) <= got.High {
			held++
		}
		if total >= p.Target {
			reached++
		}
	}
	near.Equal(t, 0.9, float64(held)/runs, 0, 5*math.Sqrt(0.09/runs))
	near.Equal(t, float64(reached)/runs, promised/runs, 0, 0.03)
}

func FuzzPlan(f *testing.F) {
	f.Add(int64(100), int64(1), int64(3), int64(40), int64(60))
	f.Fuzz(func(t *testing.T, target, a, b, x, y int64) {
		p := spc.Plan{Target: target, Season: []int64{a, b, 1}}
		_, err := p.Split()
		require.Equal(t, p.Validate() == nil, err == nil)
		if got, err := p.Project([]int64{x, y}, 0.95); err == nil {
			require.True(t, got.Low <= got.Total && got.Total <= got.High)
			require.True(t, got.ProbReach >= 0 && got.ProbReach <= 1)
		}
	})
}
