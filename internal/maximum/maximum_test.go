package maximum_test

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/internal/maximum"
	"github.com/relmark/relmark/internal/near"
)

// slopes returns a problem of n slopes that start at 0, whose coordinates they are.
func slopes(n int, logLik func(theta, grad []float64) float64) *maximum.Problem {
	p := &maximum.Problem{Mix: maximum.Identity(n), LogLik: logLik}
	for i := range n {
		name := string(rune('a' + i))
		p.Axes = append(p.Axes, maximum.Axis{
			Name: name, Slope: true,
			Lo: maximum.Limit{Param: name, Value: math.Inf(-1), Means: "low"},
			Hi: maximum.Limit{Param: name, Value: math.Inf(1), Means: "high"},
		})
	}
	return p
}

func maximise(t require.TestingT, p *maximum.Problem) maximum.Result {
	r, err := p.Maximise(context.Background(), 500)
	require.NoError(t, err)
	requireHonest(t, r)
	return r
}

// linear adds a term of a sum over observations: w·f(x·θ), given f and its derivative.
func linear(theta, grad []float64, w float64, x []float64, f func(v float64) (value, slope float64)) float64 {
	v := 0.0
	for i := range x {
		v += x[i] * theta[i]
	}
	value, slope := f(v)
	for i := range x {
		grad[i] += w * slope * x[i]
	}
	return w * value
}

// yes is the log likelihood of a yes at log odds v.
func yes(v float64) (value, slope float64) {
	return -math.Log1p(math.Exp(-v)), 1 / (1 + math.Exp(v))
}

func no(v float64) (value, slope float64) {
	value, slope = yes(-v)
	return value, -slope
}

func square(v float64) (value, slope float64) { return -v * v / 2, -v }

// A parabola has its maximum and its covariance in closed form, whatever the
// coordinates, and however long and narrow it is.
func TestParabola(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		at := []float64{rapid.Float64Range(-3, 3).Draw(t, "a"), rapid.Float64Range(-3, 3).Draw(t, "b")}
		k := math.Exp(rapid.Float64Range(-4, 9).Draw(t, "k"))
		p := slopes(2, func(theta, grad []float64) float64 {
			d := []float64{theta[0] - at[0], theta[1] - at[1]}
			grad[0], grad[1] = 0, 0
			return linear(d, grad, 2, []float64{1, 1}, square) + linear(d, grad, k, []float64{1, -1}, square)
		})
		p.Mix = [][]float64{{1, rapid.Float64Range(-1, 1).Draw(t, "mix")}, {0, 1}}
		p.Show = [][]float64{{1, 0}, {1, 2}}
		r := maximise(t, p)
		require.Equal(t, maximum.Converged, r.Status, "%+v", r)
		require.Empty(t, r.Findings)
		near.Equal(t, 0, r.LogLik, 0, 1e-9)
		near.Equal(t, at[0], r.Theta[0], 1e-5, 1e-5)
		near.Equal(t, at[0]+2*at[1], r.Theta[1], 1e-5, 1e-5)
		// With s = a+b and d = a−b, of variances 1/2 and 1/k: a = (s+d)/2, b = (s−d)/2.
		va, ab := (0.5+1/k)/4, (0.5-1/k)/4
		near.Equal(t, va, r.Cov[0][0], 1e-6, 0)
		near.Equal(t, va+2*ab, r.Cov[0][1], 1e-6, 1e-6*va)
		near.Equal(t, va+4*ab+4*va, r.Cov[1][1], 1e-6, 0)
	})
}

// Parameters above 0 are searched by their logarithms: 12 events in 40 days, and their
// variance 12/40².
func TestRate(t *testing.T) {
	t.Parallel()
	for _, start := range []float64{-10, 0, 10} {
		p := rate(12, 40)
		p.Axes[0].Start = start
		r := maximise(t, p)
		require.Equal(t, maximum.Converged, r.Status, "from %v", start)
		near.Equal(t, 0.3, r.Theta[0], 1e-9, 0)
		near.Equal(t, 12./1600, r.Cov[0][0], 1e-5, 0)
	}
}

