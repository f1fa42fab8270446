// Package loyalty holds the rooms of a loyalty programme: points, miles and rewards,
// coupons and vouchers, discounts, cashback, and what all of that means in the books.
// It has no code of its own; this page says which room to open.
//
// # The three levels of bonds
//
// A programme ties customers on three levels, each harder to copy than the one
// before: by money, by relations between people, and by what customers could not have
// elsewhere without giving something up.
//
// Level one, financial bonds, is what customers get:
//
//   - earning says what an order or an activity earns: rates, multipliers, goals, caps,
//     budgets. It quotes without an account, so a shop can show "you would earn 120
//     points" to a visitor.
//   - points is the ledger: earn, hold, spend, expire, refund with clawback, transfer,
//     replay and what-if, idempotent by key, inside the transaction of the host.
//   - promotion says what an order costs under offers that stack and under prices by
//     tier, line by line, and what returned goods are worth.
//   - voucher guards codes and their limits: who may use which code, how often, until
//     when.
//   - cashback is a wallet of money that expires: cashback, store credit, gift cards.
//   - accrual is for finance: contract liability, breakage, deferred revenue and
//     provisions under IFRS 15 and ASC 606.
//
// Level two, social bonds, is knowing the customer: who wants contact and who does not
// is said by tier/relationship, when it is allowed by the contact policy of the root.
//
// Level three, structural bonds, is what is built together: contracts, entitlements,
// systems that have grown into one another. No room speaks of it yet.
//
// Which tier a member is in, and what is missing for the next, is not said here but in
// the area tier. Rooms of two areas never import each other: points that count for a
// tier, or rates that depend on one, are passed on by the host as plain values. The
// examples of the root package show how.
//
// # Sources
//
//   - L.L. Berry, A. Parasuraman (1991), Marketing Services: Competing Through
//     Quality: financial, social and structural bonds.
//   - L.L. Berry (1995), Relationship Marketing of Services: Growing Interest, Emerging
//     Perspectives, Journal of the Academy of Marketing Science 23(4).
package loyalty
