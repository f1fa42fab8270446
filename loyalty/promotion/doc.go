// Package promotion says what an order costs: offers of coupons, vouchers and promotions
// with priorities, exclusions and groups, and prices by membership tier, quantity and
// date. It needs no account and no ledger.
//
// # Model
//
// A [Pricer] applies the offers of a [Stack] to an order in turns: exclusive ones first,
// within each by priority, ties by identifier. An offer works on what the ones before it
// left of every unit. With L what is left of the eligible lines and S their undiscounted
// subtotal, its discount is
//
//	percent    round(L·p)
//	fixed      min(a, L)
//	tiered     percent or fixed of the highest step with min ≤ S
//	cheapest   what is left of the ⌊units/every⌋ cheapest units
//
// cut to MaxDiscount and split with the largest remainder method: over the lines by what
// is left of them, and what a line gets over its units by what is left of each; where
// units are free, by what each would have got. So nothing falls below zero, and the parts
// add up. An offer that gives nothing is rejected, and has no effect on any other.
//
// [Prices] answer with the lowest price that a member may have by tier, quantity and
// date, and [Prices.Explain] says why the others are not used.
//
// # Units
//
// Amounts are decimals of whole minor units, with the fraction digits that the
// configuration names. Percentages are above 0 to 100. Rounding is half away from zero.
//
// # Limits
//
// An order stays within 2^53-1 minor units, a stack within 1000 offers, names within 200
// bytes. Quantities cost nothing: units of which the same is left are counted, not listed.
//
// # Choices
//
//   - An exclusive offer comes before all others whatever its priority, and is used alone
//     only if it gives a discount.
//   - Minimums and steps look at the undiscounted subtotal, so that one offer does not
//     switch another off.
//   - Free are the units with the lowest price, ties by the order of lines; within a line
//     those of which the least is left. Each is worth what is left of it.
//   - A discount that rounds to nothing does not use up its group.
//   - Among equal prices that of the highest tier is named, then that of the largest
//     quantity, then the first of the list.
//
// # Sources
//
//   - M. L. Balinski, H. P. Young (2001), Fair Representation, 2nd ed., ch. 3, for
//     largest remainders.
//   - ISO 8601-1:2019 for dates; ISO 4217:2015 for minor units.
package promotion
