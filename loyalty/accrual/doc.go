// Package accrual says what a loyalty programme owes and when deferred revenue of points
// becomes revenue, under IFRS 15 and ASC 606: allocation, breakage, contract liability,
// roll-forward, and provisions at cost.
//
// # Start here
//
//	fit, err := history.Fit(accrual.FitOptions{})       // breakage, from your own past
//	model, err := accrual.NewModel(accrual.Policy{Digits: 2, Value: &value, Curve: fit.Curve})
//	split, err := accrual.Sale{…}.Allocate()            // the price, goods and points
//	deferred, err := accrual.Defer(split.Points, 2)     // keep back the part of the points
//	deferred, period, err := model.Measure(deferred, lot, asOf)
//
// # Model
//
// Points granted with a sale are a material right. The price is divided over goods
// and points by relative stand-alone selling price ([Allocate], [Sale]); the part A
// of the points is kept back ([Defer]) and becomes revenue as they are redeemed.
// With R points redeemed so far, E that will ever be, and Q the part of A that law
// reserves for others,
//
//	revenue, cumulative = round((A - Q) · R / max(E, R))
//	contract liability  = A - Q - revenue
//
// so revenue of a period is the difference, which catches up with a new E at once.
// The allocation itself is not revised when estimates change.
//
// E comes from the programme's own past. A [History] counts, by age k in months,
// the points n(k) at risk, r(k) redeemed and l(k) expired; [History.Fit] makes a
// [Curve] of it, and the share of points left at age k that will be redeemed is
//
//	rem(k) = r(k)/n(k) + (1 - r(k)/n(k) - l(k)/n(k)) · rem(k+1)
//
// A [Model] applies the curve to each lot: E = redeemed + round(left · rem(age)),
// Q = round(A · share · (points - E) / points). A [RollForward] explains how the
// liability of many lots moved.
//
// # Units
//
// Amounts are decimals of whole minor units, with the fraction digits that the
// caller names; estimates of points are integers. Shares of a curve are float64
// and never become money: they are rounded to points first. Ages are months, the
// month of the grant is age 0.
//
// # Limits
//
// Amounts and points reach 2^53-1, ages 1200. Intervals of a curve are not
// offered: points of one member go together, so counts of points say little about
// the error; refit on members drawn with replacement instead. Nothing is
// discounted (IFRS 15.63 allows it within a year). A deferral measured alone is
// rounded alone: a sum over lots may differ from one deferral of them all by half
// a unit for each lot.
//
// # Choices
//
//   - Splitting is by largest remainder, rounding half up.
//   - Where nothing was redeemed and nothing is expected any more, all is revenue:
//     the chance that members use the rest is remote (IFRS 15.B46).
//   - What law reserves is left out of revenue in proportion, from the beginning,
//     and moves back if more is redeemed than was expected.
//   - Revenue by an unchanged estimate is performance, and the rest catch-up; that
//     of a first measurement is performance.
//   - A policy that does not say what a point is worth, or costs, answers no price and no
//     provision, instead of one of 0.
//   - Reversed points are neither used nor lost: they leave the estimate, and the
//     host cancels their part of the allocation.
//
// # Sources
//
//   - IFRS 15 Revenue from Contracts with Customers, paragraphs 74-80, 88, B39-B47,
//     and Illustrative Example 52; ASC 606-10-32-31 to 32-45, 55-41 to 55-49.
//   - IAS 37 Provisions, paragraphs 36-52.
//   - O.O. Aalen, S. Johansen (1978), An empirical transition matrix for
//     non-homogeneous Markov chains, Scand. J. Statist. 5:141-150.
//   - M. L. Balinski, H. P. Young (2001), Fair Representation, 2nd ed., ch. 3.
package accrual
