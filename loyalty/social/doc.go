// Package social is the social bond of a programme: contact, recognition, community and
// word of mouth.
//
// # Model
//
// # Units
//
// # Limits
//
// # Choices
//
// # Sources
package social
