package tier

import (
	"fmt"
	"slices"
	"sort"
	"time"

	"github.com/relmark/relmark/internal/calendar"
	"github.com/relmark/relmark/internal/fault"
)

// A Ladder is the rules of a programme through all their versions, ready to
// judge members. It is an immutable value behind a pointer, safe for concurrent
// use. Obtain one from [New].
type Ladder struct {
	opaque

	policies []Policy
	metrics  *metrics
	codes    []string
	zone     *time.Location
	window   Window
	anchor   calendar.Day // of the grid; 0 if it is the join date
	kind     ValidityKind
	versions []version

	rolls, byDays     bool // whether the window rolls, and by days
	dated, byEntry    bool // whether levels have dates, and counted from their entry
	lifelong, carries bool // whether any version has a lifetime condition, a rollover
}

const maxVersions = 1000

// New makes a ladder of the versions of its policy, 1 to 1000 in the order in which
// they apply. It fails when one of them is not valid ([Policy.Validate]), when versions
// share a name or do not follow each other, or when they differ in what must stay
// the same ([Policy]). The policies are copied. Errors name positions.
func New(versions ...Policy) (*Ladder, error) {
	if len(versions) == 0 || len(versions) > maxVersions {
		return nil, errVersions(len(versions))
	}
	l := &Ladder{}
	kinds := map[string]MetricKind{}
	var errs fault.List
	for i, v := range versions {
		path := fmt.Sprintf("Policies[%d]", i)
		if _, err := v.compile(nil); err != nil {
			errs.Join(path, err)
			if errs.Full() {
				break
			}
			continue
		}
		for name, kind := range v.Metrics {
			known, ok := kinds[name]
			errs.Check(!ok || known == kind, path+".Metrics", nil, "must give a metric the same kind in all versions")
			kinds[name] = kind
		}
		l.policies = append(l.policies, v.clone())
	}
	errs.Check(len(kinds) <= maxMetrics, "Policies", len(kinds), "must name at most 100 metrics in all")
	if errs.Len() == 0 {
		l.metrics = newMetrics(kinds)
		l.add(&errs)
	}
	if err := errs.Err("tier"); err != nil {
		return nil, err
	}
	return l, nil
}

// add compiles the policies, each of which is valid by itself.
func (l *Ladder) add(errs *fault.List) {
	first := &l.policies[0]
	l.zone, l.window, l.kind = first.Zone, first.Window.normal(), first.Validity.Kind
	l.codes, l.anchor = codesOf(first.Levels), gridAnchor(l.window)
	l.rolls, l.byDays = l.window.Kind.Rolling(), l.window.Kind == RollingDays
	l.dated, l.byEntry = l.kind != WhileHolds, l.kind == MonthsFromEntry
	names := map[string]bool{}
	for i := range l.policies {
		policy := &l.policies[i]
		path := fmt.Sprintf("Policies[%d]", i)
		errs.Join(path, l.follows(i))
		errs.Check(!names[policy.Version], path+".Version", nil, "must be unique")
		names[policy.Version] = true
		v, _ := policy.compile(l.metrics)
		v.from = startOf(dayOf(policy.From), policy.Zone)
		l.versions = append(l.versions, v)
		l.carries = l.carries || v.rollover != nil
		l.lifelong = l.lifelong || slices.ContainsFunc(v.levels, func(r rung) bool { return r.lifetime != nil })
	}
}

// follows compares version i with the one before, and with the first in what must
// never change.
func (l *Ladder) follows(i int) error {
	var errs fault.List
	policy, first := &l.policies[i], &l.policies[0]
	if i == 0 {
		errs.Check(policy.From.IsZero(), "From", policy.From, "must be absent in the first version")
		return errs.Err("")
	}
	errs.Check(policy.From.After(l.policies[i-1].From), "From", policy.From, "must be later than that of the version before")
	same := func(ok bool, field string) { errs.Check(ok, field, nil, "must be the same in all versions") }
	same(policy.Zone.String() == first.Zone.String(), "Zone")
	same(policy.Window.normal() == first.Window.normal(), "Window")
	same(slices.Equal(codesOf(policy.Levels), l.codes), "Levels")
	same(policy.Validity.Kind == first.Validity.Kind, "Validity.Kind")
	return errs.Err("")
}

// Policies returns a copy of the versions of the policy.
func (l *Ladder) Policies() []Policy {
	out := make([]Policy, len(l.policies))
	for i := range l.policies {
		out[i] = l.policies[i].clone()
	}
	return out
}

// Levels returns the codes of the levels, base first.
func (l *Ladder) Levels() []string { return slices.Clone(l.codes) }

// level returns the position of a code, -1 if there is no such level.
func (l *Ladder) level(code string) int { return slices.Index(l.codes, code) }

// at returns the index of the version in force at t: the last that has begun. The
// first is in force since ever. The latest is asked for most.
func (l *Ladder) at(t instant) int {
	last := len(l.versions) - 1
	if !t.before(l.versions[last].from) {
		return last
	}
	begun := sort.Search(last, func(i int) bool { return t.before(l.versions[i].from) })
	return max(begun-1, 0)
}

// gridAnchor returns the first day of some period, 0 if that is the join date or
// if the window rolls.
func gridAnchor(w Window) calendar.Day {
	switch w.Kind {
	case CalendarYear:
		return calendar.First // 1 January of year 1
	case FixedMonths:
		return dayOf(w.Anchor)
	case Anniversary, RollingMonths, RollingDays:
	}
	return 0
}
