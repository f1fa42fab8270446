// Package money reads variables of the process that its host may set.
package money

import "github.com/shopspring/decimal"

// Sum uses what it must not; Round is allowed.
func Sum(a, b decimal.Decimal) string {
	mean := decimal.Avg(a, b)              // want forbidigo "it reads a variable of the process"
	mean = mean.Add(a.Div(b))              // want forbidigo "it reads a variable of the process"
	mean = mean.Add(a.Pow(b))              // want forbidigo "it reads a variable of the process"
	places := decimal.DivisionPrecision    // want forbidigo "and the host's"
	decimal.TrimTrailingZeros = places > 0 // want forbidigo "and the host's" want reassign "TrimTrailingZeros"
	return mean.Round(2).String()          // want forbidigo "it reads a variable of the process"
}
