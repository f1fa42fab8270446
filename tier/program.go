package tier

import (
	"errors"
	"slices"
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/calendar"
)

// A Program is the rules of a programme through all their versions, ready to
// judge members. It is an immutable value behind a pointer, safe for concurrent
// use. Obtain one from [New].
type Program struct {
	policies []Policy
	metrics  *metrics
	codes    []string
	zone     *time.Location
	window   Window
	anchor   calendar.Day // of the grid; 0 if it is the join date
	kind     ValidityKind
	versions []version

	lifelong, carries bool // whether any version has a lifetime condition, a rollover
}

// New makes a program of the versions of its policy, in the order in which they
// apply. It fails when one of them is not valid ([Policy.Validate]), when versions
// share a name or do not follow each other, or when they differ in what must stay
// the same ([Policy]). The policies are copied. Errors name positions.
func New(versions ...Policy) (*Program, error) {
	if len(versions) == 0 {
		return nil, wrap(fault("must have one or more", 0, "Policies"))
	}
	p := &Program{}
	kinds := map[string]MetricKind{}
	var errs []error
	for i, v := range versions {
		if _, faults := v.compile(nil); len(faults) > 0 {
			errs = append(errs, under(faults, "Policies[%d].", i)...)
			continue
		}
		for name, kind := range v.Metrics {
			if known, ok := kinds[name]; ok && known != kind {
				errs = append(errs, fault("must give a metric the same kind in all versions", nil, "Policies[%d].Metrics", i))
			}
			kinds[name] = kind
		}
		p.policies = append(p.policies, v.clone())
	}
	p.metrics = newMetrics(kinds)
	for i := 0; i < len(p.policies) && len(errs) == 0; i++ {
		errs = p.add(i, errs)
	}
	if err := joined(errs); err != nil {
		return nil, err
	}
	return p, nil
}

// add compiles version i, which is valid by itself.
func (p *Program) add(i int, errs []error) []error {
	policy := &p.policies[i]
	errs = p.checkOrder(i, errs)
	v, _ := policy.compile(p.metrics)
	if i == 0 {
		p.zone, p.window, p.kind = policy.Zone, policy.Window.normal(), policy.Validity.Kind
		p.codes, p.anchor = policy.Levels.codes(), gridAnchor(p.window)
	}
	v.from = startOf(dayOf(policy.From), policy.Zone)
	p.versions = append(p.versions, v)
	p.carries = p.carries || v.rollover != nil
	p.lifelong = p.lifelong || slices.ContainsFunc(v.levels, func(r rung) bool { return r.lifetime != nil })
	return errs
}

// checkOrder compares version i with the one before, and with the first in what must
// never change.
func (p *Program) checkOrder(i int, errs []error) []error {
	policy := &p.policies[i]
	if i == 0 {
		if !policy.From.IsZero() {
			errs = append(errs, fault("must be absent in the first version", policy.From, "Policies[0].From"))
		}
		return errs
	}
	first, last := &p.policies[0], &p.policies[i-1]
	if !policy.From.After(last.From) {
		errs = append(errs, fault("must be later than that of the version before", policy.From, "Policies[%d].From", i))
	}
	if slices.ContainsFunc(p.policies[:i], func(o Policy) bool { return o.Version == policy.Version }) {
		errs = append(errs, fault("must be unique", nil, "Policies[%d].Version", i))
	}
	if policy.Zone.String() != first.Zone.String() {
		errs = append(errs, fault("must be the same in all versions", nil, "Policies[%d].Zone", i))
	}
	if policy.Window.normal() != first.Window.normal() {
		errs = append(errs, fault("must be the same in all versions", nil, "Policies[%d].Window", i))
	}
	if !slices.Equal(policy.Levels.codes(), first.Levels.codes()) {
		errs = append(errs, fault("must have the same codes in all versions", nil, "Policies[%d].Levels", i))
	}
	if policy.Validity.Kind != first.Validity.Kind {
		errs = append(errs, fault("must be the same in all versions", policy.Validity.Kind, "Policies[%d].Validity.Kind", i))
	}
	return errs
}

// under puts a prefix before the fields that errors name.
func under(errs []error, prefix string, args ...any) []error {
	out := make([]error, len(errs))
	for i, err := range errs {
		out[i] = err
		if field, ok := errors.AsType[*relmark.FieldError](err); ok {
			out[i] = fault(field.Rule, field.Value, prefix+"%s", append(args, field.Field)...)
		}
	}
	return out
}

// Policies returns a copy of the versions of the policy.
func (p *Program) Policies() []Policy {
	out := make([]Policy, len(p.policies))
	for i := range p.policies {
		out[i] = p.policies[i].clone()
	}
	return out
}

// Levels returns the codes of the levels, base first.
func (p *Program) Levels() []string { return slices.Clone(p.codes) }

// level returns the position of a code, -1 if there is no such level.
func (p *Program) level(code string) int { return slices.Index(p.codes, code) }

// at returns the index of the version in force at t: the last that has begun. The
// first is in force since ever. Versions are few, and the latest asked for most.
func (p *Program) at(t instant) int {
	i := len(p.versions) - 1
	for i > 0 && t.before(p.versions[i].from) {
		i--
	}
	return i
}

// dated reports whether levels have dates.
func (p *Program) dated() bool { return p.kind != WhileHolds }

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
