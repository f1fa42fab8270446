// Package rfm does RFM segmentation: it turns a log of purchases into recency,
// frequency and monetary value of each customer, scores and segments them (champions,
// at risk of churn, worth winning back), and prepares what models of customer
// lifetime value are fitted to.
//
// # Start here
//
//   - [Collect] the log into a [Base], or keep one [History] for each customer.
//   - [Base.Summaries] describes every customer as of a date.
//   - [FitCuts] and [NewScorer] grade them, [NewSegments] names the grades.
//   - [Base.Patterns] and [Base.Splits] feed models of purchase and churn.
//   - [Base.MarshalBinary] stores the base, [Base.Window] looks at a part of it.
//
// # Model
//
// A [History] is what one customer did: the distinct days with purchases and
// returns, and their amounts. It is an accumulator: purchases may come in any
// order, days or years late, from several shards. A [Base] keeps one History for
// each customer.
//
// A [Summary] reads a History as of a date. With n purchase days, the first on
// day f and the last on day l, as of day a, all days counted in a [Unit]:
//
//	x = n − 1      repeat purchase days: the frequency of purchase models
//	t_x = l − f    age of the customer at the last purchase
//	T = a − f      age of the customer
//	F = n,  R = a − l,  M = sum of the amounts
//
// [Patterns] counts customers by (x, t_x, T), which is all that models of purchase
// and churn need. A [Scorer] grades R, F and M from 1 to at most 10 against frozen cut
// points, and [Segments] names the grades.
//
// What is stored can be read back: [History.Days] as it was booked,
// [History.PurchaseDays] as a Summary counts it, [Base.Window] as far as it lies
// between two dates.
//
// # Units
//
// Amounts are exact decimals of one currency with up to nine fraction digits.
// Times are in the [Unit] of the [Options], days by default, divided and never
// rounded. Cut points of recency are in days whatever the unit, so scores do not
// depend on it.
//
// # Limits
//
// Sums of one customer's amounts fit an int64 in units of the finest digit seen:
// 9.2e16 with two digits, 9.2e9 with nine. Beyond that Add and Merge return
// [relmark.ErrLimit] and change nothing. Sums are exact; a mean is one division away
// from exact.
//
// Memory grows with customers and their distinct days, not with rows. On 64 bits a
// [Base] takes 48 bytes and the identifier for each customer, 11 to 22 more while
// customers come in no order, 24 for each distinct day, up to 48 where days are added
// one by one, and 16 for each row that waits to be sorted in: at most 2^20 rows, or as
// many as there are days. To sort them takes as much again for a moment. A log may come
// sorted by customer, by date or not at all; each row takes amortised constant time.
//
// # Choices
//
//   - Several rows of one date are one purchase day. What counts as one occasion
//     can be coarsened to weeks or months ([Collapse]) apart from the unit: weeks
//     as a unit do not merge purchases of one week.
//   - Returns net the day on which they are booked ([NetDay]) or are ignored
//     ([Gross]). A day bought and fully returned is no purchase day. A return that
//     comes days later leaves the purchase day and its value as they were, and
//     lowers the total alone: book it on the day of the purchase if it is known.
//   - Repeat figures leave the first purchase out, as purchase models want it
//     (X, MeanRepeat); the others keep it in (Purchases, MeanDay).
//   - Quantiles of cut points are type 7 of Hyndman and Fan, kept as exact
//     fractions; a value equal to a cut point belongs to the bin below it. Equal
//     values always get equal scores, bins between equal cut points stay empty.
//
// # Sources
//
//   - P. S. Fader, B. G. S. Hardie, K. L. Lee (2005), "Counting Your Customers" the
//     Easy Way, Marketing Science 24(2): x, t_x, T and the CDNOW data.
//   - A. M. Hughes (1994), Strategic Database Marketing: recency, frequency and
//     monetary scores.
//   - R. J. Hyndman, Y. Fan (1996), Sample Quantiles in Statistical Packages, The
//     American Statistician 50(4).
package rfm
