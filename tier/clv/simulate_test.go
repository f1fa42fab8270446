package clv_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/tier/clv"
	"github.com/relmark/relmark/tier/rfm"
)

// drawn simulates n customers of a model to age + ahead and splits each life at age.
func drawn[M clv.Simulator](t *testing.T, m M, seed uint64, n int, age, ahead float64) []clv.Holdout {
	t.Helper()
	from := source(seed)
	out := make([]clv.Holdout, n)
	for i := range out {
		p, err := m.Simulate(from, age+ahead)
		require.NoError(t, err)
		h := &out[i]
		h.Length, h.T = ahead, age
		for _, at := range p.Repeats {
			if at <= age {
				h.X, h.TX = h.X+1, at
			} else {
				h.Purchases++
			}
		}
	}
	return out
}

// Over customers with the same number of purchases, forecasts agree with what the
// simulated customers go on to do, within 4 standard errors.
func TestForecastsAgreeWithSimulation(t *testing.T) {
	t.Parallel()
	const n, age, ahead = 40_000, 26, 30
	checkSimulation(t, cdnowBGNBD(t), drawn(t, cdnowBGNBD(t), 1, n, age, ahead))
	checkSimulation(t, cdnowMBGNBD(t), drawn(t, cdnowMBGNBD(t), 2, n, age, ahead))
	checkSimulation(t, cdnowParetoNBD(t), drawn(t, cdnowParetoNBD(t), 3, n, age, ahead))
	checkSimulation(t, donationsBGBB(t), drawn(t, donationsBGBB(t), 4, n, 6, 7))
}

func checkSimulation[M process](t *testing.T, m M, customers []clv.Holdout) {
	t.Helper()
	for x := range 6 {
		var n, actual, squares, expected, none, noneExpected float64
		for _, c := range customers {
			if c.X == x || x == 5 && c.X > 5 {
				v := float64(c.Purchases)
				n, actual, squares = n+1, actual+v, squares+v*v
				expected += m.CondExpected(c.Pattern, c.Length)
				noneExpected += m.CondPMF(c.Pattern, 0, c.Length)
				if c.Purchases == 0 {
					none++
				}
			}
		}
		require.Greater(t, n, 100.0)
		stderr := math.Sqrt(squares - actual*actual/n)
		near.Equal(t, expected, actual, 0, 4*stderr, "%T x=%d", m, x)
		near.Equal(t, noneExpected, none, 0, 4*math.Sqrt(noneExpected*(1-noneExpected/n)+1), "%T x=%d none", m, x)
	}
	first := customers[0]
	var total float64
	for _, c := range customers {
		total += float64(c.X)
	}
	near.Equal(t, m.Expected(first.T)*float64(len(customers)), total, 0.06, 0, "%T new", m)
}

// Whether a customer is alive shows in a simulation only.
func TestPAliveAgreesWithSimulation(t *testing.T) {
	t.Parallel()
	for _, m := range []interface {
		process
		clv.Simulator
	}{cdnowBGNBD(t), cdnowMBGNBD(t), cdnowParetoNBD(t), donationsBGBB(t)} {
		from, n, alive, expected := source(9), 20_000, 0.0, 0.0
		for range n {
			p, err := m.Simulate(from, 12)
			require.NoError(t, err)
			if p.Alive {
				alive++
			}
			expected += m.PAlive(p.Pattern())
		}
		near.Equal(t, expected, alive, 0, 4*math.Sqrt(expected*(1-expected/float64(n))), "%T", m)
	}
}

func tableFrom(t testing.TB, customers []clv.Holdout) *rfm.Patterns {
	t.Helper()
	var table rfm.Patterns
	for _, c := range customers {
		require.NoError(t, table.Add(c.Pattern, 1))
	}
	return &table
}

