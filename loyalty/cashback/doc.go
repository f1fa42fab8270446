// Package cashback keeps a wallet of money: cashback on orders, store credit and gift
// cards, which mature, expire, pay for orders, and are taken back (clawback) when goods
// are returned. Every command is idempotent, and a wallet is the fold of its events.
//
// # Start here
//
//	engine, err := cashback.New(terms)             // rate, caps, maturity, expiry
//	var wallet cashback.Wallet                     // a fold of the member's events
//	d, err := engine.Purchase(&wallet, purchase)   // or Spend, Refund, Credit, GiveBack
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
// At every instant
//
//	granted + credited = pending + available + expired - debt + spent + reversed
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
// before. A person is erased by [Event.Redact].
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