// rate is the problem of a Poisson rate.
func rate(events, days float64) *maximum.Problem {
	p := slopes(1, func(theta, grad []float64) float64 {
		grad[0] = events - theta[0]*days
		return events*math.Log(theta[0]) - theta[0]*days
	})
	p.Axes[0].Slope = false
	p.Axes[0].Lo, p.Axes[0].Hi = maximum.Limit{Param: "a", Means: "no events"}, maximum.Limit{Param: "a", Value: math.Inf(1), Means: "nothing but events"}
	return p
}

// A bent valley needs many short steps.
func TestBanana(t *testing.T) {
	t.Parallel()
	p := slopes(2, func(theta, grad []float64) float64 {
		x, y := theta[0]+2, theta[1]-1
		grad[0] = 400*x*(y-x*x) + 2*(1-x)
		grad[1] = -200 * (y - x*x)
		return -100*(y-x*x)*(y-x*x) - (1-x)*(1-x)
	})
	r := maximise(t, p)
	require.Equal(t, maximum.Converged, r.Status)
	near.Equal(t, -1, r.Theta[0], 1e-6, 0)
	near.Equal(t, 2, r.Theta[1], 1e-6, 0)
	require.Less(t, r.Evaluations, 200)
}

// Where the likelihood has no value, a step is cut back until it has.
func TestStepsAreCutBack(t *testing.T) {
	t.Parallel()
	p := slopes(1, func(theta, grad []float64) float64 {
		grad[0] = 3/(1-theta[0]/0.1) - 3
		grad[0] = 1/(theta[0]+0.01) - 100/(1-100*theta[0]) // maximum where both are equal
		return math.Log(theta[0]+0.01) + math.Log(1-100*theta[0])
	})
	r := maximise(t, p) // ln of a negative number is NaN
	require.Equal(t, maximum.Converged, r.Status)
	near.Equal(t, 0, r.Theta[0], 0, 1e-6)
	near.Equal(t, 5e-5, r.Cov[0][0], 1e-4, 0)
}

// In a group of which all said yes the log odds run to infinity: the group is that of
// the third parameter less the second.
func TestSeparatedAlongACombination(t *testing.T) {
	t.Parallel()
	p := slopes(3, func(theta, grad []float64) float64 {
		clear(grad)
		sum := 0.0
		for _, g := range []struct {
			x      []float64
			yes, n float64
		}{{[]float64{1, 0, 0}, 30, 40}, {[]float64{1, 1, 0}, 10, 40}, {[]float64{0, -1, 1}, 20, 20}} {
			sum += linear(theta, grad, g.yes, g.x, yes) + linear(theta, grad, g.n-g.yes, g.x, no)
		}
		return sum
	})
	r := maximise(t, p)
	require.Equal(t, maximum.AtBoundary, r.Status)
	require.Len(t, r.Findings, 1)
	f := r.Findings[0]
	require.Equal(t, maximum.Reached, f.Kind)
	require.Equal(t, "c", f.Limit.Param)
	require.True(t, math.IsInf(f.Limit.Value, 1))
	near.Slice(t, []float64{0, 0, 1}, f.Direction, 0, 1e-3)
	near.Equal(t, math.Log(3), r.Theta[0], 1e-6, 0)
	near.Equal(t, 1./30+1./10, r.Cov[0][0], 1e-5, 0)
	near.Equal(t, 1./30+1./10+1./10+1./30, r.Cov[1][1], 1e-5, 0)
	require.True(t, math.IsNaN(r.Cov[2][2]) && math.IsNaN(r.Cov[0][2]) && math.IsNaN(r.Cov[2][1]))
	require.Greater(t, r.Theta[2], 20.0)
	require.Less(t, r.Theta[2], 60.0)
	near.Equal(t, 30*math.Log(0.75)+10*math.Log(0.25)+10*math.Log(0.25)+30*math.Log(0.75), r.LogLik, 1e-9, 0)
}

