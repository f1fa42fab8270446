// Package clv answers who is still a customer and what they will be worth: models
// of purchase and churn, fitted by maximum likelihood, and lifetime value.
//
// # Model
//
// A customer is a pattern (x, t_x, T): x repeat purchases, the last at age t_x, seen
// up to age T. Purchases come at a rate of the customer's own until the customer
// drops out, which nobody sees:
//
//	             buys                     drops out                        over customers
//	BGNBD        Poisson, rate λ          with p after a repeat purchase   λ ~ Gamma(r, α), p ~ Beta(a, b)
//	MBGNBD       Poisson, rate λ          with p after any purchase        λ ~ Gamma(r, α), p ~ Beta(a, b)
//	ParetoNBD    Poisson, rate λ          at rate μ                        λ ~ Gamma(r, α), μ ~ Gamma(s, β)
//	BGBB         with p on an occasion    with θ before an occasion        p ~ Beta(α, β), θ ~ Beta(γ, δ)
//	SBG          always (a contract)      with θ at a renewal              θ ~ Beta(α, β)
//	GammaGamma   amounts Gamma(p, ν)                                       ν ~ Gamma(q, v)
//
// With P the odds of having dropped out, a customer is alive with 1/(1+P) and then
// as good as new with updated parameters, so every forecast is
//
//	P(alive | x, t_x, T) · forecast for a living customer of x purchases and age T
//
// A fit wants only how many customers show each pattern, [rfm.Patterns], [Spend] or
// [Tenures]: tables that merge, however large the base. It maximises the likelihood
// over the logarithms of means and concentrations, with analytic gradients, and
// looks at both ends of every one of them: see [Status] and [Warning]. Samples of up
// to 512 customers, which often have several maxima, are searched from several starts.
//
// # Units
//
// Times are in one unit of the caller's choice, the same for patterns, parameters
// and horizons; a fit does not depend on it. Discount rates are continuous per unit
// of time (BGNBD, MBGNBD, ParetoNBD) or per occasion or contract period (BGBB, SBG).
// Amounts are of one currency. Money leaves this package as an exact decimal
// rounded by a stated scale.
//
// # Limits
//
// Figures agree within 1e-10, relative, with reference values of 60 digits and more,
// mostly within 1e-13: parameters from 0.05 to 20000, up to ten thousand purchases,
// ages and horizons up to a million. They are 0 below the range of a float64, and NaN
// outside their domain. Values of infinite horizons need a discount above 0. A fit
// takes memory for the distinct patterns; of a large table it first fits part.
//
// # Choices
//
//   - Log likelihoods leave out what does not depend on parameters: x! and products
//     of times, the binomial coefficient of BGBB, the multinomial one of SBG.
//   - DERT counts from T on, the DERL of a contract from the renewal now due, DEL
//     from the first payment, which is included.
//   - The drop-out coin of MBGNBD is tossed at time 0 too, so its forecast for new
//     customers holds from the first purchase on.
//   - BGBB calls a customer alive at T, before the coin of occasion T+1;
//     PAliveAfter(c, 1) is the other convention.
//   - Expectations run from now, or from the first purchase, to a horizon; what falls
//     between two horizons is the difference of two calls.
//   - Spend is taken to be independent of the purchase rate.
//
// # Sources
//
//   - P. S. Fader, B. G. S. Hardie, K. L. Lee (2005), "Counting Your Customers" the
//     Easy Way, Marketing Science 24(2): BG/NBD.
//   - E. P. Batislam, M. Denizel, A. Filiztekin (2007), Empirical validation and
//     comparison of models for customer base analysis, IJRM 24(3): MBG/NBD.
//   - D. C. Schmittlein, D. G. Morrison, R. Colombo (1987), Counting Your Customers,
//     Management Science 33(1); P. S. Fader, B. G. S. Hardie (2005), A Note on
//     Deriving the Pareto/NBD Model: Pareto/NBD.
//   - P. S. Fader, B. G. S. Hardie, J. Shang (2010), Customer-Base Analysis in a
//     Discrete-Time Noncontractual Setting, Marketing Science 29(6): BG/BB.
//   - P. S. Fader, B. G. S. Hardie (2007), How to Project Customer Retention, J. of
//     Interactive Marketing 21(1), and (2010), Customer-Base Valuation in a
//     Contractual Setting, Marketing Science 29(1): shifted beta-geometric, DERL.
//   - P. S. Fader, B. G. S. Hardie, K. L. Lee (2005), RFM and CLV: Using Iso-Value
//     Curves for Customer Base Analysis, J. of Marketing Research 42(4): DERT, spend.
//   - P. S. Fader, B. G. S. Hardie (2007), Incorporating Time-Invariant Covariates
//     into the Pareto/NBD and BG/NBD Models: covariates.
package clv
