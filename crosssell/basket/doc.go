// Package basket does market basket analysis: it finds frequent itemsets, what is
// bought together, all of them, the closed, the maximal ones or the generators, and
// association rules between them, with support, confidence, lift and some fifty other
// measures of interest; tells which of them are more than chance; and turns rules into
// cross-sell suggestions for one customer.
//
// # Start here
//
//   - [Counter.Add] counts baskets, [Counter.Remove] takes them out, [Counter.Weigh] lets old
//     ones count less.
//   - [Counter.Plan] says how many itemsets there are, [Counter.Frequent] lists them,
//     [Counter.Sets] streams them, [Counter.Top] needs no minimum count; [Rules] makes rules.
//   - [Significant] keeps those that are more than chance among all that were looked at.
//   - [Standings] and [Productivity] tell which say more than a shorter rule.
//   - [Counter.Associations] has the few itemsets that explain all others, [Counter.Lamp]
//     all that is significant about one item; neither needs a minimum support.
//   - [NewSuggester] and [Suggester.Suggest] answer for one customer, with reasons.
//   - [Taxonomy] carries all of it to groups of items.
//
// # Model
//
// A basket is a set of items. A [Counter] counts N baskets; n(X) is the number of
// those that hold every item of X. An itemset X is frequent if n(X) reaches a
// minimum count ([Counter.Frequent]); [Counter.AtLeast] makes one of a share. It is
// closed if no larger set has its count, maximal if no larger one is frequent, and a
// generator if no smaller one, the empty set included, has its count ([Family]). Counters
// of parts of the data merge, or are mined apart and counted again ([Union],
// [Counter.Recount]), exactly. A [Rule] X → Y splits a frequent set in two
// ([Rules]); its [Table] holds n(XY), n(X), n(Y) and N, and its measures are
//
//	support     n(XY) / N
//	confidence  n(XY) / n(X)
//	lift        N·n(XY) / (n(X)·n(Y))
//
// and many more, each a method. If X and Y were independent, n(XY) would be
// hypergeometric, and the p-value of Fisher's exact test is
//
//	P(H ≥ n(XY)),  H of n(X) draws from N baskets of which n(Y) hold Y
//
// which a [Correction] adjusts for the number of hypotheses among which the rule was
// found. An itemset is self-sufficient ([Association]) if no division of it in two
// explains it, and no larger set does.
//
// # Units
//
// Counts are whole baskets, exact. Supports and confidences are shares from 0 to
// 1, lift is a ratio; each is within 3 units in the last place of its quotient. P-values
// are natural logarithms wherever they may leave the range of float64.
//
// # Limits
//
// A counter keeps its baskets: memory grows with them. The number of frequent sets
// can double with each further item of a common basket, and so can the rules of a
// set; so each list has a limit, a million unless the host says otherwise. Where
// itemsets would pass it, the count is raised until they fit, and a [LimitError] beside
// them says from which count on the result is complete; more rules than their limit are
// [relmark.ErrLimit], never a part of the result. Rules say what occurs together in the
// baskets counted, not what causes what, and among many rules some are strong by chance.
//
// Measures have a relative error below 1e-12, also where X and Y are nearly
// independent, but for [Table.StandardizedLift]; p-values one below 1e-12 down to 1e-300,
// and their logarithms below that one of 1e-13.
//
// # Choices
//
//   - An item twice in a basket counts once; an empty basket counts in N.
//   - Thresholds include equality, and the minimum support is a count, not a share.
//     Programs that compare shares rounded before lose sets and rules that lie at
//     the threshold itself: (26/9835)/(65/9835) falls short of 26/65 = 0.4.
//   - No bound on the length of sets is set unless asked for. One takes sets out, and
//     makes no others closed, maximal or generators.
//   - A basket larger than [CounterParams.MaxBasket] counts for its items one by one, and
//     in no larger set; [Counter.Associations] and [Counter.Lamp] leave it out. Labels
//     that begin or end with white space are refused.
//   - The confidence of a rule with the empty antecedent would be the share of its
//     consequent; such rules are not listed.
//   - A number of hypotheses is declared, never guessed from the rules listed: rules that
//     were chosen by their confidence are what is left of many tests. In 1,000 sets of
//     independent data the listed rules, corrected for their own number, held a false one
//     in 26 of 100 at a level of 5 %; for all tested, in 5.
//   - Fisher's test has one side: only attraction makes a rule. [Table.TwoSidedP] has both.
//   - Collective strength and least contradiction are those of their papers; arules has
//     other expressions under these names.
//   - Lengths of itemsets share the level as in OPUS Miner, of rules as in Webb (2008).
//   - Antecedents in the same baskets are one hypothesis in [Counter.Lamp].
//
// # Sources
//
//   - R. Agrawal, T. Imieliński, A. Swami (1993), Mining Association Rules between
//     Sets of Items in Large Databases, SIGMOD: support and confidence.
//   - R. Agrawal, R. Srikant (1994), Fast Algorithms for Mining Association Rules:
//     consequents grow while the confidence holds.
//   - R. Srikant, R. Agrawal (1995), Mining Generalized Association Rules, VLDB:
//     taxonomies, and sets that hold an item beside its ancestor.
//   - S. Brin, R. Motwani, J. D. Ullman, S. Tsur (1997), Dynamic Itemset Counting
//     and Implication Rules for Market Basket Data, SIGMOD: lift, there "interest",
//     and conviction.
//   - T. Uno, M. Kiyomi, H. Arimura (2004), LCM ver. 2, FIMI: occurrence deliver,
//     prefix-preserving closure extension; C. Borgelt (2012), Frequent Item Set Mining,
//     WIREs 2(6): perfect extensions; K. Gouda, M. J. Zaki (2001), ICDM: maximal sets.
//   - A. Savasere, E. Omiecinski, S. Navathe (1995), VLDB: mining in parts.
//   - M. Hahsler (2015 and later), A Probabilistic Comparison of Commonly Used Interest
//     Measures for Association Rules: the measures, each with its paper.
//   - P. D. McNicholas, T. B. Murphy, M. O'Regan (2008), Standardising the lift of an
//     association rule, Computational Statistics & Data Analysis 52(10).
//   - S. Holm (1979), Scandinavian Journal of Statistics 6; Y. Benjamini, Y. Hochberg
//     (1995), JRSS B 57; Y. Benjamini, D. Yekutieli (2001), Annals of Statistics 29.
//   - G. I. Webb (2007), Discovering Significant Patterns, Machine Learning 68; G. I. Webb
//     (2008), Layered critical values, Machine Learning 71.
//   - G. I. Webb, J. Vreeken (2014), Efficient Discovery of the Most Interesting
//     Associations, ACM TKDD 8(3): self-sufficient itemsets and OPUS Miner.
//   - A. Terada, M. Okada-Hatakeyama, K. Tsuda, J. Sese (2013), Statistical significance of
//     combinatorial regulations, PNAS 110(32): the bound of [Counter.Lamp].
package basket
