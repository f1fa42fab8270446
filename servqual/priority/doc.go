// Package priority says what to mend first: which features are taken for granted, wanted
// or a delight (Kano model), which needs are expected and not provided (needs window),
// which attributes are important and badly performed (importance-performance analysis),
// and which drive satisfaction (penalty-reward contrast, key drivers by Shapley value).
//
// # Start here
//
//	var k priority.Kano                              // one of each feature; adds up, merges, encodes
//	err := k.Add(priority.KanoAnswer{With: priority.Like, Without: priority.Dislike})
//	report, err := k.Report(0.95)                    // category, layer, better and worse
//	ratings, err := priority.NewRatings(params)      // importance and performance: ratings.Map
//	drivers, err := priority.NewDrivers(params)      // and what it does to the overall rating
//	sure, err := priority.ResampleDrivers(…)         // how sure which one is the key driver
//
// # Model
//
// [Classify] has Kano's table of two feelings. With the counts A, O, M and I of attractive,
// one-dimensional, must-be and indifferent answers, and a and b the two largest of n,
//
//	better  (A + O)/(A + O + M + I)        worse  −(O + M)/(A + O + M + I)
//	Fong    a − b ≥ 1.65·√((a + b)(2n − a − b)/(2n))
//
// Must-be, one-dimensional and attractive features make the basic, the desired and the
// delightful layer of expectation. [PaneOf] has the window of needs: expected and provided
// is met, expected and not provided dissatisfies, provided and not expected delights, and
// the rest is latent. Of attributes with ratings x and overall rating y,
//
//	penalty-reward   y = b0 + Σ p·bad(x) + Σ r·good(x),  asymmetry (|r| − |p|)/(|r| + |p|)
//	drivers          y = b0 + Σ b·x, R² divided by what each x adds over all orders
//
// All accumulators hold whole numbers: parts collected apart merge to the last bit.
//
// # Units
//
// Ratings are in points of the host's scale; overall ratings are whole numbers of
// 1/[DriverParams.Unit]. Shares go from 0 to 1, Worse from −1 to 0.
//
// # Limits
//
// Up to 100 needs or attributes, and 16 drivers; 4,294,967,295 answers.
//
// # Choices
//
//   - Ties between categories go to must-be first, then one-dimensional, attractive,
//     indifferent, reverse, questionable: what costs most if it is overlooked.
//   - The map of importance and performance is divided at the means of the attributes'
//     means, or in the middle of the scale: it says which. A mean on a line is high.
//   - A role is by significance: an attribute is basic where bad ratings surely cost and
//     good ones do not surely earn. The asymmetry is given beside it, without thresholds.
//   - Intervals are Wilson's for shares and Student's t for means and coefficients, cut at
//     the ends of the scale for means; shares of R², asymmetries and ranges have none by formula,
//     and take those of customers drawn again.
//   - Drivers are of customers who rated everything; the map takes each answer.
//
// # Sources
//
//   - N. Kano, N. Seraku, F. Takahashi, S. Tsuji (1984), Attractive Quality and Must-be
//     Quality, Journal of the Japanese Society for Quality Control 14(2).
//   - C. Berger and others (1993), Kano's Methods for Understanding Customer-defined
//     Quality, Center for Quality of Management Journal 2(4): better and worse, groups,
//     DuMouchel's values; D. Fong (1996), Using the Self-stated Importance Questionnaire
//     to Interpret Kano Questionnaire Results, the same 5: the test.
//   - J. A. Martilla, J. C. James (1977), Importance-Performance Analysis, Journal of
//     Marketing 41(1).
//   - D. R. Brandt (1988), How Service Marketers Can Identify Value-Enhancing Service
//     Elements, Journal of Services Marketing 2(3); J. Mikulić, D. Prebežac (2008),
//     Prioritizing Improvement of Service Attributes Using Impact Range-performance
//     Analysis, Managing Service Quality 18(6): asymmetry and range.
//   - R. H. Lindeman, P. F. Merenda, R. Z. Gold (1980), Introduction to Bivariate and
//     Multivariate Analysis: shares of R².
package priority
