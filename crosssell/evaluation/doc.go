// Package evaluation says whether a recommender is any good (offline evaluation: precision,
// recall, NDCG, MAP, MRR at k on a temporal split without leakage), whether an offer causes
// anything (uplift, Qini curve, control group; off-policy evaluation), whether probabilities
// can be believed (calibration), and where services stand in their life cycle (penetration,
// growth, attach rate, cross-sell ratio).
//
// # Start here
//
//	split, err := evaluation.SplitEvents(params, log)          // past and future at one cutoff
//	ranking, err := split.Evaluate(10, model)                  // a list for each customer
//	m, err := ranking.Metrics()                                // and what it was worth
//	gain, err := ranking.Compare(ctx, other, evaluation.NDCG, resampling, rng)
//	uplift, err := evaluation.NewUplift(trials)                // Effect, Curve, Area, Top
//	services, err := evaluation.NewServices[string, string](p) // Life, Attach, Cut
//
// # Model
//
// A [Split] takes the first purchase of each item by each user. Train has those before the
// cutoff, of items with enough buyers then; test those from the cutoff on, by users of train
// of items of train. A [Ranking] compares the first k of a full ranking of what the user has
// not got with their items in test, by the formulas at [Metric], and averages over users.
//
// An [Uplift] has customers in order of a score, treated by lot or held out. The average
// treatment effect is the difference of mean outcomes; the Qini curve is Y_T − Y_C·n_T/n_C
// after each score, its area the trapezoids less the straight line to the end. An
// [OffPolicy] estimate weights each logged reward by w = target/propensity:
//
//	IPS    mean of w·r
//	SNIPS  Σwr/Σw,  se √Σ w²(r − SNIPS)² / Σw
//	DR     mean of model target + w·(r − model taken)
//
// [Calibrate] has logit P(y) = a + b·logit p by maximum likelihood, with b = 1 for a alone.
// [Services] compare the customers who bought in one window with those of the window before:
// those of both say nothing of a change, and of the others the share θ of the later ones has
// exact binomial limits, which give those of growth. A [StageRule] turns these into stages.
//
// # Units
//
// Metrics and shares go from 0 to 1, novelty is in bits, outcomes and rewards are in the
// host's unit. Revenue is exact, in the one currency of a log.
//
// # Limits
//
// Lists of up to 10,000 places; 2,147,483,647 users, items or customers; 64 periods; values
// of −1e50 to 1e50. Offline metrics say how well purchases are foretold that came about
// without the recommender: what it causes only an experiment tells. IPS, SNIPS and DR need
// propensities that were logged, not estimated. Reference figures are met within 1e-12.
//
// # Choices
//
//   - There is one cutoff for all. Splits at random or by user let models learn from the
//     future of others, and metrics on sampled candidates rank models wrongly: neither is
//     here.
//   - A list shorter than k counts as if its empty places had missed: precision divides by k.
//   - Recall divides by all relevant items, [RecallMin], [NDCG] and [MAP] by what k places can
//     reach.
//   - Points of uplift curves stand after each block of equal scores, so that order within
//     ties cannot matter; a share that cuts a block takes it in proportion.
//   - Serendipity has no definition that is agreed on, and is left out.
//   - A service is cut under a stated assumption, beside the bound that needs none.
//   - Bootstraps resample customers, and are percentile or BCa; other intervals are normal,
//     Wilson's for shares and exact for growth.
//
// # Sources
//
//   - Y. Ji, A. Sun, J. Zhang, C. Li (2023), A Critical Study on Data Leakage in Recommender
//     System Offline Evaluation, ACM Transactions on Information Systems 41(3).
//   - W. Krichene, S. Rendle (2020), On Sampled Metrics for Item Recommendation, KDD.
//   - K. Järvelin, J. Kekäläinen (2002), Cumulated Gain-based Evaluation of IR Techniques, ACM
//     Transactions on Information Systems 20(4): NDCG.
//   - N. J. Radcliffe (2007), Using Control Groups to Target on Predicted Lift, Direct
//     Marketing Analytics Journal: Qini.
//   - A. Swaminathan, T. Joachims (2015), The Self-Normalized Estimator for Counterfactual
//     Learning, NeurIPS; M. Dudík, J. Langford, L. Li (2011), Doubly Robust Policy Evaluation
//     and Learning, ICML.
//   - D. R. Cox (1958), Two Further Applications of a Model for Binary Regression, Biometrika
//     45(3/4): calibration in the large and slope.
//   - C. J. Clopper, E. S. Pearson (1934), The Use of Confidence or Fiducial Limits Illustrated
//     in the Case of the Binomial, Biometrika 26(4); Q. McNemar (1947), Note on the Sampling
//     Error of the Difference between Correlated Proportions, Psychometrika 12(2).
//   - A. Neumaier (1974), Rundungsfehleranalyse einiger Verfahren zur Summation endlicher
//     Summen, Zeitschrift für Angewandte Mathematik und Mechanik 54(1).
//   - E. M. Rogers (1962), Diffusion of Innovations.
package evaluation
