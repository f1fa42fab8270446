// Package enum holds closed sets of words: which of them there are, in which order,
// and the one text that says so when another comes in.
//
// # Model
//
// A closed set is a typed string with constants in snake case, so that a value reads
// the same in code, JSON, logs and SQL and needs no methods to be encoded:
//
//	type Depth string
//
//	const (
//		ToEarned Depth = ""         // the default
//		OneStep  Depth = "one_step"
//		ToBase   Depth = "base"
//	)
//
//	func depths() enum.Set[Depth] { return enum.Of(ToEarned, OneStep, ToBase) }
//
// Validate asks [Set.Check], a compiler turns a word into a small integer by
// [Set.Index], and a snapshot turns that back by [Set.At]: the order is that of the
// integers, for good once they are stored, and a new word goes to the end.
//
// # Units
//
// Positions count from 0.
//
// # Limits
//
// A search compares with each word in turn, which takes some nanoseconds for the sets
// of this module, of 20 words at most. A rule lists [MaxListed] words and counts the
// others.
//
// # Choices
//
// A set that has a default has the empty word for it, and none besides, so that no
// two words mean the same and equal values have equal encodings; a set without a
// default does not list the empty word, which is then refused like any other.
//
// # Sources
//
//   - The convention is this module's own: One contract, in the design.
package enum
