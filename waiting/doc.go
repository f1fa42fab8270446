// Package waiting is about the psychology of waiting lines: how long a wait seems, what
// people expect, how satisfied they are in the end, which delay to announce, when they
// hang up, and whether the line was fair. The wait as it is comes from elsewhere as a
// [Law]; the models of the package waiting/queue are laws.
//
// # Start here
//
//	model, err := waiting.NewModel()                                     // Maister's propositions, with priors
//	at := waiting.Situation{Stage: waiting.BeforeService, Informed: true} // what is known of the wait
//	customer, err := model.Experience(at, 5)                             // five minutes are acceptable
//	felt, err := customer.Under(desk)                                    // desk is a queue.MMC, say
//	told, err := waiting.Announce(desk, waiting.DefaultRegret())         // what to tell those who wait
//
// # Model
//
// A wait of w minutes is felt as m·wᵇ minutes (a power function). Against e expected
// minutes it makes for a satisfaction of
//
//	gain·d for d = (e − felt)/e > 0,  loss·d for d < 0
//
// An [Experience] holds m, b, e, gain and loss. [Experience.Under] takes the mean of
// all that over a law of waits.
//
// A [Model] derives an Experience from a [Situation] and an acceptable wait. With z
// the strength of a factor and k its coefficient,
//
//	felt     = t₀·(w/t₀)ᵇ·e^(Σ k·z),  t₀ = 5 minutes
//	expected = acceptable·e^(Σ k·z)
//	loss     = aversion·Π (1 + k·z)
//	leaving  = rate of leaving the line·e^(Σ k·z)
//
// Each coefficient is a [Prior]: mean, spread, grade of the evidence, source. Four
// separate effects, because information, for one, hardly changes felt minutes and
// does change what people put up with.
//
// [Announce] gives the quantile of a law at under/(under + over), the newsvendor's
// answer to what a minute too few and a minute too many cost: of those who wait, who are
// told, and of all. A [Position] is the
// law of the wait left to somebody in line. [CountSlips] counts who was passed.
//
// A host's own data take the place of priors. A [Calibrator] learns the coefficients on felt
// minutes by Bayesian regression from sums that add up; the covariance stays with the
// model, so that bands are right. A [LineLog] turns timestamps into rates, variability and a
// check by Little's law, a [PatienceLog] waits that ended in service or in leaving into a law
// of patience (Kaplan and Meier), [MeasureInequality] compares waits within and between
// groups. A [Board] shows a wait that rises only with a reason; a [Delay] guesses it where
// nobody counts the line.
//
// # Units
//
// Times are [Minutes], for the priors are about minutes. A [Law] may have any unit: it
// says which, and is taken at its word, so that rates an hour and rates a minute come
// to the same. Satisfaction is 1 for no wait at all and 0 for what was expected, in a
// Model; otherwise in units of gain and loss.
//
// # Limits
//
// The priors are where a host without data of its own begins, not findings about its
// customers. The better ones come from public transport and the telephone. Those
// marked Assumed have a direction in the literature and no number: filled time, the
// part of the service a wait falls in, fear, explanations, unfairness, the value of
// the service, company, and all but one about leaving. Filled time and shelter are
// known for waits up to ten minutes. Bands say how much all this leaves open.
//
// Satisfaction under a law is exact to 1e-12 of what short waits please and long waits
// annoy together, by quadrature to 1e-12 of gain and that; laws of waits in line are
// to 1e-12.
//
// # Choices
//
//   - Means are over all customers, those who do not wait included.
//   - A loss is 2.25 times a gain of the same size unless the host says otherwise.
//   - A multiplier applies to a wait of five minutes whatever the exponent.
//   - Announcements are rounded up. Services that begin together are no slip.
//
// # Sources
//
// The factors are the eight propositions of D. H. Maister (1985), The psychology of
// waiting lines. Each of [Priors] names its study; most are known here from their
// abstracts or at second hand.
//
//   - G. Antonides, P. C. Verhoef, M. van Aalst (2002), Consumer perception and
//     evaluation of waiting time, Journal of Consumer Psychology 12(3): the power
//     function.
//   - A. Tversky, D. Kahneman (1992), Advances in prospect theory, Journal of Risk and
//     Uncertainty 5(4): loss aversion of 2.25.
//   - J. Hornik (1984), Journal of Consumer Research 11(1); K. L. Katz, B. M. Larson,
//     R. C. Larson (1991), Sloan Management Review 32(2): felt against real minutes.
//   - Y. Fan, A. Guthrie, D. Levinson (2016), Transportation Research A 88: shelter,
//     insecure places. K. E. Watkins et al. (2011), Transportation Research A 45(8):
//     live information.
//   - M. K. Hui, D. K. Tse (1996), Journal of Marketing 60(2); M. K. Hui, L. Zhou
//     (1996), Journal of Applied Social Psychology 26(19): information and felt time.
//   - N. Munichor, A. Rafaeli (2007), Journal of Applied Psychology 92(2): place in
//     line, apologies, hanging up.
//   - L. Dubé-Rioux, B. H. Schmitt, F. Leclerc (1989), Advances in Consumer Research
//     16: before, during and after the service.
//   - A. Pruyn, A. Smidts (1998), International Journal of Research in Marketing 15(4),
//     and (1999), Advances in Consumer Research 26: surroundings, company.
//   - R. C. Larson (1987), Operations Research 35(6): slips and skips.
//   - R. Zhou, D. Soman (2003), Journal of Consumer Research 29(4): people behind.
//   - E. L. Kaplan, P. Meier (1958), Nonparametric estimation from incomplete observations,
//     Journal of the American Statistical Association 53: the law of patience.
//   - D. J. C. MacKay (1992), Bayesian interpolation, Neural Computation 4: the noise of a
//     calibration, by the number of coefficients that data determine.
//   - R. Ibrahim, W. Whitt (2009), Real-time delay estimation based on delay history,
//     Manufacturing & Service Operations Management 11(3): the last to enter service, the head
//     of the line.
//   - O. Jouini, O. Z. Akşin, F. Karaesmen, M. S. Aguir, Y. Dallery (2015), Call center
//     delay announcement using a newsvendor-like performance criterion, Production and
//     Operations Management 24(4).
package waiting
