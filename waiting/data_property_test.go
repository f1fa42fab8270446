package waiting_test

import (
	"encoding"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/internal/reference"
	"github.com/relmark/relmark/waiting"
	"github.com/relmark/relmark/waiting/queue"
	"github.com/relmark/relmark/waiting/sim"
)

func encoded(t require.TestingT, v encoding.BinaryMarshaler) []byte {
	data, err := v.MarshalBinary()
	require.NoError(t, err)
	return data
}

var opening = time.Date(2026, 11, 30, 8, 0, 0, 0, time.UTC)

// visits are customers of a morning, some of whom leave, some of whom are still there.
func visits(t *rapid.T) []waiting.Visit {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) waiting.Visit {
		after := func(at time.Time, name string) time.Time {
			return at.Add(time.Duration(rapid.Int64Range(0, int64(2*time.Hour)).Draw(t, name)))
		}
		v := waiting.Visit{Arrived: after(opening.Add(-time.Hour), "arrives")}
		switch rapid.IntRange(0, 3).Draw(t, "what") {
		case 0:
			v.Left = after(v.Arrived, "leaves")
		case 1:
			v.Started = after(v.Arrived, "starts")
		case 2:
			v.Started = after(v.Arrived, "starts")
			v.Ended = after(v.Started, "ends")
		}
		return v
	}), 1, 20).Draw(t, "visits")
}

func lineLog(t require.TestingT, visits []waiting.Visit) *waiting.LineLog {
	g, err := waiting.NewLineLog(opening, opening.Add(4*time.Hour), 2)
	require.NoError(t, err)
	for _, v := range visits {
		require.NoError(t, g.Add(v))
	}
	return g
}

// Any order and any split of a log say the same, to the last bit, and come back.
func TestLineLogsMerge(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		all := visits(t)
		cut := rapid.IntRange(0, len(all)).Draw(t, "cut")
		whole, parts := lineLog(t, all), lineLog(t, all[cut:])
		before := encoded(t, whole)
		require.NoError(t, parts.Merge(lineLog(t, all[:cut])))
		require.Equal(t, before, encoded(t, parts))
		var back waiting.LineLog
		require.NoError(t, back.UnmarshalBinary(before))
		require.Equal(t, before, encoded(t, &back))
		want, err := whole.Facts()
		require.NoError(t, err)
		got, err := back.Facts()
		require.NoError(t, err)
		require.Equal(t, want, got)
		require.True(t, want.Line <= want.System+1e-12 && want.Utilization >= 0)
		require.Equal(t, want.Started-want.Served, want.Open-(int64(len(all))-want.Started-want.Abandoned))
	})
}

// Little's law holds exactly on a window that begins and ends empty: a simulated morning.
func TestLittleOnASimulatedMorning(t *testing.T) {
	t.Parallel()
	from := rand.New(rand.NewPCG(3, 4))
	var customers []sim.Customer
	now := 0.0
	for range 300 {
		now += from.ExpFloat64() / 1.5
		customers = append(customers, sim.Customer{Arrival: now, Service: from.ExpFloat64(), Patience: new(2 * from.ExpFloat64())})
	}
	passages, err := sim.Station{Servers: 2}.Follow(customers)
	require.NoError(t, err)
	at := func(minutes float64) time.Time {
		return opening.Add(time.Duration(minutes * float64(time.Minute)))
	}
	g, err := waiting.NewLineLog(opening, opening.Add(24*time.Hour), 2)
	require.NoError(t, err)
	var p waiting.PatienceLog
	for i, c := range customers {
		v := waiting.Visit{Arrived: at(c.Arrival)}
		if passages[i].Outcome == sim.Served {
			v.Started, v.Ended = at(c.Arrival+passages[i].Wait), at(passages[i].Departs)
		} else {
			v.Left = at(passages[i].Departs)
		}
		require.NoError(t, g.Add(v))
		require.NoError(t, p.Add(time.Duration(passages[i].Wait*float64(time.Minute)), passages[i].Outcome == sim.Abandoned))
	}
	facts, err := g.Facts()
	require.NoError(t, err)
	near.Equal(t, 1, *facts.Little, 1e-12, 0)
	near.Equal(t, 1, *facts.GapCV2, 0.25, 0)
	patience, err := p.Patience(0.95)
	require.NoError(t, err)
	assert.True(t, *patience.Rate.Low < 0.5 && 0.5 < *patience.Rate.High, "%v", patience.Rate)

	// What was learnt goes into a queue: the law itself, and its rate.
	line, err := queue.NewMMCG(queue.MMCGParams{Arrival: 1.5, Service: 1, Servers: 2, Patience: patience, Unit: time.Minute})
	require.NoError(t, err)
	near.Equal(t, float64(patience.Left)/float64(patience.N), line.ProbAbandon(), 0.5, 0)
}

