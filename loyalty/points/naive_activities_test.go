package points_test

import (
	"slices"
	"time"

	"github.com/relmark/relmark/loyalty/earning"
	"github.com/relmark/relmark/loyalty/points"
)

// A naive deed is an activity that took place.
type naiveDeed struct {
	rule, kind, source string
	date               int
	gone               bool // its source may come again
}

// act grants what the rule of a kind says.
func (m *naive) act(c points.Act, at, now time.Time, o *outcome) string {
	date := m.ymd(at)
	v := m.version(date)
	if v == nil || len(v.Budgets) > 0 && c.Budget == nil {
		return "invalid"
	}
	if slices.ContainsFunc(m.deeds, func(d *naiveDeed) bool { return c.Source != "" && d.source == c.Source && d.kind == c.Kind && !d.gone }) {
		return "duplicate_source"
	}
	order := points.Earn{Tier: c.Tier, Tags: c.Tags}
	i := slices.IndexFunc(v.Activities, func(r earning.ActivityRule) bool { return r.Kind == c.Kind && m.applies(&r.When, &order, date) })
	if i < 0 {
		return "unknown_activity"
	}
	r := v.Activities[i]
	if r.Once != "" && slices.ContainsFunc(m.deeds, func(d *naiveDeed) bool {
		return d.rule == r.Rule && m.counted([]naiveGrant{{d.date, 1}}, r.Once, date) > 0
	}) {
		return "limit_reached"
	}
	x := &naiveOrder{date: date}
	if r.Points != nil {
		x.granted = *r.Points
	} else {
		x.granted = *c.Points
	}
	sum := x.granted
	for _, k := range v.Caps {
		if k.Per != earning.PerOrder {
			x.granted = min(x.granted, max(0, k.Points-m.counted(m.grants, k.Per, date)))
		}
	}
	if c.Budget != nil {
		x.granted = min(x.granted, max(0, *c.Budget))
	}
	o.granted, o.cut = x.granted, sum-x.granted
	m.grants = append(m.grants, naiveGrant{date, x.granted})
	*m.all = append(*m.all, naiveGrant{date, x.granted})
	m.issued += x.granted
	m.grantLot(x, &points.Earn{}, at, now, o)
	m.active(date)
	m.deeds = append(m.deeds, &naiveDeed{rule: r.Rule, kind: c.Kind, source: c.Source, date: date})
	return ""
}
