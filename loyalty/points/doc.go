// Package points is a loyalty points ledger: it grants, holds, spends, expires, refunds
// (with clawback of what was earned), transfers and replays points, exactly and
// idempotently, inside the host's own transaction.
//
// # Start here
//
//	engine, err := points.Compile(points.Program{Rules: rules, Expiry: …})   // once
//	decision, err := engine.Decide(account, points.Command{Key: "order-1001", At: now,
//		Do: points.Earn{Order: "1001", Amount: total, Tier: "gold"}})    // what is to happen
//	if decision.Replayed { … }                                               // it has: event decision.Seq is stored
//	data, err := decision.Event.AppendJSON(nil)                              // INSERT it, with the order
//	err = account.Apply(decision.Event)                                      // what has happened
//	balance := account.Balance(now)                                          // what there is
//
// What orders earn is said by [github.com/relmark/relmark/loyalty/earning], which quotes
// without a ledger, too.
//
// # Model
//
// A [Program] is plain data; [Compile] makes an immutable [Engine] of it. An
// [Account] is the present of one member, a fold of its events. [Engine.Decide]
// looks at an account and a [Command] and answers with one [Event] or an error; it
// changes nothing. [Account.Apply] changes the account by an event, and needs no
// engine: events carry outcomes (lots, instants, takes) and the facts of the order,
// so that replay depends on no rules, clock or time zones. The host stores events:
//
//	BEGIN; write the order; load the account; Decide; INSERT the event; COMMIT
//
// with (account, sequence number) and (account, key) unique. A clash of the former
// is [relmark.ErrConflict]: load again, decide again.
//
// Points live in lots. A lot is pending until AvailableAt and expired from
// ExpiresAt on, both exact; points are spent from the available lot that expires
// first, ties by order of creation. Expiry, maturity and the time-out of
// reservations are facts about an instant, derived when asked for: no sweep is
// needed, and recording one ([Sweep]) changes no later result. At every instant
//
//	issued + received = pending + available + held - debt
//	                  + redeemed + expired + reversed + sent
//
// What an order earns, [earning.Engine.Earn] says, and how much of that each line did; what
// an activity earns that is no purchase, [earning.Engine.Act]. Refunds of R out of a total
// T restore floor(S·R/T) of the S points that paid, take back floor(E·R/T) of the E points
// that were earned, and pay out ceil(C·R/T) of the C that was paid in money, counted over
// all refunds together. One that names lines does so with what they earned, and with what
// was paid for them ([Refund]). Cutting a refund into slices gains nobody anything. A
// bonus of a goal stands as long as enough of the orders behind it do ([Fallen]).
//
// [Close] keeps accounts small by ending a period for good; what comes after all is a
// [LateRefund]. An engine previews ([Engine.Preview]) and asks "what if" ([WhatIf]); a
// [Journal] of postings says the same in double entry.
//
// # Units
//
// Points and minor units of money are int64; amounts come in as decimals and must
// be whole minor units. Instants are exact to the nanosecond and come out in UTC.
// Dates are those that the programme's zone shows; a day starts at its first
// instant there.
//
// # Limits
//
// What an account has been granted and has received stays within 2^53-1, and so
// does every amount; activity lies in the years 1700 to 2150. Names, keys and
// identifiers have up to 200 bytes.
//
// What a command costs does not grow with the account by more than a logarithm, however
// it has lived: carts that were abandoned, expiry that rolls, refunds that wait for their
// order, a pool of thousands, activity in any order; a redemption looks at the lots that
// it takes. Linear in what there is are [Account.Balance] and a refusal for want of points
// (in the lots that hold points), [Leave] (in the members, too), [Close], [Recall] and
// snapshots.
//
// An account remembers the orders, keys and reservations since its last closing, and
// nothing of what is older; of lots it keeps in a snapshot those that hold points, and
// those that a refund or a reservation can come back to. Spent and expired lots cost
// nothing, so a [Close] is needed for the rest alone: a thousand orders and keys are some
// 30 kB of a snapshot that is read for each command. That a key or an order is not used
// again after it has been forgotten, unique indexes of the host's have to see to
// ([Event.EarnedOrder]).
//
// # Encodings
//
// Events have a canonical JSON encoding ([Event.AppendJSON]), to be stored as bytes,
// and a compact one that says the same. Both, and that of programmes, can be read
// for good; a snapshot of an account ([Account.AppendBinary]) may be discarded.
//
// # Choices
//
// Commands:
//   - One command is one event, so the version of an account counts its commands.
//   - A command is judged by its key first, then by the version that it names, by
//     whether its period is closed, by its processing time, and then by itself. So what
//     has been done is answered as done, whatever has happened since, and what can
//     never be done is not told to come later.
//   - A refused command does not occupy its key: the same one may succeed later.
//   - What is wrong with a command whatever the account holds is [relmark.ErrInvalid],
//     and is said before what the state forbids, which is [relmark.ErrRefused] with a
//     [Reason]; a lost race is [relmark.ErrConflict].
//
// Earning (see also package earning):
//   - Points earned while a member is in debt pay it at once, pending or not.
//   - Caps count what has been granted when an order is processed, whenever it took
//     place. Adjustments count towards neither caps nor budgets.
//   - The tier and the budget of an order are no part of what is asked for: the host looks
//     them up, and the first delivery may have changed them. A retry with another tier is
//     answered as done, with what was granted then.
//
// Lots and time:
//   - Under [Inactivity] an activity never shortens the life of a lot, and a gift to
//     a member whose points have all expired counts from the gift.
//   - A reservation ends at its activity plus its time to live, not at its processing
//     plus that: one that is processed after its end is refused.
//   - Lots that are taken over expired ([Open]) are issued and expired, so that the
//     books of the older programme balance; its debts are reversals.
//
// Refunds:
//   - Points that pay for an order are worth whole minor units, rounded down.
//   - Cash is rounded up and points down, so that no slice asks the member for money, and
//     no slices pay out more than was paid, whatever a point is worth.
//   - What [CashDeduct] cannot keep of one slice, for want of cash, it keeps of the next.
//   - What names no line falls on what is never named, even if that is named later.
//   - A parked refund that exceeds its order is cut to it: it has been accepted. An amount
//     for a line that the order does not have names none.
//   - A bonus of a goal is taken back with the order that it was granted with, by the
//     refund of any order behind it. What was granted in a period that is closed stays.
//   - A closed period is forgotten: what cannot be told from something forgotten is
//     refused. A late refund is exact all the same, since the order is looked up in the
//     events, and its points go through a suspense account: the closed books stay.
//   - The lot that a late refund restores to is reopened with the life that it would
//     have had; points of one that has expired expire at once, or get their grace.
//
// Between accounts:
//   - A fee is rounded up, even to all that is sent; then nothing arrives.
//   - Contributions to a pool and payouts from it bear no fee. Pending and reserved
//     points stay in a pool that a member leaves; one who comes back is a new member.
//   - What is sent has left; until it is received it is in transit. A parcel can be
//     received by the sender, which is how a transfer is undone.
//
// # Sources
//
//   - ISO 8601-1:2019 for dates; ISO 4217:2015 for minor units.
//   - M. L. Balinski, H. P. Young (2001), Fair Representation, 2nd ed., ch. 3, for
//     largest remainders, by which a pool is paid out.
//   - M. Fowler (2005), Event Sourcing; G. Young (2010), CQRS Documents, for
//     commands, events and folds.
package points
