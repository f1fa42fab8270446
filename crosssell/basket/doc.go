// Package basket does market basket analysis: it finds frequent itemsets, what is
// bought together, and association rules between them, with support, confidence and
// lift.
//
// # Model
//
// A basket is a set of items. A [Counter] counts N baskets; n(X) is the number of
// those that hold every item of X. An itemset X is frequent if n(X) reaches a
// minimum count ([Counter.Frequent]). A [Rule] X → Y splits a frequent set in two
// ([Rules]); its [Table] holds n(XY), n(X), n(Y) and N, and its measures are
//
//	support     n(XY) / N
//	confidence  n(XY) / n(X)
//	lift        N·n(XY) / (n(X)·n(Y))
//
// # Units
//
// Counts are whole baskets, exact. Supports and confidences are shares from 0 to
// 1, lift is a ratio; each is within 3 units in the last place of its quotient.
//
// # Limits
//
// A counter keeps its baskets: memory grows with them. The number of frequent sets
// can double with each further item of a common basket, and so can the rules of a
// set; so each result has a limit, a million unless the host says otherwise, and
// more is [relmark.ErrLimit], never a part of the result. Rules say what occurs
// together in the baskets counted, not what causes what, and among many rules some
// are strong by chance.
//
// # Choices
//
//   - An item twice in a basket counts once; an empty basket counts in N.
//   - Thresholds include equality, and the minimum support is a count, not a share.
//     Programs that compare shares rounded before lose sets and rules that lie at
//     the threshold itself: (26/9835)/(65/9835) falls short of 26/65 = 0.4.
//   - No bound on the length of sets is set unless asked for.
//   - The confidence of a rule with the empty antecedent would be the share of its
//     consequent; such rules are not listed.
//
// # Sources
//
//   - R. Agrawal, T. Imieliński, A. Swami (1993), Mining Association Rules between
//     Sets of Items in Large Databases, SIGMOD: support and confidence.
//   - R. Agrawal, R. Srikant (1994), Fast Algorithms for Mining Association Rules:
//     consequents grow while the confidence holds.
//   - S. Brin, R. Motwani, J. D. Ullman, S. Tsur (1997), Dynamic Itemset Counting
//     and Implication Rules for Market Basket Data, SIGMOD: lift, there "interest".
//   - M. J. Zaki (2000), Scalable Algorithms for Association Mining, IEEE TKDE
//     12(3): depth-first search on the baskets of each item.
package basket
