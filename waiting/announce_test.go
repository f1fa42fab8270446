package waiting_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/integrate/quad"
	"gonum.org/v1/gonum/mathext"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/waiting"
	"github.com/relmark/relmark/waiting/queue"
)

var (
	_ waiting.Law         = waiting.Position{}
	_ waiting.QuantileLaw = waiting.Position{}
)

// told is a law of which only the quantile is known.
type told float64

func (told) ProbWait() float64              { return 1 }
func (told) WaitTail(float64) float64       { return math.NaN() }
func (told) Unit() time.Duration            { return time.Minute }
func (l told) WaitQuantile(float64) float64 { return float64(l) }

func TestAnnounceRoundsUp(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		wait       float64
		step, want waiting.Minutes
	}{
		{12.3, 0, 12.3},
		{12.3, 5, 15},
		{15, 5, 15},
		{15.000000000001, 5, 15}, // a rounding error of the quantile
		{0.3, 0.1, 0.3},          // 0.3/0.1 is above 3 in float64, and below in others
		{0, 5, 0},
	} {
		got, err := waiting.Announce(told(c.wait), waiting.Regret{Under: 2, Over: 1, Step: c.step})
		require.NoError(t, err)
		same(t, c.want, got.IfDelayed, 1e-15, 0, "%v in steps of %v", c.wait, c.step)
		same(t, c.want, got.Overall, 1e-15, 0, "%v in steps of %v", c.wait, c.step)
	}
}

func TestAnnounceRejects(t *testing.T) {
	t.Parallel()
	for field, r := range map[string]waiting.Regret{
		"Under": {Under: -1, Over: 1}, "Under 0": {Over: 1}, "Over": {Under: 1, Over: math.NaN()}, "Over 0": {Under: 1},
		"Step": {Under: 1, Over: 1, Step: waiting.Minutes(math.Inf(1))},
	} {
		_, err := waiting.Announce(told(1), r)
		requireField(t, strings.Fields(field)[0], err)
		assert.True(t, math.IsNaN(r.Level()), field)
	}
	for _, wait := range []float64{-1, math.NaN(), math.Inf(1)} {
		_, err := waiting.Announce(told(wait), waiting.DefaultRegret())
		requireField(t, "Law.WaitQuantile", err)
	}
	_, err := waiting.Announce(nil, waiting.DefaultRegret())
	requireField(t, "Law", err)
	near.Equal(t, 2.25/3.25, waiting.DefaultRegret().Level(), 1e-15, 0)
	near.Equal(t, 0.5, waiting.Regret{Under: 1, Over: 1}.Level(), 0, 0)
}

// No other announcement costs less: the mean of under·(W − a)+ + over·(a − W)+ is
// least at the quantile.
func TestAnnouncementCostsLeast(t *testing.T) {
	t.Parallel()
	p, err := waiting.NewPosition(waiting.PositionParams{Ahead: 4, Service: 0.5, Servers: 2, Unit: time.Minute})
	require.NoError(t, err)
	regret := waiting.Regret{Under: 3, Over: 1}
	cost := func(a float64) float64 {
		late := quad.Fixed(p.WaitTail, a, a+60, 200, quad.Legendre{}, 0)
		early := quad.Fixed(func(x float64) float64 { return 1 - p.WaitTail(x) }, 0, a, 200, quad.Legendre{}, 0)
		return regret.Under*late + regret.Over*early
	}
	best, err := waiting.Announce(p, regret)
	require.NoError(t, err)
	for _, a := range []float64{0.5, 0.9, 0.99, 1.01, 1.1, 2} {
		assert.Less(t, cost(float64(best.Overall)), cost(a*float64(best.Overall)), "%v times the announcement", a)
	}
}

