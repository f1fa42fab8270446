package tier

import (
	"errors"
	"maps"
	"slices"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

// metrics are the metrics of a ladder, sorted by name. Amounts are kept as integers:
// units of the last digit that the kind may have.
type metrics struct {
	names  []string
	kinds  []MetricKind
	digits []int // fraction digits of each
}

const maxMetrics = 100

// checkMetrics says what is wrong with the metrics of a policy.
func checkMetrics(kinds map[string]MetricKind) error {
	if len(kinds) == 0 || len(kinds) > maxMetrics {
		return fault.New("Metrics", len(kinds), "must name 1 to 100 metrics")
	}
	for name, kind := range kinds {
		if !isName(name) || !metricKinds().Valid(kind) {
			return fault.New("Metrics", nil, "must have names of 1 to 200 bytes of UTF-8, each "+metricRule)
		}
	}
	return nil
}

const (
	metricRule = "decimal or integer"
	nameRule   = "must be 1 to 200 bytes of UTF-8"
)

// isName reports whether a text of the host can name a level, a metric or a version:
// JSON holds nothing that is not UTF-8, so two names would fall together.
func isName(text string) bool {
	const most = 200
	return text != "" && len(text) <= most && utf8.ValidString(text)
}

func newMetrics(kinds map[string]MetricKind) *metrics {
	m := &metrics{names: slices.Sorted(maps.Keys(kinds))}
	for _, name := range m.names {
		m.kinds = append(m.kinds, kinds[name])
		m.digits = append(m.digits, kinds[name].digits())
	}
	return m
}

// index returns the position of a metric, -1 if there is none of that name.
func (m *metrics) index(name string) int {
	if i, found := slices.BinarySearch(m.names, name); found {
		return i
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
	v, err := money.Minor(amount, m.digits[i])
	switch {
	case err == nil && money.Bounded(amount) == nil:
		return v, nil
	case m.kinds[i] == Integer:
		return 0, errWhole
	default:
		return 0, errDigits
	}
}

// amounts returns the metrics of a row that are not absent.
func (m *metrics) amounts(row []int64) Amounts {
	out := make(Amounts, len(row))
	for i, v := range row {
		if v != absent {
			out[m.names[i]] = money.Decimal(v, m.digits[i])
		}
	}
	return out
}
