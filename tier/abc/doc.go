// Package abc does ABC and Pareto analysis of customers: which of them bring the
// revenue (Lorenz curve, Gini coefficient, whale curve), which deserve attention
// (ABC classes, the customer pyramid by profit, classes on three axes), which leads
// and prospects to follow up (lead scoring), and which segments are worth a strategy
// of their own.
//
// # Start here
//
//   - [NewRanking] and [Ranking.ABC] class customers by value, [Ranking.Curve] tells
//     how concentrated it is.
//   - [NewPyramid] and [Stratify] put them into layers by profit.
//   - [NewMatrix] and [Classify] look at value, loyalty and potential together;
//     [NewStreak] follows a class over time.
//   - [NewScorer] and [Score] grade prospects, [Conversions] learns from the outcome.
//   - [Segmentation.Add] and [Segmentation.Reports] judge segments by [Criteria].
//
// # Model
//
// A [Ranking] lists customers by value v, descending, ties by identifier
// ascending. With the gain G as the sum of the positive values and the cuts a ≤ b
// (0.80 and 0.95), a customer of positive value is
//
//	A if Σ v before him < a·G,  else B if Σ v before him < b·G,  else C
//
// and C without positive value. A [Curve] is the distribution alone. With x the
// values in ascending order and n of them,
//
//	Gini = Σ (2i − n − 1)·x_i / (n·Σx)       no small-sample correction
//	Top(p) = sum of the first ⌈p·n/100⌉ / Σx
//	Whale: peak = G, total = Σx, drain = G − Σx, ratio = G/Σx
//
// [Values] is the mergeable count that a curve is made of.
//
// A [Pyramid] ranks margins, revenue less cost, and asks how customers buy
// ([Stratify] has the rule). A [Matrix] finds a class for value × loyalty ×
// potential in a table, and a [StreakRule] lowers it when contributions fall
// several periods running. A [Scorer] grades those who have not bought yet, with
// weights w, points p and half-lives h:
//
//	fit = Σ w·measure / Σ w    over the attributes that are known
//	intent = 1 − 2^(−Σ p·2^(−age/h) / half)
//
// and [Conversions] turns grades into probabilities. A [Segmentation] accumulates
// members by any key, and its [Report] puts each segment to four tests:
// measurable, reachable, profitable, growing.
//
// # Units
//
// Amounts are exact decimals of one currency. Shares are from 0 to 1, but
// [Curve.Top] takes a percentage. Scores of loyalty and potential are on any scale
// of the host, half-lives in days, growth per period of whatever length.
//
// # Limits
//
// Amounts have at most nine fraction digits and are below 9.2e18; those of one
// ranking fit an int64 in units of the finest digit among them (9.2e16 with two
// digits). Sums and comparisons are exact, ratios are rounded once to float64;
// square roots and powers add a few more roundings. A base holds up to 2^31 − 1
// customers, a segment up to 120 periods. Beyond a limit constructors and
// accumulators answer [relmark.ErrLimit]. Merging is exact.
//
// # Choices
//
//   - The customer who crosses a cut stays in the upper class; where a cut is hit
//     exactly the next one begins the lower class. Cuts are shares of the gain, so
//     losses do not move them.
//   - Gini and Lorenz are undefined where a value is negative or all are 0. Shares
//     of a total that is not positive are undefined, not negative.
//   - The pyramid has four layers by profit. Its authors say what distinguishes
//     the layers and leave the cuts to the firm: the defaults here are 80 and 95 %
//     of the gain, and one half for price sensitivity and share of wallet. Who was
//     not measured is not platinum.
//   - A streak counts strict falls from one period to the next; a missing period
//     contributes 0. It never raises a class.
//   - Authors list four to six tests of a segment; the four here are common to
//     them, with stability as a criterion of the first and an answer to contacts as
//     one of the second. A criterion without data is unknown, not passed.
//   - Growth is compound from the first period to the last. The precision of a
//     mean is a normal interval of 95 % with the sample variance.
//
// # Sources
//
//   - V. A. Zeithaml, R. T. Rust, K. N. Lemon (2001), The Customer Pyramid,
//     California Management Review 43(4).
//   - M. O. Lorenz (1905), Methods of Measuring the Concentration of Wealth,
//     Publications of the American Statistical Association 9(70).
//   - C. Gini (1914), Sulla misura della concentrazione e della variabilità dei
//     caratteri.
//   - R. Cooper, R. S. Kaplan (1991), Profit Priorities from Activity-Based Costing,
//     Harvard Business Review 69(3): customers who cost more than they bring, which
//     gives the whale curve its shape.
//   - P. Kotler, K. L. Keller (2012), Marketing Management, 14th ed., ch. 8: what
//     makes a segment worth serving.
package abc
