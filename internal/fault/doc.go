// Package fault says what is wrong with which field, in one way for every room:
// errors of one form, lists that stay short whatever the input, and one answer to
// encodings that cannot be read.
//
// # Model
//
// A rule that a field breaks is a [relmark.FieldError]. A [List] collects those of
// one input, puts the path of the part before them, and makes one error of them:
//
//	room: Field = value: rule; Other.Field[3]: rule; and 12 more
//
// # Units
//
// Paths are the names of Go fields, joined by points, with indices in brackets:
// "Levels[2].Enter.Min".
//
// # Limits
//
// An error lists [Most] faults at most and counts the rest, so its text is bounded
// where fields, values and rules are. An identifier or a text of a host is never a
// value here: callers pass nil where one is wrong.
//
// # Sources
//
// The errors of the root package, of which this package makes no new kind.
package fault