// Of two parameters that only their sum says something about, neither is identified;
// others are not touched.
func TestLevelAlongACombination(t *testing.T) {
	t.Parallel()
	p := slopes(4, func(theta, grad []float64) float64 {
		clear(grad)
		d := []float64{theta[0], theta[1] - 2, theta[2] - 5, theta[3]}
		return linear(d, grad, 4, []float64{1, 1, 0, 0}, square) + linear(d, grad, 25, []float64{0, 0, 1, 0}, square) +
			linear(d, grad, 25, []float64{0, 1, 0, 2}, square)
	})
	r := maximise(t, p)
	require.Equal(t, maximum.NotIdentified, r.Status)
	require.Len(t, r.Findings, 1)
	f := r.Findings[0]
	require.Equal(t, maximum.Level, f.Kind)
	require.True(t, math.IsNaN(f.Limit.Value))
	scale := f.Direction[0]
	near.Slice(t, []float64{1, -1, 0, 0.5}, []float64{f.Direction[0] / scale, f.Direction[1] / scale, f.Direction[2] / scale, f.Direction[3] / scale}, 0, 1e-5)
	near.Equal(t, 5, r.Theta[2], 1e-6, 0)
	near.Equal(t, 1./25, r.Cov[2][2], 1e-6, 0)
	for _, i := range []int{0, 1, 3} {
		require.True(t, math.IsNaN(r.Cov[i][i]))
	}
}

// Several combinations are told apart: each moves as few parameters as can be.
func TestSeveralCombinations(t *testing.T) {
	t.Parallel()
	p := slopes(6, func(theta, grad []float64) float64 {
		clear(grad)
		d := append([]float64(nil), theta...)
		d[0]--
		sum := 0.0
		for _, x := range [][]float64{{1, 0, 1, 0, 0, 0}, {0, 1, 0, 0, 1, 0}, {0, 0, 0, 0, 0, 1}} {
			sum += linear(d, grad, 9, x, square)
		}
		return sum
	})
	r := maximise(t, p)
	require.Equal(t, maximum.NotIdentified, r.Status)
	moved := map[int]int{}
	for _, f := range r.Findings {
		n := 0
		for i, v := range f.Direction {
			if math.Abs(v) > 1e-6 {
				moved[i]++
				n++
			}
		}
		require.LessOrEqual(t, n, 2, "%v", f)
	}
	require.Equal(t, map[int]int{0: 1, 1: 1, 2: 1, 3: 1, 4: 1}, moved)
	near.Equal(t, 1./9, r.Cov[5][5], 1e-6, 0)
}

// A ridge that is bent is level nowhere along a line, and not identified all the same.
func TestBentRidge(t *testing.T) {
	t.Parallel()
	p := slopes(2, func(theta, grad []float64) float64 {
		v := theta[0]*theta[0] + theta[1] - 1
		grad[0], grad[1] = -2*theta[0]*v*50, -v*50
		return -25 * v * v
	})
	r := maximise(t, p)
	require.Equal(t, maximum.NotIdentified, r.Status)
	near.Equal(t, 0, r.LogLik, 0, 1e-9)
	require.Len(t, r.Findings, 1)
	require.Equal(t, maximum.Level, r.Findings[0].Kind)
}

