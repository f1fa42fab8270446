package earning_test

import (
	"encoding/json"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/earning"
)

// at returns noon of the n-th day after 2025-01-10, UTC.
func at(n int) time.Time { return time.Date(2025, 1, 10+n, 12, 0, 0, 0, time.UTC) }

// day returns the date of at.
func day(n int) relmark.Date {
	d, _ := relmark.DateOf(at(n), time.UTC)
	return d
}

func euros(n int64) decimal.Decimal { return decimal.New(n, 0) }

func decimalOf(cents int64) decimal.Decimal { return decimal.New(cents, -2) }

// complete completes rules: euros, a point each, worth a cent.
func complete(r earning.Rules) earning.Rules {
	if r.Currency == "" {
		r.Currency, r.Digits = "EUR", 2
	}
	if r.PointValue.Sign() == 0 {
		r.PointValue = decimalOf(1)
	}
	if r.Versions == nil {
		r.Versions = []earning.Version{{Rates: []earning.Rate{{Rule: "base", Points: 1, Per: euros(1)}}}}
	}
	return r
}

// compiled compiles completed rules of the versions.
func compiled(t require.TestingT, versions ...earning.Version) *earning.Engine {
	e, err := earning.Compile(complete(earning.Rules{Versions: versions}))
	require.NoError(t, err)
	return e
}

// member is one who has been granted points and has gone some way.
type member struct {
	granted  map[earning.Period]int64
	progress map[string]earning.Progress
	took     map[string]relmark.Date // when an activity was done, by rule
}

// Granted tells periods by their length.
func (m *member) Granted(from, to relmark.Date) int64 {
	switch {
	case from.IsZero():
		return m.granted[earning.PerLife]
	case from == to:
		return m.granted[earning.PerDay]
	case to.Sub(from) > 31:
		return m.granted[earning.PerYear]
	}
	return m.granted[earning.PerMonth]
}

func (m *member) Took(rule string, from, to relmark.Date) bool {
	d, ok := m.took[rule]
	return ok && !d.Before(from) && (to.IsZero() || !d.After(to))
}

func (m *member) Progress(rule string) earning.Progress {
	p := m.progress[rule]
	p.Rule = rule
	return p
}

// earned returns what an order on the day after 2025-01-10 earns.
func earned(t require.TestingT, e *earning.Engine, o earning.Order) earning.Award {
	o.At = at(1)
	out, err := e.Earn(&o, nil)
	require.NoError(t, err)
	return out.Award
}

func marshalled(t require.TestingT, v any) string {
	data, err := json.Marshal(v)
	require.NoError(t, err)
	return string(data)
}

func date(s string) relmark.Date { return relmark.MustParseDate(s) }
