// Package stat describes samples: exact moments of whole scores, and how far a mean
// can be trusted, by the quantiles of the normal distribution and of Student's t.
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
// # Units
//
// Those of the scores, divided by a unit and moved by a shift that the caller gives.
//
// # Limits
//
// Sums up to 2^128 − 1: the caller bounds scores and their number, so that none is
// above. Quantiles have a relative error below 1e-13 for levels of 0.5 to 0.9999.
//
// # Choices
//
//   - What is missing is not added: there is no score that stands for it. N says how
//     many there are, and what does not exist for so few comes with a false.
//   - Variances divide by n − 1. Levels are two-sided.
//
// # Sources
//
//   - M. Abramowitz, I. A. Stegun (1964), Handbook of Mathematical Functions, 26.7:
//     quantiles of Student's t.
package stat
