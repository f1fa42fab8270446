// Package spc watches a process over time with control charts: XmR for single
// values, X̄ with R or S for subgroups, p, u and c for counts with Laney's correction,
// g and t for rare events, EWMA and CUSUM for small shifts. It says when something
// has changed, by run rules that are data, and how long each chart takes to notice.
//
// # Start here
//
//	chart, err := spc.XmR(readings, spc.XmROptions{})       // limits from the data
//	signals, err := chart.Judge(spc.Nelson())               // which points stand out
//	monitor, err := spc.NewMonitor(chart.Limits, rules)     // limits frozen: watch on
//	verdict, err := monitor.Add(value, 1)                   // one point, O(1) memory
//	effect, err := spc.Compare(before, after, 0.95, spc.XmROptions{}) // did it help
//
// # Model
//
// A point x with standard deviation σ about a centre is judged by z = (x − centre)/σ;
// control limits are centre ± 3σ. For moving ranges MR = |x(i) − x(i−1)|,
//
//	XmR    σ = mean MR · √π/2
//	X̄      σ = mean R / d2 or mean S / c4, of a mean σ/√n
//	p      σ = √(p̄(1 − p̄)/n)        u  σ = √(ū/n)        c  σ = √c̄
//	p′ u′  the same times Laney's σz = mean MR of z · √π/2
//	g      σ = √(ḡ(ḡ + 1))           t  XmR of x^(1/3.6), back-transformed
//	EWMA   y = λx + (1 − λ)y         σ²(y) = σ²·λ/(2 − λ)·(1 − (1 − λ)^2t)
//	CUSUM  C⁺ = max(0, z − k + C⁺)   C⁻ = min(0, z + k + C⁻), signal beyond h
//
// A [Rule] asks for a pattern of z: k of n points beyond a zone on one side, a trend,
// an alternation, points that hug the centre, points that avoid it. A [Signal] names
// the point that completes it.
//
// # Units
//
// Those of the values. Shares are from 0 to 1, counts are whole, points are counted
// from 0.
//
// # Limits
//
// Subgroups of 2 to 25. Values up to 1e100 in magnitude. Run lengths are within 1e-8
// of their integral equations, or an error says that they did not converge.
//
// # Choices
//
//   - Each point is judged by its own σ, where sample sizes differ; qcc judges a
//     whole window by the limits of its last point.
//   - Beyond a limit is strictly beyond; a point on the edge of zone C lies in it.
//     Eight points outside of zone C must lie on both sides of it.
//   - A day without a value is no zero: it ends runs and moving ranges, unless the
//     caller asks to bridge it.
//   - Limits of shares, rates, ranges and deviations are cut at what is possible;
//     those of Laney's charts are not.
//   - d2 and d3 have 16 digits, where tables have four.
//
// # Sources
//
//   - D. C. Montgomery (2009), Introduction to Statistical Quality Control, 6th ed.
//   - L. S. Nelson (1984), The Shewhart Control Chart: Tests for Special Causes,
//     Journal of Quality Technology 16(4).
//   - Western Electric (1956), Statistical Quality Control Handbook.
//   - D. B. Laney (2002), Improved Control Charts for Attributes, Quality Engineering
//     14(4).
//   - J. C. Benneyan (2001), Number-Between g-Type Statistical Quality Control Charts,
//     Health Care Management Science 4.
//   - L. S. Nelson (1994), A Control Chart for Parts-Per-Million Nonconforming Items,
//     Journal of Quality Technology 26(3): the power 1/3.6.
//   - E. S. Page (1954), Continuous Inspection Schemes, Biometrika 41; S. W. Roberts
//     (1959), Control Chart Tests Based on Geometric Moving Averages, Technometrics 1.
//   - S. V. Crowder (1987), A Simple Method for Studying Run-Length Distributions of
//     EWMA Charts, Technometrics 29; D. Brook, D. A. Evans (1972), An Approach to the
//     Probability Distribution of CUSUM Run Length, Biometrika 59; C. W. Champ, W. H.
//     Woodall (1987), Exact Results for Shewhart Control Charts with Supplementary
//     Runs Rules, Technometrics 29.
package spc
