// Package earning computes what an order or an activity earns in a loyalty programme:
// points by rates, multipliers, bonuses, goals (stamp cards, challenges, streaks),
// caps and budgets, under conditions, with an explanation. It quotes for a product
// page or a basket without an account, and counts nothing itself: a ledger such as
// loyalty/points does.
//
// # Start here
//
//	rules := earning.Rules{Currency: "EUR", Digits: 2, Versions: []earning.Version{{Rates: …}}}
//	engine, err := earning.Compile(rules)                            // once
//	award, err := engine.Quote(&earning.Order{At: now, Amount: …})   // "you will earn 99 points"
//	award, err = engine.Explain(&order)                              // and why
//	outcome, err := engine.Earn(&order, member)                      // what a ledger books
//
// # Model
//
// [Rules] are plain data; [Compile] makes an immutable [Engine] of them. Of their
// versions that counts which covers the local date of the activity. With all fractions
// exact and one rounding, an [Order] earns
//
//	base    = Σ rates · cash          cash: the part not paid with points
//	factor  = 1 + Σ (multiplier - 1)  or the exclusive multiplier of highest priority
//	granted = min(floor(base · factor) + bonuses, what caps and Budget leave)
//
// where bonuses include those of goals that the order reaches ([Goal]), and base,
// rounded down, is what counts for tiers ([Award.Qualifying]). What a member was
// granted before, and how far it is on the way to goals, whoever keeps the ledger says
// ([Member]).
//
// Caps limit a member; budgets limit all members together, and are counted in a
// [Usage].
//
// # Units
//
// Points and minor units of money are int64; amounts come in as decimals and must
// be whole minor units. Dates are those that the rules' zone shows.
//
// # Limits
//
// Amounts and points stay within 2^53-1; activity lies in the years 1700 to 2150. Names
// and texts have up to 200 bytes. Denominators of rates and factors reach 10^9. There
// are up to 1000 versions, rules of one kind in each, and entries in each list of a
// condition, and conditions nest to 8 levels.
//
// # Encodings
//
// Rules have canonical JSON ([Rules.MarshalJSON], [DecodeRules]), which can be read for
// good; a part of them is written alone as it is within. A usage has a binary encoding.
//
// # Choices
//
//   - Multipliers add their excesses by default: 2 and 1.5 make 2.5. [Compounding]
//     multiplies them.
//   - What each rule contributed is split by largest remainders, so that the parts
//     add up to the grant.
//   - Caps and budgets count what was granted for activity in the period, whichever
//     version granted it. Refunds free neither: who buys and returns gains no room.
//   - A version with budgets needs [Order.Budget] with every order. A budget that a host
//     forgets to look at would be none.
//   - Goals count orders as they are processed: refunds do not take a count back, nor
//     does a late order mend a streak. The bonus of a goal is a part of what its order
//     was granted, and goes back with it.
//   - What an order has wrong is [relmark.ErrInvalid], and so is a date without rules: it
//     is not the state that forbids it. More points than there can be are
//     [relmark.ErrLimit], and never 0.
//
// # Sources
//
//   - ISO 4217:2015 for minor units; ISO 8601-1:2019 for dates and weekdays.
//   - M. L. Balinski, H. P. Young (2001), Fair Representation, 2nd ed., ch. 3, for
//     largest remainders.
package earning
