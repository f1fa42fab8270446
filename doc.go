// Package relmark is the root of an SDK for relationship marketing: the logic a
// hotel, bank, airline, shop or call centre needs to keep its customers. It holds
// the words that all areas share: [Date], [ID], the errors, and the contact policy.
//
// # Areas and rooms
//
// Each area is a package, each of its rooms a package below it. Import the ones
// you need; none of them imports another area.
//
//   - tier: who is in which tier of a programme, why, and until when
//   - tier/rfm: recency, frequency and amounts of each customer, scores, segments
//   - tier/clv: who is still a customer, and what they will be worth
//   - tier/abc: classes by value, loyalty and potential, concentration, segments
//   - tier/relationship: what kind of relationship a customer wants
//   - loyalty/points: a points ledger, exact, replayable, explained
//   - loyalty/promotion: what an order costs under offers, and prices by tier
//   - loyalty/voucher: voucher codes, who may use them, and how often
//   - loyalty/cashback: a wallet of cashback, store credit and gift cards
//   - loyalty/accrual: what points are owed for, and when they become revenue
//   - servqual: expected against perceived service, gaps with intervals
//   - servqual/spc: control charts, run rules, run lengths, standards and targets
//   - servqual/pulse: NPS, CSAT and CES, with intervals and trends
//   - waiting: how long a wait feels and what it does to satisfaction
//   - waiting/queue: how long the wait is, and how many servers it takes
//   - crosssell: the next offer, with a verdict for every candidate
//   - crosssell/basket: what sells together: frequent itemsets and rules
//
// # Four shapes
//
// Who knows one room knows all:
//
//   - Models: plain parameters are validated once, in a constructor, and become an
//     immutable value whose methods do not fail. Where a method takes an argument
//     outside its documented domain, it returns NaN.
//   - Accumulators: Add and Merge, in any order and from any shard, with a versioned
//     binary encoding. Merging is exact for integers, times and money.
//   - Fits: an accumulator and options give a model with its status; what did not
//     converge says so and comes with the best so far.
//   - Decisions with reasons: a policy, a state and facts give an outcome, why, what
//     was rejected and when to ask again. Nothing is mutated.
//
// # Promises
//
// There is no I/O, clock, global state, hidden randomness or goroutine left behind:
// time, randomness and data come in as arguments, results go out as values. Equal
// inputs give equal results, bit for bit where integers, decimals, times and seeds
// are concerned, within a stated tolerance for statistics. Money is exact. No input
// makes a function panic; bad input is answered with an error that matches
// [ErrInvalid] and names the field and the rule ([FieldError]), never the customer.
package relmark
