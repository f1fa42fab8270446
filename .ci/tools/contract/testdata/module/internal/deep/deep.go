// Package deep is inside: its sets may be integers, its keys may not be camel.
package deep

// A Depth is a set that no host sees.
type Depth int

// The depths.
const (
	Low Depth = iota
	High
)

type policy struct {
	GraceDays int `json:"graceDays"` // want key "graceDays"
}

// Days uses the policy.
func Days() int { return policy{}.GraceDays }
