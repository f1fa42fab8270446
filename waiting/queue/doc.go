// Package queue computes waiting lines in their steady state, as call centres, counters
// and clinics plan with: Erlang C and Erlang B, service level (80 % within 20 seconds),
// mean wait, occupancy, and staffing, the least number of agents that keeps a promise;
// callers who hang up (Erlang A), rush hours, networks of stations, rooms that overbook.
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
//	who gives up                  ErlangA (exponential patience), MMCG (any law)
//	limited room, closed circles  MMCK, Finite, Engset
//	one server, other services    MG1 (any, and batches), MD1 (constant), GM1 (by appointment)
//	two moments of anything       GGC, approximate: says by which formula, and how far apart they are
//	some first                    PriorityMG1, PriorityMMC
//	lines without a wait          ErlangB, ErlangBReal, LinesFor, LoadFor
//	how many servers              StaffMMC, StaffMMCCost, StaffErlangA, StaffFraction, HalfinWhittBeta
//	a day that changes            StaffDay in three views, CarryOver, Transient (exact)
//	several stations              Network: bottleneck, what one more server is worth where
//	places that cannot be stored  Overbook, UseCapacity
//
// With x = cμ/θ and y = λ/θ, who waits in [ErlangA] would wait longer than t with a
// probability in proportion to J(t), and gives up with
//
//	J(t) = ∫ e^((λ/θ)(1 − e^(−θu)) − cμu) du over u > t,  A(x, y) = Σ yᵏ/((x+1)…(x+k)) = cμ·J(0)
//	P(wait) = λJ(0)/(1/B(c−1, a) + λJ(0)),  P(give up) = (1 + (λ − cμ)·J(0))/(1/B(c−1, a) + λJ(0))
//
// [MMCG] has ∫ P(patience > u) du in place of (1 − e^(−θu))/θ.
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
// Of the other models errors stay below 1e-12, of [MMCG] below 1e-10; [GGC], the views of
// [StaffDay], [CarryOver], [HalfinWhitt] and [Garnett] are approximations and say so.
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
//   - C. Palm (1957), Research on telephone traffic carried by full availability groups;
//     O. Garnett, A. Mandelbaum, M. I. Reiman (2002), Designing a call center with impatient
//     customers, Manufacturing & Service Operations Management 4(3); F. Baccelli, G. Hebuterne
//     (1981), On queues with impatient customers; S. Zeltyn, A. Mandelbaum (2005), Call centers
//     with impatient customers, Queueing Systems 51: Erlang A and any patience.
//   - G. J. Franx (2001), A simple solution for the M/D/c waiting time distribution,
//     Operations Research Letters 29: the tail of M/D/1.
//   - A. Cobham (1954), Priority assignment in waiting line problems; J. R. Jackson (1957),
//     Networks of waiting lines; S. Halfin, W. Whitt (1981), Heavy-traffic limits for queues
//     with many exponential servers, all Operations Research.
//   - J. F. C. Kingman (1961); W. Kraemer, M. Langenbach-Belz (1976); A. O. Allen (1978) and J.
//     Cunneen; H. Sakasegawa (1977); W. Whitt (1993), Approximations for the GI/G/m queue,
//     Production and Operations Management 2(2): two moments.
//   - L. V. Green, P. J. Kolesar, J. Soares (2001), Improving the SIPP approach for staffing
//     service systems that have cyclic demands, Operations Research 49(4); R. Stolletz (2008),
//     Approximation of the non-stationary M(t)/M(t)/c(t)-queue using stationary queueing models,
//     European Journal of Operational Research 190(2).
//   - S. Borst, A. Mandelbaum, M. I. Reiman (2004), Dimensioning large call centers,
//     Operations Research 52(1): staffing by cost.
package queue
