// Package scale asks whether a questionnaire is sound: whether the items of a scale
// measure one thing and how reliably (Cronbach's alpha, McDonald's omega), how many things
// they measure (exploratory factor analysis, parallel analysis), whether they have enough
// in common for that (KMO, Bartlett), and scores them from 0 to 100.
//
// # Start here
//
//	battery, err := scale.New(scale.Params{Items: []int{0, 1, 2, 3}, Low: 1, High: 7})
//	answers := battery.NewAnswers()                    // adds up, merges, encodes
//	err = answers.Add(row)                             // for each respondent
//	c, err := answers.Covariance(scale.Listwise)       // the rows to use where answers are missing
//	a, err := c.Alpha(0.95)                            // and c.Omega, c.Factors, c.Suitability
//	s, err := answers.Scores(servqual.HalfAnswered)    // 0 to 100, with an interval
//
// # Model
//
// With the covariances C of k items, of sum s and trace t,
//
//	alpha      k/(k − 1)·(1 − t/s)              standardised: of the correlations
//	interval   1 − (1 − alpha)·F(n − 1, (n − 1)(k − 1)), Feldt
//	omega      (Σλ)²/((Σλ)² + Σψ), of one factor x = λf + e, e of variance ψ
//	minres     R ≈ ΛΛᵀ + Ψ, least squares of the correlations of different items
//	varimax    planes of factors turned to the greatest variance of squared loadings
//	oblimin    oblique factors of least Σ l²·m² over pairs of factors
//	KMO        Σr²/(Σr² + Σq²), q the partial correlations
//	Bartlett   −(n − 1 − (2k + 5)/6)·ln|R|, chi-square of k(k − 1)/2
//
// A respondent's score is 100·(mean − Low)/(High − Low), reversed items turned about.
// [Answers] are an accumulator of whole numbers. Parts collected apart merge to the last
// bit of what one pass gives, and hold what either rule for missing answers needs.
//
// # Units
//
// Answers, means and loadings of omega are in points of the answer scale; loadings of
// factors are of standardised items; scores go from 0 to 100.
//
// # Limits
//
// 2 to 100 items, answers from −127 to 127 in ranges of 200 at most, 4,294,967,295
// respondents. Covariances are right to two units in the last place. Factors come to rest
// within 1e-9 of the optimum; those of an ill-conditioned matrix are refused.
//
// # Choices
//
//   - Raw and standardised alpha are two numbers: raw is that of the score that is
//     computed, the mean of the answers; standardised is that of items scaled to one
//     variance.
//   - An item that runs against the others is named and stays as it was answered. What is
//     worded negatively is declared, in [Params.Reversed].
//   - Missing answers: complete rows, or every pair of items as far as both are answered.
//     Intervals, standard errors and tests take the number of complete rows in either
//     case; the R package psych takes all rows, and reports intervals that are too narrow.
//   - Omega is of maximum likelihood, with variances of divisor n. A sum of squares is
//     that of the model; [Omega.Observed] has the one of the data in its place.
//   - The interval of a mean score is Student's, cut at 0 and 100.
//   - Rotations run to the optimum; those of common packages stop some 1e-8 short of it.
//     Rotated factors are in the order of what they explain, with positive sums.
//   - An own variance is held at half a per cent or more, and the item is named (Heywood).
//
// # Sources
//
//   - L. J. Cronbach (1951), Coefficient Alpha and the Internal Structure of Tests,
//     Psychometrika 16; L. S. Feldt (1965), Psychometrika 30: the interval; J. M. van Zyl,
//     H. Neudecker, D. G. Nel (2000), Psychometrika 65, and A. Duhachek, D. Iacobucci
//     (2004), Journal of Applied Psychology 89: the standard error.
//   - R. P. McDonald (1999), Test Theory: A Unified Treatment: omega. M. R. B. Clarke
//     (1970), British Journal of Mathematical and Statistical Psychology 23: second
//     derivatives of the likelihood.
//   - Harry H. Harman, W. H. Jones (1966), Factor Analysis by Minimizing Residuals,
//     Psychometrika 31; H. F. Kaiser (1958), The Varimax Criterion, Psychometrika 23; R. I.
//     Jennrich (2002), A Simple General Method for Oblique Rotation, Psychometrika 67.
//   - J. L. Horn (1965), A Rationale and Test for the Number of Factors in Factor
//     Analysis, Psychometrika 30; H. F. Kaiser (1974), An Index of Factorial Simplicity,
//     Psychometrika 39; M. S. Bartlett (1950), British Journal of Psychology 3.
//   - J. P. Peter, G. A. Churchill, T. J. Brown (1993), Caution in the Use of Difference
//     Scores in Consumer Research, Journal of Consumer Research 19.
//   - B. Efron, R. Tibshirani (1993), An Introduction to the Bootstrap, 14: intervals.
package scale
