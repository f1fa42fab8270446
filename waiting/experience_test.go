package waiting_test

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/waiting"
	"github.com/relmark/relmark/waiting/queue"
)

var plainParams = waiting.ExperienceParams{Multiplier: 1.36, Exponent: 0.9, Expected: 5, Gain: 1, Loss: 2.25}

func plainExperience(t *testing.T) waiting.Experience {
	t.Helper()
	x, err := waiting.NewExperience(plainParams)
	require.NoError(t, err)
	return x
}

// same compares minutes with minutes, or with what is to be some.
func same[W, G ~float64](t near.TB, want W, got G, rel, abs float64, what ...any) bool {
	t.Helper()
	return near.Equal(t, float64(want), float64(got), rel, abs, what...)
}

// perMinute is the unit of the laws of the tests.
type perMinute struct{}

func (perMinute) Unit() time.Duration { return time.Minute }

// requireField fails unless err is a FieldError of the field.
func requireField(t *testing.T, field string, err error) {
	t.Helper()
	var fault *relmark.FieldError
	require.ErrorAs(t, err, &fault, field)
	require.Equal(t, field, fault.Field)
	require.ErrorIs(t, err, relmark.ErrInvalid)
}

func TestExperienceRejects(t *testing.T) {
	t.Parallel()
	for field, values := range map[string][]float64{
		"Multiplier": {0, -1, math.NaN(), math.Inf(1), 1e7},
		"Exponent":   {0, 0.09, 5.1, math.NaN()},
		"Expected":   {0, math.NaN(), math.Inf(1), -5},
		"Gain":       {-1, math.NaN(), math.Inf(1)},
		"Loss":       {-1e-9, math.NaN(), math.Inf(1)},
	} {
		for _, value := range values {
			p := plainParams
			*map[string]*float64{
				"Multiplier": &p.Multiplier, "Exponent": &p.Exponent, "Expected": (*float64)(&p.Expected), "Gain": &p.Gain, "Loss": &p.Loss,
			}[field] = value
			x, err := waiting.NewExperience(p)
			requireField(t, field, err)
			assert.Equal(t, waiting.Experience{}, x)
		}
	}
	assert.EqualError(t, waiting.ExperienceParams{Multiplier: 1, Exponent: 9, Expected: 1, Gain: -2}.Validate(),
		"waiting: Exponent = 9: must be 0.1 to 5; Gain = -2: must be 0 to 1e+06")
}

func TestExperienceOutsideItsDomain(t *testing.T) {
	t.Parallel()
	x := plainExperience(t)
	for _, w := range []waiting.Minutes{-1e-9, waiting.Minutes(math.Inf(-1)), waiting.Minutes(math.NaN())} {
		assert.True(t, math.IsNaN(float64(x.Felt(w))))
		assert.True(t, math.IsNaN(float64(x.WaitFeltAs(w))))
		assert.True(t, math.IsNaN(x.Satisfaction(w)))
	}
	var zero waiting.Experience
	assert.True(t, math.IsNaN(float64(zero.Felt(1))))
	assert.True(t, math.IsNaN(float64(zero.WaitFeltAs(1))))
	assert.True(t, math.IsNaN(zero.Satisfaction(1)))
	_, err := zero.Under(exponential{prob: 0.5, rate: 1})
	require.ErrorIs(t, err, relmark.ErrInvalid)
}

func TestSatisfactionOfOneWait(t *testing.T) {
	t.Parallel()
	x, err := waiting.NewExperience(waiting.ExperienceParams{Multiplier: 1.5, Exponent: 1, Expected: 6, Gain: 1, Loss: 2})
	require.NoError(t, err)
	for wait, want := range map[waiting.Minutes]float64{0: 1, 2: 0.5, 4: 0, 6: -1, 8: -2} { // felt 0, 3, 6, 9, 12
		near.Equal(t, want, x.Satisfaction(wait), 0, 1e-15, "%v minutes", wait)
	}
	same(t, 4., x.WaitFeltAs(6), 1e-15, 0)
	assert.Equal(t, waiting.ExperienceParams{Multiplier: 1.5, Exponent: 1, Expected: 6, Gain: 1, Loss: 2}, x.Params())
}

func TestExperienceProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		x := anyExperience(t)
		wait := waiting.Minutes(math.Pow(10, rapid.Float64Range(-6, 4).Draw(t, "log wait")))
		same(t, wait, x.WaitFeltAs(x.Felt(wait)), 1e-13, 0, "there and back")
		if !(x.Felt(wait*1.01) > x.Felt(wait)) || x.Satisfaction(wait*1.01) > x.Satisfaction(wait) {
			t.Errorf("a longer wait than %v feels shorter or pleases more: %+v", wait, x.Params())
		}
		if s := x.Satisfaction(wait); s > x.Params().Gain {
			t.Errorf("satisfaction of %v at %v", s, wait)
		}
	})
}

func anyExperience(t *rapid.T) waiting.Experience {
	x, err := waiting.NewExperience(waiting.ExperienceParams{
		Multiplier: math.Pow(10, rapid.Float64Range(-1, 1).Draw(t, "log multiplier")),
		Exponent:   rapid.Float64Range(0.1, 5).Draw(t, "exponent"),
		Expected:   waiting.Minutes(math.Pow(10, rapid.Float64Range(-1, 2).Draw(t, "log expected"))),
		Gain:       rapid.Float64Range(0, 2).Draw(t, "gain"),
		Loss:       rapid.Float64Range(0, 5).Draw(t, "loss"),
	})
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// exponential is the law of an M/M/c queue, without the queue.
type exponential struct {
	prob, rate float64
	perMinute
}

func (l exponential) ProbWait() float64          { return l.prob }
func (l exponential) WaitTail(t float64) float64 { return l.prob * math.Exp(-l.rate*t) }
func (l exponential) WaitRate() float64          { return l.rate }

// The closed form and the quadrature are two routes to the same score, unless so few
// wait that their tail falls out of the range of float64 where it still counts.
func TestClosedFormAgreesWithQuadrature(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		x := anyExperience(t)
		law := exponential{
			prob: rapid.OneOf(rapid.Just(0.), rapid.Float64Range(1e-280, 1)).Draw(t, "prob"),
			rate: math.Pow(10, rapid.Float64Range(-3, 3).Draw(t, "log rate")),
		}
		closed, err := x.Under(law)
		if err != nil {
			t.Fatal(err)
		}
		summed, err := x.Under(plain{law})
		if err != nil {
			t.Fatal(err)
		}
		same(t, closed.MeanWait, summed.MeanWait, 1e-12, 1e-300, "wait")
		same(t, closed.MeanFelt, summed.MeanFelt, 1e-12, 1e-300, "felt")
		same(t, closed.MeanExcess, summed.MeanExcess, 1e-11, 1e-290, "excess")
		near.Equal(t, closed.ProbExcess, summed.ProbExcess, 1e-11, 1e-290, "share")
		scale := 1 + x.Params().Gain + (x.Params().Gain+x.Params().Loss)*float64(closed.MeanFelt/x.Params().Expected)
		near.Equal(t, closed.Satisfaction, summed.Satisfaction, 0, 1e-12*scale, "satisfaction")
	})
}

// A law of which next to nobody waits has tails of few digits, which settle all the same.
func TestTailsOfFewDigitsSettle(t *testing.T) {
	t.Parallel()
	x, err := waiting.NewExperience(waiting.ExperienceParams{Multiplier: 10, Exponent: 5, Expected: 1, Gain: 2, Loss: 2})
	require.NoError(t, err)
	for _, prob := range []float64{5.74944945461e-311, 1e-320, 5e-324, 1e-307, 0} {
		s, err := x.Under(plain{exponential{prob: prob, rate: 1}})
		require.NoError(t, err, prob)
		same(t, prob, s.MeanWait, 1e-12, 1e-321, "mean of %g", prob)
	}
}

// fixed is the law of a wait that is always the same.
type fixed float64

func (fixed) Unit() time.Duration { return time.Minute }
func (l fixed) ProbWait() float64 { return 1 }
func (l fixed) WaitTail(t float64) float64 {
	if t < float64(l) {
		return 1
	}
	return 0
}

// uniform is the law of a wait anywhere between 0 and l.
type uniform float64