// No events at all: the rate is best at 0, which is no standard error away. With few of
// them, 0 is far; a rate that costs next to nothing to raise may be anything.
func TestBoundaryOfACoordinate(t *testing.T) {
	t.Parallel()
	r := maximise(t, rate(0, 40))
	require.Equal(t, maximum.AtBoundary, r.Status)
	require.Equal(t, maximum.Limit{Param: "a", Value: 0, Means: "no events"}, r.Findings[0].Limit)
	require.True(t, r.Findings[0].Coordinate)
	require.Negative(t, r.Findings[0].Direction[0])
	require.True(t, math.IsNaN(r.Cov[0][0]))
	require.Less(t, r.Theta[0], 1e-9)

	near0 := slopes(1, func(theta, grad []float64) float64 { // loses 1 on the way up, nothing below
		v, slope := no(theta[0])
		w, back := yes(theta[0])
		grad[0] = 0.05*slope + 0.03*back
		return 0.05*v + 0.03*w
	})
	r = maximise(t, near0)
	require.Equal(t, maximum.Converged, r.Status)
	require.Len(t, r.Findings, 2)
	for _, f := range r.Findings {
		require.Equal(t, maximum.Within, f.Kind)
	}
	near.Equal(t, math.Log(0.03/0.05), r.Theta[0], 1e-5, 0)
}

// A likelihood without maximum is said to be one: a spread that runs to 0, alone and
// with another parameter, and one that the caller knows of.
func TestUnbounded(t *testing.T) {
	t.Parallel()
	alone := slopes(1, func(theta, grad []float64) float64 { grad[0] = 7; return 7 * theta[0] })
	r := maximise(t, alone)
	require.Equal(t, maximum.Unbounded, r.Status)
	require.Equal(t, maximum.Endless, r.Findings[0].Kind)
	together := slopes(2, func(theta, grad []float64) float64 {
		clear(grad)
		v := linear(theta, grad, 10, []float64{1, -1}, square)
		grad[0] += 2
		grad[1] += 2
		return v + 2*(theta[0]+theta[1])
	})
	r = maximise(t, together)
	require.Equal(t, maximum.Unbounded, r.Status)
	known := rate(12, 40)
	known.Endless = &maximum.Limit{Param: "other", Value: 0, Means: "known"}
	r = maximise(t, known)
	require.Equal(t, maximum.Unbounded, r.Status)
	require.Equal(t, "known", r.Findings[0].Limit.Means)
	near.Equal(t, 0.3, r.Theta[0], 1e-9, 0)
	near.Equal(t, 12./1600, r.Cov[0][0], 1e-5, 0)
}

// Two maxima, the higher of which is far from the start.
func TestRestarts(t *testing.T) {
	t.Parallel()
	hills := func(theta, grad []float64) float64 {
		a, b := math.Exp(-theta[0]*theta[0]), 3*math.Exp(-(theta[0]-5)*(theta[0]-5))
		grad[0] = -2*theta[0]*a - 2*(theta[0]-5)*b
		return a + b
	}
	for restarts, want := range map[maximum.Restarts]float64{maximum.Never: 0, maximum.IfDoubtful: 5, maximum.Always: 5} {
		p := slopes(1, func(theta, grad []float64) float64 { return hills([]float64{math.Log(theta[0])}, grad) })
		p.Axes[0].Slope, p.Restarts = false, restarts
		r := maximise(t, p)
		near.Equal(t, want, math.Log(r.Theta[0]), 0, 1e-3, "%v", restarts)
	}
	pole := slopes(1, func(theta, grad []float64) float64 { // rises for ever from 3 on
		u := math.Log(theta[0])
		if u > 3 {
			grad[0] = 2 * (u - 3)
			return (u-3)*(u-3) - 9
		}
		grad[0] = -2 * u
		return -u * u
	})
	pole.Axes[0].Slope, pole.Axes[0].Pole, pole.Restarts = false, true, maximum.Always
	pole.Endless = &pole.Axes[0].Hi
	r := maximise(t, pole)
	require.Equal(t, maximum.Unbounded, r.Status)
	near.Equal(t, 1, r.Theta[0], 1e-6, 0, "the maximum, not the pole")
}

