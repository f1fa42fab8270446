// Package csi computes customer satisfaction indices by partial least squares (PLS) path
// modelling, as the American (ACSI), European (ECSI) and Chinese (CCSI) indices do: how
// satisfied customers are on a scale of 0 to 100, what satisfaction comes from (image,
// expectations, quality, value), what comes of it (complaints, loyalty), and what to mend
// first. Intervals are by bootstrap; groups and waves are compared by permutation.
//
// # Start here
//
//	params, err := csi.Ready(csi.American, 1, 10)     // or your own constructs and links
//	model, err := csi.New(params)
//	moments := model.NewMoments()                     // adds up, merges, encodes
//	err = moments.Add(row)                            // for each respondent; NaN is a missing answer
//	fit, err := model.Fit(moments, csi.Options{})     // then fit.Index, Paths, Measures, HTMT, …
//	list, err := fit.Map("Satisfaction")              // what to mend first
//	boot, err := model.Bootstrap(ctx, rows, csi.Options{}, csi.Resampling{Replicates: 1000}, rng)
//	c, err := model.Compare(ctx, before, after, csi.Options{}, csi.Permutation{Replicates: 1000, Level: 0.95}, rng)
//
// # Model
//
// Each construct is a weighted sum of its standardised items, of variance 1. Rounds of two
// steps estimate the weights, from equal ones on, until they rest:
//
//	inner   z = Σ e·y over the constructs y that a construct is linked to, where e is
//	        path       coefficients of its regression on those that act on it,
//	                   correlations with those it acts on
//	        factorial  correlations
//	        centroid   signs of correlations
//	outer   mode A     w in proportion to the covariances of the items with z
//	        mode B     w of the regression of z on the items
//
// Then paths are those of the regression of each construct on all that act on it, R² its
// fit, loadings the correlations of items with constructs, and effects the products of
// paths along every way, added up. All of this depends on the correlations of the items
// alone, which is why [Moments] merge, and why a resample costs little. The index is
//
//	100·Σ w̃·(mean − Low)/(High − Low), w̃ = w/SD of the item, scaled to Σ w̃ = 1
//
// and of the reliabilities, with loadings l and weights w of k items and eigenvalue λ,
//
//	AVE        Σl²/k                              average variance extracted
//	alpha      k·r̄/(1 + (k − 1)·r̄)                r̄ the mean correlation of two items
//	rho_C      (Σl)²/((Σl)² + Σ(1 − l²))
//	rho_A      (w'w)²·w'(R − I)w/w'(ww' − diag ww')w
//	Dillon and Goldstein: rho_C with the loadings on the first principal component
//	HTMT       mean |r| between the items of two constructs over the geometric mean of
//	           those within each
//	f²         (R² − R² without the link)/(1 − R²), estimated again without it
//	GoF        √(mean communality · mean R²)
//
// # Units
//
// Paths and effects are in standard deviations; the importances of [Fit.Map] in points of
// one index for a point of another. Indices go from 0 to 100. Item means and standard
// deviations are as answered.
//
// # Limits
//
// 2 to 50 constructs of 500 items, 4,294,967,295 respondents. Figures agree with plspm,
// seminr and cSEM, run until they rest, within 1e-10. Sums are taken from the middle of the
// scale: they are exact for whole numbers and halves, and measurements that are neither
// should have a Low and a High not far from them. Mode A is not proven to converge, and
// can in rare cases go round in a circle: 3,000 rounds by default, and then
// [relmark.ErrNoConverge] with the best so far. Items on two scales in one construct,
// moderation, constructs of constructs and corrections for measurement error (PLSc) are left
// out.
//
// # Choices
//
//   - Sign rule: a construct whose loadings add to less than 0 is turned about, in every
//     replicate as well. Without it intervals of resamples are too wide.
//   - The index takes weights of items as they were answered. plspm's rescale takes those of
//     standardised items, which is not the definition of the index: 71.86 for 72.54 in the
//     published survey of mobile phones, by the centroid scheme.
//   - Weights rest when none is off by 1e-14, judged by the rate at which rounds slow down;
//     plspm's own default leaves them off by 2e-5.
//   - Missing answers: complete rows ([Listwise]), unless another [Use] is asked for; every
//     result says how many rows count. Replicates put in their own means.
//   - Pairwise correlations are each of the rows that have both items, and are refused if no
//     rows could have them all. Adjusted R² then takes the rows of the pair that has fewest.
//   - Reliabilities of mode B are left out rather than written as 0, alpha is not cut at 0.
//   - HTMT takes all correlations without their sign, as seminr and cSEM do (HTMT+). An item
//     that on average runs against the others of its construct is an error: without its sign
//     it would pass for one that goes with them.
//   - f² estimates the model again, as seminr does; on the old scores it differs by up to 18 %.
//   - A resample without an estimate is counted and not drawn again, and no other replicate
//     is lost with it, as in plspm.
//   - Groups are compared after measurement: [Difference.Comparable] says whether the
//     composites are the same (MICOM, step 2).
//   - Scores of respondents are in standard deviations of divisor n, as plspm has them.
//   - The Chinese form has brand image and no complaints, as the national index has, two kinds
//     of quality, and the links of the European form with each kind in the place of quality.
//     Sources differ on the links of image: with one kind of quality some count eleven, one
//     more than here. The standard itself gives a model as an example only, in its annex A, so
//     that [Params] may be changed before they go to [New].
//
// # Sources
//
//   - H. Wold (1982), Soft Modeling: The Basic Design and Some Extensions; J.-B. Lohmöller
//     (1989), Latent Variable Path Modeling with Partial Least Squares; M. Tenenhaus, V.
//     Esposito Vinzi, Y.-M. Chatelin, C. Lauro (2005), PLS Path Modeling, Computational
//     Statistics & Data Analysis 48: the algorithm, the European form, GoF.
//   - C. Fornell, M. D. Johnson, E. W. Anderson, J. Cha, B. E. Bryant (1996), The American
//     Customer Satisfaction Index: Nature, Purpose, and Findings, Journal of Marketing 60:
//     the American form, the index.
//   - GB/T 19038-2009, Guidelines for Model and Methods of Customer Satisfaction Measurement:
//     the Chinese form.
//   - C. Fornell, D. F. Larcker (1981), Journal of Marketing Research 18: AVE, rho_C; T. K.
//     Dijkstra, J. Henseler (2015), MIS Quarterly 39: rho_A; J. Henseler, C. M. Ringle, M.
//     Sarstedt (2015), Journal of the Academy of Marketing Science 43: HTMT; C. M. Ringle and
//     others (2023), A Perspective on Using Partial Least Squares Structural Equation Modelling
//     in Data Articles, Data in Brief 48: HTMT+.
//   - J. Henseler, C. M. Ringle, M. Sarstedt (2016), Testing Measurement Invariance of
//     Composites Using Partial Least Squares, International Marketing Review 33: MICOM; Wynne
//     Chin, J. Dibbern (2010), Handbook of Partial Least Squares: the permutation test.
//   - J. Henseler (2010), On the Convergence of the Partial Least Squares Path Modeling
//     Algorithm, Computational Statistics 25.
//   - J. F. Hair, G. T. M. Hult, C. M. Ringle, M. Sarstedt (2017), A Primer on Partial Least
//     Squares Structural Equation Modeling, 2nd ed.: the rules of thumb of [Fit.Review].
//   - C. M. Ringle, M. Sarstedt (2016), Gain More Insight from Your PLS-SEM Results,
//     Industrial Management & Data Systems 116: the importance-performance map.
package csi
