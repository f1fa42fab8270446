package queue_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/waiting/queue"
)

func TestStaffingRejects(t *testing.T) {
	t.Parallel()
	rates := queue.MMCParams{Arrival: 5, Service: 2}
	for field, target := range map[string]queue.Target{
		"Level":     {Level: 1},
		"Within":    {Within: -1},
		"MeanWait":  {MeanWait: math.NaN()},
		"Occupancy": {Occupancy: -0.1},
	} {
		_, err := queue.StaffMMC(rates, target)
		var fault *relmark.FieldError
		require.ErrorAs(t, err, &fault, field)
		assert.Equal(t, field, fault.Field)
		require.Equal(t, err.Error(), target.Validate().Error())
	}
	for field, costs := range map[string]queue.Costs{
		"Server":  {Server: 0, Waiting: 1},
		"Waiting": {Server: 1, Waiting: math.Inf(1)},
	} {
		_, err := queue.StaffMMCCost(rates, costs)
		var fault *relmark.FieldError
		require.ErrorAs(t, err, &fault, field)
		assert.Equal(t, field, fault.Field)
		require.Equal(t, err.Error(), costs.Validate().Error())
	}
	require.NoError(t, queue.Target{}.Validate())
}

func TestStaffingHasALimit(t *testing.T) {
	t.Parallel()
	for _, p := range []queue.MMCParams{
		{Arrival: 1e9, Service: 1},
		{Arrival: 1e300, Service: 1e-100},
		{Arrival: math.MaxFloat64, Service: 1},
	} {
		_, err := queue.StaffMMC(p, queue.Target{})
		require.ErrorIs(t, err, relmark.ErrLimit)
		_, err = queue.StaffMMCCost(p, queue.Costs{Server: 1, Waiting: 1})
		require.ErrorIs(t, err, relmark.ErrLimit)
	}
	_, err := queue.StaffMMC(queue.MMCParams{Arrival: 2, Service: 1}, queue.Target{Occupancy: 1e-9})
	require.ErrorIs(t, err, relmark.ErrLimit)
}

// The zero target wants stability and no more, also where the load is a whole
// number or rounds to one.
func TestLeastStableNumber(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		p    queue.MMCParams
		want int
	}{
		{queue.MMCParams{Arrival: 2.9, Service: 1}, 3},
		{queue.MMCParams{Arrival: 3, Service: 1}, 4},
		{queue.MMCParams{Arrival: 1, Service: 1. / 3}, 4},                    // 3·fl(1/3) < 1
		{queue.MMCParams{Arrival: math.Nextafter(1, 0), Service: 1. / 3}, 3}, // λ/μ rounds to 3
		{queue.MMCParams{Arrival: 1e-9, Service: 1, Servers: 0}, 1},
		{queue.MMCParams{Arrival: 1e-9, Service: 1, Servers: 7}, 7},
	} {
		m, err := queue.StaffMMC(c.p, queue.Target{})
		require.NoError(t, err)
		assert.Equal(t, c.want, m.Params().Servers, "%+v", c.p)
		_, err = queue.NewMMC(m.Params())
		require.NoError(t, err)
	}
}

