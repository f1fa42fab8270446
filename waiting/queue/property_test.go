package queue_test

import (
	"math"
	"testing"
	"time"

	"gonum.org/v1/gonum/integrate/quad"
	"pgregory.net/rapid"

	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/waiting/queue"
)

func TestMMCProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := anyMMC(t)
		p := m.Params()
		a, c := m.Load(), p.Servers
		b := m.ProbBlock()

		// The textbook identities between the two Erlang formulas.
		if b > 1e-290 {
			near.Equal(t, float64(c)*b/(m.WaitRate()/p.Service+a*b), m.ProbWait(), 1e-13, 0, "C from B")
			near.Equal(t, b, queue.ErlangB(c, a), 1e-11, 0, "B(c, a) of a rounded load")
			before := queue.ErlangB(c-1, a)
			near.Equal(t, a*before/(float64(c)+a*before), queue.ErlangB(c, a), 1e-13, 0, "B from one server fewer")
			near.Equal(t, queue.ErlangB(c, a), math.Exp(queue.LogErlangB(c, a)), 1e-12, 0, "logarithm of B")
		}
		near.Equal(t, m.ProbWait(), queue.ErlangC(c, a), 1e-6, 1e-300, "1 − a/c loses digits, cμ − λ does not")
		if !(b >= 0 && b <= m.ProbWait() && m.ProbWait() <= 1) {
			t.Errorf("B = %v, C = %v", b, m.ProbWait())
		}

		near.Equal(t, 1, m.ProbWait()+m.WaitWithin(0), 4e-16, 0, "to wait or not")
		near.Equal(t, p.Arrival*m.MeanSojourn(), m.MeanSystem(), 1e-14, 0, "Little's law")
		near.Equal(t, m.ProbWait()*m.MeanWaitIfDelayed(), m.MeanWait(), 1e-14, 0, "conditional wait")

		share := rapid.Float64Range(0.001, 0.9999).Draw(t, "share")
		wait, sojourn := m.WaitQuantile(share), m.SojournQuantile(share)
		if wait > 0 {
			near.Equal(t, 1-share, m.WaitTail(wait), 1e-12, 1e-15, "quantile of the wait")
		} else if m.WaitWithin(0) < share-1e-15 {
			t.Errorf("a share %v waits, and the quantile of %v is 0", m.ProbWait(), share)
		}
		near.Equal(t, 1-share, m.SojournTail(sojourn), 1e-12, 1e-15, "quantile of the sojourn")
		if sojourn < wait {
			t.Errorf("a wait of %v in a sojourn of %v", wait, sojourn)
		}
	})
}

func TestMoreServersOrLessLoadIsBetter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := anyMMC(t)
		at := rapid.Float64Range(0, 5).Draw(t, "t") / m.Params().Service
		server, load := m.Params(), m.Params()
		server.Servers++
		load.Arrival *= rapid.Float64Range(0.5, 0.999).Draw(t, "less load")
		for _, p := range []queue.MMCParams{server, load} {
			better, err := queue.NewMMC(p)
			if err != nil {
				t.Fatalf("%+v: %v", p, err)
			}
			const rounding = 1 + 1e-13 // what the package is right to
			if better.ProbWait() > m.ProbWait()*rounding || better.MeanWait() > m.MeanWait()*rounding ||
				better.WaitTail(at) > m.WaitTail(at)*rounding || better.SojournTail(at) > m.SojournTail(at)*rounding ||
				queue.ErlangB(p.Servers, better.Load()) > queue.ErlangB(m.Params().Servers, m.Load())*rounding {
				t.Errorf("%+v is worse than %+v at %v", p, m.Params(), at)
			}
		}
	})
}

// The probabilities of n customers add up to 1, to the mean number, and to the
// tail of the line: three routes to the same law.
func TestCountsAddUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		servers := rapid.IntRange(1, 200).Draw(t, "servers")
		rho := rapid.Float64Range(0.01, 0.97).Draw(t, "utilization")
		m, err := queue.NewMMC(queue.MMCParams{Unit: time.Hour, Arrival: rho * float64(servers), Service: 1, Servers: servers})
		if err != nil {
			t.Fatal(err)
		}
		more := rapid.IntRange(0, 20).Draw(t, "in line")
		total, mean, late, line := 0.0, 0.0, 0.0, 0.0
		for n := range servers + 1300 {
			p := m.ProbCount(n)
			total += p
			mean += float64(n) * p
			if n >= servers {
				late += p
			}
			if n > servers+more {
				line += p
			}
		}
		near.Equal(t, 1, total, 1e-13, 0, "sum")
		near.Equal(t, m.MeanSystem(), mean, 1e-12, 0, "mean")
		near.Equal(t, m.ProbWait(), late, 1e-12, 1e-290, "arrivals see time averages")
		near.Equal(t, m.QueueTail(more), line, 1e-12, 1e-290, "line")
		near.Equal(t, m.LogProbEmpty(), math.Log(m.ProbEmpty()), 1e-12, 1e-15, "logarithm")
	})
}

// A mean is the area under its tail, and half the mean square that under t times
// the tail.
func TestTailsIntegrateToMeans(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := anyMMC(t)
		slow := min(m.WaitRate(), m.Params().Service)
		fast := max(m.WaitRate(), m.Params().Service)
		area := func(f func(x float64) float64) float64 {
			sum, from := 0.0, 0.0
			for to := 1 / fast; from < 60/slow; from, to = to, to*2 {
				sum += quad.Fixed(f, from, to, 40, quad.Legendre{}, 0)
			}
			return sum
		}
		sojourn := area(m.SojournTail)
		square := 2 * area(func(x float64) float64 { return x * m.SojournTail(x) })
		near.Equal(t, m.MeanSojourn(), sojourn, 1e-12, 0, "mean sojourn")
		near.Equal(t, m.SojournVariance()+sojourn*sojourn, square, 1e-11, 0, "its mean square")
		if m.ProbWait() > 1e-280 {
			near.Equal(t, m.MeanWait(), area(m.WaitTail), 1e-12, 0, "mean wait")
			square = 2 * area(func(x float64) float64 { return x * m.WaitTail(x) })
			near.Equal(t, m.WaitVariance()+m.MeanWait()*m.MeanWait(), square, 1e-11, 0, "its mean square")
		}
	})
}
