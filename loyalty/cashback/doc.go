// Package cashback keeps a wallet of money: cashback on orders, store credit and gift
// cards, which mature, expire, pay for orders, and are taken back (clawback) when goods
// are returned. Every command is idempotent, and a wallet is the fold of its events.
//
// # Start here
//
//	engine, err := cashback.New(terms)             // rate, caps, maturity, expiry
//	var wallet cashback.Wallet                     // a fold of the member's events
//	d, err := engine.Purchase(&wallet, purchase)   // or Spend, Refund, Credit, Cancel, GiveBack
//	if err == nil && !d.Replayed {                 // done before: nothing to store
//		err = wallet.Apply(d.Event)            // store it with the order, then apply it
//	}
//	balance := wallet.Balance(now)                 // pending, available, expired, debt
//
// # Model
//
// An [Engine] pays a share of orders into a [Wallet], whose lots are spent in the order
// in which they expire, ties by age:
//
//	granted = min(⌊rate·net⌋, order cap, what is left of the month's cap)
//	taken back, after refunds of R in all = ⌊granted·R/net⌋
//
// A [Spending] may name one credit, such as a gift card, which then pays alone, and a
// [Cancellation] takes one out. At every instant
//
//	granted + credited = pending + available + expired - debt + spent + reversed + cancelled
//
// # Units
//
// Amounts are decimals of whole minor units, with the fraction digits that the terms
// name; events hold minor units. The rate is 0 to 1. Instants are exact and come out in
// UTC; months and days are those of the zone of the terms.
//
// # Limits
//
// A wallet stays within 2^53-1 minor units, names and keys within 200 bytes of UTF-8. It
// knows the years 1700 to 2150. It grows with its lots that hold something and the
// commands since the last [Engine.Close]; snapshots save a host from folding what came
// before. What a command costs does not grow with what was spent: it is linear in the lots
// that it takes from or brings units back to. A person is erased by [Event.Redact].
//
// # Choices
//
//   - A refund takes cashback back from the order's own lot first, expired or not:
//     what has lapsed is not taken twice. Caps do not reopen.
//   - Spending, refunds and giving back must not come before any event of the
//     wallet: in the past they would draw on what has expired since. Purchases and
//     credit may come late, and mature and expire by their own time.
//   - A closed period is forgotten but for its totals: what cannot be told from
//     something forgotten is refused, so nothing is paid twice.
//   - What is given back of a lot that has expired expires at once, or lives on for the
//     GraceDays of the terms, as in package points: in a lot of its own, so that nothing
//     else revives. It keeps its name: a gift card that was given back late can be spent
//     by its name again.
//   - A cancellation takes what is left of a credit, expired or not. What of it was spent
//     stays spent; if it is given back, it is cancelled, grace or not.
//   - A name is spent alone: what is missing is not taken from other credit. Who wants
//     both sends two spendings.
//   - Debt of a wallet is settled by the next grants, not by store credit, and
//     does not keep what is there from being spent.
//   - What the state forbids is a [CommandError] that matches [relmark.ErrRefused]: an
//     order twice, more than it came to, one that is unknown.
//
// # Sources
//
//   - The rules are those that programmes publish; first-expired-first-out is the issue
//     rule for perishable stock: S. Nahmias (2011), Perishable Inventory Systems, ch. 1.
//   - ISO 4217:2015 for minor units.
package cashback
