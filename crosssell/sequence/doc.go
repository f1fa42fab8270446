// Package sequence tells what customers buy next and in which order: sequential patterns
// of purchases (PrefixSpan, BIDE), transition probabilities to the next product, next
// product to buy by logistic regression, and the order in which products are acquired.
//
// # Start here
//
// [Histories] hold what customers bought, day by day. From them
//   - [Histories.Frequent] lists patterns such as "grinder, then within a month beans",
//   - [Histories.Transitions] and [Transitions.Chain] give the chances of the next product,
//   - [FitPropensity] gives, for one product, the probability that a customer buys it next
//     from features that the host computes, and [Propensity.Explain] why,
//   - [Histories.Acquisitions] and [FitMaturity] put products on a ladder from the easiest to
//     the most demanding and say on which rung a customer stands.
//
// [Chain.Suggest], [SuggestNext] and [Maturity.Suggest] answer in the suggestions of
// package crosssell, for its gates to decide on.
//
// # Model
//
// A history is a sequence of visits, each a set of items. It has the pattern E1, …, Ek if
// there are visits v1 < … < vk with every Ei a part of vi, and within [Limits] if visits or
// days between neighbours and from the first to the last are. The count of a pattern is the
// number of customers who have it. A closed pattern has no longer one around it with the
// same count.
//
// After a context c, items of the last visits, the chance of y being the next product is
// its share among those that followed, drawn towards that after the shorter context c′:
//
//	P(y | c) = (N(c → y) + a·P(y | c′)) / (N(c) + a)
//
// A propensity is a logistic regression, ln p/(1 − p) = b0 + Σ bj·xj, that minimises
// −ln L + λ/2·Σ bj². A maturity t, normal among customers, and difficulties d of products
// give P(customer has product) = 1/(1 + e^(d − t)), the one-parameter logistic (Rasch)
// model; t is integrated out of the likelihood.
//
// # Units
//
// Counts are customers, or transitions, exact. Gaps are visits or days. Logits are natural
// logarithms of odds; difficulty and maturity are logits. A score of this room is a
// probability.
//
// # Limits
//
// Histories are kept whole: 12 bytes for each purchase. Patterns can be as many as the
// parts of a history, so each result has a limit, a million unless the host says otherwise:
// more is a [LimitError], which says from which count on the answer is complete, and that
// answer comes with it. Transitions grow with the product of the sizes of neighbouring
// visits and have a limit, too.
//
// Newton's method finds propensities to about 13 digits of the coefficients; data that a
// feature separates have a best fit only with λ > 0, and the status says so. Integrals
// over maturity have errors of 1e-10 up to a standard deviation of 5 and 1e-6 up to 10,
// where it ends. What follows in the past need not be caused by what came before.
//
// # Choices
//
//   - Purchases of one day are one visit: their order says nothing. Which day it was is the
//     host's to say, by [relmark.DateOf] in its zone.
//   - A customer counts once, however often a pattern occurs in the history.
//   - Gaps count all visits, those without any item of the pattern, too.
//   - Closed patterns are refused where MaxVisits or MaxDays is given: a longer pattern may
//     then have more customers than a part of it. With the other limits they are defined.
//   - The next product is one drawn at random from those of the next visit. Contexts that
//     visits of several items make count alike.
//   - The intercept is not penalised. Explanations compare with the mean customer.
//   - Difficulties have mean zero; the maturity of customers has a mean and a standard
//     deviation of its own. Products all weigh alike: how sharply each separates customers
//     (a second parameter) is not estimated.
//
// # Sources
//
//   - R. Agrawal, R. Srikant (1995), Mining Sequential Patterns, ICDE; R. Srikant, R.
//     Agrawal (1996), Mining Sequential Patterns: Generalizations and Performance
//     Improvements, EDBT: elements as sets, gaps and windows.
//   - J. Pei, J. Han et al. (2004), Mining Sequential Patterns by Pattern-Growth: The
//     PrefixSpan Approach, IEEE TKDE 16(11).
//   - J. Wang, J. Han, C. Li (2007), Frequent Closed Sequence Mining without Candidate
//     Maintenance, IEEE TKDE 19(8): BIDE and its BackScan.
//   - D. J. C. MacKay, L. C. B. Peto (1995), A hierarchical Dirichlet language model,
//     Natural Language Engineering 1(3): smoothing by the shorter context.
//   - A. Knott, A. Hayes, S. A. Neslin (2002), Next-Product-to-Buy Models for Cross-Selling
//     Applications, Journal of Interactive Marketing 16(3).
//   - J. C. Platt (1999), Probabilistic Outputs for Support Vector Machines; M. Ayer et al.
//     (1955), An Empirical Distribution Function for Sampling with Incomplete Information,
//     Annals of Mathematical Statistics 26(4): calibration.
//   - W. A. Kamakura, S. N. Ramaswami, R. K. Srivastava (1991), Applying Latent Trait
//     Analysis in the Evaluation of Prospects for Cross-Selling of Financial Services,
//     International Journal of Research in Marketing 8(4).
//   - R. D. Bock, M. Lieberman (1970), Fitting a response model for n dichotomously scored
//     items, Psychometrika 35; T. A. Louis (1982), Finding the Observed Information Matrix
//     when Using the EM Algorithm, Journal of the Royal Statistical Society B 44.
package sequence
