package waiting_test

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/waiting"
	"github.com/relmark/relmark/waiting/queue"
)

// bank is one bank, told in some unit of time.
func bank(t *testing.T, unit time.Duration) queue.MMC {
	t.Helper()
	hours := unit.Hours()
	m, err := queue.NewMMC(queue.MMCParams{Arrival: 39 * hours, Service: 15 * hours, Servers: 3, Unit: unit})
	require.NoError(t, err)
	return m
}

// Rates an hour once scored a satisfaction of 0.96 where the same rates a minute scored
// −3.67: whatever the unit, the bank is the same, its customers are, and so is what
// they are told.
func TestUnitsDoNotMatter(t *testing.T) {
	t.Parallel()
	x, err := defaultModel(t).Experience(waiting.Situation{Stage: waiting.BeforeService}, 5)
	require.NoError(t, err)
	for _, unit := range []time.Duration{time.Nanosecond, time.Second, time.Minute, time.Hour, 24 * time.Hour, 1 << 62} {
		hourly := bank(t, unit)
		for name, law := range map[string]waiting.Law{"closed form": hourly, "tail": plain{hourly}} {
			s, err := x.Under(law)
			require.NoError(t, err)
			same(t, 7.588946459412783, s.MeanWait, 1e-12, 0, "%s per %v", name, unit)
			same(t, 10.34696019256786, s.MeanFelt, 1e-12, 0, "%s per %v", name, unit)
			near.Equal(t, -3.668682458974603, s.Satisfaction, 1e-12, 0, "%s per %v", name, unit)
			told, err := waiting.Announce(law, waiting.Regret{Under: 2.25, Over: 1, Step: 1})
			require.NoError(t, err)
			assert.Equal(t, waiting.Announcement{IfDelayed: 12, Overall: 10}, told, "%s per %v", name, unit)
		}
	}
	for _, unit := range []time.Duration{time.Second, time.Hour} {
		p, err := waiting.NewPosition(waiting.PositionParams{Ahead: 7, Service: 12 * unit.Hours(), Servers: 3, Unit: unit})
		require.NoError(t, err)
		s, err := x.Under(p)
		require.NoError(t, err)
		same(t, 40./3, s.MeanWait, 1e-12, 0, "eight gaps of 5/3 minutes, per %v", unit)
		told, err := waiting.Announce(p, waiting.DefaultRegret())
		require.NoError(t, err)
		same(t, 15.23429304544756112258014, told.IfDelayed, 1e-12, 0, "per %v", unit)
		same(t, told.IfDelayed, told.Overall, 0, 0)
	}
}

// unitless is a law that does not say its unit.
type unitless struct {
	waiting.Law
	unit time.Duration
}

func (l unitless) Unit() time.Duration { return l.unit }

func TestLawsMustSayTheirUnit(t *testing.T) {
	t.Parallel()
	for _, unit := range []time.Duration{0, -time.Minute} {
		law := unitless{bank(t, time.Minute), unit}
		_, err := plainExperience(t).Under(law)
		requireField(t, "Law.Unit", err)
		_, err = waiting.Announce(law, waiting.DefaultRegret())
		requireField(t, "Law.Unit", err)
	}
}

// A desk that answers 80 % at once has an overall quantile of 0, and those who wait
// there do wait: 45 seconds on average in this one.
func TestAnnouncementsAreForThoseWhoWait(t *testing.T) {
	t.Parallel()
	desk, err := queue.StaffMMC(
		queue.MMCParams{Arrival: 240, Service: 20, Unit: time.Hour},
		queue.Target{Level: new(0.8), Within: new(20 * time.Second)},
	)
	require.NoError(t, err)
	near.Equal(t, 0.75, 60*desk.MeanWaitIfDelayed(), 1e-12, 0, "16 agents of 20 an hour for 240")
	level := waiting.DefaultRegret().Level()
	for name, law := range map[string]waiting.Law{"closed form": desk, "tail": plain{desk}} {
		told, err := waiting.Announce(law, waiting.DefaultRegret())
		require.NoError(t, err)
		same(t, -0.75*math.Log1p(-level), told.IfDelayed, 1e-12, 0, "%s: the quantile of an exponential of 45 seconds", name)
		same(t, 0., told.Overall, 0, 0, name)
	}
}

// Where nobody waits there is no wait to announce, in closed form or not.
func TestAnnouncementWhereNobodyWaits(t *testing.T) {
	t.Parallel()
	idle, err := queue.NewMMC(queue.MMCParams{Service: 1, Servers: 2, Unit: time.Hour})
	require.NoError(t, err)
	for _, law := range []waiting.Law{idle, struct{ waiting.Law }{idle}} {
		a, err := waiting.Announce(law, waiting.DefaultRegret())
		require.NoError(t, err)
		assert.Zero(t, a)
	}
}

// Both quantiles are what they say: the share of those who wait longer is 1 − level of
// whom they are about, and a little less would not do.
func TestAnnouncementsAreQuantiles(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		waits := rapid.SliceOfN(rapid.OneOf(rapid.Just(0.), rapid.Float64Range(1e-3, 100)), 1, 12).Draw(t, "waits")
		law := observed(waits)
		r := waiting.Regret{Under: rapid.Float64Range(0.1, 10).Draw(t, "under"), Over: rapid.Float64Range(0.1, 10).Draw(t, "over")}
		told, err := waiting.Announce(law, r)
		if err != nil {
			t.Fatal(err)
		}
		late := 1 - r.Level()
		for name, c := range map[string]struct {
			wait  waiting.Minutes
			share float64
		}{"delayed": {told.IfDelayed, late * law.ProbWait()}, "overall": {told.Overall, late}} {
			if tail := law.WaitTail(float64(c.wait)); tail > c.share {
				t.Errorf("%s: %v wait longer than %v, %v may", name, tail, c.wait, c.share)
			}
			if less := math.Nextafter(float64(c.wait), 0); c.wait > 0 && law.WaitTail(less) <= c.share {
				t.Errorf("%s: %v would do, not only %v", name, less, c.wait)
			}
		}
		if told.IfDelayed < told.Overall {
			t.Errorf("those who wait are told %v, all are %v", told.IfDelayed, told.Overall)
		}
	})
}

func TestAnnounceRejectsWhatIsNoLaw(t *testing.T) {
	t.Parallel()
	for _, value := range []float64{-0.1, 1.1, math.NaN(), math.Inf(1)} {
		_, err := waiting.Announce(bad(value), waiting.DefaultRegret())
		requireField(t, "Law.ProbWait", err)
	}
	_, err := waiting.Announce(bad(0.5), waiting.DefaultRegret()) // half of them wait for ever
	require.EqualError(t, err, "waiting: Law: did not converge")
	told, err := waiting.Announce(bad(0), waiting.DefaultRegret())
	require.NoError(t, err)
	assert.Equal(t, waiting.Announcement{}, told, "nobody waits")
	_, err = waiting.Announce(odd{fixed(4)}, waiting.DefaultRegret())
	requireField(t, "Law", err)
	for _, rate := range []float64{0, -1, math.NaN(), 5e-324} {
		_, err = waiting.Announce(exponential{prob: 0.5, rate: rate}, waiting.DefaultRegret())
		require.Error(t, err)
	}
	_, err = waiting.Announce(unitless{fixed(1), 1 << 62}, waiting.Regret{Under: 1, Over: 1, Step: 1e-6})
	require.NoError(t, err)
}

// odd is a law whose tails are no probabilities.
type odd struct{ fixed }

func (odd) WaitTail(float64) float64 { return 2 }