// A search that starts from part of the data ends where all of them say.
func TestPart(t *testing.T) {
	t.Parallel()
	whole, calls := rate(1200, 4000), 0
	counted := whole.LogLik
	whole.LogLik = func(theta, grad []float64) float64 { calls++; return counted(theta, grad) }
	whole.Axes[0].Start = 8
	whole.Part, whole.Parts = rate(11, 40), 100
	whole.Part.Axes = whole.Axes
	r := maximise(t, whole)
	require.Equal(t, maximum.Converged, r.Status)
	near.Equal(t, 0.3, r.Theta[0], 1e-9, 0)
	near.Equal(t, 1200./4000/4000, r.Cov[0][0], 1e-6, 0)
	with := calls
	calls, whole.Part = 0, nil
	maximise(t, whole)
	require.Less(t, with, calls)
}

func TestNotConverged(t *testing.T) {
	t.Parallel()
	r, err := rate(12, 40).Maximise(t.Context(), 1)
	require.NoError(t, err)
	require.Equal(t, maximum.NotConverged, r.Status)
	require.True(t, math.IsNaN(r.Cov[0][0]))
	require.Greater(t, r.GradNorm, 1e-3)
	for _, v := range []float64{math.NaN(), math.Inf(-1), math.Inf(1)} {
		r = maximise(t, slopes(1, func(_, grad []float64) float64 { grad[0] = 0; return v }))
		require.Equal(t, maximum.NotConverged, r.Status)
	}
	r = maximise(t, slopes(1, func(_, grad []float64) float64 { grad[0] = math.NaN(); return 1 }))
	require.NotEqual(t, maximum.Converged, r.Status)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for _, p := range []*maximum.Problem{rate(12, 40), {Axes: rate(1, 1).Axes, Mix: maximum.Identity(1), LogLik: rate(3, 4).LogLik, Part: rate(1, 1)}} {
		_, err = p.Maximise(gone, 100)
		require.ErrorIs(t, err, context.Canceled)
	}
}

func TestPaired(t *testing.T) {
	t.Parallel()
	require.Equal(t, [][]float64{{0, 1, 0}, {-1, 1, 0}, {0, 0, 1}}, maximum.Paired(3, 0))
	require.Equal(t, [][]float64{{1, 0}, {0, 1}}, maximum.Identity(2))
}

// A search that begins far out towards a limit finds both ways level for long, and still
// tells the limit from what is not identified.
func TestLimitFromFarOut(t *testing.T) {
	t.Parallel()
	for _, start := range []float64{0, 40, 60, 80} {
		p := slopes(1, func(theta, grad []float64) float64 {
			clear(grad)
			return linear(theta, grad, 20, []float64{1}, yes)
		})
		p.Axes[0].Start = start
		r := maximise(t, p)
		require.Equal(t, maximum.AtBoundary, r.Status, "from %v: %v", start, r.Findings)
		require.Equal(t, maximum.Limit{Param: "a", Value: math.Inf(1), Means: "high"}, r.Findings[0].Limit)
		require.Less(t, r.Theta[0], start+reach+30, "no farther than need be")
	}
}

const reach = 24

// The combination that moves fewest parameters comes first, its largest part is 1, and the
// parameter that moves most is the one that is named.
func TestCombinationsAreNamed(t *testing.T) {
	t.Parallel()
	p := slopes(4, func(theta, grad []float64) float64 {
		clear(grad)
		return linear(theta, grad, 9, []float64{0, 1.5, -1, 0}, square) + linear(theta, grad, 9, []float64{0, 0, 0, 1}, square)
	})
	calls, plain := 0, p.LogLik
	p.LogLik = func(theta, grad []float64) float64 { calls++; return plain(theta, grad) }
	p.Restarts = maximum.Always
	r := maximise(t, p)
	require.Equal(t, calls, r.Evaluations)
	require.Len(t, r.Findings, 2)
	near.Slice(t, []float64{1, 0, 0, 0}, r.Findings[0].Direction, 0, 1e-6)
	near.Slice(t, []float64{0, 1 / 1.5, 1, 0}, r.Findings[1].Direction, 0, 1e-6)
	require.Equal(t, "a", r.Findings[0].Limit.Param)
	require.Equal(t, "c", r.Findings[1].Limit.Param)
	near.Equal(t, 1./9, r.Cov[3][3], 1e-6, 0)
}
