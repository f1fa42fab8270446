package tier

import (
	"fmt"
	"maps"
	"time"

	"github.com/relmark/relmark"
)

// A Policy is one version of the rules of a programme. It is plain data, safe for
// concurrent use while nobody changes it: [New] turns policies into a [Program],
// [EncodePolicies] stores them, [DecodePolicies] reads them back.
//
// A version applies from the start of its From date. Zone, Window, the codes of
// the levels and the kind of validity must be the same in all versions: else it is
// another programme. A period is judged to its end by the version that was in
// force when it began, a rolling window by the version of the instant at which it
// is looked at. Dates, once given, stand.
type Policy struct {
	Version string         // in the host's words; unique
	From    relmark.Date   // first local date on which it applies; zero in the first version only
	Zone    *time.Location // the clock of the programme; required

	Metrics  map[string]MetricKind // what is counted
	Levels   Ladder
	Window   Window
	Upgrade  Upgrade
	Validity Validity

	Depth     Depth        // how far a member falls
	GraceDays int          // Grace: local dates between a failed review and the drop, 0 to 36500
	DwellDays int          // Dwell: local dates after a change without a downgrade, and after a downgrade without an upgrade, 0 to 36500
	Reversal  ReversalRule // what refunds do to a level that has a date
	Rollover  *Rollover    // nil: nothing is carried over
}

// Validate reports every rule that p breaks, joined into one error. Legal but odd
// policies pass: see [Policy.Warnings].
func (p Policy) Validate() error {
	_, errs := p.compile(nil)
	return joined(errs)
}

// A version is a compiled policy.
type version struct {
	name     string
	from     instant
	levels   rungs
	upgrade  Upgrade
	validity Validity
	depth    Depth
	reversal ReversalRule
	grace    int
	dwell    int
	rollover *roll
}

// compile checks p. Conditions use the metrics of m, or those of p if m is nil.
func (p Policy) compile(m *metrics) (version, []error) {
	var errs []error
	if p.Zone == nil {
		errs = append(errs, fault("must not be nil", nil, "Zone"))
	}
	errs = p.checkMetrics(errs)
	own := newMetrics(p.Metrics)
	if m == nil {
		m = own
	}
	errs = p.Levels.check(errs)
	errs = p.Window.check(errs)
	errs = p.Validity.check(errs, p.Window)
	errs = p.checkTimes(errs)
	errs = checkEnum(errs, p.Depth, "Depth")
	errs = checkEnum(errs, p.Reversal, "Reversal")
	// A version may only use its own metrics, though the program knows them all.
	levels, errs := p.Levels.compile(own, errs)
	carry, errs := p.Rollover.compile(own, p.Window, errs)
	if len(errs) == 0 && m != own {
		levels, _ = p.Levels.compile(m, nil)
		carry, _ = p.Rollover.compile(m, p.Window, nil)
	}
	return version{
		name: p.Version, levels: levels, upgrade: p.Upgrade, validity: p.Validity, depth: p.Depth,
		reversal: p.Reversal, grace: p.GraceDays, dwell: p.DwellDays, rollover: carry,
	}, errs
}

func (p Policy) checkMetrics(errs []error) []error {
	if len(p.Metrics) == 0 || len(p.Metrics) > maxMetrics {
		errs = append(errs, fault("must name 1 to 100 metrics", len(p.Metrics), "Metrics"))
	}
	for name, kind := range p.Metrics {
		if name == "" || !valid(kind) {
			errs = append(errs, fault("must have names, each decimal or integer", nil, "Metrics"))
			break
		}
	}
	return errs
}

const maxMetrics = 100

func (p Policy) checkTimes(errs []error) []error {
	errs = checkEnum(errs, p.Upgrade, "Upgrade")
	if p.Upgrade == PeriodEnd && (p.Window.Kind.Rolling() || p.Validity.Kind == WhileHolds) {
		errs = append(errs, fault("must be immediate: the window rolls or the level follows the sums", p.Upgrade, "Upgrade"))
	}
	if p.GraceDays < 0 || p.GraceDays > maxDays {
		errs = append(errs, fault("must be 0 to 36500", p.GraceDays, "GraceDays"))
	}
	if p.DwellDays < 0 || p.DwellDays > maxDays {
		errs = append(errs, fault("must be 0 to 36500", p.DwellDays, "DwellDays"))
	}
	return errs
}

// clone copies p to the last leaf; the zone is shared, it is immutable.
func (p Policy) clone() Policy {
	p.Metrics = maps.Clone(p.Metrics)
	p.Levels = p.Levels.clone()
	p.Rollover = p.Rollover.clone()
	return p
}

func levelPath(i int, field string) string { return fmt.Sprintf("Levels[%d].%s", i, field) }
