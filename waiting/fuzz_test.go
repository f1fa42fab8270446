package waiting_test

import (
	"math"
	"testing"
	"time"

	"github.com/relmark/relmark/waiting"
)

func FuzzNewExperience(f *testing.F) {
	f.Add(1.36, 1.0, 5.0, 1.0, 2.25, 0.9, 0.1, 3.0)
	f.Add(1e-6, 5.0, 1e9, 0.0, 1e6, 1.0, 1e-3, 0.0)
	f.Add(1e6, 0.1, 1e-6, 0.0, 0.0, 1e-300, 1e9, 1e300)
	f.Add(math.NaN(), math.Inf(1), -1.0, 0.0, 0.0, 2.0, -1.0, -1.0)
	f.Fuzz(func(t *testing.T, m, b, e, gain, loss, prob, rate, wait float64) {
		p := waiting.ExperienceParams{Multiplier: m, Exponent: b, Expected: waiting.Minutes(e), Gain: gain, Loss: loss}
		x, err := waiting.NewExperience(p)
		if (err == nil) != (p.Validate() == nil) {
			t.Fatalf("NewExperience says %v, Validate %v", err, p.Validate())
		}
		if err != nil {
			return
		}
		if felt := x.Felt(waiting.Minutes(wait)); wait >= 0 && !(felt >= 0) {
			t.Errorf("%v minutes are felt as %v", wait, felt)
		}
		s, err := x.Under(exponential{prob: prob, rate: rate})
		if err != nil {
			return
		}
		if !(s.MeanWait >= 0 && s.MeanFelt >= 0 && s.MeanExcess >= 0 && s.MeanExcess <= s.MeanFelt*(1+1e-12)) ||
			!(s.ProbExcess >= 0 && s.ProbExcess <= prob) || !(s.Satisfaction <= gain*(1+1e-12)) {
			t.Errorf("%+v", s)
		}
	})
}

func FuzzNewModel(f *testing.F) {
	f.Add("base", "felt", 0.2, 0.1, "before", 0.5, 3, 10, 2.0, 7.0, 5.0)
	f.Add("exponent", "felt", 0.1, 5.0, "", 1.0, 1000, 1000, 1e-3, 1e-300, 1e-6)
	f.Add("aversion", "loss", 1000.0, 0.0, "after", 0.0, 0, 0, 0.0, 1e9, 1e9)
	f.Add("music", "felt", math.NaN(), -1.0, "lunch", -1.0, -1, -1, -1.0, -1.0, 0.0)
	f.Fuzz(func(t *testing.T, factor, effect string, mean, sd float64, stage string, share float64, slips, behind int, value, wait, acceptable float64) {
		m, err := waiting.NewModel(waiting.Prior{Factor: waiting.Factor(factor), Effect: waiting.Effect(effect), Mean: mean, SD: sd})
		if err != nil {
			return
		}
		s := waiting.Situation{Stage: waiting.Stage(stage), Filled: share, Anxious: share, Slips: slips, Behind: behind, Value: &value}
		felt, err := m.Felt(waiting.Minutes(wait), s)
		if err == nil && !(felt.Low >= 0 && felt.Low <= felt.Median && felt.Median <= felt.High) {
			t.Errorf("felt %+v", felt)
		}
		if err == nil && s.Validate() != nil {
			t.Errorf("%+v is valid to Felt, and not to Validate", s)
		}
		x, err := m.Experience(s, waiting.Minutes(acceptable))
		if err == nil && x.Params().Validate() != nil {
			t.Errorf("%+v", x.Params())
		}
	})
}

func FuzzNewPosition(f *testing.F) {
	f.Add(3, 0.2, 2, int64(time.Minute), 0.5, 10.0)
	f.Add(100_000, 1e9, 1_000_000_000, int64(time.Hour), 1e-300, 1e-9)
	f.Add(0, 1.0, 1, int64(1), 1e-300, 0.0) // a panic of Gonum's inverse
	f.Add(0, 1e-9, 1, int64(math.MaxInt64), 1-1e-16, 1e300)
	f.Add(-1, math.NaN(), 0, int64(0), 2.0, -1.0)
	f.Fuzz(func(t *testing.T, ahead int, service float64, servers int, unit int64, q, at float64) {
		params := waiting.PositionParams{Ahead: ahead, Service: service, Servers: servers, Unit: time.Duration(unit)}
		p, err := waiting.NewPosition(params)
		if (err == nil) != (params.Validate() == nil) {
			t.Fatalf("NewPosition says %v, Validate %v", err, params.Validate())
		}
		if err != nil {
			return
		}
		if tail := p.WaitTail(at); at >= 0 && !(tail >= 0 && tail <= 1) {
			t.Errorf("tail at %v is %v", at, tail)
		}
		if wait := p.WaitQuantile(q); q > 0 && q < 1 && !(wait >= 0 && wait <= math.MaxFloat64) {
			t.Errorf("quantile of %v is %v", q, wait)
		}
	})
}

func FuzzAnnounce(f *testing.F) {
	f.Add(12.0, 2.0, 1.0, 5.0)
	f.Add(1e300, 1e-9, 1e9, 1e-6)
	f.Add(math.NaN(), -1.0, math.Inf(1), 0.0)
	f.Fuzz(func(t *testing.T, wait, under, over, step float64) {
		r := waiting.Regret{Under: under, Over: over, Step: waiting.Minutes(step)}
		a, err := waiting.Announce(told(wait), r)
		if err != nil {
			return
		}
		said := float64(a.IfDelayed)
		if level := r.Level(); r.Validate() != nil || !(level > 0 && level < 1) || !(said >= wait*(1-1e-9)-1e-9*step) || !(said <= (wait+step)*(1+1e-9)) {
			t.Errorf("announced %v for %v with %+v", a, wait, r)
		}
	})
}

func FuzzCountSlips(f *testing.F) {
	f.Add([]byte{3, 1, 2, 2, 255})
	f.Fuzz(func(t *testing.T, starts []byte) {
		times := make([]float64, len(starts))
		for i, b := range starts {
			times[i] = math.Log(float64(b)) // −Inf for 0
			if b == 255 {
				times[i] = math.Inf(1)
			}
		}
		fair, err := waiting.CountSlips(times)
		if err != nil {
			return
		}
		slips, skips := int64(0), int64(0)
		for i := range fair.Slips {
			slips += int64(fair.Slips[i])
			skips += int64(fair.Skips[i])
		}
		if slips != skips || slips != fair.Total() || fair.MostSlips() >= max(1, len(starts)) {
			t.Errorf("%d slips, %d skips", slips, skips)
		}
	})
}
