// Package special computes functions that more than one room needs and the standard
// library and gonum do not have, or not with enough digits: sums of the Poisson law,
// incomplete gamma functions, the area under a tail.
//
// # Model
//
// With N Poisson of mean a, [PoissonOdds] is P(N < n)/P(N = n), which is Erlang's sum
// over its last term, and [Poisson] has the two probabilities apart. [UpperGamma] is
// Γ(b, x)/Γ(b) and [GammaQuantile] the inverse of what is left. [Tails] integrates
// P(X > t), which has jumps and kinks and may be heavy. An [Extended] number carries the
// 32 digits that an exponential asks for.
//
// # Units
//
// None: arguments are numbers.
//
// # Limits
//
// Arguments outside the stated domains are the caller's fault and give anything; no
// argument panics. Relative errors are below 1e-13, and 1e-12 for areas.
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
//   - C. W. Clenshaw, A. R. Curtis (1960), Numerische Mathematik 2: the quadrature.
package special