// A fit to simulated customers finds the parameters that made them, within 4 standard
// errors.
func TestSimulationRecoversParameters(t *testing.T) {
	t.Parallel()
	const n = 8000
	o := clv.FitOptions{Workers: 2}
	check := func(name string, f fitted, want ...float64) {
		t.Helper()
		require.NoError(t, f.err, name)
		require.Equal(t, clv.Converged, f.Status, name)
		for i, e := range f.Estimates {
			near.Equal(t, want[i], e.Value, 0, 4*e.StdErr, "%s %s", name, e.Name)
		}
	}
	ctx := t.Context()
	bg := newBGNBD(t, 0.8, 6, 1, 4)
	check("BGNBD", plain(clv.FitBGNBD(ctx, tableFrom(t, drawn(t, bg, 11, n, 60, 0)), o)), 0.8, 6, 1, 4)
	mbg := newMBGNBD(t, 0.8, 6, 1, 4)
	check("MBGNBD", plain(clv.FitMBGNBD(ctx, tableFrom(t, drawn(t, mbg, 12, n, 60, 0)), o)), 0.8, 6, 1, 4)
	pareto := newParetoNBD(t, 0.8, 6, 1.2, 20)
	check("ParetoNBD", plain(clv.FitParetoNBD(ctx, tableFrom(t, drawn(t, pareto, 13, n, 60, 0)), o)), 0.8, 6, 1.2, 20)
	bgbb := newBGBB(t, 1.2, 0.75, 0.66, 2.8)
	check("BGBB", plain(clv.FitBGBB(ctx, tableFrom(t, drawn(t, bgbb, 14, n, 8, 0)), o)), 1.2, 0.75, 0.66, 2.8)

	from, spend, gg := source(15), clv.Spend{}, cdnowGammaGamma(t)
	for i := range n {
		m, err := gg.Simulate(from, 1+i%7)
		require.NoError(t, err)
		require.NoError(t, spend.Add(m, 1))
	}
	check("GammaGamma", plain(clv.FitGammaGamma(ctx, &spend, o)), 6.2488, 3.7446, 15.4477)

	survivors, sbg := make([]int64, 9), newSBG(t, 0.67, 3.8)
	for range n {
		years, err := sbg.Simulate(from, 8)
		require.NoError(t, err)
		for i := range years + 1 {
			survivors[i]++
		}
	}
	var tenures clv.Tenures
	require.NoError(t, tenures.AddCohort(survivors...))
	check("SBG", plain(clv.FitSBG(ctx, tenures, o)), 0.67, 3.8)
}

// What a seed gives is part of the contract.
func TestSimulationIsPinned(t *testing.T) {
	t.Parallel()
	from := rand.New(rand.NewPCG(1, 2))
	want := []rfm.Pattern{{X: 7, TX: 9.575097339923293, T: 10}, {X: 11, TX: 8.146742850435361, T: 10}, {T: 10}, {X: 5, TX: 7, T: 10}}
	for i, m := range []clv.Simulator{newBGNBD(t, 2, 4, 1, 6), newMBGNBD(t, 2, 4, 1, 6), newParetoNBD(t, 2, 4, 1, 20), donationsBGBB(t)} {
		p, err := m.Simulate(from, 10)
		require.NoError(t, err)
		got := p.Pattern()
		require.Equal(t, want[i].X, got.X, "%T", m)
		near.Equal(t, want[i].TX, got.TX, 1e-14, 0, "%T", m)
	}
	m, err := cdnowGammaGamma(t).Simulate(from, 3)
	require.NoError(t, err)
	near.Equal(t, 16.573957496983393, m.Value, 1e-13, 0)
	n, err := newSBG(t, 0.7, 38).Simulate(from, 20)
	require.NoError(t, err)
	require.Equal(t, 0, n)
}

func TestSimulationRejects(t *testing.T) {
	t.Parallel()
	for _, m := range []clv.Simulator{cdnowBGNBD(t), cdnowMBGNBD(t), cdnowParetoNBD(t), donationsBGBB(t)} {
		require.ErrorIs(t, second(m.Simulate(nil, 10)), relmark.ErrInvalid)
		for _, age := range []float64{-1, math.NaN(), math.Inf(1)} {
			require.ErrorIs(t, second(m.Simulate(source(1), age)), relmark.ErrInvalid, "%T %v", m, age)
		}
	}
	for _, m := range []clv.Simulator{clv.BGNBD{}, clv.MBGNBD{}, clv.ParetoNBD{}, clv.BGBB{}} {
		require.ErrorIs(t, second(m.Simulate(source(1), 1)), relmark.ErrInvalid, "%T", m)
	}
	require.ErrorIs(t, second(donationsBGBB(t).Simulate(source(1), 1.5)), relmark.ErrInvalid)
	require.ErrorIs(t, second(newBGNBD(t, 1e9, 1, 1e-9, 1).Simulate(source(1), 1)), relmark.ErrLimit)
	require.ErrorIs(t, second(newParetoNBD(t, 1e9, 1, 1, 1e9).Simulate(source(1), 1)), relmark.ErrLimit)
	require.ErrorIs(t, second(cdnowGammaGamma(t).Simulate(nil, 1)), relmark.ErrInvalid)
	require.ErrorIs(t, second(cdnowGammaGamma(t).Simulate(source(1), 0)), relmark.ErrInvalid)
	require.ErrorIs(t, second(newSBG(t, 1, 1).Simulate(nil, 1)), relmark.ErrInvalid)
	require.ErrorIs(t, second(newSBG(t, 1, 1).Simulate(source(1), -1)), relmark.ErrInvalid)
	empty, err := clv.SimulateTable(source(1), cdnowBGNBD(t), nil)
	require.NoError(t, err)
	require.Zero(t, empty.N())
	n, err := newSBG(t, 1e-9, 1e9).Simulate(source(1), 1_000_000)
	require.NoError(t, err)
	require.Equal(t, 1_000_000, n)
}