// The answer meets the target, one server fewer does not, and it is as exact as
// what NewMMC makes.
func TestStaffingIsLeast(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := queue.MMCParams{
			Arrival: math.Pow(10, rapid.Float64Range(-3, 4).Draw(t, "log arrival")),
			Service: math.Pow(10, rapid.Float64Range(-1, 1).Draw(t, "log service")),
		}
		target := rapid.SampledFrom([]queue.Target{
			{Level: rapid.Float64Range(0.01, 0.99999).Draw(t, "level"), Within: rapid.Float64Range(0, 2).Draw(t, "within")},
			{MeanWait: rapid.Float64Range(1e-6, 3).Draw(t, "mean wait")},
			{Occupancy: rapid.Float64Range(0.01, 0.999).Draw(t, "occupancy")},
			{Level: 0.8, Within: 0.1, MeanWait: 0.05, Occupancy: 0.9},
			{},
		}).Draw(t, "target")
		m, err := queue.StaffMMC(p, target)
		if err != nil {
			t.Fatal(err)
		}
		made, err := queue.NewMMC(m.Params())
		if err != nil {
			t.Fatal(err)
		}
		near.Equal(t, made.ProbWait(), m.ProbWait(), 1e-13, 1e-300, "C after a walk") // the limit of the package
		if !meets(m, target, 1e-13) {
			t.Errorf("%+v misses %+v", m, target)
		}
		fewer := m.Params()
		fewer.Servers--
		if less, err := queue.NewMMC(fewer); err == nil && meets(less, target, -1e-13) {
			t.Errorf("%d servers meet %+v too", fewer.Servers, target)
		}
	})
}

// meets allows for rounding at the very edge.
func meets(m queue.MMC, t queue.Target, slip float64) bool {
	return (t.Level == 0 || m.WaitWithin(t.Within) >= t.Level-slip) &&
		(t.MeanWait == 0 || m.MeanWait() <= t.MeanWait*(1+slip)) &&
		(t.Occupancy == 0 || m.Utilization() <= t.Occupancy*(1+slip))
}

func TestCheapestIsCheapest(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := queue.MMCParams{Arrival: rapid.Float64Range(0.01, 300).Draw(t, "arrival"), Service: 1}
		costs := queue.Costs{
			Server:  math.Pow(10, rapid.Float64Range(-2, 3).Draw(t, "log server")),
			Waiting: math.Pow(10, rapid.Float64Range(-2, 3).Draw(t, "log waiting")),
		}
		best, err := queue.StaffMMCCost(p, costs)
		if err != nil {
			t.Fatal(err)
		}
		for p.Servers = 1; p.Servers < 500; p.Servers++ {
			if m, err := queue.NewMMC(p); err == nil && costs.Of(m) < costs.Of(best)*(1-1e-13) {
				t.Errorf("%d servers cost %v, %d cost %v", p.Servers, costs.Of(m), best.Params().Servers, costs.Of(best))
			}
		}
	})
}

// Who must not wait may be asked for as often as they do not, or a last digit more.
func TestLevelsThatAreJustReached(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		arrival, level float64
		want           int
	}{
		{0.5, 0.5, 1},  // C(1, ½) = ½
		{1, 2. / 3, 2}, // C(2, 1) = ⅓, and the level is rounded down
		{1, math.Nextafter(2./3, 1), 3},
		{0.2, 0.8, 2}, // 0.2 and 0.8 are rounded up
		{0.2, math.Nextafter(0.8, 0), 1},
		{0.5, math.Nextafter(0.5, 1), 2},
		{0.5, 0.9, 3}, // C(2, ½) = 0.1, and 0.9 is rounded up
		{0.5, math.Nextafter(0.9, 0.5), 2},
	} {
		m, err := queue.StaffMMC(queue.MMCParams{Arrival: c.arrival, Service: 1}, queue.Target{Level: c.level})
		require.NoError(t, err)
		assert.Equal(t, c.want, m.Params().Servers, "λ = %v, level %v", c.arrival, c.level)
	}
}

// Both numbers of servers cost the same in exact arithmetic.
func TestOfTwoThatCostTheSameTheSmaller(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		arrival, server, waiting float64
		want                     int
	}{
		{0.5, 7, 15, 1}, // L = 1 and 8/15
		{1, 19, 66, 2},  // L = 4/3 and 23/22
		{1, 19e-9, 66e-9, 2},
	} {
		m, err := queue.StaffMMCCost(queue.MMCParams{Arrival: c.arrival, Service: 1}, queue.Costs{Server: c.server, Waiting: c.waiting})
		require.NoError(t, err)
		assert.Equal(t, c.want, m.Params().Servers, "%+v", c)
	}
}
