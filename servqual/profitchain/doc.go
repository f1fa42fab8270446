// Package profitchain follows quality from employees to profit: the service-profit chain as links
// between measures of units over time, the satisfaction mirror of employees and customers, the
// cycle of capability, commitment and trust of employees, internal service quality by kinds of
// employees, the audit of a service culture, and internal marketing: the triangle of promises and
// its effect before and after.
//
// # Start here
//
//	panel, err := profitchain.Collect(measures, rows)              // units and periods; Panel.Add fills gaps from other sources
//	chain, err := profitchain.NewChain(profitchain.Params{…})      // Heskett() has the links of the textbook
//	fit, err := profitchain.Estimate(chain, panel)                 // how strong is each link, and is there evidence
//	effect, err := fit.Effect(from, to, 1)                         // what a change does down the chain
//	mirror, err := profitchain.NewMirror(pairs, options)           // who is far off the line of employees and customers
//	ranked, err := profitchain.Score(CapabilityCycle(), units)     // what can each unit do, what holds it back
//	answers := profitchain.NewAnswers[string](questionnaire)       // commitment, trust, culture, internal quality
//	service, err := profitchain.NewService[string](scale)          // which employees are served worst inside
//	triangle, err := profitchain.NewTriangle(scale, promises, 0.95) // promised, enabled, delivered: which side fails
//	change, err := profitchain.Evaluate(outcomes, before, after, o) // what internal marketing changed
//
// # Model
//
// Each measure y that is driven is a line on all that drive it, x in period t − lag and y in t,
//
//	y = b0 + Σ b·x + noise
//
// fitted by least squares over the rows that have them all; within units, after the means of each
// unit are removed. A change of c in one measure moves another by
//
//	c · Σ over paths · Π b over the links of a path
//
// whose variance follows by the delta method from those of slopes, or from units drawn again.
// Clustered errors add up what each unit u pulls, (X'X)⁻¹·X_u'e_u, with the correction
// G/(G − 1)·(n − 1)/(n − k − 1) and Student's t of G − 1 degrees of freedom for G units.
//
// An employee's score on a facet goes from 0 to 100; its reliability is Cronbach's alpha,
// k/(k − 1)·(1 − tr C/Σ C). A gap is what is perceived less what is expected.
//
// # Units
//
// Measures are in units of their own, and slopes in one per the other. Periods are counted by the
// host. Scores, indices and capabilities go from 0 to 100, correlations from −1 to 1.
//
// # Limits
//
// 1e7 rows of a panel, 1000 measures, links, components, outcomes and promises, 1000 paths
// between two measures, 50 items of a facet and 100 facets; values within ±1e50. Links are causes
// only as far as nothing else moves both ends: estimates compare, they do not experiment.
// Correlations, their intervals and classic errors want independent rows; rows of one unit seldom
// are, so ask for clustered errors or resample units.
//
// # Choices
//
//   - From stands at t − lag and To at t. A measure's drivers are estimated jointly, so that
//     effects along several paths add up; the correlation of a link is of the two alone.
//   - A link has evidence if its interval does not hold 0, or by Holm's p-value if asked for. One
//     of too few rows, or of a driver that does not vary, has no slope, and an effect over it has
//     no value: both are named, never 0.
//   - Within units, correlations lose a degree of freedom for each unit but one.
//   - Slopes of different measures are taken for independent in the delta method, as they are
//     where the noise of measures is, unless errors are clustered.
//   - Outlying units of a mirror are told by externally studentised residuals and Holm's
//     adjustment for their number.
//   - What is missing is never a value: rows, employees and units that drop out are counted.
//     Employees answer half of a facet's items, rounded up, by default.
//   - A verdict on a promise needs an interval beyond 0. Open is not kept.
//   - Standard deviations of a standardised change are those of both waves, so that paired and
//     independent designs compare.
//
// # Sources
//
//   - J. L. Heskett, T. O. Jones, G. W. Loveman, W. E. Sasser, L. A. Schlesinger (1994), Putting the
//     Service-Profit Chain to Work, Harvard Business Review 72(2); J. L. Heskett, W. E. Sasser,
//     L. A. Schlesinger (1997), The Service Profit Chain: mirror and cycle of capability.
//   - G. W. Loveman (1998), Employee Satisfaction, Customer Loyalty, and Financial Performance,
//     Journal of Service Research 1(1); W. A. Kamakura, V. Mittal, F. de Rosa, J. A. Mazzon (2002),
//     Assessing the Service-Profit Chain, Marketing Science 21(3); R. Silvestro, S. Cross (2000),
//     Applying the Service Profit Chain in a Retail Environment, International Journal of Service
//     Industry Management 11(3): links that do not hold, and unit size behind them.
//   - A. J. Rucci, S. P. Kirn, R. T. Quinn (1998), The Employee-Customer-Profit Chain at Sears,
//     Harvard Business Review 76(1).
//   - M. E. Sobel (1982), Asymptotic Confidence Intervals for Indirect Effects in Structural
//     Equation Models, Sociological Methodology 13: the delta method.
//   - K.-Y. Liang, S. L. Zeger (1986), Longitudinal Data Analysis Using Generalized Linear Models,
//     Biometrika 73(1): clustered errors.
//   - W. R. Knight (1966), A Computer Method for Calculating Kendall's Tau with Ungrouped Data,
//     Journal of the American Statistical Association 61.
//   - R. D. Cook, S. Weisberg (1982), Residuals and Influence in Regression: studentised residuals.
//   - N. J. Allen, J. P. Meyer (1990), The Measurement and Antecedents of Affective, Continuance and
//     Normative Commitment to the Organization, Journal of Occupational Psychology 63(1).
//   - L. S. Feldt (1965), The Approximate Sampling Distribution of Kuder-Richardson Reliability
//     Coefficient Twenty, Psychometrika 30(3).
//   - V. C. Judd (1987), Differentiate with the 5th P: People, Industrial Marketing Management
//     16(4): four kinds of employees.
//   - C. Grönroos (1981), Internal Marketing: An Integral Part of Marketing Theory; C. Grönroos
//     (1990), Service Management and Marketing; M. J. Bitner (1995), Building Service Relationships:
//     It's All About Promises, Journal of the Academy of Marketing Science 23(4): the triangle.
package profitchain
