// Package crosssell decides on the next best offers for a customer, in cross-selling and
// upselling: what may be offered (consent, complaints, satisfaction, stock), what is worth
// offering, what is chosen, and why, and why not; and it allocates stock and a budget over
// many customers. The rooms below it find candidates: basket knows what sells together,
// affinity what goes with what a customer has, sequence what customers buy next; evaluation
// judges them, leakage-free.
//
// # Start here
//
//	candidate := crosssell.From(suggestion, "email", "offers", margin)   // or written by hand
//	d, err := crosssell.Decide(policy, customer, candidates)             // d.Chosen, and a verdict for each
//	decider, err := crosssell.NewDecider[string](policy)                 // the same for one customer after another
//	d, err = crosssell.Explore(policy, customer, candidates, rng)        // draws the first, and logs propensities
//	a, err := crosssell.Allocate(ctx, problem, options)                  // for all at once: stock, budget, bound
//	why, err := a.Why(problem, pair)                                     // why one did not get it
//
// # Model
//
// A [Candidate] is an item offered by a contact, on a channel for a purpose: a sale, or a
// thank-you, a service call, a recovery, which compete with it. Each is worth
//
//	worth = score·margin + relationship − fatigue      final = worth + lever
//
// where fatigue is the policy's weight times the customer's, for sales. Candidates are
// asked by all gates, in the order of [Gate]; those of sales are marked with an S:
//
//	consent        the customer is not erased, and consents to this channel for this purpose
//	legal          the customer meets what law and market ask
//	complaint S    no complaint is open, no recovery under way
//	satisfaction S the lower bound of satisfaction is not below the floor
//	owned S        the customer has not got the item, or may buy it again
//	standing       the customer's tier or relationship is right for it
//	stock          one is left
//	contact        no quiet hours, caps or gaps forbid a contact now
//	margin S       acceptance earns the least margin
//	worth          its worth exceeds the floor of the [Policy]
//	fatigue S      the customer was not asked too often
//	lever          no lever holds it back: final > 0
//
// [Decide] fills the slots of the policy with the best that pass: by priority, then final;
// one of an item, some of a category, further ones of a category discounted. Each candidate
// gets a [Verdict] with every [Reason] that stops it, as data.
//
// [Explore] draws the score of each candidate from its [Belief] and puts the best draw
// first (Thompson sampling). The probability of coming first,
//
//	P(i) = ∫ Π F_j dF_i over j ≠ i
//
// is integrated numerically and kept with the decision.
//
// [Allocate] maximises Σ value over pairs of customers and offers within caps, stock and a
// budget. With a price λ for each stock and μ for the budget,
//
//	bound = Σ λ·stock + μ·budget + Σ over customers of their best cap of value − λ − μ·cost
//
// is exceeded by no allocation: [Allocation.Gap] says how far from the best it may be. Small
// problems are searched until there is no gap, as far as that is not too much work.
//
// # Units
//
// A score is a probability of acceptance, or any figure ≥ 0 on one scale where margins are
// one and nothing is added. Margins, relationship values, levers and floors are in one unit
// of the host's choice, such as euros of margin. They rank offers and are never owed to
// anybody, so they are float64. Satisfaction is on the host's scale, fatigue in contacts.
// Stock is counted; costs and budgets are whole minor units.
//
// # Limits
//
// The facts are the host's and are as of now; in particular a [ContactAnswer] is what a
// [relmark.ContactPolicy] says at this instant. Whom to leave alone as a control group, the
// host assigns. Score · margin rounds to the nearest float64 and may round to 0.
// Propensities are those of the first slot. Values of an allocation are taken for
// independent: what is worth less beside another offer is a matter of variety, for one customer.
//
// # Choices
//
//   - Complaints come before offers whatever an offer is worth: satisfaction with
//     the firm moves cross-buying, and selling into a dispute spends it. Nothing
//     in the policy turns this gate off, and a state that nobody stated is not "none".
//   - What was not asked is not allowed, and says so: consent for another purpose, a
//     satisfaction without an estimate, a fact that nobody stated.
//   - Every gate is asked and every reason kept, for those who answer "why did
//     this customer get no offer?"; the first is the one to act on.
//   - Levers are added, after the floors: no campaign lifts what is not worth it.
//   - Equal finals are decided by item, channel, purpose, in ascending order, never
//     by the order of the candidates.
//   - The choice is the best there is, not only near it: one per item and some per
//     category are a laminar matroid, where the greedy choice has the greatest sum.
//   - Only beta beliefs are drawn: acceptance is yes or no.
//
// # Sources
//
//   - A. Knott, A. Hayes, S. A. Neslin (2002), Next-Product-to-Buy Models for
//     Cross-Selling Applications, Journal of Interactive Marketing 16(3): the
//     propensity to buy a product next as the score of an offer.
//   - S. Li, B. Sun, R. T. Wilcox (2005), Cross-Selling Sequentially Ordered
//     Products: An Application to Consumer Banking Services, Journal of Marketing
//     Research 42(2): satisfaction with the firm and cross-buying.
//   - J. Edmonds (1971), Matroids and the Greedy Algorithm, Mathematical Programming 1.
//   - W. R. Thompson (1933), On the Likelihood that One Unknown Probability Exceeds
//     Another in View of the Evidence of Two Samples, Biometrika 25.
//   - M. L. Fisher (1981), The Lagrangian Relaxation Method for Solving Integer
//     Programming Problems, Management Science 27(1); B. T. Polyak (1969), Minimization of
//     Unsmooth Functionals, USSR Computational Mathematics and Mathematical Physics 9(3).
//   - T. L. Morin, R. E. Marsten (1976), Branch-and-Bound Strategies for Dynamic
//     Programming, Operations Research 24(4).
//   - R. K. Ahuja, T. L. Magnanti, J. B. Orlin (1993), Network Flows, chapter 9:
//     successive shortest paths.
//   - Regulation (EU) 2016/679, article 6(1)(a), article 7 and recital 32: consent
//     is given for specific purposes.
package crosssell