func TestPositionRejects(t *testing.T) {
	t.Parallel()
	for field, p := range map[string]waiting.PositionParams{
		"Ahead":   {Ahead: -1, Service: 1, Servers: 1, Unit: time.Minute},
		"Service": {Ahead: 1, Service: math.NaN(), Servers: 1, Unit: time.Minute},
		"Servers": {Ahead: 1, Service: 1, Servers: 0, Unit: time.Minute},
		"Unit":    {Ahead: 1, Service: 1, Servers: 1},
		"Unit −":  {Ahead: 1, Service: 1, Servers: 1, Unit: -1},
		"Ahead 2": {Ahead: 100_001, Service: 1, Servers: 1, Unit: time.Minute},
	} {
		_, err := waiting.NewPosition(p)
		requireField(t, strings.Fields(field)[0], err)
		assert.Equal(t, err.Error(), p.Validate().Error())
	}
	p, err := waiting.NewPosition(waiting.PositionParams{Ahead: 1, Service: 1, Servers: 1, Unit: time.Minute})
	require.NoError(t, err)
	assert.True(t, math.IsNaN(p.WaitTail(-1)))
	assert.True(t, math.IsNaN(p.WaitTail(math.NaN())))
	near.Equal(t, 0, p.WaitTail(math.Inf(1)), 0, 0)
	near.Equal(t, 1, p.WaitTail(0), 0, 0)
	near.Equal(t, 1, p.ProbWait(), 0, 0)
	for _, q := range []float64{0, 1, -1, math.NaN()} {
		assert.True(t, math.IsNaN(p.WaitQuantile(q)))
	}
	var zero waiting.Position
	for _, x := range []float64{zero.MeanWait(), zero.WaitVariance(), zero.ProbWait(), zero.WaitTail(1), zero.WaitQuantile(0.5)} {
		assert.True(t, math.IsNaN(x))
	}
}

func TestPositionProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		ahead := int(math.Pow(10, rapid.Float64Range(0, 5).Draw(t, "log ahead"))) - 1
		params := waiting.PositionParams{Ahead: ahead, Service: rapid.Float64Range(0.01, 10).Draw(t, "service"), Servers: rapid.IntRange(1, 100).Draw(t, "servers"), Unit: time.Minute}
		p, err := waiting.NewPosition(params)
		if err != nil {
			t.Fatal(err)
		}
		q := rapid.Float64Range(1e-6, 1-1e-6).Draw(t, "q")
		near.Equal(t, 1-q, p.WaitTail(p.WaitQuantile(q)), 1e-10, 1e-13, "quantile")
		low := math.Pow(10, rapid.Float64Range(-300, -1).Draw(t, "log q"))
		rate := params.Service * float64(params.Servers)
		near.Equal(t, low, mathext.GammaIncReg(float64(ahead+1), rate*p.WaitQuantile(low)), 1e-8, 0, "quantile in the lower tail")
		params.Ahead++
		if next, err := waiting.NewPosition(params); err == nil && next.WaitQuantile(q) < p.WaitQuantile(q) {
			t.Errorf("one more ahead of %+v, and a shorter wait", params)
		}
		x, err := waiting.NewExperience(waiting.ExperienceParams{Multiplier: 1, Exponent: 1, Expected: 1})
		if err != nil {
			t.Fatal(err)
		}
		if ahead < 1000 {
			s, err := x.Under(p)
			if err != nil {
				t.Fatal(err)
			}
			near.Equal(t, p.MeanWait(), float64(s.MeanWait), 1e-11, 0, "mean as area under the tail")
		}
	})
}

// Nobody waits: that is 0 minutes, not minus 0; and costs that differ beyond what a
// float can tell still ask for a quantile below 1.
func TestAnnounceAtTheEnds(t *testing.T) {
	t.Parallel()
	m, err := queue.NewMMC(queue.MMCParams{Arrival: 0.1, Service: 1, Servers: 3, Unit: time.Minute})
	require.NoError(t, err)
	wait, err := waiting.Announce(m, waiting.Regret{Under: 2, Over: 1, Step: 1})
	require.NoError(t, err)
	assert.False(t, math.Signbit(float64(wait.Overall)))
	_, err = waiting.Announce(m, waiting.Regret{Under: 1e9, Over: 1e-9})
	require.NoError(t, err)
}
