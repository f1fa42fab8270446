// Package relmark is the root of an SDK for relationship marketing, which is customer
// retention and loyalty, CRM analytics and service quality: the logic a hotel, bank,
// airline, shop or call centre needs to keep its customers. It holds the words that
// all areas share: [Date], [ID], the errors, and the contact policy (consent, quiet
// hours, frequency caps).
//
// # Areas and rooms
//
// Each area is a package, each of its rooms a package below it. Import the ones
// you need; none of them imports another area.
//
//   - tier: membership levels: who holds which, why, until when, what is missing
//   - tier/rfm: recency, frequency and amounts of each customer, scores, segments
//   - tier/clv: churn and customer lifetime value: who still is one, worth what
//   - tier/abc: classes by value, loyalty and potential, concentration, segments
//   - tier/relationship: what kind of relationship a customer wants
//   - loyalty: the bonds of a programme, what each level costs and earns
//   - loyalty/earning: what an order or an activity earns, quoted and explained
//   - loyalty/points: a points ledger, exact, idempotent, replayable, explained
//   - loyalty/promotion: what an order costs under coupons and offers that stack
//   - loyalty/voucher: voucher codes, who may use them, and how often
//   - loyalty/cashback: a wallet of cashback, store credit and gift cards
//   - loyalty/accrual: contract liability, breakage and revenue of points
//   - loyalty/social: contact health, one-to-one treatment, occasions, community, referral
//   - loyalty/structural: entitlements, contracts, integration depth, switching costs
//   - servqual: expected against perceived service, gaps with intervals
//   - servqual/scale: reliability and factors of a questionnaire, scores 0 to 100
//   - servqual/csi: satisfaction indices by PLS path models, American and European forms
//   - servqual/priority: what to mend first: Kano, needs, importance, key drivers
//   - servqual/compare: value, competing firms, benchmarks, prices that customers accept
//   - servqual/encounter: moments of truth, incidents, process steps, agreement of raters
//   - servqual/recovery: complaints: deadlines in business time, compensation, causes, silent loss
//   - servqual/profitchain: employees to profit: chain, mirror, culture, internal marketing
//   - servqual/spc: control charts, run rules, run lengths, standards and targets
//   - servqual/pulse: NPS, CSAT and CES, with intervals and trends
//   - waiting: how long a wait feels and what it does to satisfaction
//   - waiting/queue: queues in formulas: waits, service levels, patience, staffing, networks
//   - waiting/sim: lines simulated: exact paths, priorities, patience, shifts, routes
//   - waiting/plan: the cheapest mix of servers and measures, announcements that settle
//   - crosssell: the next best offer, with a verdict for every candidate, and allocation
//   - crosssell/basket: market baskets: frequent itemsets, association rules, significance
//   - crosssell/affinity: what goes with what: neighbours, EASE, favourites, popularity
//   - crosssell/sequence: sequential patterns, next product to buy, order of acquisition
//   - crosssell/evaluation: leakage-free splits, ranking metrics, uplift, life cycle of services
//
// # Recipes
//
// The examples of this package go through several rooms, as a host does: from rows of
// a sales table to lifetime value, from receipts to the next best offer, between points
// and tiers, from a code to the checkout, from events to a statement, and from an
// error to the status of a web service.
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
// are concerned, within a stated tolerance for statistics. Money is exact. No data
// make a function panic; only [MustParseDate] does, which is for source code. Bad
// input is answered with an error that matches [ErrInvalid] and names the field and
// the rule ([FieldError]), never the customer.
package relmark
