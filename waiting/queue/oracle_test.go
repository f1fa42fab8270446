package queue_test

import (
	"fmt"
	"math"
	"math/big"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark/internal/near"
	"github.com/relmark/relmark/waiting/queue"
)

// The oracle: textbook formulas, term by term, in 256 binary digits and from the
// exact values of the float64 inputs.

const digits = 256

func number(x float64) *big.Float { return new(big.Float).SetPrec(digits).SetFloat64(x) }

func add(x, y *big.Float) *big.Float { return new(big.Float).SetPrec(digits).Add(x, y) }
func sub(x, y *big.Float) *big.Float { return new(big.Float).SetPrec(digits).Sub(x, y) }
func mul(x, y *big.Float) *big.Float { return new(big.Float).SetPrec(digits).Mul(x, y) }
func div(x, y *big.Float) *big.Float { return new(big.Float).SetPrec(digits).Quo(x, y) }

func float(x *big.Float) float64 { f, _ := x.Float64(); return f }

// exp returns eˣ for |x| up to some thousands, by the series at x/2³⁰ and 30
// squarings.
func exp(x *big.Float) *big.Float {
	small := new(big.Float).SetPrec(digits).SetMantExp(x, -30)
	sum, term := number(1), number(1)
	for k := 1.0; k < 20; k++ {
		term = div(mul(term, small), number(k))
		sum = add(sum, term)
	}
	for range 30 {
		sum = mul(sum, sum)
	}
	return sum
}

// exactInverseB returns 1/B(c, a) by Erlang's recursion.
func exactInverseB(servers int, a *big.Float) *big.Float {
	y := number(1)
	for j := 1; j <= servers; j++ {
		y = add(number(1), div(mul(number(float64(j)), y), a))
	}
	return y
}

// exact is an M/M/c queue in the oracle's arithmetic.
type exact struct{ lambda, mu, c, load, slack, block, wait, empty *big.Float }

func solveExactly(p queue.MMCParams) exact {
	e := exact{lambda: number(p.Arrival), mu: number(p.Service), c: number(float64(p.Servers))}
	e.load = div(e.lambda, e.mu)
	e.slack = sub(mul(e.c, e.mu), e.lambda)
	y := exactInverseB(p.Servers, e.load)
	e.block = div(number(1), y)
	e.wait = div(mul(e.c, e.mu), add(mul(e.slack, y), e.lambda))
	// p0 = C·(1 − ρ)·c!/aᶜ
	e.empty = div(mul(e.wait, e.slack), mul(e.c, e.mu))
	for j := 1; j <= p.Servers; j++ {
		e.empty = div(mul(e.empty, number(float64(j))), e.load)
	}
	return e
}

func (e exact) waitTail(t float64) *big.Float {
	return mul(e.wait, exp(mul(e.slack, number(-t))))
}

// sojournTail returns e^(−μt)·(1 + C·(1 − e^(−μtd))/d) with μd = s − μ.
func (e exact) sojournTail(t float64) *big.Float {
	gap := sub(e.slack, e.mu)
	mixed := number(t)
	if gap.Sign() != 0 {
		mixed = div(sub(number(1), exp(mul(gap, number(-t)))), gap)
	}
	factor := add(number(1), mul(mul(e.wait, e.mu), mixed))
	return mul(exp(mul(e.mu, number(-t))), factor)
}

// cases spreads loads from almost none to almost all that the servers can do.
func cases() []queue.MMCParams {
	var list []queue.MMCParams
	for _, c := range []int{1, 2, 3, 7, 20, 64, 65, 80, 171, 1000} {
		for _, mu := range []float64{1. / 3, 11.1e-7} {
			capacity := float64(c) * mu
			for _, rho := range []float64{1e-9, 0.2, 0.31, 0.5, 0.71, 0.9, 0.97, 0.9999, 1 - 1e-7, 1 - 1e-13} {
				list = append(list, queue.MMCParams{Unit: time.Hour, Arrival: rho * capacity, Service: mu, Servers: c})
			}
		}
	}
	return list
}

func TestMMCAgreesWithExactArithmetic(t *testing.T) {
	t.Parallel()
	for _, p := range cases() {
		m, err := queue.NewMMC(p)
		require.NoError(t, err, "%+v", p)
		e := solveExactly(p)
		tell := fmt.Sprintf("%+v", p)
		// Below the normal range a float64 has fewer digits.
		const least = 1e-290
		near.Equal(t, float(e.slack), m.WaitRate(), 1e-15, 0, "slack %s", tell)
		near.Equal(t, float(e.wait), m.ProbWait(), 1e-14, least, "C %s", tell)
		near.Equal(t, float(e.block), m.ProbBlock(), 1e-14, least, "B %s", tell)
		near.Equal(t, float(sub(number(1), e.wait)), m.WaitWithin(0), 1e-14, 0, "1 − C %s", tell)
		near.Equal(t, float(e.empty), m.ProbEmpty(), 2e-14, least, "p0 %s", tell)
		if p0 := float(e.empty); p0 > least {
			near.Equal(t, math.Log(p0), m.LogProbEmpty(), 1e-14, 1e-15, "log p0 %s", tell)
		}
		for _, x := range []float64{0, 0.3, 5, 300} {
			for _, at := range []float64{x / p.Service, x / m.WaitRate()} {
				if at*max(p.Service, m.WaitRate()) > 2000 {
					continue // out of the range of the oracle's exp
				}
				near.Equal(t, float(e.waitTail(at)), m.WaitTail(at), 1e-14, least, "wait > %v %s", at, tell)
				near.Equal(t, float(e.sojournTail(at)), m.SojournTail(at), 1e-14, least, "sojourn > %v %s", at, tell)
			}
		}
	}
}

func TestErlangBAgreesWithExactArithmetic(t *testing.T) {
	t.Parallel()
	for _, c := range []int{1, 2, 5, 63, 64, 65, 70, 100, 250, 1000, 10_000} {
		for _, z := range []float64{-30, -12, -8, -6, -5, -4, -3, -1, -0.1, 0, 1e-9, 0.3, 2, 4, 4.5, 5, 5.5, 7, 20, 100, 1e4, 1e150} {
			n := float64(c)
			load := n + z*math.Sqrt(n)
			if load <= 0 {
				load = n / (1 + z*z)
			}
			y := exactInverseB(c, number(load))
			what := fmt.Sprintf("c = %d, a = %v", c, load)
			near.Equal(t, float(div(number(1), y)), queue.ErlangB(c, load), 2e-14, 1e-290, "%s", what)
			if b := float(div(number(1), y)); b > 1e-290 && b < 0.9 {
				near.Equal(t, math.Log(b), queue.LogErlangB(c, load), 1e-14, 0, "log %s", what)
			}
		}
	}
}

// At 100,000 servers the exact recursion is slow, so a few points must do.
func TestHundredThousandServers(t *testing.T) {
	t.Parallel()
	for _, lambda := range []float64{89_000. / 3, 99_000. / 3, 33_333} {
		p := queue.MMCParams{Unit: time.Hour, Arrival: lambda, Service: 1. / 3, Servers: 100_000}
		m, err := queue.NewMMC(p)
		require.NoError(t, err)
		y := exactInverseB(p.Servers, div(number(p.Arrival), number(p.Service)))
		cmu := mul(number(1e5), number(p.Service))
		slack := sub(cmu, number(lambda))
		near.Equal(t, float(div(cmu, add(mul(slack, y), number(lambda)))), m.ProbWait(), 1e-14, 1e-300, "λ = %v", lambda)
	}
}
