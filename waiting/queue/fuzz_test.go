package queue_test

import (
	"math"
	"testing"
	"time"

	"github.com/relmark/relmark/waiting/queue"
)

// checkProbability fails for a value that is none.
func checkProbability(t *testing.T, name string, p float64) {
	t.Helper()
	if !(p >= 0 && p <= 1) {
		t.Errorf("%s = %v", name, p)
	}
}

func FuzzNewMMC(f *testing.F) {
	f.Add(5.0, 2.0, 3, 1.0, 0.5, 2)
	f.Add(1e-300, 1.0, 1, 1.0, 0.99, 0)
	f.Add(99999.9999, 1.0, 100_000, 1e-3, 0.8, 99_990)
	f.Add(5e-324, 1e100, 1_000_000_000, 1e300, 1e-300, 70)
	f.Add(0.0, 1.0, 0, 1.0, 0.5, 0)
	f.Add(math.Inf(1), math.NaN(), 0, -1.0, 2.0, -1)
	f.Fuzz(func(t *testing.T, lambda, mu float64, servers int, at, share float64, n int) {
		p := queue.MMCParams{Unit: time.Hour, Arrival: lambda, Service: mu, Servers: servers}
		m, err := queue.NewMMC(p)
		if invalid := p.Validate(); (err == nil) != (invalid == nil) {
			t.Fatalf("NewMMC says %v, Validate says %v", err, invalid)
		}
		if err != nil {
			return
		}
		if m.Params() != p {
			t.Errorf("made of %+v, says %+v", p, m.Params())
		}
		at, share, n = math.Abs(at), math.Abs(math.Mod(share, 1)), max(0, n)
		if math.IsNaN(at) || math.IsNaN(share) || share == 0 {
			at, share = 1, 0.5
		}
		for name, p := range map[string]float64{
			"ProbWait": m.ProbWait(), "Utilization": m.Utilization(), "WaitTail": m.WaitTail(at),
			"WaitWithin": m.WaitWithin(at), "SojournTail": m.SojournTail(at), "QueueTail": m.QueueTail(n),
			"ProbCount": m.ProbCount(n), "ProbEmpty": m.ProbEmpty(), "ProbBlock": m.ProbBlock(),
		} {
			checkProbability(t, name, p)
		}
		for name, x := range map[string]float64{
			"Load": m.Load(), "MeanWait": m.MeanWait(), "MeanWaitIfDelayed": m.MeanWaitIfDelayed(),
			"WaitRate": m.WaitRate(), "WaitVariance": m.WaitVariance(), "MeanSojourn": m.MeanSojourn(),
			"SojournVariance": m.SojournVariance(), "MeanQueue": m.MeanQueue(), "MeanSystem": m.MeanSystem(),
			"WaitQuantile": m.WaitQuantile(share), "SojournQuantile": m.SojournQuantile(share), "−LogProbEmpty": -m.LogProbEmpty(),
		} {
			if !(x >= 0 && x <= math.MaxFloat64) {
				t.Errorf("%s = %v", name, x)
			}
		}
	})
}

func FuzzErlang(f *testing.F) {
	f.Add(10, 5.0)
	f.Add(65, 65.0)
	f.Add(1000, 2000.0)
	f.Add(1_000_000_000, 1e9)
	f.Add(70, math.MaxFloat64)
	f.Add(-1, -1.0)
	f.Fuzz(func(t *testing.T, servers int, load float64) {
		b, log, c := queue.ErlangB(servers, load), queue.LogErlangB(servers, load), queue.ErlangC(servers, load)
		if servers < 0 || !(load >= 0) || math.IsInf(load, 1) {
			if !math.IsNaN(b) || !math.IsNaN(log) || !math.IsNaN(c) {
				t.Errorf("%v, %v, %v outside the domain", b, log, c)
			}
			return
		}
		checkProbability(t, "B", b)
		if !(log <= 0) || math.Abs(math.Exp(log)-b) > 1e-13 {
			t.Errorf("B = %v, its logarithm %v", b, log)
		}
		if load < float64(servers) {
			checkProbability(t, "C", c)
			if c < b {
				t.Errorf("B = %v exceeds C = %v", b, c)
			}
		} else if !math.IsNaN(c) {
			t.Errorf("C = %v at load %v on %d servers", c, load, servers)
		}
	})
}

func FuzzStaffMMC(f *testing.F) {
	f.Add(48.0, 1.0, 0, int64(time.Minute), byte(0b0011), 0.8, int64(20*time.Second), int64(0), 0.0)
	f.Add(1e4, 1.0, 0, int64(time.Hour), byte(0b0100), 0.0, int64(0), int64(1), 0.0)
	f.Add(3.0, 1.0, 2, int64(1), byte(0b1000), 0.0, int64(0), int64(0), 0.3)
	f.Add(-1.0, 1.0, -1, int64(0), byte(0b1111), 1.0, int64(-1), int64(-1), 2.0)
	f.Add(0.0, 1.0, 0, int64(time.Hour), byte(0b0011), 0.8, int64(0), int64(0), 0.0)
	f.Fuzz(func(t *testing.T, lambda, mu float64, servers int, unit int64, asked byte, level float64, within, mean int64, occupancy float64) {
		p := queue.MMCParams{Unit: time.Duration(unit), Arrival: lambda, Service: mu, Servers: servers}
		var target queue.Target
		if asked&1 > 0 {
			target.Level = &level
		}
		if asked&2 > 0 {
			target.Within = new(time.Duration(within))
		}
		if asked&4 > 0 {
			target.MeanWait = new(time.Duration(mean))
		}
		if asked&8 > 0 {
			target.Occupancy = &occupancy
		}
		if lambda/mu > 1e5 {
			return // a longer walk, and nothing new
		}
		m, err := queue.StaffMMC(p, target)
		if err != nil {
			return
		}
		if target.Validate() != nil || m.Params().Servers < servers {
			t.Errorf("%+v for %+v and %+v", m.Params(), p, target)
		}
		if _, err := queue.NewMMC(m.Params()); err != nil {
			t.Error(err)
		}
		if !meets(m, target, 1e-12) {
			t.Errorf("%+v misses %+v", m.Params(), target)
		}
	})
}