// Merging patience logs is exact, and survival a tail.
func TestPatienceLogsMerge(t *testing.T) {
	t.Parallel()
	wait := rapid.Custom(func(t *rapid.T) [2]int64 {
		return [2]int64{rapid.Int64Range(0, 20).Draw(t, "seconds"), rapid.Int64Range(0, 1).Draw(t, "left")}
	})
	rapid.Check(t, func(t *rapid.T) {
		waits := rapid.SliceOfN(wait, 1, 40).Draw(t, "waits")
		cut := rapid.IntRange(0, len(waits)).Draw(t, "cut")
		var whole, parts, other waiting.PatienceLog
		for i, w := range waits {
			d, left := time.Duration(w[0])*time.Second, w[1] == 1
			require.NoError(t, whole.Add(d, left))
			if i < cut {
				require.NoError(t, parts.Add(d, left))
			} else {
				require.NoError(t, other.Add(d, left))
			}
		}
		require.NoError(t, parts.Merge(&other))
		require.Equal(t, encoded(t, &whole), encoded(t, &parts))
		var back waiting.PatienceLog
		require.NoError(t, back.UnmarshalBinary(encoded(t, &whole)))
		require.Equal(t, encoded(t, &whole), encoded(t, &back))
		p, err := back.Patience(0.9)
		require.NoError(t, err)
		last := 1.0
		for _, s := range p.Steps {
			require.True(t, s.Survival < last && s.Survival >= 0)
			last = s.Survival
			require.True(t, near.Within(s.Survival, p.Survival(float64(s.At)), 0, 0))
			require.GreaterOrEqual(t, p.Survival(float64(s.At)-1e-3), s.Survival)
		}
		require.True(t, math.IsNaN(p.Survival(math.NaN())))
		require.Len(t, p.Kinks(), len(p.Steps))
	})
}

// Without leavings before the last wait, survival is a plain share.
func TestSurvivalWithoutCensoring(t *testing.T) {
	t.Parallel()
	var p waiting.PatienceLog
	for i := range 10 {
		require.NoError(t, p.Add(time.Duration(i+1)*time.Minute, true))
	}
	patience, err := p.Patience(0.95)
	require.NoError(t, err)
	for i := range 11 {
		near.Equal(t, 1-float64(i)/10, patience.Survival(float64(i)), 1e-12, 1e-12)
	}
}

func TestInequalityBounds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 30).Draw(t, "n")
		waits, groups := make([]waiting.Minutes, n), make([]int, n)
		for i := range waits {
			waits[i] = waiting.Minutes(rapid.IntRange(0, 50).Draw(t, "wait"))
			groups[i] = rapid.IntRange(0, 3).Draw(t, "group")
		}
		x, err := waiting.MeasureInequality(waits, groups, 0.9)
		require.NoError(t, err)
		naive, sum := 0.0, 0.0
		for _, a := range waits {
			sum += float64(a)
			for _, b := range waits {
				naive += math.Abs(float64(a - b))
			}
		}
		if sum == 0 {
			require.Nil(t, x.Gini)
			return
		}
		require.True(t, near.Within(naive/(2*float64(n)*sum), *x.Gini, 1e-12, 1e-12))
		require.True(t, *x.Gini >= -1e-15 && *x.Gini < 1)
		people := 0
		for _, g := range x.Groups {
			people += g.N
			if b := g.Interval; b != nil {
				require.True(t, b.Low <= *g.Gap && *g.Gap <= b.High)
			}
		}
		require.Equal(t, n, people)
		require.True(t, slices.IsSortedFunc(x.Groups, func(a, b waiting.GroupGap[int]) int { return a.Group - b.Group }))
	})
}

func inLine(t *testing.T, ahead int) waiting.Position {
	t.Helper()
	p, err := waiting.NewPosition(waiting.PositionParams{Ahead: ahead, Service: 0.25, Servers: 2, Unit: time.Minute})
	require.NoError(t, err)
	return p
}