func (uniform) Unit() time.Duration          { return time.Minute }
func (l uniform) ProbWait() float64          { return 1 }
func (l uniform) WaitTail(t float64) float64 { return max(0, 1-t/float64(l)) }

// pareto falls as t to the power −l; its mean is finite only for l > 1.
type pareto float64

func (pareto) Unit() time.Duration          { return time.Minute }
func (l pareto) ProbWait() float64          { return 1 }
func (l pareto) WaitTail(t float64) float64 { return math.Pow(1+t, -float64(l)) }

func TestLawsWithJumpsAndKinks(t *testing.T) {
	t.Parallel()
	x := plainExperience(t)
	p := x.Params()
	for _, w := range []waiting.Minutes{0.001, 3, 4.2, 7, 480} {
		s, err := x.Under(fixed(w))
		require.NoError(t, err)
		same(t, w, s.MeanWait, 1e-12, 0, "a fixed wait of %v", w)
		same(t, x.Felt(w), s.MeanFelt, 1e-12, 0, "felt %v", w)
		same(t, max(0, x.Felt(w)-p.Expected), s.MeanExcess, 1e-12, 1e-12, "excess %v", w)
		near.Equal(t, x.Satisfaction(w), s.Satisfaction, 1e-11, 1e-12, "satisfaction %v", w)

		s, err = x.Under(uniform(w))
		require.NoError(t, err)
		same(t, w/2, s.MeanWait, 1e-12, 0, "uniform up to %v", w)
		same(t, p.Multiplier*math.Pow(float64(w), p.Exponent)/(1+p.Exponent), s.MeanFelt, 1e-12, 0, "felt up to %v", w)
	}
	s, err := x.Under(pareto(2.5))
	require.NoError(t, err)
	same(t, 1/1.5, s.MeanWait, 1e-11, 0, "∫ (1 + t)^−2.5")
	s, err = x.Under(fixed(0))
	require.NoError(t, err)
	near.Equal(t, 1, s.Satisfaction, 0, 0, "nobody waits")
}

// Jumps lie anywhere, and a mean is the mean of the values it jumps at.
func TestJumpsAnywhere(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		x := anyExperience(t)
		waits := rapid.SliceOfN(rapid.Float64Range(1e-3, 100), 1, 5).Draw(t, "waits")
		s, err := x.Under(observed(waits))
		if err != nil {
			t.Fatal(err)
		}
		var mean, felt, satisfaction, late float64
		for _, at := range waits {
			w := waiting.Minutes(at)
			n := float64(len(waits))
			mean += at / n
			felt += float64(x.Felt(w)) / n
			satisfaction += x.Satisfaction(w) / n
			if x.Felt(w) > x.Params().Expected {
				late += 1 / n
			}
		}
		same(t, mean, s.MeanWait, 1e-12, 0, "mean")
		same(t, felt, s.MeanFelt, 1e-12, 0, "felt")
		near.Equal(t, late, s.ProbExcess, 1e-12, 0, "late")
		scale := 1 + x.Params().Gain + (x.Params().Gain+x.Params().Loss)*felt/float64(x.Params().Expected)
		near.Equal(t, satisfaction, s.Satisfaction, 0, 1e-12*scale, "satisfaction")
	})
}

// observed is the law of waits that were seen, each as likely as the others.
type observed []float64

func (observed) Unit() time.Duration { return time.Minute }
func (l observed) ProbWait() float64 { return l.WaitTail(0) }
func (l observed) WaitTail(t float64) float64 {
	longer := 0
	for _, w := range l {
		if w > t {
			longer++
		}
	}
	return float64(longer) / float64(len(l))
}

// appointments are a queue in which whoever waits, waits ten minutes.
type appointments struct{ queue.MMC }

func (a appointments) WaitTail(t float64) float64 {
	if t < 10 {
		return a.ProbWait()
	}
	return 0
}

// The methods of an embedded queue do not make a law exponential: its own tail counts.
func TestUnderBelievesTheTail(t *testing.T) {
	t.Parallel()
	m, err := queue.NewMMC(queue.MMCParams{Arrival: 0.4, Service: 0.25, Servers: 2, Unit: time.Minute})
	require.NoError(t, err)
	s, err := plainExperience(t).Under(appointments{m})
	require.NoError(t, err)
	same(t, 10*m.ProbWait(), s.MeanWait, 1e-12, 0)
}

