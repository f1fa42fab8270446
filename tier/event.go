package tier

import (
	"slices"
	"time"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

// An Event is something that happened to a member: amounts that qualify, the
// reversal of an earlier event, or an override. Exactly one of Amounts, Reverse
// and Override says which; a reversal may have Amounts too. It is plain data.
//
// Events are a set: their order of arrival does not matter, and the same event
// given twice counts once. Late events change the past as if they had been known.
type Event struct {
	ID string    // names the event among those of the member; UTF-8, not empty
	At time.Time // when it happened, not when it became known; not before the join date

	// Amounts are what qualifies, 0 or more, by metric. Several metrics of one stay
	// belong in one event, so that a refund finds them.
	Amounts Amounts

	// Reverse names the event to take back: all of it if Amounts is nil, or of its
	// amounts only Amounts, so that an empty map takes back nothing.
	// They are taken from where the original counted, from the later of the two
	// instants on; before that the past stands. Nothing falls below zero, and a
	// reversal that comes before its original waits for it. Of an override it is
	// the end.
	Reverse string

	Override *Override
}

// An Override gives a level from outside: it holds from From, or from its event
// if that is later, up to but not including Until. Of several that hold at once the
// one with the highest Priority ranks first, of equals a pin, then the latest event,
// then the greatest ID. If that is a pin it alone counts; if it is a floor all floors
// count, so that a gift never takes away what another gives. What is earned runs on
// underneath, and an override neither earns nor costs anything that outlasts it. It
// is plain data.
type Override struct {
	Level    string       `json:"level"`              // code of a level
	Reason   string       `json:"reason,omitempty"`   // in the host's words, such as "status_match"; stored, not read
	Mode     OverrideMode `json:"mode"`               // required
	Priority int          `json:"priority,omitempty"` // any; 0 by default
	From     time.Time    `json:"from,omitzero"`      // zero: from the event
	Until    time.Time    `json:"until,omitzero"`     // later than From, in years up to 9999; zero: open
}

// An entry is a stored event. Its amounts are a row of the membership.
type entry struct {
	at    instant
	id    string
	ref   string // what a reversal takes back
	link  int32  // reversal: index of what it takes back, -1 while unknown; override: index of the override
	kind  entryKind
	early bool // some reversal is older than the event it takes back
}

type entryKind uint8

// The kinds of entries, in the order in which those of one instant are applied.
const (
	earn    entryKind = iota
	grant             // an override
	reverse           // of a whole event
	lessen            // of some amounts
)

func (k entryKind) reverses() bool { return k >= reverse }

// An override is stored with its level by code: a membership may be judged by another
// ladder.
type override struct {
	level       string
	reason      string
	pins        bool
	priority    int
	from, until instant
}

// check compiles e into an entry, an override if it is one, and amounts appended
// to row. It says what is wrong with e apart from the events around it.
func (l *Ladder) check(e Event, row []int64) (entry, override, []int64, error) {
	out := entry{at: instantOf(e.At), id: e.ID, ref: e.Reverse, link: -1}
	start := len(row)
	row = slices.Grow(row, l.metrics.len())[:start+l.metrics.len()]
	clear(row[start:])
	switch {
	case e.ID == "" || !utf8.ValidString(e.ID):
		return out, override{}, row, fault.New("ID", nil, "must be UTF-8 and not empty")
	case !inRange(e.At):
		return out, override{}, row, fault.New("At", e.At, "must lie in years 2 to 9998")
	case e.Override != nil && (e.Reverse != "" || len(e.Amounts) > 0), e.Override == nil && e.Reverse == "" && e.Amounts == nil:
		return out, override{}, row, fault.New("Event", nil, "must have amounts, a reversal or an override")
	case e.Reverse == e.ID || !utf8.ValidString(e.Reverse):
		return out, override{}, row, fault.New("Reverse", nil, "must be UTF-8 and name another event")
	case e.Override != nil:
		out.kind = grant
		o, err := l.checkOverride(e)
		return out, o, row, err
	case e.Reverse != "" && e.Amounts == nil:
		out.kind = reverse
	case e.Reverse != "":
		out.kind = lessen
	}
	return out, override{}, row, l.checkAmounts("Amounts", e.Amounts, row[start:])
}

// checkAmounts converts amounts into row.
func (l *Ladder) checkAmounts(field string, amounts Amounts, row []int64) (err error) {
	found := 0
	for i, name := range l.metrics.names {
		amount, ok := amounts[name]
		if !ok {
			continue
		}
		found++
		if row[i], err = l.metrics.units(i, amount); err != nil {
			return fault.New(field, shown(amount), err.Error())
		}
	}
	if found < len(amounts) {
		return fault.New(field, nil, "must be of metrics of the ladder")
	}
	return nil
}

// shown returns an amount as the value of an error; nil if its text would be long.
func shown(amount decimal.Decimal) any {
	const most = 40
	if text, err := money.Text(amount); err == nil && len(text) <= most {
		return text
	}
	return nil
}

func (l *Ladder) checkOverride(e Event) (override, error) {
	o := e.Override
	out := override{o.Level, o.Reason, o.Mode == Pin, o.Priority, instantOf(e.At), never()}
	var errs fault.List
	errs.Check(l.level(o.Level) >= 0, "Level", nil, "must be a level of the ladder")
	errs.Check(utf8.ValidString(o.Reason), "Reason", nil, "must be UTF-8")
	errs.Join("", overrideModes().Check("Mode", o.Mode))
	if !o.From.IsZero() {
		errs.Check(inRange(o.From), "From", o.From, "must lie in years 2 to 9998")
		out.from = instantOf(o.From)
	}
	if !o.Until.IsZero() {
		out.until = instantOf(o.Until)
		errs.Check(out.spans(), "Until", o.Until, "must be later than From and lie in years up to 9999")
	}
	return out, fault.At("Override", errs.Err(""))
}

// spans reports whether o ends after it begins, if at all, in a year of four digits:
// what is told of it is encoded in JSON.
func (o *override) spans() bool {
	const year10000 = 253_402_300_800
	return o.from.before(o.until) && (o.until == never() || o.until.sec < year10000)
}