// What is shown counts down; it rises only with a reason.
func TestBoard(t *testing.T) {
	t.Parallel()
	b := waiting.DefaultBoard()
	first, err := b.First(inLine(t, 5), opening)
	require.NoError(t, err)
	assert.Equal(t, 14, int(first.Wait)) // the 69th percentile of six gaps of two minutes, rounded up
	assert.True(t, first.Low < first.Wait && first.Wait < first.High)
	soon, err := b.Next(first, inLine(t, 1), waiting.NoReason, opening.Add(2*time.Minute))
	require.NoError(t, err)
	assert.Equal(t, 5, int(soon.Wait))
	held, err := b.Next(first, inLine(t, 7), waiting.NoReason, opening.Add(3*time.Minute))
	require.NoError(t, err)
	assert.Equal(t, 11, int(held.Wait))
	assert.Equal(t, 8, int(held.Held))
	told, err := b.Next(first, inLine(t, 7), waiting.ServerLeft, opening.Add(3*time.Minute))
	require.NoError(t, err)
	assert.Equal(t, 19, int(told.Wait))
	assert.Equal(t, waiting.ServerLeft, told.Reason)
	late, err := b.Next(first, inLine(t, 0), waiting.NoReason, opening.Add(time.Hour))
	require.NoError(t, err)
	assert.Zero(t, late.Wait)
	assert.Positive(t, late.Held)
	for rule, f := range map[string]func() error{
		"why: must be": func() error { _, err := b.Next(first, inLine(t, 1), "gremlins", opening); return err },
		"asOf":         func() error { _, err := b.Next(first, inLine(t, 1), "", opening.Add(-1)); return err },
		"Share = 0": func() error {
			_, err := waiting.Board{Regret: waiting.DefaultRegret()}.First(inLine(t, 1), opening)
			return err
		},
		"Regret.Under": func() error { return waiting.Board{Share: 0.8}.Validate() },
		"Law":          func() error { _, err := b.Next(first, nil, "", opening); return err },
	} {
		err := f()
		require.ErrorIs(t, err, relmark.ErrInvalid, rule)
		require.ErrorContains(t, err, rule)
	}
}

func TestDelay(t *testing.T) {
	t.Parallel()
	wait, err := waiting.Delay{LastServed: 4}.Wait()
	require.NoError(t, err)
	near.Equal(t, 4, float64(wait), 0, 0)
	wait, err = waiting.Delay{LastServed: 4, HeadOfLine: new(waiting.Minutes(6)), Growth: new(1.5)}.Wait()
	require.NoError(t, err)
	near.Equal(t, 9, float64(wait), 0, 0)
	for rule, d := range map[string]waiting.Delay{
		"LastServed = -1": {LastServed: -1},
		"HeadOfLine":      {HeadOfLine: new(waiting.Minutes(math.NaN()))},
		"Growth = 0":      {Growth: new(0.0)},
	} {
		_, err := d.Wait()
		require.ErrorContains(t, err, rule)
	}
}

// What cannot be seen has no effect.
func TestHiddenLines(t *testing.T) {
	t.Parallel()
	model, err := waiting.NewModel()
	require.NoError(t, err)
	plain, err := model.Experience(waiting.Situation{}, 5)
	require.NoError(t, err)
	hidden, err := model.Experience(waiting.Situation{Slips: 3, Behind: 20, Hidden: true}, 5)
	require.NoError(t, err)
	seen, err := model.Experience(waiting.Situation{Slips: 3, Behind: 20}, 5)
	require.NoError(t, err)
	assert.Equal(t, plain, hidden)
	assert.Less(t, seen.Satisfaction(20), hidden.Satisfaction(20))
}

// goldens are what the files of version 1 hold.
func goldens(t testing.TB) map[string]encoding.BinaryMarshaler {
	t.Helper()
	var p waiting.PatienceLog
	for i := range 5 {
		require.NoError(t, p.Add(time.Duration(i*i)*time.Second, i%2 == 0))
	}
	g, err := waiting.NewLineLog(opening, opening.Add(time.Hour), 2)
	require.NoError(t, err)
	require.NoError(t, g.Add(waiting.Visit{Arrived: opening.Add(time.Minute), Started: opening.Add(3 * time.Minute), Ended: opening.Add(9 * time.Minute)}))
	require.NoError(t, g.Add(waiting.Visit{Arrived: opening, Left: opening.Add(5 * time.Minute)}))
	c := waiting.NewCalibrator()
	require.NoError(t, c.Add(waiting.Observation{Wait: 5, Felt: 10, Situation: waiting.Situation{Filled: 0.5, Alone: true}}))
	return map[string]encoding.BinaryMarshaler{"patience.v1.hex": &p, "line_log.v1.hex": g, "calibrator.v1.hex": c}
}

func TestGoldenLogs(t *testing.T) {
	t.Parallel()
	for name, v := range goldens(t) {
		reference.PinHex(t, name, encoded(t, v))
		good := encoded(t, v)
		for i := range good {
			bad := slices.Clone(good)
			bad[i] ^= 0x10
			for _, into := range []encoding.BinaryUnmarshaler{new(waiting.PatienceLog), new(waiting.LineLog), new(waiting.Calibrator)} {
				require.Error(t, into.UnmarshalBinary(bad))
			}
		}
	}
	for _, zero := range []interface {
		encoding.BinaryMarshaler
		encoding.BinaryUnmarshaler
	}{new(waiting.PatienceLog), new(waiting.LineLog), new(waiting.Calibrator)} {
		require.NoError(t, zero.UnmarshalBinary(encoded(t, zero)))
		require.ErrorIs(t, zero.UnmarshalBinary([]byte{41, 9}), relmark.ErrUnsupported)
	}
}

