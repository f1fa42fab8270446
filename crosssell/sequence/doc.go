// Package sequence tells what customers buy next.
package sequence
