// Package clv forecasts churn, purchases and customer lifetime value with
// buy-till-you-die models (BG/NBD, MBG/NBD, Pareto/NBD, BG/BB, Gamma-Gamma, sBG): who is
// still a customer, who deserves to be won back, and what each will be worth. Models are
// fitted by maximum likelihood and say how far to trust them.
//
// # Start here
//
//	table.Add(summary.Pattern(), 1); spend.AddSummary(summary)   // of every customer, see [rfm.Summary]
//	fit, err := clv.FitMBGNBD(ctx, &table, clv.FitOptions{})      // look at fit.Status and fit.Warnings
//	amounts, err := clv.FitGammaGamma(ctx, &spend, clv.FitOptions{})
//	valuer, err := clv.NewValuer(fit.Model, amounts.Model, clv.ValueOptions{Horizon: 12, Period: 52. / 12, Discount: 0.01})
//	value := valuer.Value(clv.CustomerOf(summary))                // PAlive, purchases, spend, value
//
// [CompareHoldout] tells which model forecasts best, [Spend.Dependence] whether purchases
// may be multiplied by spend, [FitSBG] is for customers under contract.
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
// over the logarithms of means and concentrations, with analytic gradients, and looks
// along every direction of which the data say little, parameter or combination: see
// [Status] and [Warning]. A fit that says [Converged] has a standard error for every
// parameter; any other names what is not determined, and [Fit.Identified] what is.
// Samples of up to 512 customers, which often have several maxima, are searched from
// several starts.
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
// ages and horizons up to a million. The domain is wider: parameters, discount rates and
// amounts from 1e-50 to 1e50, times from 0 to 1e50; constructors refuse other parameters,
// methods answer NaN to other arguments. Inside it figures are 0 below the range of a
// float64 and never infinite, negative or a chance above 1; there are such for all
// parameters from 1e-12 to 1e12, beyond which some are NaN. Values of infinite horizons
// need a discount above 0. A fit takes memory for the distinct patterns; of a large table
// it first fits part. Limits that a likelihood nears more slowly than exponentially in the
// logarithm of a parameter are not told from maxima.
//
// Models and their parameters are JSON that names the model, which no other model reads.
// A [Fit] is not stored: its Model is.
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
//   - Spend is taken to be independent of the purchase rate, which [Spend.Dependence]
//     checks.
//   - Models are compared by squared error, which the forecast of the true model makes
//     least; the absolute error favours forecasts that are too low.
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
