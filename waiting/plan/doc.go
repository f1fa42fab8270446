// Package plan finds the cheapest way to keep customers in line satisfied: how many
// servers, and which measures beside them, from a chair and a screen to a self-service
// desk; and what an announced wait does to the queue it speaks of.
//
// # Start here
//
//	p := plan.Problem{Arrival: 26, Service: 15, Unit: time.Hour, ServersMin: 2, ServersMax: 6, ServerCost: 2400}
//	p.Experience = waiting.ExperienceParams{Multiplier: 1.36, Exponent: 1, Expected: 5, Gain: 1, Loss: 2.25}
//	p.Measures = []plan.Measure{{Name: "seats", Cost: 90, Felt: -0.25}, {Name: "screen", Cost: 250, Felt: -0.13}}
//	p.Target.Satisfaction = new(0.2)
//	mix, err := plan.Cheapest(p) // servers, measures, cost, and what customers feel
//	curve, err := plan.Frontier(p) // what each further unit of money buys
//
// # Model
//
// With some measures chosen and c servers, the line is M/M/c, or Erlang A where customers
// give up, at the rates
//
//	λ·e^(Σ arrival),  μ·e^(Σ service),  θ·e^(Σ leaving)
//
// and a customer feels m·e^(Σ felt)·wᵇ of w minutes against e·e^(Σ expected) + Σ minutes.
// The mean satisfaction over all waits is that of package waiting. [Cheapest] is exact: it
// branches over the measures and leaves out a branch only if the measures still open, all
// of them for nothing and each at its best, could not make it cheaper. For a fixed set of
// measures satisfaction rises with servers, so the least number is found by halving.
//
// [Settle] looks for the announcement that is true when customers have heard it: the
// announced wait changes how soon they give up, that changes the queue, and that the wait
// to announce. It damps its steps, and says so if it finds no rest.
//
// # Units
//
// Costs are whole numbers of the smallest unit of money per period, any one period; rates
// are per Unit, felt and expected times minutes.
//
// # Limits
//
// 24 measures, and 16 for [Frontier]; beyond that an answer would be a guess, and is
// refused. In many cases measures are worth less than one server: with 30 servers busy,
// taking away all that makes waits feel a third longer is worth one of them.
//
// # Choices
//
// Of mixes that cost the same the one with fewer servers is taken, then the one whose
// measures stand earlier in the list (as a binary number, the first measure the lowest
// digit). Targets are met within a share of 1e-13. Those who give up count with the time
// that they spent in line.
//
// # Sources
//
//   - A. H. Land, A. G. Doig (1960), An automatic method of solving discrete programming
//     problems, Econometrica 28(3): branch and bound.
//   - M. Armony, N. Shimkin, W. Whitt (2009), The impact of delay announcements in
//     many-server queues with abandonment, Operations Research 57(1): announcements as a
//     fixed point.
package plan
