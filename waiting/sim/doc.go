// Package sim simulates waiting lines, deterministically: the exact path of given
// customers, and a discrete-event simulation of stations with priorities, patience,
// capacity, batches, schedules, balking and routes, for which there is no formula.
//
// # Start here
//
//	waits, err := sim.Waits(nil, arrivals, services, 3) // what happened at three desks
//	c := sim.Config{Unit: time.Minute, Customers: 100_000, WarmUp: 10_000}
//	c.Stations = []sim.Station{{Servers: 3}}
//	c.Classes = []sim.Class{{Gap: sim.Exponential{Rate: 2.5}, Service: []sim.Law{sim.Exponential{Rate: 1}}}}
//	stats, err := sim.Run(ctx, c, rand.New(rand.NewPCG(1, 2)))
//
// # Model
//
// [FIFO] and [Waits] follow G/G/c by the recursion of Kiefer and Wolfowitz: whoever
// comes at a with service s starts at max(a, the first server to be free), and that
// server is free again at start + s. [Station.Follow] and [Run] move customers from
// event to event: one arrives, finds a server, room in line, or neither; joins or
// balks; waits until served or until patience ends; is served to the end; goes on to
// another station or leaves. At one instant servers get free first, then duties
// change, then those leave who have waited long enough, then others arrive.
//
// A [Tally] keeps sums. Those of consecutive customers depend on each other, so that
// standard errors come from batches: a quotient of sums over all batches, and the
// spread of what each batch adds to it (ratio estimator by batch means).
//
// # Units
//
// Times are numbers in one unit, chosen by the caller; [Config] names it, and every
// [Tally] carries it, so that package waiting takes one for the law of a wait.
//
// # Limits
//
// Parameters of laws are 0 to 1e100, one line holds 1,048,576 customers, and a house has 1,000
// stations and classes. Results of [Run] are estimates: they lie within their
// intervals as often as these say if batches are long beside the time in which a full
// house empties, and the house was full to begin with ([WarmUp] says when). Tails and
// quantiles of waits are known to 1/32 of themselves; shares beyond [Config.Limits]
// are counted exactly.
//
// # Choices
//
// Random numbers come from a source that the caller passes. Each process (the gaps of
// a class, its service at a station, …) has a stream of its own, derived from two
// numbers of that source, and a customer draws what service and patience will be on
// arrival, whatever becomes of them: variants that start alike meet the same
// customers. Streams are PCG (O'Neill) with seeds set apart by the finaliser of
// SplitMix64. Equal runs are equal bit for bit on one architecture: the logarithm and
// the exponential function are allowed to differ between architectures in the last
// bit, which only [Lognormal] and [Weibull] use and [GeometricSizes].
//
// A wait counts when it ends, a customer when leaving. Means of waits include those
// who gave up, with the time they spent; [Tally.MeanWaitServed] leaves them out.
//
// # Sources
//
//   - J. Kiefer, J. Wolfowitz (1955), On the theory of queues with many servers,
//     Transactions of the AMS 78.
//   - A. M. Law (2015), Simulation Modeling and Analysis, 5th ed., §9.5 (batch means)
//     and §11.2 (common random numbers).
//   - K. P. White (1997), An effective truncation heuristic for bias reduction in
//     simulation output, Simulation 69 (MSER-5).
package sim
