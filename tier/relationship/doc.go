// Package relationship tells the types of customer relationships apart
// (transactional, active, passive: who wants contact and who does not), how far a
// firm practises relationship marketing rather than transaction marketing, and how
// well it gets on with its partners: suppliers, distributors, the public.
//
// # Start here
//
//   - [Policy.Classify] gives the type of one customer from [Evidence], with reasons;
//     [StandardPolicy] is a policy to start from.
//   - [OrientationPolicy.Orientation] gives the stance of a firm from six indicators.
//   - [BondPolicy.Bond] gives the state of a partnership from its exchanges, and
//     [BondPolicy.Series] its course; [Bond.Weakest] says where to begin.
//
// # Model
//
// A customer's type rests on two questions, each answered by shares of evidence
// against a threshold of the [Policy]:
//
//	wants contact   customer contacts / all contacts ≥ InitiationMin,
//	                or responses / firm contacts ≥ ResponseMin
//	attached        cv of the gaps between purchase dates ≤ VariationMax,
//	                or services used / services offered ≥ ServiceMin
//
//	                  attached     not attached
//	wants contact     active       undetermined
//	does not          passive      transactional
//
// Active customers want contact; passive ones want to know that contact is
// possible; transactional ones want the product. cv is the sample standard
// deviation over the mean of the gaps in days. Thin data are undetermined.
//
// The orientation of a firm or a unit is an index of six measured contrasts x with
// ends lo (transactional) and hi (relational) and weights w:
//
//	s = 100 (x − lo)/(hi − lo), clamped to 0 … 100     index = Σ w s / Σ w
//
// The index of a partner, be it a supplier, a distributor or the public, is the
// weighted mean of five qualities, each 0 to 100 and from dated [Exchange] records
// that lose weight with age a in days, 2^(−a/HalfLife):
//
//	mutual benefit          100 · 2 min(given, received) / (given + received)
//	two-way communication   100 · 2 min(ours, theirs) / (ours + theirs)
//	cooperation             100 · agreements kept / due
//	emotional tie           100 · (mean answer − TieLow) / (TieHigh − TieLow)
//	improvement             100 · proposals adopted / made
//
// # Units
//
// Shares and cv are fractions; scores and indices run from 0 to 100; ages and gaps
// are local dates apart. Values given and received are money of one currency.
//
// # Limits
//
// Results are float64, right to 1e-12 relative. A value within 1e-12 of a threshold
// counts as equal to it. What is not defined is NaN: a share of nothing, the cv of
// fewer than two gaps, an index of too little; a contrast that was not measured and a
// quality without evidence have no score. All functions are pure and take
// time in the order of what they are given, dates n log n.
//
// # Choices
//
//   - The type is never read from recency, frequency and amount alone: a silent
//     regular customer is passive, not lost, and a frequent buyer may want no
//     contact.
//   - Evidence comes first: with too few purchase days or contacts there is no type,
//     whatever the shares.
//   - Contact without attachment is undetermined, not active: who asks much and buys
//     by chance may be complaining.
//   - A balance counts how even an exchange is, not how large: 2 min/(a + b) is 1
//     when both sides give the same and 0 when one side gives nothing.
//
// # Sources
//
//   - C. Grönroos (2007), Service Management and Marketing, 3rd ed.: transactional,
//     active relational and passive relational customers.
//   - M. Christopher, A. Payne, D. Ballantyne (1991), Relationship Marketing: contrasts
//     of transaction and relationship marketing, of which six are taken here.
//   - A. W. Gouldner (1960), The Norm of Reciprocity, American Sociological Review
//     25(2): balance of what is given and received.
//   - R. M. Morgan, S. D. Hunt (1994), The Commitment–Trust Theory of Relationship
//     Marketing, Journal of Marketing 58(3): cooperation, communication, trust with
//     suppliers, distributors and others.
package relationship
