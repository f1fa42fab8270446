// Package servqual measures service quality as customers see it by gap scores (SERVQUAL):
// what they expect, what they perceive, and how far the one falls short of the other,
// item by item, dimension by dimension and overall; or by perceptions alone (SERVPERF).
//
// # Start here
//
//	instrument, err := servqual.NewInstrument(servqual.Standard(1, 7)) // 22 items, 5 dimensions
//	survey := instrument.NewSurvey()                                   // adds up, merges, encodes
//	err = survey.Add(servqual.Response{Expected: e, Perceived: p})     // for each respondent
//	report, err := survey.Report(servqual.HalfAnswered)                // the rule for missing answers
//	low, high, err := report.Dimensions[0].Gap.Interval(0.95)          // how sure is the gap?
//
// # Model
//
// An [Instrument] is a questionnaire: items on a common scale, each in one
// dimension. [Standard] has the 22 items and five dimensions of the literature. A
// [Survey] adds up the [Response] of each respondent, and a [Report] reads it. For
// respondent r, item i and dimension d of k items, of which r answered m,
//
//	g(r,i) = P(r,i) − E(r,i)          gap: perceived less expected
//	g(r,d) = Σ g(r,i) / m             over the items of d answered twice
//	g(d)   = Σ g(r,d) / n             over the n respondents with a score on d
//
// and likewise for E and P alone. The score exists if m satisfies a rule for
// [Missing] answers. Overall, with D dimensions and w points of importance given to each,
//
//	by respondent   g(r) = Σ g(r,d) / D           unweighted
//	                g(r) = Σ w(r,d)/100 · g(r,d)  weighted by the respondent's points
//	of means        Σ g(d) / D  or  Σ w(d)/100 · g(d)  with any points
//
// A Survey is an accumulator of integers. Parts collected apart, by branch, by
// month or by shard, merge to the last bit of what one pass gives.
//
// # Units
//
// Scores are in points of the answer scale; a gap of −1 is one step short. Points
// of importance add to 100.
//
// # Limits
//
// Up to 100 items, 24 in a dimension, scales of 2 to 101 steps between -127 and
// 127, 4,294,967,295 respondents. Means and variances are exact fractions rounded
// once; interval ends add a relative error below 1e-13 of the half-width. Answers
// are whole numbers, respondents count alike: there are no sampling weights.
//
// # Choices
//
//   - Intervals are those of Student's t with n − 1 degrees of freedom, for one
//     score at a time, and standard deviations divide by n − 1. Small answer scales
//     are not normal, but means over respondents nearly are.
//   - A gap needs both answers. With missing answers the mean gap is therefore not
//     the mean perception less the mean expectation, and each has its own n.
//   - Half of the items means rounded up: 3 of 5. That is the default because the
//     strict rule loses most respondents to few blanks: with 2 % of answers missing at
//     random, 0.98^44 = 41 % of respondents have all 22 gaps.
//   - An overall score by respondent needs a score on every dimension, and points if
//     weighted. Weighting each respondent by own points and weighting the means by
//     mean points are two numbers; both are reported, since sources mix them.
//   - For weights fixed in advance either give every response the same importance,
//     which yields intervals, or hand them to [Overall.OfMeansWeighted].
//   - A dimension score is the mean of its items; [Report] has the sums over all
//     items of Cronin and Taylor as Totals.
//
// # Sources
//
//   - A. Parasuraman, V. Zeithaml, L. Berry (1988), SERVQUAL: A Multiple-Item
//     Scale for Measuring Consumer Perceptions of Service Quality, Journal of
//     Retailing 64(1): items, dimensions, gap scores. Revised by the same in 1991,
//     Refinement and Reassessment of the SERVQUAL Scale, 67(4).
//   - V. Zeithaml, A. Parasuraman, L. Berry (1990), Delivering Quality Service:
//     100 points of importance.
//   - J. Cronin, S. Taylor (1992), Measuring Service Quality: A Reexamination
//     and Extension, Journal of Marketing 56(3): SERVPERF.
//   - R. L. Oliver (1980), A Cognitive Model of the Antecedents and Consequences of
//     Satisfaction Decisions, Journal of Marketing Research 17(4): disconfirmation.
package servqual
