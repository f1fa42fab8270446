// Package servqual measures service quality as customers see it by gap scores (SERVQUAL):
// what they expect, what they perceive, and how far the one falls short of the other,
// item by item, dimension by dimension and overall; or by perceptions alone (SERVPERF).
// It also has zones of tolerance, the five gaps of a provider, what drives expectations,
// disconfirmation and quality, tests between groups and waves, and sample sizes.
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
// month or by shard, merge to the last bit of what one pass gives. So do its kin: a
// [GapSurvey] takes columns of answers and keeps gaps only, a [ZoneSurvey] adequate,
// desired and perceived service, [Relations] the products of scores on dimensions and
// outcomes, and a [Study] those of any few questions.
//
// # What for
//
//	what is tolerated            [ZoneSurvey], [ZoneScores.Position]
//	where the provider fails     [NewFiveGaps], [ExplainGap5]
//	what shapes expectations     [Study.Drivers], with over-promising
//	what shapes satisfaction     [Study.Disconfirmation], [Relations.Regress]
//	outcome against process      [Study.OutcomeProcess], [Technical]
//	waves and groups             [Stat.Change], [CompareGroups], [SplitChange]
//	who was asked                [PostStratify], [Unpaired], [PlanMean] and its kin
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
// once; interval ends add a relative error below 1e-13 of the half-width. Regressions
// agree with exact rational ones to 1e-12 in the reference tests; a regressor of whose
// variance others leave less than 1e-11 is refused.
// Answers are whole numbers, respondents count alike: weights come in when exact scores
// are put together, by [PostStratify].
//
// # Choices
//
//   - Intervals are those of Student's t with n − 1 degrees of freedom, for one
//     score at a time, and standard deviations divide by n − 1. Small answer scales
//     are not normal, but means over respondents nearly are. An end of an interval that
//     lies past an end of the scale is moved there: that keeps its coverage, since no
//     mean is outside. Shares have Wilson's interval, which stays within 0 and 1.
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
//   - In a zone of tolerance an item counts where all three answers are there. Who calls
//     more adequate than desired has no zone and is counted apart. The position in the
//     zone has Fieller's interval, being a ratio.
//   - Gap 5 is not the sum of gaps 1 to 4. Gaps 1 to 3 and a residual add up to it; what
//     gap 4 does with the others is estimated over units.
//   - Two groups are compared by Welch's t, several by Welch's analysis of variance, which
//     do not take variances to be equal; the classic one stands beside it.
//   - A change is split by the mean of both waves' shares and scores, which leaves no
//     interaction over.
//   - Regressions are of the respondents who answered all that is in them, and no others
//     are left out: a study keeps its sums apart by what was left blank.
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
//   - A. Parasuraman, V. Zeithaml, L. Berry (1985), A Conceptual Model of Service
//     Quality and Its Implications for Future Research, Journal of Marketing 49(4), and
//     V. Zeithaml, L. Berry, A. Parasuraman (1988), Communication and Control Processes
//     in the Delivery of Service Quality, Journal of Marketing 52(2): the five gaps.
//   - A. Parasuraman, V. Zeithaml, L. Berry (1994), Alternative Scales for Measuring
//     Service Quality, Journal of Retailing 70(3): zones of tolerance.
//   - C. Grönroos (1984), A Service Quality Model and its Marketing Implications, European
//     Journal of Marketing 18(4): outcome and process, drivers of expectations.
//   - E. M. Kitagawa (1955), Components of a Difference Between Two Rates, Journal of the
//     American Statistical Association 50(272): mix and within.
//   - D. Holt, T. M. F. Smith (1979), Post Stratification, Journal of the Royal
//     Statistical Society A 142(1); L. Kish (1965), Survey Sampling: the design effect.
//   - E. C. Fieller (1954), Some Problems in Interval Estimation, Journal of the Royal
//     Statistical Society B 16(2): a ratio of means.
package servqual
