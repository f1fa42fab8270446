// Package affinity says what goes with what: item-to-item recommendations for
// cross-selling ("customers who have this also have"), by nearest neighbours with the
// usual similarities (cosine, Jaccard, lift, TF-IDF, BM25) and by EASE, a linear
// autoencoder; with reasons for each suggestion, repeat purchases, and popularity by
// segment for customers of whom nothing is known.
//
// # Start here
//
//	err := ownership.Add(affinity.Event[string, string]{Customer: u, Item: i, On: day, Times: 1})
//	matrix, err := ownership.AsOf(today, affinity.MatrixOptions{})      // who has what
//	model, err := matrix.EASE(ctx, affinity.EASEParams{Lambda: 250})    // or matrix.Neighbours
//	top, err := model.Suggest(affinity.Query[string]{Owned: owned, N: 5}) // first purchases, with reasons
//	again, err := affinity.Favourites(matrix.Holdings(u), 5, repeatable)  // repeat purchases
//	popular, err := affinity.NewPopularity(matrix, segmentOf, affinity.PopularityParams{}) // no history
//
// # Model
//
// An [Ownership] counts who got what when. A [Matrix] is what it says as of a day:
// x(u, i) is 1 if customer u has item i by then and 0 if not; with a half-life h, a
// holding is 2^(−age/h) instead, by the days since the customer last got the item. For I
// items and customers u with n(u) items each, let
//
//	c(i, j) = Σ min(x(u, i), x(u, j))        what i and j have in common
//	n(i)    = c(i, i)                        N = Σ max x(u, i) over the customers
//
// without a half-life: the customers with both, those with i, all of them. Neighbours of
// i are the K items j of greatest similarity w(i, j), the lower item of equals:
//
//	cosine         c / √(n(i)·n(j))
//	jaccard        c / (n(i) + n(j) − c)
//	confidence     c / n(i)
//	lift           c·N / (n(i)·n(j))
//	shrunk_cosine  c / (√(n(i)·n(j)) + s)
//	tf_idf         c′ / √(n′(i)·n′(j))
//	bm25           c′ · b(i) · b(j),  b(i) = (K1+1) / (K1·(1 − B + B·n(i)/mean n) + 1)
//
// where c′ and n′ count customer u a(u)² times, a(u) = ln I − ln(1 + n(u)): who has nearly
// everything says little. EASE is the matrix of weights w that predicts each column of X
// best from the others, in least squares with a penalty of λ for large weights:
//
//	P = (C + λ·1)⁻¹        w(i, j) = −P(i, j) / P(j, j),  w(i, i) = 0
//
// A [Model] of either kind scores an item for a customer by the sum of w(i, j) over what
// the customer has; so each score falls apart into what each item adds. [Favourites] and
// [Popularity] are the baselines that a model has to beat: on the purchases of an online
// shop after a cut-off, EASE reached an NDCG at 10 of 0.110, the best neighbours 0.104,
// popularity 0.044; and lift 0.004, as it prefers what hardly anybody has.
//
// # Units
//
// Times are whole numbers, exact. Half-lives are days. Shrink, λ and Prior are numbers of
// customers. Similarities, weights and scores are float64. The similarities cosine, jaccard,
// confidence, shrunk_cosine and tf_idf and the scores of popularity are from 0 to 1; a score
// of a model is a sum of weights, and ranks items and no more.
//
// # Limits
//
// Time to find neighbours grows with the squares of n(u): MaxItems leaves out customers
// who buy for many others. EASE takes O(I³) time and 8·I² bytes, both stated beforehand, and is
// refused beyond a budget. Models do not learn: they are made anew from the counts, which
// are added to. A holding never weighs less than 2⁻²⁵⁶. Agrees with independent
// computations within 1e-12, metrics of ranked lists included.
//
// # Choices
//
//   - The state is counts by customer, item and day, not of pairs: so a matrix as of any
//     past day can be made, and sees nothing of what came later; a pair counted twice
//     by two parts of the data is counted once; and a customer can be forgotten.
//   - Aged holdings meet in the lesser of their weights. With it c(i, j) ≤ n(i) for all
//     weights, so that shares stay shares, and C stays positive semi-definite, as EASE
//     needs it; products, as of vectors, keep only the second.
//   - N items asked for are N returned where there are as many: items for which nothing
//     speaks come after all others, by item. What a customer has is never among them,
//     unless the host says that an item is bought again and again; then it is marked.
//     What is bought again follows from how often it was more than from what it goes
//     with: [Favourites] rank by that.
//   - Ties are broken by item, ascending: digits as text are text, "10" < "9".
//   - Popularity of a segment can be mixed with that of all, as small segments know little.
//
// # Sources
//
//   - B. Sarwar, G. Karypis, J. Konstan, J. Riedl (2001), Item-Based Collaborative Filtering
//     Recommendation Algorithms, WWW: item-item neighbours.
//   - M. Deshpande, G. Karypis (2004), Item-Based Top-N Recommendation Algorithms, ACM
//     TOIS 22(1): K neighbours of each item, sums of similarities, confidence.
//   - S. Robertson, H. Zaragoza (2009), The Probabilistic Relevance Framework: BM25 and
//     Beyond, Foundations and Trends in Information Retrieval 3(4): K1 and B.
//   - H. Steck (2019), Embarrassingly Shallow Autoencoders for Sparse Data, WWW: EASE.
//   - M. Ferrari Dacrema, P. Cremonesi, D. Jannach (2019), Are We Really Making Much
//     Progress?, RecSys: shrinkage, and simple models that hold their own.
//   - S. Boughorbel, J.-P. Tarel, N. Boujemaa (2005), Generalized Histogram Intersection
//     Kernel, ICIP: the minimum is a positive definite kernel.
package affinity
