// Package special computes functions that more than one room needs and the standard
// library and gonum do not have, or not with enough digits: sums of the Poisson law,
// ratios of gamma functions, incomplete gamma functions, hypergeometric series, counts
// of the negative binomial law, tails of the beta law, the area under a tail and under a peak.
//
// # Model
//
// With N Poisson of mean a, [PoissonOdds] is P(N < n)/P(N = n), which is Erlang's sum
// over its last term, and [Poisson] has the two probabilities apart. [UpperGamma] is
// Γ(b, x)/Γ(b) and [GammaQuantile] the inverse of what is left. [Tails] integrates
// P(X > t), which has jumps and kinks and may be heavy. An [Extended] number carries the
// 32 digits that an exponential asks for.
//
// [LogGammaRatio] is ln Γ(x+d)/Γ(x) and [DigammaRatio] its derivative by x, with all their
// digits where x is large or d small; [StirlingError], [DigammaRest] and [Log1pLess] are
// what is left of functions without their leading terms, for sums in which these cancel.
// [Log1p], [Exp] and [Expm1] are faster than those of the standard library where arguments
// vary. [Hyper1] is 2F1(1, b; a+b; z), [ExpIntegral] e^z·E_s(z), [NegativeBinomial] a
// Poisson count whose rate is gamma distributed. [LogIntegral] integrates e^f for an f with
// one peak, however high or steep, by the trapezoidal rule after a change of variable. [Beta] is
// the incomplete beta function for parameters of any size, [LogBinomial] a binomial probability.
//
// # Units
//
// None: arguments are numbers.
//
// # Limits
//
// Arguments outside the stated domains are the caller's fault and give anything, NaN
// where gonum would panic; none panics. Relative errors are below 1e-13, and 1e-12 for
// areas; of tails of the negative binomial law 1e-11 where they are a small part of what
// is taken off.
//
// # Sources
//
//   - D. L. Jagerman (1974), Some properties of the Erlang loss function, Bell
//     System Technical Journal 53(3): 1/B as a sum and as an incomplete gamma
//     function.
//   - N. M. Temme (1979), The asymptotic expansion of the incomplete gamma
//     functions, SIAM Journal on Mathematical Analysis 10(4); A. Gil, J. Segura,
//     N. M. Temme (2012), Efficient and accurate algorithms for the computation and
//     inversion of the incomplete gamma function ratios, SIAM Journal on Scientific
//     Computing 34(6): the expansion and its recursion.
//   - NIST Digital Library of Mathematical Functions, §5.11 (Stirling's series), §8.19
//     (E_s), §15.7 (continued fractions of 2F1); L. N. Trefethen, J. A. C. Weideman
//     (2014), The Exponentially Convergent Trapezoidal Rule, SIAM Review 56(3).
//   - C. Loader (2000), Fast and accurate computation of binomial probabilities: terms
//     without what cancels. A. R. DiDonato, A. H. Morris (1992), Significant Digit Computation
//     of the Incomplete Beta Function Ratios, ACM Transactions on Mathematical Software 18(3).
//   - C. W. Clenshaw, A. R. Curtis (1960), Numerische Mathematik 2: the quadrature.
package special
