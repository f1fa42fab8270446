package recovery

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/internal/canon"
	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

const (
	priorities    = 5
	longestBudget = 10 * 366 * 24 * time.Hour
	budgetRule    = "must be whole minutes, above 0, 87,840 hours at most"
	maxReopenDays = 3660
	maxEscalation = 100
	maxPercent    = 1000
	policyVersion = 1
)

// Targets are what a complaint is promised, in business time.
type Targets struct {
	Reply      time.Duration // until it is acknowledged; whole minutes, above 0
	Resolution time.Duration // until it is resolved; whole minutes, above 0
}

func (t Targets) check(l *fault.List, at string) {
	checkBudget(l, at+"Reply", t.Reply)
	checkBudget(l, at+"Resolution", t.Resolution)
}

func checkBudget(l *fault.List, field string, d time.Duration) {
	l.Check(d > 0 && d <= longestBudget && d%time.Minute == 0, field, d, budgetRule)
}

// An Escalation says who hears of it when so much of a budget has run.
type Escalation struct {
	Level   int             `json:"level"`   // 1 or more, each once
	Percent decimal.Decimal `json:"percent"` // of the budget, above 0; may exceed 100, up to 1000, with 6 fraction digits at most
}

// A Policy says what complaints are promised, and when they escalate. It is plain data, safe
// for concurrent use while nobody changes it. Store it with [Policy.MarshalJSON].
type Policy struct {
	Targets    Targets
	ByPriority []Targets     // of complaints received with priority 1 to 5: none, or five of them
	Reopened   time.Duration // budget of the new resolution clock of one that is reopened; whole minutes, above 0
	ReopenDays int           // of 24 hours, since the last resolution, before the end of which it may be reopened; 0 to 3660
	Escalation []Escalation  // by percent, ascending; 100 at most
}

// Validate reports every rule that p breaks, joined into one error.
func (p Policy) Validate() error {
	var l fault.List
	p.Targets.check(&l, "Targets.")
	l.Check(len(p.ByPriority) == 0 || len(p.ByPriority) == priorities, "ByPriority", len(p.ByPriority), "must be none or five")
	for i, t := range p.ByPriority[:min(len(p.ByPriority), priorities)] {
		t.check(&l, fault.Item("ByPriority", i)+".")
	}
	checkBudget(&l, "Reopened", p.Reopened)
	p.checkReopenDays(&l)
	p.checkEscalation(&l)
	return l.Err(room)
}

func (p Policy) checkReopenDays(l *fault.List) {
	l.Check(p.ReopenDays >= 0 && p.ReopenDays <= maxReopenDays, "ReopenDays", p.ReopenDays, "must be 0 to 3660")
}

// checkEscalation adds levels that are there twice or percentages that do not ascend: an escalation
// that fires before a lower one is a mistake.
func (p Policy) checkEscalation(l *fault.List) {
	l.Check(len(p.Escalation) <= maxEscalation, "Escalation", len(p.Escalation), "must be 100 at most")
	last, seen := int64(0), map[int]bool{}
	for i, e := range p.Escalation[:min(len(p.Escalation), maxEscalation)] {
		at := fault.Item("Escalation", i)
		l.Check(e.Level >= 1 && !seen[e.Level], at+".Level", e.Level, "must be 1 or more, each once")
		seen[e.Level] = true
		m, ok := e.millionths()
		l.Check(ok, at+".Percent", nil, "must be above 0, 1000 at most, with 6 fraction digits at most")
		l.Check(!ok || m > last, at+".Percent", nil, "must be above the one before")
		last = m
	}
}

// millionths returns the percentage in 10^-6 of one.
func (e Escalation) millionths() (m int64, ok bool) {
	m, err := money.Minor(e.Percent, 6)
	return m, err == nil && m > 0 && m <= maxPercent*1_000_000
}

// targets returns what a complaint of a priority is promised.
func (p *Policy) targets(priority uint8) Targets {
	if priority == 0 || len(p.ByPriority) == 0 {
		return p.Targets
	}
	return p.ByPriority[priority-1]
}

func (p Policy) clone() Policy {
	p.ByPriority = append([]Targets(nil), p.ByPriority...)
	p.Escalation = append([]Escalation(nil), p.Escalation...)
	return p
}

type (
	policyJSON struct {
		V          int              `json:"v"`
		Targets    Targets          `json:"targets"`
		ByPriority []Targets        `json:"by_priority,omitempty"`
		Reopened   int64            `json:"reopened"`
		ReopenDays int              `json:"reopen_days"`
		Escalation []escalationJSON `json:"escalation,omitempty"`
	}
	escalationJSON struct {
		Level   int         `json:"level"`
		Percent money.Plain `json:"percent"`
	}
)

// MarshalJSON encodes a valid policy in one canonical form,
//
//	{"v":1,"targets":[240,960],"by_priority":[[30,240],…],"reopened":480,"reopen_days":14,"escalation":[{"level":1,"percent":"50"}]}
//
// without the spaces; budgets are minutes, of the reply and of the resolution.
func (p Policy) MarshalJSON() ([]byte, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	out := policyJSON{
		V: policyVersion, Targets: p.Targets, ByPriority: p.ByPriority,
		Reopened: int64(p.Reopened / time.Minute), ReopenDays: p.ReopenDays,
	}
	for _, e := range p.Escalation {
		out.Escalation = append(out.Escalation, escalationJSON{e.Level, money.Plain(e.Percent)})
	}
	data, err := canon.Marshal(out)
	return data, fault.Room(room, err)
}

// UnmarshalJSON decodes a policy of any version that [Policy.MarshalJSON] has ever written.
// An unknown version is [relmark.ErrUnsupported]; p stays as it is on error.
func (p *Policy) UnmarshalJSON(data []byte) error {
	var in policyJSON
	if err := codec.JSON(data, policyVersion, &in); err != nil {
		return fault.Decode(room, "policy", err)
	}
	out := Policy{Targets: in.Targets, Reopened: minutes(in.Reopened), ReopenDays: in.ReopenDays}
	if len(in.ByPriority) > 0 {
		out.ByPriority = in.ByPriority
	}
	for _, e := range in.Escalation {
		out.Escalation = append(out.Escalation, Escalation{e.Level, decimal.Decimal(e.Percent)})
	}
	if err := out.Validate(); err != nil {
		return err
	}
	*p = out
	return nil
}

// MarshalJSON encodes valid targets as a pair of minutes, [240,960].
func (t Targets) MarshalJSON() ([]byte, error) {
	var l fault.List
	t.check(&l, "")
	if err := l.Err(room); err != nil {
		return nil, err
	}
	return fmt.Appendf(nil, "[%d,%d]", t.Reply/time.Minute, t.Resolution/time.Minute), nil
}

// UnmarshalJSON decodes a pair of minutes; t stays as it is on error.
func (t *Targets) UnmarshalJSON(data []byte) error {
	var in []int64
	if json.Unmarshal(data, &in) != nil || len(in) != 2 {
		return broken("Targets", nil, "must be two numbers of minutes")
	}
	out := Targets{minutes(in[0]), minutes(in[1])}
	var l fault.List
	out.check(&l, "")
	if err := l.Err(room); err != nil {
		return err
	}
	*t = out
	return nil
}

// minutes returns a duration of so many; 0, which is no budget, of too many.
func minutes(n int64) time.Duration {
	if n < 0 || n > int64(longestBudget/time.Minute) {
		return 0
	}
	return time.Duration(n) * time.Minute
}
