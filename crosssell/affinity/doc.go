// Package affinity x.
package affinity
