// Package stat describes samples: exact moments and cross-products of whole scores, how
// far a mean can be trusted, by the quantiles of the normal distribution and of Student's
// t, least squares, and the bootstrap on resamples that are given or seeded.
//
// # Model
//
// [Moments] hold n, Σx and Σx² of whole scores x ≥ 0 as integers, so that parts added
// up apart merge to the last bit of what one pass gives. A [Summary] of them has
//
//	mean = Σx/(unit·n) + shift,  variance = (n·Σx² − (Σx)²) / (unit²·n·(n − 1))
//
// each the exact fraction rounded once. The mean lies within mean ± t·SD/√n with a
// confidence, where t is [StudentT] of it at n − 1 degrees of freedom.
//
// Cross-products of several columns come in three kinds, each of which merges and gives a
// [Covariance]: [Answers] are small whole numbers, with rules for what is missing, a
// [Cross] any whole numbers, and [Comoments] any numbers. [Regress] solves
//
//	y = b0 + Σ bj·xj + noise
//
// from a Covariance by Cholesky's factor of the correlations. A [Bootstrap] has the
// normal, basic, percentile and BCa intervals of what a statistic came to in [Resamples].
// [Shares] splits R² among regressors; [Welch], [Anova] and [WelchAnova] compare samples,
// with p-values by [TTail] and [FTail].
//
// # Units
//
// Those of the scores, divided by a unit and moved by a shift that the caller gives.
//
// # Limits
//
// Sums up to 2^128 − 1: the caller bounds scores and their number, so that none is
// above. Quantiles have a relative error below 1e-13 for levels of 0.5 to 0.9999. A
// regressor of whose variance others leave less than 1e-11 is collinear.
//
// # Choices
//
//   - What is missing is not added: there is no score that stands for it. N says how
//     many there are, and what does not exist for so few comes with a false.
//   - Of several columns a row counts if it lacks nothing (listwise), or each pair of
//     columns takes the rows that have both (pairwise), which [Answers] know to tell.
//   - Variances divide by n − 1. Levels are two-sided.
//   - Bootstrap quantiles are those of Davison and Hinkley: order statistic (R + 1)·p,
//     interpolated on the scale of normal quantiles.
//
// # Sources
//
//   - M. Abramowitz, I. A. Stegun (1964), Handbook of Mathematical Functions, 26.7:
//     quantiles of Student's t.
//   - A. C. Davison, D. V. Hinkley (1997), Bootstrap Methods and their Application, 5.2
//     to 5.3; B. Efron (1987), Better Bootstrap Confidence Intervals, Journal of the
//     American Statistical Association 82: BCa.
//   - T. F. Chan, G. H. Golub, R. J. LeVeque (1983), Algorithms for Computing the Sample
//     Variance, The American Statistician 37(3): merging of comoments.
//   - B. L. Welch (1951), On the Comparison of Several Mean Values: An Alternative
//     Approach, Biometrika 38(3/4).
//   - R. H. Lindeman, P. F. Merenda, R. Z. Gold (1980), Introduction to Bivariate and
//     Multivariate Analysis: shares of R².
package stat
