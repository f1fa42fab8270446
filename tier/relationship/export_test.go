package relationship

import "github.com/relmark/relmark"

// SeriesSteps returns how many exchanges Series adds up.
func (x BondPolicy) SeriesSteps(exchanges []Exchange, dates []relmark.Date) int {
	_, added := x.normal().series(exchanges, dates)
	return added
}
