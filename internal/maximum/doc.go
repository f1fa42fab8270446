// Package maximum maximises log likelihoods and says honestly what it found: a
// maximum, a likelihood that rises towards a limit, one that is level along some
// direction, one without upper bound, or none of them.
//
// # Model
//
// Parameters θ enter as u = ln θ, or as u = θ for slopes of covariates, and the search
// moves in coordinates y, u = Mix·y, chosen so that limits such as "all customers buy
// at the same rate" are one coordinate going to infinity. It climbs by BFGS from afar
// and by Newton steps near the top, with a Hessian from differences of the gradient.
//
// Where it arrives it looks further: to both ends of every coordinate, and to both
// ends of every direction along which the information (minus the Hessian) is next to
// nothing, that is along its eigenvectors and along combinations of these that move as
// few parameters as possible. With a loss of at most 1e-6,
//
//   - one end as good as the maximum is a limit that the likelihood runs to: the
//     search goes there, holds that direction and climbs on in the others;
//   - two such ends are a combination that the data do not identify: it is held where
//     it is;
//   - an end that still gains as much per step as half-way means that there is no
//     maximum at all.
//
// Directions without information that are not level either, such as a bent ridge, are
// not identified as well. What is left has a positive definite information, whose
// inverse on the complement of the held directions is the covariance: a parameter that
// no held direction moves keeps its standard error, every other one has none.
//
// # Units
//
// Coordinates are logarithms or standardised slopes: a step of 1 is a factor e.
//
// # Limits
//
// Made for up to some fifty parameters: an iteration solves a dense system, and a
// judgement decomposes one. A maximum is local; [Problem.Restarts] says when to search
// from elsewhere too. Limits that are reached more slowly than by a power of e^−y, or
// along a bend, are not told from maxima.
//
// # Sources
//
//   - J. Nocedal, S. J. Wright (2006), Numerical Optimization, 2nd ed., chapters 3, 6.
//   - C. J. Geyer (2009), Likelihood inference in exponential families and directions
//     of recession, Electronic Journal of Statistics 3.
package maximum
