// Package pulse computes the quick scores of one question, each with an interval:
// the Net Promoter Score (NPS), customer satisfaction as a top-box share (CSAT),
// customer effort (CES) and means, between two waves and over many.
//
// # Model
//
// A [Tally] counts the answers to one question, blanks apart. With n answers, of
// which the share p are promoters and d detractors,
//
//	NPS = 100·(p − d)             var = p + d − (p − d)²
//	Wald            NPS ± z·100·√(var/n)
//	adjusted Wald   the same of n + 3 answers, 3/4 of one promoter and 3/4 of one
//	                detractor more
//
// A top-box share of k in n has Wilson's interval; a mean has Student's t. Of two
// independent waves the difference is tested against 0 with z, or with Welch's t
// where means are compared; of many waves [Trend] gives the line through them.
//
// Answers that carry weights, as of a sample that was drawn unequally, are a
// [Weighted]: their score is a ratio of sums, with the linearised standard error
//
//	SE² = Σ w²·(x − m)² / (Σ w)²
//
// # Units
//
// NPS and its errors are in points from −100 to 100, shares are from 0 to 1, means
// in points of the scale.
//
// # Limits
//
// Scales of 2 to 101 answers between −127 and 127; up to 4,294,967,295 answers.
// Counts merge exactly. Sums of weights merge within 1e-12.
//
// # Choices
//
//   - The denominator is who answered. A dismissed question is no answer; it is
//     counted apart and changes no score.
//   - NPS is defined for a scale of 0 to 10, and is refused for any other; groups
//     of another scale are named by the caller ([Groups]).
//   - The default interval of NPS is adjusted Wald, one of the two of best coverage
//     in the comparison of Rocks (2016). Ends are cut at −100 and 100, which no
//     score leaves. Wilson's ends stay within 0 and 1 by themselves.
//   - The interval of a mean is cut at the ends of the scale.
//   - The two-wave test of NPS uses variances with divisor n, as its interval does.
//
// # Sources
//
//   - Frederick F. Reichheld (2003), The One Number You Need to Grow, Harvard Business
//     Review 81(12): NPS.
//   - B. Rocks (2016), Interval Estimation for the "Net Promoter Score", The American
//     Statistician 70(4): adjusted Wald.
//   - E. B. Wilson (1927), Probable Inference, the Law of Succession, and Statistical
//     Inference, Journal of the American Statistical Association 22(158).
//   - M. Dixon, K. Freeman, N. Toman (2010), Stop Trying to Delight Your Customers,
//     Harvard Business Review 88(7): CES.
//   - L. Kish (1965), Survey Sampling, §11.7: effective sample size.
//   - W. G. Cochran (1977), Sampling Techniques, 3rd ed., §6.3: ratio estimates.
package pulse
