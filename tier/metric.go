package tier

import (
	"errors"
	"maps"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/internal/money"
)

// metrics are the metrics of a program, sorted by name. Amounts are kept as
// integers: units of the last digit that the kind may have.
type metrics struct {
	names []string
	kinds []MetricKind
}

func newMetrics(kinds map[string]MetricKind) *metrics {
	m := &metrics{names: slices.Sorted(maps.Keys(kinds))}
	for _, name := range m.names {
		m.kinds = append(m.kinds, kinds[name])
	}
	return m
}

// index returns the position of a metric, -1 if there is none of that name. There
// are few, so a scan finds it soonest.
func (m *metrics) index(name string) int {
	for i, n := range m.names {
		if n == name {
			return i
		}
	}
	return -1
}

func (m *metrics) len() int { return len(m.names) }

func (m *metrics) equal(o *metrics) bool {
	return m == o || slices.Equal(m.names, o.names) && slices.Equal(m.kinds, o.kinds)
}

// What can be wrong with an amount. The texts are rules of a field error.
var (
	errNegative = errors.New("must be 0 or more")
	errWhole    = errors.New("must be a whole number below 9.2e18")
	errDigits   = errors.New("must have at most six fraction digits and be below 9.2e12")
)

// units converts an amount of metric i.
func (m *metrics) units(i int, amount decimal.Decimal) (int64, error) {
	if amount.Sign() < 0 {
		return 0, errNegative
	}
	v, err := money.Minor(amount, m.kinds[i].digits())
	switch {
	case err == nil:
		return v, nil
	case m.kinds[i] == Integer:
		return 0, errWhole
	default:
		return 0, errDigits
	}
}
