// Package queue computes waiting lines in their steady state, as call centres, counters
// and clinics plan with: Erlang C and Erlang B, service level (80 % within 20 seconds),
// mean wait, occupancy, and staffing, the least number of agents that keeps a promise.
//
// # Start here
//
//	calls := queue.MMCParams{Arrival: 200, Service: 20, Unit: time.Hour}    // three minutes a call
//	promise := queue.Target{Level: new(0.8), Within: new(20 * time.Second)} // 80/20
//	desk, err := queue.StaffMMC(calls, promise)                             // how many agents?
//	agents := desk.Params().Servers                                         // 14
//	level := desk.WaitWithin(desk.Units(20 * time.Second))                  // 0.888
//
// # Model
//
// An [MMC] is the M/M/c queue, M/M/1 with one server: customers arrive at random
// at rate λ (Poisson), each of c servers takes an exponential time of mean 1/μ, one
// line is served first come, first served, and nobody leaves it. With the load
// a = λ/μ, the utilization ρ = a/c and the slack s = cμ − λ,
//
//	B(c, a) = (aᶜ/c!) / Σ_{j≤c} aʲ/j!     blocked when nobody can wait
//	C(c, a) = 1 / (1 + (1 − ρ)·(1/B − 1))  has to wait when all do
//	P(wait > t) = C·e^(−st),  mean wait C/s,  variance C·(2 − C)/s²
//	mean number = a + λ·C/s,  P(n waiting or in service) = p₀·aⁿ/n! for n ≤ c
//
// [ErlangB], [LogErlangB] and [ErlangC] give the two probabilities alone. [StaffMMC]
// finds the least c that meets a [Target], [StaffMMCCost] the c of least [Costs].
//
// Further models follow the same pattern: XParams is plain data, NewX validates and
// solves it, X is immutable and answers. A model whose customers wait has ProbWait,
// WaitTail and Unit, which is what the package waiting asks of a law of waits.
//
// # Units
//
// Rates are per unit of time, any one unit, which the parameters name: customers per
// time.Hour, say. Times are asked for and come back as numbers of that unit, and
// [MMC.Unit] tells whoever takes the queue further. The times of a [Target] are
// durations. Nothing is rounded.
//
// # Limits
//
// Up to a billion servers, service rates of 1e-100 to 1e100, and λ < cμ: an unstable
// queue is an error of the field Servers. Where nobody arrives nobody waits, and no
// server is needed. Relative errors stay below 1e-13, and mostly 1e-14, up to a
// utilization of 1 − 1e-13; the tests compare with exact arithmetic up to 100,000
// servers. A probability below 2e-308 loses digits and then is 0, and so do means made
// of it; the logarithms go on. Time and memory of a solution are constant: sums up to 64
// servers, an expansion beyond.
//
// Real arrivals bunch, services are not exponential and people give up. Where they
// do, Erlang's C asks for more servers than are needed.
//
// # Choices
//
//   - Waits are over all customers, those who do not wait included, unless a name
//     says otherwise.
//   - A quantile is the least t with P(wait ≤ t) ≥ p, so it is 0 where a share p
//     does not wait at all.
//   - C is not defined at a load of c or more, where some texts say 1.
//   - A tie goes by what the caller means, not by how it was rounded, so that it goes
//     the same way in every unit of time. Rates, levels and times within 2⁻⁵⁰ of each
//     other are equal; a bound missed by less than a share of 1e-13 is met. So 21 calls
//     an hour of 120 s at an occupancy of 70 % need one server, also per second, where
//     21/3600 and 1/120 are no longer what they were; and as many servers as load are
//     unstable, even where rounding leaves them a slack.
//
// # Sources
//
//   - A. K. Erlang (1917), Solution of some problems in the theory of probabilities
//     of significance in automatic telephone exchanges: B and C.
//   - D. Gross, C. M. Harris (1998), Fundamentals of Queueing Theory, 3rd ed.,
//     ch. 2: waits, sojourns, counts.
//   - S. Borst, A. Mandelbaum, M. I. Reiman (2004), Dimensioning large call centers,
//     Operations Research 52(1): staffing by cost.
package queue
