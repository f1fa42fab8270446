// Package structural computes the structural bond.
package structural