// bad is no law: everything it says is the number it is.
type bad float64

func (bad) Unit() time.Duration        { return time.Minute }
func (l bad) ProbWait() float64        { return float64(l) }
func (l bad) WaitTail(float64) float64 { return float64(l) }

func TestSatisfactionOfAnEndlessWait(t *testing.T) {
	t.Parallel()
	x, err := waiting.NewExperience(waiting.ExperienceParams{Multiplier: 1, Exponent: 5, Expected: 5, Gain: 1})
	require.NoError(t, err)
	near.Equal(t, 0, x.Satisfaction(waiting.Minutes(math.Inf(1))), 0, 0)
	near.Equal(t, 0, x.Satisfaction(1e70), 0, 0)
}

func TestUnderRejectsWhatIsNoLaw(t *testing.T) {
	t.Parallel()
	x := plainExperience(t)
	_, err := x.Under(nil)
	requireField(t, "Law", err)
	for _, value := range []float64{-0.1, 1.1, math.NaN(), math.Inf(1)} {
		s, err := x.Under(bad(value))
		requireField(t, "Law", err)
		assert.Equal(t, waiting.Perception{}, s)
		_, err = x.Under(exponential{prob: value, rate: 1})
		requireField(t, "Law.ProbWait", err)
	}
	for _, rate := range []float64{0, -1, math.NaN(), math.Inf(1), 5e-324} {
		_, err = x.Under(exponential{prob: 0.5, rate: rate})
		requireField(t, "Law.WaitRate", err)
	}
	_, err = x.Under(bad(0.5)) // half of them wait for ever
	require.ErrorIs(t, err, relmark.ErrNoConverge)
	_, err = x.Under(pareto(0.9)) // with an infinite mean
	require.ErrorIs(t, err, relmark.ErrNoConverge)
}

// Without a loss satisfaction is what short waits please, however few they are.
// Values at the float64 inputs, with 60 digits.
func TestSatisfactionWhereAlmostAllWaitTooLong(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		q             queue.MMCParams
		m, b, e, gain float64
		want          float64
	}{
		{queue.MMCParams{Arrival: 9.84, Service: 1.640538088141079, Servers: 6, Unit: time.Minute}, 2.07, 0.9, 0.2, 1, 0.0010237569524403204},
		{queue.MMCParams{Arrival: 50.09999999999499, Service: 0.1, Servers: 501, Unit: time.Minute}, 0.288, 1.05, 0.2, 2, 9.1725549557567092e-12},
	} {
		q, err := queue.NewMMC(c.q)
		require.NoError(t, err)
		x, err := waiting.NewExperience(waiting.ExperienceParams{Multiplier: c.m, Exponent: c.b, Expected: waiting.Minutes(c.e), Gain: c.gain})
		require.NoError(t, err)
		for _, law := range []waiting.Law{q, plain{q}} {
			s, err := x.Under(law)
			require.NoError(t, err)
			floor := 0.0
			if law != waiting.Law(q) {
				floor = c.gain // a tail does not tell 1 from what rounds to it
			}
			near.Equal(t, c.want, s.Satisfaction, 1e-12, 1e-12*floor, "%+v", c.q)
		}
	}
}

// What short waits please and long waits annoy almost cancel here. Value at the
// float64 inputs, with 60 digits.
func TestSatisfactionWhereGainAndLossCancel(t *testing.T) {
	t.Parallel()
	q, err := queue.NewMMC(queue.MMCParams{Arrival: 0.76, Service: 0.1, Servers: 8, Unit: time.Minute})
	require.NoError(t, err)
	x, err := waiting.NewExperience(waiting.ExperienceParams{Multiplier: 1.34, Exponent: 0.5, Expected: 5, Gain: 2, Loss: 2})
	require.NoError(t, err)
	s, err := x.Under(q)
	require.NoError(t, err)
	near.Equal(t, -0.004974919784611293, s.Satisfaction, 3e-13, 0)
}
