// Package voucher prices what a programme gives beside points: coupons with usage
// limits, discounts on orders, prices by tier, cashback and store credit.
//
// # Model
//
// A [Campaign] says whether a code may be redeemed: whole local days from From
// through Through, an audience, and limits on the live redemptions of a code, a
// member and the campaign. A [Register] counts them as a fold of events; voiding
// frees a use.
//
// A [Pricer] applies the vouchers of a [Stack] to an order, by priority, ties by
// identifier, each on what the ones before it left. With L what is left of the
// eligible lines and S their undiscounted subtotal, the discount is
//
//	percent    round(L·p)
//	fixed      min(a, L)
//	tiered     percent or fixed of the highest step with min ≤ S
//	cheapest   the ⌊units/every⌋ cheapest units, at most what is left of their lines
//
// cut to MaxDiscount and split over the lines by what is left of them, with the
// largest remainder method. So lines never fall below zero, and the parts add up.
//
// [Prices] answer with the lowest price that a member may have by tier, quantity
// and date. A [Checker] guards codes with a check letter and draws them in bulk. A
// [Cashback] pays a share of orders into a [Wallet], whose lots expire, are spent
// and are taken back as points are:
//
//	granted = min(⌊rate·net⌋, order cap, what is left of the month's cap)
//	taken back, after refunds of R in all = ⌊granted·R/net⌋
//
// # Units
//
// Amounts are decimals of whole minor units, with the fraction digits that the
// configuration names; events of wallets hold minor units. Percentages are above 0
// to 100, the rate of cashback is 0 to 1. Instants are exact and come out in UTC.
// Rounding is half away from zero, where nothing else is said.
//
// # Limits
//
// Orders, prices and wallets stay within 2^53-1 minor units, names and keys within
// 200 bytes. Registers and wallets know the years 1700 to 2150.
//
// A register grows with its codes, its members and the commands since the last
// [Campaign.Close], a wallet with its lots that hold something and the commands
// since the last [Cashback.Close]. Snapshots save a host from folding what came
// before. A host that counts redemptions in its own database needs no register:
// [Campaign.Check]. A person is erased by [Event.Redact] and [WalletEvent.Redact].
//
// # Choices
//
//   - An exclusive voucher that is in play is used alone even if it then takes
//     nothing off. It is in play if it has eligible lines and its minimum is reached.
//   - Minimums and steps look at the undiscounted subtotal, so that one voucher
//     does not switch another off.
//   - A discount that rounds to nothing does not use up its group.
//   - A refund takes cashback back from the order's own lot first, expired or not:
//     what has lapsed is not taken twice. Caps do not reopen.
//   - Spending, refunds and giving back must not come before any event of the
//     wallet: in the past they would draw on what has expired since. Purchases and
//     credit may come late, and mature and expire by their own time.
//   - A closed period is forgotten but for its totals: what cannot be told from
//     something forgotten is refused, so nothing is paid twice.
//   - Debt of a wallet is settled by the next grants, not by store credit, and
//     does not keep what is there from being spent.
//
// # Sources
//
//   - M. L. Balinski, H. P. Young (2001), Fair Representation, 2nd ed., ch. 3, for
//     largest remainders.
//   - H. M. Damm (2004), Total anti-symmetrische Quasigruppen, doctoral thesis,
//     Marburg, for the quasigroup of order 10.
//   - ISO/IEC 7812-1:2017, annex B, for the Luhn formula; other even alphabets as
//     in its generalisation to mod N.
//   - ISO 8601-1:2019 for dates; ISO 4217:2015 for minor units.
package voucher