func TestLineLogRefuses(t *testing.T) {
	t.Parallel()
	g := lineLog(t, nil)
	at := func(minutes int) time.Time { return opening.Add(time.Duration(minutes) * time.Minute) }
	for rule, v := range map[string]waiting.Visit{
		"Arrived":                        {},
		"Left":                           {Arrived: at(1), Started: at(2), Left: at(3)},
		"Ended":                          {Arrived: at(1), Ended: at(3)},
		"Started = ":                     {Arrived: at(2), Started: at(1)},
		"must not be before Started":     {Arrived: at(1), Started: at(3), Ended: at(2)},
		"Left = ":                        {Arrived: at(2), Left: at(1)},
		"must be of a year from 1700 to": {Arrived: time.Date(1500, 1, 1, 0, 0, 0, 0, time.UTC)},
	} {
		err := g.Add(v)
		require.ErrorIs(t, err, relmark.ErrInvalid, rule)
		require.ErrorContains(t, err, rule)
	}
	require.ErrorIs(t, new(waiting.LineLog).Add(waiting.Visit{Arrived: at(1)}), relmark.ErrInvalid)
	_, err := g.Facts()
	require.ErrorIs(t, err, relmark.ErrTooFew)
	for _, f := range []func() error{
		func() error { _, err := waiting.NewLineLog(at(1), at(1), 1); return err },
		func() error { _, err := waiting.NewLineLog(at(1), at(2), 0); return err },
		func() error { _, err := waiting.NewLineLog(time.Time{}, at(2), 1); return err },
		func() error { other, _ := waiting.NewLineLog(at(1), at(2), 2); return g.Merge(other) },
		func() error { return new(waiting.PatienceLog).Add(-1, true) },
		func() error { var p waiting.PatienceLog; _, err := p.Patience(2); return err },
		func() error { _, err := waiting.MeasureInequality([]waiting.Minutes{1}, []int{}, 0.9); return err },
		func() error { _, err := waiting.MeasureInequality([]waiting.Minutes{1}, []int{1}, 0); return err },
	} {
		require.ErrorIs(t, f(), relmark.ErrInvalid)
	}
	var p waiting.PatienceLog
	_, err = p.Patience(0.9)
	require.ErrorIs(t, err, relmark.ErrTooFew)
	_, err = waiting.MeasureInequality(nil, []int{}, 0.9)
	require.ErrorIs(t, err, relmark.ErrTooFew)
}

func FuzzPatienceLogUnmarshalBinary(f *testing.F) {
	f.Add(encoded(f, goldens(f)["patience.v1.hex"]))
	f.Fuzz(func(t *testing.T, data []byte) {
		data = codec.Seal(data)
		var p waiting.PatienceLog
		if p.UnmarshalBinary(data) != nil {
			require.Zero(t, p.N())
			return
		}
		require.Equal(t, data, encoded(t, &p))
		if x, err := p.Patience(0.95); err == nil {
			require.True(t, x.Survival(1) >= 0 && x.Survival(1) <= 1)
		}
	})
}

func FuzzLineLogUnmarshalBinary(f *testing.F) {
	f.Add(encoded(f, goldens(f)["line_log.v1.hex"]))
	f.Fuzz(func(t *testing.T, data []byte) {
		data = codec.Seal(data)
		var g waiting.LineLog
		if g.UnmarshalBinary(data) != nil {
			return
		}
		require.Equal(t, data, encoded(t, &g))
		if x, err := g.Facts(); err == nil {
			require.False(t, math.IsNaN(x.System+x.Line+x.Utilization+x.PerMinute))
		}
	})
}

func FuzzCalibratorUnmarshalBinary(f *testing.F) {
	f.Add(encoded(f, goldens(f)["calibrator.v1.hex"]))
	model, err := waiting.NewModel()
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, data []byte) {
		data = codec.Seal(data)
		var c waiting.Calibrator
		if c.UnmarshalBinary(data) != nil {
			require.Zero(t, c.N())
			return
		}
		require.Equal(t, data, encoded(t, &c))
		if x, err := c.Calibrate(model, waiting.CalibrateOptions{}); err == nil {
			for _, k := range x.Coefficients {
				require.False(t, math.IsNaN(k.Mean+k.SD))
			}
		}
	})
}
