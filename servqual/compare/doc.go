// Package compare says what a service is worth to customers and against whom: the value
// equation, the weighted rating of competing firms and the smallest change of weights
// that makes another one win, benchmarking of success factors, and what price customers
// accept (van Westendorp price sensitivity meter, Gabor-Granger demand, consumer surplus).
//
// # Start here
//
//	value, err := compare.Offer{Results: 8, Process: 6, Price: 4, Effort: 1}.Value()
//	why, err := ours.Against(theirs)                       // which part makes the difference
//	where, err := compare.Values(segments)                 // which offer is worth most to whom
//	ranking, err := compare.Rate(attributes, firms)        // who wins, who is dominated, who leads where
//	moves, err := compare.Moves(ctx, attributes, firms)    // how little would make another one win
//	gaps, err := compare.Benchmark(own, factors, 0.95)     // behind the best, surely or by chance
//	prices, err := compare.PriceRange(answers, options)    // from four prices each
//	ladder, err := compare.NewLadder(9, 12, 15)            // ladder.Add(true, true, false) counts a customer
//	demand, err := ladder.Demand(0.95)                     // what they would buy at which price
//
// # Model
//
// Customers weigh what they get against what they give (Heskett and others 1997):
//
//	value = (results + process quality)/(price + cost of obtaining the service)
//
// The ratio of two values is divided among the four parts by logarithmic means, which leaves
// nothing over.
//
// A firm's rating is Σ w·s/Σ w over the attributes it was rated on. Another firm wins from
// weights w' on, w' ≥ 0 with the same sum, that solve a linear programme: least Σ|w' − w|
// such that its rating is at least that of each other firm.
//
// Of four prices of each customer (far too cheap, a bargain, expensive, too expensive) come four
// curves of shares by price. Cheap and expensive meet at the indifference price, too cheap
// and too expensive at the optimal price; the acceptable range lies between the prices of
// marginal cheapness and marginal expensiveness.
//
// From the highest price that each customer accepts on a ladder come the demand curve
// D(p), the revenue p·D(p) per customer asked, and the mean consumer surplus, the area under
// the demand curve from p on.
//
// # Units
//
// Prices are in any unit of money, ratings in points, weights in any unit; shares go from
// 0 to 1.
//
// # Limits
//
// 100 attributes, 1,000 firms, 1e6 customers with prices. Moves solves some linear programmes
// for each firm, of which each takes about the cube of the attributes: for 10 attributes and
// 50 firms a tenth of a second, for 20 and 200 some seconds. Stated prices are not paid
// prices: customers say they would pay less than they do for what they know, more for what is
// new.
//
// # Choices
//
//   - Ratings of firms that were not rated on everything are means over what was; such
//     firms are marked, and take no part in dominance and in moves of weights, where they
//     could win by not being asked.
//   - Firms that tie share a rank; ties are within 1e-12 of the largest score.
//   - The best firm of a factor is the one with the best mean, found in the same data: the
//     gap to it is a little too large. P-values are Welch's, adjusted by Holm over factors.
//   - Curves of prices are straight between prices that somebody named. Where two curves
//     meet more than once, or along a stretch, a rule says which price it is: the middle
//     of the lowest and the highest by default.
//   - The range of prices is that of van Westendorp: not cheap meets too cheap, not
//     expensive too expensive. Option Narrow takes expensive and cheap instead.
//   - Demand is straight between the prices of the ladder. Beyond the highest one nobody was
//     asked: surplus there is not counted, so the surplus is a lower bound.
//
// # Sources
//
//   - J. L. Heskett, W. E. Sasser, L. A. Schlesinger (1997), The Service Profit Chain: the
//     value equation.
//   - W. L. Wilkie, E. A. Pessemier (1973), Issues in Marketing's Use of Multi-Attribute
//     Attitude Models, Journal of Marketing Research 10(4).
//   - B. L. Welch (1947), The Generalization of Student's Problem, Biometrika 34; S. Holm
//     (1979), A Simple Sequentially Rejective Multiple Test Procedure, Scandinavian Journal
//     of Statistics 6.
//   - P. H. van Westendorp (1976), NSS Price Sensitivity Meter: A New Approach to Study
//     Consumer Perception of Prices, ESOMAR Congress.
//   - B. W. Ang (2005), The LMDI Approach to Decomposition Analysis, Energy Policy 33: the
//     logarithmic mean.
//   - A. Gabor, C. W. J. Granger (1966), Price as an Indicator of Quality, Economica 33.
package compare
