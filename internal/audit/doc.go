// Package audit makes one index of several named indicators, each measured on a scale
// of its own: relational orientation, practice of relationship marketing, marketing
// mix, service culture.
//
// # Model
//
// An indicator with value x on a scale from low to high scores
//
//	s = 100·(x − low)/(high − low),  cut to 0 … 100
//
// and the index is Σ w·s / Σ w over those measured. High below low reverses the scale.
//
// # Units
//
// Scores and the index are 0 to 100. Coverage is the share of weight that was measured.
//
// # Limits
//
// Sums are of floats in the order given. Rooms check with [Indicator.Wrong] first.
//
// # Choices
//
// What becomes of an indicator that was not measured is a [Rule]. A coverage within
// 1e-12 of the least one wanted reaches it.
//
// # Sources
//
// M. Bruhn (2003), Relationship Marketing: Management of Customer Relationships:
// weighted indicators of how relational a firm works.
package audit
