// Package promotion says what an order costs under offers: coupons, percentages and amounts
// off, buy X get Y, three for two, bundles, gifts, spend and save, free shipping, best deal
// and exclusive offers, budgets; what returned goods are worth; and prices by membership
// tier, customer group, quantity and date. It needs no account and no ledger.
//
// # Start here
//
//	pricer, err := promotion.NewPricer(stack)       // the offers, checked once
//	receipt, err := pricer.Price(order)             // who takes what off which line, and why not
//	hints, err := pricer.Preview(order)             // what is near: "18.00 more"
//	returns, err := pricer.Returns(order, promotion.Reprice)
//	refund, err := returns.Add(step)                // what comes back is worth
//
// # Model
//
// An order is a set of units. A [Pricer] lets the offers of a [Stack] act in turns, each
// once, on what the ones before it left of every unit: exclusive ones first, then by
// priority, ties by ID. An offer says who it is for, from which basket on, which units get
// what, and what it leaves for others ([Offer]). With l what is left of a unit, its room is
// l less its floor, and it wants
//
//	percent      min(l·p, room), or the percentage of its price
//	free         room
//	unit_amount  min(amount, room)
//	unit_price   l − price, from 0 to room
//	amount       min(amount, Σ room)·room/Σ room
//	bundle       min(Σ l − price, Σ room)·room/Σ room of each bundle
//
// The discount is the sum of the wants, rounded as [Rounding] says, cut to the caps, and
// shared by largest remainders in proportion to the wants: over articles first, then over
// the units of each. So no unit falls below its floor or rises, and units add up to lines,
// lines and offers to the order. An offer that gives nothing is rejected with the first
// [Reason] that holds, and has no effect on any other.
//
// In groups of the mode [Best] all choices of members are priced, and the order costs what
// the cheapest one does. The result depends on the units only: lines may be split, merged
// and moved, and so may offers.
//
// # Units
//
// Amounts are decimals of whole minor units, with 0 to 4 fraction digits as the
// configuration says. Percentages are above 0 to 100, with at most 7 fraction digits.
//
// # Limits
//
// An order stays within 2^53-1 minor units and a line within a million units; a stack has
// at most 1000 offers, a bundle 20 slots, a list 1000 names of at most 200 bytes. At most
// 12 offers are chosen from in best groups. Quantities cost nothing: units of which the
// same is left are counted, not listed.
//
// # Choices
//
//   - Minima look at list prices unless an offer says otherwise, so that one offer does
//     not switch another off.
//   - Exclusive offers come before all others whatever their priority, and keep nothing
//     from others if they give no discount. Locks are on units, not on lines.
//   - As many sets as can be are formed, and bought and got units do not overlap; the units
//     that get something are the cheapest of those that may be spared.
//   - A unit belongs to the first slot of a bundle that selects it.
//   - Best is the lowest total of the whole order, which a smaller discount may leave room
//     for; equal totals go to the offers of earlier turns.
//   - Among equal prices that of the highest tier is named, then that of the largest
//     quantity, then the first of the list.
//
// # Sources
//
//   - M. L. Balinski, H. P. Young (2001), Fair Representation, 2nd ed., ch. 3, for
//     largest remainders.
//   - ISO 8601-1:2019 for dates; ISO 4217:2015 for minor units.
package promotion
