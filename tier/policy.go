package tier

import (
	"maps"
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/fault"
)

// A Policy is one version of the rules of a programme. It is plain data, safe for
// concurrent use while nobody changes it: [New] turns policies into a [Ladder],
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
	Levels   []Level
	Window   Window
	Upgrade  Upgrade
	Validity Validity

	Depth     Depth        // how far a member falls
	GraceDays int          // Grace: local dates between a failed review and the drop, 0 to 36500
	DwellDays int          // Dwell: local dates after a change without a downgrade, and after a downgrade without an upgrade, 0 to 36500
	Reversal  ReversalRule // what refunds do to a level that has a date
	Rollover  *Rollover    // nil: nothing is carried over
}

// Validate reports the rules that p breaks in one error. Legal but odd policies pass:
// see [Policy.Warnings].
func (p Policy) Validate() error {
	_, err := p.compile(nil)
	return room(err)
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
func (p Policy) compile(m *metrics) (version, error) {
	if err := p.check(); err != nil {
		return version{}, err
	}
	own := newMetrics(p.Metrics)
	if m == nil {
		m = own
	}
	// A version may only use its own metrics, though the ladder knows them all.
	levels, err := compileLevels(p.Levels, own)
	carry, wrongRoll := p.Rollover.compile(own, p.Window)
	if err != nil || wrongRoll != nil {
		var errs fault.List
		errs.Join("", err)
		errs.Join("Rollover", wrongRoll)
		return version{}, errs.Err("")
	}
	if m != own {
		levels, _ = compileLevels(p.Levels, m)
		carry, _ = p.Rollover.compile(m, p.Window)
	}
	return version{
		name: p.Version, levels: levels, upgrade: p.Upgrade, validity: p.Validity, depth: p.Depth,
		reversal: p.Reversal, grace: p.GraceDays, dwell: p.DwellDays, rollover: carry,
	}, nil
}

// check says what is wrong with p, conditions and amounts aside.
func (p Policy) check() error {
	var errs fault.List
	errs.Check(p.Version == "" || isName(p.Version), "Version", nil, "must be at most 200 bytes of UTF-8")
	errs.Check(p.Zone != nil, "Zone", nil, "must not be nil")
	errs.Join("", checkMetrics(p.Metrics))
	errs.Join("", checkLevels(p.Levels))
	errs.Join("Window", p.Window.check())
	errs.Join("Validity", p.Validity.check(p.Window))
	errs.Join("", upgrades().Check("Upgrade", p.Upgrade))
	errs.Check(p.Upgrade != PeriodEnd || !p.Window.Kind.Rolling() && p.Validity.Kind != WhileHolds,
		"Upgrade", nil, "must be immediate: the window rolls or the level follows the sums")
	errs.Join("", depths().Check("Depth", p.Depth))
	errs.Join("", reversalRules().Check("Reversal", p.Reversal))
	errs.Check(p.GraceDays >= 0 && p.GraceDays <= maxDays, "GraceDays", p.GraceDays, "must be 0 to 36500")
	errs.Check(p.DwellDays >= 0 && p.DwellDays <= maxDays, "DwellDays", p.DwellDays, "must be 0 to 36500")
	return errs.Err("")
}

// clone copies p to the last leaf; the zone is shared, it is immutable.
func (p Policy) clone() Policy {
	p.Metrics = maps.Clone(p.Metrics)
	p.Levels = cloneLevels(p.Levels)
	p.Rollover = p.Rollover.clone()
	return p
}
