// Package earning computes what an order or an activity earns in a loyalty programme:
// points by rates on money, nights, miles, litres or pieces, in steps or in proportion,
// multipliers, bonuses, goals (stamp cards, challenges, streaks), exclusions such as gift
// cards, caps and budgets, line by line of a basket, with an explanation. It says how
// points can pay. It quotes for a product page or a basket without an account, and counts
// nothing itself: a ledger such as loyalty/points does.
//
// # Start here
//
//	rules := earning.Rules{Currency: "EUR", Digits: 2, Versions: []earning.Version{{Rates: …}}}
//	engine, err := earning.Compile(rules)                            // once
//	award, err := engine.Quote(&earning.Order{At: now, Amount: …})   // "you will earn 99 points"
//	lines, err := engine.Lines(&order)                               // on which line, by which rule
//	outcome, err := engine.Earn(&order, member)                      // what a ledger books
//
// # Model
//
// [Rules] are plain data; [Compile] makes an immutable [Engine] of them. Of their
// versions that counts which covers the local date of the activity. An [Order] has lines,
// and what its total has beside them is one more line, the rest. A rule says on which
// lines it acts ([Selector]) and under which conditions ([Condition]). With all fractions
// exact and one rounding, an order earns
//
//	base    = Σ rates · what was paid in money       for each line
//	factor  = 1 + Σ (multiplier - 1)                 for each line, or the exclusive
//	                                                 multiplier of highest priority there
//	granted = min(floor(Σ base · factor) + bonuses, what caps and Budget leave)
//
// where bonuses include those of goals that the order reaches ([Goal]), and base, summed
// and rounded down, is what counts for tiers ([Award.Qualifying]). Of what is granted,
// goals aside, each line earns its part by largest remainders: it weighs base · factor and
// its share of each bonus, in proportion to amounts ([Award.ByLine]).
//
// What a member was granted before, and how far it is on the way to goals, whoever keeps
// the ledger says ([Member]). Progress towards goals is a plain value, with the arithmetic
// of refunds ([Progress], [Step]); the ledger keeps it. [Activity] is what is no purchase.
//
// Caps limit a member; budgets limit all members together, and are counted in a
// [Usage]. [Engine.Report] says of rules, before an order comes, which never act, which
// act together, and what a day can cost.
//
// # Units
//
// Points and minor units of money are int64; amounts come in as decimals and must
// be whole minor units. Quantities and measures come in as decimals and are kept as
// billionths. Dates are those that the rules' zone shows.
//
// # Limits
//
// Amounts and points stay within 2^53-1; activity lies in the years 1700 to 2150. Names
// and texts have up to 200 bytes. Quantities and measures have 9 fraction digits and stay
// below 10^9. Denominators of rates and factors reach 10^9. There
// are up to 1000 versions, rules of one kind in each, and entries in each list of a
// condition or a selector, and conditions nest to 8 levels.
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
//   - A selector says on what a rule acts, a condition whether it does. A minimum is
//     compared with the amount of the lines on which the rule acts.
//   - The order is rounded, not its lines: lines rounded alone would lose up to a point
//     each.
//   - What points paid for earns nothing, in nights as in money.
//   - Exclusions come first, so that a gift card does not reach "from 100 euros".
//   - What each rule contributed is split by largest remainders, so that the parts
//     add up to the grant.
//   - Caps and budgets count what was granted for activity in the period, whichever
//     version granted it. Refunds free neither: who buys and returns gains no room.
//   - A version with budgets needs [Order.Budget] with every order. A budget that a host
//     forgets to look at would be none.
//   - Goals are net of refunds: buy, reach, return takes the bonus back, unless the rule
//     keeps it. A late order mends a streak.
//   - What an order has wrong is [relmark.ErrInvalid], and so is a date without rules: it
//     is not the state that forbids it. What rules do not allow is a [RefusedError]. More points
//     than there can be are [relmark.ErrLimit], and never 0.
//
// # Sources
//
//   - ISO 4217:2015 for minor units; ISO 8601-1:2019 for dates and weekdays.
//   - M. L. Balinski, H. P. Young (2001), Fair Representation, 2nd ed., ch. 3, for
//     largest remainders.
//   - D. E. Knuth (1997), The Art of Computer Programming, vol. 2, 3rd ed., §4.3.1, for
//     quotients of long numbers.
package earning
